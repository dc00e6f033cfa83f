-- The description of the calibration report.

local SEGMENT_FIELDS = {
  { "n, weight", "number", "Rows, and their weight." },
  { "mean_prediction, mean_label", "number", "Weighted means." },
  { "ratio, ratio_low, ratio_high", "number",
    "Predicted over observed, with its interval. Infinite without labels." },
  { "kuiper, kuiper_log_p", "number", "As overall." },
  { "deviation", "number",
    "How far off, to compare segments by: the range R of cumulative differences over "
      .. "sqrt(V + w R / 3), V being the variance of the labels' sum and w the largest weight. As "
      .. "kuiper where a segment expects many labels; where it expects a tenth of one, a single "
      .. "label does not look like three deviations (Bernstein's inequality)." },
  { "adjusted_p", "number?",
    "How likely the worst of all segments that were looked at is as far off as this one, where "
      .. "all predictions are right. Not of values with fewer rows than the option least." },
}

local function segment_fields(...)
  local fields = { ... }
  for _, field in ipairs(SEGMENT_FIELDS) do
    fields[#fields + 1] = field
  end
  return fields
end

local function report_options()
  return {
    from = { "steelyard.calibrate.report", "report" },
    { "weights", "numbers|string", "How much each row counts; of a data set, also a column's name.",
      otherwise = "1 each" },
    { "labels", "table<string, string>", "Of a data set: {task = the column of its labels}.",
      otherwise = "the labels that it was read with" },
    { "clusters", "numbers|string[]|groups|string",
      "What goes together (an id of its user, a row): the overall ratio's interval is then of "
        .. "clusters. Of a data set, also a column's name. Not with weights.",
      otherwise = "each row by itself" },
    { "confidence", "number", "Of the ratios' intervals.", default = 0.95 },
    { "buckets", "integer", "How many.", default = 10 },
    { "bucketing", '"mass"|"width"',
      "Buckets of equal weight, as far as equal predictions, which are never split, allow; or of "
        .. "equal width.", default = "mass" },
    { "by", "table",
      "Features: slices by value or cut at edges (sy.slices), a list of them, or a map from names "
        .. "to slices, numbers or texts. Of a data set, also names of columns.",
      otherwise = "none" },
    { "depth", "integer", "2: intersections of two features are looked at, too; 1: not.",
      default = 2 },
    { "least", "integer", "Segments with fewer rows are not looked at for the worst.",
      default = 10 },
    { "resamples", "integer",
      "How often all labels are drawn from the predictions to tell what the worst segment is by "
        .. "chance. 0: never; p-values are then Kuiper's of the deviation, corrected by Holm, "
        .. "which is cautious.",
      otherwise = "the most of 999, 499, 199 and 99 that visits at most 2e8 rows, or 0" },
    { "seed", "integer", "Of these drawings.", default = 1 },
    { "selection", "table",
      "What selected items: {scores = numbers (of a data set also a column's name) or value_model "
        .. "= a model (of a data set), groups = ids of requests (of a data set: its own), k = how "
        .. "many ranks (10)}.",
      otherwise = "nothing" },
  }
end

return {
  title = "Calibration reports",
  text = [[Are predictions what happens? Predictions and labels are from 0 to 1; labels may be
fractions. All is computed from the distinct predictions in ascending order: equal predictions are
never parted, and the order of rows changes no bit. Of several tasks (maps {task = numbers}, a data
set) the result is {tasks = names in order, reports = {task = report}}, with the same methods.]],
  classes = {
    {
      name = "calibration_report",
      title = "A calibration report",
      text = "What sy.calibrate.report gives for one task.",
      fields = {
        { "n, weight", "number", "Rows of weight above 0, and all weight." },
        { "mean_prediction, mean_label", "number", "Weighted means." },
        { "ratio, ratio_low, ratio_high", "number",
          "Predicted over observed (PCOC): above 1, predictions are too high. The interval inverts "
            .. "the score test of independent labels, or is of clusters (the delta method on the "
            .. "scale of logarithms)." },
        { "clusters", "integer?", "How many there are, where they were told." },
        { "brier, mcb, dsc, unc", "number",
          "The Brier score = miscalibration - discrimination + uncertainty, by the isotonic "
            .. "regression of labels on predictions (CORP)." },
        { "log_loss, log_loss_mcb, log_loss_dsc, log_loss_unc", "number",
          "The log loss, and the same of it. Predictions of 0 and 1 count as 2^-52 away; clipped: "
            .. "of how many rows that mattered." },
        { "normalised_entropy, free_entropy, logit_shift", "number",
          "Log loss over the entropy of the mean label; the same after the shift of all logits "
            .. "that makes means equal." },
        { "ece", "table<string, number>",
          "Expected calibration errors by convention. guo15: 15 bins of equal width, open to the "
            .. "left (Guo et al. 2017). mcgrad40, umc100: 40 (MCGrad) and 100 (UMC) of equal "
            .. "width, open to the right, with edges as these authors' code rounds them (of UMC 1 "
            .. "has a bin of its own). mass15: 15 of equal weight. seed: the sum over 5 of "
            .. "equal weight without weights, as in the README from which this project grew." },
        { "maximum_error, debiased_l2", "number",
          "Of the buckets below: the largest difference; the root of the mean square less what "
            .. "chance adds to it (Kumar et al. 2019)." },
        { "sm_ece, sm_ece_bandwidth", "number", "The smooth calibration error, exactly." },
        { "kuiper, kuiper_log_p", "number",
          "The range of cumulative differences in standard deviations (ECCE-R), and the logarithm "
            .. "of its p-value, exact in the tail; between steepest_low and steepest_high "
            .. "predictions are furthest off." },
        { "ks, ks_log_p", "number", "The same of their largest absolute value (ECCE-MAD)." },
        { "auc", "number", "Ties count half." },
        { "buckets", "table[]",
          "Each {low, high, n, weight, mean_prediction, mean_label, difference}, ascending." },
        { "by", "calibration_field[]", "By feature, in the order of the option." },
        { "segments", "table?",
          "looked_at (how many), method (simulation or holm), resamples, worst: the twenty "
            .. "segments that are furthest off, each with the fields of a value and by, value "
            .. "(lists, of one or two features) and segment (\"country = de, hour = 1\")." },
        { "selection", "calibration_selection?", "After selection." },
      },
    },
    {
      name = "calibration_field",
      title = "Calibration by a feature",
      text = "An element of by.",
      fields = {
        { "name", "string", "The feature's." },
        { "values", "calibration_value[]", "Of each value that a row has, in ascending order." },
        { "field_rce", "number",
          "The mean of |predicted - observed| / observed over values with labels, weighted by rows "
            .. "(DESC, UMC: values without labels are left out)." },
        { "field_rce_smoothed", "number",
          "The mean of |shrunk_ratio - 1| over all values, weighted by rows." },
        { "field_ece", "table<string, number>",
          "umc: the mean of |predicted - observed|, one bucket a value, weighted. desc3, desc5, "
            .. "desc10: the mean over values of the ECE by so many buckets of equal weight (DESC's "
            .. "code, unlike this, parts equal predictions); desc3_weighted ...: weighted by "
            .. "rows." },
        { "shrinkage", "table",
          "ratio: the one that sparse values are drawn to; labels: by so many labels (infinite: "
            .. "values differ by no more than chance)." },
      },
    },
    {
      name = "calibration_value",
      title = "Calibration of a value",
      text = "An element of values.",
      fields = segment_fields(
        { "value", "string", "What it is called." },
        { "shrunk_ratio", "number",
          "The ratio, drawn to the overall one: observed labels as Poisson around predicted ones "
            .. "times a factor, which is Gamma; how much factors differ is that of the greatest "
            .. "marginal likelihood. Of many rows it is the ratio, of few the overall one." }),
    },
    {
      name = "calibration_selection",
      title = "Calibration after selection",
      text = "Of the items that a score puts on top, the fields below of all of ranks 1 to k; and "
        .. "of each rank and of each tenth of the score.",
      fields = {
        { "k", "integer", "Up to which rank." },
        { "n, weight, mean_prediction, mean_label, ratio, ratio_low, ratio_high", "number",
          "Of these items. Items of equal scores count with the ranks that they may have." },
        { "expected_label, expected_ratio", "number",
          "What the same predictions are worth among all rows, by a piecewise map of 128 knots; "
            .. "and the ratio that they should have." },
        { "inflation, inflation_low, inflation_high", "number",
          "expected_label / mean_label = ratio / expected_ratio, with its interval: above 1, the "
            .. "score picks what is predicted too high (the winner's curse)." },
        { "slots", "table[]", "The same of rank 1, 2 ... k (slot)." },
        { "deciles", "table[]",
          "The same of all items by score, in tenths as equal as ties allow: decile, above, to." },
      },
    },
  },
  functions = {
    {
      name = "sy.calibrate.report",
      call = "sy.calibrate.report(predictions, labels [, options]), "
        .. "sy.calibrate.report(data [, options])",
      purpose = "Measures how far predictions are from what happened: overall, by bucket, by "
        .. "feature, and of what a value model put on top.",
      args = {
        { "predictions", "numbers|table<string, numbers>|data|sketch",
          "From 0 to 1; of one task, of several, of a data set; or a sketch in place of both." },
        { "labels?", "numbers|table<string, numbers>", "From 0 to 1, as many." },
        { "options?", "options", "See below." },
      },
      options = report_options(),
      returns = { { "calibration_report", "Of one task; see above for several." } },
      errors = "Numbers out of [0, 1], NaN, columns of other lengths, features of more than 1000 "
        .. "values: the argument and the row are named.",
      complexity = "O(rows) for each feature and pair of features, times resamples for the worst "
        .. "segment",
      source = "Dimitriadis, Gneiting and Jordan 2021; Blasiok and Nakkiran 2023; Tygert 2021; "
        .. "Arrieta-Ibarra et al. 2022; He et al. 2014; Kumar, Liang and Ma 2019; Yang et al. 2024 "
        .. "(fields); Westfall and Young 1993 (worst of many); Fan et al. 2022 (selection)",
      example = [[
local r = sy.calibrate.report({ 0.2, 0.2, 0.6, 0.6 }, { 0, 1, 1, 1 })
print(("%.4f %.4f %.4f"):format(r.ratio, r.brier, r.mcb))  --> 0.5333 0.2500 0.1250
print(("%.3f %d"):format(r.ece.guo15, #r.buckets))         --> 0.350 2]],
    },
    {
      name = "calibration_report:text",
      call = "report:text()",
      purpose = "The report as a text of tables.",
      args = {},
      returns = { { "string", "Some lines." } },
      example = [[
local r = sy.calibrate.report({ 0.2, 0.6 }, { 0, 1 })
print((r:text():match("[^\n]+")))  --> 2 rows, mean prediction 0.4000, mean label 0.5000]],
    },
    {
      name = "calibration_report:svg",
      call = "report:svg([options])",
      purpose = "A reliability diagram: the isotonic regression of labels on predictions, in the "
        .. "band where it would lie if predictions were right; the buckets; and beneath how many "
        .. "predictions are where. One for each task.",
      args = { { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.calibrate.report", "svg" },
        { "scale", '"auto"|"linear"|"log"|"logit"',
          "Of both axes. auto: log where predictions are small and of several sizes, logit where "
            .. "they are so near 1.", default = "auto" },
        { "level", "number", "How often the regression would lie in the band by chance, at each "
          .. "prediction.", default = 0.9 },
        { "resamples", "integer", "How many regressions are drawn for it.",
          otherwise = "40 to 200, the fewer the more distinct predictions there are" },
        { "seed", "integer", "Of these.", default = 1 },
        { "title", "string", "Above the diagram.", otherwise = "the task" },
        { "columns", "integer", "How many tasks side by side.", otherwise = "up to 3; 2 for 4" },
      },
      returns = { { "string", "The text of an SVG file." } },
      source = "Dimitriadis, Gneiting and Jordan 2021",
      example = [[
local svg = sy.calibrate.report({ 0.2, 0.6 }, { 0, 1 }):svg()
print((svg:match("^<(%a+)")))  --> svg]],
    },
  },
}
