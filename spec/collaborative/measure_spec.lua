-- Metrics of scores against hidden items: the reference's numbers, brute force, properties.
local bags = require "spec.support.bags"
local check = require "spec.support.check"
local core = require "steelyard.core"
local paths = require "spec.support.paths"
local sy = require "steelyard"

local cf = sy.collaborative

local KINDS = { "ndcg", "dcg", "recall", "precision", "ap", "hit", "rr" }

local function log2(x)
  return math.log(x) / math.log(2)
end

-- From the definitions. order: item numbers, best first, without seen ones; hidden: a set.
local function brute(kind, k, order, hidden, n)
  local hits, dcg, precisions, first, ideal = 0, 0, 0, nil, 0
  for rank = 1, math.min(k, #order) do
    if hidden[order[rank]] then
      hits = hits + 1
      dcg = dcg + 1 / log2(rank + 1)
      precisions = precisions + hits / rank
      first = first or rank
    end
  end
  for rank = 1, math.min(k, n) do
    ideal = ideal + 1 / log2(rank + 1)
  end
  local most = math.max(1, math.min(k, n))
  return ({ ndcg = dcg / math.max(ideal, 0.1), dcg = dcg, recall = hits / most,
    precision = hits / k, ap = precisions / most, hit = hits > 0 and 1 or 0,
    rr = first and 1 / first or 0 })[kind]
end

local function random_scores(seed, rows, columns, tied, dtype)
  local random, list = core.random(seed), {}
  for r = 1, rows do
    list[r] = {}
    for c = 1, columns do
      list[r][c] = tied and random:below(5) or random:normal()
    end
  end
  return core.array(list, dtype)
end

local function names(kinds, cutoffs)
  local list = {}
  for _, kind in ipairs(kinds) do
    for _, k in ipairs(cutoffs) do
      list[#list + 1] = kind .. "@" .. k
    end
  end
  return list
end

describe("measure", function()
  it("is the reference's, to single precision", function()
    local path = paths.shared("reference/cf_metrics.json")
    if not path then
      return pending("the shared data is not here")
    end
    local file = assert(io.open(path))
    local data = assert(core.json_decode(file:read("*a")))
    file:close()
    local function bag(rows)
      local lists = {}
      for r, row in ipairs(rows) do
        lists[r] = {}
        for item, there in ipairs(row) do
          lists[r][#lists[r] + 1] = there > 0 and item or nil
        end
      end
      return bags.of(#rows[1], lists)
    end
    local hidden, seen, count = bag(data.heldout), bag(data.seen), 0
    for _, dtype in ipairs({ "f32", "f64" }) do
      for k, metrics in pairs(data.metrics) do
        for kind, expected in pairs(metrics) do
          local name = kind .. "@" .. k
          local values = cf.measure(core.array(data.scores, dtype), hidden,
            { seen = seen, metrics = { name } })[name]
          for r, value in ipairs(expected) do
            check.close(value, values[r], 1e-6, name)
            count = count + 1
          end
        end
      end
    end
    assert.is_true(count >= 2 * 12 * 12)
  end)

  it("is what the definitions say", function()
    for seed = 1, 12 do
      local columns = seed * 17
      local scores = random_scores(seed, 6, columns, seed % 2 == 0, seed % 3 == 0 and "f32" or nil)
      local seen = bags.random(6, columns, 0.2, seed)
      local hidden = bags.random(6, columns, seed % 4 == 0 and 0.7 or 0.1, seed + 100)
      local list = names(KINDS, { 1, 3, 10, 100, 500 })
      local found, details = cf.measure(scores, hidden, { seen = seen, metrics = list,
        thresholds = true })
      assert.are.same({ 6, "f64" }, { #found["ndcg@3"], found["ndcg@3"].dtype })
      for r = 1, 6 do
        local order = bags.ranked(scores:row(r):totable(), (bags.row_set(seen, r)))
        local set, n = bags.row_set(hidden, r)
        for _, name in ipairs(list) do
          local kind, k = name:match("(%a+)@(%d+)")
          check.close(brute(kind, tonumber(k), order, set, n), found[name][r], 1e-12, name)
        end
        assert.are.equal(-math.huge, details.thresholds[r])
      end
      local _, at = cf.measure(scores, hidden, { seen = seen, metrics = { "hit@2", "dcg@5" },
        thresholds = true })
      for r = 1, 6 do
        local row = scores:row(r):totable()
        local order = bags.ranked(row, (bags.row_set(seen, r)))
        assert.are.equal(order[5] and row[order[5]] or -math.huge, at.thresholds[r])
      end
    end
  end)

  it("has the values that can be told without a computer", function()
    local function one(scores, hidden, seen, name)
      return cf.measure({ scores }, bags.of(#scores, { hidden }),
        { seen = seen and bags.of(#scores, { seen }), metrics = { name } })[name][1]
    end
    assert.are.equal(1, one({ 3, 2, 1 }, { 1 }, nil, "ndcg@1"))
    assert.are.equal(0, one({ 3, 2, 1 }, { 2 }, nil, "ndcg@1"))
    assert.are.equal(1, one({ 3, 2, 1 }, { 2 }, { 1 }, "ndcg@1")) -- the seen one goes
    check.close(1 / log2(3), one({ 3, 2, 1 }, { 2 }, nil, "ndcg@2"), 1e-15)
    assert.are.equal(0, one({ 3, 2, 1 }, {}, nil, "ndcg@2")) -- nothing to find
    assert.are.equal(0, one({ 3, 2, 1 }, {}, nil, "recall@2"))
    assert.are.equal(1, one({ 3, 2, 1 }, { 1, 2, 3 }, nil, "recall@2")) -- of the two that can be
    assert.are.equal(0.5, one({ 3, 2, 1 }, { 2 }, nil, "ap@3"))
    assert.are.equal(1, one({ 3, 3, 3 }, { 1 }, nil, "rr@3")) -- equal ones: by number
    assert.are.equal(1 / 3, one({ 3, 3, 3 }, { 3 }, nil, "rr@3"))
    assert.are.equal(1 / 3, one({ 3, 2, 1 }, { 2 }, nil, "precision@3"))
    assert.are.equal(0, one({ 3, 2, 1 }, { 2 }, { 2 }, "hit@3")) -- hidden and seen: not ranked
    assert.are.equal(0, one({ 3, 2 }, { 1 }, { 1, 2 }, "ndcg@2")) -- nothing is left
  end)

  it("does not care in which order users or items stand", function()
    local scores, hidden = random_scores(5, 8, 40), bags.random(8, 40, 0.2, 6)
    local before = cf.measure(scores, hidden, { metrics = { "ndcg@10", "ap@10" } })
    local random = core.random(8)
    local order = random:shuffle(core.array.range(40))
    local lists, moved = {}, {}
    for r = 1, 8 do
      lists[r], moved[r] = {}, {}
      local set = bags.row_set(hidden, 9 - r)
      for c = 1, 40 do
        moved[r][c] = scores:get(9 - r, order[c])
        lists[r][#lists[r] + 1] = set[order[c]] and c or nil
      end
    end
    local after = cf.measure(moved, bags.of(40, lists), { metrics = { "ndcg@10", "ap@10" } })
    for name, values in pairs(before) do
      for r = 1, 8 do
        assert.are.equal(values[r], after[name][9 - r])
      end
    end
  end)

  it("has the same bits for any number of threads and on every instruction set", function()
    local scores = random_scores(2, 100, 800, false, "f32")
    local hidden, seen = bags.random(100, 800, 0.05, 3), bags.random(100, 800, 0.05, 4)
    local kinds, cutoffs = { "ndcg", "ap" }, { 100, 20 }
    local function run(threads, cpu)
      local work = core.work(800, threads)
      core.work_cpu(work, cpu)
      return core.sparse_measure(work, scores, hidden, seen, kinds, cutoffs, true)
    end
    local first, thresholds = run(1, "baseline")
    for _, cpu in ipairs(core.cpu_list()) do
      for threads = 1, 4 do
        local values, at = run(threads, cpu)
        assert.are.equal(first[1], values[1])
        assert.are.equal(first[2], values[2])
        assert.are.equal(thresholds, at)
      end
    end
  end)

  it("measures the three of the papers where it is not said", function()
    local found = cf.measure({ { 1, 2 } }, bags.of(2, { { 1 } }))
    assert.are.equal(1, found["recall@20"][1])
    assert.are.equal(1, found["recall@50"][1])
    check.close(1 / log2(3), found["ndcg@100"][1], 1e-15)
  end)

  it("says what is wrong", function()
    local hidden = bags.of(2, { { 1 } })
    local function measure(scores, given, bag)
      return function()
        cf.measure(scores, bag or hidden, given)
      end
    end
    check.raises_here('metrics[1]: "ndcg" is not of the form "ndcg@100"',
      measure({ { 1, 2 } }, { metrics = { "ndcg" } }))
    check.raises_here('no metric is called "ndgc" (did you mean "ndcg"?)',
      measure({ { 1, 2 } }, { metrics = { "ndgc@3" } }))
    check.raises_here("the cutoff is a number from 1 up",
      measure({ { 1, 2 } }, { metrics = { "ndcg@0" } }))
    check.raises_here("scores[1][1]: NaN", measure({ { 0 / 0, 2 } }))
    check.raises_here("expected rows of scores, got one dimension", measure({ 1, 2 }))
    check.raises_here("hidden: 1 rows, but there are scores of 2", measure({ { 1, 2 }, { 3, 4 } }))
    check.raises_here("hidden.ids[1]: 2 is not from 1 to 1", measure({ { 1 } }, nil,
      bags.of(2, { { 2 } })))
    check.raises_here("hidden: expected a bag", measure({ { 1 } }, nil, 3))
    check.raises_here('unknown option "metric" (did you mean "metrics"?)',
      measure({ { 1, 2 } }, { metric = {} }))
  end)
end)

describe("measure.candidates", function()
  it("puts a positive where its ties are to be", function()
    local negatives = bags.of(5, { { 1, 3, 4, 5 }, { 1, 2, 3 } })
    local scores = { { 2, 2, 2, 3, 1 }, { 0, 0, 0, 0, 0 } }
    local expected = { number = { 3, 3 }, worst = { 4, 3 }, best = { 2, 1 } }
    for ties, ranks in pairs(expected) do
      local _, details = cf.measure.candidates(scores, { 2, 3 }, negatives, { ties = ties })
      assert.are.same(ranks, details.ranks:totable())
    end
    check.raises_here('option "ties": "first" is not one of "number", "worst", "best"',
      cf.measure.candidates, scores, { 2, 3 }, negatives, { ties = "first" })
  end)

  it("ranks one among some, equal ones by number", function()
    local scores = { { 1, 5, 3, 5 }, { 1, 5, 3, 5 }, { 2, 2, 2, 2 } }
    local found, details = cf.measure.candidates(scores, { 2, 4, 3 },
      bags.of(4, { { 1, 3, 4 }, { 2, 3 }, {} }), { "hit@1", "ndcg@2", "rr@9", "precision@2" })
    assert.are.same({ 1, 2, 1 }, details.ranks:totable())
    assert.are.same({ 1, 0, 1 }, found["hit@1"]:totable())
    check.close(1 / log2(3), found["ndcg@2"][2], 1e-15)
    assert.are.same({ 1, 0.5, 1 }, found["rr@9"]:totable())
    assert.are.same({ 0.5, 0.5, 0.5 }, found["precision@2"]:totable())
  end)

  it("drops a positive from among its negatives", function()
    local _, details = cf.measure.candidates({ { 1, 2, 3 } }, { 2 }, bags.of(3, { { 1, 2, 3 } }))
    assert.are.same({ 2 }, details.ranks:totable())
  end)

  it("is what measure gives of a row in which all else was seen", function()
    local scores = random_scores(4, 20, 60, true)
    local negatives, positives, hidden, seen = bags.random(20, 60, 0.3, 9), {}, {}, {}
    local random = core.random(3)
    for r = 1, 20 do
      local set = bags.row_set(negatives, r)
      positives[r] = random:below(60)
      hidden[r], seen[r] = { positives[r] }, {}
      for c = 1, 60 do
        seen[r][#seen[r] + 1] = not set[c] and c ~= positives[r] and c or nil
      end
    end
    local list = names(KINDS, { 1, 5, 10 })
    local alone = cf.measure.candidates(scores, positives, negatives, list)
    local all = cf.measure(scores, bags.of(60, hidden),
      { seen = bags.of(60, seen), metrics = list })
    for _, name in ipairs(list) do
      assert.are.equal(all[name], alone[name])
    end
  end)

  it("says what is wrong", function()
    local bag = bags.of(2, { { 1 } })
    check.raises_here("positives[1]: not one of 2 columns", cf.measure.candidates, { { 1, 2 } },
      { 3 }, bag)
    check.raises_here("positives: 2, but there are scores of 1", cf.measure.candidates,
      { { 1, 2 } }, { 1, 1 }, bag)
    check.raises_here("NaN for a candidate of row 1", cf.measure.candidates, { { 0 / 0, 2 } },
      { 2 }, bag)
  end)
end)
