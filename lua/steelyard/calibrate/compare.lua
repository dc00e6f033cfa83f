-- Comparing calibrators: what each method does to rows that it has not seen.

local choose = require("steelyard.calibrate.fit.choose")
local fit = require("steelyard.calibrate.fit")
local options = require("steelyard.options")

local compare = {}

local WHERE = "calibrate.compare"

local compare_options = {}
for key, spec in pairs(fit.options.fit) do
  compare_options[key] = spec
end
compare_options.method = nil
compare_options.labels = nil
compare_options.note = nil
compare_options.methods = { type = "list" }

compare.options = { compare = compare_options }

-- All methods, or those that were asked for.
local function wanted(o)
  if o.methods then
    fit.check_names(WHERE, "methods", o.methods, true)
  end
  local list = {}
  for _, name in ipairs(o.methods or {}) do
    list[#list + 1] = name ~= "identity" and name or nil -- it is there anyway
  end
  if o.methods then
    return list
  end
  for _, name in ipairs(fit.names) do
    if name ~= "identity" and name ~= "auto" and (o.features or not fit.by_features[name]) then
      list[#list + 1] = name
    end
  end
  list[#list + 1] = "auto"
  return list
end

--- Judge methods on rows that they were not fitted to, by cross-validation. Returns a list, the
-- identity first, of {method, log_loss, brier, mcb, difference, error}: the mean scores and Brier
-- miscalibration of held-out rows, the difference in `score` to the identity (below 0 is better),
-- its standard error.
function compare.compare(predictions, labels, given)
  local o = fit.check(WHERE, given, compare_options)
  local names = wanted(o)
  fit.check_features(WHERE, "methods", names, o)
  local rows = fit.rows_from(WHERE, predictions, labels, o)
  if o.folds ~= "each" and #rows.p < o.folds then
    options.fail("%s: folds: %d are too many for %d row%s", WHERE, o.folds, #rows.p,
      #rows.p == 1 and "" or "s")
  end
  local list = choose.judge(rows, o, names, fit.parts_of)
  for _, one in ipairs(list) do
    one.losses = nil
  end
  return list
end

return compare
