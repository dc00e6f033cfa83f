-- Ranking critics: networks that learn from a few numbers of an example (a user, a request) what a
-- ranking metric will be, and through whose slopes an actor is trained.
--
--   local c = sy.critic.new({ features = { "gain", "log_seen", "log_unseen" }, scale = "z",
--     monotone = true })
--   c:fit({ nll = nll, seen = seen, unseen = unseen, target = ndcg })
--   local weights = c:weights({ nll = nll, seen = seen, unseen = unseen })
--   ... a step of the actor on the likelihood, each user weighed by these ...

local critic = require("steelyard.critic.critic")
local examples = require("steelyard.critic.examples")
local file = require("steelyard.critic.file")
local items = require("steelyard.critic.items")
local options = require("steelyard.options")
local report = require("steelyard.critic.report")
local value_model = require("steelyard.critic.value_model")

local room = {}

local new_options = {
  features = { type = "list" },
  items = { type = "boolean|table", default = false },
  scale = { type = "string", one_of = { "raw", "z", "batch_norm" }, default = "raw" },
  hidden = { type = "list" },
  output = { type = "string", one_of = { "sigmoid", "softplus", "linear" }, default = "sigmoid" },
  monotone = { type = "boolean", default = false },
  l2 = { type = "number", default = 1e-4 },
  batch = { type = "integer", default = 500 },
  learning_rate = { type = "number|function", default = 1e-4 },
  seed = { type = "integer", default = 1 },
  dtype = { type = "string", one_of = { "f32", "f64" }, default = "f64" },
}

--- The options of each function, for the documentation.
room.options = {
  new = new_options, fit = critic.fit_options, value = critic.value_options,
  report = report.options, load = file.options,
  value_model = value_model.options,
}

local HIDDEN = { 100, 100, 10 }

local function need(good, key, expected, value)
  if not good then
    options.fail("critic.new: %s: expected %s, got %s", key, expected, options.show(value))
  end
end

--- A critic that has seen nothing yet.
function room.new(given)
  local o = options.check("critic.new", given, new_options)
  o.hidden = o.hidden or HIDDEN
  for i, width in ipairs(o.hidden) do
    need(type(width) == "number" and width >= 1 and width % 1 == 0, ("hidden[%d]"):format(i),
      "a whole number above 0", width)
  end
  o.items = items.check(o.items)
  o.features = o.features or (o.items and { "log_seen", "log_unseen" }
    or { "nll", "seen", "unseen" })
  need(o.l2 >= 0 and o.l2 < math.huge, "l2", "a number from 0 up", o.l2)
  need(o.batch >= 1, "batch", "a whole number above 0", o.batch)
  return critic.make(o)
end

--- How good the critic is on examples with targets, and what its weights are like.
function critic.methods:report(given, options_)
  options.need(type(given) == "table" and given.target ~= nil, "critic:report",
    "examples with targets", given)
  local values = self:value(given)
  local targets = examples.numbers("critic:report", "target", given.target)
  if #targets ~= #values then
    options.fail("critic:report: target: %d numbers for %d examples", #targets, #values)
  end
  local slopes = self:slopes(given)
  local has = slopes.nll or slopes.hidden_nll
  return report.of(values, targets, has and self:weights(given), options_)
end

for name, method in pairs(file.methods) do
  critic.methods[name] = method
end

--- The weights of a value model, moved through a critic of a metric (target, gains) or of a column
-- of what happened (outcome). See steelyard.critic.value_model.
function room.value_model(data, given)
  return value_model.run(room.new, data, given)
end

--- A critic that critic:save wrote, or nil and a message. options: features, those of one's own
-- (functions are in no file); learning_rate, another one.
function room.load(path, given)
  return file.load(path, given, room.new)
end

return room
