local bags = require "spec.support.bags"
local check = require "spec.support.check"
local paths = require "spec.support.paths"
local sy = require "steelyard"

local cf = sy.collaborative

-- The weights of a model, a table of rows.
local function weights_of(one)
  one.weights.columns = one.items
  return bags.dense(one.weights)
end

-- |X - XW|^2 / 2 + l2 |W|^2 / 2 + l1 |W|_1
local function loss(x, w, o)
  local sum, n = 0, x.columns
  for _, row in ipairs(bags.dense(x)) do
    for j = 1, n do
      local miss = row[j]
      for i = 1, n do
        miss = miss - row[i] * w[i][j]
      end
      sum = sum + miss * miss / 2
    end
  end
  for i = 1, n do
    for j = 1, n do
      sum = sum + o.l2 * w[i][j] ^ 2 / 2 + o.l1 * math.abs(w[i][j])
    end
  end
  return sum
end

describe("slim", function()
  after_each(function()
    paths.clean()
    sy.threads(1)
  end)

  it("has the closed form of two items", function()
    local x = bags.of(2, { { 1, 2 }, { 1, 2 }, { 1 }, { 1 }, { 2 }, {} })
    local w = weights_of(cf.slim(x, { l1 = 0.5, l2 = 1 }))
    check.close((2 - 0.5) / (4 + 1), w[1][2], 1e-7)
    check.close((2 - 0.5) / (3 + 1), w[2][1], 1e-7)
    assert.are.equal(0, w[1][1])
    assert.are.equal(0, #cf.slim(x, { l1 = 2, l2 = 1 }).weights.ids)
  end)

  it("minimises its loss, which falls with every sweep", function()
    for _, nonnegative in ipairs({ true, false }) do
      local x, before = bags.random(60, 14, 0.3, 5), math.huge
      local o = { l1 = 0.8, l2 = 1.5, tolerance = 1e-9, nonnegative = nonnegative, dtype = "f64" }
      for sweeps = 1, 5 do
        o.sweeps = sweeps
        local one, report = cf.slim(x, o)
        assert.is_true(report.objective < before)
        check.close(loss(x, weights_of(one), o), report.objective, 1e-4)
        before = report.objective
      end
      o.sweeps = 1000
      local one, report = cf.slim(x, o)
      assert.are.equal(0, report.unconverged)
      assert.is_true(report.weights > 10 and report.weights < 14 * 13)
      local w, random = weights_of(one), sy.random(1)
      local best = loss(x, w, o)
      for _ = 1, 60 do
        local i, j = random:below(14), random:below(14)
        local kept = w[i][j]
        local moved = kept + 0.02 * random:normal()
        if i ~= j and (moved >= 0 or not nonnegative) then
          w[i][j] = moved
          assert.is_true(loss(x, w, o) >= best)
          w[i][j] = kept
        end
      end
    end
  end)

  it("gives nobody's items no weights", function()
    local w = weights_of(cf.slim(bags.of(3, { { 1, 3 }, { 1, 3 } }), { l1 = 0, l2 = 0 }))
    for i = 1, 3 do
      assert.are.equal(0, w[2][i])
      assert.are.equal(0, w[i][2])
    end
    check.close(1, w[1][3], 1e-6)
  end)

  it("gives the same bits in f32 and f64, and on any number of threads", function()
    local x = bags.random(150, 80, 0.15, 5)
    local first = cf.slim(x, { l1 = 1, l2 = 5 })
    sy.threads(3)
    local second = cf.slim(x, { l1 = 1, l2 = 5, dtype = "f64" })
    for _, name in ipairs({ "ids", "offsets", "weights" }) do
      assert.is_true(first.weights[name]:bytes() == second.weights[name]:bytes())
    end
  end)

  it("scores by sums of weights, on any number of threads", function()
    local one = cf.slim(bags.random(60, 30, 0.2, 3), { l1 = 0.5, l2 = 2 })
    local histories = bags.random(40, 30, 0.2, 4, true)
    local w, scores = weights_of(one), one:scores(histories):copy()
    for r, row in ipairs(bags.dense(histories)) do
      for j = 1, 30 do
        local sum = 0
        for i = 1, 30 do
          sum = sum + row[i] * w[i][j]
        end
        check.close(sum, scores:get(r, j), 1e-5)
      end
    end
    local many = bags.random(40000, 30, 0.2, 4)
    local first = one:scores(many):bytes()
    sy.threads(3)
    assert.is_true(first == one:scores(many):bytes())
  end)

  it("survives weights that somebody spoilt", function()
    local one = cf.slim(bags.random(60, 30, 0.2, 3), { l1 = 0.5, l2 = 2 })
    local w = one.weights
    for _, spoil in ipairs({ { "ids", 1, 31 }, { "ids", 1, 0 }, { "offsets", 2, 1e12 },
      { "offsets", 1, -5 }, { "offsets", 2, -1 } }) do
      local kept = w[spoil[1]][spoil[2]]
      w[spoil[1]][spoil[2]] = spoil[3]
      check.raises("weights: the row of item 1 makes no sense", one.scores, one, { { 1 } })
      w[spoil[1]][spoil[2]] = kept
    end
    w.ids = w.ids:slice(1, 3)
    check.raises("make no sense", one.scores, one, { { 1 } })
  end)

  it("comes back from its file", function()
    local x = bags.random(40, 9, 0.3, 2)
    local path = paths.temporary(".safetensors")
    local one = cf.slim(x, { l1 = 1, l2 = 2 })
    assert(one:save(path))
    local again = assert(cf.load(path))
    assert.are.equal("slim", again.kind)
    assert.are.same({ l1 = 1, l2 = 2, nonnegative = true }, again.about)
    assert.are.same(one:scores({ { 1, 2 } }):totable(), again:scores({ { 1, 2 } }):totable())
  end)

  it("says what is wrong", function()
    local x = bags.random(10, 4, 0.5, 1)
    check.raises_here('option "l1": a number from 0 up is needed, got -1', cf.slim, x, { l1 = -1 })
    check.raises_here('option "l2"', cf.slim, x, { l2 = 0 / 0 })
    check.raises_here('option "tolerance"', cf.slim, x, { tolerance = math.huge })
    check.raises("sweeps", cf.slim, x, { sweeps = 0 })
    check.raises_here('allowed by option "memory": keep fewer items', cf.slim, x, { memory = 10 })
  end)
end)
