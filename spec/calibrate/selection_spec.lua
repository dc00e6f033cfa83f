-- Calibration after selection: the winner's curse.
local check = require "spec.support.check"
local maps = require "spec.support.maps"
local sy = require "steelyard"

local sigmoid = maps.sigmoid
local near = check.close

-- Requests of ten items with two tasks. noise: how much the logits of both predictions of an item
-- are off, together: the model is wrong about the item, not about one task.
local function log_of(seed, requests, noise)
  local random = sy.random(seed)
  local log = { a = {}, b = {}, click = {}, like = {}, ids = {}, scores = {} }
  for i = 1, requests * 10 do
    local za, zb, error_ = random:normal() - 1, random:normal() - 2, noise * random:normal()
    log.ids[i] = math.floor((i - 1) / 10) + 1
    log.a[i], log.b[i] = sigmoid(za + error_), sigmoid(zb + error_)
    log.click[i] = random:uniform() < sigmoid(za) and 1 or 0
    log.like[i] = random:uniform() < sigmoid(zb) and 1 or 0
    log.scores[i] = log.a[i] + 3 * log.b[i]
  end
  return log
end

describe("calibration after selection", function()
  it("has closed forms: ratios by rank, expected labels by the piecewise map", function()
    local p, y = { 0.2, 0.8, 0.2, 0.8, 0.5 }, { 1, 1, 0, 1, 0 }
    local s = sy.calibrate.report(p, y, {
      selection = { scores = { 5, 4, 1, 2, 3 }, groups = { 1, 1, 2, 2, 2 }, k = 2 },
    }).selection
    local map = sy.calibrate.fit(p, y, { method = "piecewise", knots = 128, prior = 2 })
    local low, middle, high = map:evaluate(0.2), map:evaluate(0.5), map:evaluate(0.8)
    assert.are.equal(2, s.k)
    local first, second = s.slots[1], s.slots[2]
    assert.are.equal(2, first.n)
    near(0.35, first.mean_prediction) -- rows 1 and 5
    near(0.5, first.mean_label)
    near((low + middle) / 2, first.expected_label)
    near(0.7, first.ratio)
    near(0.7 / (low + middle), first.expected_ratio)
    near(low + middle, first.inflation)
    near(0.8, second.mean_prediction) -- rows 2 and 4
    near(high, second.inflation)
    assert.are.equal(4, s.n)
    near((low + middle + 2 * high) / 3, s.inflation)
    near(first.ratio / first.expected_ratio, first.inflation)
  end)

  -- The isotonic regression is 5% too high where it ends: there it is a greatest mean.
  it("expects of exact predictions on top what they say, on average", function()
    local random, expected, said = sy.random(7), 0, 0
    for _ = 1, 100 do
      local p, y, ids = {}, {}, {}
      for i = 1, 2000 do
        p[i] = 0.4 * random:uniform() ^ 3
        y[i], ids[i] = random:uniform() < p[i] and 1 or 0, i % 100
      end
      local s = sy.calibrate.report(p, y, { selection = { scores = p, groups = ids, k = 1 } })
      expected = expected + s.selection.expected_label
      said = said + s.selection.mean_prediction
    end
    near(1, expected / said, 0.02)
  end)

  it("finds items that both predictions are too high for on top", function()
    local log = log_of(2, 1500, 1)
    local r = sy.calibrate.report({ a = log.a, b = log.b }, { a = log.click, b = log.like },
      { selection = { scores = log.scores, groups = log.ids, k = 3 } })
    for _, task in ipairs { "a", "b" } do
      local s = r.reports[task].selection
      assert.is_true(s.slots[1].inflation > 1.03, task)
      assert.is_true(s.inflation_low > 1, task)
    end
    local deciles = r.reports.a.selection.deciles
    assert.is_true(deciles[10].inflation > 1.03 and deciles[3].inflation < 1)
  end)

  it("finds none where predictions are exact", function()
    local log = log_of(2, 600, 0)
    local r = sy.calibrate.report({ a = log.a, b = log.b }, { a = log.click, b = log.like },
      { confidence = 0.999, selection = { scores = log.scores, groups = log.ids, k = 3 } })
    for _, task in ipairs { "a", "b" } do
      local s = r.reports[task].selection
      assert.is_true(s.inflation_low < 1 and 1 < s.inflation_high, task)
      near(1, s.inflation, 0.06, task)
      near(1, s.ratio, 0.12, task)
    end
  end)

  it("counts items of equal scores with the ranks that they may have", function()
    local p, y = { 0.2, 0.4, 0.6 }, { 0, 1, 1 }
    local s = sy.calibrate.report(p, y, { selection = { scores = { 1, 1, 1 }, k = 3 } }).selection
    for _, slot in ipairs(s.slots) do
      near(1, slot.weight)
      near(0.4, slot.mean_prediction)
      near(2 / 3, slot.mean_label)
    end
    assert.are.equal(1, #s.deciles)
    assert.are.equal(3, s.deciles[1].n)
    local weighted = sy.calibrate.report(p, y, {
      weights = { 2, 0, 1 }, selection = { scores = { 1, 1, 0 }, k = 1 },
    }).selection
    near(0.2, weighted.mean_prediction)
    near(1, weighted.weight)
  end)

  it("cuts scores into tenths that equal scores are not parted by", function()
    local p, y, scores = {}, {}, {}
    for i = 1, 100 do
      p[i], y[i], scores[i] = 0.5, i % 2, i
    end
    local s = sy.calibrate.report(p, y, { selection = { scores = scores } }).selection
    assert.are.equal(10, #s.deciles)
    assert.are.equal(10, s.k)
    for d, decile in ipairs(s.deciles) do
      assert.are.same({ d, 10, 10 * d }, { decile.decile, decile.n, decile.to })
      assert.are.equal(d == 1 and 1 or 10 * d - 10, decile.above)
    end
    for i = 1, 100 do
      scores[i] = i <= 55 and 0 or i
    end
    s = sy.calibrate.report(p, y, { selection = { scores = scores } }).selection
    assert.are.equal(55, s.deciles[1].n)
    assert.are.equal(6, #s.deciles)
  end)

  it("takes a value model and the requests of a data set", function()
    local log = log_of(3, 50, 0.5)
    local set = sy.dataset.new({
      predictions = { a = log.a, b = log.b }, labels = { a = log.click, b = log.like },
      features = { s = log.scores }, groups = log.ids,
    })
    local vm = sy.value_model.new({ weights = { a = 1, b = 3 } })
    local expected = sy.calibrate.report(log.a, log.click, {
      selection = { scores = log.scores, groups = log.ids, k = 2 },
    }).selection
    local by_model = sy.calibrate.report(set, { selection = { value_model = vm, k = 2 } })
    local by_column = sy.calibrate.report(set, { selection = { scores = "s", k = 2 } })
    for _, key in ipairs { "n", "ratio", "inflation", "inflation_low" } do
      near(expected[key], by_model.reports.a.selection[key], 1e-12, key)
      assert.are.equal(expected[key], by_column.reports.a.selection[key])
    end
  end)

  it("tells what is wrong with what is given", function()
    local function refused(message, selection)
      assert.has_error(function()
        sy.calibrate.report({ 0.5, 0.5 }, { 0, 1 }, { selection = selection })
      end, message)
    end
    refused("selection: expected scores or a value_model, got nil", {})
    refused("selection.scores: 1 numbers for 2 rows", { scores = { 1 } })
    refused('selection.scores: expected an array or a table of numbers, got "s"', { scores = "s" })
    refused("selection.k: expected a whole number from 1 up, got 0", { scores = { 1, 2 }, k = 0 })
    refused('calibrate.report: selection: unknown option "ks" (did you mean "k"?)',
      { scores = { 1, 2 }, ks = 0 })
    refused("selection.value_model: it scores a data set; give scores instead",
      { value_model = sy.value_model.new({ weights = { a = 1 } }) })
    refused("selection.value_model: expected a value model, got a table", { value_model = {} })
    refused("groups: they are of 1 rows, but there are 2", { scores = { 1, 2 }, groups = { 1 } })
  end)
end)
