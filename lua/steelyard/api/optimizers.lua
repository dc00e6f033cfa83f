-- The description of optimizers.

local source = { "source", "net|table<string, table>",
  "A network, or {name = {parameter, gradient}}: arrays of one shape, all of one type (f32 or "
    .. "f64), each in one block. Beside them may stand rate (multiplies the learning rate), l2 "
    .. "(times the parameter, is added to its gradient) and frozen." }

local function options_of(kind, rate, more)
  local list = {
    from = { "steelyard.optimizer", kind },
    { "learning_rate", "number|function", "Or a function of the step, from 0: a schedule.",
      default = rate },
  }
  for i = 1, #more do
    list[#list + 1] = more[i]
  end
  list[#list + 1] = { "clip_value", "number",
    "Each number of a gradient is cut to +- that; 0: it is not.", default = 0 }
  list[#list + 1] = { "clip_norm", "number",
    "All gradients together, cut, are scaled by clip_norm / (norm + 1e-6) where that is below 1; "
      .. "0: they are not.", default = 0 }
  list[#list + 1] = { "lazy", "boolean",
    "Of an embedding's table only the rows that have a gradient move. false: every row moves as "
      .. "with gradient 0.", default = true }
  return list
end

local function decay(default, meaning)
  return { "weight_decay", "number", meaning or "Times the parameter, is added to the gradient "
    .. "after clipping.", default = default }
end

local moments = {
  { "beta1", "number", "How much of the mean gradient is kept.", default = 0.9 },
  { "beta2", "number", "How much of the mean square is kept.", default = 0.999 },
  { "epsilon", "number", "Is added to the root of the corrected mean square.", default = 1e-8 },
}

local function with_decay(one)
  return { moments[1], moments[2], moments[3], one }
end

local returns = { { "optimizer", "The optimizer." } }
local errors = "Options and parameters that make no sense; they are named."

return {
  title = "Optimizers",
  text = [[Gradient steps: SGD with momentum, Adagrad, Adam and AdamW, with the arithmetic and the
defaults of PyTorch. An optimizer moves a network's parameters, or matrices of one's own. Parameters
that have no gradient in a step (no loss reached them) are left alone. Every instruction set gives
the same bits.]],
  classes = {
    {
      name = "optimizer",
      title = "An optimizer",
      text = "Made by sy.optimizer.sgd, adagrad, adam or adamw.",
      fields = {
        { "kind", "string", "Which of them." },
        { "steps", "integer", "How many steps it has done." },
      },
    },
  },
  functions = {
    {
      name = "sy.optimizer.sgd",
      call = "sy.optimizer.sgd(source [, options])",
      purpose = "Stochastic gradient descent: v = momentum v + g; w -= rate v, or with nesterov "
        .. "rate (g + momentum v).",
      args = { source, { "options?", "options", "See below." } },
      options = options_of("sgd", 0.01, {
        { "momentum", "number", "How much of the velocity is kept.", default = 0 },
        { "nesterov", "boolean", "Nesterov's form; needs a momentum.", default = false },
        decay(0),
      }),
      returns = returns,
      errors = errors,
      example = [[
local w, g = sy.array({ 1, 2 }), sy.array({ 0.5, -1 })
local opt = sy.optimizer.sgd({ w = { w, g } }, { learning_rate = 0.1 })
opt:step()
print(w)  --> array f64 [2]: 0.95 2.1]],
    },
    {
      name = "sy.optimizer.adagrad",
      call = "sy.optimizer.adagrad(source [, options])",
      purpose = "Adagrad: s += g^2; w -= rate g / (sqrt(s) + epsilon).",
      args = { source, { "options?", "options", "See below." } },
      options = options_of("adagrad", 0.01, {
        { "epsilon", "number", "Is added to the root.", default = 1e-10 },
        { "initial", "number", "What the sums of squares start from.", default = 0 },
        decay(0),
      }),
      returns = returns,
      errors = errors,
      source = "Duchi, Hazan and Singer 2011",
      example = [[
local w, g = sy.array({ 1, 2 }), sy.array({ 0.5, -1 })
sy.optimizer.adagrad({ w = { w, g } }, { learning_rate = 0.25 }):step()
print(w)  --> array f64 [2]: 0.75 2.25]],
    },
    {
      name = "sy.optimizer.adam",
      call = "sy.optimizer.adam(source [, options])",
      purpose = "Adam, with bias correction that counts the steps that moved a parameter.",
      args = { source, { "options?", "options", "See below." } },
      options = options_of("adam", 0.001, with_decay(decay(0))),
      returns = returns,
      errors = errors,
      source = "Kingma and Ba 2015",
      example = [[
local w, g = sy.array.zeros(2), sy.array({ 2, -3 })
local opt = sy.optimizer.adam({ w = { w, g } }, { learning_rate = sy.schedule.linear(1, 0, 4) })
opt:step()
print(opt:step().rate, w)  --> 0.75 array f64 [2]: -1.75 1.75]],
    },
    {
      name = "sy.optimizer.adamw",
      call = "sy.optimizer.adamw(source [, options])",
      purpose = "Adam with weight decay apart from the gradient.",
      args = { source, { "options?", "options", "See below." } },
      options = options_of("adamw", 0.001, with_decay(decay(0.01,
        "Before each step, parameters shrink by the rate times that."))),
      returns = returns,
      errors = errors,
      source = "Loshchilov and Hutter 2019",
      example = [[
local w, g = sy.array({ 1 }), sy.array({ 0 })
sy.optimizer.adamw({ w = { w, g } }, { learning_rate = 0.5, weight_decay = 0.5 }):step()
print(w)  --> array f64 [1]: 0.75]],
    },
    {
      name = "optimizer:step",
      call = "opt:step()",
      purpose = "Moves every parameter that has a gradient.",
      args = {},
      returns = { { "table", "{rate = the learning rate, norm = of all gradients together before "
        .. "clipping}." } },
      errors = "A gradient that is not finite: its parameter and place are named, and nothing has "
        .. "moved.",
      complexity = "O(numbers that move)",
      example = [[
local opt = sy.optimizer.sgd({ w = { sy.array.zeros(2), sy.array({ 3, 4 }) } })
print(opt:step().norm)  --> 5.0]],
    },
    {
      name = "optimizer:tensors",
      call = "opt:tensors()",
      purpose = "The state's arrays, as views: \"NAME.velocity\" (SGD with momentum), "
        .. "\"NAME.squares\" (Adagrad), \"NAME.first\" and \"NAME.second\" (Adam, AdamW).",
      args = {},
      returns = { { "table<string, array>", "The arrays by name, rows x columns." } },
      example = [[
local opt = sy.optimizer.adagrad({ w = { sy.array.zeros(2), sy.array({ 3, 4 }) } })
opt:step()
print(opt:tensors()["w.squares"])  --> array f64 [1x2]: 9 16]],
    },
    {
      name = "optimizer:state",
      call = "opt:state()",
      purpose = "What a checkpoint needs beside the arrays; JSON can carry it.",
      args = {},
      returns = { { "table", "{kind, steps, moves = {name = how many steps moved it}}." } },
      example = [[
local opt = sy.optimizer.adam({ w = { sy.array.zeros(2), sy.array({ 3, 4 }) } })
opt:step()
print(sy.json.encode(opt:state()))  --> {"kind":"adam","moves":{"w":1},"steps":1}]],
    },
    {
      name = "optimizer:set_state",
      call = "opt:set_state(state [, tensors])",
      purpose = "Goes on, to the same bits, where another optimizer of the same kind over the same "
        .. "parameters was.",
      args = {
        { "state", "table", "Its state()." },
        { "tensors?", "table<string, array>", "Its tensors(), or copies of them; others may be "
          .. "there, too." },
      },
      returns = { { "optimizer", "The optimizer itself." } },
      errors = "What does not fit; nothing was changed.",
      example = [[
local one = { w = { sy.array.zeros(2), sy.array({ 3, 4 }) } }
local opt, other = sy.optimizer.adam(one), sy.optimizer.adam(one)
opt:step()
print(other:set_state(opt:state(), opt:tensors()))  --> optimizer: adam, 1 step]],
    },
  },
}
