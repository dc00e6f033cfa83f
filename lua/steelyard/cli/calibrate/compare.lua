-- steelyard calibrate compare: what each method does to rows that it has not seen.

local data = require("steelyard.cli.data")
local fitting = require("steelyard.cli.calibrate.fitting")
local methods = require("steelyard.calibrate.fit")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local tables = require("steelyard.cli.table")

local compare = { summary = "judge the methods of calibration on rows that they have not seen" }

function compare.parser()
  local parser = data.parser("calibrate compare", {
    purpose = "Cross-validates methods of calibration: what each does to the log loss and the "
      .. "Brier "
      .. "score of rows that it was not fitted to, beside the predictions as they are.",
    usage = "--data FILE --labels TASK=COLUMN,.. [--methods NAME,..] [options]",
    examples = {
      "steelyard calibrate compare --data examples/data/kuairand-requests.csv \\\n"
        .. "    --labels p_click=click,p_comment=comment --cluster user_id",
      "steelyard calibrate compare --data examples/data/kuairand-requests.csv \\\n"
        .. "    --labels p_comment=comment --methods platt,beta,isotonic,auto --json",
    },
  })
  fitting.define(parser, {
    { "--methods", "NAME,..|help", "Which methods. Default: all; with --features also those by "
      .. "them." },
  })
  parser:flag("--json", "Print one JSON object instead of the tables.")
  data.define(parser)
  return parser
end

local function rows_of(list)
  local rows = {}
  for i, one in ipairs(list) do
    rows[i] = { one.method, tables.number(one.log_loss, 6), tables.number(one.brier, 6),
      tables.number(one.mcb, 6), i == 1 and "" or ("%+.6f"):format(one.difference),
      i == 1 and "" or tables.number(one.error, 6) }
  end
  return rows
end

local HEADER = { "method", "log loss", "Brier", "miscalibration\n(Brier)", "difference",
  "standard\nerror" }

local function as_text(rows, results, o)
  local out = { rows:describe() }
  for _, task in ipairs(rows.tasks) do
    out[#out + 1] = ("\n%s, %s"):format(task,
      o.folds == "each" and "a fold for every cluster" or ("%d folds"):format(o.folds or 5))
    out[#out + 1] = table.concat(tables.lines(HEADER, rows_of(results[task])), "\n")
  end
  out[#out + 1] = ("\ndifference: of %s, to the predictions %s; below 0 is better."):format(
    o.score == "brier" and "Brier score" or "log loss",
    o.rate and "with --rate undone" or "as they are")
  return table.concat(out, "\n") .. "\n"
end

function compare.run(given)
  if given.methods == "help" then
    output.write(fitting.methods())
    return 0
  end
  local list = given.methods and parse.list("--methods", given.methods)
  for _, name in ipairs(list or {}) do
    parse.choice("--methods", name, methods.names)
  end
  local rows, o = fitting.read(given)
  o.methods = list
  local results = {}
  for _, task in ipairs(rows.tasks) do
    results[task] = fitting.call("compare", rows, task, o)
  end
  output.write(given.json and output.json({ tasks = results }) or as_text(rows, results, o))
  return 0
end

return compare
