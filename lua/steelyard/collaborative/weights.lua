-- Models that are a matrix of weights, items x items: what is in a history votes for other items.
-- EASE and SLIM differ in how they learn it. Scoring needs the core alone.

local core = require("steelyard.core")
local model = require("steelyard.collaborative.model")
local options = require("steelyard.options")
local work = require("steelyard.work")

local weights = {}

--- Define a kind of such models, whose fields are weights (f32, items x items) and about (what it
-- was learnt with).
function weights.define(kind)
  model.define(kind, {
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
end

--- 1234567890 as a person reads it: 1.2 GB.
function weights.bytes(n)
  local units, unit = { "bytes", "kB", "MB", "GB", "TB" }, 1
  while n >= 1000 and unit < #units do
    n, unit = n / 1000, unit + 1
  end
  return (unit == 1 and "%d %s" or "%.1f %s"):format(n, units[unit])
end

--- Refuse what takes more memory than is allowed, or, where nothing is said, than is free. needed:
-- in bytes; most: option "memory" or nil; other: what else could be done.
function weights.need_memory(where, x, needed, most, other)
  local free = most or core.memory_available()
  if free and needed > free then
    options.fail("%s: %d items take %s of memory, but %s %s: %s", where, x.columns,
      weights.bytes(needed), weights.bytes(free),
      most and 'are allowed by option "memory"' or "are free", other)
  end
  return free
end

return weights
