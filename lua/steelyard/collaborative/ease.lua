-- EASE, the shallow autoencoder in closed form (Steck 2019): the inverse of one matrix, and among
-- the best of recommenders on data like MovieLens.
--
--   local model = sy.collaborative.ease(train, { l2 = 500 })
--
-- Learning needs steelyard.learn; a model scores and is loaded in the core.

local core = require("steelyard.core")
local memory = require("steelyard.collaborative.memory")
local model = require("steelyard.collaborative.model")
local needs = require("steelyard.needs")
local options = require("steelyard.options")
local work = require("steelyard.work")

model.define("ease", {
  scores = function(self, histories)
    local scores = model.buffer(self, #histories.offsets - 1, self.items)
    return core.linear_scores(histories, self.weights, work.threads(), scores)
  end,
  cost = function(self, _, entries)
    return entries * self.items
  end,
  tensors = function(self)
    return { weights = self.weights }
  end,
  about = function(self)
    return self.about
  end,
  rebuild = function(about, tensors, base)
    local found = model.tensor(tensors, "weights", "f32", base.items, base.items)
    return { weights = found, about = about }
  end,
})

local ease_options = {
  l2 = { type = "number", default = 500 },
  dtype = { type = "string", one_of = { "f32", "f64" }, default = "f64" },
  memory = { type = "number" },
  progress = { type = "function" },
}

-- What a BLAS keeps for itself.
local BLAS_BYTES = 24e6

-- Bytes that learning takes at its peak, beside what is there already.
local function bytes_of(learn, x, dtype)
  local kept, scratch = learn.ease_bytes(x.columns, dtype)
  return kept + scratch + 8 * #x.ids + 8 * x.columns * (2 + work.threads()) + BLAS_BYTES
end

--- Learn EASE: the weights B, with a zero diagonal, that minimise |X - XB|^2 + l2 |B|^2.
-- @param x interactions
-- @param given see options
-- @return a model; its weights stand in model.weights, items x items
local function ease(x, given)
  local train, o = model.examples("ease", x), options.check("ease", given, ease_options)
  if not (o.l2 > 0 and o.l2 < math.huge) then
    options.fail("ease: option \"l2\": a number above 0 is needed, got %s", options.show(o.l2))
  end
  local learn, progress = needs.learn(), o.progress or function() end
  local bytes = bytes_of(learn, train, o.dtype)
  local free = memory.need("ease", train, bytes, o.memory,
    o.dtype == "f64" and ('dtype "f32" takes %s, fewer items less'):format(
      memory.show(bytes_of(learn, train, "f32"))) or "keep fewer items")
  progress({ stage = "start", items = train.columns, bytes = bytes, free = free })
  local began = core.clock()
  local learnt = learn.ease(train, train.columns, o.l2, o.dtype, work.threads())
  progress({ stage = "end", seconds = core.clock() - began })
  return model.new("ease", {
    items = train.columns, item_names = train.item_names, weights = learnt,
    about = { l2 = o.l2, dtype = o.dtype },
  })
end

return setmetatable({ options = { ease = ease_options } }, {
  __call = function(_, x, given)
    return ease(x, given)
  end,
})
