---@meta steelyard
-- made by scripts/document from lua/steelyard/api.lua: edit that, not this

---@alias steelyard.numbers steelyard.array|number[]

---`a[i]` reads, `a[i] = x` writes (of two dimensions, `a[i]` is the row, a view), `#a` is the length of the first dimension, `a == b` compares type, shape and all numbers.
---@class steelyard.array
---@field dtype "f32"|"f64"|"i32"|"i64" The type of the numbers.
---@field shape integer[] One or two sizes.
---@field [integer] number The elements.
local array = {}

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

---Made by sy.random; the same seed gives the same numbers on every machine.
---@class steelyard.random
local random = {}

---@class steelyard
---@field version string
---@field abi string
---@field metrics table The functions rank, ndcg, dcg, regret, and profiles.
local sy = {}

sy.dataset = {}
sy.groups = {}
sy.value_model = {}
sy.tune = {}
sy.schedule = {}
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

---@class steelyard.options.ndcg
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Rows of a request need not stand together. Default: all rows are one request.
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field gain? "linear"|"exponential" What a gain is worth: itself, or 2^gain - 1. Default: "linear", or the profile's.
---@field ties? "input"|"average"|"best"|"worst"|"name" The order of equal scores: the earlier row first; the mean over all orders; the order with the highest or the lowest DCG; by name, descending. Default: "input", or the profile's.
---@field empty? "skip"|"zero"|"one" A request without any gain is left out, or counts as 0 or as 1. Default: "skip", or the profile's.
---@field names? string[]|steelyard.numbers For ties by name: the item's name of every row. Default: none.
---@field profile? "lightgbm"|"sklearn"|"trec"|"xgboost" Do as this tool does, in whatever the options above leave open. Default: none.

---Normalised discounted cumulative gain, with DCG beside it.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth: labels or predictions.
---@param options? steelyard.options.ndcg See below.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # dcg (the mean), per_request_dcg, counted, empty (how many requests).
function sy.ndcg(scores, gains, options) end

---@class steelyard.options.dcg
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Rows of a request need not stand together. Default: all rows are one request.
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field gain? "linear"|"exponential" What a gain is worth: itself, or 2^gain - 1. Default: "linear", or the profile's.
---@field ties? "input"|"average"|"best"|"worst"|"name" The order of equal scores: the earlier row first; the mean over all orders; the order with the highest or the lowest DCG; by name, descending. Default: "input", or the profile's.
---@field empty? "skip"|"zero"|"one" A request without any gain is left out, or counts as 0 or as 1. Default: "skip", or the profile's.
---@field names? string[]|steelyard.numbers For ties by name: the item's name of every row. Default: none.
---@field profile? "lightgbm"|"sklearn"|"trec"|"xgboost" Do as this tool does, in whatever the options above leave open. Default: none.

---Discounted cumulative gain, not normalised.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth.
---@param options? steelyard.options.dcg As sy.ndcg's.
---@return number # The mean over the requests that count.
---@return steelyard.array # Every request's value.
function sy.dcg(scores, gains, options) end

---@class steelyard.options.regret
---@field groups? steelyard.numbers|string[]|steelyard.groups A request id per row, or a groups object. Rows of a request need not stand together. Default: all rows are one request.
---@field k? integer Only the first k ranks count; 0: all. Default: 0.
---@field gain? "linear"|"exponential" What a gain is worth: itself, or 2^gain - 1. Default: "linear", or the profile's.
---@field ties? "input"|"average"|"best"|"worst"|"name" The order of equal scores: the earlier row first; the mean over all orders; the order with the highest or the lowest DCG; by name, descending. Default: "input", or the profile's.
---@field empty? "skip"|"zero"|"one" A request without any gain is left out, or counts as 0 or as 1. Default: "skip", or the profile's.
---@field names? string[]|steelyard.numbers For ties by name: the item's name of every row. Default: none.
---@field profile? "lightgbm"|"sklearn"|"trec"|"xgboost" Do as this tool does, in whatever the options above leave open. Default: none.

---Regret, 1 - NDCG: how far the order is from the best one.
---@param scores steelyard.numbers What the items are ordered by.
---@param gains steelyard.numbers What they are worth.
---@param options? steelyard.options.regret As sy.ndcg's.
---@return number # The mean over requests; NaN where none counts.
---@return steelyard.array # Every request's value; NaN for one that is left out.
---@return table # As sy.ndcg's.
function sy.regret(scores, gains, options) end

---@class steelyard.options.dataset.read
---@field group? string|string[] The column of request ids, or several. Default: all rows are one request.
---@field predictions? string|string[]|table<string, string> Columns of predictions: a list (a task is called as its column) or {task = column}. Default: none.
---@field labels? string|string[]|table<string, string> Columns of labels: a list in the order of predictions, or {task = column}. Default: none.
---@field features? string|string[] Further columns of numbers. Default: none.
---@field categorical? string|string[] Further columns of categories. Default: none.
---@field columns? string|string[] Further columns: numbers where the first value is one, else categories. Default: none.
---@field item? string The column of item names. Default: none.
---@field format? "auto"|"csv"|"tsv"|"jsonl"|"letor" The file's format. Default: "auto": by the file's name.
---@field dtype? "f32"|"f64" The type of number columns. Default: "f64".
---@field missing? "error"|"drop"|"keep"|number Numbers that are missing, NaN or infinite: refuse the file, drop their rows, keep them as NaN, or put this number there. Default: "error".

---Reads CSV, TSV, JSON Lines or LETOR/SVMlight, gzipped or not. Only the columns that are named are kept; where none but group and item are named, all are.
---@param path string "-" is standard input.
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

return sy
