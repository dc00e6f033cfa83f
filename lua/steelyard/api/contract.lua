-- The description of the contract between a ranking model and its value model.

return {
  title = "The contract of scale",
  text = [[The weights of a value model mean something as long as predictions keep their scale. A
new version of a ranking model may order items better and still move the value: this compares the
two versions' predictions on the same requests, task by task, and of the value. A scale *holds*
where the interval of the ratio of means lies within the tolerance, has *moved* where it lies
outside, and else is *unclear*.]],
  classes = {
    {
      name = "contract",
      title = "What sy.calibrate.contract finds",
      text = "Of each task (and, but for levels, spread, mend and calibration, of the value): "
        .. "mean_before, mean_after, ratio with low, high and error, verdict; levels: a list with "
        .. "the ratio of each bucket (from, to, n) of old predictions; logit_before, logit_after, "
        .. "spread_before, spread_after: means and standard deviations of logits, spread: the "
        .. "ratio of the last two; mend = {factor, shift, intercept, slope, calibrator}: what "
        .. "brings the new version back to the old scale: a factor, a shift of logits, a line in "
        .. "logits, and that as a calibrator; with labels calibration = {before, after}: "
        .. "predicted over observed (ratio, low, high) and log_loss.",
      fields = {
        { "verdict", '"holds"|"unclear"|"moved"', "The worst of all." },
        { "moved", "string[]", 'Which tasks have moved, and "value".' },
        { "tasks", "table<string, table>", "See above." },
        { "order", "string[]", "The tasks, in order." },
        { "value", "table?",
          "With a value model: as of a task; attribution: which task moves the mean value by which "
            .. "share of it; overlap of the first k of both orders, kendall_tau (tau-b), "
            .. "top_changed: the share of requests with another item on top." },
        { "rows", "integer", "How many rows were compared." },
        { "requests", "integer", "In how many requests." },
        { "units", '"requests"|"rows"', "What the intervals take as drawn independently." },
        { "repeated", "integer",
          "Rows with the request and item of one before them, which were matched by their order." },
        { "tolerance", "number", "As asked for." },
        { "confidence", "number", "As asked for." },
      },
    },
  },
  functions = {
    {
      name = "sy.calibrate.contract",
      call = "sy.calibrate.contract(before, after [, options])",
      purpose = "Compares two versions' predictions of the same rows: does the scale hold?",
      args = {
        { "before", "data|table<string, numbers>", "The old version's predictions." },
        { "after", "data|table<string, numbers>", "The new version's, of the same rows." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.calibrate.contract", "contract" },
        { "tasks", "string[]", "What is compared.",
          otherwise = "the value model's, or those that both have" },
        { "groups", "groups|numbers|string[]", "Of tables: the request of each row.",
          otherwise = "each row by itself" },
        { "labels", "table<string, numbers>", "{task = labels}.",
          otherwise = "those of the data set before" },
        { "join", '"rows"|"items"',
          "How data sets are matched: row by row, or by request and item (several of one: in their "
            .. "order).", default = "rows" },
        { "value_model", "value_model", "Whose value is compared, with its calibrators." },
        { "value_model_after", "value_model", "The one that goes with the new version.",
          otherwise = "value_model" },
        { "tolerance", "number", "How far a ratio may be from 1.", default = 0.05 },
        { "confidence", "number", "Of the intervals.", default = 0.95 },
        { "interval", '"delta"|"bootstrap"',
          "By the delta method for a ratio of requests' sums, or by drawing requests.",
          default = "delta" },
        { "resamples", "integer", "Of the bootstrap.", default = 2000 },
        { "seed", "integer", "Of the bootstrap.", default = 1 },
        { "buckets", "integer", "How many levels of old predictions.", default = 10 },
        { "k", "integer", "How many first ranks of the two orders are compared.", default = 10 },
      },
      returns = { { "contract", "What was found." } },
      errors = "Other rows, requests or items in the one than in the other; predictions out of "
        .. "[0, 1].",
      source = "Cochran 1977, 6.4 (ratio of cluster totals)",
      example = [[
local c = sy.calibrate.contract(
  { p_like = { 0.1, 0.2, 0.3, 0.4 } }, { p_like = { 0.12, 0.24, 0.36, 0.48 } },
  { groups = { 1, 1, 2, 2 } })
print(c.verdict, ("%.4f"):format(c.tasks.p_like.ratio))  --> moved 1.2000]],
    },
  },
}
