-- A run: users to train on, how their items are masked, how an actor is validated; and the phases
-- that move actors and critics.
--
--   local run = cf.run({ train = data.train, validation = data.validation, metric = "ndcg@100" })
--   run:train(actor, { epochs = 60, learning_rate = 1e-3, kl = 0.2 })
--   run:critic(critic, actor, { epochs = 50 })
--   run:train(actor, { epochs = 50, learning_rate = 1e-5, critic = critic })

local batch = require("steelyard.collaborative.batch")
local core = require("steelyard.core")
local digest = require("steelyard.train.digest")
local loss = require("steelyard.collaborative.loss")
local objective = require("steelyard.objective")
local objectives = require("steelyard.collaborative.objectives")
local optimizer = require("steelyard.optimizer")
local options = require("steelyard.options")
local phases = require("steelyard.collaborative.phases")
local vector = require("steelyard.vector")

local Run = {}
Run.__index = Run

local run_options = {
  train = { type = "table" },
  validation = { type = "table" },
  metric = { type = "string", default = "ndcg@100" },
  batch = { type = "integer", default = 500 },
  keep = { type = "number", default = 0.5 },
  seed = { type = "integer", default = 1 },
  progress = { type = "function" },
  checkpoint = { type = "string" },
  resume = { type = "boolean", default = false },
}

local train_options = {
  name = { type = "string" },
  epochs = { type = "integer", default = 100 },
  learning_rate = { type = "number|function", default = 1e-3 },
  objective = { type = "string|function", default = "likelihood" },
  critic = { type = "table" },
  refresh = { type = "boolean", default = true },
  kl = { type = "number|function", default = 0 },
  select = { type = "string", one_of = { "best", "last" }, default = "best" },
  stream = { type = "integer", default = 1 },
  progress = { type = "function" },
}

local critic_options = {
  name = { type = "string", default = "critic" },
  epochs = { type = "integer", default = 50 },
  passes = { type = "integer", default = 4 },
  stream = { type = "integer", default = 1000 },
  progress = { type = "function" },
}

-- ---------------------------------------------------------------------------------- batches --

-- What the mask and the sample of a step are drawn by: streams do not meet.
local function step_number(stream, epoch, step)
  return (stream * 100000 + epoch) * 100000 + step
end

--- Calls each(rows, number) for the batches of an epoch, users being shuffled; the last one is left
-- out where it is not whole, but for the only one.
function Run:each_batch(stream, epoch, each)
  local users = self.users.rows
  local order = core.random(self.seed * 1000003 + stream * 1009 + epoch)
    :shuffle(core.array.range(users))
  local size = math.min(self.batch, users)
  for i = 1, math.floor(users / size) do
    each(order:slice((i - 1) * size + 1, i * size), step_number(stream, epoch, i))
  end
end

--- The steps of an epoch.
function Run:steps()
  return math.floor(self.users.rows / math.min(self.batch, self.users.rows))
end

--- The metric on the users held out for validation, or nil where there are none.
function Run:validate(model)
  local held = self.validation
  if not held then
    return nil
  end
  local metric = self.metric
  return model:evaluate(held.fold_in, held.held_out, { metrics = { metric } }).means[metric]
end

-- ----------------------------------------------------------------------------------- actors --

local function rate(value, step)
  return type(value) == "function" and value(step) or value
end

-- One step of the actor on a batch: the mean loss by user, and the divergence.
local function move(actor, moves, b, how, beta)
  local values, gradient = loss[how.targets == b.full and actor.loss or "multinomial"](b.scores,
    how.targets, {
      excluded = how.excluded, row_weights = how.row_weights, target_weights = how.target_weights,
      log_partition = how.log_partition, positive = actor.positive, gradient = "in_place",
    })
  local pulls, divergence = { scores = gradient }, 0
  if actor.variational and beta > 0 then
    divergence, pulls.latent = objective.losses.gaussian_kl(actor.net:value("latent"), nil,
      { factor = beta })
  end
  actor.net:backward(pulls)
  moves:step()
  return values:sum() / b.size, divergence
end

local function need_actor(where, actor)
  options.need(type(actor) == "table" and actor.net and actor.loss, where, "an actor", actor)
end

local function check_train(actor, given)
  need_actor("run:train: actor", actor)
  local o = options.check("run:train", given, train_options)
  if o.critic and given.objective then
    options.fail("run:train: an objective and a critic are given: which is to move the actor?")
  elseif o.epochs < 1 then
    options.fail("run:train: epochs: expected a whole number above 0, got %d", o.epochs)
  elseif type(o.kl) == "number" and not (o.kl >= 0 and o.kl < math.huge) then
    options.fail("run:train: kl: expected a number from 0 up, got %s", options.show(o.kl))
  end
  o.name = o.name or o.critic and "fine-tuning" or "actor"
  if o.critic then
    o.objective = objectives.critic(o.critic)
  elseif type(o.objective) == "string" then
    local found = o.objective ~= "critic" and objectives[o.objective]
    o.objective = found or options.fail("run:train: no objective is called %s%s",
      options.show(o.objective), options.hint(o.objective, options.keys(objectives)))
  end
  return o
end

-- What a phase does, as a text that differs where it does.
local function description(o, steps, actor)
  local lines = { o.name, ("%d epochs, stream %d, select %s, refresh %s"):format(o.epochs, o.stream,
    o.select or "last", tostring(o.refresh)), core.json_encode(actor.net.layers), actor.loss,
    ("positive %.17g"):format(actor.positive or 0), tostring(o.critic or ""),
    o.objective and digest.code(o.objective) or "" }
  for _, key in ipairs({ "learning_rate", "kl" }) do
    for i = 0, o[key] and 40 or -1 do
      lines[#lines + 1] = ("%.17g"):format(rate(o[key], 1 + math.floor(steps * i / 40)))
    end
  end
  return digest.of(table.concat(lines, " "))
end

-- Raise what a step raised: scores that are no numbers say that training diverged.
local function explain(message, epoch)
  if tostring(message):find("scores: ", 1, true) or tostring(message):find("gradient", 1, true) then
    options.fail("training diverged in epoch %d: %s (a smaller learning_rate may help)", epoch,
      (message:gsub("^[^\n]-:%d+: ", "")))
  end
  error(message, 0)
end

--- A phase that moves an actor. given: see train_options. Gives the phase's state.
function Run:train(actor, given)
  local o = check_train(actor, given)
  local moves = optimizer.adam(actor.net, { learning_rate = o.learning_rate, lazy = false })
  local parts = { actor = actor, optimizer = moves, critic = o.refresh and o.critic or nil }
  -- Whoever starts from the same actor draws the same samples.
  actor.net:set_state({ seed = tostring(self.seed + 31 * o.stream), passes = "0" })
  local refreshed = o.refresh and o.critic
  local function step(rows, number)
    local b = batch.new(self, actor, rows, number)
    local how = o.objective(b)
    local examples = refreshed and b:columns(refreshed:columns(), { "target" })
    local value, kl = move(actor, moves, b, how, rate(o.kl, moves.steps + 1))
    return value, kl, examples and refreshed:step(examples) or 0
  end
  local function epoch(number)
    local sum, divergence, error_sum, steps = 0, 0, 0, 0
    self:each_batch(o.stream, number, function(rows, place)
      local ok, value, kl, critic_error = pcall(step, rows, place)
      if not ok then
        explain(value, number)
      end
      sum, divergence, steps = sum + value, divergence + kl, steps + 1
      error_sum = error_sum + critic_error
    end)
    return { loss = sum / steps, kl = divergence / steps, score = self:validate(actor),
      critic_error = refreshed and error_sum / steps or nil }
  end
  return self.phases:run(o.name, {
    epochs = o.epochs, select = self.validation and o.select or "last",
    selected = { "actor", parts.critic and "critic" }, start_score = function()
      return self:validate(actor)
    end,
    made_of = description(o, o.epochs * self:steps(), actor),
    progress = o.progress or self.progress,
  }, parts, epoch)
end

-- ---------------------------------------------------------------------------------- critics --

-- Two batches' columns as one: numbers of users, and of their items, whose users are counted on.
local function join(lists)
  local all = {}
  for _, name in ipairs(options.keys(lists[1])) do
    local parts, n = {}, 0
    for i, list in ipairs(lists) do
      parts[i], n = list[name], n + #list[name]
    end
    local joined = core.array(n, parts[1].dtype)
    local at, users = 0, 0
    for i, part in ipairs(parts) do
      if #part > 0 then
        vector.assign(joined:slice(at + 1, at + #part),
          name == "codes" and core.array(vector.add(part, users), part.dtype) or part)
      end
      at, users = at + #part, users + #lists[i].target
    end
    all[name] = joined
  end
  return all
end

--- Examples for a critic: what it reads of each user, and the metric that the ranking had, over
-- some passes with fresh masks and samples. The actor stays as it is.
function Run:examples(actor, columns, given)
  local o = options.check("run:examples", given, { passes = { type = "integer", default = 4 },
    stream = { type = "integer", default = 1000 } })
  local lists = {}
  actor.net:set_state({ seed = tostring(self.seed + 31 * o.stream), passes = "0" })
  for pass = 1, o.passes do
    self:each_batch(o.stream, pass, function(rows, step)
      lists[#lists + 1] = batch.new(self, actor, rows, step):columns(columns, { "target" })
    end)
  end
  return join(lists)
end

--- A phase that trains a critic on what an actor does, the actor being frozen: its rankings of some
-- passes are kept and gone through in every epoch.
function Run:critic(critic, actor, given)
  need_actor("run:critic: actor", actor)
  local o = options.check("run:critic", given, critic_options)
  local examples
  return self.phases:run(o.name, { epochs = o.epochs, select = "last",
    made_of = description(o, 0, actor) .. tostring(critic) .. o.passes,
    progress = o.progress or self.progress,
  }, { critic = critic }, function()
    examples = examples or self:examples(actor, critic:columns(),
      { passes = o.passes, stream = o.stream })
    local history = critic:fit(examples, { epochs = 1 })
    return { loss = history[#history].mse }
  end)
end

-- ------------------------------------------------------------------------------------- made --

local run = {
  options = { run = run_options, train = train_options, critic = critic_options },
}

local function made_of(o)
  local held = o.validation
  return table.concat({
    ("batch %d, keep %.17g, seed %d, %s"):format(o.batch, o.keep, o.seed, o.metric),
    digest.of({ offsets = o.train.offsets, ids = o.train.ids }),
    held and digest.of({ offsets = held.fold_in.offsets, ids = held.fold_in.ids }) or "",
    held and digest.of({ offsets = held.held_out.offsets, ids = held.held_out.ids }) or "",
  }, "\n")
end

return setmetatable(run, {
  __call = function(_, given)
    local o = options.check("collaborative.run", given, run_options)
    options.need(o.train and o.train.offsets, "collaborative.run: train", "interactions", o.train)
    if o.train.rows == 0 then
      options.fail("collaborative.run: train: there is no user to train on")
    end
    local self = setmetatable(options.merge(o, { users = o.train }), Run)
    self.train = nil -- the method
    if o.validation and o.validation.fold_in.rows == 0 then
      self.validation = nil
    end
    self.phases = phases.new(made_of(o), o.checkpoint, o.resume)
    return self
  end,
})
