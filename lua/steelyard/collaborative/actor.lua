-- Actors: networks that turn a user's history into a score of each item.
--
--   local actor = cf.actor("vae", data.train.columns, { hidden = 600, latent = 200, seed = 1 })
--
-- A history goes in as a bag whose weights make a row of length 1; what comes out is the layer
-- "scores". Kinds, with the losses, starts and penalties of the reference:
--
--   vae           Mult-VAE (Liang et al. 2018): items, hidden tanh, mean and log variance, hidden
--                 tanh, items
--   dae           Mult-DAE, the same without a sample; shallow_dae: items, latent tanh, items
--   wmf           weighted matrix factorisation, amortised: items, latent, items; linear
--   linear_vae    that with a sample;  gaussian_vae: the network of vae with wmf's loss
--   warp, lambdarank   the networks of wmf and vae with losses of rankings

local core = require("steelyard.core")
local graph = require("steelyard.net.graph")
local light = require("steelyard.collaborative.light")
local mask = require("steelyard.collaborative.mask")
local model = require("steelyard.collaborative.model")
local needs = require("steelyard.needs")
local network = require("steelyard.net.network")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

local deep, flat = { 600 }, {}

-- penalty times the sum of squares of all parameters is added to the loss; kl: the largest weight
-- of the divergence from the normal distribution.
local KINDS = {
  vae = { loss = "multinomial", hidden = deep, variational = true, kl = 0.2, bias = 0.001 },
  dae = { loss = "multinomial", hidden = deep, penalty = 1e-5 },
  shallow_dae = { loss = "multinomial", hidden = flat, tanh = true, penalty = 2e-5 },
  wmf = { loss = "weighted_square", hidden = flat, penalty = 1e-4 },
  linear_vae = { loss = "weighted_square", hidden = flat, variational = true, kl = 0.05 },
  gaussian_vae = { loss = "weighted_square", hidden = deep, variational = true, kl = 0.2 },
  warp = { loss = "warp", hidden = flat, penalty = 1e-5 },
  lambdarank = { loss = "lambdarank", hidden = deep, variational = true, kl = 0.2, bias = 0.001 },
}

local allowed = {
  hidden = { type = "integer|list" },
  latent = { type = "integer", default = 200 },
  penalty = { type = "number" },
  positive = { type = "number" },
  dtype = { type = "string", one_of = { "f32", "f64" }, default = "f32" },
  batch = { type = "integer", default = 500 },
  seed = { type = "integer", default = 1 },
  item_names = { type = "list" },
}

-- The widths of hidden layers: a number, a list, or the kind's own.
local function widths(kind, given)
  local list = given or kind.hidden
  if type(list) == "number" then
    list = { list }
  end
  for i, width in ipairs(list) do
    options.need(type(width) == "number" and width >= 1 and width % 1 == 0,
      ("collaborative.actor: hidden[%d]"):format(i), "a whole number above 0", width)
  end
  return list
end

-- From the history to a layer of a width: the first layer of all reads the bag.
local function layer(g, from, items, width, name, l2)
  if from == "history" then
    return g:embedding(from, items, width,
      { name = name, bag = "sum", bias = true, start = "glorot", l2 = l2 })
  end
  return g:dense(from, width, { name = name, start = "glorot", l2 = l2 })
end

local function build(kind, items, hidden, o)
  local g, l2 = graph.new(), 2 * (o.penalty or kind.penalty or 0)
  local x = g:ids("history")
  for i, width in ipairs(hidden) do
    x = g:tanh(layer(g, x, items, width, "encoder" .. (i > 1 and i or ""), l2))
  end
  local z = layer(g, x, items, o.latent, "mean", l2)
  if kind.variational then
    local spread = layer(g, x, items, o.latent, "log_variance", l2)
    g:concat({ z, spread }, { name = "latent" }) -- what the divergence is taken of
    z = g:sample(z, spread, { name = "sample" })
  elseif kind.tanh then
    z = g:tanh(z)
  end
  for i = #hidden, 1, -1 do
    z = g:tanh(layer(g, z, items, hidden[i], "decoder" .. (i > 1 and i or ""), l2))
  end
  g:dense(z, items, { name = "scores", start = "glorot", l2 = l2 })
  return g:build({ dtype = o.dtype, batch = o.batch, seed = o.seed })
end

-- Normal numbers, cut at two deviations, for biases.
local function start_biases(net, deviation, seed)
  local source = core.random(seed + 104729)
  for _, parameter in ipairs(net:parameters()) do
    if parameter.name:find("%.bias$") then
      local bias = net:parameter(parameter.name):row(1)
      for i = 1, #bias do
        local x
        repeat
          x = source:normal()
        until x >= -2 and x <= 2
        bias[i] = deviation * x
      end
    end
  end
end

-- ------------------------------------------------------------------------------------ models --

-- A row of length 1 for each history: what the network reads.
local function input_of(histories)
  return (mask(histories, { keep = 1, normalize = true }))
end

local function forward(self, histories)
  self.net:forward({ history = input_of(histories) })
  return self.net:value("scores")
end

-- The same without a BLAS, history by history.
local function light_scores(self, histories)
  local rows = #histories.offsets - 1
  local all = model.buffer(self, rows, self.items)
  for row = 1, rows do
    vector.assign(all:row(row), self.light:scores(input_of(model.rows(histories, row, row))))
  end
  return all
end

-- Scores of all items: a view into the network, or, of more histories than it takes at once, a
-- buffer.
local function scores(self, histories)
  if self.light then
    return light_scores(self, histories)
  end
  local rows, most = #histories.offsets - 1, self.net.batch
  if rows <= most then
    return forward(self, histories)
  end
  local all = model.buffer(self, rows, self.items)
  for from = 1, rows, most do
    local to = math.min(from + most - 1, rows)
    vector.assign(all:slice(from, to), forward(self, model.rows(histories, from, to)))
  end
  return all
end

local function about(self)
  return { actor = self.actor, layers = setmetatable(self.net.layers, core.json_array),
    dtype = self.net.dtype, loss = self.loss, variational = self.variational,
    positive = self.positive, kl = self.kl }
end

local function rebuild(kept, tensors, _, batch)
  local fields = { actor = kept.actor, loss = kept.loss, variational = kept.variational,
    positive = kept.positive, kl = kept.kl }
  -- A serving host loads no BLAS for a model that does without.
  if not needs.has_learn() and light.serves(kept.layers, tensors) then
    fields.light = light.new(kept.layers, tensors)
    return fields
  end
  needs.learn()
  local net = network.build(kept.layers, { dtype = kept.dtype, batch = batch or 256, seed = 1 })
  net:fill(tensors)
  fields.net = net
  return fields
end

local methods = {}

--- Its parameters, by name: views.
function methods:tensors()
  return self.net:tensors()
end

--- What else a checkpoint holds.
function methods:state()
  return self.net:state()
end

--- Go on from another's state() and tensors() (nil: with the parameters as they are).
function methods:set_state(state, tensors)
  if tensors then
    self.net:fill(tensors)
  end
  self.net:set_state(state)
end

--- Another actor with the same parameters.
function methods:copy()
  local fields = rebuild(about(self), self:tensors(), nil, self.net.batch)
  fields.items, fields.item_names = self.items, self.item_names
  fields.net:set_state(self.net:state())
  return model.new("actor", fields)
end

model.define("actor", {
  scores = scores,
  about = about,
  tensors = methods.tensors,
  rebuild = rebuild,
  methods = methods,
  cost = function(self, rows, entries)
    local sum = 0
    if self.light then
      return rows * light.MOST
    end
    for _, parameter in ipairs(self.net:parameters()) do
      sum = sum + (parameter.kind == "weight" and rows * parameter.rows * parameter.columns
        or parameter.kind == "table" and entries * parameter.columns or 0)
    end
    return sum
  end,
})

local actor = { options = { actor = allowed }, kinds = options.keys(KINDS) }

--- A new actor of a kind for so many items.
local function new(_, name, items, given)
  local o = options.check("collaborative.actor", given, allowed)
  local kind = KINDS[name]
  if not kind then
    options.fail("collaborative.actor: no kind is called %s%s", options.show(name),
      options.hint(name, actor.kinds))
  end
  options.need(type(items) == "number" and items >= 1 and items % 1 == 0,
    "collaborative.actor: items", "a whole number above 0", items)
  needs.learn()
  local net = build(kind, items, widths(kind, o.hidden), o)
  if kind.bias then
    start_biases(net, kind.bias, o.seed)
  end
  return model.new("actor", {
    actor = name, net = net, items = items, item_names = o.item_names, loss = kind.loss,
    variational = kind.variational or false, kl = kind.kl or 0,
    positive = kind.loss == "weighted_square" and (o.positive or 5) or nil,
  })
end

return setmetatable(actor, { __call = new })
