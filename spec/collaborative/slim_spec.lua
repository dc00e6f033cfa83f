local bags = require "spec.support.bags"
local check = require "spec.support.check"
local paths = require "spec.support.paths"
local sy = require "steelyard"

local cf = sy.collaborative

-- |X - XW|^2 / 2 + l2 |W|^2 / 2 + l1 |W|_1
local function loss(x, w, o)
  local sum, n = 0, x.columns
  for _, row in ipairs(bags.dense(x)) do
    for j = 1, n do
      local miss = row[j]
      for i = 1, n do
        miss = miss - row[i] * w:get(i, j)
      end
      sum = sum + miss * miss / 2
    end
  end
  for i = 1, n do
    for j = 1, n do
      sum = sum + o.l2 * w:get(i, j) ^ 2 / 2 + o.l1 * math.abs(w:get(i, j))
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
    local w = cf.slim(x, { l1 = 0.5, l2 = 1 }).weights
    check.close((2 - 0.5) / (4 + 1), w:get(1, 2), 1e-7)
    check.close((2 - 0.5) / (3 + 1), w:get(2, 1), 1e-7)
    assert.are.equal(0, w:get(1, 1))
    assert.are.equal(0, cf.slim(x, { l1 = 2, l2 = 1 }).weights:get(1, 2))
  end)

  it("minimises its loss, which falls with every sweep", function()
    for _, nonnegative in ipairs({ true, false }) do
      local x, before = bags.random(60, 14, 0.3, 5), math.huge
      local o = { l1 = 0.8, l2 = 1.5, tolerance = 1e-9, nonnegative = nonnegative, dtype = "f64" }
      for sweeps = 1, 5 do
        o.sweeps = sweeps
        local one, report = cf.slim(x, o)
        assert.is_true(report.objective < before)
        check.close(loss(x, one.weights, o), report.objective, 1e-4)
        before = report.objective
      end
      o.sweeps = 1000
      local one, report = cf.slim(x, o)
      assert.are.equal(0, report.unconverged)
      assert.is_true(report.weights > 10 and report.weights < 14 * 13)
      local best, random = loss(x, one.weights, o), sy.random(1)
      for _ = 1, 60 do
        local i, j = random:below(14), random:below(14)
        local kept = one.weights:get(i, j)
        local moved = kept + 0.02 * random:normal()
        if i ~= j and (moved >= 0 or not nonnegative) then
          one.weights:set(i, j, moved)
          assert.is_true(loss(x, one.weights, o) >= best)
          one.weights:set(i, j, kept)
        end
      end
    end
  end)

  it("gives nobody's items no weights", function()
    local w = cf.slim(bags.of(3, { { 1, 3 }, { 1, 3 } }), { l1 = 0, l2 = 0 }).weights
    for i = 1, 3 do
      assert.are.equal(0, w:get(2, i))
      assert.are.equal(0, w:get(i, 2))
    end
    check.close(1, w:get(1, 3), 1e-6)
  end)

  it("gives the same bits in f32 and f64, and on any number of threads", function()
    local x = bags.random(150, 80, 0.15, 5)
    local first = cf.slim(x, { l1 = 1, l2 = 5 })
    sy.threads(3)
    local second = cf.slim(x, { l1 = 1, l2 = 5, dtype = "f64" })
    assert.is_true(first.weights:bytes() == second.weights:bytes())
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
