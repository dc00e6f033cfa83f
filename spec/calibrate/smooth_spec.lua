-- The smooth calibration error: against its definition by quadrature, closed forms, properties.
local check = require("spec.support.check")
local core = require("steelyard.core")
local curves = require("spec.support.curves")
local paths = require("spec.support.paths")
local sy = require("steelyard")

local close = check.close

--- Masses y - w p over all weight, and their places.
local function residuals(p, y, w)
  local atoms, weight = curves.atoms(p, y, w), 0
  for _, atom in ipairs(atoms) do
    weight = weight + atom.w
  end
  for _, atom in ipairs(atoms) do
    atom.mass = (atom.y - atom.w * atom.p) / weight
  end
  return atoms
end

--- The masses and their reflections at 0, 1, -1 ... as far as they reach into [0, 1].
local function images(atoms, s)
  local list, reach = {}, 9 * s
  for k = -math.ceil(reach / 2) - 1, math.ceil(reach / 2) + 1 do
    for _, atom in ipairs(atoms) do
      for side = -1, 1, 2 do
        local place = side * atom.p + 2 * k
        if place > -reach and place < 1 + reach then
          list[#list + 1] = { place, atom.mass / (s * math.sqrt(2 * math.pi)) }
        end
      end
    end
  end
  return list
end

--- The integral over [0, 1] of |sum of reflected Gaussians|: Simpson's rule between its zeros.
local function integral(atoms, s)
  local list, last_zero, sum = images(atoms, s), 0, 0
  local function f(t)
    local value = 0
    for i = 1, #list do
      local x = (t - list[i][1]) / s
      if x < 9 and x > -9 then
        value = value + list[i][2] * math.exp(-0.5 * x * x)
      end
    end
    return value
  end
  local function add_until(zero)
    local steps = 2 * math.ceil((zero - last_zero) / s * 12)
    local part, h = 0, (zero - last_zero) / steps
    for i = 0, steps do
      part = part + f(last_zero + i * h) * ((i == 0 or i == steps) and 1 or i % 2 == 1 and 4 or 2)
    end
    sum, last_zero = sum + math.abs(part) * h / 3, zero
  end
  local steps = math.ceil(8 / s)
  local before, at = f(0), 0
  for i = 1, steps do
    local here = f(i / steps)
    if here ~= 0 and before ~= 0 and (here < 0) ~= (before < 0) then
      local low, high = at, i / steps
      for _ = 1, 30 do
        local middle = 0.5 * (low + high)
        if (f(middle) < 0) == (before < 0) then
          low = middle
        else
          high = middle
        end
      end
      add_until(low)
    end
    if here ~= 0 then
      before, at = here, i / steps
    end
  end
  add_until(1)
  return sum
end

local function draw_few(random, n)
  local p, y, w = {}, {}, {}
  for i = 1, n do
    local which = random:below(6)
    p[i] = which == 1 and 0 or which == 2 and 1 or random:uniform()
    y[i] = random:below(2) - 1
    w[i] = random:uniform()
  end
  return p, y, w
end

describe("The smooth error at a bandwidth", function()
  it("is the integral that defines it", function()
    local random = sy.random(51)
    for round = 1, 8 do
      local p, y, w = draw_few(random, 1 + 3 * round)
      local curve, atoms = core.curve(p, y, w), residuals(p, y, w)
      for _, s in ipairs({ 0.004, 0.03, 0.11, 0.126, 0.3, 1, 3 }) do
        close(integral(atoms, s), curve:smooth_error_at(s), 1e-6, "bandwidth " .. s)
      end
    end
  end)

  it("is the residual's size where there is one prediction, wherever it lies", function()
    for _, p in ipairs({ 0, 1e-9, 0.001, 0.37, 0.5, 0.999, 1 }) do
      for _, s in ipairs({ 2 ^ -13, 0.001, 0.02, 0.1, 0.5, 2, 10 }) do
        local curve = core.curve({ p, p, p, p }, { 0, 0, 1, 0 })
        close(math.abs(p - 0.25), curve:smooth_error_at(s), 2e-7, p .. " at " .. s)
      end
    end
  end)

  it("falls as the bandwidth grows, to the mean residual", function()
    local p, y = curves.draw(sy.random(52), 500, "plain")
    local curve, last = core.curve(p, y), math.huge
    for i = -26, 5 do
      local here = curve:smooth_error_at(2 ^ (i / 2))
      assert.is_true(here <= last + 1e-7)
      last = here
    end
    local summary = curve:summary(0.9)
    close(math.abs(summary.mean_prediction - summary.mean_label), curve:smooth_error_at(100))
    assert.has_error(function()
      curve:smooth_error_at(2 ^ -14)
    end)
  end)
end)

describe("The smooth error", function()
  local function is_solution(p, y, w)
    local error, bandwidth = core.curve(p, y, w):smooth_error()
    assert.equal(error, bandwidth)
    close(error, integral(residuals(p, y, w), error), 3e-7)
  end

  it("is the bandwidth that equals its error", function()
    local random = sy.random(53)
    for round = 1, 8 do
      local p, y, w = draw_few(random, 2 + 4 * round)
      is_solution(p, y, w)
    end
    local p, y = curves.draw(random, 150, "plain")
    is_solution(p, y)
  end)

  -- Masses at the ends count whole: a reflection that counted the end once would find more or less.
  it("is exact for two predictions, 0 and 1, a tenth of whose rows are wrong", function()
    local p, y = {}, {}
    for i = 1, 100 do
      p[i] = i <= 50 and 0 or 1
      y[i] = i % 10 == 0 and 1 - p[i] or p[i]
    end
    local error = core.curve(p, y):smooth_error()
    close(0.1, error, 1e-6)
  end)

  it("is exact for two predictions far from each other", function()
    local p, y = {}, {}
    for i = 1, 1000 do
      p[i] = i <= 500 and 0.0004 or 0.9
      y[i] = (i <= 10 or i > 520) and 1 or 0
    end
    local error = core.curve(p, y):smooth_error()
    close(0.5 * (10 / 500 - 0.0004) + 0.5 * (480 / 500 - 0.9), error, 1e-7)
  end)

  it("is of public confidences what their quadrature is", function()
    if not paths.shared("classifier-confidence") then
      pending("../shared is not here")
      return
    end
    local p, y = curves.classifier("probs_resnet50_birds_logits")
    local error = core.curve(p, y):smooth_error()
    close(error, integral(residuals(p, y), error), 1e-6)
  end)

  it("is the least bandwidth's where that is too wide already", function()
    local p, y = {}, {}
    for i = 1, 1000 do
      p[i] = i / 1001
      y[i] = i / 1001
    end
    local error, bandwidth = core.curve(p, y):smooth_error()
    assert.equal(2 ^ -13, bandwidth)
    close(0, error, 1e-15)
  end)

  it("is not moved by turning labels and predictions round", function()
    local p, y = curves.draw(sy.random(54), 400, "plain")
    local other_p, other_y = {}, {}
    for i = 1, #p do
      p[i] = math.floor(p[i] * 4096) / 4096
      other_p[i], other_y[i] = 1 - p[i], 1 - y[i]
    end
    close(core.curve(p, y):smooth_error(), (core.curve(other_p, other_y):smooth_error()), 1e-8)
  end)
end)
