-- The description of significance tests, confidence intervals and corrections.

local function common_options(module_key)
  return {
    from = { "steelyard.significance", module_key },
    { "clusters", "numbers|string[]|groups",
      "What belongs together, such as a user id per request: clusters are drawn, flipped and "
        .. "tested as a whole.",
      otherwise = "each request stands for itself" },
    { "weights", "numbers",
      "What each request counts in the means. Requests of weight 0 are left out.",
      otherwise = "1 each" },
    { "confidence", "number", "How often such an interval holds the truth.", default = 0.95 },
    { "interval", '"bca"|"percentile"|"t"',
      "A bootstrap, bias-corrected and accelerated or by plain percentiles, or Student's.",
      otherwise = '"bca"; "t" for more than 100,000 clusters' },
    { "resamples", "integer", "How many samples a bootstrap or a randomisation draws.",
      otherwise = "10,000 for a bootstrap, 100,000 for a randomisation" },
    { "seed", "integer", "Of the samples.", default = 1 },
  }
end

local function compare_options()
  local list = common_options("compare")
  list[#list + 1] = { "tests", "string|string[]",
    '"t", "wilcoxon", "randomisation", several of them in one text with commas or as a list, or '
      .. '"all".', default = "all" }
  list[#list + 1] = { "zeros", '"drop"|"pratt"',
    "Wilcoxon's zero differences: left out, or ranked first and then left out (Pratt).",
    default = "drop" }
  list[#list + 1] = { "continuity", "boolean",
    "Wilcoxon's normal approximation with the continuity correction.", default = false }
  return list
end

local INTERVAL_FIELDS = {
  { "requests", "integer", "How many count." },
  { "left_out", "integer", "How many do not: NaN (skipped), or of weight 0." },
  { "clusters", "integer", "How many clusters count; the requests, where there are no clusters." },
  { "error", "number", "The standard error, by Student's formula or that of a ratio of clusters." },
  { "confidence", "number", "As asked for." },
  { "interval", "string", "The kind of interval: bca, percentile or t." },
  { "low", "number", "The interval's lower end; NaN where there is no interval." },
  { "high", "number", "Its upper end." },
  { "reason", "string?", "Why there is no interval: fewer than two requests or clusters count." },
}

local function with_interval_fields(fields)
  for _, field in ipairs(INTERVAL_FIELDS) do
    fields[#fields + 1] = field
  end
  return fields
end

return {
  title = "Significance",
  text = [[Is the difference between two rankings more than chance? Two systems' values of the same
requests, as `sy.ndcg` and the other metrics give them (their second result), go into
`sy.significance.compare`. Requests that are NaN in either are left out of both. The difference is
always *second - first*. Every test gives `p` (two-sided), `greater` (one-sided: the second is
better) and `less` (it is worse). A randomisation test or a bootstrap gives the same numbers for the
same seed. Where requests of one user are alike, give `clusters`: tests that take them for
independent find differences that are not there.]],
  classes = {
    {
      name = "comparison",
      title = "A comparison",
      text = "What sy.significance.compare gives.",
      fields = with_interval_fields({
        { "mean_first", "number",
          "The first system's (weighted) mean over the requests that count." },
        { "mean_second", "number", "The second's." },
        { "difference", "number", "The mean of second - first." },
        { "relative", "number", "difference / mean_first." },
        { "effect_size", "number",
          "The difference in units of the requests' standard deviation (Cohen's d of pairs)." },
        { "wins", "integer", "In how many requests the second is higher." },
        { "ties", "integer", "In how many both are equal." },
        { "losses", "integer", "In how many the second is lower." },
        { "t", "table?", "statistic, degrees, error, p, greater, less; NaN for a single cluster. "
          .. "With clusters or weights, of the ratio of sums (Deng, Knoblich and Lu 2018)." },
        { "wilcoxon", "table?", "positive and negative (sums of ranks), statistic (the smaller), "
          .. "z, p, greater, less, ranked (how many), exact (up to 50 without zeros and ties). "
          .. "With clusters, of the clusters' mean differences." },
        { "randomisation", "table?", "p, greater, less, error (of a p that was drawn), resamples, "
          .. "exact (up to 20 clusters)." },
      }),
    },
    {
      name = "mean_interval",
      title = "An interval",
      text = "What sy.significance.interval gives.",
      fields = with_interval_fields({
        { "mean", "number", "The (weighted) mean of the values that count." },
      }),
    },
  },
  functions = {
    {
      name = "sy.significance.compare",
      call = "sy.significance.compare(first, second [, options])",
      purpose = "What the second system gains over the first, with an interval, and whether it is "
        .. "more than chance.",
      args = {
        { "first", "numbers", "The first system's value of every request; NaN: skipped." },
        { "second", "numbers", "The second's, of the same requests in the same order." },
        { "options?", "options", "See below." },
      },
      options = compare_options(),
      returns = { { "comparison", "See above." } },
      errors = "Lengths that differ, infinities, weights below 0, values that add up beyond 1e150.",
      complexity = "O(n resamples), some 0.03 ns (randomisation) and 1.5 ns (bootstrap) each",
      source = "Smucker, Allan and Carterette 2007; clusters: Cameron and Miller 2015; Efron 1987",
      example = [[
local old = { 0.50, 0.61, 0.33, 0.80, 0.42, 0.71 }
local new = { 0.55, 0.69, 0.35, 0.79, 0.52, 0.77 }
local c = sy.significance.compare(old, new)
print(("%+.3f in [%.3f, %.3f]"):format(c.difference, c.low, c.high))  --> +0.050 in [0.017, 0.077]
print(("%.4f"):format(c.t.p))  --> 0.0280
print(c.wilcoxon.p, c.randomisation.p)  --> 0.0625 0.0625]],
    },
    {
      name = "sy.significance.interval",
      call = "sy.significance.interval(values [, options])",
      purpose = "The mean of one system's values, with a confidence interval.",
      args = {
        { "values", "numbers", "The value of every request; NaN: skipped." },
        { "options?", "options", "See below." },
      },
      options = common_options("interval"),
      returns = { { "mean_interval", "See above." } },
      errors = "Infinities, weights below 0, values that add up beyond 1e150.",
      complexity = "O(n resamples)",
      source = "Efron 1987",
      example = [=[
local m = sy.significance.interval({ 1, 2, 3, 4 }, { interval = "t" })
print(("%.1f in [%.4f, %.4f]"):format(m.mean, m.low, m.high))  --> 2.5 in [0.4457, 4.5543]]=],
    },
    {
      name = "sy.significance.adjust",
      call = "sy.significance.adjust(p_values [, method])",
      purpose = "p-values for many comparisons at once.",
      args = {
        { "p_values", "numbers", "One a comparison. NaN stays NaN and is not counted." },
        { "method?", '"bonferroni"|"holm"|"hochberg"|"bh"|"by"',
          "Against any false alarm: Bonferroni, Holm (the default; any dependence), Hochberg "
            .. "(independent tests). Against a share of false alarms: Benjamini and Hochberg, "
            .. "Benjamini and Yekutieli (any dependence)." },
      },
      returns = { { "array", "f64: the adjusted p-values, in the same order." } },
      errors = "A p that is not between 0 and 1.",
      complexity = "O(n log n)",
      source = "Holm 1979; Hochberg 1988; Benjamini and Hochberg 1995; Benjamini and Yekutieli "
        .. "2001",
      example = "print(sy.significance.adjust({ 0.01, 0.04, 0.03 })[1])  --> 0.03",
    },
  },
}
