-- steelyard calibrate apply: a log's predictions, calibrated, as CSV.

local calibrator = require("steelyard.calibrator")
local columns = require("steelyard.cli.calibrate.columns")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")

local apply = { summary = "write a log's predictions as a value model calibrates them" }

function apply.parser()
  local parser = data.parser("calibrate apply", {
    purpose = "Writes the predictions of a value model's tasks as it calibrates them, as CSV: the "
      .. "columns that are kept, then one column for each task.",
    usage = "--data FILE --vm FILE [--keep COLUMN,..] [--out FILE] [options]",
    examples = {
      "steelyard calibrate fit --data examples/data/kuairand-requests.csv \\\n"
        .. "    --labels p_click=click --method platt --out calibrated.json",
      "steelyard calibrate apply --data examples/data/kuairand-requests.csv --vm calibrated.json "
        .. "\\\n"
        .. "    --keep request_id,video_id,click --out calibrated.csv",
    },
  })
  data.options(parser, "What is written", {
    { "--vm", "FILE", "The value model with calibrators. Required." },
    { "--keep", "COLUMN,..", "Columns that are copied. Default: those of --group and --item." },
    { "--out", "FILE", "Write to FILE instead of standard output." },
  })
  data.define(parser)
  return parser
end

-- The columns to copy, none of which has the name of a task.
local function kept_columns(given, model)
  local list = given.group and parse.list("--group", given.group) or {}
  list[#list + 1] = given.item
  if given.keep then
    list = parse.list("--keep", given.keep)
  end
  for _, name in ipairs(list) do
    if model.weights[name] then
      failure.raise("--keep: %s is a task, whose calibrated predictions get a column of that name",
        name)
    end
  end
  return list
end

-- A function(row) that gives a column's field.
local function field_of(set, name)
  local values, names = set:column(name), set:names(name)
  if names then
    return function(row)
      return output.field(names[values[row]])
    end
  end
  local dtype = values.dtype
  return function(row)
    return output.number(values[row], dtype)
  end
end

local function as_csv(set, keep, tasks, calibrated)
  local header, fields = {}, {}
  for i, name in ipairs(keep) do
    header[i], fields[i] = name, field_of(set, name)
  end
  for _, task in ipairs(tasks) do
    local values = calibrated[task]
    header[#header + 1] = task
    fields[#fields + 1] = function(row)
      return output.number(values[row], values.dtype)
    end
  end
  local lines = { output.record(header) }
  for row = 1, set.size do
    local line = {}
    for i, field in ipairs(fields) do
      line[i] = field(row)
    end
    lines[row + 1] = table.concat(line, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

function apply.run(given)
  if not given.vm then
    failure.raise("missing option --vm (the value model with calibrators)")
  end
  output.check({ ["--out"] = given.out }, { ["--data"] = given.data, ["--vm"] = given.vm })
  local model = data.value_model(given.vm)
  local keep, settings = kept_columns(given, model), data.settings(given, model.tasks)
  settings.columns = keep
  data.add_features(settings, model)
  local set, calibrated = data.read(given, settings), {}
  for _, task in ipairs(model.tasks) do
    local one = model.calibrators[task]
    calibrated[task] = set:prediction(task)
    if calibrator.is(one) then
      columns.check_predictions(set, given.data, settings.predictions[task], calibrated[task])
      calibrated[task] = one:apply(calibrated[task], set)
    end
  end
  local text = as_csv(set, keep, model.tasks, calibrated)
  if given.out then
    output.file(given.out, text)
  else
    output.write(text)
  end
  return 0
end

return apply
