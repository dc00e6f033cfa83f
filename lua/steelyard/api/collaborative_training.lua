-- The description of training recommenders: actors, runs in phases, fine-tuning, controls.

local SMALL = [[
local cf = sy.collaborative
local x = cf.interactions({
  users = { 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 4 },
  items = { 1, 2, 3, 1, 2, 4, 3, 4, 1, 2, 3, 4 },
})
local last = cf.interactions({ users = { 1, 2, 3, 4 }, items = { 3, 4, 4, 4 } })
]]

local RUN = [[
local run = cf.run({ train = x, validation = { fold_in = x:minus(last), held_out = last },
  metric = "ndcg@2", batch = 2 })
local actor = cf.actor("vae", x.columns, { hidden = 4, latent = 2 })
]]

local PROGRESS = { "progress", "function",
  "Called with each epoch's entry {phase, epoch, loss, score, ..} and how many epochs there are.",
  otherwise = "none" }
local EPOCHS = "Passes over all users."

return {
  title = "Training recommenders",
  text = [[An *actor* is a network that turns a user's history into scores of all items. A *run*
holds the users to train on, how their items are masked (seen ones go in, hidden ones are what a
ranking is judged by), and how an actor is validated; its methods are phases, which a script calls
in any order. `sy.collaborative.ract` is ranking-critical training (Lobel et al., ICLR 2020) in
three of them: an actor by likelihood, a critic (`sy.critic`) of its rankings, the actor through the
critic. What moves the actor there is exactly its likelihood, weighted by user; so there are ways of
fine-tuning without a critic beside it (`sy.collaborative.fine_tuning`): plain likelihood at the
same small rate with (`likelihood_kl`) and without its KL term (`likelihood`), weighted by user
(`per_root_item`, `per_item`), the likelihood of hidden items alone among those not seen
(`hidden`); and critics: as in the paper's code (`ract_raw`), with features brought to one scale
(`ract`), whose value falls in the loss by construction (`monotone`), of single items
(`item_critic`). `sy.collaborative.controls` compares them from the same start, over the same
steps, masks and samples, paired by user.

Everything is drawn from seeds by step, user and item: a run gives the same bits again on the same
machine, BLAS and number of threads; broken off and resumed, too.]],
  classes = {
    {
      name = "run",
      title = "A training run",
      text = "Made by sy.collaborative.run.",
      fields = {
        { "users", "interactions", "The users to train on." },
        { "metric", "string", "What rankings are judged by." },
        { "phases", "table", "What was done: `phases:clear()` removes the checkpoints." },
      },
    },
    {
      name = "controls_report",
      title = "What sy.collaborative.controls finds",
      text = "A row for each way: name, title, mean (of the metric over users, of the mean over "
        .. "seeds), error (its standard error over users), deviation (of the seeds' means), means, "
        .. "validation (by seed), values (by user), differences = {NAME = {difference, error, low, "
        .. "high}}: to the start and to a baseline, paired by user, with 95 % intervals.",
      fields = {
        { "rows", "table[]", "See above." },
        { "users", "integer", "How many users it was measured on." },
      },
    },
  },
  functions = {
    {
      name = "sy.collaborative.actor",
      call = "sy.collaborative.actor(kind, items [, options])",
      purpose = "A network that scores items for histories, as it starts: a recommender (see "
        .. "Recommenders) to be trained by a run. Kinds: vae (Mult-VAE), dae (Mult-DAE), "
        .. "shallow_dae, wmf (weighted matrix factorisation, amortised), linear_vae, gaussian_vae "
        .. "(weighted squares), warp, lambdarank.",
      args = {
        { "kind", "string", "See above." },
        { "items", "integer", "How many items there are." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.collaborative.actor", "actor" },
        { "hidden", "integer|integer[]", "Widths of hidden layers (tanh), mirrored behind the "
          .. "latent one.", otherwise = "600; of wmf, linear_vae, shallow_dae, warp none" },
        { "latent", "integer", "The width of the innermost layer.", default = 200 },
        { "penalty", "number", "Times the sum of squares of all parameters is added to the loss.",
          otherwise = "vae 0, dae and warp 1e-5, shallow_dae 2e-5, wmf 1e-4" },
        { "positive", "number", "Weighted squares: how much an item that was chosen weighs.",
          otherwise = "5" },
        { "dtype", '"f32"|"f64"', "The type of its numbers.", default = "f32" },
        { "batch", "integer", "The most users at a time.", default = 500 },
        { "seed", "integer", "What it starts from.", default = 1 },
        { "item_names", "string[]", "Names of items, which go into its file.", otherwise = "none" },
      },
      returns = { { "model", "A recommender, not trained." } },
      errors = "A kind that there is not; no BLAS: the package is named.",
      source = "Liang et al. 2018 (WWW); Lobel et al. 2020 (ICLR)",
      example = SMALL .. [[
local actor = cf.actor("vae", x.columns, { hidden = 8, latent = 2 })
print(#actor:scores(x:bag()), actor.loss)  --> 4 multinomial]],
    },
    {
      name = "sy.collaborative.run",
      call = "sy.collaborative.run(options)",
      purpose = "A run: what phases of training share.",
      args = { { "options", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.run", "run" },
        { "train", "interactions", "The users to train on. Required.", otherwise = "none" },
        { "validation", "table", "{fold_in, held_out}: users to choose epochs by.",
          otherwise = "none" },
        { "metric", "string", "What rankings are judged by, in validation and by critics.",
          default = "ndcg@100" },
        { "batch", "integer", "Users in a step; the last batch of an epoch is left out where it is "
          .. "not whole.", default = 500 },
        { "keep", "number", "The chance that an item is shown to the actor.", default = 0.5 },
        { "seed", "integer", "What masks, samples and orders are drawn from.", default = 1 },
        PROGRESS,
        { "checkpoint", "string", "A folder that is there, for checkpoints.", otherwise = "none" },
        { "resume", "boolean", "Go on from the checkpoints in it.", default = false },
      },
      returns = { { "run", "Nothing is trained yet." } },
      example = SMALL .. [[
local run = cf.run({ train = x, metric = "ndcg@2" })
local actor = cf.actor("dae", x.columns, { hidden = 4, latent = 2 })
local state = run:train(actor, { epochs = 3 })
print(#state.history)  --> 3]],
    },
    {
      name = "run:train",
      call = "run:train(actor [, options])",
      purpose = "A phase that moves an actor, by Adam.",
      args = { { "actor", "model", "An actor." }, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.run", "train" },
        { "name", "string", "Of the phase.", otherwise = "actor; with a critic, fine-tuning" },
        { "epochs", "integer", EPOCHS, default = 100 },
        { "learning_rate", "number|function", "Or a function of the step, from 1.",
          default = 1e-3 },
        { "objective", "string|function", "likelihood, per_item, per_root_item, hidden; or a "
          .. "function of a batch that gives {targets, excluded, row_weights, target_weights}.",
          default = "likelihood" },
        { "critic", "critic", "In place of an objective: raise the mean of its values.",
          otherwise = "none" },
        { "refresh", "boolean", "The critic is trained in each step, too.", default = true },
        { "kl", "number|function", "The weight of the KL term, or a function of the step.",
          default = 0 },
        { "select", '"best"|"last"', "Whether the actor ends as it was where its validation was "
          .. "best (the start counts), or as it is.", default = "best" },
        { "stream", "integer", "Masks and samples are drawn by the seed and this: phases of one "
          .. "stream see the same.", default = 1 },
        PROGRESS,
      },
      returns = { { "table", "{history = {{epoch, loss, kl, score, critic_error}, ..}, best_epoch, "
        .. "best_score}." } },
      errors = "A loss that is not finite.",
      example = SMALL .. RUN .. [[
local state = run:train(actor, { epochs = 2, kl = 0.1, objective = "hidden" })
print(#state.history, state.best_score <= 1)  --> 2 true]],
    },
    {
      name = "run:critic",
      call = "run:critic(critic, actor [, options])",
      purpose = "A phase that trains a critic on what an actor does, the actor being frozen.",
      args = { { "critic", "critic", "From sy.critic.new." }, { "actor", "model", "An actor." },
        { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.run", "critic" },
        { "name", "string", "Of the phase.", default = "critic" },
        { "epochs", "integer", "Passes over the examples.", default = 50 },
        { "passes", "integer", "How often each user is masked anew for an example.", default = 4 },
        { "stream", "integer", "As of run:train.", default = 1000 },
        PROGRESS,
      },
      returns = { { "table", "{history = {{epoch, loss}, ..}}." } },
      example = SMALL .. RUN .. [[
local critic = sy.critic.new({ scale = "z" })
print(#run:critic(critic, actor, { epochs = 3, passes = 2 }).history)  --> 3]],
    },
    {
      name = "run:examples",
      call = "run:examples(actor, columns [, options])",
      purpose = "What a critic learns from: columns about users (nll, seen, unseen ..), over "
        .. "some passes with fresh masks and samples.",
      args = { { "actor", "model", "An actor; it stays as it is." },
        { "columns", "string[]", "Their names; target is always there." },
        { "options?", "options", "passes (4), stream (1000)." } },
      returns = { { "table", "{name = array}." } },
      example = SMALL .. RUN .. [[
local examples = run:examples(actor, { "nll", "seen" }, { passes = 2 })
print(#examples.nll, #examples.target)  --> 8 8]],
    },
    {
      name = "run:validate",
      call = "run:validate(model)",
      purpose = "The metric on the users held out for validation, or nil where there are none.",
      args = { { "model", "model", "Any recommender of the same items." } },
      returns = { { "number?", "The mean over users." } },
      example = SMALL .. RUN .. [[
print(run:validate(cf.popularity(x)) > 0)  --> true]],
    },
    {
      name = "run:each_batch",
      call = "run:each_batch(stream, epoch, each)",
      purpose = "Calls each(rows, step) for an epoch's batches of users.",
      args = { { "stream", "integer", "As of run:train." }, { "epoch", "integer", "From 1." },
        { "each", "function", "rows: an i64 array of users; step: what masks are drawn by." } },
      returns = {},
      example = SMALL .. RUN .. [[
local users = 0
run:each_batch(1, 1, function(rows)
  users = users + #rows
end)
print(users)  --> 4]],
    },
    {
      name = "run:steps",
      call = "run:steps()",
      purpose = "How many batches an epoch has.",
      args = {},
      returns = { { "integer", "Whole batches." } },
      example = SMALL .. RUN .. [[
print(run:steps())  --> 2]],
    },
    {
      name = "sy.collaborative.fine_tuning.run",
      call = "sy.collaborative.fine_tuning.run(run, start, name [, options])",
      purpose = "Goes on training a copy of an actor in a way, by name (see above; "
        .. "`sy.collaborative.fine_tuning.names` lists them).",
      args = {
        { "run", "run", "With the users." }, { "start", "model", "An actor; it stays as it is." },
        { "name", "string", "See above." }, { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.collaborative.fine_tuning", "run" },
        { "epochs", "integer", EPOCHS, default = 50 },
        { "learning_rate", "number", "Of Adam; the paper's is 2e-6.", default = 1e-5 },
        { "kl", "number", "likelihood_kl: the weight of the KL term.", default = 0 },
        { "refresh", "boolean", "The critic is trained in each step, too.", default = true },
        { "critic", "table", "Options of sy.critic.new, over those of the way.",
          otherwise = "none" },
        { "critic_epochs", "integer", "Of the critic before.", default = 50 },
        { "passes", "integer", "As of run:critic.", default = 4 },
        { "select", '"best"|"last"', "As of run:train.", default = "best" },
      },
      returns = { { "table", "{name, title, actor, critic, score, history, report = "
        .. "{before, after}: the critic's reports, of rankings that it was not trained on}." } },
      example = SMALL .. RUN .. [[
local tuned = cf.fine_tuning.run(run, actor, "hidden", { epochs = 2 })
print(tuned.name, #tuned.history)  --> hidden 2]],
    },
    {
      name = "sy.collaborative.fine_tuning.auto",
      call = "sy.collaborative.fine_tuning.auto(run, start [, names [, options]])",
      purpose = "The best of some ways by validation, among them the start as it is.",
      args = {
        { "run", "run", "With users for validation." }, { "start", "model", "An actor." },
        { "names?", "string[]", "All ways where left out." },
        { "options?", "options", "As of fine_tuning.run." },
      },
      returns = { { "table", "As of fine_tuning.run." }, { "table[]", "All of them." } },
      example = SMALL .. RUN .. [[
local best, all = cf.fine_tuning.auto(run, actor, { "hidden", "ract" }, { epochs = 2 })
print(#all, best.score >= all[1].score)  --> 3 true]],
    },
    {
      name = "sy.collaborative.ract",
      call = "sy.collaborative.ract(data, options)",
      purpose = "Ranking-critical training in three phases: an actor by likelihood, a critic, the "
        .. "actor through the critic, or by another way of fine-tuning.",
      args = { { "data", "table", "{train, validation}, as sy.collaborative.split.strong gives." },
        { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.ract", "ract" },
        { "actor", "table", "{kind = \"vae\", and the options of sy.collaborative.actor}.",
          otherwise = "Mult-VAE" },
        { "epochs", "integer", "Of the likelihood phase.", default = 100 },
        { "learning_rate", "number", "Of that phase.", default = 1e-3 },
        { "kl", "number", "The largest weight of the KL term.",
          otherwise = "0.2; linear_vae 0.05" },
        { "kl_steps", "integer", "In how many steps it is reached.",
          otherwise = "as many as grow by 1 / 200,000" },
        { "fine_tune", "string", "A way by name, none, or auto: the best of all by validation.",
          default = "ract" },
        { "fine_tuning", "table", "The options of fine_tuning.run.", otherwise = "its defaults" },
        { "batch", "integer", "As of sy.collaborative.run.", default = 500 },
        { "keep", "number", "As of sy.collaborative.run.", default = 0.5 },
        { "metric", "string", "As of sy.collaborative.run.", default = "ndcg@100" },
        { "seed", "integer", "Of all that is drawn.", default = 1 },
        PROGRESS,
        { "checkpoint", "string", "A folder that is there.", otherwise = "none" },
        { "resume", "boolean", "Go on from the checkpoints in it.", default = false },
      },
      returns = { { "table", "{actor, start = that before fine-tuning, tuned, history, run}." } },
      source = "Lobel et al. 2020 (ICLR), arXiv 1906.04281",
      example = SMALL .. [[
local trained = cf.ract({ train = x }, {
  actor = { kind = "vae", hidden = 4, latent = 2 }, epochs = 2, metric = "ndcg@2",
  fine_tuning = { epochs = 2, critic_epochs = 2 },
})
print(trained.tuned.name, #trained.tuned.history)  --> ract 2]],
    },
    {
      name = "controls_report:cells",
      call = "controls_report:cells()",
      purpose = "The report as a table for people.",
      args = {},
      returns = { { "string[]", "Titles of columns." }, { "string[][]", "Rows of texts." } },
      example = SMALL .. [[
local held = { fold_in = x:minus(last), held_out = last }
local report = cf.controls({ train = x, test = held }, { actor = { hidden = 4, latent = 2 },
  epochs = 1, metric = "ndcg@2", ways = { "likelihood" }, fine_tuning = { epochs = 1 } })
local header, cells = report:cells()
print(header[1], cells[2][1])  --> fine-tuning likelihood]],
    },
    {
      name = "controls_report:text",
      call = "controls_report:text()",
      purpose = "The same as text.",
      args = {},
      returns = { { "string", "A line for each way." } },
      example = SMALL .. [[
local held = { fold_in = x:minus(last), held_out = last }
local report = cf.controls({ train = x, test = held }, { actor = { hidden = 4, latent = 2 },
  epochs = 1, metric = "ndcg@2", ways = { "likelihood" }, fine_tuning = { epochs = 1 } })
print(report:text():match("^fine%-tuning  ndcg@2"))  --> fine-tuning  ndcg@2]],
    },
    {
      name = "sy.collaborative.fine_tuning.check",
      call = "sy.collaborative.fine_tuning.check(where, name)",
      purpose = "The way of a name, or an error that begins with `where`.",
      args = { { "where", "string", "Who asks." }, { "name", "string", "Of a way." } },
      returns = { { "table", "{name, title, objective or critic}." } },
      example = 'print(sy.collaborative.fine_tuning.check("here", "hidden").objective)  --> hidden',
    },
    {
      name = "sy.collaborative.controls",
      call = "sy.collaborative.controls(data, options)",
      purpose = "Every way of fine-tuning from the same start, over seeds, measured on data.test: "
        .. "does the critic help?",
      args = { { "data", "table", "{train, validation, test}." },
        { "options?", "options", "Those of sy.collaborative.ract but fine_tune, and these." } },
      options = {
        from = { "steelyard.collaborative.controls", "controls" },
        { "seeds", "integer", "How many, from options.seed on.", default = 1 },
        { "ways", "string[]", "Names of ways.", otherwise = "all" },
        { "others", "function",
          "others(seed, tuned, run) gives more to compare: a list of {name, title, model}; tuned = "
            .. "{name = actor}.", otherwise = "none" },
        { "baseline", "string", "Differences to it are found, too.", default = "likelihood" },
        { "against", "string", "And to this one.", otherwise = "none" },
        { "keep_checkpoints", "boolean", "Leave them when all is done (in checkpoint/seed-N).",
          default = false },
      },
      returns = { { "controls_report", "`report:cells()` gives a table for people." } },
      example = SMALL .. [[
local held = { fold_in = x:minus(last), held_out = last }
local report = cf.controls({ train = x, validation = held, test = held }, {
  actor = { hidden = 4, latent = 2 }, epochs = 2, metric = "ndcg@2", seeds = 2,
  ways = { "likelihood", "ract" }, fine_tuning = { epochs = 2, critic_epochs = 2 },
})
print(#report.rows, report.rows[3].title)  --> 3 RaCT, z-scored]],
    },
  },
}
