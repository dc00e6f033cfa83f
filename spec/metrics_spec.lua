local reference = require("spec.support.reference")
local sy = require("steelyard")

local check = reference.check
local log3 = math.log(3) / math.log(2)

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return (message:gsub("^.-:%d+: ", ""))
end

-- A random log: scores and gains in coarse steps, requests interleaved.
local function draw(random, n, steps)
  local log = { scores = {}, gains = {}, groups = {}, names = {} }
  for i = 1, n do
    log.scores[i] = random:below(steps) / 4
    log.gains[i] = math.max(random:below(6) - 3, 0)
    log.groups[i] = random:below(1 + math.floor(n / 8))
    log.names[i] = string.char(96 + random:below(26), 96 + random:below(26))
  end
  return log
end

local TIES = { "input", "average", "best", "worst", "name" }

describe("ndcg by hand", function()
  it("is what the definition says", function()
    local ndcg, per, details = sy.ndcg({ 2, 1 }, { 0, 1 })
    check(1 / log3, ndcg)
    assert.same(1, #per)
    check(1 / log3, per[1])
    check(1 / log3, details.dcg)
    assert.equal(1, details.counted)
    assert.equal(0, details.empty)
    check(3.5 / (3 + 1 / log3), (sy.ndcg({ 3, 2, 1 }, { 3, 0, 1 })))
    check((7 + 0.5) / (7 + 1 / log3), (sy.ndcg({ 3, 2, 1 }, { 3, 0, 1 }, { gain = "exponential" })))
    check(1 - 1 / log3, (sy.regret({ 2, 1 }, { 0, 1 })))
    check(3.5, (sy.dcg({ 3, 2, 1 }, { 3, 0, 1 })))
  end)

  it("takes the ideal from all items, not from the selected", function()
    check(1 / 3, (sy.ndcg({ 3, 2, 1 }, { 1, 2, 3 }, { k = 1 })))
    check((1 + 2 / log3) / (3 + 2 / log3), (sy.ndcg({ 3, 2, 1 }, { 1, 2, 3 }, { k = 2 })))
  end)

  it("shows what ties can hide", function()
    local scores, gains = { 1, 1, 1 }, { 1, 2, 3 }
    local d2, d3 = 1 / log3, 0.5
    local ideal = 3 + 2 * d2 + d3
    check((1 + 2 * d2 + 3 * d3) / ideal, (sy.ndcg(scores, gains)))
    check((1 + 2 * d2 + 3 * d3) / ideal, (sy.ndcg(scores, gains, { ties = "worst" })))
    check(1, (sy.ndcg(scores, gains, { ties = "best" })))
    check(2 * (1 + d2 + d3) / ideal, (sy.ndcg(scores, gains, { ties = "average" })))
    local names = { ties = "name", names = { "a", "c", "b" } }
    check((2 + 3 * d2 + d3) / ideal, (sy.ndcg(scores, gains, names)))
  end)

  it("counts requests without gain as told", function()
    local scores, gains, groups = { 1, 2, 3 }, { 1, 0, 0 }, { 1, 2, 2 }
    local ndcg, per, details = sy.ndcg(scores, gains, { groups = groups })
    assert.equal(1, ndcg)
    assert.equal(1, per[1])
    assert.is_true(per[2] ~= per[2])
    assert.same({ 1, 1 }, { details.counted, details.empty })
    ndcg, per, details = sy.ndcg(scores, gains, { groups = groups, empty = "zero" })
    assert.equal(0.5, ndcg)
    assert.same({ 1, 0 }, per:totable())
    assert.same({ 2, 1, 0.5 }, { details.counted, details.empty, details.dcg })
    ndcg, per = sy.ndcg(scores, gains, { groups = groups, empty = "one" })
    assert.equal(1, ndcg)
    assert.same({ 1, 1 }, per:totable())
    local regret = sy.regret(scores, gains, { groups = groups, empty = "zero" })
    assert.equal(0.5, regret)
  end)

  it("has no mean where nothing counts", function()
    for _, case in ipairs({ { {}, {} }, { { 1, 2 }, { 0, 0 } }, { { 1 }, { -1 } } }) do
      local ndcg, per, details = sy.ndcg(case[1], case[2])
      assert.is_true(ndcg ~= ndcg)
      assert.equal(1, #per)
      assert.same({ 0, 1 }, { details.counted, details.empty })
    end
    local ndcg, per, details = sy.ndcg({}, {}, { groups = {} })
    assert.is_true(ndcg ~= ndcg)
    assert.equal(0, #per)
    assert.same({ 0, 0 }, { details.counted, details.empty })
  end)

  it("takes empty requests among others", function()
    local groups = sy.groups.from_sizes({ 0, 2, 0, 1 })
    local ndcg, per, details = sy.ndcg({ 2, 1, 5 }, { 0, 1, 3 }, { groups = groups })
    check((1 / log3 + 1) / 2, ndcg)
    assert.is_true(per[1] ~= per[1] and per[3] ~= per[3])
    assert.equal(1, per[4])
    assert.same({ 2, 2 }, { details.counted, details.empty })
  end)

  it("takes infinite scores and negative gains", function()
    check(1, (sy.ndcg({ math.huge, 0, -math.huge }, { 2, 1, 0 })))
    check((0.5 * 2 + 1 / log3) / (2 + 1 / log3),
      (sy.ndcg({ -math.huge, 0, math.huge }, { 2, 1, 0 })))
    check((-1 + 2 / log3) / (2 - 1 / log3), (sy.ndcg({ 2, 1 }, { -1, 2 })))
    check((-0.5 + 3 / log3) / (3 - 0.5 / log3),
      (sy.ndcg({ 2, 1 }, { -1, 2 }, { gain = "exponential" })))
  end)
end)

describe("ndcg refuses", function()
  local nan, huge = 0 / 0, math.huge

  it("numbers that are none", function()
    assert.equal("scores[2]: NaN", raised(sy.ndcg, { 1, nan }, { 1, 2 }))
    assert.equal("scores[2]: NaN", raised(sy.ndcg, sy.array({ 1, nan }, "f32"), { 1, 2 }))
    assert.equal("gains[1]: inf", raised(sy.ndcg, { 1, 2 }, { huge, 2 }))
    assert.equal("gains[2]: -inf", raised(sy.ndcg, { 1, 2 }, { 1, -huge }))
    assert.equal("gains[2]: NaN", raised(sy.ndcg, { 1, 2 }, { 1, nan }))
    assert.equal("gains[2]: 2000: 2^2000 is too large",
      raised(sy.ndcg, { 1, 2 }, { 1, 2000 }, { gain = "exponential" }))
  end)

  it("numbers that are none, named by their place in what was given", function()
    local o = { groups = { 1, 2, 1, 2 } }
    assert.equal("scores[2]: NaN", raised(sy.ndcg, { 1, nan, 2, 3 }, { 1, 1, 1, 1 }, o))
    assert.equal("gains[2]: inf", raised(sy.ndcg, { 1, 4, 2, 3 }, { 1, huge, 1, 1 }, o))
    assert.equal("scores[2]: NaN", raised(sy.rank, { 1, nan, 2, 3 }, o))
    assert.equal("gains[2]: -inf", raised(sy.loss.softmax, { 1, 4, 2, 3 }, { 1, -huge, 1, 1 }, o))
    assert.equal("scores[3]: inf", raised(sy.loss.softmax, { 1, 4, huge, 3 }, { 1, 0, 1, 1 }, o))
    assert.is_number((sy.ndcg({ 1, huge, -huge, 3 }, { 1, 1, 1, 1 }, o)))
  end)

  it("tables that hold no numbers, but something by name", function()
    local wanted = "scores: expected an array or a table of numbers, got a table with the field "
    assert.equal(wanted .. "a", raised(sy.ndcg, { a = 1 }, {}))
    local vm = sy.value_model.new({ weights = { a = 1 } })
    assert.equal(wanted .. "columns", (raised(sy.rank, { columns = vm:deferred({ a = { 1 } }) })))
  end)

  it("unequal lengths, and texts", function()
    assert.equal("gains: 1 numbers for 2 scores", raised(sy.ndcg, { 1, 2 }, { 1 }))
    assert.equal("gains: expected an array or a table of numbers, got nil",
      raised(sy.ndcg, { 1, 2 }))
    assert.equal("scores: expected an array or a table of numbers, got nil", raised(sy.rank))
    assert.truthy(raised(sy.ndcg, { 1, "x" }, { 1, 2 }):match("^scores%[2%]"))
    assert.truthy(raised(sy.ndcg, { 1, 2 }, { 1, {} }):match("^gains%[2%]"))
    assert.equal("groups: they are of 3 rows, but there are 2",
      raised(sy.ndcg, { 1, 2 }, { 1, 2 }, { groups = { 1, 2, 3 } }))
    assert.truthy(raised(sy.ndcg, { 1, 2 }, { 1, 2 }, { ties = "name", names = { "a" } })
      :match("names"))
  end)

  it("unknown options, naming the nearest", function()
    assert.equal('ndcg: unknown option "tie" (did you mean "ties"?)',
      raised(sy.ndcg, { 1 }, { 1 }, { tie = "name" }))
    assert.equal('regret: unknown option "profil" (did you mean "profile"?)',
      raised(sy.regret, { 1 }, { 1 }, { profil = "trec" }))
    assert.equal('ndcg: option "empty": "none" is not one of "skip", "zero", "one"',
      raised(sy.ndcg, { 1 }, { 1 }, { empty = "none" }))
    assert.equal("ndcg: ties by name need names=, the items' names",
      raised(sy.ndcg, { 1 }, { 1 }, { ties = "name" }))
  end)
end)

describe("ndcg over random requests", function()
  it("agrees with the definition under every convention", function()
    local random = sy.random(11)
    for round = 1, 60 do
      local log = draw(random, random:below(150), round % 2 == 0 and 4 or 40)
      for _, ties in ipairs(TIES) do
        local o = {
          groups = log.groups, ties = ties, names = log.names, k = random:below(12) - 1,
          gain = random:below(2) == 1 and "linear" or "exponential",
          empty = ({ "skip", "zero", "one" })[random:below(3)],
        }
        local wanted, wanted_per, counted = reference.ndcg(log.scores, log.gains, o)
        local ndcg, per, details = sy.ndcg(log.scores, log.gains, o)
        check(wanted, ndcg, 1e-12, ties)
        assert.equal(counted, details.counted)
        assert.equal(#wanted_per, #per)
        for r, value in ipairs(wanted_per) do
          check(value or 0 / 0, per[r], 1e-12, ties)
        end
      end
    end
  end)

  it("lies between the worst and the best order of ties", function()
    local random = sy.random(12)
    for _ = 1, 80 do
      local log = draw(random, 20 + random:below(60), 3)
      local value = {}
      local o = { groups = log.groups, names = log.names, k = random:below(8), empty = "zero" }
      for _, ties in ipairs(TIES) do
        o.ties = ties
        value[ties] = sy.ndcg(log.scores, log.gains, o)
      end
      for _, ties in ipairs({ "input", "average", "name" }) do
        assert(value.worst <= value[ties] + 1e-15 and value[ties] <= value.best + 1e-15)
      end
      assert(value.worst < value.best)
    end
  end)

  it("is 1 for the best score and at most 1", function()
    local random = sy.random(13)
    for _ = 1, 40 do
      local log = draw(random, 50, 1000)
      assert(sy.ndcg(log.scores, log.gains, { groups = log.groups }) <= 1)
      check(1, (sy.ndcg(log.gains, log.gains, { groups = log.groups, ties = "average" })), 1e-15)
    end
  end)

  it("does not depend on the names of requests and items", function()
    local random = sy.random(14)
    for _ = 1, 30 do
      local log = draw(random, 90, 5)
      local texts, others = {}, {}
      for i, id in ipairs(log.groups) do
        texts[i] = "request " .. id
        others[i] = 1e6 - 7 * id
      end
      local wanted = sy.ndcg(log.scores, log.gains, { groups = log.groups })
      assert.equal(wanted, (sy.ndcg(log.scores, log.gains, { groups = texts })))
      assert.equal(wanted, (sy.ndcg(log.scores, log.gains, { groups = others })))
      assert.equal(wanted, (sy.ndcg(log.scores, log.gains, { groups = sy.array(others, "i64") })))
      -- Names matter by their order alone.
      local longer = {}
      for i, name in ipairs(log.names) do
        longer[i] = "item-" .. name
      end
      local o = { groups = log.groups, ties = "name", names = log.names }
      wanted = sy.ndcg(log.scores, log.gains, o)
      o.names = longer
      assert.equal(wanted, (sy.ndcg(log.scores, log.gains, o)))
    end
  end)

  it("does not depend on the order of rows where nothing ties, to the last bit", function()
    local random = sy.random(15)
    for _ = 1, 40 do
      local n = 30 + random:below(100)
      local scores, gains, order = {}, {}, sy.array.range(n)
      for i = 1, n do
        scores[i], gains[i] = random:normal(), random:uniform()
      end
      local k = random:below(20) - 1
      local wanted = sy.ndcg(scores, gains, { k = k })
      random:shuffle(order)
      local moved = { sy.array(scores):gather(order), sy.array(gains):gather(order) }
      assert.equal(wanted, (sy.ndcg(moved[1], moved[2], { k = k })))
    end
  end)

  it("gives each request its value wherever its rows stand", function()
    local random = sy.random(16)
    for _ = 1, 40 do
      local log = draw(random, 80, 6)
      local rows = {}
      for _, request in ipairs(reference.requests(log.groups, 80)) do
        for _, row in ipairs(request) do
          rows[#rows + 1] = row
        end
      end
      for _, ties in ipairs(TIES) do
        local o = { groups = log.groups, ties = ties, names = log.names }
        local apart, per = sy.ndcg(log.scores, log.gains, o)
        o.groups, o.names = reference.pick(log.groups, rows), reference.pick(log.names, rows)
        local together, same =
          sy.ndcg(reference.pick(log.scores, rows), reference.pick(log.gains, rows), o)
        assert.equal(apart, together)
        for r = 1, #per do
          assert(per[r] == same[r] or (per[r] ~= per[r] and same[r] ~= same[r]))
        end
      end
    end
  end)

  it("has the same mean when every request is there twice", function()
    local random = sy.random(17)
    for _ = 1, 20 do
      local log = draw(random, 60, 6)
      local twice = { scores = {}, gains = {}, groups = {} }
      for copy = 0, 1 do
        for i = 1, 60 do
          table.insert(twice.scores, log.scores[i])
          table.insert(twice.gains, log.gains[i])
          table.insert(twice.groups, log.groups[i] + 1000 * copy)
        end
      end
      local once, per = sy.ndcg(log.scores, log.gains, { groups = log.groups })
      local mean, same = sy.ndcg(twice.scores, twice.gains, { groups = twice.groups })
      check(once, mean, 1e-15)
      assert.equal(2 * #per, #same)
      for r = 1, #per do
        assert(same[r] == per[r] or per[r] ~= per[r])
        assert(same[r + #per] == per[r] or per[r] ~= per[r])
      end
    end
  end)

  it("does not depend on the scale of scores or of linear gains", function()
    local random = sy.random(18)
    for _ = 1, 30 do
      local log = draw(random, 70, 9)
      local scores, gains = {}, {}
      for i = 1, 70 do
        scores[i], gains[i] = log.scores[i] * 1024 - 5, log.gains[i] * 0.125
      end
      for _, ties in ipairs({ "input", "average", "best", "worst" }) do
        local o = { groups = log.groups, ties = ties, k = 5 }
        local wanted = sy.ndcg(log.scores, log.gains, o)
        assert.equal(wanted, (sy.ndcg(scores, log.gains, o)))
        assert.equal(wanted, (sy.ndcg(log.scores, gains, o)))
        check(wanted, (sy.ndcg(log.scores, sy.array(gains, "f32"), o)), 1e-6)
      end
    end
  end)

  it("is the same for k = 0 and every k from the longest request on", function()
    local random = sy.random(19)
    for _ = 1, 20 do
      local log = draw(random, 40, 5)
      for _, ties in ipairs(TIES) do
        local o = { ties = ties, names = log.names, k = 0 }
        local wanted = sy.ndcg(log.scores, log.gains, o)
        for _, k in ipairs({ 40, 41, 1000 }) do
          o.k = k
          assert.equal(wanted, (sy.ndcg(log.scores, log.gains, o)))
        end
      end
    end
  end)

  it("is the mean over all orders where all scores are equal", function()
    local random = sy.random(20)
    local scores, gains, n = {}, {}, 30
    for i = 1, n do
      scores[i], gains[i] = 1, random:uniform()
    end
    local average = sy.ndcg(scores, gains, { ties = "average", k = 7 })
    local sum, rounds, order = 0, 3000, sy.array.range(n)
    for _ = 1, rounds do
      sum = sum + sy.ndcg(scores, sy.array(gains):gather(random:shuffle(order)), { k = 7 })
    end
    assert(math.abs(sum / rounds - average) < 0.01)
  end)

  it("takes gains of every type, and arrays as tables", function()
    local scores, gains = { 4, 3, 2, 1 }, { 0, 3, 1, 2 }
    local wanted = sy.ndcg(scores, gains)
    for _, dtype in ipairs({ "f32", "f64", "i32", "i64" }) do
      assert.equal(wanted, (sy.ndcg(scores, sy.array(gains, dtype))))
      assert.equal(wanted, (sy.ndcg(sy.array(scores, dtype), gains)))
    end
  end)

  it("is 1 - regret, and DCG / NDCG is the ideal", function()
    local random = sy.random(21)
    local log = draw(random, 100, 7)
    local o = { groups = log.groups, k = 4 }
    local ndcg, per, details = sy.ndcg(log.scores, log.gains, o)
    local regret, per_regret = sy.regret(log.scores, log.gains, o)
    local dcg, per_dcg = sy.dcg(log.scores, log.gains, o)
    assert.equal(1 - ndcg, regret)
    assert.equal(details.dcg, dcg)
    for r, rows in ipairs(reference.requests(log.groups, 100)) do
      if per[r] == per[r] then
        assert.equal(1 - per[r], per_regret[r])
        check(per[r] * reference.ideal(reference.pick(log.gains, rows), { k = 4 }), per_dcg[r])
        assert.equal(per_dcg[r], details.per_request_dcg[r])
      end
    end
  end)
end)
