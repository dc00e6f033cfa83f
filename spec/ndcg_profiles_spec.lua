-- The profiles against numbers that the tools they are named after printed.
local paths = require("spec.support.paths")
local reference = require("spec.support.reference")
local sy = require("steelyard")

local check = reference.check

local function golden()
  return assert(sy.json.decode(paths.read(paths.root .. "/spec/golden/metrics.json")))
end

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return (message:gsub("^.-:%d+: ", ""))
end

describe("profile sklearn", function()
  local data = golden()

  it("prints what its documentation prints", function()
    local printed = { 0.6957, 0.4937, 0.75, 0.690979 }
    assert.equal(4, #data.toys)
    for i, toy in ipairs(data.toys) do
      local o = { profile = "sklearn", k = toy.k }
      check(toy.ndcg, (sy.ndcg(toy.scores, toy.gains, o)), 1e-12, "toy " .. i)
      check(printed[i], (sy.ndcg(toy.scores, toy.gains, o)), 5e-5, "toy " .. i)
    end
  end)

  it("agrees with scikit-learn's ndcg_score and dcg_score", function()
    assert.equal(12, #data.sklearn)
    for _, case in ipairs(data.sklearn) do
      assert.is_true(#case.by_k >= 4)
      for _, wanted in ipairs(case.by_k) do
        local what = ("%d items, k %d"):format(#case.scores, wanted.k)
        local o = { profile = "sklearn", k = wanted.k }
        check(wanted.ndcg, (sy.ndcg(case.scores, case.gains, o)), 1e-12, what)
        check(wanted.dcg, (sy.dcg(case.scores, case.gains, o)), 1e-12, what)
      end
    end
  end)

  -- ignore_ties orders by numpy's argsort()[::-1]: the later of equal rows first, for short rows
  -- whose sort is stable; so only what no tie can change is compared.
  it("agrees with ignore_ties where no scores tie", function()
    local compared = 0
    for _, case in ipairs(data.sklearn) do
      for _, wanted in ipairs(case.by_k) do
        local o = { k = wanted.k, empty = "zero", ties = "best" }
        local best = sy.ndcg(case.scores, case.gains, o)
        o.ties = "worst"
        local worst = sy.ndcg(case.scores, case.gains, o)
        assert(wanted.ndcg_ignore_ties <= best + 1e-12 and wanted.ndcg_ignore_ties >= worst - 1e-12)
        if best == worst then
          compared = compared + 1
          check(wanted.ndcg_ignore_ties, best)
        end
      end
    end
    assert(compared > 3)
  end)

  it("refuses negative gains, and counts a request without gain as 0", function()
    assert.equal("gains: -1 is negative, which profile sklearn refuses",
      raised(sy.ndcg, { 1, 2 }, { -1, 2 }, { profile = "sklearn" }))
    assert.equal(0, (sy.ndcg({ 1, 2 }, { 0, 0 }, { profile = "sklearn" })))
  end)
end)

describe("profile xgboost", function()
  local data = golden()

  it("agrees with what its own evaluation prints", function()
    assert.equal(4, #data.xgboost)
    for _, case in ipairs(data.xgboost) do
      local groups = sy.groups.from_sizes(case.sizes)
      assert.equal(6, #case.by_k)
      for i, wanted in ipairs(case.by_k) do
        local what = ("%d items, k %d"):format(#case.scores, wanted.k)
        local o = { profile = "xgboost", k = wanted.k, groups = groups }
        check(wanted.ndcg, (sy.ndcg(case.scores, case.gains, o)), 1e-6, what)
        check(case.tied_by_k[i].ndcg, (sy.ndcg(case.tied_scores, case.gains, o)), 1e-6, what)
        o.empty = "zero" -- its ndcg@k-
        check(wanted.empty_is_zero, (sy.ndcg(case.scores, case.gains, o)), 1e-6, what)
      end
    end
  end)

  it("counts a request without gain as 1", function()
    assert.equal(1, (sy.ndcg({ 1, 2 }, { 0, 0 }, { profile = "xgboost" })))
    local one_and_two = { profile = "xgboost", groups = { 1, 1, 2 } }
    check((1 + 1 / 3) / 2, (sy.ndcg({ 2, 1, 0 }, { 1, 2, 0 }, {
      profile = "xgboost", groups = { 1, 1, 2 }, k = 1,
    })))
    assert(sy.ndcg({ 2, 1, 0 }, { 1, 2, 0 }, one_and_two) < 1)
  end)
end)

-- LightGBM as spec/golden/lightgbm.py asked it. It computes in doubles; equal scores stand by row
-- (a stable sort). A query whose ideal is 0 counts 1 in NDCG, one without a relevant item 1 in MAP,
-- which takes every label above 0 as relevant and divides by the smaller of k and the number of
-- relevant items (capped=1), where XGBoost divides by the latter.
describe("profile lightgbm", function()
  local data = assert(sy.json.decode(paths.read(paths.root .. "/spec/golden/lightgbm.json")))

  -- A case's queries, by the generator of spec/golden/lightgbm.py.
  local function queries(case)
    local state, scores, labels, sizes = case.seed, {}, {}, {}
    local function below(n)
      state = (1664525 * state + 1013904223) % 2 ^ 32
      return math.floor(state / 65536) % n
    end
    for query = 1, 1 + below(12) do
      sizes[query] = 1 + below(case.most)
      for _ = 1, sizes[query] do
        local steps = math.max(2, math.floor(sizes[query] / 3))
        scores[#scores + 1] = 1 + below(steps) * case.step
        local drawn = math.max(0, below(8) - 3)
        labels[#labels + 1] = query % 5 == 0 and 0 or drawn
      end
    end
    assert.same(case.sizes, sizes)
    return scores, labels, sy.groups.from_sizes(sizes)
  end

  local function is_ordered(gains)
    for label = 2, #gains do
      if gains[label] < gains[label - 1] then
        return false
      end
    end
    return true
  end

  -- Calls f(case, scores, labels, options, place of the cut) for every cut of every case whose
  -- gains are ordered, or are not. Returns how often.
  local function each(ordered, f)
    local calls = 0
    for _, case in ipairs(data.cases) do
      if is_ordered(case.gains) == ordered then
        local scores, labels, groups = queries(case)
        local gain = #case.gains > 0 and case.gains or nil -- its own are the profile's
        for i, k in ipairs(data.k) do
          calls = calls + 1
          f(case, scores, labels, { profile = "lightgbm", gain = gain, groups = groups, k = k }, i)
        end
      end
    end
    return calls
  end

  it("agrees with LightGBM to 1e-12: NDCG, its own label gains and others, heavy ties", function()
    assert.equal(80 * 5, each(true, function(case, scores, labels, o, i)
      local what = ("seed %d, k %d"):format(case.seed, o.k)
      check(case.ndcg[i], (sy.ndcg(scores, labels, o)), 1e-12, what)
    end))
  end)

  -- Otherwise the numbers could not tell these apart.
  it("has cases that decide: ties, empty queries, 32 bits, the default gain", function()
    local others = {
      { "ties", "best" }, { "ties", "worst" }, { "ties", "average" }, { "empty", "zero" },
      { "empty", "skip" }, { "gain", "linear" },
    }
    local differ = { f32 = 0 }
    each(true, function(case, scores, labels, o, i)
      local function other(name, given)
        local off = math.abs(sy.ndcg(given, labels, o) - case.ndcg[i])
        differ[name] = (differ[name] or 0) + (off > 1e-3 and 1 or 0)
      end
      other("f32", sy.array(scores, "f32"))
      for _, option in ipairs(others) do
        local key, value = option[1], option[2]
        local was = o[key]
        o[key] = value
        other(key .. " " .. value, scores)
        o[key] = was
      end
    end)
    for name, count in pairs(differ) do
      assert(count > 50, name)
    end
  end)

  -- Its ideal is by label, whatever the labels are worth; ours is the best that the gains allow.
  it("is not it where a higher label is worth less: same DCG, our ideal is larger", function()
    local smaller = 0
    assert.equal(16 * 5, each(false, function(case, scores, labels, o, i)
      local _, dcg = sy.dcg(scores, labels, o)
      local _, ideal = sy.dcg(labels, labels, o)
      local sum = 0
      for query = 1, #dcg do
        sum = sum + (ideal[query] > 0 and dcg[query] / ideal[query] or 1)
      end
      check(case.ndcg[i], sum / #dcg, 1e-12, ("seed %d, k %d"):format(case.seed, o.k))
      smaller = smaller + (sy.ndcg(scores, labels, o) < case.ndcg[i] - 1e-3 and 1 or 0)
    end))
    assert(smaller > 40)
  end)

  it("agrees with LightGBM to 1e-12: MAP, divided by k where that is smaller", function()
    local others = 0
    local function compare(case, scores, labels, o, i)
      local text = "map(capped=%d)@%d"
      local result = sy.metrics.measure(scores, labels, {
        profile = "lightgbm", groups = o.groups,
        metrics = { text:format(1, o.k), text:format(0, o.k) },
      })
      check(case.map[i], result[1].mean, 1e-12, ("seed %d, k %d"):format(case.seed, o.k))
      others = others + (math.abs(case.map[i] - result[2].mean) > 1e-3 and 1 or 0)
    end
    assert.equal(96 * 5, each(true, compare) + each(false, compare))
    assert(others > 200)
  end)

  it("follows its documented definition", function()
    local log2 = function(x)
      return math.log(x) / math.log(2)
    end
    local scores, labels = { 0.1, 0.9, 0.4, 0.7 }, { 3, 0, 2, 1 }
    local dcg = (2 ^ 0 - 1) + (2 ^ 1 - 1) / log2(3) + (2 ^ 2 - 1) / log2(4) + (2 ^ 3 - 1) / log2(5)
    local ideal = (2 ^ 3 - 1) + (2 ^ 2 - 1) / log2(3) + (2 ^ 1 - 1) / log2(4)
    check(dcg / ideal, (sy.ndcg(scores, labels, { profile = "lightgbm" })))
    local dcg2, ideal2 = 0 + 1 / log2(3), 7 + 3 / log2(3)
    check(dcg2 / ideal2, (sy.ndcg(scores, labels, { profile = "lightgbm", k = 2 })))
    assert.equal(1, (sy.ndcg({ 1, 2 }, { 0, 0 }, { profile = "lightgbm" })))
  end)

  it("lets options override what the profile says", function()
    local o = { profile = "lightgbm", empty = "skip", gain = "linear", groups = { 1, 1, 2 } }
    local ndcg, _, details = sy.ndcg({ 1, 2, 3 }, { 2, 1, 0 }, o)
    check((1 + 2 * math.log(2) / math.log(3)) / (2 + math.log(2) / math.log(3)), ndcg)
    assert.equal(1, details.counted)
  end)

  it("is one of six; the others are named in the error", function()
    local message = 'ndcg: option "profile": "lgbm" is not one of '
      .. '"burges", "jarvelin", "lightgbm", "sklearn", "trec", "xgboost"'
    assert.equal(message, raised(sy.ndcg, { 1 }, { 1 }, { profile = "lgbm" }))
  end)
end)

-- trec_eval's own run and judgments. Documents that were judged but not retrieved count for the
-- ideal only: they are appended with a score of -infinity and k is the number retrieved.
local function read_trec(qrels_path, run_path)
  local judged, topics = {}, {}
  for line in paths.read(qrels_path):gmatch("[^\n]+") do
    local topic, doc, grade = line:match("^(%S+)%s+%S+%s+(%S+)%s+(%S+)")
    judged[topic] = judged[topic] or {}
    judged[topic][doc] = tonumber(grade)
  end
  for line in paths.read(run_path):gmatch("[^\n]+") do
    local topic, doc, score = line:match("^(%S+)%s+%S+%s+(%S+)%s+%S+%s+(%S+)")
    topics[topic] = topics[topic] or { scores = {}, gains = {}, names = {}, retrieved = {} }
    local t = topics[topic]
    table.insert(t.scores, tonumber(score))
    table.insert(t.gains, math.max((judged[topic] or {})[doc] or 0, 0))
    table.insert(t.names, doc)
    t.retrieved[doc] = true
  end
  for topic, t in pairs(topics) do
    t.count = #t.scores
    for doc, grade in pairs(judged[topic]) do
      if not t.retrieved[doc] then
        table.insert(t.scores, -math.huge)
        table.insert(t.gains, math.max(grade, 0))
        table.insert(t.names, doc)
      end
    end
  end
  return topics
end

local function read_expected(path)
  local expected = {}
  for line in paths.read(path):gmatch("[^\n]+") do
    local measure, topic, value = line:match("^(%S+)%s+(%S+)%s+(%S+)")
    expected[topic] = expected[topic] or {}
    expected[topic][measure] = tonumber(value)
  end
  return expected
end

describe("profile trec", function()
  local qrels = paths.shared("trec-eval-tests/qrels.test")
  local folder = qrels and qrels:gsub("qrels%.test$", "")

  -- NDCG of a topic: DCG of the retrieved, by k of them at most, over the ideal of all judged.
  local function ndcg(topic, k)
    local o = { profile = "trec", names = topic.names, k = k and math.min(k, topic.count) }
    local dcg = sy.dcg(topic.scores, topic.gains, { profile = "trec", names = topic.names,
      k = math.min(k or topic.count, topic.count) })
    if k and k <= topic.count then
      return (sy.ndcg(topic.scores, topic.gains, o))
    end
    local ideal = sy.dcg(topic.gains, topic.gains, { k = k or 0 })
    return dcg / ideal
  end

  local function compare(qrels_name, run_name, expected_name, cuts)
    local topics = read_trec(folder .. qrels_name, folder .. run_name)
    local expected, compared, sums, count = read_expected(folder .. expected_name), 0, {}, 0
    for name, topic in pairs(topics) do
      count = count + 1
      for _, k in ipairs(cuts) do
        local measure = k and "ndcg_cut_" .. k or "ndcg"
        local value = ndcg(topic, k or nil)
        sums[measure] = (sums[measure] or 0) + value
        local wanted = assert(expected[name][measure], measure)
        assert(math.abs(value - wanted) <= 0.5001e-4,
          ("%s of %s: wanted %.4f, got %.6f"):format(measure, name, wanted, value))
        compared = compared + 1
      end
    end
    for measure, sum in pairs(sums) do
      assert(math.abs(sum / count - expected.all[measure]) <= 0.5001e-4, measure .. " of all")
    end
    return compared
  end

  local CUTS = { false, 5, 10, 15, 20, 30, 100, 200, 500, 1000 }

  it("agrees with trec_eval on its own run, cut and not", function()
    if not qrels then
      return pending("the shared trec_eval data are not here")
    end
    assert.equal(30, compare("qrels.test", "results.test", "out.test.aq", CUTS))
  end)

  it("agrees on graded judgments", function()
    if not qrels then
      return pending("the shared trec_eval data are not here")
    end
    assert.equal(30, compare("qrels.rel_level", "results.test", "out.test.aql", CUTS))
  end)

  it("needs no appended documents where k is no more than were retrieved: sy.ndcg alone", function()
    if not qrels then
      return pending("the shared trec_eval data are not here")
    end
    local topics = read_trec(folder .. "qrels.test", folder .. "results.test")
    local scores, gains, names, groups, order = {}, {}, {}, {}, { "301", "302", "303" }
    for _, name in ipairs(order) do
      local t = topics[name]
      for i = 1, #t.scores do
        table.insert(scores, t.scores[i])
        table.insert(gains, t.gains[i])
        table.insert(names, t.names[i])
        table.insert(groups, name)
      end
    end
    local mean, per = sy.ndcg(scores, gains, { profile = "trec", names = names, groups = groups,
      k = 10 })
    check(0.3016, mean, 0.5e-4)
    check({ 0.1518, 0.7530, 0 }, per:totable(), 0.5e-4)
  end)

  it("makes names decide: the same run, renamed, has 1.0 or 0.6309", function()
    local scores, gains = { 0.5, 0.5 }, { 1, 0 }
    assert.equal(1, (sy.ndcg(scores, gains, { profile = "trec", names = { "doc2", "doc1" } })))
    check(0.6309, (sy.ndcg(scores, gains, { profile = "trec", names = { "doc1", "doc2" } })), 5e-5)
    check(math.log(2) / math.log(3),
      (sy.ndcg(scores, gains, { profile = "trec", names = { "doc1", "doc2" } })))
  end)

  it("orders names by bytes, in every locale", function()
    local names = { "B", "a", "\xc3\xa4", "A" }
    local order = sy.rank({ 1, 1, 1, 1 }, { ties = "name", names = names })
    assert.same({ 3, 2, 1, 4 }, order:totable())
  end)
end)
