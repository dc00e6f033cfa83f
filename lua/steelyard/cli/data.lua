-- The options that say which data a command reads, and the reading.

local conditions = require("steelyard.dataset.conditions")
local failure = require("steelyard.cli.failure")
local options = require("steelyard.options")
local parse = require("steelyard.cli.parse")
local sy = require("steelyard")

local data = {}

local EXIT = [[
Exit status:
  0   done
  1   the result falls short (tune: the target is not reached; it is written all the same;
      calibrate contract, watch: the scale moved, an alarm)
  2   bad usage or bad input, told in one line on standard error]]

-- Loaded when a command needs it, so that --help and a clear message do not.
local function load_argparse()
  local ok, argparse = pcall(require, "argparse")
  if not ok then
    failure.raise("Lua's argparse is missing: install lua-argparse (Debian, Ubuntu), or for others "
      .. "`luarocks install argparse`")
  end
  return argparse
end

--- A command's parser. about: usage, purpose (one sentence), examples (a list of commands).
function data.parser(name, about)
  local epilog = ("Examples (from the folder of the checkout):\n  %s\n\n%s"):format(
    table.concat(about.examples, "\n  "),
    EXIT
  )
  return load_argparse()("steelyard " .. name, about.purpose, epilog)
    :usage("usage: steelyard " .. name .. " " .. about.usage:gsub("\n", "\n       "))
    :help_max_width(96)
    :help_description_margin(31)
end

-- "--depth -M": help shows the long name alone.
local function add_option(parser, name, value, text)
  local long, short = name:match("^(%S+) (%S+)$")
  local option = parser:option(long or name, text):argname(value)
  return short and option:hidden_name(short) or option
end

--- An option with one value, which is given once.
function data.option(parser, name, value, text)
  return add_option(parser, name, value, text):overwrite(false)
end

--- An option that may be given several times: its values become a list (nil where there are none).
-- into: the key of a list that several options share, of {option's name, value}.
function data.repeatable(parser, name, value, text, into)
  local option = add_option(parser, name, value, text):count("*"):init(nil)
  if into then
    option:target(into)
  end
  return option:action(function(result, target, given)
    local list = result[target] or {}
    result[target] = list
    list[#list + 1] = into and { name:match("%-%-[%w-]+"), given } or given
  end)
end

--- Options {name, value, text}, or flags {name, text}, under a title, in order. Options with
-- repeats = true, or the key of a shared list, may be given several times.
function data.options(parser, title, list)
  local elements = {}
  for i, option in ipairs(list) do
    if option.repeats then
      local into = option.repeats ~= true and option.repeats or nil
      elements[i] = data.repeatable(parser, option[1], option[2], option[3], into)
    elseif option[3] then
      elements[i] = data.option(parser, table.unpack(option))
    else
      elements[i] = parser:flag(option[1], option[2])
    end
  end
  parser:group(title, table.unpack(elements))
end

local LOG = {
  { "--data", "FILE",
    "The log to read, one row a candidate, or a folder of columns (NAME.npy); - is standard input. "
      .. "Required. May be gzipped." },
  { "--format", "NAME",
    "auto, csv, tsv, jsonl or letor (SVMlight). Default: auto, by the file's name; csv for -." },
  { "--group", "COLUMN[,..]",
    "The column, or columns, whose values tell requests apart; their rows need not stand "
      .. "together. Default: all rows are one request (letor: qid)." },
  { "--item", "COLUMN", "The column of item names (needed for ties by name)." },
  { "--predictions", "TASK=COLUMN,..",
    "Where a task's predictions stand. Default: in the column of the task's name." },
  { "--where", "CONDITION",
    "Only rows for which it holds: label=1, date<=20220416, country!=de (by =, !=, <, <=, >, >=). "
      .. "May be given several times.", repeats = true },
  { "--dtype", "TYPE",
    "f64 or f32: how numbers are held. Default: f64; columns of a folder as they are." },
  { "--missing", "POLICY",
    "What to do with a number that is missing, NaN or infinite: error, drop (its row), keep "
      .. "(a missing one as NaN), or a number to put there. Default: error." },
  { "--threads", "N", "Threads to use, or all. Default: all." },
}

local RULE = {
  { "--k", "K", "How many ranks count. Default: 0, all of them." },
  { "--gain-function", "NAME", "linear, or exponential (2^gain - 1). Default: linear." },
  { "--ties", "NAME",
    "The order of equal scores: input (earlier row first), average (over all orders), best, "
      .. "worst, name (by --item, descending). Default: input." },
  { "--empty", "NAME",
    "A request with nothing to gain: skip it, or count it as zero or as one. Default: skip." },
  { "--profile", "NAME",
    "Do as a known tool or paper does where the options above say nothing else: trec, sklearn, "
      .. "xgboost, lightgbm, burges, jarvelin." },
}

--- The options of all commands that read a log.
function data.define(parser)
  data.options(parser, "Data", LOG)
end

-- What only measuring has: conventions beyond those that can be tuned for.
local MEASURING = {
  ["--gain-function"] = { "--gain-function", "NAME",
    "linear, exponential (2^gain - 1), or what the labels 0, 1, 2 ... are worth: 0,1,3,7. "
      .. "Default: linear." },
  { "--discount", "NAME",
    "What the worth at rank r is divided by: log2 (of r + 1), jarvelin (log2 of r, from rank 2 "
      .. "on), reciprocal (r), none; or what it is multiplied by: 1,0.5,0.25. Default: log2." },
}

--- The options of ranking metrics. measuring: all of them; else those that can be tuned for.
function data.define_rule(parser, measuring)
  local list = {}
  for i, option in ipairs(RULE) do
    local name = option[1]
    if measuring or name ~= "--profile" then
      list[i] = measuring and MEASURING[name] or option
    end
  end
  table.move(MEASURING, 1, measuring and #MEASURING or 0, #list + 1, list)
  data.options(parser, "Metric", list)
end

local DISCOUNTS = { "log2", "jarvelin", "reciprocal", "none" }

-- A name, or a table of numbers: "0,1,3,7".
local function name_or_numbers(option, text, names)
  if not text:find("^[%d.+-]") then
    return parse.choice(option, text, names)
  end
  local numbers = {}
  for part in (text .. ","):gmatch("(.-),") do
    numbers[#numbers + 1] = parse.number(option, part)
  end
  return numbers
end

--- Ties by name need names.
function data.check_ties(given, ties)
  if ties == "name" and not given.item then
    failure.raise("ties by name need --item, the column of item names")
  end
end

--- Checked metric options of what was given: k, gain, ties, empty, profile, relevance (nil where
-- not given). measuring: gains and discounts may be tables, and there is a discount. has_names:
-- there are item names without --item.
function data.rule(given, measuring, has_names)
  local rule = {}
  local function choose(key, option, choices)
    if given[key] then
      return parse.choice(option, given[key], choices)
    end
  end
  rule.k = given.k and parse.integer("--k", given.k, 0) or nil
  local gains = { "linear", "exponential" }
  if measuring then
    rule.gain = given.gain_function
      and name_or_numbers("--gain-function", given.gain_function, gains)
    rule.discount = given.discount
      and name_or_numbers("--discount", given.discount, DISCOUNTS)
  else
    rule.gain = choose("gain_function", "--gain-function", gains)
  end
  rule.ties = choose("ties", "--ties", { "input", "average", "best", "worst", "name" })
  rule.empty = choose("empty", "--empty", { "skip", "zero", "one" })
  rule.profile = choose("profile", "--profile", options.keys(sy.metrics.profiles))
  rule.relevance = given.relevance and parse.number("--relevance", given.relevance) or nil
  if not has_names then
    data.check_ties(given, rule.ties or rule.profile == "trec" and "name")
  end
  return rule
end

local LETOR = { letor = true, svm = true, svmlight = true, txt = true }

-- Is the log in LETOR's format? As the reader tells by the file's name.
local function is_letor(given)
  local extension = given.data:lower():gsub("%.gz$", ""):match("%.(%w+)$")
  local format = given.format or "auto"
  return format == "letor" or (format == "auto" and LETOR[extension] == true)
end

--- Use the threads asked for.
function data.threads(given)
  local n = given.threads or "all"
  if n ~= "all" then
    n = parse.integer("--threads", n, 1)
    if n > 1024 then
      failure.raise("--threads: %d is above 1024", n)
    end
  end
  sy.threads(n)
end

-- Where the predictions of tasks stand: a list of {task, column} as dataset.read's map, in order.
local function prediction_columns(given, tasks)
  local column_of = {}
  for _, pair in ipairs(given.predictions and parse.pairs("--predictions",
    given.predictions) or {}) do
    column_of[pair[1]] = pair[2]
  end
  local map, known = {}, {}
  for _, task in ipairs(tasks) do
    map[task] = column_of[task] or task
    known[task] = true
  end
  for task in pairs(column_of) do
    if not known[task] then
      failure.raise("--predictions: no task is called %s%s", task, options.hint(task, tasks))
    end
  end
  return map
end

--- Add the names (nil: none) that a list does not have yet to it; gives the list.
function data.add(list, names)
  for _, name in ipairs(names or {}) do
    local known = false
    for _, other in ipairs(list) do
      known = known or other == name
    end
    if not known then
      list[#list + 1] = name
    end
  end
  return list
end

-- A call whose complaints about conditions are told as the option's.
local function in_our_words(call, ...)
  local ok, result = pcall(call, ...)
  if ok then
    return result
  end
  local words = type(result) == "string"
    and (result:match("where: (.*)$") or result:match("the data set has no column .*$")
      or result:match("column .* is not a number$"))
  if not words then
    error(result, 0)
  end
  failure.raise("--where: %s", words)
end

--- Checks of what can be checked before a long read: the settings for dataset.read.
-- tasks: whose predictions are read.
function data.settings(given, tasks)
  if not given.data then
    failure.raise("missing option --data (the log to read)")
  end
  local settings = { item = given.item, predictions = prediction_columns(given, tasks) }
  settings.group = given.group and parse.list("--group", given.group)
    or is_letor(given) and { "qid" }
    or nil
  if given.format then
    settings.format =
      parse.choice("--format", given.format, { "auto", "csv", "tsv", "jsonl", "letor" })
  end
  if given.data == "-" and (settings.format or "auto") == "auto" then
    settings.format = "csv"
  end
  if given.dtype then
    settings.dtype = parse.choice("--dtype", given.dtype, { "f32", "f64" })
  end
  local policies = { error = true, drop = true, keep = true }
  if given.missing and not policies[given.missing] and not tonumber(given.missing) then
    failure.raise("--missing: %q is not error, drop, keep or a number", given.missing)
  end
  settings.missing = given.missing
    and (policies[given.missing] and given.missing or parse.number("--missing", given.missing))
  in_our_words(conditions.parse, given.where)
  data.threads(given)
  return settings
end

local function append(list, more)
  local all = data.add(data.add({}, list), more)
  return #all > 0 and all or list
end

--- Let the columns be read, too, that a value model's calibrators go by.
function data.add_features(settings, model)
  local numbers, texts = model:features()
  settings.features = append(settings.features, numbers)
  settings.categorical = append(settings.categorical, texts)
end

-- Where a message says that a column of numbers has words further down: settings that read it as
-- words, unless standard input, which is gone by then, is read. Else nil.
local function with_words(given, settings, message)
  local name = message:match(": column (.+): .*; to read the column as a category, name it in")
  local others, found = {}, false
  for _, column in ipairs(settings.columns or {}) do
    found = found or column == name
    others[#others + 1] = column ~= name and column or nil
  end
  if not found or given.data == "-" then
    return nil
  end
  local copy = {}
  for key, value in pairs(settings) do
    copy[key] = value
  end
  copy.columns, copy.categorical = others, append(settings.categorical, { name })
  return copy
end

--- Read the data, or give up.
function data.read(given, settings)
  for _, condition in ipairs(conditions.parse(given.where)) do
    settings.columns = append(settings.columns, { condition.column })
  end
  local set, message = sy.dataset.read(given.data, settings)
  local again = not set and with_words(given, settings, message)
  if again then
    return data.read(given, again)
  end
  failure.unless(set, message and message:gsub("format=$", "--format", 1)
    :gsub("; to read the column as a category, name it in categorical=$", "", 1))
  set = in_our_words(set.where, set, given.where)
  set.group_columns = settings.group or {}
  return set
end

--- "608 requests, 4864 rows", and how many were left out. rows_count: it is rows that count, so
-- without --group there are no requests to tell of.
function data.describe(set, rows_count)
  local tables = require("steelyard.cli.table")
  local text = tables.count(set.size, "row")
  if not rows_count or #set.group_columns > 0 then
    text = tables.count(set.groups.count, "request") .. ", " .. text
  end
  if set.dropped > 0 then
    text = text .. (", %d more left out for missing values"):format(set.dropped)
  end
  return text
end

--- The header fields that name a request, and a function(r) that gives their values as texts.
function data.request_ids(set)
  if #set.group_columns == 0 then
    return { "request" }, function(r)
      return { ("%d"):format(r) }
    end
  end
  local codes, names = {}, {}
  for i, column in ipairs(set.group_columns) do
    codes[i], names[i] = set:column(column), set:names(column)
  end
  local offsets = set.groups.offsets
  return set.group_columns, function(r)
    local row, ids = offsets[r] + 1, {}
    for i = 1, #codes do
      ids[i] = names[i] and names[i][codes[i][row]] or ("%d"):format(codes[i][row])
    end
    return ids
  end
end

--- A value model from a file, or give up.
function data.value_model(path)
  return failure.unless(sy.value_model.load(path))
end

return data
