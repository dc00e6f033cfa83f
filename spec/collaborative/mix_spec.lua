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

  -- What is hidden of a third of the items of other users.
  local function held(seed)
    local random, seen, hidden = sy.random(seed), {}, {}
    for r, row in ipairs(bags.dense(bags.random(40, 12, 0.5, seed))) do
      seen[r], hidden[r] = {}, {}
      for c, value in ipairs(row) do
        if value ~= 0 then
          table.insert(random:uniform() < 0.3 and hidden[r] or seen[r], c)
        end
      end
    end
    return seen, hidden
  end

  it("chooses weights that find hidden items best", function()
    local seen, hidden = held(8)
    local models = { popular, ease, (cf.slim(x, { l1 = 0.5, l2 = 2 })) }
    local rounds = 0
    local best, report = cf.mix.tune(models, seen, hidden, { metric = "ndcg@3", batch = 7,
      progress = function(event)
        rounds = event.round
      end })
    assert.is_true(rounds >= 1)
    local options = { metrics = { "ndcg@3" } }
    for i, one in ipairs(models) do
      check.close(one:evaluate(seen, hidden, options).means["ndcg@3"], report.alone[i], 1e-12)
      assert.is_true(report.value >= report.alone[i])
    end
    check.close(1, report.shares[1] + report.shares[2] + report.shares[3], 1e-12)
    -- Shares of scores of one deviation are the weights of scores.
    check.close(best:evaluate(seen, hidden, options).means["ndcg@3"], report.value, 1e-12)
    local again = cf.mix.tune(models, seen, hidden, { metric = "ndcg@3", batch = 7 })
    assert.are.same(best.weights, again.weights)
  end)

  it("finds the better of two models where the other is noise", function()
    local seen, hidden = {}, {}
    for r = 1, 12 do
      seen[r], hidden[r] = {}, { 1 }
    end
    local good = cf.popularity(bags.of(3, { { 1 }, { 1 }, { 2 } }))
    local bad = cf.popularity(bags.of(3, { { 3 }, { 3 }, { 2 } }))
    local _, report = cf.mix.tune({ bad, good }, seen, hidden, { metric = "hit@1" })
    assert.are.equal(1, report.value)
    assert.are.same({ 0, 1 }, report.alone)
    assert.are.same({ 0, 1 }, report.shares)
    local _, alone = cf.mix.tune({ good }, seen, hidden, { metric = "hit@1" })
    assert.are.same({ 1 }, alone.shares)
  end)

  it("says what is wrong with tuning", function()
    local seen, hidden = held(8)
    local both = { ease, popular }
    check.raises_here("mix.tune: 0 histories", cf.mix.tune, both, {}, {})
    check.raises_here("1 histories, and hidden items of 2", cf.mix.tune, both, { {} }, { {}, {} })
    check.raises_here("fold_in.ids[1]: 13", cf.mix.tune, both, { { 13 } }, { {} })
    check.raises_here('option "steps": at least 1', cf.mix.tune, both, seen, hidden, { steps = 0 })
    check.raises("ndcg", cf.mix.tune, both, seen, hidden, { metric = "ndcgg@1" })
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
