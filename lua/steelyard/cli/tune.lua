-- steelyard tune: weights with which each task matters as much as intended.

local core = require("steelyard.core")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local options = require("steelyard.options")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local sy = require("steelyard")
local tables = require("steelyard.cli.table")

local tune = { summary = "find weights with which each task matters as much as intended" }

-- Options, in the groups in which --help shows them.
local GROUPS = {
  {
    "What is wanted",
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
    "Weights",
    { "--vm", "FILE",
      "The incumbent value model: its weights are where the search starts; its tasks that have no "
        .. "target keep their weights. Default: equal weights." },
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
    "Search",
    { "--method", "NAME",
      "auto (tries cheap steps first, then slsqp, then polishes), multiplicative, slsqp. "
        .. "Default: auto." },
    { "--learning-rate", "X",
      "Of multiplicative. Default: 0.05 for ndcg-gap, 0.03 for regret." },
    { "--max-iterations", "N", "Of multiplicative. Default: 1000 for ndcg-gap, 3000 for regret." },
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
    local elements = {}
    for i = 2, #group do
      local name, value, text = table.unpack(group[i])
      elements[#elements + 1] = data.option(parser, name, value, text)
    end
    parser:group(group[1], table.unpack(elements))
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

local function labels_of(given, goal, settings)
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
    settings.labels = {}
    for _, pair in ipairs(parse.pairs("--labels", given.labels)) do
      settings.labels[pair[1]] = pair[2]
    end
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

local function check_known(option, map, tasks, known)
  for task in pairs(map) do
    if not known[task] then
      failure.raise("%s: %s has neither a target nor a weight%s", option, task,
        options.hint(task, tasks))
    end
  end
end

local function number_of(given, key, option)
  return given[key] and parse.number(option, given[key]) or nil
end

-- The options of the recipe.
local function recipe_options(given, goal, incumbent, tasks, known)
  local o = data.rule(given)
  o[goal.option] = goal.map
  o.initial = incumbent and incumbent.weights
  o.method = given.method and check_method(given.method) or nil
  o.learning_rate = number_of(given, "learning_rate", "--learning-rate")
  o.tolerance = number_of(given, "tolerance", "--tolerance")
  o.holdout = number_of(given, "holdout", "--holdout")
  if o.holdout and (o.holdout < 0 or o.holdout >= 1) then
    failure.raise("--holdout: %s is not a share from 0 to below 1", given.holdout)
  end
  o.max_iterations = given.max_iterations
    and parse.integer("--max-iterations", given.max_iterations, 1)
  o.seed = given.seed and parse.integer("--seed", given.seed) or nil
  o.split_by = given.split_by
  if o.split_by and not o.holdout then
    failure.raise("--split-by has no meaning without --holdout")
  end
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

-- -------------------------------------------------------------------------------- the report --

local function measured_by(result)
  local what = result.measure == "gap" and "NDCG gap" or "regret"
  if result.goal == "fractions" then
    return what .. ", as fractions of the sum"
  end
  return result.goal == "minimise" and what .. ", weighted by importance" or what
end

local function head(result, set, run)
  local o = run.options
  return {
    ("%s; %s%s"):format(
      data.describe(set), tables.count(#result.tasks, "task"),
      result.holdout
          and ("; tuned on %d requests, %d held out"):format(result.requests,
            result.holdout.requests)
        or ""),
    ("objective: %s, %s"):format(
      measured_by(result), (o.k or 0) > 0 and ("at rank %d"):format(o.k) or "over all ranks"),
    ("method: %s; %s, %.3f s"):format(
      result.method == (o.method or "auto") and result.method
        or ("%s (%s)"):format(o.method or "auto", result.method),
      tables.count(result.evaluations, "evaluation"), run.seconds),
    "",
  }
end

-- Weights before and after, in the incumbent's scale where there is one.
local function weights_of(result, incumbent)
  local before = {}
  for _, task in ipairs(result.tasks) do
    before[task] = incumbent and (incumbent.weights[task] or 0) or result.initial[task]
  end
  return before, result.scaled_weights
end

local function result_table(result, incumbent)
  local wanted = result.goal == "minimise" and "importance" or "target"
  local header = { "task", wanted, "before", "after", "weight\nbefore", "weight\nafter" }
  local held = result.holdout
  if held then
    header = { "task", wanted, "tuned on:\nbefore", "\nafter", "held out:\nbefore", "\nafter",
      "weight\nbefore", "weight\nafter" }
  end
  local before, after = weights_of(result, incumbent)
  local decimals = math.max(tables.decimals(before), tables.decimals(after))
  local rows = {}
  for i, task in ipairs(result.tasks) do
    local target = result.target[task]
    local row = {
      task,
      tables.number(target, wanted == "importance" and 2 or 4),
      tables.number(result.before.achieved[task]),
      tables.number(result.achieved[task]),
    }
    if held then
      row[5] = tables.number(held.before.achieved[task])
      row[6] = tables.number(held.achieved[task])
    end
    row[#row + 1] = tables.number(before[task], decimals)
    row[#row + 1] = tables.number(after[task], decimals)
    rows[i] = row
  end
  return tables.lines(header, rows)
end

local function verdict(result)
  local lines, held = { "" }, result.holdout
  if result.goal == "minimise" then
    lines[2] = ("%s: %s"):format(result.converged and "done" or "not done", result.reason)
    lines[3] = ("importance-weighted regret: %s before, %s after"):format(
      tables.number(result.before.objective, 6), tables.number(result.objective, 6))
    if held then
      lines[3] = lines[3] .. ("; held out: %s before, %s after"):format(
        tables.number(held.before.objective, 6), tables.number(held.objective, 6))
    end
    return lines
  end
  lines[2] = result.converged and "target reached" or "target not reached: " .. result.reason
  lines[3] = ("largest difference from the target: %s%s"):format(
    tables.number(result.residual, 6),
    held and ("; held out: %s"):format(tables.number(held.residual, 6)) or "")
  return lines
end

local function as_text(result, set, run)
  local lines = {}
  local files = { "" }
  if run.out then
    local unfinished = result.goal == "minimise" and " (the best weights found)"
      or " (the nearest weights found)"
    files[#files + 1] = ("written: %s%s"):format(run.out, result.converged and "" or unfinished)
  end
  if run.report then
    files[#files + 1] = ("written: %s"):format(run.report)
  end
  for _, part in ipairs({
    head(result, set, run), result_table(result, run.incumbent), verdict(result),
    #files > 1 and files or {},
  }) do
    table.move(part, 1, #part, #lines + 1, lines)
  end
  return table.concat(lines, "\n") .. "\n"
end

-- ----------------------------------------------------------------------------------- running --

local function tuned_model(result)
  local weights = {}
  for i, task in ipairs(result.tasks) do
    weights[i] = { task, result.scaled_weights[task] }
  end
  return sy.value_model.new({ weights = weights })
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
    error(result, 0)
  end
  return result
end

-- Write what was asked for. What could not be written is struck from `run` and told in a message,
-- so
-- that the result, which may have taken long, is printed all the same.
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
  local incumbent = given.vm and data.value_model(given.vm) or nil
  local tasks, known = all_tasks(goal, incumbent)
  local o = recipe_options(given, goal, incumbent, tasks, known)
  local settings = data.settings(given, tasks)
  o.gains = labels_of(given, goal, settings)
  settings.categorical = o.split_by and { o.split_by } or nil
  local set = data.read(given, settings)
  set.tasks = tasks -- in the incumbent's order, not by name
  local result = search(set, goal, o)
  local run = {
    options = o, incumbent = incumbent, out = given.out, report = given.report,
    seconds = core.clock() - started,
  }
  result.seconds = run.seconds
  local trouble = write_files(result, run)
  output.write(given.json and output.json(result) or as_text(result, set, run))
  failure.unless(not trouble, trouble)
  return result.converged and 0 or 1
end

return tune
