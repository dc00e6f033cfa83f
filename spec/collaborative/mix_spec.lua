local bags = require "spec.support.bags"
local check = require "spec.support.check"
local paths = require "spec.support.paths"
local sy = require "steelyard"

local cf = sy.collaborative

describe("mix", function()
  after_each(paths.clean)

  local x = bags.random(60, 12, 0.3, 2)
  local ease, popular = cf.ease(x, { l2 = 5 }), cf.popularity(x)
  local lists = { { 1, 2, 3 }, {}, { 12 } }

  it("adds up weighted scores", function()
    local a, b = ease:scores(lists):copy(), popular:scores(lists):copy()
    local both = cf.mix({ ease, popular }, { weights = { 2, -0.25 } }):scores(lists)
    for r = 1, 3 do
      for j = 1, 12 do
        check.close(2 * a:get(r, j) - 0.25 * b:get(r, j), both:get(r, j), 1e-6)
      end
    end
    assert.are.same(a:totable(), cf.mix({ ease, popular }, { weights = { 1, 0 } }):scores(lists)
      :totable())
    assert.are.same(a:totable(), cf.mix({ ease }):scores(lists):totable())
  end)

  it("may hold mixtures, and the same model twice", function()
    local inner = cf.mix({ ease, popular }, { weights = { 1, 0.5 } })
    local outer = cf.mix({ inner, ease, ease }, { weights = { 2, 1, -3 } })
    local got = outer:scores(lists)
    for j = 1, 12 do
      check.close(popular:scores(lists):get(1, j), got:get(1, j), 1e-5)
    end
    local path = paths.temporary(".safetensors")
    assert(outer:save(path))
    local again = assert(cf.load(path))
    assert.are.same(got:totable(), again:scores(lists):totable())
    assert.are.same({ 2, 1, -3 }, again.weights)
  end)

  it("says what is wrong", function()
    check.raises_here("mix: expected a list of models, got a table", cf.mix, {})
    check.raises_here("mix: models[2]: expected a model, got 3", cf.mix, { ease, 3 })
    check.raises_here("mix: models[2] is of 3 items, the first of 12", cf.mix,
      { ease, cf.popularity(bags.of(3, { { 1 } })) })
    check.raises_here("3 numbers for 2 models", cf.mix, { ease, popular },
      { weights = { 1, 2, 3 } })
    check.raises_here("weights[1]: expected a finite number", cf.mix, { ease, popular },
      { weights = { 0 / 0, 2 } })
  end)
end)
