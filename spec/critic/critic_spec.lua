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
end)
