-- A calibration loss that you could have invented: right where it counts. People see what the
-- value model puts on top, so predictions must be right there; this recipe adds, for the top share
-- of each batch by the value model's score, the squared gap between mean prediction and mean label
-- of each task.
--
--   steelyard train mtml --data examples/data/kuairand-log.tsv.gz \
--     --config examples/data/top_heavy.json --out top
--
-- whose configuration says "recipe": {"file": "../recipes/top_heavy.lua", "worth": {...}}; in Lua
-- it is recipe = { recipe = dofile(...), worth = {...} } of sy.train.mtml.

local sy = require "steelyard"
local vector = sy.vector

local top_heavy = {
  options = {
    worth = { type = "table", required = true }, -- the value model's weights
    share = { type = "number", default = 0.2 },
    weight = { type = "number", default = 1 },
  },
}

function top_heavy.loss(batch, parts, o)
  local value, gradients = batch:cross_entropy(parts.logits)
  local worth = {}
  for t, task in ipairs(batch.tasks) do
    worth[t] = o.worth[task] or 0
  end
  local p = vector.sigmoid(batch:value(parts.logits))
  local shown = sy.rank(vector.times(p, worth), { k = math.ceil(o.share * #p) })
  local labels, predicted = batch.labels:gather(shown), p:gather(shown)

  -- gap^2 by task, and its slope by each shown prediction.
  local slopes = {}
  for t in ipairs(batch.tasks) do
    local gap = predicted:column(t):mean() - labels:column(t):mean()
    value = value + o.weight * gap * gap
    slopes[t] = 2 * o.weight * gap / #shown
  end
  local is_shown = sy.array(#p)
  for i = 1, #shown do
    is_shown[shown[i]] = 1
  end
  local by_logit = vector.multiply(p, vector.subtract(1, p))
  vector.accumulate(gradients[parts.logits],
    vector.multiply(by_logit, vector.outer(is_shown, slopes)))
  return value, gradients
end

return top_heavy
