-- Logistic maps: what the authors' code printed, the likelihood, symmetries, degenerate data.
local check = require("spec.support.check")
local core = require("steelyard.core")
local maps = require("spec.support.maps")
local paths = require("spec.support.paths")
local sy = require("steelyard")

local close = check.close

local golden = sy.json.decode(paths.read(paths.root .. "/spec/golden/betacal.json"))
local KINDS = { "shift", "temperature", "platt", "quadratic", "beta_abm", "beta_am", "beta_ab",
  "beta_a", "beta_ab_free" }
local unpack = table.unpack or unpack -- luacheck: ignore
local SLOPE_MIN = 0.0009765625

local function calibrator(map)
  return core.calibrator_new({ method = "test", map = map })
end

-- u, v of a prediction, and theta of a map: f = theta[1] + theta[2] u + theta[3] v.
local function basis(kind, p)
  if kind:find("^beta_a") and kind ~= "beta_am" then
    return math.log(p), -math.log(1 - p)
  end
  local z = math.log(p / (1 - p))
  return z, z * z
end

local function theta_of(kind, map)
  if kind:find("^beta_a") and kind ~= "beta_am" then
    return { map.c[1], map.c[2], map.c[3] }
  end
  assert.are.equal(map.c[2], map.c[3])
  return { map.c[1], map.c[2], map.c[4] }
end

-- The directions in which a kind of map may move.
local LN2 = math.log(2)
local DIRECTIONS = {
  shift = { { 1, 0, 0 } },
  temperature = { { 0, 1, 0 } },
  platt = { { 1, 0, 0 }, { 0, 1, 0 } },
  beta_am = { { 1, 0, 0 }, { 0, 1, 0 } },
  quadratic = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
  beta_abm = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
  beta_ab = { { LN2, 1, 0 }, { -LN2, 0, 1 } },
  beta_ab_free = { { LN2, 1, 0 }, { -LN2, 0, 1 } },
  beta_a = { { LN2, 1, 0 } },
}

-- The mean loss of rows under theta, labels shrunk or not.
local function loss_of(kind, theta, rows, smoothing)
  local sum, weight, positive = 0, 0, 0
  for i = 1, #rows.p do
    weight = weight + rows.w[i]
    positive = positive + rows.w[i] * rows.y[i]
  end
  local one, none = 1, 0
  if smoothing then
    one, none = (positive + 1) / (positive + 2), 1 / (weight - positive + 2)
  end
  for i = 1, #rows.p do
    local u, v = basis(kind, rows.p[i])
    local f = theta[1] + theta[2] * u + theta[3] * v
    local y = none + (one - none) * rows.y[i]
    sum = sum + rows.w[i] * (math.max(f, 0) + math.log(1 + math.exp(-math.abs(f))) - y * f)
  end
  return sum / weight
end

local function moved(theta, direction, by)
  local to = {}
  for i = 1, 3 do
    to[i] = theta[i] + by * direction[i]
  end
  return to
end

local function slope(kind, theta, rows, direction, smoothing)
  local h = 1e-5
  return (loss_of(kind, moved(theta, direction, h), rows, smoothing)
    - loss_of(kind, moved(theta, direction, -h), rows, smoothing)) / (2 * h)
end

-- Rows whose labels follow sigmoid(a + b z + c z^2); weights from 0.5 to 2.5; some predictions tie.
local function draw(n, seed, a, b, c, ties)
  local random, rows = sy.random(seed), { p = {}, y = {}, w = {} }
  for i = 1, n do
    local z = 1.5 * random:normal() - 0.5
    rows.p[i] = 1 / (1 + math.exp(-(ties and math.floor(z * 4) / 4 or z)))
    rows.y[i] = random:uniform() < 1 / (1 + math.exp(-(a + b * z + (c or 0) * z * z))) and 1 or 0
    rows.w[i] = 0.5 + 2 * random:uniform()
  end
  return rows
end

local function curve_of(rows)
  return core.curve(rows.p, rows.y, rows.w)
end

describe("fit_logistic", function()
  it("predicts what the authors of beta calibration printed", function()
    local curve = core.curve(golden.scores, golden.labels)
    for fixture, kind in pairs({ abm = "beta_abm", am = "beta_am", ab = "beta_ab_free",
      a = "beta_a" }) do
      local c = calibrator(core.fit_logistic(curve, kind, false))
      for i, score in ipairs(golden.scores) do
        local expected = golden[fixture][i]
        -- the authors' solver stops early, which the smallest predictions show most
        close(expected, c:evaluate(score), (expected > 1e-3 and 2e-4 or 5e-4) * expected, fixture)
      end
    end
    local map = core.fit_logistic(curve, "beta_abm", false)
    close(2.80516656, map.c[2], 1e-8, "a")
    close(0.49771232, map.c[3], 1e-8, "b")
    close(0.80296087, map.c[1], 1e-8, "c")
  end)

  it("keeps beta_ab ascending, where the authors' code lets it fall", function()
    local curve = core.curve(golden.scores, golden.labels)
    local free = core.fit_logistic(curve, "beta_ab_free", false)
    local map = core.fit_logistic(curve, "beta_ab", false)
    assert.is_true(free.c[3] < 0)
    assert.are.equal(0, map.c[3])
    assert.is_nil((calibrator(free):inverse(0.5)))
    -- with b = 0 what remains is beta_a
    close(core.fit_logistic(curve, "beta_a", false).c[2], map.c[2], 1e-9)
  end)

  it("finds Platt's optimum, which libsvm's code stops short of", function()
    local p = {}
    for i, f in ipairs({ 5, -4, 1 }) do
      p[i] = 1 / (1 + math.exp(-f))
    end
    local map = core.fit_logistic(core.curve(p, { 1, 0, 0 }), "platt", true)
    close(-0.20261449, -map.c[2], 1e-7, "A")
    close(0.65236664, -map.c[1], 1e-7, "B")
  end)

  it("ends where the likelihood's derivatives are 0", function()
    local checked = {}
    local function inside(kind, theta, map)
      if kind == "quadratic" then
        return theta[2] + 2 * theta[3] * map.z_low > 2 * SLOPE_MIN
          and theta[2] + 2 * theta[3] * map.z_high > 2 * SLOPE_MIN
      end
      return kind ~= "beta_ab" and kind ~= "beta_abm" or theta[2] > 0 and theta[3] > 0
    end
    for seed, truth in ipairs({ { -1, 0.6 }, { 0.3, 1.7 }, { -0.2, 0.9, 0.05 } }) do
      local rows = draw(300, seed, truth[1], truth[2], truth[3], seed == 2)
      for _, kind in ipairs(KINDS) do
        for _, smoothing in ipairs({ true, false }) do
          local map = core.fit_logistic(curve_of(rows), kind, smoothing)
          local theta = theta_of(kind, map)
          local what = ("%s %d"):format(kind, seed)
          if inside(kind, theta, map) then
            checked[kind] = (checked[kind] or 0) + 1
            for _, direction in ipairs(DIRECTIONS[kind]) do
              close(0, slope(kind, theta, rows, direction, smoothing), 1e-8, what)
            end
          end
        end
      end
    end
    for _, kind in ipairs(KINDS) do
      assert.is_true(checked[kind] >= 2, kind)
    end
  end)

  it("fits long curves as it would all their atoms #slow", function()
    local rows = draw(60000, 7, -0.5, 0.7, 0.02)
    for i = 1, 40 do -- crowds, and far ends
      rows.p[i] = 1e-4 * (1 + 1e-6 * i)
      rows.p[i + 40] = 1 - 1e-5 * i
    end
    local curve = curve_of(rows)
    assert.is_true(#curve > 32768)
    for _, kind in ipairs({ "shift", "platt", "quadratic", "beta_abm", "beta_a" }) do
      local theta = theta_of(kind, core.fit_logistic(curve, kind, true))
      for _, direction in ipairs(DIRECTIONS[kind]) do
        close(0, slope(kind, theta, rows, direction, true), 2e-8, kind)
      end
    end
  end)

  it("leaves predictions alone that are right", function()
    local rows = draw(200, 3, 0, 1)
    for i = 1, #rows.p do
      rows.y[i] = rows.p[i]
    end
    for _, kind in ipairs(KINDS) do
      if kind ~= "beta_a" then -- the identity is not of its form
        local c = calibrator(core.fit_logistic(curve_of(rows), kind, false))
        for p = 0.05, 0.95, 0.05 do
          close(p, c:evaluate(p), 1e-9, kind)
        end
      end
    end
  end)

  it("does not care what is called 1", function()
    local rows = draw(400, 4, -0.7, 0.8, 0.03)
    local other = { p = {}, y = {}, w = rows.w }
    for i = 1, #rows.p do
      other.p[i], other.y[i] = 1 - rows.p[i], 1 - rows.y[i]
    end
    for _, kind in ipairs(KINDS) do
      if kind ~= "beta_a" then
        for _, smoothing in ipairs({ true, false }) do
          local one = calibrator(core.fit_logistic(curve_of(rows), kind, smoothing))
          local two = calibrator(core.fit_logistic(curve_of(other), kind, smoothing))
          for p = 0.02, 0.98, 0.08 do
            close(one:evaluate(p), 1 - two:evaluate(1 - p), 1e-9, kind)
          end
        end
      end
    end
  end)

  it("takes a weight for so many rows", function()
    local rows = draw(150, 5, 0.2, 0.7, 0, true)
    local many = { p = {}, y = {}, w = {} }
    for i = 1, #rows.p do
      rows.w[i] = i % 4 -- and none at all
      for _ = 1, rows.w[i] do
        table.insert(many.p, rows.p[i])
        table.insert(many.y, rows.y[i])
        table.insert(many.w, 1)
      end
    end
    for _, kind in ipairs(KINDS) do
      local one = core.fit_logistic(curve_of(rows), kind, true)
      local two = core.fit_logistic(curve_of(many), kind, true)
      for i = 1, 4 do
        close(one.c[i], two.c[i], 1e-8, kind)
      end
    end
  end)

  it("does not see the order of rows", function()
    local rows = draw(2000, 6, 0.2, 0.7, 0, true)
    local random, texts = sy.random(1), {}
    for _ = 1, 5 do
      for i = #rows.p, 2, -1 do
        local k = 1 + math.floor(random:uniform() * i)
        for _, list in pairs(rows) do
          list[i], list[k] = list[k], list[i]
        end
      end
      for _, kind in ipairs(KINDS) do
        local c = core.fit_logistic(curve_of(rows), kind, true).c
        local text = ("%.17g %.17g %.17g %.17g"):format(c[1], c[2], c[3], c[4])
        texts[kind] = texts[kind] or text
        assert.are.equal(texts[kind], text)
      end
    end
  end)

  describe("within bounds", function()
    -- Nothing feasible nearby is better.
    local function check_optimum(kind, map, rows, feasible)
      local theta = theta_of(kind, map)
      local best, random = loss_of(kind, theta, rows, true), sy.random(2)
      local tried = 0
      for k = 1, 500 do
        local near, size = theta, 10 ^ -(k % 5)
        for _, direction in ipairs(DIRECTIONS[kind]) do
          near = moved(near, direction, size * random:normal())
        end
        if feasible(near) then
          tried = tried + 1
          assert.is_true(loss_of(kind, near, rows, true) >= best - 1e-12, kind)
        end
      end
      assert.is_true(tried > 10, kind .. ": too few tries")
    end

    it("keeps quadratics ascending from the least to the greatest prediction", function()
      for seed, truth in ipairs({ { 1.5, 0.3, -0.6 }, { -1.5, 0.2, 0.7 }, { 0, -1, 0 } }) do
        local rows = draw(250, 10 + seed, truth[1], truth[2], truth[3])
        local map = core.fit_logistic(curve_of(rows), "quadratic", true)
        local theta = theta_of("quadratic", map)
        local function feasible(t)
          return t[2] + 2 * t[3] * map.z_low >= SLOPE_MIN - 1e-9
            and t[2] + 2 * t[3] * map.z_high >= SLOPE_MIN - 1e-9
        end
        assert.is_true(feasible(theta))
        close(math.log(math.min(unpack(rows.p)) / (1 - math.min(unpack(rows.p)))), map.z_low, 1e-12)
        check_optimum("quadratic", map, rows, feasible)
        local c, before = calibrator(map), -1
        for p = 0, 1, 0.001 do
          local value = c:evaluate(p)
          assert.is_true(value >= before)
          before = value
        end
      end
    end)

    it("keeps slopes of lines and of beta maps from below 0", function()
      local down = draw(250, 20, 0.3, -0.8)
      for _, kind in ipairs({ "temperature", "platt", "beta_am" }) do
        local map = core.fit_logistic(curve_of(down), kind, true)
        assert.are.equal(SLOPE_MIN, map.c[2], kind)
      end
      local cases = {}
      for seed, truth in ipairs({ { 0, 0.6, 0.5 }, { 0, 0.6, -0.5 }, { 0.3, -0.8, 0 } }) do
        local rows = draw(250, 30 + seed, truth[1], truth[2], truth[3])
        for _, kind in ipairs({ "beta_abm", "beta_ab" }) do
          local map = core.fit_logistic(curve_of(rows), kind, true)
          local function feasible(t)
            return t[2] >= 0 and t[3] >= 0 and t[2] + t[3] >= SLOPE_MIN - 1e-9
          end
          assert.is_true(map.c[2] >= 0 and map.c[3] >= 0)
          assert.is_true(map.c[2] + map.c[3] >= SLOPE_MIN * (1 - 1e-9))
          check_optimum(kind, map, rows, feasible)
          cases[(map.c[2] == 0 and "a" or "") .. (map.c[3] == 0 and "b" or "")] = true
        end
      end
      assert.is_true(cases.a and cases.b) -- each bound held some fit
    end)
  end)

  it("gives something sensible for one row, one class, one value, and none", function()
    for _, rows in ipairs({
      { { 0.3 }, { 1 } }, { { 0.3, 0.3 }, { 1, 0 } }, { { 0 }, { 1 } }, { { 1 }, { 0 } },
      { { 0, 1 }, { 0, 1 } }, { { 0, 1 }, { 1, 0 } }, { { 0.2, 0.4 }, { 0, 0 } },
      { { 0.2, 0.4 }, { 1, 1 } }, { { 0.2, 0.4 }, { 0, 1 } }, { { 0.2, 0.4 }, { 1, 0 } },
      { { 1e-300, 1 - 2 ^ -53 }, { 1, 0 } }, { { 0.5, 0.5 + 1e-15 }, { 0, 1 } }, { {}, {} },
      { { 1e-300, 2e-300, 3e-300 }, { 0, 1, 0 } }, { { 0, 0, 0, 1 }, { 0, 0, 1, 1 } },
    }) do
      for _, kind in ipairs(KINDS) do
        for _, smoothing in ipairs({ true, false }) do
          local map = core.fit_logistic(core.curve(rows[1], rows[2]), kind, smoothing)
          local c = calibrator(map)
          for i = 1, 4 do
            assert.is_true(math.abs(map.c[i]) < 1e8, kind)
          end
          for p = 0, 1, 0.1 do
            local value = c:evaluate(p)
            assert.is_true(value >= 0 and value <= 1, kind)
            if #rows[1] == 0 then
              close(p, value, 1e-15, kind)
            end
          end
        end
      end
    end
  end)

  it("shifts where all predictions are equal", function()
    for _, kind in ipairs({ "shift", "platt", "quadratic", "beta_abm", "beta_am" }) do
      local map = core.fit_logistic(core.curve({ 0.2, 0.2, 0.2 }, { 1, 1, 0 }), kind, false)
      close(math.log(2) - math.log(0.25), map.c[1], 1e-9, kind)
      assert.are.equal(1, map.c[2])
      assert.are.equal(1, map.c[3])
    end
  end)

  it("bounds separable classes without smoothing", function()
    local curve = core.curve({ 0.1, 0.2, 0.6, 0.7 }, { 0, 0, 1, 1 })
    local map = core.fit_logistic(curve, "platt", false)
    local c = calibrator(map)
    assert.is_true(map.c[2] > 5 and map.c[2] < 1000)
    assert.is_true(c:evaluate(0.2) < 1e-6 and c:evaluate(0.6) > 1 - 1e-6)
  end)

  describe("with predictions of 0 and 1", function()
    it("takes them for half a row of one more than there are", function()
      local rows = draw(300, 40, -0.2, 0.7)
      local zeros, ones = { p = {}, y = {}, w = {} }, { p = {}, y = {}, w = {} }
      local function add(list, p, y, w)
        table.insert(list.p, p)
        table.insert(list.y, y)
        table.insert(list.w, w)
      end
      for i = 1, 300 do
        add(zeros, rows.p[i], rows.y[i], 1)
        add(ones, rows.p[i], rows.y[i], 1)
      end
      for i = 1, 50 do
        add(zeros, 0, i == 1 and 1 or 0, 1)
        add(ones, 0.5 / 51, i == 1 and 1 or 0, 1)
        add(zeros, 1, 1, 2)
        add(ones, 1 - 0.5 / 101, 1, 2)
      end
      for _, kind in ipairs(KINDS) do
        local one = core.fit_logistic(curve_of(zeros), kind, true)
        local two = core.fit_logistic(curve_of(ones), kind, true)
        for i = 1, 4 do
          close(two.c[i], one.c[i], 1e-9, kind)
        end
      end
    end)

    it("is not bent by them on published forecasts", function()
      local path = paths.shared("fivethirtyeight-forecasts/tennis_men.csv")
      if not path then
        return pending("the forecasts are not here")
      end
      for _, task in ipairs({ "round_1", "round_2", "round_3", "round_4" }) do
        local data = assert(sy.dataset.read(path, { group = "forecast_date",
          predictions = { task }, labels = { [task] = task .. "_outcome" } }))
        local p, y = data:prediction(task), data:label(task)
        local exact = 0
        for i = 1, #p do
          exact = exact + ((p[i] == 0 or p[i] == 1) and 1 or 0)
        end
        assert.is_true(exact / #p > 0.7)
        local curve, raw = core.curve(p, y), core.proper_scores(p, y)
        for _, kind in ipairs({ "shift", "temperature", "platt", "quadratic" }) do
          local map = core.fit_logistic(curve, kind, true)
          local after = core.proper_scores(calibrator(map):apply(p), y)
          assert.is_true(map.c[2] > 0.5 and map.c[2] < 3, task .. " " .. kind)
          -- Rows of 0 and 1 that were right now cost what their number bears witness to.
          assert.is_true(after.log_loss < raw.log_loss * 1.05, task .. " " .. kind)
          assert.is_true(after.brier < raw.brier * 1.02, task .. " " .. kind)
        end
      end
    end)
  end)

  it("says what is wrong with its arguments", function()
    local curve = core.curve({ 0.5 }, { 1 })
    assert.has_error(function() core.fit_logistic(curve, "cubic", true) end)
    assert.has_error(function() core.fit_logistic({ 0.5 }, "platt", true) end)
  end)

  it("gives maps that mean what they say", function()
    local rows = draw(300, 50, -0.2, 0.7, 0.05)
    for _, kind in ipairs(KINDS) do
      local map = core.fit_logistic(curve_of(rows), kind, true)
      local c = calibrator(map)
      for _, p in ipairs({ 0, 1e-30, 1e-6, 0.1, 0.5, 0.9, 1 - 1e-9, 1 }) do
        local expected = maps.evaluate(map, p)
        close(expected, c:evaluate(p), 1e-13 * expected, kind)
      end
    end
  end)
end)
