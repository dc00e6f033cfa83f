-- Every metric of the registry against slow, obvious ones written from their definitions: thousands
-- of small random requests in strict orders, with every convention.
local core = require("steelyard.core")
local random = require("spec.support.metrics.random")
local reference = require("spec.support.metrics")
local near = require("spec.support.reference").near
local sy = require("steelyard")

local kinds = core.metric_kinds()
local STRICT = { "input", "name", "best", "worst" }
local MOST = 9

-- A pooled metric is refused where not all rows are ranked; equal settings are measured once.
local function draw_metrics(maker, log, each, ties, most)
  local list, texts = {}, {}
  for _, kind in ipairs(kinds) do
    for _ = 1, log.retrieved and kind.pooled and 0 or each do
      local metric = maker.metric(kind, log, ties, most or MOST)
      local text = reference.expression(metric)
      if not texts[text] then
        texts[text], list[#list + 1], texts[#texts + 1] = true, metric, text
      end
    end
  end
  return list, texts
end

local function describe_request(request)
  local function list(values)
    return values and table.concat(values, " ") or "-"
  end
  return ("scores %s; labels %s; judged %s; retrieved %s"):format(list(request.scores),
    list(request.labels), list(request.judged), tostring(request.retrieved))
end

-- Every request's value under every metric; returns how many were compared, and how many empty.
local function compare(log, metrics, texts)
  local scores, gains, o = reference.columns(sy, log)
  o.metrics = texts
  local got, compared, empty = sy.metrics.measure(scores, gains, o), 0, 0
  for m, metric in ipairs(metrics) do
    for id, request in ipairs(log.requests) do
      local wanted = reference.value(request, metric, log) or 0 / 0
      local value = got[m].per_request[id]
      if not near(wanted, value, 1e-12) then
        error(("%s: wanted %.17g, got %.17g: %s"):format(texts[m], wanted, value,
          describe_request(request)))
      end
      compared, empty = compared + 1, empty + (wanted ~= wanted and 1 or 0)
    end
  end
  return compared, empty
end

local function rounds(seed, count, settings)
  local compared, empty = 0, 0
  for round = 1, count do
    local maker = random.new(sy, seed + round)
    local o = settings(maker, round)
    local log = maker.log(25, MOST, o)
    log.depth, log.judged_only, log.labels = o.depth, o.judged_only, o.dtype
    local metrics, texts = draw_metrics(maker, log, 2, STRICT)
    local more, without = compare(log, metrics, texts)
    compared, empty = compared + more, empty + without
  end
  assert(empty > 0 and compared > 5 * empty / 4)
  return compared
end

describe("every metric", function()
  it("has a reference, and every reference its metric", function()
    local known = {}
    assert.is_true(#kinds >= 38)
    for _, kind in ipairs(kinds) do
      known[kind.name] = true
      assert(reference.kinds[kind.name], kind.name .. " has no reference")
    end
    for name in pairs(reference.kinds) do
      assert(known[name], name .. " is no metric")
    end
  end)

  it("is described: help, source, parameters within their bounds, names of its own", function()
    local seen = {}
    for _, kind in ipairs(kinds) do
      assert(#kind.help > 20 and #kind.source > 5, kind.name)
      for _, name in ipairs({ kind.name, kind.alias }) do
        assert(not seen[name] and name:match("^[a-z][a-z0-9_]*$"), name)
        seen[name] = true
      end
      for _, p in ipairs(kind.parameters) do
        assert(p.default >= p.lowest and p.default <= p.highest and #p.help > 5, kind.name)
      end
    end
  end)

  it("is what its definition says: distinct scores", function()
    local compared = rounds(100, 20, function()
      return {}
    end)
    assert(compared > 30000)
  end)

  it("is what its definition says: ties, strictly ordered", function()
    local compared = rounds(200, 20, function(maker)
      return { steps = maker.one_of({ 1, 2, 3, 5 }) }
    end)
    assert(compared > 30000)
  end)

  it("is what its definition says: items judged, pooled and not, ranked and not", function()
    local compared = rounds(300, 25, function(maker, round)
      return {
        steps = maker.one_of({ 1, 2, 4, 9 }), judged = round % 3 > 0, retrieved = round % 2 == 1,
        depth = maker.one_of({ 0, 0, 1, 3, 20 }), judged_only = maker.chance(4),
      }
    end)
    assert(compared > 40000)
  end)

  it("is what its definition says: tables, and labels of every type", function()
    local compared = rounds(400, 15, function(maker, round)
      return {
        steps = maker.one_of({ 2, 3, 9 }), tables = true, retrieved = round % 2 == 1,
        dtype = maker.one_of({ "f32", "f64", "i32", "i64" }),
      }
    end)
    assert(compared > 20000)
  end)

  it("is what its definition says over more than a word of bits", function()
    local maker = random.new(sy, 5)
    for _, n in ipairs({ 62, 63, 64, 65, 66, 127, 128, 129, 150 }) do
      local log = maker.log(2, n, { steps = n, judged = n % 2 == 0, retrieved = n % 3 == 0 })
      local metrics, texts = draw_metrics(maker, log, 1, { "input" }, n)
      compare(log, metrics, texts)
    end
  end)
end)
