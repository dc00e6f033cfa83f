-- iALS, matrix factorisation of implicit feedback by alternating least squares (Hu, Koren and
-- Volinsky 2008), with the weighting of Rendle et al. 2022, who found it hard to beat when tuned.
--
--   local model = sy.collaborative.als(train, { factors = 64 })
--
-- A new history's factors are one solve, so histories that training did not see are scored too.
-- Needs steelyard.learn, to score as well.

local core = require("steelyard.core")
local model = require("steelyard.collaborative.model")
local needs = require("steelyard.needs")
local options = require("steelyard.options")
local work = require("steelyard.work")

local als_options = {
  factors = { type = "integer", default = 64 },
  l2 = { type = "number", default = 0.003 },
  unobserved = { type = "number", default = 0.3 },
  exponent = { type = "number", default = 1 },
  iterations = { type = "integer", default = 16 },
  start = { type = "number", default = 0.1 },
  seed = { type = "integer", default = 1 },
  dtype = { type = "string", one_of = { "f32", "f64" }, default = "f32" },
  loss = { type = "boolean", default = false },
  progress = { type = "function" },
}

local function solve(bag, factors, about)
  return needs.learn().als_solve(bag, factors, about.l2, about.unobserved, about.exponent,
    work.threads())
end

local function is_finite(x)
  return type(x) == "number" and x - x == 0
end

model.define("als", {
  scores = function(self, histories)
    local own = solve(histories, self.factors, self.about)
    local scores = model.buffer(self, #own, self.items)
    return needs.learn().als_scores(own, self.factors, scores)
  end,
  cost = function(self, rows, entries)
    local d = self.factors.shape[2]
    return rows * (d ^ 3 / 3 + self.items * d) + (entries + self.items) * d ^ 2
  end,
  tensors = function(self)
    return { factors = self.factors }
  end,
  about = function(self)
    return self.about
  end,
  rebuild = function(about, tensors, base)
    local width = tensors.factors and tensors.factors.shape[2] or 1
    for _, name in ipairs({ "l2", "unobserved", "exponent" }) do
      if not is_finite(about[name]) then
        options.fail("%s: %s", name, options.show(about[name]))
      end
    end
    return { factors = model.tensor(tensors, "factors", "f32", base.items, width), about = about }
  end,
})

-- Normal numbers of standard deviation start / sqrt(factors).
local function start_factors(items, o)
  local random, factors = core.random(o.seed), core.array.zeros(items, o.factors, o.dtype)
  local scale = o.start / math.sqrt(o.factors)
  for i = 1, items do
    for f = 1, o.factors do
      factors:set(i, f, random:normal() * scale)
    end
  end
  return factors
end

local function check(o)
  for _, name in ipairs({ "factors", "iterations" }) do
    if o[name] < 1 or o[name] > 8192 then
      options.fail("als: option %q: 1 to 8192 is possible, not %s", name, options.show(o[name]))
    end
  end
  for _, name in ipairs({ "l2", "unobserved", "exponent", "start" }) do
    if not (o[name] >= 0 and is_finite(o[name])) then
      options.fail("als: option %q: a number from 0 up is needed, got %s", name,
        options.show(o[name]))
    end
  end
end

local function transposed(x)
  local offsets, ids, weights = core.sparse_transpose(x, x.columns)
  return { offsets = offsets, ids = ids, weights = weights }
end

--- Learn factors of users and items that minimise
--   sum over pairs that were seen of weight (1 - u'v)^2 + unobserved * sum over all of (u'v)^2
--   + l2 * sum over users and items of (times seen + unobserved * all others)^exponent |factor|^2.
-- @param x interactions
-- @param given see options
-- @return a model (items' factors stand in model.factors), users' factors
local function als(x, given)
  local train, o = model.examples("als", x), options.check("als", given, als_options)
  check(o)
  local about = { l2 = o.l2, unobserved = o.unobserved, exponent = o.exponent }
  local by_item, items = transposed(train), start_factors(train.columns, o)
  local learn, users = needs.learn(), nil
  for iteration = 1, o.iterations do
    users = solve(train, items, about)
    items = solve(by_item, users, about)
    if o.progress then
      o.progress({ iteration = iteration, iterations = o.iterations,
        loss = o.loss and learn.als_loss(train, users, items, o.l2, o.unobserved, o.exponent,
          work.threads()) or nil })
    end
  end
  return model.new("als", {
    items = train.columns, item_names = train.item_names, factors = core.array(items, "f32"),
    about = about,
  }), users
end

return setmetatable({ options = { als = als_options } }, {
  __call = function(_, x, given)
    return als(x, given)
  end,
})
