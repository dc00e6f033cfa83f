-- The description of ranking critics.

local NEW = [[
local c = sy.critic.new({ features = { "gain", "log_all" }, scale = "z", monotone = true })
local users = { nll = { 30, 80, 22 }, seen = { 3, 6, 2 }, unseen = { 2, 5, 2 },
  target = { 0.4, 0.3, 0.2 } }
]]

local EXAMPLES = { "examples", "table", "{column = one number an example}: see above." }
local TARGETS = { "examples", "table", "{column = one number an example}, target among them." }

return {
  title = "Ranking critics",
  text = [[A ranking metric has no slope. A critic is a small network that learns from a few numbers
of an example (a user, a request) what the metric of its ranking will be; through the critic's
slopes an actor, the model that ranks, is trained. Of a recommender the actor moves the likelihood
of a user's items alone, so that a step through the critic is a step on the likelihood in which each
user has a weight, -dC/dnll: `critic:weights` gives these, and what the critic does is known by
them. A weight below 0 trains the actor to be worse for that user.

Examples are tables of columns, one number an example each: `nll` (minus the sum of the
log-probabilities of a user's items), `hidden_nll` (of the hidden ones alone), `seen` and `unseen`
(how many items the actor sees, and how many are hidden from it), and `target`. Features are
expressions of them, by name:

- `nll`, `mean_nll` (by item), `gain` (log of all items less mean_nll: against items drawn at
  random); `hidden_nll`, `hidden_mean_nll`, `hidden_gain`: the same of hidden items and their count;
- `seen`, `unseen`, `all` (seen + unseen), `log_seen`, `log_unseen`, `log_all`; of counts below 1
  the logarithm is 0, and divisors are at least 1;
- a table {name =, value = function(e) -> array, slope = {column = function(e) -> array or number},
  sense = 1 (larger is better) or -1}: one of your own with its derivatives by those columns that
  the actor moves; without value it is the column of its name, moved by the actor unless moves =
  false.

Counts are not moved by the actor: their slope is 0. Features enter as they are, divided by the root
of 1.001 (scale "raw": what the reference does in fact), standardised by the first examples that the
critic sees ("z"), or by a batch norm of each batch ("batch_norm", as the reference's second script:
there slopes go through the batch's mean and deviation too, so the weights of a batch sum to 0 and
some users are pushed the wrong way).

A monotone critic never falls as the likelihood rises: no weight is below 0, by construction. Each
unit rises or falls with what is better, or is free of it; a weight between two units of the first
kinds keeps the sign of the product of their kinds (after each step others are set to 0), and free
units, which see features without a sense, are not reached by features with one.

An item-level critic (items) also sees how far each hidden item stands above the threshold of its
user's list, and so pulls at single items: examples then have `log_probabilities` (one a hidden
item), `codes` (the example of each, from 1) and `thresholds` (one an example: the log-probability
of the last item that is still recommended). For each of some fixed centres it sees the mean over
the user's items of sigmoid((margin - centre) / width). Its slopes are a LambdaRank that was
learnt.]],
  classes = {
    {
      name = "critic",
      title = "A critic",
      text = "Made by sy.critic.new or sy.critic.load.",
      fields = {
        { "net", "net", "Its network: input features, output value." },
        { "features", "table[]", "What it sees: {name, columns, ...}, items not among them." },
        { "options", "table", "As sy.critic.new completed them." },
        { "steps", "integer", "How many it did." },
        { "epochs", "integer", "How many critic:fit did." },
      },
    },
    {
      name = "critic_report",
      title = "What a critic is worth",
      text = "Made by critic:report.",
      fields = {
        { "rows", "integer", "How many examples." },
        { "mse", "number", "Mean squared error; variance: that of a constant." },
        { "correlation", "number?", "Of values and targets, where both vary." },
        { "mean_prediction", "number", "The mean value; mean_target: what was found." },
        { "calibration", "table[]", "By bucket of as many examples each: rows, low, high, "
          .. "mean_prediction, mean_target, standard_error." },
        { "ece", "number", "How far buckets are off, in the mean over examples." },
        { "weights", "table?", "Of critic:weights: negative_share, negative_mass (the share of the "
          .. "pull), zero_share, mean, quantiles = list of {q, value}." },
        { "negative_share", "number?", "weights.negative_share." },
      },
    },
  },
  functions = {
    {
      name = "sy.critic.new",
      call = "sy.critic.new([options])",
      purpose = "A critic that has seen nothing yet: by default the reference's.",
      args = { { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.critic", "new" },
        { "features", "list", "What it sees: names and tables, see above.",
          otherwise = "nll, seen, unseen; with items log_seen, log_unseen" },
        { "items", "boolean|table", "See each hidden item: true, or {centres = list of numbers, "
          .. "width = 0.5}.", default = false },
        { "scale", '"raw"|"z"|"batch_norm"', "How features enter.", default = "raw" },
        { "hidden", "list", "Widths of layers of relu.", otherwise = "100, 100, 10" },
        { "output", '"sigmoid"|"softplus"|"linear"', "Of targets from 0 to 1, from 0 up, of any.",
          default = "sigmoid" },
        { "monotone", "boolean", "Never falls as the likelihood rises.", default = false },
        { "l2", "number", "l2 / batch times the sum of squares of all parameters is added to the "
          .. "loss.", default = 1e-4 },
        { "batch", "integer", "The most examples of a step.", default = 500 },
        { "learning_rate", "number|function", "Of Adam, or a schedule.", default = 1e-4 },
        { "seed", "integer", "Of the start, and of shuffling.", default = 1 },
        { "dtype", '"f32"|"f64"', "In which numbers.", default = "f64" },
      },
      returns = { { "critic", "The critic." } },
      errors = "Features that there are not; monotone with batch_norm, or without a sense of a "
        .. "feature that the actor moves.",
      source = "Lobel, Li, Gao and Carin, ICLR 2020 (RaCT); units of two signs: Runje and "
        .. "Shankaranarayana 2023",
      example = NEW .. [[
c:fit(users, { epochs = 5 })
print(c:weights(users):min() >= 0)  --> true]],
    },
    {
      name = "sy.critic.load",
      call = "sy.critic.load(path [, options])",
      purpose = "A critic that critic:save wrote: it goes on to the same bits.",
      args = { { "path", "string", "The file." }, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.critic", "load" },
        { "features", "list", "Those of one's own, which have functions: a file keeps their names.",
          otherwise = "none" },
        { "learning_rate", "number|function", "Another one.", otherwise = "as it was" },
      },
      returns = { { "critic?", "The critic; nil where it cannot be read." },
        { "string?", "Why not." } },
      example = 'print(select(2, sy.critic.load("none")) ~= nil)  --> true',
    },
    {
      name = "critic:step",
      call = "critic:step(examples)",
      purpose = "One step of Adam on the mean squared error of a batch.",
      args = { TARGETS },
      returns = { { "number", "The mean squared error before the step." } },
      errors = "No examples or more than a batch; columns that are missing, of other lengths, not "
        .. "finite; targets that the output cannot give: column and row are named.",
      complexity = "of 500 examples less than a millisecond, as most of it is matrix products",
      example = NEW .. "print(c:step(users) < 1)  --> true",
    },
    {
      name = "critic:fit",
      call = "critic:fit(examples [, options])",
      purpose = "Epochs of shuffled batches; a later call goes on.",
      args = { TARGETS, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.critic", "fit" },
        { "epochs", "integer", "Passes over the examples.", default = 50 },
        { "validation", "table", "Examples with targets, whose error is told after each epoch.",
          otherwise = "none" },
        { "shuffle", "boolean", "Draw another order for each epoch.", default = true },
        { "progress", "function", "Called with each epoch's entry." },
      },
      returns = { { "table[]", "Of each epoch: epoch, mse (the mean over its batches), "
        .. "validation." } },
      errors = "As for critic:step.",
      example = NEW .. "print(#c:fit(users, { epochs = 3 }))  --> 3",
    },
    {
      name = "critic:value",
      call = "critic:value(examples [, options])",
      purpose = "What the critic expects of each example.",
      args = { EXAMPLES, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.critic", "value" },
        { "training", "boolean", "A batch norm goes by the batch, not by what it has seen.",
          default = false },
      },
      returns = { { "array", "f64, one an example." } },
      errors = 'As for critic:step; with scale = "z", that it has seen no examples yet.',
      example = NEW .. "c:step(users)\nprint(#c:value(users))  --> 3",
    },
    {
      name = "critic:columns",
      call = "critic:columns()",
      purpose = "The columns that examples must have, beside target in training; those that "
        .. "features of one's own read by functions are not known.",
      args = {},
      returns = { { "string[]", "Their names." } },
      example = NEW .. 'print(table.concat(c:columns(), " "))  --> nll seen unseen',
    },
    {
      name = "critic:slopes",
      call = "critic:slopes(examples)",
      purpose = "Slopes of the sum of values by the columns: of those that the actor moves, and "
        .. "zeroes of counts. With batch_norm: in training, over the whole batch.",
      args = { EXAMPLES },
      returns = { { "table<string, array>", "By column; with items also log_probabilities, one a "
        .. "hidden item, and thresholds." } },
      errors = "As for critic:value.",
      example = NEW .. "c:step(users)\nprint(c:slopes(users).seen:max())  --> 0.0",
    },
    {
      name = "critic:weights",
      call = "critic:weights(examples [, column])",
      purpose = "What each example weighs in the likelihood that the actor climbs: minus the slope "
        .. "by nll (by hidden_nll where nll is no part of the critic).",
      args = { EXAMPLES, { "column?", "string", "Another column." } },
      returns = { { "array", "One an example; of a monotone critic none is below 0." } },
      errors = "As for critic:value; a column on which the critic does not depend.",
      example = NEW .. "c:step(users)\nprint(c:weights(users)[1] >= 0)  --> true",
    },
    {
      name = "critic:report",
      call = "critic:report(examples [, options])",
      purpose = "Is the critic right, and where does it pull?",
      args = { TARGETS, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.critic", "report" },
        { "buckets", "integer", "Of as many examples each, by the critic's value.", default = 10 },
      },
      returns = { { "critic_report", "Error, calibration, signs and quantiles of weights." } },
      errors = "As for critic:value; no targets.",
      example = NEW .. "c:fit(users)\nprint(c:report(users).negative_share)  --> 0.0",
    },
    {
      name = "critic_report:text",
      call = "report:text()",
      purpose = "The report for people.",
      args = {},
      returns = { { "string", "Lines." } },
      example = NEW .. [[
c:fit(users)
print(c:report(users):text():match("[^\n]+"))  --> examples     3]],
    },
    {
      name = "critic:tensors",
      call = "critic:tensors()",
      purpose = "The state's arrays by name, for checkpoints: net/NAME, optimizer/NAME, scale.mean "
        .. "and scale.factor.",
      args = {},
      returns = { { "table<string, array>", "Views, which the next step changes." } },
      example = NEW .. 'print(#c:tensors()["net/hidden_1.weight"])  --> 100',
    },
    {
      name = "critic:state",
      call = "critic:state()",
      purpose = "What a checkpoint needs beside the arrays.",
      args = {},
      returns = { { "table", "Which JSON can carry: steps, epochs, net, optimizer." } },
      example = NEW .. "c:step(users)\nprint(c:state().steps)  --> 1",
    },
    {
      name = "critic:set_state",
      call = "critic:set_state(state, tensors)",
      purpose = "Goes on from the state of a critic of the same options, to the same bits.",
      args = {
        { "state", "table", "Of critic:state." },
        { "tensors", "table<string, array>", "Of critic:tensors; more may be among them." },
      },
      returns = { { "critic", "The critic itself." } },
      errors = "A tensor that is missing or of another shape.",
      example = NEW .. [[
c:step(users)
local twin = sy.critic.new({ features = { "gain", "log_all" }, scale = "z", monotone = true })
twin:set_state(c:state(), c:tensors())
print(twin:value(users) == c:value(users))  --> true]],
    },
    {
      name = "critic:save",
      call = "critic:save(path)",
      purpose = "Writes the critic, whole or not at all: a safetensors file.",
      args = { { "path", "string", "The file." } },
      returns = { { "boolean?", "true; nil where it cannot be written." },
        { "string?", "Why not." } },
      example = NEW .. 'print(c:save("no/such/folder/critic") == nil)  --> true',
    },
    {
      name = "sy.critic.value_model",
      call = "sy.critic.value_model(data, options)",
      purpose = "Moves a value model's weights through a critic. Of each request the critic sees "
        .. "the mean prediction of each task under softmax(scores / temperature), the softmax's "
        .. "entropy, plain mean predictions and the logarithm of the size, and learns what a "
        .. "metric of the ranking will be. A period: rankings under weights near the present ones "
        .. "are measured (as gains on the start's), the critic learns from them and is frozen, and "
        .. "the weights climb its slope within a trust region. The weights that are best on "
        .. "requests held out are kept; the start is among them. Of an outcome (what then "
        .. "happened) other rankings cannot be measured: there is one period, and no move unless "
        .. "the critic beats a constant on requests held out. What it learns there holds between "
        .. "requests, not only for what weights do: try it online before you trust it.",
      args = {
        { "data", "data", "A data set with predictions and the columns that are named." },
        { "options", "options", "See below; weights, and target or outcome." },
      },
      options = {
        from = { "steelyard.critic", "value_model" },
        { "weights", "table", "The start: {task = number} or a value model; weights keep their "
          .. "sign, so none is 0.", otherwise = "must be given" },
        { "target", "string|function", "A metric (ndcg@10, mrr ...), or function(data, scores, "
          .. "weights) -> a number a request (NaN: does not count).", otherwise = "see outcome" },
        { "gains", "string|table", "What items are worth, for a metric: a column, or {column = "
          .. "worth}.", otherwise = "must be given" },
        { "outcome", "string", "A column of what happened, whose mean over a request counts.",
          otherwise = "see target" },
        { "holdout", "number|table", "The share of requests, or a data set, to choose by.",
          default = 0.3 },
        { "by", "string", "Requests that are equal in this column stay on one side.",
          otherwise = "each for itself" },
        { "periods", "integer", "At most so many.", default = 10 },
        { "patience", "integer", "Stop after so many without a better one.", default = 3 },
        { "settings", "integer", "Weights near the present ones that are measured in a period.",
          default = 12 },
        { "radius", "number", "How far the logarithm of a weight moves in a period, and how far "
          .. "settings are drawn.", default = 1 },
        { "temperature", "number", "Of the softmax, in deviations of all scores.", default = 0.5 },
        { "epochs", "integer", "Of the critic, in each period.", default = 20 },
        { "hidden", "list", "The critic's layers.", otherwise = "32, 16" },
        { "learning_rate", "number", "The critic's.", default = 1e-3 },
        { "steps", "integer", "Of the weights, in each period.", default = 50 },
        { "rate", "number", "Adam's, by the logarithms of weights.", default = 0.02 },
        { "seed", "integer", "Of everything drawn.", default = 1 },
        { "progress", "function", "Called with each period's entry of history." },
      },
      returns = { { "table", "weights, model (a value model), critic, history (period, mse, "
        .. "promised: what the critic says its move gains, trained and held: the mean target, "
        .. "weights), best_period (0: the start), trained and held: {start, best, requests}." } },
      errors = "Columns that there are not; weights of 0; requests without any target.",
      complexity = "O(periods (settings x measuring + epochs x settings x requests + steps x "
        .. "rows x tasks))",
      source = "RaCT's critic, of requests in place of users; gradients through a softmax ranking",
      example = [[
local data = assert(sy.dataset.read("examples/data/kuairand-requests.csv", {
  group = "request_id", predictions = { "p_click", "p_long_view" }, columns = { "long_view" },
}))
local r = sy.critic.value_model(data, { weights = { p_click = 1, p_long_view = 1 },
  target = "ndcg@3", gains = "long_view", periods = 2 })
print(#r.history, r.held.best >= r.held.start)  --> 2 true]],
    },
  },
}
