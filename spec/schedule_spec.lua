local reference = require("spec.support.reference")
local schedule = require("steelyard").schedule

local check = reference.check

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return (message:gsub("^.-:%d+: ", ""))
end

describe("schedule", function()
  it("constant", function()
    local at = schedule.constant(0.3)
    for _, step in ipairs({ -5, 0, 1, 1e9 }) do
      assert.equal(0.3, at(step))
    end
  end)

  it("linear", function()
    local at = schedule.linear(1, 3, 4)
    for step, value in pairs({ [-1] = 1, [0] = 1, [1] = 1.5, [2] = 2, [3] = 2.5, [4] = 3,
      [99] = 3 }) do
      assert.equal(value, at(step))
    end
    assert.equal(1.25, at(0.5))
    -- The ends are exact, whatever the numbers.
    at = schedule.linear(0.1, 0.3, 7)
    assert.equal(0.1, at(0))
    assert.equal(0.3, at(7))
  end)

  it("exponential", function()
    local at = schedule.exponential(1, 1e-4, 4)
    assert.equal(1, at(0))
    check(0.1, at(1))
    check(0.01, at(2))
    assert.equal(1e-4, at(4))
    assert.equal(1e-4, at(40))
    assert.equal(1, at(-3))
    check(8, schedule.exponential(2, 32, 2)(1))
  end)

  it("cosine", function()
    local at = schedule.cosine(1, 0, 10)
    assert.equal(1, at(0))
    check(0.5, at(5))
    check(0, at(10), 1e-15)
    check(0, at(11), 1e-15)
    check(0.5 * (1 + math.cos(math.pi * 0.3)), at(3))
    local last = 2
    for step = 0, 10 do
      assert(at(step) < last)
      last = at(step)
    end
    check(0.25, schedule.cosine(0, 0.5, 2)(1))
  end)

  it("step", function()
    local at = schedule.step(0.8, 0.5, 10)
    for step, value in pairs({ [-20] = 0.8, [0] = 0.8, [9] = 0.8, [10] = 0.4, [19] = 0.4,
      [20] = 0.2, [30] = 0.1 }) do
      check(value, at(step))
    end
  end)

  it("piecewise", function()
    local at = schedule.piecewise({ { 0, 1 }, { 10, 3 }, { 20, 2 } })
    for step, value in pairs({ [-1] = 1, [0] = 1, [5] = 2, [10] = 3, [15] = 2.5, [20] = 2,
      [21] = 2 }) do
      check(value, at(step))
    end
    assert.equal(7, schedule.piecewise({ { 3, 7 } })(-9))
    assert.equal(7, schedule.piecewise({ { 3, 7 } })(9))
  end)

  it("can carry a target from one vector to another", function()
    local to, steps = { a = 0.2, b = 0.8 }, 5
    local ramp = { a = schedule.linear(0.6, to.a, steps), b = schedule.linear(0.4, to.b, steps) }
    for step = 0, steps do
      check(1, ramp.a(step) + ramp.b(step))
    end
    assert.equal(0.2, ramp.a(steps))
  end)

  it("refuses what makes no sense", function()
    assert.equal("schedule: first: a number is needed, got nil", raised(schedule.linear))
    assert.equal('schedule: value: a number is needed, got "x"', raised(schedule.constant, "x"))
    assert.truthy(raised(schedule.constant, 0 / 0):match("^schedule: value: a number is needed"))
    assert.equal("schedule: steps: must be above 0, got 0", raised(schedule.linear, 1, 2, 0))
    assert.equal("schedule: steps: must be above 0, got -3", raised(schedule.cosine, 1, 2, -3))
    assert.equal("schedule: exponential: both ends must be above 0",
      raised(schedule.exponential, 1, 0, 3))
    assert.equal("schedule: piecewise: a list of {step, value} points is needed",
      raised(schedule.piecewise, {}))
    assert.equal("schedule: points[2]: steps must rise",
      raised(schedule.piecewise, { { 1, 1 }, { 1, 2 } }))
    assert.equal("schedule: points[1][2]: a number is needed, got nil",
      raised(schedule.piecewise, { { 1 } }))
    assert.equal("schedule: points[2]: {step, value} is needed, got 3",
      raised(schedule.piecewise, { { 1, 2 }, 3 }))
  end)
end)
