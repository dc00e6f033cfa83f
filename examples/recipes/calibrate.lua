-- From raw predictions to a calibrated value model: measured, mended on half of the users, judged
-- by the others, and tuned before and after.
--
--   steelyard run examples/recipes/calibrate.lua examples/data/kuairand-requests.csv vm.json

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

-- Measure: a ratio above 1 promises too much; MCB is what calibration can win of the Brier score.
print(sy.calibrate.report(fitted, { by = { sy.slices.cut(fitted:column("hour"), { 6, 12, 18 },
  { name = "hour" }) } }).reports.p_comment:text())

-- Mend: by hand with Platt's line in the logit, and by cross-validation over users, which leaves
-- predictions alone where nothing is surely better.
local by_hand = sy.calibrate.fit(fitted, { method = "platt" })
local chosen = sy.calibrate.fit(fitted, { clusters = "user_id" })

-- Judge by users that no calibrator has seen.
local function line(what, predictions, labels)
  local r = sy.calibrate.report(predictions, labels)
  print(("  %-14s ratio %.3f [%.3f, %.3f]  log loss %.4f  MCB %.4f  Kuiper %.1f sigma"):format(
    what, r.ratio, r.ratio_low, r.ratio_high, r.log_loss, r.mcb, r.kuiper))
end
for _, task in ipairs(TASKS) do
  local raw, labels = judged:prediction(task), judged:label(task)
  print(task .. ", other users")
  line("as it is", raw, labels)
  line("platt", by_hand[task]:apply(raw), labels)
  line("auto: " .. chosen[task].method, chosen[task]:apply(raw), labels)
end

-- Tune: the same intended shares of the ranking take other weights once predictions are calibrated.
local equal = { p_click = 0.25, p_long_view = 0.25, p_profile_enter = 0.25, p_comment = 0.25 }
local function tune(calibrators)
  return sy.tune.ndcg_gap(data, { target = TARGET, k = 10,
    initial = sy.value_model.new { weights = equal, calibrators = calibrators } }).weights
end
local raw, auto, platt = tune(), tune(chosen), tune(by_hand)
print("\nweights           as it is      auto     platt")
for _, task in ipairs(TASKS) do
  print(("%-16s  %8.4f  %8.4f  %8.4f"):format(task, raw[task], auto[task], platt[task]))
end

local model = sy.value_model.new { weights = auto, calibrators = chosen }
assert(model:save(file))
print("\nwritten to " .. file)
