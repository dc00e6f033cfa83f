-- Slow, obvious ranking metrics over a log, to compare the fast ones with. The metrics themselves
-- are in metrics/: each is a function of a view, one request in one order, to a number or nil.
--
--   n                 how many items are ranked
--   label, rel, judged, pooled, row   lists by rank; rel is true for judged and relevant items
--   candidates        the rows that could be ranked, were it not for the log's depth
--   labels            of all the request's items, ranked or not, by row
--   R, N              relevant, and judged not relevant, among all of them
--   k                 the cutoff, or nil; p: the metric's own parameters by name
--   gain, discount    functions of a label and of a rank
--   largest           the log's largest label, at least 0
--   tied              the scores by rank, where equal ones count as tied (else nil)
--
-- A request here is a table of lists by row: scores, labels, names and judged (or nil), and
-- `retrieved`, how many of its first rows are ranked (nil: all). A metric is a table of kind, k, p,
-- ties, relevance, gain, discount and base, each but the kind optional.
local reference = { kinds = {} }

for _, name in ipairs({ "gains", "relevance", "orders" }) do
  for kind, value in pairs(require("spec.support.metrics." .. name)) do
    reference.kinds[kind] = value
  end
end

-- Under ties averaged these are statistics with ties of their own, not means over orders.
reference.own_ties = { kendall_tau = true, spearman = true }

-- --------------------------------------------------------------------------------- conventions --

local function gain_of(metric, log)
  if metric.gain == "table" then
    return function(label)
      return log.gain_table[label + 1]
    end
  elseif metric.gain == "exponential" then
    return function(label)
      return 2 ^ label - 1
    end
  end
  return function(label)
    return label
  end
end

local discounts = {
  log2 = function(rank)
    return math.log(2) / math.log(rank + 1)
  end,
  jarvelin = function(rank, metric)
    return 1 / math.max(1, math.log(rank) / math.log(metric.base or 2))
  end,
  reciprocal = function(rank)
    return 1 / rank
  end,
  none = function()
    return 1
  end,
  table = function(rank, _, log)
    return log.discount_table[rank] or 0
  end,
}

-- -------------------------------------------------------------------------------------- orders --

local function ascending(from, to)
  local list = {}
  for i = from, to do
    list[#list + 1] = i
  end
  return list
end

--- Rows by score, best first, equal scores by `key`, larger first, then by row (reversed: later
-- rows first).
local function order_by(request, key, reversed)
  local scores = request.scores
  local order = ascending(1, request.retrieved or #scores)
  table.sort(order, function(a, b)
    if scores[a] ~= scores[b] or a == b then
      return scores[a] > scores[b]
    end
    local x, y = key and key(a) or 0, key and key(b) or 0
    if x ~= y then
      return x > y
    end
    return (a < b) ~= (reversed or false)
  end)
  return order
end

--- The one order of ties by input, name, best or worst.
function reference.order(request, metric, log)
  local ties = metric.ties or "input"
  local worth = metric.gain == "table" and gain_of(metric, log) or function(label)
    return label
  end
  return order_by(request, ({
    name = function(row)
      return request.names[row]
    end,
    best = function(row)
      return worth(request.labels[row])
    end,
    worst = function(row)
      return -worth(request.labels[row])
    end,
  })[ties], ties == "worst")
end

--- Call f with every order of ties, in which a request's items may stand.
function reference.each_order(request, f)
  local order, scores = order_by(request), request.scores
  local function place(rank)
    if rank > #order then
      return f(order)
    end
    for i = rank, #order do
      if scores[order[i]] ~= scores[order[rank]] then
        break
      end
      order[rank], order[i] = order[i], order[rank]
      place(rank + 1)
      order[rank], order[i] = order[i], order[rank]
    end
  end
  place(1)
end

-- --------------------------------------------------------------------------------------- views --

local function is_judged(request, row)
  return not request.judged or request.judged[row] == 1
end

local function is_relevant(request, row, level)
  local label = request.labels[row]
  return is_judged(request, row) and (level and label >= level or not level and label > 0)
end

-- The rows of an order that count, of its first `depth` ones (0: of all).
local function ranked(request, order, log, depth)
  local rows = {}
  for i = 1, math.min(#order, depth > 0 and depth or #order) do
    if not log.judged_only or is_judged(request, order[i]) then
      rows[#rows + 1] = order[i]
    end
  end
  return rows
end

local function count_all(view, request, level)
  view.R, view.N = 0, 0
  for row = 1, #request.scores do
    if is_relevant(request, row, level) then
      view.R = view.R + 1
    elseif is_judged(request, row) then
      view.N = view.N + 1
    end
  end
end

--- One request in one order, as a metric sees it.
function reference.view(request, order, metric, log)
  local rows = ranked(request, order, log, log.depth or 0)
  local view = {
    n = #rows, row = rows, labels = request.labels, k = (metric.k or 0) > 0 and metric.k or nil,
    label = {}, rel = {}, judged = {}, pooled = {}, p = metric.p or {}, largest = log.largest,
    gain = gain_of(metric, log),
    candidates = ranked(request, order, log, 0),
  }
  local discount = discounts[metric.discount or "log2"]
  function view.discount(rank)
    return discount(rank, metric, log)
  end
  for i, row in ipairs(rows) do
    view.label[i] = request.labels[row]
    view.rel[i] = is_relevant(request, row, metric.relevance)
    view.judged[i] = is_judged(request, row)
    view.pooled[i] = not request.judged or request.judged[row] ~= 0
  end
  count_all(view, request, metric.relevance)
  return view
end

-- -------------------------------------------------------------------------------------- values --

--- Under strict ties. Returns nil where the request is empty.
function reference.strict(request, metric, log)
  local order = reference.order(request, metric, log)
  return reference.kinds[metric.kind](reference.view(request, order, metric, log))
end

--- The mean, the least and the largest over all orders of ties; nil where the request is empty.
function reference.over_orders(request, metric, log)
  local sum, count, least, most = 0, 0, math.huge, -math.huge
  reference.each_order(request, function(order)
    local value = reference.kinds[metric.kind](reference.view(request, order, metric, log))
    if value then
      sum, count = sum + value, count + 1
      least, most = math.min(least, value), math.max(most, value)
    end
  end)
  if count > 0 then
    return sum / count, least, most
  end
end

--- With scores that tie as the statistic itself has it.
function reference.tied(request, metric, log)
  local view = reference.view(request, order_by(request), metric, log)
  view.tied = {}
  for i, row in ipairs(view.row) do
    view.tied[i] = request.scores[row]
  end
  return reference.kinds[metric.kind](view)
end

--- A metric's value of one request under its ties, whatever these are; nil where it is empty.
function reference.value(request, metric, log)
  if metric.ties ~= "average" then
    return reference.strict(request, metric, log)
  elseif reference.own_ties[metric.kind] then
    return reference.tied(request, metric, log)
  end
  return (reference.over_orders(request, metric, log))
end

-- ----------------------------------------------------------------------------- with the library --

local function settings(metric)
  local list = {}
  for key, value in pairs(metric.p or {}) do
    list[#list + 1] = ("%s=%.17g"):format(key, value)
  end
  for _, key in ipairs({ "ties", "gain", "discount", "empty", "mean", "weight" }) do
    list[#list + 1] = metric[key] and metric[key] ~= "table" and key .. "=" .. metric[key] or nil
  end
  for _, key in ipairs({ "relevance", "base" }) do
    list[#list + 1] = metric[key] and ("%s=%.17g"):format(key, metric[key]) or nil
  end
  if metric.gain == "table" then
    list[#list + 1] = "gain=table"
  end
  if metric.discount == "table" then
    list[#list + 1] = "discount=table"
  end
  table.sort(list)
  return list
end

--- The metric as an expression.
function reference.expression(metric)
  local list = settings(metric)
  local text = metric.kind
  if #list > 0 then
    text = text .. "(" .. table.concat(list, ", ") .. ")"
  end
  return (metric.k or 0) > 0 and ("%s@%d"):format(text, metric.k) or text
end

-- A request's numbers behind those of the others.
local function append(columns, request, id)
  for row = 1, #request.scores do
    local at = #columns.scores + 1
    columns.scores[at], columns.gains[at] = request.scores[row], request.labels[row]
    columns.names[at] = request.names and request.names[row] or row
    columns.judged[at] = request.judged and request.judged[row] or 1
    columns.groups[at] = id
  end
  columns.retrieved[id] = request.retrieved or #request.scores
end

--- A log's columns, as sy.metrics.measure takes them: scores, gains, options.
function reference.columns(sy, log)
  local all = { scores = {}, gains = {}, names = {}, judged = {}, groups = {}, retrieved = {} }
  local sizes = {}
  for id, request in ipairs(log.requests) do
    append(all, request, id)
    sizes[id] = #request.scores
  end
  return sy.array(all.scores, log.dtype or "f64"), sy.array(all.gains, log.labels or "f64"), {
    groups = sy.groups.from_sizes(sizes),
    names = sy.array(all.names, "i32"),
    judged = log.judged and sy.array(all.judged, "i32") or nil,
    retrieved = log.retrieved and sy.array(all.retrieved, "i64") or nil,
    depth = log.depth,
    judged_only = log.judged_only,
    gain = log.gain_table,
    discount = log.discount_table,
  }
end

return reference
