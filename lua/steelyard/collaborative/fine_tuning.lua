-- Ways to go on training an actor at a small rate: what RaCT does, what it may do better, and the
-- controls beside which its gain is to be seen. All start from the same actor and go through the
-- same steps, masks and samples.

local critic = require("steelyard.critic")
local options = require("steelyard.options")

local RACT = { "nll", "seen", "unseen" }
local SHAPED = { "gain", "log_seen", "log_unseen" }

local list = {
  { name = "likelihood_kl", title = "likelihood, KL kept", objective = "likelihood", kl = true },
  { name = "likelihood", title = "likelihood", objective = "likelihood" },
  { name = "per_root_item", title = "likelihood / sqrt n", objective = "per_root_item" },
  { name = "per_item", title = "likelihood / n", objective = "per_item" },
  { name = "hidden", title = "hidden items, seen left out", objective = "hidden" },
  { name = "ract_raw", title = "RaCT, features raw", critic = { features = RACT, scale = "raw" } },
  { name = "ract", title = "RaCT, z-scored", critic = { features = RACT, scale = "z" } },
  { name = "monotone", title = "monotone critic",
    critic = { features = SHAPED, scale = "z", monotone = true } },
  { name = "item_critic", title = "critic of items", critic = { items = {}, monotone = true } },
}

local fine_tuning = { list = list, names = {} }
for i, way in ipairs(list) do
  fine_tuning.names[i] = way.name
  list[way.name] = way
end

local allowed = {
  epochs = { type = "integer", default = 50 },
  learning_rate = { type = "number", default = 1e-5 },
  kl = { type = "number", default = 0 },
  refresh = { type = "boolean", default = true },
  critic = { type = "table" }, -- options of sy.critic.new, over those of the way
  critic_epochs = { type = "integer", default = 50 },
  passes = { type = "integer", default = 4 },
  select = { type = "string", one_of = { "best", "last" }, default = "best" },
}
fine_tuning.options = { run = allowed }

--- The way of a name, or an error.
function fine_tuning.check(where, name)
  return type(name) == "string" and list[name] or options.fail("%s: no way is called %s%s", where,
    options.show(name), options.hint(tostring(name), fine_tuning.names))
end

-- How well a critic tells what an actor's rankings are like, and the signs of its weights.
local function judged(run, judge, actor)
  return judge:report(run:examples(actor, judge:columns(), { passes = 1, stream = 1001 }))
end

--- Fine-tune a copy of an actor in a way, by name: {name, title, actor, score, critic, history,
-- report = {before, after}: the critic's of rankings that it was not trained on}.
function fine_tuning.run(run, start, name, given)
  local o = options.check("fine_tuning", given, allowed)
  local way = fine_tuning.check("fine_tuning", name)
  local actor, judge, report = start:copy(), nil, nil
  if way.critic then
    judge = critic.new(options.merge({ seed = run.seed }, way.critic, o.critic))
    run:critic(judge, actor, { name = name .. ": critic", epochs = o.critic_epochs,
      passes = o.passes })
    report = { before = judged(run, judge, actor) }
  end
  local state = run:train(actor, {
    name = name, objective = way.objective, critic = judge, refresh = o.refresh,
    epochs = o.epochs, learning_rate = o.learning_rate, kl = way.kl and o.kl or 0,
    select = o.select, stream = 2,
  })
  if judge then
    report.after = judged(run, judge, actor)
  end
  return { name = name, title = way.title, actor = actor, critic = judge, history = state.history,
    report = report, negative = report and report.after.negative_share,
    score = state.best_score or state.history[#state.history].score }
end

--- The best of some ways (all of them, where none are named) by validation, the start among them.
function fine_tuning.auto(run, start, names, given)
  for _, name in ipairs(names or {}) do
    fine_tuning.check("fine_tuning.auto", name)
  end
  if not run.validation then
    options.fail("fine_tuning.auto: it chooses by validation, and there is none")
  end
  local best = { name = "start", title = "start", actor = start, score = run:validate(start) }
  local all = { best }
  for _, name in ipairs(names or fine_tuning.names) do
    local one = fine_tuning.run(run, start, name, given)
    all[#all + 1] = one
    if one.score and (not best.score or one.score > best.score) then
      best = one
    end
  end
  return best, all
end

return fine_tuning
