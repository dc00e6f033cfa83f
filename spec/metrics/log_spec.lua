-- Metrics over whole logs: means, weights and slices, and that one pass over many metrics gives the
-- bits that each has alone.
local core = require("steelyard.core")
local logs = require("spec.support.metrics.logs")
local random = require("spec.support.metrics.random")
local reference = require("spec.support.metrics")
local check = require("spec.support.reference").check
local sy = require("steelyard")

local kinds = core.metric_kinds()
local draw, measure = logs.draw, logs.measure
local same_bits, check_bits = logs.same_bits, logs.check_bits

describe("one pass", function()
  it("gives every metric the bits that it has alone", function()
    local settings = {
      { steps = 3 }, { steps = 2, judged = true, retrieved = true }, { steps = 2, tables = true },
      { steps = 1, judged = true },
    }
    for seed, o in ipairs(settings) do
      local ties = { "input", "name", "best", "worst", "average" }
      local _, texts, scores, gains, options = draw(seed, o, ties, 12, 14)
      local together = measure(scores, gains, options, texts)
      for i, text in ipairs(texts) do
        local alone = measure(scores, gains, options, { text })
        check_bits(alone[1].per_request, together[i].per_request, text)
        assert(same_bits(alone[1].mean, together[i].mean), text)
        assert.equal(alone[1].counted, together[i].counted)
      end
    end
  end)

  it("does so for many cutoffs of a metric, in any order, deeper than there are items", function()
    for seed, ties in ipairs({ "input", "average", "best" }) do
      local _, _, scores, gains, options = draw(20 + seed, { steps = 4, judged = seed == 2 })
      local texts = {}
      for _, kind in ipairs(kinds) do
        for _, cut in ipairs(kind.cutoff and { "@5", "", "@1", "@12", "@3", "@40" } or { "" }) do
          texts[#texts + 1] = ("%s(ties=%s)%s"):format(kind.name, ties, cut)
        end
        for _, cut in ipairs(kind.cutoff and { "@5", "@2" } or {}) do
          texts[#texts + 1] = ("%s(ties=%s,relevance=2)%s"):format(kind.name, ties, cut)
        end
      end
      local together = measure(scores, gains, options, texts)
      for i, text in ipairs(texts) do
        check_bits(measure(scores, gains, options, { text })[1].per_request,
          together[i].per_request, text)
      end
    end
  end)

  it("does so with unjudged items left out under several orders of ties", function()
    local _, _, scores, gains, options = draw(9, { steps = 2, judged = true }, nil, 30)
    options.judged_only = true
    local texts = { "map", "map(ties=name)", "map(ties=best)", "map(ties=worst)", "rbo(ties=best)",
      "map(ties=best,relevance=2)", "overlap(ties=worst)@3" }
    local together = measure(scores, gains, options, texts)
    for i, text in ipairs(texts) do
      check_bits(measure(scores, gains, options, { text })[1].per_request,
        together[i].per_request, text)
    end
  end)

  it("takes 256 metrics and 32 orders and levels, and says so beyond", function()
    local texts, levels = {}, {}
    for k = 1, 257 do
      texts[k] = "ndcg@" .. k
    end
    for level = 1, 33 do
      levels[level] = ("map(relevance=%d)"):format(level)
    end
    local _, message = pcall(measure, { 1 }, { 1 }, {}, texts)
    assert.matches("257 metrics: 1 to 256 can be measured in one pass", message, 1, true)
    _, message = pcall(measure, { 1 }, { 1 }, {}, levels)
    assert.matches("metrics: more than 32 orders of ties and levels of relevance", message, 1, true)
    texts[257], levels[33] = nil, nil
    assert.equal(256, #measure({ 1 }, { 1 }, {}, texts))
    assert.equal(32, #measure({ 1 }, { 1 }, {}, levels))
  end)

  it("has the same bits for labels and scores of every type", function()
    local maker = random.new(sy, 3)
    local log = maker.log(20, 12, { steps = 6, labels = "graded" })
    local texts = {}
    for i, kind in ipairs(kinds) do
      texts[i] = reference.expression(maker.metric(kind, log, { "input", "average" }, 12))
    end
    local scores, gains, options = reference.columns(sy, log)
    local wanted = measure(scores, gains, options, texts)
    for _, dtype in ipairs({ "f32", "i32", "i64" }) do
      local got = measure(sy.array(scores, "f32"), sy.array(gains, dtype), options, texts)
      for i, text in ipairs(texts) do
        check_bits(wanted[i].per_request, got[i].per_request, text .. " " .. dtype)
      end
    end
  end)
end)

-- ------------------------------------------------------------------------------------- means --

describe("the mean over requests", function()
  local means = {}
  for _, kind in ipairs(kinds) do
    means[kind.name] = kind.mean
  end

  local function mean_of(values, weights, mean)
    local sum, all = 0, 0
    for i = 1, #values do
      if values[i] == values[i] then
        local value = mean == "geometric" and math.log(math.max(values[i], 0.00001)) or values[i]
        sum, all = sum + weights[i] * value, all + weights[i]
      end
    end
    if mean == "sum" then
      return sum
    end
    return mean == "geometric" and math.exp(sum / all) or sum / all
  end

  it("is what values and weights per request say", function()
    local _, texts, scores, gains, options, maker = draw(4, { steps = 3 }, { "average" }, 60)
    local weights = {}
    for r = 1, 60 do
      weights[r] = maker.below(5) / 2
    end
    options.weights = sy.array(weights)
    for _, text in ipairs({ "ndcg(mean=geometric)", "map(mean=sum)", "map(mean=geometric)@3",
      "ndcg(weight=relevant)", "ndcg(weight=items)", "rbp(weight=relevant)" }) do
      texts[#texts + 1] = text
    end
    local result = measure(scores, gains, options, texts)
    for i, text in ipairs(texts) do
      local one, counted = result[i], 0
      local mean = text:match("mean=(%a+)") or means[one.kind]
      for r = 1, 60 do
        counted = counted + (one.per_request[r] == one.per_request[r] and 1 or 0)
      end
      assert.equal(one.kind == "auc" and 60 or counted, one.counted) -- auc is over all rows
      assert.equal(60, one.counted + one.empty)
      if one.kind ~= "auc" then
        check(mean_of(one.per_request, one.weights, mean), one.mean, 1e-12, text)
      end
    end
  end)

  it("weighs by items and by relevant items, whatever the metric looks at", function()
    local scores, gains = { 3, 2, 1, 2, 1 }, { 0, 1, 2, 0, 1 }
    local o = { groups = { 1, 1, 1, 2, 2 } }
    local result = measure(scores, gains, o, { "dcg(weight=relevant)", "dcg(weight=items)", "dcg" })
    local each = result.dcg.per_request
    check((2 * each[1] + each[2]) / 3, result[1].mean, 1e-15)
    check((3 * each[1] + 2 * each[2]) / 5, result[2].mean, 1e-15)
    assert.same({ 2, 1 }, result[1].weights:totable())
  end)

  it("skips, or counts as 0 or 1, requests without a relevant item", function()
    local scores, gains, o = { 2, 1, 2, 1 }, { 0, 1, 0, 0 }, { groups = { 1, 1, 2, 2 } }
    for _, kind in ipairs(kinds) do
      if kind.relevance and kind.name ~= "yaap" and not kind.pooled then
        local texts = { kind.name, kind.name .. "(empty=zero)", kind.name .. "(empty=one)" }
        local result = measure(scores, gains, o, texts)
        local value = result[1].per_request[1]
        assert(result[1].per_request[2] ~= result[1].per_request[2], kind.name)
        assert.same({ 1, 1 }, { result[1].counted, result[1].empty })
        assert.same({ 2, 1 }, { result[2].counted, result[2].empty })
        local none = kind.name == "gauc" and 0.5 or 0
        check((value + none) / 2, result[2].mean, 1e-15, kind.name)
        check((value + 1) / 2, result[3].mean, 1e-15, kind.name)
      end
    end
  end)

  it("is NaN where nothing counts, and no request is no mean", function()
    for _, o in ipairs({ { scores = { 1 }, gains = { 0 } }, { scores = {}, gains = {} } }) do
      local result = sy.metrics.measure(o.scores, o.gains, { metrics = { "ndcg", "map" } })
      assert(result.ndcg.mean ~= result.ndcg.mean and result.map.counted == 0)
    end
  end)

  it("with whole weights is the mean of requests that stand there as often", function()
    local log, texts, scores, gains, options, maker = draw(6, { steps = 4 }, { "average" }, 25)
    local weights, doubled = {}, { requests = {}, largest = log.largest }
    for r, request in ipairs(log.requests) do
      weights[r] = maker.below(4) - 1
      for _ = 1, weights[r] do
        table.insert(doubled.requests, request)
      end
    end
    options.weights = sy.array(weights)
    local weighted = measure(scores, gains, options, texts)
    scores, gains, options = reference.columns(sy, doubled)
    local repeated = measure(scores, gains, options, texts)
    for i, text in ipairs(texts) do
      local kind = weighted[i].kind
      if kind ~= "auc" and kind ~= "err" then -- over all rows; by the largest label of all
        check(repeated[i].mean, weighted[i].mean, 1e-12, text)
      end
    end
  end)

  it("of slices makes up the mean of all", function()
    local _, texts, scores, gains, options, maker = draw(7, { steps = 4 }, { "input" }, 80)
    local slices = {}
    for r = 1, 80 do
      slices[r] = maker.below(5) - 2 -- -1: in no slice
    end
    local slice, result = sy.array(slices, "i32"), measure(scores, gains, options, texts)
    local parsed = core.metric_parse(texts, {})
    for i, text in ipairs(texts) do
      local one = result[i]
      local parts = core.metric_slices(parsed, i, one.per_request, one.weights, slice, 4)
      assert.equal(4, #parts)
      for s = 0, 3 do
        local values, weights = {}, {}
        for r = 1, 80 do
          if slices[r] == s then
            values[#values + 1], weights[#weights + 1] = one.per_request[r], one.weights[r]
          end
        end
        if parts[s + 1].counted > 0 then
          check(mean_of(values, weights, means[one.kind]), parts[s + 1].value, 1e-12, text)
        else
          assert(parts[s + 1].value ~= parts[s + 1].value, text)
        end
        assert.equal(#values, parts[s + 1].counted + parts[s + 1].empty)
      end
    end
  end)
end)

describe("the range", function()
  it("is from the worst to the best order, whatever ties the expression names", function()
    local scores, gains = { 1, 1, 1, 0 }, { 0, 2, 1, 1 }
    local texts = { "ndcg", "ndcg(ties=average)", "map(ties=worst)@2", "auc", "auc(ties=input)" }
    local result = sy.metrics.measure(scores, gains, { metrics = texts, range = true })
    for i, text in ipairs(texts) do
      local name, k = result[i].kind, result[i].k
      local o = { k = k > 0 and k or nil, ties = "best" }
      assert.equal((sy.metrics[name](scores, gains, o)), result[i].best, text)
      o.ties = "worst"
      assert.equal((sy.metrics[name](scores, gains, o)), result[i].worst, text)
      assert(result[i].worst < result[i].best and result[i].mean <= result[i].best, text)
    end
    assert(result[1].mean ~= result[2].mean)
  end)
end)
