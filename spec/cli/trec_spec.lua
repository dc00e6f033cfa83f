-- steelyard eval --format trec against what trec_eval printed (its own conformance set).
local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

-- The command line is Lua 5.4's.
local trec_measures = _VERSION == "Lua 5.4" and require "steelyard.cli.trec_measures"

local function shared(name)
  local path = paths.shared("trec-eval-tests/" .. name)
  return path and shell.succeed("readlink -f " .. shell.quote(path)):match("[^\n]+")
end

local function eval(arguments, folder)
  return command.succeed("eval --format trec " .. arguments, folder)
end

describe("steelyard eval --format trec, byte for byte,", function()
  -- {expected file, options, qrels, run}: the commands of the set's SOURCE.md
  for _, case in ipairs({
    { "out.test", "", "qrels.test", "results.test" },
    { "out.test", "--profile trec", "qrels.test", "results.test" },
    { "out.test", "-m official", "qrels.test.with-comments", "results.test" },
    { "out.test.a", "-m all_trec", "qrels.test", "results.test" },
    { "out.test.a", "--metric all_trec", "qrels.test", "results.test" },
    { "out.test.aq", "-m all_trec -q", "qrels.test", "results.test" },
    { "out.test.aqc", "-m all_trec -q -c", "qrels.test", "results.trunc" },
    { "out.test.aqcM", "-m all_trec -q -c -M100", "qrels.test", "results.trunc" },
    { "out.test.aqcM", "--metric all_trec --per-topic --complete --depth 100", "qrels.test",
      "results.trunc" },
    { "out.test.aql", "-m all_trec -mrelstring.20 -q -l2", "qrels.rel_level", "results.test" },
    { "out.test.aql", "--metric all_trec,relstring.20 -q --relevance 2", "qrels.rel_level",
      "results.test" },
    { "out.test.meas_params", "-q -miprec_at_recall..10,.20,.25,.75,.50 -m P.5,7,3 "
      .. "-m recall.20,2000 -m Rprec_mult.5.0,0.2,0.35 -mutility.2,-1,0,0 -m 11pt_avg..25,.5,.75 "
      .. "-mndcg.1=3,2=9,4=4.5 -mndcg_cut.10,20,23.4 -msuccess.2,5,20", "qrels.test",
      "results.test" },
    { "out.test.meas_params", "-q --metric iprec_at_recall..10,.20,.25,.75,.50,P.5,7,3,"
      .. "recall.20,2000,Rprec_mult.5.0,0.2,0.35,utility.2,-1,0,0,11pt_avg..25,.5,.75,"
      .. "ndcg.1=3,2=9,4=4.5,ndcg_cut.10,20,23.4,success.2,5,20", "qrels.test", "results.test" },
  }) do
    local expected, options, qrels, run = case[1], case[2], case[3], case[4]
    it("gives " .. expected .. " with " .. options, function()
      if not shared(expected) then
        return pending("the shared trec_eval data are not here")
      end
      local out = eval(("%s %s %s"):format(options, shared(qrels), shared(run)))
      local text = paths.read(shared(expected))
      assert.is_true(#text > 900)
      assert.are.equal(text, out)
    end)
  end
end)

describe("steelyard eval --format trec", function()
  local folder
  setup(function()
    folder = command.folder()
    paths.write(folder .. "/qrels", "t1 0 a 1\nt1 0 b 0\nt1 0 c 2\nt1 0 e -1\nt2 0 a 1\nt3 0 z 3\n")
    paths.write(folder .. "/run",
      "t1 Q0 a 1 3 mine\nt1 Q0 x 2 2 mine\nt1 Q0 c 3 1 mine\nt1 Q0 e 4 0.5 mine\n"
        .. "t2 Q0 q 1 9 mine\nt9 Q0 a 1 1 mine\n")
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  local function lines(options, qrels)
    local map, order = {}, {}
    for name, topic, value in eval(options .. " " .. (qrels or "qrels") .. " run", folder)
      :gmatch("(%S+) *\t(%S+)\t([^\n]+)\n") do
      map[name .. " " .. topic] = value
      order[#order + 1] = name .. " " .. topic
    end
    return map, order
  end

  it("prints topics, then all, and each alone", function()
    local _, order = lines("-q -m map -m P.1")
    assert.are.same({ "map t1", "P_1 t1", "map t2", "P_1 t2", "map all", "P_1 all" }, order)
    _, order = lines("-q -n -m map")
    assert.are.same({ "map t1", "map t2" }, order)
    assert.are.equal("", eval("-n -m map qrels run", folder))
  end)

  it("has what -c, -J, -M, -l and -N say", function()
    local map = lines("-m num_q,num_rel,num_ret,map")
    assert.are.same({ "2", "3", "5", "0.4167" },
      { map["num_q all"], map["num_rel all"], map["num_ret all"], map["map all"] })
    map = lines("-c -m num_q,num_rel,map")
    assert.are.same({ "3", "4", "0.2778" },
      { map["num_q all"], map["num_rel all"], map["map all"] })
    map = lines("-l 2 -q -m num_rel,map")
    assert.are.same({ "1", "0", "0.3333" },
      { map["num_rel t1"], map["num_rel t2"], map["map t1"] })
    assert.are.same(lines("--relevance=-1 -m num_rel,map"), lines("-l -1 -m num_rel,map"))
    map = lines("-J -q -m num_ret,map,relstring")
    assert.are.same({ "2", "1.0000", "'12'" },
      { map["num_ret t1"], map["map t1"], map["relstring t1"] })
    map = lines("-q -m relstring -m relstring.2")
    assert.are.equal("'1-'", map["relstring_2 t1"])
    map = lines("-q -M 3 -m relstring,num_ret")
    assert.are.same({ "'1-2'", "3" }, { map["relstring t1"], map["num_ret t1"] })
    map = lines("-q -N 100 -m utility.0,0,0,1")
    -- neither retrieved nor relevant: 100 + 2 - 4 - 2
    assert.are.equal("96.0000", map["utility_0,0,0,1 t1"])
  end)

  it("takes our own expressions, too, behind trec_eval's", function()
    local map, order = lines("-m err@20 -m map -m 'rbp(p=0.8,binary=1)@10'")
    assert.are.same({ "map all", "err@20 all", "rbp(p=0.8,binary=1)@10 all" }, order)
    local t = assert(sy.trec.read(folder .. "/qrels", folder .. "/run"))
    local err = sy.metrics.err(t.scores, t.grades, {
      groups = t.groups, judged = t.judged, retrieved = t.retrieved, names = t.names, k = 20,
      profile = "trec",
    })
    assert.are.equal(("%.4f"):format(err), map["err@20 all"])
  end)

  it("counts gains as they are told", function()
    local map = lines("-q -m ndcg.1=0,2=5")
    -- a: 0, x: 0, c: 5 at rank 3
    assert.are.equal(("%.4f"):format(1 / 2), map["ndcg_1=0,2=5 t1"])
  end)

  it("gives JSON", function()
    local object = assert(sy.json.decode(eval("--json -q -m official qrels run", folder)))
    assert.is_true(math.abs(object.metrics.map - 1.25 / 3) < 1e-15)
    assert.are.same({ 2, "mine", 1, 1, 2 }, { object.topics, object.metrics.runid,
      object.missing_topics, object.unjudged_topics, object.metrics.num_q })
    assert.are.equal(0, object.per_topic.t2.map)
  end)

  it("lists trec_eval's names", function()
    local out = eval("--metric help", folder)
    for _, name in ipairs({ "runid", "iprec_at_recall", "unj", "all_trec" }) do
      assert.is_truthy(out:find("\n" .. name .. "[ \n]"), name)
    end
  end)

  it("reads gzip", function()
    shell.succeed(("cd %s && gzip -k qrels run"):format(shell.quote(folder)))
    assert.are.equal(eval("-q qrels run", folder), eval("-q qrels.gz run.gz", folder))
  end)

  it("refuses what makes no sense in one line", function()
    paths.write(folder .. "/short", "t1 Q0 a 1\n")
    paths.write(folder .. "/words", "t1 Q0 a 1 high mine\n")
    paths.write(folder .. "/other", "t7 Q0 a 1 1 mine\n")
    for arguments, pattern in pairs({
      ["qrels"] = "^%-%-format trec needs two files: QRELS RUN$",
      ["qrels run more"] = "^eval: too many arguments",
      ["qrels nowhere"] = "^nowhere: ",
      ["qrels short"] = "^short:1: ",
      ["qrels words"] = '^words:1: .*"high"',
      ["qrels other"] = "^qrels, other: no topic is in both$",
      ["qrels run --vm vm.json"] = "^%-%-vm is not for",
      ["qrels run --gain click"] = "^%-%-gain is not for %-%-format trec",
      ["qrels run --by size"] = "^%-%-by is not for",
      ["qrels run -m mapp"] = "^%-%-metric: .*mapp",
      ["qrels run -m rel_string"] = "did you mean",
      ["qrels run -m map.5"] = "^%-%-metric: map.5: it takes no parameters$",
      ["qrels run -m P.5,5"] = "^%-%-metric: P.5,5: 5 is there twice$",
      ["qrels run -m P.0"] = "^%-%-metric: P.0: cutoffs are from 1 up$",
      ["qrels run -m P.x"] = '^%-%-metric: P.x: "x" is not a number$',
      ["qrels run -m utility.1,2"] = "four numbers are needed$",
      ["qrels run -m ndcg.3"] = '"3" is not GRADE=GAIN$',
      ["qrels run -m ndcg.0=1"] = "grade 0 is always worth 0 here$",
      ["qrels run -m rbp.0.8"] = "it takes p=NUMBER$",
      ["qrels run -m rbp.p=2"] = '^%-%-metric: rbp_p=2: p="2": it is from 0 to 1$',
      ["qrels run -m iprec_at_recall.10"] = "^%-%-metric: iprec_at_recall_10.00: ",
      ["qrels run -m ndcg_cut_10"] = "parameters follow a dot: ndcg_cut.10$",
      ["qrels run -m 'rbp(p=2)'"] = "it is from 0 to 1 %(%-%-metric help lists all%)$",
      ["qrels run -m prefs_simp"] = "preferences and judgments by several groups are not covered$",
      ["qrels run -m all_prefs"] = "are not covered$",
      ["qrels run -l high"] = '^%-%-relevance: "high" is not a number$',
      ["qrels run -M 0"] = "^%-%-depth: 0 is not a whole number from 1 up$",
    }) do
      local line = command.refused("eval --format trec " .. arguments, folder)
      assert.is_truthy(line:find(pattern), arguments .. ": " .. line)
    end
  end)
end)

describe("the list of trec_eval's measures", function()
  if not trec_measures then
    return
  end

  it("is the README's", function()
    local readme = paths.read(paths.root .. "/README.md")
    local covered = readme:match("Covered: (.-)%.\n")
    local missing = readme:match("Not covered: (.-)%.\n")
    local function names(text)
      local list = {}
      for name in text:gmatch("`([^`]+)`") do
        list[#list + 1] = name
      end
      return list
    end
    local expected = {}
    for i, measure in ipairs(trec_measures.list) do
      expected[i] = measure[1]
    end
    assert.are.same(expected, names(covered))
    assert.are.same(trec_measures.missing, names(missing))
  end)

  it("has metrics that are there", function()
    local lines = assert(trec_measures.lines({ "all_trec", "yaap", "dcg", "ideal_dcg" }))
    assert.is_true(#lines > 100)
    for _, line in ipairs(lines) do
      for _, expression in ipairs(line.expressions or {}) do
        assert.is_number((sy.metrics.measure({ 1 }, { 1 }, { metrics = expression })[1].mean))
      end
    end
  end)
end)
