-- The calibration report: are predictions what happens, overall, by bucket, by feature, and of what
-- a value model put on top?
--
--   local r = sy.calibrate.report(predictions, labels, { by = { country = countries } })
--   print(r.ratio, r.brier, r.mcb, r.ece.guo15)
--   print(r:text())

local clusters = require("steelyard.calibrate.report.clusters")
local core = require("steelyard.core")
local diagram = require("steelyard.calibrate.report.diagram")
local fields = require("steelyard.calibrate.report.fields")
local inputs = require("steelyard.calibrate.report.inputs")
local options = require("steelyard.options")
local selection = require("steelyard.calibrate.report.selection")
local text = require("steelyard.calibrate.report.text")

local room = {}

local report_options = {
  labels = { type = "table" },
  weights = { type = "array|string" },
  clusters = {},
  confidence = { type = "number", default = 0.95 },
  buckets = { type = "integer", default = 10 },
  bucketing = { type = "string", one_of = { "mass", "width" }, default = "mass" },
  by = {},
  depth = { type = "integer", default = 2 },
  least = { type = "integer", default = 10 },
  resamples = { type = "integer" },
  seed = { type = "integer", default = 1 },
  selection = { type = "table" },
}

--- The options of each function, for the documentation.
room.options = {
  report = report_options, selection = selection.options, svg = diagram.options,
}

local MOST_BUCKETS, MOST_RESAMPLES = 100000, 10000000

local function check_options(given)
  local o = options.check("calibrate.report", given, report_options)
  local function within(key, low, high)
    local value = o[key]
    if value and not (value >= low and value <= high) then
      options.fail("calibrate.report: %s: expected %s to %s, got %s", key, options.show(low),
        options.show(high), options.show(value))
    end
  end
  if not (o.confidence > 0 and o.confidence < 1) then
    options.fail("calibrate.report: confidence: expected a number between 0 and 1, got %s",
      options.show(o.confidence))
  end
  within("buckets", 1, MOST_BUCKETS)
  within("depth", 1, 2)
  within("least", 1, 2 ^ 31)
  within("resamples", 0, MOST_RESAMPLES)
  if o.by ~= nil then
    options.need(type(o.by) == "table" or type(o.by) == "string", "by",
      "slices (sy.slices), a list of them or a map by name", o.by)
  end
  return o
end

-- ------------------------------------------------------------------------------------ one task --

-- Expected calibration errors by the names of those who defined them: buckets, how many, which
-- error.
local ECE = {
  { "guo15", "width", 15, "expected" },
  { "mcgrad40", "steps", 40, "expected" },
  { "umc100", "floor", 100, "expected" },
  { "mass15", "mass", 15, "expected" },
  { "seed", "mass", 5, "sum" },
}

local function add_errors(report, curve)
  report.ece = {}
  for _, one in ipairs(ECE) do
    local name, kind, count, error_ = one[1], one[2], one[3], one[4]
    report.ece[name] = select(2, curve:buckets(kind, count))[error_]
  end
end

local function add_buckets(report, curve, o)
  local list, errors = curve:buckets(o.bucketing, o.buckets)
  for _, bucket in ipairs(list) do
    bucket.difference = math.abs(bucket.mean_prediction - bucket.mean_label)
  end
  report.buckets = setmetatable(list, core.json_array)
  report.bucketing = o.bucketing
  report.maximum_error, report.debiased_l2 = errors.maximum, errors.debiased_l2
end

local function add_corp(report, curve)
  local brier, log_loss = curve:corp()
  report.mcb, report.dsc, report.unc = brier.mcb, brier.dsc, brier.unc
  report.log_loss_mcb, report.log_loss_dsc = log_loss.mcb, log_loss.dsc
  report.log_loss_unc = log_loss.unc
end

-- What a curve says: all that is not about single rows.
local function overall(curve, o)
  local report = curve:summary(o.confidence)
  report.confidence = o.confidence
  add_corp(report, curve)
  add_errors(report, curve)
  add_buckets(report, curve, o)
  report.sm_ece, report.sm_ece_bandwidth = curve:smooth_error()
  local c = curve:cumulative()
  report.kuiper, report.kuiper_log_p = c.kuiper, c.kuiper_log_p
  report.ks, report.ks_log_p = c.ks, c.ks_log_p
  report.steepest_low, report.steepest_high = c.steepest_low, c.steepest_high
  report.by = setmetatable({}, core.json_array)
  return report
end

-- -------------------------------------------------------------------------------------- reports --

-- The curves of reports, which are for drawing, and no part of what is printed.
local curves = setmetatable({}, { __mode = "k" })

local Report = {}
Report.__index = Report

--- The report as text, in tables.
function Report:text()
  return text.of({ { report = self } })
end

--- A reliability diagram as SVG.
function Report:svg(given)
  return diagram.draw({ { report = self, curve = curves[self] } }, given)
end

local Reports = {}
Reports.__index = Reports

local function parts_of(self)
  local parts = {}
  for i, task in ipairs(self.tasks) do
    local report = self.reports[task]
    parts[i] = { task = task, report = report, curve = curves[report] }
  end
  return parts
end

function Reports:text()
  return text.of(parts_of(self))
end

function Reports:svg(given)
  return diagram.draw(parts_of(self), given)
end

local function report_of(input, task, features, chosen, layout, o)
  local rows = input.rows[task]
  local curve = input.curves and input.curves[task]
    or core.curve(rows.predictions, rows.labels, input.weights)
  local report = overall(curve, o)
  if layout then
    report.clusters = layout.count
    report.ratio_low, report.ratio_high = clusters.interval(rows, layout, o.confidence)
  end
  if features then
    report.by, report.segments = fields.measure(rows, input.weights, features, o)
  end
  if chosen then
    report.selection = selection.measure(rows, input.weights, chosen, o)
  end
  setmetatable(report, Report)
  curves[report] = curve
  return report
end

--- A report on predictions and labels: of one task (two arrays), of several (two maps by task, or a
-- data set, behind which the options come), or of sketches (in place of both).
function room.report(predictions, labels, given)
  if inputs.is_set(predictions) then
    labels, given = nil, given or labels
  end
  local o = check_options(given)
  local input = inputs.of(predictions, labels, o)
  if o.by and not input.size then
    options.fail("by: sketches do not know features; make one for each segment")
  end
  local features = o.by and fields.of(o.by, input.set, input.size)
  local chosen = o.selection and selection.of(o.selection, input)
  local layout = o.clusters ~= nil and clusters.of(o.clusters, input) or nil
  if not input.many then
    return report_of(input, input.tasks[1], features, chosen, layout, o)
  end
  local result = { tasks = input.tasks, reports = {} }
  for _, task in ipairs(input.tasks) do
    result.reports[task] = report_of(input, task, features, chosen, layout, o)
  end
  return setmetatable(result, Reports)
end

return room
