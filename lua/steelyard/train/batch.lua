-- What a recipe's loss sees of a training step: the batch behind the forward pass.

local loss = require("steelyard.loss")
local options = require("steelyard.options")

local batch = {}
local Batch = {}
Batch.__index = Batch

--- A batch has rows (of the log, i64), labels (a matrix of them by tasks), tasks (their names),
-- net, and random, a generator of the run's own.
function batch.new(session, rows)
  return setmetatable({
    rows = rows,
    labels = session.labels:gather(rows),
    random = session.random,
    net = session.net,
    tasks = session.tasks,
    _session = session,
  }, Batch)
end

--- A layer's output: n x width, for this batch alone.
function Batch:value(layer)
  return self.net:value(layer)
end

--- The codes of a feature of the recipe's, one a row, from 1 on.
function Batch:codes(name)
  local block = self._session.encoding.blocks["recipe/" .. name]
  local codes = block and self._session.columns["recipe/" .. name .. "/" .. block[1].column]
  if not codes then
    options.fail("batch: the recipe has no category called %s", options.show(name))
  end
  return codes:gather(self.rows)
end

--- The numbers of any column of the log, one a row.
function Batch:column(name)
  return self._session.data:column(name):gather(self.rows)
end

--- The cross-entropy of a layer of logits (by mode = "seed": summed; else the mean over rows and
-- tasks), and {layer = its gradient}, to which further losses may add. weights: nil, or what each
-- row counts.
function Batch:cross_entropy(layer, weights)
  local value, gradient = loss.bce(self:value(layer), self.labels, {
    row_weights = weights,
    reduction = self._session.options.mode == "seed" and "sum" or "mean",
  })
  return value, { [layer] = gradient }
end

batch.methods = Batch

return batch
