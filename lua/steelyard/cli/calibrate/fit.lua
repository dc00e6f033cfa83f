-- steelyard calibrate fit: calibrators of tasks, put into a value model.

local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local fitting = require("steelyard.cli.calibrate.fitting")
local methods = require("steelyard.calibrate.fit")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local sy = require("steelyard")
local tables = require("steelyard.cli.table")

local fit = { summary = "fit calibrators to tasks' predictions, and put them into a value model" }

function fit.parser()
  local parser = data.parser("calibrate fit", {
    purpose = "Fits a calibrator to each task's predictions and labels, and writes a value model "
      .. "that applies them.",
    usage = "--data FILE --labels TASK=COLUMN,.. --out FILE [--vm FILE]\n[--method NAME] [options]",
    examples = {
      "steelyard calibrate fit --data examples/data/kuairand-requests.csv \\\n"
        .. "    --labels p_click=click,p_comment=comment --cluster user_id --out calibrated.json",
      "steelyard calibrate fit --data examples/data/kuairand-requests.csv \\\n"
        .. "    --labels p_click=click --method segment --features hour:6,12,18 --out by_hour.json",
    },
  })
  fitting.define(parser, {
    { "--method", "NAME",
      "auto (chosen by cross-validation, the identity where nothing is surely better), or one of "
        .. "the methods that `--method help` tells. Default: auto." },
    { "--note", "TEXT",
      "Kept in the file, beside what is told of the fit: the days of the log, say." },
  })
  data.options(parser, "The value model", {
    { "--vm", "FILE",
      "The value model whose weights are kept, with its other calibrators. Default: weights of "
        .. "1." },
    { "--out", "FILE", "Where the value model with the calibrators goes. Required." },
  })
  parser:flag("--json", "Print one JSON object instead of the table.")
  data.define(parser)
  return parser
end

-- The value model: weights and calibrators of the old one, and the new calibrators.
local function value_model(incumbent, tasks, calibrators)
  local weights, all = {}, {}
  for _, task in ipairs(incumbent and incumbent.tasks or tasks) do
    weights[#weights + 1] = { task, incumbent and incumbent.weights[task] or 1 }
    all[task] = incumbent and incumbent.calibrators and incumbent.calibrators[task] or nil
  end
  for task, calibrator in pairs(calibrators) do
    if incumbent and not incumbent.weights[task] then
      failure.raise("--labels: %s has no weight in the value model", task)
    end
    all[task] = calibrator
  end
  return sy.value_model.new({ weights = weights, calibrators = all })
end

local function as_text(rows, calibrators, given)
  local list = {}
  for i, task in ipairs(rows.tasks) do
    local fitted = calibrators[task].fit
    list[i] = { task, calibrators[task].method, tables.number(fitted.log_loss.before, 6),
      tables.number(fitted.log_loss.after, 6), tables.number(fitted.brier.before, 6),
      tables.number(fitted.brier.after, 6) }
  end
  local lines = tables.lines({ "task", "method", "log loss\nbefore", "log loss\nafter",
    "Brier\nbefore", "Brier\nafter" }, list, 2)
  return ("%s\n\n%s\n\nOn the rows that were fitted to; `steelyard calibrate compare` judges by "
    .. "others.\nwritten to %s\n"):format(rows:describe(), table.concat(lines, "\n"), given.out)
end

local function as_json(rows, calibrators)
  local result = {}
  for task, calibrator in pairs(calibrators) do
    result[task] = { method = calibrator.method, fit = calibrator.fit }
  end
  return output.json({ calibrators = result, rows = rows.size, skipped = rows.skipped })
end

function fit.run(given)
  if given.method == "help" then
    output.write(fitting.methods())
    return 0
  elseif not given.out then
    failure.raise("missing option --out (where the calibrated value model goes)")
  end
  output.check({ ["--out"] = given.out }, given.data)
  local method = given.method and parse.choice("--method", given.method, methods.names)
  local incumbent = given.vm and data.value_model(given.vm) or nil
  local rows, o = fitting.read(given)
  o.method, o.note = method, given.note
  local calibrators = {}
  for _, task in ipairs(rows.tasks) do
    calibrators[task] = fitting.call("fit", rows, task, o)
  end
  local model = value_model(incumbent, rows.tasks, calibrators)
  failure.unless(model:save(given.out))
  output.write(given.json and as_json(rows, calibrators) or as_text(rows, calibrators, given))
  return 0
end

return fit
