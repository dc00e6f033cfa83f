-- The description of calibrators: how predictions become probabilities.

local fit = require("steelyard.calibrate.fit")
local methods = require("steelyard.calibrate.fit.methods")

-- '"platt"|"beta"'
local function one_of(names)
  local quoted = {}
  for i, name in ipairs(names) do
    quoted[i] = ("%q"):format(name)
  end
  return table.concat(quoted, "|")
end

-- What fit and compare share.
local function fitting(from, ...)
  local list = {
    from = from,
    { "weights", "numbers", "How much each row counts.", otherwise = "1 each" },
    { "rate", "number",
      "The share of negatives that the model's training kept (negative downsampling). Predictions "
        .. "are corrected for it before anything is fitted, and when the calibrator is applied.",
      default = 1 },
    { "smoothing", "boolean",
      "Logistic methods: labels 1 and 0 become (P + 1)/(P + 2) and 1/(N + 2), as Platt 1999 has "
        .. "it, which keeps fits to few or separable rows finite.",
      default = true },
    { "prior", "number",
      "Add so many rows of weight 1 which say that the predictions are right, spread as the rows "
        .. "are: fits are "
        .. "drawn to the identity.",
      otherwise = "0; piecewise: 10; histogram: 1 a bucket" },
    { "buckets", "integer", "Of histogram: how many, of equal weight.", default = 15 },
    { "knots", "integer", "Of piecewise: at most so many, up to 256.", default = 10 },
    { "features", "table",
      "What tells segments apart: slices (sy.slices.values, sy.slices.cut) of the rows, the widest "
        .. "first. Of a data set also names of columns, and {name, edges}.",
      otherwise = "none" },
    { "base", one_of(methods.names), "What segment and boost start from.", default = "platt" },
    { "depth", "integer", "Of boost: 1, or 2, which looks at pairs of features, too.",
      default = 2 },
    { "rounds", "integer", "Of boost: at most so many tables.", default = 10 },
    { "boost_buckets", "integer", "Of boost: into how many parts predictions are cut.",
      default = 3 },
    { "candidates", "string[]", "What auto chooses from, the plainest first.",
      otherwise = "shift, temperature, platt, beta, quadratic; from 2,000 labels of the rarer "
        .. "class (and 200 clusters) on piecewise and centred; with features segment, boost" },
    { "folds", 'integer|"each"', 'Of cross-validation; "each": a fold for every cluster.',
      default = 5 },
    { "clusters", "numbers|string[]|string",
      "An id a row: rows of one id (a user, a season) stay in one fold, and count together in "
        .. "standard errors. Of a data set, also a column's name.",
      otherwise = "each row by itself" },
    { "score", '"log_loss"|"brier"', "What methods are judged by.", default = "log_loss" },
    { "standard_errors", "number",
      "Of auto: the identity stays unless another is better by more than so many standard errors "
        .. "of the paired difference.",
      default = 1.5 },
    { "seed", "integer", "Of the folds.", default = 1 },
  }
  for _, option in ipairs({ ... }) do
    list[#list + 1] = option
  end
  return list
end

return {
  title = "Calibrators",
  text = [[Maps from predictions to probabilities. The methods, from the plainest to the freest:
`identity`, `ratio` (times a factor), `shift` (of the logit), `temperature`, `platt` (on the
logit), `beta_a` (a ln 2p), `beta_am`, `beta_ab`, `beta` (Kull et al. 2017), `quadratic` (on the
logit, kept ascending), `piecewise` (linear in the logit), `centred` (isotonic, strictly
ascending), `isotonic`, `histogram`; by features, `segment` (an offset of the logit for every
value, then for every pair with the next feature ..., each level drawn to the one above by
empirical Bayes) and `boost` (again and again a table of offsets for the segments and predictions
that are worst calibrated); and `auto`. All are ascending but `histogram`, all but `identity` and
`ratio` keep predictions like those that they were fitted to from 0 and 1, so that no label costs
without end, and the order of rows changes no bit. Labels are from 0 to 1: fractions are fine.]],
  classes = {
    {
      name = "calibrator",
      title = "A calibrator",
      text = "Made by sy.calibrate.fit or load; it does not change. Value models hold them.",
      fields = {
        { "method", "string", "How it was fitted." },
        { "features", "string[]", "The names of the features that it goes by." },
        { "fit", "table",
          "What is told of the fit: rows, log_loss and brier as {before, after} on these rows, "
            .. "note, and of auto candidates and chosen_by." },
      },
    },
  },
  functions = {
    {
      name = "sy.calibrate.fit",
      call = "sy.calibrate.fit(predictions, labels [, options]), sy.calibrate.fit(data [, "
        .. "options])",
      purpose = "Fits a calibrator; of a data set, or of maps {task = numbers}, one for each "
        .. "task. A sketch stands for predictions and labels, where a method is named.",
      args = {
        { "predictions", "numbers|table<string, numbers>|data|sketch", "From 0 to 1." },
        { "labels?", "numbers|table<string, numbers>", "From 0 to 1, as many." },
        { "options?", "options", "See below." },
      },
      options = fitting({ "steelyard.calibrate.fit", "fit" },
        { "method", one_of(fit.names),
          "One of the methods above. auto: what is best on rows that it was not fitted to, or the "
            .. "identity where nothing is better by more than standard_errors.",
          default = "auto" },
        { "labels", "table<string, string>", "Of a data set: {task = the column of its labels}.",
          otherwise = "the labels that it was read with" },
        { "note", "string", "Kept with the calibrator (the days of the log, say).",
          otherwise = "none" }),
      returns = { { "calibrator|table<string, calibrator>", "What was fitted." } },
      errors = "Numbers out of [0, 1], NaN, columns of other lengths: the row is named.",
      complexity = "O(rows); by cross-validation, O(rows * folds * candidates)",
      source = "Platt 1999; Kull et al. 2017; Zadrozny and Elkan 2002; Oron and Flournoy 2017; "
        .. "He et al. 2014 (rate); Hebert-Johnson et al. 2018 (boost)",
      example = [[
local predictions, labels = { 0.1, 0.4, 0.4, 0.6, 0.9, 0.9 }, { 0, 0, 0, 1, 0, 1 }
local calibrator = sy.calibrate.fit(predictions, labels, { method = "ratio" })
print(calibrator)                     --> calibrator: ratio
print(calibrator:evaluate(0.33))      --> 0.2]],
    },
    {
      name = "sy.calibrate.compare",
      call = "sy.calibrate.compare(predictions, labels [, options])",
      purpose = "Judges methods on rows that they were not fitted to, by cross-validation, beside "
        .. "the predictions as they are.",
      args = {
        { "predictions", "numbers", "From 0 to 1." },
        { "labels", "numbers", "From 0 to 1, as many." },
        { "options?", "options", "See below." },
      },
      options = fitting({ "steelyard.calibrate.compare", "compare" },
        { "methods", "string[]", "Which to judge.",
          otherwise = "all, with features also those by them" }),
      returns = {
        { "table",
          "A list, identity first, of {method, log_loss, brier, mcb, difference, error}: mean "
            .. "scores of held-out rows, Brier miscalibration, the difference in score to the "
            .. "identity (below 0 is better) and its standard error." },
      },
      example = [[
local random, p, y = sy.random(1), {}, {}
for i = 1, 2000 do
  p[i] = random:uniform()
  y[i] = random:uniform() < p[i] ^ 2 and 1 or 0 -- half of what is promised, and less
end
local list = sy.calibrate.compare(p, y, { methods = { "beta" } })
print(list[1].method, list[2].method, list[2].difference < -10 * list[2].error)
--> identity beta true]],
    },
    {
      name = "sy.calibrate.load",
      call = "sy.calibrate.load(path)",
      purpose = "Loads a calibrator that was saved by itself.",
      args = { { "path", "string", "The file." } },
      returns = {
        { "calibrator?", "The same, to a bit; or nil." },
        { "string?", "File and JSON path at fault." },
      },
      example = [[
local path = os.tmpname()
local one = sy.calibrate.fit({ 0.2, 0.6 }, { 0, 1 }, { method = "platt" })
assert(one:save(path))
print(sy.calibrate.load(path):evaluate(0.3) == one:evaluate(0.3))  --> true
os.remove(path)]],
    },
    {
      name = "calibrator:apply",
      call = "calibrator:apply(predictions [, features])",
      purpose = "Predictions, calibrated. Those out of [0, 1] count as the nearer end.",
      args = {
        { "predictions", "numbers", "What the model said." },
        { "features?", "data|table<string, numbers|string[]>",
          "The columns that the calibrator goes by; values that it has not seen change nothing." },
      },
      returns = { { "array", "Of the predictions' type; NaN for NaN." } },
      errors = "A feature that is not there, columns of other lengths.",
      complexity = "O(rows)",
      example = [[
local half = sy.calibrate.fit({ 0.5, 0.5, 0.5, 0.5 }, { 0, 0, 0, 1 }, { method = "ratio" })
print(half:apply({ 0.1, 0.8 }))  --> array f64 [2]: 0.05 0.4]],
    },
    {
      name = "calibrator:evaluate",
      call = "calibrator:evaluate(prediction [, features])",
      purpose = "One prediction, calibrated.",
      args = {
        { "prediction", "number", "What the model said." },
        { "features?", "table<string, number|string>", "{name = value}." },
      },
      returns = { { "number", "From 0 to 1." } },
      example = [[
local half = sy.calibrate.fit({ 0.5, 0.5, 0.5, 0.5 }, { 0, 0, 0, 1 }, { method = "ratio" })
print(half:evaluate(0.8))  --> 0.4]],
    },
    {
      name = "calibrator:inverse",
      call = "calibrator:inverse(probability)",
      purpose = "The prediction that is mapped to a probability: the least where several are, the "
        .. "nearest end where none is.",
      args = { { "probability", "number", "From 0 to 1." } },
      returns = {
        { "number?", "The prediction; or nil" },
        { "string?", "why there is none: it goes by features, or does not ascend." },
      },
      example = [[
local half = sy.calibrate.fit({ 0.5, 0.5, 0.5, 0.5 }, { 0, 0, 0, 1 }, { method = "ratio" })
print(half:inverse(0.4))  --> 0.8]],
    },
    {
      name = "calibrator:parts",
      call = "calibrator:parts()",
      purpose = "What it is made of, as the file format says: {method, about (JSON), map, "
        .. "features, tables}.",
      args = {},
      returns = { { "table", "A copy." } },
      example = [[
local half = sy.calibrate.fit({ 0.5, 0.5, 0.5, 0.5 }, { 0, 0, 0, 1 }, { method = "ratio" })
print(half:parts().map.kind, half:parts().map.factor)  --> scale 0.5]],
    },
    {
      name = "calibrator:save",
      call = "calibrator:save(path)",
      purpose = "Writes it to a file of its own, whole or not at all.",
      args = { { "path", "string", "The file." } },
      returns = { { "true?", "Done, or nil." }, { "string?", "Why it could not be saved." } },
      example = [[
local path = os.tmpname()
print(sy.calibrate.fit({ 0.2, 0.6 }, { 0, 1 }, { method = "shift" }):save(path))  --> true
os.remove(path)]],
    },
  },
}
