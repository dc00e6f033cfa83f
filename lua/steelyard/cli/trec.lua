-- steelyard eval --format trec QRELS RUN: trec_eval's measures, printed as trec_eval prints them.

local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local measures = require("steelyard.cli.measures")
local measure_parse = require("steelyard.measure").parse
local options = require("steelyard.options")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local sy = require("steelyard")
local trec_measures = require("steelyard.cli.trec_measures")

local trec = {}

--- Options that only this format has: flags and options {name, value, text}, or {name, text}.
trec.options = {
  { "-q --per-topic", "Print every topic's values, too." },
  { "-c --complete", "Count topics of the qrels without any result, as 0." },
  { "-n --no-summary", "Do not print the line over all topics." },
  { "-J --judged-only", "Leave unjudged documents out of the ranking." },
  { "--depth -M", "N", "(-M) Rank no more than N documents of a topic." },
  { "--collection -N", "N", "(-N) How many documents there are (for utility's last price)." },
}

local ALLOWED = {
  "qrels", "run", "per_topic", "complete", "no_summary", "judged_only", "depth", "collection",
  "format", "profile", "metric", "relevance", "json", "threads", "gain_function", "ties", "empty",
}

local function is_in(list, word)
  for _, other in ipairs(list) do
    if other == word then
      return true
    end
  end
  return false
end

local function check(given)
  for _, key in ipairs(options.keys(given)) do
    if not is_in(ALLOWED, key) and given[key] ~= false then
      local option = key == "systems" and given.systems[1][1] or "--" .. key:gsub("_", "-")
      failure.raise("%s is not for --format trec, which reads QRELS RUN", option)
    end
  end
  if not given.run then
    failure.raise("--format trec needs two files: QRELS RUN")
  end
end

-- trec_eval's parameters are refused where the metric's own would be.
local function check_parameters(line)
  for _, expression in ipairs(line.expressions or {}) do
    local parsed, message = measure_parse({ expression }, {}, "nil")
    if not parsed and expression ~= line.label then
      failure.raise("--metric: %s: %s", line.label, (message:gsub('^metric ".-": ', "")))
    end
  end
end

--- The lines to print for --metric (a list of texts, or nil).
local function lines_of(given)
  local words = {}
  for _, text in ipairs(given.metric or { "official" }) do
    for _, word in ipairs(trec_measures.split(text, sy.metrics.split)) do
      words[#words + 1] = word
    end
  end
  local lines, message = trec_measures.lines(words)
  if not lines then
    failure.raise("--metric: %s", message)
  end
  for _, line in ipairs(lines) do
    check_parameters(line)
  end
  local seen = {}
  for _, line in ipairs(lines) do
    if seen[line.label] then
      failure.raise("--metric: %s is there twice", line.label)
    end
    seen[line.label] = true
    if line.expressions and line.label == line.expressions[1] then
      local dotted = trec_measures.dotted(line.label)
      if dotted then
        failure.raise("--metric: %s: parameters follow a dot: %s", line.label, dotted)
      end
      local kind = measures.check(line.label, trec_measures.names())
      line.count = line.count or (kind.name == line.label and kind.count)
    end
  end
  return lines
end

-- What all passes share: by default what trec_eval does.
local function conventions(given)
  local rule = data.rule(given, false, true)
  return {
    depth = given.depth and parse.integer("--depth", given.depth, 1) or 0,
    judged_only = given.judged_only,
    relevance_level = rule.relevance or 1,
    gain = rule.gain,
    ties = rule.ties or not rule.profile and "name" or nil,
    empty = rule.empty or not rule.profile and "zero" or nil,
    profile = rule.profile,
    per_request = given.per_topic or false,
  }
end

-- The grades 0, 1, 2 ... as gains, but for some.
local function gain_table(grades, special)
  local highest, gains = grades:max() or 0, {}
  if highest > 1e6 then
    failure.raise("grade %.17g: with gains by grade, grades are up to 1000000", highest)
  end
  for grade = 0, highest do
    gains[grade + 1] = special[grade] or grade
  end
  return gains
end

-- Measure expressions, each once: a map from expression to result.
local function measure(joined, shared, expressions, gains)
  local o = {}
  for key, value in pairs(shared) do
    o[key] = value
  end
  o.metrics, o.gain = expressions, gains or o.gain
  return sy.metrics.measure(joined.scores, joined.grades, o)
end

-- So many metrics are measured in one pass at most.
local MOST = 256

-- The expressions of lines without gains of their own, each once.
local function common_expressions(lines)
  local list, seen = {}, {}
  for _, line in ipairs(lines) do
    for _, expression in ipairs(not line.gains and line.expressions or {}) do
      if not seen[expression] then
        list[#list + 1], seen[expression] = expression, true
      end
    end
  end
  return list
end

-- Measure all lines: gives each its results, one per expression. One pass for all, and one for each
-- line that has gains of its own.
local function measure_all(joined, shared, lines)
  local all, result = common_expressions(lines), {}
  for first = 1, #all, MOST do
    local some = table.move(all, first, math.min(first + MOST - 1, #all), 1, {})
    for _, one in ipairs(measure(joined, shared, some)) do
      result[one.name] = one
    end
  end
  for _, line in ipairs(lines) do
    line.results = {}
    for i, expression in ipairs(line.expressions or {}) do
      line.results[i] = result[expression]
        or measure(joined, shared, { expression }, gain_table(joined.grades, line.gains))[1]
    end
  end
end

-- -------------------------------------------------------------------------------- relevances --

local function sign_of(grade, judged)
  if judged == 1 then
    return grade > 9 and ">" or ("%d"):format(grade)
  end
  return judged == 0 and "-" or "."
end

-- A function(topic) that gives the grades of the first documents, a letter each.
local function relevance_strings(joined, shared, length)
  local order, offsets = sy.rank(joined.scores, {
    groups = joined.groups,
    names = joined.names,
    ties = shared.ties == "input" and "input" or "name",
    k = shared.judged_only and 0 or math.max(length, 1),
  })
  return function(topic)
    local signs, first = {}, offsets[topic]
    local ranks = math.min(offsets[topic + 1] - first, joined.retrieved[topic])
    if shared.depth > 0 then
      ranks = math.min(ranks, shared.depth)
    end
    for i = first + 1, first + ranks do
      local judged = joined.judged[order[i]]
      if #signs < length and (judged == 1 or not shared.judged_only) then
        signs[#signs + 1] = sign_of(joined.grades[order[i]], judged)
      end
    end
    return "'" .. table.concat(signs) .. "'"
  end
end

-- ---------------------------------------------------------------------------------- printing --

-- The mean of what a line's expressions have, as `get` says, and what the collection's size adds.
local function value_of(line, get, collection)
  local sum = 0
  for _, result in ipairs(line.results) do
    sum = sum + get(result)
  end
  return sum / #line.results + (line.shift or 0) * collection
end

-- Each topic's value of a line.
local function column_of(line, count, collection)
  if #line.results == 1 and not line.shift then
    return line.results[1].per_request:totable()
  end
  local values = {}
  for topic = 1, count do
    values[topic] = value_of(line, function(result)
      return result.per_request[topic]
    end, collection)
  end
  return values
end

-- Values of topics: {line, values}, of the lines that have some; relstrings are texts.
local function topic_columns(joined, shared, lines, collection)
  local columns, count = {}, joined.groups.count
  for _, line in ipairs(lines) do
    local values = {}
    if line.special == "relstring" then
      local text_of = relevance_strings(joined, shared, line.length)
      for topic = 1, count do
        values[topic] = text_of(topic)
      end
    elseif not line.summary then
      values = column_of(line, count, collection)
    end
    if #values > 0 then
      columns[#columns + 1] = { line = line, values = values }
    end
  end
  return columns
end

-- The value over all topics, or nil where a line has none.
local function summary_value(joined, line, collection)
  if line.special == "runid" then
    return joined.tag
  elseif line.special == "topics" then
    return joined.groups.count
  elseif line.special ~= "relstring" then
    return value_of(line, function(result)
      return result.mean
    end, collection)
  end
end

-- "num_ret               \t%s\t%d", for the topic and the value.
local function format_of(line)
  local number = line.special and "%s" or line.count and "%d" or "%6.4f"
  return ("%-22s\t"):format(line.label):gsub("%%", "%%%%") .. "%s\t" .. number
end

local function print_topics(out, joined, columns)
  for _, column in ipairs(columns) do
    column.format = format_of(column.line)
  end
  for topic, name in ipairs(joined.topics) do
    for _, column in ipairs(columns) do
      out[#out + 1] = column.format:format(name, column.values[topic])
    end
  end
end

local function print_lines(given, joined, lines, columns, collection)
  local out = {}
  print_topics(out, joined, columns)
  for _, line in ipairs(not given.no_summary and lines or {}) do
    local shown = summary_value(joined, line, collection)
    if shown then
      out[#out + 1] = format_of(line):format("all", shown)
    end
  end
  out[#out + 1] = ""
  return table.concat(out, "\n")
end

local function as_json(given, joined, lines, columns, collection)
  local object = {
    topics = joined.groups.count,
    missing_topics = joined.missing,
    unjudged_topics = joined.unjudged_topics,
    metrics = {},
    per_topic = given.per_topic and {} or nil,
  }
  for _, line in ipairs(lines) do
    object.metrics[line.label] = summary_value(joined, line, collection)
  end
  for topic, name in ipairs(given.per_topic and joined.topics or {}) do
    object.per_topic[name] = {}
    for _, column in ipairs(columns) do
      object.per_topic[name][column.line.label] = column.values[topic]
    end
  end
  return output.json(object)
end

-- ----------------------------------------------------------------------------------- command --

-- Over all qrels num_rel counts what is graded above 0, whatever the level.
local function settle_counts(given, joined, lines)
  for _, line in ipairs(lines) do
    if given.complete and line.label == "num_rel" then
      local o = { groups = joined.groups, relevance_level = 1, per_request = false }
      local mean = measure(joined, o, { "relevant" })[1].mean
      line.results = { { mean = mean, per_request = line.results[1].per_request } }
    end
  end
end

--- trec_eval's names, and what each is here, for --metric help.
function trec.help()
  local lines = {}
  for i, entry in ipairs(trec_measures.list) do
    local standard = {}
    for k, number in ipairs(entry[4] or {}) do
      standard[k] = ("%g"):format(number)
    end
    local expression = (entry[3] or ""):gsub("%%d", "K"):gsub("%%%.17g", "X")
    lines[i] = ("%-22s %-26s %s"):format(entry[1], expression, table.concat(standard, ","))
      :gsub("%s+$", "")
  end
  for _, name in ipairs(options.keys(trec_measures.nicknames)) do
    lines[#lines + 1] = ("%-22s %s"):format(name,
      table.concat(trec_measures.nicknames[name], " ", 1, 5) .. " ...")
  end
  return "trec_eval's name, what it is here (see --metric help without --format trec), and its "
    .. "parameters\nwhere none are given behind a dot, as in P.5,10:\n\n"
    .. table.concat(lines, "\n") .. "\n\n" .. measures.wrapped("Not covered: "
    .. table.concat(trec_measures.missing, ", ") .. ".") .. "\n"
end

--- Run `steelyard eval --format trec`.
function trec.run(given)
  check(given)
  local lines = lines_of(given)
  local shared = conventions(given)
  local collection = given.collection and parse.integer("--collection", given.collection, 0) or 0
  data.threads(given)
  local joined = failure.unless(sy.trec.read(given.qrels, given.run, {
    complete = given.complete or false,
  }))
  if joined.groups.count == 0 then
    failure.raise("%s, %s: no topic is in both", given.qrels, given.run)
  end
  for _, key in ipairs({ "groups", "names", "judged", "retrieved" }) do
    shared[key] = joined[key]
  end
  measure_all(joined, shared, lines)
  settle_counts(given, joined, lines)
  local columns = given.per_topic and topic_columns(joined, shared, lines, collection) or {}
  local show = given.json and as_json or print_lines
  output.write(show(given, joined, lines, columns, collection))
  return 0
end

return trec
