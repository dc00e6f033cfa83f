-- Isotonic regression, the CORP decomposition and consistency bands.
local check = require("spec.support.check")
local core = require("steelyard.core")
local curves = require("spec.support.curves")
local sy = require("steelyard")

local close = check.close

local FORMS = { {}, { fractions = true }, { weighted = true },
  { fractions = true, weighted = true } }

--- The values at predictions 0.1, 0.2 ... of labels divided by `scale`, times scale.
local function regress(labels, scale, weights)
  local p, y, atoms = {}, {}, {}
  for i, label in ipairs(labels) do
    p[i], y[i] = i / 10, label / scale
    atoms[i] = { p = p[i] }
  end
  local values = curves.spread(core.curve(p, y, weights):isotonic(), atoms)
  for i = 1, #values do
    values[i] = values[i] * scale
  end
  return values
end

describe("The isotonic regression", function()
  -- scikit-learn, sklearn/tests/test_isotonic.py.
  it("is scikit-learn's", function()
    local function same(expected, actual)
      assert.equal(#expected, #actual)
      for i, value in ipairs(expected) do
        close(value, actual[i], 1e-12)
      end
    end
    same({ 3, 6, 6, 8, 8, 8, 10 }, regress({ 3, 7, 5, 9, 8, 7, 10 }, 10))
    same({ 1, 13.95, 13.95, 13.95, 13.95, 13.95, 24 },
      regress({ 1, 41, 51, 1, 2, 5, 24 }, 51, { 1, 2, 3, 4, 5, 6, 7 }))
  end)

  it("is the max of mins of means", function()
    local random = sy.random(41)
    for round = 1, 120 do
      local kind = ({ "plain", "ties", "extreme" })[1 + round % 3]
      local p, y, w = curves.draw(random, 1 + round % 40, kind, FORMS[1 + round % 4])
      local atoms = curves.atoms(p, y, w)
      local isotonic = core.curve(p, y, w):isotonic()
      local got, wanted = curves.spread(isotonic, atoms), curves.isotonic(atoms)
      for k, value in ipairs(wanted) do
        close(value, got[k], 1e-13, "round " .. round)
      end
      for b = 2, #isotonic.value do
        assert.is_true(isotonic.value[b - 1] < isotonic.value[b])
        assert.is_true(isotonic.high[b - 1] < isotonic.low[b])
      end
    end
  end)

  it("pools equal predictions, and equal values", function()
    local isotonic = core.curve({ 0.5, 0.5, 0.5, 0.7 }, { 1, 0, 0, 1 }):isotonic()
    assert.same({ 0.5, 0.7 }, isotonic.low:totable())
    close(1 / 3, isotonic.value[1])
    assert.same({ 3, 1 }, isotonic.weight:totable())
    isotonic = core.curve({ 0.1, 0.2, 0.3, 0.4 }, { 0, 0, 1, 1 }):isotonic()
    assert.same({ 0.1, 0.3 }, isotonic.low:totable())
    assert.same({ 0.2, 0.4 }, isotonic.high:totable())
    assert.same({ 0, 1 }, isotonic.value:totable())
  end)

  -- Falling labels, and ones for which Spark once took exponential time (apache/spark PR 15018).
  it("takes no longer for adverse labels", function()
    local n = 200000
    local p, falling, saw = core.array.zeros(n, "f64"), core.array.zeros(n, "f64"),
      core.array.zeros(n, "f64")
    for i = 1, n do
      p[i], falling[i] = i / n, 1 - i / n
      saw[i] = i <= n / 2 and i / n or (i == n and 0 or 1 - i / n)
    end
    assert.equal(1, #core.curve(p, falling):isotonic().value)
    assert.is_true(#core.curve(p, saw):isotonic().value > 1)
  end)
end)

describe("CORP", function()
  local function score_of(kind, v, y)
    if kind == "brier" then
      return (v - y) ^ 2
    end
    local function log(x)
      return math.log(math.max(x, 2 ^ -52))
    end
    return -((y > 0 and y * log(v) or 0) + (y < 1 and (1 - y) * log(1 - v) or 0))
  end

  it("is what recalibration and the mean label leave of each score", function()
    local random = sy.random(42)
    for round = 1, 60 do
      local kind = ({ "plain", "ties", "extreme" })[1 + round % 3]
      local p, y, w = curves.draw(random, 20 + round, kind, FORMS[1 + round % 4])
      local curve, atoms = core.curve(p, y, w), curves.atoms(p, y, w)
      local values, place = curves.spread(curve:isotonic(), atoms), {}
      for k, atom in ipairs(atoms) do
        place[atom.p] = k
      end
      local mean, parts = curve:summary(0.9).mean_label, { curve:corp() }
      for which, name in ipairs({ "brier", "log_loss" }) do
        local weight, plain, best, flat = 0, 0, 0, 0
        for i = 1, #p do
          local v = w and w[i] or 1
          if v > 0 then
            weight, plain = weight + v, plain + v * score_of(name, p[i], y[i])
            best = best + v * score_of(name, values[place[p[i]]], y[i])
            flat = flat + v * score_of(name, mean, y[i])
          end
        end
        local got = parts[which]
        close(plain / weight, got.score, 1e-12, name .. " score")
        close((plain - best) / weight, got.mcb, 1e-12, name .. " mcb")
        close((flat - best) / weight, got.dsc, 1e-12, name .. " dsc")
        close(flat / weight, got.unc, 1e-12, name .. " unc")
        close(got.score, got.mcb - got.dsc + got.unc, 1e-14, name)
        assert.is_true(got.mcb >= 0 and got.dsc >= 0)
      end
    end
  end)

  it("finds nothing to mend in right frequencies", function()
    local p, y = {}, {}
    for _, tenth in ipairs({ 1, 3, 8 }) do
      for i = 1, 10 do
        p[#p + 1], y[#y + 1] = tenth / 10, i <= tenth and 1 or 0
      end
    end
    local brier, log_loss = core.curve(p, y):corp()
    close(0, brier.mcb, 1e-16)
    close(0, log_loss.mcb, 1e-15)
    close(0.4 * 0.6, brier.unc)
  end)
end)

describe("The consistency band", function()
  local AT = { 0, 0.1, 0.25, 0.5, 0.75, 0.9, 1 }

  it("is the same for the same seed, ascends, and narrows as rows become more", function()
    local random = sy.random(43)
    local p, y = curves.draw(random, 2000, "plain")
    local curve = core.curve(p, y)
    local low, high = curve:band(AT, 0.9, 100, 5)
    assert.equal(curves.bits({ low, high }), curves.bits({ curve:band(AT, 0.9, 100, 5) }))
    assert.not_equal(curves.bits({ low, high }), curves.bits({ curve:band(AT, 0.9, 100, 6) }))
    local inner_low, inner_high = curve:band(AT, 0.5, 100, 5)
    for i, at in ipairs(AT) do
      assert.is_true(low[i] <= inner_low[i] and inner_high[i] <= high[i])
      assert.is_true(low[i] - 0.05 <= at and at <= high[i] + 0.05)
      assert.is_true(i == 1 or low[i - 1] <= low[i] and high[i - 1] <= high[i])
    end
    local few_p, few_y = {}, {}
    for i = 1, 100 do
      few_p[i], few_y[i] = p[i], y[i]
    end
    local few_low, few_high = core.curve(few_p, few_y):band(AT, 0.9, 100, 5)
    assert.is_true(few_high[4] - few_low[4] > 1.5 * (high[4] - low[4]))
  end)

  -- One prediction only: the regression is a binomial count's share, drawn in each of three ways.
  it("has the binomial distribution's quantiles", function()
    for _, case in ipairs({ { 1, 0.3 }, { 40, 0.05 }, { 1000, 0.2 }, { 1000, 0.97 }, { 50, 0.5 },
      { 300, 0.999 } }) do
      local n, prediction, p, y = case[1], case[2], {}, {}
      for i = 1, n do
        p[i], y[i] = prediction, 0
      end
      local cumulative, share, sum = {}, n * math.log(1 - prediction), 0
      for k = 0, n do
        sum = sum + math.exp(share)
        cumulative[k] = sum
        share = share + math.log(prediction / (1 - prediction) * (n - k) / (k + 1))
      end
      for _, level in ipairs({ 0.5, 0.9 }) do
        local low, high = core.curve(p, y):band({ 0.5 }, level, 20000, 3)
        -- What lies at or below a quantile, and what below it, enclose its share but for noise.
        for _, end_ in ipairs({ { low[1], (1 - level) / 2 }, { high[1], (1 + level) / 2 } }) do
          local k = math.floor(end_[1] * n + 0.5)
          assert.is_true(cumulative[k] > end_[2] - 0.015, n .. " of " .. prediction)
          assert.is_true((cumulative[k - 1] or 0) < end_[2] + 0.015, n .. " of " .. prediction)
        end
      end
    end
  end)

  it("holds the regression of right predictions as often as it says", function()
    local random, inside, runs = sy.random(44), 0, 200
    local p, y = core.array.zeros(400, "f64"), core.array.zeros(400, "f64")
    for run = 1, runs do
      for i = 1, #p do
        p[i] = random:uniform()
        y[i] = random:uniform() < p[i] and 1 or 0
      end
      local curve = core.curve(p, y)
      local low, high = curve:band({ 0.5 }, 0.9, 100, run)
      local isotonic, b = curve:isotonic(), 1
      while isotonic.high[b] < 0.5 do
        b = b + 1
      end
      if low[1] <= isotonic.value[b] and isotonic.value[b] <= high[1] then
        inside = inside + 1
      end
    end
    assert.is_true(inside / runs > 0.83 and inside / runs < 0.97, tostring(inside / runs))
  end)

  it("of many predictions is that of as many rows with few", function()
    local random, n = sy.random(45), 60000
    local many, few, y = core.array.zeros(n, "f64"), core.array.zeros(n, "f64"),
      core.array.zeros(n, "f64")
    for i = 1, n do
      many[i] = random:uniform()
      few[i] = (math.floor(many[i] * 2000) + 0.5) / 2000
    end
    local low, high = core.curve(many, y):band(AT, 0.9, 300, 1)
    local other_low, other_high = core.curve(few, y):band(AT, 0.9, 300, 2)
    for i = 2, #AT - 1 do
      close(other_low[i], low[i], 0.01, "low at " .. AT[i])
      close(other_high[i], high[i], 0.01, "high at " .. AT[i])
    end
  end)

  it("refuses what makes no sense", function()
    local curve = core.curve({ 0.5 }, { 1 })
    for _, given in ipairs({ { { 0.5, 0.4 }, 0.9, 10, 1 }, { { 1.5 }, 0.9, 10, 1 },
      { { 0.5 }, 1, 10, 1 }, { { 0.5 }, 0.9, 0, 1 }, { { 0.5 }, 0.9, 10, 1.5 } }) do
      assert.has_error(function()
        curve:band(given[1], given[2], given[3], given[4])
      end)
    end
  end)
end)
