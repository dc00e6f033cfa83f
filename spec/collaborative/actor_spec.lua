-- Actors: their shapes, their losses' gradients against finite differences, copies, files, and the
-- same scores without a BLAS.
local batch = require "steelyard.collaborative.batch"
local light = require "steelyard.collaborative.light"
local mask = require "steelyard.collaborative.mask"
local objective = require "steelyard.objective"
local paths = require "spec.support.paths"
local sy = require "steelyard"

local cf = sy.collaborative
local ITEMS = 9

-- Some users with two to six of nine items.
local function sample(users, seed)
  local random, u, i = sy.random(seed), {}, {}
  for user = 1, users do
    local list = random:shuffle(sy.array.range(ITEMS))
    for k = 1, 2 + user % 5 do
      u[#u + 1], i[#i + 1] = user, list[k]
    end
  end
  return cf.interactions({ users = u, items = i, rows = users, columns = ITEMS })
end

local function small(kind, more)
  local o = { latent = 3, dtype = "f64", batch = 8, seed = 5 }
  if kind ~= "wmf" and kind ~= "warp" and kind ~= "linear_vae" and kind ~= "shallow_dae" then
    o.hidden = 4
  end
  for key, value in pairs(more or {}) do
    o[key] = value
  end
  return cf.actor(kind, ITEMS, o)
end

-- The loss of a batch: the actor's own by user, in the mean, and the divergence.
local function loss_of(actor, run, rows, beta)
  actor.net:set_state({ seed = "11", passes = "0" })
  local b = batch.new(run, actor, rows, 3)
  local values = cf.loss[actor.loss](b.scores, b.full,
    { gradient = false, positive = actor.positive })
  local sum = values:sum() / b.size
  if actor.variational then
    sum = sum + beta * objective.losses.gaussian_kl(actor.net:value("latent"), nil,
      { gradient = false })
  end
  return sum, b
end

local function gradients(actor, run, rows, beta)
  local _, b = loss_of(actor, run, rows, beta)
  local _, gradient = cf.loss[actor.loss](b.scores, b.full, { positive = actor.positive })
  local pulls = { scores = gradient }
  if actor.variational then
    local _, kl = objective.losses.gaussian_kl(actor.net:value("latent"), nil, { factor = beta })
    pulls.latent = kl
  end
  actor.net:backward(pulls)
end

describe("an actor", function()
  local x = sample(8, 2)
  local rows = sy.array({ 1, 2, 3, 5, 8 }, "i64")
  local run = { users = x, keep = 0.6, seed = 4, metric = "ndcg@3" }

  for _, kind in ipairs({ "vae", "dae", "shallow_dae", "wmf", "linear_vae", "gaussian_vae" }) do
    it("has the gradient that finite differences have: " .. kind, function()
      local actor, beta, worst, looked = small(kind), 0.3, 0, 0
      gradients(actor, run, rows, beta)
      local kept = {}
      for _, p in ipairs(actor.net:parameters()) do
        kept[p.name] = actor.net:gradient(p.name):copy()
      end
      for _, p in ipairs(actor.net:parameters()) do
        local w = actor.net:parameter(p.name)
        for r = 1, p.rows do
          for c = 1, p.columns, 2 do
            local old, h = w:get(r, c), 1e-5
            w:set(r, c, old + h)
            local up = loss_of(actor, run, rows, beta)
            w:set(r, c, old - h)
            local down = loss_of(actor, run, rows, beta)
            w:set(r, c, old)
            local numeric, exact = (up - down) / (2 * h), kept[p.name]:get(r, c)
            worst = math.max(worst, math.abs(numeric - exact) / math.max(1, math.abs(exact)))
            looked = looked + 1
          end
        end
      end
      assert.is_true(looked > 40)
      assert.is_true(worst < 1e-7, ("%g"):format(worst))
    end)
  end

  it("scores every item of every history, in parts where there are many", function()
    local actor = small("vae", { batch = 3 })
    local scores = actor:scores(x:bag())
    assert.are.same({ 8, ITEMS }, { scores.shape[1], scores.shape[2] })
    local kept = scores:copy()
    for row = 1, 8 do
      local one = actor:scores(x:pick(sy.array({ row }, "i64")):bag())
      for j = 1, ITEMS do
        assert.is_near(kept:get(row, j), one:get(1, j), 1e-6)
      end
    end
  end)

  it("reads a history as a row of length 1, whatever its weights", function()
    local bag = mask(x:bag(), { keep = 1, normalize = true })
    for row = 1, 8 do
      local sum = 0
      for e = bag.offsets[row] + 1, bag.offsets[row + 1] do
        sum = sum + bag.weights[e] ^ 2
      end
      assert.is_near(1, sum, 1e-6)
    end
  end)

  it("copies itself, and is the same from its file", function()
    local actor = small("vae", { dtype = "f32" })
    local copy = actor:copy()
    local scores, path = actor:scores(x:bag()):copy(), paths.temporary(".safetensors")
    assert.are.same(scores:totable(), copy:scores(x:bag()):totable())
    copy.net:parameter("mean.weight"):fill(0)
    assert.are.same(scores:totable(), actor:scores(x:bag()):totable())
    assert(actor:save(path))
    assert.are.same(scores:totable(), assert(cf.load(path)):scores(x:bag()):totable())
    os.remove(path)
  end)

  it("scores the same without a BLAS", function()
    for _, kind in ipairs(cf.actor.kinds) do
      local actor = small(kind, { dtype = "f32" })
      local scores = actor:scores(x:bag()):copy()
      assert.is_true(light.serves(actor.net.layers, actor:tensors()))
      local served = light.new(actor.net.layers, actor:tensors())
      local input = mask(x:bag(), { keep = 1, normalize = true })
      for row = 1, 8 do
        local first, last = input.offsets[row], input.offsets[row + 1]
        local one = served:scores({ ids = input.ids:slice(first + 1, last),
          offsets = sy.array({ 0, last - first }, "i64"),
          weights = input.weights:slice(first + 1, last) })
        for j = 1, ITEMS do
          assert.is_near(scores:get(row, j), one[j], 1e-5)
        end
      end
    end
  end)

  it("does not serve what is too large without one", function()
    local actor = small("vae", { dtype = "f32" })
    local huge = { weight = sy.array.zeros(1, 1, "f32") }
    assert.is_true(light.serves(actor.net.layers, huge))
    huge.more = sy.array.zeros(6000, 5001, "f32")
    assert.is_false(light.serves(actor.net.layers, huge))
  end)

  it("names what is wrong", function()
    assert.has_error(function() cf.actor("vea", 4) end,
      'collaborative.actor: no kind is called "vea" (did you mean "vae"?)')
    assert.has_error(function() cf.actor("vae", 0) end,
      "collaborative.actor: items: expected a whole number above 0, got 0")
    assert.has_error(function() cf.actor("vae", 4, { hidden = { 3, 0 } }) end,
      "collaborative.actor: hidden[2]: expected a whole number above 0, got 0")
  end)
end)
