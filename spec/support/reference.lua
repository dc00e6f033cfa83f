-- Slow, obvious implementations to compare the fast ones with: everything is a full sort and a sum,
-- written from the definitions and sharing no code with the library.
local reference = {}

--- The order of scores, best first: 1-based indices. Equal scores: by name (a table of texts),
-- descending, where there are names, then the earlier first.
function reference.order(scores, names)
  local order = {}
  for i = 1, #scores do
    order[i] = i
  end
  table.sort(order, function(a, b)
    if scores[a] ~= scores[b] then
      return scores[a] > scores[b]
    elseif names and names[a] ~= names[b] then
      return names[a] > names[b]
    end
    return a < b
  end)
  return order
end

function reference.worth(gain, kind)
  return kind == "exponential" and 2 ^ gain - 1 or gain
end

function reference.discount(rank, k)
  if k and k > 0 and rank > k then
    return 0
  end
  return math.log(2) / math.log(rank + 1)
end

-- What a group's gains give at the ranks from `first` on, summed over all their orders; and how
-- many orders there are.
local function over_permutations(gains, n, first, k)
  if n == 0 then
    return 0, 1
  end
  local sum, count = 0, 0
  for i = 1, n do
    gains[i], gains[n] = gains[n], gains[i]
    local rest, orders = over_permutations(gains, n - 1, first, k)
    sum = sum + rest + orders * gains[n] * reference.discount(first + n - 1, k)
    count = count + orders
    gains[i], gains[n] = gains[n], gains[i]
  end
  return sum, count
end

-- One group of equal scores under a policy that does not depend on the order they came in.
local function group_dcg(gains, first, o)
  if o.ties == "average" and #gains <= 7 then
    local sum, count = over_permutations(gains, #gains, first, o.k)
    return sum / count
  elseif o.ties == "average" then
    local mean, sum = 0, 0
    for i = 1, #gains do
      mean = mean + gains[i] / #gains
    end
    for i = 1, #gains do
      sum = sum + mean * reference.discount(first + i - 1, o.k)
    end
    return sum
  end
  if o.ties == "best" then
    table.sort(gains, function(a, b)
      return a > b
    end)
  elseif o.ties == "worst" then
    table.sort(gains)
  end
  local sum = 0
  for i = 1, #gains do
    sum = sum + gains[i] * reference.discount(first + i - 1, o.k)
  end
  return sum
end

--- DCG of one request. o: k, gain, ties, names.
function reference.dcg(scores, gains, o)
  o = o or {}
  local order = reference.order(scores, o.ties == "name" and o.names or nil)
  local sum, first = 0, 1
  while first <= #order do
    local last, group = first, {}
    while last <= #order and scores[order[last]] == scores[order[first]] do
      group[#group + 1] = reference.worth(gains[order[last]], o.gain)
      last = last + 1
    end
    sum = sum + group_dcg(group, first, o)
    first = last
  end
  return sum
end

function reference.ideal(gains, o)
  return reference.dcg(gains, gains, { k = o and o.k, gain = o and o.gain })
end

--- NDCG of one request, or nil where it does not count.
function reference.ndcg_one(scores, gains, o)
  o = o or {}
  local ideal = reference.ideal(gains, o)
  if ideal > 0 then
    return reference.dcg(scores, gains, o) / ideal
  end
  return ({ zero = 0, one = 1 })[o.empty]
end

--- Rows by request, requests in order of first appearance: a list of lists of rows.
function reference.requests(ids, n)
  local list, by_id = {}, {}
  for row = 1, n do
    local id = ids and ids[row] or 1
    if not by_id[id] then
      by_id[id] = {}
      list[#list + 1] = by_id[id]
    end
    table.insert(by_id[id], row)
  end
  return list
end

function reference.pick(values, rows)
  local out = {}
  for i, row in ipairs(rows) do
    out[i] = values[row]
  end
  return out
end

--- The mean NDCG over requests, the list of them (false: skipped), and how many counted.
-- o: groups, k, gain, ties, names, empty.
function reference.ndcg(scores, gains, o)
  o = o or {}
  local sum, counted, per = 0, 0, {}
  for r, rows in ipairs(reference.requests(o.groups, #scores)) do
    local own = {
      k = o.k, gain = o.gain, ties = o.ties, empty = o.empty,
      names = o.names and reference.pick(o.names, rows),
    }
    local ndcg = reference.ndcg_one(reference.pick(scores, rows), reference.pick(gains, rows), own)
    per[r] = ndcg or false
    if ndcg then
      sum, counted = sum + ndcg, counted + 1
    end
  end
  return sum / counted, per, counted
end

--- Scores of all rows: columns and weights are lists; without: a task left out.
function reference.score(columns, weights, without)
  local scores = {}
  for i = 1, #columns[1] do
    scores[i] = 0
    for t = 1, #columns do
      if t ~= without then
        scores[i] = scores[i] + weights[t] * columns[t][i]
      end
    end
  end
  return scores
end

--- NDCG gaps of the tasks, by definition.
function reference.gaps(columns, weights, o)
  local base, gaps = reference.score(columns, weights), {}
  for t = 1, #columns do
    gaps[t] = 1 - reference.ndcg(reference.score(columns, weights, t), base, o)
  end
  return gaps
end

--- Regrets of the tasks, by definition. gains: a list of columns, or the predictions themselves.
function reference.regrets(columns, weights, gains, o)
  local base, regrets = reference.score(columns, weights), {}
  for t = 1, #columns do
    regrets[t] = 1 - reference.ndcg(base, (gains or columns)[t], o)
  end
  return regrets
end

-- ---------------------------------------------------------------------------------- smooth --

local function sigmoid(x)
  return 1 / (1 + math.exp(-x))
end

--- Smooth DCG: soft ranks, soft cutoff (k), linear gain.
function reference.smooth_dcg(scores, gains, k, temperature, edge)
  local sum = 0
  for i = 1, #scores do
    local rank = 1
    for m = 1, #scores do
      if m ~= i then
        rank = rank + sigmoid((scores[m] - scores[i]) / temperature)
      end
    end
    local discount = math.log(2) / math.log(1 + rank)
    if k > 0 and k < #scores then
      discount = discount * sigmoid((k + 0.5 - rank) / edge)
    end
    sum = sum + gains[i] * discount
  end
  return sum
end

-- The mean of 1 - smooth DCG / ideal over requests that have one; the ideal is the true one, or the
-- smooth DCG of the gains in their own order.
local function smooth_loss(by, gains, o, temperature, edge, smooth_ideal)
  local sum, counted = 0, 0
  for _, rows in ipairs(reference.requests(o.groups, #by)) do
    local g, s = reference.pick(gains, rows), reference.pick(by, rows)
    local ideal = reference.ideal(g, o)
    if smooth_ideal then
      ideal = reference.smooth_dcg(g, g, o.k or 0, temperature, edge)
    end
    if ideal > 0 then
      sum = sum + 1 - reference.smooth_dcg(s, g, o.k or 0, temperature, edge) / ideal
      counted = counted + 1
    end
  end
  return sum / counted
end

function reference.smooth_gaps(columns, weights, o, temperature, edge)
  local base, out = reference.score(columns, weights), {}
  for t = 1, #columns do
    out[t] = smooth_loss(reference.score(columns, weights, t), base, o, temperature, edge, true)
  end
  return out
end

function reference.smooth_regrets(columns, weights, gains, o, temperature, edge)
  local base, out = reference.score(columns, weights), {}
  for t = 1, #columns do
    out[t] = smooth_loss(base, (gains or columns)[t], o, temperature, edge)
  end
  return out
end

-- ------------------------------------------------------------------------------ comparing --

--- Are two numbers equal to a tolerance, absolute below 1 and relative above? NaN equals NaN.
function reference.near(a, b, tolerance)
  if a ~= a or b ~= b then
    return a ~= a and b ~= b
  end
  return math.abs(a - b) <= (tolerance or 1e-12) * math.max(1, math.abs(a), math.abs(b))
end

--- Raise where two numbers, or two lists of them, differ by more than the tolerance.
function reference.check(wanted, got, tolerance, what)
  if type(wanted) == "number" then
    if not reference.near(wanted, got, tolerance) then
      error(("%s: wanted %.17g, got %.17g"):format(what or "number", wanted, got), 2)
    end
    return
  end
  if #wanted ~= #got then
    error(("%s: wanted %d numbers, got %d"):format(what or "list", #wanted, #got), 2)
  end
  for i = 1, #wanted do
    if not reference.near(wanted[i], got[i], tolerance) then
      local text = "%s[%d]: wanted %.17g, got %.17g"
      error(text:format(what or "list", i, wanted[i], got[i]), 2)
    end
  end
end

return reference
