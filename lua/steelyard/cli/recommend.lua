-- steelyard recommend: the best items for users' histories, by a trained recommender.

local cf = require("steelyard.collaborative")
local core = require("steelyard.core")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local files = require("steelyard.cli.train.files")
local interactions = require("steelyard.cli.interactions")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")

local recommend = { summary = "the best items for users' histories, by a trained recommender" }

function recommend.parser()
  local parser = data.parser("recommend", {
    purpose = "Recommends the best items that a user's history does not hold, as CSV: the user, "
      .. "the rank, the item, the score. Users need not be those of training.",
    usage = "--model FOLDER --history FILE [-k K] [options]",
    examples = {
      "steelyard recommend --model examples/data/movielens-vae \\\n"
        .. "    --history examples/data/movielens-histories.txt -k 5",
      "steelyard recommend --model examples/data/movielens-vae \\\n"
        .. "    --history examples/data/movielens-histories.txt -k 3 --json",
    },
  })
  data.options(parser, "Recommending", {
    { "--model", "FOLDER", "A trained recommender. Required." },
    { "--history", "FILE", "Who chose what: as --data of steelyard train. Required." },
    { "--format", "NAME", "auto, ratings, adjacency, movielens, pro_sg. Default: auto." },
    { "--min-rating", "X", "Only ratings of X and more. Default: all." },
    { "--count -k", "K", "How many items for each user; -k, too. Default: 20." },
    { "--out", "FILE", "Write to FILE instead of standard output." },
    { "--threads", "N", "Threads to use, or all. Default: all." },
  })
  parser:flag("--json", "One JSON object instead of CSV.")
  return parser
end

local BATCH = 256

-- Call visit(user's name, rank, item's name, score) for what is recommended.
local function each_item(model, x, k, visit)
  for first = 1, x.rows, BATCH do
    local last = math.min(first + BATCH - 1, x.rows)
    local part = x:pick(core.array.range(x.rows):slice(first, last))
    local ids, scores = model:recommend(part:bag(), { k = k })
    for row = 1, part.rows do
      for rank = 1, k do
        local item = ids:get(row, rank)
        if item > 0 then
          visit(part.user_names[row], rank, model.item_names[item], scores:get(row, rank))
        end
      end
    end
  end
end

local function as_csv(model, x, k)
  local lines = { "user,rank,item,score" }
  each_item(model, x, k, function(user, rank, item, score)
    lines[#lines + 1] = ("%s,%d,%s,%s"):format(output.field(user), rank, output.field(item),
      output.number(score, "f32"))
  end)
  return table.concat(lines, "\n") .. "\n"
end

local function as_json(model, x, k)
  local users, last = setmetatable({}, core.json_array), nil
  each_item(model, x, k, function(user, rank, item, score)
    if rank == 1 then
      last = { user = user, items = setmetatable({}, core.json_array) }
      users[#users + 1] = last
    end
    last.items[rank] = { item = item, score = score }
  end)
  return output.json({ users = users })
end

function recommend.run(given)
  for _, option in ipairs({ "model", "history" }) do
    if not given[option] then
      failure.raise("missing option --%s", option)
    end
  end
  data.threads(given)
  local k = given.count and parse.integer("-k", given.count, 1) or 20
  local path = files.model(given.model)
  output.check({ ["--out"] = given.out }, { ["--history"] = given.history, ["--model"] = path })
  local model = interactions.model(given.model)
  local o = interactions.settings({ format = given.format, min_rating = given.min_rating,
    users_at_least = "0" })
  local x, unknown = cf.align(interactions.read({ given.history }, o), model.item_names)
  if x.count == 0 then
    failure.raise("%s: the model knows none of its items", given.history)
  elseif unknown > 0 then
    io.stderr:write(("steelyard: %s: %d of %d interactions are of items that the model does not "
      .. "know\n"):format(given.history, unknown, unknown + x.count))
  end
  local text = (given.json and as_json or as_csv)(model, x, math.min(k, model.items))
  if given.out then
    output.file(given.out, text)
  else
    output.write(text)
  end
  return 0
end

return recommend
