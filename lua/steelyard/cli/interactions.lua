-- The options that say which interactions a command reads, how they are filtered and split, and the
-- doing of it. A configuration file may say the same under "data"; the command line comes first.

local cf = require("steelyard.collaborative")
local failure = require("steelyard.cli.failure")
local files = require("steelyard.cli.train.files")
local options = require("steelyard.options")
local parse = require("steelyard.cli.parse")

local interactions = {}

local FORMATS = { "auto", "ratings", "adjacency", "movielens", "pro_sg" }

-- What is known of the data, with the words of a configuration.
local fields = {
  format = { type = "string", one_of = FORMATS, default = "auto" },
  min_rating = { type = "number" },
  users_at_least = { type = "integer", default = 5 },
  items_at_least = { type = "integer", default = 0 },
  validation = { type = "integer" },
  test = { type = "integer" },
  fold_in = { type = "number", default = 0.8 },
  split_seed = { type = "integer", default = 98765 },
}
interactions.fields = fields

--- The options, as data.options takes them.
interactions.list = {
  { "--data", "FILE", "Who chose what: lines of `user item [rating [time]]` or `user item item "
    .. "...`, MovieLens's CSV, pro_sg's; gzipped or not. Several files (the option again) are one "
    .. "set.",
    repeats = true },
  { "--format", "NAME", "auto (by the first lines; of 3 or 4 numbers each: ratings), ratings, "
    .. "adjacency, movielens, pro_sg. Default: auto." },
  { "--min-rating", "X", "Only ratings of X and more. Default: all." },
  { "--users-at-least", "N", "Only users with N items and more. Default: 5." },
  { "--items-at-least", "N", "Only items with N users and more (looked at first). Default: 0." },
  { "--validation", "N", "How many users are held out to choose by. Default: a tenth." },
  { "--test", "N", "How many users are held out to measure on. Default: a tenth." },
  { "--fold-in", "SHARE", "The share of a held-out user's items that the model sees. Default: "
    .. "0.8." },
  { "--split-seed", "N", "What the split is drawn by, as NumPy draws. Default: 98765." },
}

local numbers = { min_rating = true, fold_in = true }

--- The settings of a configuration's "data" and the command line.
function interactions.settings(given, configured, path)
  local words = {}
  for key, value in pairs(configured or {}) do
    words[key] = value
  end
  for key in pairs(fields) do
    local text, option = given[key], "--" .. key:gsub("_", "-")
    if text then
      words[key] = key == "format" and parse.choice(option, text, FORMATS)
        or numbers[key] and parse.number(option, text)
        or key == "split_seed" and parse.integer(option, text)
        or parse.integer(option, text, 0)
    end
  end
  local ok, result = pcall(options.check, "data", words, fields)
  if not ok then
    failure.raise("%s: %s", path or "options", (tostring(result):gsub("^.-:%d+: ", "")))
  end
  return result
end

--- Read the files and filter them.
function interactions.read(paths, o)
  if not paths or #paths == 0 then
    failure.raise("missing option --data")
  end
  local x = failure.unless(cf.read(#paths == 1 and paths[1] or paths,
    { format = o.format, min_rating = o.min_rating, join = true }))
  if x.count == 0 then
    failure.raise("%s: no interaction is left%s", paths[1],
      o.min_rating and (" of rating %g and more"):format(o.min_rating) or "")
  end
  return x:filter({ items_at_least = o.items_at_least, users_at_least = o.users_at_least })
end

--- Split them for strong generalisation: users to train on, to choose by, to measure on.
function interactions.split(x, o)
  local tenth = math.floor(x.rows / 10)
  local validation, test = o.validation or tenth, o.test or tenth
  if validation + test >= x.rows then
    failure.raise("%d + %d users are to be held out, and there are %d", validation, test, x.rows)
  end
  return cf.split.strong(x, { validation = validation, test = test, fold_in = o.fold_in,
    seed = o.split_seed })
end

--- A trained recommender from its folder, whose items have names.
function interactions.model(folder)
  local path = files.model(folder)
  local model = failure.unless(cf.load(path))
  if not model.item_names then
    failure.raise("%s: the model has no names of items", path)
  end
  return model, path
end

return interactions
