-- Tuning against the reference's own numbers, and the promises made about real data.
local paths = require("spec.support.paths")
local reference = require("spec.support.reference")
local sy = require("steelyard")

local check = reference.check

local TASKS = { "watch_3s", "watch_30s", "watch_and_share", "watch_and_like", "watch_and_follow" }
local TARGET = { 0.30, 0.50, 0.07, 0.07, 0.06 }
local target = {}
for i, task in ipairs(TASKS) do
  target[task] = TARGET[i]
end

local function listed(map, tasks)
  local list = {}
  for i, task in ipairs(tasks or TASKS) do
    list[i] = map[task]
  end
  return list
end

local function example()
  local csv = paths.shared("reference/value_model_example.csv")
  if not csv then
    return nil
  end
  local json = paths.read(paths.shared("reference/value_model_example.json"))
  local numbers = assert(sy.json.decode(json))
  return assert(sy.dataset.read(csv, { predictions = TASKS })), numbers
end

describe("the reference's example", function()
  local data, numbers = example()

  local function each(name, run)
    for _, semantics in ipairs({ "seed", "standard" }) do
      it(name .. ", semantics " .. semantics, function()
        if not data then
          return pending("the shared reference data are not here")
        end
        run(semantics, numbers[semantics])
      end)
    end
  end

  it("is 100 items of one request", function()
    if not data then
      return pending("the shared reference data are not here")
    end
    assert.same(TASKS, data.tasks)
    assert.same({ 100, 1 }, { data.size, data.groups.count })
  end)

  each("starts from its gaps", function(semantics, wanted)
    local r = sy.tune.ndcg_gap(data, {
      target = target, method = "multiplicative", semantics = semantics, max_iterations = 0,
    })
    check({ 0.2, 0.2, 0.2, 0.2, 0.2 }, listed(r.weights))
    check(wanted.start_gaps, listed(r.values), 1e-12, "start_gaps")
    check(wanted.start_fractions, listed(r.achieved), 1e-9, "start_fractions")
    check(wanted.start_fractions, listed(r.before.achieved), 1e-9, "start_fractions")
  end)

  -- The reference reports the weights after its last update beside the gaps before it, which are
  -- those of 999 iterations; ours belong together.
  each("heuristic gap targeting", function(semantics, wanted)
    local o = { target = target, method = "multiplicative", semantics = semantics }
    local r = sy.tune.ndcg_gap(data, o)
    check(wanted.heuristic.weights, listed(r.weights), 1e-9, "weights")
    assert.same({ 1000, "iteration limit reached", false }, { r.iterations, r.reason, r.converged })
    check(wanted.heuristic.gaps, listed(r.last_update.values), 1e-9, "gaps")
    check(wanted.heuristic.fractions, listed(r.last_update.achieved), 1e-9, "fractions")
    o.max_iterations = 999
    local before = sy.tune.ndcg_gap(data, o)
    check(wanted.heuristic.gaps, listed(before.values), 1e-9, "gaps")
    check(wanted.heuristic.fractions, listed(before.achieved), 1e-9, "fractions")
    local columns = {}
    for t, task in ipairs(TASKS) do
      columns[t] = data:prediction(task):totable()
    end
    if semantics == "standard" then
      check(reference.gaps(columns, listed(r.weights)), listed(r.values), 1e-9)
    end
  end)

  each("regret minimisation", function(semantics, wanted)
    local o = { importance = target, method = "multiplicative", semantics = semantics }
    local r = sy.tune.regret(data, o)
    check(wanted.regret.weights, listed(r.weights), 1e-9, "weights")
    check(wanted.regret.regrets, listed(r.values), 1e-9, "regrets")
    assert.equal(3000, r.iterations)
  end)

  it("has the weights that are printed, to three decimals", function()
    if not data then
      return pending("the shared reference data are not here")
    end
    local o = { target = target, semantics = "seed" }
    check({ 0.269, 0.354, 0.137, 0.143, 0.097 }, listed(sy.tune.ndcg_gap(data, o).weights), 5e-4)
    o = { importance = target, semantics = "seed" }
    check({ 0.546, 0.355, 0.036, 0.032, 0.030 }, listed(sy.tune.regret(data, o).weights), 5e-4)
  end)

  it("has by definition the gaps and regrets that a slow implementation finds", function()
    if not data then
      return pending("the shared reference data are not here")
    end
    local columns = {}
    for t, task in ipairs(TASKS) do
      columns[t] = data:prediction(task):totable()
    end
    local weights = numbers.standard.regret.weights
    check(numbers.standard.regret.regrets, reference.regrets(columns, weights), 1e-9)
    check(numbers.standard.start_gaps, reference.gaps(columns, { 0.2, 0.2, 0.2, 0.2, 0.2 }), 1e-9)
  end)

  -- The reference's SLSQP compares two sorted lists and stays where it starts.
  it("is tuned to its target by slsqp and by auto", function()
    if not data then
      return pending("the shared reference data are not here")
    end
    local slsqp = sy.tune.ndcg_gap(data, { target = target, method = "slsqp" })
    check(TARGET, listed(slsqp.achieved), 0.005, "slsqp")
    assert.truthy(slsqp.method:match("^slsqp"))
    assert.is_true(slsqp.converged)
    local auto = sy.tune.ndcg_gap(data, { target = target })
    check(TARGET, listed(auto.achieved), 0.001, "auto")
    assert.same({ true, "target reached" }, { auto.converged, auto.reason })
    assert.is_true(auto.evaluations < 100)
    for _, r in ipairs({ slsqp, auto }) do
      local columns = {}
      for t, task in ipairs(TASKS) do
        columns[t] = data:prediction(task):totable()
      end
      local gaps = reference.gaps(columns, listed(r.weights))
      local sum = gaps[1] + gaps[2] + gaps[3] + gaps[4] + gaps[5]
      for t = 1, 5 do
        check(gaps[t] / sum, r.achieved[TASKS[t]], 1e-9)
        check(gaps[t], r.values[TASKS[t]], 1e-9)
      end
    end
  end)

  it("keeps five weights with regularization, two without, run ten times longer", function()
    if not data then
      return pending("the shared reference data are not here")
    end
    local o = { importance = target, method = "multiplicative", max_iterations = 30000 }
    check({ 0.553, 0.447, 0, 0, 0 }, listed(sy.tune.regret(data, o).weights), 1e-3)
    o.semantics = "seed"
    check({ 0.602, 0.398, 0, 0, 0 }, listed(sy.tune.regret(data, o).weights), 1e-3)
    for _, kind in ipairs({ "l2", "kl" }) do
      o = { importance = target, method = "multiplicative", max_iterations = 30000,
        regularization = { strength = 0.02, kind = kind } }
      local r = sy.tune.regret(data, o)
      for _, task in ipairs(TASKS) do
        assert(r.weights[task] > 0.05, kind .. " " .. task)
      end
      assert(r.weights.watch_3s > 0.3 and r.weights.watch_30s > 0.2)
      -- Stronger means nearer to where it began.
      o.regularization.strength = 2
      r = sy.tune.regret(data, o)
      for _, task in ipairs(TASKS) do
        check(0.2, r.weights[task], 0.02)
      end
    end
  end)

  it("has less weighted regret after auto than after the reference's run", function()
    if not data then
      return pending("the shared reference data are not here")
    end
    local classic = sy.tune.regret(data, { importance = target, method = "multiplicative" })
    local auto = sy.tune.regret(data, { importance = target })
    assert.is_nil(auto.residual)
    assert.is_true(auto.converged)
    assert(auto.objective < classic.objective)
    local sum = 0
    for _, task in ipairs(TASKS) do
      sum = sum + target[task] * auto.values[task]
    end
    check(sum, auto.objective)
  end)
end)

describe("the logged requests of KuaiRand", function()
  local path = paths.shared("kuairand-requests/requests.csv")
  local tasks = { "click", "long_view", "profile_enter", "comment" }
  local wanted = { click = 0.4, long_view = 0.4, profile_enter = 0.15, comment = 0.05 }

  local function read()
    local predictions, labels = {}, {}
    for _, task in ipairs(tasks) do
      predictions[task], labels[task] = "p_" .. task, task
    end
    return assert(sy.dataset.read(path, {
      group = "request_id", predictions = predictions, labels = labels,
    }))
  end

  it("are tuned to their target at k = 10, with held-out requests reported", function()
    if not path then
      return pending("the shared KuaiRand requests are not here")
    end
    local data = read()
    assert.equal(608, data.groups.count)
    for _, method in ipairs({ "auto", "slsqp", "multiplicative" }) do
      local r = sy.tune.ndcg_gap(data, { target = wanted, k = 10, holdout = 0.25, method = method })
      check(listed(wanted, tasks), listed(r.achieved, tasks), 0.01, method)
      assert.same({ 456, 152 }, { r.requests, r.holdout.requests })
      assert(r.holdout.residual < 0.06 and r.holdout.residual < r.holdout.before.residual / 2)
      assert(r.before.residual > 0.1)
      check(1, r.holdout.achieved.click + r.holdout.achieved.long_view
        + r.holdout.achieved.profile_enter + r.holdout.achieved.comment)
    end
  end)

  it("are tuned all of them, to the values that a slow implementation finds", function()
    if not path then
      return pending("the shared KuaiRand requests are not here")
    end
    local data = read()
    local r = sy.tune.ndcg_gap(data, { target = wanted, k = 10 })
    assert.is_true(r.converged)
    local columns, ids = {}, {}
    for t, task in ipairs(tasks) do
      columns[t] = data:prediction(task):totable()
    end
    for request = 1, data.groups.count do
      for row = data.groups.offsets[request] + 1, data.groups.offsets[request + 1] do
        ids[row] = request
      end
    end
    local gaps = reference.gaps(columns, listed(r.weights, tasks), { groups = ids, k = 10 })
    check(gaps, listed(r.values, tasks), 1e-9)
  end)

  it("reach regrets by their labels", function()
    if not path then
      return pending("the shared KuaiRand requests are not here")
    end
    local data = read()
    local r = sy.tune.regret(data, {
      importance = { click = 1, long_view = 1, profile_enter = 1, comment = 1 },
      gains = "labels",
      k = 10,
    })
    assert(r.objective < r.before.objective)
    -- Requests without a label of a task do not count for it.
    local scores = sy.value_model.new({ weights = r.weights }):score(data)
    local ndcg = sy.ndcg(scores, data:label("comment"),
      { groups = data.groups, k = 10 })
    check(1 - ndcg, r.values.comment, 1e-9)
  end)
end)
