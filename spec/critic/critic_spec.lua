-- Critics: their values, slopes and steps.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("a critic", function()
  if not nets.here then
    it("needs a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  -- Users whose metric falls with the likelihood by item and rises with how many items they have.
  local function users(n, seed)
    local r = sy.random(seed or 1)
    local e = { nll = sy.array(n), hidden_nll = sy.array(n), seen = sy.array(n),
      unseen = sy.array(n), target = sy.array(n) }
    for i = 1, n do
      local count, quality = math.floor(4 + 100 * r:uniform() ^ 3), r:uniform()
      e.seen[i] = math.floor(count / 2)
      e.unseen[i] = count - e.seen[i]
      e.nll[i] = count * (4 + 4 * quality)
      e.hidden_nll[i] = e.nll[i] * (0.4 + 0.2 * r:uniform())
      e.target[i] = math.max(0, 0.8 - 0.6 * quality + 0.2 * (r:uniform() - 0.5))
    end
    return e
  end

  local FEATURES = { "nll", "seen", "unseen", "all", "mean_nll", "gain", "log_seen", "log_unseen",
    "log_all", "hidden_nll", "hidden_mean_nll", "hidden_gain" }

  -- (C(x + h) - C(x - h)) / 2h of one number of one column.
  local function difference(c, e, column, i, h, given)
    local kept, sums = e[column][i], {}
    for side, x in ipairs({ kept - h, kept + h }) do
      e[column][i] = x
      sums[side] = c:value(e, given):sum()
    end
    e[column][i] = kept
    return (sums[2] - sums[1]) / (2 * h)
  end

  it("learns a metric, and has weights that say who gains", function()
    local e = users(1000)
    for _, o in ipairs({
      { scale = "raw" }, { scale = "z" }, { scale = "z", dtype = "f32" }, { scale = "batch_norm" },
      { scale = "z", monotone = true },
      { features = { "gain", "log_seen", "log_unseen" }, scale = "z", monotone = true },
    }) do
      o.learning_rate, o.batch = 1e-3, 250
      local c = sy.critic.new(o)
      local history = c:fit(e, { epochs = 40 })
      assert.equal(40, #history)
      assert.is_true(history[40].mse < history[1].mse / 2, tostring(c))
      local report = c:report(e)
      assert.is_true(report.correlation > 0.7, tostring(c))
      assert.is_true(report.mse < report.variance, tostring(c))
      if o.scale ~= "batch_norm" then
        assert.is_true(report.negative_share < 0.2, tostring(c))
      end
    end
  end)

  it("has the slopes of finite differences", function()
    local e = users(40)
    for _, o in ipairs({
      { features = FEATURES, scale = "z" }, { features = FEATURES, scale = "raw" },
      { features = { "gain", "log_all", "nll" }, scale = "z", monotone = true },
      { features = { "hidden_gain", "log_unseen" }, scale = "z", output = "softplus" },
      { features = { "nll" }, scale = "z", output = "linear" },
      { features = { "nll", "seen", "unseen" }, scale = "batch_norm" },
    }) do
      o.hidden = { 12, 8, 5 }
      local c = sy.critic.new(o)
      c:fit(e, { epochs = 3 })
      local slopes = c:slopes(e)
      for _, column in ipairs({ "nll", "hidden_nll" }) do
        for i = 1, slopes[column] and 40 or 0, 7 do
          local expected = difference(c, e, column, i, 1e-4 * e[column][i],
            { training = o.scale == "batch_norm" })
          check.close(expected, slopes[column][i], 1e-6 * math.max(math.abs(expected), 1e-2),
            ("%s: %s %d"):format(tostring(c), column, i))
        end
      end
      for _, column in ipairs({ "seen", "unseen" }) do
        for i = 1, slopes[column] and 40 or 0 do
          assert.equal(0, slopes[column][i])
        end
      end
    end
  end)

  it("has weights of a batch that sum to zero where batch norm is of the batch", function()
    local e = users(300)
    local c = sy.critic.new({ scale = "batch_norm", batch = 300, learning_rate = 1e-3 })
    c:fit(e, { epochs = 100 })
    local before = c.net:parameter("normed.mean"):copy()
    local weights = c:weights(e)
    check.close(0, weights:sum(), 1e-9 * sy.vector.abs(weights):sum())
    assert.is_true(c:report(e).negative_share > 0.1) -- so some users are pushed the wrong way
    assert.is_true(before == c.net:parameter("normed.mean")) -- looking changes nothing
  end)

  it("sees what the reference's does, divided by the root of 1.001", function()
    local c, e = sy.critic.new({ hidden = { 4 } }), users(20)
    c:value(e)
    for i = 1, 20 do
      local row = c.net:value("features")[i]
      for j, column in ipairs({ "nll", "seen", "unseen" }) do
        check.close(e[column][i] / math.sqrt(1.001), row[j], 1e-12 * e[column][i])
      end
    end
    assert.equal(11521, c.net.layers and (function()
      local count = 0
      for _, p in ipairs(sy.critic.new({}).net:parameters()) do
        count = count + p.rows * p.columns
      end
      return count
    end)())
  end)

  it("keeps the statistics of the first examples that it saw", function()
    local e, other = users(100, 1), users(100, 2)
    local c = sy.critic.new({ scale = "z" })
    c:step(e)
    local mean, deviation = c.mean:copy(), 1 / c.factor[1]
    check.close(e.nll:mean(), mean[1], 1e-9)
    local sum = 0
    for i = 1, 100 do
      sum = sum + (e.nll[i] - mean[1]) ^ 2
    end
    check.close(math.sqrt(sum / 100), deviation, 1e-9)
    c:step(other)
    assert.is_true(c.mean == mean)
  end)

  it("adds l2 of all parameters, a batch's share of it", function()
    local e = users(50)
    local c = sy.critic.new({ hidden = { 3 }, l2 = 0.5, batch = 50, scale = "z" })
    local function loss()
      local sum = 0
      for name, array in pairs(c.net:tensors()) do
        sum = sum + (name:find("%.") and sy.vector.square(array):sum() or 0)
      end
      return sy.vector.square(sy.vector.subtract(c:value(e), e.target)):mean() + 0.5 / 50 * sum
    end
    c:step(e)
    local weight = c.net:parameter("hidden_1.weight")
    local kept, sums = weight:get(2, 3), {}
    for side, x in ipairs({ kept + 1e-5, kept - 1e-5 }) do
      weight:set(2, 3, x)
      sums[side] = loss()
    end
    weight:set(2, 3, kept)
    local expected = (sums[1] - sums[2]) / 2e-5
    local first = c.optimizer:tensors()["hidden_1.weight.first"]:get(2, 3)
    c:step(e)
    local now = c.optimizer:tensors()["hidden_1.weight.first"]:get(2, 3)
    check.close(expected, (now - 0.9 * first) / 0.1, 1e-6 * math.abs(expected) + 1e-9)
  end)

  it("sees features of one's own", function()
    local e = users(30)
    e.entropy = sy.array(30)
    for i = 1, 30 do
      e.entropy[i] = 1 + i % 7
    end
    local root = {
      name = "root", sense = -1,
      value = function(x) return sy.vector.sqrt(x.nll) end,
      slope = { nll = function(x) return sy.vector.divide(0.5, sy.vector.sqrt(x.nll)) end },
    }
    local c = sy.critic.new({ scale = "z", hidden = { 8, 4 },
      features = { "gain", root, { name = "entropy", sense = 1 },
        { name = "seen", moves = false } },
      monotone = true })
    c:fit(e, { epochs = 20 })
    local slopes = c:slopes(e)
    for i = 1, 30, 4 do
      for _, column in ipairs({ "nll", "entropy" }) do
        local expected = difference(c, e, column, i, 1e-5)
        check.close(expected, slopes[column][i], 1e-6 * math.max(math.abs(expected), 1e-3))
      end
      assert.equal(0, slopes.seen[i])
      assert.is_true(slopes.entropy[i] >= 0 and slopes.nll[i] <= 0)
    end
    assert.is_true(c:weights(e, "entropy")[1] == -slopes.entropy[1])
  end)

  it("goes through examples in batches, and through none", function()
    local e = users(130)
    local c = sy.critic.new({ scale = "z", batch = 50 })
    local history = c:fit(e, { epochs = 2, validation = users(70, 5) })
    assert.equal(6, c.steps)
    assert.is_true(history[2].validation > 0)
    local all, slopes = c:value(e), c:slopes(e).nll
    local one = { nll = e.nll:slice(120, 120), seen = e.seen:slice(120, 120),
      unseen = e.unseen:slice(120, 120) }
    check.close(c:value(one)[1], all[120], 1e-12)
    check.close(c:slopes(one).nll[1], slopes[120], 1e-12)
    assert.equal(0, #c:value({ nll = {}, seen = {}, unseen = {} }))
    local seen = {}
    c:fit(e, { epochs = 3, progress = function(entry) seen[#seen + 1] = entry.epoch end })
    assert.same({ 3, 4, 5 }, seen)
  end)

  it("takes a request without hidden items, and users without items", function()
    local e = { nll = { 0, 3 }, hidden_nll = { 0, 0 }, seen = { 0, 2 }, unseen = { 0, 0 },
      target = { 0, 0 } }
    local c = sy.critic.new({ features = FEATURES, scale = "z" })
    assert.is_true(c:step(e) >= 0)
    assert.equal(2, #c:weights(e))
  end)
end)
