-- steelyard predict: a trained model's predictions for a log, as CSV.

local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local files = require("steelyard.cli.train.files")
local kept = require("steelyard.cli.kept")
local output = require("steelyard.cli.output")
local sy = require("steelyard")

local predict = { summary = "write a trained model's predictions for a log" }

function predict.parser()
  local parser = data.parser("predict", {
    purpose = "Writes the predictions of a model that `steelyard train` made, as CSV: the "
      .. "columns that are kept, then one column for each task.",
    usage = "--model FOLDER --data FILE [--keep COLUMN,..] [--out FILE] [options]",
    examples = {
      "steelyard train mtml --data examples/data/kuairand-log.tsv.gz \\\n"
        .. "    --config examples/data/mtml.json --out model/",
      "steelyard predict --model model/ --data examples/data/kuairand-log.tsv.gz \\\n"
        .. "    --where 'date>20220416' --keep user_id,date,video_id --out predictions.csv",
    },
  })
  data.options(parser, "Predicting", {
    { "--model", "FOLDER", "The folder of a trained model, or its file. Required." },
    { "--keep", "COLUMN,..", "Columns that are copied. Default: those of --group and --item." },
    { "--raw", "Without the calibrators that the model may hold." },
    { "--out", "FILE", "Write to FILE instead of standard output." },
  })
  data.define(parser)
  return parser
end

-- The settings to read what the model and the kept columns need.
local function settings_of(given, model, keep)
  local settings = data.settings(given, {})
  settings.features, settings.categorical = model:columns()
  settings.columns = keep
  return settings
end

function predict.run(given)
  if not given.model then
    failure.raise("missing option --model (a trained model's folder)")
  end
  local path = files.model(given.model)
  output.check({ ["--out"] = given.out }, { ["--data"] = given.data, ["--model"] = path })
  local model = failure.unless(sy.train.load(path))
  local is_task = {}
  for _, task in ipairs(model.tasks) do
    is_task[task] = true
  end
  local keep = kept.columns(given, is_task)
  local set = data.read(given, settings_of(given, model, keep))
  local predicted = model:predict(set, { raw = given.raw })
  kept.write(given, kept.csv(set, keep, model.tasks, predicted))
  return 0
end

return predict
