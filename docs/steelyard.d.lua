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
---@field calibrators table<string, steelyard.calibrator> A calibrator of some tasks (a copy).
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
---@field calibrators table<string, steelyard.calibrator>? Those of the initial value model.
---@field tasks string[] The tasks, in order.
---@field requests integer How many requests were tuned on.
---@field holdout table? The same for the held-out requests: achieved, residual, counted, before, requests.
---@field measure "gap"|"regret" What was measured.
---@field goal "fractions"|"absolute"|"minimise" What was wanted of it.
---@field last_update table? multiplicative: values and achieved that the last update saw.
local tune_result = {}

---Made by sy.calibrate.sketch, merge or load; it does not change. Equal ones are ==.
---@class steelyard.sketch
---@field bits integer How fine its grid is.
---@field bins integer How many bins have rows.
local sketch = {}

---Made by sy.calibrate.monitor or load.
---@class steelyard.monitor
---@field periods integer How many it has seen.
---@field names string[] What they were called.
---@field settings table The options it was made with.
local monitor = {}

---What sy.calibrate.report gives for one task.
---@class steelyard.calibration_report
---@field n, weight number Rows of weight above 0, and all weight.
---@field mean_prediction, mean_label number Weighted means.
---@field ratio, ratio_low, ratio_high number Predicted over observed (PCOC): above 1, predictions are too high. The interval inverts the score test of independent labels, or is of clusters (the delta method on the scale of logarithms).
---@field clusters integer? How many there are, where they were told.
---@field brier, mcb, dsc, unc number The Brier score = miscalibration - discrimination + uncertainty, by the isotonic regression of labels on predictions (CORP).
---@field log_loss, log_loss_mcb, log_loss_dsc, log_loss_unc number The log loss, and the same of it. Predictions of 0 and 1 count as 2^-52 away; clipped: of how many rows that mattered.
---@field normalised_entropy, free_entropy, logit_shift number Log loss over the entropy of the mean label; the same after the shift of all logits that makes means equal.
---@field ece table<string, number> Expected calibration errors by convention. guo15: 15 bins of equal width, open to the left (Guo et al. 2017). mcgrad40, umc100: 40 (MCGrad) and 100 (UMC) of equal width, open to the right, with edges as these authors' code rounds them (of UMC 1 has a bin of its own). mass15: 15 of equal weight. seed: the sum over 5 of equal weight without weights, as in the README from which this project grew.
---@field maximum_error, debiased_l2 number Of the buckets below: the largest difference; the root of the mean square less what chance adds to it (Kumar et al. 2019).
---@field sm_ece, sm_ece_bandwidth number The smooth calibration error, exactly.
---@field kuiper, kuiper_log_p number The range of cumulative differences in standard deviations (ECCE-R), and the logarithm of its p-value, exact in the tail; between steepest_low and steepest_high predictions are furthest off.
---@field ks, ks_log_p number The same of their largest absolute value (ECCE-MAD).
---@field auc number Ties count half.
---@field buckets table[] Each {low, high, n, weight, mean_prediction, mean_label, difference}, ascending.
---@field by steelyard.calibration_field[] By feature, in the order of the option.
---@field segments table? looked_at (how many), method (simulation or holm), resamples, worst: the twenty segments that are furthest off, each with the fields of a value and by, value (lists, of one or two features) and segment ("country = de, hour = 1").
---@field selection steelyard.calibration_selection? After selection.
local calibration_report = {}

---An element of by.
---@class steelyard.calibration_field
---@field name string The feature's.
---@field values steelyard.calibration_value[] Of each value that a row has, in ascending order.
---@field field_rce number The mean of |predicted - observed| / observed over values with labels, weighted by rows (DESC, UMC: values without labels are left out).
---@field field_rce_smoothed number The mean of |shrunk_ratio - 1| over all values, weighted by rows.
---@field field_ece table<string, number> umc: the mean of |predicted - observed|, one bucket a value, weighted. desc3, desc5, desc10: the mean over values of the ECE by so many buckets of equal weight (DESC's code, unlike this, parts equal predictions); desc3_weighted ...: weighted by rows.
---@field shrinkage table ratio: the one that sparse values are drawn to; labels: by so many labels (infinite: values differ by no more than chance).
local calibration_field = {}

---An element of values.
---@class steelyard.calibration_value
---@field value string What it is called.
---@field shrunk_ratio number The ratio, drawn to the overall one: observed labels as Poisson around predicted ones times a factor, which is Gamma; how much factors differ is that of the greatest marginal likelihood. Of many rows it is the ratio, of few the overall one.
---@field n, weight number Rows, and their weight.
---@field mean_prediction, mean_label number Weighted means.
---@field ratio, ratio_low, ratio_high number Predicted over observed, with its interval. Infinite without labels.
---@field kuiper, kuiper_log_p number As overall.
---@field deviation number How far off, to compare segments by: the range R of cumulative differences over sqrt(V + w R / 3), V being the variance of the labels' sum and w the largest weight. As kuiper where a segment expects many labels; where it expects a tenth of one, a single label does not look like three deviations (Bernstein's inequality).
---@field adjusted_p number? How likely the worst of all segments that were looked at is as far off as this one, where all predictions are right. Not of values with fewer rows than the option least.
local calibration_value = {}

---Of the items that a score puts on top, the fields below of all of ranks 1 to k; and of each rank and of each tenth of the score.
---@class steelyard.calibration_selection
---@field k integer Up to which rank.
---@field n, weight, mean_prediction, mean_label, ratio, ratio_low, ratio_high number Of these items. Items of equal scores count with the ranks that they may have.
---@field expected_label, expected_ratio number What the same predictions are worth among all rows, by a piecewise map of 128 knots; and the ratio that they should have.
---@field inflation, inflation_low, inflation_high number expected_label / mean_label = ratio / expected_ratio, with its interval: above 1, the score picks what is predicted too high (the winner's curse).
---@field slots table[] The same of rank 1, 2 ... k (slot).
---@field deciles table[] The same of all items by score, in tenths as equal as ties allow: decile, above, to.
local calibration_selection = {}

---Made by sy.calibrate.fit or load; it does not change. Value models hold them.
---@class steelyard.calibrator
---@field method string How it was fitted.
---@field features string[] The names of the features that it goes by.
---@field fit table What is told of the fit: rows, log_loss and brier as {before, after} on these rows, note, and of auto candidates and chosen_by.
local calibrator = {}

---Of each task (and, but for levels, spread, mend and calibration, of the value): mean_before, mean_after, ratio with low, high and error, verdict; levels: a list with the ratio of each bucket (from, to, n) of old predictions; logit_before, logit_after, spread_before, spread_after: means and standard deviations of logits, spread: the ratio of the last two; mend = {factor, shift, intercept, slope, calibrator}: what brings the new version back to the old scale: a factor, a shift of logits, a line in logits, and that as a calibrator; with labels calibration = {before, after}: predicted over observed (ratio, low, high) and log_loss.
---@class steelyard.contract
---@field verdict "holds"|"unclear"|"moved" The worst of all.
---@field moved string[] Which tasks have moved, and "value".
---@field tasks table<string, table> See above.
---@field order string[] The tasks, in order.
---@field value table? With a value model: as of a task; attribution: which task moves the mean value by which share of it; overlap of the first k of both orders, kendall_tau (tau-b), top_changed: the share of requests with another item on top.
---@field rows integer How many rows were compared.
---@field requests integer In how many requests.
---@field units "requests"|"rows" What the intervals take as drawn independently.
---@field repeated integer Rows with the request and item of one before them, which were matched by their order.
---@field tolerance number As asked for.
---@field confidence number As asked for.
local contract = {}

---What sy.train.mtml and sy.train.load give.
---@class steelyard.trained_model
---@field tasks string[] What is predicted.
---@field history table[] Of each epoch: epoch, loss (the mean over its batches), validation (log_loss, auc, tasks = {task = {log_loss, auc, ratio, ece}}). What is not defined is not there (auc of labels that are all alike), and no part of the means.
---@field best_epoch integer? The epoch whose parameters these are, where rows were held out.
---@field rows integer How many rows it was trained on; held_out: how many validated it.
---@field calibrators table {task = calibrator}, which predict applies.
local trained_model = {}

---Made by sy.optimizer.sgd, adagrad, adam or adamw.
---@class steelyard.optimizer
---@field kind string Which of them.
---@field steps integer How many steps it has done.
local optimizer = {}

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

---Made by sy.net.graph. Its methods add a layer each and give the layer's name.
---@class steelyard.graph
---@field layers table[] {kind, name, inputs, and the kind's own fields}: plain tables that JSON can carry.
local graph = {}

---Made by graph:build or sy.net.build.
---@class steelyard.net
---@field layers table[] Its layers, as graph.layers has them.
---@field dtype "f32"|"f64" The type of all its numbers.
---@field batch integer The most rows of a pass.
---@field raw userdata The network as steelyard.learn takes it.
local net = {}

---Made by sy.collaborative.interactions and .read. They do not change: methods make new ones. Names, weights and times go with their users, items and entries.
---@class steelyard.interactions
---@field rows integer Users.
---@field columns integer Items.
---@field count integer Entries.
---@field ids steelyard.array i32: the items of all rows, one row behind the other.
---@field offsets steelyard.array i64: row i has ids[offsets[i] + 1] to ids[offsets[i + 1]].
---@field weights steelyard.array|nil f32: of each entry; nil where all are 1.
---@field places steelyard.array|nil f32: where times are known, of two entries of a row the later one has the larger number.
---@field user_names string[]|nil Of each row.
---@field item_names string[]|nil Of each column.
---@field merged integer Pairs that came again where these were made.
local interactions = {}

---Made by sy.collaborative.ease, slim, als, popularity, mix, actor or load. What it has learnt stands in further fields: weights (ease: f32, items x items; slim: a bag, a row for each item of a history), factors (als: of items), counts (popularity), parts and weights (mix).
---@class steelyard.recommender
---@field kind string Which kind it is.
---@field items integer How many items it knows.
---@field item_names string[]|nil Their names.
local recommender = {}

---Maps by the metrics' names.
---@class steelyard.evaluation
---@field means table<string, number> Means over users.
---@field errors table<string, number> Their standard errors: deviation / sqrt(users).
---@field values table<string, steelyard.array> A number for each user (f64).
---@field users integer How many there were.
local evaluation = {}

---Made by sy.collaborative.run.
---@class steelyard.run
---@field users steelyard.interactions The users to train on.
---@field metric string What rankings are judged by.
---@field phases table What was done: `phases:clear()` removes the checkpoints.
local run = {}

---A row for each way: name, title, mean (of the metric over users, of the mean over seeds), error (its standard error over users), deviation (of the seeds' means), means, validation (by seed), values (by user), differences = {NAME = {difference, error, low, high}}: to the start and to a baseline, paired by user, with 95 % intervals.
---@class steelyard.controls_report
---@field rows table[] See above.
---@field users integer How many users it was measured on.
local controls_report = {}

---Made by sy.critic.new or sy.critic.load.
---@class steelyard.critic
---@field net steelyard.net Its network: input features, output value.
---@field features table[] What it sees: {name, columns, ...}, items not among them.
---@field options table As sy.critic.new completed them.
---@field steps integer How many it did.
---@field epochs integer How many critic:fit did.
local critic = {}

---Made by critic:report.
---@class steelyard.critic_report
---@field rows integer How many examples.
---@field mse number Mean squared error; variance: that of a constant.
---@field correlation number? Of values and targets, where both vary.
---@field mean_prediction number The mean value; mean_target: what was found.
---@field calibration table[] By bucket of as many examples each: rows, low, high, mean_prediction, mean_target, standard_error.
---@field ece number How far buckets are off, in the mean over examples.
---@field weights table? Of critic:weights: negative_share, negative_mass (the share of the pull), zero_share, mean, quantiles = list of {q, value}.
---@field negative_share number? weights.negative_share.
local critic_report = {}

---Made by sy.random; the same seed gives the same numbers on every machine.
---@class steelyard.random
local random = {}

---@class steelyard
---@field version string
---@field abi string
local sy = {}

sy.vector = {}
sy.tensors = {}
sy.metrics = {}
sy.slices = {}
sy.dataset = {}
sy.groups = {}
sy.trec = {}
sy.value_model = {}
sy.tune = {}
sy.schedule = {}
sy.calibrate = {}
sy.loss = {}
sy.train = {}
sy.optimizer = {}
sy.significance = {}
sy.net = {}
sy.collaborative = {}
sy.collaborative.split = {}
sy.collaborative.loss = {}
sy.collaborative.fine_tuning = {}
sy.critic = {}
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

---Makes a matrix of vectors of one length, side by side.
---@param vectors steelyard.numbers[] The columns, at least one.
---@param dtype? string Of the matrix; "f64" by default.
---@return steelyard.array # The new array, of two dimensions.
function sy.array.columns(vectors, dtype) end

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

---a + factor b, number by number.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@param b steelyard.numbers|number An array, a table of numbers or a number.
---@param factor? number Default: 1.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.add(a, b, factor) end

---a - b, number by number.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@param b steelyard.numbers|number An array, a table of numbers or a number.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.subtract(a, b) end

---a b, number by number.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@param b steelyard.numbers|number An array, a table of numbers or a number.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.multiply(a, b) end

---a / b, number by number.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@param b steelyard.numbers|number An array, a table of numbers or a number.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.divide(a, b) end

---e to the power of each number, to about 2 units in the last place.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.exp(a) end

---The natural logarithm of each number: -infinity of 0, NaN below.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.log(a) end

---1 / (1 + exp(-x)) of each number, without loss near 0.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.sigmoid(a) end

---The square of each number.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.square(a) end

---The root of each number; NaN below 0.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.sqrt(a) end

---Each number without its sign.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.abs(a) end

---Each number with the other sign.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.negate(a) end

---Each number, held within bounds; NaN stays.
---@param a steelyard.numbers|number An array, a table of numbers or a number.
---@param low number The lower bound; may be -math.huge.
---@param high number The upper bound, not below.
---@return steelyard.array|number # A new array; of numbers alone a number.
function sy.vector.clip(a, low, high) end

---y += factor x, in place; y may be a view.
---@param y steelyard.array Of f32 or f64.
---@param x steelyard.numbers|number Of y's shape, or as long as its rows, or a number.
---@param factor? number Default: 1.
---@return steelyard.array # y.
function sy.vector.accumulate(y, x, factor) end

---y = x, in place; y may be a view. Every bit is kept where both are of one type.
---@param y steelyard.array Any array.
---@param x steelyard.numbers Of the same shape.
---@return steelyard.array # y.
function sy.vector.assign(y, x) end

---The sum of products of two arrays of one shape, in an order that is the same everywhere.
---@param a steelyard.numbers One.
---@param b steelyard.numbers The other.
---@return number # The sum.
function sy.vector.dot(a, b) end

---A matrix times a vector: the sum of products of each row.
---@param matrix steelyard.numbers Rows x columns.
---@param vector steelyard.numbers As many numbers as columns.
---@return steelyard.array # A number for each row.
function sy.vector.times(matrix, vector) end

---The matrix of all products a[i] b[j].
---@param a steelyard.numbers One for each row.
---@param b steelyard.numbers One for each column.
---@return steelyard.array # The matrix.
function sy.vector.outer(a, b) end

---Sums by groups: of numbers, or of a matrix's rows, by columns.
---@param values steelyard.numbers A number, or a row, each.
---@param codes steelyard.numbers The group of each, from 1 to count; 0: of none.
---@param count integer How many groups there are.
---@return steelyard.array # A sum, or a row of sums, for each group; f64.
function sy.vector.group_sums(values, codes, count) end

---What belongs to each one's group: a number, or a matrix's row.
---@param per_group steelyard.numbers For each group.
---@param codes steelyard.numbers The group of each, from 1; 0: of none, and zeroes are given.
---@return steelyard.array # A number, or a row, for each code.
function sy.vector.spread(per_group, codes) end

---Saves named arrays; the old file is replaced whole or not at all. The same content gives the same bytes, and every bit of a number is kept.
---@param path string The file.
---@param tensors table<string, steelyard.numbers> The arrays by their names; views are fine, tables become f64.
---@param metadata? table<string, string> Texts by their keys.
---@return true? # Done, or nil.
---@return string? # Why it could not be saved.
function sy.tensors.save(path, tensors, metadata) end

---Loads all arrays of a file.
---@param path string The file.
---@return table<string, steelyard.array>? # The arrays by their names, or nil.
---@return table<string, string>|string # The metadata (an empty table where there is none); with nil: why it could not be loaded.
function sy.tensors.load(path) end

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
---@field missing? "error"|"drop"|"keep"|number Numbers that are missing, NaN or infinite: refuse the file, drop their rows, keep them (a missing one as NaN), or put this number there. Default: "error".

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

---The same data with other predictions of some tasks, in columns of their own ("prediction:" before the task's name).
---@param predictions table<string, steelyard.numbers> {task = numbers}, one a row.
---@return steelyard.data # Another data set, which shares all else.
function data:with_predictions(predictions) end

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

---The rows for which all conditions hold, as a data set; requests without such a row are left out.
---@param conditions string[] "column operator value", with =, !=, <, <=, >, >=; the last four compare numbers.
---@return steelyard.data # The rows, in their requests.
function data:where(conditions) end

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

---Makes a value model of weights, and of calibrators if there are some.
---@param options {weights: table, calibrators: table?} weights: {task = weight}, in order of name, or {{task, weight}, ...}, in that order; calibrators: {task = calibrator} of some of these tasks.
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

---The scores of all rows. Predictions go through their task's calibrator; what it goes by beside them is taken from the columns of these names, and values it does not know change nothing.
---@param data steelyard.data|table<string, steelyard.numbers> A data set, or {task = numbers} with the columns of features: numbers or texts.
---@return steelyard.array # f32 where all predictions are f32, else f64.
function value_model:score(data) end

---The scores of all rows, not made yet: metrics take them in place of an array and score each request just before they rank it, which saves a column's memory and time.
---@param data steelyard.data|table<string, steelyard.numbers> A data set, or {task = numbers}.
---@return table # {columns = list of arrays of one type, weights = numbers}.
function value_model:deferred(data) end

---The predictions as the weights see them: calibrated where a task has a calibrator.
---@param data steelyard.data|table<string, steelyard.numbers> As for vm:score.
---@return table<string, steelyard.array> # {task = array} of all the model's tasks, of one type.
---@return steelyard.data? # Of a data set: another one that has these as predictions.
function value_model:calibrated(data) end

---The columns beside predictions that the calibrators go by, for sy.dataset.read's features and categorical.
---@return string[] # Those that hold numbers.
---@return string[] # Those of texts.
function value_model:features() end

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
---@field initial? table<string, number>|steelyard.value_model Where to start, and what regularization pulls to; tasks in it without a target keep their weights. With the calibrators of a value model, tuning goes by calibrated predictions. Default: equal weights.
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
---@field initial? table<string, number>|steelyard.value_model Where to start, and what regularization pulls to; tasks in it without a target keep their weights. With the calibrators of a value model, tuning goes by calibrated predictions. Default: equal weights.
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

---A sketch of rows; of tables {task = numbers}, one for each task.
---@class steelyard.calibrate.sketch_module
---@overload fun(predictions: steelyard.numbers|table<string, steelyard.numbers>, labels: steelyard.numbers|table<string, steelyard.numbers>, options?: options): steelyard.sketch|table<string, steelyard.sketch>
sy.calibrate.sketch = {}

---Sketches of one grid as one; of tables {name = sketch}, a table of all names.
---@param sketch steelyard.sketch|table<string, steelyard.sketch>|steelyard.sketch[] The first, or a list of all.
---@param ... steelyard.sketch|table<string, steelyard.sketch> Others.
---@return steelyard.sketch|table<string, steelyard.sketch> # All rows together.
function sy.calibrate.merge(sketch, ...) end

---Writes a table {name = sketch} to a file, whole or not at all. The same content has the same bytes.
---@param sketches table<string, steelyard.sketch> By name: of a task, or of a task and a segment.
---@param path string The file.
---@param note? string A text that is kept in it.
---@return true|nil, string # Or nil and a message.
function sy.calibrate.sketch.save(sketches, path, note) end

---Reads a file of sketches. What is truncated or damaged is refused.
---@param path string The file.
---@return table<string, steelyard.sketch>|nil, string # The sketches by name and the note, or nil and a message.
function sy.calibrate.sketch.load(path) end

---Is the value a sketch?
---@param value any Anything.
---@return boolean # Whether it is.
function sy.calibrate.sketch.is(value) end

---@class steelyard.options.sketch.add
---@field weights? steelyard.numbers How much each row counts. Default: 1 each.

---This sketch and more rows: a new sketch.
---@param predictions steelyard.numbers From 0 to 1.
---@param labels steelyard.numbers From 0 to 1, as many.
---@param options? steelyard.options.sketch.add See below.
---@return steelyard.sketch # All rows together.
function sketch:add(predictions, labels, options) end

---This sketch and others of the same grid: a new sketch.
---@param other steelyard.sketch Another.
---@param ... steelyard.sketch More.
---@return steelyard.sketch # All rows together.
function sketch:merge(other, ...) end

---Sums over its rows: n, w, and with weights p, y, squared errors, log ...
---@return table # The sums, exact but for one rounding.
function sketch:totals() end

---The raw calibration curve: what report and fit start from.
---@return userdata # The curve.
function sketch:curve() end

---Its content as bytes: equal for equal sketches.
---@return string # The bytes of a file with this sketch alone.
function sketch:bytes() end

---Writes this sketch alone to a file.
---@param path string The file.
---@param name? string Its name there. Default: "sketch".
---@return true|nil, string # Or nil and a message.
function sketch:save(path, name) end

---A monitor of one stream of predictions, to which periods (days, hours) are added. Its alarm is raised when labels' means have left the band from prediction / (1 + tolerance) to prediction * (1 + tolerance). While each label's mean, given all that was before, stays in the band, the alarm is ever raised with a probability of at most false_alarm, however often and long one looks. Labels that come in clumps (many rows of one user, alike beyond what predictions say) break that promise: give one of each clump.
---@class steelyard.calibrate.monitor_module
---@overload fun(options?: options): steelyard.monitor
sy.calibrate.monitor = {}

---Reads a monitor, which goes on as the saved one would have, to the bit.
---@param path string The file.
---@return steelyard.monitor|nil, string # Or nil and a message.
function sy.calibrate.monitor.load(path) end

---Is the value a monitor?
---@param value any Anything.
---@return boolean # Whether it is.
function sy.calibrate.monitor.is(value) end

---@class steelyard.options.monitor.add
---@field weights? steelyard.numbers How much each row counts (not of a sketch, which has them). Default: 1 each.
---@field name? string What the period is called. Default: its number.

---Looks at one more period. What it tells: period, name, n, weight (of the period); ratio, ratio_low, ratio_high (predicted over observed in the window); log_evidence and needed (how much raises the alarm); alarm, which stays raised, and then raised, since (periods; raised_name, since_name) and direction, of the predictions: too high or too low.
---@param predictions steelyard.numbers|steelyard.sketch From 0 to 1; or the period's sketch.
---@param labels? steelyard.numbers From 0 to 1, as many.
---@param options? steelyard.options.monitor.add See below.
---@return table # What is told.
function monitor:add(predictions, labels, options) end

---The last periods together.
---@return steelyard.sketch|nil # nil before the first.
function monitor:window() end

---All periods together.
---@return steelyard.sketch|nil # nil before the first.
function monitor:lifetime() end

---The evidence that raises the alarm: ln(1 / false_alarm).
---@return number # The bound.
function monitor:needed() end

---Writes the monitor to a file, whole or not at all.
---@param path string The file.
---@return true|nil, string # Or nil and a message.
function monitor:save(path) end

---@class steelyard.options.calibrate.report
---@field weights? steelyard.numbers|string How much each row counts; of a data set, also a column's name. Default: 1 each.
---@field labels? table<string, string> Of a data set: {task = the column of its labels}. Default: the labels that it was read with.
---@field clusters? steelyard.numbers|string[]|steelyard.groups|string What goes together (an id of its user, a row): the overall ratio's interval is then of clusters. Of a data set, also a column's name. Not with weights. Default: each row by itself.
---@field confidence? number Of the ratios' intervals. Default: 0.95.
---@field buckets? integer How many. Default: 10.
---@field bucketing? "mass"|"width" Buckets of equal weight, as far as equal predictions, which are never split, allow; or of equal width. Default: "mass".
---@field by? table Features: slices by value or cut at edges (sy.slices), a list of them, or a map from names to slices, numbers or texts. Of a data set, also names of columns. Default: none.
---@field depth? integer 2: intersections of two features are looked at, too; 1: not. Default: 2.
---@field least? integer Segments with fewer rows are not looked at for the worst. Default: 10.
---@field resamples? integer How often all labels are drawn from the predictions to tell what the worst segment is by chance. 0: never; p-values are then Kuiper's of the deviation, corrected by Holm, which is cautious. Default: the most of 999, 499, 199 and 99 that visits at most 2e8 rows, or 0.
---@field seed? integer Of these drawings. Default: 1.
---@field selection? table What selected items: {scores = numbers (of a data set also a column's name) or value_model = a model (of a data set), groups = ids of requests (of a data set: its own), k = how many ranks (10)}. Default: nothing.

---Measures how far predictions are from what happened: overall, by bucket, by feature, and of what a value model put on top.
---@param predictions steelyard.numbers|table<string, steelyard.numbers>|steelyard.data|steelyard.sketch From 0 to 1; of one task, of several, of a data set; or a sketch in place of both.
---@param labels? steelyard.numbers|table<string, steelyard.numbers> From 0 to 1, as many.
---@param options? steelyard.options.calibrate.report See below.
---@return steelyard.calibration_report # Of one task; see above for several.
function sy.calibrate.report(predictions, labels, options) end

---The report as a text of tables.
---@return string # Some lines.
function calibration_report:text() end

---@class steelyard.options.calibration_report.svg
---@field scale? "auto"|"linear"|"log"|"logit" Of both axes. auto: log where predictions are small and of several sizes, logit where they are so near 1. Default: "auto".
---@field level? number How often the regression would lie in the band by chance, at each prediction. Default: 0.9.
---@field resamples? integer How many regressions are drawn for it. Default: 40 to 200, the fewer the more distinct predictions there are.
---@field seed? integer Of these. Default: 1.
---@field title? string Above the diagram. Default: the task.
---@field columns? integer How many tasks side by side. Default: up to 3; 2 for 4.

---A reliability diagram: the isotonic regression of labels on predictions, in the band where it would lie if predictions were right; the buckets; and beneath how many predictions are where. One for each task.
---@param options? steelyard.options.calibration_report.svg See below.
---@return string # The text of an SVG file.
function calibration_report:svg(options) end

---@class steelyard.options.calibrate.fit
---@field weights? steelyard.numbers How much each row counts. Default: 1 each.
---@field rate? number The share of negatives that the model's training kept (negative downsampling). Predictions are corrected for it before anything is fitted, and when the calibrator is applied. Default: 1.
---@field smoothing? boolean Logistic methods: labels 1 and 0 become (P + 1)/(P + 2) and 1/(N + 2), as Platt 1999 has it, which keeps fits to few or separable rows finite. Default: true.
---@field prior? number Add so many rows of weight 1 which say that the predictions are right, spread as the rows are: fits are drawn to the identity. Default: 0; piecewise: 10; histogram: 1 a bucket.
---@field buckets? integer Of histogram: how many, of equal weight. Default: 15.
---@field knots? integer Of piecewise: at most so many, up to 256. Default: 10.
---@field features? table What tells segments apart: slices (sy.slices.values, sy.slices.cut) of the rows, the widest first. Of a data set also names of columns, and {name, edges}. Default: none.
---@field base? "identity"|"ratio"|"shift"|"temperature"|"platt"|"beta_a"|"beta_am"|"beta_ab"|"beta"|"quadratic"|"piecewise"|"centred"|"isotonic"|"histogram" What segment and boost start from. Default: "platt".
---@field depth? integer Of boost: 1, or 2, which looks at pairs of features, too. Default: 2.
---@field rounds? integer Of boost: at most so many tables. Default: 10.
---@field boost_buckets? integer Of boost: into how many parts predictions are cut. Default: 3.
---@field candidates? string[] What auto chooses from, the plainest first. Default: shift, temperature, platt, beta, quadratic; from 2,000 labels of the rarer class (and 200 clusters) on piecewise and centred; with features segment, boost.
---@field folds? integer|"each" Of cross-validation; "each": a fold for every cluster. Default: 5.
---@field clusters? steelyard.numbers|string[]|string An id a row: rows of one id (a user, a season) stay in one fold, and count together in standard errors. Of a data set, also a column's name. Default: each row by itself.
---@field score? "log_loss"|"brier" What methods are judged by. Default: "log_loss".
---@field standard_errors? number Of auto: the identity stays unless another is better by more than so many standard errors of the paired difference. Default: 1.5.
---@field seed? integer Of the folds. Default: 1.
---@field method? "auto"|"identity"|"ratio"|"shift"|"temperature"|"platt"|"beta_a"|"beta_am"|"beta_ab"|"beta"|"quadratic"|"piecewise"|"centred"|"isotonic"|"histogram"|"segment"|"boost" One of the methods above. auto: what is best on rows that it was not fitted to, or the identity where nothing is better by more than standard_errors. Default: "auto".
---@field labels? table<string, string> Of a data set: {task = the column of its labels}. Default: the labels that it was read with.
---@field note? string Kept with the calibrator (the days of the log, say). Default: none.

---Fits a calibrator; of a data set, or of maps {task = numbers}, one for each task. A sketch stands for predictions and labels, where a method is named.
---@param predictions steelyard.numbers|table<string, steelyard.numbers>|steelyard.data|steelyard.sketch From 0 to 1.
---@param labels? steelyard.numbers|table<string, steelyard.numbers> From 0 to 1, as many.
---@param options? steelyard.options.calibrate.fit See below.
---@return steelyard.calibrator|table<string, steelyard.calibrator> # What was fitted.
function sy.calibrate.fit(predictions, labels, options) end

---@class steelyard.options.calibrate.compare
---@field weights? steelyard.numbers How much each row counts. Default: 1 each.
---@field rate? number The share of negatives that the model's training kept (negative downsampling). Predictions are corrected for it before anything is fitted, and when the calibrator is applied. Default: 1.
---@field smoothing? boolean Logistic methods: labels 1 and 0 become (P + 1)/(P + 2) and 1/(N + 2), as Platt 1999 has it, which keeps fits to few or separable rows finite. Default: true.
---@field prior? number Add so many rows of weight 1 which say that the predictions are right, spread as the rows are: fits are drawn to the identity. Default: 0; piecewise: 10; histogram: 1 a bucket.
---@field buckets? integer Of histogram: how many, of equal weight. Default: 15.
---@field knots? integer Of piecewise: at most so many, up to 256. Default: 10.
---@field features? table What tells segments apart: slices (sy.slices.values, sy.slices.cut) of the rows, the widest first. Of a data set also names of columns, and {name, edges}. Default: none.
---@field base? "identity"|"ratio"|"shift"|"temperature"|"platt"|"beta_a"|"beta_am"|"beta_ab"|"beta"|"quadratic"|"piecewise"|"centred"|"isotonic"|"histogram" What segment and boost start from. Default: "platt".
---@field depth? integer Of boost: 1, or 2, which looks at pairs of features, too. Default: 2.
---@field rounds? integer Of boost: at most so many tables. Default: 10.
---@field boost_buckets? integer Of boost: into how many parts predictions are cut. Default: 3.
---@field candidates? string[] What auto chooses from, the plainest first. Default: shift, temperature, platt, beta, quadratic; from 2,000 labels of the rarer class (and 200 clusters) on piecewise and centred; with features segment, boost.
---@field folds? integer|"each" Of cross-validation; "each": a fold for every cluster. Default: 5.
---@field clusters? steelyard.numbers|string[]|string An id a row: rows of one id (a user, a season) stay in one fold, and count together in standard errors. Of a data set, also a column's name. Default: each row by itself.
---@field score? "log_loss"|"brier" What methods are judged by. Default: "log_loss".
---@field standard_errors? number Of auto: the identity stays unless another is better by more than so many standard errors of the paired difference. Default: 1.5.
---@field seed? integer Of the folds. Default: 1.
---@field methods? string[] Which to judge. Default: all, with features also those by them.

---Judges methods on rows that they were not fitted to, by cross-validation, beside the predictions as they are.
---@param predictions steelyard.numbers From 0 to 1.
---@param labels steelyard.numbers From 0 to 1, as many.
---@param options? steelyard.options.calibrate.compare See below.
---@return table # A list, identity first, of {method, log_loss, brier, mcb, difference, error}: mean scores of held-out rows, Brier miscalibration, the difference in score to the identity (below 0 is better) and its standard error.
function sy.calibrate.compare(predictions, labels, options) end

---Loads a calibrator that was saved by itself.
---@param path string The file.
---@return steelyard.calibrator? # The same, to a bit; or nil.
---@return string? # File and JSON path at fault.
function sy.calibrate.load(path) end

---Predictions, calibrated. Those out of [0, 1] count as the nearer end.
---@param predictions steelyard.numbers What the model said.
---@param features? steelyard.data|table<string, steelyard.numbers|string[]> The columns that the calibrator goes by; values that it has not seen change nothing.
---@return steelyard.array # Of the predictions' type; NaN for NaN.
function calibrator:apply(predictions, features) end

---One prediction, calibrated.
---@param prediction number What the model said.
---@param features? table<string, number|string> {name = value}.
---@return number # From 0 to 1.
function calibrator:evaluate(prediction, features) end

---The prediction that is mapped to a probability: the least where several are, the nearest end where none is.
---@param probability number From 0 to 1.
---@return number? # The prediction; or nil
---@return string? # why there is none: it goes by features, or does not ascend.
function calibrator:inverse(probability) end

---What it is made of, as the file format says: {method, about (JSON), map, features, tables}.
---@return table # A copy.
function calibrator:parts() end

---Writes it to a file of its own, whole or not at all.
---@param path string The file.
---@return true? # Done, or nil.
---@return string? # Why it could not be saved.
function calibrator:save(path) end

---@class steelyard.options.calibrate.contract
---@field tasks? string[] What is compared. Default: the value model's, or those that both have.
---@field groups? steelyard.groups|steelyard.numbers|string[] Of tables: the request of each row. Default: each row by itself.
---@field labels? table<string, steelyard.numbers> {task = labels}. Default: those of the data set before.
---@field join? "rows"|"items" How data sets are matched: row by row, or by request and item (several of one: in their order). Default: "rows".
---@field value_model? steelyard.value_model Whose value is compared, with its calibrators. Default: none.
---@field value_model_after? steelyard.value_model The one that goes with the new version. Default: value_model.
---@field tolerance? number How far a ratio may be from 1. Default: 0.05.
---@field confidence? number Of the intervals. Default: 0.95.
---@field interval? "delta"|"bootstrap" By the delta method for a ratio of requests' sums, or by drawing requests. Default: "delta".
---@field resamples? integer Of the bootstrap. Default: 2000.
---@field seed? integer Of the bootstrap. Default: 1.
---@field buckets? integer How many levels of old predictions. Default: 10.
---@field k? integer How many first ranks of the two orders are compared. Default: 10.

---Compares two versions' predictions of the same rows: does the scale hold?
---@param before steelyard.data|table<string, steelyard.numbers> The old version's predictions.
---@param after steelyard.data|table<string, steelyard.numbers> The new version's, of the same rows.
---@param options? steelyard.options.calibrate.contract See below.
---@return steelyard.contract # What was found.
function sy.calibrate.contract(before, after, options) end

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

---@class steelyard.options.train.mtml
---@field user_id? string|table The column of user ids. Default: no such embedding.
---@field item_id? string|table The column of item ids. Default: no such embedding.
---@field user_features? list Of the user: columns, or tables {column =, as =, ...} (see below). Default: none.
---@field item_features? list Of the item. Default: none.
---@field cross_features? list Of both, or of the request. Default: none.
---@field position? string|table The column of positions at which items were shown: an offset of each logit by position, which predictions leave out. Default: none.
---@field user_dim? integer Width of the user's embedding and features. Default: 16.
---@field item_dim? integer Width of the item's. Default: 16.
---@field cross_hidden? integer Width of the cross features' layer. Default: 128.
---@field id_l2? number L2 on the embeddings of a batch's ids. Default: 0.
---@field head_l2? number L2 on the weights of the last layer. Default: 0.
---@field id_deviation? number The standard deviation that id embeddings start with. Default: 0.05.
---@field position_l2? number L2 on the offsets by position. Default: 0.
---@field hidden? integer[] Widths of hidden layers that all tasks share. Default: none, as the reference.
---@field activation? "relu"|"tanh"|"sigmoid"|"gelu"|"softplus" Of hidden layers. Default: "relu".
---@field dropout? number The share of hidden numbers dropped in training. Default: 0.
---@field experts? table {count = 4, width = 64}: experts mixed by a gate for each task (MMoE). Default: none.
---@field recipe? string|table What is minimised: a name, {name =, its options ...}, or {recipe = a table of functions, its options ...}. Default: "plain".
---@field mode? "standard"|"seed" seed: the reference's arithmetic where ours differs (summed losses, left-over rows, Platt from 0). Default: "standard".
---@field optimizer? string|table sgd, adagrad, adam, adamw; or {name =, options of sy.optimizer ...}. Default: "adam".
---@field learning_rate? number|table|function A number, a schedule (a function of the step), or {"cosine", first, last, steps} and so on. Default: 0.001.
---@field batch? integer Rows of a batch. Default: 256.
---@field epochs? integer At most so many passes over the training rows. Default: 10.
---@field validation? table Which rows are held out: {share = 0.1 [, by = column]} at random (all rows of a user together), or {column = "date", from = 20220415}. Default: none.
---@field early_stop? integer Stop after so many epochs without a better one; 0: never. Default: 0.
---@field select? "log_loss"|"auc"|"last" Which epoch's parameters are kept, by the rows held out (the mean over tasks). Default: "log_loss".
---@field seed? integer Of starts, shuffling, dropout, recipes and the rows held out; from -2^32 to 2^32. Default: 1.
---@field dtype? "f32"|"f64" In which numbers. Default: "f32".
---@field where? string[] Only rows for which all of these hold: "label=1", "date<=20220416". Default: all rows.
---@field calibrate? string|table Fit calibrators to the rows held out when training is done: a method of sy.calibrate.fit, or its options. Default: none.
---@field checkpoint? string A file that the run's whole state is written to. Default: none.
---@field checkpoint_seconds? number How often, beside at the end of each epoch. Default: 60.
---@field resume? boolean Go on where the checkpoint left off: to the same bits as in one go. Default: false.
---@field progress? function Called after each epoch with its entry of history. Default: none.

---Trains a multi-task estimator on a data set with labels, which name the tasks. A label of NaN was not observed, and counts nowhere.
---@param data steelyard.data A data set with labels from 0 to 1 and the columns that are named.
---@param options steelyard.options.train.mtml See below; some id or feature must be there.
---@return steelyard.trained_model # The model.
function sy.train.mtml(data, options) end

---Reads a model that model:save wrote; a damaged one is refused by its checksum.
---@param path string The file.
---@return steelyard.trained_model? # The model; nil where it cannot be read.
---@return string? # Why not.
function sy.train.load(path) end

---@class steelyard.options.trained_model.predict
---@field raw? boolean Without the model's calibrators. Default: false.

---Probabilities for the rows of a data set that has the columns the model reads. The same rows give the same bits; a row among others may differ in its last digits (f32: by 1e-7).
---@param data steelyard.data Rows; values that training did not see count as unknown.
---@param options? steelyard.options.trained_model.predict See below.
---@return table # {task = f64 array}.
function trained_model:predict(data, options) end

---The columns that predicting reads.
---@return string[] # Of numbers.
---@return string[] # Of categories.
function trained_model:columns() end

---Writes the model, whole or not at all: a safetensors file, whose metadata says what else predicting takes.
---@param path string The file.
---@return boolean? # true; nil where it cannot be written.
---@return string? # Why not.
function trained_model:save(path) end

---@class steelyard.options.loss.bce
---@field task_weights? steelyard.numbers What each task weighs, from 0 up. Default: all weigh the same.
---@field positive_weights? steelyard.numbers What the label 1 weighs, by task, from 0 up. Default: 1.
---@field reduction? "mean"|"sum" The weighted mean over rows and tasks, or the sum. Default: "mean".
---@field row_weights? steelyard.numbers What each row weighs, from 0 up. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field factor? number What the gradient is multiplied by (the value is not). Default: 1.
---@field add_to? steelyard.array An array of outputs' shape and type, to which the gradient is added and which is returned. Default: a new array.

---Binary cross-entropy, the log loss of logits z: (1 - y) log(1 + exp(z)) + w y log(1 + exp(-z)), w being the task's positive weight. Accurate for logits of any size: value and slope keep their digits where they are near 0.
---@param outputs steelyard.array|number[]|number[][] Logits; a row for each of the batch, a column a task.
---@param targets steelyard.array|number[]|number[][] Labels from 0 to 1, of the same shape; NaN: not observed, counts nowhere.
---@param options? steelyard.options.loss.bce See below.
---@return number # The loss; 0 where nothing counts.
---@return steelyard.array? # Its derivative by every output, times factor: of outputs' shape and type (f64 for tables and whole numbers).
---@return table # values: each task's part, which add up to the loss.
function sy.loss.bce(outputs, targets, options) end

---@class steelyard.options.loss.multinomial
---@field task_weights? steelyard.numbers What each class's target is multiplied by, from 0 up. Default: 1.
---@field reduction? "mean"|"sum" The weighted mean over rows, or the sum. Default: "mean".
---@field row_weights? steelyard.numbers What each row weighs, from 0 up. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field factor? number What the gradient is multiplied by (the value is not). Default: 1.
---@field add_to? steelyard.array An array of outputs' shape and type, to which the gradient is added and which is returned. Default: a new array.

---Softmax cross-entropy of rows: - sum over a row's classes of y log softmax(z). A class whose target is NaN is left out of its row's softmax; a row without any target does not count.
---@param outputs steelyard.array|number[]|number[][] Logits; a row for each of the batch, a column a class.
---@param targets steelyard.array|number[]|number[][] From 0 up (counts, or probabilities), of the same shape; NaN: the class was not there.
---@param options? steelyard.options.loss.multinomial See below.
---@return number # The loss; 0 where nothing counts.
---@return steelyard.array? # Its derivative by every output, times factor: of outputs' shape and type (f64 for tables and whole numbers).
---@return table # values: the loss alone, in a list.
function sy.loss.multinomial(outputs, targets, options) end

---@class steelyard.options.loss.mse
---@field task_weights? steelyard.numbers What each task weighs, from 0 up. Default: all weigh the same.
---@field reduction? "mean"|"sum" The weighted mean over rows and tasks, or the sum. Default: "mean".
---@field row_weights? steelyard.numbers What each row weighs, from 0 up. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field factor? number What the gradient is multiplied by (the value is not). Default: 1.
---@field add_to? steelyard.array An array of outputs' shape and type, to which the gradient is added and which is returned. Default: a new array.

---Squared error: (output - target)^2.
---@param outputs steelyard.array|number[]|number[][] Any numbers; a row for each of the batch, a column a task.
---@param targets steelyard.array|number[]|number[][] Any numbers, of the same shape; NaN: not observed, counts nowhere.
---@param options? steelyard.options.loss.mse See below.
---@return number # The loss; 0 where nothing counts.
---@return steelyard.array? # Its derivative by every output, times factor: of outputs' shape and type (f64 for tables and whole numbers).
---@return table # values: each task's part, which add up to the loss.
function sy.loss.mse(outputs, targets, options) end

---@class steelyard.options.loss.huber
---@field task_weights? steelyard.numbers What each task weighs, from 0 up. Default: all weigh the same.
---@field delta? number Where it turns linear, above 0. Default: 1.
---@field reduction? "mean"|"sum" The weighted mean over rows and tasks, or the sum. Default: "mean".
---@field row_weights? steelyard.numbers What each row weighs, from 0 up. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field factor? number What the gradient is multiplied by (the value is not). Default: 1.
---@field add_to? steelyard.array An array of outputs' shape and type, to which the gradient is added and which is returned. Default: a new array.

---Half the squared error up to delta, and delta times the rest of the error beyond: outliers pull no harder than delta.
---@param outputs steelyard.array|number[]|number[][] Any numbers; a row for each of the batch, a column a task.
---@param targets steelyard.array|number[]|number[][] Any numbers, of the same shape; NaN: not observed, counts nowhere.
---@param options? steelyard.options.loss.huber See below.
---@return number # The loss; 0 where nothing counts.
---@return steelyard.array? # Its derivative by every output, times factor: of outputs' shape and type (f64 for tables and whole numbers).
---@return table # values: each task's part, which add up to the loss.
function sy.loss.huber(outputs, targets, options) end

---@class steelyard.options.loss.gaussian_kl
---@field reduction? "mean"|"sum" The weighted mean over rows, or the sum. Default: "mean".
---@field row_weights? steelyard.numbers What each row weighs, from 0 up. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field factor? number What the gradient is multiplied by (the value is not). Default: 1.
---@field add_to? steelyard.array An array of outputs' shape and type, to which the gradient is added and which is returned. Default: a new array.

---The divergence of rows' normal distributions from the standard one, the regularizer of variational autoencoders: sum over a row of (exp(v) - 1 - v + m^2) / 2. The first half of a row's outputs are the means m, the second the log variances v.
---@param outputs steelyard.array|number[]|number[][] Means, then as many log variances (of at most 700); a row for each of the batch.
---@param targets nil None.
---@param options? steelyard.options.loss.gaussian_kl See below.
---@return number # The loss; 0 where nothing counts.
---@return steelyard.array? # Its derivative by every output, times factor: of outputs' shape and type (f64 for tables and whole numbers).
---@return table # values: the loss alone, in a list.
function sy.loss.gaussian_kl(outputs, targets, options) end

---@class steelyard.options.loss.bucket_calibration
---@field task_weights? steelyard.numbers What each task weighs, from 0 up. Default: all weigh the same.
---@field buckets? integer How many; a task of fewer rows has one bucket a row. Default: 10.
---@field drop_rest? boolean Buckets of floor(rows / buckets) rows, which leaves the highest predictions over (the reference's way; with fewer rows than buckets nothing counts); else sizes differ by one at most. Default: false.
---@field f32_labels? boolean Of gap = "mean": mean labels are rounded to f32, as the reference does, to compare with it. Default: false.
---@field weighting? "equal"|"size" What each group or bucket weighs that has rows: all alike, or as its rows weigh together. Default: "equal".
---@field gap? "mean"|"log_ratio"|"deviation" What is squared, with P and Y the sums of predictions and labels, V that of p (1 - p) and n that of weights: (P - Y) / n, log((P + prior) / (Y + prior)), or (P - Y) / sqrt(V + prior), a gap in standard deviations of Y. Default: "mean".
---@field prior? number Of the log ratio and the deviation; above 0. Default: 1.
---@field reduction? "mean"|"sum" The mean over the buckets that have rows, then over the tasks that have such; or the sum over both. Default: "mean".
---@field row_weights? steelyard.numbers What each row weighs, from 0 up. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field factor? number What the gradient is multiplied by (the value is not). Default: 1.
---@field add_to? steelyard.array An array of outputs' shape and type, to which the gradient is added and which is returned. Default: a new array.

---The squared gap of predictions and labels in buckets: each task's rows in order of prediction, cut in buckets of equally many, whatever they weigh. Rows of equal logits that reach over several buckets belong to each of them by its share of their places, so that neither value nor gradient depends on the order in which rows came. Within a bucket's bounds the gradient is exact; that rows may change buckets is not part of it.
---@param outputs steelyard.array|number[]|number[][] Logits; a row for each of the batch, a column a task.
---@param targets steelyard.array|number[]|number[][] Labels from 0 to 1, of the same shape; NaN: not observed, counts nowhere.
---@param options? steelyard.options.loss.bucket_calibration See below.
---@return number # The loss; 0 where nothing counts.
---@return steelyard.array? # Its derivative by every output, times factor: of outputs' shape and type (f64 for tables and whole numbers).
---@return table # values: each task's part, which add up to the loss.
function sy.loss.bucket_calibration(outputs, targets, options) end

---@class steelyard.options.loss.group_calibration
---@field task_weights? steelyard.numbers What each task weighs, from 0 up. Default: all weigh the same.
---@field groups? steelyard.numbers Each row's group, from 1 up; 0: none. Needed. Default: an error.
---@field f32_labels? boolean Of gap = "mean": mean labels are rounded to f32, as the reference does, to compare with it. Default: false.
---@field weighting? "equal"|"size" What each group or bucket weighs that has rows: all alike, or as its rows weigh together. Default: "equal".
---@field gap? "mean"|"log_ratio"|"deviation" What is squared, with P and Y the sums of predictions and labels, V that of p (1 - p) and n that of weights: (P - Y) / n, log((P + prior) / (Y + prior)), or (P - Y) / sqrt(V + prior), a gap in standard deviations of Y. Default: "mean".
---@field prior? number Of the log ratio and the deviation; above 0. Default: 1.
---@field reduction? "mean"|"sum" The mean over the groups that have rows, then over the tasks that have such; or the sum over both. Default: "mean".
---@field row_weights? steelyard.numbers What each row weighs, from 0 up. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field factor? number What the gradient is multiplied by (the value is not). Default: 1.
---@field add_to? steelyard.array An array of outputs' shape and type, to which the gradient is added and which is returned. Default: a new array.

---The squared gap of predictions and labels in groups of rows: by country, say, or by position. A batch has few rows of a small group, whose gap is mostly chance: gap = "deviation" takes it in units of chance.
---@param outputs steelyard.array|number[]|number[][] Logits; a row for each of the batch, a column a task.
---@param targets steelyard.array|number[]|number[][] Labels from 0 to 1, of the same shape; NaN: not observed, counts nowhere.
---@param options? steelyard.options.loss.group_calibration See below.
---@return number # The loss; 0 where nothing counts.
---@return steelyard.array? # Its derivative by every output, times factor: of outputs' shape and type (f64 for tables and whole numbers).
---@return table # values: each task's part, which add up to the loss.
function sy.loss.group_calibration(outputs, targets, options) end

---@class steelyard.options.loss.kernel_calibration
---@field task_weights? steelyard.numbers What each task weighs, from 0 up. Default: all weigh the same.
---@field bandwidth? number How far predictions see each other; above 0. Default: 0.2.
---@field reduction? "mean"|"sum" The weighted mean over tasks that have rows, or the sum. Default: "mean".
---@field row_weights? steelyard.numbers What each row weighs, from 0 up. Default: all weigh the same.
---@field gradient? boolean Give the gradient too. Default: true.
---@field factor? number What the gradient is multiplied by (the value is not). Default: 1.
---@field add_to? steelyard.array An array of outputs' shape and type, to which the gradient is added and which is returned. Default: a new array.

---The square of the maximum mean calibration error (MMCE), by task: the sum over pairs of rows of (p - y) (p' - y') exp(-|p - p'| / bandwidth), over the square of how many rows there are (of what they weigh). Needs no buckets, and has no jumps.
---@param outputs steelyard.array|number[]|number[][] Logits; a row for each of the batch, a column a task.
---@param targets steelyard.array|number[]|number[][] Labels from 0 to 1, of the same shape; NaN: not observed, counts nowhere.
---@param options? steelyard.options.loss.kernel_calibration See below.
---@return number # The loss; 0 where nothing counts.
---@return steelyard.array? # Its derivative by every output, times factor: of outputs' shape and type (f64 for tables and whole numbers).
---@return table # values: each task's part, which add up to the loss.
function sy.loss.kernel_calibration(outputs, targets, options) end

---@class steelyard.options.optimizer.sgd
---@field learning_rate? number|function Or a function of the step, from 0: a schedule. Default: 0.01.
---@field momentum? number How much of the velocity is kept. Default: 0.
---@field nesterov? boolean Nesterov's form; needs a momentum. Default: false.
---@field weight_decay? number Times the parameter, is added to the gradient after clipping. Default: 0.
---@field clip_value? number Each number of a gradient is cut to +- that; 0: it is not. Default: 0.
---@field clip_norm? number All gradients together, cut, are scaled by clip_norm / (norm + 1e-6) where that is below 1; 0: they are not. Default: 0.
---@field lazy? boolean Of an embedding's table only the rows that have a gradient move. false: every row moves as with gradient 0. Default: true.

---Stochastic gradient descent: v = momentum v + g; w -= rate v, or with nesterov rate (g + momentum v).
---@param source steelyard.net|table<string, table> A network, or {name = {parameter, gradient}}: arrays of one shape, all of one type (f32 or f64), each in one block. Beside them may stand rate (multiplies the learning rate), l2 (times the parameter, is added to its gradient) and frozen.
---@param options? steelyard.options.optimizer.sgd See below.
---@return steelyard.optimizer # The optimizer.
function sy.optimizer.sgd(source, options) end

---@class steelyard.options.optimizer.adagrad
---@field learning_rate? number|function Or a function of the step, from 0: a schedule. Default: 0.01.
---@field epsilon? number Is added to the root. Default: 1e-10.
---@field initial? number What the sums of squares start from. Default: 0.
---@field weight_decay? number Times the parameter, is added to the gradient after clipping. Default: 0.
---@field clip_value? number Each number of a gradient is cut to +- that; 0: it is not. Default: 0.
---@field clip_norm? number All gradients together, cut, are scaled by clip_norm / (norm + 1e-6) where that is below 1; 0: they are not. Default: 0.
---@field lazy? boolean Of an embedding's table only the rows that have a gradient move. false: every row moves as with gradient 0. Default: true.

---Adagrad: s += g^2; w -= rate g / (sqrt(s) + epsilon).
---@param source steelyard.net|table<string, table> A network, or {name = {parameter, gradient}}: arrays of one shape, all of one type (f32 or f64), each in one block. Beside them may stand rate (multiplies the learning rate), l2 (times the parameter, is added to its gradient) and frozen.
---@param options? steelyard.options.optimizer.adagrad See below.
---@return steelyard.optimizer # The optimizer.
function sy.optimizer.adagrad(source, options) end

---@class steelyard.options.optimizer.adam
---@field learning_rate? number|function Or a function of the step, from 0: a schedule. Default: 0.001.
---@field beta1? number How much of the mean gradient is kept. Default: 0.9.
---@field beta2? number How much of the mean square is kept. Default: 0.999.
---@field epsilon? number Is added to the root of the corrected mean square. Default: 1e-08.
---@field weight_decay? number Times the parameter, is added to the gradient after clipping. Default: 0.
---@field clip_value? number Each number of a gradient is cut to +- that; 0: it is not. Default: 0.
---@field clip_norm? number All gradients together, cut, are scaled by clip_norm / (norm + 1e-6) where that is below 1; 0: they are not. Default: 0.
---@field lazy? boolean Of an embedding's table only the rows that have a gradient move. false: every row moves as with gradient 0. Default: true.

---Adam, with bias correction that counts the steps that moved a parameter.
---@param source steelyard.net|table<string, table> A network, or {name = {parameter, gradient}}: arrays of one shape, all of one type (f32 or f64), each in one block. Beside them may stand rate (multiplies the learning rate), l2 (times the parameter, is added to its gradient) and frozen.
---@param options? steelyard.options.optimizer.adam See below.
---@return steelyard.optimizer # The optimizer.
function sy.optimizer.adam(source, options) end

---@class steelyard.options.optimizer.adamw
---@field learning_rate? number|function Or a function of the step, from 0: a schedule. Default: 0.001.
---@field beta1? number How much of the mean gradient is kept. Default: 0.9.
---@field beta2? number How much of the mean square is kept. Default: 0.999.
---@field epsilon? number Is added to the root of the corrected mean square. Default: 1e-08.
---@field weight_decay? number Before each step, parameters shrink by the rate times that. Default: 0.01.
---@field clip_value? number Each number of a gradient is cut to +- that; 0: it is not. Default: 0.
---@field clip_norm? number All gradients together, cut, are scaled by clip_norm / (norm + 1e-6) where that is below 1; 0: they are not. Default: 0.
---@field lazy? boolean Of an embedding's table only the rows that have a gradient move. false: every row moves as with gradient 0. Default: true.

---Adam with weight decay apart from the gradient.
---@param source steelyard.net|table<string, table> A network, or {name = {parameter, gradient}}: arrays of one shape, all of one type (f32 or f64), each in one block. Beside them may stand rate (multiplies the learning rate), l2 (times the parameter, is added to its gradient) and frozen.
---@param options? steelyard.options.optimizer.adamw See below.
---@return steelyard.optimizer # The optimizer.
function sy.optimizer.adamw(source, options) end

---Moves every parameter that has a gradient.
---@return table # {rate = the learning rate, norm = of all gradients together before clipping}.
function optimizer:step() end

---The state's arrays, as views: "NAME.velocity" (SGD with momentum), "NAME.squares" (Adagrad), "NAME.first" and "NAME.second" (Adam, AdamW).
---@return table<string, steelyard.array> # The arrays by name, rows x columns.
function optimizer:tensors() end

---What a checkpoint needs beside the arrays; JSON can carry it.
---@return table # {kind, steps, moves = {name = how many steps moved it}}.
function optimizer:state() end

---Goes on, to the same bits, where another optimizer of the same kind over the same parameters was.
---@param state table Its state().
---@param tensors? table<string, steelyard.array> Its tensors(), or copies of them; others may be there, too.
---@return steelyard.optimizer # The optimizer itself.
function optimizer:set_state(state, tensors) end

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

---A graph without layers.
---@return steelyard.graph # To add layers to.
function sy.net.graph() end

---@class steelyard.options.net.build
---@field dtype? "f32"|"f64" The type of all its numbers. Default: "f32".
---@field batch? integer The most rows of a pass. Default: 256.
---@field seed? integer What parameters start from, and dropout and samples draw from. Default: 1.

---The network of a list of layers, as graph.layers is one: from a file, say.
---@param layers table[] Each {kind, name, inputs, the kind's own fields and options}.
---@param options? steelyard.options.net.build See below.
---@return steelyard.net # With parameters as they start.
function sy.net.build(layers, options) end

---The row of a table that an id of a hashed embedding goes to. It never changes.
---@param id integer Any.
---@param rows integer Of the table, up to 2^31 - 1.
---@return integer # From 1.
function sy.net.hash(id, rows) end

---The BLAS that networks use. It has as many threads as sy.threads says.
---@return string # Its name, version and what it tells of itself.
function sy.net.blas() end

---@class steelyard.options.graph.input
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....
---@field wants_gradient? boolean Backward gives the gradient with respect to it, too. Default: false.

---A source of numbers.
---@param name string By which it is fed.
---@param width integer Numbers a row.
---@param options? steelyard.options.graph.input See below.
---@return string # The layer's name.
function graph:input(name, width, options) end

---A source of ids: one a row, or bags of any number.
---@param name string By which it is fed.
---@return string # The layer's name.
function graph:ids(name) end

---@class steelyard.options.graph.embedding
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....
---@field bag? "sum"|"mean" What is made of a bag's rows, each times its weight; a mean divides by the sum of the weights. An empty bag gives zeroes. Default: one id a row.
---@field hashed? boolean Ids are any whole numbers, and hash to a row: sy.net.hash. Default: false.
---@field bias? boolean Of bags: LAYER.bias, which starts as 0, is added to each row, so that a sum is a dense layer of inputs most of which are 0. Default: false.
---@field start? "fan_in"|"glorot"|"normal"|"truncated"|"zero" How weights start: uniform within 1 / sqrt(inputs), bias too; uniform within sqrt(6 / (inputs + outputs)); normal; normal, drawn again beyond two deviations; 0. A table has 1 input, that of bags as many as it has rows. Default: dense: fan_in, embedding: normal.
---@field deviation? number Of normal and truncated. Default: dense: 0.01, embedding: 1.
---@field rate? number Multiplies the optimizer's rate for its parameters. Default: 1.
---@field l2? number L2 of its parameters: l2 * w is added to their gradients by the optimizer (of tables: of the rows that a batch touches). Default: 0.
---@field frozen? boolean Its parameters are not trained, and get no gradient. Default: false.

---The table's row of an id; of a bag, the sum or mean of the rows of its ids.
---@param ids string A source of ids.
---@param rows integer Of the table: ids are 1 to rows.
---@param width integer Numbers a row.
---@param options? steelyard.options.graph.embedding See below.
---@return string # The layer's name.
function graph:embedding(ids, rows, width, options) end

---@class steelyard.options.graph.dense
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....
---@field bias? boolean With b. Default: true.
---@field start? "fan_in"|"glorot"|"normal"|"truncated"|"zero" How weights start: uniform within 1 / sqrt(inputs), bias too; uniform within sqrt(6 / (inputs + outputs)); normal; normal, drawn again beyond two deviations; 0. A table has 1 input, that of bags as many as it has rows. Default: dense: fan_in, embedding: normal.
---@field deviation? number Of normal and truncated. Default: dense: 0.01, embedding: 1.
---@field rate? number Multiplies the optimizer's rate for its parameters. Default: 1.
---@field l2? number L2 of its parameters: l2 * w is added to their gradients by the optimizer (of tables: of the rows that a batch touches). Default: 0.
---@field frozen? boolean Its parameters are not trained, and get no gradient. Default: false.

---x W' + b.
---@param input string A layer's name.
---@param width integer Numbers a row.
---@param options? steelyard.options.graph.dense See below.
---@return string # The layer's name.
function graph:dense(input, width, options) end

---@class steelyard.options.graph.concat
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---All inputs side by side. Those that nothing else reads are computed in place.
---@param inputs string[] Names of layers.
---@param options? steelyard.options.graph.concat See below.
---@return string # The layer's name.
function graph:concat(inputs, options) end

---@class steelyard.options.graph.add
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---The sum of inputs of one width.
---@param inputs string[] Names of layers.
---@param options? steelyard.options.graph.add See below.
---@return string # The layer's name.
function graph:add(inputs, options) end

---@class steelyard.options.graph.multiply
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---The product of inputs of one width.
---@param inputs string[] Names of layers.
---@param options? steelyard.options.graph.multiply See below.
---@return string # The layer's name.
function graph:multiply(inputs, options) end

---@class steelyard.options.graph.slice
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---Some columns of a layer. Costs nothing.
---@param input string A layer's name.
---@param first integer The first column, from 1.
---@param width integer How many.
---@param options? steelyard.options.graph.slice See below.
---@return string # The layer's name.
function graph:slice(input, first, width, options) end

---@class steelyard.options.graph.relu
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---max(x, 0).
---@param input string A layer's name.
---@param options? steelyard.options.graph.relu See below.
---@return string # The layer's name.
function graph:relu(input, options) end

---@class steelyard.options.graph.tanh
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---The hyperbolic tangent.
---@param input string A layer's name.
---@param options? steelyard.options.graph.tanh See below.
---@return string # The layer's name.
function graph:tanh(input, options) end

---@class steelyard.options.graph.sigmoid
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---1 / (1 + exp(-x)).
---@param input string A layer's name.
---@param options? steelyard.options.graph.sigmoid See below.
---@return string # The layer's name.
function graph:sigmoid(input, options) end

---@class steelyard.options.graph.gelu
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---x Phi(x), Phi being the normal distribution.
---@param input string A layer's name.
---@param options? steelyard.options.graph.gelu See below.
---@return string # The layer's name.
function graph:gelu(input, options) end

---@class steelyard.options.graph.softplus
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---log(1 + exp(x)).
---@param input string A layer's name.
---@param options? steelyard.options.graph.softplus See below.
---@return string # The layer's name.
function graph:softplus(input, options) end

---@class steelyard.options.graph.batch_norm
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....
---@field affine? boolean With a trained scale and offset by column. Default: true.
---@field momentum? number The share by which the running ones move. Default: 0.1.
---@field epsilon? number Is added to the variance. Default: 1e-5.
---@field rate? number Multiplies the optimizer's rate for its parameters. Default: 1.
---@field l2? number L2 of its parameters: l2 * w is added to their gradients by the optimizer (of tables: of the rows that a batch touches). Default: 0.
---@field frozen? boolean Its parameters are not trained, and get no gradient. Default: false.

---Every column less its mean, over its deviation: of the batch when training (which moves running ones), else the running ones. Of a batch of one row nothing is left, and the running variance stays.
---@param input string A layer's name.
---@param options? steelyard.options.graph.batch_norm See below.
---@return string # The layer's name.
function graph:batch_norm(input, options) end

---@class steelyard.options.graph.layer_norm
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....
---@field affine? boolean With a trained scale and offset by column. Default: true.
---@field epsilon? number Is added to the variance. Default: 1e-5.
---@field rate? number Multiplies the optimizer's rate for its parameters. Default: 1.
---@field l2? number L2 of its parameters: l2 * w is added to their gradients by the optimizer (of tables: of the rows that a batch touches). Default: 0.
---@field frozen? boolean Its parameters are not trained, and get no gradient. Default: false.

---Every row less its mean, over its deviation.
---@param input string A layer's name.
---@param options? steelyard.options.graph.layer_norm See below.
---@return string # The layer's name.
function graph:layer_norm(input, options) end

---@class steelyard.options.graph.l2_normalize
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....
---@field epsilon? number The least length. Default: 1e-12.

---Every row over its length, or over epsilon where it is shorter.
---@param input string A layer's name.
---@param options? steelyard.options.graph.l2_normalize See below.
---@return string # The layer's name.
function graph:l2_normalize(input, options) end

---@class steelyard.options.graph.dropout
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---When training, each number is 0 with a chance, else divided by 1 less that. Draws depend on the seed, the number of passes, the layer's name and the place in the batch alone.
---@param input string A layer's name.
---@param share number What is dropped, from 0 to below 1.
---@param options? steelyard.options.graph.dropout See below.
---@return string # The layer's name.
function graph:dropout(input, share, options) end

---@class steelyard.options.graph.sample
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---When training, a normal number of that mean and log of the variance: mean + z exp(log_variance / 2), through which gradients go back to both; else the mean, and nothing goes back to log_variance. Draws depend on what those of dropout do.
---@param mean string A layer.
---@param log_variance string A layer as wide.
---@param options? steelyard.options.graph.sample See below.
---@return string # The layer's name.
function graph:sample(mean, log_variance, options) end

---@class steelyard.options.graph.mixture
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---The sum of experts of one width, weighed by the softmax of gates.
---@param gates string A layer as wide as there are experts.
---@param experts string[] Names of layers.
---@param options? steelyard.options.graph.mixture See below.
---@return string # The layer's name.
function graph:mixture(gates, experts, options) end

---@class steelyard.options.graph.scale
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....
---@field slope? "free"|"exp"|"softplus" What its parameter w makes of it: w, exp(w), log(1 + exp(w)). Default: free.
---@field rate? number Multiplies the optimizer's rate for its parameters. Default: 1.
---@field l2? number L2 of its parameters: l2 * w is added to their gradients by the optimizer (of tables: of the rows that a batch touches). Default: 0.
---@field frozen? boolean Its parameters are not trained, and get no gradient. Default: false.

---By column: slope x + offset. The slope starts as 1.
---@param input string A layer's name.
---@param options? steelyard.options.graph.scale See below.
---@return string # The layer's name.
function graph:scale(input, options) end

---@class steelyard.options.graph.stop_gradient
---@field name? string By which later layers read it. Default: KIND_1, KIND_2 ....

---The layer itself; nothing goes backward. Costs nothing.
---@param input string A layer's name.
---@param options? steelyard.options.graph.stop_gradient See below.
---@return string # The layer's name.
function graph:stop_gradient(input, options) end

---The network: sy.net.build of graph.layers.
---@param options? steelyard.options.graph.build As for sy.net.build.
---@return steelyard.net # With parameters as they start.
function graph:build(options) end

---@class steelyard.options.net.forward
---@field rows? steelyard.numbers Which rows of the feeds make the batch, from 1. Default: all, up to the batch.
---@field training? boolean Dropout drops, samples are drawn, and batch norm goes by the batch. Default: false.

---Computes every layer whose sources are fed. Arrays of numbers may be of f32 or f64, of ids of i32 or i64; others are copied.
---@param feeds table<string, any> By source: a matrix or, of width 1, numbers; ids; or bags {ids, offsets = where each row's end, from 0 on, weights = one an id or none}.
---@param options? steelyard.options.net.forward See below.
function net:forward(feeds, options) end

---A layer's output for the last forward pass.
---@param name string A layer.
---@return steelyard.array? # A view, rows x width, that the next pass changes; nil where the layer was not computed.
function net:value(name) end

---From gradients at layers to those of all parameters below them. What none reaches has no gradient then. May be called again for the same forward pass. A layer's own value may be its gradient: losses can put theirs in place of the values of a dense layer that no other reads, which takes it without a copy.
---@param gradients table<string, steelyard.numbers> By layer: rows x width.
function net:backward(gradients) end

---The gradient at an input that wants one.
---@param name string An input.
---@return steelyard.array? # A view, rows x width; nil where there is none.
function net:input_gradient(name) end

---All parameters, in the order of layers.
---@return table[] # {name, rows, columns, kind, frozen}; kind: weight, table, or statistic, which no gradient moves.
function net:parameters() end

---A parameter's matrix: LAYER.weight, .bias, .scale, .offset, .mean, .variance.
---@param name string A parameter.
---@return steelyard.array # A view, through which it may be changed.
function net:parameter(name) end

---A parameter's gradient by the last backward pass.
---@param name string A parameter.
---@return steelyard.array? # A view, of tables a copy with all rows; nil where none reached it.
function net:gradient(name) end

---All parameters by name, to save or to fill.
---@return table<string, steelyard.array> # Views.
function net:tensors() end

---@class steelyard.options.net.fill
---@field prefix? string What stands before each parameter's name. Default: "".

---Fills all parameters, of another network or a file, or none.
---@param tensors table<string, steelyard.array> Matrices by name; others may be among them.
---@param options? steelyard.options.net.fill See below.
function net:fill(tensors, options) end

---What dropout and samples draw from, for checkpoints.
---@return table # seed and passes (training passes so far), as decimal texts: they have 64 bits.
function net:state() end

---Goes on from a state.
---@param state table seed and passes: texts or whole numbers.
function net:set_state(state) end

---Writes the network, whole or not at all: a safetensors file with the parameters by name, and the layers, type, batch and state in its metadata.
---@param path string The file.
---@return boolean? # true; nil where it cannot be written.
---@return string? # Why not.
function net:save(path) end

---@class steelyard.options.net.load
---@field batch? integer Another largest batch. Default: as it was.

---A network that net:save wrote: the same bits.
---@param path string The file.
---@param options? steelyard.options.net.load See below.
---@return steelyard.net? # The network; nil where it cannot be read.
---@return string? # Why not.
function sy.net.load(path, options) end

---@class steelyard.options.collaborative.interactions
---@field users? steelyard.numbers The user of each pair, from 1. Default: needed.
---@field items? steelyard.numbers The item of each pair, from 1. Default: needed.
---@field values? steelyard.numbers What each pair weighs: finite numbers. Default: 1 each.
---@field times? steelyard.numbers When it was: finite numbers, of which the order in a row is kept. Default: none.
---@field rows? integer How many users there are. Default: as many as names, or the largest number.
---@field columns? integer How many items there are. Default: as rows.
---@field user_names? string[] Of each user. Default: none.
---@field item_names? string[] Of each item. Default: none.

---Interactions of pairs in any order. Of a pair that comes several times the one with the largest value is kept, of equal ones the first.
---@param options steelyard.options.collaborative.interactions See below.
---@return steelyard.interactions # Them.
function sy.collaborative.interactions(options) end

---The matrix alone: {ids, offsets, weights}, not copied.
---@return table # A bag.
function interactions:bag() end

---Some rows, in the order given; a row may come several times.
---@param rows steelyard.numbers Row numbers.
---@return steelyard.interactions # These rows.
function interactions:pick(rows) end

---Some items, which get the numbers of their places; no user goes.
---@param items steelyard.numbers|boolean[]|function Item numbers, each once; or a boolean for each item; or a function of an item's number.
---@return steelyard.interactions # With these items.
function interactions:keep_items(items) end

---@class steelyard.options.interactions.filter
---@field min_rating? number Only entries of at least this weight. Default: all.
---@field users_at_least? integer Only users with so many items. Default: 0.
---@field items_at_least? integer Only items with so many users. Default: 0.
---@field order? "items_first"|"users_first" Which are looked at first. Default: "items_first".

---Leave out low ratings, then items of few users and users of few items, in one pass each: items may have fewer users again.
---@param options? steelyard.options.interactions.filter See below.
---@return steelyard.interactions # What is left.
function interactions:filter(options) end

---Some entries; all users and items stay.
---@param flags steelyard.numbers One for each entry: those that are not 0 are kept.
---@param other? boolean Keep those that are 0.
---@return steelyard.interactions # With these entries.
function interactions:part(flags, other) end

---Items by users.
---@return steelyard.interactions # Names change sides; times are left out.
function interactions:transpose() end

---How many items each user has.
---@return steelyard.array # i64.
function interactions:row_sizes() end

---How many users each item has.
---@return steelyard.array # i64.
function interactions:item_counts() end

---The row of each entry.
---@return steelyard.array # i32.
function interactions:codes() end

---The items of one user.
---@param i integer The row.
---@return steelyard.array # A view of ids.
---@return steelyard.array|nil # A view of weights.
function interactions:row(i) end

---The entries of both; of an entry of both the larger weight.
---@param other steelyard.interactions As many rows and columns.
---@return steelyard.interactions # With x's names; without times.
function interactions:union(other) end

---The entries that are not in others.
---@param other steelyard.interactions As many rows and columns.
---@return steelyard.interactions # What is left of x.
function interactions:minus(other) end

---@class steelyard.options.collaborative.read
---@field format? "auto"|"ratings"|"adjacency"|"movielens"|"pro_sg"|"ncf" What the lines are. auto: by the first ones. movielens and pro_sg need names of columns. Default: "auto".
---@field join? boolean Take several files as one. Default: false.
---@field min_rating? number Leave out lower ratings. Default: all.
---@field ratings? boolean Keep ratings as weights. Default: false.
---@field times? boolean Keep the order of times. Default: false.
---@field numbering? "appearance"|"number" Number users and items as they appear, or as the numbers that their names are. Default: "appearance".
---@field columns? table {user =, item =, rating =, time =}: names or numbers of columns. Default: by names, or the first four.

---Read files, gzipped or not, in one streaming pass each. Lines are `user item [rating [time]]`, parted by tabs, commas, semicolons, `::` or blanks, where a first line may name the columns (userId, movieId, uid, sid, item_id:token, rating, timestamp and the like); or `user item item ...`. Names are any text.
---@param path string|string[] A file ("-" is standard input), or several, whose users and items get common numbers; or a folder of pro_sg.
---@param options? steelyard.options.collaborative.read See below.
---@return steelyard.interactions|steelyard.interactions[]|table|nil # Of a list of files a list (without join); of a folder {train, validation = {fold_in, held_out}, test}.
---@return string|nil # What is wrong: file:line: column and value.
function sy.collaborative.read(path, options) end

---@class steelyard.options.collaborative.read_negatives
---@field user_names? string[] Those of the interactions trained on, for their numbers. Default: as they appear.
---@field item_names? string[] The same of items. Default: as they appear.

---Read NCF's test sets: lines of `(user,item)` and items to rank it among.
---@param path string The file.
---@param options? steelyard.options.collaborative.read_negatives See below.
---@return table|nil # {users = row numbers (i64), positives = items (i32), negatives = interactions, a row for each, user_names, item_names}.
---@return string|nil # What is wrong.
function sy.collaborative.read_negatives(path, options) end

---@class steelyard.options.collaborative.split.strong
---@field validation? integer Users held out to choose by. Default: 1000.
---@field test? integer Users held out to measure on. Default: 1000.
---@field fold_in? number The share of their items that a model sees. Default: 0.8.
---@field least? integer Nothing is hidden of users with fewer items. Default: 5.
---@field seed? integer What is drawn by; NumPy's are from 0 to 2^32 - 1. Default: 98765.
---@field random? "numpy"|"steelyard" numpy draws as numpy.random.seed, permutation and choice do: the users of published splits. Default: "numpy".
---@field order? "number"|"drawn" number: as Mult-VAE's notebook, drawing anew for validation and test, users by number; drawn: on and on, as they were shuffled. Default: "number".

---Strong generalisation: other users are measured on than are trained on. Users are shuffled: the last ones are for test, those before them for validation. Only items that users of training have are kept, without gaps in their numbers. Of a user held out with n >= least items, floor((1 - fold_in) n) are hidden; of others none. Users of whom no item is left are left out.
---@param x steelyard.interactions All.
---@param options? steelyard.options.collaborative.split.strong See below.
---@return table # {train = interactions, validation = {fold_in =, held_out =} (a row a user in each), test = {fold_in =, held_out =}, items = their former numbers}.
function sy.collaborative.split.strong(x, options) end

---@class steelyard.options.collaborative.split.leave_one_out
---@field by? string|steelyard.numbers time (the latest), random, or the item of each user (0: none). Default: "time".
---@field negatives? integer How many items it is ranked among. Default: 99.
---@field least? integer Nothing is left out of users with fewer items. Default: 2.
---@field seed? integer What is drawn by. Default: 1.

---One item of each user is left out, to be ranked among items that the user does not have. Nobody and nothing is renumbered.
---@param x steelyard.interactions All.
---@param options? steelyard.options.collaborative.split.leave_one_out See below.
---@return table # {train = interactions, test = {users = row numbers (i64), positives = items (i32), negatives = bag}}.
function sy.collaborative.split.leave_one_out(x, options) end

---@class steelyard.options.collaborative.mask
---@field rows? steelyard.numbers Row numbers. Default: all.
---@field keep? number|steelyard.numbers How likely an entry is seen, above 0 and up to 1; or one number a row. Default: 0.5.
---@field seed? integer What is drawn by, with Default: 1.
---@field step? integer the number of the step. Default: 1.
---@field normalize? boolean Divide weights by the norm of the whole row. Default: false.

---Draw which entries of some rows are seen. A draw depends on seed, step, row number and item alone, not on which rows are masked together.
---@param bag table A bag {ids, offsets}, or interactions.
---@param options? steelyard.options.collaborative.mask See below.
---@return table # What is seen, a bag with weights: 1 / keep, or 1 / (keep sqrt(n)) for n entries of the whole row (of weights w: w / (keep |w|)).
---@return table # What is not, a bag.
function sy.collaborative.mask(bag, options) end

---How well hidden items are found among all that were not seen. Highest score first, equal ones by item number. Of n hidden items, at a cutoff k: `dcg@k` is the sum of 1 / log2(rank + 1) of those among the first k, `ndcg@k` that divided by its largest value with min(n, k) items, at least .1; `recall@k` their share in min(n, k), `precision@k` in k; `ap@k` the sum of precisions at their ranks, divided by min(n, k); `hit@k` is 1 where there is one, `rr@k` 1 / the first one's rank. Where n is 0 all are 0.
---@class steelyard.collaborative.measure_module
---@overload fun(scores: steelyard.array|table, hidden: table, options?: options): table
sy.collaborative.measure = {}

---@class steelyard.options.collaborative.measure.candidates
---@field metrics? string[] As of measure. Default: {"hit@10", "ndcg@10"}.
---@field ties? "number"|"worst"|"best" Where the positive stands among equal scores: by item number, last or first. The protocol's own code puts it last. Default: "number".

---One positive of each row is ranked among its negatives: NCF's protocol. A positive among its own negatives counts once.
---@param scores steelyard.array|table Rows x items, f32 or f64: an array or a table of rows. No NaN.
---@param positives steelyard.numbers The item of each row.
---@param negatives table A bag {ids, offsets}, or interactions.
---@param options? steelyard.options.collaborative.measure.candidates See below; or a list of metrics alone.
---@return table # {name = f64 array}.
---@return table # {ranks = i64 array}.
function sy.collaborative.measure.candidates(scores, positives, negatives, options) end

---The k best items of each row that were not seen. Highest score first, equal ones by item number.
---@param scores steelyard.array|table Rows x items, f32 or f64: an array or a table of rows. No NaN.
---@param k integer From 1.
---@param seen? table A bag {ids, offsets}, or interactions.
---@return steelyard.array # i32, rows x k: item numbers, 0 where fewer are left.
---@return steelyard.array # Their scores, of the type of scores; -infinity there.
function sy.collaborative.top(scores, k, seen) end

---@class steelyard.options.collaborative.loss.multinomial
---@field excluded? table A bag of items that are no part of a row's loss: no slope, no rank. Default: none.
---@field row_weights? steelyard.numbers What each row's gradient is multiplied by (its value is not). Default: 1 / rows each.
---@field target_weights? steelyard.numbers What each target weighs, along targets.ids, in place of targets.weights; weighted_square does without. Default: those of targets, or 1.
---@field gradient? boolean|"in_place" Give the gradient: a new array, or the scores' own, which then hold it. Default: true.
---@field log_partition? steelyard.numbers multinomial: each row's, from the details of an earlier call with the same scores and excluded; saves a pass. Default: computed.
---@field positive? number weighted_square: what a target weighs. Default: 5.
---@field k? integer warp, lambdarank: a cutoff, from 1. Default: none.

---Minus the sum over targets of weight times log softmax(scores): the likelihood of drawing them.
---@param scores steelyard.array Users x items, f32 or f64, finite; a layer's value will do.
---@param targets table A bag {ids, offsets [, weights]}: the positives of each row.
---@param options? steelyard.options.collaborative.loss.multinomial See below. All losses take all of them, so that one call fits all; of its own this one reads log_partition.
---@return steelyard.array # f64: the value of each row.
---@return steelyard.array? # The gradient by scores of the sum of row weights times values; of the scores' type.
---@return table # log_partition (f64, one a row), log_probabilities (f64, one a target, along targets.ids).
function sy.collaborative.loss.multinomial(scores, targets, options) end

---@class steelyard.options.collaborative.loss.weighted_square
---@field excluded? table A bag of items that are no part of a row's loss: no slope, no rank. Default: none.
---@field row_weights? steelyard.numbers What each row's gradient is multiplied by (its value is not). Default: 1 / rows each.
---@field target_weights? steelyard.numbers What each target weighs, along targets.ids, in place of targets.weights; weighted_square does without. Default: those of targets, or 1.
---@field gradient? boolean|"in_place" Give the gradient: a new array, or the scores' own, which then hold it. Default: true.
---@field log_partition? steelyard.numbers multinomial: each row's, from the details of an earlier call with the same scores and excluded; saves a pass. Default: computed.
---@field positive? number weighted_square: what a target weighs. Default: 5.
---@field k? integer warp, lambdarank: a cutoff, from 1. Default: none.

---The sum over items of (1 - score)^2 times `positive` for targets, score^2 for others.
---@param scores steelyard.array Users x items, f32 or f64, finite; a layer's value will do.
---@param targets table A bag {ids, offsets [, weights]}: the positives of each row.
---@param options? steelyard.options.collaborative.loss.weighted_square See below. All losses take all of them, so that one call fits all; of its own this one reads positive.
---@return steelyard.array # f64: the value of each row.
---@return steelyard.array? # The gradient by scores of the sum of row weights times values; of the scores' type.
---@return table # Empty.
function sy.collaborative.loss.weighted_square(scores, targets, options) end

---@class steelyard.options.collaborative.loss.warp
---@field excluded? table A bag of items that are no part of a row's loss: no slope, no rank. Default: none.
---@field row_weights? steelyard.numbers What each row's gradient is multiplied by (its value is not). Default: 1 / rows each.
---@field target_weights? steelyard.numbers What each target weighs, along targets.ids, in place of targets.weights; weighted_square does without. Default: those of targets, or 1.
---@field gradient? boolean|"in_place" Give the gradient: a new array, or the scores' own, which then hold it. Default: true.
---@field log_partition? steelyard.numbers multinomial: each row's, from the details of an earlier call with the same scores and excluded; saves a pass. Default: computed.
---@field positive? number weighted_square: what a target weighs. Default: 5.
---@field k? integer warp, lambdarank: a cutoff, from 1. Default: none.

---The sum over pairs of a target and an item ranked above it that is none: their difference of scores times 1 + 1/2 + .. + 1/rank of the target (its rank held at k). Of all items, without sampling or margin.
---@param scores steelyard.array Users x items, f32 or f64, finite; a layer's value will do.
---@param targets table A bag {ids, offsets [, weights]}: the positives of each row.
---@param options? steelyard.options.collaborative.loss.warp See below. All losses take all of them, so that one call fits all; of its own this one reads k.
---@return steelyard.array # f64: the value of each row.
---@return steelyard.array? # The gradient by scores of the sum of row weights times values; of the scores' type.
---@return table # Empty.
function sy.collaborative.loss.warp(scores, targets, options) end

---@class steelyard.options.collaborative.loss.lambdarank
---@field excluded? table A bag of items that are no part of a row's loss: no slope, no rank. Default: none.
---@field row_weights? steelyard.numbers What each row's gradient is multiplied by (its value is not). Default: 1 / rows each.
---@field target_weights? steelyard.numbers What each target weighs, along targets.ids, in place of targets.weights; weighted_square does without. Default: those of targets, or 1.
---@field gradient? boolean|"in_place" Give the gradient: a new array, or the scores' own, which then hold it. Default: true.
---@field log_partition? steelyard.numbers multinomial: each row's, from the details of an earlier call with the same scores and excluded; saves a pass. Default: computed.
---@field positive? number weighted_square: what a target weighs. Default: 5.
---@field k? integer warp, lambdarank: a cutoff, from 1. Default: none.

---The sum over pairs of a target and an item that is none: log(1 + exp(score of the item - score of the target)) times what swapping them would change in NDCG (at k).
---@param scores steelyard.array Users x items, f32 or f64, finite; a layer's value will do.
---@param targets table A bag {ids, offsets [, weights]}: the positives of each row.
---@param options? steelyard.options.collaborative.loss.lambdarank See below. All losses take all of them, so that one call fits all; of its own this one reads k.
---@return steelyard.array # f64: the value of each row.
---@return steelyard.array? # The gradient by scores of the sum of row weights times values; of the scores' type.
---@return table # Empty.
function sy.collaborative.loss.lambdarank(scores, targets, options) end

---Scores of all items, those in the history too. The array is the model's own: the next call writes over it.
---@param histories bag|steelyard.interactions|integer[][] A row for each user: {ids, offsets, weights}, interactions, or lists of item numbers.
---@return steelyard.array # f32, a row for each history.
function recommender:scores(histories) end

---@class steelyard.options.recommender.recommend
---@field k? integer How many: at most as many as there are items, or 20. Default: 20.
---@field batch? integer Histories that are scored together: fewer where their scores would take more than 64 MB. Default: 256.
---@field most? number Steps (multiplications of scoring, and one for each score) that the call may take. A serving host sets what it has time for: a core does some 10^9 a second. Default: 100000000000.

---The best items that are not in the history, best first. The work of one call is bounded: what would take more steps than allowed is refused before it starts.
---@param histories bag|steelyard.interactions|integer[][] A row for each user: {ids, offsets, weights}, interactions, or lists of item numbers.
---@param options? steelyard.options.recommender.recommend See below.
---@return steelyard.array # Item numbers, i32, a row for each history; 0 where fewer are left.
---@return steelyard.array # Their scores, f32.
function recommender:recommend(histories, options) end

---@class steelyard.options.recommender.evaluate
---@field metrics? string[] Which (see sy.collaborative.measure). Default: ndcg@100, recall@20, recall@50.
---@field batch? integer Histories that are scored together, as in recommend. Default: 500.

---How well hidden items are found: each row of fold_in is a history, the same row of held_out what was hidden of it (sy.collaborative.split makes both). Seen items are not ranked.
---@param fold_in bag|steelyard.interactions|integer[][] Histories.
---@param held_out bag|steelyard.interactions|integer[][] What was hidden.
---@param options? steelyard.options.recommender.evaluate See below.
---@return steelyard.evaluation # Means, standard errors, values by user.
function recommender:evaluate(fold_in, held_out, options) end

---The number of an item.
---@param name string Its name.
---@return integer|nil # Its number; nil where the model does not know it.
function recommender:item(name) end

---Writes it to a file *.safetensors, or to model.safetensors in a folder, which is made; whole or not at all. PyTorch and NumPy read the numbers.
---@param path string File or folder.
---@return boolean|nil # True; or nil and a message.
function recommender:save(path) end

---A recommender from what save wrote, with the same bits. Damage is found by a checksum.
---@param path string File or folder.
---@return steelyard.recommender|nil # The recommender; or nil and a message.
function sy.collaborative.load(path) end

---Everybody gets what most have: scores are how often an item was chosen (the sum of its weights). What every other recommender has to beat.
---@param x steelyard.interactions Who chose what.
---@return steelyard.recommender # The recommender.
function sy.collaborative.popularity(x) end

---@class steelyard.options.collaborative.ease
---@field l2? number The penalty, above 0; a larger one for more users. It is what there is to tune. Default: 500.
---@field dtype? "f32"|"f64" What it is computed in: f32 takes half the memory and time, and fails where l2 is small beside the counts. The weights are f32 in any case. Default: "f64".
---@field memory? number Bytes that it may take; past that it refuses to start. Default: what the machine has free.
---@field progress? function Called with {stage = "start", items, bytes = of memory that it will take, free}, and with {stage = "end", seconds}. Default: none.

---EASE: the weights B with a zero diagonal that minimise |X - XB|^2 + l2 |B|^2, by one Cholesky factorisation. Scores are sums of B's rows. The items' number counts, not the users': 8 bytes a pair of items, half of it only while it learns.
---@param x steelyard.interactions Who chose what.
---@param options? steelyard.options.collaborative.ease See below.
---@return steelyard.recommender # The recommender.
function sy.collaborative.ease(x, options) end

---@class steelyard.options.collaborative.slim
---@field l1? number Makes weights 0. Default: 5.
---@field l2? number Makes them small. Default: 200.
---@field nonnegative? boolean No weight below 0, as in the paper. Default: true.
---@field sweeps? integer Passes over an item's weights, at most. Default: 100.
---@field tolerance? number It is done where no weight moves by more. Default: 0.0001.
---@field dtype? "f32"|"f64" In which counts of pairs are kept: f32 is exact up to 2^24 users. Default: "f32".
---@field memory? number Bytes that it may take; past that it refuses to start. Default: what the machine has free.
---@field progress? function Called with {stage = "start", items, bytes = of memory that it will take, free}, and with {stage = "end", seconds}. Default: none.

---SLIM: for each item the weights of the others that minimise |x_j - Xw|^2 / 2 + l2 |w|^2 / 2 + l1 |w|_1, by coordinate descent. Most weights are 0, so that the file is small and scoring fast.
---@param x steelyard.interactions Who chose what.
---@param options? steelyard.options.collaborative.slim See below.
---@return steelyard.recommender # The recommender.
---@return table # {objective, weights = how many are not 0, sweeps = the most that an item took, unconverged = items whose weights still moved}.
function sy.collaborative.slim(x, options) end

---@class steelyard.options.collaborative.als
---@field factors? integer How many. More are better, and slower. Default: 64.
---@field l2? number The penalty, above 0. Default: 0.003.
---@field unobserved? number What a pair that was not chosen weighs. Default: 0.3.
---@field exponent? number 1: what is chosen often is held as tightly as the rest, for its data; 0: all alike. Default: 1.
---@field iterations? integer Solves of both sides. Default: 16.
---@field start? number Items' factors start from normal numbers of deviation start / sqrt(factors). Default: 0.1.
---@field seed? integer What they are drawn by. Default: 1.
---@field dtype? "f32"|"f64" What it is computed in. Default: "f32".
---@field loss? boolean Tell the loss to progress, which takes time. Default: false.
---@field progress? function Called with {iteration, iterations, loss}. Default: none.

---iALS: factors of users and items that minimise the sum over what was chosen of weight (1 - u'v)^2, plus unobserved * the sum over all pairs of (u'v)^2, plus l2 * the sum over users and items of (times chosen + unobserved * all others)^exponent |factor|^2. Every half step is an exact solve. Needs steelyard.learn to score, too.
---@param x steelyard.interactions Who chose what.
---@param options? steelyard.options.collaborative.als See below.
---@return steelyard.recommender # The recommender.
---@return steelyard.array # The factors of users, rows x factors.
function sy.collaborative.als(x, options) end

---A recommender whose scores are the weighted sum of others'. It is saved in one file with its parts.
---@class steelyard.collaborative.mix_module
---@overload fun(models: steelyard.recommender[], options?: options): steelyard.recommender
sy.collaborative.mix = {}

---@class steelyard.options.collaborative.mix.tune
---@field metric? string What is to be best, on average. Default: "ndcg@100".
---@field steps? integer Places along a line. Default: 10.
---@field rounds? integer How often all models are gone through; fewer where nothing gets better. Default: 2.
---@field batch? integer Histories that are scored together, as in recommend. Default: 500.
---@field progress? function Called with {round, value}. Default: none.

---A mixture whose weights find hidden items best. Scores are first brought to one deviation. From the best model alone, the search goes along the line to each model in turn: at `steps` places, then around the best of them.
---@param models steelyard.recommender[] Of the same items.
---@param fold_in bag|steelyard.interactions|integer[][] Histories that neither training nor the test uses.
---@param held_out bag|steelyard.interactions|integer[][] What was hidden of them.
---@param options? steelyard.options.collaborative.mix.tune See below.
---@return steelyard.recommender # The recommender.
---@return table # {value = the metric's mean, alone = the models' own, shares = of each model, which add up to 1}.
function sy.collaborative.mix.tune(models, fold_in, held_out, options) end

---@class steelyard.options.collaborative.actor
---@field hidden? integer|integer[] Widths of hidden layers (tanh), mirrored behind the latent one. Default: 600; of wmf, linear_vae, shallow_dae, warp none.
---@field latent? integer The width of the innermost layer. Default: 200.
---@field penalty? number Times the sum of squares of all parameters is added to the loss. Default: vae 0, dae and warp 1e-5, shallow_dae 2e-5, wmf 1e-4.
---@field positive? number Weighted squares: how much an item that was chosen weighs. Default: 5.
---@field dtype? "f32"|"f64" The type of its numbers. Default: "f32".
---@field batch? integer The most users at a time. Default: 500.
---@field seed? integer What it starts from. Default: 1.
---@field item_names? string[] Names of items, which go into its file. Default: none.

---A network that scores items for histories, as it starts: a recommender (see Recommenders) to be trained by a run. Kinds: vae (Mult-VAE), dae (Mult-DAE), shallow_dae, wmf (weighted matrix factorisation, amortised), linear_vae, gaussian_vae (weighted squares), warp, lambdarank.
---@param kind string See above.
---@param items integer How many items there are.
---@param options? steelyard.options.collaborative.actor See below.
---@return model # A recommender, not trained.
function sy.collaborative.actor(kind, items, options) end

---@class steelyard.options.collaborative.run
---@field train? steelyard.interactions The users to train on. Required. Default: none.
---@field validation? table {fold_in, held_out}: users to choose epochs by. Default: none.
---@field metric? string What rankings are judged by, in validation and by critics. Default: "ndcg@100".
---@field batch? integer Users in a step; the last batch of an epoch is left out where it is not whole. Default: 500.
---@field keep? number The chance that an item is shown to the actor. Default: 0.5.
---@field seed? integer What masks, samples and orders are drawn from. Default: 1.
---@field progress? function Called with each epoch's entry {phase, epoch, loss, score, ..} and how many epochs there are. Default: none.
---@field checkpoint? string A folder that is there, for checkpoints. Default: none.
---@field resume? boolean Go on from the checkpoints in it. Default: false.

---A run: what phases of training share.
---@param options steelyard.options.collaborative.run See below.
---@return steelyard.run # Nothing is trained yet.
function sy.collaborative.run(options) end

---@class steelyard.options.run.train
---@field name? string Of the phase. Default: actor; with a critic, fine-tuning.
---@field epochs? integer Passes over all users. Default: 100.
---@field learning_rate? number|function Or a function of the step, from 1. Default: 0.001.
---@field objective? string|function likelihood, per_item, per_root_item, hidden; or a function of a batch that gives {targets, excluded, row_weights, target_weights}. Default: "likelihood".
---@field critic? steelyard.critic In place of an objective: raise the mean of its values. Default: none.
---@field refresh? boolean The critic is trained in each step, too. Default: true.
---@field kl? number|function The weight of the KL term, or a function of the step. Default: 0.
---@field select? "best"|"last" Whether the actor ends as it was where its validation was best (the start counts), or as it is. Default: "best".
---@field stream? integer Masks and samples are drawn by the seed and this: phases of one stream see the same. Default: 1.
---@field progress? function Called with each epoch's entry {phase, epoch, loss, score, ..} and how many epochs there are. Default: none.

---A phase that moves an actor, by Adam.
---@param actor model An actor.
---@param options? steelyard.options.run.train See below.
---@return table # {history = {{epoch, loss, kl, score, critic_error}, ..}, best_epoch, best_score}.
function run:train(actor, options) end

---@class steelyard.options.run.critic
---@field name? string Of the phase. Default: "critic".
---@field epochs? integer Passes over the examples. Default: 50.
---@field passes? integer How often each user is masked anew for an example. Default: 4.
---@field stream? integer As of run:train. Default: 1000.
---@field progress? function Called with each epoch's entry {phase, epoch, loss, score, ..} and how many epochs there are. Default: none.

---A phase that trains a critic on what an actor does, the actor being frozen.
---@param critic steelyard.critic From sy.critic.new.
---@param actor model An actor.
---@param options? steelyard.options.run.critic See below.
---@return table # {history = {{epoch, loss}, ..}}.
function run:critic(critic, actor, options) end

---What a critic learns from: columns about users (nll, seen, unseen ..), over some passes with fresh masks and samples.
---@param actor model An actor; it stays as it is.
---@param columns string[] Their names; target is always there.
---@param options? steelyard.options.run.examples passes (4), stream (1000).
---@return table # {name = array}.
function run:examples(actor, columns, options) end

---The metric on the users held out for validation, or nil where there are none.
---@param model model Any recommender of the same items.
---@return number? # The mean over users.
function run:validate(model) end

---Calls each(rows, step) for an epoch's batches of users.
---@param stream integer As of run:train.
---@param epoch integer From 1.
---@param each function rows: an i64 array of users; step: what masks are drawn by.
function run:each_batch(stream, epoch, each) end

---How many batches an epoch has.
---@return integer # Whole batches.
function run:steps() end

---@class steelyard.options.collaborative.fine_tuning.run
---@field epochs? integer Passes over all users. Default: 50.
---@field learning_rate? number Of Adam; the paper's is 2e-6. Default: 1e-05.
---@field kl? number likelihood_kl: the weight of the KL term. Default: 0.
---@field refresh? boolean The critic is trained in each step, too. Default: true.
---@field critic? table Options of sy.critic.new, over those of the way. Default: none.
---@field critic_epochs? integer Of the critic before. Default: 50.
---@field passes? integer As of run:critic. Default: 4.
---@field select? "best"|"last" As of run:train. Default: "best".

---Goes on training a copy of an actor in a way, by name (see above; `sy.collaborative.fine_tuning.names` lists them).
---@param run steelyard.run With the users.
---@param start model An actor; it stays as it is.
---@param name string See above.
---@param options? steelyard.options.collaborative.fine_tuning.run See below.
---@return table # {name, title, actor, critic, score, history, report = {before, after}: the critic's reports, of rankings that it was not trained on}.
function sy.collaborative.fine_tuning.run(run, start, name, options) end

---The best of some ways by validation, among them the start as it is.
---@param run steelyard.run With users for validation.
---@param start model An actor.
---@param names? string[] All ways where left out.
---@param options? steelyard.options.collaborative.fine_tuning.auto As of fine_tuning.run.
---@return table # As of fine_tuning.run.
---@return table[] # All of them.
function sy.collaborative.fine_tuning.auto(run, start, names, options) end

---@class steelyard.options.collaborative.ract
---@field actor? table {kind = "vae", and the options of sy.collaborative.actor}. Default: Mult-VAE.
---@field epochs? integer Of the likelihood phase. Default: 100.
---@field learning_rate? number Of that phase. Default: 0.001.
---@field kl? number The largest weight of the KL term. Default: 0.2; linear_vae 0.05.
---@field kl_steps? integer In how many steps it is reached. Default: as many as grow by 1 / 200,000.
---@field fine_tune? string A way by name, none, or auto: the best of all by validation. Default: "ract".
---@field fine_tuning? table The options of fine_tuning.run. Default: its defaults.
---@field batch? integer As of sy.collaborative.run. Default: 500.
---@field keep? number As of sy.collaborative.run. Default: 0.5.
---@field metric? string As of sy.collaborative.run. Default: "ndcg@100".
---@field seed? integer Of all that is drawn. Default: 1.
---@field progress? function Called with each epoch's entry {phase, epoch, loss, score, ..} and how many epochs there are. Default: none.
---@field checkpoint? string A folder that is there. Default: none.
---@field resume? boolean Go on from the checkpoints in it. Default: false.

---Ranking-critical training in three phases: an actor by likelihood, a critic, the actor through the critic, or by another way of fine-tuning.
---@param data table {train, validation}, as sy.collaborative.split.strong gives.
---@param options? steelyard.options.collaborative.ract See below.
---@return table # {actor, start = that before fine-tuning, tuned, history, run}.
function sy.collaborative.ract(data, options) end

---The report as a table for people.
---@return string[] # Titles of columns.
---@return string[][] # Rows of texts.
function controls_report:cells() end

---The same as text.
---@return string # A line for each way.
function controls_report:text() end

---The way of a name, or an error that begins with `where`.
---@param where string Who asks.
---@param name string Of a way.
---@return table # {name, title, objective or critic}.
function sy.collaborative.fine_tuning.check(where, name) end

---@class steelyard.options.collaborative.controls
---@field seeds? integer How many, from options.seed on. Default: 1.
---@field ways? string[] Names of ways. Default: all.
---@field others? function others(seed, tuned, run) gives more to compare: a list of {name, title, model}; tuned = {name = actor}. Default: none.
---@field baseline? string Differences to it are found, too. Default: "likelihood".
---@field against? string And to this one. Default: none.
---@field keep_checkpoints? boolean Leave them when all is done (in checkpoint/seed-N). Default: false.

---Every way of fine-tuning from the same start, over seeds, measured on data.test: does the critic help?
---@param data table {train, validation, test}.
---@param options? steelyard.options.collaborative.controls Those of sy.collaborative.ract but fine_tune, and these.
---@return steelyard.controls_report # `report:cells()` gives a table for people.
function sy.collaborative.controls(data, options) end

---@class steelyard.options.critic.new
---@field features? list What it sees: names and tables, see above. Default: nll, seen, unseen; with items log_seen, log_unseen.
---@field items? boolean|table See each hidden item: true, or {centres = list of numbers, width = 0.5}. Default: false.
---@field scale? "raw"|"z"|"batch_norm" How features enter. Default: "raw".
---@field hidden? list Widths of layers of relu. Default: 100, 100, 10.
---@field output? "sigmoid"|"softplus"|"linear" Of targets from 0 to 1, from 0 up, of any. Default: "sigmoid".
---@field monotone? boolean Never falls as the likelihood rises. Default: false.
---@field l2? number l2 / batch times the sum of squares of all parameters is added to the loss. Default: 0.0001.
---@field batch? integer The most examples of a step. Default: 500.
---@field learning_rate? number|function Of Adam, or a schedule. Default: 0.0001.
---@field seed? integer Of the start, and of shuffling. Default: 1.
---@field dtype? "f32"|"f64" In which numbers. Default: "f64".

---A critic that has seen nothing yet: by default the reference's.
---@param options? steelyard.options.critic.new See below.
---@return steelyard.critic # The critic.
function sy.critic.new(options) end

---@class steelyard.options.critic.load
---@field features? list Those of one's own, which have functions: a file keeps their names. Default: none.
---@field learning_rate? number|function Another one. Default: as it was.

---A critic that critic:save wrote: it goes on to the same bits.
---@param path string The file.
---@param options? steelyard.options.critic.load See below.
---@return steelyard.critic? # The critic; nil where it cannot be read.
---@return string? # Why not.
function sy.critic.load(path, options) end

---One step of Adam on the mean squared error of a batch.
---@param examples table {column = one number an example}, target among them.
---@return number # The mean squared error before the step.
function critic:step(examples) end

---@class steelyard.options.critic.fit
---@field epochs? integer Passes over the examples. Default: 50.
---@field validation? table Examples with targets, whose error is told after each epoch. Default: none.
---@field shuffle? boolean Draw another order for each epoch. Default: true.
---@field progress? function Called with each epoch's entry. Default: none.

---Epochs of shuffled batches; a later call goes on.
---@param examples table {column = one number an example}, target among them.
---@param options? steelyard.options.critic.fit See below.
---@return table[] # Of each epoch: epoch, mse (the mean over its batches), validation.
function critic:fit(examples, options) end

---@class steelyard.options.critic.value
---@field training? boolean A batch norm goes by the batch, not by what it has seen. Default: false.

---What the critic expects of each example.
---@param examples table {column = one number an example}: see above.
---@param options? steelyard.options.critic.value See below.
---@return steelyard.array # f64, one an example.
function critic:value(examples, options) end

---The columns that examples must have, beside target in training; those that features of one's own read by functions are not known.
---@return string[] # Their names.
function critic:columns() end

---Slopes of the sum of values by the columns: of those that the actor moves, and zeroes of counts. With batch_norm: in training, over the whole batch.
---@param examples table {column = one number an example}: see above.
---@return table<string, steelyard.array> # By column; with items also log_probabilities, one a hidden item, and thresholds.
function critic:slopes(examples) end

---What each example weighs in the likelihood that the actor climbs: minus the slope by nll (by hidden_nll where nll is no part of the critic).
---@param examples table {column = one number an example}: see above.
---@param column? string Another column.
---@return steelyard.array # One an example; of a monotone critic none is below 0.
function critic:weights(examples, column) end

---@class steelyard.options.critic.report
---@field buckets? integer Of as many examples each, by the critic's value. Default: 10.

---Is the critic right, and where does it pull?
---@param examples table {column = one number an example}, target among them.
---@param options? steelyard.options.critic.report See below.
---@return steelyard.critic_report # Error, calibration, signs and quantiles of weights.
function critic:report(examples, options) end

---The report for people.
---@return string # Lines.
function critic_report:text() end

---The state's arrays by name, for checkpoints: net/NAME, optimizer/NAME, scale.mean and scale.factor.
---@return table<string, steelyard.array> # Views, which the next step changes.
function critic:tensors() end

---What a checkpoint needs beside the arrays.
---@return table # Which JSON can carry: steps, epochs, net, optimizer.
function critic:state() end

---Goes on from the state of a critic of the same options, to the same bits.
---@param state table Of critic:state.
---@param tensors table<string, steelyard.array> Of critic:tensors; more may be among them.
---@return steelyard.critic # The critic itself.
function critic:set_state(state, tensors) end

---Writes the critic, whole or not at all: a safetensors file.
---@param path string The file.
---@return boolean? # true; nil where it cannot be written.
---@return string? # Why not.
function critic:save(path) end

---@class steelyard.options.critic.value_model
---@field weights? table The start: {task = number} or a value model; weights keep their sign, so none is 0. Default: must be given.
---@field target? string|function A metric (ndcg@10, mrr ...), or function(data, scores, weights) -> a number a request (NaN: does not count). Default: see outcome.
---@field gains? string|table What items are worth, for a metric: a column, or {column = worth}. Default: must be given.
---@field outcome? string A column of what happened, whose mean over a request counts. Default: see target.
---@field holdout? number|table The share of requests, or a data set, to choose by. Default: 0.3.
---@field by? string Requests that are equal in this column stay on one side. Default: each for itself.
---@field periods? integer At most so many. Default: 10.
---@field patience? integer Stop after so many without a better one. Default: 3.
---@field settings? integer Weights near the present ones that are measured in a period. Default: 12.
---@field radius? number How far the logarithm of a weight moves in a period, and how far settings are drawn. Default: 1.
---@field temperature? number Of the softmax, in deviations of all scores. Default: 0.5.
---@field epochs? integer Of the critic, in each period. Default: 20.
---@field hidden? list The critic's layers. Default: 32, 16.
---@field learning_rate? number The critic's. Default: 0.001.
---@field steps? integer Of the weights, in each period. Default: 50.
---@field rate? number Adam's, by the logarithms of weights. Default: 0.02.
---@field seed? integer Of everything drawn. Default: 1.
---@field progress? function Called with each period's entry of history. Default: none.

---Moves a value model's weights through a critic. Of each request the critic sees the mean prediction of each task under softmax(scores / temperature), the softmax's entropy, plain mean predictions and the logarithm of the size, and learns what a metric of the ranking will be. A period: rankings under weights near the present ones are measured (as gains on the start's), the critic learns from them and is frozen, and the weights climb its slope within a trust region. The weights that are best on requests held out are kept; the start is among them. Of an outcome (what then happened) other rankings cannot be measured: there is one period, and no move unless the critic beats a constant on requests held out. What it learns there holds between requests, not only for what weights do: try it online before you trust it.
---@param data steelyard.data A data set with predictions and the columns that are named.
---@param options steelyard.options.critic.value_model See below; weights, and target or outcome.
---@return table # weights, model (a value model), critic, history (period, mse, promised: what the critic says its move gains, trained and held: the mean target, weights), best_period (0: the start), trained and held: {start, best, requests}.
function sy.critic.value_model(data, options) end

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

---Uses n threads from now on, or tells how many are used. One until a program asks for more; results have the same bits for any number, networks' too, but for the factorization of EASE, which the BLAS may cut differently. OpenBLAS starts a thread for each core when networks are first used, which sleep until asked for; a process that must have none sets OPENBLAS_NUM_THREADS=1 in its environment.
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
