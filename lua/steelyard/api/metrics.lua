-- The description of orders and ranking metrics. What each metric is comes from the registry (its C
-- descriptor), so that it is told in one place.

local kinds = require("steelyard.core").metric_kinds()
local measure = require("steelyard.measure")

local NUMBERS_OR_GROUPS = "numbers|string[]|groups"

-- What every metric takes.
local COMMON = {
  name = "metric",
  title = "Options of every metric",
  text = "All metrics take these; those with a cutoff or a gain take k, gain, discount and base "
    .. "besides, and their own parameters. How requests become one number (mean=geometric, "
    .. "weight=items) is said in expressions alone: see sy.metrics.measure.",
  { "groups", NUMBERS_OR_GROUPS,
    "A request id per row, or a groups object. Rows of a request need not stand together.",
    otherwise = "all rows are one request" },
  { "ties", '"input"|"average"|"best"|"worst"|"name"',
    "The order of equal scores: the earlier row first; the mean over all orders; the order with "
      .. "the highest or the lowest gains first; by name, descending.",
    otherwise = 'the metric\'s own ("input" for most), or the profile\'s' },
  { "empty", '"skip"|"zero"|"one"',
    "A request that has no value (nothing relevant, no gain) is left out, or counts as the "
      .. "metric's worst or best value (0 and 1 for most).",
    otherwise = '"skip", or the profile\'s' },
  { "names", "string[]|numbers", "For ties by name: the item's name of every row." },
  { "profile", '"burges"|"jarvelin"|"lightgbm"|"sklearn"|"trec"|"xgboost"',
    "Do as this tool or paper does, in whatever the other options leave open." },
  { "relevance_level", "number", "Gains from here up are relevant.", otherwise = "above 0" },
  { "weights", "numbers", "What each request weighs in the mean.", otherwise = "1 each" },
  { "judged", "numbers",
    "Per row 1: judged; 0: not; -1: not, though pooled. An item without a judgment is not "
      .. "relevant.",
    otherwise = "all are" },
  { "retrieved", "numbers",
    "Per request how many of its rows, the first ones, are ranked; the others count only for what "
      .. "could have been found.", otherwise = "all" },
  { "depth", "integer", "Rank no more than so many items of a request; 0: all.", default = 0 },
  { "judged_only", "boolean", "Leave items without a judgment out of the ranking.",
    default = false },
}

local K = { "k", "integer", "Only the first k ranks count; 0: all.", default = 0 }
local GAIN = {
  { "gain", '"linear"|"exponential"|numbers',
    "What a gain is worth: itself, 2^gain - 1, or what a table says of 0, 1, 2 ...",
    otherwise = '"linear", or the profile\'s' },
  { "discount", '"log2"|"jarvelin"|"reciprocal"|"none"|numbers',
    "What rank r is divided by: log2(r + 1); max(1, log r to the base); r; 1; or a table of what "
      .. "ranks are multiplied by.", otherwise = '"log2", or the profile\'s' },
  { "base", "number", "Of the logarithm of discount jarvelin.", otherwise = "2" },
}

local ROWS = {
  { "scores", "numbers", "What the items are ordered by." },
  { "gains", "numbers", "What they are worth: labels or predictions." },
  { "options?", "options", "See below." },
}

local function range_of(parameter)
  local low, high = parameter.lowest, parameter.highest
  return measure.is_switch(parameter) and "or false, true"
    or low == -math.huge and high == math.huge and "any number"
    or high == math.huge and ("from %g up"):format(low) or ("from %g to %g"):format(low, high)
end

-- The options of a metric's function.
local function options_of(kind)
  local list = { from = { "steelyard.metrics", kind.name }, shared = COMMON }
  if kind.cutoff then
    list[1] = K
  end
  for _, option in ipairs(kind.gain and GAIN or {}) do
    list[#list + 1] = option
  end
  for _, parameter in ipairs(kind.parameters) do
    list[#list + 1] = {
      parameter.name, measure.is_switch(parameter) and "0|1|boolean" or "number",
      ("%s; %s."):format((parameter.help:gsub("^%l", string.upper)), range_of(parameter)),
      otherwise = ("%g"):format(parameter.default),
    }
  end
  return list
end

-- Those that have a description of their own.
local OWN = { ndcg = true, dcg = true, regret = true }

local by_name = {}
for _, kind in ipairs(kinds) do
  by_name[kind.name] = kind
end

local function purpose_of(kind)
  local text = kind.help
  if kind.alias then
    text = ("%s Also called sy.metrics.%s."):format(text, kind.alias)
  end
  if kind.lower then
    text = text .. " Smaller is better."
  end
  return text
end

-- The description of a metric of the registry.
local function of_kind(kind)
  local name = "sy.metrics." .. kind.name
  return {
    name = name,
    call = name .. "(scores, gains [, options])",
    purpose = purpose_of(kind),
    args = ROWS,
    options = options_of(kind),
    returns = {
      { "number", kind.mean == "sum" and "The sum over requests."
        or kind.pooled and "Over all rows at once; NaN where it has no value."
        or "The mean over requests; NaN where none counts." },
      { "array", "Every request's value; NaN for one that is left out." },
      { "table", "counted, empty: how many requests." },
    },
    source = kind.source,
    example = ([[
local scores, gains = { 3, 2, 1, 2, 1 }, { 1, 0, 1, 0, 1 }
local value, each, more = %s(scores, gains, { groups = { 1, 1, 1, 2, 2 } })
print(type(value), #each, more.counted)  --> number 2 2]]):format(name),
  }
end

local functions = {
  {
    name = "sy.rank",
    call = "sy.rank(scores [, options])",
    purpose = "The rows of each request in order of score, best first.",
    args = {
      { "scores", "numbers", "One a row. Infinities are legal." },
      { "options?", "options", "See below." },
    },
    options = {
      from = { "steelyard.metrics", "rank" },
      { "groups", NUMBERS_OR_GROUPS, "A request id per row, or a groups object.",
        otherwise = "all rows are one request" },
      { "k", "integer", "Only the first k of each request; 0: all.", default = 0 },
      { "ties", '"input"|"name"', "Equal scores: the earlier row first, or by name, descending.",
        default = "input" },
      { "names", "string[]|numbers", "For ties by name: the item's name of every row." },
    },
    returns = {
      { "array", "i64: rows from 1, one request behind the other." },
      { "array",
        "i64 offsets: request r's rows are the elements offsets[r] + 1 .. offsets[r + 1]." },
    },
    errors = "NaN among the scores, groups of another size.",
    complexity = "O(n) for small k, O(n log n) at most",
    example = [[
local order, offsets = sy.rank({ 0.1, 0.9, 0.5, 0.7 }, { groups = { 1, 1, 2, 2 } })
print(order)    --> array i64 [4]: 2 1 4 3
print(offsets)  --> array i64 [3]: 0 2 4]],
  },
  {
    name = "sy.ndcg",
    call = "sy.ndcg(scores, gains [, options])",
    purpose = "Normalised discounted cumulative gain, with DCG beside it.",
    args = ROWS,
    options = options_of(by_name.ndcg),
    returns = {
      { "number", "The mean over requests; NaN where none counts." },
      { "array", "Every request's value; NaN for one that is left out." },
      { "table", "dcg (the mean), per_request_dcg, counted, empty (how many requests)." },
    },
    errors = "NaN, gains that are not finite, lengths that differ.",
    complexity = "O(n) for small k, O(n log n) at most",
    source = "Järvelin and Kekäläinen 2002; ties: McSherry and Najork 2008",
    example = [[
local ndcg, each, more = sy.ndcg({ 3, 2, 1 }, { 0, 1, 0 })
print(("%.4f"):format(ndcg))      --> 0.6309
print(("%.4f"):format(more.dcg))  --> 0.6309
print(#each, more.counted)        --> 1 1]],
  },
  {
    name = "sy.dcg",
    call = "sy.dcg(scores, gains [, options])",
    purpose = "Discounted cumulative gain, not normalised.",
    args = ROWS,
    options = options_of(by_name.dcg),
    returns = {
      { "number", "The mean over the requests that count." },
      { "array", "Every request's value." },
      { "table", "counted, empty: how many requests." },
    },
    source = "Järvelin and Kekäläinen 2002",
    example = 'print((sy.dcg({ 2, 1 }, { 3, 0 }, { gain = "exponential" })))  --> 7.0',
  },
  {
    name = "sy.regret",
    call = "sy.regret(scores, gains [, options])",
    purpose = "Regret, 1 - NDCG: how far the order is from the best one.",
    args = ROWS,
    options = options_of(by_name.regret),
    returns = {
      { "number", "The mean over requests; NaN where none counts." },
      { "array", "Every request's value; NaN for one that is left out." },
      { "table", "As sy.ndcg's." },
    },
    example = "print(sy.regret({ 2, 1 }, { 1, 0 }) == 0)  --> true",
  },
  {
    name = "sy.metrics.measure",
    call = "sy.metrics.measure(scores, gains [, options])",
    purpose = "Measures many metrics in one pass: each request is ranked once, however many "
      .. "metrics and cutoffs look at it.",
    args = ROWS,
    options = {
      from = { "steelyard.metrics", "measure" },
      shared = COMMON,
      { "metrics", "string|string[]",
        'Expressions: NAME, NAME@K, NAME(KEY=VALUE,..) or NAME(KEY=VALUE,..)@K, in one text with '
          .. 'commas or as a list: "ndcg@10, rbp(p=0.8)@100". Keys are the metric\'s parameters '
          .. "and ties, empty, relevance (what the option relevance_level is), mean (arithmetic, "
          .. "geometric, sum) and weight (equal, items, relevant); of metrics with a gain also "
          .. "gain, discount and base.",
        default = "ndcg" },
      { "k", "integer", "The cutoff of expressions that name none; 0: all ranks.", default = 0 },
      GAIN[1], GAIN[2], GAIN[3],
      { "per_request", "boolean", "Give every request's values.", default = true },
      { "range", "boolean", "Measure with equal scores in their best and worst order, too.",
        default = false },
      { "by", "slices|slices[]", "Measure by slices, too: see sy.slices." },
    },
    returns = { { "measured[]",
      "One for each expression, in order and also by its text; groups, the requests; with by, "
        .. "slices: for each of by a list of slice_values." } },
    errors = "What is no metric, with the nearest name; more than 256; one that stands twice.",
    complexity = "O(n) for small cutoffs, O(n log n) at most, once for each order of ties",
    example = [[
local r = sy.metrics.measure({ 3, 2, 1 }, { 0, 1, 1 }, { metrics = "precision@2, mrr, map" })
print(r[1].name, r[1].mean)  --> precision@2 0.5
print(r.mrr.mean, r.mrr.counted, r.mrr.per_request)  --> 0.5 1 array f64 [1]: 0.5]],
  },
  {
    name = "sy.metrics.split",
    call = "sy.metrics.split(text)",
    purpose = "Splits a text of expressions at its commas, but for those in brackets.",
    args = { { "text", "string", "Expressions with commas." } },
    returns = { { "string[]", "The expressions." } },
    example = 'print(sy.metrics.split("ndcg@10, f1(beta=2,ties=best)")[2])  '
      .. "--> f1(beta=2,ties=best)",
  },
  {
    name = "sy.metrics.list",
    call = "sy.metrics.list()",
    purpose = "What every metric is.",
    args = {},
    returns = { { "metric_kind[]", "All metrics, in the order of this page." } },
    example = "print(sy.metrics.list()[1].name)  --> ndcg",
  },
}
for _, kind in ipairs(kinds) do
  if not OWN[kind.name] then
    functions[#functions + 1] = of_kind(kind)
  end
end

return {
  title = "Orders and metrics",
  text = [[Orders of items by score, and how good they are. `scores` and `gains` have one number a
row. DCG@k is the sum over ranks r = 1..k of gain / log2(r + 1); NDCG@k divides it by the DCG of
the best order of *all* the request's items. An item is relevant where its gain is above 0, or from
`relevance_level` up. Means are over the requests that count. `sy.metrics` also holds `rank`,
`ndcg`, `dcg` and `regret`, and `sy.metrics.profiles`, what each profile stands for.]],
  shared = { COMMON },
  classes = {
    {
      name = "measured",
      title = "A measured metric",
      text = "What sy.metrics.measure gives for each expression.",
      fields = {
        { "name", "string", "The expression." },
        { "kind", "string", "The metric's name." },
        { "k", "integer", "Its cutoff; 0: none." },
        { "mean", "number", "The mean over the requests that count; NaN where none does." },
        { "counted", "integer",
          "How many requests count; all of them for a value over all rows at once (auc)." },
        { "empty", "integer", "How many have no value of their own (see the option empty)." },
        { "per_request", "array?", "Every request's value; NaN for one that is left out." },
        { "weights", "array?", "What each request weighs in the mean." },
        { "best", "number?", "With range: the mean with equal scores in their best order." },
        { "worst", "number?", "The same in their worst order." },
        { "tied", "integer?", "In how many requests these differ." },
      },
    },
    {
      name = "metric_kind",
      title = "A kind of metric",
      text = "What sy.metrics.list tells of each metric.",
      fields = {
        { "name", "string", "What it is called in expressions, and in sy.metrics." },
        { "alias", "string?", "A second name." },
        { "help", "string", "What it is, with the formula." },
        { "source", "string", "The paper or tool that it is from." },
        { "parameters", "table[]", "Each {name, help, default, lowest, highest, whole}." },
        { "cutoff", "boolean", "Does it take @K?" },
        { "gain", "boolean", "Does it take gain, discount and base?" },
        { "relevance", "boolean", "Does it look at which items are relevant?" },
        { "count", "boolean", "Is it a whole number?" },
        { "lower", "boolean", "Is smaller better?" },
        { "pooled", "boolean", "Is it over all rows at once?" },
        { "expected", "boolean",
          "Has it a formula for the mean over all orders of ties? Else orders are looked at, or "
            .. "1000 of them sampled (fewer in requests of more than 8000 items)." },
        { "ties", "string", "How it treats equal scores where nobody says." },
        { "mean", "string", "How requests' values become one: arithmetic, geometric or sum." },
        { "weight", "string", "What a request weighs: equal, items or relevant." },
      },
    },
  },
  functions = functions,
}
