-- The training losses by their definitions: slow, plain, and sharing no code with the library.
-- outputs and targets are lists of rows; a target of NaN counts nowhere.
local objectives = {}

-- log(1 + exp(z)) without overflow
local function softplus(z)
  return math.max(z, 0) + math.log(1 + math.exp(-math.abs(z)))
end

local function sigmoid(z)
  return 1 / (1 + math.exp(-z))
end

local function row_weight(o, r)
  return o.row_weights and o.row_weights[r] or 1
end

local function task_weight(o, t)
  return o.task_weights and o.task_weights[t] or 1
end

local POINTS = {
  bce = function(z, y, t, o)
    local positive = o.positive_weights and o.positive_weights[t] or 1
    return (1 - y) * softplus(z) + positive * y * softplus(-z)
  end,
  mse = function(z, y)
    return (z - y) ^ 2
  end,
  huber = function(z, y, _, o)
    local delta, d = o.delta or 1, math.abs(z - y)
    return d <= delta and d * d / 2 or delta * (d - delta / 2)
  end,
}

local function pointwise(name, outputs, targets, o)
  local sum, weights = 0, 0
  for r, row in ipairs(outputs) do
    for t, z in ipairs(row) do
      local y, w = targets[r][t], row_weight(o, r) * task_weight(o, t)
      if y == y and w > 0 then
        sum = sum + w * POINTS[name](z, y, t, o)
        weights = weights + w
      end
    end
  end
  return sum, weights
end

local ROWS = {}

function ROWS.multinomial(z, y, o)
  local mass, most, sum, seen = 0, -math.huge, 0, false
  for t = 1, #z do
    if y[t] == y[t] then
      most, seen = math.max(most, z[t]), true
    end
  end
  for t = 1, #z do
    mass = mass + (y[t] == y[t] and math.exp(z[t] - most) or 0)
  end
  for t = 1, #z do
    if y[t] == y[t] then
      sum = sum - task_weight(o, t) * y[t] * (z[t] - most - math.log(mass))
    end
  end
  return seen and sum or nil
end

function ROWS.gaussian_kl(z)
  local half, sum = #z / 2, 0
  for i = 1, half do
    local mean, log_variance = z[i], z[half + i]
    sum = sum + (math.exp(log_variance) - 1 - log_variance + mean ^ 2) / 2
  end
  return sum
end

local function rowwise(name, outputs, targets, o)
  local sum, weights = 0, 0
  for r, row in ipairs(outputs) do
    local loss = row_weight(o, r) > 0 and ROWS[name](row, targets and targets[r], o)
    if loss then
      sum = sum + row_weight(o, r) * loss
      weights = weights + row_weight(o, r)
    end
  end
  return sum, weights
end

-- A task's rows that count: {z, p, y, w, code}.
local function rows_of(outputs, targets, t, o)
  local rows = {}
  for r, row in ipairs(outputs) do
    local y, w = targets[r][t], row_weight(o, r)
    local code = o.groups and o.groups[r] or 1
    if y == y and w > 0 and code > 0 then
      rows[#rows + 1] = { z = row[t], p = sigmoid(row[t]), y = y, w = w, code = code, place = r }
    end
  end
  return rows
end

-- Members {row, share} of each group.
local MEMBERS = {}

function MEMBERS.group_calibration(rows)
  local groups, by_code = {}, {}
  for _, row in ipairs(rows) do
    if not by_code[row.code] then
      by_code[row.code] = {}
      groups[#groups + 1] = by_code[row.code]
    end
    table.insert(by_code[row.code], { row, 1 })
  end
  return groups
end

-- Every place holds an equal share of all rows whose logit is the one that sorting puts there.
function MEMBERS.bucket_calibration(rows, o)
  local sorted, groups, buckets = {}, {}, o.buckets or 10
  for i, row in ipairs(rows) do
    sorted[i] = row.z
  end
  table.sort(sorted)
  local size = math.floor(#rows / buckets)
  for b = 0, buckets - 1 do
    local from = o.drop_rest and b * size or math.floor(b * #rows / buckets)
    local to = o.drop_rest and (b + 1) * size or math.floor((b + 1) * #rows / buckets)
    local group = {}
    for place = from + 1, to do
      local equal = {}
      for _, row in ipairs(rows) do
        if row.z == sorted[place] then
          equal[#equal + 1] = row
        end
      end
      for _, row in ipairs(equal) do
        group[#group + 1] = { row, 1 / #equal }
      end
    end
    if #group > 0 then
      groups[#groups + 1] = group
    end
  end
  return groups
end

local function squared_gap(group, o)
  local n, predictions, labels, variance, prior = 0, 0, 0, 0, o.prior or 1
  for _, member in ipairs(group) do
    local row, w = member[1], member[1].w * member[2]
    n = n + w
    predictions = predictions + w * row.p
    labels = labels + w * row.y
    variance = variance + w * row.p * (1 - row.p)
  end
  if o.gap == "log_ratio" then
    return math.log((predictions + prior) / (labels + prior)) ^ 2, n
  elseif o.gap == "deviation" then
    return (predictions - labels) ^ 2 / (variance + prior), n
  end
  return ((predictions - labels) / n) ^ 2, n
end

local function gaps(name, rows, o)
  local sum, total = 0, 0
  for _, group in ipairs(MEMBERS[name](rows, o)) do
    local gap, n = squared_gap(group, o)
    local weight = o.weighting == "size" and n or 1
    sum = sum + weight * gap
    total = total + weight
  end
  if total == 0 then
    return nil
  end
  return o.reduction == "sum" and sum or sum / total
end

local function kernel(rows, o)
  local sum, total = 0, 0
  for _, a in ipairs(rows) do
    total = total + a.w
    for _, b in ipairs(rows) do
      sum = sum + a.w * (a.p - a.y) * b.w * (b.p - b.y)
        * math.exp(-math.abs(a.p - b.p) / (o.bandwidth or 0.2))
    end
  end
  return #rows > 0 and sum / total ^ 2 or nil
end

local function by_task(name, outputs, targets, o)
  local sum, weights = 0, 0
  for t = 1, outputs[1] and #outputs[1] or 0 do
    local rows = rows_of(outputs, targets, t, o)
    local loss
    if name == "kernel_calibration" then
      loss = kernel(rows, o)
    else
      loss = gaps(name, rows, o)
    end
    if loss and task_weight(o, t) > 0 then
      sum = sum + task_weight(o, t) * loss
      weights = weights + task_weight(o, t)
    end
  end
  return sum, weights
end

--- The loss of lists of rows.
function objectives.loss(name, outputs, targets, o)
  local handle = POINTS[name] and pointwise or ROWS[name] and rowwise or by_task
  local sum, weights = handle(name, outputs, targets, o)
  if o.reduction == "sum" then
    return sum
  end
  return weights > 0 and sum / weights or 0
end

return objectives
