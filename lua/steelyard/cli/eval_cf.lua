-- steelyard eval-cf: how well recommenders rank the hidden items of users they were not trained on.

local cf = require("steelyard.collaborative")
local core = require("steelyard.core")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local files = require("steelyard.cli.train.files")
local interactions = require("steelyard.cli.interactions")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local settings = require("steelyard.cli.train.settings")
local sy = require("steelyard")
local tables = require("steelyard.cli.table")

local eval = { summary = "how well recommenders rank hidden items" }

local STANDARD = "ndcg@100,recall@20,recall@50"

function eval.parser()
  local parser = data.parser("eval-cf", {
    purpose = "Measures recommenders on users held out: their histories are folded in, seen items "
      .. "left out, hidden items are to rank high. Several models are compared with the first, "
      .. "paired by user.",
    usage = "--model FOLDER [--model FOLDER ..] --data FILE [options]\n"
      .. "--model FOLDER [..] --history FILE --held-out FILE [options]",
    examples = {
      "steelyard eval-cf --model examples/data/movielens-vae \\\n"
        .. "    --data examples/data/movielens-small.csv.gz",
      "steelyard eval-cf --model examples/data/movielens-vae --metric ndcg@10,hit@10 \\\n"
        .. "    --data examples/data/movielens-small.csv.gz --part validation --json",
    },
  })
  data.options(parser, "Models", {
    { "--model", "FOLDER", "A trained recommender. Required.", repeats = true },
    { "--metric", "NAME[,..]", "ndcg, dcg, recall, precision, ap, hit, rr, each at a cut-off. "
      .. "Default: " .. STANDARD .. "." },
    { "--history", "FILE", "Histories to fold in, with --held-out, in place of --data." },
    { "--held-out", "FILE", "The items to be found, by the same names of users." },
    { "--part", "NAME", "Of --data: test or validation. Default: test." },
    { "--threads", "N", "Threads to use, or all. Default: all." },
  })
  data.options(parser, "Interactions (by default as the first model's were split)",
    interactions.list)
  parser:flag("--json", "One JSON object instead of the table.")
  return parser
end

-- How a model's data was read and split, where it says so.
local function known_settings(folder)
  local path = core.folder(folder) and files.of(folder).settings
  local file = path and io.open(path, "rb")
  if not file then
    return nil
  end
  file:close()
  return settings.object(path).data, path
end

local function same(a, b)
  for key in pairs(interactions.fields) do
    if a[key] ~= b[key] then
      return false
    end
  end
  return true
end

-- Users that one model was trained on are no test of it: all must be split alike.
local function check_splits(given)
  local first = known_settings(given.model[1])
  for i = 2, #given.model do
    local other = known_settings(given.model[i])
    if first and other and not same(first, other) then
      failure.raise("%s: its data were read or split otherwise than those of %s (settings.json): "
        .. "it may have been trained on users to be measured", given.model[i], given.model[1])
    end
  end
end

-- The two sides with the same users, in the order of the histories.
local function matched(histories, held)
  local row_of, kept, found = {}, {}, {}
  for row, name in ipairs(held.user_names) do
    row_of[name] = row
  end
  for row, name in ipairs(histories.user_names) do
    if row_of[name] then
      kept[#kept + 1], found[#found + 1] = row, row_of[name]
    end
  end
  return histories:pick(sy.array(kept, "i64")), held:pick(sy.array(found, "i64"))
end

-- Users' histories and hidden items, by names.
local function users_of(given)
  if given.history or given.held_out then
    if not given.history or not given.held_out then
      failure.raise("--history and --held-out are given together")
    elseif given.data or given.part then
      failure.raise("--history and --held-out stand in place of --data and --part")
    end
    local o = interactions.settings({ format = given.format, min_rating = given.min_rating,
      users_at_least = "0" })
    local histories, held = matched(interactions.read({ given.history }, o),
      interactions.read({ given.held_out }, o))
    if histories.rows == 0 then
      failure.raise("%s and %s have no user in common", given.history, given.held_out)
    end
    return histories, held
  end
  check_splits(given)
  local o = interactions.settings(given, known_settings(given.model[1]))
  local part = parse.choice("--part", given.part or "test", { "test", "validation" })
  local split = interactions.split(interactions.read(given.data, o), o)[part]
  if split.fold_in.rows == 0 then
    failure.raise("no user is held out for %s", part)
  end
  return split.fold_in, split.held_out
end

-- Do two models rank the same items, in whatever order?
local function ranks_the_same(model, other)
  for _, name in ipairs(other.item_names) do
    if not model:item(name) then
      return false
    end
  end
  return model.items == other.items
end

local function measure(path, histories, held, metrics, first)
  local model = interactions.model(path)
  if first and not ranks_the_same(first, model) then
    failure.raise("%s: it ranks other items than the first model, so that they have no common task",
      path)
  end
  -- As in the papers, items that training did not see are left out.
  local known = cf.align(histories, model.item_names)
  local wanted, unknown = cf.align(held, model.item_names)
  local found = model:evaluate(known, wanted, { metrics = metrics })
  found.path, found.unknown = path, unknown
  return found, model
end

local function compared(results, metrics)
  for i = 2, #results do
    results[i].differences = {}
    for _, metric in ipairs(metrics) do
      local c = sy.significance.compare(results[1].values[metric], results[i].values[metric],
        { tests = {}, seed = 1 })
      results[i].differences[metric] = { difference = c.difference, error = c.error, low = c.low,
        high = c.high }
    end
  end
end

local function as_text(results, metrics)
  local lines = { tables.count(results[1].users, "user"), "" }
  local header, rows = { "model" }, {}
  for j, metric in ipairs(metrics) do
    header[j + 1] = metric
  end
  for i, result in ipairs(results) do
    rows[i] = { result.path }
    for j, metric in ipairs(metrics) do
      rows[i][j + 1] = ("%.4f +- %.4f"):format(result.means[metric], result.errors[metric])
    end
  end
  for _, line in ipairs(tables.lines(header, rows)) do
    lines[#lines + 1] = line
  end
  for i = 2, #results do
    for _, metric in ipairs(metrics) do
      local d = results[i].differences[metric]
      lines[#lines + 1] = ("%s: %s %+.4f %s over %s"):format(results[i].path, metric, d.difference,
        tables.interval(d.low, d.high), results[1].path)
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

function eval.run(given)
  if not given.model then
    failure.raise("missing option --model")
  end
  data.threads(given)
  local metrics = parse.list("--metric", given.metric or STANDARD)
  for _, metric in ipairs(metrics) do
    cf.measure.check("--metric", metric)
  end
  local histories, held = users_of(given)
  local results, first = {}, nil
  for i, path in ipairs(given.model) do
    local found, model = measure(path, histories, held, metrics, first)
    results[i], first = found, first or model
  end
  compared(results, metrics)
  if given.json then
    for _, result in ipairs(results) do
      result.values = nil
    end
    output.write(output.json({ models = setmetatable(results, core.json_array) }))
  else
    output.write(as_text(results, metrics))
  end
  return 0
end

return eval
