-- The best unseen items.
local bags = require "spec.support.bags"
local check = require "spec.support.check"
local core = require "steelyard.core"
local sy = require "steelyard"

local cf = sy.collaborative

local kinds = {
  normal = function(random) return random:normal() end,
  tied = function(random) return math.floor(random:normal() * 2) end,
  infinite = function(random)
    local x = random:normal()
    return x > 1.5 and math.huge or x < 0 and -math.huge or x
  end,
  skewed = function(random) return math.exp(9 * random:normal()) end,
  equal = function() return -0.0 end,
}

local function scores_of(kind, seed, rows, columns, dtype)
  local random, list = core.random(seed), {}
  for r = 1, rows do
    list[r] = {}
    for c = 1, columns do
      list[r][c] = kinds[kind](random)
    end
  end
  return core.array(list, dtype)
end

local function check_top(scores, k, seen)
  local rows, columns = scores.shape[1], scores.shape[2]
  local ids, best = cf.top(scores, k, seen)
  for r = 1, rows do
    local row = scores:row(r):totable()
    local order = bags.ranked(row, seen and bags.row_set(seen, r) or {})
    for i = 1, k do
      if ids:get(r, i) ~= (order[i] or 0) or best:get(r, i) ~= (row[order[i]] or -math.huge) then
        error(("row %d of %d items, rank %d: %d"):format(r, columns, i, ids:get(r, i)))
      end
    end
  end
end

describe("top", function()
  it("gives the best unseen items, equal ones by number", function()
    local ids, best = cf.top({ { 1, 3, 3, 2 }, { 9, 8, 7, 6 } }, 3, bags.of(4, { { 2 }, { 1, 3 } }))
    assert.are.same({ { 3, 4, 1 }, { 2, 4, 0 } }, ids:totable())
    assert.are.same({ { 3, 2, 1 }, { 8, 6, -math.huge } }, best:totable())
    assert.are.same({ "i32", "f64" }, { ids.dtype, best.dtype })
    assert.are.equal("f32", select(2, cf.top(core.array({ { 1 } }, "f32"), 1)).dtype)
  end)

  it("is what a full sort gives", function()
    for kind in pairs(kinds) do
      for _, dtype in ipairs({ "f32", "f64" }) do
        for _, columns in ipairs({ 1, 7, 33, 200, 600, 1300 }) do
          local scores = scores_of(kind, columns, 4, columns, dtype)
          local seen = bags.random(4, columns, 0.2, columns)
          for _, k in ipairs({ 1, 10, 60, 100, 200, 300, 1000 }) do
            check_top(scores, k, seen)
          end
          check_top(scores, math.min(columns, 100))
        end
      end
    end
  end)

  it("keeps items of score -infinity apart from those that were seen", function()
    local low = -math.huge
    local ids = cf.top({ { low, low, 1, low } }, 4, bags.of(4, { { 1 } }))
    assert.are.same({ { 3, 2, 4, 0 } }, ids:totable())
    ids = cf.top({ { 5, 6, 7, 8 } }, 2, bags.of(4, { { 1, 2, 3, 4 } }))
    assert.are.same({ { 0, 0 } }, ids:totable())
  end)

  it("is the same for any number of threads and on every instruction set", function()
    local scores = scores_of("normal", 3, 90, 700, "f32")
    local seen = bags.random(90, 700, 0.1, 4)
    local ids, best = cf.top(scores, 100, seen)
    for _, threads in ipairs({ 2, 3 }) do
      local work = core.work(700, threads)
      for _, cpu in ipairs(core.cpu_list()) do
        core.work_cpu(work, cpu)
        local others, values = core.sparse_top(work, scores, 100, seen)
        assert.are.equal(ids, others)
        assert.are.equal(best, values)
      end
    end
  end)

  it("takes no rows", function()
    assert.are.equal(0, cf.top(core.array.zeros(0, 3), 2).shape[1])
  end)

  it("says what is wrong", function()
    local scores = { { 1, 2 }, { 3, 0 / 0 } }
    check.raises_here("scores[2][2]: NaN", cf.top, scores, 1)
    check.raises_here("top: k: expected a whole number from 1 up, got 0", cf.top, scores, 0)
    check.raises_here("seen: 1 rows, but there are scores of 2", cf.top, scores, 1,
      bags.of(2, { { 1 } }))
    check.raises_here("seen.ids[1]: 3 is not from 1 to 2", cf.top, scores, 1,
      bags.of(2, { { 3 }, {} }))
    check.raises_here("scores: expected two dimensions, got one", cf.top, { 1, 2 }, 1)
    check.raises_here("top: scores: expected an array", cf.top, 3, 1)
  end)
end)
