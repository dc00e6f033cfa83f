-- steelyard train ract, vae, dae, wmf, ease: recommenders from who chose what, each a command with
-- the same options.

local cf = require("steelyard.collaborative")
local core = require("steelyard.core")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local files = require("steelyard.cli.train.files")
local interactions = require("steelyard.cli.interactions")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local settings = require("steelyard.cli.train.settings")
local tables = require("steelyard.cli.table")

local METRICS = { "ndcg@100", "recall@20", "recall@50" }

local kinds = {
  ract = {
    summary = "train a recommender, a critic of its rankings, and it through the critic",
    purpose = "Trains an autoencoder by likelihood, then a critic that tells from a few features "
      .. "of a ranking which NDCG it has, and then the autoencoder through the critic; or by one "
      .. "of the controls (--fine-tune), or all of them, compared (--controls).",
    more = "--config examples/data/ract.json --fine-tune hidden --seed 2",
  },
  vae = { summary = "train a variational autoencoder (Mult-VAE)",
    purpose = "Trains a variational autoencoder with multinomial likelihood." },
  dae = { summary = "train a denoising autoencoder (Mult-DAE)",
    purpose = "Trains a denoising autoencoder with multinomial likelihood." },
  wmf = { summary = "train weighted matrix factorisation, amortised",
    purpose = "Trains a linear autoencoder of few dimensions on weighted squares." },
  ease = { summary = "solve for a linear autoencoder (EASE)",
    purpose = "Solves for the linear autoencoder EASE: in closed form, in seconds." },
}

local function parser_of(name, kind)
  local base = "steelyard train " .. name
    .. " --data examples/data/movielens-small.csv.gz --min-rating 4 \\\n"
  local quick = name == "ease" and "" or "--epochs 5 "
  local parser = data.parser("train " .. name, {
    purpose = kind.purpose,
    usage = "--data FILE --out FOLDER [--config FILE] [options]",
    examples = { base .. "    " .. quick .. "--out model/",
      base .. "    --validation 50 --test 50 " .. quick
        .. (kind.more and "\\\n    " .. kind.more .. " " or "") .. "--out model/" },
  })
  data.options(parser, "Interactions", interactions.list)
  local list = {
    { "--out", "FOLDER", "Where model.safetensors goes, with settings.json and history.json, and "
      .. "checkpoints until it is done. Required." },
    { "--config", "FILE", "A JSON object: data (the options above), and what sy.collaborative."
      .. (name == "ease" and "ease" or "ract") .. " takes (docs/reference.md)." },
  }
  if name == "ease" then
    list[#list + 1] = { "--l2", "X", "The strength of regularization. Default: 500." }
  else
    list[#list + 1] = { "--seed", "N", "In place of the file's." }
    list[#list + 1] = { "--epochs", "N", "Of the likelihood phase, in place of the file's." }
    list[#list + 1] = { "--resume", "Go on where the checkpoints in --out left off: the same bits "
      .. "as in one go." }
  end
  if name == "ract" then
    list[#list + 1] = { "--fine-tune", "NAME", "How it goes on after likelihood: "
      .. table.concat(cf.fine_tuning.names, ", ")
      .. "; auto: the best of all by validation; none. Default: ract." }
    list[#list + 1] = { "--controls", "Compare all ways to go on, paired by user, in place of "
      .. "keeping one." }
    list[#list + 1] = { "--seeds", "N", "--controls: over how many seeds. Default: 1." }
  end
  list[#list + 1] = { "--threads", "N", "Threads to use, or all. Default: all." }
  list[#list + 1] = { "--json", "Print the result as one JSON object." }
  data.options(parser, "Training", list)
  return parser
end

-- ---------------------------------------------------------------------------------- settings --

-- A configuration file's objects, or none.
local function configured(path)
  local read = path and settings.object(path) or {}
  local about = read.data
  read.data = nil
  if about ~= nil and type(about) ~= "table" then
    failure.raise("%s: data: expected an object", path)
  end
  return read, about
end

-- A call of the library, whose complaints of options are the file's, if there is one.
local function in_words_of(path, call, ...)
  local results = table.pack(pcall(call, ...))
  local ok, result = results[1], results[2]
  if ok then
    return table.unpack(results, 2, results.n)
  end
  local words = type(result) == "string" and result:match("^[^\n]-:%d+: (.*)$")
  if words and (words:find("^[%w_.:]+: option ") or words:find("unknown option")) then
    failure.raise("%s%s", path and path .. ": " or "", words)
  end
  error(result, 0)
end

-- ---------------------------------------------------------------------------------- printing --

local function measured(model, held)
  if not held or held.fold_in.rows == 0 then
    return nil
  end
  local found = model:evaluate(held.fold_in, held.held_out, { metrics = METRICS })
  return { means = found.means, errors = found.errors, users = found.users }
end

local function progress_line(entry, epochs)
  local line = ("%s: epoch %d/%d  loss %.4f"):format(entry.phase, entry.epoch, epochs, entry.loss)
  if entry.score then
    line = line .. ("  validation %.4f"):format(entry.score)
  end
  return line
end

-- Which epoch it is, and how long the phase may take yet.
local function watch()
  local show, wipe = output.progress()
  local phase, began, first
  return show and function(entry, epochs)
    if entry.stage then -- of a closed form
      show(("%s ..."):format(entry.stage))
      return
    elseif entry.phase ~= phase then
      phase, began, first = entry.phase, core.clock(), entry.epoch
    end
    local line = progress_line(entry, epochs)
    if entry.epoch > first then
      local left = (core.clock() - began) / (entry.epoch - first) * (epochs - entry.epoch)
      line = line .. ("  %d s left in this phase"):format(math.ceil(left))
    end
    show(line)
  end or nil, wipe
end

local function table_of(results)
  local rows = {}
  for _, part in ipairs({ "validation", "test" }) do
    local found = results[part]
    rows[#rows + 1] = found and { part, ("%d"):format(found.users) } or nil
    for j, metric in ipairs(found and METRICS or {}) do
      rows[#rows][j + 2] = ("%.4f +- %.4f"):format(found.means[metric], found.errors[metric])
    end
  end
  return tables.lines({ "held out", "users", METRICS[1], METRICS[2], METRICS[3] }, rows)
end

local function as_text(name, split, results, path)
  local lines = { ("%s: %d users to train on, %d items, %d interactions"):format(name,
    split.train.rows, split.train.columns, split.train.count), "" }
  if results.tuned then
    table.insert(lines, 2, ("went on by: %s"):format(results.tuned))
  end
  for _, line in ipairs(table_of(results)) do
    lines[#lines + 1] = line
  end
  if results.tried then
    lines[#lines + 1] = ""
    for _, one in ipairs(results.tried) do
      lines[#lines + 1] = ("%-28s validation %.4f"):format(one.title, one.validation)
    end
  elseif results.critic then
    lines[#lines + 1] = "\nThe critic, of rankings that it was not trained on:\n"
    lines[#lines + 1] = results.critic
  end
  return table.concat(lines, "\n") .. "\n\nwritten: " .. path .. "\n"
end

-- What auto chose from.
local function tried_of(list)
  local all = setmetatable({}, core.json_array)
  for i, one in ipairs(list) do
    all[i] = { name = one.name, title = one.title, validation = one.score }
  end
  return all
end

-- ---------------------------------------------------------------------------------- commands --

local function options_of(name, given, read)
  local o = {}
  for key, value in pairs(read) do
    o[key] = value
  end
  if name == "ease" then
    o.l2 = given.l2 and parse.number("--l2", given.l2) or o.l2
    return o
  end
  if o.actor ~= nil and type(o.actor) ~= "table" then
    failure.raise("%s: actor: expected an object", given.config)
  end
  o.seed = given.seed and parse.integer("--seed", given.seed) or o.seed
  o.epochs = given.epochs and parse.integer("--epochs", given.epochs, 1) or o.epochs
  if name == "ract" then
    local names = { "auto", "none" }
    for i, one in ipairs(cf.fine_tuning.names) do
      names[i + 2] = one
    end
    o.fine_tune = given.fine_tune and parse.choice("--fine-tune", given.fine_tune, names)
      or o.fine_tune
  else
    if o.fine_tune or o.fine_tuning then
      failure.raise("%s: fine-tuning is what steelyard train ract does", given.config)
    end
    o.fine_tune, o.actor = "none", o.actor or {}
    if o.actor.kind and o.actor.kind ~= name then
      failure.raise("%s: actor: kind: %s, but the command is train %s", given.config, o.actor.kind,
        name)
    end
    o.actor.kind = name
  end
  return o
end

-- The table, and in the folder all numbers of it.
local function write_controls(given, report)
  local header, cells = report:cells()
  for _, row in ipairs(report.rows) do
    row.values = nil
  end
  local text = output.json({ metric = report.metric, users = report.users,
    rows = setmetatable(report.rows, core.json_array) })
  local path = files.of(given.out).controls
  output.file(path, text)
  output.write(given.json and text
    or table.concat(tables.lines(header, cells), "\n") .. "\n\nwritten: " .. path .. "\n")
end

local function model_of(name, split, o)
  if name == "ease" then
    return cf.ease(split.train, o)
  end
  local trained = cf.ract(split, o)
  return trained.actor, trained
end

local function run(name, given)
  if not given.out then
    failure.raise("missing option --out")
  elseif given.seeds and not given.controls then
    failure.raise("--seeds: it goes with --controls")
  elseif given.controls and given.fine_tune then
    failure.raise("--fine-tune: --controls compares all ways")
  end
  data.threads(given)
  local read, about = configured(given.config)
  local from = interactions.settings(given, about, given.config)
  local o = options_of(name, given, read)
  local split = interactions.split(interactions.read(given.data, from), from)
  local paths = files.make(given.out)
  if name ~= "ease" then
    o.checkpoint, o.resume = files.phases(given.out, given.resume), given.resume
  end
  local wipe
  o.progress, wipe = watch()
  if given.controls then
    o.fine_tune, o.seeds = nil, given.seeds and parse.integer("--seeds", given.seeds, 1) or 1
    local report = in_words_of(given.config, cf.controls, split, o)
    wipe()
    write_controls(given, report)
    os.remove(o.checkpoint)
    return 0
  end
  local model, trained = in_words_of(given.config, model_of, name, split, o)
  wipe()
  local critic = trained and trained.tuned and trained.tuned.report
  local results = {
    critic = critic and critic.after:text(), critic_before = critic and critic.before:text(),
    validation = measured(model, split.validation), test = measured(model, split.test),
    tuned = trained and trained.tuned and trained.tuned.title,
  }
  -- Before the model: an old model beside new settings would be measured on its own users.
  output.file(paths.settings, output.json({ command = name, data = from }))
  failure.unless(model:save(paths.model))
  local history = {}
  for _, entry in ipairs(trained and trained.history or {}) do
    history[#history + 1] = entry
  end
  for _, entry in ipairs(trained and trained.tuned and trained.tuned.history or {}) do
    history[#history + 1] = entry
  end
  results.tried = trained and trained.tried and tried_of(trained.tried)
  results.history = setmetatable(history, core.json_array)
  output.file(paths.history, output.json(results))
  if trained then
    trained.run.phases:clear()
    os.remove(o.checkpoint)
  end
  output.write(given.json and output.json(results) or as_text(name, split, results, paths.model))
  return 0
end

--- The command of a name.
return function(name)
  local kind = kinds[name]
  return {
    summary = kind.summary,
    parser = function()
      return parser_of(name, kind)
    end,
    run = function(given)
      return run(name, given)
    end,
  }
end
