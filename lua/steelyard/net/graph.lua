-- Networks written down layer by layer: each method adds a layer and gives its name, by which later
-- ones read it.

local core = require("steelyard.core")
local kinds = require("steelyard.net.kinds")
local options = require("steelyard.options")

local graph = { most = 2048 } -- SY_NET_LAYERS_MAX

local methods = {}
local meta = { __index = methods }

--- A graph without layers.
function graph.new()
  return setmetatable({ layers = {}, _places = {}, _counts = {} }, meta)
end

-- KIND_N, counted by kind, passing over what is taken.
local function standard_name(self, kind)
  local count = self._counts[kind] or 0
  repeat
    count = count + 1
  until not self._places[kind .. "_" .. count]
  self._counts[kind] = count
  return kind .. "_" .. count
end

local function check_input(self, kind, name)
  if type(name) ~= "string" then
    options.fail("net.%s: expected the name of a layer, got %s", kind, options.show(name))
  end
  if not self._places[name] then
    local hint = options.hint(name, options.keys(self._places))
    options.fail("net.%s: no layer is called %q%s", kind, name, hint)
  end
end

-- values: of the kind's fields, in their order.
local function add(self, kind, inputs, given, values)
  local where, about = "net." .. kind, kinds.all[kind]
  if getmetatable(self) ~= meta then
    options.fail("%s: call it with a colon on a graph", where)
  end
  local layer = options.check(where, given, about.options)
  for i, field in ipairs(about.fields) do
    local value = values[i]
    local expected = kinds.fields[field].type
    if type(value) ~= "number" or (expected == "integer" and value % 1 ~= 0) then
      local what = expected == "integer" and "a whole number" or "a number"
      options.fail("%s: %s: expected %s, got %s", where, field, what, options.show(value))
    end
    layer[field] = value
  end
  for i = 1, about.reads == "many" and #inputs or about.reads do
    check_input(self, kind, inputs[i])
  end
  layer.name = layer.name or standard_name(self, kind)
  if layer.name == "" or self._places[layer.name] then
    options.fail("%s: name %q: %s", where, layer.name,
      layer.name == "" and "it is empty" or "another layer has it")
  end
  layer.kind = kind
  layer.inputs = #inputs > 0 and inputs or nil
  self.layers[#self.layers + 1] = layer
  self._places[layer.name] = #self.layers
  return layer.name
end

local function check_list(kind, inputs)
  if type(inputs) ~= "table" or #inputs == 0 then
    options.fail("net.%s: expected a list of layers' names, got %s", kind, options.show(inputs))
  end
  local copy = {}
  for i = 1, #inputs do
    copy[i] = inputs[i]
  end
  return copy
end

--- A source of numbers, `width` a row.
function methods:input(name, width, given)
  local all = { name = name }
  if type(given) == "table" then
    for key, value in pairs(given) do
      all[key] = value
    end
  elseif given ~= nil then
    all = given
  end
  return add(self, "input", {}, all, { width })
end

--- A source of ids.
function methods:ids(name)
  return add(self, "ids", {}, { name = name }, {})
end

function methods:embedding(ids, rows, width, given)
  return add(self, "embedding", { ids }, given, { rows, width })
end

function methods:dense(input, width, given)
  return add(self, "dense", { input }, given, { width })
end

function methods:slice(input, first, width, given)
  return add(self, "slice", { input }, given, { first, width })
end

function methods:dropout(input, share, given)
  return add(self, "dropout", { input }, given, { share })
end

function methods:sample(mean, log_variance, given)
  return add(self, "sample", { mean, log_variance }, given, {})
end

for _, kind in ipairs({ "relu", "tanh", "sigmoid", "gelu", "softplus", "batch_norm", "layer_norm",
  "l2_normalize", "scale", "stop_gradient" }) do
  methods[kind] = function(self, input, given)
    return add(self, kind, { input }, given, {})
  end
end

for _, kind in ipairs({ "concat", "add", "multiply" }) do
  methods[kind] = function(self, inputs, given)
    return add(self, kind, check_list(kind, inputs), given, {})
  end
end

--- Experts, weighed by the softmax of gates.
function methods:mixture(gates, experts, given)
  local inputs = check_list("mixture", experts)
  table.insert(inputs, 1, gates)
  return add(self, "mixture", inputs, given, {})
end

-- ------------------------------------------------------------------- lists of layers ---------

local function check_layer(where, layer)
  if type(layer) ~= "table" then
    options.fail("%s: expected a table, got %s", where, options.show(layer))
  end
  local about = type(layer.kind) == "string" and kinds.all[layer.kind]
  if not about then
    local hint = options.hint(tostring(layer.kind), options.keys(kinds.all))
    options.fail("%s: no kind of layer is called %s%s", where, options.show(layer.kind), hint)
  end
  local checked = options.check(where, layer, about.described)
  for _, field in ipairs(about.fields) do
    if checked[field] == nil then
      options.fail("%s: %s is missing", where, field)
    end
  end
  if not checked.name then
    options.fail("%s: name is missing", where)
  end
  return checked
end

--- Check a list of layers, such as a file's: gives it anew with defaults filled in, and the form in
-- which steelyard.learn takes it.
function graph.check(layers)
  if type(layers) ~= "table" or core.array.is(layers) then
    options.fail("net.build: layers: expected a list of layers, got %s", options.show(layers))
  end
  if #layers > graph.most then
    options.fail("net.build: layers: %d are more than %d", #layers, graph.most)
  end
  local full, raw, places = {}, {}, {}
  for i = 1, #layers do
    local where = "net.build: layers[" .. i .. "]"
    local layer = check_layer(where, layers[i])
    local plain, inputs = {}, {}
    for key, value in pairs(layer) do
      plain[key] = value
    end
    for j, name in ipairs(layer.inputs or {}) do
      inputs[j] = places[name]
      if not inputs[j] then
        local hint = type(name) == "string" and options.hint(name, options.keys(places)) or ""
        options.fail("%s: inputs: no layer before it is called %s%s", where, options.show(name),
          hint)
      end
    end
    if layer.kind == "slice" and layer.first < 1 then
      options.fail("%s: first: a column from 1 up is needed, got %s", where,
        options.show(layer.first))
    end
    plain.inputs = inputs
    plain.offset = layer.first and layer.first - 1
    plain.value = layer.share
    full[i], raw[i], places[layer.name] = layer, plain, i
  end
  return full, raw
end

graph.methods = methods
graph.options = {}
for kind, about in pairs(kinds.all) do
  graph.options[kind] = about.options
end

return graph
