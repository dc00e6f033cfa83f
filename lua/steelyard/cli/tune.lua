-- steelyard tune: weights with which each task matters as much as intended.

local core = require("steelyard.core")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local options = require("steelyard.options")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local report = require("steelyard.cli.report")
local sy = require("steelyard")

local tune = { summary = "find weights with which each task matters as much as intended" }

-- Options, in the groups in which --help shows them.
local GROUPS = {
  {
    title = "What is wanted",
    { "--objective", "NAME",
      "ndcg-gap: each task's share of the ranking (what is lost without it); regret: how far the "
        .. "ranking is from each task's own best one. Default: ndcg-gap." },
    { "--target", "TASK=SHARE,..",
      "The intended fractions, which sum to 1: of NDCG gaps, or with --objective regret of "
        .. "regrets." },
    { "--importance", "TASK=X,..",
      "With --objective regret: make the sum of importance times regret as small as can be." },
    { "--regrets", "TASK=X,..", "With --objective regret: reach these regrets (0 to 1)." },
    { "--gains", "WHAT",
      "What regret is measured by: predictions or labels. Default: labels where --labels is given, "
        .. "else predictions." },
    { "--labels", "TASK=COLUMN,..", "The columns of the tasks' observed outcomes." },
  },
  {
    title = "Weights",
    { "--vm", "FILE",
      "The incumbent value model: its weights are where the search starts; its tasks that have no "
        .. "target keep their weights, and all their calibrators. Default: equal weights." },
    { "--bounds", "TASK=LOW:HIGH,..",
      "Bounds of weights, either side may be left out. Default: weights keep their sign." },
    { "--fixed", "TASK,..", "Weights that stay as they are." },
    { "--regularization", "X[:KIND]",
      "Pull toward the initial weights with strength X, by l2 or kl. Default: 0, kind l2." },
    { "--out", "FILE",
      "Write the tuned value model: in the scale of --vm, else with weights that sum to 1. It is "
        .. "written, too, where the target is not reached (exit status 1)." },
  },
  {
    title = "Search",
    { "--method", "NAME",
      "auto (tries cheap steps first, then slsqp, then polishes), multiplicative, slsqp. "
        .. "Default: auto." },
    { "--learning-rate", "X",
      "Of multiplicative. Default: 0.05 for ndcg-gap, 0.03 for regret." },
    { "--max-iterations", "N", "Of multiplicative. Default: 1000 for ndcg-gap, 3000 for regret." },
    { "--max-evaluations", "N",
      "How often the polishing of auto and slsqp may measure all requests. Default: 3000." },
    { "--tolerance", "X",
      "The largest difference from the target that counts as reached. Default: 0.001; "
        .. "1e-5 for multiplicative." },
    { "--holdout", "SHARE",
      "Keep this share of the requests out of the tuning and report how they do. Default: 0." },
    { "--split-by", "COLUMN", "Hold out whole values of a column (users), not single requests." },
    { "--seed", "N", "Of what is random: the held-out requests. Default: 1." },
    { "--semantics", "NAME",
      "standard, or seed: the reference scripts' arithmetic, for comparison. Default: standard." },
    { "--report", "FILE.json", "Write everything about the result to FILE.json." },
  },
}

function tune.parser()
  local parser = data.parser("tune", {
    purpose = "Finds the weights of a value model with which each task matters as much as intended "
      .. "on logged requests, and prints what was reached.",
    usage = "--data FILE [--group COLUMN[,..]] [--objective NAME]\n"
      .. "(--target | --importance | --regrets) TASK=X,.. [--vm FILE] [--k K] [--out FILE]\n"
      .. "[options]",
    examples = {
      "steelyard tune --data examples/data/kuairand-requests.csv --group request_id --k 10 \\\n"
        .. "    --target p_click=0.4,p_long_view=0.4,p_profile_enter=0.15,p_comment=0.05 \\\n"
        .. "    --holdout 0.2 --split-by user_id --out vm.json",
      "steelyard tune --data examples/data/kuairand-requests.csv --group request_id --k 10 \\\n"
        .. "    --objective regret --importance p_click=1,p_long_view=1,p_comment=2 \\\n"
        .. "    --labels p_click=click,p_long_view=long_view,p_comment=comment \\\n"
        .. "    --regularization 0.1 --json",
    },
  })
  for _, group in ipairs(GROUPS) do
    data.options(parser, group.title, group)
  end
  parser:flag("--json", "Print one JSON object, the whole result, instead of the table.")
  data.define(parser)
  data.define_rule(parser, false)
  return parser
end

-- ------------------------------------------------------------------------------ what is asked --

local function check_method(method)
  if method == "exact" then
    failure.raise("--method: exact is not available yet; there are auto, multiplicative, slsqp")
  end
  return parse.choice("--method", method, { "auto", "multiplicative", "slsqp" })
end

-- The goal: the recipe, its option, the map {task = number}, the tasks in order.
local function goal_of(given)
  local objective = parse.choice("--objective", given.objective or "ndcg-gap",
    { "ndcg-gap", "regret" })
  local goals = {}
  for _, name in ipairs({ "target", "importance", "regrets" }) do
    goals[#goals + 1] = given[name] and name or nil
  end
  if objective == "ndcg-gap" then
    if goals[1] ~= "target" or goals[2] then
      failure.raise("--objective ndcg-gap needs --target TASK=SHARE,.. (--importance and --regrets "
        .. "belong to regret)")
    end
    local map, tasks = parse.fractions("--target", given.target)
    return { recipe = "ndcg_gap", option = "target", map = map, tasks = tasks }
  elseif #goals ~= 1 then
    failure.raise("--objective regret needs one of --target, --importance and --regrets")
  elseif goals[1] == "target" then
    local map, tasks = parse.fractions("--target", given.target)
    return { recipe = "regret", option = "fractions", map = map, tasks = tasks }
  end
  local map, tasks = parse.numbers("--" .. goals[1], given[goals[1]])
  return { recipe = "regret", option = goals[1], map = map, tasks = tasks }
end

-- What an option names must be tasks.
local function check_known(option, map, tasks, known)
  for _, task in ipairs(options.keys(map)) do
    if not known[task] then
      failure.raise("%s: %s has neither a target nor a weight%s", option, task,
        options.hint(task, tasks))
    end
  end
end

-- {task = column} of --labels: a column for each task, and for nothing else.
local function label_columns(text, tasks, known)
  local map = {}
  for _, pair in ipairs(parse.pairs("--labels", text)) do
    map[pair[1]] = pair[2]
  end
  check_known("--labels", map, tasks, known)
  for _, task in ipairs(tasks) do
    if not map[task] then
      failure.raise("--labels: task %s has none", task)
    end
  end
  return map
end

-- What regret is measured by ("predictions" or "labels"); the labels' columns go to `settings`.
local function labels_of(given, goal, settings, tasks, known)
  if goal.recipe ~= "regret" then
    if given.labels or given.gains then
      failure.raise("--labels and --gains belong to --objective regret")
    end
    return nil
  end
  local gains = given.gains and parse.choice("--gains", given.gains, { "predictions", "labels" })
    or given.labels and "labels"
    or "predictions"
  if gains == "labels" and not given.labels then
    failure.raise("--gains labels needs --labels TASK=COLUMN,..")
  elseif gains == "predictions" and given.labels then
    failure.raise("--labels are not used with --gains predictions")
  elseif given.labels then
    settings.labels = label_columns(given.labels, tasks, known)
  end
  return gains
end

-- The tasks whose predictions are needed: the incumbent's in its order, then the goal's.
local function all_tasks(goal, incumbent)
  local list, seen = {}, {}
  for _, tasks in ipairs({ incumbent and incumbent.tasks or {}, goal.tasks }) do
    for _, task in ipairs(tasks) do
      if not seen[task] then
        list[#list + 1], seen[task] = task, true
      end
    end
  end
  return list, seen
end


-- Options of the recipe that are numbers, with what reads them.
local NUMBERS = {
  learning_rate = parse.number,
  tolerance = parse.number,
  holdout = parse.number,
  max_iterations = parse.integer,
  max_evaluations = parse.integer,
  seed = parse.integer,
}

local function add_numbers(o, given)
  for _, key in ipairs(options.keys(NUMBERS)) do
    if given[key] then
      local lowest = key:find("^max_") and 1 or nil
      o[key] = NUMBERS[key]("--" .. key:gsub("_", "-"), given[key], lowest)
    end
  end
  if o.holdout and (o.holdout < 0 or o.holdout >= 1) then
    failure.raise("--holdout: %s is not a share from 0 to below 1", given.holdout)
  end
  o.split_by = given.split_by
  if o.split_by and not o.holdout then
    failure.raise("--split-by has no meaning without --holdout")
  end
end

-- The options of the recipe.
local function recipe_options(given, goal, incumbent, tasks, known)
  local o = data.rule(given)
  o[goal.option] = goal.map
  o.initial = incumbent
  o.method = given.method and check_method(given.method) or nil
  add_numbers(o, given)
  o.semantics = given.semantics
    and parse.choice("--semantics", given.semantics, { "standard", "seed" })
  if given.bounds then
    o.bounds = parse.bounds("--bounds", given.bounds)
    check_known("--bounds", o.bounds, tasks, known)
  end
  if given.fixed then
    o.fixed = parse.list("--fixed", given.fixed)
    local set = {}
    for _, task in ipairs(o.fixed) do
      set[task] = true
    end
    check_known("--fixed", set, tasks, known)
  end
  if given.regularization then
    o.regularization = parse.regularization("--regularization", given.regularization)
  end
  return o
end

-- ----------------------------------------------------------------------------------- running --

local function tuned_model(result)
  local weights = {}
  for i, task in ipairs(result.tasks) do
    weights[i] = { task, result.scaled_weights[task] }
  end
  return sy.value_model.new({ weights = weights, calibrators = result.calibrators })
end

-- Options that are called otherwise here than in the recipes.
local CALLED = { target = "--target", fractions = "--target", gain = "--gain-function" }

-- A recipe's message about one of its options, told of the command line's.
local function in_our_words(message)
  if type(message) ~= "string" then
    return message
  end
  message = message:gsub("^.-split: a share", "--holdout: a share", 1)
  local words = message:match("tune%.[%w_]+: (.*)$")
  if not words then
    return message
  end
  words = words:gsub('^option "([%w_]+)"', "%1", 1)
  return (words:gsub("^([%a_]+)([:.])", function(name, mark)
    local known = CALLED[name] or sy.tune.options.regret[name] and "--" .. name:gsub("_", "-")
    return known and known .. (mark == "." and ": " or mark)
  end, 1))
end

local function search(set, goal, o)
  local show, wipe = output.progress()
  if show then
    o.progress = function(state)
      local number = state.residual or state.cost
      show(("%s: %d evaluations, %s %.6f"):format(
        state.stage, state.evaluations, state.residual and "off by" or "cost", number))
    end
  end
  local ok, result = pcall(sy.tune[goal.recipe], set, o)
  wipe()
  if not ok then
    error(in_our_words(result), 0)
  end
  return result
end

-- Write what was asked for. What could not be written (it was looked at before, but a disk may be
-- full by now) is struck from `run` and told in a message, so that the result, which may have taken
-- long, is printed all the same.
local function write_files(result, run)
  local trouble
  local writers = {
    out = function(path)
      return tuned_model(result):save(path)
    end,
    report = function(path)
      return core.file_write(path, output.json(result))
    end,
  }
  for _, name in ipairs({ "out", "report" }) do
    if run[name] then
      local ok, message = writers[name](run[name])
      if not ok then
        run[name], trouble = nil, trouble or message
      end
    end
  end
  return trouble
end

local function check_report(path)
  if path and not path:find("%.json$") then
    failure.raise("--report: %s: reports are written as .json only%s", path,
      path:find("%.html?$") and " (.html is not available yet)" or "")
  end
end

function tune.run(given)
  local started = core.clock()
  local goal = goal_of(given)
  check_report(given.report)
  output.check({ ["--out"] = given.out, ["--report"] = given.report }, given.data)
  local incumbent = given.vm and data.value_model(given.vm) or nil
  local tasks, known = all_tasks(goal, incumbent)
  local o = recipe_options(given, goal, incumbent, tasks, known)
  local settings = data.settings(given, tasks)
  o.gains = labels_of(given, goal, settings, tasks, known)
  settings.categorical = o.split_by and { o.split_by } or nil
  if incumbent then
    data.add_features(settings, incumbent)
  end
  local set = data.read(given, settings)
  set.tasks = tasks -- in the incumbent's order, not by name
  local result = search(set, goal, o)
  local run = {
    options = o, incumbent = incumbent, out = given.out, report = given.report,
    seconds = core.clock() - started,
  }
  result.seconds = run.seconds
  local trouble = write_files(result, run)
  output.write(given.json and output.json(result) or report.text(result, set, run))
  failure.unless(not trouble, trouble)
  return result.converged and 0 or 1
end

return tune
