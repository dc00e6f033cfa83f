-- The description of TREC runs and qrels.

local JOINED = [[
local qrels, run = os.tmpname(), os.tmpname()
assert(sy.trec.write_qrels(qrels, {
  topics = { 301, 301, 301 }, documents = { "d1", "d2", "d3" }, grades = { 2, 0, 1 },
}))
assert(sy.trec.write_run(run, {
  topics = { 301, 301 }, documents = { "d2", "d1" }, scores = { 0.5, 0.75 }, tag = "mine",
}))
]]

return {
  title = "TREC runs and qrels",
  text = [[The files of information retrieval: a run has lines `topic Q0 document rank score tag`
(what a system retrieved; words behind the tag are ignored), qrels have
`topic iteration document grade` (what assessors judged). Words are separated by blanks; empty
lines and lines that begin with `#` are passed over; gzip is recognised by content and `"-"` is
standard input. Lines of a topic need not stand together. As in trec_eval, a run's ranks are not
looked at: the order is by score, and by name where scores are equal, both descending.]],
  classes = {
    {
      name = "trec_joined",
      title = "A run with its qrels",
      text = "What sy.trec.read gives: rows topic by topic, topics ascending by name; of each "
        .. "topic first what was retrieved, in the order of the run, then what was judged but not "
        .. "retrieved, in the order of the qrels.",
      fields = {
        { "scores", "array", "f64; -infinity: not retrieved." },
        { "grades", "array", "f64; 0 where judged is not 1." },
        { "judged", "array",
          "i32; 1: judged; 0: not in the pool (the qrels); -1: there, with a negative grade." },
        { "names", "array",
          "i32, for ties = \"name\": among a topic's rows of equal score, larger where the "
            .. "document's name is; between other rows they mean nothing." },
        { "groups", "groups", "Which rows are of one topic." },
        { "retrieved", "array", "i64; per topic, how many of its rows, the first ones, were "
          .. "retrieved." },
        { "topics", "string[]", "The topics' names." },
        { "tag", "string", "The run's, from its last line." },
        { "document", "fun(row: integer): string", "The name of a row's document." },
        { "missing", "integer", "How many topics of the qrels have nothing retrieved." },
        { "unjudged_topics", "integer",
          "How many topics of the run are not in the qrels, and left out." },
      },
    },
    {
      name = "trec_run",
      title = "A run",
      text = "What sy.trec.read_run gives and sy.trec.write_run takes.",
      fields = {
        { "topics", "string[]", "The topics' names, ascending." },
        { "groups", "groups", "Which rows are of one topic." },
        { "documents", "names", "`documents[row]` is the name of a row's document." },
        { "scores", "array", "f64." },
        { "tag", "string", "The tag of the last line." },
      },
    },
    {
      name = "trec_qrels",
      title = "Qrels",
      text = "What sy.trec.read_qrels gives and sy.trec.write_qrels takes.",
      fields = {
        { "topics", "string[]", "The topics' names, ascending." },
        { "groups", "groups", "Which rows are of one topic." },
        { "documents", "names", "`documents[row]` is the name of a row's document." },
        { "grades", "array", "f64, as they are in the file: negative ones, too." },
      },
    },
  },
  functions = {
    {
      name = "sy.trec.read",
      call = "sy.trec.read(qrels, run [, options])",
      purpose = "Reads qrels and a run and joins them by topic and document.",
      args = {
        { "qrels", "string", "The path of the qrels." },
        { "run", "string", "The path of the run." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.trec", "read" },
        { "complete", "boolean",
          "Keep the topics of the qrels for which nothing was retrieved (trec_eval's -c).",
          default = false },
      },
      returns = {
        { "trec_joined?", "Rows, or nil." },
        { "string?", "File, line, column and value at fault: a word that is missing, a score or a "
          .. "grade that is no number, a document that stands twice under its topic." },
      },
      complexity = "one streaming pass over each file, O(lines) expected; no Lua value per row",
      example = JOINED .. [[
local t = assert(sy.trec.read(qrels, run))
print(t.scores)                    --> array f64 [3]: 0.75 0.5 -inf
print(t.grades, t.judged[3])       --> array f64 [3]: 2 0 1 1
print(t.topics[1], t.document(2))  --> 301 d2
print(t.retrieved[1], t.missing)   --> 2 0
os.remove(qrels)
os.remove(run)]],
    },
    {
      name = "sy.trec.read_run",
      call = "sy.trec.read_run(path)",
      purpose = "Reads a run alone.",
      args = { { "path", "string", "Which." } },
      returns = {
        { "trec_run?", "Rows topic by topic, topics ascending by name, or nil." },
        { "string?", "File, line, column and value at fault." },
      },
      example = [[
local path = os.tmpname()
assert(sy.trec.write_run(path, {
  topics = { "b", "a", "b" }, documents = { "x", "y", "z" }, scores = { 1, 2, 3 },
}))
local run = assert(sy.trec.read_run(path))
print(run.topics[2], run.documents[2], run.scores[2])  --> b z 3.0
os.remove(path)]],
    },
    {
      name = "sy.trec.read_qrels",
      call = "sy.trec.read_qrels(path)",
      purpose = "Reads qrels alone.",
      args = { { "path", "string", "Which." } },
      returns = {
        { "trec_qrels?", "Rows topic by topic, topics ascending by name, or nil." },
        { "string?", "File, line, column and value at fault." },
      },
      example = [[
local path = os.tmpname()
assert(sy.trec.write_qrels(path, { topics = { 7 }, documents = { "x" }, grades = { -1 } }))
print(sy.trec.read_qrels(path).grades)  --> array f64 [1]: -1
os.remove(path)]],
    },
    {
      name = "sy.trec.write_run",
      call = "sy.trec.write_run(path, columns)",
      purpose = "Writes a run: topics in the order in which they come, each with its documents by "
        .. "score, equal ones by name, both descending, and ranks from 1. Scores read back as the "
        .. "same bits. The file is replaced in one step.",
      args = {
        { "path", "string", "Where to." },
        { "columns", "options", "See below; also what sy.trec.read_run gives." },
      },
      options = {
        from = { "steelyard.trec", "write_run" },
        { "topics", "string[]|number[]|names",
          "The topic's name for every row, or with groups for every request." },
        { "groups", "groups|numbers|string[]", "Which rows are of one topic.",
          otherwise = "rows of the same topic" },
        { "documents", "string[]|number[]|names", "The document's name for every row." },
        { "scores", "numbers", "Finite." },
        { "tag", "string", "What the run is called.", default = "steelyard" },
      },
      returns = {
        { "true?", "Written, or nil." },
        { "string?", "Why the system refuses." },
      },
      errors = "Names that are empty, hold a blank, or stand twice (a topic; a document under one "
        .. "topic), topics that begin with #, scores that are not finite: what could not be read.",
      example = [[
local path = os.tmpname()
assert(sy.trec.write_run(path, {
  topics = { 1, 1 }, documents = { "a", "b" }, scores = { 0.1, 0.3 }, tag = "mine",
}))
print(io.open(path):read("*l"))  --> 1 Q0 b 1 0.3 mine
os.remove(path)]],
    },
    {
      name = "sy.trec.write_qrels",
      call = "sy.trec.write_qrels(path, columns)",
      purpose = "Writes qrels, topic by topic, rows as they come.",
      args = {
        { "path", "string", "Where to." },
        { "columns", "options", "See below; also what sy.trec.read_qrels gives." },
      },
      options = {
        from = { "steelyard.trec", "write_qrels" },
        { "topics", "string[]|number[]|names",
          "The topic's name for every row, or with groups for every request." },
        { "groups", "groups|numbers|string[]", "Which rows are of one topic.",
          otherwise = "rows of the same topic" },
        { "documents", "string[]|number[]|names", "The document's name for every row." },
        { "grades", "numbers", "Whole numbers." },
      },
      returns = {
        { "true?", "Written, or nil." },
        { "string?", "Why the system refuses." },
      },
      errors = "As sy.trec.write_run's; grades that are not whole.",
      example = [[
local path = os.tmpname()
assert(sy.trec.write_qrels(path, { topics = { 1 }, documents = { "a" }, grades = { 2 } }))
print(io.open(path):read("*l"))  --> 1 0 a 2
os.remove(path)]],
    },
  },
}
