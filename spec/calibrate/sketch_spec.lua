-- Sketches: bytes that do not depend on what was merged first, and how near to the rows themselves
-- what is measured and fitted from them comes.
local check = require("spec.support.check")
local core = require("steelyard.core")
local paths = require("spec.support.paths")
local sy = require("steelyard")

local raises = check.raises_here
local sketch, merge = sy.calibrate.sketch, sy.calibrate.merge

local function close(expected, actual, tolerance, what)
  local good = math.abs(expected - actual) <= tolerance * math.max(1e-300, math.abs(expected))
  assert.is_true(good, ("%s: %.17g is not %.17g"):format(what or "value", actual, expected))
end

-- Rows whose labels' means are the predictions bent by a logit shift and slope.
local function draw(random, n, shift, slope)
  local p, y = core.array(n, "f64"), core.array(n, "f64")
  for i = 1, n do
    local z = -2 + 1.5 * random:normal()
    p[i] = 1 / (1 + math.exp(-z))
    y[i] = random:uniform() < 1 / (1 + math.exp(-(shift or 0) - (slope or 1) * z)) and 1 or 0
  end
  return p, y
end

local function weights_of(random, n)
  local w = core.array(n, "f64")
  for i = 1, n do
    w[i] = random:uniform() < 0.1 and 0 or math.exp(3 * random:normal())
  end
  return w
end

local function order_of(random, n)
  local order = {}
  for i = 1, n do
    order[i] = i
  end
  for i = n, 2, -1 do
    local j = 1 + math.floor(i * random:uniform())
    order[i], order[j] = order[j], order[i]
  end
  return order
end

local function slices(values, size)
  local list = {}
  for first = 1, #values, size do
    list[#list + 1] = values:slice(first, math.min(first + size - 1, #values))
  end
  return list
end

describe("a sketch", function()
  it("has the same bytes for any order of rows", function()
    local random = sy.random(1)
    local p, y = draw(random, 500)
    local w = weights_of(random, 500)
    local plain, weighted = sketch(p, y):bytes(), sketch(p, y, { weights = w }):bytes()
    for _ = 1, 20 do
      local order = core.array(order_of(random, 500), "i64")
      local q, z = p:gather(order), y:gather(order)
      assert.are.equal(plain, sketch(q, z):bytes())
      assert.are.equal(weighted, sketch(q, z, { weights = w:gather(order) }):bytes())
    end
  end)

  it("has the same bytes, of 1,000 shards merged in any order and grouping", function()
    local random = sy.random(2)
    local p, y = draw(random, 50000)
    local w = weights_of(random, 50000)
    local shards, qs, zs, ws = {}, slices(p, 50), slices(y, 50), slices(w, 50)
    for i = 1, 1000 do
      shards[i] = sketch(qs[i], zs[i], { weights = ws[i], bits = 5 })
    end
    local whole = sketch(p, y, { weights = w, bits = 5 }):bytes()
    assert.are.equal(whole, merge(shards):bytes())
    for _ = 1, 5 do
      local list = {}
      for i, k in ipairs(order_of(random, 1000)) do
        list[i] = shards[k]
      end
      assert.are.equal(whole, merge(list):bytes())
      while #list > 1 do -- any two of those left
        local k = 1 + math.floor((#list - 1) * random:uniform())
        list[k] = list[k]:merge(table.remove(list, k + 1))
      end
      assert.are.equal(whole, list[1]:bytes())
    end
  end)

  it("grows by rows as by merging, and stays as it was", function()
    local p, y = draw(sy.random(3), 300)
    local first = sketch(p:slice(1, 100), y:slice(1, 100))
    local before = first:bytes()
    local grown = first:add(p:slice(101, 300), y:slice(101, 300))
    assert.are.equal(before, first:bytes())
    assert.is_true(grown == sketch(p, y))
    assert.is_false(grown == first)
    assert.is_true(sketch({}, {}):merge(grown) == grown)
  end)

  it("takes two tasks at once", function()
    local map = sketch({ a = { 0.1, 0.2 }, b = { 0.3, 0.4 } }, { a = { 0, 1 }, b = { 1, 1 } },
      { weights = { a = { 1, 2 } } })
    assert.is_true(map.a == sketch({ 0.1, 0.2 }, { 0, 1 }, { weights = { 1, 2 } }))
    assert.is_true(map.b == sketch({ 0.3, 0.4 }, { 1, 1 }))
    local both = merge(map, { b = map.b, c = map.a })
    assert.are.equal(4, both.b:totals().n)
    assert.is_true(both.c == map.a and both.a == map.a)
  end)

  it("tells what it is", function()
    local s = sketch({ 0.1, 0.2 }, { 0, 1 })
    assert.is_true(sketch.is(s))
    assert.is_false(sketch.is({}))
    assert.are.equal("sketch: 2 rows in 2 bins", tostring(s))
    assert.are.equal(2, s.bins)
    assert.are.equal(7, s.bits)
  end)

  it("refuses what makes no sense", function()
    raises("labels: 1 of them for 2 predictions", sketch, { 0.1, 0.2 }, { 1 })
    raises("predictions[2]: 1.2", sketch, { 0.1, 1.2 }, { 1, 0 })
    raises("labels[1]: NaN", sketch, { 0.1 }, { 0 / 0 })
    raises("weights[1]: 2097152: a sketch's weights are 0 or from 2^-20 to 2^20", sketch, { 0.1 },
      { 1 }, { weights = { 2 ^ 21 } })
    raises("bits: expected 1 to 12, got 13", sketch, { 0.1 }, { 1 }, { bits = 13 })
    raises('unknown option "weight" (did you mean "weights"?)', sketch, { 0.1 }, { 1 },
      { weight = {} })
    raises('no labels of "a"', sketch, { a = { 0.1 } }, { b = { 1 } })
    raises("sketches of 7 and of 5 bits", merge, sketch({ 0.1 }, { 1 }),
      sketch({ 0.1 }, { 1 }, { bits = 5 }))
    raises("merge: argument 2: expected a sketch", merge, sketch({ 0.1 }, { 1 }), 3)
    raises("do not mix", merge, sketch({ 0.1 }, { 1 }), { a = sketch({ 0.1 }, { 1 }) })
    raises("merge: expected at least one sketch", merge)
  end)
end)

describe("the curve of a sketch", function()
  it("is that of rows where no two predictions share a bin", function()
    local p, y = { 0, 0.25, 0.25, 0.5, 0.75, 1, 1 }, { 0, 1, 0, 1, 0.5, 1, 0 }
    local rows, bins = core.curve(p, y), sketch(p, y):curve()
    for name, values in pairs(rows:arrays()) do
      assert.are.same(values:totable(), bins:arrays()[name]:totable(), name)
    end
    for name, value in pairs(rows:totals()) do
      close(value, bins:totals()[name], 1e-15, name)
    end
  end)

  it("is empty without rows", function()
    local curve = sketch({}, {}):curve()
    assert.are.equal(0, #curve)
    assert.are.equal(0, curve:totals().n)
    assert.are.equal(0, sketch({ 0.5 }, { 1 }, { weights = { 0 } }):curve():totals().w)
  end)

  it("has the rows' ratio, Brier score and log loss, and nearly all else", function()
    local random = sy.random(4)
    local p, y = draw(random, 20000, 0.3, 0.8)
    for _, w in ipairs({ false, weights_of(random, 20000) }) do
      local rows = core.curve(p, y, w or nil)
      local bins = sketch(p, y, { weights = w or nil }):curve()
      local a, b = rows:summary(0.95), bins:summary(0.95)
      for _, name in ipairs({ "n", "weight", "mean_prediction", "mean_label", "ratio", "brier",
        "log_loss", "normalised_entropy" }) do
        close(a[name], b[name], 1e-12, name)
      end
      close(a.ratio_low, b.ratio_low, 1e-6, "ratio_low")
      close(a.ratio_high, b.ratio_high, 1e-6, "ratio_high")
      close(a.auc, b.auc, 5e-4, "auc")
      assert.is_true(math.abs(a.logit_shift - b.logit_shift) < 2e-4)
      close(rows:cumulative().kuiper, bins:cumulative().kuiper, 0.02, "kuiper")
      close(rows:smooth_error(), bins:smooth_error(), 0.01, "smECE")
      local _, exact = rows:buckets("mass", 15)
      local _, near = bins:buckets("mass", 15)
      close(exact.expected, near.expected, 0.02, "ECE")
      local before, after = rows:corp(), bins:corp()
      assert.is_true(math.abs(before.mcb - after.mcb) < 2e-4, "mcb")
    end
  end)

  it("tells without weights as rows do that there are none", function()
    local p, y = draw(sy.random(5), 1000)
    local ones = core.array(1000, "f64")
    for i = 1, 1000 do
      ones[i] = 1
    end
    assert.is_true(sketch(p, y) == sketch(p, y, { weights = ones }))
  end)

  -- The isotonic regression as a function: between its blocks it is linear, and it keeps away from
  -- 0 and 1.
  local function regression(curve)
    local blocks = curve:isotonic()
    local low, high, value = blocks.low:totable(), blocks.high:totable(), blocks.value:totable()
    return function(x)
      local first, last = 1, #low
      while first < last do -- the last block that starts at or below x
        local middle = math.ceil((first + last) / 2)
        if low[middle] <= x then
          first = middle
        else
          last = middle - 1
        end
      end
      local q = value[first]
      if x > high[first] and first < #low then
        local share = (x - high[first]) / (low[first + 1] - high[first])
        q = q + share * (value[first + 1] - q)
      end
      return math.min(math.max(q, 1e-6), 1 - 1e-6)
    end
  end

  local function loss_of(map, p, y)
    local sum = 0
    for i = 1, #p do
      local q = map(p[i])
      sum = sum - math.log(y[i] == 1 and q or 1 - q)
    end
    return sum / #p
  end

  it("gives, from 1,000 shards, the isotonic regression of a million rows #slow", function()
    local random = sy.random(6)
    local p, y = draw(random, 1000000, 0.2, 0.7)
    local qs, zs, shards = slices(p, 1000), slices(y, 1000), {}
    for i = 1, 1000 do
      shards[i] = sketch(qs[i], zs[i])
    end
    local merged, rows = merge(shards), core.curve(p, y)
    assert.is_true(merged == sketch(p, y))
    local q, z = draw(random, 100000, 0.2, 0.7)
    local exact = loss_of(regression(rows), q, z)
    local near = loss_of(regression(merged:curve()), q, z)
    assert.is_true(math.abs(near - exact) < 1e-5, ("%.9f, %.9f"):format(exact, near))
    -- On the rows themselves, to which the exact one adapts its many more blocks.
    local _, of_rows = rows:corp()
    local _, of_bins = merged:curve():corp()
    local fitted, fitted_near = of_rows.score - of_rows.mcb, of_bins.score - of_bins.mcb
    assert.is_true(math.abs(fitted_near - fitted) < 1e-4, ("%g, %g"):format(fitted, fitted_near))
  end)
end)

describe("files of sketches", function()
  local path
  before_each(function()
    path = paths.temporary()
  end)
  after_each(paths.clean)

  it("come back, and are the same bytes for the same content", function()
    local p, y = draw(sy.random(7), 2000)
    local map = { click = sketch(p, y), ["click tab=1"] = sketch({ 0.1 }, { 1 }),
      like = sketch({}, {}) }
    assert.is_true(sketch.save(map, path, "a note"))
    local back, note = sketch.load(path)
    assert.are.equal("a note", note)
    for name, one in pairs(map) do
      assert.is_true(back[name] == one, name)
    end
    local bytes = paths.read(path)
    assert.is_true(sketch.save(back, path, "a note"))
    assert.are.equal(bytes, paths.read(path))
    assert.is_true(map.click:save(path, "click"))
    assert.is_true(sketch.load(path).click == map.click)
  end)

  it("are refused in one line where they are damaged, or none", function()
    local function refused(bytes, pattern)
      paths.write(path, bytes)
      local map, message = sketch.load(path)
      assert.is_nil(map)
      assert.are.equal(path .. ": ", message:sub(1, #path + 2))
      assert.is_truthy(message:find(pattern, 1, true), message)
    end
    assert.is_true(sketch.save({ a = sketch({ 0.1, 0.2 }, { 0, 1 }) }, path))
    local bytes = paths.read(path)
    refused("", "the file is empty")
    refused("weights,1,2", "not a file of sketches")
    refused(bytes:sub(1, 20), "the file ends within its head")
    refused(bytes:sub(1, -2), "the checksum does not fit: truncated or damaged")
    refused(bytes:sub(1, 60) .. "x" .. bytes:sub(62), "the checksum does not fit")
    refused(bytes:sub(1, 8) .. "\2" .. bytes:sub(10), "a version that is not known here")
    local map, message = sketch.load(path .. ".missing")
    assert.is_nil(map)
    assert.is_truthy(message:find("No such file", 1, true), message)
  end)

  it("are not written where they cannot be", function()
    local ok, message = sketch.save({ a = sketch({}, {}) }, path .. "/no/such")
    assert.is_nil(ok)
    assert.is_truthy(message:find("cannot write", 1, true), message)
    raises("save: expected a table {name = sketch}", sketch.save, sketch({}, {}), path)
    raises("save: a: expected a sketch", sketch.save, { a = 1 }, path)
  end)
end)
