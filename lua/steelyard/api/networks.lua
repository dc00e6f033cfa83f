-- The description of networks.

local NAME = { "name", "string", "By which later layers read it.",
  otherwise = "KIND_1, KIND_2 ..." }
local OWNED = {
  { "rate", "number", "Multiplies the optimizer's rate for its parameters.", otherwise = "1" },
  { "l2", "number",
    "L2 of its parameters: l2 * w is added to their gradients by the optimizer (of tables: of the "
      .. "rows that a batch touches).", otherwise = "0" },
  { "frozen", "boolean", "Its parameters are not trained, and get no gradient.",
    otherwise = "false" },
}
local START = { "start", '"fan_in"|"glorot"|"normal"|"truncated"|"zero"',
  "How weights start: uniform within 1 / sqrt(inputs), bias too; uniform within sqrt(6 / (inputs + "
    .. "outputs)); normal; normal, drawn again beyond two deviations; 0. A table has 1 input, that "
    .. "of bags as many as it has rows.",
  otherwise = "dense: fan_in, embedding: normal" }
local DEVIATION = { "deviation", "number", "Of normal and truncated.",
  otherwise = "dense: 0.01, embedding: 1" }
local AFFINE = { "affine", "boolean", "With a trained scale and offset by column.",
  default = true }
local EPSILON = { "epsilon", "number", "Is added to the variance.", otherwise = "1e-5" }

local LAYER = { { "string", "The layer's name." } }
local INPUT = { "input", "string", "A layer's name." }

-- One method of a graph. own: its options but for the name; owning: it has parameters.
local function layer(kind, o)
  local options = { from = { "steelyard.net.graph", kind }, NAME }
  for _, option in ipairs(o.own or {}) do
    options[#options + 1] = option
  end
  for _, option in ipairs(o.owning and OWNED or {}) do
    options[#options + 1] = option
  end
  local args = { { "options?", "options", "See below." } }
  local names = {}
  for i, arg in ipairs(o.args or { INPUT }) do
    table.insert(args, i, arg)
    names[i] = arg[1]
  end
  return {
    name = "graph:" .. kind,
    call = ("graph:%s(%s [, options])"):format(kind, table.concat(names, ", ")),
    purpose = o.purpose,
    args = args,
    options = options,
    returns = LAYER,
    errors = o.errors or "A name that no layer has, or one that is taken.",
    source = o.source,
    example = o.example,
  }
end

-- The example of a layer that is called y, of an input x of two columns.
local function shown(call, row, printed)
  return ([[
local g = sy.net.graph()
local x = g:input("x", 2)
g:%s
local net = g:build({ dtype = "f64", batch = 1 })
net:forward({ x = { { %s } } })
print(net:value("y"):get(1, 1))  --> %s]]):format(call, row, printed)
end

local INPUTS = { "inputs", "string[]", "Names of layers." }

-- A small network that examples share.
local SMALL = [[
local g = sy.net.graph()
g:dense(g:input("x", 2, { wants_gradient = true }), 1, { name = "y", start = "zero" })
local net = g:build({ dtype = "f64", batch = 4 })
]]

return {
  title = "Networks",
  text = [[Networks with explicit forward and backward passes, on a BLAS (steelyard.learn, which
loads on first use). A graph is written down layer by layer, each of which reads layers before it;
`graph:build` lays the network out in one block of memory for a largest batch, after which passes
allocate nothing. `net:forward` reads the rows of a batch out of arrays that hold a whole log,
`net:backward` goes from gradients at any layers (a loss gives them) to gradients of parameters. The
same seed starts the same network, whatever the batch and other layers; the same bits come out for
the same machine, BLAS and batch, whatever the number of threads, which share out large layers.]],
  classes = {
    {
      name = "graph",
      title = "A graph",
      text = "Made by sy.net.graph. Its methods add a layer each and give the layer's name.",
      fields = {
        { "layers", "table[]",
          "{kind, name, inputs, and the kind's own fields}: plain tables that JSON can carry." },
      },
    },
    {
      name = "net",
      title = "A network",
      text = "Made by graph:build or sy.net.build.",
      fields = {
        { "layers", "table[]", "Its layers, as graph.layers has them." },
        { "dtype", '"f32"|"f64"', "The type of all its numbers." },
        { "batch", "integer", "The most rows of a pass." },
        { "raw", "userdata", "The network as steelyard.learn takes it." },
      },
    },
  },
  functions = {
    {
      name = "sy.net.graph",
      call = "sy.net.graph()",
      purpose = "A graph without layers.",
      args = {},
      returns = { { "graph", "To add layers to." } },
      example = [[
local g = sy.net.graph()
local user = g:embedding(g:ids("user_id"), 1000, 16)
local hidden = g:relu(g:dense(g:concat({ user, g:input("features", 5) }), 128))
g:dense(hidden, 3, { name = "logits" })
local net = g:build({ batch = 64 })
net:forward({ user_id = { 7, 8 }, features = sy.array.zeros(2, 5) })
print(net:value("logits").shape[1], net:value("logits").shape[2])  --> 2 3]],
    },
    {
      name = "sy.net.build",
      call = "sy.net.build(layers [, options])",
      purpose = "The network of a list of layers, as graph.layers is one: from a file, say.",
      args = {
        { "layers", "table[]", "Each {kind, name, inputs, the kind's own fields and options}." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.net", "build" },
        { "dtype", '"f32"|"f64"', "The type of all its numbers.", default = "f32" },
        { "batch", "integer", "The most rows of a pass.", default = 256 },
        { "seed", "integer", "What parameters start from, and dropout and samples draw from.",
          default = 1 },
      },
      returns = { { "net", "With parameters as they start." } },
      errors = "What makes no sense: the layer is named. No BLAS: the package is named.",
      example = [[
local net = sy.net.build({
  { kind = "input", name = "x", width = 2 },
  { kind = "relu", name = "y", inputs = { "x" } },
}, { batch = 10 })
print(net)  --> net: 2 layers, f32, batches of up to 10]],
    },
    {
      name = "sy.net.hash",
      call = "sy.net.hash(id, rows)",
      purpose = "The row of a table that an id of a hashed embedding goes to. It never changes.",
      args = {
        { "id", "integer", "Any." },
        { "rows", "integer", "Of the table, up to 2^31 - 1." },
      },
      returns = { { "integer", "From 1." } },
      source = "SplitMix64's mix (Steele, Lea and Flood 2014), its upper half scaled to the rows",
      example = "print(sy.net.hash(12345678901, 1000) <= 1000)  --> true",
    },
    {
      name = "sy.net.blas",
      call = "sy.net.blas()",
      purpose = "The BLAS that networks use. It has as many threads as sy.threads says.",
      args = {},
      returns = { { "string", "Its name, version and what it tells of itself." } },
      example = "print(type(sy.net.blas()))  --> string",
    },
    layer("input", {
      purpose = "A source of numbers.",
      args = { { "name", "string", "By which it is fed." },
        { "width", "integer", "Numbers a row." } },
      own = { { "wants_gradient", "boolean", "Backward gives the gradient with respect to it, too.",
        otherwise = "false" } },
      example = shown('relu(x, { name = "y" })', "1.5, -1", "1.5"),
    }),
    {
      name = "graph:ids",
      call = "graph:ids(name)",
      purpose = "A source of ids: one a row, or bags of any number.",
      args = { { "name", "string", "By which it is fed." } },
      returns = LAYER,
      errors = "A name that is taken.",
      example = 'print(sy.net.graph():ids("user_id"))  --> user_id',
    },
    layer("embedding", {
      purpose = "The table's row of an id; of a bag, the sum or mean of the rows of its ids.",
      args = { { "ids", "string", "A source of ids." },
        { "rows", "integer", "Of the table: ids are 1 to rows." },
        { "width", "integer", "Numbers a row." } },
      own = {
        { "bag", '"sum"|"mean"',
          "What is made of a bag's rows, each times its weight; a mean divides by the sum of the "
            .. "weights. An empty bag gives zeroes.", otherwise = "one id a row" },
        { "hashed", "boolean", "Ids are any whole numbers, and hash to a row: sy.net.hash.",
          otherwise = "false" },
        { "bias", "boolean", "Of bags: LAYER.bias, which starts as 0, is added to each row, so "
          .. "that a sum is a dense layer of inputs most of which are 0.", otherwise = "false" },
        START, DEVIATION,
      },
      owning = true,
      example = [[
local g = sy.net.graph()
g:embedding(g:ids("tags"), 3, 1, { bag = "sum", name = "e" })
local net = g:build({ dtype = "f64", batch = 2 })
for i = 1, 3 do net:parameter("e.weight"):set(i, 1, 10 ^ i) end
net:forward({ tags = { ids = { 1, 3, 2 }, offsets = { 0, 2, 3 } } })
print(net:value("e"):get(1, 1), net:value("e"):get(2, 1))  --> 1010.0 100.0]],
    }),
    layer("dense", {
      purpose = "x W' + b.",
      args = { INPUT, { "width", "integer", "Numbers a row." } },
      own = {
        { "bias", "boolean", "With b.", default = true },
        START, DEVIATION,
      },
      owning = true,
      example = shown('dense(x, 3, { name = "y", start = "zero" })', "1, 2", "0.0"),
    }),
    layer("concat", {
      purpose = "All inputs side by side. Those that nothing else reads are computed in place.",
      args = { INPUTS },
      example = [[
local g = sy.net.graph()
local x = g:input("x", 2)
g:concat({ x, g:slice(x, 2, 1) }, { name = "y" })
local net = g:build({ dtype = "f64", batch = 1 })
net:forward({ x = { { 1, 2 } } })
print(net:value("y"):get(1, 3))  --> 2.0]],
    }),
    layer("add", {
      purpose = "The sum of inputs of one width.",
      args = { INPUTS },
      example = shown('add({ x, x }, { name = "y" })', "1.5, 2", "3.0"),
    }),
    layer("multiply", {
      purpose = "The product of inputs of one width.",
      args = { INPUTS },
      example = shown('multiply({ x, x }, { name = "y" })', "1.5, 2", "2.25"),
    }),
    layer("slice", {
      purpose = "Some columns of a layer. Costs nothing.",
      args = { INPUT, { "first", "integer", "The first column, from 1." },
        { "width", "integer", "How many." } },
      example = shown('slice(x, 2, 1, { name = "y" })', "1, 2", "2.0"),
    }),
    layer("relu", {
      purpose = "max(x, 0).",
      example = shown('relu(x, { name = "y" })', "-1, 2", "0.0"),
    }),
    layer("tanh", {
      purpose = "The hyperbolic tangent.",
      example = shown('tanh(x, { name = "y" })', "100, 0", "1.0"),
    }),
    layer("sigmoid", {
      purpose = "1 / (1 + exp(-x)).",
      example = shown('sigmoid(x, { name = "y" })', "0, 0", "0.5"),
    }),
    layer("gelu", {
      purpose = "x Phi(x), Phi being the normal distribution.",
      source = "Hendrycks and Gimpel 2016",
      example = shown('gelu(x, { name = "y" })', "100, 0", "100.0"),
    }),
    layer("softplus", {
      purpose = "log(1 + exp(x)).",
      example = shown('softplus(x, { name = "y" })', "100, 0", "100.0"),
    }),
    layer("batch_norm", {
      purpose = "Every column less its mean, over its deviation: of the batch when training (which "
        .. "moves running ones), else the running ones. Of a batch of one row nothing is left, and "
        .. "the running variance stays.",
      own = {
        AFFINE,
        { "momentum", "number", "The share by which the running ones move.", otherwise = "0.1" },
        EPSILON,
      },
      owning = true,
      source = "Ioffe and Szegedy 2015",
      example = shown('batch_norm(x, { name = "y" })', "0, 1", "0.0"),
    }),
    layer("layer_norm", {
      purpose = "Every row less its mean, over its deviation.",
      own = { AFFINE, EPSILON },
      owning = true,
      source = "Ba, Kiros and Hinton 2016",
      example = shown('layer_norm(x, { name = "y" })', "3, 3", "0.0"),
    }),
    layer("l2_normalize", {
      purpose = "Every row over its length, or over epsilon where it is shorter.",
      own = { { "epsilon", "number", "The least length.", otherwise = "1e-12" } },
      example = shown('l2_normalize(x, { name = "y" })', "3, 4", "0.6"),
    }),
    layer("dropout", {
      purpose = "When training, each number is 0 with a chance, else divided by 1 less that. Draws "
        .. "depend on the seed, the number of passes, the layer's name and the place in the batch "
        .. "alone.",
      args = { INPUT, { "share", "number", "What is dropped, from 0 to below 1." } },
      source = "Srivastava et al. 2014",
      example = shown('dropout(x, 0.5, { name = "y" })', "3, 4", "3.0"),
    }),
    layer("sample", {
      purpose = "When training, a normal number of that mean and log of the variance: mean + z "
        .. "exp(log_variance / 2), through which gradients go back to both; else the mean, and "
        .. "nothing goes back to log_variance. Draws depend on what those of dropout do.",
      args = { { "mean", "string", "A layer." },
        { "log_variance", "string", "A layer as wide." } },
      source = "Kingma and Welling 2014; normal numbers by Wichura 1988 (AS 241)",
      example = [[
local g = sy.net.graph()
g:sample(g:input("mean", 1), g:input("log_variance", 1), { name = "y" })
local net = g:build({ dtype = "f64", batch = 1 })
net:forward({ mean = { 3 }, log_variance = { 0 } })
print(net:value("y"):get(1, 1))  --> 3.0]],
    }),
    layer("mixture", {
      purpose = "The sum of experts of one width, weighed by the softmax of gates.",
      args = { { "gates", "string", "A layer as wide as there are experts." },
        { "experts", "string[]", "Names of layers." } },
      source = "Ma et al. 2018 (MMoE)",
      example = [[
local g = sy.net.graph()
g:mixture(g:input("gates", 2), { g:input("a", 1), g:input("b", 1) }, { name = "y" })
local net = g:build({ dtype = "f64", batch = 1 })
net:forward({ gates = { { 0, 0 } }, a = { 1 }, b = { 2 } })
print(net:value("y"):get(1, 1))  --> 1.5]],
    }),
    layer("scale", {
      purpose = "By column: slope x + offset. The slope starts as 1.",
      own = { { "slope", '"free"|"exp"|"softplus"',
        "What its parameter w makes of it: w, exp(w), log(1 + exp(w)).", otherwise = "free" } },
      owning = true,
      source = "Platt 1999, in a network",
      example = shown('scale(x, { name = "y" })', "1.5, 2", "1.5"),
    }),
    layer("stop_gradient", {
      purpose = "The layer itself; nothing goes backward. Costs nothing.",
      example = shown('stop_gradient(x, { name = "y" })', "1.5, 2", "1.5"),
    }),
    {
      name = "graph:build",
      call = "graph:build([options])",
      purpose = "The network: sy.net.build of graph.layers.",
      args = { { "options?", "options", "As for sy.net.build." } },
      returns = { { "net", "With parameters as they start." } },
      errors = "What makes no sense: the layer is named. No BLAS: the package is named.",
      example = SMALL .. "print(net.dtype, net.batch)  --> f64 4",
    },
    {
      name = "net:forward",
      call = "net:forward(feeds [, options])",
      purpose = "Computes every layer whose sources are fed. Arrays of numbers may be of f32 or "
        .. "f64, of ids of i32 or i64; others are copied.",
      args = {
        { "feeds", "table<string, any>",
          "By source: a matrix or, of width 1, numbers; ids; or bags {ids, offsets = where each "
            .. "row's end, from 0 on, weights = one an id or none}." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.net", "forward" },
        { "rows", "numbers", "Which rows of the feeds make the batch, from 1.",
          otherwise = "all, up to the batch" },
        { "training", "boolean",
          "Dropout drops, samples are drawn, and batch norm goes by the batch.", default = false },
      },
      returns = {},
      errors = "Numbers that are not finite, ids outside of their table, rows outside of a feed: "
        .. "the source and the row are named, and nothing counts as computed.",
      example = SMALL .. [[
net:forward({ x = { { 1, 2 }, { 3, 4 }, { 5, 6 } } }, { rows = { 3, 1 } })
print(net:value("x"):get(1, 1))  --> 5.0]],
    },
    {
      name = "net:value",
      call = "net:value(name)",
      purpose = "A layer's output for the last forward pass.",
      args = { { "name", "string", "A layer." } },
      returns = { { "array?", "A view, rows x width, that the next pass changes; nil where the "
        .. "layer was not computed." } },
      errors = "A name that no layer has.",
      example = SMALL .. [[
net:forward({ x = { { 1, 2 } } })
print(net:value("y"):get(1, 1))  --> 0.0]],
    },
    {
      name = "net:backward",
      call = "net:backward(gradients)",
      purpose = "From gradients at layers to those of all parameters below them. What none reaches "
        .. "has no gradient then. May be called again for the same forward pass. A layer's own "
        .. "value may be its gradient: losses can put theirs in place of the values of a dense "
        .. "layer that no other reads, which takes it without a copy.",
      args = { { "gradients", "table<string, numbers>", "By layer: rows x width." } },
      returns = {},
      errors = "Another shape; a layer that the last forward pass did not compute; bags that have "
        .. "changed since.",
      example = SMALL .. [[
net:forward({ x = { { 1, 2 }, { 3, 4 } } })
net:backward({ y = { 1, 1 } })
print(net:gradient("y.weight"):get(1, 2))  --> 6.0]],
    },
    {
      name = "net:input_gradient",
      call = "net:input_gradient(name)",
      purpose = "The gradient at an input that wants one.",
      args = { { "name", "string", "An input." } },
      returns = { { "array?", "A view, rows x width; nil where there is none." } },
      errors = "A name that no layer has.",
      example = SMALL .. [[
net:forward({ x = { { 1, 2 } } })
net:backward({ y = { 1 } })
print(net:input_gradient("x"):get(1, 2))  --> 0.0]],
    },
    {
      name = "net:parameters",
      call = "net:parameters()",
      purpose = "All parameters, in the order of layers.",
      args = {},
      returns = { { "table[]", "{name, rows, columns, kind, frozen}; kind: weight, table, or "
        .. "statistic, which no gradient moves." } },
      example = SMALL .. "print(net:parameters()[1].name)  --> y.weight",
    },
    {
      name = "net:parameter",
      call = "net:parameter(name)",
      purpose = "A parameter's matrix: LAYER.weight, .bias, .scale, .offset, .mean, .variance.",
      args = { { "name", "string", "A parameter." } },
      returns = { { "array", "A view, through which it may be changed." } },
      errors = "A name that no parameter has.",
      example = SMALL .. [[
net:parameter("y.bias"):set(1, 1, 7)
net:forward({ x = { { 1, 2 } } })
print(net:value("y"):get(1, 1))  --> 7.0]],
    },
    {
      name = "net:gradient",
      call = "net:gradient(name)",
      purpose = "A parameter's gradient by the last backward pass.",
      args = { { "name", "string", "A parameter." } },
      returns = {
        { "array?", "A view, of tables a copy with all rows; nil where none reached it." },
      },
      errors = "A name that no parameter has.",
      example = SMALL .. [[
net:forward({ x = { { 1, 2 } } })
net:backward({ y = { 3 } })
print(net:gradient("y.bias"):get(1, 1))  --> 3.0]],
    },
    {
      name = "net:tensors",
      call = "net:tensors()",
      purpose = "All parameters by name, to save or to fill.",
      args = {},
      returns = { { "table<string, array>", "Views." } },
      example = SMALL .. 'print(net:tensors()["y.weight"].shape[2])  --> 2',
    },
    {
      name = "net:fill",
      call = "net:fill(tensors [, options])",
      purpose = "Fills all parameters, of another network or a file, or none.",
      args = {
        { "tensors", "table<string, array>", "Matrices by name; others may be among them." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.net", "fill" },
        { "prefix", "string", "What stands before each parameter's name.", default = "" },
      },
      returns = {},
      errors = "A tensor that is not there or of another shape: nothing is changed.",
      example = SMALL .. [[
net:fill({ ["y.weight"] = sy.array({ { 1, 2 } }), ["y.bias"] = sy.array({ { 3 } }) })
net:forward({ x = { { 1, 1 } } })
print(net:value("y"):get(1, 1))  --> 6.0]],
    },
    {
      name = "net:state",
      call = "net:state()",
      purpose = "What dropout and samples draw from, for checkpoints.",
      args = {},
      returns = { { "table", "seed and passes (training passes so far), as decimal texts: they "
        .. "have 64 bits." } },
      example = SMALL .. "print(net:state().seed, net:state().passes)  --> 1 0",
    },
    {
      name = "net:set_state",
      call = "net:set_state(state)",
      purpose = "Goes on from a state.",
      args = { { "state", "table", "seed and passes: texts or whole numbers." } },
      returns = {},
      errors = "Other values.",
      example = SMALL .. [[
net:set_state({ seed = "18446744073709551615", passes = 3 })
print(net:state().passes)  --> 3]],
    },
    {
      name = "net:save",
      call = "net:save(path)",
      purpose = "Writes the network, whole or not at all: a safetensors file with the parameters "
        .. "by name, and the layers, type, batch and state in its metadata.",
      args = { { "path", "string", "The file." } },
      returns = { { "boolean?", "true; nil where it cannot be written." },
        { "string?", "Why not." } },
      example = SMALL .. 'print(net:save("no/such/folder/net") == nil)  --> true',
    },
    {
      name = "sy.net.load",
      call = "sy.net.load(path [, options])",
      purpose = "A network that net:save wrote: the same bits.",
      args = { { "path", "string", "The file." }, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.net", "load" },
        { "batch", "integer", "Another largest batch.", otherwise = "as it was" },
      },
      returns = { { "net?", "The network; nil where it cannot be read." },
        { "string?", "Why not." } },
      example = 'print(select(2, sy.net.load("none")) ~= nil)  --> true',
    },
  },
}
