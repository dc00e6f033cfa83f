-- From a critic's slopes to an actor's scores: the step through the critic is the likelihood's,
-- each user (or each hidden item) weighed; against finite differences of the critic's value.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"
local vector = sy.vector

describe("a step through a critic", function()
  if not nets.here then
    it("needs a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end
  local USERS, ITEMS, K = 12, 20, 5
  local ones = sy.array(ITEMS):fill(1)

  local function rows(weights, matrix)
    return vector.multiply(vector.outer(weights, ones), matrix)
  end

  -- Scores, and what is seen and hidden of each user; one has nothing hidden.
  local function users()
    local r, seen = sy.random(2), sy.array.zeros(USERS, ITEMS)
    local hidden = sy.array.zeros(USERS, ITEMS)
    for u = 1, USERS do
      for i = 1, ITEMS do
        if r:uniform() < 0.4 then
          local part = (u == 4 or r:uniform() < 0.5) and seen or hidden
          part:set(u, i, 1)
        end
      end
    end
    local counts = { seen = vector.times(seen, ones), unseen = vector.times(hidden, ones) }
    return nets.matrix(r, USERS, ITEMS, "f64", 2), seen, hidden, counts
  end

  -- The softmax of what is not excluded, and its logarithm.
  local function softmax(scores, excluded)
    local exp = vector.multiply(vector.exp(scores), vector.subtract(1, excluded))
    local sums = vector.times(exp, ones)
    return rows(vector.divide(1, sums), exp),
      vector.subtract(scores, vector.outer(vector.log(sums), ones))
  end

  local function nll(scores, targets, excluded)
    local _, logs = softmax(scores, excluded)
    return vector.negate(vector.times(vector.multiply(targets, logs), ones))
  end

  -- Of the sum of weighted likelihoods' losses, by scores.
  local function gradient_of(scores, targets, excluded)
    local p = softmax(scores, excluded)
    return vector.subtract(rows(vector.times(targets, ones), p), targets)
  end

  local function check_gradient(scores, value, gradient)
    for u = 1, USERS, 3 do
      for i = 1, ITEMS, 3 do
        local kept, sums = scores:get(u, i), {}
        for side, x in ipairs({ kept - 1e-5, kept + 1e-5 }) do
          scores:set(u, i, x)
          sums[side] = value()
        end
        scores:set(u, i, kept)
        local expected = -(sums[2] - sums[1]) / 2e-5
        check.close(expected, gradient:get(u, i), 1e-6 * math.max(math.abs(expected), 1e-3),
          ("user %d, item %d"):format(u, i))
      end
    end
  end

  it("is that of the likelihood, each user weighed", function()
    local scores, seen, hidden, counts = users()
    for _, o in ipairs({
      { features = { "nll", "seen", "unseen" }, scale = "raw" },
      { features = { "gain", "log_seen", "log_unseen" }, scale = "z", monotone = true },
      { features = { "hidden_gain", "log_unseen" }, scale = "z" },
    }) do
      local is_hidden = o.features[1] == "hidden_gain"
      local targets = is_hidden and hidden or vector.add(seen, hidden)
      local excluded = is_hidden and seen or sy.array.zeros(USERS, ITEMS)
      local function examples()
        return { seen = counts.seen, unseen = counts.unseen,
          [is_hidden and "hidden_nll" or "nll"] = nll(scores, targets, excluded) }
      end
      local c, e = sy.critic.new(o), examples()
      e.target = sy.array(USERS):fill(0.3)
      c:fit(e, { epochs = 30 })
      check_gradient(scores, function() return c:value(examples()):sum() end,
        rows(c:weights(e), gradient_of(scores, targets, excluded)))
    end
  end)

  it("is that of each hidden item, weighed", function()
    local scores, seen, hidden, counts = users()
    local codes, places, thresholds, kth = {}, {}, sy.array(USERS), {}
    for u = 1, USERS do
      local list = {}
      for i = 1, ITEMS do
        if hidden:get(u, i) == 1 then
          codes[#codes + 1], places[#places + 1] = u, i
        end
        list[#list + 1] = seen:get(u, i) == 0 and i or nil
      end
      table.sort(list, function(a, b) return scores:get(u, a) > scores:get(u, b) end)
      kth[u] = list[K]
    end
    -- held: thresholds stay where they are while scores move.
    local function examples(held)
      local _, logs = softmax(scores, seen)
      local e = { seen = counts.seen, unseen = counts.unseen, codes = codes,
        log_probabilities = sy.array(#codes), thresholds = thresholds }
      for n = 1, #codes do
        e.log_probabilities[n] = logs:get(codes[n], places[n])
      end
      for u = 1, held and 0 or USERS do
        thresholds[u] = logs:get(u, kth[u])
      end
      return e
    end
    local c, e = sy.critic.new({ items = true, scale = "z", monotone = true }), examples()
    e.target = sy.array(USERS):fill(0.3)
    c:fit(e, { epochs = 30 })
    local slopes, targets = c:slopes(e), sy.array.zeros(USERS, ITEMS)
    for n = 1, #codes do
      targets:set(codes[n], places[n], slopes.log_probabilities[n])
    end
    check_gradient(scores, function() return c:value(examples(true)):sum() end,
      gradient_of(scores, targets, seen))
    -- With the k-th item's slope margins are differences of scores, whose normaliser cancels.
    for u = 1, USERS do
      targets:set(u, kth[u], targets:get(u, kth[u]) + slopes.thresholds[u])
    end
    check_gradient(scores, function() return c:value(examples()):sum() end, vector.negate(targets))
  end)
end)
