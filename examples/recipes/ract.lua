-- Ranking-critical training, phase by phase, on MovieLens: an actor by likelihood, a critic of its
-- rankings, the actor through the critic; and beside it what needs no critic.
--
--   steelyard run examples/recipes/ract.lua examples/data/movielens-small.csv.gz
--
-- Everything here may be moved about: another actor, another critic, other features, other phases.

local sy = require "steelyard"
local cf = sy.collaborative

local path, seed = ..., 1
local ratings = assert(cf.read(path, { min_rating = 4 }))
  :filter({ users_at_least = 5, items_at_least = 10 })
local data = cf.split.strong(ratings, { validation = 60, test = 60 })

local run = cf.run({ train = data.train, validation = data.validation, metric = "ndcg@100",
  batch = 100, seed = seed })

local function tell(name, model)
  local found = model:evaluate(data.test.fold_in, data.test.held_out, { metrics = { run.metric } })
  print(("%-28s %s %.4f +- %.4f"):format(name, run.metric, found.means[run.metric],
    found.errors[run.metric]))
end

-- Phase 1: likelihood.
local start = cf.actor("vae", data.train.columns, { hidden = 200, latent = 32, seed = seed })
run:train(start, { epochs = 60, kl = sy.schedule.linear(0, 0.5, 200) })

-- Phase 2: what metric does a ranking have, by the likelihood and the sizes of what is seen?
local critic = sy.critic.new({ features = { "nll", "seen", "unseen" }, scale = "z", seed = seed })
run:critic(critic, start, { epochs = 30 })

-- Phase 3: the actor is moved by the critic's gradient, and the critic keeps up.
local ract = start:copy()
run:train(ract, { critic = critic, epochs = 30, learning_rate = 1e-4, stream = 2 })

-- The controls: the same steps, masks and rate without a critic.
local likelihood, hidden = start:copy(), start:copy()
run:train(likelihood, { epochs = 30, learning_rate = 1e-4, stream = 2 })
run:train(hidden, { objective = "hidden", epochs = 30, learning_rate = 1e-4, stream = 2 })

tell("popularity", cf.popularity(data.train))
tell("start", start)
tell("RaCT", ract)
tell("likelihood, small rate", likelihood)
tell("hidden items, small rate", hidden)
local ease, als = cf.ease(data.train, { l2 = 100 }), (cf.als(data.train, { factors = 32 }))
tell("EASE", ease)
local held = data.validation
tell("EASE + iALS", (cf.mix.tune({ ease, als }, held.fold_in, held.held_out)))
local all = { ease, als, hidden }
tell("EASE + iALS + hidden items", (cf.mix.tune(all, held.fold_in, held.held_out)))
