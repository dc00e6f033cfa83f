-- Ranking metrics against numbers that other tools printed (spec/golden/peers.py), and against
-- worked examples of the papers that they are from.
local check = require("spec.support.reference").check
local paths = require("spec.support.paths")
local sy = require("steelyard")

local peers = assert(sy.json.decode(paths.read(paths.root .. "/spec/golden/peers.json")))

-- The generator of spec/golden/peers.py: Numerical Recipes' linear congruential one.
local function generator(seed)
  local g = {}
  local function below(n)
    seed = (1664525 * seed + 1013904223) % 2 ^ 32
    return math.floor(seed / 65536) % n
  end
  function g.scores(n, steps, into)
    into = into or {}
    for _ = 1, n do
      into[#into + 1] = below(steps) / 4 - 1
    end
    return into
  end
  function g.distinct(n)
    local places = {}
    for i = 1, n do
      local j = below(i) + 1
      places[i] = places[j]
      places[j] = (i - 1) / 8
    end
    return places
  end
  function g.labels(n, kind)
    local labels = {}
    for i = 1, n do
      if kind == "binary" then
        labels[i] = below(3) == 0 and 1 or 0
      elseif kind == "graded" then
        labels[i] = math.max(0, below(8) - 3)
      else
        labels[i] = math.max(0, below(16) - 6) / 8
      end
    end
    return labels
  end
  return g
end

-- A number that a tool printed; it prints NaN where ours has none.
local function same(wanted, got, tolerance, what)
  if wanted == nil or wanted == sy.json.null then
    assert(got ~= got, what .. ": a number where there is none")
    return 0
  end
  check(wanted, got, tolerance, what)
  return 1
end

describe("scikit-learn", function()
  it("agrees to 1e-12: NDCG and DCG with heavy ties, 1 to 5,000 items", function()
    assert.equal(56, #peers.gains)
    for _, case in ipairs(peers.gains) do
      local g = generator(case.seed)
      local scores, labels = g.scores(case.n, case.steps), g.labels(case.n, case.kind)
      assert.equal(7, #case.k)
      for i, k in ipairs(case.k) do
        local what = ("%d items, seed %d, k %d"):format(case.n, case.seed, k)
        local o = { profile = "sklearn", k = k }
        check(case.ndcg[i], (sy.metrics.ndcg(scores, labels, o)), 1e-12, what)
        check(case.dcg[i], (sy.metrics.dcg(scores, labels, o)), 1e-12, what)
      end
    end
  end)

  it("agrees to 1e-12: ROC AUC with ties and without", function()
    local compared = 0
    for _, case in ipairs(peers.binary) do
      local g = generator(case.seed)
      local scores, labels = g.scores(case.n, case.steps), g.labels(case.n, "binary")
      local distinct, what = g.distinct(case.n), ("%d items, seed %d"):format(case.n, case.seed)
      compared = compared + same(case.auc, (sy.metrics.auc(scores, labels)), 1e-12, what)
      same(case.auc, (sy.metrics.gauc(scores, labels)), 1e-12, what)
      same(case.auc_distinct, (sy.metrics.auc(distinct, labels)), 1e-12, what)
    end
    assert(compared > 20)
  end)

  -- With ties its average precision takes the precision behind the whole group for each of the
  -- group's relevant items, which is no mean over orders: none of ours is that.
  it("agrees to 1e-12: average precision where no scores tie; else its is another", function()
    local compared, others = 0, 0
    for _, case in ipairs(peers.binary) do
      local g = generator(case.seed)
      local scores, labels = g.scores(case.n, case.steps), g.labels(case.n, "binary")
      local distinct, what = g.distinct(case.n), ("%d items, seed %d"):format(case.n, case.seed)
      compared = compared + same(case.ap, (sy.metrics.map(distinct, labels)), 1e-12, what)
      if type(case.lrap) == "number" then
        check(case.lrap, (sy.metrics.map(distinct, labels)), 1e-12, what)
      end
      if type(case.tied_ap) == "number" then
        local best = sy.metrics.map(scores, labels, { ties = "best" })
        local worst = sy.metrics.map(scores, labels, { ties = "worst" })
        assert(case.tied_ap <= best + 1e-12 and case.tied_ap >= worst - 1e-12)
        local average = sy.metrics.map(scores, labels, { ties = "average" })
        others = others + (math.abs(average - case.tied_ap) > 1e-3 and 1 or 0)
      end
    end
    assert(compared > 25 and others > 10)
  end)
end)

describe("SciPy", function()
  it("agrees to 1e-12: Kendall's tau-b and Spearman's rho", function()
    local compared = 0
    for _, case in ipairs(peers.correlation) do
      local g = generator(case.seed)
      local scores, labels = g.scores(case.n, case.steps), g.labels(case.n, "graded")
      local distinct, what = g.distinct(case.n), ("%d items, seed %d"):format(case.n, case.seed)
      compared = compared + same(case.tau, (sy.metrics.kendall_tau(scores, labels)), 1e-12, what)
        + same(case.rho, (sy.metrics.spearman(scores, labels)), 1e-12, what)
      same(case.tau_distinct, (sy.metrics.kendall_tau(distinct, labels)), 1e-12, what)
      same(case.rho_distinct, (sy.metrics.spearman(distinct, labels)), 1e-12, what)
    end
    assert(compared > 45)
  end)
end)

-- How XGBoost 1.7.4 has them, beside what its profile says: equal scores stand by row; map and pre
-- take every label but 0 as relevant; map@k is divided by all relevant items; map is 1 for requests
-- without any ("map@k-": 0), pre 0; pre@k is divided by k also where there are fewer items.
describe("XGBoost", function()
  local function log_of(case)
    local g, scores, gains = generator(case.seed), {}, {}
    for i, n in ipairs(case.sizes) do
      g.scores(n, math.max(2, math.floor(n / 3)), scores)
      local labels = g.labels(n, "graded")
      for row = 1, n do
        gains[#gains + 1] = (i - 1) % 5 ~= 4 and labels[row] or 0
      end
    end
    return scores, gains, sy.groups.from_sizes(case.sizes)
  end

  local ours = {
    ndcg = { "ndcg(empty=one)", "ndcg(empty=zero)" },
    map = { "map(empty=one)", "map(empty=zero)" },
    pre = { "precision(empty=zero)" },
  }

  it("agrees to 1e-6: ndcg, map and pre, ties and requests without a gain", function()
    local compared = 0
    for _, case in ipairs(peers.xgboost) do
      local scores, gains, groups = log_of(case)
      for name, wanted in pairs(case.values) do
        local metric, cut, minus = name:match("^(%a+)(@?%d*)(%-?)$")
        local text = ours[metric][minus == "-" and 2 or 1] .. cut
        local result = sy.metrics.measure(scores, gains, {
          profile = "xgboost", groups = groups, metrics = text,
        })
        check(wanted, result[1].mean, 1e-6, name)
        compared = compared + 1
      end
    end
    assert.equal(7 * 22, compared)
  end)

  it("agrees to 1e-6: AUC with ties over all rows", function()
    local compared = 0
    for _, case in ipairs(peers.xgboost_auc) do
      local g = generator(case.seed)
      local scores, labels = g.scores(case.n, case.steps), g.labels(case.n, "binary")
      compared = compared + same(case.auc, (sy.metrics.auc(scores, labels)), 1e-6, case.n)
    end
    assert(compared > 12)
  end)
end)

-- --------------------------------------------------------------------------------- trec_eval --

describe("trec_eval", function()
  local names = {
    map = "map", Rprec = "r_precision", bpref = "bpref", recip_rank = "mrr", ndcg = "ndcg",
    P_10 = "precision@10", recall_100 = "recall@100", success_5 = "hit_rate@5", infAP = "infap",
    num_rel_ret = "relevant_retrieved", set_P = "precision", set_recall = "recall",
    map_cut_20 = "map@20", ndcg_cut_10 = "ndcg@10", gm_map = "map(mean=geometric)",
    G = "gain_cost", binG = "bin_gain", Rndcg = "r_ndcg", ndcg_rel = "ndcg_relevant",
    set_F = "f1", ["11pt_avg"] = "iprec_mean", set_map = "set_map",
  }

  it("prints the same averages of its own run", function()
    local qrels = paths.shared("trec-eval-tests/qrels.test")
    if not qrels then
      return pending("the shared trec_eval data are not here")
    end
    local folder, compared, texts = qrels:gsub("qrels%.test$", ""), 0, {}
    local t = assert(sy.trec.read(qrels, folder .. "results.test"))
    for _, text in pairs(names) do
      texts[#texts + 1] = text
    end
    local result = sy.metrics.measure(t.scores, t.grades, {
      profile = "trec", groups = t.groups, names = t.names, judged = t.judged,
      retrieved = t.retrieved, metrics = texts,
    })
    for line in paths.read(folder .. "out.test.a"):gmatch("[^\n]+") do
      local name, value = line:match("^(%S+)%s+all%s+(%S+)")
      if names[name] then
        check(tonumber(value), result[names[name]].mean, 0.5001e-4, name)
        compared = compared + 1
      end
    end
    assert(compared >= 22)
  end)
end)

-- ------------------------------------------------------------------------------------ papers --

describe("published definitions", function()
  local function value(name, scores, labels, o)
    return (sy.metrics[name](scores, labels, o))
  end

  it("ERR (Chapelle et al. 2009), grades 3, 2, 4 of 0 to 4", function()
    local wanted = 7 / 16 + 9 / 16 * 3 / 16 / 2 + 9 / 16 * 13 / 16 * 15 / 16 / 3
    check(wanted, value("err", { 3, 2, 1 }, { 3, 2, 4 }, { max = 4 }), 1e-15)
    check(wanted, value("err", { 3, 2, 1 }, { 3, 2, 4 }), 1e-15)
    check(7 / 16, value("err", { 3, 2, 1 }, { 3, 2, 4 }, { k = 1 }), 1e-15)
  end)

  it("RBP (Moffat and Zobel 2008): n relevant ranks give 1 - p^n, and leave p^n", function()
    for _, p in ipairs({ 0.5, 0.8, 0.95 }) do
      for n = 1, 20 do
        local scores, labels = {}, {}
        for i = 1, n do
          scores[i], labels[i] = -i, 1
        end
        check(1 - p ^ n, value("rbp", scores, labels, { p = p }), 1e-14)
        check(p ^ n, value("rbp_residual", scores, labels, { p = p }), 1e-14)
      end
    end
    -- The second and third of five ranks, p = 1/2: 1/4 + 1/8.
    check(0.375, value("rbp", { 5, 4, 3, 2, 1 }, { 0, 1, 1, 0, 0 }, { p = 0.5 }), 1e-15)
  end)

  it("RBO (Webber, Moffat and Zobel 2010): equal, swapped at the top, reversed", function()
    local five = { 5, 4, 3, 2, 1 }
    check(1, value("rbo", five, five), 1e-15)
    -- One swap at the top costs depth 1 alone: 1 - (1 - p).
    check(0.9, value("rbo", five, { 4, 5, 3, 2, 1 }), 1e-15)
    check(0.5, value("rbo", five, { 4, 5, 3, 2, 1 }, { p = 0.5 }), 1e-15)
    -- Reversed pairs: 0 at depth 1, all at depth 2.
    check(0.3, value("rbo", { 2, 1 }, { 1, 2 }, { p = 0.3 }), 1e-15)
    -- The two first of four have nothing in common, so that all is extrapolated from nothing.
    assert.equal(0, value("rbo", { 4, 3, 2, 1 }, { 1, 2, 3, 4 }, { k = 2 }))
  end)

  -- R = 3 and N = 2: behind none, one and two of them are 1, 1 - 1/2 and 0.
  it("bpref (Buckley and Voorhees 2004)", function()
    local scores, labels = { 6, 5, 4, 3, 2, 1 }, { 1, 0, 1, 0, 0, 1 }
    local judged = sy.array({ 1, 1, 1, 0, 1, 1 }, "i32")
    check((1 + 0.5 + 0) / 3, value("bpref", scores, labels, { judged = judged }), 1e-15)
  end)

  -- The classic: relevant at ranks 1, 3, 6, 9, 10 of 10.
  it("average precision, 11 points and the rest of the textbook's example", function()
    local scores, labels = {}, { 1, 0, 1, 0, 0, 1, 0, 0, 1, 1 }
    for i = 1, 10 do
      scores[i] = -i
    end
    check((1 + 2 / 3 + 3 / 6 + 4 / 9 + 5 / 10) / 5, value("map", scores, labels), 1e-15)
    check(0.5, value("iprec", scores, labels, { recall = 1 }), 1e-15)
    check(2 / 3, value("iprec", scores, labels, { recall = 0.4 }), 1e-15)
    check(2 / 5, value("r_precision", scores, labels), 1e-15)
    check((1 + 2 / 3 + 3 / 6) / 5, value("map", scores, labels, { k = 6 }), 1e-15)
  end)

  -- Jarvelin and Kekalainen 2002, section 2: gain vector, and DCG with b = 2, as printed there.
  it("DCG of Jarvelin and Kekalainen's example", function()
    local scores, gains = {}, { 3, 2, 3, 0, 0, 1, 2, 2, 3, 0 }
    for i = 1, 10 do
      scores[i] = -i
    end
    local printed = { 3, 5, 6.89, 6.89, 6.89, 7.28, 7.99, 8.66, 9.61, 9.61 }
    local cumulated = { 3, 5, 8, 8, 8, 9, 11, 13, 16, 16 }
    for k, wanted in ipairs(printed) do
      local dcg = sy.metrics.dcg(scores, gains, { profile = "jarvelin", k = k })
      check(wanted, dcg, 0.0051, "k " .. k)
      assert.equal(cumulated[k], (sy.metrics.dcg(scores, gains, { discount = "none", k = k })))
    end
  end)
end)
