-- The description of training: multi-task estimators and what they predict.

local FEATURES = "columns, or tables {column =, as =, ...} (see below)"

return {
  title = "Training",
  text = [[A multi-task estimator predicts several outcomes of showing an item with one network:
embeddings of user and item id, linear layers over the features of user, item and both (cross
features, 128 outputs), side by side, and a logit for each task. Without hidden layers and experts
it is the reference estimator. Features are names of columns, or tables with

- `column`, and `as`: "number" (standardised by the training rows; the default of number columns),
  "log" (the same, of log(1 + x)), "raw", "category" (a weight for each value that training rows
  have, one for all others; the default of text columns), "cut" (a category by `edges`), "hash" (a
  category of `rows` values, by hashing texts), "history" (of an id: the logit of its training rows'
  rate of each task, with `prior` rows of the overall rate; training rows do not see their own
  labels, but a network that also embeds the id can learn its sum, and tell the own label from what
  is left: hold rows out, and stop early);
- `unknown`: the number that stands for a missing one (NaN always does): it counts as the mean, and
  gets a weight of its own;
- `most`, `min_count`: of categories and ids: only so many values, only those with so many training
  rows are known.

Values that are not known share a row of the table, which adds nothing where no training row has it;
numbers that are missing (NaN) are one value of a category. Infinite numbers are refused.

Recipes say what is minimised and what is added to the network: `plain` (cross-entropy), `platt`
(`fraction`, `on`, `slope`), `buckets` (`buckets`, `weight`, `gap`), `kernel` (`bandwidth`,
`weight`), `feature` (`by`: a category, also of numbers; `weight`, `gap`, `weighting`), `bias`
(`by`, `l2`).
A recipe of your own is a table {options, features(options), categories, build(graph, parts,
options, encoding), start(net, options), loss(batch, parts, options)}, of which only loss must be
there: it gives a number and {layer = gradient}; categories: names of those features that must be
categories; examples/recipes/top_heavy.lua is one.]],
  classes = {
    {
      name = "trained_model",
      title = "Trained models",
      text = "What sy.train.mtml and sy.train.load give.",
      fields = {
        { "tasks", "string[]", "What is predicted." },
        { "history", "table[]", "Of each epoch: epoch, loss (the mean over its batches), "
          .. "validation (log_loss, auc, tasks = {task = {log_loss, auc, ratio, ece}}). What is "
          .. "not defined is not there (auc of labels that are all alike), and no part of the "
          .. "means." },
        { "best_epoch", "integer?", "The epoch whose parameters these are, where rows were held "
          .. "out." },
        { "rows", "integer", "How many rows it was trained on; held_out: how many validated it." },
        { "calibrators", "table", "{task = calibrator}, which predict applies." },
      },
    },
  },
  functions = {
    {
      name = "sy.train.mtml",
      call = "sy.train.mtml(data, options)",
      purpose = "Trains a multi-task estimator on a data set with labels, which name the tasks. A "
        .. "label of NaN was not observed, and counts nowhere.",
      args = {
        { "data", "data", "A data set with labels from 0 to 1 and the columns that are named." },
        { "options", "options", "See below; some id or feature must be there." },
      },
      options = {
        from = { "steelyard.train", "mtml" },
        { "user_id", "string|table", "The column of user ids.", otherwise = "no such embedding" },
        { "item_id", "string|table", "The column of item ids.", otherwise = "no such embedding" },
        { "user_features", "list", "Of the user: " .. FEATURES .. "." },
        { "item_features", "list", "Of the item." },
        { "cross_features", "list", "Of both, or of the request." },
        { "position", "string|table", "The column of positions at which items were shown: an "
          .. "offset of each logit by position, which predictions leave out." },
        { "user_dim", "integer", "Width of the user's embedding and features.", default = 16 },
        { "item_dim", "integer", "Width of the item's.", default = 16 },
        { "cross_hidden", "integer", "Width of the cross features' layer.", default = 128 },
        { "id_l2", "number", "L2 on the embeddings of a batch's ids.", default = 0 },
        { "head_l2", "number", "L2 on the weights of the last layer.", default = 0 },
        { "id_deviation", "number", "The standard deviation that id embeddings start with.",
          default = 0.05 },
        { "position_l2", "number", "L2 on the offsets by position.", default = 0 },
        { "hidden", "integer[]", "Widths of hidden layers that all tasks share.",
          otherwise = "none, as the reference" },
        { "activation", '"relu"|"tanh"|"sigmoid"|"gelu"|"softplus"', "Of hidden layers.",
          default = "relu" },
        { "dropout", "number", "The share of hidden numbers dropped in training.", default = 0 },
        { "experts", "table", "{count = 4, width = 64}: experts mixed by a gate for each task "
          .. "(MMoE).", otherwise = "none" },
        { "recipe", "string|table", "What is minimised: a name, {name =, its options ...}, or "
          .. "{recipe = a table of functions, its options ...}.", default = "plain" },
        { "mode", '"standard"|"seed"', "seed: the reference's arithmetic where ours differs "
          .. "(summed losses, left-over rows, Platt from 0).", default = "standard" },
        { "optimizer", "string|table", "sgd, adagrad, adam, adamw; or {name =, options of "
          .. "sy.optimizer ...}.", default = "adam" },
        { "learning_rate", "number|table|function", "A number, a schedule (a function of the "
          .. 'step), or {"cosine", first, last, steps} and so on.', default = 0.001 },
        { "batch", "integer", "Rows of a batch.", default = 256 },
        { "epochs", "integer", "At most so many passes over the training rows.", default = 10 },
        { "validation", "table", "Which rows are held out: {share = 0.1 [, by = column]} at random "
          .. "(all rows of a user together), or {column = \"date\", from = 20220415}.",
          otherwise = "none" },
        { "early_stop", "integer", "Stop after so many epochs without a better one; 0: never.",
          default = 0 },
        { "select", '"log_loss"|"auc"|"last"', "Which epoch's parameters are kept, by the rows "
          .. "held out (the mean over tasks).", default = "log_loss" },
        { "seed", "integer", "Of starts, shuffling, dropout, recipes and the rows held out; from "
          .. "-2^32 to 2^32.",
          default = 1 },
        { "dtype", '"f32"|"f64"', "In which numbers.", default = "f32" },
        { "where", "string[]", 'Only rows for which all of these hold: "label=1", '
          .. '"date<=20220416".', otherwise = "all rows" },
        { "calibrate", "string|table", "Fit calibrators to the rows held out when training is "
          .. "done: a method of sy.calibrate.fit, or its options.", otherwise = "none" },
        { "checkpoint", "string", "A file that the run's whole state is written to.",
          otherwise = "none" },
        { "checkpoint_seconds", "number", "How often, beside at the end of each epoch.",
          default = 60 },
        { "resume", "boolean", "Go on where the checkpoint left off: to the same bits as in one "
          .. "go.", default = false },
        { "progress", "function", "Called after each epoch with its entry of history." },
      },
      returns = { { "trained_model", "The model." } },
      errors = "Options that make no sense, columns that are not there, a loss that is no number "
        .. "any more, a checkpoint of another run.",
      complexity = "O(rows x parameters of a row) an epoch; ids touch only their rows of a table",
      source = "gauravchak/calibration_arch_in_ranking_mtml; MMoE: Ma et al., KDD 2018; position: "
        .. "Zhao et al., RecSys 2019",
      example = [[
local data = assert(sy.dataset.read("examples/data/kuairand-requests.csv", {
  labels = { p_click = "click" }, categorical = { "user_id" }, columns = { "hour", "duration_ms" },
}))
local model = sy.train.mtml(data, { user_id = "user_id", epochs = 2,
  cross_features = { "hour", { column = "duration_ms", as = "log", unknown = 0 } } })
print(#model.history, model:predict(data).p_click.dtype)  --> 2 f64]],
    },
    {
      name = "sy.train.load",
      call = "sy.train.load(path)",
      purpose = "Reads a model that model:save wrote; a damaged one is refused by its checksum.",
      args = { { "path", "string", "The file." } },
      returns = { { "trained_model?", "The model; nil where it cannot be read." },
        { "string?", "Why not." } },
      example = 'print(select(2, sy.train.load("none")) ~= nil)  --> true',
    },
    {
      name = "trained_model:predict",
      call = "model:predict(data [, options])",
      purpose = "Probabilities for the rows of a data set that has the columns the model "
        .. "reads. The same rows give the same bits; a row among others may differ in its last "
        .. "digits (f32: by 1e-7).",
      args = {
        { "data", "data", "Rows; values that training did not see count as unknown." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.train", "predict" },
        { "raw", "boolean", "Without the model's calibrators.", default = false },
      },
      returns = { { "table", "{task = f64 array}." } },
      example = [[
local data = assert(sy.dataset.read("examples/data/kuairand-requests.csv", {
  labels = { p_click = "click" }, columns = { "hour" },
}))
local model = sy.train.mtml(data, { cross_features = { "hour" }, epochs = 1 })
print(#model:predict(data:where({ "hour<6" })).p_click)  --> 512]],
    },
    {
      name = "trained_model:columns",
      call = "model:columns()",
      purpose = "The columns that predicting reads.",
      args = {},
      returns = { { "string[]", "Of numbers." }, { "string[]", "Of categories." } },
      example = [[
local data = assert(sy.dataset.read("examples/data/kuairand-requests.csv", {
  labels = { p_click = "click" }, columns = { "hour" },
}))
local model = sy.train.mtml(data, { cross_features = { "hour" }, epochs = 1 })
print(table.concat(model:columns(), ", "))  --> hour]],
    },
    {
      name = "trained_model:save",
      call = "model:save(path)",
      purpose = "Writes the model, whole or not at all: a safetensors file, whose metadata says "
        .. "what else predicting takes.",
      args = { { "path", "string", "The file." } },
      returns = { { "boolean?", "true; nil where it cannot be written." },
        { "string?", "Why not." } },
      example = [[
local data = assert(sy.dataset.read("examples/data/kuairand-requests.csv", {
  labels = { p_click = "click" }, columns = { "hour" },
}))
local model = sy.train.mtml(data, { cross_features = { "hour" }, epochs = 1 })
print(model:save("no/such/folder/model") == nil)  --> true]],
    },
  },
}
