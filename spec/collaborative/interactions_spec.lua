-- Interactions as rows of few: made of pairs, picked, cut, renumbered, put together.
local check = require "spec.support.check"
local core = require "steelyard.core"
local sy = require "steelyard"

local cf = sy.collaborative

-- Each row as a list of {item, weight}.
local function rows_of(x)
  local rows = {}
  for r = 1, x.rows do
    local ids, weights = x:row(r)
    rows[r] = {}
    for i = 1, #ids do
      rows[r][i] = { ids[i], weights and weights[i] or 1 }
    end
  end
  return rows
end

local function plain(x)
  local rows = {}
  for r, row in ipairs(rows_of(x)) do
    rows[r] = {}
    for i, entry in ipairs(row) do
      rows[r][i] = entry[1]
    end
  end
  return rows
end

-- Random pairs, some of them several times.
local function random_pairs(seed, count, rows, columns, whole)
  local random = core.random(seed)
  local users, items, values = {}, {}, {}
  for i = 1, count do
    users[i], items[i] = random:below(rows), random:below(columns)
    values[i] = whole and 1 or random:below(9) / 2
  end
  return { users = users, items = items, values = values, rows = rows, columns = columns }
end

-- The same by tables: row -> item -> value.
local function brute(given)
  local rows = {}
  for r = 1, given.rows do
    rows[r] = {}
  end
  for i, user in ipairs(given.users) do
    local row, item = rows[user], given.items[i]
    row[item] = math.max(row[item] or -math.huge, given.values[i])
  end
  return rows
end

local function sorted(rows)
  local result = {}
  for r, row in ipairs(rows) do
    result[r] = {}
    for item, value in pairs(row) do
      table.insert(result[r], { item, value })
    end
    table.sort(result[r], function(a, b)
      return a[1] < b[1]
    end)
  end
  return result
end

describe("interactions", function()
  it("are made of pairs in any order, each once", function()
    local x = cf.interactions({ users = { 3, 1, 3, 1, 3 }, items = { 2, 4, 1, 4, 2 } })
    assert.are.same({ 3, 4, 3, 2 }, { x.rows, x.columns, x.count, x.merged })
    assert.are.same({ 0, 1, 1, 3 }, x.offsets:totable())
    assert.are.same({ 4, 1, 2 }, x.ids:totable())
    assert.are.same({ "i64", "i32" }, { x.offsets.dtype, x.ids.dtype })
    assert.is_nil(x.weights)
    assert.are.equal("interactions: 3 users, 4 items, 3 pairs", tostring(x))
    assert.are.same({ ids = x.ids, offsets = x.offsets }, x:bag())
    assert.is_true(cf.interactions.is(x))
    assert.is_false(cf.interactions.is(x:bag()))
  end)

  it("keep the largest value of a pair, and no values that are all 1", function()
    local x = cf.interactions({ users = { 1, 1, 1 }, items = { 2, 2, 1 }, values = { -3, -2, 5 } })
    assert.are.same({ { { 1, 5 }, { 2, -2 } } }, rows_of(x))
    assert.is_nil(cf.interactions({ users = { 1 }, items = { 1 }, values = { 1 } }).weights)
  end)

  it("are what tables make of the same pairs", function()
    for seed = 1, 20 do
      local given = random_pairs(seed, seed * 40, seed + 3, 30 - seed)
      local x = cf.interactions(given)
      assert.are.same(sorted(brute(given)), rows_of(x))
      assert.are.equal(seed * 40, x.count + x.merged)
    end
  end)

  it("may be none", function()
    local x = cf.interactions({ users = {}, items = {} })
    assert.are.same({ 0, 0, 0 }, { x.rows, x.columns, x.count })
    assert.are.equal(0, x:transpose().count)
    assert.are.equal(0, x:filter({ users_at_least = 1, items_at_least = 1 }).count)
    local y = cf.interactions({ users = {}, items = {}, rows = 2, columns = 3 })
    assert.are.same({ {}, {} }, plain(y))
    assert.are.equal(0, y:pick({}).rows)
    assert.are.same({ 0, 0, 0 }, y:item_counts():totable())
  end)

  it("count and transpose", function()
    local given = random_pairs(5, 300, 20, 12)
    local x = cf.interactions(given)
    local y = x:transpose()
    assert.are.same({ 12, 20, x.count }, { y.rows, y.columns, y.count })
    assert.are.same(rows_of(x), rows_of(y:transpose()))
    local flipped = { users = given.items, items = given.users, values = given.values, rows = 12,
      columns = 20 }
    assert.are.same(sorted(brute(flipped)), rows_of(y))
    assert.are.same(y:row_sizes():totable(), x:item_counts():totable())
    assert.are.equal("i64", x:row_sizes().dtype)
    local codes = x:codes()
    for r = 1, x.rows do
      for e = x.offsets[r] + 1, x.offsets[r + 1] do
        assert.are.equal(r, codes[e])
      end
    end
  end)

  it("pick rows, with their names, weights and times", function()
    local x = cf.interactions({ users = { 1, 1, 2, 3 }, items = { 1, 3, 2, 3 },
      values = { 2, 3, 4, 5 }, times = { 9, 8, 7, 6 }, user_names = { "a", "b", "c" },
      item_names = { "x", "y", "z" } })
    assert.are.same({ 2, 1, 1, 1 }, x.places:totable())
    local y = x:pick({ 3, 1, 3 })
    assert.are.same({ { { 3, 5 } }, { { 1, 2 }, { 3, 3 } }, { { 3, 5 } } }, rows_of(y))
    assert.are.same({ "c", "a", "c" }, y.user_names)
    assert.are.same({ "x", "y", "z" }, y.item_names)
    assert.are.same({ 1, 2, 1, 1 }, y.places:totable())
    assert.are.same(rows_of(y), rows_of(x:pick(sy.array({ 3, 1, 3 }, "i64"))))
  end)

  it("keep items, which get the numbers of their places", function()
    local x = cf.interactions({ users = { 1, 1, 1, 2 }, items = { 1, 2, 4, 2 },
      values = { 5, 6, 7, 8 }, item_names = { "a", "b", "c", "d" }, times = { 3, 2, 1, 1 } })
    local y = x:keep_items({ 4, 2 })
    assert.are.same({ { { 1, 7 }, { 2, 6 } }, { { 2, 8 } } }, rows_of(y))
    assert.are.same({ "d", "b" }, y.item_names)
    assert.are.same({ 1, 2, 1 }, y.places:totable())
    assert.are.same({ { { 1, 6 }, { 2, 7 } }, { { 1, 8 } } }, rows_of(x:keep_items({ 2, 4 })))
    local by_flags = x:keep_items({ false, true, false, true })
    assert.are.same(rows_of(x:keep_items({ 2, 4 })), rows_of(by_flags))
    assert.are.same({ { { 1, 5 } }, {} }, rows_of(x:keep_items(function(item)
      return item == 1
    end)))
    assert.are.same({ {}, {} }, plain(x:keep_items({})))
  end)

  it("are filtered in one pass each, items first", function()
    local x = cf.interactions({ users = { 1, 1, 2, 2, 3, 3 }, items = { 1, 2, 1, 2, 1, 3 },
      user_names = { "a", "b", "c" }, item_names = { "x", "y", "z" } })
    local y = x:filter({ items_at_least = 2, users_at_least = 2 })
    assert.are.same({ { 1, 2 }, { 1, 2 } }, plain(y))
    assert.are.same({ { "a", "b" }, { "x", "y" } }, { y.user_names, y.item_names })
    local z = x:filter({ items_at_least = 2, users_at_least = 2, order = "users_first" })
    assert.are.same({ { 1, 2 }, { 1, 2 }, { 1 } }, plain(z))
    assert.are.same(plain(x), plain(x:filter()))
  end)

  it("leave out low ratings, where they have some", function()
    local x = cf.interactions({ users = { 1, 1, 2 }, items = { 1, 2, 1 }, values = { 4, 3, 3.5 } })
    assert.are.same({ { { 1, 4 } }, { { 1, 3.5 } } }, rows_of(x:filter({ min_rating = 3.5 })))
    local y = cf.interactions({ users = { 1 }, items = { 1 } })
    assert.are.equal(1, y:filter({ min_rating = 1 }).count)
    check.raises_here("there are no ratings", y.filter, y, { min_rating = 4 })
  end)

  it("are united with others, and reduced by them", function()
    for seed = 1, 10 do
      local a, b = random_pairs(seed, 60, 9, 8), random_pairs(seed + 50, 60, 9, 8)
      local x, y = cf.interactions(a), cf.interactions(b)
      local both, left = brute(a), brute(a)
      for r, row in ipairs(brute(b)) do
        for item, value in pairs(row) do
          both[r][item] = math.max(both[r][item] or -math.huge, value)
          left[r][item] = nil
        end
      end
      assert.are.same(sorted(both), rows_of(x:union(y)))
      assert.are.same(sorted(left), rows_of(x:minus(y)))
      assert.are.equal(0, x:minus(x).count)
      assert.are.same(rows_of(x), rows_of(x:union(x)))
    end
  end)

  it("say what is wrong", function()
    local new = cf.interactions
    local x = new({ users = { 1, 2 }, items = { 1, 2 } })
    check.raises_here('unknown option "user" (did you mean "users"?)', new, { user = { 1 } })
    check.raises_here("interactions: users: expected an array of numbers, got nil", new, {})
    check.raises_here("1 users, but 2 items", new, { users = { 1 }, items = { 1, 2 } })
    check.raises_here("1 users, but 2 values", new, { users = { 1 }, items = { 1 },
      values = { 1, 2 } })
    check.raises_here("users[2]: 3 is not from 1 to 2", new, { users = { 1, 3 },
      items = { 1, 1 }, rows = 2 })
    check.raises_here("items[1]: 0 is not from 1 to 1", new, { users = { 1, 2 },
      items = { 0, 1 } })
    check.raises_here("values[1]: not a finite number", new, { users = { 1 }, items = { 1 },
      values = { 0 / 0 } })
    check.raises_here("times[1]: not a finite number", new, { users = { 1 }, items = { 1 },
      times = { math.huge } })
    check.raises_here("rows are 3, but there are 2 names", new, { users = { 1 }, items = { 1 },
      rows = 3, user_names = { "a", "b" } })
    check.raises_here("there is no row 3, but 2 rows", x.pick, x, { 3 })
    check.raises_here("no row has a number below 1", x.pick, x, { 0 })
    check.raises_here("items[2]: 1 comes twice", x.keep_items, x, { 1, 1 })
    check.raises_here("items[1]: 9 is not from 1 to 2", x.keep_items, x, { 9 })
    check.raises_here("1 booleans for 2 items", x.keep_items, x, { true })
    check.raises_here("row: 3 is not from 1 to 2", x.row, x, 3)
    check.raises_here("union: 2 x 2 and 1 x 1", x.union, x, new({ users = { 1 }, items = { 1 } }))
    check.raises_here("minus: expected interactions", x.minus, x, x:bag())
  end)
end)
