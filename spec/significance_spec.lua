-- Significance: against SciPy (spec/golden/significance.py), closed forms, brute force, properties.
local check = require("spec.support.check")
local core = require("steelyard.core")
local paths = require("spec.support.paths")
local sy = require("steelyard")

local raises = check.raises_here
local golden = sy.json.decode(paths.read(paths.root .. "/spec/golden/significance.json"))
local significance = sy.significance
local compare, interval, adjust = significance.compare, significance.interval, significance.adjust
local nan = 0 / 0
local unpack = table.unpack or unpack -- luacheck: ignore

local function close(expected, actual, tolerance, what)
  local size = math.max(math.abs(expected), math.abs(actual))
  local good = expected == actual or math.abs(expected - actual) <= (tolerance or 1e-12) * size
  assert.is_true(good, ("%s: %.17g is not %.17g"):format(what or "value", actual, expected))
end

local function is_nan(value)
  return value ~= value
end

local function check_sides(expected, test, tolerance, what)
  close(expected[1], test.p, tolerance, what .. " p")
  close(expected[2], test.greater, tolerance, what .. " greater")
  close(expected[3], test.less, tolerance, what .. " less")
end

local function draw(random, n, shift, steps)
  local values = {}
  for i = 1, n do
    local value = random:normal() + (shift or 0)
    values[i] = steps and math.floor(value * steps) / steps or value
  end
  return values
end

local function zeros(n)
  local list = {}
  for i = 1, n do
    list[i] = 0
  end
  return list
end

local NO_BOOTSTRAP = { interval = "t" }

describe("Student's distribution", function()
  it("has the tails of the exact sum, down to the smallest", function()
    local smallest = 1
    for _, case in ipairs(golden.tails) do
      local what = ("t = %g, %d degrees"):format(case.t, case.degrees)
      local upper = core.student_upper(case.t, case.degrees)
      if case.p > 1e-300 then
        close(case.p, upper, 2e-12, what)
        smallest = math.min(smallest, case.p)
      else
        assert.is_true(upper < 1e-299, what)
      end
      close(1 - upper, core.student_upper(-case.t, case.degrees), 1e-15, what)
    end
    assert.is_true(smallest < 1e-200)
  end)

  it("is Cauchy's at one degree, and has closed forms at three", function()
    for _, t in ipairs({ 1e-9, 0.1, 1, 1.5, 30, 1e6 }) do
      local turn = math.atan(1 / t)
      close(turn / math.pi, core.student_upper(t, 1), 1e-13)
      if t < 10 then
        local u = t / math.sqrt(3)
        local below = 0.5 + (u / (1 + u * u) + math.atan(u)) / math.pi
        close(1 - below, core.student_upper(t, 3), 1e-13)
      end
    end
    assert.are.equal(0.5, core.student_upper(0, 7))
    assert.are.equal(0, core.student_upper(math.huge, 7))
    assert.are.equal(1, core.student_upper(-math.huge, 7))
    assert.is_true(is_nan(core.student_upper(nan, 7)))
    assert.is_true(is_nan(core.student_upper(1, 0)))
  end)

  it("tends to the normal distribution", function()
    for t, p in pairs({ [1] = 0.15865525393145705, [1.96] = 0.024997895148220435,
      [5] = 2.866515718791933e-7, [10] = 7.61985302416047e-24 }) do
      close(p, core.student_upper(t, math.huge), 1e-13)
      close(p, core.student_upper(t, 1e7), 3e-4)
    end
  end)

  it("has quantiles that agree with SciPy's and lead back", function()
    for _, case in ipairs(golden.quantiles) do
      close(case.t, core.student_two_sided(case.p, case.degrees), 2e-8) -- SciPy's own error
    end
    for _, degrees in ipairs({ 1, 2, 9, 1000, 123456 }) do
      for _, p in ipairs({ 0.999, 0.3, 1e-3, 1e-12, 1e-100 }) do
        local t = core.student_two_sided(p, degrees)
        close(p, 2 * core.student_upper(t, degrees), 1e-11)
      end
    end
    assert.are.equal(0, core.student_two_sided(1, 4))
  end)
end)

describe("the paired tests", function()
  it("agree with SciPy", function()
    local exact, approximate = 0, 0
    for i, case in ipairs(golden.pairs) do
      local what = "pair " .. i
      local c = compare(case.first, case.second,
        { tests = { "t", "wilcoxon" }, interval = "t", confidence = 0.9 })
      assert.are.equal(#case.first, c.requests)
      assert.are.equal(#case.first - 1, c.t.degrees)
      if type(case.t) == "number" then
        close(case.t, c.t.statistic, 1e-11, what)
        check_sides(case.t_p, c.t, 1e-11, what .. " t")
        close(case.low, c.low, 1e-7, what)
        close(case.high, c.high, 1e-7, what)
        close(case.effect, c.effect_size, 1e-11, what)
      end
      if type(case.drop) == "table" then
        close(case.drop.statistic, c.wilcoxon.statistic, 0, what)
        assert.are.equal(case.exact, c.wilcoxon.exact, what)
        check_sides(case.drop.p, c.wilcoxon, 1e-12, what .. " drop")
        exact = exact + (case.exact and 1 or 0)
        approximate = approximate + (case.exact and 0 or 1)
        for name, o in pairs({ pratt = { zeros = "pratt" }, corrected = { continuity = true } }) do
          o.tests, o.interval = "wilcoxon", "t"
          local w = compare(case.first, case.second, o).wilcoxon
          close(case[name].statistic, w.statistic, 0, what)
          check_sides(case[name].p, w, 1e-12, what .. " " .. name)
        end
      end
    end
    assert.is_true(exact >= 7 and approximate >= 15)
  end)

  it("agree with SciPy's exact permutation test", function()
    for i, case in ipairs(golden.permutations) do
      local r = compare(case.first, case.second, NO_BOOTSTRAP).randomisation
      assert.is_true(r.exact)
      assert.are.equal(2 ^ #case.first, r.resamples)
      assert.are.equal(0, r.error)
      check_sides(case.p, r, 1e-14, "permutation " .. i)
    end
  end)

  -- Every assignment of signs to differences that are whole numbers.
  local function enumerate(d)
    local n, observed, p, greater, less = #d, 0, 0, 0, 0
    for i = 1, n do
      observed = observed + d[i]
    end
    local function visit(i, sum)
      if i > n then
        p = p + (math.abs(sum) >= math.abs(observed) and 1 or 0)
        greater = greater + (sum >= observed and 1 or 0)
        less = less + (sum <= observed and 1 or 0)
        return
      end
      visit(i + 1, sum + d[i])
      visit(i + 1, sum - d[i])
    end
    visit(1, 0)
    return { p / 2 ^ n, greater / 2 ^ n, less / 2 ^ n }
  end

  it("agree with enumeration", function()
    local random = sy.random(5)
    for n = 1, 13 do
      local d, ranks = {}, {}
      for i = 1, n do
        d[i] = random:below(7) - 3
        ranks[i] = (random:below(3) == 1 and -1 or 1) * i
      end
      check_sides(enumerate(d), compare(zeros(n), d, NO_BOOTSTRAP).randomisation, 0, "flips " .. n)
      -- Signed ranks as differences: both tests are of the same statistic.
      local c = compare(zeros(n), ranks, NO_BOOTSTRAP)
      assert.is_true(c.wilcoxon.exact)
      check_sides(enumerate(ranks), c.wilcoxon, 0, "ranks " .. n)
    end
  end)

  it("enumerate 20 units, and draw for 21 as the enumeration of 20 would have it", function()
    local values = draw(sy.random(9), 20, 0.4)
    local exact = compare(zeros(20), values, NO_BOOTSTRAP).randomisation
    assert.is_true(exact.exact)
    assert.are.equal(2 ^ 20, exact.resamples)
    values[21] = 0 -- whose sign does not matter
    local drawn = compare(zeros(21), values, NO_BOOTSTRAP).randomisation
    assert.is_false(drawn.exact)
    assert.are.equal(100000, drawn.resamples)
    assert.is_true(drawn.error > 0)
    for _, side in ipairs({ "p", "greater", "less" }) do
      assert.is_true(math.abs(drawn[side] - exact[side]) < 5 * math.max(drawn.error, 1e-3), side)
    end
    assert.are_not.equal(exact.p, drawn.p)
    close(math.sqrt(drawn.p * (1 - drawn.p) / 1e5), drawn.error, 1e-14)
  end)

  it("draw every sign of every unit alike", function()
    -- One unit of each size 2^i: any two units whose signs hung together would show.
    local n, sums = 130, 0
    for at = 1, n, 13 do
      local d = zeros(n)
      d[at], d[(at + 63) % n + 1] = 1, 1
      local r = compare(zeros(n), d, { tests = "randomisation", interval = "t" }).randomisation
      assert.is_true(math.abs(r.p - 0.5) < 0.01 and math.abs(r.greater - 0.25) < 0.01)
      sums = sums + 1
    end
    assert.are.equal(10, sums)
  end)

  it("never give a p of 0 by drawing, and keep a seed's numbers", function()
    local d = draw(sy.random(2), 60, 5)
    local o = { tests = "randomisation", resamples = 999, interval = "t", seed = 4 }
    local r = compare(zeros(60), d, o).randomisation
    close(1 / 1000, r.p)
    close(1 / 1000, r.greater)
    assert.are.equal(1, r.less)
    d = draw(sy.random(3), 60, 0.1)
    local one = compare(zeros(60), d, o).randomisation
    assert.are.same(one, compare(zeros(60), d, o).randomisation)
    o.seed = 5
    assert.are_not.equal(one.p, compare(zeros(60), d, o).randomisation.p)
  end)
end)

describe("a comparison", function()
  it("says what the requests say", function()
    local c = compare({ 0.5, 0.25, 0.5, 0.75 }, { 1, 0.25, 0.25, 1 }, NO_BOOTSTRAP)
    assert.are.same({ 4, 0, 4 }, { c.requests, c.left_out, c.clusters })
    assert.are.same({ 2, 1, 1 }, { c.wins, c.ties, c.losses })
    assert.are.same({ 0.5, 0.625, 0.125, 0.25 },
      { c.mean_first, c.mean_second, c.difference, c.relative })
    close(0.125 / math.sqrt((0.375 ^ 2 + 0.125 ^ 2 + 0.375 ^ 2 + 0.125 ^ 2) / 3), c.effect_size)
    assert.are.same({ "t", 0.95 }, { c.interval, c.confidence })
    close(2 * c.t.statistic, 2 * c.difference / c.error)
    assert.is_nil(c.reason)
  end)

  it("leaves out pairs with NaN and requests of weight 0, and counts them", function()
    local c = compare({ 1, nan, 3, 4, 9 }, { 2, 5, nan, 4, 100 },
      { weights = { 1, 1, 1, 3, 0 }, interval = "t" })
    assert.are.same({ 2, 3, 2 }, { c.requests, c.left_out, c.clusters })
    close(1 / 4, c.difference)
    close(13 / 4, c.mean_first)
    close(14 / 4, c.mean_second)
    local m = interval({ nan, 2, 4 }, { clusters = { "a", "b", "b" }, interval = "t" })
    assert.are.same({ 2, 1, 1, 3 }, { m.requests, m.left_out, m.clusters, m.mean })
  end)

  it("negates the difference and keeps p where the systems are swapped", function()
    local random = sy.random(21)
    for _, n in ipairs({ 2, 7, 19, 30, 64, 65, 200 }) do
      local first, second = draw(random, n, 0, 4), draw(random, n, 0.2, 4)
      local o = { interval = "percentile", resamples = 2000 }
      local there, back = compare(first, second, o), compare(second, first, o)
      assert.are.equal(there.difference, -back.difference)
      assert.are.same({ there.wins, there.ties, there.losses },
        { back.losses, back.ties, back.wins })
      for _, name in ipairs({ "t", "wilcoxon", "randomisation" }) do
        assert.are.equal(there[name].p, back[name].p, name)
        assert.are.equal(there[name].greater, back[name].less, name)
      end
      close(there.low, -back.high, 1e-9)
    end
  end)

  it("does not depend on the order of the requests", function()
    local random = sy.random(22)
    local first, second, ids, order = draw(random, 40), draw(random, 40, 0.3), {}, {}
    for i = 1, 40 do
      ids[i], order[i] = random:below(15), i
    end
    random:shuffle(core.array(order))
    local moved = { first = {}, second = {}, ids = {} }
    for i = 1, 40 do
      local from = (i * 7) % 40 + 1
      moved.first[i], moved.second[i], moved.ids[i] = first[from], second[from], ids[from]
    end
    local one = compare(first, second, { clusters = ids, interval = "t" })
    local other = compare(moved.first, moved.second, { clusters = moved.ids, interval = "t" })
    assert.is_true(one.randomisation.exact)
    assert.are.same(one.randomisation, other.randomisation)
    assert.are.equal(one.wilcoxon.p, other.wilcoxon.p)
    close(one.t.p, other.t.p)
  end)

  it("finds nothing where nothing differs", function()
    for _, n in ipairs({ 1, 2, 20, 100 }) do
      local values = draw(sy.random(n), n)
      local c = compare(values, values)
      for _, name in ipairs({ "t", "wilcoxon", "randomisation" }) do
        if n > 1 or name ~= "t" then
          assert.are.equal(1, c[name].p, name)
        end
      end
      assert.are.same({ 0, 0, n, 0 }, { c.difference, c.wins, c.ties, c.effect_size })
      if n > 1 then
        assert.are.same({ 0, 0 }, { c.low, c.high })
      end
    end
  end)

  it("is sure where all differ by the same", function()
    local c = compare({ 1, 2, 3 }, { 2, 3, 4 })
    assert.are.same({ 1, 1, 1, 0 }, { c.difference, c.low, c.high, c.t.p })
    assert.are.equal(math.huge, c.t.statistic)
  end)

  it("of one request has no t-test and no interval, and says why", function()
    local c = compare({ 1 }, { 3 })
    assert.are.same({ 2, 1, 1, 0 }, { c.difference, c.wilcoxon.p, c.randomisation.p, c.t.degrees })
    assert.is_true(is_nan(c.t.p) and is_nan(c.low) and is_nan(c.high) and is_nan(c.error))
    assert.are.equal("an interval needs at least 2 requests that count, got 1", c.reason)
    c = compare({ 1, 2 }, { 3, 5 }, { clusters = { "u", "u" } })
    assert.are.equal("an interval needs at least 2 clusters that count, got 1", c.reason)
  end)

  it("of no request is NaN throughout", function()
    for _, c in ipairs({ compare({}, {}), compare({ nan }, { 1 }) }) do
      assert.are.equal(0, c.requests)
      for _, value in ipairs({ c.difference, c.mean_first, c.low, c.error, c.t.p, c.wilcoxon.p,
        c.randomisation.p, c.randomisation.greater, c.relative }) do
        assert.is_true(is_nan(value))
      end
    end
    assert.is_true(is_nan(interval({}).mean))
  end)

  it("runs the tests that were asked for", function()
    local c = compare({ 1, 2, 3 }, { 2, 4, 3 }, { tests = "wilcoxon" })
    assert.is_table(c.wilcoxon)
    assert.is_nil(c.t or c.randomisation)
    c = compare({ 1, 2, 3 }, { 2, 4, 3 }, { tests = {} })
    assert.is_nil(c.t or c.wilcoxon or c.randomisation)
  end)

  it("has the fields that its description names", function()
    local described = {}
    for _, class in ipairs(require("steelyard.api.significance").classes) do
      described[class.name] = class.fields
    end
    local results = { comparison = compare({ 1 }, { 2 }), mean_interval = interval({ 1 }) }
    for name, result in pairs(results) do
      local known = {}
      for _, field in ipairs(described[name]) do
        assert.is_not_nil(result[field[1]], name .. ": " .. field[1])
        known[field[1]] = true
      end
      for key in pairs(result) do
        assert.is_true(known[key] == true, name .. ": " .. key)
      end
    end
  end)

  it("takes what the metrics give", function()
    local scores, other, gains, groups = {}, {}, {}, {}
    local random = sy.random(8)
    for i = 1, 60 do
      scores[i], other[i] = random:uniform(), random:uniform()
      gains[i], groups[i] = random:below(4) - 1, math.ceil(i / 5)
    end
    local old, per_old = sy.ndcg(scores, gains, { groups = groups })
    local new, per_new = sy.ndcg(other, gains, { groups = groups })
    local c = compare(per_old, per_new, NO_BOOTSTRAP)
    close(old, c.mean_first)
    close(new - old, c.difference, 1e-9)
  end)
end)

describe("clusters and weights", function()
  it("agree with a clustered regression and SciPy's bootstrap of ratios", function()
    for _, case in ipairs(golden.clustered) do
      local o = { clusters = case.clusters, weights = case.weights, confidence = 0.9 }
      o.resamples = 100000
      local c = compare(zeros(#case.values), case.values, o)
      assert.are.equal(case.count, c.clusters)
      close(case.mean, c.difference)
      close(case.error, c.error)
      close(case.p, c.t.p, 1e-11)
      assert.are.equal(case.count - 1, c.t.degrees)
      for kind, ends in pairs(case.ends) do
        o.interval = kind
        local m = interval(case.values, o)
        local width = ends[2] - ends[1]
        assert.is_true(math.abs(m.low - ends[1]) < 0.02 * width, kind)
        assert.is_true(math.abs(m.high - ends[2]) < 0.02 * width, kind)
        assert.are.equal(kind, m.interval)
      end
    end
  end)

  it("of one request each are no clusters, and equal weights no weights", function()
    local first, second, ids, weights = draw(sy.random(31), 25), draw(sy.random(32), 25), {}, {}
    for i = 1, 25 do
      ids[i], weights[i] = ("user %d"):format(i), 4
    end
    local plain = compare(first, second)
    for _, o in ipairs({ { clusters = ids }, { weights = weights },
      { clusters = sy.groups.of(ids, 25) } }) do
      local c = compare(first, second, o)
      close(plain.t.p, c.t.p)
      close(plain.low, c.low, 1e-9)
      assert.are.equal(plain.wilcoxon.p, c.wilcoxon.p)
      assert.are.equal(plain.randomisation.p, c.randomisation.p)
    end
  end)

  it("of copies of a request are as sure as the request itself", function()
    local first, second = draw(sy.random(33), 30), draw(sy.random(34), 30, 0.4)
    local firsts, seconds, ids = {}, {}, {}
    for copy = 0, 3 do
      for i = 1, 30 do
        local at = copy * 30 + i
        firsts[at], seconds[at], ids[at] = first[i], second[i], i
      end
    end
    local plain, copied = compare(first, second), compare(firsts, seconds, { clusters = ids })
    local blind = compare(firsts, seconds, NO_BOOTSTRAP)
    assert.are.same({ 30, 120 }, { copied.clusters, copied.requests })
    for _, name in ipairs({ "t", "wilcoxon", "randomisation" }) do
      close(plain[name].p, copied[name].p, 1e-11, name)
      assert.is_true(blind[name].p < plain[name].p, name)
    end
    close(plain.low, copied.low, 1e-9)
    close(plain.high, copied.high, 1e-9)
  end)

  it("flip together", function()
    -- Two users: 2^2 assignments, of which two are as far out.
    local c = compare(zeros(6), { 1, 2, 3, 1, 1, 2 },
      { clusters = { "a", "b", "a", "b", "a", "b" }, interval = "t" })
    assert.are.same({ true, 4, 0.5 },
      { c.randomisation.exact, c.randomisation.resamples, c.randomisation.p })
  end)
end)

describe("bootstrap intervals", function()
  it("agree with SciPy's", function()
    for _, case in ipairs(golden.bootstraps) do
      for kind, ends in pairs(case.ends) do
        local m = interval(case.values, { interval = kind, resamples = 100000 })
        local width = ends[2] - ends[1]
        assert.is_true(math.abs(m.low - ends[1]) < 0.02 * width, kind)
        assert.is_true(math.abs(m.high - ends[2]) < 0.02 * width, kind)
        local _, _, error = core.bootstrap(case.values, nil, kind, 0.95, 100000, 1)
        close(case.error, error, 0.02)
      end
    end
  end)

  it("keep a seed's numbers, and are wider for more confidence", function()
    local values = draw(sy.random(41), 50)
    local one = interval(values)
    assert.are.equal("bca", one.interval)
    assert.are.same(one, interval(values))
    assert.are_not.equal(one.low, interval(values, { seed = 2 }).low)
    local wide = interval(values, { confidence = 0.99 })
    assert.is_true(wide.low < one.low and one.low < one.mean)
    assert.is_true(wide.high > one.high and one.high > one.mean)
    assert.are.same({ 3, 3, 3 }, (function(m)
      return { m.mean, m.low, m.high }
    end)(interval({ 3, 3, 3, 3 })))
  end)

  it("draw every unit equally often", function()
    -- The mean of 0/1 values over all resamples, and its deviation, are the binomial's.
    for _, n in ipairs({ 2, 3, 7, 10 }) do
      local values = zeros(n)
      values[n] = 1
      local _, _, error = core.bootstrap(values, nil, "percentile", 0.5, 200000, n)
      close(math.sqrt((1 / n) * (1 - 1 / n) / n), error, 0.01)
    end
  end)

  it("hold the truth as often as they promise", function()
    local random = sy.random(51)
    for _, kind in ipairs({ "t", "percentile", "bca" }) do
      local held, rounds = 0, 400
      for _ = 1, rounds do
        local m = interval(draw(random, 40, 1), { interval = kind, resamples = 500,
          confidence = 0.9, seed = random:below(1000000) })
        held = held + ((m.low <= 1 and m.high >= 1) and 1 or 0)
      end
      -- 0.9 within 3.5 standard errors, and a little less for the bootstraps of 40.
      assert.is_true(held / rounds > 0.9 - 0.015 - 0.0525, kind .. " " .. held)
      assert.is_true(held / rounds < 0.9 + 0.0525, kind .. " " .. held)
    end
  end)

  it("are Student's by default for very many requests", function()
    local values = core.array(100001)
    assert.are.equal("t", interval(values).interval)
    assert.are.equal(0, interval(values).high)
  end)

  it("of fewer than 2 units are refused by the kernel", function()
    raises("a bootstrap needs at least 2 units, and there is 1", function()
      core.bootstrap({ 1 }, nil, "bca", 0.9, 100, 1)
    end)
    raises("and there are 0", function()
      core.bootstrap({}, nil, "bca", 0.9, 100, 1)
    end)
  end)
end)

describe("tests of chance alone", function()
  it("find something as often as their level says", function()
    local random, rounds = sy.random(61), 400
    local found = { t = 0, wilcoxon = 0, randomisation = 0 }
    for round = 1, rounds do
      local c = compare(draw(random, 30), draw(random, 30),
        { interval = "t", resamples = 999, seed = round })
      for name, count in pairs(found) do
        found[name] = count + (c[name].p <= 0.1 and 1 or 0)
      end
    end
    for name, count in pairs(found) do
      assert.is_true(math.abs(count / rounds - 0.1) < 0.0525, name .. " " .. count)
    end
  end)
end)

describe("adjusted p-values", function()
  -- Benjamini and Hochberg 1995, table of 15 hypotheses.
  local paper = { 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
    0.4262, 0.5719, 0.6528, 0.7590, 1.0 }

  local function rejected(method)
    local count = 0
    for _, p in ipairs(adjust(paper, method):totable()) do
      count = count + (p <= 0.05 and 1 or 0)
    end
    return count
  end

  it("reject what the paper's example rejects", function()
    assert.are.equal(3, rejected("bonferroni"))
    assert.are.equal(3, rejected("holm"))
    assert.are.equal(3, rejected("hochberg"))
    assert.are.equal(4, rejected("bh"))
  end)

  it("are the definitions'", function()
    local p = { 0.03, 0.01, 0.04, 0.02 }
    local expected = {
      bonferroni = { 0.12, 0.04, 0.16, 0.08 },
      holm = { 0.06, 0.04, 0.06, 0.06 },
      hochberg = { 0.04, 0.04, 0.04, 0.04 },
      bh = { 0.04, 0.04, 0.04, 0.04 },
    }
    expected.by = {}
    for i = 1, 4 do
      expected.by[i] = 0.04 * (1 + 1 / 2 + 1 / 3 + 1 / 4)
    end
    for method, list in pairs(expected) do
      local adjusted = adjust(p, method)
      for i = 1, 4 do
        close(list[i], adjusted[i], 1e-14, method)
      end
    end
    assert.are.same(adjust(p, "holm"):totable(), adjust(p):totable())
  end)

  -- The smallest level at which the procedure, done by hand, rejects p[i].
  local function by_hand(p, i, method)
    local n, above, harmonic = #p, {}, 0
    local sorted = { unpack(p) }
    table.sort(sorted)
    for k = 1, n do
      harmonic = harmonic + 1 / k
    end
    for k = 1, n do
      local factor = ({ bonferroni = n, holm = n - k + 1, hochberg = n - k + 1, bh = n / k,
        by = harmonic * n / k })[method]
      above[k] = sorted[k] * factor
    end
    local value = method == "holm" and 0 or 1
    for k = 1, n do
      if method == "holm" and sorted[k] <= p[i] then
        value = math.max(value, above[k])
      elseif method ~= "holm" and sorted[k] >= p[i] then
        value = math.min(value, above[k])
      end
    end
    return math.min(value, 1)
  end

  it("agree with the procedures done by hand, ties and all", function()
    local random = sy.random(71)
    for n = 1, 12 do
      local p = {}
      for i = 1, n do
        p[i] = random:below(9) / 10 * (random:below(2) == 1 and 0.1 or 1)
      end
      for _, method in ipairs({ "bonferroni", "holm", "hochberg", "bh", "by" }) do
        local adjusted = adjust(p, method)
        for i = 1, n do
          close(by_hand(p, i, method), adjusted[i], 1e-13, method)
        end
      end
    end
  end)

  it("let NaN pass and do not count it", function()
    local adjusted = adjust({ 0.01, nan, 0.02 }, "bonferroni")
    assert.are.same({ 0.02, 0.04 }, { adjusted[1], adjusted[3] })
    assert.is_true(is_nan(adjusted[2]))
    assert.are.equal(0, #adjust({}))
  end)
end)

describe("misuse", function()
  it("raises at the caller's line", function()
    raises("second: 1 numbers for 2 requests", function()
      compare({ 1, 2 }, { 1 })
    end)
    raises("first[2]: -inf is not a finite number", function()
      compare({ 1, -math.huge }, { 1, 2 })
    end)
    raises("second[3]: inf is not a finite number", function()
      compare({ 1, 2, 3 }, { 1, 2, math.huge }, { clusters = { 7, 8, 7 } })
    end)
    raises("values[1]: inf is not a finite number", function()
      interval({ math.huge })
    end)
    raises("weights[2]: -1 is not a finite number from 0 up", function()
      interval({ 1, 2 }, { weights = { 1, -1 } })
    end)
    raises("weights[1]: nan is not", function()
      interval({ 1, 2 }, { weights = { math.abs(nan), 1 } })
    end)
    raises("weights: 1 numbers for 2 requests", function()
      interval({ 1, 2 }, { weights = { 1 } })
    end)
    raises("clusters: 1 ids for 2 requests", function()
      interval({ 1, 2 }, { clusters = { "u" } })
    end)
    raises("clusters: expected an array or a table of ids, got 3", function()
      interval({ 1, 2 }, { clusters = 3 })
    end)
    raises("add up to more than 1e+150", function()
      compare({ 1e308, 1e308 }, { -1e308, 1 })
    end)
    raises("confidence: expected a number between 0 and 1, got 95", function()
      compare({ 1 }, { 2 }, { confidence = 95 })
    end)
    raises("resamples: expected 1 to 10000000, got 0", function()
      compare({ 1 }, { 2 }, { resamples = 0 })
    end)
    local known = " is not one of t, wilcoxon, randomisation, all"
    raises('"wilcoxn"' .. known .. ' (did you mean "wilcoxon"?)', function()
      compare({ 1 }, { 2 }, { tests = { "wilcoxn" } })
    end)
    raises('significance.compare: tests: "z"' .. known, function()
      compare({ 1 }, { 2 }, { tests = "t,z" })
    end)
    raises('unknown option "cluster" (did you mean "clusters"?)', function()
      compare({ 1 }, { 2 }, { cluster = { 1 } })
    end)
    raises("p_values[2]: 1.5 is not between 0 and 1", function()
      adjust({ 0.1, 1.5 })
    end)
    known = " is not one of bonferroni, holm, hochberg, bh, by"
    raises('"holms"' .. known .. ' (did you mean "holm"?)', function()
      adjust({ 0.1 }, "holms")
    end)
    raises("values: expected an array or a table of numbers, got nil", function()
      interval()
    end)
  end)

  it("of the kernels below is seen through", function()
    raises("units[1]: a finite sum", function()
      core.wilcoxon({ nan }, { 1 })
    end)
    raises("units[1]: a finite sum and a weight above 0", function()
      core.t_test({ 1 }, { 0 })
    end)
    raises("resamples: expected 1 to", function()
      core.randomisation({ 1 }, nil, 2 ^ 40, 1)
    end)
    raises("weights: 2 of them for 1 units", function()
      core.t_test({ 1 }, { 1, 2 })
    end)
  end)
end)
