-- Buckets of a curve and the errors made of them, under each named convention.
local check = require("spec.support.check")
local core = require("steelyard.core")
local curves = require("spec.support.curves")
local sy = require("steelyard")

local close = check.close

local function fields(buckets, name)
  local list = {}
  for b, bucket in ipairs(buckets) do
    list[b] = bucket[name]
  end
  return list
end

local function zeros(p)
  local y = {}
  for i = 1, #p do
    y[i] = 0
  end
  return y
end

--- The numbers of rows in buckets of predictions.
local function counts(p, kind, count)
  return fields(core.curve(p, zeros(p)):buckets(kind, count), "n")
end

describe("Buckets", function()
  -- scikit-learn, sklearn/tests/test_calibration.py: calibration_curve.
  it("are those of scikit-learn's calibration_curve", function()
    local buckets = core.curve({ 0, 0.1, 0.2, 0.8, 0.9, 1 }, { 0, 0, 0, 1, 1, 1 })
      :buckets("width", 2)
    assert.same({ 0, 1 }, fields(buckets, "mean_label"))
    close(0.1, buckets[1].mean_prediction)
    close(0.9, buckets[2].mean_prediction)
    buckets = core.curve({ 0, 0.1, 0.2, 0.5, 0.9, 1 }, { 0, 0, 0, 0, 1, 1 }):buckets("mass", 2)
    assert.equal(0, buckets[1].mean_label)
    close(2 / 3, buckets[2].mean_label)
    close(0.1, buckets[1].mean_prediction)
    close(0.8, buckets[2].mean_prediction)
  end)

  it("of equal width hold their upper edge, or their lower", function()
    local edges = {}
    for b = 0, 15 do
      edges[b + 1] = b / 15
    end
    local up = core.curve(edges, zeros(edges))
    local buckets = up:buckets("width", 15)
    assert.equal(15, #buckets)
    assert.equal(2, buckets[1].n) -- 0 goes to the first
    for b = 1, 15 do
      assert.equal(b / 15, buckets[b].high)
    end
    local down = up:buckets("steps", 15)
    assert.equal(15, #down)
    assert.equal(2, down[15].n) -- 1 goes to the last
    for b = 1, 15 do
      assert.equal((b - 1) / 15, down[b].low)
    end
  end)

  it("of equal width have the edges k / count for every count", function()
    for count = 1, 130 do
      for k = 0, count do
        local edge = k / count
        local above = core.curve({ edge, math.min(1, edge + 2 ^ -40) }, { 0, 0 })
        local below = core.curve({ edge, math.max(0, edge - 2 ^ -40) }, { 0, 0 })
        assert(#above:buckets("width", count) == ((k == 0 or k == count) and 1 or 2))
        assert(#below:buckets("width", count) == 1)
      end
    end
  end)

  -- baiyimeng/UMC, utils/metric.py: (p * M).astype(int).
  it("of UMC go by the whole part of p times their number, and 1 is alone", function()
    for count = 1, 130 do
      for k = 0, 130 do
        local p = { k / 130, math.min(1, k / count), math.floor(k / 1.3) / 100 }
        for _, one in ipairs(p) do
          local other = math.max(0, one - 2 ^ -40)
          local same = math.floor(one * count) == math.floor(other * count)
          assert(#core.curve({ one, other }, { 0, 0 }):buckets("floor", count) == (same and 1 or 2))
        end
      end
    end
    assert.same({ 2, 1 }, counts({ 0.28, 0.29, 0.3 }, "floor", 100))
    assert.same({ 2, 1 }, counts({ 0.99, 0.999, 1 }, "floor", 100))
    assert.same({ 1, 1, 1, 1, 1, 1 }, counts({ 0, 0.2, 0.4, 0.6, 0.8, 1 }, "floor", 5))
  end)

  -- facebookincubator/MCGrad, src/mcgrad/_utils.py: numpy.linspace(0, 1, n + 1), numpy.digitize.
  it("of MCGrad have edges that are steps of 1 / count, rounded", function()
    for count = 1, 130 do
      local step = 1 / count
      for k = 1, count - 1 do
        for _, p in ipairs({ k * step, k / count }) do
          local before = (k - 1) * step
          local expected = p >= k * step and 2 or 1
          assert(#core.curve({ before, p }, { 0, 0 }):buckets("steps", count) == expected)
        end
      end
    end
    assert.same({ 2, 1 }, counts({ 0.05, 0.075, 0.08 }, "steps", 40))
    assert.same({ 2 }, counts({ 0.99, 1 }, "steps", 40))
  end)

  -- p-lambda/verified_calibration, calibration/util_test.py: get_equal_bins.
  it("of equal mass never split equal predictions", function()
    assert.same({ 6 }, counts({ 0.3, 0.5, 0.2, 0.3, 0.5, 0.7 }, "mass", 1))
    assert.same({ 3, 3 }, counts({ 0.3, 0.5, 0.2, 0.3, 0.5, 0.7 }, "mass", 2))
    assert.same({ 2, 4 }, counts({ 0.3, 0.5, 1, 1, 1, 1 }, "mass", 3))
    assert.same({ 9 }, counts({ 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3 }, "mass", 3))
  end)

  it("of equal mass are equal where they can be", function()
    local p = curves.draw(sy.random(1), 600, "plain")
    for _, count in ipairs({ 1, 2, 3, 10, 60, 600 }) do
      local sizes = counts(p, "mass", count)
      assert.equal(count, #sizes)
      for b = 1, count do
        assert.equal(600 / count, sizes[b])
      end
    end
    assert.equal(600, #counts(p, "mass", 100000))
  end)

  it("hold all rows, once each, and their means lie within", function()
    local random = sy.random(14)
    for _, kind in ipairs({ "mass", "width", "floor", "steps" }) do
      for _, form in ipairs({ {}, { weighted = true } }) do
        local p, y, w = curves.draw(random, 400, "extreme", form)
        local curve = core.curve(p, y, w)
        local totals, n, weight, sum, labels, last = curve:totals(), 0, 0, 0, 0, -1
        for _, bucket in ipairs((curve:buckets(kind, 7))) do
          n, weight = n + bucket.n, weight + bucket.weight
          sum = sum + bucket.weight * bucket.mean_prediction
          labels = labels + bucket.weight * bucket.mean_label
          assert.is_true(last < bucket.low and bucket.low <= bucket.mean_prediction
            and bucket.mean_prediction <= bucket.high)
          last = bucket.high
        end
        assert.equal(totals.n, n)
        close(totals.w, weight, 1e-12 * weight)
        close(totals.p, sum, 1e-12 * weight)
        close(totals.y, labels, 1e-12 * weight)
      end
    end
  end)

  it("are refused in numbers that make no sense", function()
    local curve = core.curve({ 0.5 }, { 1 })
    for _, count in ipairs({ 0, 100001, 1.5, -1 }) do
      assert.has_error(function()
        curve:buckets("mass", count)
      end)
    end
    assert.has_error(function()
      curve:buckets("median", 3)
    end)
  end)
end)

describe("Bucket errors", function()
  -- Closed forms of p-lambda/verified_calibration, calibration/util_test.py: predictions, labels,
  -- buckets, ECE, plain L2.
  local CLOSED = {
    { { 0.3 }, { 0.5 }, 1, 0.2 },
    { { 0.5 }, { 0.3 }, 1, 0.2 },
    { { 0.3, 0.8 }, { 0.5, 0.4 }, 1, 0.1 },
    { { 0.3, 0.8, 0.4 }, { 0.5, 0.4, 0 }, 1, 0.2 },
    { { 0.3 }, { 1 }, 1, 0.7, 0.7 },
    { { 0.3 }, { 0 }, 1, 0.3, 0.3 },
    { { 0.3, 0.6 }, { 1, 0 }, 2, 0.65, 0.6519202405 },
    { { 0.3, 0.6, 0.6 }, { 1, 0, 1 }, 2, 0.3 },
    { { 0.5, 0.5, 0.5, 0.6, 0.5, 0.6, 0.6, 0.6, 0.6 }, { 0, 1, 0, 1, 0, 1, 1, 1, 0 }, 2,
      4 / 9 * 0.25 + 5 / 9 * 0.2, (4 / 9 * 0.25 ^ 2 + 5 / 9 * 0.2 ^ 2) ^ 0.5 },
    -- Its three-label case: the top label, and the first class.
    { { 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.8, 0.8, 0.8, 0.8, 0.9, 0.9, 0.9, 0.9 },
      { 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1 }, 3,
      6 / 14 * (5 / 6 - 0.6) + 4 / 14 * 0.05 + 4 / 14 * 0.1,
      (6 / 14 * (5 / 6 - 0.6) ^ 2 + 4 / 14 * 0.05 ^ 2 + 4 / 14 * 0.1 ^ 2) ^ 0.5 },
    { { 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1 },
      { 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 2,
      6 / 14 * (5 / 6 - 0.6) + 8 / 14 * 0.1, (6 / 14 * (5 / 6 - 0.6) ^ 2 + 8 / 14 * 0.01) ^ 0.5 },
    -- Its lower bound with two buckets of equal mass.
    { { 0.8, 0.6, 0.9, 1, 0.4, 0.85 }, { 1, 1, 1, 1, 0, 1 }, 2,
      0.5 * (2 / 3 - 0.6) + 0.5 * (1 - 2.75 / 3),
      (0.5 * (2 / 3 - 0.6) ^ 2 + 0.5 * (1 - 2.75 / 3) ^ 2) ^ 0.5 },
  }

  it("have verified_calibration's closed forms", function()
    for i, case in ipairs(CLOSED) do
      local _, errors = core.curve(case[1], case[2]):buckets("mass", case[3])
      close(case[4], errors.expected, 1e-12, "ECE " .. i)
      if case[5] then
        close(case[5], errors.plain_l2, 1e-10, "L2 " .. i)
        assert.is_true(errors.debiased_l2 <= errors.plain_l2)
      end
    end
    local _, errors = core.curve({ 0.8, 0.6, 0.9, 1, 0.4, 0.85 }, { 1, 1, 1, 1, 0, 1 })
      :buckets("width", 3)
    close(4 / 6 * (1 - (0.8 + 0.85 + 0.9 + 1) / 4), errors.expected)
    _, errors = core.curve({ 0.9, 0.8 }, { 1, 1 }):buckets("width", 15)
    close(0.15, errors.expected)
  end)

  -- facebookincubator/MCGrad, src/mcgrad/tests/test_metrics.py: buckets that hold their lower edge.
  it("make MCGrad's proportional ECE", function()
    local p, y = { 0.1, 0.9, 0.8, 0.2, 0.7 }, { 0, 1, 1, 0, 1 }
    local cases = {
      { p, y, { 1, 1, 1, 1, 1 }, 0.556303 },
      { p, y, { 2, 1, 1, 1, 1 }, 0.630252 },
      { p, y, { 2, 1, 2, 1, 1 }, 0.575510 },
      { { 0.2, 0.8, 0.3, 0.1, 0.9 }, { 0, 1, 0, 0, 1 }, { 1, 1, 1, 1, 1 }, 0.670588 },
    }
    for _, case in ipairs(cases) do
      local sum, weight = 0, 0
      for _, b in ipairs((core.curve(case[1], case[2], case[3]):buckets("steps", 5))) do
        sum = sum + b.weight * math.abs(b.mean_prediction - b.mean_label) / b.mean_prediction
        weight = weight + b.weight
      end
      close(case[4], sum / weight, 1e-6)
    end
  end)

  it("are what they are defined to be", function()
    local random = sy.random(15)
    for _, form in ipairs({ {}, { weighted = true }, { fractions = true } }) do
      local p, y, w = curves.draw(random, 300, "plain", form)
      local buckets, errors = core.curve(p, y, w):buckets("mass", 9)
      local weight, ece, sum, most, l2, debiased = 0, 0, 0, 0, 0, 0
      for _, b in ipairs(buckets) do
        local gap = math.abs(b.mean_prediction - b.mean_label)
        weight, ece, sum = weight + b.weight, ece + b.weight * gap, sum + gap
        most, l2 = math.max(most, gap), l2 + b.weight * gap * gap
        local squares = 0
        for i = 1, #p do
          squares = squares + (p[i] >= b.low and p[i] <= b.high and (w and w[i] or 1) ^ 2 or 0)
        end
        local many = b.weight ^ 2 / squares
        local variance = b.mean_label * (1 - b.mean_label) / (many - 1)
        debiased = debiased + (b.n > 1 and b.weight * (gap * gap - variance) or 0)
      end
      close(ece / weight, errors.expected)
      close(sum, errors.sum)
      close(sum / #buckets, errors.mean)
      assert.equal(most, errors.maximum)
      close(math.sqrt(l2 / weight), errors.plain_l2)
      close(math.sqrt(math.max(0, debiased / weight)), errors.debiased_l2)
    end
  end)

  -- Half of the time chance has the mean square above what it adds on average, half below.
  it("debias to about nothing where predictions are right, with weights, too", function()
    local random = sy.random(16)
    for _, weighted in ipairs({ false, true }) do
      local plain, debiased, above = 0, 0, 0
      local p, y, w = {}, {}, weighted and {} or nil
      for _ = 1, 200 do
        for i = 1, 500 do
          p[i] = random:uniform()
          y[i] = random:uniform() < p[i] and 1 or 0
          if weighted then
            w[i] = -math.log(1 - random:uniform())
          end
        end
        local _, errors = core.curve(p, y, w):buckets("mass", 25)
        plain, debiased = plain + errors.plain_l2 ^ 2, debiased + errors.debiased_l2 ^ 2
        above = above + (errors.debiased_l2 > 0 and 1 or 0)
      end
      assert.is_true(debiased < 0.25 * plain, debiased / plain)
      assert.is_true(above > 70 and above < 120, above)
    end
  end)

  it("of single rows take nothing for sure", function()
    local _, errors = core.curve({ 0.2, 0.9 }, { 1, 0 }):buckets("mass", 2)
    assert.equal(0, errors.debiased_l2)
    assert.equal(0.9, errors.maximum)
    local _, weighted = core.curve({ 0.2, 0.9 }, { 1, 0 }, { 3, 1 / 3 }):buckets("mass", 2)
    assert.equal(0, weighted.debiased_l2)
  end)
end)
