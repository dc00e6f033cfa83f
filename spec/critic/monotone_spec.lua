-- Monotone critics: over random inputs, at any time of training, no user weighs less than nothing.
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("a monotone critic", function()
  if not nets.here then
    it("needs a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  local SETS = {
    { "nll" }, { "nll", "seen", "unseen" }, { "gain", "log_seen", "log_unseen" },
    { "mean_nll", "hidden_gain", "log_all" }, { "nll", "gain", "unseen" },
  }

  local function random_examples(r, n)
    local e = { nll = sy.array(n), hidden_nll = sy.array(n), seen = sy.array(n),
      unseen = sy.array(n), target = sy.array(n) }
    for i = 1, n do
      e.nll[i] = 2000 * r:uniform() ^ 2
      e.hidden_nll[i] = e.nll[i] * r:uniform()
      e.seen[i], e.unseen[i] = r:below(100), r:below(100)
      e.target[i] = r:uniform() < 0.5 and r:uniform() or e.nll[i] / 2000 -- rises, if anything
    end
    return e
  end

  it("has weights of 0 and more, and values that fall", function()
    local strict = 0
    for seed = 1, 20 do
      local r = sy.random(seed)
      local c = sy.critic.new({ features = SETS[seed % #SETS + 1], monotone = true, seed = seed,
        scale = seed % 2 == 0 and "z" or "raw", dtype = seed % 3 == 0 and "f32" or "f64",
        output = ({ "sigmoid", "softplus", "linear" })[seed % 3 + 1],
        hidden = seed % 4 == 0 and { 7 } or { 20, 9, 5 }, learning_rate = 0.01 })
      c:fit(random_examples(r, 200), { epochs = seed % 5 })
      for _ = 1, 5 do
        local e = random_examples(r, 200)
        c:step(e)
        local slopes = c:slopes(e)
        for column in pairs({ nll = 1, hidden_nll = 1 }) do
          if slopes[column] then
            assert.is_true(slopes[column]:max() <= 0, tostring(c))
            strict = strict - slopes[column]:min()
            -- A longer way.
            local before = c:value(e)
            e[column] = sy.vector.multiply(e[column], 1 + 2 * r:uniform())
            local after = c:value(e)
            for i = 1, 200 do
              assert.is_true(after[i] <= before[i] + 1e-7, tostring(c))
            end
          end
        end
      end
    end
    assert.is_true(strict > 0)
  end)

  it("learns what falls, in ways that depend on counts", function()
    local r, n = sy.random(5), 2000
    local e = { nll = sy.array(n), seen = sy.array(n), unseen = sy.array(n), target = sy.array(n) }
    for i = 1, n do
      local count, quality = 4 + r:below(100), 6 * r:uniform()
      e.seen[i], e.unseen[i] = math.floor(count / 2), count - math.floor(count / 2)
      e.nll[i] = count * (math.log(count) + 5 - quality)
      -- Steep in the middle, flat at both ends, and steeper for those with few.
      e.target[i] = 1 / (1 + math.exp(-(quality - 3) * (1 + 10 / count)))
    end
    for _, features in ipairs({ { "nll", "seen", "unseen" }, { "gain", "log_seen", "log_unseen" },
      { "mean_nll", "log_all" } }) do
      local c = sy.critic.new({ features = features, scale = "z", monotone = true,
        learning_rate = 1e-3 })
      c:fit(e, { epochs = 200 })
      local report = c:report(e)
      assert.is_true(report.correlation > 0.97, tostring(c) .. " " .. report.correlation)
      assert.equal(0, report.negative_share)
    end
  end)
end)
