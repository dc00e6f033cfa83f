-- Training: multi-task estimators with calibration built in.
--
--   local data = assert(sy.dataset.read("log.csv", { labels = { p_click = "is_click" }, ... }))
--   local model = sy.train.mtml(data, { user_id = "user_id", item_id = "video_id",
--     cross_features = { "hour" }, recipe = "buckets", epochs = 5 })
--   local predictions = model:predict(other)

local calibrate = require("steelyard.calibrate")
local checkpoint = require("steelyard.train.checkpoint")
local config = require("steelyard.train.config")
local inference = require("steelyard.train.inference")
local methods = require("steelyard.dataset.methods")
local model = require("steelyard.train.model")
local options = require("steelyard.options")
local session = require("steelyard.train.session")

local train = {
  load = model.load, recipes = config.recipes,
  options = { mtml = config.options, predict = model.options.predict },
}

-- A run, new or where its checkpoint left off.
local function start(data, o)
  local run = session.new(data, o)
  if o.checkpoint and checkpoint.exists(o.checkpoint) then
    if not o.resume then
      options.fail("train.mtml: there is a checkpoint %s: resume = true continues it; remove it to "
        .. "begin anew", options.show(o.checkpoint))
    end
    local ok, message = checkpoint.restore(run, o.checkpoint)
    if not ok then
      options.fail("%s", message)
    end
  end
  return run
end

-- Calibrators for each task by the rows held out.
local function calibrators_of(run, trained, data, o)
  local found = {}
  local predicted = inference.predict(run.net, run.feeds, trained.served, run.held, trained.tasks)
  for _, task in ipairs(trained.tasks) do
    local p, labels = inference.observed(predicted[task], data:label(task):gather(run.held))
    found[task] = calibrate.fit(p, labels, o)
  end
  return found
end

--- Train a multi-task estimator on a data set with labels (dataset.read's labels: the tasks).
-- given: see train.options.mtml. Returns a model: {tasks, history, calibrators},
-- model:predict(data).
function train.mtml(data, given)
  options.need(methods.is(data), "train.mtml", "a data set", data)
  local o = config.check(given)
  for _, task in ipairs(data.tasks) do
    if not data:has_label(task) then
      options.fail("train.mtml: the data set has no labels of %s", task)
    end
  end
  if #data.tasks == 0 then
    options.fail("train.mtml: the data set has no labels")
  end
  data = data:where(o.where)
  local run = start(data, o)
  run:run()
  local trained = model.make({
    net = run.net, encoding = run.encoding, served = run.parts.served, tasks = run.tasks,
    history = run.history, best_epoch = run.best_epoch,
    rows = #run.trained, held_out = run.held and #run.held or 0,
  })
  if o.calibrate then
    trained.calibrators = calibrators_of(run, trained, data, o.calibrate)
  end
  return trained
end

return train
