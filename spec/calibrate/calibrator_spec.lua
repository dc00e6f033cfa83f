-- The raw calibrator: what its maps and tables do, by their definition; the same bits one by one
-- and many at a time; inverses; parts; offsets of cells; sampling undone; misuse.
local check = require("spec.support.check")
local core = require("steelyard.core")
local maps = require("spec.support.maps")
local sy = require("steelyard")

local close, raises = check.close, check.raises

local nan = 0 / 0

local function calibrator(map, features, tables)
  return core.calibrator_new({ method = "test", map = map, features = features, tables = tables })
end

local function logistic(c, rate, low, high, p_low, q_low)
  return { kind = "logistic", rate = rate or 1, c = c, z_low = low or 0, z_high = high or 0,
    p_low = p_low, q_low = q_low }
end

-- Ascending random knots: spread, crowded, few.
local function knots(random, n, in_logits, step, rate)
  local map = { kind = "knots", rate = rate or 1, in_logits = in_logits, step = step }
  map.x, map.y = {}, {}
  local x, y = in_logits and -10 or 0, in_logits and -12 or 0
  for i = 1, n do
    local crowd = random:uniform() < 0.5 and 1e-7 or 1
    x = x + (in_logits and 60 or 1) * random:uniform() / n * crowd
    y = y + (in_logits and 40 or 1) * random:uniform() / n
    map.x[i], map.y[i] = x, y
  end
  return map
end

local function all_maps()
  local random = sy.random(1)
  return {
    scale = { kind = "scale", rate = 1, factor = 1.7 },
    scale_sampled = { kind = "scale", rate = 0.1, factor = 0.7 },
    shift = logistic({ -0.7, 1, 1, 0 }),
    platt = logistic({ 0.3, 0.8, 0.8, 0 }),
    steep = logistic({ 0.3, 3, 3, 0 }, 0.5),
    quadratic = logistic({ 0.1, 1.2, 1.2, 0.03 }, 1, -5, 4),
    beta = logistic({ 0.2, 0.7, 1.4, 0 }, 0.3),
    all = logistic({ 0.2, 1.7, 1.4, -0.02 }, 1, -3, 6),
    held_line = logistic({ 0.3, 0.8, 0.8, 0 }, 0.5, 0, 0, 1e-3, 0.01),
    held_square = logistic({ 0.1, 1.2, 1.2, 0.03 }, 1, -5, 4, 0, 0.1),
    held_beta = logistic({ 0.2, 0.7, 1.4, 0 }, 2, 0, 0, 0.05, 1e-6),
    held_all = logistic({ 0.2, 1.7, 1.4, -0.02 }, 1, -3, 6, 0.25, 0.5),
    one_knot = { kind = "knots", rate = 1, x = { 0.5 }, y = { 0.25 } },
    few = knots(random, 3),
    many = knots(random, 256, false, false, 0.4),
    steps = knots(random, 50, false, true),
    logits = knots(random, 40, true),
    logit_steps = knots(random, 256, true, true, 2),
    falling = { kind = "knots", rate = 1, x = { 0.1, 0.5, 0.7 }, y = { 0.4, 0.2, 0.9 } },
  }
end

local function predictions()
  local random, list = sy.random(2), { 0, 1, 0.5, 1e-300, 1e-20, 1e-9, 1 - 1e-9, 1 - 2 ^ -53,
    -0.5, 1.5, -math.huge, math.huge }
  for i = #list + 1, 700 do
    list[i] = maps.sigmoid(4 * random:normal())
  end
  return list
end

describe("a calibrator", function()
  it("does with predictions what its map says", function()
    for name, map in pairs(all_maps()) do
      local c = calibrator(map)
      for _, p in ipairs(predictions()) do
        local expected = maps.evaluate(map, p)
        close(expected, c:evaluate(p), 2e-13 * expected, ("%s of %.17g"):format(name, p))
      end
      -- at knots, exactly
      for i = 1, map.x and not map.in_logits and map.rate == 1 and #map.x or 0 do
        assert.are.equal(map.y[i], c:evaluate(map.x[i]))
      end
    end
  end)

  it("gives the same bits one by one and many at a time, and f32 its rounding", function()
    local list = predictions()
    list[#list + 1] = nan
    local wide = core.array(list)
    local narrow = core.array(list, "f32")
    for name, map in pairs(all_maps()) do
      local c = calibrator(map)
      local many, rounded = c:apply(wide), c:apply(narrow)
      assert.are.equal("f64", many.dtype)
      assert.are.equal("f32", rounded.dtype)
      local one, exact = core.array(#list), core.array(#list)
      for i = 1, #list - 1 do
        assert.are.equal(c:evaluate(list[i]), many[i], name)
        one[i], exact[i] = c:evaluate(narrow[i]), rounded[i]
      end
      one = core.array(one, "f32")
      for i = 1, #list - 1 do
        assert.are.equal(one[i], rounded[i], name)
      end
      local last, last_narrow, single = many[#list], rounded[#list], c:evaluate(nan)
      assert.is_true(last ~= last and last_narrow ~= last_narrow and single ~= single, name)
    end
  end)

  it("is the identity where it should be", function()
    local exact = calibrator({ kind = "scale", rate = 1, factor = 1 })
    for _, map in ipairs({ logistic({ 0, 1, 1, 0 }), logistic({ 0, 1, 1, 0 }, 1, -3, 3),
      { kind = "knots", rate = 1, x = { 0, 1 }, y = { 0, 1 } } }) do
      local c = calibrator(map)
      for _, p in ipairs(predictions()) do
        if p >= 0 and p <= 1 then
          assert.are.equal(p, exact:evaluate(p))
          close(p, c:evaluate(p), 2e-14 * p + 1e-17)
        end
      end
    end
  end)

  it("is monotone to the last bit where its map is", function()
    local maps_by_name = all_maps()
    local random = sy.random(3)
    for _, name in ipairs({ "scale", "few", "many", "steps", "logits", "logit_steps" }) do
      local c, map = calibrator(maps_by_name[name]), maps_by_name[name]
      local list = {}
      for i = 1, 3000 do
        list[i] = random:uniform()
      end
      for i = 1, map.x and #map.x or 0 do -- on and beside knots
        local x = map.in_logits and maps.sigmoid(map.x[i]) or map.x[i]
        table.insert(list, x)
        table.insert(list, x * (1 - 2 ^ -53))
        table.insert(list, math.min(1, x * (1 + 2 ^ -52)))
      end
      table.sort(list)
      local before = 0
      for _, p in ipairs(list) do
        local value = c:evaluate(p)
        assert.is_true(value >= before, name)
        before = value
      end
    end
  end)

  it("gives logits, also of extremes", function()
    local c = calibrator(logistic({ 0.3, 3, 3, 0 }))
    local logits = c:apply({ 1e-9, 0.5, 1 - 1e-9, nan }, nil, true)
    close(0.3 + 3 * maps.logit(1e-9), logits[1], 1e-12)
    close(0.3, logits[2], 1e-15)
    assert.are.equal("f64", logits.dtype)
    assert.is_true(logits[4] ~= logits[4])
    logits = calibrator({ kind = "scale", rate = 1, factor = 2 }):apply({ 0, 0.25, 0.5 }, nil, true)
    close(-40, logits[1], 1e-12)
    close(0, logits[2], 1e-15)
    close(40, logits[3], 1e-12)
  end)

  it("gives its parts back, to the bit", function()
    local features = { { name = "country", values = { "de", "fr", "" } },
      { name = "age", edges = { 20, 40.5 } }, { name = "slot", numbers = { 1, 2, 7 } },
      { name = "any", edges = {} } }
    local tables = { { features = { 1 }, edges = {}, offsets = { 0.1, 0.2, 0.3 } },
      { features = { 2, 3 }, edges = { -1, 1 }, offsets = {} } }
    for i = 1, 27 do
      tables[2].offsets[i] = math.sin(i)
    end
    for name, map in pairs(all_maps()) do
      local c = core.calibrator_new({ method = name, about = '{"rows": 3}', map = map,
        features = features, tables = tables })
      local parts = core.calibrator_new(c:parts()):parts()
      assert.are.equal(name, parts.method)
      assert.are.equal('{"rows": 3}', parts.about)
      assert.are.equal(map.kind, parts.map.kind)
      assert.are.equal(map.rate, parts.map.rate)
      assert.are.equal(map.factor, parts.map.factor)
      for _, field in ipairs({ "x", "y", "c" }) do
        for i = 1, map[field] and #map[field] or 0 do
          assert.are.equal(map[field][i], parts.map[field][i])
        end
      end
      assert.are.same({ "de", "fr", "" }, parts.features[1].values)
      assert.are.equal(40.5, parts.features[2].edges[2])
      assert.are.equal(7, parts.features[3].numbers[3])
      assert.are.equal(0, #parts.features[4].edges)
      assert.are.same({ 2, 3 }, parts.tables[2].features)
      assert.are.equal(math.sin(27), parts.tables[2].offsets[27])
      assert.are.equal(27, #parts.tables[2].offsets)
      assert.is_true(core.calibrator_is(c))
      assert.are.equal("calibrator (" .. name .. ")", tostring(c))
    end
    assert.is_false(core.calibrator_is(features))
    assert.is_false(core.calibrator_is(nil))
  end)
end)

describe("an inverse", function()
  it("gives the prediction back where the map is strictly ascending", function()
    for name, map in pairs(all_maps()) do
      if not map.step and name ~= "falling" and name ~= "one_knot" then
        local c, checked = calibrator(map), 0
        for _, p in ipairs(predictions()) do
          local inside = p > 1e-6 and p < 1 - 1e-6
          if map.kind == "scale" then
            inside = inside and c:evaluate(p) < 1
          elseif map.p_low then
            local x = p / (p + (1 - p) / map.rate)
            inside = inside and x > map.p_low * 1.001 and 1 - x > map.q_low * 1.001
          elseif map.x then
            local x = p / (p + (1 - p) / map.rate)
            x = map.in_logits and maps.logit(x) or x
            inside = inside and x > map.x[1] and x < map.x[#map.x]
          end
          if inside then
            checked = checked + 1
            -- what rounding of the value leaves of the prediction, where pieces are all but flat
            local q = c:evaluate(p)
            local back = c:inverse(q)
            local h = 1e-6 * p * (1 - p)
            local slope = (c:evaluate(p + h) - c:evaluate(p - h)) / (2 * h)
            close(p, back, 1e-12 + 4e-16 * q / slope, ("%s of %.17g"):format(name, p))
            close(q, c:evaluate(back), 1e-12 * q + 1e-15, name)
          end
        end
        assert.is_true(checked > 10 or name == "few", name)
      end
    end
  end)

  it("gives the least of several, and the nearest end where there is none", function()
    local c = calibrator({ kind = "knots", rate = 1, x = { 0.2, 0.4, 0.6, 0.8 },
      y = { 0.1, 0.3, 0.3, 0.7 } })
    close(0.4, c:inverse(0.3), 1e-15)
    assert.are.equal(0, c:inverse(0.1))
    assert.are.equal(0, c:inverse(0.05))
    assert.are.equal(1, c:inverse(0.71))
    close(0.8, c:inverse(0.7), 1e-15)
    assert.are.equal(0, c:inverse(-1))
    assert.are.equal(1, c:inverse(2))
    local steps = calibrator({ kind = "knots", rate = 1, x = { 0.2, 0.4, 0.6 },
      y = { 0.1, 0.3, 0.5 }, step = true })
    assert.are.equal(0.4, steps:inverse(0.3))
    assert.are.equal(0.6, steps:inverse(0.31))
    local twice = calibrator({ kind = "scale", rate = 1, factor = 2 })
    assert.are.equal(0.5, twice:inverse(1))
    local half = calibrator({ kind = "scale", rate = 1, factor = 0.5 })
    assert.are.equal(1, half:inverse(0.9))
    local held = calibrator(all_maps().held_all)
    assert.are.equal(0, held:inverse(held:evaluate(0.2)))
    assert.are.equal(1, held:inverse(held:evaluate(0.6) + 1e-9))
    local platt = calibrator(logistic({ 0, 2, 2, 0 }))
    assert.are.equal(0, platt:inverse(0))
    assert.are.equal(1, platt:inverse(1))
    local nothing = platt:inverse(nan)
    assert.is_true(nothing ~= nothing)
  end)

  it("is refused where the map falls, or tables have a say", function()
    local fallen, message = calibrator(all_maps().falling):inverse(0.3)
    assert.is_nil(fallen)
    assert.is_truthy(message:find("falls", 1, true))
    for _, map in ipairs({ logistic({ 0, -1, -1, 0 }), logistic({ 0, 1, -0.5, 0 }),
      logistic({ 0, 1, 1, 0.2 }, 1, -3, 3), logistic({ 0, 1, 1, -0.2 }, 1, -3, 3) }) do
      assert.is_nil((calibrator(map):inverse(0.3)))
    end
    local c = calibrator(logistic({ 0, 1, 1, 0 }), { { name = "a", numbers = { 1, 2 } } },
      { { features = { 1 }, edges = {}, offsets = { 0, 1 } } })
    fallen, message = c:inverse(0.3)
    assert.is_nil(fallen)
    assert.is_truthy(message:find("tables", 1, true))
  end)
end)

describe("tables of offsets", function()
  local features = { { name = "country", values = { "de", "fr" } },
    { name = "age", edges = { 20, 40 } }, { name = "slot", numbers = { 1, 2, 7 } } }
  local tables = {
    { features = { 1 }, edges = {}, offsets = { 0.5, -0.5 } },
    { features = { 2, 1 }, edges = { -1, 1 }, offsets = {} }, -- 3 buckets x 3 ages x 2 countries
  }
  for i = 1, 18 do
    tables[2].offsets[i] = i / 10
  end

  local function slow(map, p, codes)
    local logit = maps.logit(maps.evaluate(map, p))
    local sum = codes[1] >= 0 and tables[1].offsets[codes[1] + 1] or 0
    if codes[1] >= 0 and codes[2] >= 0 then
      local bucket = (logit > -1 and 1 or 0) + (logit > 1 and 1 or 0)
      sum = sum + tables[2].offsets[bucket * 6 + codes[2] * 2 + codes[1] + 1]
    end
    return logit + sum
  end

  it("add to the logit by segment and bucket", function()
    for _, map in ipairs({ logistic({ 0.1, 0.9, 0.9, 0 }),
      { kind = "scale", rate = 1, factor = 0.8 },
      { kind = "knots", rate = 0.5, x = { 0.1, 0.9 }, y = { 0.05, 0.8 } } }) do
      local c = calibrator(map, features, tables)
      local p, columns, random = {}, { {}, {}, {} }, sy.random(1)
      for i = 1, 600 do
        p[i] = random:uniform()
        columns[1][i] = math.floor(random:uniform() * 3) - 1
        columns[2][i] = math.floor(random:uniform() * 4) - 1
        columns[3][i] = math.floor(random:uniform() * 4) - 1
      end
      local many, logits = c:apply(p, columns), c:apply(p, columns, true)
      for i = 1, #p do
        local codes = { columns[1][i], columns[2][i], columns[3][i] }
        local expected = slow(map, p[i], codes)
        close(expected, logits[i], 1e-12)
        close(maps.sigmoid(expected), many[i], 1e-13)
        assert.are.equal(c:evaluate(p[i], codes), many[i])
        if codes[1] < 0 then -- nothing is known: what the map says, to the bit
          assert.are.equal(c:evaluate(p[i]), many[i])
        end
      end
      -- codes that do not exist are unknown; columns may be missing
      assert.are.equal(c:evaluate(0.3), c:evaluate(0.3, { 2, 3, 3 }))
      assert.are.equal(c:evaluate(p[1]), c:apply(p, { false, columns[2], false })[1])
    end
  end)

  it("know the codes of values", function()
    local c = calibrator(logistic({ 0, 1, 1, 0 }), features, tables)
    assert.are.equal(0, c:code(1, "de"))
    assert.are.equal(1, c:code(1, "fr"))
    for _, text in ipairs({ "", "d", "deu", "DE", "de\0" }) do
      assert.are.equal(-1, c:code(1, text), text)
    end
    for value, code in pairs({ [-math.huge] = 0, [20] = 0, [20.5] = 1, [40] = 1, [41] = 2,
      [math.huge] = 2 }) do
      assert.are.equal(code, c:code(2, value))
    end
    assert.are.equal(-1, c:code(2, nan))
    assert.are.equal(2, c:code(3, 7))
    assert.are.equal(-1, c:code(3, 3))
    assert.are.equal(-1, c:code(3, "7"))
    local codes = c:codes(3, { 1, 7, 5, nan })
    assert.are.equal("i32", codes.dtype)
    for i, code in ipairs({ 0, 2, -1, -1 }) do
      assert.are.equal(code, codes[i])
    end
    local names = { "fr", "nl", "de" }
    for _, texts in ipairs({ names, core.names(names) }) do
      codes = c:codes(1, texts, { 1, 2, 3, 3, 0, 4 })
      for i, code in ipairs({ 1, -1, 0, 0, -1, -1 }) do
        assert.are.equal(code, codes[i])
      end
    end
  end)

  it("find each of many texts", function()
    local values = {}
    for i = 1, 3000 do
      values[i] = ("value %d"):format(i * 7919 % 100003)
    end
    local c = calibrator(logistic({ 0, 1, 1, 0 }), { { name = "many", values = values } })
    for i = 1, #values do
      assert.are.equal(i - 1, c:code(1, values[i]))
      assert.are.equal(-1, c:code(1, values[i] .. "x"))
    end
  end)

  it("are laid out as offset_cells counts, which FBGEMM's by-feature ids are a case of", function()
    local logits = { -2, -1, 0, 1, 1.5 }
    local codes = { { 0, 1, 0, -1, 1 }, { 0, 2, 1, 0, 3 } }
    local cells = core.offset_cells(logits, { -1, 1 }, codes, { 2, 3 })
    for i, cell in ipairs({ 0, 5, 7, -1, -1 }) do
      assert.are.equal(cell, cells[i])
    end
    -- fbgemm_gpu/test: histogram_binning_calibration_test.py. A bin (i/5000, (i + 1)/5000] is a
    -- code of edges; segment 0 is for unknown values.
    local edges, expected = {}, { 206426, 161437, 166437, 71428, 161431 }
    for i = 1, 4999 do
      edges[i] = i / 5000
    end
    local c = calibrator(logistic({ 0, 1, 1, 0 }), { { name = "bin", edges = edges } })
    local p = {}
    for i, z in ipairs({ -0.0018, 0.0085, 0.0090, 0.0003, 0.0029 }) do
      p[i] = maps.sigmoid(z)
    end
    local bins = c:codes(1, core.undo_sampling(p, 0.4))
    local segments = { 40 + 1, 31 + 1, 32 + 1, 13 + 1, 31 + 1 }
    local ids = core.offset_cells({ 0, 0, 0, 0, 0 }, {}, { segments, bins }, { 43, 5000 })
    for i = 1, 5 do
      assert.are.equal(expected[i] % 5000, bins[i])
      assert.are.equal(expected[i], ids[i])
    end
  end)
end)

describe("undo_sampling", function()
  it("gives what FBGEMM's test expects of bins without examples", function()
    -- The rest of that test has no counterpart here: counts that grow while serving, and a bin's
    -- rate that replaces the prediction once it has counted 10,000 examples.
    for i, z in ipairs({ -0.0018, 0.0085, 0.0090, 0.0003, 0.0029 }) do
      local expected = ({ 0.2853, 0.2875, 0.2876, 0.2858, 0.2863 })[i]
      local c = calibrator(logistic({ 0, 1, 1, 0 }, 0.4))
      close(expected, core.undo_sampling({ maps.sigmoid(z) }, 0.4)[1], 5e-5)
      close(expected, c:evaluate(maps.sigmoid(z)), 5e-5)
    end
  end)

  it("moves logits by the logarithm of the rate, back and forth", function()
    for _, rate in ipairs({ 1, 0.5, 0.01, 1e-6, 3 }) do
      local list = { 0, 1e-12, 0.1, 0.5, 0.99, 1 }
      local out = core.undo_sampling(list, rate)
      local back = core.undo_sampling(out, 1 / rate)
      for i, p in ipairs(list) do
        if p > 0 and p < 1 then
          local odds = math.log(out[i]) - math.log(1 - out[i])
          close(math.log(p) - math.log(1 - p) + math.log(rate), odds, 1e-9)
        else
          assert.are.equal(p, out[i])
        end
        close(p, back[i], 1e-12 * p / math.min(1, rate))
      end
    end
    assert.are.equal("f32", core.undo_sampling(core.array({ 0.5 }, "f32"), 0.5).dtype)
    local out = core.undo_sampling({ nan, 0.5 }, 0.5)
    assert.is_true(out[1] ~= out[1])
  end)

  it("is what a map does first", function()
    local random = sy.random(1)
    for name, map in pairs(all_maps()) do
      if map.rate ~= 1 then
        local plain = {}
        for key, value in pairs(map) do
          plain[key] = value
        end
        plain.rate = 1
        local whole, rest = calibrator(map), calibrator(plain)
        for _ = 1, 100 do
          local p = random:uniform()
          local value = whole:evaluate(p)
          close(rest:evaluate(core.undo_sampling({ p }, map.rate)[1]), value, 1e-12 * value, name)
        end
      end
    end
  end)
end)

describe("fit_offsets", function()
  local function gradient(offset, z, y, w, variance)
    local sum, curvature = -offset / variance, 0
    for i = 1, #z do
      local s = maps.sigmoid(z[i] + offset)
      sum = sum + w[i] * (y[i] - s)
      curvature = curvature + w[i] * s * (1 - s)
    end
    return sum, curvature
  end

  it("ends where each cell's derivative is 0", function()
    local random = sy.random(1)
    local z, y, w, cells, of = {}, {}, {}, {}, {}
    for c = 0, 9 do
      of[c] = { z = {}, y = {}, w = {} }
    end
    for i = 1, 3000 do
      local cell = math.floor(random:uniform() * 11) - 1
      z[i], w[i], cells[i] = 3 * random:normal(), random:uniform() * 2, cell
      y[i] = cell == 8 and 1 or cell == 9 and 0
        or random:uniform() < maps.sigmoid(z[i] + cell - 4) and 1 or 0
      if cell >= 0 then
        table.insert(of[cell].z, z[i])
        table.insert(of[cell].y, y[i])
        table.insert(of[cell].w, w[i])
      end
    end
    cells = core.array(cells, "i32")
    for _, variance in ipairs({ 0.01, 1, 1e6, math.huge }) do
      local offsets, curvature = core.fit_offsets(z, y, w, cells, 11, variance)
      for c = 0, 9 do
        local slope, h = gradient(offsets[c + 1], of[c].z, of[c].y, of[c].w, variance)
        close(h, curvature[c + 1], 1e-9)
        if variance < math.huge or c < 8 then
          close(0, slope, 1e-9 * (1 + h), "cell " .. c)
        else -- one class alone: bounded by half a row of the other
          close(c == 8 and 0.5 or -0.5, slope, 1e-9)
        end
      end
      assert.are.equal(0, offsets[11]) -- no rows
      assert.are.equal(0, curvature[11])
    end
    local rows = core.fit_offsets(z, y, nil, cells, 11, 1)
    local ones = {}
    for i = 1, #z do
      ones[i] = 1
    end
    local narrow_y, narrow_w = core.array(y, "f32"), core.array(ones, "f32")
    local weighted = core.fit_offsets(z, narrow_y, narrow_w, cells, 11, 1)
    for c = 1, 11 do
      assert.are.equal(rows[c], weighted[c])
    end
  end)

  it("takes far logits", function()
    local cells = core.array({ 0, 0, 1, 1, 2 }, "i32")
    local offsets = core.fit_offsets({ -40, 40, -40, -40, 40 }, { 1, 0, 1, 1, 0 }, nil, cells, 3,
      math.huge)
    close(0, offsets[1], 1e-6)
    for c = 2, 3 do
      assert.is_true(math.abs(offsets[c]) > 38 and math.abs(offsets[c]) < 45)
    end
  end)

  it("refuses what does not fit together", function()
    local cells = core.array({ 0 }, "i32")
    assert.has_error(function() core.fit_offsets({ 0, 1 }, { 1 }, nil, cells, 1, 1) end)
    assert.has_error(function() core.fit_offsets({ 0 }, { 1 }, { 1, 2 }, cells, 1, 1) end)
    assert.has_error(function() core.fit_offsets({ 0 }, { 1 }, nil, cells, 1, 0) end)
    assert.has_error(function() core.fit_offsets({ 0 }, { 1 }, nil, cells, 1, nan) end)
  end)
end)

describe("calibrator_new", function()
  local good = { kind = "logistic", rate = 1, c = { 0, 1, 1, 0 }, z_low = 0, z_high = 0 }

  local function with(changes)
    local map = {}
    for key, value in pairs(good) do
      map[key] = value
    end
    for key, value in pairs(changes) do
      map[key] = value
    end
    return { method = "test", map = map }
  end

  local function knotted(x, y, in_logits)
    local map = { kind = "knots", rate = 1, x = x, y = y, in_logits = in_logits }
    return { method = "test", map = map }
  end

  it("says what is wrong with a map", function()
    for pattern, parts in pairs({
      ["map.kind: \"cubic\""] = with({ kind = "cubic" }),
      ["map.rate: expected a number above 0, got 0"] = with({ rate = 0 }),
      ["map.rate: expected a number above 0, got -"] = with({ rate = -1 }),
      ["map.rate: expected a number, got nil"] = { method = "test", map = { kind = "scale" } },
      ["map.c: expected 4 numbers, got 3"] = with({ c = { 0, 1, 1 } }),
      ["map.c[2]: expected a finite number, got inf"] = with({ c = { 0, math.huge, 1, 0 } }),
      ["map: expected finite z_low <= z_high, got 1 and 0"] =
        with({ c = { 0, 1, 1, 0.1 }, z_low = 1 }),
      ["map: expected p_low and q_low from 0 up, 1 at most together"] =
        with({ p_low = 0.6, q_low = 0.6 }),
      ["map.factor: expected a finite number above 0, got 0"] =
        { method = "test", map = { kind = "scale", rate = 1, factor = 0 } },
      ["map: knots need at least one"] = knotted({}, {}),
      ["map: 2 knots in x, but 1 in y"] = knotted({ 0.1, 0.2 }, { 0.1 }),
      ["map.x[2]: expected ascending finite numbers, got 0.1"] = knotted({ 0.1, 0.1 }, { 0, 1 }),
      ["map.x[1]: expected ascending finite numbers"] = knotted({ nan }, { 0 }),
      ["map.x[1]: -0.5 is no probability"] = knotted({ -0.5 }, { 0 }),
      ["map.y[2]: 1.5 is no probability"] = knotted({ 0.1, 0.2 }, { 0, 1.5 }),
      ["map.y[1]: inf is no logit"] = knotted({ 0.1 }, { math.huge }, true),
      ["calibrator.method: expected a string, got nil"] = { map = good },
      ["calibrator.map: expected a table, got nil"] = { method = "test" },
      ["a text with a zero byte"] = { method = "te\0st", map = good },
    }) do
      raises(pattern, core.calibrator_new, parts)
    end
    raises("table expected", core.calibrator_new, nil)
  end)

  it("says what is wrong with features and tables", function()
    local function of(features, tables)
      return { method = "test", map = good, features = features, tables = tables }
    end
    local slot = { { name = "slot", numbers = { 1, 2 } } }
    for pattern, parts in pairs({
      ["feature.name: expected a string, got nil"] = of({ { numbers = { 1 } } }),
      ["needs values, numbers or edges"] = of({ { name = "slot" } }),
      ['features[2]: "slot" twice'] = of({ slot[1], slot[1] }),
      ['features[1]: "slot" has 0 codes'] = of({ { name = "slot", values = {} } }),
      ["features[1].numbers[2]: expected ascending finite numbers, got 1"] =
        of({ { name = "slot", numbers = { 1, 1 } } }),
      ["features[1].edges[1]: expected ascending finite numbers"] =
        of({ { name = "slot", edges = { nan } } }),
      ["values[2]: expected a text, got a number"] = of({ { name = "slot", values = { "a", 1 } } }),
      ["tables[1]: there is no feature 2"] =
        of(slot, { { features = { 2 }, edges = {}, offsets = { 1, 2 } } }),
      ["tables[1].offsets: expected 4"] =
        of(slot, { { features = { 1 }, edges = { 0 }, offsets = { 1, 2 } } }),
      ["tables[1].offsets[2]: expected a finite number, got"] =
        of(slot, { { features = { 1 }, edges = {}, offsets = { 1, nan } } }),
      ["tables[1].edges[2]: expected ascending finite numbers, got 0"] =
        of(slot, { { features = { 1 }, edges = { 0, 0 }, offsets = { 1, 2, 3, 4, 5, 6 } } }),
      ["tables[1]: expected 1 to 4 features, got 0"] =
        of(slot, { { features = {}, edges = {}, offsets = { 1 } } }),
      ["table.features: more than 4"] =
        of(slot, { { features = { 1, 1, 1, 1, 1 }, edges = {}, offsets = {} } }),
    }) do
      raises(pattern, core.calibrator_new, parts)
    end
  end)

  it("has methods that say what is wrong with their arguments", function()
    local c = core.calibrator_new({ method = "test", map = good,
      features = { { name = "slot", numbers = { 1, 2 } } } })
    raises("predictions: expected an array", c.apply, c, "x")
    raises("codes: expected 1 columns, got 2", c.apply, c, { 0.5 }, { { 0 }, { 0 } })
    raises("codes[1]: expected 1, got 2", c.apply, c, { 0.5 }, { { 0, 0 } })
    raises("codes: expected 1, got 2", c.evaluate, c, 0.5, { 0, 0 })
    raises("feature: expected 1 to 1, got 2", c.code, c, 2, 1)
    raises("number expected", c.evaluate, c, "x")
    raises("steelyard.calibrator expected", c.evaluate, {}, 0.5)
    raises("rate: expected a number above 0", core.undo_sampling, { 0.5 }, 0)
    raises("cells are too many", core.offset_cells, { 0 }, {}, { { 0 }, { 0 } }, { 1e6, 1e6 })
  end)
end)
