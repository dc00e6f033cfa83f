-- Losses of scores against few positives: brute force over all pairs, finite differences, the same
-- bits for any number of threads, refusals.

local sy = require("steelyard")

local loss = sy.collaborative.loss
local NAMES = { "multinomial", "weighted_square", "warp", "lambdarank" }

local function generator(seed)
  return function(n)
    seed = (seed * 16807) % 2147483647
    return seed % n
  end
end

-- Scores and two bags that share no item. With ties, scores are whole numbers.
local function sample(seed, rows, columns, ties, dtype)
  local random = generator(seed)
  local s = { scores = {}, targets = {}, weights = {}, excluded = {} }
  local bags = {}
  for _, name in ipairs({ "targets", "excluded" }) do
    bags[name] = { ids = {}, offsets = { 0 } }
  end
  for r = 1, rows do
    local row = {}
    for c = 1, columns do
      row[c] = ties and random(4) or (random(100003) / 20000 - 2.5)
      local what = random(6)
      local name = what < 2 and "targets" or what == 2 and "excluded"
      if r > 1 and name then -- the first row has none
        table.insert(bags[name].ids, c)
        if name == "targets" then
          table.insert(s.weights, (random(9) + 1) / 4)
        end
      end
    end
    s.scores[r] = row
    for _, bag in pairs(bags) do
      bag.offsets[r + 1] = #bag.ids
    end
  end
  for name, bag in pairs(bags) do
    s[name] = { ids = sy.array(bag.ids, "i32"), offsets = sy.array(bag.offsets, "i64") }
  end
  s.array = sy.array(s.scores, dtype or "f64")
  return s
end

local function members(bag, row)
  local list, set = {}, {}
  for e = bag.offsets[row] + 1, bag.offsets[row + 1] do
    list[#list + 1] = { item = bag.ids[e], entry = e }
    set[bag.ids[e]] = true
  end
  return list, set
end

-- The value of a row and the slopes by its scores, from the definition.
local brute = {}

function brute.multinomial(x, targets, _, out)
  local sum, value, slopes, total = 0, 0, {}, 0
  for c = 1, #x do
    sum = sum + (out[c] and 0 or math.exp(x[c]))
  end
  for _, t in ipairs(targets) do
    value, total = value - t.weight * (x[t.item] - math.log(sum)), total + t.weight
  end
  for c = 1, #x do
    slopes[c] = out[c] and 0 or total * math.exp(x[c]) / sum
  end
  for _, t in ipairs(targets) do
    slopes[t.item] = slopes[t.item] - t.weight
  end
  return value, slopes
end

function brute.weighted_square(x, _, is, out, o)
  local value, slopes = 0, {}
  for c = 1, #x do
    local weight, target = is[c] and (o.positive or 5) or out[c] and 0 or 1, is[c] and 1 or 0
    value = value + weight * (target - x[c]) ^ 2
    slopes[c] = -2 * weight * (target - x[c])
  end
  return value, slopes
end

local function ranks_of(x, out)
  local order, ranks = {}, {}
  for c = 1, #x do
    if not out[c] then
      order[#order + 1] = c
    end
  end
  table.sort(order, function(a, b)
    return x[a] > x[b] or (x[a] == x[b] and a < b)
  end)
  for r, c in ipairs(order) do
    ranks[c] = r
  end
  return ranks
end

local function each_pair(x, targets, is, out, pair)
  local value, slopes, ranks = 0, {}, ranks_of(x, out)
  for c = 1, #x do
    slopes[c] = 0
  end
  for _, t in ipairs(targets) do
    for q = 1, #x do
      if not is[q] and not out[q] then
        local one, slope = pair(ranks[t.item], ranks[q], x[q] - x[t.item])
        value = value + t.weight * one
        slopes[q] = slopes[q] + t.weight * slope
        slopes[t.item] = slopes[t.item] - t.weight * slope
      end
    end
  end
  return value, slopes
end

function brute.warp(x, targets, is, out, o)
  return each_pair(x, targets, is, out, function(rank, other, above)
    local h = 0
    for r = 1, math.min(rank, o.k or rank) do
      h = h + 1 / r
    end
    if other > rank then
      return 0, 0
    end
    return h * above, h
  end)
end

function brute.lambdarank(x, targets, is, out, o)
  local ideal = 0
  local function discount(rank)
    return rank <= (o.k or rank) and math.log(2) / math.log(1 + rank) or 0
  end
  for r = 1, #targets do
    ideal = ideal + discount(r)
  end
  return each_pair(x, targets, is, out, function(rank, other, above)
    local w = math.abs(discount(rank) - discount(other)) / ideal
    return w * math.log(1 + math.exp(above)), w / (1 + math.exp(-above))
  end)
end

local function near(expected, found, tolerance, what)
  local error = math.abs(expected - found) / math.max(1, math.abs(expected))
  assert(error <= tolerance, ("%s: %.17g, expected %.17g"):format(what, found, expected))
end

local function compare(name, s, o, tolerance)
  local rows, columns = #s.scores, #s.scores[1]
  local values, gradient = loss[name](s.array, s.targets, o)
  assert.equals(s.array.dtype, gradient.dtype)
  for r = 1, rows do
    local targets, is = members(s.targets, r)
    local out = {}
    if o.excluded then
      out = select(2, members(o.excluded, r))
    end
    for _, t in ipairs(targets) do
      t.weight = o.target_weights and o.target_weights[t.entry] or 1
    end
    local x = {}
    for c = 1, columns do
      x[c] = s.array:get(r, c)
    end
    local value, slopes = brute[name](x, targets, is, out, o)
    near(value, values[r], tolerance, name .. " row " .. r)
    local weight = o.row_weights and o.row_weights[r] or 1 / rows
    for c = 1, columns do
      near(weight * slopes[c], gradient:get(r, c), tolerance, ("%s %d %d"):format(name, r, c))
    end
  end
end

-- What a loss is given: nothing, and all there is.
local function choices(s, rows)
  local weights = {}
  for r = 1, rows do
    weights[r] = r / 3 - 0.5
  end
  return {
    {},
    { excluded = s.excluded },
    { target_weights = s.weights, k = 3, positive = 2.5 },
    { excluded = s.excluded, target_weights = s.weights, row_weights = weights, k = 7 },
    { k = 1000 },
  }
end

describe("losses of scores", function()
  for _, name in ipairs(NAMES) do
    it(name .. " is what its definition says", function()
      for seed = 1, 3 do
        for _, columns in ipairs({ 1, 5, 70 }) do
          for _, ties in ipairs({ true, false }) do
            local s = sample(seed, 4, columns, ties)
            for _, o in ipairs(choices(s, 4)) do
              compare(name, s, o, 1e-11)
            end
            s.array = sy.array(s.scores, "f32")
            compare(name, s, {}, 2e-5)
            compare(name, s, { excluded = s.excluded, k = 4 }, 2e-5)
          end
        end
      end
    end)

    it(name .. " has the slopes of its values", function()
      local s, h = sample(3, 3, 12, false), 1e-6
      for _, o in ipairs(choices(s, 3)) do
        o.row_weights = { 1, 1, 1 }
        local _, gradient = loss[name](s.array, s.targets, o)
        o.gradient = false
        for r = 1, 3 do
          for c = 1, 12 do
            local at, slope = s.array:get(r, c), {}
            for i, step in ipairs({ h, -h }) do
              s.array:set(r, c, at + step)
              slope[i] = loss[name](s.array, s.targets, o)[r]
            end
            s.array:set(r, c, at)
            near((slope[1] - slope[2]) / (2 * h), gradient:get(r, c), 1e-7, name)
          end
        end
      end
    end)

    it(name .. " may write its gradient over the scores, which else stay", function()
      for _, dtype in ipairs({ "f32", "f64" }) do
        local s = sample(5, 5, 41, false, dtype)
        for _, o in ipairs(choices(s, 5)) do
          local before = s.array:bytes()
          local values, gradient = loss[name](s.array, s.targets, o)
          assert.equals(before, s.array:bytes())
          o.gradient = false
          local again, none = loss[name](s.array, s.targets, o)
          assert.is_nil(none)
          o.gradient = "in_place"
          local own = s.array:copy()
          local third, same = loss[name](own, s.targets, o)
          assert.equals(own, same)
          assert.equals(values:bytes(), again:bytes())
          assert.equals(values:bytes(), third:bytes())
          assert.equals(gradient:bytes(), own:bytes())
        end
      end
    end)

    it(name .. " gives the same bits for any number of threads", function()
      local s = sample(9, 150, 700, true, "f32")
      local o = { excluded = s.excluded, k = 50 }
      local values, gradient = loss[name](s.array, s.targets, o)
      finally(function() sy.threads(1) end)
      for threads = 2, 3 do
        sy.threads(threads)
        local others, slopes = loss[name](s.array, s.targets, o)
        assert.equals(values:bytes(), others:bytes())
        assert.equals(gradient:bytes(), slopes:bytes())
      end
    end)

    it(name .. " takes scores in a table", function()
      local s = sample(4, 3, 20, false)
      local values = loss[name](s.array, s.targets)
      assert.equals(values:bytes(), loss[name](s.scores, s.targets):bytes())
    end)

    it(name .. " names what makes no sense", function()
      local s = sample(2, 3, 9, false)
      local function fails(text, o, scores, targets)
        local good, message = pcall(loss[name], scores or s.array, targets or s.targets, o)
        assert.is_false(good)
        assert(message:find(text, 1, true), message)
      end
      for _, value in ipairs({ math.huge, -math.huge }) do
        local infinite = s.array:copy()
        infinite:set(2, 4, value)
        fails("scores: row 2, column 4 is infinite", {}, infinite)
      end
      local bad = s.array:copy()
      bad:set(3, 9, 0 / 0)
      fails("scores: row 3, column 9 is NaN", { gradient = "in_place" }, bad)
      fails("targets: row 2 has one that is excluded", { excluded = s.targets })
      fails('unknown option "exclude" (did you mean "excluded"?)', { exclude = s.excluded })
      fails("row_weights: 2 numbers, and 3 are needed", { row_weights = { 1, 2 } })
      fails("row_weights[2]: not a finite number", { row_weights = { 1, 0 / 0, 2 } })
      fails("target_weights: 1 numbers, and", { target_weights = { 1 } })
      fails('expected true, false or "in_place"', { gradient = "there" })
      fails("needs scores in an array", { gradient = "in_place" }, { { 1, 2 } })
      fails("needs scores of f32 or f64", { gradient = "in_place" },
        sy.array({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, "i32"),
        { ids = sy.array({}, "i32"), offsets = sy.array({ 0, 0, 0, 0 }, "i64") })
      fails('option "k": 0 is below 1', { k = 0 })
      fails('option "positive": -1 is not', { positive = -1 })
      fails("targets.ids[1]: 10 is not from 1 to 9", {}, s.array,
        { ids = sy.array({ 10 }, "i32"), offsets = sy.array({ 0, 0, 0, 1 }, "i64") })
      fails("targets: 1 rows for scores of 3", {}, s.array,
        { ids = sy.array({ 1 }, "i32"), offsets = sy.array({ 0, 1 }, "i64") })
    end)
  end

  it("tells a softmax's parts, and takes its log partition back", function()
    for _, dtype in ipairs({ "f32", "f64" }) do
      local s = sample(6, 4, 50, false, dtype)
      for _, excluded in ipairs({ s.excluded, false }) do
        local o = { excluded = excluded or nil }
        local values, gradient, details = loss.multinomial(s.array, s.targets, o)
        o.log_partition = details.log_partition
        local again, slopes, others = loss.multinomial(s.array, s.targets, o)
        assert.equals(values:bytes(), again:bytes())
        for r = 1, 4 do
          for c = 1, 50 do
            near(gradient:get(r, c), slopes:get(r, c), dtype == "f32" and 1e-7 or 1e-15, "slope")
          end
        end
        assert.equals(details.log_probabilities:bytes(), others.log_probabilities:bytes())
        for r = 1, 4 do
          local sum, value, out = 0, 0, {}
          if excluded then
            out = select(2, members(excluded, r))
          end
          for c = 1, 50 do
            sum = sum + (out[c] and 0 or math.exp(s.array:get(r, c)))
          end
          near(math.log(sum), details.log_partition[r], 1e-6, "partition")
          for _, t in ipairs((members(s.targets, r))) do
            value = value - details.log_probabilities[t.entry]
          end
          near(value, values[r], 1e-14, "value")
        end
      end
      local good, message = pcall(loss.multinomial, s.array, s.targets,
        { log_partition = { 1, 2, 0 / 0, 3 } })
      assert.is_false(good)
      assert(message:find("log_partition[3]:", 1, true), message)
    end
  end)

  it("stands scores far from one another", function()
    local scores = sy.array({ { 1e4, -1e4, 0 }, { -3e38, 3e38, 0 } }, "f32")
    local bag = { ids = sy.array({ 2, 2 }, "i32"), offsets = sy.array({ 0, 1, 2 }, "i64") }
    local values, gradient = loss.multinomial(scores, bag, { row_weights = { 1, 1 } })
    assert.same({ 2e4, 0 }, values:totable())
    assert.same({ { 1, -1, 0 }, { 0, 0, 0 } }, gradient:totable())
    values, gradient = loss.lambdarank(scores, bag, { row_weights = { 1, 1 } })
    assert(values[1] > 0 and values[1] < 2e4)
    near(0, gradient:get(1, 1) + gradient:get(1, 2) + gradient:get(1, 3), 1e-7, "sum")
    assert.equals(0, values[2])
    -- All items but the target excluded; a row where all are.
    local all = { ids = sy.array({ 1, 3, 1, 2, 3 }, "i32"), offsets = sy.array({ 0, 2, 5 }, "i64") }
    local one = { ids = sy.array({ 2 }, "i32"), offsets = sy.array({ 0, 1, 1 }, "i64") }
    for _, name in ipairs(NAMES) do
      values, gradient = loss[name](scores, one, { excluded = all, positive = 0 })
      assert.same({ 0, 0 }, values:totable())
      assert.same({ { 0, 0, 0 }, { 0, 0, 0 } }, gradient:totable())
    end
  end)

  it("takes no rows", function()
    local bag = { ids = sy.array({}, "i32"), offsets = sy.array({ 0 }, "i64") }
    for _, name in ipairs(NAMES) do
      local values, gradient = loss[name](sy.array.zeros(0, 7, "f32"), bag)
      assert.equals(0, #values)
      assert.equals(0, gradient.shape[1])
    end
  end)
end)
