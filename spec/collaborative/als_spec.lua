local bags = require "spec.support.bags"
local check = require "spec.support.check"
local paths = require "spec.support.paths"
local sy = require "steelyard"

local cf = sy.collaborative

describe("als", function()
  after_each(function()
    paths.clean()
    sy.threads(1)
  end)

  local x = bags.random(50, 20, 0.25, 3)

  it("has the closed form of one factor and one item", function()
    -- One user's factor u for the item's v: (1 - uv)^2 + a (uv)^2 + l2 u^2 is least at
    -- u = v / (v^2 (1 + a) + l2).
    local one = cf.als(bags.of(1, { { 1 } }), { factors = 1, l2 = 0.2, unobserved = 0.5,
      exponent = 0, dtype = "f64", iterations = 3 })
    local v = one.factors:get(1, 1)
    local u = v / (v * v * 1.5 + 0.2)
    check.close(u * v, one:scores({ { 1 } }):get(1, 1), 1e-6)
  end)

  it("goes to the closed form of one user and one item", function()
    -- At the minimum u = v, and 1 = u^2 (1 + a) + l2.
    local one = cf.als(bags.of(1, { { 1 } }), { factors = 1, l2 = 0.2, unobserved = 0.5,
      exponent = 0, dtype = "f64", iterations = 200, start = 1 })
    check.close(0.8 / 1.5, one.factors:get(1, 1) ^ 2, 1e-6)
  end)

  it("lowers its loss with every iteration, to a fixed point", function()
    local losses = {}
    local one, users = cf.als(x, { factors = 4, l2 = 0.05, unobserved = 0.2, iterations = 400,
      dtype = "f64", loss = true, progress = function(event)
        losses[event.iteration] = event.loss
      end })
    assert.are.equal(400, #losses)
    for i = 2, 400 do
      assert.is_true(losses[i] <= losses[i - 1] * (1 + 1e-12), i)
    end
    assert.is_true(losses[2] < losses[1])
    check.close(losses[399], losses[400], 1e-7)
    -- Users' factors are what folding their histories in gives.
    local scores = one:scores(x)
    for user = 1, 50, 7 do
      for item = 1, 20 do
        local sum = 0
        for f = 1, 4 do
          sum = sum + users:get(user, f) * one.factors:get(item, f)
        end
        check.close(sum, scores:get(user, item), 1e-4)
      end
    end
  end)

  it("scores histories that training did not see, each by itself", function()
    local one = cf.als(x, { factors = 4, iterations = 5 })
    local together = one:scores({ { 1, 5 }, {}, { 2 } }):copy()
    assert.are.same(together:slice(3, 3):totable(), one:scores({ { 2 } }):totable())
    for item = 1, 20 do
      assert.are.equal(0, together:get(2, item))
    end
  end)

  it("gives the same bits for a seed, on any number of threads", function()
    local function bytes(seed)
      return cf.als(x, { factors = 8, iterations = 2, seed = seed }).factors:bytes()
    end
    local first = bytes(1)
    assert.is_false(first == bytes(2))
    sy.threads(3)
    assert.is_true(first == bytes(1))
  end)

  it("weighs what was seen", function()
    local function weighted(factor)
      local bag = bags.random(50, 20, 0.25, 3)
      bag.weights = sy.array.zeros(#bag.ids, "f32"):fill(factor)
      return cf.als(bag, { factors = 3, iterations = 4, dtype = "f64" })
    end
    assert.are.same(cf.als(x, { factors = 3, iterations = 4, dtype = "f64" }).factors:totable(),
      weighted(1).factors:totable())
    local one = weighted(1)
    local light = one:scores(bags.of(20, { { 1, 2 } }, { { 1, 1 } })):get(1, 1)
    local heavy = one:scores(bags.of(20, { { 1, 2 } }, { { 20, 20 } })):get(1, 1)
    assert.is_true(heavy > light)
  end)

  it("comes back from its file", function()
    local path = paths.temporary(".safetensors")
    local one = cf.als(x, { factors = 4, iterations = 2 })
    assert(one:save(path))
    local again = assert(cf.load(path))
    assert.are.equal("als", again.kind)
    assert.are.same(one.about, again.about)
    assert.are.same(one:scores({ { 1, 2 } }):totable(), again:scores({ { 1, 2 } }):totable())
    local mixed = cf.mix({ one, cf.popularity(x) }, { weights = { 1, 0.1 } })
    assert(mixed:save(path))
    assert.are.same(mixed:scores({ { 3 } }):totable(), cf.load(path):scores({ { 3 } }):totable())
  end)

  it("says what is wrong", function()
    check.raises_here('option "factors": 1 to 8192 is possible, not 0', cf.als, x, { factors = 0 })
    check.raises_here('option "iterations"', cf.als, x, { iterations = 0 })
    check.raises_here('option "l2"', cf.als, x, { l2 = 0 / 0 })
    check.raises_here("als: l2: a number above 0 is needed, got 0", cf.als, x, { l2 = 0 })
    check.raises_here('option "unobserved"', cf.als, x, { unobserved = -1 })
    check.raises_here("als: exponent: 0 to 10", cf.als, x, { exponent = 11 })
    check.raises("the weight of entry 2 is -1", cf.als, bags.of(2, { { 1, 2 } }, { { 1, -1 } }))
  end)
end)
