-- Metrics by slices of a log.
local gc = collectgarbage
local sy = require "steelyard"

local function near(expected, value, where)
  local same = expected == value or (expected ~= expected and value ~= value)
  assert.is_true(same or math.abs(expected - value) < 1e-12,
    ("%s: %s, expected %s"):format(where, tostring(value), tostring(expected)))
end

-- A log with ties, of requests of 1 to 12 items whose rows do not stand together.
local function log_of(seed, requests)
  local random = sy.random(seed)
  local log = { ids = {}, scores = {}, gains = {}, segment = {}, position = {} }
  local open = {}
  for r = 1, requests do
    for i = 1, random:below(12) do
      open[#open + 1] = { r, i }
    end
  end
  local order = random:shuffle(sy.array.range(#open))
  for i = 1, #open do
    local row = open[order[i]]
    log.ids[i] = row[1]
    log.scores[i] = random:below(6)
    log.gains[i] = random:below(3) == 1 and random:below(4) or 0
    log.segment[i] = ({ "new", "old", "rare" })[row[1] % 7 % 3 + 1]
    log.position[i] = row[2]
  end
  return log
end

-- The rows where keep(i) holds, as a log of their own.
local function part_of(log, keep)
  local part = { ids = {}, scores = {}, gains = {} }
  for i = 1, #log.ids do
    if keep(i) then
      for key, list in pairs(part) do
        list[#list + 1] = log[key][i]
      end
    end
  end
  return part
end

local METRICS = { "ndcg@3", "mrr", "map", "precision@2", "gauc", "auc", "relevant",
  "map(mean=geometric)", "err(max=4)@5" }

local function measure(log, more)
  local o = { metrics = METRICS, groups = log.ids }
  for key, value in pairs(more or {}) do
    o[key] = value
  end
  return sy.metrics.measure(log.scores, log.gains, o)
end

-- Slices against the log of each slice's rows alone.
local function agree(log, list, parts, more)
  assert.are.equal(#parts, #list)
  for s, part in ipairs(parts) do
    assert.are.equal(part[1], list[s].value)
    local alone = measure(part_of(log, part[2]), more)
    assert.are.equal(alone.groups.count, list[s].requests, part[1])
    for _, name in ipairs(METRICS) do
      near(alone[name].mean, list[s][name].mean, part[1] .. " " .. name)
      assert.are.equal(alone[name].counted, list[s][name].counted, part[1] .. " " .. name)
      assert.are.equal(alone[name].empty, list[s][name].empty, part[1] .. " " .. name)
    end
  end
end

describe("slices", function()
  teardown(gc)

  it("group requests by a value that each has one of", function()
    local log = log_of(1, 60)
    local result = measure(log, { by = sy.slices.values(log.segment, { name = "segment" }) })
    local list = result.slices[1]
    assert.are.same({ "segment", "requests" }, { list.name, list.of })
    local parts = {}
    for s, name in ipairs({ "new", "old", "rare" }) do
      parts[s] = { name, function(i)
        return log.segment[i] == name
      end }
    end
    agree(log, list, parts)
    local plain = measure(log)
    for _, name in ipairs(METRICS) do
      assert.are.equal(plain[name].mean, result[name].mean)
    end
  end)

  it("part requests whose items differ, and rank the parts by themselves", function()
    local log = log_of(2, 40)
    local by = sy.slices.cut(log.position, { 2, 5, 100 }, { name = "position" })
    local list = measure(log, { by = by }).slices[1]
    assert.are.same({ "position", "items" }, { list.name, list.of })
    local function between(low, high)
      return function(i)
        return log.position[i] > low and log.position[i] <= high
      end
    end
    assert.are.equal(0, list[4].requests)
    assert.is_true(list[4].mrr.mean ~= list[4].mrr.mean)
    table.remove(list)
    agree(log, list, {
      { "up to 2", between(0, 2) },
      { "above 2 up to 5", between(2, 5) },
      { "above 5 up to 100", between(5, 100) },
    })
  end)

  it("go by the size of requests", function()
    local log = log_of(3, 50)
    local size = {}
    for _, id in ipairs(log.ids) do
      size[id] = (size[id] or 0) + 1
    end
    local function from(low, high)
      return function(i)
        return size[log.ids[i]] >= low and size[log.ids[i]] <= high
      end
    end
    local result = measure(log, { by = { sy.slices.size({ 1, 4, 9 }), sy.slices.size() } })
    agree(log, result.slices[1], {
      { "1", from(1, 1) }, { "2-4", from(2, 4) }, { "5-9", from(5, 9) },
      { "10 and more", from(10, 99) },
    })
    local parts = {}
    for n = 1, 12 do
      parts[n] = { tostring(n), from(n, n) }
    end
    agree(log, result.slices[2], parts)
  end)

  it("go by rank under the scores", function()
    local log = log_of(4, 30)
    local order, offsets = sy.rank(log.scores, { groups = log.ids })
    local rank = {}
    for r = 1, #offsets - 1 do
      for i = offsets[r] + 1, offsets[r + 1] do
        rank[order[i]] = i - offsets[r]
      end
    end
    local list = measure(log, { by = sy.slices.rank({ 3, 6 }) }).slices[1]
    assert.are.equal("items", list.of)
    local function from(low, high)
      return function(i)
        return rank[i] >= low and rank[i] <= high
      end
    end
    agree(log, list, {
      { "1-3", from(1, 3) }, { "4-6", from(4, 6) }, { "7 and more", from(7, 99) },
    })
  end)

  it("keep to ties, weights and conventions of the pass", function()
    local log = log_of(5, 40)
    local names = {}
    for i = 1, #log.ids do
      names[i] = (i * 7919) % 1000
    end
    log.names = names
    for _, more in ipairs({ { ties = "average" }, { ties = "worst" }, { empty = "zero" },
      { relevance_level = 2 }, { gain = "exponential", k = 4 } }) do
      local function keep(i)
        return log.position[i] <= 3
      end
      local o = { by = sy.slices.cut(log.position, { 3 }) }
      for key, value in pairs(more) do
        o[key] = value
      end
      local list = measure(log, o).slices[1]
      local alone = measure(part_of(log, keep), more)
      for _, name in ipairs(METRICS) do
        near(alone[name].mean, list[1][name].mean, name)
      end
    end
    -- weights of requests: in order of their first rows
    local weights, first = {}, {}
    for i = 1, #log.ids do
      if not first[log.ids[i]] then
        first[log.ids[i]] = true
        weights[#weights + 1] = log.ids[i] % 3
      end
    end
    local result = measure(log, { weights = weights, by = sy.slices.cut(log.position, { 99 }) })
    near(result["ndcg@3"].mean, result.slices[1][1]["ndcg@3"].mean, "one slice is the whole")
    result = measure(log, { weights = weights, by = sy.slices.cut(log.position, { 3 }) })
    local sum, total = 0, 0
    local part = part_of(log, function(i)
      return log.position[i] <= 3
    end)
    local alone = measure(part)
    local seen, r = {}, 0
    for i = 1, #part.ids do
      if not seen[part.ids[i]] then
        seen[part.ids[i]], r = true, r + 1
        local value = alone["ndcg@3"].per_request[r]
        if value == value then
          sum, total = sum + part.ids[i] % 3 * value, total + part.ids[i] % 3
        end
      end
    end
    near(sum / total, result.slices[1][1]["ndcg@3"].mean, "weighted")
  end)

  it("name numbers and codes, and leave NaN out", function()
    local nan = 0 / 0
    local data = sy.dataset.new({
      predictions = { p = { 4, 3, 2, 1 } }, features = { c = { "x", "b", "x", "b" } },
    })
    local result = sy.metrics.measure({ 4, 3, 2, 1 }, { 1, 0, 0, 1 }, {
      metrics = "mrr",
      by = {
        sy.slices.values(data:column("c"), { names = data:names("c") }),
        sy.slices.values({ 0.5, 2, nan, 0.5 }),
        sy.slices.cut({ nan, 1, nan, 3 }, { 1, 2.5 }),
      },
    })
    local function of(i)
      local list = {}
      for s, slice in ipairs(result.slices[i]) do
        local mean = slice.mrr.mean
        list[s] = slice.value .. "=" .. (mean ~= mean and "none" or ("%.3g"):format(mean))
      end
      return table.concat(list, " ")
    end
    assert.are.equal("b=0.5 x=1", of(1))
    assert.are.equal("0.5=1 2=none", of(2))
    assert.are.equal("up to 1=none above 1 up to 2.5=none above 2.5=1", of(3))
  end)

  it("are of any number of threads, to the bit", function()
    local log = log_of(6, 3000)
    local function all()
      return measure(log, {
        by = { sy.slices.values(log.segment), sy.slices.cut(log.position, { 3, 6 }) },
      }).slices
    end
    local one = all()
    sy.threads(2)
    local two = all()
    sy.threads(1)
    for b = 1, 2 do
      for s = 1, #one[b] do
        for _, name in ipairs(METRICS) do
          assert.are.equal(one[b][s][name].mean, two[b][s][name].mean)
        end
      end
    end
  end)

  it("refuse what makes no sense", function()
    local function raised(pattern, f, ...)
      local ok, message = pcall(f, ...)
      assert.is_false(ok)
      assert.is_truthy(message:find("slices_spec.lua:%d+: "), message)
      assert.is_truthy(message:find(pattern), message)
    end
    local slices = sy.slices
    local function by(value, more)
      local o = more or {}
      o.by = value
      return function()
        return sy.metrics.measure({ 2, 1 }, { 1, 0 }, o)
      end
    end
    raised("edges: expected an array", slices.cut, { 1 }, "x")
    raised("edges: none are given", slices.cut, { 1 }, {})
    raised("edges%[2%]: 1 is not above 1", slices.cut, { 1 }, { 1, 1 })
    raised("edges%[1%]: expected a number", slices.rank, { "a" })
    raised("edges", slices.rank, nil)
    raised("values", slices.values, nil)
    raised('values%[2%]: expected a text', slices.values, { "a", 3 })
    raised('unknown option "nam".*"name"', slices.values, { 1 }, { nam = "x" })
    raised("by%[1%]: expected slices", by({ 5 }))
    raised('option "by": expected a table', by("size"))
    raised("value has 3 rows, but there are 2", by(slices.values({ 1, 2, 3 })))
    raised("no retrieved=", by(slices.rank({ 1 }), { retrieved = { 1 } }))
    local many = {}
    for i = 1, 1001 do
      many[i] = i
    end
    raised("wide has more than 1000 values; cut it at edges", function()
      sy.metrics.measure(many, many, { by = slices.values(many, { name = "wide" }) })
    end)
    raised("edges: 1001, of at most 999", slices.cut, many, many)
    assert.is_false(slices.is({}))
    assert.is_true(slices.is(slices.size()))
  end)

  it("take deferred scores", function()
    local log = log_of(5, 40)
    local a, b = {}, {}
    for i, score in ipairs(log.scores) do
      a[i], b[i] = i % 3, (score - i % 3) / 2
    end
    local vm = sy.value_model.new({ weights = { a = 1, b = 2 } })
    local columns, by = { a = a, b = b }, {
      sy.slices.rank({ 2, 4 }), sy.slices.values(log.position), sy.slices.values(log.segment),
    }
    local o = { metrics = METRICS, groups = log.ids, by = by }
    local made = sy.metrics.measure(vm:score(columns), log.gains, o)
    local deferred = sy.metrics.measure(vm:deferred(columns), log.gains, o)
    local compared = 0
    for i, slices in ipairs(made.slices) do
      for s, slice in ipairs(slices) do
        for _, name in ipairs(METRICS) do
          near(slice[name].mean, deferred.slices[i][s][name].mean, name)
          compared = compared + 1
        end
      end
    end
    assert.is_true(compared > 100)
  end)

  it("work where there is nothing", function()
    local result = sy.metrics.measure({}, {}, {
      groups = {}, by = { sy.slices.values({}), sy.slices.size({ 3 }), sy.slices.rank({ 1 }) },
    })
    assert.are.equal(0, #result.slices[1])
    assert.are.equal(0, result.slices[2][1].requests)
    assert.are.equal(0, result.slices[3][2].requests)
  end)
end)
