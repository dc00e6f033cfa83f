-- TREC files: written, read and joined.
local sy = require "steelyard"
local qrels, run = "build/oom/trec.qrels", "build/oom/trec.run"
local rows = {
  topics = { "b", "a", "b", "b" }, documents = { "x", "x", "y", "z" }, tag = "t",
  scores = { 0.5, 1, 0.5, 2 },
}
local judged = { topics = { "b", "b", "a" }, documents = { "y", "w", "v" }, grades = { 1, 0, -1 } }
return function()
  assert(sy.trec.write_run(run, rows))
  assert(sy.trec.write_qrels(qrels, judged))
  local t = assert(sy.trec.read(qrels, run, { complete = true }))
  assert(#t.scores == 6 and t.document(2) == "v")
  assert(#sy.trec.read_run(run).documents == 4)
end
