-- Optimizers: SGD, Adagrad, Adam, AdamW (steelyard/optimizers.h), over a network or over matrices
-- of one's own.
--
--   local opt = sy.optimizer.adam(net, { learning_rate = 1e-3, clip_norm = 1 })
--   ... net:forward, a loss, net:backward ...
--   local done = opt:step()     -- done.rate, done.norm
--
--   local w, g = sy.array.zeros(3), sy.array.zeros(3)
--   local opt = sy.optimizer.sgd({ weights = { w, g } }, { learning_rate = 0.1 })

local core = require("steelyard.core")
local needs = require("steelyard.needs")
local network = require("steelyard.net.network")
local options = require("steelyard.options")
local work = require("steelyard.work")

local optimizer = {}

-- ---------------------------------------------------------------------------------- options --

local function with(learning_rate, more)
  local all = {
    learning_rate = { type = "number|function", default = learning_rate },
    weight_decay = { type = "number", default = 0 },
    clip_norm = { type = "number", default = 0 },
    clip_value = { type = "number", default = 0 },
    lazy = { type = "boolean", default = true },
  }
  for key, spec in pairs(more) do
    all[key] = spec
  end
  return all
end

local function number(default)
  return { type = "number", default = default }
end

local moments = { beta1 = number(0.9), beta2 = number(0.999), epsilon = number(1e-8) }
local allowed = {
  sgd = with(0.01, { momentum = number(0), nesterov = { type = "boolean", default = false } }),
  adagrad = with(0.01, { epsilon = number(1e-10), initial = number(0) }),
  adam = with(0.001, moments),
  adamw = with(0.001, moments),
}
allowed.adamw.weight_decay = number(0.01)

--- The options of each optimizer, for the documentation.
optimizer.options = allowed

-- ------------------------------------------------------------------------------- parameters --

local entry_options = {
  rate = { type = "number", default = 1 },
  l2 = { type = "number", default = 0 },
  frozen = { type = "boolean", default = false },
}
optimizer.options.parameter = entry_options

-- {name = {parameter, gradient, rate=, l2=, frozen=}} as a list by names, of tables that nobody
-- else has.
local function matrices(where, given)
  local names, list = options.keys(given), {}
  for key in pairs(given) do
    options.need(type(key) == "string", where .. ": parameters", "names as keys", key)
  end
  options.need(#names > 0, where .. ": parameters", "a network or {name = {parameter, gradient}}",
    given)
  for i, name in ipairs(names) do
    local entry = given[name]
    local title = ("%s: parameter %q"):format(where, name)
    options.need(type(entry) == "table", title, "{parameter, gradient}", entry)
    for place = 1, 2 do
      options.need(core.array.is(entry[place]), ("%s: %s"):format(title,
        place == 1 and "the parameter" or "the gradient"), "an array", entry[place])
    end
    local more = {}
    for key, value in pairs(entry) do
      if key ~= 1 and key ~= 2 then
        more[key] = value
      end
    end
    list[i] = options.check(title, more, entry_options)
    list[i].name, list[i][1], list[i][2] = name, entry[1], entry[2]
  end
  return list
end

-- --------------------------------------------------------------------------------- methods --

local methods = {}
local meta = { __index = methods, __name = "steelyard.optimizer" }

function meta:__tostring()
  return ("optimizer: %s, %d step%s"):format(self.kind, self.steps, self.steps == 1 and "" or "s")
end

--- The learning rate of a step, from 0.
local function rate_at(self, step)
  local rate = self.learning_rate
  if type(rate) == "function" then
    rate = rate(step)
  end
  local good = type(rate) == "number" and rate >= 0 and rate < math.huge
  options.need(good, ("optimizer.%s: learning_rate of step %d"):format(self.kind, step),
    "a number from 0 up", rate)
  return rate
end

--- Move every parameter that has a gradient. A gradient that is not finite is an error, and nothing
-- has moved.
-- @return {rate = the learning rate, norm = of all gradients together, before clipping}
function methods:step()
  local rate = rate_at(self, self.steps)
  local norm = self.raw:step(rate, work.threads())
  self.steps = self.steps + 1
  return { rate = rate, norm = norm }
end

--- The state's arrays by name, "PARAMETER.first" and so on: views, for checkpoints.
function methods:tensors()
  return self.raw:tensors()
end

--- What a checkpoint needs beside the arrays: how many steps were done, and how many moved each
-- parameter.
function methods:state()
  return { kind = self.kind, steps = self.steps, moves = self.raw:moves() }
end

local state_fields = {
  kind = { type = "string" },
  steps = { type = "integer" },
  moves = { type = "table" },
}

--- Go on where another optimizer of the same kind and parameters was: from its state() and, where
-- given, copies of its tensors() (which may have more arrays than these).
function methods:set_state(given, tensors)
  options.need(type(given) == "table", "set_state: state", "a table of state()", given)
  local state = options.check("set_state", given, state_fields)
  if state.kind ~= self.kind then
    options.fail("set_state: a state of %s, but the optimizer is %s", options.show(state.kind),
      self.kind)
  end
  options.need(state.steps and state.steps >= 0, "set_state: steps", "a whole number from 0 up",
    state.steps)
  options.need(state.moves, "set_state: moves", "a table", state.moves)
  if tensors ~= nil then
    options.need(type(tensors) == "table", "set_state: tensors", "a table {name = array}", tensors)
    self.raw:check_tensors(tensors)
  end
  self.raw:set_moves(state.moves)
  if tensors ~= nil then
    self.raw:set_tensors(tensors)
  end
  self.steps = state.steps
  return self
end

-- ---------------------------------------------------------------------------------- making --

local function make(kind, source, given)
  local where = "optimizer." .. kind
  local o = options.check(where, given, allowed[kind])
  options.need(type(source) == "table", where .. ": parameters",
    "a network or {name = {parameter, gradient}}", source)
  local learn = needs.learn()
  local raw = learn.optimizer(kind, o, network.is(source) and source.raw or matrices(where, source))
  return setmetatable({ kind = kind, raw = raw, steps = 0, learning_rate = o.learning_rate }, meta)
end

for kind in pairs({ sgd = 1, adagrad = 1, adam = 1, adamw = 1 }) do
  optimizer[kind] = function(source, given)
    return make(kind, source, given)
  end
end

return optimizer
