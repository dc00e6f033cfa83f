-- The losses by their definitions: slow, plain, of one request, and sharing no code with the
-- library. Each takes scores, what the items are worth, options, and the scores that give the ranks
-- (`by`, which weights held fixed are computed from); it gives nil for a request that is skipped.
local reference = require("spec.support.reference")

local losses = {}

local function all_equal(list)
  for i = 2, #list do
    if list[i] ~= list[1] then
      return false
    end
  end
  return true
end

-- log(1 + exp(-x)) without overflow
local function logistic(x)
  return x > 0 and math.log(1 + math.exp(-x)) or -x + math.log(1 + math.exp(x))
end

local function log_sum(list, first)
  local most, sum = -math.huge, 0
  for i = first, #list do
    most = math.max(most, list[i])
  end
  for i = first, #list do
    sum = sum + math.exp(list[i] - most)
  end
  return most + math.log(sum)
end

local function ranks_of(scores)
  local ranks = {}
  for rank, item in ipairs(reference.order(scores)) do
    ranks[item] = rank
  end
  return ranks
end

-- Smooth NDCG's loss from ranks.
local function of_ranks(ranks, worths, o)
  local ideal, sum, k = reference.ideal(worths, { k = o.k }), 0, o.k or 0
  if ideal <= 0 then
    return nil
  end
  for i = 1, #worths do
    local discount = math.log(2) / math.log(1 + ranks[i])
    if k > 0 and k < #worths then
      discount = discount / (1 + math.exp((ranks[i] - k - 0.5) / (o.edge or 0.5)))
    end
    sum = sum + worths[i] * discount
  end
  return 1 - sum / ideal
end

function losses.approx_ndcg(scores, worths, o)
  local ranks = {}
  for i = 1, #scores do
    ranks[i] = 1
    for j = 1, #scores do
      if j ~= i then
        ranks[i] = ranks[i] + 1 / (1 + math.exp((scores[i] - scores[j]) / o.temperature))
      end
    end
  end
  return of_ranks(ranks, worths, o)
end

-- Isotonic regression by the formula of the largest of smallest means of stretches.
function losses.soft_ranks(values, temperature, kind)
  local order, ranks, z = reference.order(values), {}, {}
  for r, item in ipairs(order) do
    z[r] = -values[item] / temperature
  end
  local function level(first, last)
    local sum, powers, places = 0, 0, 0
    for r = first, last do
      sum = sum + z[r] - r
      powers = powers + math.exp(z[r] - z[last])
      places = places + r
    end
    if kind == "kl" then
      return z[last] + math.log(powers) - math.log(places)
    end
    return sum / (last - first + 1)
  end
  for r, item in ipairs(order) do
    local highest = -math.huge
    for first = 1, r do
      local least = math.huge
      for last = r, #order do
        least = math.min(least, level(first, last))
      end
      highest = math.max(highest, least)
    end
    ranks[item] = kind == "kl" and math.exp(z[r] - highest) or z[r] - highest
  end
  return ranks
end

function losses.soft_ndcg(scores, worths, o)
  return of_ranks(losses.soft_ranks(scores, o.temperature, o.regularization), worths, o)
end

local function in_reach(ranks, i, j, o)
  local k = o.k or 0
  return k == 0 or ranks[i] <= k or ranks[j] <= k
end

local schemes = {
  ndcg = function(a, b, k)
    return math.abs(reference.discount(a, k) - reference.discount(b, k))
  end,
  ndcg2 = function(a, b)
    local m = math.abs(a - b)
    return reference.discount(m) - reference.discount(m + 1)
  end,
}
schemes["ndcg2++"] = function(a, b, k, mu)
  return mu * schemes.ndcg2(a, b) + schemes.ndcg(a, b, k)
end

function losses.lambda(scores, worths, o, by)
  local ideal, ranks, sum = reference.ideal(worths, { k = o.k }), ranks_of(by or scores), 0
  if ideal <= 0 or all_equal(worths) then
    return nil
  end
  for i = 1, #scores do
    for j = 1, #scores do
      local weight = 0
      if o.scheme == "ndcg1" then
        weight = i ~= j and worths[i] * reference.discount(ranks[i], o.k) or 0
      elseif worths[i] > worths[j] and in_reach(ranks, i, j, o) then
        weight = (worths[i] - worths[j])
          * schemes[o.scheme or "ndcg"](ranks[i], ranks[j], o.k, o.mu or 10)
      end
      sum = sum + weight / ideal * logistic((scores[i] - scores[j]) / o.temperature)
    end
  end
  return sum
end

local function pairwise(link)
  return function(scores, worths, o, by)
    local ranks, sum, count = ranks_of(by or scores), 0, 0
    for i = 1, #scores do
      for j = 1, #scores do
        if worths[i] > worths[j] and in_reach(ranks, i, j, o) then
          sum = sum + link((scores[i] - scores[j]) / o.temperature)
          count = count + 1
        end
      end
    end
    return count > 0 and sum / count or nil
  end
end

losses.pairwise_logistic = pairwise(logistic)
losses.pairwise_hinge = pairwise(function(x)
  return math.max(0, 1 - x)
end)

local function cross_entropy(scores, target, temperature)
  local z, sum = {}, 0
  for i = 1, #scores do
    z[i] = scores[i] / temperature
  end
  local mass = log_sum(z, 1)
  for i = 1, #scores do
    sum = sum + target[i] * (mass - z[i])
  end
  return sum
end

function losses.list_net(scores, worths, o)
  if all_equal(worths) then
    return nil
  end
  local target, total = {}, 0
  for i = 1, #worths do
    total = total + worths[i]
  end
  for i = 1, #worths do
    target[i] = o.labels == "normalized" and worths[i] / total
      or math.exp(worths[i] - log_sum(worths, 1))
  end
  return cross_entropy(scores, target, o.temperature)
end

function losses.list_mle(scores, worths, o)
  if all_equal(worths) then
    return nil
  end
  local z, sum = {}, 0
  for r, item in ipairs(reference.order(worths)) do
    z[r] = scores[item] / o.temperature
  end
  local k = (o.k or 0) > 0 and math.min(o.k, #z) or #z
  for r = 1, k do
    sum = sum + log_sum(z, r) - z[r]
  end
  return sum
end

function losses.softmax(scores, worths, o)
  local most = 0
  for i = 1, #worths do
    most = math.max(most, worths[i])
  end
  return most > 0 and cross_entropy(scores, worths, o.temperature) or nil
end

--- What gains are worth under an option `gain`.
function losses.worths(gains, gain)
  local out = {}
  for i = 1, #gains do
    out[i] = type(gain) == "table" and gain[gains[i] + 1] or reference.worth(gains[i], gain)
  end
  return out
end

--- The mean over requests, weighted by o.weights, and how many count. by: as above, for all rows.
function losses.mean(name, scores, gains, o, by)
  local sum, weight, counted = 0, 0, 0
  for r, rows in ipairs(reference.requests(o.groups, #scores)) do
    local value = losses[name](
      reference.pick(scores, rows),
      losses.worths(reference.pick(gains, rows), o.gain),
      o,
      by and reference.pick(by, rows)
    )
    if value then
      local w = o.weights and o.weights[r] or 1
      sum, weight, counted = sum + w * value, weight + w, counted + 1
    end
  end
  return sum / weight, counted
end

return losses
