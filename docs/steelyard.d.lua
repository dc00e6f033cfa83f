---@meta steelyard
-- made by scripts/document from lua/steelyard/api.lua: edit that, not this

---@alias steelyard.numbers steelyard.array|number[]

---`a[i]` reads, `a[i] = x` writes (of two dimensions, `a[i]` is the row, a view), `#a` is the length of the first dimension, `a == b` compares type, shape and all numbers.
---@class steelyard.array
---@field dtype "f32"|"f64"|"i32"|"i64" The type of the numbers.
---@field shape integer[] One or two sizes.
---@field [integer] number The elements.
local array = {}

---What sy.metrics.measure gives for each expression.
---@class steelyard.measured
---@field name string The expression.
---@field kind string The metric's name.
---@field k integer Its cutoff; 0: none.
---@field mean number The mean over the requests that count; NaN where none does.
---@field counted integer How many requests count; all of them for a value over all rows at once (auc).
---@field empty integer How many have no value of their own (see the option empty).
---@field per_request steelyard.array? Every request's value; NaN for one that is left out.
---@field weights steelyard.array? What each request weighs in the mean.
---@field best number? With range: the mean with equal scores in their best order.
---@field worst number? The same in their worst order.
---@field tied integer? In how many requests these differ.
local measured = {}

---What sy.metrics.list tells of each metric.
---@class steelyard.metric_kind
---@field name string What it is called in expressions, and in sy.metrics.
---@field alias string? A second name.
---@field help string What it is, with the formula.
---@field source string The paper or tool that it is from.
---@field parameters table[] Each {name, help, default, lowest, highest, whole}.
---@field cutoff boolean Does it take @K?
---@field gain boolean Does it take gain, discount and base?
---@field relevance boolean Does it look at which items are relevant?
---@field count boolean Is it a whole number?
---@field lower boolean Is smaller better?
---@field pooled boolean Is it over all rows at once?
---@field expected boolean Has it a formula for the mean over all orders of ties? Else orders are looked at, or 1000 of them sampled (fewer in requests of more than 8000 items).
---@field ties string How it treats equal scores where nobody says.
---@field mean string How requests' values become one: arithmetic, geometric or sum.
---@field weight string What a request weighs: equal, items or relevant.
local metric_kind = {}

---What the functions of sy.slices give, for the option by of sy.metrics.measure.
---@class steelyard.slices
local slices = {}

---A list of slices, in ascending order, each {value = what it is called, requests = how many have rows of it, [expression] = {mean, counted, empty}}; and:
---@class steelyard.slice_values
---@field name string What the slices are of.
---@field of "requests"|"items" What was grouped: whole requests, or items of each.
local slice_values = {}

---Made by sy.dataset.read or sy.dataset.new. From Lua 5.2 on `#data` is its size.
---@class steelyard.data
---@field tasks string[] The tasks, in order.
---@field size integer How many rows.
---@field groups steelyard.groups Which rows belong to which request.
---@field rows steelyard.array? The original row of every row, where rows were moved.
---@field dropped integer How many rows were left out for missing values.
local data = {}

---Which rows belong to one request.
---@class steelyard.groups
---@field count integer How many requests.
---@field size integer How many rows.
---@field offsets steelyard.array i64: request r has the rows offsets[r] + 1 .. offsets[r + 1].
---@field order steelyard.array? i64: the rows request by request, where they do not stand so.
---@field longest integer The size of the largest request.
local groups = {}

---`names[code]` is the text that a category column's code stands for, `#names` how many there are.
---@class steelyard.names
---@field [integer] string The texts.
local names = {}

---What sy.trec.read gives: rows topic by topic, topics ascending by name; of each topic first what was retrieved, in the order of the run, then what was judged but not retrieved, in the order of the qrels.
---@class steelyard.trec_joined
---@field scores steelyard.array f64; -infinity: not retrieved.
---@field grades steelyard.array f64; 0 where judged is not 1.
---@field judged steelyard.array i32; 1: judged; 0: not in the pool (the qrels); -1: there, with a negative grade.
---@field names steelyard.array i32, for ties = "name": among a topic's rows of equal score, larger where the document's name is; between other rows they mean nothing.
---@field groups steelyard.groups Which rows are of one topic.
---@field retrieved steelyard.array i64; per topic, how many of its rows, the first ones, were retrieved.
---@field topics string[] The topics' names.
---@field tag string The run's, from its last line.
---@field document fun(row: integer): string The name of a row's document.
---@field missing integer How many topics of the qrels have nothing retrieved.
---@field unjudged_topics integer How many topics of the run are not in the qrels, and left out.
local trec_joined = {}

---What sy.trec.read_run gives and sy.trec.write_run takes.
---@class steelyard.trec_run
---@field topics string[] The topics' names, ascending.
---@field groups steelyard.groups Which rows are of one topic.
---@field documents steelyard.names `documents[row]` is the name of a row's document.
---@field scores steelyard.array f64.
---@field tag string The tag of the last line.
local trec_run = {}

---What sy.trec.read_qrels gives and sy.trec.write_qrels takes.
---@class steelyard.trec_qrels
---@field topics string[] The topics' names, ascending.
---@field groups steelyard.groups Which rows are of one topic.
---@field documents steelyard.names `documents[row]` is the name of a row's document.
---@field grades steelyard.array f64, as they are in the file: negative ones, too.
local trec_qrels = {}

---Made by sy.value_model.new, load or parse; it does not change.
---@class steelyard.value_model
---@field tasks string[] The tasks, in order.
---@field weights table<string, number> A weight per task (a copy).
local value_model = {}

---What both recipes give. Tables by task, but for the lists.
---@class steelyard.tune_result
---@field weights table<string, number> Normalised: the absolute values sum to 1.
---@field scaled_weights table<string, number> The same in the scale of the initial weights.
---@field achieved table<string, number> What is compared with the target: fractions, or regrets.
---@field values table<string, number> The gaps or regrets themselves.
---@field target table<string, number> What was asked for.
---@field residual number? The largest absolute difference from the target.
---@field objective number What was made small.
---@field converged boolean Was the target reached, or the minimum found?
---@field reason string Why it ended.
---@field method string Which steps led there.
---@field iterations integer How many updates or stages.
---@field evaluations integer How often gaps or regrets were computed.
---@field history number[] The residual (or the objective) as it went.
---@field counted table<string, integer> How many requests count: those with something to gain for the task; for gaps, those with a score above 0.
---@field before table achieved, values, residual, objective and counted at the initial weights.
---@field initial table<string, number> The initial weights, normalised.
---@field tasks string[] The tasks, in order.
---@field requests integer How many requests were tuned on.
---@field holdout table? The same for the held-out requests: achieved, residual, counted, before, requests.
---@field measure "gap"|"regret" What was measured.
---@field goal "fractions"|"absolute"|"minimise" What was wanted of it.
---@field last_update table? multiplicative: values and achieved that the last update saw.
local tune_result = {}

---What sy.significance.compare gives.
---@class steelyard.comparison
---@field mean_first number The first system's (weighted) mean over the requests that count.
---@field mean_second number The second's.
---@field difference number The mean of second - first.
---@field relative number difference / mean_first.
---@field effect_size number The difference in units of the requests' standard deviation (Cohen's d of pairs).
---@field wins integer In how many requests the second is higher.
---@field ties integer In how many both are equal.
---@field losses integer In how many the second is lower.
---@field t table? statistic, degrees, error, p, greater, less; NaN for a single cluster. With clusters or weights, of the ratio of sums (Deng, Knoblich and Lu 2018).
---@field wilcoxon table? positive and negative (sums of ranks), statistic (the smaller), z, p, greater, less, ranked (how many), exact (up to 50 without zeros and ties). With clusters, of the clusters' mean differences.
---@field randomisation table? p, greater, less, error (of a p that was drawn), resamples, exact (up to 20 clusters).
---@field requests integer How many count.
---@field left_out integer How many do not: NaN (skipped), or of weight 0.
---@field clusters integer How many clusters count; the requests, where there are no clusters.
---@field error number The standard error, by Student's formula or that of a ratio of clusters.
---@field confidence number As asked for.
---@field interval string The kind of interval: bca, percentile or t.
---@field low number The interval's lower end; NaN where there is no interval.
---@field high number Its upper end.
---@field reason string? Why there is no interval: fewer than two requests or clusters count.
local comparison = {}

---What sy.significance.interval gives.
---@class steelyard.mean_interval
---@field mean number The (weighted) mean of the values that count.
---@field requests integer How many count.
---@field left_out integer How many do not: NaN (skipped), or of weight 0.
---@field clusters integer How many clusters count; the requests, where there are no clusters.
---@field error number The standard error, by Student's formula or that of a ratio of clusters.
---@field confidence number As asked for.
---@field interval string The kind of interval: bca, percentile or t.
---@field low number The interval's lower end; NaN where there is no interval.
---@field high number Its upper end.
---@field reason string? Why there is no interval: fewer than two requests or clusters count.
local mean_interval = {}

---Made by sy.random; the same seed gives the same numbers on every machine.
---@class steelyard.random
local random = {}

---@class steelyard
---@field version string
---@field abi string
local sy = {}

sy.metrics = {}
sy.slices = {}
sy.dataset = {}
sy.groups = {}
sy.trec = {}
sy.value_model = {}
sy.tune = {}
sy.schedule = {}
sy.loss = {}
sy.significance = {}
sy.json = {}

---Makes an array: of a table of numbers, of a table of rows, of a size (filled with zeros), or as a copy of another array.
---@class steelyard.array_module
---@overload fun(values: integer|number[]|number[][]|steelyard.array, dtype?: "f32"|"f64"|"i32"|"i64"): steelyard.array
sy.array = {}

---Makes an array of zeros, of one dimension or of two.
---@param rows integer The first size.
---@param columns? integer|"f32"|"f64"|"i32"|"i64" The second size; none: one dimension.
---@param dtype? "f32"|"f64"|"i32"|"i64" Default: "f64".
---@return steelyard.array # The new array.
function sy.array.zeros(rows, columns, dtype) end

---Makes the i64 array 1, 2 .. n.
---@param n integer The last number.
---@return steelyard.array # The new array.
function sy.array.range(n) end

---Makes one array of several of one dimension and one type, one behind the other.
---@param arrays steelyard.array[] The parts.
---@return steelyard.array # The new array.
function sy.array.concat(arrays) end

---Makes an array of the machine's own bytes, as array:bytes gives them.
---@param bytes string A whole number of elements.
---@param dtype? "f32"|"f64"|"i32"|"i64" Default: "f64".
---@return steelyard.array # The new array.
function sy.array.from_bytes(bytes, dtype) end

---Loads an NPY file (NumPy's format): f4, f8, i4, i8, little-endian, one or two dimensions.
---@param path string The file.
---@return steelyard.array? # The array, or nil.
---@return string? # Why it could not be loaded.
function sy.array.load(path) end

---Tells whether a value is an array.
---@param value any Anything.
---@return boolean # Is it an array?
function sy.array.is(value) end

---Reads one element; j is needed for two dimensions.
---@param i integer The row.
---@param j? integer The column.
---@return number # The element.
function array:get(i, j) end

---Writes one element; j is needed for two dimensions.
---@param i integer The row.
---@param j integer|number The column, or for one dimension the number.
---@param x? number The number.
function array:set(i, j, x) end

---A view of one row of two dimensions.
---@param i integer Which row.
---@return steelyard.array # The row; what is written to it is written to the array.
function array:row(i) end

---A view of one column of two dimensions.
---@param j integer Which column.
---@return steelyard.array # The column.
function array:column(j) end

---A view of the elements (or rows) first .. last, both included.
---@param first integer The first.
---@param last? integer The last. Default: the end.
---@return steelyard.array # The slice.
function array:slice(first, last) end

---The numbers as a table, of two dimensions as a table of rows.
---@return table # The table.
function array:totable() end

---A copy, of another type where one is named.
---@param dtype? "f32"|"f64"|"i32"|"i64" Default: the array's own.
---@return steelyard.array # The copy.
function array:copy(dtype) end

---Writes the same number everywhere.
---@param x number The number.
---@return steelyard.array # The array itself.
function array:fill(x) end

---A new array of some elements (or rows), in the order asked for; repeats are fine.
---@param rows steelyard.numbers Which, from 1.
---@return steelyard.array # The new array.
function array:gather(rows) end

---The numbers as the machine's own bytes.
---@return string # The bytes.
function array:bytes() end

---The sum of all elements, in an order that is the same everywhere.
---@return number # The sum.
function array:sum() end

---The mean of all elements.
---@return number? # The mean; nil of an empty array.
function array:mean() end

---The smallest element; NaN where there is one.
---@return number? # The smallest; nil of an empty array.
function array:min() end

---The largest element; NaN where there is one.
---@return number? # The largest; nil of an empty array.
function array:max() end

---Saves an NPY file that NumPy loads; replaced whole or not at all.
---@param path string The file.
---@return true? # Done, or nil.
---@return string? # Why it could not be saved.
function array:save(path) end

---@class steelyard.options.metric
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Rows of a request need not stand together. Default: all rows are one request.
---@field ties? "input"|"average"|"best"|"worst"|"name" The order of equal scores: the earlier row first; the mean over all orders; the order with the highest or the lowest gains first; by name, descending. Default: the metric's own ("input" for most), or the profile's.
---@field empty? "skip"|"zero"|"one" A request that has no value (nothing relevant, no gain) is left out, or counts as the metric's worst or best value (0 and 1 for most). Default: "skip", or the profile's.
---@field names? string[]|steelyard.numbers For ties by name: the item's name of every row. Default: none.
---@field profile? "burges"|"jarvelin"|"lightgbm"|"sklearn"|"trec"|"xgboost" Do as this tool or paper does, in whatever the other options leave open. Default: none.
---@field relevance_level? number Gains from here up are relevant. Default: above 0.
---@field weights? steelyard.numbers What each request weighs in the mean. Default: 1 each.
---@field judged? steelyard.numbers Per row 1: judged; 0: not; -1: not, though pooled. An item without a judgment is not relevant. Default: all are.
---@field retrieved? steelyard.numbers Per request how many of its rows, the first ones, are ranked; the others count only for what could have been found. Default: all.
---@field depth? integer Rank no more than so many items of a request; 0: all. Default: 0.
---@field judged_only? boolean Leave items without a judgment out of the ranking. Default: false.

---@class steelyard.options.rank
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Default: all rows are one request.
---@field k? integer Only the first k of each request; 0: all. Default: 0.
---@field ties? "input"|"name" Equal scores: the earlier row first, or by name, descending. Default: "input".
---@field names? string[]|steelyard.numbers For ties by name: the item's name of every row. Default: none.

---The rows of each request in order of score, best first.
---@param scores steelyard.numbers One a row. Infinities are legal.
---@param options? steelyard.options.rank See below.
---@return steelyard.array # i64: rows from 1, one request behind the other.
---@return steelyard.array # i64 offsets: request r's rows are the elements offsets[r] + 1 .. offsets[r + 1].
function sy.rank(scores, options) end

---@class steelyard.options.ndcg: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says of 0, 1, 2 ... Default: "linear", or the profile's.
---@field discount? "log2"|"jarvelin"|"reciprocal"|"none"|steelyard.numbers What rank r is divided by: log2(r + 1); max(1, log r to the base); r; 1; or a table of what ranks are multiplied by. Default: "log2", or the profile's.
---@field base? number Of the logarithm of discount jarvelin. Default: 2.

---Normalised discounted cumulative gain, with DCG beside it.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.ndcg See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # dcg (the mean), per_request_dcg, counted, empty (how many requests).
function sy.ndcg(scores, gains, options) end

---@class steelyard.options.dcg: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says of 0, 1, 2 ... Default: "linear", or the profile's.
---@field discount? "log2"|"jarvelin"|"reciprocal"|"none"|steelyard.numbers What rank r is divided by: log2(r + 1); max(1, log r to the base); r; 1; or a table of what ranks are multiplied by. Default: "log2", or the profile's.
---@field base? number Of the logarithm of discount jarvelin. Default: 2.

---Discounted cumulative gain, not normalised.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.dcg See below.
---@return number # The mean over the requests that count.
---@return steelyard.array # Every request's value.
---@return table # counted, empty: how many requests.
function sy.dcg(scores, gains, options) end

---@class steelyard.options.regret: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says of 0, 1, 2 ... Default: "linear", or the profile's.
---@field discount? "log2"|"jarvelin"|"reciprocal"|"none"|steelyard.numbers What rank r is divided by: log2(r + 1); max(1, log r to the base); r; 1; or a table of what ranks are multiplied by. Default: "log2", or the profile's.
---@field base? number Of the logarithm of discount jarvelin. Default: 2.

---Regret, 1 - NDCG: how far the order is from the best one.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.regret See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # As sy.ndcg's.
function sy.regret(scores, gains, options) end

---@class steelyard.options.metrics.measure: steelyard.options.metric
---@field metrics? string|string[] Expressions: NAME, NAME@K, NAME(KEY=VALUE,..) or NAME(KEY=VALUE,..)@K, in one text with commas or as a list: "ndcg@10, rbp(p=0.8)@100". Keys are the metric's parameters and ties, empty, relevance (what the option relevance_level is), mean (arithmetic, geometric, sum) and weight (equal, items, relevant); of metrics with a gain also gain, discount and base. Default: "ndcg".
---@field k? integer The cutoff of expressions that name none; 0: all ranks. Default: 0.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says of 0, 1, 2 ... Default: "linear", or the profile's.
---@field discount? "log2"|"jarvelin"|"reciprocal"|"none"|steelyard.numbers What rank r is divided by: log2(r + 1); max(1, log r to the base); r; 1; or a table of what ranks are multiplied by. Default: "log2", or the profile's.
---@field base? number Of the logarithm of discount jarvelin. Default: 2.
---@field per_request? boolean Give every request's values. Default: true.
---@field range? boolean Measure with equal scores in their best and worst order, too. Default: false.
---@field by? steelyard.slices|steelyard.slices[] Measure by slices, too: see sy.slices. Default: none.

---Measures many metrics in one pass: each request is ranked once, however many metrics and cutoffs look at it.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.measure See below.
---@return steelyard.measured[] # One for each expression, in order and also by its text; groups, the requests; with by, slices: for each of by a list of slice_values.
function sy.metrics.measure(scores, gains, options) end

---Splits a text of expressions at its commas, but for those in brackets.
---@param text string Expressions with commas.
---@return string[] # The expressions.
function sy.metrics.split(text) end

---What every metric is.
---@return steelyard.metric_kind[] # All metrics, in the order of this page.
function sy.metrics.list() end

---@class steelyard.options.metrics.ideal_dcg: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says of 0, 1, 2 ... Default: "linear", or the profile's.
---@field discount? "log2"|"jarvelin"|"reciprocal"|"none"|steelyard.numbers What rank r is divided by: log2(r + 1); max(1, log r to the base); r; 1; or a table of what ranks are multiplied by. Default: "log2", or the profile's.
---@field base? number Of the logarithm of discount jarvelin. Default: 2.

---DCG of the best order of all the request's items.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.ideal_dcg See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.ideal_dcg(scores, gains, options) end

---@class steelyard.options.metrics.ndcg_relevant: steelyard.options.metric
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says of 0, 1, 2 ... Default: "linear", or the profile's.
---@field discount? "log2"|"jarvelin"|"reciprocal"|"none"|steelyard.numbers What rank r is divided by: log2(r + 1); max(1, log r to the base); r; 1; or a table of what ranks are multiplied by. Default: "log2", or the profile's.
---@field base? number Of the logarithm of discount jarvelin. Default: 2.

---Mean over items with a gain of NDCG at their rank; those not ranked count with NDCG over all.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.ndcg_relevant See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.ndcg_relevant(scores, gains, options) end

---@class steelyard.options.metrics.r_ndcg: steelyard.options.metric
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says of 0, 1, 2 ... Default: "linear", or the profile's.
---@field discount? "log2"|"jarvelin"|"reciprocal"|"none"|steelyard.numbers What rank r is divided by: log2(r + 1); max(1, log r to the base); r; 1; or a table of what ranks are multiplied by. Default: "log2", or the profile's.
---@field base? number Of the logarithm of discount jarvelin. Default: 2.

---Mean of NDCG at the ranks where the ideal order has spent a level of gain, and at the last.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.r_ndcg See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.r_ndcg(scores, gains, options) end

---@class steelyard.options.metrics.precision: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.

---Relevant items among the first k ranks, divided by k; without a cutoff, by all ranked. Also called sy.metrics.p.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.precision See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.precision(scores, gains, options) end

---@class steelyard.options.metrics.recall: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.

---Relevant items among the first k ranks, divided by all of the request's.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.recall See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.recall(scores, gains, options) end

---@class steelyard.options.metrics.f1: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field beta? number Above 1 recall counts more, below 1 precision; from 0 up. Default: 1.

---(1 + beta^2) P R / (beta^2 P + R) of precision P and recall R at the cutoff. Also called sy.metrics.f.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.f1 See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.f1(scores, gains, options) end

---@class steelyard.options.metrics.r_precision: steelyard.options.metric
---@field multiple? number How many times R; from 0 to 1e+06. Default: 1.

---Precision at R ranks, R being the request's number of relevant items; with multiple, at so many times R. Also called sy.metrics.rprec.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.r_precision See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.r_precision(scores, gains, options) end

---@class steelyard.options.metrics.relative_precision: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.

---Relevant items among the first k ranks, divided by the smaller of k and the number of relevant items.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.relative_precision See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.relative_precision(scores, gains, options) end

---@class steelyard.options.metrics.hit_rate: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.

---1 where a relevant item is among the first k ranks, else 0. Also called sy.metrics.success.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.hit_rate See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.hit_rate(scores, gains, options) end

---@class steelyard.options.metrics.map: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field capped? 0|1|boolean 1: divide by the smaller of k and the relevant items; or false, true. Default: 0.

---Sum of the precision at each relevant item among the first k ranks, divided by the number of relevant items of the request (capped=1: or by k, if that is smaller). Also called sy.metrics.average_precision.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.map See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.map(scores, gains, options) end

---@class steelyard.options.metrics.set_map: steelyard.options.metric

---Precision times recall of all ranked items.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.set_map See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.set_map(scores, gains, options) end

---@class steelyard.options.metrics.mrr: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.

---1 / the rank of the first relevant item; 0 where none is among the first k. Also called sy.metrics.recip_rank.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.mrr See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.mrr(scores, gains, options) end

---@class steelyard.options.metrics.bpref: steelyard.options.metric

---Mean over relevant items of 1 - min(n, R) / min(N, R): n of the N items that are judged not relevant stand before it, R items are relevant. Items without a judgment do not count.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.bpref See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.bpref(scores, gains, options) end

---@class steelyard.options.metrics.infap: steelyard.options.metric

---Average precision where only a sample of the pool is judged: precision at a relevant item is inferred from the judged items before it. best and worst put relevant items first and last, which with pooled, unjudged items need not be the extremes.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.infap See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.infap(scores, gains, options) end

---@class steelyard.options.metrics.rbp: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field p? number Persistence; from 0 to 1. Default: 0.9.
---@field binary? 0|1|boolean 1: relevant or not; or false, true. Default: 0.

---(1 - p) times the sum over ranks r of gain * p^(r - 1): what a reader gains who goes on to the next item with probability p. Gain is the label, divided by the request's largest where that is above 1 (binary=1: 1 for relevant items).
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.rbp See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.rbp(scores, gains, options) end

---@class steelyard.options.metrics.rbp_residual: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field p? number Persistence; from 0 to 1. Default: 0.9.
---@field tail? 0|1|boolean 0: count the tail only where an item is unjudged; or false, true. Default: 1.

---What RBP would gain if all unjudged items, and all ranks behind the last, were perfect: p^n + (1 - p) * sum of p^(r - 1) over unjudged ranks (tail=0: 0 where all are judged). best and worst go by labels, not by judgments. Smaller is better.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.rbp_residual See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.rbp_residual(scores, gains, options) end

---@class steelyard.options.metrics.err: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field max? number The largest label there is; 0: the log's largest; from 0 to 1000. Default: 0.

---Sum over ranks r of 1 / r times the chance that a reader stops there, who is satisfied by a label g with probability (2^g - 1) / 2^max.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.err See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.err(scores, gains, options) end

---@class steelyard.options.metrics.iprec: steelyard.options.metric
---@field recall? number The level of recall; from 0 to 1. Default: 0.

---The highest precision at any rank with at least this recall (rounded to whole items); 0 where it is not reached.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.iprec See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.iprec(scores, gains, options) end

---@class steelyard.options.metrics.iprec_mean: steelyard.options.metric
---@field points? number How many levels; from 2 to 1001. Default: 11.

---Mean of the interpolated precision at recall 0, 1 / (points - 1), ..., 1.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.iprec_mean See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.iprec_mean(scores, gains, options) end

---@class steelyard.options.metrics.bin_gain: steelyard.options.metric

---Mean over relevant items of 1 / log2(2 + the number of items before it that are not relevant).
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.bin_gain See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.bin_gain(scores, gains, options) end

---@class steelyard.options.metrics.gain_cost: steelyard.options.metric
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says of 0, 1, 2 ... Default: "linear", or the profile's.
---@field discount? "log2"|"jarvelin"|"reciprocal"|"none"|steelyard.numbers What rank r is divided by: log2(r + 1); max(1, log r to the base); r; 1; or a table of what ranks are multiplied by. Default: "log2", or the profile's.
---@field base? number Of the logarithm of discount jarvelin. Default: 2.

---Sum over ranks of gain / log2(2 + C - G), divided by the sum of all gains: G is what was gained up to there, C what the best order would have (at least 1 a rank). best and worst put large gains first and last, which need not be the extremes.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.gain_cost See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.gain_cost(scores, gains, options) end

---@class steelyard.options.metrics.yaap: steelyard.options.metric

---log((1 + S) / (1 + R - S)), S being the sum of the precisions at the R relevant items.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.yaap See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.yaap(scores, gains, options) end

---@class steelyard.options.metrics.utility: steelyard.options.metric
---@field a? number Price of a relevant item that is ranked; any number. Default: 1.
---@field b? number Of one that is not relevant; any number. Default: -1.
---@field c? number Of a relevant one that is not ranked; any number. Default: 0.
---@field d? number Of the rest; any number. Default: 0.

---a * hits + b * (ranked - hits) + c * (relevant - hits) + d * (hits - ranked - relevant).
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.utility See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.utility(scores, gains, options) end

---@class steelyard.options.metrics.auc: steelyard.options.metric

---The share of pairs of a relevant item and one that is not in which the relevant one has the higher score; equal scores count for one half. Over all rows at once, whatever the request; gauc goes request by request.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.auc See below.
---@return number # Over all rows at once; NaN where it has no value.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.auc(scores, gains, options) end

---@class steelyard.options.metrics.gauc: steelyard.options.metric

---The mean over requests of their AUC, weighted by their number of items (weight=relevant: by their relevant items; weight=equal: all the same). Requests whose items are all relevant, or all not, have none.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.gauc See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.gauc(scores, gains, options) end

---@class steelyard.options.metrics.arp: steelyard.options.metric

---Average relevance position: the mean rank of the items, weighted by their labels. Smaller is better.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.arp See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.arp(scores, gains, options) end

---@class steelyard.options.metrics.kendall_tau: steelyard.options.metric

---Kendall's tau-b between scores and labels: pairs in the same order less pairs in the opposite one, divided by sqrt of the pairs not tied in scores times those not tied in labels. Under other orders of ties than average, scores count as not tied. Also called sy.metrics.tau.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.kendall_tau See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.kendall_tau(scores, gains, options) end

---@class steelyard.options.metrics.spearman: steelyard.options.metric

---The correlation of the ranks by score with the ranks by label; equals share their middle rank. Under other orders of ties than average, scores count as not tied. Also called sy.metrics.rho.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.spearman See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.spearman(scores, gains, options) end

---@class steelyard.options.metrics.overlap: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.

---The share of the first k items by score that are also among the first k by label: two orders compared, where labels are the scores of the other. Equal labels: the earlier row first.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.overlap See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.overlap(scores, gains, options) end

---@class steelyard.options.metrics.rbo: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field p? number Persistence; from 0 to 1. Default: 0.9.

---Rank-biased overlap between the order by score and the order by label, where labels are the scores of another: (1 - p) times the sum over depths d of p^(d - 1) times the share that the two first d have in common, extrapolated behind the last. Equal labels: the earlier row first.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.rbo See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.rbo(scores, gains, options) end

---@class steelyard.options.metrics.retrieved: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.

---The number of ranked items. Also called sy.metrics.num_ret.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.retrieved See below.
---@return number # The sum over requests.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.retrieved(scores, gains, options) end

---@class steelyard.options.metrics.relevant: steelyard.options.metric

---The number of relevant items, ranked or not. Also called sy.metrics.num_rel.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.relevant See below.
---@return number # The sum over requests.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.relevant(scores, gains, options) end

---@class steelyard.options.metrics.relevant_retrieved: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.

---The number of relevant items among the first k ranks. Also called sy.metrics.num_rel_ret.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.relevant_retrieved See below.
---@return number # The sum over requests.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.relevant_retrieved(scores, gains, options) end

---@class steelyard.options.metrics.nonrelevant_retrieved: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.

---The number of items among the first k ranks that are judged not to be relevant. best and worst go by labels, not by judgments. Also called sy.metrics.num_nonrel_judged_ret. Smaller is better.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.nonrelevant_retrieved See below.
---@return number # The sum over requests.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.nonrelevant_retrieved(scores, gains, options) end

---@class steelyard.options.metrics.unjudged: steelyard.options.metric
---@field k? integer Only the first k ranks count; 0: all. Default: 0.

---Items without a judgment among the first k ranks, divided by k. best and worst go by labels, not by judgments. Also called sy.metrics.unj. Smaller is better.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.metrics.unjudged See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # counted, empty: how many requests.
function sy.metrics.unjudged(scores, gains, options) end

---@class steelyard.options.slices.values
---@field name? string What the slices are of, for results. Default: "value".
---@field names? steelyard.names|string[] What codes stand for, as data:names gives it. Default: the values are numbers, or texts.

---A slice for every value of a column.
---@param values steelyard.numbers|string[] One a row: numbers, texts, or codes with names.
---@param options? steelyard.options.slices.values See below.
---@return steelyard.slices # For the option by.
function sy.slices.values(values, options) end

---@class steelyard.options.slices.cut
---@field name? string What the slices are of, for results. Default: "value".

---Slices of a column of numbers: up to the first edge, above it up to the second ...
---@param values steelyard.numbers One a row.
---@param edges steelyard.numbers Ascending.
---@param options? steelyard.options.slices.cut See below.
---@return steelyard.slices # For the option by.
function sy.slices.cut(values, edges, options) end

---@class steelyard.options.slices.size
---@field name? string What the slices are of, for results. Default: "size".

---Requests by how many items they have.
---@param edges? steelyard.numbers Ascending; without them, a slice for every size.
---@param options? steelyard.options.slices.size See below.
---@return steelyard.slices # For the option by.
function sy.slices.size(edges, options) end

---@class steelyard.options.slices.rank
---@field name? string What the slices are of, for results. Default: "rank".

---Items by their rank under the scores that are measured.
---@param edges steelyard.numbers Ascending.
---@param options? steelyard.options.slices.rank See below.
---@return steelyard.slices # For the option by.
function sy.slices.rank(edges, options) end

---Is the value made by a function of sy.slices?
---@param value any Any value.
---@return boolean # True for slices.
function sy.slices.is(value) end

---@class steelyard.options.dataset.read
---@field group? string|string[] The column of request ids, or several. Default: all rows are one request.
---@field predictions? string|string[]|table<string, string> Columns of predictions: a list (a task is called as its column) or {task = column}. Default: none.
---@field labels? string|string[]|table<string, string> Columns of labels: a list in the order of predictions, or {task = column}. Default: none.
---@field features? string|string[] Further columns of numbers. Default: none.
---@field categorical? string|string[] Further columns of categories. Default: none.
---@field columns? string|string[] Further columns: numbers where the first value is one, else categories. Default: none.
---@field item? string The column of item names. Default: none.
---@field format? "auto"|"csv"|"tsv"|"jsonl"|"letor" The file's format. Default: "auto": by the file's name.
---@field dtype? "f32"|"f64" The type of number columns. NPY columns stay as they are where none is given. Default: "f64".
---@field missing? "error"|"drop"|"keep"|number Numbers that are missing, NaN or infinite: refuse the file, drop their rows, keep them as NaN, or put this number there. Default: "error".

---Reads CSV, TSV, JSON Lines or LETOR/SVMlight, gzipped or not, or a folder that holds a NAME.npy for every column (and offsets.npy, where each request begins, in place of ids). Only the columns that are named are kept; where none but group and item are named, all are.
---@param path string A file or a folder; "-" is standard input.
---@param options? steelyard.options.dataset.read See below.
---@return steelyard.data? # The data set, or nil.
---@return string? # File, line, column and value at fault.
function sy.dataset.read(path, options) end

---@class steelyard.options.dataset.new
---@field predictions? table {task = numbers}, in order of name, or {{task, numbers}, ...}. Default: none.
---@field labels? table The same, for labels. Default: none.
---@field features? table The same, for further columns; tables of texts are categories. Default: none.
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row. Default: all rows are one request.
---@field items? string[]|steelyard.numbers A name per row. Default: none.
---@field dtype? "f32"|"f64" The type of numbers given as tables. Default: "f64".
---@field missing? "error"|"keep" NaN and infinities: refuse or keep them. Default: "error".

---Makes a data set of numbers in memory.
---@param options steelyard.options.dataset.new See below.
---@return steelyard.data # The data set.
function sy.dataset.new(options) end

---Tells whether a value is a data set.
---@param value any Anything.
---@return boolean # Is it a data set?
function sy.dataset.is(value) end

---Tells whether there is a column of a name.
---@param name string The name.
---@return boolean # Is there one?
function data:has(name) end

---The names of all columns, in order.
---@return string[] # The names.
function data:column_names() end

---A column's numbers; of a category column its codes, from 1.
---@param name string Which.
---@return steelyard.array # The numbers, not copied.
function data:column(name) end

---What the codes of a category column stand for.
---@param name string Which column.
---@return steelyard.names? # The names; nil for a column of numbers.
function data:names(name) end

---The predictions of a task.
---@param task string Which.
---@return steelyard.array # The numbers.
function data:prediction(task) end

---The labels of a task.
---@param task string Which.
---@return steelyard.array # The numbers.
function data:label(task) end

---Tells whether a task has labels.
---@param task string Which.
---@return boolean # Has it?
function data:has_label(task) end

---A task's predictions, or else the number column of that name.
---@param task string Which.
---@return steelyard.array? # The numbers, or nil.
---@return string[]? # Where there are none: the names that there are.
function data:find_prediction(task) end

---For ties by name: for every row the place of its item's name among all names.
---@return steelyard.array # i32, growing with the name.
function data:name_places() end

---The id of a request as a text (several columns are joined by "/"), or its number.
---@param r integer Which request.
---@return string # The id.
function data:group_name(r) end

---Some requests as a data set, in the order asked for; repeats are fine.
---@param requests steelyard.numbers|fun(r: integer): boolean Their numbers, or which ones.
---@return steelyard.data # The requests.
function data:select(requests) end

---@class steelyard.options.data.split
---@field seed? integer Of the random choice. Default: 1.
---@field by? string A column whose values stay whole: all requests of a user on one side. Default: none.

---Splits at random into two data sets, of which the second gets the share of the requests. The same seed gives the same split everywhere.
---@param share number Between 0 and 1.
---@param options? steelyard.options.data.split See below.
---@return steelyard.data # The larger part, usually.
---@return steelyard.data # The share.
function data:split(share, options) end

---This data set's requests, and then another's of the same columns and tasks.
---@param other steelyard.data The other.
---@return steelyard.data # Both.
function data:concat(other) end

---A small table about the data: rows, requests, sizes, dropped, columns.
---@return table # sizes: min, mean, max; columns: name, kind, and min, mean, max or categories.
function data:describe() end

---The code of a text.
---@param text string The text.
---@return integer? # Its code, or nil.
function names:find(text) end

---All texts as a table.
---@return string[] # The texts, by code.
function names:totable() end

---For each name its place, from 0, in ascending order of bytes.
---@return steelyard.array # i32.
function names:ranks() end

---Groups of rows by id; requests are in order of first appearance.
---@param ids steelyard.numbers|string[]|steelyard.groups|nil One a row; nil: one request.
---@param n? integer How many rows there must be.
---@return steelyard.groups # The groups.
function sy.groups.of(ids, n) end

---Groups of rows that stand request by request, from the requests' sizes.
---@param sizes steelyard.numbers How many rows each request has.
---@return steelyard.groups # The groups.
function sy.groups.from_sizes(sizes) end

---Groups of rows that stand request by request, from offsets.
---@param offsets steelyard.numbers From 0, never falling, to the number of rows.
---@return steelyard.groups # The groups.
function sy.groups.from_offsets(offsets) end

---Groups by several columns of ids: rows are together where all of them are equal.
---@param columns (steelyard.numbers|string[])[] The columns.
---@param n? integer How many rows there must be.
---@return steelyard.groups # The groups.
function sy.groups.combine(columns, n) end

---Tells whether a value is a groups object.
---@param value any Anything.
---@return boolean # Is it?
function sy.groups.is(value) end

---How many rows each request has.
---@return steelyard.array # i64.
function groups:sizes() end

---The row, as rows came, with which each request begins.
---@return steelyard.array # i64, from 1.
function groups:first() end

---An array brought into the order of the requests.
---@param array steelyard.array One number a row.
---@return steelyard.array # The same array where that is its order already.
function groups:arrange(array) end

---The same requests over rows that were arranged.
---@return steelyard.groups # The groups.
function groups:arranged() end

---Some requests, in the order asked for.
---@param requests steelyard.numbers Their numbers; repeats are fine.
---@return steelyard.array # i64: their rows, of arranged rows.
---@return steelyard.groups # Groups of just them.
function groups:select(requests) end

---@class steelyard.options.trec.read
---@field complete? boolean Keep the topics of the qrels for which nothing was retrieved (trec_eval's -c). Default: false.

---Reads qrels and a run and joins them by topic and document.
---@param qrels string The path of the qrels.
---@param run string The path of the run.
---@param options? steelyard.options.trec.read See below.
---@return steelyard.trec_joined? # Rows, or nil.
---@return string? # File, line, column and value at fault: a word that is missing, a score or a grade that is no number, a document that stands twice under its topic.
function sy.trec.read(qrels, run, options) end

---Reads a run alone.
---@param path string Which.
---@return steelyard.trec_run? # Rows topic by topic, topics ascending by name, or nil.
---@return string? # File, line, column and value at fault.
function sy.trec.read_run(path) end

---Reads qrels alone.
---@param path string Which.
---@return steelyard.trec_qrels? # Rows topic by topic, topics ascending by name, or nil.
---@return string? # File, line, column and value at fault.
function sy.trec.read_qrels(path) end

---@class steelyard.options.trec.write_run
---@field topics? string[]|number[]|steelyard.names The topic's name for every row, or with groups for every request. Default: none.
---@field groups? steelyard.groups|steelyard.numbers|string[] Which rows are of one topic. Default: rows of the same topic.
---@field documents? string[]|number[]|steelyard.names The document's name for every row. Default: none.
---@field scores? steelyard.numbers Finite. Default: none.
---@field tag? string What the run is called. Default: "steelyard".

---Writes a run: topics in the order in which they come, each with its documents by score, equal ones by name, both descending, and ranks from 1. Scores read back as the same bits. The file is replaced in one step.
---@param path string Where to.
---@param columns steelyard.options.trec.write_run See below; also what sy.trec.read_run gives.
---@return true? # Written, or nil.
---@return string? # Why the system refuses.
function sy.trec.write_run(path, columns) end

---@class steelyard.options.trec.write_qrels
---@field topics? string[]|number[]|steelyard.names The topic's name for every row, or with groups for every request. Default: none.
---@field groups? steelyard.groups|steelyard.numbers|string[] Which rows are of one topic. Default: rows of the same topic.
---@field documents? string[]|number[]|steelyard.names The document's name for every row. Default: none.
---@field grades? steelyard.numbers Whole numbers. Default: none.

---Writes qrels, topic by topic, rows as they come.
---@param path string Where to.
---@param columns steelyard.options.trec.write_qrels See below; also what sy.trec.read_qrels gives.
---@return true? # Written, or nil.
---@return string? # Why the system refuses.
function sy.trec.write_qrels(path, columns) end

---Makes a value model of weights.
---@param options {weights: table} weights: {task = weight}, in order of name, or {{task, weight}, ...}, in that order.
---@return steelyard.value_model # The model.
function sy.value_model.new(options) end

---@class steelyard.options.value_model.load
---@field tasks? string[] The model must have weights for exactly these tasks. Default: none.

---Loads a value model. Duplicate keys, unknown keys, wrong types and trailing text are refused.
---@param path string The file.
---@param options? steelyard.options.value_model.load See below.
---@return steelyard.value_model? # The model, or nil.
---@return string? # File and JSON path at fault.
function sy.value_model.load(path, options) end

---The same, from JSON text.
---@param text string The JSON.
---@param name? string What stands for the file in messages.
---@return steelyard.value_model? # The model, or nil.
---@return string? # What is wrong, and where.
function sy.value_model.parse(text, name) end

---Tells whether a value is a value model.
---@param value any Anything.
---@return boolean # Is it?
function sy.value_model.is(value) end

---The scores of all rows.
---@param data steelyard.data|table<string, steelyard.numbers> A data set, or {task = numbers}.
---@return steelyard.array # f32 where all predictions are f32, else f64.
function value_model:score(data) end

---The scores of all rows, not made yet: metrics take them in place of an array and score each request just before they rank it, which saves a column's memory and time.
---@param data steelyard.data|table<string, steelyard.numbers> A data set, or {task = numbers}.
---@return table # {columns = list of arrays of one type, weights = numbers}.
function value_model:deferred(data) end

---@class steelyard.options.value_model.rank
---@field threads? integer How many threads to use. Default: as sy.threads says.
---@field ties? "input"|"name" Equal scores: the earlier row first, or by name, descending. Default: "input".

---The rows in order of score, best first, request by request.
---@param data steelyard.data|table<string, steelyard.numbers> A data set, or {task = numbers}: one request.
---@param k? integer Only the first k of each request. Default: all.
---@param options? steelyard.options.value_model.rank See below.
---@return steelyard.array # i64: rows from 1.
---@return steelyard.array # i64 offsets: request r's rows are the elements offsets[r] + 1 .. offsets[r + 1].
function value_model:rank(data, k, options) end

---Writes the model so that loading gives back every bit; the file is replaced whole or not at all.
---@param path string The file.
---@return true? # Done, or nil.
---@return string? # Why it could not be saved.
function value_model:save(path) end

---@class steelyard.options.tune.ndcg_gap
---@field target? table<string, number> The intended fraction of each task; they sum to 1. Needed. Default: none.
---@field initial? table<string, number>|steelyard.value_model Where to start, and what regularization pulls to; tasks in it without a target keep their weights. Default: equal weights.
---@field method? "auto"|"multiplicative"|"slsqp" auto takes cheap steps first, then slsqp (on a smooth stand-in), then polishes on the true objective; multiplicative is the reference's update. Default: "auto"; "multiplicative" with semantics = "seed".
---@field semantics? "standard"|"seed" seed: the reference scripts' arithmetic, for comparison. Default: "standard".
---@field learning_rate? number Of multiplicative. Default: 0.05 for gaps, 0.03 for regrets.
---@field max_iterations? integer Of multiplicative. Default: 1000 for gaps, 3000 for regrets.
---@field max_evaluations? integer How often polishing may evaluate the true objective. Default: 3000.
---@field tolerance? number The largest difference from the target that counts as reached. Default: 0.001; 1e-5 for multiplicative.
---@field step_tolerance? number multiplicative ends when no weight moves farther than this. Default: 1e-12.
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field gain? "linear"|"exponential" What a gain is worth (gaps: linear only). Default: "linear".
---@field ties? "input"|"average"|"best"|"worst"|"name" The order of equal scores. Default: "input".
---@field empty? "skip"|"zero"|"one" What a request without any gain counts as. Default: "skip".
---@field bounds? table<string, number[]> {task = {lowest, highest}}, either may be nil. Default: weights keep their sign.
---@field fixed? string[]|table<string, boolean> Tasks whose weights stay as they are. Default: none.
---@field regularization? {strength: number, kind: string?} A pull toward the initial weights: kind "l2" (default) or "kl". Default: none.
---@field holdout? number This share of the requests takes no part; how they do is reported. Default: 0.
---@field split_by? string Hold out whole values of this column (users). Default: none.
---@field seed? integer Of what is random. Default: 1.
---@field threads? integer|"all" How many threads to use. Default: as sy.threads says.
---@field progress? fun(state: table): boolean? Called now and then with {stage, iteration, evaluations, residual, cost, weights}; false stops. Default: none.

---Finds weights whose NDCG gaps stand in the intended proportions.
---@param data steelyard.data The logged requests.
---@param options steelyard.options.tune.ndcg_gap See below.
---@return steelyard.tune_result # The result.
function sy.tune.ndcg_gap(data, options) end

---@class steelyard.options.tune.regret
---@field importance? table<string, number> Make the sum of importance times regret small. Default: none.
---@field fractions? table<string, number> Each task's share of the sum of regrets. Default: none.
---@field regrets? table<string, number> Each task's regret. Default: none.
---@field gains? "predictions"|"labels" What regret is measured by. Default: "predictions".
---@field initial? table<string, number>|steelyard.value_model Where to start, and what regularization pulls to; tasks in it without a target keep their weights. Default: equal weights.
---@field method? "auto"|"multiplicative"|"slsqp" auto takes cheap steps first, then slsqp (on a smooth stand-in), then polishes on the true objective; multiplicative is the reference's update. Default: "auto"; "multiplicative" with semantics = "seed".
---@field semantics? "standard"|"seed" seed: the reference scripts' arithmetic, for comparison. Default: "standard".
---@field learning_rate? number Of multiplicative. Default: 0.05 for gaps, 0.03 for regrets.
---@field max_iterations? integer Of multiplicative. Default: 1000 for gaps, 3000 for regrets.
---@field max_evaluations? integer How often polishing may evaluate the true objective. Default: 3000.
---@field tolerance? number The largest difference from the target that counts as reached. Default: 0.001; 1e-5 for multiplicative.
---@field step_tolerance? number multiplicative ends when no weight moves farther than this. Default: 1e-12.
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field gain? "linear"|"exponential" What a gain is worth (gaps: linear only). Default: "linear".
---@field ties? "input"|"average"|"best"|"worst"|"name" The order of equal scores. Default: "input".
---@field empty? "skip"|"zero"|"one" What a request without any gain counts as. Default: "skip".
---@field bounds? table<string, number[]> {task = {lowest, highest}}, either may be nil. Default: weights keep their sign.
---@field fixed? string[]|table<string, boolean> Tasks whose weights stay as they are. Default: none.
---@field regularization? {strength: number, kind: string?} A pull toward the initial weights: kind "l2" (default) or "kl". Default: none.
---@field holdout? number This share of the requests takes no part; how they do is reported. Default: 0.
---@field split_by? string Hold out whole values of this column (users). Default: none.
---@field seed? integer Of what is random. Default: 1.
---@field threads? integer|"all" How many threads to use. Default: as sy.threads says.
---@field progress? fun(state: table): boolean? Called now and then with {stage, iteration, evaluations, residual, cost, weights}; false stops. Default: none.

---Finds weights with the least importance-weighted regret, or with regrets in given proportions, or of given sizes: one of importance, fractions and regrets is needed.
---@param data steelyard.data The logged requests.
---@param options steelyard.options.tune.regret See below.
---@return steelyard.tune_result # The result.
function sy.tune.regret(data, options) end

---The same value at every step. All schedules are functions of a step (0, 1, 2 ...) and constant outside the steps that they describe.
---@param value number The value.
---@return fun(step: number): number # The schedule.
function sy.schedule.constant(value) end

---From first to last in equal differences.
---@param first number At step 0.
---@param last number From step `steps` on.
---@param steps number Above 0.
---@return fun(step: number): number # The schedule.
function sy.schedule.linear(first, last, steps) end

---From first to last, both above 0, in equal ratios.
---@param first number At step 0.
---@param last number From step `steps` on.
---@param steps number Above 0.
---@return fun(step: number): number # The schedule.
function sy.schedule.exponential(first, last, steps) end

---From first to last along half a cosine: slow, fast, slow.
---@param first number At step 0.
---@param last number From step `steps` on.
---@param steps number Above 0.
---@return fun(step: number): number # The schedule.
function sy.schedule.cosine(first, last, steps) end

---first, multiplied by factor after every so many steps.
---@param first number At step 0.
---@param factor number What it is multiplied by.
---@param every number How many steps apart.
---@return fun(step: number): number # The schedule.
function sy.schedule.step(first, factor, every) end

---Straight lines through points, whose steps must rise.
---@param points number[][] {{step, value}, ...}
---@return fun(step: number): number # The schedule.
function sy.schedule.piecewise(points) end

---@class steelyard.options.loss.approx_ndcg
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Default: all rows are one request.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says that the labels 0, 1, 2 ... are worth. Default: "linear".
---@field temperature? number By how much scores must differ to count as different, in units of the score: smaller is closer to the metric, and steeper around ties alone. Default: 1.
---@field weights? steelyard.numbers What each request weighs in the mean, from 0 up, in order of first appearance. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field edge? number With a cutoff: how soft it is, in ranks; sigmoid((k + 1/2 - soft rank) / edge). Default: 0.5.

---ApproxNDCG: 1 - NDCG@k of soft ranks 1 + sum over the others of sigmoid((s_j - s_i) / T). Requests whose ideal DCG@k is not above 0 are skipped. Tends to 1 - NDCG@k as temperature and edge fall.
---@param scores steelyard.numbers One a row; finite.
---@param gains steelyard.numbers What the items are worth; negative ones are legal.
---@param options? steelyard.options.loss.approx_ndcg See below.
---@return number # The mean over the requests that count; NaN where none does.
---@return steelyard.array? # f64: its derivative by every score.
---@return table # counted, skipped: how many requests.
function sy.loss.approx_ndcg(scores, gains, options) end

---@class steelyard.options.loss.soft_ndcg
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Default: all rows are one request.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says that the labels 0, 1, 2 ... are worth. Default: "linear".
---@field temperature? number By how much scores must differ to count as different, in units of the score: smaller is closer to the metric, and steeper around ties alone. Default: 1.
---@field weights? steelyard.numbers What each request weighs in the mean, from 0 up, in order of first appearance. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field edge? number With a cutoff: how soft it is, in ranks; sigmoid((k + 1/2 - soft rank) / edge). Default: 0.5.
---@field regularization? "l2"|"kl" What keeps soft ranks from the hard ones: squared distance (piecewise linear) or relative entropy. Default: "l2".

---1 - NDCG@k of the soft ranks of sy.loss.soft_rank. Requests whose ideal DCG@k is not above 0 are skipped. Is 1 - NDCG where scores are further apart than the temperature.
---@param scores steelyard.numbers One a row; finite.
---@param gains steelyard.numbers What the items are worth; negative ones are legal.
---@param options? steelyard.options.loss.soft_ndcg See below.
---@return number # The mean over the requests that count; NaN where none does.
---@return steelyard.array? # f64: its derivative by every score.
---@return table # counted, skipped: how many requests.
function sy.loss.soft_ndcg(scores, gains, options) end

---@class steelyard.options.loss.lambda
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Default: all rows are one request.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says that the labels 0, 1, 2 ... are worth. Default: "linear".
---@field temperature? number By how much scores must differ to count as different, in units of the score: smaller is closer to the metric, and steeper around ties alone. Default: 1.
---@field weights? steelyard.numbers What each request weighs in the mean, from 0 up, in order of first appearance. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field k? integer Only pairs count of which one stands among the first k by score; 0: all. Default: 0.
---@field scheme? "ndcg"|"ndcg1"|"ndcg2"|"ndcg2++" The weight: |g_i - g_j| |D(r_i) - D(r_j)| / N (LambdaRank); g_i D(r_i) / N for all ordered pairs (NDCG-Loss1); |g_i - g_j| (D(m) - D(m + 1)) / N with m = |r_i - r_j| (NDCG-Loss2); mu times that plus the first (NDCG-Loss2++). Default: "ndcg".
---@field mu? number Of ndcg2++. Default: 10.

---LambdaRank and LambdaLoss: the sum over pairs g_i > g_j of weight log(1 + exp(-(s_i - s_j) / T)). The weight is held fixed at the present ranks: the gradient is the derivative with the weights taken for constants. Requests in which no two gains differ, or whose ideal DCG@k is not above 0, are skipped.
---@param scores steelyard.numbers One a row; finite.
---@param gains steelyard.numbers What the items are worth; not negative with scheme = "ndcg1".
---@param options? steelyard.options.loss.lambda See below.
---@return number # The mean over the requests that count; NaN where none does.
---@return steelyard.array? # f64: its derivative by every score.
---@return table # counted, skipped: how many requests.
function sy.loss.lambda(scores, gains, options) end

---@class steelyard.options.loss.pairwise_logistic
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Default: all rows are one request.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says that the labels 0, 1, 2 ... are worth. Default: "linear".
---@field temperature? number By how much scores must differ to count as different, in units of the score: smaller is closer to the metric, and steeper around ties alone. Default: 1.
---@field weights? steelyard.numbers What each request weighs in the mean, from 0 up, in order of first appearance. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field k? integer Only pairs count of which one stands among the first k by score; 0: all. Default: 0.

---RankNet: the mean over pairs g_i > g_j of log(1 + exp(-(s_i - s_j) / T)). Requests in which no two gains differ are skipped.
---@param scores steelyard.numbers One a row; finite.
---@param gains steelyard.numbers What the items are worth; negative ones are legal.
---@param options? steelyard.options.loss.pairwise_logistic See below.
---@return number # The mean over the requests that count; NaN where none does.
---@return steelyard.array? # f64: its derivative by every score.
---@return table # counted, skipped: how many requests.
function sy.loss.pairwise_logistic(scores, gains, options) end

---@class steelyard.options.loss.pairwise_hinge
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Default: all rows are one request.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says that the labels 0, 1, 2 ... are worth. Default: "linear".
---@field temperature? number By how much scores must differ to count as different, in units of the score: smaller is closer to the metric, and steeper around ties alone. Default: 1.
---@field weights? steelyard.numbers What each request weighs in the mean, from 0 up, in order of first appearance. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field k? integer Only pairs count of which one stands among the first k by score; 0: all. Default: 0.

---The mean over pairs g_i > g_j of max(0, 1 - (s_i - s_j) / T): the temperature is the margin. Requests in which no two gains differ are skipped.
---@param scores steelyard.numbers One a row; finite.
---@param gains steelyard.numbers What the items are worth; negative ones are legal.
---@param options? steelyard.options.loss.pairwise_hinge See below.
---@return number # The mean over the requests that count; NaN where none does.
---@return steelyard.array? # f64: its derivative by every score.
---@return table # counted, skipped: how many requests.
function sy.loss.pairwise_hinge(scores, gains, options) end

---@class steelyard.options.loss.list_net
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Default: all rows are one request.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says that the labels 0, 1, 2 ... are worth. Default: "linear".
---@field temperature? number By how much scores must differ to count as different, in units of the score: smaller is closer to the metric, and steeper around ties alone. Default: 1.
---@field weights? steelyard.numbers What each request weighs in the mean, from 0 up, in order of first appearance. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field labels? "softmax"|"normalized" P: softmax(g), or g / sum of g. Default: "softmax".

---ListNet: - sum of P_i log softmax(s / T)_i, the cross-entropy of which comes first. Requests in which no two gains differ are skipped.
---@param scores steelyard.numbers One a row; finite.
---@param gains steelyard.numbers What the items are worth; not negative with labels = "normalized".
---@param options? steelyard.options.loss.list_net See below.
---@return number # The mean over the requests that count; NaN where none does.
---@return steelyard.array? # f64: its derivative by every score.
---@return table # counted, skipped: how many requests.
function sy.loss.list_net(scores, gains, options) end

---@class steelyard.options.loss.list_mle
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Default: all rows are one request.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says that the labels 0, 1, 2 ... are worth. Default: "linear".
---@field temperature? number By how much scores must differ to count as different, in units of the score: smaller is closer to the metric, and steeper around ties alone. Default: 1.
---@field weights? steelyard.numbers What each request weighs in the mean, from 0 up, in order of first appearance. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field k? integer Only the first k ranks count; 0: all. Default: 0.

---ListMLE: - log of the probability that drawing items without replacement, each in proportion to exp(s / T), draws the first k in the order by gain (equal gains: the earlier row first). Requests in which no two gains differ are skipped.
---@param scores steelyard.numbers One a row; finite.
---@param gains steelyard.numbers What the items are worth; negative ones are legal.
---@param options? steelyard.options.loss.list_mle See below.
---@return number # The mean over the requests that count; NaN where none does.
---@return steelyard.array? # f64: its derivative by every score.
---@return table # counted, skipped: how many requests.
function sy.loss.list_mle(scores, gains, options) end

---@class steelyard.options.loss.softmax
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Default: all rows are one request.
---@field gain? "linear"|"exponential"|steelyard.numbers What a gain is worth: itself, 2^gain - 1, or what a table says that the labels 0, 1, 2 ... are worth. Default: "linear".
---@field temperature? number By how much scores must differ to count as different, in units of the score: smaller is closer to the metric, and steeper around ties alone. Default: 1.
---@field weights? steelyard.numbers What each request weighs in the mean, from 0 up, in order of first appearance. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.

---Softmax cross-entropy weighted by gains: - sum of g_i log softmax(s / T)_i. Requests without a gain above 0 are skipped.
---@param scores steelyard.numbers One a row; finite.
---@param gains steelyard.numbers What the items are worth; not negative.
---@param options? steelyard.options.loss.softmax See below.
---@return number # The mean over the requests that count; NaN where none does.
---@return steelyard.array? # f64: its derivative by every score.
---@return table # counted, skipped: how many requests.
function sy.loss.softmax(scores, gains, options) end

---@class steelyard.options.loss.soft_rank
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Default: all rows are one request.
---@field temperature? number By how much scores must differ to count as different, in units of the score: smaller is closer to the metric, and steeper around ties alone. Default: 1.
---@field regularization? "l2"|"kl" What keeps soft ranks from the hard ones: squared distance (piecewise linear) or relative entropy. Default: "l2".

---Differentiable ranks, 1 for the largest: the projection of -values / temperature onto the permutahedron. They keep the order of the values and their sum n (n + 1) / 2, equal values have equal ranks; for a small temperature they are the ranks, for a large one all equal.
---@param values steelyard.numbers One a row; finite.
---@param options? steelyard.options.loss.soft_rank See below.
---@return steelyard.array # f64: the soft ranks.
---@return fun(pulls: steelyard.numbers): steelyard.array # From the derivatives of anything by the ranks, those by the values; linear time.
function sy.loss.soft_rank(values, options) end

---From a gradient by the scores of a data set's rows to the one by the weights of a value model with its tasks: sum over rows of gradient times prediction.
---@param data steelyard.data The logged requests; their rows are the gradient's.
---@param gradient steelyard.numbers As a loss gave it for `groups = data.groups`.
---@return table<string, number> # The derivative by each task's weight.
function sy.loss.by_weights(data, gradient) end

---@class steelyard.options.significance.compare
---@field clusters? steelyard.numbers|string[]|steelyard.groups What belongs together, such as a user id per request: clusters are drawn, flipped and tested as a whole. Default: each request stands for itself.
---@field weights? steelyard.numbers What each request counts in the means. Requests of weight 0 are left out. Default: 1 each.
---@field confidence? number How often such an interval holds the truth. Default: 0.95.
---@field interval? "bca"|"percentile"|"t" A bootstrap, bias-corrected and accelerated or by plain percentiles, or Student's. Default: "bca"; "t" for more than 100,000 clusters.
---@field resamples? integer How many samples a bootstrap or a randomisation draws. Default: 10,000 for a bootstrap, 100,000 for a randomisation.
---@field seed? integer Of the samples. Default: 1.
---@field tests? string|string[] "t", "wilcoxon", "randomisation", several of them in one text with commas or as a list, or "all". Default: "all".
---@field zeros? "drop"|"pratt" Wilcoxon's zero differences: left out, or ranked first and then left out (Pratt). Default: "drop".
---@field continuity? boolean Wilcoxon's normal approximation with the continuity correction. Default: false.

---What the second system gains over the first, with an interval, and whether it is more than chance.
---@param first steelyard.numbers The first system's value of every request; NaN: skipped.
---@param second steelyard.numbers The second's, of the same requests in the same order.
---@param options? steelyard.options.significance.compare See below.
---@return steelyard.comparison # See above.
function sy.significance.compare(first, second, options) end

---@class steelyard.options.significance.interval
---@field clusters? steelyard.numbers|string[]|steelyard.groups What belongs together, such as a user id per request: clusters are drawn, flipped and tested as a whole. Default: each request stands for itself.
---@field weights? steelyard.numbers What each request counts in the means. Requests of weight 0 are left out. Default: 1 each.
---@field confidence? number How often such an interval holds the truth. Default: 0.95.
---@field interval? "bca"|"percentile"|"t" A bootstrap, bias-corrected and accelerated or by plain percentiles, or Student's. Default: "bca"; "t" for more than 100,000 clusters.
---@field resamples? integer How many samples a bootstrap or a randomisation draws. Default: 10,000 for a bootstrap, 100,000 for a randomisation.
---@field seed? integer Of the samples. Default: 1.

---The mean of one system's values, with a confidence interval.
---@param values steelyard.numbers The value of every request; NaN: skipped.
---@param options? steelyard.options.significance.interval See below.
---@return steelyard.mean_interval # See above.
function sy.significance.interval(values, options) end

---p-values for many comparisons at once.
---@param p_values steelyard.numbers One a comparison. NaN stays NaN and is not counted.
---@param method? "bonferroni"|"holm"|"hochberg"|"bh"|"by" Against any false alarm: Bonferroni, Holm (the default; any dependence), Hochberg (independent tests). Against a share of false alarms: Benjamini and Hochberg, Benjamini and Yekutieli (any dependence).
---@return steelyard.array # f64: the adjusted p-values, in the same order.
function sy.significance.adjust(p_values, method) end

---The value of a JSON text. null becomes sy.json.null; numbers keep every bit.
---@param text string The JSON.
---@return any # The value, or nil.
---@return string? # What is wrong, with line and column.
function sy.json.decode(text) end

---JSON text of a value; keys are sorted, and numbers read back to the same bits.
---@param value any Tables with text keys, or 1 to n; texts, numbers, booleans, arrays, sy.json.null.
---@param options? {indent: boolean} indent: one member a line.
---@return string # The JSON.
function sy.json.encode(value, options) end

---A seeded random generator.
---@param seed integer Any whole number.
---@return steelyard.random # The generator.
function sy.random(seed) end

---A number from 0 to below 1, of 53 random bits.
---@return number # The number.
function random:uniform() end

---A normally distributed number of mean 0 and deviation 1.
---@return number # The number.
function random:normal() end

---A whole number from 1 to n, each as likely.
---@param n integer The largest.
---@return integer # The number.
function random:below(n) end

---Shuffles an array (or its rows) in place.
---@param array steelyard.array What to shuffle.
---@return steelyard.array # The same array.
function random:shuffle(array) end

---The whole state as 64 hexadecimal digits.
---@return string # The state.
function random:state() end

---Goes back to a state.
---@param state string As random:state gave it.
---@return steelyard.random # The generator itself.
function random:restore(state) end

---Uses n threads from now on, or tells how many are used. One until a program asks for more; results have the same bits for any number.
---@param n? integer|"all" How many; all: as many as the machine has.
---@return integer # How many are used.
function sy.threads(n) end

---The instruction sets that this build and this machine have, best first.
---@return string[] # Names: "avx512", "avx2", "baseline".
function sy.cpu() end

---JSON's null.
sy.json.null = nil

---The metatable of JSON arrays.
sy.json.array = {}

---The functions above under the same names.
sy.metrics.rank = sy.rank
sy.metrics.ndcg = sy.ndcg
sy.metrics.dcg = sy.dcg
sy.metrics.regret = sy.regret
---@type table<string, table>
sy.metrics.profiles = {}

return sy
