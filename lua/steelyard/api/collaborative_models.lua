-- The description of recommenders: what all of them do, and those in closed form.

local SMALL = [[
local cf = sy.collaborative
local x = cf.interactions({
  users = { 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 4 },
  items = { 1, 2, 3, 1, 2, 4, 3, 4, 1, 2, 3, 4 },
})
]]

local X = { "x", "interactions", "Who chose what." }
local HISTORIES = { "histories", "bag|interactions|integer[][]",
  "A row for each user: {ids, offsets, weights}, interactions, or lists of item numbers." }
local PROGRESS = { "progress", "function",
  "Called with {stage = \"start\", items, bytes = of memory that it will take, free}, and with "
    .. "{stage = \"end\", seconds}.", otherwise = "none" }
local MEMORY = { "memory", "number", "Bytes that it may take; past that it refuses to start.",
  otherwise = "what the machine has free" }
local RECOMMENDER = { "recommender", "The recommender." }

return {
  title = "Recommenders",
  text = [[Recommenders learnt from who chose what. Whatever the kind, one gives scores of all items
for a *history* (the items somebody has), so it serves users whom training did not see;
recommends the best unseen items; is measured on hidden ones; and is saved and loaded.
Kinds: `ease` (the shallow autoencoder in closed form), `slim` (sparse linear methods),
`als` (matrix factorisation), `popularity`, `mix` (weighted sums of others), and `actor`
(networks: see Training recommenders).

EASE, SLIM, popularity and their mixtures score without a BLAS: a process that serves them needs
the core alone. Learning uses as many threads as `sy.threads` says; the result has the same bits
for any number, where the BLAS gives the same.

`lua/steelyard/collaborative/model.lua` says how to define a kind of one's own.]],
  classes = {
    {
      name = "recommender",
      title = "A recommender",
      text = "Made by sy.collaborative.ease, slim, als, popularity, mix, actor or load. What it "
        .. "has learnt stands in further fields: weights (ease: f32, items x items; slim: a bag, a "
        .. "row for each item of a history), factors (als: of items), counts (popularity), "
        .. "parts and weights (mix).",
      fields = {
        { "kind", "string", "Which kind it is." },
        { "items", "integer", "How many items it knows." },
        { "item_names", "string[]|nil", "Their names." },
      },
    },
    {
      name = "evaluation",
      title = "What recommender:evaluate finds",
      text = "Maps by the metrics' names.",
      fields = {
        { "means", "table<string, number>", "Means over users." },
        { "errors", "table<string, number>", "Their standard errors: deviation / sqrt(users)." },
        { "values", "table<string, array>", "A number for each user (f64)." },
        { "users", "integer", "How many there were." },
      },
    },
  },
  functions = {
    {
      name = "recommender:scores",
      call = "model:scores(histories)",
      purpose = "Scores of all items, those in the history too. The array is the model's own: the "
        .. "next call writes over it.",
      args = { HISTORIES },
      returns = { { "array", "f32, a row for each history." } },
      errors = "An item that the model does not know, or items that do not ascend; row and entry "
        .. "are named.",
      complexity = "ease O(entries * items), slim O(entries * its weights), als a solve a history",
      example = SMALL .. [[
print(cf.popularity(x):scores({ { 1, 2 } }))  --> array f32 [1x4]: 3 3 3 3]],
    },
    {
      name = "recommender:recommend",
      call = "model:recommend(histories [, options])",
      purpose = "The best items that are not in the history, best first. The work of one call is "
        .. "bounded: what would take more steps than allowed is refused before it starts.",
      args = { HISTORIES, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.model", "recommend" },
        { "k", "integer", "How many: at most as many as there are items, or 20.", default = 20 },
        { "batch", "integer", "Histories that are scored together: fewer where their scores would "
          .. "take more than 64 MB.", default = 256 },
        { "most", "number", "Steps (multiplications of scoring, and one for each score) that the "
          .. "call may take. A serving host sets what it has time for: a core does some 10^9 a "
          .. "second.", default = 1e11 },
      },
      returns = {
        { "array", "Item numbers, i32, a row for each history; 0 where fewer are left." },
        { "array", "Their scores, f32." },
      },
      errors = "What scores refuses; more steps than allowed.",
      complexity = "scores, and O(items) a history",
      example = SMALL .. [[
local ids = cf.ease(x, { l2 = 1 }):recommend({ { 1 }, { 3, 4 } }, { k = 2 })
print(ids)  --> array i32 [2x2]: 2 3; 1 2]],
    },
    {
      name = "recommender:evaluate",
      call = "model:evaluate(fold_in, held_out [, options])",
      purpose = "How well hidden items are found: each row of fold_in is a history, the same row "
        .. "of held_out what was hidden of it (sy.collaborative.split makes both). Seen items are "
        .. "not ranked.",
      args = {
        { "fold_in", "bag|interactions|integer[][]", "Histories." },
        { "held_out", "bag|interactions|integer[][]", "What was hidden." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.collaborative.model", "evaluate" },
        { "metrics", "string[]", "Which (see sy.collaborative.measure).",
          otherwise = "ndcg@100, recall@20, recall@50" },
        { "batch", "integer", "Histories that are scored together, as in recommend.",
          default = 500 },
      },
      returns = { { "evaluation", "Means, standard errors, values by user." } },
      errors = "Different numbers of rows; what scores and the measures refuse.",
      example = SMALL .. [[
local found = cf.popularity(x):evaluate({ { 1 }, { 2 } }, { { 2 }, { 3, 4 } },
  { metrics = { "recall@1" } })
print(found.means["recall@1"], found.users)  --> 0.5 2]],
    },
    {
      name = "recommender:item",
      call = "model:item(name)",
      purpose = "The number of an item.",
      args = { { "name", "string", "Its name." } },
      returns = { { "integer|nil", "Its number; nil where the model does not know it." } },
      example = [[
local cf = sy.collaborative
local x = cf.interactions({ users = { 1, 1 }, items = { 1, 2 }, item_names = { "tea", "rice" } })
print(cf.popularity(x):item("rice"))  --> 2]],
    },
    {
      name = "recommender:save",
      call = "model:save(path)",
      purpose = "Writes it to a file *.safetensors, or to model.safetensors in a folder, which is "
        .. "made; whole or not at all. PyTorch and NumPy read the numbers.",
      args = { { "path", "string", "File or folder." } },
      returns = { { "boolean|nil", "True; or nil and a message." } },
      example = SMALL .. [[
local path = os.tmpname()
local file = path .. ".safetensors"
assert(cf.popularity(x):save(file))
print(cf.load(file):scores({ {} }))  --> array f32 [1x4]: 3 3 3 3
os.remove(file)
os.remove(path)]],
    },
    {
      name = "sy.collaborative.load",
      call = "sy.collaborative.load(path)",
      purpose = "A recommender from what save wrote, with the same bits. Damage is found by a "
        .. "checksum.",
      args = { { "path", "string", "File or folder." } },
      returns = { { "recommender|nil", "The recommender; or nil and a message." } },
      example = [[
print(sy.collaborative.load("no/such/folder"))
--> nil no/such/folder/model.safetensors: cannot open: No such file or directory]],
    },
    {
      name = "sy.collaborative.popularity",
      call = "sy.collaborative.popularity(x)",
      purpose = "Everybody gets what most have: scores are how often an item was chosen (the sum "
        .. "of its weights). What every other recommender has to beat.",
      args = { X },
      returns = { RECOMMENDER },
      complexity = "O(entries)",
      example = SMALL .. [[
print((cf.popularity(x):recommend({ { 1 } }, { k = 2 })))  --> array i32 [1x2]: 2 3]],
    },
    {
      name = "sy.collaborative.ease",
      call = "sy.collaborative.ease(x [, options])",
      purpose = "EASE: the weights B with a zero diagonal that minimise |X - XB|^2 + l2 |B|^2, by "
        .. "one Cholesky factorisation. Scores are sums of B's rows. The items' number counts, not "
        .. "the users': 8 bytes a pair of items, half of it only while it learns.",
      args = { X, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.ease", "ease" },
        { "l2", "number", "The penalty, above 0; a larger one for more users. It is what there is "
          .. "to tune.", default = 500 },
        { "dtype", '"f32"|"f64"', "What it is computed in: f32 takes half the memory and time, and "
          .. "fails where l2 is small beside the counts. The weights are f32 in any case.",
          default = "f64" },
        MEMORY,
        PROGRESS,
      },
      returns = { RECOMMENDER },
      errors = "More memory than there is; l2 not above 0; a matrix that is not positive definite "
        .. "in its type; a BLAS without LAPACK (OpenBLAS has one).",
      complexity = "O(sum over users of items^2 + items^3)",
      source = "Steck, WWW 2019",
      example = SMALL .. [[
local model = cf.ease(x, { l2 = 1 })
print(("%.4f"):format(model.weights:get(1, 2)))  --> 0.6250]],
    },
    {
      name = "sy.collaborative.slim",
      call = "sy.collaborative.slim(x [, options])",
      purpose = "SLIM: for each item the weights of the others that minimise |x_j - Xw|^2 / 2 + "
        .. "l2 |w|^2 / 2 + l1 |w|_1, by coordinate descent. Most weights are 0, so that the file "
        .. "is small and scoring fast.",
      args = { X, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.slim", "slim" },
        { "l1", "number", "Makes weights 0.", default = 5 },
        { "l2", "number", "Makes them small.", default = 200 },
        { "nonnegative", "boolean", "No weight below 0, as in the paper.", default = true },
        { "sweeps", "integer", "Passes over an item's weights, at most.", default = 100 },
        { "tolerance", "number", "It is done where no weight moves by more.", default = 1e-4 },
        { "dtype", '"f32"|"f64"', "In which counts of pairs are kept: f32 is exact up to 2^24 "
          .. "users.", default = "f32" },
        MEMORY,
        PROGRESS,
      },
      returns = {
        RECOMMENDER,
        { "table", "{objective, weights = how many are not 0, sweeps = the most that an item took, "
          .. "unconverged = items whose weights still moved}." },
      },
      errors = "Options that make no sense; more memory than there is.",
      complexity = "O(sum over users of items^2 + sweeps * weights * items)",
      source = "Ning and Karypis, ICDM 2011; Friedman, Hastie and Tibshirani 2010",
      example = SMALL .. [[
local model, report = cf.slim(x, { l1 = 1.5, l2 = 1 })
print(#model.weights.ids, report.unconverged)  --> 8 0]],
    },
    {
      name = "sy.collaborative.als",
      call = "sy.collaborative.als(x [, options])",
      purpose = "iALS: factors of users and items that minimise the sum over what was chosen of "
        .. "weight (1 - u'v)^2, plus unobserved * the sum over all pairs of (u'v)^2, plus l2 * the "
        .. "sum over users and items of (times chosen + unobserved * all others)^exponent "
        .. "|factor|^2. Every half step is an exact solve. Needs steelyard.learn to score, too.",
      args = { X, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.als", "als" },
        { "factors", "integer", "How many. More are better, and slower.", default = 64 },
        { "l2", "number", "The penalty, above 0.", default = 0.003 },
        { "unobserved", "number", "What a pair that was not chosen weighs.", default = 0.3 },
        { "exponent", "number", "1: what is chosen often is held as tightly as the rest, for its "
          .. "data; 0: all alike.", default = 1 },
        { "iterations", "integer", "Solves of both sides.", default = 16 },
        { "start", "number", "Items' factors start from normal numbers of deviation start / "
          .. "sqrt(factors).", default = 0.1 },
        { "seed", "integer", "What they are drawn by.", default = 1 },
        { "dtype", '"f32"|"f64"', "What it is computed in.", default = "f32" },
        { "loss", "boolean", "Tell the loss to progress, which takes time.", default = false },
        { "progress", "function", "Called with {iteration, iterations, loss}.",
          otherwise = "none" },
      },
      returns = { RECOMMENDER, { "array", "The factors of users, rows x factors." } },
      errors = "Options that make no sense; weights below 0; a system of equations that is not "
        .. "positive definite, and whose it is.",
      complexity = "O(iterations * (entries * factors^2 + (users + items) * factors^3))",
      source = "Hu, Koren and Volinsky, ICDM 2008; Rendle et al., RecSys 2022",
      example = SMALL .. [[
local model, users = cf.als(x, { factors = 2, iterations = 3 })
print(model.factors.shape[1], #users)  --> 4 4]],
    },
    {
      name = "sy.collaborative.mix",
      call = "sy.collaborative.mix(models [, options])",
      purpose = "A recommender whose scores are the weighted sum of others'. It is saved in one "
        .. "file with its parts.",
      args = {
        { "models", "recommender[]", "Of the same items." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.collaborative.mix", "mix" },
        { "weights", "number[]", "One a model.", otherwise = "1 each" },
      },
      returns = { RECOMMENDER },
      errors = "Models of different numbers of items.",
      example = SMALL .. [[
local both = cf.mix({ cf.ease(x, { l2 = 1 }), cf.popularity(x) }, { weights = { 1, 0.01 } })
print(both)  --> model: mix, 4 items]],
    },
    {
      name = "sy.collaborative.mix.tune",
      call = "sy.collaborative.mix.tune(models, fold_in, held_out [, options])",
      purpose = "A mixture whose weights find hidden items best. Scores are first brought to one "
        .. "deviation. From the best model alone, the search goes along the line to each model in "
        .. "turn: at `steps` places, then around the best of them.",
      args = {
        { "models", "recommender[]", "Of the same items." },
        { "fold_in", "bag|interactions|integer[][]", "Histories that neither training nor the test "
          .. "uses." },
        { "held_out", "bag|interactions|integer[][]", "What was hidden of them." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.collaborative.mix", "tune" },
        { "metric", "string", "What is to be best, on average.", default = "ndcg@100" },
        { "steps", "integer", "Places along a line.", default = 10 },
        { "rounds", "integer", "How often all models are gone through; fewer where nothing gets "
          .. "better.", default = 2 },
        { "batch", "integer", "Histories that are scored together, as in recommend.",
          default = 500 },
        { "progress", "function", "Called with {round, value}.", otherwise = "none" },
      },
      returns = {
        RECOMMENDER,
        { "table", "{value = the metric's mean, alone = the models' own, shares = of each model, "
          .. "which add up to 1}." },
      },
      errors = "Models of different numbers of items; no histories.",
      complexity = "O(rounds * models * steps) measures",
      example = SMALL .. [[
local one, report = cf.mix.tune({ cf.popularity(x), cf.ease(x, { l2 = 1 }) },
  { { 1 }, { 2 } }, { { 2 }, { 1 } }, { metric = "ndcg@1" })
print(one.kind, report.value)  --> mix 1.0]],
    },
  },
}
