-- The whole state of a critic, for checkpoints and files: who goes on from it ends in the same
-- bits.
--
-- Tensors: net/NAME, optimizer/NAME, scale.mean and scale.factor (once they are known). A file is
-- safetensors with the options, the state and a checksum in its metadata.

local core = require("steelyard.core")
local digest = require("steelyard.train.digest")
local options = require("steelyard.options")
local tensors = require("steelyard.tensors")
local vector = require("steelyard.vector")

local file = {}

local FORMAT, VERSION = "steelyard.critic", "1"

local methods = {}
file.methods = methods

--- All that a checkpoint needs beside the arrays: a table that JSON can carry.
function methods:state()
  return { steps = self.steps, epochs = self.epochs, net = self.net:state(),
    optimizer = self.optimizer:state() }
end

--- The arrays by name: views, which the next step changes.
function methods:tensors()
  local all = {}
  for name, array in pairs(self.net:tensors()) do
    all["net/" .. name] = array
  end
  for name, array in pairs(self.optimizer:tensors()) do
    all["optimizer/" .. name] = array
  end
  all["scale.mean"], all["scale.factor"] = self.mean, self.factor
  return all
end

local function need_same_shape(where, name, array, kept)
  if not kept then
    options.fail("%s: there is no tensor %s", where, name)
  elseif not core.array.is(kept) or #kept ~= #array or kept.shape[2] ~= array.shape[2] then
    options.fail("%s: tensor %s has another shape than this critic's", where, name)
  end
end

--- Go on where another critic of the same options was: from its state() and copies of its
-- tensors(), which may have more arrays than these.
function methods:set_state(state, all)
  local where = "critic:set_state"
  options.need(type(state) == "table", where .. ": state", "a table of state()", state)
  options.need(type(all) == "table" and not core.array.is(all), where .. ": tensors",
    "a table {name = array}", all)
  for _, key in ipairs({ "steps", "epochs" }) do
    local value = state[key]
    options.need(type(value) == "number" and value >= 0 and value % 1 == 0,
      ("%s: %s"):format(where, key), "a whole number from 0 up", value)
  end
  local own = self.net:tensors()
  for _, name in ipairs(options.keys(own)) do
    need_same_shape(where, "net/" .. name, own[name], all["net/" .. name])
  end
  local moments = {}
  for name, array in pairs(all) do
    moments[name:match("^optimizer/(.*)$") or false] = array
  end
  moments[false] = nil
  local mean, factor = all["scale.mean"], all["scale.factor"]
  if mean or factor then
    local wanted = core.array.zeros(self._width)
    need_same_shape(where, "scale.mean", wanted, mean)
    need_same_shape(where, "scale.factor", wanted, factor)
  end
  self.optimizer:set_state(state.optimizer, moments)
  for name, array in pairs(own) do
    vector.assign(array, all["net/" .. name])
  end
  self.net:set_state(state.net)
  self.mean, self.factor = mean and mean:copy(), factor and factor:copy()
  self.steps, self.epochs = state.steps, state.epochs
  return self
end

-- Options as JSON carries them. Functions stay behind: features of one's own are kept by name.
local function described(self)
  local o, kept = self.options, {}
  for key, value in pairs(o) do
    if type(value) ~= "function" then
      kept[key] = value
    end
  end
  kept.features = setmetatable({}, core.json_array)
  for i, feature in ipairs(self.features) do
    if feature.own then
      kept.features[i] = { name = feature.name, own = true }
    elseif feature.moves ~= nil then
      kept.features[i] = { name = feature.name, moves = feature.moves, sense = feature.sense }
    else
      kept.features[i] = feature.name
    end
  end
  kept.hidden = setmetatable(o.hidden, core.json_array)
  if o.items then
    kept.items = { centres = setmetatable(o.items.centres, core.json_array),
      width = o.items.width }
  end
  return kept
end

--- Write the critic to a file, whole or not at all: true, or nil and a message.
function methods:save(path)
  options.need(type(path) == "string", "critic:save", "a path", path)
  local text, all = core.json_encode({ options = described(self), state = self:state() }),
    self:tensors()
  return tensors.save(path, all, {
    format = FORMAT, version = VERSION, critic = text, checksum = digest.of(text, all),
  })
end

-- In place of features that are kept by name: those that were given.
local function complete(list, given)
  local own, complete_list = {}, {}
  for _, feature in ipairs(given or {}) do
    if type(feature) == "table" and feature.name then
      own[feature.name] = feature
    end
  end
  for i, feature in ipairs(list) do
    if type(feature) == "table" and feature.own then
      feature = own[feature.name] or options.fail("feature %s is of one's own: it must be given "
        .. "again, in the option features", options.show(feature.name))
    end
    complete_list[i] = feature
  end
  return complete_list
end

local load_options = {
  features = { type = "list" },
  learning_rate = { type = "number|function" },
}
file.options = load_options

local function rebuilt(all, about, make, o)
  local text = about.critic or ""
  if about.checksum ~= digest.of(text, all) then
    options.fail("the critic is damaged: its checksum does not fit")
  end
  local parts = assert(core.json_decode(text))
  parts.options.features = complete(parts.options.features, o.features)
  parts.options.learning_rate = o.learning_rate or parts.options.learning_rate
  return make(parts.options):set_state(parts.state, all)
end

--- A critic from its file, or nil and a message. make: sy.critic.new.
function file.load(path, given, make)
  options.need(type(path) == "string", "critic.load", "a path", path)
  local o = options.check("critic.load", given, load_options)
  local all, about = tensors.load(path)
  if not all then
    return nil, about
  elseif about.format ~= FORMAT or about.version ~= VERSION then
    return nil, ("%s: not a critic of this version (%s %s)"):format(path, FORMAT, VERSION)
  end
  local ok, result = pcall(rebuilt, all, about, make, o)
  if not ok then
    return nil, ("%s: %s"):format(path, (tostring(result):gsub("^.-:%d+: ", "")))
  end
  return result
end

return file
