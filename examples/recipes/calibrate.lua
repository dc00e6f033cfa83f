-- From raw predictions to a calibrated value model: measured, mended on half of the users, judged on
-- the other half, and tuned before and after.
--
--   steelyard run examples/recipes/calibrate.lua examples/data/kuairand-requests.csv calibrated.json

local sy = require "steelyard"
local log, file = ...

local TASKS = { "p_click", "p_long_view", "p_profile_enter", "p_comment" }
local TARGET = { p_click = 0.4, p_long_view = 0.4, p_profile_enter = 0.15, p_comment = 0.05 }

local data = assert(sy.dataset.read(log, {
  group = "request_id",
  predictions = TASKS,
  labels = { "click", "long_view", "profile_enter", "comment" },
  columns = { "user_id", "hour" },
}))
local fitted, judged = data:split(0.5, { by = "user_id", seed = 1 })

-- Measure. A ratio above 1 promises too much; MCB is what calibration can win of the Brier score.
local function line(what, r)
  print(("%-24s ratio %.3f [%.3f, %.3f]  log loss %.4f  Brier %.4f  MCB %.4f  Kuiper %.1f sigma")
    :format(what, r.ratio, r.ratio_low, r.ratio_high, r.log_loss, r.brier, r.mcb, r.kuiper))
end

-- Mend: by cross-validation over users; the identity stays unless something is better by more than
-- its standard error. With this few users a choice can still be unlucky: see p_long_view.
local calibrators = sy.calibrate.fit(fitted, { clusters = "user_id" })
for _, task in ipairs(TASKS) do
  local predictions, labels = judged:prediction(task), judged:label(task)
  print(("%s: %s"):format(task, calibrators[task].method))
  line("  other users, before", sy.calibrate.report(predictions, labels))
  line("  other users, after", sy.calibrate.report(calibrators[task]:apply(predictions), labels))
end

-- Tune on both halves' predictions as they are, and calibrated: the same intended shares, other weights.
local function tune(model)
  local result = sy.tune.ndcg_gap(data, { target = TARGET, k = 10, initial = model })
  return result
end
local weights = {}
for _, task in ipairs(TASKS) do
  weights[task] = 0.25
end
local raw = tune(weights)
local mended = tune(sy.value_model.new { weights = weights, calibrators = calibrators })
print("\ntask              raw weight   calibrated")
for _, task in ipairs(TASKS) do
  print(("%-16s  %10.4f   %10.4f"):format(task, raw.weights[task], mended.weights[task]))
end

local model = sy.value_model.new { weights = mended.weights, calibrators = calibrators }
assert(model:save(file))
print("written to " .. file)
