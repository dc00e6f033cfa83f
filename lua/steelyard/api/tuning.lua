-- The description of tuning and schedules.

-- The options that both recipes share, behind some of their own.
local function with_shared(from, own)
  local options = {
    { "initial", "table<string, number>|value_model",
      "Where to start, and what regularization pulls to; tasks in it without a target keep their "
        .. "weights. With the calibrators of a value model, tuning goes by calibrated predictions.",
      otherwise = "equal weights" },
    { "method", '"auto"|"multiplicative"|"slsqp"',
      "auto takes cheap steps first, then slsqp (on a smooth stand-in), then polishes on the true "
        .. "objective; "
        .. "multiplicative is the reference's update.",
      otherwise = '"auto"; "multiplicative" with semantics = "seed"' },
    { "semantics", '"standard"|"seed"', "seed: the reference scripts' arithmetic, for comparison.",
      default = "standard" },
    { "learning_rate", "number", "Of multiplicative.",
      otherwise = "0.05 for gaps, 0.03 for regrets" },
    { "max_iterations", "integer", "Of multiplicative.",
      otherwise = "1000 for gaps, 3000 for regrets" },
    { "max_evaluations", "integer", "How often polishing may evaluate the true objective.",
      default = 3000 },
    { "tolerance", "number", "The largest difference from the target that counts as reached.",
      otherwise = "0.001; 1e-5 for multiplicative" },
    { "step_tolerance", "number", "multiplicative ends when no weight moves farther than this.",
      default = 1e-12 },
    { "k", "integer", "Only the first k ranks count; 0: all.", default = 0 },
    { "gain", '"linear"|"exponential"', "What a gain is worth (gaps: linear only).",
      default = "linear" },
    { "ties", '"input"|"average"|"best"|"worst"|"name"', "The order of equal scores.",
      default = "input" },
    { "empty", '"skip"|"zero"|"one"', "What a request without any gain counts as.",
      default = "skip" },
    { "bounds", "table<string, number[]>", "{task = {lowest, highest}}, either may be nil.",
      otherwise = "weights keep their sign" },
    { "fixed", "string[]|table<string, boolean>", "Tasks whose weights stay as they are." },
    { "regularization", "{strength: number, kind: string?}",
      'A pull toward the initial weights: kind "l2" (default) or "kl".' },
    { "holdout", "number", "This share of the requests takes no part; how they do is reported.",
      default = 0 },
    { "split_by", "string", "Hold out whole values of this column (users)." },
    { "seed", "integer", "Of what is random.", default = 1 },
    { "threads", 'integer|"all"', "How many threads to use.", otherwise = "as sy.threads says" },
    { "progress", "fun(state: table): boolean?",
      "Called now and then with {stage, iteration, evaluations, residual, cost, weights}; false "
        .. "stops." },
  }
  for i = #own, 1, -1 do
    table.insert(options, 1, own[i])
  end
  options.from = from
  return options
end

return {
  title = "Tuning",
  text = [[Weights with which each task matters as much as intended. The *NDCG gap* of a task is how
much of the ranking, as the value model itself values it, is lost when its weight is 0; its
*regret* is how far the ranking is from the best one for that task alone. An unreachable target is
a result, not an error: the nearest point found comes back with `converged = false` and the
reason.]],
  classes = {
    {
      name = "tune_result",
      title = "A result",
      text = "What both recipes give. Tables by task, but for the lists.",
      fields = {
        { "weights", "table<string, number>", "Normalised: the absolute values sum to 1." },
        { "scaled_weights", "table<string, number>",
          "The same in the scale of the initial weights." },
        { "achieved", "table<string, number>",
          "What is compared with the target: fractions, or regrets." },
        { "values", "table<string, number>", "The gaps or regrets themselves." },
        { "target", "table<string, number>", "What was asked for." },
        { "residual", "number?", "The largest absolute difference from the target." },
        { "objective", "number", "What was made small." },
        { "converged", "boolean", "Was the target reached, or the minimum found?" },
        { "reason", "string", "Why it ended." },
        { "method", "string", "Which steps led there." },
        { "iterations", "integer", "How many updates or stages." },
        { "evaluations", "integer", "How often gaps or regrets were computed." },
        { "history", "number[]", "The residual (or the objective) as it went." },
        { "counted", "table<string, integer>",
          "How many requests count: those with something to gain for the task; for gaps, those "
            .. "with a score above 0." },
        { "before", "table",
          "achieved, values, residual, objective and counted at the initial weights." },
        { "initial", "table<string, number>", "The initial weights, normalised." },
        { "calibrators", "table<string, calibrator>?", "Those of the initial value model." },
        { "tasks", "string[]", "The tasks, in order." },
        { "requests", "integer", "How many requests were tuned on." },
        { "holdout", "table?",
          "The same for the held-out requests: achieved, residual, counted, before, requests." },
        { "measure", '"gap"|"regret"', "What was measured." },
        { "goal", '"fractions"|"absolute"|"minimise"', "What was wanted of it." },
        { "last_update", "table?",
          "multiplicative: values and achieved that the last update saw." },
      },
    },
  },
  functions = {
    {
      name = "sy.tune.ndcg_gap",
      call = "sy.tune.ndcg_gap(data, options)",
      purpose = "Finds weights whose NDCG gaps stand in the intended proportions.",
      args = { { "data", "data", "The logged requests." }, { "options", "options", "See below." } },
      options = with_shared({ "steelyard.tune", "ndcg_gap" }, {
        { "target", "table<string, number>",
          "The intended fraction of each task; they sum to 1. Needed." },
      }),
      returns = { { "tune_result", "The result." } },
      errors = "Fewer than two tasks, fractions that do not sum to 1, a task that the data do not "
        .. "have.",
      complexity = "O(rows * tasks^2) an evaluation",
      example = [[
local data = assert(sy.dataset.read("examples/data/kuairand-requests.csv", {
  group = "request_id", predictions = { "p_click", "p_long_view", "p_comment" },
}))
local result = sy.tune.ndcg_gap(data, {
  target = { p_click = 0.5, p_long_view = 0.4, p_comment = 0.1 }, k = 10, tolerance = 0.005,
})
print(result.converged, result.reason)             --> true target reached
print(math.abs(result.achieved.p_click - 0.5) < 0.005)  --> true]],
    },
    {
      name = "sy.tune.regret",
      call = "sy.tune.regret(data, options)",
      purpose = "Finds weights with the least importance-weighted regret, or with regrets in given "
        .. "proportions, or of "
        .. "given sizes: one of importance, fractions and regrets is needed.",
      args = { { "data", "data", "The logged requests." }, { "options", "options", "See below." } },
      options = with_shared({ "steelyard.tune", "regret" }, {
        { "importance", "table<string, number>", "Make the sum of importance times regret small." },
        { "fractions", "table<string, number>", "Each task's share of the sum of regrets." },
        { "regrets", "table<string, number>", "Each task's regret." },
        { "gains", '"predictions"|"labels"', "What regret is measured by.",
          default = "predictions" },
      }),
      returns = { { "tune_result", "The result." } },
      errors = "None or two of the goals, fewer than two tasks, labels that are not there.",
      complexity = "O(rows * tasks) an evaluation",
      example = [[
local data = sy.dataset.new({
  predictions = { a = { 0.1, 0.5, 0.2, 0.9 }, b = { 0.8, 0.1, 0.3, 0.2 } },
})
local result = sy.tune.regret(data, { importance = { a = 1, b = 0.1 } })
print(result.weights.a > result.weights.b)  --> true]],
    },
    {
      name = "sy.schedule.constant",
      call = "sy.schedule.constant(value)",
      purpose = "The same value at every step. All schedules are functions of a step (0, 1, 2 ...) "
        .. "and constant "
        .. "outside the steps that they describe.",
      args = { { "value", "number", "The value." } },
      returns = { { "fun(step: number): number", "The schedule." } },
      example = "print(sy.schedule.constant(3)(99))  --> 3",
    },
    {
      name = "sy.schedule.linear",
      call = "sy.schedule.linear(first, last, steps)",
      purpose = "From first to last in equal differences.",
      args = {
        { "first", "number", "At step 0." },
        { "last", "number", "From step `steps` on." },
        { "steps", "number", "Above 0." },
      },
      returns = { { "fun(step: number): number", "The schedule." } },
      example = "print(sy.schedule.linear(0, 1, 4)(1))  --> 0.25",
    },
    {
      name = "sy.schedule.exponential",
      call = "sy.schedule.exponential(first, last, steps)",
      purpose = "From first to last, both above 0, in equal ratios.",
      args = {
        { "first", "number", "At step 0." },
        { "last", "number", "From step `steps` on." },
        { "steps", "number", "Above 0." },
      },
      returns = { { "fun(step: number): number", "The schedule." } },
      example = "print(sy.schedule.exponential(1, 16, 2)(1))  --> 4.0",
    },
    {
      name = "sy.schedule.cosine",
      call = "sy.schedule.cosine(first, last, steps)",
      purpose = "From first to last along half a cosine: slow, fast, slow.",
      args = {
        { "first", "number", "At step 0." },
        { "last", "number", "From step `steps` on." },
        { "steps", "number", "Above 0." },
      },
      returns = { { "fun(step: number): number", "The schedule." } },
      source = "Loshchilov and Hutter 2017",
      example = 'print(("%.3f"):format(sy.schedule.cosine(1, 0, 4)(1)))  --> 0.854',
    },
    {
      name = "sy.schedule.step",
      call = "sy.schedule.step(first, factor, every)",
      purpose = "first, multiplied by factor after every so many steps.",
      args = {
        { "first", "number", "At step 0." },
        { "factor", "number", "What it is multiplied by." },
        { "every", "number", "How many steps apart." },
      },
      returns = { { "fun(step: number): number", "The schedule." } },
      example = "print(sy.schedule.step(8, 0.5, 10)(25))  --> 2.0",
    },
    {
      name = "sy.schedule.piecewise",
      call = "sy.schedule.piecewise(points)",
      purpose = "Straight lines through points, whose steps must rise.",
      args = { { "points", "number[][]", "{{step, value}, ...}" } },
      returns = { { "fun(step: number): number", "The schedule." } },
      example = "print(sy.schedule.piecewise({ { 0, 1 }, { 10, 3 }, { 20, 0 } })(5))  --> 2.0",
    },
  },
}
