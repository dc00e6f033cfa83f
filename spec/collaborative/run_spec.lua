-- Runs: what moves an actor, phases, and going on where one was broken off.
local batch = require "steelyard.collaborative.batch"
local core = require "steelyard.core"
local objectives = require "steelyard.collaborative.objectives"
local paths = require "spec.support.paths"
local sy = require "steelyard"

local cf = sy.collaborative

-- Users of two tastes: items of their half, and some of the other.
local function sample(users, items, seed)
  local random, u, i = sy.random(seed), {}, {}
  for user = 1, users do
    local taken, n = {}, 3 + random:below(6)
    while n > 0 do
      local half = (user % 2 == 0) == (random:uniform() < 0.9) and 0 or items / 2
      local item = 1 + math.floor(half + random:uniform() ^ 2 * items / 2)
      if not taken[item] then
        taken[item], n = true, n - 1
        u[#u + 1], i[#i + 1] = user, item
      end
    end
  end
  return cf.interactions({ users = u, items = i, rows = users, columns = items })
end

local data = cf.split.strong(sample(160, 30, 1), { validation = 30, test = 30 })

local function new_run(more)
  local o = { train = data.train, validation = data.validation, metric = "ndcg@10", batch = 25,
    seed = 3 }
  for key, value in pairs(more or {}) do
    o[key] = value
  end
  return cf.run(o)
end

local function new_actor(more)
  local o = { hidden = 12, latent = 4, batch = 64, seed = 2 }
  for key, value in pairs(more or {}) do
    o[key] = value
  end
  return cf.actor("vae", data.train.columns, o)
end

local function same(a, b)
  for name, array in pairs(a) do
    assert.are.same(array:totable(), b[name]:totable(), name)
  end
end

-- The gradients of all parameters by an objective's step, as one list of arrays by name.
local function gradients_of(actor, run, rows, objective)
  actor.net:set_state({ seed = "5", passes = "0" })
  local b = batch.new(run, actor, rows, 17)
  local how = objective(b)
  local _, gradient = cf.loss.multinomial(b.scores, how.targets, { excluded = how.excluded,
    row_weights = how.row_weights, target_weights = how.target_weights })
  actor.net:backward({ scores = gradient })
  local all = {}
  for _, p in ipairs(actor.net:parameters()) do
    local g = actor.net:gradient(p.name)
    all[p.name] = g and g:copy()
  end
  return all, b
end

-- A critic that has learnt a little of an actor.
local function new_critic(run, actor, more)
  local o = { features = { "nll", "seen", "unseen" }, scale = "z", hidden = { 8, 4 }, seed = 1,
    learning_rate = 1e-2 }
  for key, value in pairs(more or {}) do
    o[key] = value
  end
  local critic = sy.critic.new(o)
  run:critic(critic, actor, { epochs = 5, passes = 2 })
  return critic
end

describe("the step through a critic", function()
  local rows = sy.array({ 1, 4, 9, 16, 25, 36 }, "i64")

  it("is the sum of the users' likelihood gradients, each times its weight", function()
    local run, actor = new_run(), new_actor({ dtype = "f64" })
    local critic = new_critic(run, actor)
    local whole, b = gradients_of(actor, run, rows, objectives.critic(critic))
    local weights = critic:weights(b:columns(critic:columns()))
    local sums = {}
    for user = 1, #rows do
      local alone = gradients_of(actor, run, rows, function(one)
        local only = sy.array.zeros(one.size)
        only[user] = 1
        return { targets = one.full, row_weights = only }
      end)
      for name, g in pairs(alone) do
        sums[name] = sums[name] or sy.array.zeros(g.shape[1], g.shape[2])
        sy.vector.accumulate(sums[name], g, weights[user] / #rows)
      end
    end
    for name, g in pairs(whole) do
      for r = 1, g.shape[1] do
        for c = 1, g.shape[2] do
          assert.is_near(sums[name]:get(r, c), g:get(r, c), 1e-12)
        end
      end
    end
  end)

  it("is what finite differences of the critic's mean value say, and not of the counts", function()
    local run, actor = new_run(), new_actor({ dtype = "f64" })
    for _, how in ipairs({ {}, { items = true, features = { "log_seen", "log_unseen" } },
      { features = { "hidden_gain", "log_unseen" } } }) do
      local critic = new_critic(run, actor, how)
      local held -- thresholds are taken as given
      local function value()
        actor.net:set_state({ seed = "5", passes = "0" })
        local b = batch.new(run, actor, rows, 17)
        local columns = b:columns(critic:columns())
        held = held or columns.thresholds and columns.thresholds:copy()
        columns.thresholds = columns.thresholds and held
        return critic:value(columns):mean()
      end
      value()
      local g = gradients_of(actor, run, rows, objectives.critic(critic))
      for _, name in ipairs({ "scores.weight", "mean.weight", "decoder.bias" }) do
        local w = actor.net:parameter(name)
        for c = 1, 3 do
          local old, h = w:get(1, c), 1e-5
          w:set(1, c, old + h)
          local up = value()
          w:set(1, c, old - h)
          local down = value()
          w:set(1, c, old)
          -- the objective is minimised
          assert.is_near(-(up - down) / (2 * h), g[name]:get(1, c), 1e-8)
        end
      end
    end
  end)

  it("does not go through the counts", function()
    local run, actor = new_run(), new_actor()
    local critic = new_critic(run, actor)
    local b = batch.new(run, actor, rows, 17)
    local slopes = critic:slopes(b:columns(critic:columns()))
    for user = 1, #rows do
      assert.are.equal(0, slopes.seen[user])
      assert.are.equal(0, slopes.unseen[user])
      assert.are_not.equal(0, slopes.nll[user])
    end
  end)
end)

describe("an objective", function()
  it("weighs users as it says", function()
    local run, actor = new_run(), new_actor()
    local b = batch.new(run, actor, sy.array({ 1, 2, 3, 4 }, "i64"), 1)
    assert.is_nil(objectives.likelihood(b).row_weights)
    for name, power in pairs({ per_item = 1, per_root_item = 0.5 }) do
      local w, sum = objectives[name](b).row_weights, 0
      for user = 1, 4 do
        sum = sum + w[user]
        local n = b.seen[user] + b.unseen[user]
        assert.is_near(w[1] * (b.seen[1] + b.unseen[1]) ^ power, w[user] * n ^ power, 1e-12)
      end
      assert.is_near(1, sum, 1e-12)
    end
    local part = { seen = sy.array({ 3, 0, 2 }), unseen = sy.array({ 0, 4, 2 }), size = 3 }
    assert.are.same({ 0, 1 / 3, 2 / 3 }, objectives.hidden(part).row_weights:totable())
    local hidden = objectives.hidden(b)
    assert.are.equal(b.unseen_items, hidden.targets)
    assert.are.equal(b.seen_items, hidden.excluded)
  end)
end)

describe("a run", function()
  it("learns, and ends where validation was best", function()
    local run, actor = new_run(), new_actor()
    local before = run:validate(actor)
    local state = run:train(actor, { epochs = 40, learning_rate = 1e-2 })
    assert.is_true(state.best_score > before + 0.1, state.best_score .. " " .. before)
    assert.are.equal(state.best_score, run:validate(actor))
    assert.are.equal(40, #state.history)
    local best = 0
    for _, entry in ipairs(state.history) do
      best = math.max(best, entry.score)
    end
    assert.are.equal(best, state.best_score)
  end)

  it("gives the same bits again", function()
    local results = {}
    for i = 1, 2 do
      local run, actor = new_run(), new_actor()
      run:train(actor, { epochs = 3, kl = 0.1 })
      local critic = new_critic(run, actor)
      run:train(actor, { epochs = 2, critic = critic, learning_rate = 1e-4, stream = 2 })
      results[i] = actor:tensors()
    end
    same(results[1], results[2])
  end)

  it("goes by the last epoch where there is nobody to validate on", function()
    local none = { fold_in = data.train:pick({}), held_out = data.train:pick({}) }
    local run, actor = new_run({ validation = none }), new_actor()
    assert.is_nil(run:validate(actor))
    local before = actor:tensors()["scores.weight"]:copy()
    local state = run:train(actor, { epochs = 2 })
    assert.is_nil(state.best_epoch)
    assert.are_not.same(before:totable(), actor:tensors()["scores.weight"]:totable())
    assert.has_error(function() cf.fine_tuning.auto(run, actor) end,
      "fine_tuning.auto: it chooses by validation, and there is none")
  end)

  it("has critics of items where a list has more places than items are left", function()
    local run, actor = new_run({ metric = "ndcg@100" }), new_actor() -- of 30 items
    local tuned = cf.fine_tuning.run(run, actor, "item_critic",
      { epochs = 2, critic_epochs = 3, passes = 2 })
    assert.are.equal(2, #tuned.history)
    assert.is_true(tuned.report.after.mse < 1)
  end)

  it("tells the signs of a critic's weights", function()
    local run, actor = new_run(), new_actor()
    for name, most in pairs({ ract_raw = 1, monotone = 0 }) do
      local tuned = cf.fine_tuning.run(run, actor, name,
        { epochs = 1, critic_epochs = 2, passes = 2 })
      assert.is_true(tuned.negative >= 0 and tuned.negative <= most, name)
    end
  end)

  it("refuses what makes no sense", function()
    assert.has_error(function()
      new_run():train(new_actor(), { objective = "hidden", critic = sy.critic.new({}) })
    end, "run:train: an objective and a critic are given: which is to move the actor?")
    assert.has_error(function() new_run():train(new_actor(), { epochs = 0 }) end,
      "run:train: epochs: expected a whole number above 0, got 0")
    assert.has_error(function() new_run():train(new_actor(), { kl = -1 }) end,
      "run:train: kl: expected a number from 0 up, got -1")
    assert.has_error(function() cf.run({}) end,
      "collaborative.run: train: expected interactions, got nil")
    assert.has_error(function() new_run():train(new_actor(), { objective = "hiden" }) end,
      'run:train: no objective is called "hiden" (did you mean "hidden"?)')
    assert.has_error(function() new_run():train({}) end,
      "run:train: actor: expected an actor, got a table")
  end)

  it("says that training diverged", function()
    local ok, message = pcall(function()
      new_run():train(new_actor(), { epochs = 30, learning_rate = 1e30 })
    end)
    assert.is_false(ok)
    assert.is_truthy(message:find("training diverged in epoch 1: ", 1, true), message)
  end)
end)

describe("a run with checkpoints", function()
  -- The whole of it; stops (raises) after so many epochs of all phases.
  local function whole(folder, stop, resume)
    local left = stop or math.huge
    local run = new_run({ checkpoint = folder, resume = resume, progress = function()
      left = left - 1
      if left < 0 then
        error("stopped", 0)
      end
    end })
    local start = new_actor()
    run:train(start, { epochs = 3, kl = 0.1 })
    local critic = sy.critic.new({ scale = "z", hidden = { 8, 4 }, seed = 1 })
    run:critic(critic, start, { epochs = 3, passes = 2 })
    local actor = start:copy()
    run:train(actor, { epochs = 3, critic = critic, learning_rate = 1e-3, stream = 2 })
    return actor, critic, run
  end

  local function folder()
    local path = paths.temporary()
    os.remove(path)
    assert(core.folder_make(path))
    return path
  end

  it("goes on to the same bits, wherever it was broken off", function()
    local actor, critic = whole(nil)
    for stop = 0, 8 do
      local path = folder()
      local ok, message = pcall(whole, path, stop)
      assert.is_false(ok)
      assert.are.equal("stopped", message)
      local again, judge, run = whole(path, nil, true)
      same(actor:tensors(), again:tensors())
      same(critic:tensors(), judge:tensors())
      run.phases:clear()
      assert(os.remove(path)) -- nothing is left in it
    end
  end)

  it("goes on where a process died between two of its files", function()
    local path, actor = folder(), whole(nil)
    pcall(whole, path, 2) -- within the first phase
    local left = paths.read(path .. "/current.safetensors")
    pcall(whole, path, 4, true) -- within the second
    paths.write(path .. "/current.safetensors", left)
    local again, _, run = whole(path, nil, true)
    same(actor:tensors(), again:tensors())
    run.phases:clear()
    assert(os.remove(path))
  end)

  it("refuses a checkpoint of another run, and a damaged one", function()
    local path = folder()
    pcall(whole, path, 1)
    local ok, message = pcall(function()
      local run = new_run({ checkpoint = path, resume = true, seed = 4 })
      run:train(new_actor(), { epochs = 3, kl = 0.1 })
    end)
    assert.is_false(ok)
    assert.is_truthy(message:find("on other data or with other options", 1, true), message)
    ok, message = pcall(function()
      new_run({ checkpoint = path, resume = true }):train(new_actor(), { epochs = 4, kl = 0.1 })
    end)
    assert.is_false(ok)
    assert.is_truthy(message:find("on other data or with other options", 1, true), message)
    -- Not asked to go on, or with another way to train.
    ok, message = pcall(whole, path)
    assert.is_false(ok)
    assert.is_truthy(message:find("resume = true goes on with it", 1, true), message)
    ok, message = pcall(function()
      new_run({ checkpoint = path, resume = true }):train(new_actor(),
        { epochs = 3, kl = 0.1, objective = "hidden" })
    end)
    assert.is_false(ok)
    assert.is_truthy(message:find("on other data or with other options", 1, true), message)
    local name = path .. "/current.safetensors"
    local file = assert(io.open(name, "rb"))
    local bytes = file:read("*a")
    file:close()
    file = assert(io.open(name, "wb"))
    file:write(bytes:sub(1, -9) .. "\1\2\3\4\5\6\7\8")
    file:close()
    ok, message = pcall(whole, path, nil, true)
    assert.is_false(ok)
    assert.is_truthy(message:find("damaged", 1, true), message)
    os.remove(name)
    os.remove(path)
  end)
end)
