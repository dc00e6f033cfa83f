-- The interval of the ratio where rows of a user go together.
local check = require "spec.support.check"
local sy = require "steelyard"

-- Users whose rows share what the model does not see.
local function log_of(users, rows, spread, seed)
  local random, p, y, id = sy.random(seed), {}, {}, {}
  for user = 1, users do
    local shift = spread * random:normal()
    for _ = 1, rows do
      local z = -1 + 0.5 * random:normal()
      p[#p + 1] = 1 / (1 + math.exp(-z))
      y[#y + 1] = random:uniform() < 1 / (1 + math.exp(-z - shift)) and 1 or 0
      id[#id + 1] = user
    end
  end
  return p, y, id
end

describe("the interval of clusters", function()
  it("covers the ratio where that of independent rows does not #slow", function()
    -- What the ratio is of very many users.
    local p, y = log_of(40000, 10, 1, 1)
    local truth = sy.calibrate.report(p, y).ratio
    local by_clusters, by_rows, trials = 0, 0, 200
    for trial = 1, trials do
      local q, z, id = log_of(60, 30, 1, 100 + trial)
      local a, b = sy.calibrate.report(q, z, { clusters = id }), sy.calibrate.report(q, z)
      assert.are.equal(a.ratio, b.ratio)
      assert.are.equal(60, a.clusters)
      by_clusters = by_clusters + (a.ratio_low <= truth and truth <= a.ratio_high and 1 or 0)
      by_rows = by_rows + (b.ratio_low <= truth and truth <= b.ratio_high and 1 or 0)
    end
    assert.is_true(by_clusters >= 0.9 * trials and by_clusters <= 0.99 * trials, by_clusters)
    assert.is_true(by_rows < 0.8 * trials, by_rows)
  end)

  it("is the closed form", function()
    -- Sums of predictions and labels: (1, 1), (1, 2): ratio 2 / 3.
    local r = sy.calibrate.report({ 0.5, 0.5, 0.5, 0.5 }, { 1, 0, 1, 1 },
      { clusters = { "a", "a", "b", "b" }, confidence = 0.5 })
    local ratio = 2 / 3
    -- Residuals 1 - 1 * ratio and 1 - 2 * ratio; C / (C - 1) * sum of squares / (sum of labels)^2.
    local error_ = math.sqrt(2 * ((1 - ratio) ^ 2 + (1 - 2 * ratio) ^ 2)) / 3
    local factor = math.exp(1 * error_ / ratio) -- Student's quantile of one degree at 75 %: 1
    check.close(ratio / factor, r.ratio_low, 1e-12)
    check.close(ratio * factor, r.ratio_high, 1e-12)
    assert.is_truthy(r:text():find("interval of 2 clusters", 1, true))
  end)

  it("does not see the order of rows or names of clusters", function()
    local p, y, id = log_of(20, 10, 1, 7)
    local expected = sy.calibrate.report(p, y, { clusters = id })
    for seed = 1, 20 do
      local order = sy.random(seed):shuffle(sy.array.range(#p))
      local names = sy.array(id):gather(order):totable()
      for i = 1, #names do
        names[i] = "user " .. names[i]
      end
      local r = sy.calibrate.report(sy.array(p):gather(order), sy.array(y):gather(order),
        { clusters = names })
      assert.are.equal(expected.ratio_low, r.ratio_low)
      assert.are.equal(expected.ratio_high, r.ratio_high)
    end
  end)

  it("is none of one cluster or without labels, and refuses what it cannot do", function()
    local r = sy.calibrate.report({ 0.5, 0.5 }, { 1, 0 }, { clusters = { 1, 1 } })
    assert.is_true(r.ratio_low ~= r.ratio_low)
    r = sy.calibrate.report({ 0.5, 0.5 }, { 0, 0 }, { clusters = { 1, 2 } })
    assert.is_true(r.ratio_high ~= r.ratio_high)
    local function fails(pattern, ...)
      local ok, message = pcall(sy.calibrate.report, ...)
      assert.is_false(ok)
      assert.is_truthy(message:find(pattern, 1, true), message)
    end
    fails("without weights", { 0.5 }, { 1 }, { clusters = { 1 }, weights = { 1 } })
    fails("they are of 2 rows, but there are 1", { 0.5 }, { 1 }, { clusters = { 1, 2 } })
    fails("a column's name is for data sets", { 0.5 }, { 1 }, { clusters = "user" })
    fails("does not know", sy.calibrate.sketch({ 0.5 }, { 1 }), nil, { clusters = { 1 } })
  end)
end)
