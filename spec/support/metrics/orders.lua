-- Reference metrics that compare two orders; see spec/support/metrics.lua for what a view is.
local metrics = {}

local function cut(v)
  return v.k and math.min(v.k, v.n) or v.n
end

-- Pairs of a relevant and another ranked item; scores that tie count for one half.
function metrics.auc(v)
  local right, pairs_ = 0, 0
  for i = 1, v.n do
    for j = 1, v.n do
      if v.rel[i] and not v.rel[j] then
        pairs_ = pairs_ + 1
        if v.tied and v.tied[i] == v.tied[j] then
          right = right + 0.5
        elseif i < j then
          right = right + 1
        end
      end
    end
  end
  return v.R > 0 and pairs_ > 0 and right / pairs_ or nil
end

metrics.gauc = metrics.auc

local function sign(x)
  return x > 0 and 1 or x < 0 and -1 or 0
end

-- The score's side of a pair of ranks: i stands before j.
local function before(v, i, j)
  return v.tied and v.tied[i] == v.tied[j] and 0 or 1
end

function metrics.kendall_tau(v)
  local sum, x, y = 0, 0, 0
  for i = 1, v.n do
    for j = i + 1, v.n do
      local s, l = before(v, i, j), sign(v.label[i] - v.label[j])
      sum, x, y = sum + s * l, x + s * s, y + l * l
    end
  end
  return x > 0 and y > 0 and sum / math.sqrt(x * y) or nil
end

-- Ranks: 1 + those above + half of the equals; then Pearson's correlation.
function metrics.spearman(v)
  local s, l, mean = {}, {}, (v.n + 1) / 2
  for i = 1, v.n do
    s[i], l[i] = 1, 1
    for j = 1, v.n do
      if j ~= i then
        local tie = v.tied and v.tied[i] == v.tied[j]
        s[i] = s[i] + (tie and 0.5 or j < i and 1 or 0)
        l[i] = l[i] + (v.label[j] == v.label[i] and 0.5 or v.label[j] > v.label[i] and 1 or 0)
      end
    end
  end
  local sum, x, y = 0, 0, 0
  for i = 1, v.n do
    sum = sum + (s[i] - mean) * (l[i] - mean)
    x, y = x + (s[i] - mean) ^ 2, y + (l[i] - mean) ^ 2
  end
  return x > 0 and y > 0 and sum / math.sqrt(x * y) or nil
end

-- All that could be ranked, by label, equal ones by row.
local function by_label(v)
  table.sort(v.candidates, function(a, b)
    if v.labels[a] ~= v.labels[b] then
      return v.labels[a] > v.labels[b]
    end
    return a < b
  end)
  return v.candidates
end

local function common(v, other, depth)
  local set, count = {}, 0
  for i = 1, depth do
    set[other[i]] = true
  end
  for i = 1, depth do
    count = count + (set[v.row[i]] and 1 or 0)
  end
  return count
end

function metrics.overlap(v)
  local n = cut(v)
  return n > 0 and common(v, by_label(v), n) / n or nil
end

-- Webber, Moffat and Zobel 2010, equation 30 (RBO_EXT) for lists of one length.
function metrics.rbo(v)
  local n, p, other, sum = cut(v), v.p.p or 0.9, by_label(v), 0
  if n == 0 then
    return nil
  end
  for d = 1, n do
    sum = sum + p ^ (d - 1) * common(v, other, d) / d
  end
  return (1 - p) * sum + p ^ n * common(v, other, n) / n
end

return metrics
