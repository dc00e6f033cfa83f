-- SLIM, sparse linear methods (Ning and Karypis 2011): each item's weights are an elastic net on
-- the others, by coordinate descent over one Gram matrix.
--
--   local model = sy.collaborative.slim(train, { l1 = 5, l2 = 200 })
--
-- Learning needs steelyard.learn; a model scores and is loaded in the core.

local core = require("steelyard.core")
local memory = require("steelyard.collaborative.memory")
local model = require("steelyard.collaborative.model")
local needs = require("steelyard.needs")
local options = require("steelyard.options")
local work = require("steelyard.work")

model.define("slim", {
  scores = function(self, histories)
    local scores = model.buffer(self, #histories.offsets - 1, self.items)
    return core.sparse_scores(histories, self.weights, work.threads(), scores)
  end,
  -- The longest row of weights, so that no history costs more.
  cost = function(self, _, entries)
    if not self._longest then
      self._longest = 0
      for i = 1, self.items do
        self._longest = math.max(self._longest,
          self.weights.offsets[i + 1] - self.weights.offsets[i])
      end
    end
    return entries * self._longest
  end,
  tensors = function(self)
    return self.weights
  end,
  about = function(self)
    return self.about
  end,
  rebuild = function(about, tensors, base)
    local offsets = model.tensor(tensors, "offsets", "i64", base.items + 1)
    local ids = tensors.ids or options.fail("it has no tensor ids")
    return { about = about, weights = {
      offsets = offsets,
      ids = model.tensor(tensors, "ids", "i32", #ids),
      weights = model.tensor(tensors, "weights", "f32", #ids),
    } }
  end,
})

local slim_options = {
  l1 = { type = "number", default = 5 },
  l2 = { type = "number", default = 200 },
  nonnegative = { type = "boolean", default = true },
  sweeps = { type = "integer", default = 100 },
  tolerance = { type = "number", default = 1e-4 },
  dtype = { type = "string", one_of = { "f32", "f64" }, default = "f32" },
  memory = { type = "number" },
  progress = { type = "function" },
}

local SIZE = { f32 = 4, f64 = 8 }

local function bytes_of(x, dtype)
  return x.columns ^ 2 * (4 + SIZE[dtype]) + 8 * #x.ids + 16 * x.columns * (2 + work.threads())
end

--- Learn SLIM: for each item the weights of others that minimise |x_j - Xw|^2 / 2 + l2 |w|^2 / 2 +
-- l1 |w|_1, none below 0 where nonnegative.
-- @param x interactions
-- @param given see options
-- @return a model (its weights stand in model.weights, a bag: a row for each item of a history),
-- {objective, weights = how many are not 0, sweeps = the most that an item took, unconverged = how
-- many items' weights still moved}
local function slim(x, given)
  local train, o = model.examples("slim", x), options.check("slim", given, slim_options)
  for _, name in ipairs({ "l1", "l2", "tolerance" }) do
    if not (o[name] >= 0 and o[name] < math.huge) then
      options.fail("slim: option %q: a number from 0 up is needed, got %s", name,
        options.show(o[name]))
    end
  end
  local learn, progress = needs.learn(), o.progress or function() end
  local bytes = bytes_of(train, o.dtype)
  local free = memory.need("slim", train, bytes, o.memory, "keep fewer items")
  progress({ stage = "start", items = train.columns, bytes = bytes, free = free })
  local began, threads = core.clock(), work.threads()
  local gram = learn.gram(train, train.columns, o.dtype, threads)
  local learnt, report = learn.slim(gram, o.l1, o.l2, o.tolerance, o.sweeps, o.nonnegative, threads)
  progress({ stage = "end", seconds = core.clock() - began, report = report })
  return model.new("slim", {
    items = train.columns, item_names = train.item_names, weights = core.sparse_of(learnt),
    about = { l1 = o.l1, l2 = o.l2, nonnegative = o.nonnegative },
  }), report
end

return setmetatable({ options = { slim = slim_options } }, {
  __call = function(_, x, given)
    return slim(x, given)
  end,
})
