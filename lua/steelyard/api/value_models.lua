-- The description of value models.

return {
  title = "Value models",
  text = [[The weights by which predictions become one score: the sum over tasks of weight times
prediction. A file is JSON; the smallest is `{"weights": {"p_like": 0.5}}`. Weights may be
negative. A file may hold calibrators (see Calibrators) beside them,
`"calibrators": {"p_like": {...}}`, through which a task's predictions go before they are
weighed.]],
  classes = {
    {
      name = "value_model",
      title = "A value model",
      text = "Made by sy.value_model.new, load or parse; it does not change.",
      fields = {
        { "tasks", "string[]", "The tasks, in order." },
        { "weights", "table<string, number>", "A weight per task (a copy)." },
        { "calibrators", "table<string, calibrator>", "A calibrator of some tasks (a copy)." },
      },
    },
  },
  functions = {
    {
      name = "sy.value_model.new",
      call = "sy.value_model.new{weights = ..., calibrators = ...}",
      purpose = "Makes a value model of weights, and of calibrators if there are some.",
      args = {
        { "options", "{weights: table, calibrators: table?}",
          "weights: {task = weight}, in order of name, or {{task, weight}, ...}, in that order; "
            .. "calibrators: {task = calibrator} of some of these tasks." },
      },
      returns = { { "value_model", "The model." } },
      errors = "No weights, a weight that is no finite number, a task that is there twice, a "
        .. "calibrator of a task without a weight.",
      example = [[
local vm = sy.value_model.new({ weights = { p_like = 2, p_report = -8 } })
print(vm:score({ p_like = { 0.5, 1 }, p_report = { 0, 0.25 } }))  --> array f64 [2]: 1 0]],
    },
    {
      name = "sy.value_model.load",
      call = "sy.value_model.load(path [, options])",
      purpose = "Loads a value model. Duplicate keys, unknown keys, wrong types and trailing text "
        .. "are refused.",
      args = { { "path", "string", "The file." }, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.value_model", "load" },
        { "tasks", "string[]", "The model must have weights for exactly these tasks." },
      },
      returns = { { "value_model?", "The model, or nil." }, { "string?",
        "File and JSON path at fault." } },
      example = [[
local vm = assert(sy.value_model.load("examples/data/kuairand_vm.json"))
print(vm.weights.p_comment)  --> 12.0]],
    },
    {
      name = "sy.value_model.parse",
      call = "sy.value_model.parse(text [, name])",
      purpose = "The same, from JSON text.",
      args = {
        { "text", "string", "The JSON." },
        { "name?", "string", "What stands for the file in messages." },
      },
      returns = { { "value_model?", "The model, or nil." }, { "string?",
        "What is wrong, and where." } },
      example = [[
local vm, message = sy.value_model.parse('{"weights": {"p_like": "much"}}', "mine")
print(vm, message:match("^mine: %$.weights.p_like") ~= nil)  --> nil true]],
    },
    {
      name = "sy.value_model.is",
      call = "sy.value_model.is(value)",
      purpose = "Tells whether a value is a value model.",
      args = { { "value", "any", "Anything." } },
      returns = { { "boolean", "Is it?" } },
      example = "print(sy.value_model.is({ weights = {} }))  --> false",
    },
    {
      name = "value_model:score",
      call = "vm:score(data)",
      purpose = "The scores of all rows. Predictions go through their task's calibrator; what it "
        .. "goes by beside them is taken from the columns of these names, and values it does not "
        .. "know change nothing.",
      args = {
        { "data", "data|table<string, numbers>",
          "A data set, or {task = numbers} with the columns of features: numbers or texts." },
      },
      returns = { { "array", "f32 where all predictions are f32, else f64." } },
      errors = "No column for a task or a feature; the nearest name is suggested.",
      complexity = "O(rows * tasks)",
      example = [[
local vm = sy.value_model.new({ weights = { a = 1, b = 10 } })
print(vm:score({ a = { 1, 2 }, b = { 3, 4 } }))  --> array f64 [2]: 31 42]],
    },
    {
      name = "value_model:deferred",
      call = "vm:deferred(data)",
      purpose = "The scores of all rows, not made yet: metrics take them in place of an array and "
        .. "score each request just before they rank it, which saves a column's memory and time.",
      args = { { "data", "data|table<string, numbers>", "A data set, or {task = numbers}." } },
      returns = { { "table", "{columns = list of arrays of one type, weights = numbers}." } },
      errors = "As vm:score's.",
      example = [[
local vm = sy.value_model.new({ weights = { a = 1, b = 10 } })
local scores = vm:deferred({ a = { 3, 2, 1 }, b = { 0, 0, 1 } })
print((sy.metrics.mrr(scores, { 0, 0, 1 })))  --> 1.0]],
    },
    {
      name = "value_model:calibrated",
      call = "vm:calibrated(data)",
      purpose = "The predictions as the weights see them: calibrated where a task has a "
        .. "calibrator.",
      args = { { "data", "data|table<string, numbers>", "As for vm:score." } },
      returns = {
        { "table<string, array>", "{task = array} of all the model's tasks, of one type." },
        { "data?", "Of a data set: another one that has these as predictions." },
      },
      errors = "As vm:score's.",
      example = [[
local vm = assert(sy.value_model.parse('{"weights": {"a": 1}, '
  .. '"calibrators": {"a": {"map": {"kind": "scale", "factor": 0.5}}}}'))
print(vm:calibrated({ a = { 0.5, 1 } }).a)  --> array f64 [2]: 0.25 0.5]],
    },
    {
      name = "value_model:features",
      call = "vm:features()",
      purpose = "The columns beside predictions that the calibrators go by, for sy.dataset.read's "
        .. "features and categorical.",
      args = {},
      returns = { { "string[]", "Those that hold numbers." }, { "string[]", "Those of texts." } },
      example = [[
print(#sy.value_model.new({ weights = { a = 1 } }):features())  --> 0]],
    },
    {
      name = "value_model:rank",
      call = "vm:rank(data [, k [, options]])",
      purpose = "The rows in order of score, best first, request by request.",
      args = {
        { "data", "data|table<string, numbers>", "A data set, or {task = numbers}: one request." },
        { "k?", "integer", "Only the first k of each request. Default: all." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.value_model", "rank" },
        { "threads", "integer", "How many threads to use.", otherwise = "as sy.threads says" },
        { "ties", '"input"|"name"', "Equal scores: the earlier row first, or by name, descending.",
          default = "input" },
      },
      returns = {
        { "array", "i64: rows from 1." },
        { "array",
          "i64 offsets: request r's rows are the elements offsets[r] + 1 .. offsets[r + 1]." },
      },
      example = [[
local vm = sy.value_model.new({ weights = { a = 1 } })
print((vm:rank({ a = { 1, 3, 2 } }, 2)))  --> array i64 [2]: 2 3]],
    },
    {
      name = "value_model:save",
      call = "vm:save(path)",
      purpose = "Writes the model so that loading gives back every bit; the file is replaced whole "
        .. "or not at all.",
      args = { { "path", "string", "The file." } },
      returns = { { "true?", "Done, or nil." }, { "string?", "Why it could not be saved." } },
      example = [[
local path = os.tmpname()
assert(sy.value_model.new({ weights = { a = 1 / 3 } }):save(path))
print(sy.value_model.load(path).weights.a == 1 / 3)  --> true
os.remove(path)]],
    },
  },
}
