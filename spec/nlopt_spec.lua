-- NLopt's optimizers with objectives in Lua.
local reference = require("spec.support.reference")

local found, nlopt = pcall(require, "steelyard.nlopt")
local check = reference.check

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return type(message) == "string" and message:gsub("^.-:%d+: ", "") or message
end

-- (x - 1)^2 + 2 (y + 3)^2 + 0.5 (z - x)^2, which is least, 0, at (1, -3, 1).
local function quadratic(x)
  local a, b, c = x[1] - 1, x[2] + 3, x[3] - x[1]
  return a * a + 2 * b * b + 0.5 * c * c, { 2 * a - c, 4 * b, c }
end

describe("nlopt.minimize", function()
  if not found then
    it("is not built here", function()
      pending("NLopt is not here")
    end)
    return
  end

  it("finds the least point of a quadratic, with gradients and without", function()
    for _, algorithm in ipairs({ "slsqp", "lbfgs", "mma", "cobyla", "bobyqa", "nelder-mead",
      "subplex" }) do
      local x, value, reason, evaluations = nlopt.minimize({
        algorithm = algorithm, initial = { 5, 5, 5 }, objective = quadratic, max_evaluations = 5000,
      })
      check({ 1, -3, 1 }, x, 1e-4, algorithm)
      check(0, value, 1e-8, algorithm)
      assert(type(reason) == "string" and evaluations > 3)
    end
  end)

  it("finds the least point everywhere", function()
    -- Two valleys, of which the one at x = 2 is deeper.
    local function valleys(x)
      return math.min((x[1] + 2) ^ 2 + 0.5, (x[1] - 2) ^ 2)
    end
    for _, algorithm in ipairs({ "direct", "isres" }) do
      local x = nlopt.minimize({
        algorithm = algorithm, initial = { -2 }, lower = { -5 }, upper = { 6 },
        objective = valleys, max_evaluations = 3000,
      })
      check({ 2 }, x, 1e-2, algorithm)
    end
  end)

  it("keeps bounds", function()
    local x, value = nlopt.minimize({
      initial = { 0, 0, 0 }, lower = { -1, -1, -1 }, upper = { 0.5, 1, 1 }, objective = quadratic,
    })
    check({ 0.5, -1, 0.5 }, x, 1e-6)
    check(0.25 + 8, value, 1e-6)
  end)

  it("keeps a linear constraint", function()
    -- x^2 + 2 y^2 where x + y = 3: x = 2, y = 1.
    local x, value = nlopt.minimize({
      initial = { 1, 2 }, linear = { 1, 1 }, total = 3,
      objective = function(p)
        return p[1] ^ 2 + 2 * p[2] ^ 2, { 2 * p[1], 4 * p[2] }
      end,
    })
    check({ 2, 1 }, x, 1e-6)
    check(6, value, 1e-6)
  end)

  it("says why it stopped", function()
    local _, _, reason, evaluations = nlopt.minimize({
      initial = { 9, 9, 9 }, objective = quadratic, max_evaluations = 2,
    })
    assert.equal("evaluation limit reached", reason)
    assert(evaluations <= 3)
  end)

  it("is the same every time", function()
    local function run(seed)
      local x = nlopt.minimize({ algorithm = "isres", initial = { 0, 0, 0 }, lower = { -9, -9, -9 },
        upper = { 9, 9, 9 }, objective = quadratic, max_evaluations = 300, seed = seed })
      return ("%.17g %.17g %.17g"):format(x[1], x[2], x[3])
    end
    assert.equal(run(5), run(5))
    assert.are_not.equal(run(5), run(6))
  end)

  it("passes on an error of the objective, of any kind, from any call", function()
    for _, failing in ipairs({ 1, 2, 5 }) do
      for _, algorithm in ipairs({ "slsqp", "cobyla", "nelder-mead", "isres" }) do
        local calls, thrown = 0, { "an error object" }
        local o = {
          algorithm = algorithm, initial = { 5, 5, 5 }, lower = { -9, -9, -9 }, upper = { 9, 9, 9 },
          objective = function(x)
            calls = calls + 1
            if calls == failing then
              error(thrown)
            end
            return quadratic(x)
          end,
        }
        assert.equal(thrown, raised(nlopt.minimize, o))
        assert.equal(failing, calls)
      end
    end
    -- and it works as before afterwards, many times, without leaving anything behind
    collectgarbage()
    collectgarbage()
    local before = collectgarbage("count")
    for _ = 1, 200 do
      pcall(nlopt.minimize, { initial = { 1 }, objective = function()
        error("no")
      end })
    end
    collectgarbage()
    collectgarbage()
    assert(collectgarbage("count") < before + 20)
    check({ 1, -3, 1 }, (nlopt.minimize({ initial = { 0, 0, 0 }, objective = quadratic })), 1e-4)
  end)

  it("may be called from its own objective", function()
    -- min over y of (x - y)^2 + y^2 is x^2 / 2; then (x - 2)^2 is added.
    local x = nlopt.minimize({ algorithm = "cobyla", initial = { 0 }, objective = function(p)
      local _, inner = nlopt.minimize({ initial = { 0 }, objective = function(q)
        return (p[1] - q[1]) ^ 2 + q[1] ^ 2, { -2 * (p[1] - q[1]) + 2 * q[1] }
      end })
      return inner + (p[1] - 2) ^ 2
    end })
    check({ 4 / 3 }, x, 1e-3)
  end)

  it("refuses what makes no sense", function()
    local function refuses(pattern, o)
      assert.truthy(tostring(raised(nlopt.minimize, o)):match(pattern))
    end
    refuses('unknown algorithm "newton"', { algorithm = "newton", initial = { 1 },
      objective = quadratic })
    refuses("variables", { initial = {}, objective = quadratic })
    refuses("initial%[2%]: a number is needed", { initial = { 1, "x" }, objective = quadratic })
    refuses("lower%[1%]: a number is needed", { initial = { 1 }, lower = {},
      objective = quadratic })
    refuses("function expected", { initial = { 1 } })
    refuses("a number and a gradient table are needed", {
      initial = { 1 }, objective = function() end,
    })
    refuses("a number and a gradient table are needed", { initial = { 1 }, objective = function()
      return 1
    end })
    local function flat()
      return 1, { 0 }
    end
    refuses("refuses these bounds",
      { initial = { 1 }, lower = { 2 }, upper = { 0 }, objective = flat })
    assert.is_false((pcall(nlopt.minimize)))
    local many = {}
    for i = 1, 257 do
      many[i] = 0
    end
    refuses("from 1 to 256 variables", { initial = many, objective = quadratic })
  end)
end)
