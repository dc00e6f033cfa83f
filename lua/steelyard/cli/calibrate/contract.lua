-- steelyard calibrate contract: does a new version of a ranking model keep the old one's scale?

local columns = require("steelyard.cli.calibrate.columns")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local library = require("steelyard.cli.calibrate.library")
local options = require("steelyard.options")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local tables = require("steelyard.cli.table")

local contract = { summary = "does a new version keep the scale of the old one's predictions?" }

local VERSIONS = {
  { "--after", "FILE",
    "The same requests with the new version's predictions; --data has the old one's. Rows stand in "
      .. "the same order, or are matched by request and --item. Default: --data." },
  { "--after-predictions", "TASK=COLUMN,..",
    "Where the new version's predictions stand. Default: as --predictions says." },
  { "--tasks", "TASK,..",
    "What is compared. Default: the tasks of --vm, or of --after-predictions, or of "
      .. "--predictions." },
  { "--vm", "FILE", "A value model: does the scale of its value move, and by which task?" },
  { "--vm-after", "FILE", "The value model that goes with the new version. Default: --vm." },
  { "--labels", "TASK=COLUMN,..",
    "Columns of --data with observed outcomes: how well either version is calibrated." },
}

local JUDGEMENT = {
  { "--tolerance", "SHARE",
    "A scale holds while its interval is within 1 - SHARE and 1 + SHARE. Default: 0.05." },
  { "--confidence", "SHARE", "Of the intervals. Default: 0.95." },
  { "--interval", "NAME",
    "delta (of a ratio of sums of requests) or bootstrap (of requests). Default: delta." },
  { "--resamples", "N", "Of the bootstrap. Default: 2000." },
  { "--seed", "N", "Of the bootstrap. Default: 1." },
  { "--buckets", "N", "Levels of the old prediction that are compared apart. Default: 10." },
  { "--k", "K", "How many first ranks of the two orders are compared. Default: 10." },
}

function contract.parser()
  local LOG = "steelyard calibrate contract --data examples/data/kuairand-requests.csv "
    .. "--group request_id \\\n    "
  local parser = data.parser("calibrate contract", {
    purpose = "Compares the predictions of two versions of a ranking model on the same requests: "
      .. "does the scale of each task hold, and of the value that a value model makes of them? "
      .. "Exit status 1 where one has moved.",
    usage = "--data FILE [--group COLUMN[,..]] [--after FILE]\n"
      .. "[--after-predictions TASK=COLUMN,..] [--vm FILE] [options]",
    examples = {
      LOG .. "--after-predictions p_click=p_long_view",
      LOG .. "--after examples/data/kuairand-requests.csv --item video_id \\\n"
        .. "    --vm examples/data/kuairand_vm.json --labels p_click=click --json",
    },
  })
  data.options(parser, "The versions", VERSIONS)
  data.options(parser, "The judgement", JUDGEMENT)
  parser:flag("--json", "Print one JSON object instead of the tables.")
  data.define(parser)
  return parser
end

-- -------------------------------------------------------------------------------- what is asked --

local function names_of(option, text)
  local list = {}
  for i, pair in ipairs(parse.pairs(option, text)) do
    list[i] = pair[1]
  end
  return list
end

local function tasks_of(given, model)
  if given.tasks then
    return parse.list("--tasks", given.tasks)
  elseif model then
    return model.tasks
  elseif given.after_predictions then
    return names_of("--after-predictions", given.after_predictions)
  elseif given.predictions then
    return names_of("--predictions", given.predictions)
  end
  failure.raise("which tasks? One of --tasks, --vm, --after-predictions and --predictions is "
    .. "needed")
end

-- {task = column}; every task must be known.
local function columns_of(option, text, tasks)
  local map, known = {}, {}
  for _, task in ipairs(tasks) do
    known[task] = true
  end
  for _, pair in ipairs(text and parse.pairs(option, text) or {}) do
    if not known[pair[1]] then
      failure.raise("%s: no task is called %s%s", option, pair[1], options.hint(pair[1], tasks))
    end
    map[pair[1]] = pair[2]
  end
  return map
end

local NUMBERS = {
  tolerance = parse.number, confidence = parse.number, resamples = parse.integer,
  seed = parse.integer, buckets = parse.integer, k = parse.integer,
}

local function judgement_of(given)
  local o = {}
  for _, key in ipairs(options.keys(NUMBERS)) do
    o[key] = given[key] and NUMBERS[key]("--" .. key, given[key]) or nil
  end
  o.interval = given.interval and parse.choice("--interval", given.interval,
    { "delta", "bootstrap" })
  return o
end

-- The tasks that are read: those compared and those that a value model adds up.
local function all_tasks(tasks, models)
  local list, seen = {}, {}
  for _, names in ipairs({ tasks, models[1] and models[1].tasks or {},
    models[2] and models[2].tasks or {} }) do
    for _, name in ipairs(names) do
      list[#list + 1] = not seen[name] and name or nil
      seen[name] = true
    end
  end
  return list
end

-- ------------------------------------------------------------------------------------- reading --

local function settings_of(given, tasks, models)
  local settings = data.settings(given, tasks)
  for i = 1, 2 do
    if models[i] then
      data.add_features(settings, models[i])
    end
  end
  return settings
end

local function add(list, more)
  for _, name in ipairs(more) do
    list[#list + 1] = name
  end
  return list
end

local function values(map)
  local list = {}
  for _, key in ipairs(options.keys(map)) do
    list[#list + 1] = map[key]
  end
  return list
end

-- Give up where a file's predictions of the tasks compared are none, or its labels.
local function check_values(set, path, tasks, settings)
  for _, task in ipairs(tasks) do
    columns.check_shares(set, path, settings.predictions[task], set:prediction(task))
    if set:has_label(task) then
      columns.check_shares(set, path, settings.labels[task], set:label(task))
    end
  end
end

-- Both versions in one file: the new one's predictions are further columns.
local function read_one(given, asked, models, labels)
  local tasks = all_tasks(asked, models)
  local after = columns_of("--after-predictions", given.after_predictions, tasks)
  if next(after) == nil then
    failure.raise("where is the new version? One of --after and --after-predictions is needed")
  end
  local settings, replaced = settings_of(given, tasks, models), {}
  settings.labels = labels
  settings.features = add(add({}, settings.features or {}), values(after))
  local before = data.read(given, settings)
  check_values(before, given.data, asked, settings)
  for _, task in ipairs(options.keys(after)) do
    local column = after[task]
    if before:names(column) then
      failure.raise("--after-predictions: column %s has words, not numbers", column)
    end
    replaced[task] = before:column(column)
  end
  for _, task in ipairs(asked) do
    if replaced[task] then
      columns.check_shares(before, given.data, after[task], replaced[task])
    end
  end
  return before, before:with_predictions(replaced)
end

local function read_two(given, asked, models, labels)
  if given.data == "-" and given.after == "-" then
    failure.raise("--after: standard input is read by --data")
  end
  local tasks = all_tasks(asked, models)
  local settings = settings_of(given, tasks, models)
  settings.labels = labels
  local other = setmetatable({
    data = given.after, predictions = given.after_predictions or given.predictions,
  }, { __index = given })
  local after_settings = settings_of(other, tasks, models)
  local before, after = data.read(given, settings), data.read(other, after_settings)
  if before.size ~= after.size then
    failure.raise("%s has %s, but %s has %d", given.data, tables.count(before.size, "row"),
      given.after, after.size)
  end
  check_values(before, given.data, asked, settings)
  check_values(after, given.after, asked, after_settings)
  return before, after
end

-- ------------------------------------------------------------------------------------ printing --

-- "+0.1000"; 0 has no sign.
local function signed(value, decimals)
  local text = tables.number(value, decimals)
  return value > 0 and text:find("[1-9]") and "+" .. text or text
end

local function interval(one)
  return tables.interval(one.low, one.high)
end

local function append(lines, more)
  for _, line in ipairs(more) do
    lines[#lines + 1] = line
  end
end

local function scale_table(result)
  local rows = {}
  local function add_row(name, one)
    rows[#rows + 1] = {
      name, tables.number(one.mean_before, 6), tables.number(one.mean_after, 6),
      tables.number(one.ratio), interval(one), one.spread and tables.number(one.spread) or "",
      one.verdict,
    }
  end
  for _, task in ipairs(result.order) do
    add_row(task, result.tasks[task])
  end
  if result.value then
    add_row("(value)", result.value)
  end
  return tables.lines({ "task", "mean\nbefore", "mean\nafter", "ratio",
    ("%g%% interval"):format(result.confidence * 100), "spread\nratio", "scale" }, rows)
end

-- The ratio by level of the old prediction.
local function level_table(result)
  local header, rows, most = { "task" }, {}, 0
  for i, task in ipairs(result.order) do
    rows[i] = { task }
    for l, level in ipairs(result.tasks[task].levels) do
      rows[i][l + 1] = tables.number(level.ratio)
      most = math.max(most, l)
    end
  end
  for l = 1, most do
    header[l + 1] = ("%d"):format(l)
  end
  for _, row in ipairs(rows) do
    for c = #row + 1, most + 1 do
      row[c] = ""
    end
  end
  return tables.lines(header, rows)
end

local function mending_table(result)
  local rows = {}
  for i, task in ipairs(result.order) do
    local mend = result.tasks[task].mend
    rows[i] = { task, tables.number(mend.factor), signed(mend.shift, 4),
      ("%s %s logit"):format(signed(mend.intercept, 4), signed(mend.slope, 4)) }
  end
  return tables.lines({ "task", "factor", "logit\nshift", "logit\nline" }, rows)
end

local function calibration_table(result)
  local rows = {}
  for _, task in ipairs(result.order) do
    local one = result.tasks[task].calibration
    if one then
      rows[#rows + 1] = { task, tables.number(one.before.ratio), interval(one.before),
        tables.number(one.after.ratio), interval(one.after) }
    end
  end
  return #rows > 0 and tables.lines({ "task", "predicted/\nobserved\nbefore", "interval",
    "predicted/\nobserved\nafter", "interval" }, rows)
end

local function value_lines(result)
  local value, parts = result.value, {}
  for _, task in ipairs(options.keys(value.attribution)) do
    parts[#parts + 1] = ("%s %s"):format(task, signed(value.attribution[task], 4))
  end
  return {
    "", "The value's change by task, as shares of the mean value before: "
      .. table.concat(parts, ", "),
    ("The two orders: %s of the first %d in common, Kendall's tau %s, another item on top in %s%% "
      .. "of requests"):format(tables.number(value.overlap), value.k,
      tables.number(value.kendall_tau), tables.number(100 * value.top_changed, 1)),
  }
end

local function as_text(set, result, given)
  local lines = {
    data.describe(set, true),
    ("before: %s; after: %s"):format(given.data, given.after or given.after_predictions),
  }
  if result.repeated > 0 then
    lines[3] = ("%s with the --item of one before in the request: matched in their order"):format(
      tables.count(result.repeated, "row"))
  end
  lines[#lines + 1] = ""
  append(lines, scale_table(result))
  lines[#lines + 1] = ("(a scale holds within %g%%; intervals by %s)"):format(
    result.tolerance * 100, result.units)
  append(lines, { "", "Ratio by level, from the lowest old predictions to the highest:" })
  append(lines, level_table(result))
  append(lines, { "", "What brings the new version back to the old scale:" })
  append(lines, mending_table(result))
  local calibration = calibration_table(result)
  if calibration then
    append(lines, { "" })
    append(lines, calibration)
  end
  append(lines, result.value and value_lines(result) or {})
  append(lines, { "", result.verdict == "moved"
    and "moved: " .. table.concat(result.moved, ", ")
    or result.verdict == "unclear" and "unclear: the data are too few to tell" or "the scale "
      .. "holds" })
  return table.concat(lines, "\n") .. "\n"
end

-- ------------------------------------------------------------------------------------- command --

function contract.run(given)
  local models = {
    given.vm and data.value_model(given.vm) or nil,
    given.vm_after and data.value_model(given.vm_after) or nil,
  }
  if given.vm_after and not given.vm then
    failure.raise("--vm-after needs --vm, the value model before")
  end
  local o, tasks = judgement_of(given), tasks_of(given, models[1])
  o.tasks, o.value_model, o.value_model_after = tasks, models[1], models[2]
  local labels = columns_of("--labels", given.labels, tasks)
  local read = given.after and read_two or read_one
  o.join = given.after and given.item and "items" or "rows"
  local before, after = read(given, tasks, models, labels)
  local result = library.call("contract", before, after, o)
  output.write(given.json and output.json(result) or as_text(before, result, given))
  return result.verdict == "moved" and 1 or 0
end

return contract
