-- Histories: what the training rows of one id (a user, an item) say of its rates, a number for each
-- task: the logit of (labels + prior rate) / (rows + prior). A training row does not see its own
-- labels, or the network would read them off.

local core = require("steelyard.core")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

local history = {}

-- Of some rows (an i64 array): the codes of their ids, and by task their labels, 0 where one was
-- not observed, and 1 where it was, 0 elsewhere.
local function observed(codes, rows, labels)
  local o = { codes = codes:gather(rows), labels = {}, known = {} }
  for t = 1, labels.shape[2] do
    local list, known = labels:column(t):gather(rows):totable(), {}
    for i = 1, #list do
      local is = list[i] == list[i]
      list[i], known[i] = is and list[i] or 0, is and 1 or 0
    end
    o.labels[t], o.known[t] = core.array(list), core.array(known)
  end
  return o
end

-- Sums of labels and counts of them by id and task, of ids that have rows.
local function add_up(o, names)
  local sums, counts = {}, {}
  local rows = vector.group_sums(core.array(#o.codes):fill(1), o.codes, #names)
  for code = 1, #names do
    if rows[code] > 0 then
      sums[names[code]], counts[names[code]] = {}, {}
    end
  end
  for t in ipairs(o.labels) do
    local by_sum = vector.group_sums(o.labels[t], o.codes, #names)
    local by_count = vector.group_sums(o.known[t], o.codes, #names)
    for code = 1, #names do
      if rows[code] > 0 then
        sums[names[code]][t], counts[names[code]][t] = by_sum[code], by_count[code]
      end
    end
  end
  return sums, counts
end

-- A task's number by id ({name = {number by task}}) as an array by code.
local function by_code(map, names, t)
  local list = {}
  for code = 1, #names do
    local numbers = map[names[code]]
    list[code] = numbers and numbers[t] or 0
  end
  return core.array(list)
end

-- logit of (sums + prior rate) / (counts + prior), as the log of what was over what was not.
local function logits(state, t, sums, counts)
  local hits = vector.add(sums, state.prior * state.rates[t])
  local misses = vector.add(vector.subtract(counts, sums), state.prior * (1 - state.rates[t]))
  return vector.log(vector.divide(hits, misses))
end

-- The numbers of rows of training, whose own labels are left out.
local function own_logits(state, names, t, o)
  local sums = vector.spread(by_code(state.sums, names, t), o.codes)
  local counts = vector.spread(by_code(state.counts, names, t), o.codes)
  return logits(state, t, vector.subtract(sums, o.labels[t]),
    vector.subtract(counts, o.known[t]))
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
  local seen = observed(codes, rows, labels)
  local sums, counts = add_up(seen, names)
  local state = {
    column = o.column, as = "history", prior = o.prior, sums = sums, counts = counts,
    rates = rates_of(sums, counts, labels.shape[2]), mean = {}, scale = {},
  }
  for t = 1, labels.shape[2] do
    local x = own_logits(state, names, t, seen)
    local mean = x:mean()
    local variance = vector.square(vector.subtract(x, mean)):mean()
    state.mean[t], state.scale[t] = mean, variance > 1e-12 and math.sqrt(variance) or 1
  end
  return state
end

--- A list of numbers for each task. own: nil, or {rows = training rows, labels = rows x tasks} of
-- this data, whose own labels are left out.
function history.encode(state, codes, names, own)
  local columns, seen = {}, own and observed(codes, own.rows, own.labels)
  for t = 1, #state.rates do
    local function scaled(x)
      return vector.divide(vector.subtract(x, state.mean[t]), state.scale[t])
    end
    local list = scaled(logits(state, t, by_code(state.sums, names, t),
      by_code(state.counts, names, t))):gather(codes)
    local numbers = own and scaled(own_logits(state, names, t, seen))
    for i = 1, own and #own.rows or 0 do
      list[own.rows[i]] = numbers[i]
    end
    columns[t] = list
  end
  return columns
end

return history
