-- What can be wrong with options and examples is said in one line.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("a critic says what is wrong:", function()
  if not nets.here then
    it("needs a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  local function new(given)
    return function()
      sy.critic.new(given)
    end
  end

  it("options", function()
    check.raises('critic.new: unknown option "feature" (did you mean "features"?)',
      new({ feature = {} }))
    check.raises('features[2]: there is no feature "gian" (did you mean "gain"?)',
      new({ features = { "nll", "gian" } }))
    check.raises("features[2]: nll stands there twice", new({ features = { "nll", "nll" } }))
    check.raises("critic.new: no features", new({ features = {} }))
    check.raises("features[1]: a name is needed", new({ features = { {} } }))
    check.raises("slopes of no value", new({ features = { { name = "x", slope = {} } } }))
    check.raises("slope: expected {column = function}", new({ features = {
      { name = "x", value = print, slope = { nll = 1 } } } }))
    check.raises('"scale": "zz" is not one of', new({ scale = "zz" }))
    check.raises("hidden[2]: expected a whole number above 0", new({ hidden = { 3, 0 } }))
    check.raises("l2: expected a number from 0 up", new({ l2 = -1 }))
    check.raises("batch: expected a whole number above 0", new({ batch = 0 }))
    check.raises("monotone: no feature says what is better",
      new({ features = { "seen" }, monotone = true }))
    check.raises("feature x depends on the actor: a monotone critic needs its sense",
      new({ features = { { name = "x" } }, monotone = true }))
    check.raises("sum to 0", new({ monotone = true, scale = "batch_norm" }))
  end)

  it("examples", function()
    local c = sy.critic.new({ batch = 2 })
    local function step(e)
      return function()
        c:step(e)
      end
    end
    check.raises("critic:step: examples: expected a table of columns", step(3))
    check.raises("the examples have no nll (did you mean \"nlll\"?)",
      step({ nlll = { 1 }, seen = { 1 }, unseen = { 1 } }))
    check.raises("the examples have no target",
      step({ nll = { 1 }, seen = { 1 }, unseen = { 1 } }))
    check.raises("unseen: 2 numbers, but nll has 1",
      step({ nll = { 1 }, seen = { 1 }, unseen = { 1, 2 }, target = { 0 } }))
    check.raises("nll: row 2 is not a number",
      step({ nll = { 1, 0 / 0 }, seen = { 1, 1 }, unseen = { 1, 2 }, target = { 0, 0 } }))
    check.raises("target: row 1 is inf",
      step({ nll = { 1 }, seen = { 1 }, unseen = { 1 }, target = { math.huge } }))
    check.raises('target: row 1 is 1.5: output = "sigmoid" gives 0 to 1',
      step({ nll = { 1 }, seen = { 1 }, unseen = { 1 }, target = { 1.5 } }))
    check.raises("seen: row 1 is -1: a count",
      step({ nll = { 1 }, seen = { -1 }, unseen = { 1 }, target = { 0.5 } }))
    check.raises("expected one number an example, got a matrix",
      step({ nll = { { 1 } }, seen = { 1 }, unseen = { 1 }, target = { 0.5 } }))
    check.raises("3 examples, but a batch has 1 to 2", step({ nll = { 1, 1, 1 },
      seen = { 1, 1, 1 }, unseen = { 1, 1, 1 }, target = { 0, 0, 0 } }))
    check.raises("0 examples", step({ nll = {}, seen = {}, unseen = {}, target = {} }))
    check.raises("no examples", function()
      c:fit({ nll = {}, seen = {}, unseen = {}, target = {} })
    end)
    check.raises("report: expected examples with targets", function()
      c:report({ nll = { 1 }, seen = { 1 }, unseen = { 1 } })
    end)
    check.raises("does not depend on nl (did you mean \"nll\"?)", function()
      c:weights({ nll = { 1 }, seen = { 1 }, unseen = { 1 } }, "nl")
    end)
    check.raises("must see examples by fit or step first", function()
      sy.critic.new({ scale = "z" }):value({ nll = { 1 }, seen = { 1 }, unseen = { 1 } })
    end)
    check.raises("feature bad: expected 1 numbers, got 2", function()
      sy.critic.new({ features = { "nll", { name = "bad", value = function()
        return { 1, 2 }
      end } } }):value({ nll = { 1 } })
    end)
    check.raises("feature bad: row 1 is inf", function()
      sy.critic.new({ features = { "nll", { name = "bad", value = function()
        return { math.huge }
      end } } }):value({ nll = { 1 } })
    end)
  end)
end)
