-- steelyard calibrate apply: a log's predictions, calibrated, as CSV.

local calibrator = require("steelyard.calibrator")
local columns = require("steelyard.cli.calibrate.columns")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local kept = require("steelyard.cli.kept")
local output = require("steelyard.cli.output")

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

function apply.run(given)
  if not given.vm then
    failure.raise("missing option --vm (the value model with calibrators)")
  end
  output.check({ ["--out"] = given.out }, { ["--data"] = given.data, ["--vm"] = given.vm })
  local model = data.value_model(given.vm)
  local keep, settings = kept.columns(given, model.weights), data.settings(given, model.tasks)
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
  kept.write(given, kept.csv(set, keep, model.tasks, calibrated))
  return 0
end

return apply
