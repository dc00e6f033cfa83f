-- steelyard eval: how well a score orders the items of each request.

local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local measures = require("steelyard.cli.measures")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local tables = require("steelyard.cli.table")

local eval = { summary = "measure how well a value model, or a column, orders logged requests" }

function eval.parser()
  local parser = data.parser("eval", {
    purpose = "Measures how well a score orders the items of each request: NDCG, DCG and regret of "
      .. "what the items turned out to be worth (the gain columns), as means over requests.",
    usage = "--data FILE [--group COLUMN[,..]] (--vm FILE | --score COLUMN)\n"
      .. "--gain COLUMN[,..] [--metric NAME[@K],..] [options]",
    examples = {
      "steelyard eval --data examples/data/kuairand-requests.csv --group request_id \\\n"
        .. "    --vm examples/data/kuairand_vm.json --gain click,long_view \\\n"
        .. "    --metric ndcg@10,regret@10",
      "steelyard eval --data examples/data/kuairand-requests.csv --group request_id \\\n"
        .. "    --score p_click --gain click --profile sklearn --json",
    },
  })
  data.options(parser, "What is measured", {
    { "--vm", "FILE", "The value model whose score is measured." },
    { "--score", "COLUMN", "Or the column that holds the score." },
    { "--gain", "COLUMN[,..]",
      "What an item is worth: labels or predictions. Each column is measured by itself. "
        .. "Required." },
    { "--metric", "NAME[@K],..",
      ("%s, each with a cutoff if you like: ndcg@10. Default: ndcg,dcg at --k."):format(
        table.concat(measures.names, ", ")) },
    { "--per-request", "FILE", "Write every request's values to FILE, as CSV." },
  })
  parser:flag("--json", "Print one JSON object instead of the table.")
  data.define(parser)
  data.define_rule(parser, true)
  return parser
end

local function check(given)
  if (given.vm == nil) == (given.score == nil) then
    failure.raise("one of --vm FILE and --score COLUMN is needed%s",
      given.vm and ", not both" or "")
  elseif not given.gain then
    failure.raise("missing option --gain (what an item is worth: one or several columns)")
  end
end

-- Everything that was measured: a list of {gain, counted, empty, values = {{name, mean, each}}}.
-- names: the places of the items' names, for ties by name.
local function measure_all(set, scores, gains, metrics, rule, names)
  local results = {}
  for g, gain in ipairs(gains) do
    local result = { gain = gain, values = {} }
    for m, metric in ipairs(metrics) do
      local mean, each, details = metric.measure(scores, set:column(gain), {
        groups = set.groups,
        k = metric.k,
        gain = rule.gain,
        ties = rule.ties,
        empty = rule.empty,
        profile = rule.profile,
        names = names,
      })
      result.values[m] = { name = metric.name, mean = mean, each = each }
      result.counted, result.empty = details.counted, details.empty
    end
    results[g] = result
  end
  return results
end

local function as_json(set, results)
  local object = { metrics = {}, counted = {}, empty = {} }
  for _, result in ipairs(results) do
    local means = {}
    for _, value in ipairs(result.values) do
      means[value.name] = value.mean
    end
    object.metrics[result.gain] = means
    object.counted[result.gain], object.empty[result.gain] = result.counted, result.empty
  end
  object.requests, object.rows, object.dropped = set.groups.count, set.size, set.dropped
  return output.json(object)
end

local function as_table(set, results, metrics)
  local header, rows = { "gain" }, {}
  for _, metric in ipairs(metrics) do
    header[#header + 1] = metric.name
  end
  header[#header + 1] = "counted"
  header[#header + 1] = "empty"
  for i, result in ipairs(results) do
    rows[i] = { result.gain }
    for _, value in ipairs(result.values) do
      table.insert(rows[i], tables.number(value.mean, 6))
    end
    table.insert(rows[i], ("%d"):format(result.counted))
    table.insert(rows[i], ("%d"):format(result.empty))
  end
  local lines = tables.lines(header, rows)
  table.insert(lines, 1, data.describe(set))
  table.insert(lines, 2, "")
  return table.concat(lines, "\n") .. "\n"
end

local function per_request(set, results)
  local header, id_of = data.request_ids(set)
  local columns, sizes = {}, set.groups:sizes()
  local fields = table.move(header, 1, #header, 1, {})
  fields[#fields + 1] = "items"
  for _, result in ipairs(results) do
    for _, value in ipairs(result.values) do
      fields[#fields + 1] = result.gain .. ":" .. value.name
      columns[#columns + 1] = value.each
    end
  end
  local lines = { output.record(fields) }
  for r = 1, set.groups.count do
    fields = id_of(r)
    fields[#fields + 1] = ("%d"):format(sizes[r])
    for _, column in ipairs(columns) do
      fields[#fields + 1] = output.number(column[r])
    end
    lines[#lines + 1] = output.record(fields)
  end
  return table.concat(lines, "\n") .. "\n"
end

function eval.run(given)
  check(given)
  local gains = parse.list("--gain", given.gain)
  local rule = data.rule(given)
  local metrics = measures.parse(given.metric or "ndcg,dcg", rule.k)
  output.check({ ["--per-request"] = given.per_request }, given.data)
  local model = given.vm and data.value_model(given.vm)
  local settings = data.settings(given, model and model.tasks or {})
  settings.features = parse.list("--gain", given.gain)
  table.insert(settings.features, given.score)
  local set = data.read(given, settings)
  local scores = model and model:score(set) or set:column(given.score)
  local names = given.item and set:name_places()
  local results = measure_all(set, scores, gains, metrics, rule, names)
  if given.per_request then
    output.file(given.per_request, per_request(set, results))
  end
  output.write(given.json and as_json(set, results) or as_table(set, results, metrics))
  return 0
end

return eval
