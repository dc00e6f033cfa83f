-- steelyard calibrate fit: calibrators of tasks, put into a value model.

local columns = require("steelyard.cli.calibrate.columns")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local fitting = require("steelyard.cli.calibrate.fitting")
local maps = require("steelyard.calibrate.fit.methods")
local methods = require("steelyard.calibrate.fit")
local options = require("steelyard.options")
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
      "auto (chosen by cross-validation, the identity where nothing is better by more than "
        .. "1.5 standard errors), or one of the methods that `--method help` tells. "
        .. "Default: auto." },
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
    all[task] = calibrator
  end
  return sy.value_model.new({ weights = weights, calibrators = all })
end

-- Give up where --labels asks for what the value model does not have.
local function check_tasks(given, incumbent)
  for _, task in ipairs(incumbent and columns.labels(given) or {}) do
    if not incumbent.weights[task] then
      failure.raise("--labels: %s has no weight in %s%s", task, given.vm,
        options.hint(task, incumbent.tasks))
    end
  end
end

-- ------------------------------------------------------------------------------------ printing --

-- What cross-validation says of the method that was chosen, and of the best of those that were not.
local function judged(calibrator)
  local chosen, best
  for _, one in ipairs(calibrator.fit.candidates or {}) do
    if one.method == calibrator.method then
      chosen = one
    elseif one.method ~= "identity" and (not best or one.difference < best.difference) then
      best = one
    end
  end
  return chosen, best
end

local function row_of(task, calibrator, chosen)
  local fitted = calibrator.fit
  local row = { task, calibrator.method }
  for _, score in ipairs({ fitted.log_loss, fitted.brier }) do
    row[#row + 1] = tables.number(score.before, 6)
    row[#row + 1] = tables.number(score.after, 6)
  end
  if chosen and calibrator.method ~= "identity" then
    row[#row + 1] = tables.number(chosen.difference, 6)
    row[#row + 1] = tables.number(chosen.error, 6)
  end
  return row
end

-- Why auto left predictions as they are.
local function kept_line(task, calibrator, best)
  local why = calibrator.fit.reason
  if best then
    why = ("%s, the best held out, is at %+.6f (standard error %.6f)"):format(best.method,
      best.difference, best.error)
  end
  return ("%s stays as it is: %s."):format(task, why or "there is no other method")
end

local HEADER = { "task", "method", "log loss\nbefore", "log loss\nafter", "Brier\nbefore",
  "Brier\nafter" }
local HELD_OUT = { "held out:\ndifference", "standard\nerror" }

local function as_text(rows, calibrators, given, o)
  local list, kept, automatic = {}, {}, not given.method or given.method == "auto"
  local header = table.move(HEADER, 1, #HEADER, 1, {})
  for i, task in ipairs(rows.tasks) do
    local chosen, best = judged(calibrators[task])
    list[i] = row_of(task, calibrators[task], chosen)
    if #list[i] > #header then
      table.move(HELD_OUT, 1, #HELD_OUT, #header + 1, header)
    end
    if automatic and calibrators[task].method == "identity" then
      kept[#kept + 1] = kept_line(task, calibrators[task], best)
    end
  end
  local lines = tables.lines(header, list, 2)
  lines[#lines + 1] = ""
  lines[#lines + 1] = #header > #HEADER
    and ("On the rows that were fitted to; held out: what calibration changes %s by, "
      .. "cross-validated."):format(o.score == "brier" and "Brier score" or "log loss")
    or "On the rows that were fitted to; `steelyard calibrate compare` judges by others."
  lines[#lines + 1] = o.rate and "Before: with --rate undone." or nil
  table.move(kept, 1, #kept, #lines + 1, lines)
  return ("%s\n\n%s\n\nwritten: %s\n"):format(rows:describe(), table.concat(lines, "\n"), given.out)
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
  if given.features and maps.by_name[method] then
    failure.raise("--features: --method %s goes by none; segment, boost and auto do", method)
  end
  local incumbent = given.vm and data.value_model(given.vm) or nil
  check_tasks(given, incumbent)
  local rows, o = fitting.read(given)
  o.method, o.note = method, given.note
  local calibrators = {}
  for _, task in ipairs(rows.tasks) do
    calibrators[task] = fitting.call("fit", rows, task, o)
  end
  local model = value_model(incumbent, rows.tasks, calibrators)
  failure.unless(model:save(given.out))
  output.write(given.json and as_json(rows, calibrators) or as_text(rows, calibrators, given, o))
  return 0
end

return fit
