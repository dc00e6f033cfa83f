-- The calibration report: overall, by feature, the worst segment, what may be given.
local check = require "spec.support.check"
local output = require "steelyard.cli.output"
local sy = require "steelyard"

local near = check.close

-- Clicks that happen as predicted, with two features; the features' codes start at 1.
local function log_of(seed, n, rate)
  local random = sy.random(seed)
  local log = { p = {}, y = {}, a = {}, b = {} }
  for i = 1, n do
    log.p[i] = rate * 2 * random:uniform()
    log.y[i] = random:uniform() < log.p[i] and 1 or 0
    log.a[i], log.b[i] = random:below(5), random:below(4)
  end
  return log
end

local function permuted(list, order)
  local out = {}
  for i = 1, #order do
    out[i] = list[order[i]]
  end
  return out
end

describe("the report", function()
  it("has the bucket table and the error of the reference's README", function()
    local r = sy.calibrate.report({ 0.03, 0.08, 0.15, 0.22, 0.27 },
      { 0.12, 0.15, 0.18, 0.21, 0.23 }, { buckets = 5 })
    near(0.24, r.ece.seed)
    near(0.24 / 5, r.ece.mass15)
    assert.are.equal(5, #r.buckets)
    for i, expected in ipairs {
      { 0.03, 0.12, 0.09 }, { 0.08, 0.15, 0.07 }, { 0.15, 0.18, 0.03 }, { 0.22, 0.21, 0.01 },
      { 0.27, 0.23, 0.04 },
    } do
      local bucket = r.buckets[i]
      near(expected[1], bucket.mean_prediction)
      near(expected[2], bucket.mean_label)
      near(expected[3], bucket.difference)
      assert.are.equal(1, bucket.n)
    end
    near(0.09, r.maximum_error)
  end)

  it("has closed forms on four rows", function()
    local r = sy.calibrate.report({ 0.2, 0.2, 0.6, 0.6 }, { 0, 1, 1, 1 })
    assert.are.equal(4, r.n)
    near(0.4, r.mean_prediction)
    near(0.75, r.mean_label)
    near(0.4 / 0.75, r.ratio)
    assert.is_true(r.ratio_low < r.ratio and r.ratio < r.ratio_high)
    near((0.04 + 0.64 + 2 * 0.16) / 4, r.brier)
    near(-(math.log(0.8) + math.log(0.2) + 2 * math.log(0.6)) / 4, r.log_loss)
    near(0.125, r.brier - r.mcb) -- isotonic: 1/2, 1/2, 1, 1
    near(0.75 * 0.25, r.unc)
    near(r.brier, r.mcb - r.dsc + r.unc)
    near(r.log_loss, r.log_loss_mcb - r.log_loss_dsc + r.log_loss_unc)
    for _, name in ipairs { "guo15", "mcgrad40", "umc100", "mass15" } do
      near((0.3 + 0.4) / 2, r.ece[name], 1e-12, name)
    end
    near(0.7, r.ece.seed)
    near((0.5 + 1 + 1) / 3, r.auc)
    assert.are.equal(0, #r.by)
    assert.is_nil(r.selection)
  end)

  it("tells conventions apart at the edges of bins", function()
    -- 1/5 is an edge of 15 and of 100 bins: right-closed bins have it with 0.19, others with 0.205.
    local p, y = { 0.195, 0.2, 0.205 }, { 0.195, 0.3, 0.105 }
    local r = sy.calibrate.report(p, y)
    near(0.1 / 3 * 2, r.ece.guo15)
    near(0, r.ece.umc100)
    near(0, r.ece.mcgrad40)
  end)

  it("counts weights as replicas, but not as evidence", function()
    local log = log_of(1, 200, 0.3)
    local w, p2, y2 = {}, {}, {}
    for i = 1, 200 do
      w[i] = 1 + i % 3
      for _ = 1, w[i] do
        p2[#p2 + 1], y2[#y2 + 1] = log.p[i], log.y[i]
      end
    end
    local weighted = sy.calibrate.report(log.p, log.y, { weights = w })
    local replicas = sy.calibrate.report(p2, y2)
    for _, key in ipairs { "weight", "mean_prediction", "mean_label", "ratio", "brier", "log_loss",
      "mcb", "dsc", "unc", "auc", "normalised_entropy" } do
      near(replicas[key], weighted[key], 1e-12, key)
    end
    for name, value in pairs(replicas.ece) do
      near(value, weighted.ece[name], 1e-12, name)
    end
    assert.are.equal(200, weighted.n)
    assert.are.equal(#p2, replicas.n)
    assert.is_true(weighted.ratio_high - weighted.ratio_low
      > replicas.ratio_high - replicas.ratio_low)
  end)

  it("does not see the order of rows, to a bit", function()
    local log = log_of(2, 400, 0.2)
    local random, weights, scores, ids = sy.random(3), {}, {}, {}
    for i = 1, 400 do
      log.p[i] = math.floor(log.p[i] * 25) / 25 -- heavy ties
      weights[i] = random:below(3) / 2
      scores[i] = random:below(4)
      ids[i] = i % 40
    end
    local function report(order)
      local function moved(list)
        return order and permuted(list, order) or list
      end
      return output.json(sy.calibrate.report(moved(log.p), moved(log.y), {
        weights = moved(weights), by = { a = moved(log.a), b = moved(log.b) },
        selection = { scores = moved(scores), groups = moved(ids), k = 3 },
      }))
    end
    local expected = report()
    for _ = 1, 20 do
      assert.are.equal(expected, report(random:shuffle(sy.array.range(400))))
    end
  end)

  it("takes several tasks, as maps and as a data set, each as if it were alone", function()
    local one, two = log_of(4, 120, 0.3), log_of(5, 120, 0.1)
    local by = { a = one.a }
    local alone = {
      click = sy.calibrate.report(one.p, one.y, { by = by }),
      like = sy.calibrate.report(two.p, two.y, { by = by }),
    }
    local both = sy.calibrate.report({ like = two.p, click = one.p },
      { click = one.y, like = two.y }, { by = by })
    assert.are.same({ "click", "like" }, both.tasks)
    local set = sy.dataset.new({
      predictions = { { "like", two.p }, { "click", one.p } },
      labels = { click = one.y, like = two.y }, features = { a = one.a, y = one.y },
    })
    local of_set = sy.calibrate.report(set, { by = "a" })
    assert.are.same({ "like", "click" }, of_set.tasks)
    local chosen = sy.calibrate.report(set, { labels = { click = "y" }, by = { "a" } })
    assert.are.same({ "click" }, chosen.tasks)
    for task, expected in pairs(alone) do
      assert.are.equal(output.json(expected), output.json(both.reports[task]))
      assert.are.equal(output.json(expected), output.json(of_set.reports[task]))
    end
    assert.are.equal(output.json(alone.click), output.json(chosen.reports.click))
  end)

  it("takes what knows its curve in place of rows", function()
    local core = require "steelyard.core"
    local log = log_of(6, 100, 0.3)
    local sketch = setmetatable({}, { __index = { curve = function()
      return core.curve(log.p, log.y)
    end } })
    assert.are.equal(output.json(sy.calibrate.report(log.p, log.y)),
      output.json(sy.calibrate.report(sketch)))
    assert.are.same({ "x" }, sy.calibrate.report({ x = sketch }).tasks)
    assert.has_error(function() sy.calibrate.report(sketch, nil, { by = { a = log.a } }) end,
      "by: sketches do not know features; make one for each segment")
    assert.has_error(function() sy.calibrate.report(sketch, nil, { weights = log.p }) end,
      "weights: sketches have theirs already")
    assert.has_error(function()
      sy.calibrate.report(sketch, nil, { selection = { scores = log.p } })
    end, "selection: sketches do not know which rows were selected")
  end)

  it("tells what is wrong with what is given", function()
    local function refused(message, ...)
      local arguments, n = { ... }, select("#", ...)
      assert.has_error(function()
        sy.calibrate.report((table.unpack or unpack)(arguments, 1, n)) -- luacheck: ignore
      end, message)
    end
    refused("predictions[2]: 1.5 is not from 0 to 1", { 0.5, 1.5 }, { 0, 1 })
    refused("labels[1]: NaN is not from 0 to 1", { 0.5, 0.5 }, { 0 / 0, 1 })
    refused("labels: 1 numbers for 2 rows", { 0.5, 0.5 }, { 1 })
    refused("labels: expected an array or a table of numbers, got nil", { 0.5, 0.5 })
    refused("predictions.a[1]: -1 is not from 0 to 1", { a = { -1 } }, { a = { 1 } })
    refused('labels: there are none of task "a"', { a = { 1 } }, {})
    refused("labels: expected a map {task = numbers} as the predictions are, got a table",
      { a = { 1 } }, { 1 })
    refused('labels: no predictions of task "like" (did you mean "like2"?)', { like2 = { 1 } },
      { like2 = { 1 }, like = { 1 } })
    refused("weights[1]: -1 is no weight, which is a finite number from 0 up", { 0.5 }, { 1 },
      { weights = { -1 } })
    refused("weights: expected an array or a table of numbers, got \"w\"", { 0.5 }, { 1 },
      { weights = "w" })
    refused('calibrate.report: unknown option "bucket" (did you mean "buckets"?)', { 0.5 }, { 1 },
      { bucket = 3 })
    refused("calibrate.report: buckets: expected 1 to 100000, got 0", { 0.5 }, { 1 },
      { buckets = 0 })
    refused("calibrate.report: depth: expected 1 to 2, got 3", { 0.5 }, { 1 }, { depth = 3 })
    refused("calibrate.report: confidence: expected a number between 0 and 1, got 1", { 0.5 },
      { 1 }, { confidence = 1 })
    refused('by: expected slices (sy.slices), a list of them or a map by name, got 3', { 0.5 },
      { 1 }, { by = 3 })
    refused('by[1]: expected slices (sy.slices), got "a"', { 0.5 }, { 1 }, { by = { "a" } })
    refused("slices: a has 2 rows, but there are 1", { 0.5 }, { 1 }, { by = { a = { 1, 2 } } })
    refused("slices: rank: only slices by value and cut at edges are known without requests",
      { 0.5 }, { 1 }, { by = sy.slices.rank({ 1 }) })
    refused('calibrate.report: option "labels" is for data sets', { 0.5 }, { 1 },
      { labels = { a = "b" } })
    local set = sy.dataset.new({ predictions = { a = { 0.5 } } })
    refused("calibrate.report: the data set has no labels (option labels = {task = column})", set)
    refused('the data set has no column "b" (did you mean "a"?)', set, { labels = { a = "b" } })
    refused('labels: the data set has no predictions of "aa" (did you mean "a"?)', set,
      { labels = { aa = "a" } })
  end)

  it("is a text with all of its parts", function()
    local log = log_of(7, 300, 0.2)
    local both = sy.calibrate.report({ p = log.p }, { p = log.y }, {
      by = { a = log.a }, selection = { scores = log.p, k = 2 }, resamples = 9,
    })
    local text = both:text()
    for _, part in ipairs {
      "^p\n300 rows, mean prediction 0%.", "\nratio      ", "\nBrier      ", "\nlog loss   ",
      "\nECE        guo15 0%.", "\nbucket +predictions +mean prediction", "\nby a: field%-RCE 0%.",
      "\nworst segments of 5 looked at; p of all: all labels drawn 9 times",
      "\nafter selection", "\nrank +rows", "\nscore up to +rows",
    } do
      assert.is_truthy(text:find(part), part .. "\n" .. text)
    end
    assert.is_truthy(sy.calibrate.report(log.p, log.y, { by = { a = log.a }, resamples = 0 }):text()
      :find("Kuiper's tail and Holm's correction", 1, true))
    local none = sy.calibrate.report({}, {})
    assert.are.equal(0, none.n)
    assert.is_truthy(none:text():find("^0 rows, mean prediction %-, mean label %-\n"))
  end)
end)

describe("by feature", function()
  it("has closed forms", function()
    local r = sy.calibrate.report({ 0.2, 0.4, 0.5, 0.1 }, { 1, 0, 1, 0 },
      { by = { f = { "x", "x", "y", "z" } } })
    local field = r.by[1]
    assert.are.equal("f", field.name)
    local x, y, z = field.values[1], field.values[2], field.values[3]
    assert.are.same({ "x", "y", "z", 2, 1, 1 }, { x.value, y.value, z.value, x.n, y.n, z.n })
    near(0.6, x.ratio)
    near(0.5, y.ratio)
    assert.are.equal(math.huge, z.ratio)
    near((2 * 0.4 + 1 * 0.5) / 3, field.field_rce)
    near((2 * 0.2 + 0.5 + 0.1) / 4, field.field_ece.umc)
    -- Buckets of one row each: x is off by 0.8 and 0.4.
    near((0.6 + 0.5 + 0.1) / 3, field.field_ece.desc3)
    near((2 * 0.6 + 0.5 + 0.1) / 4, field.field_ece.desc3_weighted)
    near(field.field_ece.desc3, field.field_ece.desc10)
  end)

  -- gauravchak/calibration_arch_in_ranking_mtml, tests/test_feature_based_calibration.py: squares
  -- of differences of means, summed over both groups and all tasks.
  it("has the errors that the reference's tests expect", function()
    local function sum_of_squares(predictions, labels, feature)
      local r = sy.calibrate.report(predictions, labels,
        { by = sy.slices.cut(feature, { 0.5 }, { name = "active" }) })
      local sum = 0
      for _, task in ipairs(r.tasks) do
        local values = r.reports[task].by[1].values
        assert.are.equal(2, #values)
        for _, value in ipairs(values) do
          sum = sum + (value.mean_prediction - value.mean_label) ^ 2
        end
      end
      return sum
    end
    near(0.66, sum_of_squares({ a = { 0.1, 0.3, 0.5 }, b = { 0.2, 0.4, 0.6 } },
      { a = { 0, 0, 1 }, b = { 1, 1, 0 } }, { 0.01, 0.8, 0.99 }))
    near(0.17, sum_of_squares({ a = { 0.1, 0.5, 0.7 } }, { a = { 0, 1, 1 } }, { 0.01, 0.8, 0.9 }))
  end)

  it("is of each value what a report of its rows is", function()
    local log = log_of(8, 500, 0.3)
    local r = sy.calibrate.report(log.p, log.y, { by = sy.slices.cut(log.a, { 1, 3 }) })
    local p, y = {}, {}
    for i = 1, 500 do
      if log.a[i] > 1 and log.a[i] <= 3 then
        p[#p + 1], y[#y + 1] = log.p[i], log.y[i]
      end
    end
    local alone, value = sy.calibrate.report(p, y), r.by[1].values[2]
    assert.are.equal("above 1 up to 3", value.value)
    for _, key in ipairs { "n", "weight", "mean_prediction", "mean_label", "ratio", "ratio_low",
      "ratio_high", "kuiper", "kuiper_log_p" } do
      assert.are.equal(alone[key], value[key], key)
    end
  end)

  it("leaves out rows whose value is NaN", function()
    local r = sy.calibrate.report({ 0.5, 0.5 }, { 1, 0 }, { by = { f = { 0 / 0, 2 } } })
    assert.are.equal(1, #r.by[1].values)
    assert.are.equal("2", r.by[1].values[1].value)
  end)

  it("shrinks the ratios of sparse values to the overall one, and of others hardly", function()
    local random, p, y, f = sy.random(9), {}, {}, {}
    local function add(value, n, true_ratio)
      for _ = 1, n do
        p[#p + 1] = 0.1
        y[#y + 1] = random:uniform() < 0.1 / true_ratio and 1 or 0
        f[#f + 1] = value
      end
    end
    for v = 1, 6 do
      add(v, 5000, v % 2 == 0 and 2 or 0.5)
    end
    add(7, 3, 1)
    local r = sy.calibrate.report(p, y, { by = { f = f } })
    local values = r.by[1].values
    assert.is_true(r.by[1].shrinkage.labels < 100)
    for v = 1, 6 do
      near(1, values[v].shrunk_ratio / values[v].ratio, 0.02, v)
    end
    near(1, values[7].shrunk_ratio / r.ratio, 0.25)
    assert.are.equal(math.huge, values[7].ratio)
  end)

  it("shrinks all to the overall ratio where values differ by no more than chance", function()
    local p, y, f = {}, {}, {}
    for i = 1, 80 do
      p[i], y[i], f[i] = 0.25, i % 4 == 0 and 1 or 0, math.floor((i - 1) / 8)
    end
    local field = sy.calibrate.report(p, y, { by = { f = f } }).by[1]
    assert.are.equal(math.huge, field.shrinkage.labels)
    for _, value in ipairs(field.values) do
      near(1, value.shrunk_ratio)
    end
    near(0, field.field_rce_smoothed)
  end)
end)

describe("the worst segment", function()
  it("is found where one was planted, among features and their intersections", function()
    local random, p, y, a, b = sy.random(10), {}, {}, {}, {}
    for i = 1, 6000 do
      p[i] = 0.2 * random:uniform()
      a[i], b[i] = random:below(6), ({ "de", "fr", "it", "pl" })[random:below(4)]
      local wrong = a[i] == 3 and b[i] == "it"
      y[i] = random:uniform() < p[i] * (wrong and 2.5 or 1) and 1 or 0
    end
    local found = sy.calibrate.report(p, y, { by = { a = a, b = b } })
    local worst = found.segments.worst[1]
    assert.are.same({ "a", "b" }, worst.by)
    assert.are.same({ "3", "it" }, worst.value)
    assert.are.equal("a = 3, b = it", worst.segment)
    assert.is_true(worst.adjusted_p <= 0.01 and worst.ratio < 0.7)
    assert.are.equal(6 + 4 + 24, found.segments.looked_at)
    local flat = sy.calibrate.report(p, y, { by = { a = a, b = b }, depth = 1 })
    assert.are.equal(10, flat.segments.looked_at)
    assert.are.equal(1, #flat.segments.worst[1].by)
  end)

  -- How often the worst of 29 segments of data that is right is called wrong at 5 %.
  local function alarms(runs, o, rate)
    local count = 0
    for run = 1, runs do
      local log = log_of(1000 + run, 250, rate)
      o.by, o.seed = { a = log.a, b = log.b }, run
      local worst = sy.calibrate.report(log.p, log.y, o).segments.worst[1]
      count = count + (worst.adjusted_p <= 0.05 and 1 or 0)
    end
    return count
  end

  it("is called wrong in five of a hundred where all is right, rare labels too #slow", function()
    for _, rate in ipairs { 0.3, 0.02 } do
      local count = alarms(120, { resamples = 99 }, rate)
      assert.is_true(count >= 1 and count <= 6 + 4 * 2.4, ("%d of 120"):format(count))
    end
  end)

  it("is called wrong no more often by Kuiper's tail and Holm #slow", function()
    for _, rate in ipairs { 0.3, 0.02 } do
      local count = alarms(120, { resamples = 0 }, rate)
      assert.is_true(count <= 6 + 4 * 2.4, ("%d of 120"):format(count))
    end
  end)

  it("has p-values that grow with how many were looked at, in step with the deviation", function()
    local log = log_of(11, 400, 0.2)
    for _, resamples in ipairs { 0, 199 } do
      local s = sy.calibrate.report(log.p, log.y, {
        by = { a = log.a, b = log.b }, resamples = resamples,
      }).segments
      assert.are.equal(resamples > 0 and "simulation" or "holm", s.method)
      for i = 2, #s.worst do
        assert.is_true(s.worst[i].deviation <= s.worst[i - 1].deviation)
        assert.is_true(s.worst[i].adjusted_p >= s.worst[i - 1].adjusted_p)
      end
    end
  end)

  it("is not looked for among segments with few rows", function()
    local r = sy.calibrate.report({ 0.5, 0.5, 0.1 }, { 1, 0, 1 },
      { by = { f = { 1, 1, 2 } }, least = 2 })
    assert.are.equal(1, r.segments.looked_at)
    assert.is_nil(r.by[1].values[2].adjusted_p)
    assert.is_number(r.by[1].values[1].adjusted_p)
    local none = sy.calibrate.report({ 0.5 }, { 1 }, { by = { f = { 1 } } })
    assert.are.equal(0, none.segments.looked_at)
    assert.is_string(none:text())
  end)
end)
