-- The whole way, from a log to ranked requests: train a multi-task model, mend its calibration,
-- tune the value model's weights on the calibrated predictions, and rank later requests with it.
--
--   steelyard run examples/recipes/whole.lua examples/data/kuairand-log.tsv.gz vm.json

local sy = require "steelyard"
local log, file = ...

-- The log: a request is one user's one day. Rows of label 1 are a fair sample (examples/data).
local data = assert(sy.dataset.read(log, {
  group = { "user_id", "date" },
  labels = { p_click = "is_click", p_long_view = "long_view",
    p_profile_enter = "is_profile_enter", p_comment = "is_comment" },
  categorical = { "video_id", "hourmin" },
  features = { "duration_ms", "label" },
}))
data = data:where { "label=1" }
local earlier = data:where { "date<=20220414" }
local between = data:where { "date>=20220415", "date<=20220416" }
local later = data:where { "date>=20220417" }

-- Train: embeddings of user and video, what the user did before, the length, the hour.
local model = sy.train.mtml(earlier, {
  user_id = "user_id",
  item_id = "video_id",
  user_features = { { column = "user_id", as = "history" } },
  item_features = { { column = "duration_ms", as = "log", unknown = 0 } },
  cross_features = { "hourmin" },
  validation = { share = 0.1, by = "user_id" },
  optimizer = "adagrad", learning_rate = 0.01, batch = 64,
  early_stop = 2,
})

-- Mend, on days that the model has not seen: by cross-validation over users, or not at all.
local judged = between:with_predictions(model:predict(between))
local calibrators = sy.calibrate.fit(judged, { clusters = "user_id" })

-- Tune: what each task is to contribute to the order of the first ten.
local result = sy.tune.ndcg_gap(judged, {
  target = { p_click = 0.4, p_long_view = 0.4, p_profile_enter = 0.15, p_comment = 0.05 },
  k = 10,
  initial = sy.value_model.new {
    weights = { p_click = 1, p_long_view = 1, p_profile_enter = 1, p_comment = 1 },
    calibrators = calibrators,
  },
})
local vm = sy.value_model.new { weights = result.weights, calibrators = calibrators }
assert(vm:save(file))

-- Rank the days after, and see what was on top.
local candidates = later:with_predictions(model:predict(later))
local scores = vm:score(candidates)
for _, task in ipairs(candidates.tasks) do
  local auc = sy.metrics.auc(candidates:prediction(task), candidates:label(task))
  local by_us = sy.ndcg(scores, candidates:label(task), { groups = candidates.groups, k = 10 })
  print(("%-16s weight %.4f  AUC %.3f  NDCG@10 %.4f"):format(task, result.weights[task], auc,
    by_us))
end
local order, offsets = vm:rank(candidates, 3)
print(("written to %s; the first request's best three rows are %s"):format(file,
  table.concat(order:slice(1, offsets[2]):totable(), ", ")))
