-- Tuning on synthetic logs: every goal, method and option.
local paths = require("spec.support.paths")
local reference = require("spec.support.reference")
local sy = require("steelyard")

local check = reference.check

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return (message:gsub("^.-:%d+: ", ""))
end

-- A log of predictions that partly agree, and labels drawn from them.
local function make_log(o)
  o = o or {}
  local random, tasks = sy.random(o.seed or 5), o.tasks or { "a", "b", "c" }
  local predictions, labels, groups, users = {}, {}, {}, {}
  for _, task in ipairs(tasks) do
    predictions[task], labels[task] = {}, {}
  end
  for request = 1, o.requests or 50 do
    for _ = 1, o.items or 4 + random:below(16) do
      local quality = random:uniform()
      groups[#groups + 1] = request
      users[#users + 1] = request % 10
      for t, task in ipairs(tasks) do
        local p = (0.3 * quality + 0.7 * random:uniform()) * 0.5 ^ (t - 1)
        table.insert(predictions[task], p)
        table.insert(labels[task], random:uniform() < p and 1 or 0)
      end
    end
  end
  return sy.dataset.new({
    predictions = predictions, labels = labels, groups = groups, features = { user = users },
    dtype = o.dtype,
  })
end

local function columns_of(data, tasks, labels)
  local columns = {}
  for t, task in ipairs(tasks) do
    columns[t] = (labels and data:label(task) or data:prediction(task)):totable()
  end
  return columns
end

local function ids_of(data)
  local ids = {}
  for request = 1, data.groups.count do
    for row = data.groups.offsets[request] + 1, data.groups.offsets[request + 1] do
      ids[row] = request
    end
  end
  return ids
end

local function listed(map, tasks)
  local list = {}
  for i, task in ipairs(tasks) do
    list[i] = map[task]
  end
  return list
end

local function sum_of(map)
  local sum = 0
  for _, value in pairs(map) do
    sum = sum + math.abs(value)
  end
  return sum
end

local ABC = { "a", "b", "c" }
local METHODS = { "auto", "slsqp", "multiplicative" }
local TARGET = { a = 0.2, b = 0.5, c = 0.3 }

describe("tune.ndcg_gap", function()
  local data = make_log()

  it("reaches fractions by every method, at every cutoff, whatever breaks ties", function()
    for _, method in ipairs(METHODS) do
      for _, k in ipairs({ 0, 1, 5, 100 }) do
        local r = sy.tune.ndcg_gap(data, { target = TARGET, method = method, k = k })
        check(listed(TARGET, ABC), listed(r.achieved, ABC), 0.01, method .. " " .. k)
        check(1, sum_of(r.weights))
        check(1, sum_of(r.achieved))
        local gaps = reference.gaps(columns_of(data, ABC), listed(r.weights, ABC),
          { groups = ids_of(data), k = k })
        check(gaps, listed(r.values, ABC), 1e-9)
        check(r.residual, math.max(math.abs(r.achieved.a - 0.2), math.abs(r.achieved.b - 0.5),
          math.abs(r.achieved.c - 0.3)))
      end
    end
    for _, ties in ipairs({ "average", "best", "worst" }) do
      local r = sy.tune.ndcg_gap(data, { target = TARGET, ties = ties, k = 5 })
      check(listed(TARGET, ABC), listed(r.achieved, ABC), 0.001)
    end
  end)

  it("says all that it did", function()
    local r = sy.tune.ndcg_gap(data, { target = TARGET })
    assert.is_true(r.converged)
    assert.equal("target reached", r.reason)
    assert(#r.method > 0 and r.evaluations > 0 and r.iterations > 0 and #r.history > 0)
    assert.same(TARGET, r.target)
    assert.same(ABC, r.tasks)
    assert.same({ a = 1 / 3, b = 1 / 3, c = 1 / 3 }, r.initial)
    assert(r.history[#r.history] < r.history[1])
    assert.is_nil(r.holdout)
    assert.same({ "gap", "fractions", 50 }, { r.measure, r.goal, r.requests })
    assert(r.before.residual > r.residual)
  end)

  it("needs nothing where the target is met at the start", function()
    local start = sy.tune.ndcg_gap(data, { target = TARGET, max_iterations = 0,
      method = "multiplicative" })
    local r = sy.tune.ndcg_gap(data, { target = start.achieved })
    assert.same({ true, "target reached", "none needed" }, { r.converged, r.reason, r.method })
    check(1 / 3, r.weights.a)
  end)

  it("starts from an incumbent, and reports in its scale", function()
    local incumbent = { a = 2, b = 1, c = 5 }
    for _, given in ipairs({ incumbent, sy.value_model.new({ weights = incumbent }) }) do
      local r = sy.tune.ndcg_gap(data, { target = TARGET, initial = given })
      check({ 0.25, 0.125, 0.625 }, listed(r.initial, ABC))
      check(8, sum_of(r.scaled_weights))
      check(1, sum_of(r.weights))
      check(listed(TARGET, ABC), listed(r.achieved, ABC), 0.001)
    end
    -- A task the incumbent leaves out, or has at 0, can still grow.
    local r = sy.tune.ndcg_gap(data, { target = TARGET, initial = { a = 1, b = 1, c = 0 } })
    check(listed(TARGET, ABC), listed(r.achieved, ABC), 0.001)
    r = sy.tune.ndcg_gap(data, { target = TARGET, initial = { a = 1, b = 1 } })
    check(listed(TARGET, ABC), listed(r.achieved, ABC), 0.001)
  end)

  it("does not depend on the incumbent's scale", function()
    for _, method in ipairs(METHODS) do
      local r = sy.tune.ndcg_gap(data, { target = TARGET, initial = { a = 1, b = 2, c = 3 },
        method = method })
      local s = sy.tune.ndcg_gap(data,
        { target = TARGET, initial = { a = 1024, b = 2048, c = 3072 }, method = method })
      check(listed(r.weights, ABC), listed(s.weights, ABC), 1e-12)
      check(1024 * r.scaled_weights.a, s.scaled_weights.a, 1e-9)
    end
  end)

  it("keeps negative weights negative", function()
    local log = make_log({ seed = 8 })
    for _, method in ipairs(METHODS) do
      local r = sy.tune.ndcg_gap(log, {
        target = { a = 0.4, b = 0.4, c = 0.2 }, initial = { a = 1, b = 1, c = -1 }, method = method,
      })
      assert(r.weights.c < 0 and r.weights.a > 0 and r.weights.b > 0)
      check({ 0.4, 0.4, 0.2 }, listed(r.achieved, ABC), 0.01, method)
      check(1, sum_of(r.weights))
    end
  end)

  it("keeps fixed weights where they are", function()
    for _, method in ipairs(METHODS) do
      for _, fixed in ipairs({ { "a" }, { a = true, b = false } }) do
        local initial = { a = 3, b = 1, c = 1 }
        local r = sy.tune.ndcg_gap(data, { target = TARGET, initial = initial, fixed = fixed,
          method = method })
        assert.equal(3, r.scaled_weights.a)
        if method ~= "multiplicative" then
          check(listed(TARGET, ABC), listed(r.achieved, ABC), 0.005, method)
        end
        assert(r.scaled_weights.b ~= 1)
      end
    end
    local r = sy.tune.ndcg_gap(data, { target = TARGET, fixed = { "a", "b", "c" } })
    check({ 1 / 3, 1 / 3, 1 / 3 }, listed(r.weights, ABC))
    assert.is_false(r.converged)
    assert.equal("no weight is free to move", r.reason)
  end)

  it("keeps tasks without a target as the incumbent has them", function()
    local log = make_log({ tasks = { "a", "b", "c", "d" } })
    for _, method in ipairs(METHODS) do
      local r = sy.tune.ndcg_gap(log, {
        target = { a = 0.3, b = 0.7 }, initial = { a = 1, b = 1, c = 0.5, d = -2 }, method = method,
      })
      assert.equal(0.5, r.scaled_weights.c)
      assert.equal(-2, r.scaled_weights.d)
      check({ 0.3, 0.7 }, listed(r.achieved, { "a", "b" }), 0.01, method)
      local gaps = reference.gaps(columns_of(log, log.tasks), listed(r.scaled_weights, log.tasks),
        { groups = ids_of(log) })
      check(gaps[1] / (gaps[1] + gaps[2]), r.achieved.a, 1e-9)
    end
  end)

  it("keeps bounds, and says that a target is out of reach", function()
    for _, method in ipairs(METHODS) do
      local r = sy.tune.ndcg_gap(data, {
        target = TARGET, initial = { a = 1, b = 1, c = 1 },
        bounds = { b = { 0.5, 1.2 }, a = { 0.9 } },
        method = method,
      })
      assert(r.scaled_weights.b >= 0.5 and r.scaled_weights.b <= 1.2 and r.scaled_weights.a >= 0.9)
    end
    local r = sy.tune.ndcg_gap(data, {
      target = { a = 0.05, b = 0.9, c = 0.05 }, initial = { a = 1, b = 1, c = 1 },
      bounds = { a = { 0.9, 1.1 }, b = { 0.9, 1.1 }, c = { 0.9, 1.1 } },
    })
    check(1.1, r.scaled_weights.b, 1e-6)
    check(0.9, r.scaled_weights.a, 1e-6)
    assert.is_false(r.converged)
    assert.truthy(r.reason:match("^nearest point found"))
    assert(r.residual > 0.1 and r.residual < r.before.residual)
  end)

  it("answers an unreachable target with the nearest point, the reason and the residual", function()
    local twin = {}
    for i = 1, 40 do
      twin[i] = (i * 37 % 41) / 41
    end
    local log = sy.dataset.new({ predictions = { a = twin, b = twin } })
    local r = sy.tune.ndcg_gap(log, { target = { a = 0.3, b = 0.7 } })
    assert.is_false(r.converged)
    assert.truthy(r.reason:match("^nearest point found") or r.reason:match("equal"))
    check(0.7, r.residual)
  end)

  it("stops when told to, by each method", function()
    for _, method in ipairs(METHODS) do
      local calls, seen = 0, nil
      local r = sy.tune.regret(data, {
        importance = TARGET, method = method,
        progress = function(state)
          calls, seen = calls + 1, state
          return calls < 3
        end,
      })
      assert.equal(3, calls)
      assert.equal("stopped by the progress function", r.reason)
      assert.is_false(r.converged)
      check(1, sum_of(seen.weights))
      assert(seen.cost > 0 and seen.evaluations > 0 and type(seen.stage) == "string")
    end
  end)

  it("passes on an error of the progress function, and keeps the threads", function()
    local before = sy.threads()
    for _, method in ipairs({ "slsqp", "multiplicative" }) do
      local message = raised(sy.tune.ndcg_gap, data, {
        target = TARGET, method = method, threads = 2,
        progress = function()
          error("enough", 0)
        end,
      })
      assert.equal("enough", message)
      assert.equal(before, sy.threads())
    end
    sy.tune.ndcg_gap(data, { target = TARGET, threads = 2 })
    assert.equal(before, sy.threads())
  end)

  it("stops at its limits", function()
    local o = { target = TARGET, method = "multiplicative", max_iterations = 7, tolerance = 0 }
    local r = sy.tune.ndcg_gap(data, o)
    assert.same({ 7, 7, "iteration limit reached", false }, { r.iterations, #r.history, r.reason,
      r.converged })
    r = sy.tune.ndcg_gap(data, { target = TARGET, tolerance = 1e-15, max_evaluations = 60 })
    assert(r.evaluations < 60 * 3 + 5 * 60 + 10)
    assert.is_true(r.residual < 0.01)
  end)

  it("reports held-out requests, the same for the same seed", function()
    local o = { target = TARGET, holdout = 0.3, seed = 4 }
    local r, again = sy.tune.ndcg_gap(data, o), sy.tune.ndcg_gap(data, o)
    assert.same(r, again)
    assert.same({ 35, 15 }, { r.requests, r.holdout.requests })
    local tuned, held = data:split(0.3, { seed = 4 })
    local weights = listed(r.weights, ABC)
    check(reference.gaps(columns_of(held, ABC), weights, { groups = ids_of(held) }),
      listed(r.holdout.values, ABC), 1e-9)
    check(reference.gaps(columns_of(tuned, ABC), weights, { groups = ids_of(tuned) }),
      listed(r.values, ABC), 1e-9)
    check(reference.gaps(columns_of(held, ABC), { 1, 1, 1 }, { groups = ids_of(held) }),
      listed(r.holdout.before.values, ABC), 1e-9)
    check(1, sum_of(r.holdout.achieved))
    assert(r.holdout.residual > r.residual)
    o.seed = 5
    assert.are_not.same(r.holdout.values, sy.tune.ndcg_gap(data, o).holdout.values)
  end)

  it("holds out whole users", function()
    local r = sy.tune.ndcg_gap(data, { target = TARGET, holdout = 0.2, split_by = "user" })
    assert.same({ 40, 10 }, { r.requests, r.holdout.requests })
    local tuned, held = data:split(0.2, { seed = 1, by = "user" })
    local seen, shared = {}, 0
    for _, user in ipairs(tuned:column("user"):totable()) do
      seen[user] = true
    end
    for _, user in ipairs(held:column("user"):totable()) do
      shared = shared + (seen[user] and 1 or 0)
    end
    assert.equal(0, shared)
    local weights = listed(r.weights, ABC)
    check(reference.gaps(columns_of(held, ABC), weights, { groups = ids_of(held) }),
      listed(r.holdout.values, ABC), 1e-9)
  end)

  it("gives f32 predictions the same weights but for rounding", function()
    local narrow = make_log({ dtype = "f32" })
    assert.equal("f32", narrow:prediction("a").dtype)
    local r = sy.tune.ndcg_gap(data, { target = TARGET })
    local s = sy.tune.ndcg_gap(narrow, { target = TARGET })
    check(listed(r.weights, ABC), listed(s.weights, ABC), 1e-3)
    check(listed(TARGET, ABC), listed(s.achieved, ABC), 1e-3)
  end)

  it("does not depend on how tasks are called, or in which order requests stand", function()
    local renamed = {}
    for t, task in ipairs(ABC) do
      renamed[t] = { ({ "x", "y", "z" })[t], data:prediction(task) }
    end
    local r = sy.tune.ndcg_gap(data, { target = TARGET, k = 5 })
    local s = sy.tune.ndcg_gap(sy.dataset.new({ predictions = renamed, groups = data.groups }),
      { target = { x = 0.2, y = 0.5, z = 0.3 }, k = 5 })
    assert.same(listed(r.weights, ABC), listed(s.weights, { "x", "y", "z" }))
    local backwards = {}
    for request = 1, 50 do
      backwards[request] = 51 - request
    end
    local b = sy.tune.ndcg_gap(data:select(backwards), { target = TARGET, k = 5 })
    check(listed(r.weights, ABC), listed(b.weights, ABC), 1e-9)
  end)

  it("is pulled back to the incumbent by regularization", function()
    for _, kind in ipairs({ "l2", "kl" }) do
      for _, method in ipairs(METHODS) do
        local function distance(strength)
          local r = sy.tune.ndcg_gap(data, {
            target = TARGET, method = method, regularization = { strength = strength, kind = kind },
          })
          local w = r.weights
          return math.abs(w.a - 1 / 3) + math.abs(w.b - 1 / 3) + math.abs(w.c - 1 / 3)
        end
        local free, some, strong = distance(0), distance(0.3), distance(1000)
        assert(some < free and strong < some and strong < 0.01, kind .. " " .. method)
      end
    end
  end)

  it("takes the tasks' names, whatever their columns are called, or columns' names", function()
    local lines = { "id,p_one,p_two" }
    for i = 1, 60 do
      local id = math.floor(i / 10)
      lines[#lines + 1] = ("%d,%.6f,%.6f"):format(id, (i * 37 % 61) / 61, (i * 17 % 59) / 59)
    end
    local path = paths.write(paths.temporary(".csv"), table.concat(lines, "\n") .. "\n")
    local named = assert(sy.dataset.read(path,
      { group = "id", predictions = { one = "p_one", two = "p_two" } }))
    local r = sy.tune.ndcg_gap(named, { target = { one = 0.3, two = 0.7 } })
    local plain = assert(sy.dataset.read(path, { group = "id" }))
    local s = sy.tune.ndcg_gap(plain, { target = { p_one = 0.3, p_two = 0.7 } })
    paths.clean()
    assert.equal(r.weights.one, s.weights.p_one)
    check({ 0.3, 0.7 }, { r.achieved.one, r.achieved.two }, 0.01)
  end)

  it("takes two tasks and many", function()
    local r = sy.tune.ndcg_gap(data, { target = { a = 0.5, c = 0.5 } })
    assert.same({ "a", "c" }, r.tasks)
    assert.is_nil(r.weights.b)
    check({ 0.5, 0.5 }, { r.achieved.a, r.achieved.c }, 1e-3)
    local tasks, target = {}, {}
    for t = 1, 9 do
      tasks[t] = "t" .. t
      target[tasks[t]] = t / 45
    end
    local log = make_log({ tasks = tasks, requests = 30 })
    r = sy.tune.ndcg_gap(log, { target = target, k = 8 })
    assert(r.residual < 0.002)
  end)

  it("reaches what weights of any scale reach, where predictions differ a millionfold", function()
    local scaled = {}
    for t, task in ipairs(ABC) do
      local values = data:prediction(task):totable()
      for i = 1, #values do
        values[i] = values[i] * 1000 ^ (t - 1)
      end
      scaled[t] = { task, values }
    end
    local log = sy.dataset.new({ predictions = scaled, groups = data.groups })
    for _, model in ipairs({ { 1, 1e-3, 1e-6 }, { 1, 4e-3, 9e-6 }, { 1, 1.29e-2, 2.34e-6 } }) do
      local o = { initial = { a = model[1], b = model[2], c = model[3] }, fractions = TARGET,
        method = "multiplicative", max_iterations = 0, k = 5 }
      local reached = sy.tune.regret(log, o).achieved
      local r = sy.tune.regret(log, { fractions = reached, k = 5 })
      assert(r.converged, r.residual)
    end
  end)

  it("stays where there is something to measure, with weights below 0", function()
    local log = make_log({ seed = 8, requests = 3, items = 4 })
    local targets = { { a = 0.05, b = 0.05, c = 0.9 }, { a = 0.3, b = 0.3, c = 0.4 } }
    for _, incumbent in ipairs({ -1, -3, -6 }) do
      for _, method in ipairs(METHODS) do
        for _, wanted in ipairs(targets) do
          local r = sy.tune.ndcg_gap(log, { target = wanted, method = method, k = 2,
            learning_rate = 0.5, initial = { a = 1, b = 1, c = incumbent } })
          check(1, sum_of(r.weights))
          check(1, sum_of(r.achieved))
          assert(r.residual <= 1 and r.objective <= 3 and r.weights.c < 0)
        end
      end
    end
  end)

  it("leaves a task alone whose predictions order nothing", function()
    local flat = {}
    for i = 1, data.size do
      flat[i] = 0.4
    end
    local log = sy.dataset.new({ groups = data.groups, predictions = {
      { "a", data:prediction("a") }, { "b", data:prediction("b") }, { "flat", flat },
    } })
    for _, method in ipairs(METHODS) do
      local r = sy.tune.ndcg_gap(log, { target = { a = 0.4, b = 0.4, flat = 0.2 },
        method = method })
      assert.is_false(r.converged)
      check(0.2, r.residual, 1e-3)
      check(1, sum_of(r.weights))
    end
  end)

  it("refuses what makes no sense", function()
    local function refuses(message, options, log)
      assert.equal("tune.ndcg_gap: " .. message, raised(sy.tune.ndcg_gap, log or data, options))
    end
    refuses('unknown option "metod" (did you mean "method"?)', { target = TARGET, metod = "auto" })
    refuses('option "method": "newton" is not one of "auto", "multiplicative", "slsqp"',
      { target = TARGET, method = "newton" })
    refuses("target= is needed: {task = fraction, ...}", {})
    refuses("target: the fractions sum to 0.9, not to 1", { target = { a = 0.4, b = 0.5 } })
    refuses("target: at least two tasks are needed", { target = { a = 1 } })
    refuses("target.a: -0.5 is below 0", { target = { a = -0.5, b = 1.5 } })
    refuses("target.aa: the data have no such predictions (did you mean \"a\"?)",
      { target = { aa = 0.5, b = 0.5 } })
    refuses("gain: NDCG gaps are defined for linear gain only (their gains are the scores)",
      { target = TARGET, gain = "exponential" })
    refuses("bounds.a: {lowest, highest} is needed, got {2, 1}",
      { target = TARGET, bounds = { a = { 2, 1 } } })
    refuses("bounds.a: {lowest, highest} is needed, got 3", { target = TARGET, bounds = { a = 3 } })
    refuses("bounds.a: its weight stays 0.9, which is not from 0 to 0.5", { target = TARGET,
      initial = { a = 0.9, b = 1 }, fixed = { "a" }, bounds = { a = { 0, 0.5 } } })
    refuses("bounds: they leave every weight at 0", { target = TARGET,
      bounds = { a = { 0, 0 }, b = { 0, 0 }, c = { 0, 0 } } })
    refuses("tolerance: a number from 0 up is needed, got -1", { target = TARGET, tolerance = -1 })
    assert.truthy(raised(sy.tune.ndcg_gap, data, { target = TARGET, tolerance = 0 / 0 })
      :find("tolerance: a number from 0 up is needed", 1, true))
    refuses("learning_rate: a number above 0 is needed, got 0",
      { target = TARGET, learning_rate = 0 })
    refuses("split_by: it has no meaning without holdout", { target = TARGET, split_by = "user" })
    assert.truthy(raised(sy.tune.ndcg_gap, data, { target = TARGET, fixed = { "d" } })
      :match('^tune.ndcg_gap: "d" .* neither a target nor an initial weight$'))
    refuses('regularization: unknown option "strenght" (did you mean "strength"?)',
      { target = TARGET, regularization = { strenght = 1 } })
    refuses("regularization.strength: a number from 0 up is needed, got nil",
      { target = TARGET, regularization = { kind = "l2" } })
    refuses("holdout: a share from 0 to below 1 is needed, got 1", { target = TARGET, holdout = 1 })
    refuses("a data set is needed (sy.dataset.read, sy.dataset.new), got a table",
      { target = TARGET }, {})
    refuses("max_iterations: a number from 0 up is needed, got -1",
      { target = TARGET, max_iterations = -1 })
    refuses("a: no request has a score above 0 under the initial weights, so that there is no NDCG "
        .. "to lose (does a negative weight outweigh the others?)",
      { target = { a = 0.5, b = 0.5 } },
      sy.dataset.new({ predictions = { a = { 0, 0 }, b = { 0, 0 } } }))
    assert.equal('threads: a whole number from 1 to 1024 or "all" is needed, got 0',
      raised(sy.tune.ndcg_gap, data, { target = TARGET, threads = 0 }))
  end)
end)

describe("tune.regret", function()
  local data = make_log({ seed = 6 })
  local even = { a = 1, b = 1, c = 1 }

  it("lowers the importance-weighted regret, by every method", function()
    local importance = { a = 0.2, b = 0.3, c = 0.5 }
    for _, method in ipairs(METHODS) do
      for _, gains in ipairs({ "predictions", "labels" }) do
        local r = sy.tune.regret(data, { importance = importance, method = method, gains = gains,
          k = 5 })
        local columns = columns_of(data, ABC)
        local regrets = reference.regrets(columns, listed(r.weights, ABC),
          gains == "labels" and columns_of(data, ABC, true), { groups = ids_of(data), k = 5 })
        check(regrets, listed(r.values, ABC), 1e-9)
        check(0.2 * regrets[1] + 0.3 * regrets[2] + 0.5 * regrets[3], r.objective, 1e-9)
        if method ~= "multiplicative" then
          assert(r.objective < r.before.objective)
          assert.is_true(r.converged)
          assert.truthy(r.reason:match("^least point found: .* lowers it$"))
        end
        assert.is_nil(r.residual)
      end
    end
  end)

  it("finds no worse a point than a fine grid does", function()
    local importance = { a = 0.3, b = 0.7 }
    local r = sy.tune.regret(data, { importance = importance, k = 3 })
    local best, columns, ids = math.huge, columns_of(data, { "a", "b" }), ids_of(data)
    for i = 0, 50 do
      local regrets = reference.regrets(columns, { i / 50, 1 - i / 50 }, nil, { groups = ids,
        k = 3 })
      best = math.min(best, 0.3 * regrets[1] + 0.7 * regrets[2])
    end
    assert(r.objective <= best + 1e-4, r.objective .. " > " .. best)
  end)

  it("reaches fractions", function()
    local start = sy.tune.regret(data, {
      fractions = { a = 0.3, b = 0.3, c = 0.4 }, max_iterations = 0, method = "multiplicative",
    })
    local toward = sy.tune.regret(data, { importance = { a = 0.2, b = 0.2, c = 0.6 } })
    local sum, wanted = sum_of(toward.values), {}
    for _, task in ipairs(ABC) do
      wanted[task] = toward.values[task] / sum
    end
    assert(math.abs(wanted.a - start.achieved.a) > 0.01)
    for _, method in ipairs(METHODS) do
      local r = sy.tune.regret(data, { fractions = wanted, method = method })
      check(listed(wanted, ABC), listed(r.achieved, ABC), 0.01, method)
      check(1, sum_of(r.achieved))
      assert(r.residual < 0.01)
    end
  end)

  it("reaches absolute regrets", function()
    local model = sy.tune.regret(data, { importance = even, initial = { a = 1, b = 4, c = 2 },
      method = "multiplicative", max_iterations = 0 })
    for _, method in ipairs(METHODS) do
      local r = sy.tune.regret(data, { regrets = model.values, method = method,
        max_iterations = 5000 })
      check(listed(model.values, ABC), listed(r.achieved, ABC), 0.005, method)
      assert.same(r.values, r.achieved)
    end
    local r = sy.tune.regret(data, { regrets = model.values })
    assert.is_true(r.converged)
    assert(r.residual <= 5e-4)
  end)

  it("answers unreachable regrets with the nearest point and the residual", function()
    local r = sy.tune.regret(data, { regrets = { a = 0, b = 0, c = 1e-3 } })
    assert.is_false(r.converged)
    assert.truthy(r.reason:match("^nearest point found") or r.reason:match("limit"))
    assert(r.residual > 0.01)
    assert(r.objective <= r.before.objective)
    check(r.residual, math.max(r.values.a, r.values.b, math.abs(r.values.c - 1e-3)))
  end)

  it("skips requests without a label, task by task", function()
    local r = sy.tune.regret(data, { importance = even, gains = "labels", method = "multiplicative",
      max_iterations = 0, k = 2 })
    local labels, columns = columns_of(data, ABC, true), columns_of(data, ABC)
    local regrets = reference.regrets(columns, { 1, 1, 1 }, labels, { groups = ids_of(data),
      k = 2 })
    check(regrets, listed(r.values, ABC), 1e-9)
    r = sy.tune.regret(data, { importance = even, gains = "labels", method = "multiplicative",
      max_iterations = 0, k = 2, empty = "zero", gain = "exponential" })
    regrets = reference.regrets(columns, { 1, 1, 1 }, labels,
      { groups = ids_of(data), k = 2, empty = "zero", gain = "exponential" })
    check(regrets, listed(r.values, ABC), 1e-9)
  end)

  it("keeps weights from running into a corner with regularization", function()
    local importance = { a = 0.5, b = 0.45, c = 0.05 }
    local o = { importance = importance, method = "multiplicative", max_iterations = 20000 }
    local free = sy.tune.regret(data, o)
    o.regularization = { strength = 0.05 }
    local held = sy.tune.regret(data, o)
    assert(free.weights.c < 3e-3, free.weights.c)
    assert(held.weights.c > 0.03, held.weights.c)
  end)

  it("reports held-out requests, fixed weights and bounds as gap tuning does", function()
    local o = { importance = even, holdout = 0.4, initial = { a = 1, b = 1, c = 1 },
      fixed = { "b" },
      bounds = { c = { 0.7, 1.5 } }, seed = 9 }
    local r = sy.tune.regret(data, o)
    assert.same(r, sy.tune.regret(data, o))
    check(1, r.scaled_weights.b)
    assert(r.scaled_weights.c >= 0.7 and r.scaled_weights.c <= 1.5)
    local _, held = data:split(0.4, { seed = 9 })
    local ids = ids_of(held)
    check(reference.regrets(columns_of(held, ABC), listed(r.weights, ABC), nil, { groups = ids }),
      listed(r.holdout.values, ABC), 1e-9)
    assert.is_number(r.holdout.objective)
    assert.is_number(r.holdout.before.objective)
    assert.equal(20, r.holdout.requests)
  end)

  it("refuses what makes no sense", function()
    local function refuses(message, options)
      assert.equal("tune.regret: " .. message, raised(sy.tune.regret, data, options))
    end
    refuses("one of importance=, fractions= and regrets= is needed: {task = number, ...}", {})
    refuses("one of importance=, fractions= and regrets= is needed, not two",
      { importance = even, regrets = even })
    refuses("importance.a: -1 is below 0", { importance = { a = -1, b = 1 } })
    refuses("fractions: the fractions sum to 3, not to 1", { fractions = even })
    refuses('unknown option "importances" (did you mean "importance"?)', { importances = even })
    local bare = sy.dataset.new({ predictions = { a = { 1, 2 }, b = { 2, 1 } } })
    assert.truthy(raised(sy.tune.regret, bare, { importance = { a = 1, b = 1 }, gains = "labels" })
      :match('no label of "a"'))
  end)

  it("says how many requests count, which negative weights can change", function()
    -- Two requests: in the second, b outweighs a, so that no score is above 0.
    local set = sy.dataset.new({
      predictions = {
        a = { 0.9, 0.5, 0.1, 0.2 },
        b = { 0.1, 0.3, 0.9, 0.8 },
        c = { 0.2, 0.1, 0, 0 },
      },
      groups = { 1, 1, 2, 2 },
    })
    local r = sy.tune.ndcg_gap(set, {
      target = { a = 0.5, c = 0.5 },
      initial = { a = 1, b = -1, c = 1 },
      max_iterations = 0,
      method = "multiplicative",
    })
    assert.equal(2, r.requests)
    assert.same({ a = 1, b = 1, c = 1 }, r.counted)
    assert.same(r.counted, r.before.counted)
  end)
end)
