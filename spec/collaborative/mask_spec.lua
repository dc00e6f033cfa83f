-- Masks: which entries are seen is drawn by seed, step, row and item alone.
local check = require "spec.support.check"
local sy = require "steelyard"

local cf = sy.collaborative

-- rows x each entries.
local function block(rows, each, values)
  local users, items, given = {}, {}, values and {} or nil
  for r = 1, rows do
    for i = 1, each do
      users[#users + 1], items[#items + 1] = r, i
      if values then
        given[#given + 1] = values(r, i)
      end
    end
  end
  return cf.interactions({ users = users, items = items, values = given })
end

local function row(bag, r)
  return bag.ids:slice(bag.offsets[r] + 1, bag.offsets[r + 1]):totable()
end

describe("a mask", function()
  it("parts every row into what is seen and what is not", function()
    local x = block(50, 40)
    local seen, unseen = cf.mask(x:bag(), { keep = 0.5 })
    assert.are.same({ 51, 51 }, { #seen.offsets, #unseen.offsets })
    for r = 1, 50 do
      local all = {}
      for _, list in ipairs({ row(seen, r), row(unseen, r) }) do
        for i, item in ipairs(list) do
          assert.is_nil(all[item])
          assert.is_true(i == 1 or item > list[i - 1])
          all[item] = true
        end
      end
      assert.are.equal(40, #all)
    end
    assert.are.equal(2, seen.weights:min())
    assert.are.equal(2, seen.weights:max())
    assert.is_nil(unseen.weights)
  end)

  it("sees the share that is asked for", function()
    local x = block(400, 100)
    for _, keep in ipairs({ 0.1, 0.5, 0.9 }) do
      local seen = cf.mask(x:bag(), { keep = keep, seed = 3 })
      local error = #seen.ids / 40000 - keep
      assert.is_true(math.abs(error) < 5 * math.sqrt(keep * (1 - keep) / 40000))
    end
    local seen, unseen = cf.mask(x:bag(), { keep = 1 })
    assert.are.same({ 40000, 0 }, { #seen.ids, #unseen.ids })
  end)

  it("draws by seed, step, row and item, whatever else is masked", function()
    local x = block(30, 30)
    local all = cf.mask(x:bag(), { seed = 7, step = 9 })
    local some = cf.mask(x, { seed = 7, step = 9, rows = sy.array({ 20, 3, 20 }, "i64") })
    assert.are.same(row(all, 20), row(some, 1))
    assert.are.same(row(all, 3), row(some, 2))
    assert.are.same(row(all, 20), row(some, 3))
    -- A row's item is drawn the same where the row has fewer items.
    local fewer = cf.mask(block(30, 10):bag(), { seed = 7, step = 9 })
    for r = 1, 30 do
      local short = {}
      for _, item in ipairs(row(all, r)) do
        short[#short + 1] = item <= 10 and item or nil
      end
      assert.are.same(short, row(fewer, r))
    end
    for _, other in ipairs({ { seed = 8, step = 9 }, { seed = 7, step = 10 } }) do
      local same, list = 0, cf.mask(x:bag(), other)
      for r = 1, 30 do
        same = same + (#row(list, r) == #row(all, r) and 1 or 0)
      end
      assert.is_true(same < 20)
    end
  end)

  it("takes one share for each row", function()
    local x = block(3, 1000)
    local seen = cf.mask(x:bag(), { keep = sy.array({ 0.2, 1, 0.8 }) })
    local sizes = x.row_sizes({ rows = 3, offsets = seen.offsets })
    assert.are.equal(1000, sizes[2])
    assert.is_true(math.abs(sizes[1] - 200) < 60 and math.abs(sizes[3] - 800) < 60)
    assert.are.equal(sy.array({ 1 / 0.2 }, "f32")[1], seen.weights[1])
    assert.are.equal(1, seen.weights[seen.offsets[2] + 1])
  end)

  it("divides by the norm of the whole row", function()
    local seen = cf.mask(block(1, 9):bag(), { keep = 1, normalize = true })
    for i = 1, 9 do
      assert.are.equal(sy.array({ 1 / 3 }, "f32")[1], seen.weights[i])
    end
    local x = cf.interactions({ users = { 1, 1 }, items = { 1, 2 }, values = { 3, 4 } })
    local one, unseen = cf.mask(x:bag(), { keep = 0.5, normalize = true, seed = 2 })
    for i = 1, #one.ids do
      assert.are.equal(sy.array({ (one.ids[i] + 2) / 5 / 0.5 }, "f32")[1], one.weights[i])
    end
    for i = 1, #unseen.ids do
      assert.are.equal(unseen.ids[i] + 2, unseen.weights[i])
    end
  end)

  it("may be of no row, or of one that has nothing", function()
    local x = cf.interactions({ users = { 1 }, items = { 1 }, rows = 2, columns = 3 })
    local seen, unseen = cf.mask(x:bag(), { rows = {}, normalize = true })
    assert.are.same({ { 0 }, { 0 } }, { seen.offsets:totable(), unseen.offsets:totable() })
    seen = cf.mask(x:bag(), { rows = { 2 }, normalize = true })
    assert.are.same({ 0, 0 }, seen.offsets:totable())
  end)

  it("says what is wrong", function()
    local bag = block(2, 2):bag()
    check.raises_here("mask: expected a bag", cf.mask, 3)
    check.raises_here("is not above 0 and up to 1", cf.mask, bag, { keep = 0 })
    check.raises_here("keep: 1.5 is not above 0", cf.mask, bag, { keep = 1.5 })
    check.raises_here("keep: 1 numbers for 2 rows", cf.mask, bag, { keep = { 0.5 } })
    check.raises_here("there is no row 3", cf.mask, bag, { rows = { 3 } })
    check.raises_here("interactions.ids[2]: row 1 must ascend", cf.mask,
      { ids = { 2, 1 }, offsets = { 0, 2 } })
    check.raises_here("offsets may not fall", cf.mask, { ids = { 2, 1 }, offsets = { 0, 5, 2 } })
  end)
end)
