-- The description of training losses.

local TASK_WEIGHTS = { "task_weights", "numbers", "What each task weighs, from 0 up.",
  otherwise = "all weigh the same" }
local F32_LABELS = { "f32_labels", "boolean",
  'Of gap = "mean": mean labels are rounded to f32, as the reference does, to compare with it.',
  default = false }
local WEIGHTING = { "weighting", '"equal"|"size"',
  "What each group or bucket weighs that has rows: all alike, or as its rows weigh together.",
  default = "equal" }
local GAP = { "gap", '"mean"|"log_ratio"|"deviation"',
  "What is squared, with P and Y the sums of predictions and labels, V that of p (1 - p) and n "
    .. "that of weights: (P - Y) / n, log((P + prior) / (Y + prior)), or (P - Y) / sqrt(V + "
    .. "prior), a gap in standard deviations of Y.",
  default = "mean" }
local PRIOR = { "prior", "number", "Of the log ratio and the deviation; above 0.", default = 1 }

local MATRIX = "array|number[]|number[][]"

-- One loss: its own options before those that all share.
local function loss(name, purpose, own, more)
  local options = { from = { "steelyard.loss", name } }
  for _, option in ipairs(own) do
    options[#options + 1] = option
  end
  for _, option in ipairs({
    { "reduction", '"mean"|"sum"',
      more.mean or "The weighted mean over rows and tasks, or the sum.", default = "mean" },
    { "row_weights", "numbers", "What each row weighs, from 0 up.",
      otherwise = "all weigh the same" },
    { "gradient", "boolean", "Give the gradient too.", default = true },
    { "factor", "number", "What the gradient is multiplied by (the value is not).", default = 1 },
    { "add_to", "array",
      "An array of outputs' shape and type, to which the gradient is added and which is returned.",
      otherwise = "a new array" },
  }) do
    options[#options + 1] = option
  end
  local args = {
    { "outputs", MATRIX, more.outputs or "Logits; a row for each of the batch, a column a task." },
    { "targets", MATRIX,
      more.targets or "Labels from 0 to 1, of the same shape; NaN: not observed, counts nowhere." },
    { "options?", "options", "See below." },
  }
  local call = "sy.loss.%s(outputs, targets [, options])"
  if more.no_targets then
    args[2] = { "targets", "nil", "None." }
    call = "sy.loss.%s(outputs, nil [, options])"
  end
  return {
    name = "sy.loss." .. name,
    call = call:format(name),
    purpose = purpose,
    args = args,
    options = options,
    returns = {
      { "number", "The loss; 0 where nothing counts." },
      { "array?", "Its derivative by every output, times factor: of outputs' shape and type (f64 "
        .. "for tables and whole numbers)." },
      { "table", more.values or "values: each task's part, which add up to the loss." },
    },
    errors = "Outputs that are not finite, targets out of bounds, another shape, options out of "
      .. "bounds, a loss or gradient out of range.",
    complexity = more.complexity or "O(rows * tasks)",
    source = more.source,
    example = more.example,
  }
end

local WHOLE = "values: the loss alone, in a list."
local BY_GROUP = "The mean over the groups that have rows, then over the tasks that have such; or "
  .. "the sum over both."
local BY_BUCKET = "The mean over the buckets that have rows, then over the tasks that have such; "
  .. "or the sum over both."

return {
  title = "Training losses",
  text = [[Losses of a matrix of outputs, a row for each of a batch and a column for each task, with
their gradients by the outputs: what models are trained on, and calibration losses that are added
to it with a `factor`. Arithmetic is in double, with the same bits on every instruction set. A
target of NaN was not observed and counts nowhere, nor does a row that weighs 0; so a task without
labels in a batch does no harm. A table or an array of one dimension is one task. For sums like the
reference's, take reduction = "sum".]],
  functions = {
    loss("bce",
      [[Binary cross-entropy, the log loss of logits z: (1 - y) log(1 + exp(z)) + w y log(1 +
exp(-z)), w being the task's positive weight. Accurate for logits of any size: value and slope keep
their digits where they are near 0.]], {
        TASK_WEIGHTS,
        { "positive_weights", "numbers", "What the label 1 weighs, by task, from 0 up.",
          otherwise = "1" },
      }, {
        source = "Good 1952",
        example = [[
local value, gradient, details = sy.loss.bce({ { 0, 2 }, { 0, -2 } }, { { 1, 1 }, { 0, 0 } })
print(("%.4f"):format(value), gradient:get(1, 1))  --> 0.4100 -0.125
print(("%.4f %.4f"):format(details.values[1], details.values[2]))  --> 0.3466 0.0635
sy.loss.bce({ { 0, 0 } }, { { 1, 0 / 0 } }) -- the second task's label is not known]],
      }),
    loss("multinomial",
      [[Softmax cross-entropy of rows: - sum over a row's classes of y log softmax(z). A class whose
target is NaN is left out of its row's softmax; a row without any target does not count.]], {
        { "task_weights", "numbers", "What each class's target is multiplied by, from 0 up.",
          otherwise = "1" },
      }, {
        mean = "The weighted mean over rows, or the sum.",
        outputs = "Logits; a row for each of the batch, a column a class.",
        targets = "From 0 up (counts, or probabilities), of the same shape; NaN: the class was not "
          .. "there.",
        values = WHOLE,
        source = "Bridle 1990; Liang, Krishnan, Hoffman and Jebara 2018",
        example = [[
local value, gradient = sy.loss.multinomial({ { 1, 1, 1, 1 } }, { { 0, 0, 1, 1 } })
print(value == 2 * math.log(4), gradient)  --> true array f64 [1x4]: 0.5 0.5 -0.5 -0.5]],
      }),
    loss("mse", "Squared error: (output - target)^2.", { TASK_WEIGHTS }, {
      outputs = "Any numbers; a row for each of the batch, a column a task.",
      targets = "Any numbers, of the same shape; NaN: not observed, counts nowhere.",
      source = "Legendre 1805",
      example = [[
print((sy.loss.mse({ 1, 3 }, { 0, 3 }, { gradient = false })))  --> 0.5]],
    }),
    loss("huber",
      "Half the squared error up to delta, and delta times the rest of the error beyond: outliers "
        .. "pull no harder than delta.", {
        TASK_WEIGHTS,
        { "delta", "number", "Where it turns linear, above 0.", default = 1 },
      }, {
        outputs = "Any numbers; a row for each of the batch, a column a task.",
        targets = "Any numbers, of the same shape; NaN: not observed, counts nowhere.",
        source = "Huber 1964",
        example = [[
local value, gradient = sy.loss.huber({ 0.5, 3 }, { 0, 0 }, { reduction = "sum" })
print(value, gradient)  --> 2.625 array f64 [2]: 0.5 1]],
      }),
    loss("gaussian_kl",
      [[The divergence of rows' normal distributions from the standard one, the regularizer of
variational autoencoders: sum over a row of (exp(v) - 1 - v + m^2) / 2. The first half of a row's
outputs are the means m, the second the log variances v.]], {}, {
        no_targets = true,
        mean = "The weighted mean over rows, or the sum.",
        outputs = "Means, then as many log variances (of at most 700); a row for each of "
          .. "the batch.",
        values = WHOLE,
        source = "Kingma and Welling 2013",
        example = [[
print((sy.loss.gaussian_kl({ { 1, 0 }, { 0, 0 } })))  --> 0.25]],
      }),
    loss("bucket_calibration",
      [[The squared gap of predictions and labels in buckets: each task's rows in order of
prediction, cut in buckets of equally many, whatever they weigh. Rows of equal logits that reach
over several buckets belong to each of them by its share of their places, so that neither value nor
gradient depends on the order in which rows came. Within a bucket's bounds the gradient is exact;
that rows may change buckets is not part of it.]], {
        TASK_WEIGHTS,
        { "buckets", "integer", "How many; a task of fewer rows has one bucket a row.",
          default = 10 },
        { "drop_rest", "boolean",
          "Buckets of floor(rows / buckets) rows, which leaves the highest predictions over (the "
            .. "reference's way; with fewer rows than buckets nothing counts); else sizes differ "
            .. "by one at most.",
          default = false },
        F32_LABELS, WEIGHTING, GAP, PRIOR,
      }, {
        mean = BY_BUCKET,
        complexity = "O(rows log(rows) * tasks)",
        source = "Naeini, Cooper and Hauskrecht 2015 (the buckets)",
        example = [[
local value = sy.loss.bucket_calibration({ -5, 0, 0, 5 }, { 0, 1, 0, 1 }, { buckets = 3 })
print(("%.5f"):format(value))  --> 0.00002]],
      }),
    loss("group_calibration",
      [[The squared gap of predictions and labels in groups of rows: by country, say, or by
position. A batch has few rows of a small group, whose gap is mostly chance: gap = "deviation" takes
it in units of chance.]], {
        TASK_WEIGHTS,
        { "groups", "numbers", "Each row's group, from 1 up; 0: none. Needed.",
          otherwise = "an error" },
        F32_LABELS, WEIGHTING, GAP, PRIOR,
      }, {
        mean = BY_GROUP,
        complexity = "O(rows * tasks + groups)",
        source = "Pan et al. 2020 (calibration of a field's values)",
        example = [[
local codes = { 1, 1, 2 }
local value, gradient = sy.loss.group_calibration({ 0, 0, 0 }, { 1, 1, 0 }, { groups = codes })
print(value, gradient)  --> 0.25 array f64 [3]: -0.0625 -0.0625 0.125]],
      }),
    loss("kernel_calibration",
      [[The square of the maximum mean calibration error (MMCE), by task: the sum over pairs of
rows of (p - y) (p' - y') exp(-|p - p'| / bandwidth), over the square of how many rows there are (of
what they weigh). Needs no buckets, and has no jumps.]], {
        TASK_WEIGHTS,
        { "bandwidth", "number", "How far predictions see each other; above 0.", default = 0.2 },
      }, {
        mean = "The weighted mean over tasks that have rows, or the sum.",
        complexity = "O(rows log(rows) * tasks)",
        source = "Kumar, Sarawagi and Jain 2018",
        example = [[
print((sy.loss.kernel_calibration({ 0, 0 }, { 1, 1 })))  --> 0.25
print((sy.loss.kernel_calibration({ 0, 0 }, { 1, 0 })))  --> 0.0]],
      }),
  },
}
