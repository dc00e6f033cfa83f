-- Critics that see each hidden item: their slopes by its log-probability.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("an item-level critic", function()
  if not nets.here then
    it("needs a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  -- Users with hidden items in any order; the metric is the share of them above the threshold.
  local function users(n, seed)
    local r = sy.random(seed or 1)
    local e = { seen = sy.array(n), unseen = sy.array(n), thresholds = sy.array(n),
      target = sy.array(n), nll = sy.array(n) }
    local codes, logs = {}, {}
    for u = 1, n do
      e.seen[u], e.unseen[u], e.thresholds[u] = r:below(20), r:below(8) - 1, -7 + r:normal() / 2
      local above = 0
      for _ = 1, e.unseen[u] do
        local log = -6.5 + 1.5 * r:normal()
        codes[#codes + 1], logs[#logs + 1] = u, log
        above = above + (log > e.thresholds[u] and 1 or 0)
        e.nll[u] = e.nll[u] - log
      end
      e.target[u] = above / math.max(e.unseen[u], 1)
    end
    local order = sy.array.range(#codes)
    r:shuffle(order)
    e.codes = sy.array(codes, "i32"):gather(order)
    e.log_probabilities = sy.array(logs):gather(order)
    return e
  end

  local function difference(c, e, column, i, h)
    local kept, sums = e[column][i], {}
    for side, x in ipairs({ kept - h, kept + h }) do
      e[column][i] = x
      sums[side] = c:value(e):sum()
    end
    e[column][i] = kept
    return (sums[2] - sums[1]) / (2 * h)
  end

  it("has the slopes of finite differences", function()
    local e = users(60)
    for _, o in ipairs({
      { items = true, scale = "z" }, { items = true, scale = "raw", monotone = true },
      { items = { centres = { 0, 1 }, width = 0.25 }, features = {}, scale = "z", monotone = true },
      { items = true, features = { "nll", "seen", "unseen" }, scale = "z" },
    }) do
      local c = sy.critic.new(o)
      c:fit(e, { epochs = 20 })
      local slopes = c:slopes(e)
      assert.equal(#e.codes, #slopes.log_probabilities)
      for column, step in pairs({ log_probabilities = 7, thresholds = 9 }) do
        for i = 1, #slopes[column], step do
          local expected = difference(c, e, column, i, 1e-5)
          check.close(expected, slopes[column][i], 1e-6 * math.max(math.abs(expected), 1e-2),
            ("%s: %s %d"):format(tostring(c), column, i))
        end
      end
      if o.monotone then
        assert.is_true(slopes.log_probabilities:min() >= 0)
        assert.is_true(slopes.thresholds:max() <= 0)
      end
    end
  end)

  it("pulls most at those near the threshold", function()
    local e = users(2000)
    local c = sy.critic.new({ items = true, scale = "z", monotone = true, learning_rate = 1e-3 })
    c:fit(e, { epochs = 60 })
    assert.is_true(c:report(e).correlation > 0.95)
    local slopes = c:slopes(e).log_probabilities
    local near, far, near_count, far_count = 0, 0, 0, 0
    for i = 1, #e.codes do
      local margin = math.abs(e.log_probabilities[i] - e.thresholds[e.codes[i]])
      if margin < 0.3 then
        near, near_count = near + slopes[i], near_count + 1
      elseif margin > 1.5 then
        far, far_count = far + slopes[i], far_count + 1
      end
    end
    assert.is_true(near / near_count > 4 * far / far_count)
  end)

  it("takes items in any order, and none", function()
    local e = users(50)
    local c = sy.critic.new({ items = true, scale = "z" })
    c:fit(e, { epochs = 2 })
    local values, slopes = c:value(e), c:slopes(e).log_probabilities
    local order = sy.array.range(#e.codes)
    sy.random(9):shuffle(order)
    e.codes, e.log_probabilities = e.codes:gather(order), e.log_probabilities:gather(order)
    local again, by_item = c:value(e), c:slopes(e).log_probabilities
    for u = 1, 50 do
      check.close(values[u], again[u], 1e-12)
    end
    for i = 1, #order do
      check.close(slopes[order[i]], by_item[i], 1e-12)
    end
    e.codes, e.log_probabilities = {}, {}
    assert.equal(50, #c:value(e))
    assert.equal(0, #c:slopes(e).log_probabilities)
    assert.equal(50, #c:slopes(e).thresholds)
  end)

  it("says what is wrong with items", function()
    local e = users(10)
    local c = sy.critic.new({ items = true })
    local codes = e.codes
    e.codes = nil
    check.raises_here("critic:step: the examples have no codes", c.step, c, e)
    e.codes = { 1, 2 }
    check.raises_here("codes: 2 numbers, but log_probabilities has", c.step, c, e)
    e.codes = codes
    e.log_probabilities[3] = 0 / 0
    check.raises_here("log_probabilities: row 3 is not a number", c.step, c, e)
    check.raises_here('unknown option "centre" (did you mean "centres"?)', sy.critic.new,
      { items = { centre = { 1 } } })
    check.raises_here("items: no centres", sy.critic.new, { items = { centres = {} } })
    check.raises_here("items: width: expected a number above 0", sy.critic.new,
      { items = { width = 0 } })
  end)
end)
