-- Ties: every metric under average, best and worst against all orders of equal scores.
local core = require("steelyard.core")
local random = require("spec.support.metrics.random")
local reference = require("spec.support.metrics")
local near = require("spec.support.reference").near
local check = require("spec.support.reference").check
local sy = require("steelyard")

local kinds = core.metric_kinds()
local by_name = {}
for _, kind in ipairs(kinds) do
  by_name[kind.name] = kind
end

-- A metric of each kind, `each` times, with the same settings under all the ties named.
local function draw_metrics(maker, log, each, most)
  local list = {}
  for _, kind in ipairs(kinds) do
    for _ = 1, log.retrieved and kind.pooled and 0 or each do
      list[#list + 1] = maker.metric(kind, log, { "average" }, most)
    end
  end
  return list
end

-- Every request's value under each of the metrics with these ties: lists by metric.
local function measured(log, metrics, ties)
  local scores, gains, o = reference.columns(sy, log)
  local texts, seen = {}, {}
  for i, metric in ipairs(metrics) do
    local text = reference.expression(setmetatable({ ties = ties }, { __index = metric }))
    texts[i] = text
    if not seen[text] then
      seen[text], seen[#seen + 1] = true, text
    end
  end
  o.metrics = seen
  local result, lists = sy.metrics.measure(scores, gains, o), {}
  for i, text in ipairs(texts) do
    lists[i] = result[text].per_request
  end
  return lists
end

-- Unjudged items have the label 0, as trec_eval's readers give them.
local function zero_unjudged(log)
  log.largest = 0
  for _, request in ipairs(log.requests) do
    for row = 1, #request.scores do
      if request.judged and request.judged[row] ~= 1 then
        request.labels[row] = 0
      end
      log.largest = math.max(log.largest, request.labels[row])
    end
  end
end

local function fail(metric, what, wanted, got, request)
  error(("%s, %s: wanted %.17g, got %.17g: scores %s; labels %s; judged %s; retrieved %s"):format(
    reference.expression(metric), what, wanted, got, table.concat(request.scores, " "),
    table.concat(request.labels, " "), table.concat(request.judged or {}, " "),
    tostring(request.retrieved)))
end

-- best and worst go by labels. Their help says that these, where items are not judged, have other
-- extremes, or always (gain_cost).
local function has_others(metric, request)
  local by_judgment = {
    infap = true, unjudged = true, rbp_residual = true, nonrelevant_retrieved = true,
  }
  return metric.kind == "gain_cost" or by_judgment[metric.kind] and request.judged
end

local settings = {
  { steps = 1 }, { steps = 2 }, { steps = 3 }, { steps = 2, tables = true },
  { steps = 2, judged = true }, { steps = 2, judged = true, retrieved = true, labels = "graded" },
}

describe("equal scores", function()
  it("averaged, are the mean over all orders, for every metric", function()
    local compared = 0
    for seed, o in ipairs(settings) do
      local maker = random.new(sy, seed)
      local log = maker.log(14, 6, o)
      local metrics = draw_metrics(maker, log, 2, 6)
      local got = measured(log, metrics, "average")
      for m, metric in ipairs(metrics) do
        for id, request in ipairs(log.requests) do
          local wanted = reference.value(request, metric, log) or 0 / 0
          if not near(wanted, got[m][id], 1e-12) then
            fail(metric, "average", wanted, got[m][id], request)
          end
          compared = compared + 1
        end
      end
    end
    assert(compared > 6000)
  end)

  it("at their best and worst, are the extremes of all orders", function()
    local compared, passed_over = 0, 0
    for seed, o in ipairs(settings) do
      local maker = random.new(sy, 50 + seed)
      local log = maker.log(12, 6, o)
      zero_unjudged(log)
      log.discount_table = log.discount_table and { 1, 0.7, 0.7, 0.5, 0.25 }
      local metrics = draw_metrics(maker, log, 2, 6)
      local best, worst = measured(log, metrics, "best"), measured(log, metrics, "worst")
      for m, metric in ipairs(metrics) do
        for id, request in ipairs(log.requests) do
          local _, least, most = reference.over_orders(request, metric, log)
          if by_name[metric.kind].lower then
            least, most = most, least
          end
          if has_others(metric, request) then
            passed_over = passed_over + 1
          elseif not near(most or 0 / 0, best[m][id], 1e-12) then
            fail(metric, "best", most or 0 / 0, best[m][id], request)
          elseif not near(least or 0 / 0, worst[m][id], 1e-12) then
            fail(metric, "worst", least or 0 / 0, worst[m][id], request)
          end
          compared = compared + 1
        end
      end
    end
    assert(compared > 4500 and passed_over < 0.1 * compared)
  end)

  it("do not matter where there are none: all five agree", function()
    for seed, o in ipairs({ {}, { judged = true }, { tables = true }, { retrieved = true } }) do
      local maker = random.new(sy, 80 + seed)
      local log = maker.log(20, 12, o)
      local metrics = draw_metrics(maker, log, 2, 12)
      local wanted = measured(log, metrics, "input")
      for _, ties in ipairs({ "average", "best", "worst", "name" }) do
        local got = measured(log, metrics, ties)
        for m, metric in ipairs(metrics) do
          for id, request in ipairs(log.requests) do
            local tolerance = ties == "average" and 1e-13 or 0
            if not near(wanted[m][id], got[m][id], tolerance) then
              fail(metric, ties, wanted[m][id], got[m][id], request)
            end
          end
        end
      end
    end
  end)
end)

-- ------------------------------------------------------------------------------- large groups --

-- Mean and its standard error over random orders of ties.
local function sampled(request, metric, log, rounds, below)
  local sum, squares, count = 0, 0, 0
  local groups = {}
  for row, score in ipairs(request.scores) do
    groups[score] = groups[score] or {}
    table.insert(groups[score], row)
  end
  local keys = {}
  for score in pairs(groups) do
    keys[#keys + 1] = score
  end
  table.sort(keys, function(a, b)
    return a > b
  end)
  for _ = 1, rounds do
    local order = {}
    for _, score in ipairs(keys) do
      local rows = groups[score]
      for i = #rows, 1, -1 do
        local j = below(i)
        rows[i], rows[j] = rows[j], rows[i]
      end
      for _, row in ipairs(rows) do
        order[#order + 1] = row
      end
    end
    local value = reference.kinds[metric.kind](reference.view(request, order, metric, log))
    if value then
      sum, squares, count = sum + value, squares + value * value, count + 1
    end
  end
  if count > 0 then
    local mean = sum / count
    return mean, math.sqrt(math.max(0, squares / count - mean * mean) / count)
  end
end

describe("groups of equal scores too large to be enumerated", function()
  it("average to what random orders average to", function()
    local rounds, compared = 400, 0
    for seed, o in ipairs({ { steps = 2, labels = "graded" }, { steps = 3, judged = true } }) do
      local maker = random.new(sy, 90 + seed)
      local log = maker.log(2, 26, o)
      local metrics = draw_metrics(maker, log, 1, 20)
      local got = measured(log, metrics, "average")
      for m, metric in ipairs(metrics) do
        for id, request in ipairs(log.requests) do
          local mean, deviation = sampled(request, metric, log, rounds, maker.below)
          if mean and not reference.own_ties[metric.kind] then
            -- Of ours, up to 1,000 orders are sampled where there is no formula.
            local bound = 5 * deviation * (by_name[metric.kind].expected and 1 or 1.2) + 1e-9
            if math.abs(mean - got[m][id]) > bound then
              fail(metric, "sampled", mean, got[m][id], request)
            end
            compared = compared + 1
          end
        end
      end
    end
    assert(compared > 60)
  end)

  local function one_of(n, extra)
    local scores, gains = {}, {}
    for i = 1, n do
      scores[i], gains[i] = 0.5, i == 1 and (extra or 1) or 0
    end
    return scores, gains
  end

  it("have closed forms: one relevant item among n equals", function()
    local n, sums = 1000, { harmonic = 0, log = 0, geometric = 0 }
    for i = 1, n do
      sums.harmonic = sums.harmonic + 1 / i
      sums.log = sums.log + math.log(2) / math.log(i + 1)
      sums.geometric = sums.geometric + 0.1 * 0.9 ^ (i - 1)
    end
    local scores, gains = one_of(n)
    local result = sy.metrics.measure(scores, gains, { ties = "average", metrics = {
      "mrr", "map", "err", "ndcg", "bin_gain", "rbp", "auc", "arp", "precision@10", "hit_rate@10",
      "recall@10", "f1@9", "bpref", "r_precision", "infap",
    } })
    local expected = {
      mrr = sums.harmonic / n, map = sums.harmonic / n, err = 0.5 * sums.harmonic / n,
      ndcg = sums.log / n, bin_gain = sums.log / n, rbp = sums.geometric / n, auc = 0.5,
      arp = (n + 1) / 2, ["precision@10"] = 1 / n, ["hit_rate@10"] = 10 / n,
      ["recall@10"] = 10 / n, ["f1@9"] = 2 * 9 / n / 10, bpref = 1 / n, r_precision = 1 / n,
      infap = 0,
    }
    for i = 1, n do -- of i - 1 judged before it, none is relevant
      local above, epsilon = i - 1, 0.00001
      local inferred = above > 0 and above / i * epsilon / (above + 2 * epsilon) or 0
      expected.infap = expected.infap + (1 / i + inferred) / n
    end
    for name, wanted in pairs(expected) do
      check(wanted, result[name].mean, 1e-12, name)
    end
  end)

  it("have closed forms: R relevant items among n equals", function()
    local n, relevant, k = 300, 40, 12
    local scores, gains, miss, first, map = {}, {}, 1, 0, 0
    for i = 1, n do
      scores[i], gains[i] = 1, i % 15 < 2 and 1 or 0
    end
    for i = 1, n do
      if i <= k then
        miss = miss * (n - relevant - i + 1) / (n - i + 1)
      end
      map = map + (1 + (i - 1) * (relevant - 1) / (n - 1)) / i / n
    end
    local none = 1
    for i = 1, n - relevant + 1 do
      first = first + none * relevant / (n - i + 1) / i
      none = none * (n - relevant - i + 1) / (n - i + 1)
    end
    local o = { ties = "average", metrics = { "hit_rate@12", "mrr", "map", "relevant", "auc" } }
    local result = sy.metrics.measure(scores, gains, o)
    assert.equal(relevant, result.relevant.mean)
    check(1 - miss, result["hit_rate@12"].mean, 1e-12, "hit_rate")
    check(first, result.mrr.mean, 1e-12, "mrr")
    check(map, result.map.mean, 1e-12, "map")
    assert.equal(0.5, result.auc.mean)
  end)
end)

-- ------------------------------------------------------------------------------ by other ways --

-- The mean over orders of ERR of equal scores: the chance to go on behind i of them is the mean
-- of the products of all subsets of i. O(n^2).
local function err_of_equals(labels, most, k)
  local product = { [0] = 1 }
  for n, label in ipairs(labels) do
    local on = 1 - math.min(1, (2 ^ label - 1) / 2 ^ most)
    product[n] = product[n - 1] * on
    for i = n - 1, 1, -1 do
      product[i] = ((n - i) * product[i] + i * on * product[i - 1]) / n
    end
  end
  local sum = 0
  for i = 1, math.min(k, #labels) do
    sum = sum + (product[i - 1] - product[i]) / i
  end
  return sum
end

-- The same of inferred AP, by the chance of every number of judged items before a relevant one.
local function infap_of_equals(n, relevant, judged, pooled)
  local logs, sum, epsilon = { [0] = 0 }, 0, 0.00001
  for i = 1, n do
    logs[i] = logs[i - 1] + math.log(i)
  end
  local function choose(a, b)
    return logs[a] - logs[b] - logs[a - b]
  end
  for i = 0, n - 1 do
    for j = math.max(0, i - (n - judged)), math.min(i, judged - 1) do
      local chance = math.exp(choose(judged - 1, j) + choose(n - judged, i - j) - choose(n - 1, i))
      local found, extra = j * (relevant - 1) / (judged - 1), (i - j) * pooled / (n - judged)
      local value = i == 0 and 1
        or 1 / (i + 1) + (j + extra) / (i + 1) * (found + epsilon) / (j + 2 * epsilon)
      sum = sum + chance * value
    end
  end
  return sum / n
end

describe("large groups of equal scores", function()
  it("give ERR by the items that may stop a reader, however few", function()
    for _, o in ipairs({ { 400, 2, 4 }, { 400, 50, 4 }, { 400, 400, 4 }, { 400, 40, 12 },
      { 400, 1, 400 }, { 37, 3, 1 } }) do
      local n, every, most = o[1], o[2], o[3]
      local scores, labels = {}, {}
      for i = 1, n do
        scores[i], labels[i] = 1, i % every == 0 and 1 + i % 4 or 0
      end
      for _, k in ipairs({ n, 1, 7, 100 }) do
        local text = ("err(ties=average,max=%d)@%d"):format(most, k)
        local result = sy.metrics.measure(scores, labels, { metrics = { text } })
        check(err_of_equals(labels, most, k), result[text].mean, 1e-12, text)
      end
    end
  end)

  it("give inferred AP by the likely numbers of judged items", function()
    for _, o in ipairs({ { 300, 20, 100, 50 }, { 300, 2, 290, 3 }, { 300, 5, 8, 280 } }) do
      local n, relevant, judged, pooled = o[1], o[2], o[3], o[4]
      local scores, labels, states = {}, {}, {}
      for i = 1, n do
        scores[i], labels[i] = 1, i <= relevant and 1 or 0
        states[i] = i <= judged and 1 or i <= judged + pooled and -1 or 0
      end
      local text = "infap(ties=average)"
      local result = sy.metrics.measure(scores, labels, { metrics = { text }, judged = states })
      check(infap_of_equals(n, relevant, judged, pooled), result[text].mean, 1e-9, text)
    end
  end)

  -- Some took minutes once. Each takes less than a second, but for sanitizers and busy machines.
  it("take no more than moments, whatever the metric", function()
    local n, maker = 200000, core.random(5)
    local scores, labels, judged = sy.array.zeros(n), sy.array.zeros(n), sy.array.zeros(n, "i32")
    for i = 1, n do
      labels[i], judged[i] = math.max(0, maker:below(30) - 25), maker:below(3) - 2
    end
    for _, kind in ipairs(kinds) do
      local text, start = kind.name .. "(ties=average)", os.clock()
      sy.metrics.measure(scores, labels, { metrics = { text }, judged = judged })
      assert(os.clock() - start < 10, text)
    end
  end)
end)
