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

--- Probabilities of rows (an i64 array) by task: {task = f64 array}.
function inference.predict(net, feeds, served, rows, tasks)
  local parts, predicted = {}, {}
  for t = 1, #tasks do
    parts[t] = {}
  end
  for from = 1, #rows, net.batch do
    net:forward(feeds, { rows = rows:slice(from, math.min(from + net.batch - 1, #rows)) })
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

-- The pairs of which the label was observed.
local function observed(predictions, labels)
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

--- How good one task's predictions are: log_loss, auc, ratio, ece (15 buckets of equal mass).
function inference.measure(predictions, labels)
  local p, y = observed(predictions, labels)
  local curve = core.curve(p, y)
  local summary = curve:summary(0.95)
  local _, errors = curve:buckets("mass", 15)
  return { log_loss = summary.log_loss, auc = summary.auc, ratio = summary.ratio,
    ece = errors.expected }
end

return inference
