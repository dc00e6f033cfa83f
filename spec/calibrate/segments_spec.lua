-- Segments: rows by code, the range of cumulative differences, the worst of many by chance,
-- shrinkage, and ranks where scores are equal.
local check = require "spec.support.check"
local core = require "steelyard.core"

local near = check.close

local function array(numbers, dtype)
  return core.array(numbers, dtype or "f64")
end

local function codes(numbers)
  return core.array(numbers, "i32")
end

describe("codes of segments", function()
  it("cross: one for every pair, none where either has none", function()
    local crossed = core.segment_cross(codes { 0, 1, 2, -1, 1 }, codes { 1, 0, 1, 0, -1 }, 2)
    assert.are.same({ 1, 2, 5, -1, -1 }, crossed:totable())
    assert.are.equal("i32", crossed.dtype)
    assert.are.same({}, core.segment_cross(codes {}, codes {}, 2):totable())
  end)

  it("cross: refuses codes out of their size, other lengths and more than 32 bits hold", function()
    assert.has_error(function() core.segment_cross(codes { 0 }, codes { 2 }, 2) end,
      "codes[1]: 2 of 2")
    assert.has_error(function() core.segment_cross(codes { 0 }, codes { 0, 1 }, 2) end,
      "codes: 2 numbers for 1 rows")
    assert.has_error(function() core.segment_cross(codes { 70000 }, codes { 0 }, 70000) end,
      "codes: too many intersections")
  end)

  it("are renumbered where enough rows have them", function()
    local compact, kept = core.segment_compact(codes { 3, 1, 3, -1, 5, 1, 3 }, 6, 2)
    assert.are.same({ 1, 0, 1, -1, -1, 0, 1 }, compact:totable())
    assert.are.same({ 1, 3 }, kept:totable())
    local _, all = core.segment_compact(codes { 3, 1, 3, -1, 5, 1, 3 }, 6, 0)
    assert.are.same({ 1, 3, 5 }, all:totable())
    local _, none = core.segment_compact(codes { 3, 1 }, 6, 2)
    assert.are.same({}, none:totable())
  end)

  it("split rows, which stay in their order", function()
    local order, offsets = core.segment_split(codes { 1, 0, -1, 1, 3, 0 }, 4)
    assert.are.same({ 2, 6, 1, 4, 5 }, order:totable())
    assert.are.same({ 0, 2, 4, 4, 5 }, offsets:totable())
    order, offsets = core.segment_split(codes {}, 0)
    assert.are.same({ {}, { 0 } }, { order:totable(), offsets:totable() })
    assert.has_error(function() core.segment_split(codes { 4 }, 4) end, "codes[1]: 4 of 4")
  end)
end)

-- The range of one segment, by the definition: rows of equal prediction together.
local function slow_range(p, y, w)
  local sum, low, high, variance = 0, 0, 0, 0
  for i = 1, #p do
    sum = sum + w[i] * (y[i] - p[i])
    variance = variance + w[i] ^ 2 * p[i] * (1 - p[i])
    if p[i + 1] ~= p[i] then
      low, high = math.min(low, sum), math.max(high, sum)
    end
  end
  return high - low, variance
end

describe("ranges of segments", function()
  it("are those of the definition", function()
    -- Residuals: 0.9, then -0.5 + 0.5 together, then -0.8.
    local p, y = array { 0.1, 0.5, 0.5, 0.8 }, array { 1, 0, 1, 0 }
    local range, variance, largest, statistic =
      core.segment_ranges(p, y, nil, array({ 1, 2, 3, 4 }, "i64"), array({ 0, 4 }, "i64"))
    near(0.9, range[1])
    near(0.09 + 0.25 + 0.25 + 0.16, variance[1])
    near(1, largest[1])
    near(0.9 / math.sqrt(0.75 + 0.3), statistic[1])
  end)

  it("agree with the slow way on random segments with ties and weights", function()
    local random, p, y, w, code = core.random(5), {}, {}, {}, {}
    for i = 1, 300 do
      p[i] = random:below(20) / 20
      y[i] = random:uniform() < p[i] and 1 or 0
      w[i] = random:uniform() * 3
      code[i] = random:below(7) - 2
    end
    table.sort(p)
    local order, offsets = core.segment_split(codes(code), 6)
    local range, variance, largest, statistic =
      core.segment_ranges(array(p), array(y), array(w), order, offsets)
    for s = 1, 6 do
      local ps, ys, ws, most = {}, {}, {}, 0
      for i = 1, 300 do
        if code[i] == s - 1 then
          ps[#ps + 1], ys[#ys + 1], ws[#ws + 1] = p[i], y[i], w[i]
          most = math.max(most, w[i])
        end
      end
      local expected, spread = slow_range(ps, ys, ws)
      near(expected, range[s])
      near(spread, variance[s])
      assert.are.equal(most, largest[s])
      near(expected > 0 and expected / math.sqrt(spread + most * expected / 3) or 0, statistic[s])
    end
  end)

  it("are 0 of an empty segment and of one that is right", function()
    local _, _, _, statistic = core.segment_ranges(array { 0, 1 }, array { 0, 1 }, nil,
      array({ 1, 2 }, "i64"), array({ 0, 0, 2 }, "i64"))
    assert.are.same({ 0, 0 }, statistic:totable())
  end)

  it("refuse rows that are not there", function()
    local two = array { 0.5, 0.5 }
    assert.has_error(function()
      core.segment_ranges(two, two, nil, array({ 3 }, "i64"), array({ 0, 1 }, "i64"))
    end, "order[1]: no such row")
    assert.has_error(function()
      core.segment_ranges(two, two, nil, array({ 1 }, "i64"), array({ 0, 2 }, "i64"))
    end, "order: 1 rows, but the offsets end at 2")
    assert.has_error(function()
      core.segment_ranges(two, array { 1 }, nil, array({ 1 }, "i64"), array({ 0, 1 }, "i64"))
    end, "labels: 1 numbers for 2 rows")
  end)
end)

describe("the largest statistic by chance", function()
  it("is that of labels drawn from the predictions: two rows, all four outcomes", function()
    -- Segments {1}, {2}, {1, 2}: the statistic of each outcome in closed form.
    local p = array { 0.2, 0.7 }
    local function statistic(range, variance)
      return range / math.sqrt(variance + range / 3)
    end
    local chance = {}
    for _, y in ipairs { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } } do
      local a, b = y[1] - 0.2, y[2] - 0.7
      local both = math.max(0, a, a + b) - math.min(0, a, a + b)
      local best = math.max(statistic(math.abs(a), 0.16), statistic(math.abs(b), 0.21),
        statistic(both, 0.37))
      local weight = (y[1] == 1 and 0.2 or 0.8) * (y[2] == 1 and 0.7 or 0.3)
      chance[#chance + 1] = { best, weight }
    end
    local single = { array({ 1, 2 }, "i64"), array({ 0, 1, 2 }, "i64") }
    local pair = { array({ 1, 2 }, "i64"), array({ 0, 2 }, "i64") }
    local n = 20000
    local maxima = core.segment_maxima(p, nil, { single[1], pair[1] }, { single[2], pair[2] }, n, 3)
    local counts = { 0, 0, 0, 0 }
    for i = 1, n do
      for c, one in ipairs(chance) do
        if math.abs(maxima[i] - one[1]) < 1e-12 then
          counts[c] = counts[c] + 1
        end
      end
    end
    for c, one in ipairs(chance) do
      near(one[2], counts[c] / n, 5 * math.sqrt(0.25 / n))
    end
    assert.are.equal(n, counts[1] + counts[2] + counts[3] + counts[4])
  end)

  it("is the same for the same seed, and 0 without segments or rows", function()
    local p = array { 0.2, 0.4, 0.4 }
    local order, offsets = array({ 1, 3 }, "i64"), array({ 0, 2 }, "i64")
    local function draw(seed)
      return core.segment_maxima(p, array { 1, 2, 3 }, { order }, { offsets }, 50, seed):totable()
    end
    assert.are.same(draw(1), draw(1))
    assert.are_not.same(draw(1), draw(2))
    assert.are.same({ 0, 0 }, core.segment_maxima(p, nil, {}, {}, 2, 1):totable())
    assert.are.same({ 0 }, core.segment_maxima(array {}, nil, {}, {}, 1, 1):totable())
  end)

  it("does not see the scale of weights", function()
    local p = array { 0.2, 0.4, 0.6 }
    local order, offsets = array({ 1, 2, 3 }, "i64"), array({ 0, 3 }, "i64")
    local one = core.segment_maxima(p, array { 1, 2, 3 }, { order }, { offsets }, 20, 1)
    local other = core.segment_maxima(p, array { 4, 8, 12 }, { order }, { offsets }, 20, 1)
    for i = 1, 20 do
      near(one[i], other[i], 1e-12)
    end
  end)
end)

-- ln Gamma by its recurrence and Stirling's series far out.
local function log_gamma(x)
  local shift = 0
  while x < 50 do
    shift = shift + math.log(x)
    x = x + 1
  end
  return (x - 0.5) * math.log(x) - x + 0.5 * math.log(2 * math.pi) + 1 / (12 * x)
    - 1 / (360 * x ^ 3) - shift
end

local function log_likelihood(expected, observed, mean, shape)
  local sum = 0
  for i = 1, #expected do
    local y, m = observed[i], mean * expected[i]
    sum = sum + log_gamma(y + shape) - log_gamma(shape) + shape * math.log(shape / (shape + m))
      + y * math.log(m / (shape + m))
  end
  return sum
end

describe("the prior of segments", function()
  it("has the greatest marginal likelihood", function()
    local random = core.random(11)
    for _ = 1, 5 do
      local expected, observed = {}, {}
      for i = 1, 40 do
        expected[i] = 1 + random:uniform() * 30
        observed[i] = math.floor(expected[i] * math.exp(0.6 * random:normal()) + 0.5)
      end
      local mean, shape = core.segment_prior(expected, observed)
      local best = log_likelihood(expected, observed, mean, shape)
      for _, factor in ipairs { 0.2, 0.5, 0.9, 0.99, 1.01, 1.1, 2, 5 } do
        assert.is_true(log_likelihood(expected, observed, mean, shape * factor) <= best + 1e-9)
      end
    end
  end)

  it("is infinite where segments differ by less than chance", function()
    local mean, shape = core.segment_prior({ 10, 20, 30 }, { 20, 40, 60 })
    near(2, mean)
    assert.are.equal(math.huge, shape)
    assert.are.equal(math.huge, select(2, core.segment_prior({ 10 }, { 3 })))
  end)

  it("knows nothing of nothing", function()
    local mean, shape = core.segment_prior({}, {})
    assert.are_not.equal(mean, mean)
    assert.are.equal(math.huge, shape)
    assert.are.equal(0, (core.segment_prior({ 1, 2 }, { 0, 0 })))
  end)
end)

describe("ranks of equal scores", function()
  it("are shared within requests", function()
    local scores, offsets = array { 3, 5, 3, 3, 1, 1 }, array({ 0, 4, 6 }, "i64")
    local order = core.rank(scores, offsets, 0, nil, core.work(8, 1))
    local first, last = core.selection_places(scores, order, offsets)
    assert.are.same({ 2, 1, 2, 2, 1, 1 }, first:totable())
    assert.are.same({ 4, 1, 4, 4, 2, 2 }, last:totable())
    local function shares(low, high, weights)
      return core.selection_shares(first, last, low, high, weights):totable()
    end
    assert.are.same({ 0, 1, 0, 0, 0.5, 0.5 }, shares(1, 1))
    assert.are.same({ 1 / 3, 1, 1 / 3, 1 / 3, 1, 1 }, shares(1, 2))
    assert.are.same({ 1, 0, 1, 1, 0.5, 0.5 }, shares(2, 9))
    assert.are.same({ 0, 2, 0, 0, 2.5, 3 }, shares(1, 1, array { 1, 2, 3, 4, 5, 6 }))
  end)

  it("refuse orders of other rows", function()
    assert.has_error(function()
      core.selection_places(array { 1, 2 }, array({ 1, 3 }, "i64"), nil)
    end, "order[2]: no such row")
  end)
end)
