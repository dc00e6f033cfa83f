-- Differentiable stand-ins: values by definition, gradients by differences, limits, properties.
local core = require("steelyard.core")
local losses = require("spec.support.losses")
local reference = require("spec.support.reference")
local sy = require("steelyard")

local check = reference.check

-- Every loss with every kind of option of its own.
local VARIANTS = {
  { "approx_ndcg" }, { "approx_ndcg", k = 3 }, { "approx_ndcg", k = 5, edge = 1.5 },
  { "soft_ndcg" }, { "soft_ndcg", k = 3, edge = 0.8 },
  { "soft_ndcg", regularization = "kl" }, { "soft_ndcg", regularization = "kl", k = 4 },
  { "lambda" }, { "lambda", k = 2 },
  { "lambda", scheme = "ndcg1" }, { "lambda", scheme = "ndcg1", k = 3 },
  { "lambda", scheme = "ndcg2" }, { "lambda", scheme = "ndcg2", k = 2 },
  { "lambda", scheme = "ndcg2++" }, { "lambda", scheme = "ndcg2++", k = 4, mu = 2.5 },
  { "pairwise_logistic" }, { "pairwise_logistic", k = 2 },
  { "pairwise_hinge" }, { "pairwise_hinge", k = 3 },
  { "list_net" }, { "list_net", labels = "normalized" },
  { "list_mle" }, { "list_mle", k = 3 }, { "list_mle", k = 1 },
  { "softmax" },
}

local function refuses_negative(variant)
  return variant[1] == "softmax" or variant.labels == "normalized" or variant.scheme == "ndcg1"
end

-- Gains of every kind: what draws them, and the option.
local GAINS = {
  labels = { draw = function(random) return random:below(4) - 1 end, gain = "linear" },
  fractions = { draw = function(random) return random:uniform() end, gain = "linear" },
  negative = { draw = function(random) return random:below(7) - 3 end, gain = "linear",
    negative = true },
  exponential = { draw = function(random) return random:below(4) - 1 end, gain = "exponential" },
  ["exponential of fractions"] = {
    draw = function(random) return 2 * random:uniform() end, gain = "exponential",
  },
  ["exponential of negative"] = {
    draw = function(random) return random:below(6) - 3 end, gain = "exponential", negative = true,
  },
  table = { draw = function(random) return random:below(4) - 1 end, gain = { 0, 2.5, 1, 7 } },
  ["table with negative"] = {
    draw = function(random) return random:below(3) - 1 end, gain = { -1, 0.5, 3 }, negative = true,
  },
}

-- Requests of the given sizes, their rows shuffled over one another where `mixed`. ties: how often
-- a score is that of an earlier item.
local function make(seed, sizes, kind, ties, mixed)
  local random, log = sy.random(seed), { scores = {}, gains = {}, groups = {} }
  local rows = {}
  for request, size in ipairs(sizes) do
    local own = {}
    for i = 1, size do
      own[i] = i > 1 and random:uniform() < ties and own[random:below(i - 1)] or random:normal()
      rows[#rows + 1] = { request, own[i], GAINS[kind].draw(random) }
    end
  end
  if mixed then
    for i = #rows, 2, -1 do
      local j = random:below(i)
      rows[i], rows[j] = rows[j], rows[i]
    end
  end
  for i, row in ipairs(rows) do
    log.groups[i], log.scores[i], log.gains[i] = row[1], row[2], row[3]
  end
  return log
end

local function with(variant, more)
  local o = {}
  for _, list in ipairs({ variant, more }) do
    for key, value in pairs(list) do
      if type(key) == "string" then
        o[key] = value
      end
    end
  end
  return o
end

-- Without what only the definitions need.
local function measure(variant, log, o)
  return sy.loss[variant[1]](log.scores, log.gains, o)
end

local function text_of(variant, more)
  local parts = { variant[1] }
  for _, list in ipairs({ variant, more or {} }) do
    for key, value in pairs(list) do
      if type(key) == "string" then
        parts[#parts + 1] = key .. "=" .. tostring(value)
      end
    end
  end
  table.sort(parts)
  return table.concat(parts, " ")
end

local function each_case(visit)
  for _, variant in ipairs(VARIANTS) do
    for kind, gains in pairs(GAINS) do
      if not (gains.negative and refuses_negative(variant)) then
        for _, temperature in ipairs({ 0.3, 1, 4 }) do
          visit(variant, kind, { gain = gains.gain, temperature = temperature },
            text_of(variant, { kind = kind, temperature = temperature }))
        end
      end
    end
  end
end

local function up_to(n)
  local sizes = {}
  for i = 1, n do
    sizes[i] = i
  end
  return sizes
end

local function moved(list, row, by)
  local out = {}
  for i = 1, #list do
    out[i] = list[i]
  end
  out[row] = out[row] + by
  return out
end

-- The derivative of f by one element, from differences of two widths (Richardson).
local function slope(f, list, row, width)
  local function central(h)
    return (f(moved(list, row, h)) - f(moved(list, row, -h))) / (2 * h)
  end
  return (4 * central(width / 2) - central(width)) / 3
end

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return (message:gsub("^.-:%d+: ", ""))
end

describe("the losses", function()
  it("are all there, with a formula and a source each", function()
    local names, helps = core.loss_list()
    local seen = {}
    for i, name in ipairs(names) do
      assert.is_function(sy.loss[name])
      assert.truthy(helps[i]:match("; .*%d%d%d%d"), name)
      seen[name] = true
    end
    for _, name in ipairs((core.training_loss_list())) do
      assert.is_nil(seen[name])
      seen[name] = true
    end
    for name in pairs(sy.loss.options) do
      assert.is_true(seen[name] or name == "soft_rank", name)
    end
    for _, name in ipairs((core.training_loss_list())) do -- these have a spec of their own
      seen[name] = nil
    end
    for _, variant in ipairs(VARIANTS) do
      seen[variant[1]] = nil
    end
    assert.is_nil(next(seen))
  end)

  it("are what the definitions say, for every gain and temperature, sizes 1 to 40", function()
    local cases, seed = 0, 0
    each_case(function(variant, kind, more, what)
      seed = seed + 1
      local sizes = seed % 6 == 0 and up_to(40) or { 1, 2, 3, 5, 8, 13, 2, 1, 4, 21 }
      local log = make(seed, sizes, kind, seed % 2 == 0 and 0.3 or 0, seed % 3 == 0)
      local o = with(variant, more)
      o.groups = log.groups
      local random = sy.random(seed)
      if seed % 2 == 1 then
        o.weights = {}
        for r = 1, #sizes do
          o.weights[r] = random:below(4) - 1
        end
      end
      local wanted, counted = losses.mean(variant[1], log.scores, log.gains, o)
      local got, _, details = measure(variant, log, o)
      check(wanted, got, 1e-10, what)
      assert.equal(counted, details.counted, what)
      assert.equal(#sizes - counted, details.skipped, what)
      cases = cases + (counted > 2 and 1 or 0)
    end)
    assert(cases > 450, cases)
  end)

  it("have the gradients that differences find, row by row, also at ties", function()
    local compared, seed = 0, 1000
    each_case(function(variant, kind, more, what)
      seed = seed + 1
      local log = make(seed, { 1, 2, 3, 4, 7 }, kind, 0.4, seed % 2 == 0)
      local o = with(variant, more)
      o.groups = log.groups
      o.weights = { 1, 2, 0.5, 3, 1 }
      local _, gradient = measure(variant, log, o)
      local function f(scores) -- ranks, and so weights, are held fixed
        return (losses.mean(variant[1], scores, log.gains, o, log.scores))
      end
      for row = 1, #log.scores do
        local wanted = slope(f, log.scores, row, 1e-4 * math.min(1, more.temperature))
        if wanted ~= wanted then
          wanted = 0 -- no request counts
        end
        check(wanted, gradient[row], 2e-8, what .. " row " .. row)
        compared = compared + (gradient[row] ~= 0 and 1 or 0)
      end
    end)
    assert(compared > 5000, compared)
  end)

  it("have the gradients that differences find, in long requests", function()
    local compared, seed = 0, 2000
    each_case(function(variant, kind, more, what)
      seed = seed + 1
      local log = make(seed, up_to(40), kind, 0, false)
      local o, random = with(variant, more), sy.random(seed)
      o.groups = log.groups
      local _, gradient = measure(variant, log, o)
      o.gradient = false
      local function f(scores)
        local value, none = sy.loss[variant[1]](scores, log.gains, o)
        assert.is_nil(none)
        return value
      end
      for _ = 1, 3 do
        local row = random:below(#log.scores)
        check(slope(f, log.scores, row, 2e-5), gradient[row], 1e-7, what .. " row " .. row)
        compared = compared + (gradient[row] ~= 0 and 1 or 0)
      end
    end)
    assert(compared > 800, compared)
  end)

  it("have closed forms for two and three items", function()
    local function one(name, scores, gains, o)
      return (sy.loss[name](scores, gains, o))
    end
    local d2, d3 = math.log(2) / math.log(3), 0.5
    local apart = math.log(1 + math.exp(-0.5)) -- 1 ahead, at temperature 2
    check(apart, one("pairwise_logistic", { 2, 1 }, { 1, 0 }, { temperature = 2 }))
    check(0.5, one("pairwise_hinge", { 2, 1 }, { 1, 0 }, { temperature = 2 }))
    check(1.5, one("pairwise_hinge", { 1, 2 }, { 1, 0 }, { temperature = 2 }))
    check(0, one("pairwise_hinge", { 9, 2 }, { 1, 0 }, { temperature = 2 }))
    check(apart * (1 - d2), one("lambda", { 2, 1 }, { 1, 0 }, { temperature = 2 }))
    check(apart * (1 - d2),
      one("lambda", { 2, 1 }, { 3, 0 }, { temperature = 2, scheme = "ndcg2" }))
    check(apart, one("lambda", { 2, 1 }, { 1, 0 }, { temperature = 2, scheme = "ndcg1" }))
    check(11 * apart * (1 - d2),
      one("lambda", { 2, 1 }, { 1, 0 }, { temperature = 2, scheme = "ndcg2++" }))
    check(apart, one("softmax", { 2, 1 }, { 1, 0 }, { temperature = 2 }))
    check(7 * apart, one("softmax", { 2, 1 }, { 3, 0 }, { temperature = 2, gain = "exponential" }))
    check(apart, one("list_net", { 2, 1 }, { 1, 0 }, { temperature = 2, labels = "normalized" }))
    check(apart, one("list_mle", { 2, 1 }, { 1, 0 }, { temperature = 2 }))
    local p = 1 / (1 + math.exp(-1))
    check(-p * math.log(p) - (1 - p) * math.log(1 - p), one("list_net", { 2, 1 }, { 1, 0 }))
    check(math.log(6), one("list_mle", { 4, 4, 4 }, { 0, 1, 2 }))
    check(math.log(3), one("list_mle", { 4, 4, 4 }, { 0, 1, 2 }, { k = 1 }))
    check(math.log(3), one("softmax", { 4, 4, 4 }, { 0, 1, 0 }))
    -- Three equals share the soft rank 2, and two of three the mean of theirs.
    check(1 - d2, one("approx_ndcg", { 4, 4, 4 }, { 0, 1, 0 }))
    check(1 - d2, one("soft_ndcg", { 4, 4, 4 }, { 0, 1, 0 }))
    check(1 - d3, one("soft_ndcg", { 4, 4, 1 }, { 0, 0, 1 }))
    check(1 - math.log(2) / math.log(2.5), one("soft_ndcg", { 4, 4, 1 }, { 1, 0, 0 }))
    local soft = 1 + 1 / (1 + math.exp(1))
    check(1 - math.log(2) / math.log(1 + soft), one("approx_ndcg", { 1, 0 }, { 1, 0 }))
  end)

  it("tell what they skip", function()
    local ids = { 1, 1, 2, 2, 3 }
    local function count(name, gains, o)
      o = o or {}
      o.groups = ids
      local value, gradient, details = sy.loss[name]({ 1, 2, 3, 4, 5 }, gains, o)
      assert.equal(3, details.counted + details.skipped)
      for i = 1, 5 do
        assert(gradient[i] == gradient[i])
      end
      assert.equal(details.counted == 0, value ~= value)
      return details.counted
    end
    for _, name in ipairs({ "approx_ndcg", "soft_ndcg", "softmax" }) do
      assert.equal(2, count(name, { 0, 0, 1, 1, 1 }), name)
      assert.equal(0, count(name, { 0, 0, 0, 0, 0 }), name)
    end
    for _, name in ipairs({ "lambda", "pairwise_logistic", "pairwise_hinge", "list_net",
      "list_mle" }) do
      assert.equal(1, count(name, { 0, 1, 1, 1, 1 }), name)
      assert.equal(0, count(name, { 2, 2, 1, 1, 1 }), name)
    end
    for _, name in ipairs({ "pairwise_logistic", "pairwise_hinge", "list_net", "list_mle" }) do
      assert.equal(2, count(name, { -1, -2, 1, 0, 1 }), name)
    end
    assert.equal(1, count("lambda", { -1, -2, 1, 0, 1 }))
    for _, name in ipairs(core.loss_list()) do -- nothing at all
      local value, gradient, details = sy.loss[name]({}, {})
      assert(value ~= value and #gradient == 0 and details.counted == 0 and details.skipped == 1)
      local nothing, flat, some = sy.loss[name]({ 1, 2, 3 }, { 1, 0, 2 }, { weights = { 0 } })
      assert(nothing ~= nothing and some.counted == 1)
      assert.same({ 0, 0, 0 }, flat:totable())
    end
  end)

  it("tend to 1 - NDCG as the temperature falls", function()
    for seed = 1, 12 do
      local log = make(3000 + seed, { 3, 9, 17, 1, 40 }, "labels", 0, true)
      for _, gain in ipairs({ "linear", "exponential" }) do
        for _, k in ipairs({ 0, 4 }) do
          local wanted = sy.regret(log.scores, log.gains, {
            groups = log.groups, k = k, gain = gain,
          })
          for _, name in ipairs({ "approx_ndcg", "soft_ndcg" }) do
            local first, last
            for _, heat in ipairs({ 1, 1e-2, 1e-4, 1e-9 }) do
              local got = sy.loss[name](log.scores, log.gains, {
                groups = log.groups, k = k, gain = gain, temperature = heat, edge = heat,
              })
              first, last = first or math.abs(got - wanted), math.abs(got - wanted)
            end
            assert(first > 1e-3 and last < 1e-12, name .. " " .. last)
          end
        end
      end
    end
  end)

  it("do not change with a shift, nor with a common scale; their gradients add up to 0", function()
    local seed = 4000
    each_case(function(variant, kind, more, what)
      seed = seed + 1
      local log = make(seed, { 6, 11 }, kind, 0, false)
      local o = with(variant, more)
      o.groups = log.groups
      local value, gradient = measure(variant, log, o)
      local sums = { 0, 0 }
      local shifted, scaled = {}, {}
      for i, score in ipairs(log.scores) do
        sums[log.groups[i]] = sums[log.groups[i]] + gradient[i]
        shifted[i] = score + (log.groups[i] == 1 and 2 or -7)
        scaled[i] = score * 8
      end
      check({ 0, 0 }, sums, 1e-10, what)
      if value == value then
        check(value, (sy.loss[variant[1]](shifted, log.gains, o)), 1e-11, what)
      end
      o.temperature = o.temperature * 8
      local same, eighth = sy.loss[variant[1]](scaled, log.gains, o)
      assert(same == value or value ~= value, what)
      for i = 1, #gradient do
        assert.equal(gradient[i], eighth[i] * 8)
      end
    end)
  end)

  it("do not mind in which order the rows come", function()
    local seed = 5000
    each_case(function(variant, kind, more, what)
      seed = seed + 1
      local log = make(seed, { 9, 5 }, kind, 0, false)
      -- Ties in gains go by input order in list_mle alone.
      if variant[1] == "list_mle" then
        for i = 1, #log.gains do
          log.gains[i] = type(more.gain) == "table" and log.gains[i] or log.gains[i] + i / 100
        end
        if type(more.gain) == "table" then
          return
        end
      end
      local random, order = sy.random(seed), sy.array.range(#log.scores)
      random:shuffle(order)
      local other = { scores = {}, gains = {}, groups = {} }
      for i = 1, #order do
        for _, key in ipairs({ "scores", "gains", "groups" }) do
          other[key][i] = log[key][order[i]]
        end
      end
      local o = with(variant, more)
      o.groups = log.groups
      local value, gradient = measure(variant, log, o)
      o.groups = other.groups
      local same, moved_gradient = measure(variant, other, o)
      check(value, same, 1e-12, what)
      for i = 1, #order do
        check(gradient[order[i]], moved_gradient[i], 1e-12, what)
      end
    end)
  end)

  it("stay finite for scores of a million and wide ranges", function()
    for _, variant in ipairs(VARIANTS) do
      for _, scores in ipairs({
        { 1e6, -1e6, 0, 1e6, 5 }, { 1e6, 1e6 + 1, 1e6 - 1, 1e6, 1e6 + 0.5 },
        { 1e300, -1e300, 1, 2, 3 }, { 0, 0, 0, 0, 0 },
      }) do
        local o = with(variant, { temperature = 1 })
        local value, gradient = sy.loss[variant[1]](scores, { 0, 3, 1, 2, 0 }, o)
        assert(value - value == 0, text_of(variant))
        for i = 1, 5 do
          assert(gradient[i] - gradient[i] == 0 and math.abs(gradient[i]) <= 11, text_of(variant))
        end
      end
    end
    local value, gradient = sy.loss.softmax({ 1e6, 0 }, { 0, 1 })
    check({ 1e6, 1, -1 }, { value, gradient[1], gradient[2] })
    value, gradient = sy.loss.list_mle({ 0, 1e6, -1e6 }, { 2, 1, 0 })
    check({ 1e6, -1, 1, 0 }, { value, gradient[1], gradient[2], gradient[3] }, 1e-9)
  end)

  it("take arrays of f32 and integers for what they hold", function()
    for _, variant in ipairs(VARIANTS) do
      local o = with(variant, {})
      local scores, gains = { 0.5, -1.25, 3, 2 }, { 1, 0, 2, 1 }
      local value, gradient = sy.loss[variant[1]](scores, gains, o)
      for _, dtype in ipairs({ "f32", "f64" }) do
        local same, equal = sy.loss[variant[1]](sy.array(scores, dtype), sy.array(gains, "i32"), o)
        assert.equal(value, same)
        assert.is_true(gradient == equal)
      end
    end
  end)

  it("learn: steps along the gradient lower the loss to that of a good order", function()
    for _, name in ipairs({ "approx_ndcg", "lambda", "list_net", "list_mle", "softmax",
      "pairwise_logistic", "pairwise_hinge", "soft_ndcg" }) do
      local log = make(77, { 6, 8 }, "labels", 0, false)
      local o = { groups = log.groups, temperature = name == "soft_ndcg" and 2 or 1 }
      local before = sy.regret(log.scores, log.gains, { groups = log.groups })
      for _ = 1, 300 do
        local _, gradient = sy.loss[name](log.scores, log.gains, o)
        for i = 1, #log.scores do
          log.scores[i] = log.scores[i] - 0.5 * gradient[i]
        end
      end
      local after = sy.regret(log.scores, log.gains, { groups = log.groups })
      assert(before > 0.05 and after < before / 2, ("%s: %g to %g"):format(name, before, after))
    end
  end)
end)

describe("soft ranks", function()
  local function draw(random, n, ties)
    local values = {}
    for i = 1, n do
      values[i] = i > 1 and random:uniform() < ties and values[random:below(i - 1)]
        or random:normal()
    end
    return values
  end

  local function each_draw(visit)
    local random = sy.random(11)
    for n = 1, 40 do
      for _, ties in ipairs({ 0, 0.5 }) do
        for _, temperature in ipairs({ 0.02, 0.3, 1, 5 }) do
          for _, kind in ipairs({ "l2", "kl" }) do
            visit(draw(random, n, ties), temperature, kind)
          end
        end
      end
    end
  end

  local function soft(values, temperature, kind)
    return sy.loss.soft_rank(values, { temperature = temperature, regularization = kind })
  end

  it("are what the formula of stretches gives", function()
    each_draw(function(values, temperature, kind)
      if #values <= 20 then
        check(losses.soft_ranks(values, temperature, kind),
          (soft(values, temperature, kind)):totable(), 1e-9, kind)
      end
    end)
  end)

  it("are the nearest point of the permutahedron", function()
    each_draw(function(values, temperature, kind)
      local ranks = soft(values, temperature, kind):totable()
      -- In it: of any m of them, the sum is at least that of 1 .. m, and of all, just that.
      local sorted, sum = { (table.unpack or unpack)(ranks) }, 0
      table.sort(sorted)
      for m = 1, #sorted do
        sum = sum + sorted[m]
        assert(sum >= m * (m + 1) / 2 - 1e-9)
      end
      check(#ranks * (#ranks + 1) / 2, sum, 1e-11)
      -- Nearest: no vertex lies on the other side of the plane across the way out. The vertex
      -- furthest along a direction has its ranks in the order of the direction.
      local out, along = {}, 0
      for i = 1, #ranks do
        local z = -values[i] / temperature
        out[i] = kind == "kl" and z - math.log(ranks[i]) or z - ranks[i]
        along = along + out[i] * ranks[i]
      end
      table.sort(out)
      for r = 1, #out do
        along = along - out[r] * r
      end
      assert(along >= -1e-8 * (#ranks) ^ 2 / temperature, along)
    end)
  end)

  it("keep the order, and equal values equal", function()
    each_draw(function(values, temperature, kind)
      local ranks, order = soft(values, temperature, kind), reference.order(values)
      for r = 2, #order do
        local a, b = order[r - 1], order[r]
        assert(ranks[a] <= ranks[b] + 1e-12)
        assert(values[a] ~= values[b] or ranks[a] == ranks[b])
      end
    end)
  end)

  it("are the hard ranks for small temperatures and all equal for large ones", function()
    for _, kind in ipairs({ "l2", "kl" }) do
      assert.same({ 2, 4, 1, 3 }, soft({ 5, 1, 9, 3 }, 1e-6, kind):totable())
      assert.same({ 2.5, 4, 1, 2.5 }, soft({ 3, 1, 9, 3 }, 1e-6, kind):totable())
      check({ 2.5, 2.5, 2.5, 2.5 }, soft({ 5, 1, 9, 3 }, 1e9, kind):totable(), 1e-6)
      assert.same({ 1, 2, 4, 3 }, soft({ 1e300, 0, -1e300, -1 }, 1e-200, kind):totable())
      assert.same({ 2, 2, 2 }, soft({ 1, 2, 3 }, 1e300, kind):totable())
      assert.same({ 1 }, soft({ 42 }, 1, kind):totable())
      assert.same({}, soft({}, 1, kind):totable())
    end
    -- Exactly from where neighbours are a temperature apart; kl: that times log((r + 1) / r).
    assert.same({ 1, 2, 3 }, soft({ 4, 2, 0 }, 2, "l2"):totable())
    assert.is_true(soft({ 4, 2, 0 }, 2.1, "l2")[1] > 1)
    assert.same({ 1, 2 }, soft({ 0.7, 0 }, 1, "kl"):totable())
    assert.is_true(soft({ 0.69, 0 }, 1, "kl")[1] > 1)
    -- Far from 0, differences are as good as there.
    check({ 1.25, 1.75 }, soft({ 2 ^ 40 + 0.5, 2 ^ 40 }, 1, "l2"):totable())
  end)

  it("have the vector-Jacobian product that differences find", function()
    local random, compared = sy.random(5), 0
    for n = 1, 25 do
      for _, temperature in ipairs({ 0.1, 0.7, 3 }) do
        for _, kind in ipairs({ "l2", "kl" }) do
          local values, pulls = draw(random, n, n % 3 == 0 and 0.3 or 0), {}
          for i = 1, n do
            pulls[i] = random:normal()
          end
          local _, pull = soft(values, temperature, kind)
          local gradient, total = pull(pulls), 0
          for row = 1, n do
            local function f(moved_values)
              local ranks, sum = soft(moved_values, temperature, kind), 0
              for i = 1, n do
                sum = sum + ranks[i] * pulls[i]
              end
              return sum
            end
            check(slope(f, values, row, 1e-6), gradient[row], 1e-6 * n / temperature, kind)
            total = total + gradient[row]
            compared = compared + (gradient[row] ~= 0 and 1 or 0)
          end
          check(0, total, 1e-10 / temperature)
        end
      end
    end
    assert(compared > 1000, compared)
  end)

  it("are of each request by itself, wherever its rows stand", function()
    local random = sy.random(9)
    local values, pulls, ids = draw(random, 60, 0.2), draw(random, 60, 0), {}
    for i = 1, 60 do
      ids[i] = i * 7 % 5
    end
    local ranks, pull = sy.loss.soft_rank(values, { groups = ids, temperature = 0.8 })
    local gradient = pull(pulls)
    for _, rows in ipairs(reference.requests(ids, 60)) do
      local own, own_pull = soft(reference.pick(values, rows), 0.8, "l2")
      check(own:totable(), reference.pick(ranks, rows))
      check(own_pull(reference.pick(pulls, rows)):totable(), reference.pick(gradient, rows))
    end
  end)

  it("refuse what is no value, pull or temperature", function()
    assert.equal("values[2]: nan", (raised(sy.loss.soft_rank, { 1, 0 / 0 }):gsub("-nan", "nan")))
    assert.equal("values[1]: inf", raised(sy.loss.soft_rank, { math.huge, 1 }))
    assert.equal("temperature: 0: must be a number above 0",
      raised(sy.loss.soft_rank, { 1 }, { temperature = 0 }))
    local _, pull = sy.loss.soft_rank({ 1, 2 })
    assert.equal("pulls: 3 numbers for 2 ranks", raised(pull, { 1, 2, 3 }))
    assert.equal("pulls[2]: inf", raised(pull, { 1, math.huge }))
    local work = core.work(4, 1)
    assert.truthy(raised(core.soft_rank_pull, { 1, 2 }, { 0, 7 }, { 1, 1 }, nil, work, 1, "l2")
      :match("^blocks%[2%]: 7"))
  end)
end)

describe("gradients by weights", function()
  local function make_data(dtype)
    local random = sy.random(21)
    local columns, labels, ids = { a = {}, b = {}, c = {} }, {}, {}
    for i = 1, 200 do
      ids[i], labels[i] = random:below(30), random:below(3) - 1
      for _, column in pairs(columns) do
        column[i] = random:uniform()
      end
    end
    return sy.dataset.new({ predictions = columns, labels = { click = labels }, groups = ids,
      dtype = dtype })
  end

  it("are what differences of weights find", function()
    for _, dtype in ipairs({ "f32", "f64" }) do
      local data = make_data(dtype)
      local columns = { data:prediction("a"), data:prediction("b"), data:prediction("c") }
      for _, variant in ipairs(VARIANTS) do
        local o = with(variant, { groups = data.groups, temperature = 0.4 })
        local function f(weights)
          return sy.loss[variant[1]](reference.score(columns, weights), data:label("click"), o)
        end
        local weights = { 0.5, -0.25, 1 }
        local _, gradient = f(weights)
        local by_weight = sy.loss.by_weights(data, gradient)
        for t, task in ipairs({ "a", "b", "c" }) do
          local wanted = slope(function(w)
            return (f(w))
          end, weights, t, 1e-7)
          check(wanted, by_weight[task], 2e-6, text_of(variant) .. " by " .. task)
        end
      end
    end
  end)

  it("are sums over rows", function()
    local data = sy.dataset.new({ predictions = { p = { 1, 2, 3 }, q = { 0, 1, 0 } } })
    assert.same({ p = 14, q = 2 }, sy.loss.by_weights(data, { 1, 2, 3 }))
    assert.same({ p = 0, q = 0 }, sy.loss.by_weights(
      sy.dataset.new({ predictions = { p = {}, q = {} } }), {}))
  end)

  it("say what does not fit", function()
    local data = sy.dataset.new({ predictions = { p = { 1, 2, 3 } } })
    assert.equal("gradient: 2 numbers for 3 rows", raised(sy.loss.by_weights, data, { 1, 2 }))
    assert.equal("data: expected a data set, got 3", raised(sy.loss.by_weights, 3, { 1, 2 }))
    assert.equal("gradient: expected an array or a table of numbers, got nil",
      raised(sy.loss.by_weights, data))
    assert.truthy(raised(sy.loss.by_weights, data, { 0, math.huge, 1 }):match("^task 1: "))
  end)
end)

describe("losses have the same bits", function()
  local function bits(name, log, work, options)
    local parts = { core.loss(name, log.scores, log.gains, log.offsets, work, options, true) }
    local text = { ("%.17g %d %d"):format(parts[1], parts[2], parts[3]) }
    for i = 1, #parts[4] do
      text[#text + 1] = ("%.17g"):format(parts[4][i])
    end
    return table.concat(text, " ")
  end

  it("for every number of threads and every instruction set", function()
    local sizes, random = {}, sy.random(31)
    for r = 1, 700 do
      sizes[r] = random:below(100)
    end
    local log = make(32, sizes, "labels", 0.2, false)
    log.offsets = sy.groups.from_sizes(sizes).offsets
    local seen = 0
    for _, variant in ipairs(VARIANTS) do
      local wanted, wanted_ranks
      for _, cpu in ipairs(sy.cpu()) do
        for threads = 1, 3 do
          local work = core.work(100, threads)
          core.work_cpu(work, cpu)
          local got = bits(variant[1], log, work, with(variant, { temperature = 0.5 }))
          wanted = wanted or got
          assert(wanted == got, text_of(variant) .. " on " .. cpu)
          local soft = core.soft_rank(log.scores, log.offsets, work, 0.5, variant.regularization)
          if variant[1] == "soft_ndcg" then
            wanted_ranks = wanted_ranks or soft
            assert.is_true(wanted_ranks == soft)
          end
          local sums = core.loss_to_weights({ log.gains, log.scores }, log.scores, log.offsets,
            work)
          log.sums = log.sums or sums
          assert.same(log.sums, sums)
          seen = seen + 1
        end
      end
    end
    assert(seen >= 3 * #VARIANTS and #log.scores > 32768)
  end)
end)

describe("losses refuse", function()
  it("numbers that are none", function()
    for _, name in ipairs(core.loss_list()) do
      for _, bad in ipairs({ 0 / 0, math.huge, -math.huge }) do
        assert.truthy(raised(sy.loss[name], { 1, 2, bad }, { 0, 1, 0 }):match("^scores%[3%]: "))
        assert.truthy(raised(sy.loss[name], { 1, 2, 3 }, { 0, bad, 0 }):match("^gains%[2%]: "))
      end
    end
    assert.equal("gains[1]: 2000: 2^2000 is too large",
      raised(sy.loss.softmax, { 1, 2 }, { 2000, 1 }, { gain = "exponential" }))
    assert.truthy(raised(sy.loss.softmax, { 1, 2 }, { 1.7e308, 1.7e308 })
      :match("^the loss of the request that starts at row 1 is too large"))
    assert.equal("the gradient at row 1 is too large (temperature 1e-306)",
      raised(sy.loss.softmax, { 1, 1 }, { 9000, 0 }, { temperature = 1e-306 }))
    assert.truthy(raised(sy.loss.softmax, { 1e300, 0 }, { 0, 1 }, { temperature = 1e-200 })
      :match("temperature 1e%-200 is too small"))
  end)

  it("negative gains where they mean nothing, naming the row", function()
    for _, case in ipairs({
      { "softmax" }, { "list_net", labels = "normalized" }, { "lambda", scheme = "ndcg1" },
    }) do
      assert.equal(("gains[3]: -1: %s, with these options, takes no gain below 0"):format(case[1]),
        raised(sy.loss[case[1]], { 1, 2, 3 }, { 0, 1, -1 }, with(case, {})))
    end
  end)

  it("gains that a table does not have", function()
    for _, bad in ipairs({ 3, -1, 0.5 }) do
      assert.equal(("gains[2]: %g: the gain table has the labels 0 to 2"):format(bad),
        raised(sy.loss.lambda, { 1, 2 }, { 2, bad }, { gain = { 0, 1, 3 } }))
    end
    assert.truthy(raised(sy.loss.lambda, { 1, 2 }, { 1, 0 }, { gain = { 0, 0 / 0 } })
      :match("^gain%[2%]: %-?nan$"))
    assert.equal('loss.lambda: option "gain": "square" is none of "linear", "exponential" and a '
      .. "table of what the labels 0, 1, 2 ... are worth",
      raised(sy.loss.lambda, { 1, 2 }, { 1, 0 }, { gain = "square" }))
  end)

  it("options out of their bounds", function()
    for _, name in ipairs(core.loss_list()) do
      for _, bad in ipairs({ 0, -1, math.huge }) do
        assert.equal(("temperature: %g: must be a number above 0"):format(bad),
          raised(sy.loss[name], { 1, 2 }, { 1, 0 }, { temperature = bad }))
      end
      assert.equal("weights: 2 of them for 1 requests",
        raised(sy.loss[name], { 1, 2 }, { 1, 0 }, { weights = { 1, 2 } }))
      assert.equal("weights[1]: -1: must be a number from 0 up",
        raised(sy.loss[name], { 1, 2 }, { 1, 0 }, { weights = { -1 } }))
      assert.equal("gains: 1 numbers for 2 scores", raised(sy.loss[name], { 1, 2 }, { 1 }))
    end
    assert.equal("edge: 0: must be a number above 0",
      raised(sy.loss.approx_ndcg, { 1, 2 }, { 1, 0 }, { edge = 0 }))
    assert.equal("mu: -1: must be a number from 0 up",
      raised(sy.loss.lambda, { 1, 2 }, { 1, 0 }, { mu = -1 }))
    assert.truthy(raised(sy.loss.list_mle, { 1, 2 }, { 1, 0 }, { k = -1 }):match("^k: "))
    assert.equal('loss.softmax: unknown option "k"',
      raised(sy.loss.softmax, { 1 }, { 1 }, { k = 3 }))
    assert.equal('loss.lambda: unknown option "temprature" (did you mean "temperature"?)',
      raised(sy.loss.lambda, { 1 }, { 1 }, { temprature = 3 }))
    local work = core.work(2, 1)
    assert.equal("k: 3: list_net has no cutoff",
      raised(core.loss, "list_net", { 1, 2 }, { 1, 0 }, nil, work, { k = 3 }))
    assert.equal('no loss is called "square"',
      raised(core.loss, "square", { 1, 2 }, { 1, 0 }, nil, work, {}))
    assert.truthy(raised(core.loss, "softmax", { 1, 2, 3 }, { 1, 0, 0 }, nil, work, {})
      :match("has 3 items, the work was made for 2"))
  end)
end)
