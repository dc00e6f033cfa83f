-- Ranking-critical training (Lobel et al., ICLR 2020) in three phases, to be rearranged at will:
-- an actor is trained by likelihood; a critic learns to tell from a few features of its rankings
-- which metric they have; the actor is moved by the critic's gradient while the critic keeps up.
--
--   local trained = cf.ract(data, { actor = { kind = "vae", hidden = 600 }, fine_tune = "ract" })
--   print(trained.actor:evaluate(data.test.fold_in, data.test.held_out).means["ndcg@100"])

local new_actor = require("steelyard.collaborative.actor")
local fine_tuning = require("steelyard.collaborative.fine_tuning")
local options = require("steelyard.options")
local new_run = require("steelyard.collaborative.run")
local schedule = require("steelyard.schedule")

local allowed = {
  actor = { type = "table" },
  epochs = { type = "integer", default = 100 },
  learning_rate = { type = "number", default = 1e-3 },
  kl = { type = "number" },
  kl_steps = { type = "integer" },
  fine_tune = { type = "string", default = "ract" },
  fine_tuning = { type = "table" },
  batch = { type = "integer", default = 500 },
  keep = { type = "number", default = 0.5 },
  metric = { type = "string", default = "ndcg@100" },
  seed = { type = "integer", default = 1 },
  progress = { type = "function" },
  checkpoint = { type = "string" },
  resume = { type = "boolean", default = false },
}

-- The reference's divergence grows by 1 / 200,000 in each step.
local KL_PER_STEP = 1 / 200000

local function start_actor(data, o)
  local about = options.merge(
    { batch = o.batch, seed = o.seed, item_names = data.train.item_names }, o.actor)
  local kind = about.kind or "vae"
  about.kind = nil
  return new_actor(kind, data.train.columns, about)
end

local function ract(_, data, given)
  local o = options.check("collaborative.ract", given, allowed)
  options.check("collaborative.ract: fine_tuning", o.fine_tuning, fine_tuning.options.run)
  if o.fine_tune ~= "none" and o.fine_tune ~= "auto" then
    fine_tuning.check("collaborative.ract: fine_tune", o.fine_tune)
  end
  local run = new_run({
    train = data.train, validation = data.validation, metric = o.metric, batch = o.batch,
    keep = o.keep, seed = o.seed, progress = o.progress, checkpoint = o.checkpoint,
    resume = o.resume,
  })
  if o.fine_tune == "auto" and not run.validation then
    options.fail("collaborative.ract: fine_tune: auto chooses by validation, and there is none")
  end
  local actor = start_actor(data, o)
  local most = o.kl or actor.kl
  options.need(most >= 0 and most < math.huge, "collaborative.ract: kl", "a number from 0 up", most)
  local kl = most > 0 and schedule.linear(0, most, o.kl_steps or math.max(1, most / KL_PER_STEP))
    or schedule.constant(0)
  local first = run:train(actor, { epochs = o.epochs, learning_rate = o.learning_rate, kl = kl })
  -- What the KL term weighed where the actor was taken from.
  local reached = kl((first.best_epoch or o.epochs) * run:steps())
  local further = options.merge({ kl = reached }, o.fine_tuning)
  local result = { start = actor, run = run, history = first.history, score = first.best_score,
    kl = reached }
  if o.fine_tune == "none" then
    result.actor = actor
  elseif o.fine_tune == "auto" then
    result.tuned, result.tried = fine_tuning.auto(run, actor, nil, further)
    result.actor = result.tuned.actor
  else
    result.tuned = fine_tuning.run(run, actor, o.fine_tune, further)
    result.actor = result.tuned.actor
  end
  return result
end

return setmetatable({ options = { ract = allowed } }, { __call = ract })
