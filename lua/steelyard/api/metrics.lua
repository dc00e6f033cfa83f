-- The description of orders and ranking metrics.

local NUMBERS_OR_GROUPS = "numbers|string[]|groups"

local function metric_options()
  return {
    from = { "steelyard.metrics", "ndcg" },
    { "groups", NUMBERS_OR_GROUPS,
      "A request id per row, or a groups object. Rows of a request need not stand together.",
      otherwise = "all rows are one request" },
    { "k", "integer", "Only the first k ranks count; 0: all.", default = 0 },
    { "gain", '"linear"|"exponential"', "What a gain is worth: itself, or 2^gain - 1.",
      otherwise = '"linear", or the profile\'s' },
    { "ties", '"input"|"average"|"best"|"worst"|"name"',
      "The order of equal scores: the earlier row first; the mean over all orders; the order with "
        .. "the "
        .. "highest or the lowest DCG; by name, descending.",
      otherwise = '"input", or the profile\'s' },
    { "empty", '"skip"|"zero"|"one"',
      "A request without any gain is left out, or counts as 0 or as 1.",
      otherwise = '"skip", or the profile\'s' },
    { "names", "string[]|numbers", "For ties by name: the item's name of every row." },
    { "profile", '"lightgbm"|"sklearn"|"trec"|"xgboost"',
      "Do as this tool does, in whatever the options above leave open." },
  }
end

return {
  title = "Orders and metrics",
  text = [[Orders of items by score, and how good they are. `scores` and `gains` have one number a
row. DCG@k is the sum over ranks r = 1..k of gain / log2(r + 1); NDCG@k divides it by the DCG of
the best order of *all* the request's items. Means are over the requests that count. `sy.metrics`
holds the same functions, and `sy.metrics.profiles`, what each profile stands for.]],
  functions = {
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
      args = {
        { "scores", "numbers", "What the items are ordered by." },
        { "gains", "numbers", "What they are worth: labels or predictions." },
        { "options?", "options", "See below." },
      },
      options = metric_options(),
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
      args = {
        { "scores", "numbers", "What the items are ordered by." },
        { "gains", "numbers", "What they are worth." },
        { "options?", "options", "As sy.ndcg's." },
      },
      options = metric_options(),
      returns = {
        { "number", "The mean over the requests that count." },
        { "array", "Every request's value." },
      },
      source = "Järvelin and Kekäläinen 2002",
      example = 'print((sy.dcg({ 2, 1 }, { 3, 0 }, { gain = "exponential" })))  --> 7.0',
    },
    {
      name = "sy.regret",
      call = "sy.regret(scores, gains [, options])",
      purpose = "Regret, 1 - NDCG: how far the order is from the best one.",
      args = {
        { "scores", "numbers", "What the items are ordered by." },
        { "gains", "numbers", "What they are worth." },
        { "options?", "options", "As sy.ndcg's." },
      },
      options = metric_options(),
      returns = {
        { "number", "The mean over requests; NaN where none counts." },
        { "array", "Every request's value; NaN for one that is left out." },
        { "table", "As sy.ndcg's." },
      },
      example = "print(sy.regret({ 2, 1 }, { 1, 0 }) == 0)  --> true",
    },
  },
}
