-- sy.calibrate.fit: methods, options, and that the order of rows does not matter.
local check = require "spec.support.check"
local core = require "steelyard.core"
local sy = require "steelyard"

local close = check.close

-- Predictions with many ties, and labels that follow another curve.
local function sample(n, seed, slope, offset)
  local random, p, y = sy.random(seed), {}, {}
  for i = 1, n do
    p[i] = math.floor(random:uniform() * 50 + 1) / 52
    local z = math.log(p[i] / (1 - p[i]))
    y[i] = random:uniform() < 1 / (1 + math.exp(-(offset + slope * z))) and 1 or 0
  end
  return p, y
end

local function text_of(calibrator)
  return core.calibrator_encode(calibrator._raw)
end

local METHODS = { "identity", "ratio", "shift", "temperature", "platt", "beta_a", "beta_am",
  "beta_ab", "beta", "quadratic", "piecewise", "centred", "isotonic", "histogram", "auto" }

describe("sy.calibrate.fit", function()
  it("gives for every method what makes its sums equal", function()
    local p, y = sample(3000, 1, 0.6, -0.4)
    local function sums(method)
      local c = sy.calibrate.fit(p, y, { method = method, smoothing = false })
      local q, whole, by_logit = c:apply(p), 0, 0
      for i = 1, #p do
        whole = whole + q[i] - y[i]
        by_logit = by_logit + (q[i] - y[i]) * math.log(p[i] / (1 - p[i]))
      end
      return whole / #p, by_logit / #p
    end
    for _, method in ipairs({ "ratio", "shift", "platt", "beta_am", "beta", "quadratic" }) do
      close(0, (sums(method)), 1e-9, method)
    end
    for _, method in ipairs({ "temperature", "platt", "beta", "quadratic" }) do
      close(0, (select(2, sums(method))), 1e-9, method)
    end
  end)

  it("finds the curve that labels follow", function()
    local p, y = sample(200000, 2, 0.6, -0.4)
    for _, method in ipairs({ "platt", "beta", "quadratic", "piecewise", "centred", "isotonic",
      "auto" }) do
      local c = sy.calibrate.fit(p, y, { method = method })
      for _, x in ipairs({ 0.1, 0.3, 0.5, 0.7, 0.9 }) do
        local z = math.log(x / (1 - x))
        close(1 / (1 + math.exp(0.4 - 0.6 * z)), c:evaluate(x), 0.02, method)
      end
    end
  end)

  it("leaves right predictions alone", function()
    local p = {}
    for i = 1, 200 do
      p[i] = i / 201
    end
    for _, method in ipairs(METHODS) do
      if method ~= "histogram" and method ~= "beta_a" then -- a ln 2p is no identity
        local c = sy.calibrate.fit(p, p, { method = method, smoothing = false })
        for _, x in ipairs({ 0.03, 0.2, 0.5, 0.77, 0.97 }) do
          -- Between knots a piecewise linear map may leave the diagonal of probabilities a little.
          close(x, c:evaluate(x), 2e-3, method)
        end
      end
    end
  end)

  it("gives the same bits for every order of rows", function()
    local p, y = sample(400, 3, 0.7, 0.2)
    local weights, hour = {}, {}
    for i = 1, #p do
      weights[i] = (i % 7 + 1) / 3
      hour[i] = i % 5
    end
    local order = core.array.range(#p)
    for _, method in ipairs({ "ratio", "platt", "beta", "quadratic", "piecewise", "centred",
      "isotonic", "histogram", "segment", "boost", "auto" }) do
      local expected
      for round = 0, 8 do
        if round > 0 then
          order = core.random(round):shuffle(core.array.range(#p))
        end
        local function moved(values)
          return core.array(values):gather(order)
        end
        local hours = moved(hour)
        local c = sy.calibrate.fit(moved(p), moved(y), { method = method, weights = moved(weights),
          features = sy.slices.values(hours, { name = "hour" }), rounds = 3,
          candidates = { "platt", "beta", "segment" } })
        expected = expected or text_of(c)
        assert.are.equal(expected, text_of(c), method)
      end
    end
  end)

  it("takes weights as rows that are there more often", function()
    local p, y = sample(300, 4, 1.3, 0)
    local weights, p2, y2 = {}, {}, {}
    for i = 1, #p do
      weights[i] = i % 3 + 1
      for _ = 1, weights[i] do
        p2[#p2 + 1], y2[#y2 + 1] = p[i], y[i]
      end
    end
    for _, method in ipairs({ "ratio", "shift", "platt", "beta", "quadratic", "centred",
      "isotonic" }) do
      local a = sy.calibrate.fit(p, y, { method = method, weights = weights })
      local b = sy.calibrate.fit(p2, y2, { method = method })
      for _, x in ipairs({ 0.05, 0.3, 0.6, 0.95 }) do
        close(b:evaluate(x), a:evaluate(x), 1e-9, method)
      end
    end
  end)

  it("is drawn to the identity by a prior", function()
    local p, y = sample(500, 5, 0.4, -1)
    for _, method in ipairs({ "ratio", "platt", "beta", "quadratic", "isotonic", "piecewise" }) do
      local free = sy.calibrate.fit(p, y, { method = method, smoothing = false }):evaluate(0.7)
      local drawn = sy.calibrate.fit(p, y, { method = method, smoothing = false,
        prior = 500 }):evaluate(0.7)
      local held = sy.calibrate.fit(p, y, { method = method, smoothing = false,
        prior = 1e9 }):evaluate(0.7)
      assert.is_true(math.abs(drawn - 0.7) < math.abs(free - 0.7), method)
      close(0.7, held, method == "piecewise" and 1e-3 or 1e-2, method)
    end
  end)

  it("undoes the sampling of negatives first", function()
    local c = sy.calibrate.fit({ 0.5, 0.5 }, { 0, 1 }, { method = "identity", rate = 0.1 })
    close(0.5 / (0.5 + 0.5 / 0.1), c:evaluate(0.5), 1e-15)
    -- Predictions of a model that kept a tenth of the negatives, of labels that have them all.
    local random, p, y = sy.random(6), {}, {}
    for i = 1, 50000 do
      local true_p = 0.02 + 0.1 * random:uniform()
      p[i] = true_p / (true_p + 0.1 * (1 - true_p))
      y[i] = random:uniform() < true_p and 1 or 0
    end
    local fitted = sy.calibrate.fit(p, y, { method = "platt", rate = 0.1 })
    close(1, fitted:parts().map.c[2], 0.1)
    close(0, fitted:parts().map.c[1], 0.3)
    local report = sy.calibrate.report(fitted:apply(p), y)
    close(1, report.ratio, 0.01)
  end)

  it("fits each task of maps and data sets", function()
    local p, y = sample(500, 7, 1, 0.5)
    local q, z = sample(500, 8, 1, -0.5)
    local by_map = sy.calibrate.fit({ a = p, b = q }, { a = y, b = z }, { method = "shift" })
    local data = sy.dataset.new({ predictions = { a = p, b = q }, labels = { a = y, b = z } })
    local by_data = sy.calibrate.fit(data, { method = "shift" })
    for task, labels in pairs({ a = y, b = z }) do
      local alone = sy.calibrate.fit(task == "a" and p or q, labels, { method = "shift" })
      assert.are.equal(text_of(alone), text_of(by_map[task]))
      assert.are.equal(text_of(alone), text_of(by_data[task]))
    end
  end)

  it("is inverted where it ascends", function()
    local p, y = sample(2000, 9, 0.7, 0.3)
    for _, method in ipairs({ "shift", "platt", "beta", "quadratic", "centred", "piecewise" }) do
      local c = sy.calibrate.fit(p, y, { method = method })
      for _, x in ipairs({ 0.15, 0.4, 0.8 }) do
        close(x, c:inverse(c:evaluate(x)), 1e-9, method)
      end
    end
  end)

  it("takes one row, one class, one value, and none", function()
    for _, rows in ipairs({ { { 0.3 }, { 1 } }, { { 0.3 }, { 0 } }, { { 0.2, 0.8 }, { 1, 1 } },
      { { 0.2, 0.8 }, { 0, 0 } }, { { 0.4, 0.4, 0.4 }, { 0, 1, 0 } }, { {}, {} },
      { { 0, 1 }, { 1, 0 } }, { { 0, 0, 1, 1 }, { 0, 0, 1, 1 } } }) do
      for _, method in ipairs(METHODS) do
        local c = sy.calibrate.fit(rows[1], rows[2], { method = method })
        for _, x in ipairs({ 0, 0.1, 0.5, 1 }) do
          local q = c:evaluate(x)
          assert.is_true(q >= 0 and q <= 1, method)
        end
        if method ~= "identity" and method ~= "auto" and method ~= "ratio" then
          local q = c:apply(rows[1])
          local scores = core.proper_scores(q, rows[2])
          assert.is_true(#rows[1] == 0 or scores.log_loss < 37, method)
        end
      end
    end
  end)

  it("learns what predictions of 0 and 1 are worth", function()
    -- Forecasts that say yes or no, and are right in 90 and 70 of 100 cases.
    local p, y = {}, {}
    for i = 1, 100 do
      p[i], y[i] = 0, i <= 10 and 1 or 0
      p[100 + i], y[100 + i] = 1, i <= 70 and 1 or 0
    end
    for _, method in ipairs({ "platt", "beta", "quadratic", "piecewise" }) do
      local c = sy.calibrate.fit(p, y, { method = method, smoothing = false, prior = 0 })
      close(0.1, c:evaluate(0), 1e-6, method)
      close(0.7, c:evaluate(1), 1e-6, method)
      assert.is_true(c:evaluate(0.001) >= c:evaluate(0), method)
      local back = core.calibrator_decode(text_of(c))
      assert.are.equal(c:evaluate(0), back:evaluate(0))
      assert.are.equal(c:evaluate(0.3), back:evaluate(0.3))
      assert.are.equal(0, (c:inverse(0.01)))
      assert.are.equal(1, (c:inverse(0.99)))
      close(0.4, c:evaluate(c:inverse(0.4)), 1e-9, method)
    end
    -- Where a prediction comes nearer to 0 than their number says, they count as that one.
    local near = sy.calibrate.fit({ 0, 0, 1e-6, 0.5, 0.5 }, { 0, 0, 0, 1, 0 }, { method = "platt" })
    assert.are.equal(1e-6, near:parts().map.p_low)
    assert.are.equal(0, near:parts().map.q_low)
    assert.are.equal(near:evaluate(1e-6), near:evaluate(0))
  end)

  it("tells what is told of the fit", function()
    local p, y = sample(800, 10, 0.5, 0)
    local c = sy.calibrate.fit(p, y, { method = "platt", note = "10 to 16 April" })
    assert.are.equal("platt", c.method)
    assert.are.equal("10 to 16 April", c.fit.note)
    assert.are.equal(800, c.fit.rows)
    assert.is_true(c.fit.log_loss.after < c.fit.log_loss.before)
    close(core.proper_scores(core.array(p), core.array(y)).log_loss, c.fit.log_loss.before, 0)
  end)

  it("says what is wrong", function()
    local function fails(pattern, ...)
      local ok, message = pcall(sy.calibrate.fit, ...)
      assert.is_false(ok)
      assert.is_truthy(message:find(pattern, 1, true), message)
    end
    fails("predictions[2]", { 0.5, 1.5 }, { 0, 1 })
    fails("predictions[1]", { 0 / 0, 0.5 }, { 0, 1 })
    fails("labels[2]", { 0.5, 0.5 }, { 0, 2 })
    fails("labels: 1 numbers for 2 predictions", { 0.5, 0.5 }, { 0 })
    fails("weights[1]", { 0.5, 0.5 }, { 0, 1 }, { weights = { -1, 1 } })
    fails('"plat" is not one of', { 0.5 }, { 0 }, { method = "plat" })
    fails('did you mean "method"', { 0.5 }, { 0 }, { metod = "platt" })
    fails("rate: 0 is not from", { 0.5 }, { 0 }, { rate = 0 })
    fails('method "segment" needs features', { 0.5 }, { 0 }, { method = "segment" })
    fails("candidates[1]", { 0.5 }, { 0 }, { candidates = { "platts" } })
    fails('"segment" needs features', { 0.5 }, { 0 }, { candidates = { "segment" } })
    fails('folds: "each" needs clusters', { 0.5 }, { 0 }, { folds = "each" })
    fails("expected slices", { 0.5 }, { 0 }, { method = "segment", features = { { 1 } } })
    fails("has 2 rows, but there are 1", { 0.5 }, { 0 },
      { method = "segment", features = { sy.slices.values({ 1, 2 }, { name = "x" }) } })
    fails("no labels of \"a\"", { a = { 0.5 } }, { b = { 0 } })
  end)
end)

describe("sy.calibrate.fit of sketches", function()
  -- Days of a log, each a sketch.
  local function days(count, rows)
    local sketches, p, y = {}, {}, {}
    for d = 1, count do
      local a, b = sample(rows, 200 + d, 0.6, -0.4)
      sketches[d] = sy.calibrate.sketch(a, b)
      for i = 1, rows do
        p[#p + 1], y[#y + 1] = a[i], b[i]
      end
    end
    return sketches, p, y
  end

  it("gives nearly what the rows give", function()
    local sketches, p, y = days(4, 2000)
    local whole = sy.calibrate.merge(sketches[1], sketches[2], sketches[3], sketches[4])
    for _, method in ipairs({ "ratio", "platt", "beta", "quadratic", "piecewise", "isotonic",
      "centred", "histogram" }) do
      local rows = sy.calibrate.fit(p, y, { method = method })
      local one = sy.calibrate.fit(whole, { method = method })
      local many = sy.calibrate.fit(sketches, { method = method })
      assert.are.equal(8000, one.fit.rows)
      for _, x in ipairs({ 0.1, 0.35, 0.6, 0.9 }) do
        close(rows:evaluate(x), one:evaluate(x), 5e-3, method)
        close(one:evaluate(x), many:evaluate(x), 1e-9, method)
      end
    end
  end)

  it("knows how much a prior weighs", function()
    local sketches, p, y = days(1, 3000)
    for _, method in ipairs({ "ratio", "platt", "isotonic" }) do
      local rows = sy.calibrate.fit(p, y, { method = method, prior = 2000 })
      local bins = sy.calibrate.fit(sketches[1], { method = method, prior = 2000 })
      for _, x in ipairs({ 0.1, 0.35, 0.6, 0.9 }) do
        close(rows:evaluate(x), bins:evaluate(x), 5e-3, method)
      end
    end
  end)

  it("chooses by days", function()
    local sketches = days(6, 1500)
    local c = sy.calibrate.fit(sketches)
    assert.are_not.equal("identity", c.method)
    assert.are.equal(9000, c.fit.rows)
    local few = sy.calibrate.fit({ sketches[1], sketches[2] }, { method = "auto" })
    assert.are.equal("each", few.fit.chosen_by.folds)
  end)

  it("says what it needs", function()
    local sketches = days(2, 50)
    local function fails(pattern, ...)
      local ok, message = pcall(sy.calibrate.fit, ...)
      assert.is_false(ok)
      assert.is_truthy(message:find(pattern, 1, true), message)
    end
    fails("needs several sketches", sketches[1])
    fails("sketches[2]: expected a sketch", { sketches[1], 3 })
    fails("are for rows", sketches, { rate = 0.1 })
  end)
end)

describe("auto", function()
  it("keeps the identity where predictions are right", function()
    local kept = 0
    for seed = 1, 40 do
      local p, y = sample(400, 100 + seed, 1, 0)
      kept = kept + (sy.calibrate.fit(p, y).method == "identity" and 1 or 0)
    end
    assert.is_true(kept >= 30, kept)
  end)

  -- Folds that were alike in labels where predictions tie would show 30 of these 40 a better map.
  it("keeps the identity where predictions are right, and tied", function()
    local kept = 0
    for seed = 1, 40 do
      local random, p, y = sy.random(seed), {}, {}
      for i = 1, 2000 do
        p[i] = (math.floor(random:uniform() * 20) + 0.5) / 20
        y[i] = random:uniform() < p[i] and 1 or 0
      end
      kept = kept + (sy.calibrate.fit(p, y).method == "identity" and 1 or 0)
    end
    assert.is_true(kept >= 34, kept)
  end)

  it("finds what is surely better", function()
    local p, y = sample(10000, 11, 0.5, -0.5)
    local c = sy.calibrate.fit(p, y)
    assert.are_not.equal("identity", c.method)
    assert.is_true(c.fit.log_loss.after < c.fit.log_loss.before - 0.01)
    assert.are.equal("identity", c.fit.candidates[1].method)
    -- There are labels enough for free maps; but not in so few clusters.
    assert.are.equal(8, #c.fit.candidates)
    local cluster = {}
    for i = 1, #p do
      cluster[i] = i % 50
    end
    assert.are.equal(6, #sy.calibrate.fit(p, y, { clusters = cluster }).fit.candidates)
  end)

  it("keeps the identity, and says why, where there is nothing to choose by", function()
    local p, y = { 0.1, 0.2, 0.3, 0.4, 0.5, 0.6 }, { 0, 1, 0, 1, 1, 1 }
    for reason, o in pairs({
      ["too few rows to choose by"] = { folds = 7 },
      ["all weights are 0"] = { weights = { 0, 0, 0, 0, 0, 0 } },
      ["one row or cluster is all that counts"] = { clusters = { 1, 1, 1, 1, 1, 1 } },
    }) do
      local c = sy.calibrate.fit(p, y, o)
      assert.are.same({ "identity", reason }, { c.method, c.fit.reason })
      assert.is_nil(c.fit.candidates)
    end
    local c = sy.calibrate.fit(p, y, { weights = { 0, 0, 1, 0, 0, 0 } })
    assert.are.equal("one row or cluster is all that counts", c.fit.reason)
  end)

  it("has a fold for every cluster, up to a thousand", function()
    local p, y, cluster = {}, {}, {}
    for i = 1, 1001 do
      p[i], y[i], cluster[i] = 0.5, i % 2, i
    end
    local _, message = pcall(sy.calibrate.compare, p, y,
      { methods = { "shift" }, clusters = cluster, folds = "each" })
    assert.is_truthy(message:find('folds: "each" is for up to 1000 clusters', 1, true), message)
  end)

  it("judges by clusters that it is told of", function()
    -- Each cluster has one label for all its 100 rows: by rows, offsets look sure.
    local random, p, y, cluster = sy.random(12), {}, {}, {}
    for c = 1, 12 do
      local label = random:uniform() < 0.5 and 1 or 0
      for _ = 1, 100 do
        p[#p + 1], y[#y + 1], cluster[#cluster + 1] = 0.5 + 0.001 * random:uniform(), label, c
      end
    end
    local list = sy.calibrate.compare(p, y,
      { methods = { "shift" }, clusters = cluster, folds = "each" })
    local alone = sy.calibrate.compare(p, y, { methods = { "shift" } })
    assert.is_true(list[2].error > 3 * alone[2].error)
    assert.are.equal("identity",
      sy.calibrate.fit(p, y, { clusters = cluster, folds = "each" }).method)
  end)
end)
