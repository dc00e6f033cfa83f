-- The smooth stand-ins of gaps and regrets: their values by definition, their derivatives by
-- differences, and their limits.
local core = require("steelyard.core")
local reference = require("spec.support.reference")
local sy = require("steelyard")

local check = reference.check

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return (message:gsub("^.-:%d+: ", ""))
end

-- A random log and its objective: o.k, o.tasks, o.gains (labels), o.dtype, o.empty.
local function make(seed, o)
  local random = sy.random(seed)
  local log = { columns = {}, labels = {}, groups = {}, offsets = { 0 }, o = { k = o.k } }
  for request = 1, o.requests or 6 do
    for _ = 1, random:below(14) do
      log.groups[#log.groups + 1] = request
    end
    log.offsets[request + 1] = #log.groups
  end
  log.o.groups = log.groups
  for t = 1, o.tasks or 3 do
    log.columns[t], log.labels[t] = {}, {}
    for i = 1, #log.groups do
      log.columns[t][i] = random:uniform()
      log.labels[t][i] = random:below(3) == 1 and 1 or 0
    end
  end
  local function arrays(lists)
    local out = {}
    for t, list in ipairs(lists) do
      out[t] = core.array(list, o.dtype or "f64")
    end
    return out
  end
  log.objective = core.objective(arrays(log.columns), o.labels and arrays(log.labels) or nil,
    core.array(log.offsets, "i64"), core.work(16, 1), "standard", o.k, "linear", "input",
    o.empty or "skip", nil)
  log.objective:cache_ideals()
  log.gains = o.labels and log.labels or nil
  return log
end

local function moved(weights, t, by)
  local out = {}
  for i = 1, #weights do
    out[i] = weights[i]
  end
  out[t] = out[t] + by
  return out
end

-- The derivative by a weight, from differences of two widths (Richardson): 1e-6 is in reach.
local function difference(f, weights, t, width)
  local function central(h)
    local up, down, out = f(moved(weights, t, h)), f(moved(weights, t, -h)), {}
    for j = 1, #up do
      out[j] = (up[j] - down[j]) / (2 * h)
    end
    return out
  end
  local wide, narrow, out = central(width), central(width / 2), {}
  for j = 1, #wide do
    out[j] = (4 * narrow[j] - wide[j]) / 3
  end
  return out
end

local WEIGHTS = { 0.5, -0.3, 0.8 }
local CASES = {
  { k = 0 }, { k = 5 }, { k = 1 }, { k = 100 }, { k = 3, labels = true }, { k = 0, labels = true },
}

describe("smooth gaps and regrets", function()
  it("are what the definition says", function()
    for seed, case in ipairs(CASES) do
      local log = make(seed, case)
      for _, heat in ipairs({ { 0.3, 1 }, { 0.05, 0.4 }, { 0.01, 0.1 } }) do
        local temperature, edge = heat[1], heat[2]
        check(reference.smooth_regrets(log.columns, WEIGHTS, log.gains, log.o, temperature, edge),
          (log.objective:smooth_regrets(WEIGHTS, temperature, edge)), 1e-10)
        check(reference.smooth_gaps(log.columns, WEIGHTS, log.o, temperature, edge),
          (log.objective:smooth_gaps(WEIGHTS, temperature, edge)), 1e-10)
      end
    end
  end)

  it("have the derivatives that central differences find", function()
    local compared = 0
    for seed, case in ipairs(CASES) do
      local log = make(100 + seed, case)
      for _, heat in ipairs({ { 0.5, 1 }, { 0.2, 0.5 }, { 0.08, 0.3 } }) do
        for _, name in ipairs({ "smooth_gaps", "smooth_regrets" }) do
          local function f(weights)
            return (log.objective[name](log.objective, weights, heat[1], heat[2]))
          end
          local _, jacobian = log.objective[name](log.objective, WEIGHTS, heat[1], heat[2])
          assert.equal(9, #jacobian)
          for t = 1, 3 do
            local slopes = difference(f, WEIGHTS, t, 2e-4 * heat[1])
            for j = 1, 3 do
              local got, scale = jacobian[(j - 1) * 3 + t], math.max(1, math.abs(slopes[j]))
              local message = "%s, case %d, d %d by %d: %.12g not %.12g"
              assert(math.abs(got - slopes[j]) <= 1e-6 * scale,
                message:format(name, seed, j, t, got, slopes[j]))
              compared = compared + (got ~= 0 and 1 or 0)
            end
          end
        end
      end
    end
    assert(compared > 250)
  end)

  it("tend to the true values as temperature and edge fall to 0", function()
    for seed, case in ipairs(CASES) do
      local log, last = make(200 + seed, case), nil
      local gaps, regrets = log.objective:gaps(WEIGHTS), log.objective:regrets(WEIGHTS)
      check(reference.regrets(log.columns, WEIGHTS, log.gains, log.o), regrets)
      check(reference.gaps(log.columns, WEIGHTS, log.o), gaps)
      for _, heat in ipairs({ 1, 1e-2, 1e-4, 1e-7 }) do
        local worst = 0
        local smooth_gaps = log.objective:smooth_gaps(WEIGHTS, heat, heat)
        local smooth_regrets = log.objective:smooth_regrets(WEIGHTS, heat, heat)
        for t = 1, 3 do
          worst = math.max(worst, math.abs(smooth_gaps[t] - gaps[t]))
          worst = math.max(worst, math.abs(smooth_regrets[t] - regrets[t]))
        end
        assert(not last or worst <= last)
        last = worst
      end
      assert(last < 1e-9, last)
    end
  end)

  it("stay finite for extreme temperatures, tied scores and one item", function()
    local log = make(301, { k = 3 })
    for _, temperature in ipairs({ 1e-300, 1e-9, 1e9, 1e300 }) do
      for _, name in ipairs({ "smooth_gaps", "smooth_regrets" }) do
        local values, jacobian = log.objective[name](log.objective, WEIGHTS, temperature, 0.3)
        for _, list in ipairs({ values, jacobian }) do
          for i = 1, #list do
            assert(list[i] - list[i] == 0, name .. " at " .. temperature)
          end
        end
      end
    end
    local same = core.array({ 0.5, 0.5, 0.5, 0.7 })
    local tied = core.objective({ same, same }, nil, core.array({ 0, 3, 4 }, "i64"),
      core.work(4, 1), "standard", 0, "linear", "input", "skip", nil)
    tied:cache_ideals()
    local values, jacobian = tied:smooth_regrets({ 1, 1 }, 0.1, 0.1)
    -- Three equals share rank 2; one item alone loses nothing.
    local ideal = 0.5 * (1 + math.log(2) / math.log(3) + 0.5)
    local loss = 1 - 3 * 0.5 * math.log(2) / math.log(3) / ideal
    check({ loss / 2, loss / 2 }, values)
    check({ 0, 0, 0, 0 }, jacobian)
  end)

  it("skip requests that have nothing to gain, as the true ones do", function()
    for _, empty in ipairs({ "skip", "zero", "one" }) do
      local predictions = core.array({ 0.1, 0.9, 0.3, 0.4 })
      local labels = core.array({ 1, 0, 0, 0 })
      local o = core.objective({ predictions }, { labels }, core.array({ 0, 2, 4 }, "i64"),
        core.work(4, 1), "standard", 0, "linear", "input", empty, nil)
      o:cache_ideals()
      local first = 1 - math.log(2) / math.log(3)
      local wanted = ({ skip = first, zero = (first + 1) / 2, one = first / 2 })[empty]
      check({ wanted }, (o:regrets({ 1 })))
      check({ wanted }, (o:smooth_regrets({ 1 }, 1e-4, 1e-4)))
    end
  end)

  it("do not depend on the number of threads", function()
    local log = make(400, { k = 4, requests = 80 })
    local columns, offsets = {}, core.array(log.offsets, "i64")
    for t = 1, 3 do
      columns[t] = core.array(log.columns[t])
    end
    local values, jacobian = log.objective:smooth_gaps(WEIGHTS, 0.1, 0.5)
    for threads = 2, 3 do
      local o = core.objective(columns, nil, offsets, core.work(16, threads), "standard", 4,
        "linear", "input", "skip", nil)
      local same, equal = o:smooth_gaps(WEIGHTS, 0.1, 0.5)
      assert.same(values, same)
      assert.same(jacobian, equal)
    end
  end)

  it("refuse temperatures that are none, and regrets without their ideals", function()
    local log = make(500, { k = 4 })
    assert.equal("temperature 0, edge 1: must be above 0",
      raised(log.objective.smooth_gaps, log.objective, WEIGHTS, 0, 1))
    assert.equal("temperature 1, edge -1: must be above 0",
      raised(log.objective.smooth_regrets, log.objective, WEIGHTS, 1, -1))
    assert.truthy(raised(log.objective.smooth_gaps, log.objective, { 1, 2 }, 1, 1)
      :match("weights%[3%]"))
    assert.truthy(raised(log.objective.smooth_gaps, log.objective, { 1, 0 / 0, 1 }, 1, 1)
      :match("^weights%[2%]: %-?nan$"))
    local column = core.array({ 1, 2 })
    local bare = core.objective({ column, column }, nil, core.array({ 0, 2 }, "i64"),
      core.work(2, 1), "standard", 0, "linear", "input", "skip", nil)
    assert.equal("ideals: needed here (sy_ideal_dcg makes them)",
      raised(bare.smooth_regrets, bare, { 1, 1 }, 1, 1))
  end)
end)
