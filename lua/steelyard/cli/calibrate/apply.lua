-- steelyard calibrate apply: a log's predictions, calibrated, as CSV.

local calibrator = require("steelyard.calibrator")
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

-- The columns to copy.
local function kept_columns(given)
  if given.keep then
    return parse.list("--keep", given.keep)
  end
  local list = given.group and parse.list("--group", given.group) or {}
  list[#list + 1] = given.item
  return list
end

-- The features that the model's calibrators go by.
local function features_of(model)
  local list, seen = {}, {}
  for _, task in ipairs(model.tasks) do
    for _, name in ipairs(model.calibrators[task] and model.calibrators[task].features or {}) do
      if not seen[name] then
        list[#list + 1], seen[name] = name, true
      end
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

local function check_range(set, task, path)
  local values = set:prediction(task)
  local low, high = values:min(), values:max()
  if low and (low < 0 or high > 1) then
    failure.raise("%s: predictions of %s from %g to %g: a calibrator takes probabilities", path,
      task, low, high)
  end
end

function apply.run(given)
  if not given.vm then
    failure.raise("missing option --vm (the value model with calibrators)")
  end
  output.check({ ["--out"] = given.out }, given.data)
  local model, keep = data.value_model(given.vm), kept_columns(given)
  local settings = data.settings(given, model.tasks)
  settings.columns = table.move(keep, 1, #keep, 1, {})
  table.move(features_of(model), 1, #features_of(model), #settings.columns + 1, settings.columns)
  local set, calibrated = data.read(given, settings), {}
  for _, task in ipairs(model.tasks) do
    local one = model.calibrators[task]
    calibrated[task] = set:prediction(task)
    if calibrator.is(one) then
      check_range(set, task, given.data)
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
