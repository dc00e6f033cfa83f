-- TREC runs (what a system retrieved) and qrels (what assessors judged): read, joined by topic and
-- document, and written.
--
--   local t = assert(sy.trec.read("qrels.txt", "run.txt.gz"))
--   local order, ends = sy.rank(t.scores, { groups = t.groups, names = t.names, ties = "name" })
--
-- That is trec_eval's order; of topic r it begins with the t.retrieved[r] rows that were retrieved.

local core = require("steelyard.core")
local groups = require("steelyard.groups")
local options = require("steelyard.options")

local trec = {}

local read_options = {
  complete = { type = "boolean", default = false },
}
local run_columns = {
  topics = { type = "any" },
  groups = { type = "any" },
  documents = { type = "any" },
  scores = { type = "array" },
  tag = { type = "string", default = "steelyard" },
}
local qrels_columns = {
  topics = { type = "any" },
  groups = { type = "any" },
  documents = { type = "any" },
  grades = { type = "array" },
}

--- The options of each function, for the documentation.
trec.options = { read = read_options, write_run = run_columns, write_qrels = qrels_columns }

local function need_path(name, path)
  options.need(type(path) == "string", name, "a path", path)
end

-- ---------------------------------------------------------------------------------- reading --

--- A run and its qrels, joined ("-" is standard input; gzip is fine). Rows stand topic by topic,
-- topics by name; of each first what was retrieved, in the order of the run, then what was judged
-- but not retrieved. complete: keep topics for which nothing was retrieved.
-- @return a table, or nil and a message:
--   scores           -infinity where not retrieved
--   grades, judged   judged is 1, or 0: not in the pool, or -1: there, with a negative grade; the
--                    grade of the last two is 0
--   names            for ties by name
--   groups, topics   which rows are a topic's, and the topics' names
--   retrieved        per topic: how many of its rows, the first ones, were retrieved
--   tag              the run's
--   document(row)    the name of a row's document
--   missing          how many topics of the qrels have nothing retrieved
--   unjudged_topics  how many of the run are not in the qrels, and so left out
function trec.read(qrels, run, given)
  need_path("qrels", qrels)
  need_path("run", run)
  local o = options.check("trec.read", given, read_options)
  local read, message = core.trec_read(qrels, run, o.complete)
  if not read then
    return nil, message
  end
  local offsets, retrieved, scores, grades, judged, names = read:columns()
  local missing, unjudged = read:counts()
  return {
    scores = scores,
    grades = grades,
    judged = judged,
    names = names,
    groups = groups.from_offsets(offsets),
    retrieved = retrieved,
    topics = read:topics(),
    tag = read:tag(),
    document = function(row)
      return read:document(row)
    end,
    missing = missing,
    unjudged_topics = unjudged,
  }
end

-- One file alone: the object, and the table of what both kinds have.
local function read_alone(qrels, run)
  local read, message = core.trec_read(qrels, run, false)
  if not read then
    return nil, message
  end
  local layout = groups.from_offsets((read:columns()))
  return read, { topics = read:topics(), groups = layout, documents = read:documents() }
end

--- A run alone: topics (their names, ascending), groups, documents (names, one per row), scores
-- and tag; or nil and a message. What comes back can be written again.
function trec.read_run(path)
  need_path("path", path)
  local read, columns = read_alone(nil, path)
  if not read then
    return nil, columns
  end
  columns.scores = select(3, read:columns())
  columns.tag = read:tag()
  return columns
end

--- Qrels alone: topics, groups, documents as read_run's, and grades as they are in the file.
function trec.read_qrels(path)
  need_path("path", path)
  local read, columns = read_alone(path, nil)
  if not read then
    return nil, columns
  end
  columns.grades = select(4, read:columns())
  return columns
end

-- ---------------------------------------------------------------------------------- writing --

local function is_names(value)
  return type(value) == "userdata" and (getmetatable(value) or {}).__name == "steelyard.names"
end

local function need_texts(where, values)
  options.need(is_names(values) or type(values) == "table", where, "a table of texts", values)
end

-- A list of texts and numbers, or names, as a list of texts.
local function texts_of(where, values)
  if is_names(values) then
    return values:totable()
  end
  local texts = {}
  for i = 1, #values do
    local value = values[i]
    local text = type(value) == "number" and options.show(value) or value
    options.need(type(text) == "string", ("%s[%d]"):format(where, i), "a text", text)
    texts[i] = text
  end
  return texts
end

local function check_count(where, count, expected)
  if count ~= expected then
    options.fail("%s: there are %d, but %d are needed", where, count, expected)
  end
end

-- Which rows belong to which topic, and the topics' names. Without groups topics has one for each
-- row.
local function topics_of(where, o)
  local topics = texts_of(where .. ": topics", o.topics)
  if o.groups ~= nil then
    local layout = groups.of(o.groups, #o.documents)
    check_count(where .. ": topics", #topics, layout.count)
    return layout, core.names(topics)
  end
  check_count(where .. ": topics", #topics, #o.documents)
  local layout, list = groups.of(topics, #topics), {}
  local first = layout:first()
  for t = 1, layout.count do
    list[t] = topics[first[t]]
  end
  return layout, core.names(list)
end

-- Documents as names, in the order of the requests.
local function documents_of(where, documents, layout)
  if is_names(documents) and not layout.order then
    return documents
  end
  local texts = texts_of(where, documents)
  if layout.order then
    local arranged = {}
    for i = 1, #texts do
      arranged[i] = texts[layout.order[i]]
    end
    texts = arranged
  end
  return core.names(texts)
end

-- What both writers need: topics' names, offsets, documents' names and numbers, all arranged.
local function rows_of(where, o, column)
  need_texts(where .. ": topics", o.topics)
  need_texts(where .. ": documents", o.documents)
  options.need_numbers(where .. ": " .. column, o[column])
  check_count(where .. ": " .. column, #o[column], #o.documents)
  local layout, topics = topics_of(where, o)
  local documents = documents_of(where .. ": documents", o.documents, layout)
  local values = layout.order and layout:arrange(core.array(o[column])) or o[column]
  return topics, layout.offsets, documents, values
end

--- Write a run, ranked: topics in the order in which they come, their rows by score, equal ones by
-- name, both descending. topics: a name for each row, or, with groups, for each request.
-- @return true, or nil and a message where the system refuses.
function trec.write_run(path, rows)
  need_path("path", path)
  local o = options.check("trec.write_run", rows, run_columns)
  local topics, offsets, documents, scores = rows_of("trec.write_run", o, "scores")
  return core.trec_write_run(path, topics, offsets, documents, scores, o.tag)
end

--- Write qrels, rows as they come, topic by topic.
function trec.write_qrels(path, rows)
  need_path("path", path)
  local o = options.check("trec.write_qrels", rows, qrels_columns)
  local topics, offsets, documents, grades = rows_of("trec.write_qrels", o, "grades")
  return core.trec_write_qrels(path, topics, offsets, documents, grades)
end

return trec
