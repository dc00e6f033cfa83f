-- Metrics of numbers at their limits: infinite scores, what is no number, sums that overflow; and
-- arguments that do not fit.
local core = require("steelyard.core")
local check = require("spec.support.reference").check
local sy = require("steelyard")

local kinds = core.metric_kinds()
local huge, nan = math.huge, 0 / 0

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return (message:gsub("^.-:%d+: ", ""))
end

-- All metrics in one pass.
local function measure_all(scores, gains, o)
  o = o or {}
  o.metrics = {}
  for i, kind in ipairs(kinds) do
    o.metrics[i] = kind.name
  end
  return sy.metrics.measure(scores, gains, o)
end

describe("scores", function()
  it("may be infinite: of both signs, and tied there", function()
    local gains = { 0, 1, 2, 1, 0, 3 }
    local finite, infinite = { 5, 9, 9, 3, 0, 0 }, { 5, huge, huge, 3, -huge, -huge }
    for _, ties in ipairs({ "input", "average", "best", "worst" }) do
      local wanted = measure_all(finite, gains, { ties = ties })
      for _, dtype in ipairs({ "f32", "f64" }) do
        local got = measure_all(sy.array(infinite, dtype), gains, { ties = ties })
        for i, kind in ipairs(kinds) do
          assert.equal(wanted[i].mean, got[i].mean, kind.name)
        end
      end
    end
  end)

  it("tie at zero whatever its sign", function()
    local result = measure_all({ 0.0, -0.0, 1 }, { 1, 0, 0 }, { ties = "average" })
    check((1 / 2 + 1 / 3) / 2, result.mrr.mean)
    assert.equal(0.25, result.auc.mean)
  end)

  it("are no NaN", function()
    for _, dtype in ipairs({ "f32", "f64" }) do
      for _, bad in ipairs({ 1, 7, 40, 70 }) do
        local scores, gains = sy.array.zeros(80, dtype), sy.array.zeros(80)
        scores[bad] = nan
        for _, text in ipairs({ "ndcg", "map@3", "kendall_tau", "retrieved" }) do
          local message = raised(sy.metrics.measure, scores, gains, { metrics = text })
          assert.equal(("scores[%d]: NaN"):format(bad), message)
        end
      end
    end
  end)
end)

describe("labels", function()
  it("are finite", function()
    for _, dtype in ipairs({ "f32", "f64" }) do
      for value, shown in pairs({ [huge] = "inf", [-huge] = "-inf" }) do
        local gains = sy.array.zeros(80, dtype)
        gains[33] = value
        local message = raised(measure_all, sy.array.zeros(80), gains)
        assert.equal("gains[33]: " .. shown, message)
      end
      local gains = sy.array.zeros(80, dtype)
      gains[80] = nan
      assert.equal("gains[80]: NaN", raised(measure_all, sy.array.zeros(80), gains))
    end
  end)

  it("too large for 2^label are refused where a metric asks for that", function()
    local o = { metrics = { "ndcg(gain=exponential)" } }
    local message = raised(sy.metrics.measure, { 2, 1 }, { 1, 1025 }, o)
    assert.equal("gains[2]: 1025: 2^1025 is too large", message)
    o.metrics = { "ndcg", "precision" }
    assert(sy.metrics.measure({ 2, 1 }, { 1, 1025 }, o).ndcg.mean > 0)
    check(-1, (sy.metrics.dcg({ 1 }, { -2000 }, { gain = "exponential", empty = "zero" })))
  end)

  it("that overflow together are refused by every metric that adds them up", function()
    local refused = 0
    for _, kind in ipairs(kinds) do
      local ok, mean = pcall(sy.metrics[kind.name], { 3, 2, 1 }, { 1.5e308, 1.5e308, 1.5e308 },
        kind.gain and { discount = "none" } or {})
      if ok then
        assert(mean > -huge and mean < huge or kind.name == "auc" or kind.name == "gauc"
          or kind.name == "kendall_tau" or kind.name == "spearman", kind.name)
      else
        assert.matches("a DCG too large, in the request that starts at row 1", mean, 1, true)
        refused = refused + 1
      end
    end
    assert(refused >= 7, refused)
  end)

  it("ERR is sound for grades of any size", function()
    check(0.5, (sy.metrics.err({ 2, 1 }, { 2000, 1999 }, { k = 1 })) * 0.5)
    check(1, (sy.metrics.err({ 2, 1 }, { 2000, 0 })), 1e-15)
    check(0.5, (sy.metrics.err({ 2, 1 }, { 1999, 2000 }, { k = 1 })), 1e-15)
    check(1, (sy.metrics.err({ 2, 1 }, { 30, 0 }, { max = 10 })), 1e-15)
  end)

  it("RBP brings labels of any size into [0, 1]", function()
    check(1 - 0.9 ^ 3, (sy.metrics.rbp({ 3, 2, 1 }, { 1.5e308, 1.5e308, 1.5e308 })), 1e-15)
  end)
end)

describe("no items", function()
  it("are an empty request for what looks for relevance, 0 for what counts", function()
    local empty = sy.groups.from_sizes({ 0, 2, 0 })
    local result = measure_all({ 2, 1 }, { 1, 0 }, { groups = empty, ties = "average" })
    for i, kind in ipairs(kinds) do
      local one = result[i]
      assert.equal(3, one.counted + one.empty)
      if kind.pooled then -- over all rows: of all requests
        assert.same({ 3, 0 }, { one.counted, one.empty }, kind.name)
      elseif kind.relevance then
        assert.same({ 1, 2 }, { one.counted, one.empty }, kind.name)
      elseif kind.count then
        assert.equal(0, one.per_request[1])
      end
    end
  end)

  it("where nothing is retrieved, everything is missed", function()
    local o = { retrieved = sy.array({ 0 }, "i64"), metrics = {
      "ndcg", "precision", "precision@2", "recall", "f1", "f1(beta=0)", "map", "mrr", "set_map",
      "bpref", "infap", "rbp", "r_precision", "hit_rate", "relative_precision", "iprec", "err",
    } }
    local result = sy.metrics.measure({ 2, 1 }, { 1, 0 }, o)
    for i = 1, #result do
      assert.equal(0, result[i].mean, result[i].name)
      assert.equal(1, result[i].counted, result[i].name)
    end
  end)
end)

describe("arguments that do not fit", function()
  local s, g = { 2, 1, 3 }, { 1, 0, 2 }
  local function fails(wanted, scores, gains, o)
    assert.equal(wanted, raised(sy.metrics.measure, scores, gains, o))
  end

  it("are named: lengths", function()
    local two = { groups = { 1, 1, 2 }, metrics = "map" }
    local function with(key, value)
      return { groups = two.groups, metrics = "map", [key] = value }
    end
    fails("gains: 2 numbers for 3 scores", s, { 1, 2 }, two)
    fails("judged: 2 numbers, 3 are needed", s, g, with("judged", sy.array({ 1, 1 }, "i32")))
    fails("retrieved: 3 numbers, 2 are needed", s, g,
      with("retrieved", sy.array({ 1, 1, 1 }, "i64")))
    fails("weights: 1 numbers, 2 are needed", s, g, with("weights", sy.array({ 1 })))
  end)

  it("are named: values", function()
    fails("retrieved[1]: 4 of 3 items", s, g, { retrieved = sy.array({ 4 }, "i64") })
    fails("retrieved[1]: -1 of 3 items", s, g, { retrieved = sy.array({ -1 }, "i64") })
    for value, shown in pairs({ [-1] = "-1", [huge] = "inf" }) do
      fails(("weights[1]: %s is not a finite number from 0 up"):format(shown), s, g,
        { weights = sy.array({ value }) })
    end
    fails("weights[1]: nan is not a finite number from 0 up", s, g, { weights = sy.array({ nan }) })
    fails("judged[2]: 2 is none of 1, 0 and -1", s, g, { judged = { 1, 2, 0 } })
    fails("judged[3]: -2 is none of 1, 0 and -1", s, g, { judged = { 1, -1, -2 } })
    fails("gains[3]: 2 has no place in the gain table of 0 to 1", s, g, { gain = { 0, 1 } })
    fails("gains[1]: 0.5 has no place in the gain table of 0 to 1", { 1 }, { 0.5 },
      { gain = { 0, 1 } })
    fails("gains[1]: -1 has no place in the gain table of 0 to 1", { 1 }, { -1 },
      { gain = { 0, 1 } })
    fails("ndcg: ties are averaged over whole rankings only: no depth, no judged_only", s, g,
      { ties = "average", depth = 2 })
  end)

  it("are named: settings that make no sense", function()
    fails('metrics: ndcg is there twice', s, g, { metrics = { "ndcg", "ndcg" } })
    fails('measure: option "metrics": an empty list', s, g, { metrics = {} })
    fails('measure: option "gain": an empty table', s, g, { gain = {} })
    assert.matches("ndgc", raised(sy.metrics.measure, s, g, { metrics = "ndgc" }))
    fails("k: expected a whole number from 0 up, got -1", s, g, { k = -1 })
    fails('measure: option "k": expected an integer, got 1.5', s, g, { k = 1.5 })
    fails("depth: expected a whole number from 0 up, got -1", s, g, { depth = -1 })
    fails("gain[1]: a string is not a number", s, g, { gain = { "a" } })
    fails("gain table[3]: inf", s, g, { gain = { 0, 1, huge } })
    fails("discount table[2]: -inf", s, g, { discount = { 1, -huge } })
    assert.matches("^base: %-3.*: a number above 1 is needed$",
      raised(sy.metrics.measure, s, g, { base = -3 }))
    assert.matches("^relevance: %-?inf: a finite number is needed$",
      raised(sy.metrics.measure, s, g, { relevance_level = huge }))
    assert.equal("k: expected a whole number from 0 up, got -1", raised(sy.ndcg, s, g, { k = -1 }))
  end)

  it("auc is over all rows, which must all be ranked", function()
    local o = { retrieved = sy.array({ 2 }, "i64"), metrics = "auc" }
    assert.matches("^auc: it is over all rows", raised(sy.metrics.measure, s, g, o))
  end)
end)
