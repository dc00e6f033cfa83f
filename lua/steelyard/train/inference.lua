-- From a network to predictions, and what they are worth.

local core = require("steelyard.core")
local vector = require("steelyard.vector")

local inference = {}

--- Those of many columns that the network reads.
function inference.feeds(net, columns)
  local feeds = {}
  for _, layer in ipairs(net.layers) do
    if layer.kind == "input" or layer.kind == "ids" then
      feeds[layer.name] = columns[layer.name]
    end
  end
  return feeds
end

--- How many rows go through the network at a time: always as many, since the last bits of a matrix
-- product may depend on it. Networks hold at least as many.
inference.ROWS = 1024

--- Probabilities of rows (an i64 array) by task: {task = f64 array}.
function inference.predict(net, feeds, served, rows, tasks)
  local parts, predicted = {}, {}
  for t = 1, #tasks do
    parts[t] = {}
  end
  for from = 1, #rows, inference.ROWS do
    net:forward(feeds, { rows = rows:slice(from, math.min(from + inference.ROWS - 1, #rows)) })
    local probabilities = vector.sigmoid(core.array(net:value(served), "f64"))
    for t = 1, #tasks do
      parts[t][#parts[t] + 1] = probabilities:column(t)
    end
  end
  for t, task in ipairs(tasks) do
    predicted[task] = #rows > 0 and core.array.concat(parts[t]) or core.array(0)
  end
  return predicted
end

--- The pairs of which the label was observed (is not NaN).
function inference.observed(predictions, labels)
  local kept = {}
  for i = 1, #labels do
    if labels[i] == labels[i] then
      kept[#kept + 1] = i
    end
  end
  if #kept == #labels then
    return predictions, labels
  end
  local rows = core.array(kept, "i64")
  return predictions:gather(rows), labels:gather(rows)
end

-- nil where it is not defined: JSON has no NaN.
local function defined(number)
  return number - number == 0 and number or nil
end

--- How good one task's predictions are: log_loss, auc, ratio, ece (15 buckets of equal mass). What
-- is not defined is nil: auc where labels are all alike, all of it where none was observed.
function inference.measure(predictions, labels)
  local p, y = inference.observed(predictions, labels)
  if #y == 0 then
    return {}
  end
  local curve = core.curve(p, y)
  local summary = curve:summary(0.95)
  local _, errors = curve:buckets("mass", 15)
  return { log_loss = defined(summary.log_loss), auc = defined(summary.auc),
    ratio = defined(summary.ratio), ece = defined(errors.expected) }
end

return inference
