-- Histories: what the training rows of one id (a user, an item) say of its rates, a number for each
-- task: the logit of (labels + prior rate) / (rows + prior). A training row does not see its own
-- labels, or the network would read them off.

local core = require("steelyard.core")
local options = require("steelyard.options")

local history = {}

-- Sums of labels and counts of them by id and task, over training rows.
local function add_up(codes, names, rows, labels)
  local sums, counts = {}, {}
  local tasks = labels.shape[2]
  for i = 1, #rows do
    local row = rows[i]
    local name = names[codes[row]]
    local sum, count = sums[name], counts[name]
    if not sum then
      sum, count = {}, {}
      for t = 1, tasks do
        sum[t], count[t] = 0, 0
      end
      sums[name], counts[name] = sum, count
    end
    for t = 1, tasks do
      local label = labels:get(row, t)
      if label == label then
        sum[t], count[t] = sum[t] + label, count[t] + 1
      end
    end
  end
  return sums, counts
end

local function logit(p)
  return math.log(p / (1 - p))
end

-- The number of a row: own is its label, where it must be left out.
local function value_of(state, name, t, own)
  local sums, counts = state.sums[name], state.counts[name]
  local sum, count = sums and sums[t] or 0, counts and counts[t] or 0
  if own and own == own then
    sum, count = sum - own, count - 1
  end
  return logit((sum + state.prior * state.rates[t]) / (count + state.prior))
end

-- The rates of all training rows, which ids without rows have; never 0 or 1.
local function rates_of(sums, counts, tasks)
  local rates = {}
  for t = 1, tasks do
    local sum, count = 0.5, 1
    for _, name in ipairs(options.keys(sums)) do
      sum, count = sum + sums[name][t], count + counts[name][t]
    end
    rates[t] = sum / count
  end
  return rates
end

--- What is learnt of training rows. codes, names: of the ids; labels: rows x tasks.
function history.fit(o, codes, names, rows, labels)
  local tasks = labels.shape[2]
  local sums, counts = add_up(codes, names, rows, labels)
  local state = {
    column = o.column, as = "history", prior = o.prior, sums = sums, counts = counts,
    rates = rates_of(sums, counts, tasks), mean = {}, scale = {},
  }
  for t = 1, tasks do
    local sum, squares = 0, 0
    for i = 1, #rows do
      local x = value_of(state, names[codes[rows[i]]], t, labels:get(rows[i], t))
      sum, squares = sum + x, squares + x * x
    end
    local mean = sum / #rows
    local variance = squares / #rows - mean * mean
    state.mean[t], state.scale[t] = mean, variance > 1e-12 and math.sqrt(variance) or 1
  end
  return state
end

--- A list of numbers for each task. own: nil, or {rows = training rows, labels = rows x tasks} of
-- this data, whose own labels are left out.
function history.encode(state, codes, names, own)
  local columns = {}
  for t = 1, #state.rates do
    local by_code = {}
    for code = 1, #names do
      by_code[code] = (value_of(state, names[code], t) - state.mean[t]) / state.scale[t]
    end
    local list = core.array(by_code):gather(codes)
    for i = 1, own and #own.rows or 0 do
      local row = own.rows[i]
      list[row] = (value_of(state, names[codes[row]], t, own.labels:get(row, t)) - state.mean[t])
        / state.scale[t]
    end
    columns[t] = list
  end
  return columns
end

return history
