-- What once hung, read freed memory or went on with nonsense: the raw bindings of calibration under
-- inputs that nobody means.
local core = require("steelyard.core")
local sy = require("steelyard")

local nan, inf = 0 / 0, math.huge

local function raises(pattern, f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok, pattern)
  assert.is_truthy(tostring(message):find(pattern, 1, true), message)
end

describe("calibration under adverse inputs", function()
  it("keeps a drawn curve's predictions when the curve it came from is gone", function()
    local p, y = {}, {}
    for i = 1, 50000 do
      p[i], y[i] = i / 50000, i % 2
    end
    local drawn = core.curve_toward_identity(core.curve(p, y), 10)
    for _ = 1, 3 do
      collectgarbage()
      core.array.zeros(300000)
    end
    local arrays = drawn:arrays()
    assert.are.equal(50000, #arrays.p)
    for i = 1, 50000, 997 do
      assert.are.equal(p[i], arrays.p[i])
    end
  end)

  it("draws labels to no more than the weight", function()
    local drawn = core.curve_toward_identity(core.curve({ 1, 0.7 }, { 1, 1 }, { 0.1, 0.3 }), 0.7)
    local arrays = drawn:arrays()
    for i = 1, #arrays.w do
      assert.is_true(arrays.y[i] <= arrays.w[i])
    end
    raises("rows: expected a number from 0 to 1e18", core.curve_toward_identity, drawn, 1e19)
  end)

  it("gives a loss of NaN for NaN", function()
    local losses = core.row_losses({ nan, 0.5 }, { 1, 1 }, "log_loss")
    assert.is_true(losses[1] ~= losses[1] and losses[2] == losses[2])
  end)

  it("keeps ids beyond 2^53 apart", function()
    if not math.type then
      return -- integers of 64 bits are no numbers there
    end
    local ids = core.array({ 2 ^ 53, 2 ^ 53 }, "i64")
    ids[2] = math.tointeger(2 ^ 53) + 1
    local _, dealt = core.deal_folds({ ids }, true, 2, 1)
    assert.are.equal(2, dealt)
  end)

  it("ends where a score is NaN", function()
    local first, last = core.selection_places({ nan, nan }, { 1, 2 }, { 0, 2 })
    assert.are.equal(1, first[1])
    assert.are.equal(2, last[2])
  end)

  it("refuses sizes that no memory has", function()
    for _, count in ipairs({ 2 ^ 31, 2 ^ 61, 2 ^ 62 }) do
      raises("too many", core.segment_compact, {}, count, 1)
      raises("too many", core.segment_split, {}, count)
      raises("too many", core.fit_offsets, {}, {}, nil, {}, count, 1)
    end
    raises("resamples", core.segment_maxima, {}, nil, {}, {}, 1e9, 1)
    raises("bits: expected 1 to 12", core.sketch, {}, {}, nil, 2 ^ 32 + 7)
  end)

  it("refuses counts that a gamma function never ends for", function()
    raises("not finite numbers from 0 up", core.segment_prior, { 1 }, { -1e18 })
    raises("not finite numbers from 0 up", core.segment_prior, { inf }, { 1 })
  end)

  it("refuses weights whatever stands before them", function()
    local p, y, w = {}, {}, {}
    for i = 1, 600 do
      p[i], y[i], w[i] = 0.5, 1, 1e100
    end
    w[600] = inf
    raises("weights[600]", core.proper_scores, p, y, w)
    w[600] = nan
    raises("weights[600]", core.proper_scores, p, y, w)
  end)

  it("tells no error of a ratio that there is not, and refuses infinite sums", function()
    local change = core.scale_change({ 1, -1 }, { 1, 1 })
    assert.are.equal(inf, change.ratio)
    assert.is_true(change.error ~= change.error)
    raises("not finite", core.scale_change, { 1, inf }, { 1, 1 })
    raises("request 2 is not finite", core.request_sums, { 1, 1.7e308, 1.7e308 }, { 0, 1, 3 })
    raises("is no cell", core.request_sums, { 1 }, { 0, 1 }, { 0 }, 2 ^ 40)
  end)

  it("refuses evidence and drifts that are none", function()
    local evidence = {}
    for i = 1, 12 do
      evidence[i] = 0
    end
    local drift = core.drift_step(nil, evidence)
    drift[1] = -1
    raises("drift[1]", core.drift_tell, drift)
    evidence[3] = nan
    raises("evidence[3]", core.drift_step, nil, evidence)
  end)

  it("keeps fits of the heaviest rows from 0 and 1", function()
    local w = { 1e100, 1e100, 1e100 }
    local curve = core.curve({ 0.1, 0.5, 0.9 }, { 0, 1, 1 }, w)
    for _, map in ipairs({ core.fit_isotonic(curve, "plain"), core.fit_isotonic(curve, "centred"),
      core.fit_histogram(curve, 3, 0) }) do
      for i = 1, #map.y do
        assert.is_true(map.y[i] > 0 and map.y[i] < 1)
      end
    end
  end)

  it("scales by no more than a calibrator takes", function()
    for _, p in ipairs({ 1e-310, 5e-324 }) do
      local map = core.fit_scale(core.curve({ p }, { 1 }))
      assert.are.equal(1, core.calibrator_new({ method = "ratio", map = map }):evaluate(1))
    end
  end)

  it("finds offsets of heavy rows and of plateaus", function()
    -- One row of 1e99 against a prior, which takes its sigmoid to 1; and labels between -40 and 40.
    local offsets = core.fit_offsets({ 0, 0 }, { 1, 0 }, { 1e99, 1 }, { 0, 0 }, 1, 1)
    assert.is_true(offsets[1] > 36 and offsets[1] < 40)
    offsets = core.fit_offsets({ -40, 40 }, { 0, 1 }, nil, { 0, 0 }, 1, inf)
    assert.is_true(math.abs(offsets[1]) < 40)
    -- What a cell gets does not depend on others.
    local both = core.fit_offsets({ 0, 0, 1, 1 }, { 1, 0, 1, 0 }, { 1e99, 1, 2, 1 },
      { 0, 0, 1, 1 }, 2, 1)
    local alone = core.fit_offsets({ 1, 1 }, { 1, 0 }, { 2, 1 }, { 0, 0 }, 1, 1)
    assert.are.equal(alone[1], both[2])
  end)

  it("refuses maps whose square overflows and whose ends cross", function()
    local function new(more)
      local map = { kind = "logistic", rate = 1, c = { 0, 1, 1, 0.1 }, z_low = -9, z_high = 9 }
      for key, value in pairs(more) do
        map[key] = value
      end
      return core.calibrator_new({ method = "quadratic", map = map })
    end
    assert.is_truthy(new({ p_low = 0.5, q_low = 0.5 }))
    raises("z_low", new, { z_low = -1e200 })
    raises("p_low", new, { p_low = 1e-17, q_low = 1 })
  end)

  it("inverts maps that are level at their ends", function()
    local map = { kind = "logistic", rate = 1, c = { 0.8, 1.16, 0, 0 }, z_low = -6.5, z_high = 6.1,
      p_low = 0.0015, q_low = 0.002 }
    local one = core.calibrator_new({ method = "beta", map = map })
    for _, p in ipairs({ 0.00151, 0.00157, 0.3, 0.99, 0.9979 }) do
      assert.is_true(math.abs(one:inverse(one:evaluate(p)) - p) < 1e-12)
    end
  end)

  it("refuses a pipe instead of waiting for it", function()
    local path = os.tmpname()
    os.remove(path)
    os.execute("mkfifo " .. path)
    local file, message = core.sketches_load(path)
    os.remove(path)
    assert.is_nil(file)
    assert.is_truthy(message:find("not a regular file", 1, true), message)
  end)

  it("reads a model of many calibrated tasks in no time", function()
    local weights, list = {}, {}
    for i = 1, 3000 do
      weights[i] = ('"task %d": 1'):format(i)
      list[i] = ('"task %d": {"map": {"kind": "scale", "factor": 1}}'):format(i)
    end
    local text = ('{"weights": {%s}, "calibrators": {%s}}'):format(table.concat(weights, ","),
      table.concat(list, ","))
    local start = os.clock()
    assert(core.value_model_parse(text))
    assert.is_true(os.clock() - start < 1.5)
    local model, message = core.value_model_parse((text:gsub('"calibrators": {"task 1"',
      '"calibrators": {"tosk 1"')))
    assert.is_nil(model)
    assert.is_truthy(message:find("there is no weight of this task", 1, true), message)
  end)

  it("fits of the public face are finite for rows that hurt", function()
    local p, y, w = {}, {}, {}
    for i = 1, 200 do
      p[i] = i % 5 == 0 and 0 or i % 7 == 0 and 1 or 10 ^ -(i % 40)
      y[i], w[i] = (i * 7 % 11) / 10, 10 ^ (i % 201 - 100)
    end
    for _, method in ipairs({ "ratio", "platt", "beta", "quadratic", "piecewise", "isotonic",
      "centred", "histogram" }) do
      local fitted = sy.calibrate.fit(p, y, { method = method, weights = w })
      for _, q in ipairs(fitted:apply(p):totable()) do
        assert.is_true(q >= 0 and q <= 1, method)
      end
    end
  end)
end)
