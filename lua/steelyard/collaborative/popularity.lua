-- The recommender that gives everybody what most have: how often each item was chosen. What every
-- other one has to beat.

local core = require("steelyard.core")
local model = require("steelyard.collaborative.model")
local vector = require("steelyard.vector")

model.define("popularity", {
  -- The rows are alike, so those that were filled stay.
  scores = function(self, histories)
    local rows = #histories.offsets - 1
    local scores = model.buffer(self, rows, self.items)
    if self._filled ~= scores then
      for i = 1, rows do
        vector.assign(scores:row(i), self.counts)
      end
      self._filled = scores
    end
    return scores
  end,
  tensors = function(self)
    return { counts = self.counts }
  end,
  rebuild = function(_, tensors, base)
    return { counts = model.tensor(tensors, "counts", "f32", base.items) }
  end,
})

--- How often each item was chosen: the sum of its weights (1 where there are none).
-- @param x interactions
-- @return a model
return function(x)
  local train = model.examples("popularity", x)
  local weights = train.weights or core.array.zeros(#train.ids, "f32"):fill(1)
  local counts = vector.group_sums(weights, train.ids, train.columns)
  return model.new("popularity", {
    items = train.columns, item_names = train.item_names, counts = core.array(counts, "f32"),
  })
end
