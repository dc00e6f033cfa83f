-- steelyard eval: how well a score orders the items of each request.

local compare = require("steelyard.cli.compare")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local measures = require("steelyard.cli.measures")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local sliced = require("steelyard.cli.sliced")
local sy = require("steelyard")
local tables = require("steelyard.cli.table")
local trec = require("steelyard.cli.trec")

local eval = { summary = "measure how well a value model, or a column, orders logged requests" }

local EXAMPLE = "steelyard eval --data examples/data/kuairand-requests.csv --group request_id "
  .. "\\\n    "

local MEASURED = {
  { "--vm", "FILE", "The value model whose score is measured.", repeats = "systems" },
  { "--score", "COLUMN",
    "Or the column that holds the score. Several of --vm and --score are compared with the first.",
    repeats = "systems" },
  { "--gain", "COLUMN[,..]",
    "What an item is worth: labels or predictions. Each column is measured by itself. Required." },
  { "--metric -m", "METRIC,..",
    "(-m) Expressions such as ndcg@10, recall@5 or \"rbp(p=0.8)@100\"; may be given several times. "
      .. "`--metric help` tells what each is. Default: ndcg,dcg at --k.", repeats = true },
  { "--relevance -l", "LEVEL",
    "(-l) Gains from here up count as relevant, to metrics that ask. Default: above 0." },
  { "--no-range",
    "Do not look for the range that equal scores hide (the best and the worst order)." },
  { "--per-request", "FILE", "Write every request's values to FILE, as CSV." },
}

local function usage()
  return "--data FILE [--group COLUMN[,..]] (--vm FILE | --score COLUMN)..\n"
    .. "--gain COLUMN[,..] [--metric METRIC,..] [--by SLICES] [options]\n"
    .. "or: steelyard eval --format trec QRELS RUN [-m MEASURE].. [-q] [-c] [-n] [-J] [-l LEVEL]\n"
    .. "or: steelyard eval --metric help"
end

function eval.parser()
  local parser = data.parser("eval", {
    purpose = "Measures how well a score orders the items of each request, by what they turned out "
      .. "to be worth (the gain columns). Metrics: " .. table.concat(measures.names(), ", ") .. ".",
    usage = usage(),
    examples = {
      EXAMPLE .. "--vm examples/data/kuairand_vm.json --gain click,long_view --metric ndcg@10,map",
      EXAMPLE .. "--score p_click --score p_long_view --gain click --metric ndcg@10 \\\n"
        .. "    --cluster user_id",
      EXAMPLE .. "--score p_click --gain click --by size:5,10 --profile sklearn --json",
      "steelyard eval --format trec -m all_trec examples/data/kuairand-qrels.txt \\\n"
        .. "    examples/data/kuairand-run.txt",
    },
  })
  parser:argument("qrels", "With --format trec: the judgments."):args("?")
  parser:argument("run", "With --format trec: the run."):args("?")
  data.options(parser, "What is measured", MEASURED)
  data.options(parser, "Slices", sliced.options)
  data.options(parser, "Comparison of several scores", compare.options)
  data.options(parser, "TREC (--format trec)", trec.options)
  parser:flag("--json", "Print one JSON object instead of the table.")
  data.define(parser)
  data.define_rule(parser, true)
  return parser
end

-- ---------------------------------------------------------------------------------- checking --

local ONLY_TREC = { "per_topic", "complete", "no_summary", "judged_only", "depth", "collection" }

local function check(given)
  if given.qrels then
    failure.raise("%q: files without an option are for --format trec", given.qrels)
  end
  for _, key in ipairs(ONLY_TREC) do
    if given[key] then
      failure.raise("--%s is for --format trec", (key:gsub("_", "-")))
    end
  end
  if not given.systems then
    failure.raise("one of --vm FILE and --score COLUMN is needed")
  elseif not given.gain then
    failure.raise("missing option --gain (what an item is worth: one or several columns)")
  elseif #given.systems > 1 and (given.by or given.per_request) then
    failure.raise("--%s is for a single --vm or --score", given.by and "by" or "per-request")
  end
  compare.check(given)
end

-- What is measured, each {option, label, model}; the label is a file's or a column's name.
local function systems_of(given)
  local list, seen = {}, {}
  for i, system in ipairs(given.systems) do
    local option, name = table.unpack(system)
    if seen[option .. name] then
      failure.raise("%s %s is there twice", option, name)
    end
    seen[option .. name] = true
    list[i] = { option = option, label = name }
    if option == "--vm" then
      list[i].model = data.value_model(name)
    end
  end
  return list
end

-- What to read: the settings for dataset.read.
local function settings_of(systems, gains, slices, given)
  local tasks, numbers, columns = {}, {}, {}
  data.add(numbers, gains)
  for _, system in ipairs(systems) do
    data.add(system.model and tasks or numbers,
      system.model and system.model.tasks or { system.label })
  end
  data.add(numbers, sliced.columns(slices, "cut"))
  data.add(columns, sliced.columns(slices, "values"))
  data.add(columns, { given.cluster })
  local settings = data.settings(given, tasks)
  settings.features, settings.columns = numbers, columns
  for _, system in ipairs(systems) do
    if system.model then
      data.add_features(settings, system.model)
    end
  end
  return settings
end

-- --------------------------------------------------------------------------------- measuring --

-- A column that a number is taken from.
local function need_numbers(set, option, column)
  if set:names(column) then
    failure.raise("%s %s: it has words, not numbers", option, column)
  end
end

-- What --missing keep kept is not for scores and gains.
local function refuse_missing(set, option, column)
  local least = set:column(column):min()
  if least ~= least then
    failure.raise("%s %s: it has NaN, which can be neither ranked nor measured (--missing keep)",
      option, column)
  end
end

-- check_one: a function(set, option, column).
local function check_columns(set, systems, gains, check_one)
  for _, gain in ipairs(gains) do
    check_one(set, "--gain", gain)
  end
  for _, system in ipairs(systems) do
    if not system.model then
      check_one(set, "--score", system.label)
    end
  end
end

-- What sy.metrics.measure gives for each gain column of one system.
local function measure_all(set, system, gains, texts, o)
  local scores = system.model and system.model:deferred(set) or set:column(system.label)
  local results = {}
  for g, gain in ipairs(gains) do
    results[g] = sy.metrics.measure(scores, set:column(gain), {
      metrics = texts,
      groups = set.groups,
      names = o.names,
      gain = o.rule.gain,
      discount = o.rule.discount,
      ties = o.rule.ties,
      empty = o.rule.empty,
      profile = o.rule.profile,
      relevance_level = o.rule.relevance,
      range = o.range,
      per_request = o.per_request,
      by = o.by,
    })
  end
  return results
end

-- ---------------------------------------------------------------------------------- printing --

-- Does the order of equal scores change the mean?
local function has_range(one)
  return one.best ~= nil and one.best ~= one.worst and one.best == one.best
end

local function as_json(set, gains, results)
  local object = { metrics = {}, counted = {}, empty = {}, measured = {} }
  for g, gain in ipairs(gains) do
    local means, all = {}, {}
    for _, one in ipairs(results[g]) do
      means[one.name] = one.mean
      all[one.name] = {
        mean = one.mean, counted = one.counted, empty = one.empty,
        best = one.best, worst = one.worst, tied = one.tied,
      }
    end
    object.metrics[gain], object.measured[gain] = means, all
    object.counted[gain], object.empty[gain] = results[g][1].counted, results[g][1].empty
  end
  object.requests, object.rows, object.dropped = set.groups.count, set.size, set.dropped
  object.slices = sliced.as_json(gains, results)
  return output.json(object)
end

-- Is one row for each gain column enough? Few metrics, none with a range, that count alike.
local function is_plain(results)
  for _, result in ipairs(results) do
    for _, one in ipairs(result) do
      if has_range(one) or one.counted ~= result[1].counted or one.empty ~= result[1].empty then
        return false
      end
    end
  end
  return #results[1] <= 6
end

local function wide_table(gains, results)
  local header, rows = { "gain" }, {}
  for _, one in ipairs(results[1]) do
    header[#header + 1] = one.name
  end
  header[#header + 1] = "counted"
  header[#header + 1] = "empty"
  for g, gain in ipairs(gains) do
    rows[g] = { gain }
    for _, one in ipairs(results[g]) do
      table.insert(rows[g], tables.value(one.mean, measures.counts(one)))
    end
    table.insert(rows[g], ("%d"):format(results[g][1].counted))
    table.insert(rows[g], ("%d"):format(results[g][1].empty))
  end
  return tables.lines(header, rows)
end

local function range_of(one)
  if not has_range(one) then
    return ""
  end
  local counts = measures.counts(one)
  return ("[%s, %s]"):format(tables.value(math.min(one.best, one.worst), counts),
    tables.value(math.max(one.best, one.worst), counts))
end

local function long_table(gains, results)
  local rows = {}
  for g, gain in ipairs(gains) do
    for _, one in ipairs(results[g]) do
      rows[#rows + 1] = {
        gain, one.name, tables.value(one.mean, measures.counts(one)), range_of(one),
        ("%d"):format(one.counted), ("%d"):format(one.empty),
      }
    end
  end
  return tables.lines({ "gain", "metric", "value", "range of ties", "counted", "empty" }, rows, 2)
end

-- In how many requests equal scores matter, of the metric where that is most.
local function tie_note(set, gains, results)
  local most
  for g, gain in ipairs(gains) do
    for _, one in ipairs(results[g]) do
      if has_range(one) and (not most or one.tied > most.tied) then
        most = { tied = one.tied, name = one.name, gain = gain }
      end
    end
  end
  if not most then
    return ""
  end
  local where = most.tied > 0
    and ("in %d of %s "):format(most.tied, tables.count(set.groups.count, "request")) or ""
  return ("\nequal scores: %stheir order changes %s of %s; the range is that of the worst and the "
    .. "best order\n"):format(where, most.name, most.gain)
end

local function as_table(set, gains, results)
  local lines = is_plain(results) and wide_table(gains, results) or long_table(gains, results)
  table.insert(lines, 1, data.describe(set))
  table.insert(lines, 2, "")
  return table.concat(lines, "\n") .. "\n" .. tie_note(set, gains, results)
    .. sliced.as_text(gains, results)
end

local function per_request(set, gains, results)
  local header, id_of = data.request_ids(set)
  local columns, sizes = {}, set.groups:sizes()
  local fields = table.move(header, 1, #header, 1, {})
  fields[#fields + 1] = "items"
  for g, gain in ipairs(gains) do
    for _, one in ipairs(results[g]) do
      fields[#fields + 1] = gain .. ":" .. one.name
      columns[#columns + 1] = one.per_request
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

-- ----------------------------------------------------------------------------------- command --

local function run_one(given, set, system, gains, texts, o)
  o.range = not given.no_range
  o.per_request = given.per_request ~= nil
  local results = measure_all(set, system, gains, texts, o)
  if given.per_request then
    output.file(given.per_request, per_request(set, gains, results))
  end
  output.write((given.json and as_json or as_table)(set, gains, results))
end

local function run_several(given, set, systems, gains, texts, o)
  o.per_request = true
  local results = {}
  for i, system in ipairs(systems) do
    results[i] = measure_all(set, system, gains, texts, o)
  end
  local rows = compare.rows(given, set, systems, gains, results)
  output.write(given.json and compare.as_json(set, systems, rows)
    or compare.as_text(set, systems, rows, given))
end

-- An expression may ask for names, too.
local function check_names(given, texts)
  for _, text in ipairs(texts) do
    if measures.says(text, "ties", "name") and not given.item then
      failure.raise("--metric: %s: ties by name need --item, the column of item names", text)
    end
  end
end

local function run_log(given)
  check(given)
  local gains = parse.list("--gain", given.gain)
  local o = { rule = data.rule(given, true) }
  local texts = measures.parse(given.metric or { "ndcg,dcg" }, o.rule.k)
  check_names(given, texts)
  local slices = sliced.parse(given.by or {})
  output.check({ ["--per-request"] = given.per_request }, given.data)
  local systems = systems_of(given)
  if #systems > 1 then
    compare.check_metrics(texts)
  end
  local set = data.read(given, settings_of(systems, gains, slices, given))
  check_columns(set, systems, gains, need_numbers)
  if given.missing == "keep" then
    check_columns(set, systems, gains, refuse_missing)
  end
  o.names = given.item and set:name_places()
  o.by = sliced.of(set, slices)
  if #systems == 1 then
    run_one(given, set, systems[1], gains, texts, o)
  else
    compare.shorten(systems)
    run_several(given, set, systems, gains, texts, o)
  end
  return 0
end

function eval.run(given)
  for _, text in ipairs(given.metric or {}) do
    if text == "help" then
      output.write(given.format == "trec" and trec.help() or measures.help())
      return 0
    end
  end
  if given.format == "trec" then
    return trec.run(given)
  end
  return run_log(given)
end

return eval
