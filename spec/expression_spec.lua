-- Metric expressions: what they mean, and what is said of those that mean nothing.
local core = require("steelyard.core")
local sy = require("steelyard")

local kinds = core.metric_kinds()

-- What one expression parses to, as text: "name@k ties".
local function parsed(text, defaults)
  local metrics = core.metric_parse({ text }, defaults or {})
  return ("%s@%d %s"):format(core.metric_kind(metrics, 1))
end

local function message(text, defaults)
  local metrics, why = core.metric_parse({ text }, defaults or {}, "nil")
  assert.is_nil(metrics)
  return why
end

describe("an expression", function()
  local scores, gains = { 6, 5, 4, 4, 3, 2, 1 }, { 0, 1, 2, 0, 1, 0, 2 }

  local function value(text, more)
    local o = { metrics = { text } }
    for key, setting in pairs(more or {}) do
      o[key] = setting
    end
    return sy.metrics.measure(scores, gains, o)[1].mean
  end

  it("names a metric, its settings and its cutoff", function()
    assert.equal("ndcg@0 input", parsed("ndcg"))
    assert.equal("ndcg@10 input", parsed("ndcg@10"))
    assert.equal("rbp@100 input", parsed("rbp(p=0.8)@100"))
    assert.equal("map@3 best", parsed("map(ties=best)@3"))
    assert.equal("rbp@0 input", parsed("rbp()"))
  end)

  it("may have spaces wherever words end", function()
    assert.equal("rbp@7 best", parsed("  rbp ( p = 0.8 ,\tties = best ) @ 7 "))
    assert.equal("ndcg@1000 input", parsed("ndcg @ 1e3"))
  end)

  it("knows every metric by its name and its alias", function()
    for _, kind in ipairs(kinds) do
      local wanted = ("%s@0 %s"):format(kind.name, kind.ties)
      assert.equal(wanted, parsed(kind.name))
      assert.equal(wanted, parsed(kind.alias or kind.name))
    end
  end)

  it("means what the options of the metric's function mean", function()
    local function same(text, name, options)
      assert.equal((sy.metrics[name](scores, gains, options)), value(text))
    end
    same("rbp(p=0.5)@3", "rbp", { p = 0.5, k = 3 })
    same("rbp(binary=1, p=0.5)", "rbp", { p = 0.5, binary = 1 })
    same("ndcg(gain=exponential,discount=reciprocal)@4", "ndcg",
      { gain = "exponential", discount = "reciprocal", k = 4 })
    same("dcg(discount=jarvelin,base=3)", "dcg", { discount = "jarvelin", base = 3 })
    same("map(relevance=2,ties=average)@5", "map", { relevance_level = 2, ties = "average", k = 5 })
    same("map(relevance=2e0)", "map", { relevance_level = 2 })
    same("utility(a=2,b=-0.5,c=-1,d=.25)", "utility", { a = 2, b = -0.5, c = -1, d = 0.25 })
    same("f(beta=2)@4", "f1", { beta = 2, k = 4 })
    same("success@2", "hit_rate", { k = 2 })
    assert.equal(3 * value("ndcg"), value("ndcg(weight=equal,empty=one,mean=sum)") * 3)
  end)

  it("leaves open what the options then say, and overrides them", function()
    assert.equal(value("ndcg@3"), value("ndcg", { k = 3 }))
    assert.equal(value("ndcg@3"), value("ndcg@3", { k = 5 }))
    assert.equal(value("ndcg(gain=linear)"), value("ndcg(gain=linear)", { gain = "exponential" }))
    assert.equal(value("map(ties=worst)"), value("map", { ties = "worst" }))
    assert.equal("gauc@0 average", parsed("gauc"))
    assert.equal("gauc@0 input", parsed("gauc", { ties = "input" }))
    assert.equal("mrr@5 name", parsed("mrr", { k = 5, ties = "name" }))
    assert.equal("bpref@0 name", parsed("bpref", { k = 5, ties = "name" })) -- has no cutoff
  end)

  it("takes tables from the options", function()
    local o = { gain = { 0, 1, 3 }, discount = { 1, 0.5 } }
    assert.equal((0 * 1 + 1 * 0.5) / (3 * 1 + 3 * 0.5), value("ndcg", o))
    assert.equal(value("ndcg", o), value("ndcg(gain=table,discount=table)", o))
  end)

  it("stands in a list after commas, which do not part what is in brackets", function()
    local texts = sy.metrics.split("ndcg@10, rbp(p=0.8,ties=best)@5 ,map")
    assert.same({ "ndcg@10", "rbp(p=0.8,ties=best)@5", "map" }, texts)
    local result = sy.metrics.measure(scores, gains, { metrics = "ndcg@10, rbp(p=0.8,binary=1)" })
    assert.equal(2, #result)
    assert.equal(result[2], result["rbp(p=0.8,binary=1)"])
  end)
end)

describe("an expression that is not understood", function()
  local cases = {
    { "ndgc@10", 'metric "ndgc@10": no metric is called "ndgc" (did you mean "ndcg"?)' },
    { "zzzzzzzz", 'metric "zzzzzzzz": no metric is called "zzzzzzzz"' },
    { "", 'metric "": no metric is called ""' },
    { "  ", 'metric "": no metric is called ""' },
    { "@5", 'metric "@5": no metric is called ""' },
    { "NDCG", 'metric "NDCG": no metric is called "NDCG"' },
    { "rbp(q=1)", 'metric "rbp(q=1)": rbp has no parameter "q"' },
    { "rbp(binray=1)",
      'metric "rbp(binray=1)": rbp has no parameter "binray" (did you mean "binary"?)' },
    { "rbp(tiess=best)",
      'metric "rbp(tiess=best)": rbp has no parameter "tiess" (did you mean "ties"?)' },
    { "map(capped=0.5)", 'metric "map(capped=0.5)": capped="0.5": it is a whole number' },
    { "iprec_mean(points=2.5)",
      'metric "iprec_mean(points=2.5)": points="2.5": it is a whole number' },
    { "map(gain=linear)", 'metric "map(gain=linear)": map has no parameter "gain"' },
    { "map(base=3)", 'metric "map(base=3)": map has no parameter "base"' },
    { "rbp(p=x)", 'metric "rbp(p=x)": p="x": not a number' },
    { "rbp(p=)", 'metric "rbp(p=)": p="": not a number' },
    { "rbp(p=1.5)", 'metric "rbp(p=1.5)": p="1.5": it is from 0 to 1' },
    { "rbp(p=-0.1)", 'metric "rbp(p=-0.1)": p="-0.1": it is from 0 to 1' },
    { "rbp(p=nan)", 'metric "rbp(p=nan)": p="nan": not a number' },
    { "utility(a=inf)", 'metric "utility(a=inf)": a="inf": not a number' },
    { "ndcg(base=0.5)", 'metric "ndcg(base=0.5)": base="0.5": it is from 1 to 1e+09' },
    { "ndcg(ties=bset)",
      'metric "ndcg(ties=bset)": ties="bset": it is one of input, average, best, worst, name' },
    { "ndcg(gain=cubic)",
      'metric "ndcg(gain=cubic)": gain="cubic": it is one of linear, exponential, table' },
    { "map(relevance=high)", 'metric "map(relevance=high)": relevance="high": not a number' },
    { "bpref@5", 'metric "bpref@5": bpref has no cutoff' },
    { "ndcg@0", 'metric "ndcg@0": @"0": a whole number from 1 up is needed' },
    { "ndcg@-1", 'metric "ndcg@-1": @"-1": a whole number from 1 up is needed' },
    { "ndcg@2.5", 'metric "ndcg@2.5": @"2.5": a whole number from 1 up is needed' },
    { "ndcg@", 'metric "ndcg@": @"": a whole number from 1 up is needed' },
    { "ndcg@ten", 'metric "ndcg@ten": @"ten": a whole number from 1 up is needed' },
    { "ndcg@1e30", 'metric "ndcg@1e30": @"1e30": a whole number from 1 up is needed' },
    { "ndcg@5@6", 'metric "ndcg@5@6": @"5@6": a whole number from 1 up is needed' },
    { "rbp(p=0.8", 'metric "rbp(p=0.8": the bracket is not closed' },
    { "rbp)p=0.8(", 'metric "rbp)p=0.8(": the bracket is not closed' },
    { "rbp(p=0.8)5", 'metric "rbp(p=0.8)5": "5": only @K may follow the bracket' },
    { "rbp(p=0.8)(p=1)", 'metric "rbp(p=0.8)(p=1)": "(p=1)": only @K may follow the bracket' },
    { "rbp(0.8)", 'metric "rbp(0.8)": "0.8" is not KEY=VALUE' },
    { "rbp(p=0.8,,tail=1)", 'metric "rbp(p=0.8,,tail=1)": "" is not KEY=VALUE' },
    { "rbp(p=0.8,)", 'metric "rbp(p=0.8,)": "" is not KEY=VALUE' },
    { "rbp(p=0.8,p=0.9)", 'metric "rbp(p=0.8,p=0.9)": "p" is there twice' },
    { "ndcg(gain=linear,gain=linear)",
      'metric "ndcg(gain=linear,gain=linear)": "gain" is there twice' },
  }

  it("is refused in words that name it", function()
    for _, case in ipairs(cases) do
      assert.equal(case[2], message(case[1]))
    end
  end)

  it("is an error at the caller's line where it was an option", function()
    local ok, why = pcall(sy.metrics.measure, { 1 }, { 1 }, { metrics = "ndcg, mpa" })
    assert.is_false(ok)
    assert.matches('metric "mpa": no metric is called "mpa" (did you mean "map"?)', why, 1, true)
    ok, why = pcall(sy.metrics.measure, { 1 }, { 1 }, { metrics = { "ndcg", 5 } })
    assert.is_false(ok)
    assert.matches("metrics[2]: expected a text, got 5", why, 1, true)
  end)

  it("needs what it asks for: tables, names, a base above 1", function()
    local function fails(text, wanted)
      local ok, why = pcall(sy.metrics.measure, { 1, 2 }, { 1, 0 }, { metrics = { text } })
      assert.is_false(ok)
      assert.matches(wanted, why, 1, true)
    end
    fails("ndcg(gain=table)", "ndcg: gain by table: the table is missing")
    fails("dcg(discount=table)", "dcg: discount by table: the table is missing")
    fails("map(ties=name)", "measure: ties by name need names=, the items' names")
    fails("ndcg(discount=jarvelin,base=1)", "ndcg: base 1: must be above 1")
  end)

  it("never does worse, whatever its bytes", function()
    local random = sy.random(1)
    local pieces = { "ndcg", "rbp", "map", "(", ")", "@", "=", ",", "p", "ties", "best", "0.8",
      "10", " ", "\0", "\255", "\n", "relevance", "gain", "table", "-", "1e999", "nan",
      ("x"):rep(300) }
    local read, refused = 0, 0
    for _ = 1, 20000 do
      local text = {}
      for i = 1, random:below(9) do
        text[i] = pieces[random:below(#pieces)]
      end
      local metrics, why = core.metric_parse({ table.concat(text) }, {}, "nil")
      if metrics then
        read = read + 1
      else
        refused = refused + 1
        assert(#why > 10 and #why < 504 and not why:find("\n"), why)
      end
    end
    assert(read > 20 and refused > 10000)
  end)
end)
