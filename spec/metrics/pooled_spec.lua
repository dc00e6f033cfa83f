-- AUC over all rows: sorted and merged, against all pairs.
local sy = require("steelyard")

local function draw(random, n)
  local log = { scores = {}, labels = {}, groups = {} }
  for i = 1, n do
    log.scores[i] = ({ random:below(5) / 4 - 0.5, -0.0, random:uniform(), 1 / 0, -1 / 0 })[
      random:below(12) + 1] or random:below(40) / 8
    log.labels[i] = (random:below(3) - 1) / 2
    log.groups[i] = random:below(4)
  end
  return log
end

-- The share of pairs that stand right, equal scores counting `tied`; NaN where there is no pair.
local function by_pairs(log, relevant, tied)
  local pairs_, all = 0, 0
  for i, a in ipairs(log.scores) do
    for j, b in ipairs(log.scores) do
      if relevant(log.labels[i]) and not relevant(log.labels[j]) then
        all = all + 1
        pairs_ = pairs_ + (a > b and 1 or a == b and tied or 0)
      end
    end
  end
  return pairs_ / all
end

local TIED = { average = 0.5, best = 1, worst = 0 }

local function above_zero(label)
  return label > 0
end

describe("auc over all rows", function()
  it("counts what all pairs count, whatever the requests", function()
    local random, seen = sy.random(5), 0
    for _ = 1, 200 do
      local log = draw(random, random:below(60) + 1)
      for ties, tied in pairs(TIED) do
        for _, dtype in ipairs({ "f32", "f64" }) do
          local wanted = by_pairs(log, above_zero, tied)
          local got = sy.metrics.auc(sy.array(log.scores, dtype), log.labels, {
            groups = log.groups, ties = ties,
          })
          assert(got == wanted or math.abs(got - wanted) < 1e-15 or wanted ~= wanted and got ~= got)
          seen = seen + (wanted == wanted and 1 or 0)
        end
      end
    end
    assert(seen > 1000)
  end)

  it("goes by the level of relevance, and takes the unjudged for not relevant", function()
    local log = draw(sy.random(6), 50)
    local wanted = by_pairs(log, function(label)
      return label >= 1
    end, 0.5)
    assert.equal(wanted, (sy.metrics.auc(log.scores, log.labels, { relevance_level = 1 })))
    local judged, marked = {}, {}
    for i = 1, 50 do
      judged[i] = i % 3 == 0 and 0 or 1
      marked[i] = log.labels[i] * judged[i]
    end
    assert.equal(by_pairs({ scores = log.scores, labels = marked }, above_zero, 0.5),
      (sy.metrics.auc(log.scores, log.labels, { judged = judged })))
  end)

  it("is the same for scores that are made within the pass", function()
    local random, a, b, labels = sy.random(7), {}, {}, {}
    for i = 1, 3000 do
      a[i], b[i], labels[i] = random:below(9) / 8, random:uniform(), random:below(2) - 1
    end
    for _, dtype in ipairs({ "f32", "f64" }) do
      local data = { a = sy.array(a, dtype), b = sy.array(b, dtype) }
      local vm = sy.value_model.new({ weights = { a = 0.75, b = 0.5 } })
      assert.equal((sy.metrics.auc(vm:score(data), labels)),
        (sy.metrics.auc(vm:deferred(data), labels)))
    end
  end)

  it("agrees with the order of rows where no scores are equal", function()
    local random, scores, labels = sy.random(8), {}, {}
    for i = 1, 500 do
      scores[i], labels[i] = random:uniform(), random:below(2) - 1
    end
    local o = { ties = "input" }
    assert(math.abs(sy.metrics.auc(scores, labels, o) - sy.metrics.auc(scores, labels)) < 1e-15)
  end)

  it("counts as told where all rows are relevant", function()
    assert.equal(0.5, (sy.metrics.auc({ 1, 2 }, { 1, 1 }, { empty = "zero" })))
    local none = sy.metrics.auc({ 1, 2 }, { 1, 1 })
    assert(none ~= none)
  end)
end)
