-- The description of losses.

local GROUPS = { "groups", "numbers|string[]|groups", "A request id per row, or a groups object.",
  otherwise = "all rows are one request" }
local TEMPERATURE = { "temperature", "number",
  "By how much scores must differ to count as different, in units of the score: smaller is closer "
    .. "to the metric, and steeper around ties alone.",
  default = 1 }
local CUTOFF = { "k", "integer", "Only the first k ranks count; 0: all.", default = 0 }
local PAIR_CUTOFF = { "k", "integer",
  "Only pairs count of which one stands among the first k by score; 0: all.", default = 0 }
local EDGE = { "edge", "number",
  "With a cutoff: how soft it is, in ranks; sigmoid((k + 1/2 - soft rank) / edge).",
  default = 0.5 }
local REGULARIZATION = { "regularization", '"l2"|"kl"',
  "What keeps soft ranks from the hard ones: squared distance (piecewise linear) or relative "
    .. "entropy.",
  default = "l2" }

-- One loss: its own options behind those that all share.
local function loss(name, purpose, own, more)
  local options = {
    from = { "steelyard.loss", name },
    GROUPS,
    { "gain", '"linear"|"exponential"|numbers',
      "What a gain is worth: itself, 2^gain - 1, or what a table says that the labels 0, 1, 2 ... "
        .. "are worth.",
      default = "linear" },
    TEMPERATURE,
    { "weights", "numbers",
      "What each request weighs in the mean, from 0 up, in order of first appearance.",
      otherwise = "all weigh the same" },
    { "gradient", "boolean", "Give the gradient too.", default = true },
  }
  for _, option in ipairs(own) do
    options[#options + 1] = option
  end
  return {
    name = "sy.loss." .. name,
    call = ("sy.loss.%s(scores, gains [, options])"):format(name),
    purpose = purpose .. " " .. more.skips,
    args = {
      { "scores", "numbers", "One a row; finite." },
      { "gains", "numbers", more.gains or "What the items are worth; negative ones are legal." },
      { "options?", "options", "See below." },
    },
    options = options,
    returns = {
      { "number", "The mean over the requests that count; NaN where none does." },
      { "array?", "f64: its derivative by every score." },
      { "table", "counted, skipped: how many requests." },
    },
    errors = "Scores or gains that are not finite, gains outside of a table, options out of "
      .. "bounds.",
    complexity = more.complexity,
    source = more.source,
    example = more.example,
  }
end

local NO_GAIN = "Requests whose ideal DCG@k is not above 0 are skipped."
local NO_PAIR = "Requests in which no two gains differ are skipped."

return {
  title = "Losses",
  text = [[Differentiable stand-ins of ranking metrics: small where the order is good, and with a
slope that leads there. Each gives its mean over requests, the gradient by the scores, and what was
counted; `sy.loss.by_weights` takes the gradient on to a value model's weights. In the formulas of
a request s are the scores, T the temperature, g what the items are worth, r the ranks by score
(equal scores: the earlier row first), D(r) = 1 / log2(r + 1), 0 behind the cutoff, and N the ideal
DCG@k.]],
  functions = {
    loss("approx_ndcg",
      "ApproxNDCG: 1 - NDCG@k of soft ranks 1 + sum over the others of sigmoid((s_j - s_i) / T).",
      { CUTOFF, EDGE }, {
        skips = NO_GAIN .. " Tends to 1 - NDCG@k as temperature and edge fall.",
        complexity = "O(n^2) a request",
        source = "Qin, Liu and Li 2010",
        example = [[
local value, gradient = sy.loss.approx_ndcg({ 1, 2, 3 }, { 1, 0, 0 }, { temperature = 0.5 })
print(("%.3f"):format(value))            --> 0.487
print(gradient[1] < 0, gradient[3] > 0)  --> true true]],
      }),
    loss("soft_ndcg", "1 - NDCG@k of the soft ranks of sy.loss.soft_rank.",
      { CUTOFF, EDGE, REGULARIZATION }, {
        skips = NO_GAIN .. " Is 1 - NDCG where scores are further apart than the temperature.",
        complexity = "O(n log n) a request",
        source = "Blondel, Teboul, Berthet and Djolonga 2020",
        example = 'print((sy.loss.soft_ndcg({ 3, 1 }, { 1, 0 })) == 0)  --> true',
      }),
    loss("lambda",
      [[LambdaRank and LambdaLoss: the sum over pairs g_i > g_j of weight log(1 + exp(-(s_i - s_j) /
T)). The weight is held fixed at the present ranks: the gradient is the derivative with the weights
taken for constants.]], {
        PAIR_CUTOFF,
        { "scheme", '"ndcg"|"ndcg1"|"ndcg2"|"ndcg2++"',
          "The weight: |g_i - g_j| |D(r_i) - D(r_j)| / N (LambdaRank); g_i D(r_i) / N for all "
            .. "ordered pairs (NDCG-Loss1); |g_i - g_j| (D(m) - D(m + 1)) / N with m = |r_i - r_j| "
            .. "(NDCG-Loss2); mu times that plus the first (NDCG-Loss2++).",
          default = "ndcg" },
        { "mu", "number", "Of ndcg2++.", default = 10 },
      }, {
        skips = "Requests in which no two gains differ, or whose ideal DCG@k is not above 0, are "
          .. "skipped.",
        gains = "What the items are worth; not negative with scheme = \"ndcg1\".",
        complexity = "O(n^2) a request, O(n k) with a cutoff",
        source = "Burges, Ragno and Le 2006; Wang, Li, Golbandi, Bendersky and Najork 2018",
        example = [[
local value = sy.loss.lambda({ 0, 0 }, { 1, 0 }) -- log(2) times what a swap changes NDCG by
print(("%.6f"):format(value / math.log(2)))  --> 0.369070]],
      }),
    loss("pairwise_logistic",
      "RankNet: the mean over pairs g_i > g_j of log(1 + exp(-(s_i - s_j) / T)).",
      { PAIR_CUTOFF }, {
        skips = NO_PAIR,
        complexity = "O(n^2) a request, O(n k) with a cutoff",
        source = "Burges et al. 2005",
        example = 'print((sy.loss.pairwise_logistic({ 5, 5 }, { 1, 0 })) == math.log(2))  --> true',
      }),
    loss("pairwise_hinge",
      "The mean over pairs g_i > g_j of max(0, 1 - (s_i - s_j) / T): the temperature is the "
        .. "margin.",
      { PAIR_CUTOFF }, {
        skips = NO_PAIR,
        complexity = "O(n^2) a request, O(n k) with a cutoff",
        source = "Joachims 2002",
        example = 'print((sy.loss.pairwise_hinge({ 0.75, 0.5 }, { 1, 0 })))  --> 0.75',
      }),
    loss("list_net",
      "ListNet: - sum of P_i log softmax(s / T)_i, the cross-entropy of which comes first.", {
        { "labels", '"softmax"|"normalized"', "P: softmax(g), or g / sum of g.",
          default = "softmax" },
      }, {
        skips = NO_PAIR,
        gains = 'What the items are worth; not negative with labels = "normalized".',
        complexity = "O(n) a request",
        source = "Cao, Qin, Liu, Tsai and Li 2007",
        example = [[
local value, gradient = sy.loss.list_net({ 5, 5 }, { 1, 3 }, { labels = "normalized" })
print(gradient)  --> array f64 [2]: 0.25 -0.25]],
      }),
    loss("list_mle",
      [[ListMLE: - log of the probability that drawing items without replacement, each in proportion
to exp(s / T), draws the first k in the order by gain (equal gains: the earlier row first).]],
      { CUTOFF }, {
        skips = NO_PAIR,
        complexity = "O(n log n) a request",
        source = "Xia, Liu, Wang, Zhang and Li 2008",
        example = [[
local value = sy.loss.list_mle({ 0, 0, 0 }, { 2, 1, 0 }) -- one of six orders
print(("%.4f"):format(math.exp(-value) * 6))  --> 1.0000]],
      }),
    loss("softmax",
      "Softmax cross-entropy weighted by gains: - sum of g_i log softmax(s / T)_i.", {}, {
      skips = "Requests without a gain above 0 are skipped.",
      gains = "What the items are worth; not negative.",
      complexity = "O(n) a request",
      source = "Bruch, Wang, Bendersky and Najork 2019",
      example = 'print((sy.loss.softmax({ 7, 7 }, { 0, 1 })) == math.log(2))  --> true',
    }),
    {
      name = "sy.loss.soft_rank",
      call = "sy.loss.soft_rank(values [, options])",
      purpose = [[Differentiable ranks, 1 for the largest: the projection of -values / temperature
onto the permutahedron. They keep the order of the values and their sum n (n + 1) / 2, equal values
have equal ranks; for a small temperature they are the ranks, for a large one all equal.]],
      args = {
        { "values", "numbers", "One a row; finite." },
        { "options?", "options", "See below." },
      },
      options = { from = { "steelyard.loss", "soft_rank" }, GROUPS, TEMPERATURE, REGULARIZATION },
      returns = {
        { "array", "f64: the soft ranks." },
        { "fun(pulls: numbers): array",
          "From the derivatives of anything by the ranks, those by the values; linear time." },
      },
      errors = "Values that are not finite, a temperature that is not above 0.",
      complexity = "O(n log n)",
      source = "Blondel, Teboul, Berthet and Djolonga 2020",
      example = [[
local ranks, pull = sy.loss.soft_rank({ 0.5, 3, 0.25 })
print(ranks)              --> array f64 [3]: 2.375 1 2.625
print(pull({ 1, 0, 0 }))  --> array f64 [3]: -0.5 0 0.5]],
    },
    {
      name = "sy.loss.by_weights",
      call = "sy.loss.by_weights(data, gradient)",
      purpose = [[From a gradient by the scores of a data set's rows to the one by the weights of a
value model with its tasks: sum over rows of gradient times prediction.]],
      args = {
        { "data", "data", "The logged requests; their rows are the gradient's." },
        { "gradient", "numbers", "As a loss gave it for `groups = data.groups`." },
      },
      returns = { { "table<string, number>", "The derivative by each task's weight." } },
      errors = "No predictions, another number of rows.",
      complexity = "O(rows * tasks)",
      example = [[
local data = sy.dataset.new({ predictions = { a = { 1, 2 }, b = { 0, 4 } } })
print(sy.loss.by_weights(data, { 0.5, -0.5 }).b)  --> -2.0]],
    },
  },
}
