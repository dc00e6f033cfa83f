-- The failure of the paper's ablation: a critic that sees the likelihood alone learns that users
-- with a large one do well, since those with many items do, and so trains the actor to be worse.
-- A critic that is monotone cannot.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"
local vector = sy.vector

describe("the actor of a critic", function()
  if not nets.here then
    it("needs a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  local USERS, ITEMS, TASTES = 300, 60, 6

  -- The more items users choose, the more of them belong to their taste, and the easier they are.
  local function histories(seed)
    local r, x = sy.random(seed), sy.array.zeros(USERS, ITEMS)
    for u = 1, USERS do
      local taste, activity = u % TASTES, r:uniform()
      for _ = 1, 4 + 26 * activity do
        local item = r:uniform() < 0.3 + 0.5 * activity and taste * 10 + r:below(10)
          or r:below(ITEMS)
        x:set(u, item, 1)
      end
    end
    return x
  end

  local ones = sy.array(ITEMS):fill(1)

  local function by_row(weights, matrix)
    return vector.multiply(vector.outer(weights, ones), matrix)
  end

  local masks = {}
  for m = 1, 8 do
    local r = sy.random(100 + m)
    masks[m] = sy.array.zeros(USERS, ITEMS)
    for u = 1, USERS do
      for i = 1, ITEMS do
        masks[m]:set(u, i, r:uniform() < 0.5 and 1 or 0)
      end
    end
  end

  -- Halves of histories: what the actor sees, and what is hidden from it.
  local function halves(x, step)
    local mask = masks[step % #masks + 1]
    return vector.multiply(x, mask), vector.multiply(x, vector.subtract(1, mask))
  end

  local function actor()
    local g = sy.net.graph()
    local h = g:tanh(g:dense(g:input("seen", ITEMS), 16, { start = "glorot" }))
    g:dense(h, ITEMS, { name = "scores", start = "glorot" })
    return g:build({ dtype = "f64", batch = USERS, seed = 3 })
  end

  -- One pass: the critic's examples, and the gradient of likelihoods, each weighed.
  local function pass(net, x, seen, hidden)
    net:forward({ seen = seen }, { training = true })
    local scores = net:value("scores"):copy()
    local exp = vector.exp(scores)
    local sums, counts = vector.times(exp, ones), vector.times(x, ones)
    local examples = {
      nll = vector.subtract(vector.multiply(counts, vector.log(sums)),
        vector.times(vector.multiply(scores, x), ones)),
      seen = vector.times(seen, ones), unseen = vector.times(hidden, ones),
    }
    vector.accumulate(scores, seen, -1000)
    local offsets = vector.multiply(sy.array.range(USERS + 1), ITEMS)
    local groups = sy.groups.from_offsets(vector.subtract(offsets, ITEMS):copy("i64"))
    local function flat(matrix)
      return sy.array.from_bytes(matrix:bytes())
    end
    local measured = sy.metrics.measure(flat(scores), flat(hidden),
      { groups = groups, metrics = { "ndcg@10" }, empty = "zero" })
    examples.target = measured[1].per_request
    return examples, measured[1].mean, function(weights)
      local by_item = vector.subtract(by_row(vector.divide(counts, sums), exp), x)
      return by_row(vector.multiply(weights, 1 / USERS), by_item)
    end
  end

  local function held_out(net)
    local x = histories(99)
    local seen, hidden = halves(x, 98)
    local _, mean = pass(net, x, seen, hidden)
    return mean
  end

  -- All three phases with a critic: NDCG of other users before the last one and behind it, the
  -- last weights, and the critic.
  local function run(options)
    local x, net, critic = histories(1), actor(), sy.critic.new(options)
    local first = sy.optimizer.adam(net, { learning_rate = 0.01 })
    for step = 1, 20 do
      local seen, hidden = halves(x, step)
      local _, _, gradient = pass(net, x, seen, hidden)
      net:backward({ scores = gradient(sy.array(USERS):fill(1)) })
      first:step()
    end
    for step = 1, 150 do
      critic:step((pass(net, x, halves(x, 1000 + step))))
    end
    local before, slow, weights = held_out(net), sy.optimizer.adam(net, { learning_rate = 1e-3 })
    for step = 1, 120 do
      local seen, hidden = halves(x, 2000 + step)
      local examples, _, gradient = pass(net, x, seen, hidden)
      weights = critic:weights(examples)
      net:backward({ scores = gradient(weights) })
      slow:step()
      critic:step(examples)
    end
    return before, held_out(net), weights, critic
  end

  local function with(given)
    given.scale, given.batch, given.learning_rate = "z", USERS, 1e-3
    return given
  end

  it("is made worse by one that sees the likelihood alone", function()
    local before, after, weights = run(with({ features = { "nll" } }))
    assert.is_true(after < before - 0.1)
    assert.is_true(weights:mean() < 0)
  end)

  it("is not by a monotone one", function()
    local before, after, weights = run(with({ features = { "nll" }, monotone = true }))
    assert.is_true(after > before - 0.01)
    assert.is_true(weights:min() >= 0)
  end)

  it("is made better by a monotone one that knows the counts", function()
    local options = with({ features = { "nll", "seen", "unseen" }, monotone = true })
    local before, after, weights = run(options)
    assert.is_true(after > before + 0.01)
    assert.is_true(weights:min() >= 0)
    check.close(after, (select(2, run(options))), 0)
  end)
end)
