-- Reference metrics of what labels are worth; see spec/support/metrics.lua for what a view is.
local metrics = {}

local function log2(x)
  return math.log(x) / math.log(2)
end

local function cut(v)
  return v.k and math.min(v.k, v.n) or v.n
end

local function sorted(list)
  local copy = {}
  for i = 1, #list do
    copy[i] = list[i]
  end
  table.sort(copy, function(a, b)
    return a > b
  end)
  return copy
end

local function ideal_gains(v)
  local gains = {}
  for i = 1, #v.labels do
    gains[i] = v.gain(v.labels[i])
  end
  return sorted(gains)
end

local function dcg(v, k)
  local sum = 0
  for i = 1, math.min(k, v.n) do
    sum = sum + v.gain(v.label[i]) * v.discount(i)
  end
  return sum
end

local function ideal_dcg(v, k)
  local sum, gains = 0, ideal_gains(v)
  for i = 1, math.min(k, #gains) do
    sum = sum + gains[i] * v.discount(i)
  end
  return sum
end

function metrics.dcg(v)
  if ideal_dcg(v, v.k or math.huge) > 0 then
    return dcg(v, v.k or math.huge)
  end
end

function metrics.ideal_dcg(v)
  return ideal_dcg(v, v.k or math.huge)
end

function metrics.ndcg(v)
  local gained = metrics.dcg(v)
  return gained and gained / ideal_dcg(v, v.k or math.huge)
end

function metrics.regret(v)
  local ndcg = metrics.ndcg(v)
  return ndcg and 1 - ndcg
end

-- The ideal of those metrics of trec_eval's that have none for what costs.
local function positive_ideal(v, k)
  local sum, gains = 0, ideal_gains(v)
  for i = 1, math.min(k, #gains) do
    sum = sum + math.max(gains[i], 0) * v.discount(i)
  end
  return sum
end

-- The mean over items with a gain of NDCG at their rank, at the last rank for those not ranked.
function metrics.ndcg_relevant(v)
  local sum, found, worthy, all = 0, 0, 0, ideal_gains(v)
  for _, gain in ipairs(all) do
    worthy = worthy + (gain > 0 and 1 or 0)
  end
  for i = 1, v.n do
    if v.gain(v.label[i]) > 0 then
      local best = positive_ideal(v, i)
      sum = sum + (best > 0 and dcg(v, i) / best or 0)
      found = found + 1
    end
  end
  if positive_ideal(v, #all) > 0 then
    return (sum + (worthy - found) * dcg(v, v.n) / positive_ideal(v, #all)) / worthy
  end
end

-- Cut where a level of gain is spent: behind as many ranks as items have at least that gain.
function metrics.r_ndcg(v)
  local all, sum, count = ideal_gains(v), 0, 0
  local function at(k)
    local best = positive_ideal(v, k)
    if best > 0 then
      sum, count = sum + dcg(v, k) / best, count + 1
    end
  end
  local worthy = 0
  for i = 1, #all do
    if all[i] > 0 then
      worthy = i
      if all[i + 1] ~= all[i] then
        at(i)
      end
    end
  end
  if worthy == 0 or v.R == 0 then
    return nil
  elseif worthy + 1 < v.n then
    at(#all) -- gain 0 is a level, too; as in trec_eval, where it has more than one rank
  end
  return count > 0 and sum / count or nil
end

-- trec_eval's G: gains, each discounted by log2(2 + cost - gained).
function metrics.gain_cost(v)
  local all, cost, gained, sum, total = ideal_gains(v), 0, 0, 0, 0
  for i = 1, v.n do
    local gain = v.gain(v.label[i])
    cost = cost + math.max(1, all[i])
    gained = gained + gain
    sum = sum + gain / log2(2 + cost - gained)
  end
  for _, gain in ipairs(all) do
    total = total + math.max(0, gain)
  end
  return total > 0 and sum / total or nil
end

function metrics.arp(v)
  local sum, labels = 0, 0
  for i = 1, v.n do
    sum, labels = sum + i * v.label[i], labels + v.label[i]
  end
  return labels > 0 and sum / labels or nil
end

-- Chapelle et al. 2009: the chance to stop at r, for the first time, times 1 / r.
function metrics.err(v)
  local sum, most = 0, v.p.max and v.p.max > 0 and v.p.max or v.largest
  local function stops(i)
    return math.min(1, math.max(0, (2 ^ v.label[i] - 1) / 2 ^ most))
  end
  for r = 1, cut(v) do
    local chance = stops(r)
    for i = 1, r - 1 do
      chance = chance * (1 - stops(i))
    end
    sum = sum + chance / r
  end
  return v.R > 0 and sum or nil
end

-- Moffat and Zobel 2008.
function metrics.rbp(v)
  local sum, p, most = 0, v.p.p or 0.9, math.max(1, sorted(v.labels)[1] or 0)
  for i = 1, cut(v) do
    local gain = math.max(0, v.label[i]) / most
    if (v.p.binary or 0) ~= 0 then
      gain = v.rel[i] and 1 or 0
    end
    sum = sum + (1 - p) * p ^ (i - 1) * gain
  end
  return sum
end

function metrics.rbp_residual(v)
  local n, p, sum, unjudged = cut(v), v.p.p or 0.9, 0, 0
  for i = 1, n do
    if not v.judged[i] then
      sum = sum + (1 - p) * p ^ (i - 1)
      unjudged = unjudged + 1
    end
  end
  if v.p.tail == 0 and unjudged == 0 then
    return 0
  end
  return sum + p ^ n
end

return metrics
