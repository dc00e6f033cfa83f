-- Value models whose weights are moved through a critic.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("a value model's critic", function()
  if not nets.here then
    it("needs a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end
  local requests = require "steelyard.critic.requests"

  -- Requests of 1 to 12 items; what an item is worth goes by the prediction of a task, a.
  local function data_of(count, seed)
    local r, columns, groups = sy.random(seed or 1), { a = {}, b = {}, c = {}, worth = {},
      answer = {}, user = {} }, {}
    for request = 1, count do
      local first = #groups + 1
      local size = r:below(12)
      for _ = 1, size do
        groups[#groups + 1] = request
        local a, b, c = r:uniform(), r:uniform(), r:uniform() / 10
        for name, value in pairs({ a = a, b = b, c = c }) do
          columns[name][#groups] = value
        end
        columns.worth[#groups] = r:uniform() < a ^ 2 and 1 or 0
        columns.user[#groups] = math.ceil(request / 3)
      end
      -- What happened under scores a + b + 5 c: the first item's a, with noise.
      local best, top = -1, nil
      for i = first, #groups do
        local score = columns.a[i] + columns.b[i] + 5 * columns.c[i]
        if score > best then
          best, top = score, i
        end
      end
      local answer = r:uniform() < columns.a[top] and 1 or 0
      for i = first, #groups do
        columns.answer[i] = answer
      end
    end
    return sy.dataset.new({
      predictions = { a = columns.a, b = columns.b, c = columns.c },
      features = { worth = columns.worth, answer = columns.answer, user = columns.user },
      groups = groups,
    })
  end
  local START = { a = 1, b = 1, c = 5 }

  it("sees features whose way back is that of finite differences", function()
    local data, r = data_of(40), sy.random(3)
    local tasks = { "a", "b", "c" }
    local side = requests.of(data, tasks, 0.7)
    local pulls = {}
    for _, name in ipairs({ "top_a", "top_b", "top_c", "entropy" }) do
      pulls[name] = sy.array(40)
      for i = 1, 40 do
        pulls[name][i] = r:normal()
      end
    end
    local function total(weights)
      local made, sum = side:features(weights), 0
      for name, pull in pairs(pulls) do
        sum = sum + sy.vector.dot(pull, made[name])
      end
      return sum
    end
    local weights = { 1, -0.7, 4 }
    local _, pull = side:features(weights)
    local by_weight, along = pull(pulls), 0
    for t = 1, 3 do
      local kept, sums = weights[t], {}
      for place, x in ipairs({ kept - 1e-5, kept + 1e-5 }) do
        weights[t] = x
        sums[place] = total(weights)
      end
      weights[t] = kept
      local expected = (sums[2] - sums[1]) / 2e-5
      check.close(expected, by_weight[t], 1e-6 * math.max(1, math.abs(expected)))
      along = along + by_weight[t] * weights[t]
    end
    check.close(0, along, 1e-10) -- weights times a number are the same model
    local made = side:features({ 1, 1, 1 })
    local again = side:features({ 3, 3, 3 })
    check.close(made.top_a[7], again.top_a[7], 1e-12)
    -- By hand.
    local sizes, a = data.groups:sizes(), data:prediction("a")
    local sum = 0
    for i = 1, sizes[1] do
      sum = sum + a[i]
    end
    check.close(sum / sizes[1], made.level_a[1])
    check.close(math.log(sizes[1]), made.log_size[1])
    local sharp = requests.of(data, tasks, 0.01):features({ 1, 1e-9, 1e-9 })
    local most = a:slice(1, sizes[1]):max()
    check.close(most, sharp.top_a[1], 0.01)
  end)

  it("moves weights to what the metric goes by", function()
    local data, other = data_of(400), data_of(400, 2)
    for _, metric in ipairs({ "ndcg@3", "mrr" }) do
      local seen = 0
      local r = sy.critic.value_model(data, { weights = START, target = metric, gains = "worth",
        by = "user", periods = 5, progress = function(entry)
          seen = seen + 1
          assert.equal(seen, entry.period)
        end })
      assert.equal(#r.history, seen)
      assert.is_true(r.weights.a / r.weights.b > 2)
      assert.is_true(r.held.best > r.held.start)
      local function measured(weights)
        return sy.metrics.measure(sy.value_model.new({ weights = weights }):score(other),
          other:column("worth"), { groups = other.groups, metrics = { metric } })[1].mean
      end
      assert.is_true(measured(r.weights) > measured(START) + 0.02)
      assert.is_true(r.trained.requests + r.held.requests <= 400)
      for task, weight in pairs(r.model.weights) do
        assert.equal(r.weights[task], weight)
      end
    end
  end)

  it("is the same again", function()
    local data = data_of(100)
    local function run()
      return sy.critic.value_model(data, { weights = START, target = "ndcg", gains = { worth = 2 },
        periods = 2, epochs = 5 }).weights
    end
    assert.same(run(), run())
  end)

  it("takes a target of one's own, and negative weights, which stay so", function()
    local data = data_of(200)
    local target = function(part, scores, weights)
      assert.equal(3, #weights)
      return sy.metrics.measure(scores, part:column("worth"),
        { groups = part.groups, metrics = { "ndcg@5" } })[1].per_request
    end
    local r = sy.critic.value_model(data, { weights = sy.value_model.new({
      weights = { a = 1, b = -1, c = 1 } }), target = target, periods = 3 })
    assert.is_true(r.weights.b < 0 and r.held.best >= r.held.start)
  end)

  it("moves once by an outcome, within the region, where the critic is worth something", function()
    local data = data_of(3000)
    local r = sy.critic.value_model(data, { weights = START, outcome = "answer", radius = 0.4 })
    assert.equal(1, #r.history)
    assert.equal(1, r.best_period)
    assert.is_true(r.weights.a > 1.2 and r.weights.a <= math.exp(0.4) + 1e-9)
    assert.is_true(r.history[1].held_mse < r.history[1].held_variance)
    -- Where the outcome is noise, nothing moves.
    local noise, random = {}, sy.random(4)
    for i = 1, data.size do
      noise[i] = random:normal()
    end
    local other = sy.dataset.new({ groups = data:column("user"),
      predictions = { a = data:prediction("a"), b = data:prediction("b"),
        c = data:prediction("c") },
      features = { answer = noise } })
    r = sy.critic.value_model(other, { weights = START, outcome = "answer", epochs = 60 })
    assert.equal(0, r.best_period)
    assert.same(START, r.weights)
  end)

  it("says what is wrong", function()
    local data = data_of(20)
    local function raises(wanted, given)
      check.raises(wanted, function()
        sy.critic.value_model(data, given)
      end)
    end
    raises("weights: expected {task = number} or a value model, got nil", {})
    raises("weights: a: expected a number that is not 0", { weights = { a = 0 } })
    raises("one of target and outcome is needed", { weights = START })
    raises("gains: a metric needs a column", { weights = START, target = "ndcg" })
    raises('gains: there is no column "worht" (did you mean "worth"?)',
      { weights = START, target = "ndcg", gains = "worht" })
    raises("gains: worth: expected a number, got \"x\"",
      { weights = START, target = "ndcg", gains = { worth = "x" } })
    raises("radius: expected a number above 0",
      { weights = START, target = "ndcg", gains = "worth", radius = 0 })
    raises("steps: expected a whole number above 0",
      { weights = START, target = "ndcg", gains = "worth", steps = 0 })
    raises("no prediction", { weights = { d = 1 }, target = "ndcg", gains = "worth" })
    raises("target: 1 numbers for ", { weights = START, target = function() return { 1 } end })
    raises("no request has a target", { weights = START, target = function(part)
      return sy.array(part.groups.count):fill(0 / 0)
    end })
    raises("differ by more than 600 temperatures",
      { weights = START, target = "ndcg", gains = "worth", temperature = 1e-6 })
    check.raises("expected a data set", function()
      sy.critic.value_model({}, {})
    end)
  end)
end)
