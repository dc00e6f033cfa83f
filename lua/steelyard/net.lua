-- Networks: graphs of layers, planned once, run forward and backward in C.
--
--   local g = sy.net.graph()
--   local x = g:input("features", 5)
--   local logits = g:dense(g:relu(g:dense(x, 64)), 2, { name = "logits" })
--   local net = g:build({ batch = 256, seed = 1 })
--   net:forward({ features = matrix }, { training = true })
--   net:backward({ logits = gradient }) -- of some loss by net:value("logits")

local core = require("steelyard.core")
local needs = require("steelyard.needs")
local options = require("steelyard.options")
local tensors = require("steelyard.tensors")

local net = {}

--- The name of the BLAS that networks use.
function net.blas()
  return needs.learn().blas()
end

-- ------------------------------------------------------------------------------------- graphs --

local Graph = {}
Graph.__index = Graph

--- An empty graph. Its methods add a layer each and give its name, by which others read it.
function net.graph()
  return setmetatable({ layers = {}, _known = {} }, Graph)
end

-- Options of layers that own parameters, beside a name.
local TRAINED = {
  name = { type = "string" },
  rate = { type = "number" },
  l2 = { type = "number" },
  frozen = { type = "boolean" },
}
local START = {
  type = "string", one_of = { "default", "fan_in", "glorot", "normal", "truncated", "zero" },
}

local function with(base, more)
  local all = {}
  for key, value in pairs(base) do
    all[key] = value
  end
  for key, value in pairs(more) do
    all[key] = value
  end
  return all
end

local NAMED = { name = { type = "string" } }
local NORM = with(TRAINED, {
  affine = { type = "boolean", default = true }, epsilon = { type = "number" },
})

-- The options of each kind of layer.
local layer_options = {
  input = { wants_gradient = { type = "boolean" } },
  ids = {},
  embedding = with(TRAINED, {
    bag = { type = "string", one_of = { "one", "sum", "mean" } },
    hashed = { type = "boolean" },
    start = START,
    deviation = { type = "number" },
  }),
  dense = with(TRAINED, {
    bias = { type = "boolean", default = true },
    start = START,
    deviation = { type = "number" },
  }),
  batch_norm = with(NORM, { momentum = { type = "number" } }),
  layer_norm = NORM,
  l2_normalize = with(NAMED, { epsilon = { type = "number" } }),
  scale = with(TRAINED, {
    slope = { type = "string", one_of = { "free", "exp", "softplus" }, default = "free" },
  }),
}
net.options = {
  build = {
    batch = { type = "integer", default = 256 },
    dtype = { type = "string", one_of = { "f32", "f64" }, default = "f32" },
    seed = { type = "integer", default = 1 },
  },
  forward = { rows = { type = "array" }, training = { type = "boolean", default = false } },
}
for kind, own in pairs(layer_options) do
  net.options[kind] = own
end

-- Add a layer; gives its name.
local function add(graph, kind, inputs, parts, given)
  local o = options.check("net: " .. kind, given, layer_options[kind] or NAMED)
  for i, input in ipairs(inputs) do
    if not graph._known[input] then
      options.fail("net: %s: inputs[%d]: %s is no layer of this graph%s", kind, i,
        options.show(input), options.hint(input, options.keys(graph._known)))
    end
  end
  local layer = with(o, parts)
  layer.kind, layer.inputs = kind, #inputs > 0 and inputs or nil
  layer.name = parts.name or o.name or ("%s_%d"):format(kind, #graph.layers + 1)
  if graph._known[layer.name] then
    options.fail("net: %s: there is a layer %s already", kind, options.show(layer.name))
  end
  graph._known[layer.name] = true
  graph.layers[#graph.layers + 1] = layer
  return layer.name
end

local function need_width(kind, what, value)
  if type(value) ~= "number" or value % 1 ~= 0 or value < 1 then
    options.fail("net: %s: %s: expected a whole number from 1 up, got %s", kind, what,
      options.show(value))
  end
end

local function need_name(kind, name)
  options.need(type(name) == "string" and name ~= "", "net: " .. kind, "a name", name)
end

--- A source of `width` numbers a row, which forward is fed under this name.
function Graph:input(name, width, given)
  need_name("input", name)
  need_width("input", "width", width)
  return add(self, "input", {}, { name = name, width = width }, given)
end

--- A source of ids, one a row or a bag of them; the same one where there is one of that name.
function Graph:ids(name)
  need_name("ids", name)
  for _, layer in ipairs(self.layers) do
    if layer.name == name and layer.kind == "ids" then
      return name
    end
  end
  return add(self, "ids", {}, { name = name })
end

--- A table of rows x width, looked up by ids.
function Graph:embedding(ids, rows, width, given)
  need_width("embedding", "rows", rows)
  need_width("embedding", "width", width)
  return add(self, "embedding", { ids }, { rows = rows, width = width }, given)
end

--- A linear layer.
function Graph:dense(x, width, given)
  need_width("dense", "width", width)
  return add(self, "dense", { x }, { width = width }, given)
end

--- Columns `first` to `first + width - 1`.
function Graph:slice(x, first, width, given)
  need_width("slice", "first", first)
  need_width("slice", "width", width)
  return add(self, "slice", { x }, { offset = first - 1, width = width }, given)
end

--- Each number is dropped with chance `share` in training.
function Graph:dropout(x, share, given)
  options.need(type(share) == "number", "net: dropout", "a share", share)
  return add(self, "dropout", { x }, { value = share }, given)
end

for _, kind in ipairs({ "concat", "add", "multiply" }) do
  Graph[kind] = function(self, inputs, given)
    options.need(type(inputs) == "table" and #inputs > 0, "net: " .. kind, "a list of layers",
      inputs)
    return add(self, kind, with({}, inputs), {}, given)
  end
end

--- Experts of one width, mixed for each row by the softmax of gates.
function Graph:mixture(gates, experts, given)
  options.need(type(experts) == "table", "net: mixture", "a list of experts", experts)
  local inputs = { gates }
  for i, expert in ipairs(experts) do
    inputs[i + 1] = expert
  end
  return add(self, "mixture", inputs, {}, given)
end

for _, kind in ipairs({
  "relu", "tanh", "sigmoid", "gelu", "softplus", "batch_norm", "layer_norm", "l2_normalize",
  "scale", "stop_gradient",
}) do
  Graph[kind] = function(self, x, given)
    return add(self, kind, { x }, {}, given)
  end
end

-- ----------------------------------------------------------------------------------- networks --

local Net = {}
Net.__index = Net

Net.__tostring = function(self)
  return ("network: %d layers, %s, batches of %d"):format(#self.layers, self.dtype, self.batch)
end

--- Is the value a network?
function net.is(value)
  return getmetatable(value) == Net
end

--- What C made, for other modules of the library.
function net.raw(self)
  return self._raw
end

--- A network of a list of layers, as graph.layers has it.
function net.build(layers, given)
  options.need(type(layers) == "table" and #layers > 0, "net.build", "a list of layers", layers)
  local o = options.check("net.build", given, net.options.build)
  return setmetatable({
    layers = layers, dtype = o.dtype, batch = o.batch,
    _raw = needs.learn().net(layers, o.batch, o.dtype, o.seed),
  }, Net)
end

--- The network of a graph, for batches of up to `batch` rows.
function Graph:build(given)
  return net.build(self.layers, given)
end

local nothing = {}

--- Compute the layers whose sources are fed: {name = matrix | ids | {ids =, offsets =, weights =}}.
function Net:forward(feeds, given)
  given = given or nothing
  for key in pairs(given) do
    if key ~= "rows" and key ~= "training" then
      options.check("forward", given, net.options.forward)
    end
  end
  self._raw:forward(feeds, given.rows, given.training)
end

--- A layer's output for the last forward pass: a view, which the next pass changes.
function Net:value(layer)
  return self._raw:value(layer)
end

--- From {layer = gradient} to the gradients of parameters.
function Net:backward(gradients)
  self._raw:backward(gradients)
end

--- The gradient at an input with wants_gradient; nil where the last pass did not reach it.
function Net:input_gradient(name)
  return self._raw:input_gradient(name)
end

--- A parameter's numbers: a live view.
function Net:parameter(name)
  return self._raw:parameter(name)
end

--- A parameter's gradient, a copy; nil where the last pass did not reach it.
function Net:gradient(name)
  return self._raw:gradient(name)
end

--- A list of all parameters: {name, rows, columns, kind, frozen}.
function Net:parameters()
  return self._raw:parameters()
end

--- {name = live view} of all parameters, as sy.tensors saves them.
function Net:tensors()
  local all = {}
  for _, parameter in ipairs(self._raw:parameters()) do
    all[parameter.name] = self._raw:parameter(parameter.name)
  end
  return all
end

--- What dropout draws from: {seed, passes}, texts of whole numbers.
function Net:state()
  local seed, passes = self._raw:state()
  return { seed = seed, passes = passes }
end

function Net:set_state(state)
  options.need(type(state) == "table", "set_state", "what state gave", state)
  self._raw:set_state(state.seed, state.passes)
end

local FORMAT, VERSION = "steelyard.net", "1"

--- Write the network to a file, whole or not at all: true, or nil and a message.
function Net:save(path)
  options.need(type(path) == "string", "save", "a path", path)
  return tensors.save(path, self:tensors(), {
    format = FORMAT, version = VERSION, dtype = self.dtype, batch = ("%d"):format(self.batch),
    layers = core.json_encode(setmetatable(with({}, self.layers), core.json_array)),
    state = core.json_encode(self:state()),
  })
end

--- A network from its file, or nil and a message. given: batch, another largest batch.
function net.load(path, given)
  options.need(type(path) == "string", "net.load", "a path", path)
  local o = options.check("net.load", given, { batch = { type = "integer" } })
  local all, about = tensors.load(path)
  if not all then
    return nil, about
  elseif about.format ~= FORMAT or about.version ~= VERSION then
    return nil, ("%s: not a network of this version (%s %s)"):format(path, FORMAT, VERSION)
  end
  local ok, result = pcall(function()
    local made = net.build(assert(core.json_decode(about.layers)),
      { dtype = about.dtype, batch = o.batch or tonumber(about.batch) })
    for name, array in pairs(made:tensors()) do
      array:assign(all[name] or options.fail("it has no tensor %s", name))
    end
    made:set_state(assert(core.json_decode(about.state)))
    return made
  end)
  if not ok then
    return nil, ("%s: %s"):format(path, (tostring(result):gsub("^.-:%d+: ", "")))
  end
  return result
end

return net
