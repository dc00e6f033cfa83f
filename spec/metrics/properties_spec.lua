-- What holds of metrics whatever the log: invariances, bounds, and relations between them.
local logs = require("spec.support.metrics.logs")
local random = require("spec.support.metrics.random")
local reference = require("spec.support.metrics")
local check = require("spec.support.reference").check
local sy = require("steelyard")

local nan = 0 / 0
local draw, measure = logs.draw, logs.measure
local same_bits, check_bits = logs.same_bits, logs.check_bits

describe("the order of scores alone counts:", function()
  local function transformed(f, seed, o)
    local _, texts, scores, gains, options = draw(seed, o, { "input", "average", "best" })
    local wanted = measure(scores, gains, options, texts)
    local changed = scores:totable()
    for i = 1, #changed do
      changed[i] = f(changed[i])
    end
    local got = measure(changed, gains, options, texts)
    for i, text in ipairs(texts) do
      check_bits(wanted[i].per_request, got[i].per_request, text)
      assert(same_bits(wanted[i].mean, got[i].mean), text)
    end
  end

  it("monotone transforms of it change no bit", function()
    for seed = 1, 8 do
      local o = { steps = seed % 2 == 0 and 4 or nil, judged = seed > 4 }
      transformed(function(x)
        return 3 * x - 7
      end, seed, o)
      transformed(math.exp, seed, o)
      transformed(function(x)
        return x == 0.25 and -math.huge or x == 1 and math.huge or x ^ 1000
      end, seed, { steps = 4 })
    end
  end)

  it("rows may come in any order where scores differ", function()
    for seed = 1, 8 do
      local log, texts, scores, gains, options, maker =
        draw(seed, { judged = seed % 2 == 0 }, { "input", "average", "worst" })
      local wanted = measure(scores, gains, options, texts)
      for _, request in ipairs(log.requests) do
        for i = #request.scores, 2, -1 do
          local j = maker.below(i)
          for _, column in ipairs({ "scores", "labels", "names", "judged" }) do
            local list = request[column]
            if list then
              list[i], list[j] = list[j], list[i]
            end
          end
        end
      end
      local got = measure(select(1, reference.columns(sy, log)),
        (select(2, reference.columns(sy, log))), (select(3, reference.columns(sy, log))), texts)
      for i, text in ipairs(texts) do
        -- Two orders compared go by row where labels are equal.
        if got[i].kind ~= "overlap" and got[i].kind ~= "rbo" then
          check_bits(wanted[i].per_request, got[i].per_request, text)
        end
      end
    end
  end)

  it("requests may come in any order, and their rows apart", function()
    local scores, gains = { 3, 1, 2, 5, 4, 6 }, { 0, 1, 2, 1, 0, 1 }
    local apart = { 5, 3, 4, 1, 6, 2 }
    local a = sy.metrics.measure(scores, gains, {
      groups = { 1, 1, 1, 2, 2, 2 }, metrics = { "ndcg", "map", "rbo", "infap" },
    })
    local b = sy.metrics.measure({ 5, 3, 4, 1, 6, 2 }, { 1, 0, 0, 1, 1, 2 }, {
      groups = { 2, 1, 2, 1, 2, 1 }, metrics = { "ndcg", "map", "rbo", "infap" },
    })
    assert.equal(6, #apart)
    for i = 1, 4 do
      assert.equal(a[i].per_request[1], b[i].per_request[2])
      assert.equal(a[i].per_request[2], b[i].per_request[1])
    end
  end)
end)

describe("metrics hold together:", function()
  local _, _, scores, gains, options = draw(11, { steps = 5 }, nil, 200, 14)
  local sizes = options.groups:sizes()

  local function values(text, more)
    local o = { groups = options.groups }
    for key, value in pairs(more or {}) do
      o[key] = value
    end
    return measure(scores, gains, o, { text })[1].per_request
  end

  it("bounds", function()
    local unit = { "ndcg", "precision@3", "recall@3", "f1@3", "r_precision", "hit_rate@2", "map@4",
      "set_map", "mrr", "bpref", "infap", "rbp", "rbp_residual", "err", "iprec", "iprec_mean",
      "bin_gain", "gauc", "overlap@3", "rbo", "unjudged", "relative_precision", "ndcg_relevant",
      "r_ndcg" }
    local positive = gains:totable()
    for i = 1, #positive do
      positive[i] = math.max(0, positive[i])
    end
    for _, ties in ipairs({ "input", "average", "best", "worst" }) do
      local o = { groups = options.groups, ties = ties }
      local result = measure(scores, positive, o, unit)
      for i, text in ipairs(unit) do
        local least, most = result[i].per_request:min() or 0, result[i].per_request:max() or 0
        assert(least ~= least or least >= 0, text)
        assert(most ~= most or most <= 1 + 1e-12, text)
      end
    end
    for _, text in ipairs({ "kendall_tau", "spearman" }) do
      for _, value in ipairs(values(text):totable()) do
        assert(value ~= value or math.abs(value) <= 1 + 1e-12)
      end
    end
  end)

  it("at full depth recall is 1, map@n is map, precision at R is r_precision", function()
    local recall, map, cut = values("recall@14"), values("map"), values("map@14")
    for r = 1, #recall do
      assert(recall[r] == 1 or recall[r] ~= recall[r])
      assert(same_bits(map[r], cut[r]))
    end
    assert(recall:totable()[1] ~= nil)
  end)

  it("F lies between precision and recall, and is either at the extremes of beta", function()
    for _, beta in ipairs({ 0, 0.5, 1, 2, 1e3, 1e200 }) do
      local f = values(("f1(beta=%g)@3"):format(beta))
      local p, recall = values("precision@3"), values("recall@3")
      for r = 1, #f do
        if f[r] == f[r] then
          assert(f[r] <= math.max(p[r], recall[r]) + 1e-15)
          assert(f[r] >= math.min(p[r], recall[r]) - 1e-15)
          check(beta == 0 and p[r] or beta == 1e200 and recall[r] or f[r], f[r], 1e-14)
        end
      end
    end
  end)

  it("one request's gauc is its auc", function()
    local maker = random.new(sy, 12)
    for _ = 1, 50 do
      local one = maker.request(10, { steps = 3 })
      local auc = sy.metrics.auc(one.scores, one.labels)
      assert(same_bits(auc, (sy.metrics.gauc(one.scores, one.labels))))
    end
  end)

  it("pooled AUC is that of one request with all rows", function()
    local pooled = sy.metrics.auc(scores, gains, { groups = options.groups })
    assert.equal((sy.metrics.gauc(scores, gains)), pooled)
    assert.not_equal((sy.metrics.gauc(scores, gains, { groups = options.groups })), pooled)
  end)

  it("an irrelevant item at the end changes no metric of the top", function()
    local top = { "ndcg", "dcg", "map", "mrr", "recall", "precision@3", "hit_rate@3", "rbp", "err",
      "r_precision", "f1@4", "iprec", "bin_gain", "infap", "relevant_retrieved" }
    local longer = { scores = {}, gains = {}, ids = {} }
    local row = 0
    for r = 1, #sizes do
      for i = 1, sizes[r] + 1 do
        local own = i <= sizes[r]
        row = row + (own and 1 or 0)
        table.insert(longer.scores, own and scores[row] or -100)
        table.insert(longer.gains, own and math.max(0, gains[row]) or 0)
        table.insert(longer.ids, r)
      end
    end
    local positive = gains:totable()
    for i = 1, #positive do
      positive[i] = math.max(0, positive[i])
    end
    local before = measure(scores, positive, { groups = options.groups }, top)
    local after = measure(longer.scores, longer.gains, { groups = longer.ids }, top)
    for i, text in ipairs(top) do
      check(before[i].per_request, after[i].per_request, 1e-15, text)
    end
  end)

  it("depth and judged_only are what is left by hand", function()
    local maker = random.new(sy, 13)
    local log = maker.log(60, 10, { judged = true })
    local texts = { "map", "precision@3", "mrr", "bpref", "dcg", "retrieved", "rbp", "recall" }
    local s, g, o = reference.columns(sy, log)
    o.judged_only, o.depth = true, 4
    local got = measure(s, g, o, texts)
    for r, request in ipairs(log.requests) do
      for i, text in ipairs(texts) do
        local metric = { kind = text:match("%a+"), k = tonumber(text:match("%d+")) }
        local rows, view = {}
        for rank, row in ipairs(reference.order(request, metric, log)) do
          if rank <= 4 and request.judged[row] == 1 then
            rows[#rows + 1] = row
          end
        end
        view = reference.view(request, rows, metric, log)
        check(reference.kinds[metric.kind](view) or nan, got[i].per_request[r], 1e-13, text)
      end
    end
  end)

  it("take switches as false and true, too", function()
    local ranked, labels = { 3, 2, 1 }, { 0, 1, 1 }
    local on = sy.metrics.map(ranked, labels, { k = 1, capped = 1 })
    assert.equal(on, (sy.metrics.map(ranked, labels, { k = 1, capped = true })))
    ranked = { 2, 3, 1 }
    local off = sy.metrics.map(ranked, labels, { k = 1, capped = false })
    assert.equal(0.5, off)
    assert.equal(1, (sy.metrics.map(ranked, labels, { k = 1, capped = true })))
  end)
end)
