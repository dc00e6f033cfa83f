-- Reference metrics of relevant items; see spec/support/metrics.lua for what a view is.
local metrics = {}

local function log2(x)
  return math.log(x) / math.log(2)
end

local function cut(v)
  return v.k and math.min(v.k, v.n) or v.n
end

local function hits(v, n)
  local count = 0
  for i = 1, math.min(n, v.n) do
    count = count + (v.rel[i] and 1 or 0)
  end
  return count
end

function metrics.precision(v)
  local k = v.k or v.n
  return v.R > 0 and (k > 0 and hits(v, k) / k or 0) or nil
end

function metrics.recall(v)
  return v.R > 0 and hits(v, cut(v)) / v.R or nil
end

function metrics.f1(v)
  local p, r, b2 = metrics.precision(v), metrics.recall(v), (v.p.beta or 1) ^ 2
  if p then
    return r > 0 and (1 + b2) * p * r / (b2 * p + r) or 0
  end
end

function metrics.r_precision(v)
  local k = math.floor((v.p.multiple or 1) * v.R + 0.9)
  if v.R > 0 then
    return k > 0 and hits(v, k) / k or 0
  end
end

function metrics.relative_precision(v)
  local most = math.min(v.k or v.n, v.R)
  return v.R > 0 and (most > 0 and hits(v, cut(v)) / most or 0) or nil
end

function metrics.hit_rate(v)
  return v.R > 0 and math.min(1, hits(v, cut(v))) or nil
end

local function sum_of_precisions(v)
  local sum = 0
  for i = 1, cut(v) do
    sum = sum + (v.rel[i] and hits(v, i) / i or 0)
  end
  return sum
end

function metrics.map(v)
  local most = (v.p.capped or 0) ~= 0 and v.k and math.min(v.k, v.R) or v.R
  return v.R > 0 and sum_of_precisions(v) / most or nil
end

function metrics.set_map(v)
  if v.R > 0 then
    return v.n > 0 and hits(v, v.n) / v.n * hits(v, v.n) / v.R or 0
  end
end

function metrics.yaap(v)
  local sum = sum_of_precisions(v)
  return v.R > 0 and math.log((1 + sum) / (1 + v.R - sum)) or nil
end

function metrics.mrr(v)
  for i = 1, cut(v) do
    if v.rel[i] then
      return 1 / i
    end
  end
  return v.R > 0 and 0 or nil
end

-- Buckley and Voorhees 2004, as trec_eval corrected it: over the smaller of R and N.
function metrics.bpref(v)
  local sum, worse = 0, 0
  for i = 1, v.n do
    if v.rel[i] then
      sum = sum + 1 - (worse > 0 and math.min(worse, v.R) / math.min(v.R, v.N) or 0)
    elseif v.judged[i] then
      worse = worse + 1
    end
  end
  return v.R > 0 and sum / v.R or nil
end

-- Yilmaz and Aslam 2006, with trec_eval's epsilon.
function metrics.infap(v)
  local sum, epsilon = 0, 0.00001
  for i = 1, v.n do
    if v.rel[i] then
      local pool, relevant, others = 0, 0, 0
      for j = 1, i - 1 do
        pool = pool + (v.pooled[j] and 1 or 0)
        relevant = relevant + (v.rel[j] and 1 or 0)
        others = others + (v.judged[j] and not v.rel[j] and 1 or 0)
      end
      local above = i - 1
      sum = sum + 1 / i
      if above > 0 then
        sum = sum + above / i * (pool / above)
          * ((relevant + epsilon) / (relevant + others + 2 * epsilon))
      end
    end
  end
  return v.R > 0 and sum / v.R or nil
end

local function interpolated(v, recall)
  local best = 0
  for i = 1, v.n do
    if hits(v, i) >= math.floor(recall * v.R + 0.5) then
      best = math.max(best, hits(v, i) / i)
    end
  end
  return best
end

function metrics.iprec(v)
  return v.R > 0 and interpolated(v, v.p.recall or 0) or nil
end

function metrics.iprec_mean(v)
  local sum, points = 0, v.p.points or 11
  for i = 0, points - 1 do
    sum = sum + interpolated(v, i / (points - 1)) / points
  end
  return v.R > 0 and sum or nil
end

-- trec_eval's binG.
function metrics.bin_gain(v)
  local sum, others = 0, 0
  for i = 1, v.n do
    if v.rel[i] then
      sum = sum + 1 / log2(2 + others)
    else
      others = others + 1
    end
  end
  return v.R > 0 and sum / v.R or nil
end

function metrics.utility(v)
  local a, b, c, d = v.p.a or 1, v.p.b or -1, v.p.c or 0, v.p.d or 0
  local found = hits(v, v.n)
  return a * found + b * (v.n - found) + c * (v.R - found) + d * (0 + found - v.n - v.R)
end

-- ------------------------------------------------------------------------------------- counts --

function metrics.retrieved(v)
  return cut(v)
end

function metrics.relevant(v)
  return v.R
end

function metrics.relevant_retrieved(v)
  return hits(v, cut(v))
end

function metrics.nonrelevant_retrieved(v)
  local count = 0
  for i = 1, cut(v) do
    count = count + (v.judged[i] and not v.rel[i] and 1 or 0)
  end
  return count
end

function metrics.unjudged(v)
  local count, k = 0, v.k or v.n
  for i = 1, cut(v) do
    count = count + (v.judged[i] and 0 or 1)
  end
  return k > 0 and count / k or 0
end

return metrics
