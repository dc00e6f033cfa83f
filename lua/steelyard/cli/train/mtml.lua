-- steelyard train mtml: a multi-task estimator from a log and a JSON file that says how.

local checkpoint = require("steelyard.train.checkpoint")
local config = require("steelyard.train.config")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local files = require("steelyard.cli.train.files")
local options = require("steelyard.options")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local settings = require("steelyard.cli.train.settings")
local sy = require("steelyard")
local tables = require("steelyard.cli.table")

local mtml = { summary = "train a multi-task estimator on a log" }

function mtml.parser()
  local parser = data.parser("train mtml", {
    purpose = "Trains a multi-task estimator: one network, a probability for each task, and "
      .. "calibration in its training by a recipe: " .. table.concat(config.recipes, ", ") .. ".",
    usage = "--data FILE --config FILE --out FOLDER [--recipe NAME] [options]",
    examples = {
      "steelyard train mtml --data examples/data/kuairand-log.tsv.gz \\\n"
        .. "    --config examples/data/mtml.json --out model/",
      "steelyard train mtml --data examples/data/kuairand-log.tsv.gz \\\n"
        .. "    --config examples/data/mtml.json --recipe buckets --seed 2 --out model/",
    },
  })
  data.options(parser, "Training", {
    { "--config", "FILE",
      "A JSON object: tasks ({\"p_click\": \"click\"}), user_id, item_id, user_features, "
        .. "item_features, cross_features, recipe, epochs ... (docs/reference.md, sy.train.mtml, "
        .. "tells all). Required." },
    { "--out", "FOLDER",
      "Where model.safetensors goes, with history.json, and a checkpoint until it is done. "
        .. "Required." },
    { "--recipe", "NAME", "In place of the file's: " .. table.concat(config.recipes, ", ") .. "." },
    { "--seed", "N", "In place of the file's." },
    { "--epochs", "N", "In place of the file's." },
    { "--checkpoint-every", "SECONDS",
      "How often the run's whole state is written, beside at the end of each epoch. Default: 60." },
    { "--resume", "Go on where the checkpoint in --out left off: the same bits as in one go." },
    { "--json", "Print the history as one JSON object instead of the table." },
  })
  data.define(parser)
  return parser
end

-- The options of sy.train.mtml from the file and the command line.
local function options_of(given)
  local o, tasks = settings.read(given.config)
  if given.recipe then
    o.recipe = parse.choice("--recipe", given.recipe, config.recipes)
  end
  o.seed = given.seed and parse.integer("--seed", given.seed) or o.seed
  o.epochs = given.epochs and parse.integer("--epochs", given.epochs, 1) or o.epochs
  o.checkpoint_seconds = given.checkpoint_every
    and parse.number("--checkpoint-every", given.checkpoint_every) or nil
  if o.checkpoint_seconds and o.checkpoint_seconds < 0 then
    failure.raise("--checkpoint-every: %s is below 0", given.checkpoint_every)
  end
  return o, tasks
end

-- A call of the library, whose complaints of options are told as the file's; those of the data and
-- of training are no fault of it.
local function in_words_of(path, call, ...)
  local ok, result = pcall(call, ...)
  if ok then
    return result
  end
  local program = (arg and arg[0] or "steelyard"):match("[^/]+$"):gsub("%p", "%%%0")
  local words = type(result) == "string" and result:match("^[^\n]-" .. program .. ":%d+: (.*)$")
  if not words then
    error(result, 0)
  elseif words:find("^column ") or words:find("^training ")
    or words:find("checkpoint", 1, true) then
    failure.raise("%s", words)
  end
  failure.raise("%s: %s", path, (words:gsub("^train%.mtml: ", "")))
end

-- ------------------------------------------------------------------------------------ printing --

local function progress_line(entry, epochs, tasks)
  local parts = { ("epoch %d/%d  loss %.4f"):format(entry.epoch, epochs, entry.loss) }
  for _, task in ipairs(entry.validation and tasks or {}) do
    local one = entry.validation.tasks[task]
    parts[#parts + 1] = ("%s %s AUC %s ratio %s"):format(task, tables.number(one.log_loss, 4),
      tables.number(one.auc, 3), tables.number(one.ratio, 3))
  end
  return table.concat(parts, "  ")
end

local function as_text(model, given)
  local lines = { ("%s to train on, %d held out; %s"):format(tables.count(model.rows, "row"),
    model.held_out, tables.count(#model.history, "epoch")) }
  local best = model.history[model.best_epoch or #model.history]
  if best.validation then
    local rows = {}
    for i, task in ipairs(model.tasks) do
      local one = best.validation.tasks[task]
      rows[i] = { task, tables.number(one.log_loss, 4), tables.number(one.auc, 4),
        tables.number(one.ratio, 3), tables.number(one.ece, 4) }
      local calibrator = model.calibrators[task]
      rows[i][6] = calibrator and calibrator.method or nil
    end
    lines[#lines + 1] = ("Of the rows held out, after epoch %d:"):format(best.epoch)
    lines[#lines + 1] = ""
    local header = { "task", "log loss", "AUC", "ratio", "ECE",
      next(model.calibrators) and "then calibrated by" or nil }
    for _, line in ipairs(tables.lines(header, rows)) do
      lines[#lines + 1] = line
    end
  else
    lines[#lines + 1] = ("loss %.6f in the last epoch; nothing was held out (validation)"):format(
      best.loss)
  end
  return table.concat(lines, "\n") .. "\n\nwritten: " .. files.of(given.out).model .. "\n"
end

local function as_json(model)
  return output.json({ history = model.history, best_epoch = model.best_epoch,
    tasks = model.tasks })
end

-- ------------------------------------------------------------------------------------- running --

local function check(given)
  for _, option in ipairs({ "config", "out" }) do
    if not given[option] then
      failure.raise("missing option --%s", option)
    end
  end
  if given.data and given.data == given.config then
    failure.raise("--config: %s is the file of --data, too", given.config)
  end
end

function mtml.run(given)
  check(given)
  local o, tasks = options_of(given)
  local checked = in_words_of(given.config, config.check, o)
  local read = data.settings(given, {})
  read.labels = tasks
  read.features, read.categorical, read.columns = config.columns(checked)
  local paths = files.make(given.out)
  if checkpoint.exists(paths.checkpoint) and not given.resume then
    failure.raise("%s is of a run that did not end: --resume continues it; remove it to begin anew",
      paths.checkpoint)
  end
  local set = data.read(given, read)
  local show, wipe = output.progress()
  local epochs = checked.epochs
  o.checkpoint, o.resume = paths.checkpoint, given.resume
  o.progress = show and function(entry)
    show(progress_line(entry, epochs, options.keys(tasks)))
  end
  local model = in_words_of(given.config, sy.train.mtml, set, o)
  wipe()
  failure.unless(model:save(paths.model))
  output.file(paths.history, as_json(model))
  os.remove(paths.checkpoint)
  output.write(given.json and as_json(model) or as_text(model, given))
  return 0
end

return mtml
