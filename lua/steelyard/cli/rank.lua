-- steelyard rank: the items of each request in order of a value model's score.

local core = require("steelyard.core")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local sy = require("steelyard")

local rank = { summary = "order the items of each request by a value model's score" }

function rank.parser()
  local parser = data.parser("rank", {
    purpose = "Orders the items of each request by a value model's score, best first, as CSV: the "
      .. "request, the rank, the item (or the row's number), the score.",
    usage = "--data FILE [--group COLUMN[,..]] --vm FILE [--k K] [options]",
    examples = {
      "steelyard rank --data examples/data/kuairand-requests.csv --group request_id \\\n"
        .. "    --item video_id --vm examples/data/kuairand_vm.json --k 3",
      "steelyard rank --data examples/data/value_model_example.csv \\\n"
        .. "    --vm examples/data/value_model_example_vm.json --k 10 --out top.csv",
    },
  })
  data.options(parser, "The order", {
    { "--vm", "FILE", "The value model. Required." },
    { "--k", "K", "Only the first K items of each request. Default: 0, all." },
    { "--ties", "NAME",
      "The order of equal scores: input (earlier row first) or name (by --item, descending). "
        .. "Default: input." },
    { "--out", "FILE", "Write to FILE instead of standard output." },
  })
  parser:flag("--json", "One JSON object instead of CSV.")
  data.define(parser)
  return parser
end

-- A function(row): the item's name, or the number of the row in the file, as a text.
local function namer(set, item)
  if item then
    local codes, names = set:column(item), set:names(item)
    return function(row)
      return names[codes[row]]
    end
  end
  local rows = set.rows
  return function(row)
    return ("%d"):format(rows and rows[row] or row)
  end
end

-- Call visit(r, rank, row) in order of requests and ranks.
local function each_place(order, offsets, visit)
  for r = 1, #offsets - 1 do
    local first = offsets[r]
    for place = first + 1, offsets[r + 1] do
      visit(r, place - first, order[place])
    end
  end
end

local function as_csv(set, scores, order, offsets, item)
  local header, id_of = data.request_ids(set)
  local name_of, dtype = namer(set, item), scores.dtype
  local fields = table.move(header, 1, #header, 1, {})
  table.move({ "rank", item or "row", "score" }, 1, 3, #fields + 1, fields)
  local lines, request, id = { output.record(fields) }, nil, nil
  each_place(order, offsets, function(r, place, row)
    if r ~= request then
      request, id = r, output.record(id_of(r))
    end
    local score = output.number(scores[row], dtype)
    lines[#lines + 1] = ("%s,%d,%s,%s"):format(id, place, output.field(name_of(row)), score)
  end)
  return table.concat(lines, "\n") .. "\n"
end

local function as_json(set, scores, order, offsets, item)
  local _, id_of = data.request_ids(set)
  local name_of = namer(set, item)
  local list = setmetatable({}, core.json_array)
  for r = 1, set.groups.count do
    local items = setmetatable({}, core.json_array)
    list[r] = { request = table.concat(id_of(r), "/"), items = items }
  end
  each_place(order, offsets, function(r, place, row)
    list[r].items[place] = { item = name_of(row), score = scores[row] }
  end)
  return output.json({ requests = list })
end

function rank.run(given)
  if not given.vm then
    failure.raise("missing option --vm (the value model to rank with)")
  end
  local k = given.k and parse.integer("--k", given.k, 0) or 0
  local ties = given.ties and parse.choice("--ties", given.ties, { "input", "name" }) or "input"
  data.check_ties(given, ties)
  output.check({ ["--out"] = given.out }, { ["--data"] = given.data, ["--vm"] = given.vm })
  local model = data.value_model(given.vm)
  local settings = data.settings(given, model.tasks)
  data.add_features(settings, model)
  local set = data.read(given, settings)
  local scores = model:score(set)
  local order, offsets = sy.rank(scores, {
    groups = set.groups,
    k = k,
    ties = ties,
    names = ties == "name" and set:name_places() or nil,
  })
  local text = (given.json and as_json or as_csv)(set, scores, order, offsets, given.item)
  if given.out then
    output.file(given.out, text)
  else
    output.write(text)
  end
  return 0
end

return rank
