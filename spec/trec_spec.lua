-- TREC runs and qrels: read, joined and written; the counts of trec_eval's own conformance files.
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local huge = math.huge

local function file(text)
  return paths.write(paths.temporary(".txt"), text)
end

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  assert.truthy(message:find("trec_spec.lua:%d+: "), message)
  return (message:gsub("^.-:%d+: ", ""))
end

local QRELS = "q2 0 d1 1\nq1 0 a 2\nq1 0 b 0\nq1 0 c -1\nq2 0 d2 0\nq3 0 x 1\n"
local RUN = "q1 Q0 b 1 0.5 one\nq2 Q0 d9 1 3 one\nq1 Q0 z 2 0.25 one\nq4 Q0 y 1 1 one\n"
  .. "q1 Q0 c 3 0.125 two\n"

local function read(qrels, run, given)
  return sy.trec.read(file(qrels), file(run), given)
end

local function documents(t)
  local list = {}
  for row = 1, #t.scores do
    list[row] = t.document(row)
  end
  return table.concat(list, " ")
end

describe("a join", function()
  teardown(paths.clean)

  it("has what was retrieved and then what was only judged, topic by topic", function()
    local t = assert(read(QRELS, RUN))
    assert.are.same({ "q1", "q2" }, t.topics)
    assert.are.equal("b z c a d9 d1 d2", documents(t))
    assert.are.same({ 0.5, 0.25, 0.125, -huge, 3, -huge, -huge }, t.scores:totable())
    assert.are.same({ 0, 0, 0, 2, 0, 1, 0 }, t.grades:totable())
    assert.are.same({ 1, 0, -1, 1, 0, 1, 1 }, t.judged:totable())
    assert.are.same({ 0, 4, 7 }, t.groups.offsets:totable())
    assert.are.same({ 3, 1 }, t.retrieved:totable())
    assert.are.same({ "two", 1, 1 }, { t.tag, t.missing, t.unjudged_topics })
    assert.are.same({ "f64", "f64", "i32", "i32", "i64" }, { t.scores.dtype, t.grades.dtype,
      t.judged.dtype, t.names.dtype, t.retrieved.dtype })
  end)

  it("keeps topics without a run where that is asked for", function()
    local t = assert(read(QRELS, RUN, { complete = true }))
    assert.are.same({ "q1", "q2", "q3" }, t.topics)
    assert.are.same({ 3, 1, 0 }, t.retrieved:totable())
    assert.are.equal("x", t.document(8))
    assert.are.same({ -huge, 1, 1 }, { t.scores[8], t.grades[8], t.judged[8] })
    assert.are.same({ 1, 1 }, { t.missing, t.unjudged_topics })
  end)

  it("of nothing is empty", function()
    for _, pair in ipairs({ { "", "" }, { "\n \n# no\n", RUN }, { QRELS, "" } }) do
      local t = assert(read(pair[1], pair[2]))
      assert.are.same({}, t.topics)
      assert.are.equal(0, #t.scores)
      assert.are.equal(0, t.groups.count)
    end
    local t = assert(read(QRELS, "", { complete = true }))
    assert.are.same({ 0, 0, 0 }, t.retrieved:totable())
    assert.are.same({ 6, "", 3 }, { #t.scores, t.tag, t.missing })
  end)

  it("takes any blanks, Windows' line ends, comments, more words, no last line end", function()
    local t = assert(read(
      "\239\187\191# c\r\n\r\n  q\t0\v a#1 \f +2\r\n#q 0 b 1\nq 0 b -0",
      "  # c\nq  Q0\ta#1 7 1e-3 tag and more\r\n\r\nq - b - -.5 last"))
    assert.are.same({ 0.001, -0.5 }, t.scores:totable())
    assert.are.same({ 2, 0 }, t.grades:totable())
    assert.are.equal("a#1 b", documents(t))
    assert.are.equal("last", t.tag)
  end)

  it("sorts topics by their bytes", function()
    local names = { "10", "9", "a", "B", "\195\164", "10a", "1" }
    local qrels, run = {}, {}
    for i, name in ipairs(names) do
      qrels[i] = name .. " 0 d 1\n"
      run[#names + 1 - i] = name .. " 0 d 1 1 t\n"
    end
    local t = assert(read(table.concat(qrels), table.concat(run)))
    table.sort(names)
    assert.are.same(names, t.topics)
  end)

  it("gives rows views that outlive the rest", function()
    local scores = assert(read(QRELS, RUN)).scores
    local part = scores:slice(2, 3)
    scores = nil -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    assert.are.same({ 0.25, 0.125 }, part:totable())
  end)

  it("orders ties by name, in whatever order the lines are", function()
    local random = sy.random(7)
    for _ = 1, 60 do
      local qrels, run, rows = {}, {}, {}
      for t = 1, 3 do
        for _, d in ipairs(sy.array.range(40):totable()) do
          local name = ("doc-%d"):format((d * 7919) % 1009) .. ("x"):rep(d % 12)
          if random:below(3) > 1 then
            rows[#rows + 1] = { "t" .. t, name, random:below(9) / 4 - 1 }
          end
          if random:below(3) == 1 then
            qrels[#qrels + 1] = ("t%d 0 %s %d\n"):format(t, name, random:below(4) - 2)
          end
        end
      end
      local order = random:shuffle(sy.array.range(#rows))
      for i, row in ipairs(rows) do
        run[order[i]] = ("%s Q0 %s 0 %g x\n"):format(row[1], row[2], row[3])
      end
      local t = assert(read(table.concat(qrels), table.concat(run)))
      table.sort(rows, function(a, b)
        if a[1] ~= b[1] then
          return a[1] < b[1]
        end
        return a[3] > b[3] or (a[3] == b[3] and a[2] > b[2])
      end)
      local ranked, offsets = sy.rank(t.scores, {
        groups = t.groups, ties = "name", names = t.names,
      })
      local at = 0
      assert.are.equal(3, #t.topics)
      for r = 1, #t.topics do
        for i = 1, t.retrieved[r] do
          at = at + 1
          assert.are.equal(rows[at][2], t.document(ranked[offsets[r] + i]))
        end
        local last
        for i = t.retrieved[r] + 1, offsets[r + 1] - offsets[r] do
          local name = t.document(ranked[offsets[r] + i])
          assert.is_true(last == nil or name < last)
          last = name
        end
      end
      assert.are.equal(#rows, at)
    end
  end)

  it("is the same for gzip, of any size, lines cut anywhere", function()
    local run, qrels = {}, {}
    for i = 1, 60000 do
      run[i] = ("topic-%d Q0 document-%d %d %.17g tag\n"):format(i % 7, i, i, math.sin(i))
      if i % 10 == 0 then
        qrels[#qrels + 1] = ("topic-%d 0 document-%d %d\n"):format(i % 7, i, i % 3)
      end
    end
    local qrels_path, run_path = file(table.concat(qrels)), file(table.concat(run))
    local plain = assert(sy.trec.read(qrels_path, run_path))
    shell.succeed("gzip -k " .. run_path .. " " .. qrels_path)
    local packed = assert(sy.trec.read(qrels_path .. ".gz", run_path .. ".gz"))
    os.remove(qrels_path .. ".gz")
    os.remove(run_path .. ".gz")
    assert.are.equal(60000, #plain.scores)
    assert.are.equal(60000, #packed.scores)
    for _, field in ipairs({ "scores", "grades", "judged", "names" }) do
      assert.are.same(plain[field]:totable(), packed[field]:totable())
    end
    local row = plain.groups.offsets[3] + 5 -- the fifth of topic-2
    assert.are.equal("document-30", plain.document(row))
    assert.are.equal(math.sin(30), plain.scores[row])
  end)
end)

describe("a file that is refused", function()
  teardown(paths.clean)

  local good = "q Q0 d 1 1 t\n"
  -- Of a run (the third line is bad) and of qrels.
  local runs = {
    { "q", "column Q0 is missing (a line of a run is: topic Q0 document rank score tag)" },
    { "q Q0 d", "column rank is missing (a line of a run is: topic Q0 document rank score tag)" },
    { "q Q0 d 1 2 ",
      "column tag is missing (a line of a run is: topic Q0 document rank score tag)" },
    { "q Q0 e 1 abc t", 'column score: "abc" is not a number' },
    { "q Q0 e 1 1.5x t", 'column score: "1.5x" is not a number' },
    { "q Q0 e 1 NA t", 'column score: "NA" is not a number' },
    { "q Q0 e 1 nan t", 'column score: "nan" is not a finite number' },
    { "q Q0 e 1 -inf t", 'column score: "-inf" is not a finite number' },
    { "q Q0 e 1 1e999 t", 'column score: "1e999" is not a finite number' },
    { "q Q0 d 9 2 t", "topic q: document d is on line 1 already" },
  }
  local judgments = {
    { "q 0 d", "column grade is missing (a line of qrels is: topic iteration document grade)" },
    { "q 0 e 1.5", 'column grade: "1.5" is not a whole number' },
    { "q 0 e -", 'column grade: "-" is not a whole number' },
    { "q 0 e one", 'column grade: "one" is not a whole number' },
    { "q 0 e 1234567890123456", 'column grade: "1234567890123456" has too many digits' },
    { "q 0 e 1 x", "more than 4 words (a line of qrels is: topic iteration document grade)" },
    { "q 1 d 2", "topic q: document d is on line 1 already" },
  }

  it("is a run: the message names file, line, column and value", function()
    local qrels = file("q 0 d 1\n")
    for _, case in ipairs(runs) do
      local path = file(good .. "# 2\n" .. case[1] .. "\n")
      local nothing, message = sy.trec.read(qrels, path)
      assert.is_nil(nothing)
      assert.are.equal(path .. ":3: " .. case[2], message)
      nothing, message = sy.trec.read_run(path)
      assert.is_nil(nothing)
      assert.are.equal(path .. ":3: " .. case[2], message)
    end
  end)

  it("is qrels", function()
    local run = file(good)
    for _, case in ipairs(judgments) do
      local path = file("q 0 d 1\n\n" .. case[1])
      local nothing, message = sy.trec.read(path, run)
      assert.is_nil(nothing)
      assert.are.equal(path .. ":3: " .. case[2], message)
      nothing, message = sy.trec.read_qrels(path)
      assert.is_nil(nothing)
      assert.are.equal(path .. ":3: " .. case[2], message)
    end
  end)

  it("has a document twice in a topic that the other file does not have", function()
    local _, message = read("q 0 d 1\n", "r Q0 d 1 1 t\nr Q0 d 2 0 t\n")
    assert.matches(":2: topic r: document d is on line 1 already$", message)
    _, message = read("q 0 d 1\nq 0 d 1\n", "r Q0 d 1 1 t\n")
    assert.matches(":2: topic q: document d is on line 1 already$", message)
  end)

  it("is not there, or cut short", function()
    local nothing, message = sy.trec.read("/nowhere/qrels", file(good))
    assert.is_nil(nothing)
    assert.are.equal("/nowhere/qrels: cannot open: No such file or directory", message)
    nothing, message = sy.trec.read_run("/nowhere/run")
    assert.is_nil(nothing)
    assert.matches("^/nowhere/run: cannot open", message)
    local path = file("\31\139\8\0\0\0\0\0\0\3")
    nothing, message = sy.trec.read_qrels(path)
    assert.is_nil(nothing)
    assert.matches("gzip", message)
  end)
end)

describe("misuse of trec", function()
  teardown(paths.clean)

  it("is told at the caller's line", function()
    local path = file("")
    assert.are.equal("qrels: expected a path, got nil", raised(sy.trec.read))
    assert.are.equal("run: expected a path, got 3", raised(sy.trec.read, path, 3))
    assert.are.equal("path: expected a path, got nil", raised(sy.trec.read_run))
    assert.are.equal('trec.read: unknown option "complet" (did you mean "complete"?)',
      raised(sy.trec.read, path, path, { complet = true }))
    assert.are.equal("qrels and run cannot both be standard input", raised(sy.trec.read, "-", "-"))
    local t = assert(read(QRELS, RUN))
    assert.are.equal("document: row 8 is none of 1..7", raised(t.document, 8))
    assert.are.equal("document: row nil is none of 1..7", raised(t.document))
  end)

  it("does not reach the file that was to be written", function()
    local path = file("as it was")
    local function refused(expected, columns, kind)
      assert.are.equal(expected, raised(sy.trec["write_" .. (kind or "run")], path, columns))
      assert.are.equal("as it was", paths.read(path))
    end
    local nan = 0 / 0
    refused("trec.write_run: topics: expected a table of texts, got nil", {})
    refused("trec.write_run: documents: expected a table of texts, got nil", { topics = {} })
    refused("trec.write_run: scores: expected an array or a table of numbers, got nil",
      { topics = {}, documents = {} })
    refused("trec.write_run: scores: there are 1, but 2 are needed",
      { topics = { 1, 1 }, documents = { "a", "b" }, scores = { 1 } })
    refused("trec.write_run: topics: there are 1, but 2 are needed",
      { topics = { 1 }, documents = { "a", "b" }, scores = { 1, 2 } })
    refused("trec.write_run: topics: there are 1, but 2 are needed",
      { topics = { 1 }, groups = { 1, 2 }, documents = { "a", "b" }, scores = { 1, 2 } })
    refused("trec.write_run: documents[2]: expected a text, got true",
      { topics = { 1, 1 }, documents = { "a", true }, scores = { 1, 2 } })
    refused('documents[2]: "a b" holds a blank',
      { topics = { 1, 1 }, documents = { "a", "a b" }, scores = { 1, 2 } })
    refused('documents[1]: "" is empty', { topics = { 1 }, documents = { "" }, scores = { 1 } })
    refused('documents[2]: "a" is documents[1] already',
      { topics = { 1, 1 }, documents = { "a", "a" }, scores = { 1, 2 } })
    refused('topics[2]: "x" is topics[1] already',
      { topics = { "x", "x" }, groups = { 1, 2 }, documents = { "a", "a" }, scores = { 1, 2 } })
    refused('topics[1]: "#1" would begin a comment',
      { topics = { "#1" }, documents = { "a" }, scores = { 1 } })
    refused('tag: "" is empty', { topics = { 1 }, documents = { "a" }, scores = { 1 }, tag = "" })
    refused('tag: "a\\nb" holds a blank',
      { topics = { 1 }, documents = { "a" }, scores = { 1 }, tag = "a\nb" })
    for _, score in ipairs({ nan, huge, -huge }) do
      assert.matches("^scores%[1%]: .* is not a finite number$", raised(sy.trec.write_run, path,
        { topics = { 1 }, documents = { "a" }, scores = { score } }))
    end
    refused("grades[2]: 1.5 is not a whole number below 1e15",
      { topics = { 1, 1 }, documents = { "a", "b" }, grades = { 1, 1.5 } }, "qrels")
    refused('trec.write_qrels: unknown option "scores"',
      { topics = { 1 }, documents = { "a" }, scores = { 1 } }, "qrels")
  end)

  it("says what the system refuses", function()
    local nothing, message = sy.trec.write_run("/nowhere/run",
      { topics = { 1 }, documents = { "a" }, scores = { 1 } })
    assert.is_nil(nothing)
    assert.are.equal("/nowhere/run: cannot write: No such file or directory", message)
  end)
end)

describe("what is written", function()
  teardown(paths.clean)

  it("is a run in trec_eval's order", function()
    local path = paths.temporary(".run")
    assert.is_true(sy.trec.write_run(path, {
      topics = { 2, "b", 2, 2, 2 }, documents = { "x", "x", 7, "z", "y" },
      scores = { 0.5, -1e-30, 0.1, 0.5, 2 }, tag = "mine",
    }))
    assert.are.equal("2 Q0 y 1 2 mine\n2 Q0 z 2 0.5 mine\n2 Q0 x 3 0.5 mine\n"
      .. "2 Q0 7 4 0.1 mine\nb Q0 x 1 -1e-30 mine\n", paths.read(path))
  end)

  it("is qrels, rows as they come", function()
    local path = paths.temporary(".qrels")
    assert.is_true(sy.trec.write_qrels(path, {
      topics = { "t", "s" }, groups = { 5, 6, 5 }, documents = { "b", "c", "a" },
      grades = { 2, -1, -0.0 },
    }))
    assert.are.equal("t 0 b 2\nt 0 a 0\ns 0 c -1\n", paths.read(path))
    assert.is_true(sy.trec.write_qrels(path, { topics = {}, documents = {}, grades = {} }))
    assert.are.equal("", paths.read(path))
  end)

  it("reads back with the same bits, and the same file after that", function()
    local random, rows = sy.random(3), { topics = {}, documents = {}, scores = {}, grades = {} }
    for i = 1, 3000 do
      rows.topics[i] = ("t%02d"):format(random:below(20))
      rows.documents[i] = ("d%05d"):format(i)
      local x = random:normal() * 10 ^ (random:below(61) - 31)
      rows.scores[i] = random:below(5) == 1 and 0.25 or x
      rows.grades[i] = random:below(7) - 3
    end
    local path, again = paths.temporary(".a"), paths.temporary(".b")
    for _, kind in ipairs({ "run", "qrels" }) do
      local column = kind == "run" and "scores" or "grades"
      assert(sy.trec["write_" .. kind](path, {
        topics = rows.topics, documents = rows.documents, [column] = rows[column],
      }))
      local back = assert(sy.trec["read_" .. kind](path))
      assert.are.equal(20, #back.topics)
      assert.are.equal(3000, #back.documents)
      for r = 1, 20 do
        for i = back.groups.offsets[r] + 1, back.groups.offsets[r + 1] do
          local original = tonumber(back.documents[i]:sub(2))
          assert.are.equal(rows.topics[original], back.topics[r])
          assert.are.equal(rows[column][original], back[column][i])
        end
      end
      assert(sy.trec["write_" .. kind](again, back))
      back = assert(sy.trec["read_" .. kind](again))
      assert(sy.trec["write_" .. kind](path, back))
      assert.are.equal(paths.read(again), paths.read(path))
    end
  end)
end)

describe("trec_eval's conformance files", function()
  teardown(paths.clean)

  local function shared(name)
    return paths.shared("trec-eval-tests/" .. name)
  end

  -- What an expected output says of a measure, by topic.
  local function expected(name, measure)
    local values = {}
    for found, topic, value in paths.read(shared(name)):gmatch("(%S+)%s+(%S+)%s+(%S+)\n") do
      if found == measure then
        values[topic] = tonumber(value)
      end
    end
    assert(next(values), measure)
    return values
  end

  -- Relevant documents of a topic, and how many of its first `limit` rows are.
  local function relevant(t, r, level)
    local all, found, first = 0, 0, t.groups.offsets[r]
    for i = 1, t.groups.offsets[r + 1] - first do
      if t.grades[first + i] >= level then
        all = all + 1
        found = found + (i <= t.retrieved[r] and 1 or 0)
      end
    end
    return all, found
  end

  local function average_precision(t, r, level, order, offsets)
    local sum, seen = 0, 0
    for i = 1, t.retrieved[r] do
      if t.grades[order[offsets[r] + i]] >= level then
        seen = seen + 1
        sum = sum + seen / i
      end
    end
    return sum / (relevant(t, r, level))
  end

  local function check(output, qrels, run, given, level)
    if not shared(output) then
      pending("no reference data")
      return
    end
    local t = assert(sy.trec.read(shared(qrels), shared(run), given))
    local order, offsets = sy.rank(t.scores, { groups = t.groups, ties = "name", names = t.names })
    local retrieved, all = expected(output, "num_ret"), expected(output, "num_rel")
    local found, map = expected(output, "num_rel_ret"), expected(output, "map")
    assert.are.same({ "301", "302", "303" }, t.topics)
    for r, topic in ipairs(t.topics) do
      assert.are.equal(retrieved[topic], t.retrieved[r])
      assert.are.same({ all[topic], found[topic] }, { relevant(t, r, level) })
      assert.are.equal(("%.4f"):format(map[topic]),
        ("%.4f"):format(average_precision(t, r, level, order, offsets)))
    end
    return t
  end

  it("have the documents, the relevant ones and the order that they say", function()
    local t = check("out.test.aq", "qrels.test", "results.test", nil, 1)
    if t then
      assert.are.same({ "STANDARD", 0, 0 }, { t.tag, t.missing, t.unjudged_topics })
      assert.are.equal(1500, t.retrieved:sum())
    end
  end)

  it("have a topic that nothing was retrieved for", function()
    local t = check("out.test.aqc", "qrels.test", "results.trunc", { complete = true }, 1)
    if t then
      assert.are.equal(1, t.missing)
      assert.are.equal("STANDARD", t.tag)
      local without = assert(sy.trec.read(shared("qrels.test"), shared("results.trunc")))
      assert.are.same({ "301", "303" }, without.topics)
    end
  end)

  it("have grades", function()
    local t = check("out.test.aql", "qrels.rel_level", "results.test", nil, 2)
    if t then
      local counts = {}
      for row = 1, #t.grades do
        counts[t.judged[row]] = (counts[t.judged[row]] or 0) + 1
      end
      assert.are.equal(304, counts[-1])
      assert.are.equal(3681, counts[-1] + counts[1])
      local alone, negative = assert(sy.trec.read_qrels(shared("qrels.rel_level"))), 0
      for row = 1, #alone.grades do
        negative = negative + (alone.grades[row] == -1 and 1 or 0)
      end
      assert.are.equal(304, negative)
    end
  end)

  it("mean the same with comments, but for the name that has a # in it", function()
    if not shared("qrels.test.with-comments") then
      pending("no reference data")
      return
    end
    local plain = assert(sy.trec.read_qrels(shared("qrels.test")))
    local commented = assert(sy.trec.read_qrels(shared("qrels.test.with-comments")))
    assert.are.equal(3681, #plain.grades)
    assert.are.same(plain.grades:totable(), commented.grades:totable())
    local different = {}
    for i = 1, #plain.documents do
      if plain.documents[i] ~= commented.documents[i] then
        different[#different + 1] = plain.documents[i] .. " " .. commented.documents[i]
      end
    end
    assert.are.same({ "CR93E-1860 CR#93E-1860" }, different)
  end)
end)
