-- A network: passes, values and parameters by name. Its numbers lie in one block of memory, into
-- which all arrays that it gives are views.

local core = require("steelyard.core")
local graph = require("steelyard.net.graph")
local needs = require("steelyard.needs")
local options = require("steelyard.options")
local tensors = require("steelyard.tensors")
local vector = require("steelyard.vector")
local work = require("steelyard.work")

local network = { options = {} }

local methods = {}
local meta = { __index = methods }

local build_options = {
  dtype = { type = "string", one_of = { "f32", "f64" }, default = "f32" },
  batch = { type = "integer", default = 256 },
  seed = { type = "integer", default = 1 },
}
network.options.build = build_options

local forward_options = {
  rows = { type = "array" },
  training = { type = "boolean", default = false },
}
network.options.forward = forward_options

--- The network of a list of layers.
function network.build(layers, given)
  local o = options.check("net.build", given, build_options)
  local full, raw = graph.check(layers)
  local learn = needs.learn()
  local self = { layers = full, dtype = o.dtype, batch = o.batch, _learn = learn }
  self.raw = learn.net(raw, o.batch, o.dtype, o.seed)
  self._layers, self._sources = {}, {}
  for _, layer in ipairs(full) do
    self._layers[layer.name] = layer
    if layer.kind == "input" or layer.kind == "ids" then
      self._sources[layer.name] = layer.kind
    end
  end
  return setmetatable(self, meta)
end

--- Is the value a network?
function network.is(value)
  return getmetatable(value) == meta
end

function meta.__tostring(self)
  return ("net: %d layers, %s, batches of up to %d"):format(#self.layers, self.dtype, self.batch)
end

function graph.methods:build(given)
  return network.build(self.layers, given)
end

-- ----------------------------------------------------------------------------- passes --------

local function fail_name(where, what, name, known)
  local hint = type(name) == "string" and options.hint(name, options.keys(known)) or ""
  options.fail("%s: %s is called %s%s", where, what, options.show(name), hint)
end

local bag_fields = { ids = true, offsets = true, weights = true }

-- A table of fields is a bag, and those of bags alone: a list without numbers would else be read.
local function check_feed(name, kind, value)
  if type(value) ~= "table" then
    return
  elseif kind == "input" or value.ids == nil then
    options.need_numbers("net:forward: " .. name, value)
    return
  end
  for field in pairs(value) do
    if not bag_fields[field] then
      options.fail("net:forward: %s: a bag has ids, offsets and weights, and no %s", name,
        options.show(field))
    end
  end
end

-- options.check costs as much as a small pass: it only looks at what is not plainly right.
local function are_plain(given)
  if type(given) ~= "table" then
    return given == nil
  end
  for key, value in pairs(given) do
    if key == "training" then
      if type(value) ~= "boolean" then
        return false
      end
    elseif key ~= "rows" or not core.array.is(value) then
      return false
    end
  end
  return true
end

--- Compute every layer whose sources are fed.
function methods:forward(feeds, given)
  if not are_plain(given) then
    given = options.check("net:forward", given, forward_options)
  end
  local rows, training = given and given.rows, given and given.training
  options.need(type(feeds) == "table", "net:forward: feeds", "a table of arrays by source", feeds)
  for name, value in pairs(feeds) do
    local kind = self._sources[name]
    if not kind then
      fail_name("net:forward", "no source", name, self._sources)
    end
    check_feed(name, kind, value)
  end
  self._learn.net_forward(self.raw, feeds, rows, training, work.threads())
end

local function check_layer(self, where, name)
  if not self._layers[name] then
    fail_name(where, "no layer", name, self._layers)
  end
end

--- A layer's output for the last forward pass: a view, or nil where it was not computed.
function methods:value(name)
  check_layer(self, "net:value", name)
  return self._learn.net_value(self.raw, name)
end

--- From gradients at layers to those of parameters.
function methods:backward(gradients)
  options.need(type(gradients) == "table" and not core.array.is(gradients),
    "net:backward: gradients", "a table of arrays by layer", gradients)
  for name, value in pairs(gradients) do
    check_layer(self, "net:backward", name)
    options.need_numbers("net:backward: " .. name, value)
  end
  self._learn.net_backward(self.raw, gradients, work.threads())
end

--- The gradient at an input that wants one, or nil.
function methods:input_gradient(name)
  check_layer(self, "net:input_gradient", name)
  return self._learn.net_input_gradient(self.raw, name)
end

-- ------------------------------------------------------------------------- parameters --------

local function check_parameter(self, where, name)
  if not self._parameters then
    self._parameters = {}
    for _, parameter in ipairs(self._learn.net_parameters(self.raw)) do
      self._parameters[parameter.name] = parameter
    end
  end
  if not self._parameters[name] then
    fail_name(where, "no parameter", name, self._parameters)
  end
end

--- All parameters: a list of {name, rows, columns, kind, frozen}.
function methods:parameters()
  return self._learn.net_parameters(self.raw)
end

--- A parameter's matrix: a view, through which it may be changed.
function methods:parameter(name)
  check_parameter(self, "net:parameter", name)
  return self._learn.net_parameter(self.raw, name)
end

--- A parameter's gradient by the last backward pass, or nil where none reached it.
function methods:gradient(name)
  check_parameter(self, "net:gradient", name)
  return self._learn.net_gradient(self.raw, name)
end

--- Views of all parameters by name, to save or to fill.
function methods:tensors()
  local all = {}
  for _, parameter in ipairs(self._learn.net_parameters(self.raw)) do
    all[parameter.name] = self._learn.net_parameter(self.raw, parameter.name)
  end
  return all
end

local fill_options = { prefix = { type = "string", default = "" } }
network.options.fill = fill_options

--- Fill all parameters from tensors by name, or raise and change nothing. Others are passed over.
function methods:fill(all, given)
  local o = options.check("net:fill", given, fill_options)
  options.need(type(all) == "table" and not core.array.is(all), "net:fill: tensors",
    "a table of arrays by name", all)
  local own = self:tensors()
  for _, name in ipairs(options.keys(own)) do
    local array, tensor = own[name], all[o.prefix .. name]
    if tensor == nil then
      options.fail("it has no tensor %s%s", o.prefix, name)
    elseif not core.array.is(tensor) or #tensor ~= #array
      or (tensor.shape[2] or 1) ~= array.shape[2] then
      options.fail("tensor %s%s: a matrix of %d x %d is needed", o.prefix, name, #array,
        array.shape[2])
    end
  end
  for name, array in pairs(own) do
    vector.assign(array, all[o.prefix .. name])
  end
end

--- What dropout and samples draw from: {seed, passes}, as texts, since they have 64 bits.
function methods:state()
  local seed, passes = self._learn.net_state(self.raw)
  return { seed = seed, passes = passes }
end

function methods:set_state(state)
  options.need(type(state) == "table", "net:set_state", "a table with seed and passes", state)
  self._learn.net_set_state(self.raw, state.seed, state.passes)
end

network.methods = methods

-- ------------------------------------------------------------------------------- files --------

local FORMAT, VERSION = "steelyard.net", "1"

--- Write the network to a file, whole or not at all: true, or nil and a message.
function methods:save(path)
  options.need(type(path) == "string", "save", "a path", path)
  local layers = {}
  for i, layer in ipairs(self.layers) do
    layers[i] = layer
  end
  return tensors.save(path, self:tensors(), {
    format = FORMAT, version = VERSION,
    net = core.json_encode({
      layers = setmetatable(layers, core.json_array), dtype = self.dtype, batch = self.batch,
      state = self:state(),
    }),
  })
end

-- A network of a file's tensors and description.
local function rebuilt(all, about, batch)
  local parts = assert(core.json_decode(about.net))
  local made = network.build(parts.layers,
    { dtype = parts.dtype, batch = batch or parts.batch, seed = 1 })
  made:fill(all)
  made:set_state(parts.state)
  return made
end

local load_options = { batch = { type = "integer" } }
network.options.load = load_options

--- A network from its file, or nil and a message. given: batch, another largest batch.
function network.load(path, given)
  options.need(type(path) == "string", "net.load", "a path", path)
  local o = options.check("net.load", given, load_options)
  local all, about = tensors.load(path)
  if not all then
    return nil, about
  elseif about.format ~= FORMAT or about.version ~= VERSION then
    return nil, ("%s: not a network of this version (%s %s)"):format(path, FORMAT, VERSION)
  end
  local ok, result = pcall(rebuilt, all, about, o.batch)
  if not ok then
    return nil, ("%s: %s"):format(path, (tostring(result):gsub("^.-:%d+: ", "")))
  end
  return result
end

return network
