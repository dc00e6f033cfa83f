-- Splits: drawn as NumPy's legacy generator draws, and without leaks. The numbers of NumPy were
-- printed by NumPy 1.24.
local check = require "spec.support.check"
local core = require "steelyard.core"
local sy = require "steelyard"

local cf = sy.collaborative

-- User u has 3 + u of 23 items.
local function stairs()
  local users, items = {}, {}
  for u = 1, 12 do
    for i = 0, 2 + u do
      users[#users + 1], items[#items + 1] = u, (u * 7 + i * 5) % 23 + 1
    end
  end
  local names = {}
  for i = 1, 23 do
    names[i] = tostring(i)
  end
  return cf.interactions({ users = users, items = items, item_names = names,
    user_names = { "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12" } })
end

local function random_interactions(seed, users, items, count)
  local random, rows, columns = core.random(seed), {}, {}
  for i = 1, count do
    rows[i], columns[i] = random:below(users), random:below(items)
  end
  local names = { {}, {} }
  for i = 1, math.max(users, items) do
    names[1][i] = i <= users and "u" .. i or nil
    names[2][i] = i <= items and "i" .. i or nil
  end
  return cf.interactions({ users = rows, items = columns, rows = users, columns = items,
    user_names = names[1], item_names = names[2] })
end

-- User name -> set of item names.
local function by_name(x, into)
  into = into or {}
  for r = 1, x.rows do
    local ids, row = x:row(r), into[x.user_names[r]] or {}
    for i = 1, #ids do
      row[x.item_names[ids[i]]] = true
    end
    into[x.user_names[r]] = row
  end
  return into
end

describe("NumPy's generator", function()
  it("permutes", function()
    assert.are.same({ 12, 10, 3, 8, 9, 5, 2, 11, 7, 1, 4, 6 },
      core.draw_permutation("numpy", 98765, 12):totable())
    assert.are.same({ 508, 819, 453, 369, 243, 930, 263, 811 },
      core.draw_permutation("numpy", 1, 1000):slice(1, 8):totable())
    assert.are.same({ 225, 306, 448, 533, 699, 71 },
      core.draw_permutation("numpy", 2 ^ 32 - 1, 700):slice(1, 6):totable())
    assert.are.same({}, core.draw_permutation("numpy", 0, 0):totable())
  end)

  it("chooses, one row after the other", function()
    local offsets = { 0, 5, 15, 45, 145 }
    local flags, held = core.draw_held_out("numpy", 98765, offsets, 0.2, 5), {}
    for r = 1, 4 do
      held[r] = {}
      for e = offsets[r] + 1, offsets[r + 1] do
        held[r][#held[r] + 1] = flags[e] == 1 and e - offsets[r] - 1 or nil
      end
    end
    assert.are.same({ { 4 }, { 5, 9 }, { 5, 17, 19, 21, 25, 26 }, { 12, 16, 22, 23, 29, 33, 41, 44,
      46, 51, 55, 56, 59, 60, 71, 75, 78, 81, 94, 98 } }, held)
  end)

  it("takes NumPy's seeds only", function()
    check.raises_here("seed: NumPy's is a whole number from 0 to 2^32 - 1", cf.split.strong,
      stairs(), { seed = -1, validation = 1, test = 1 })
  end)
end)

describe("split.strong", function()
  it("is the split of Mult-VAE's notebook", function()
    local data = cf.split.strong(stairs(), { validation = 3, test = 3 })
    assert.are.same({ "12", "10", "3", "8", "9", "5" }, data.train.user_names)
    local function row(part, r)
      local fold_in, held_out = part.fold_in:row(r), part.held_out:row(r)
      return { tonumber(part.fold_in.user_names[r]), fold_in:totable(), held_out:totable() }
    end
    local v, t = data.validation, data.test
    assert.are.same({ 2, { 2, 7, 12, 15 }, { 20 } }, row(v, 1))
    assert.are.same({ 11, { 1, 3, 5, 6, 9, 11, 13, 14, 16, 18, 21, 23 }, { 8, 19 } }, row(v, 2))
    assert.are.same({ 7, { 1, 3, 4, 6, 9, 14, 16, 19 }, { 11, 21 } }, row(v, 3))
    assert.are.same({ 1, { 8, 13, 18, 23 }, {} }, row(t, 1))
    assert.are.same({ 4, { 3, 6, 11, 13, 16, 21 }, { 8 } }, row(t, 2))
    assert.are.same({ 6, { 2, 4, 7, 9, 12, 17, 20, 22 }, { 14 } }, row(t, 3))
  end)

  it("shares nobody, and hides a part of what there is", function()
    for seed = 1, 6 do
      local x = random_interactions(seed, 60, 40, 500)
      local generator = seed % 2 == 0 and "numpy" or "steelyard"
      local data = cf.split.strong(x, { validation = 15, test = 10, seed = seed, fold_in = 0.75,
        random = generator, order = seed % 3 == 0 and "drawn" or "number" })
      local all, seen, items = by_name(x), {}, {}
      for item = 1, data.train.columns do
        items[data.train.item_names[item]] = true
        assert.is_true(data.train:item_counts()[item] > 0)
        assert.are.equal(x.item_names[data.items[item]], data.train.item_names[item])
      end
      for _, name in ipairs(data.train.user_names) do
        seen[name] = true
      end
      assert.are.same(35, data.train.rows)
      for _, part in ipairs({ data.validation, data.test }) do
        assert.are.same(part.fold_in.user_names, part.held_out.user_names)
        for r = 1, part.fold_in.rows do
          local name = part.fold_in.user_names[r]
          assert.is_nil(seen[name])
          seen[name] = true
          local one, two = part.fold_in:row_sizes()[r], part.held_out:row_sizes()[r]
          assert.are.equal(one + two >= 5 and math.floor((one + two) / 4) or 0, two)
        end
        assert.are.equal(0, part.fold_in.count - part.fold_in:minus(part.held_out).count)
        for name, row in pairs(by_name(part.held_out, by_name(part.fold_in))) do
          for item in pairs(all[name]) do
            assert.are.equal(items[item], row[item])
          end
        end
      end
    end
  end)

  it("is the same for the same seed, and another for others", function()
    local x = random_interactions(9, 50, 30, 600)
    local function split(seed, generator)
      local data = cf.split.strong(x, { validation = 10, test = 10, seed = seed,
        random = generator })
      return data.train.user_names, data.test.held_out.ids:totable()
    end
    for _, generator in ipairs({ "numpy", "steelyard" }) do
      assert.are.same({ split(3, generator) }, { split(3, generator) })
      assert.are_not.same({ split(3, generator) }, { split(4, generator) })
    end
  end)

  it("leaves out held-out users with no item of training", function()
    local x = cf.interactions({ users = { 1, 2, 3 }, items = { 1, 2, 3 } })
    local data = cf.split.strong(x, { validation = 1, test = 1 })
    assert.are.same({ 1, 1, 0, 0 }, { data.train.rows, data.train.columns,
      data.validation.fold_in.rows, data.test.held_out.rows })
  end)

  it("may hold out nobody", function()
    local data = cf.split.strong(stairs(), { validation = 0, test = 0 })
    assert.are.same({ 12, 0, 0 }, { data.train.rows, data.validation.fold_in.rows,
      data.test.fold_in.rows })
  end)

  it("says what is wrong", function()
    local x = stairs()
    check.raises_here("split.strong: expected interactions", cf.split.strong, x:bag())
    check.raises_here("1000 + 1000 users are to be held out, and there are 12", cf.split.strong, x)
    check.raises_here('option "fold_in": expected a number between 0 and 1, got 1',
      cf.split.strong, x, { fold_in = 1 })
    check.raises_here('option "test": expected a number from 0 up, got -1', cf.split.strong, x,
      { test = -1 })
  end)
end)

describe("split.leave_one_out", function()
  local function timed()
    return cf.interactions({ users = { 1, 1, 1, 2, 2, 3 }, items = { 4, 2, 3, 1, 2, 2 },
      times = { 10, 30, 20, 5, 5, 1 }, columns = 6 })
  end

  it("leaves out the latest, of equals the last of the file", function()
    local data = cf.split.leave_one_out(timed(), { negatives = 2 })
    assert.are.same({ 1, 2 }, data.test.users:totable())
    assert.are.same({ 2, 2 }, data.test.positives:totable())
    assert.are.same({ 3, 4, 1, 2 }, data.train.ids:totable())
    assert.are.same({ 0, 2, 3, 4 }, data.train.offsets:totable())
  end)

  it("draws negatives that the user does not have, each once", function()
    local x = random_interactions(2, 40, 30, 500)
    local data = cf.split.leave_one_out(x, { by = "random", negatives = 8, seed = 5 })
    local bag = data.test.negatives
    for i = 1, #data.test.users do
      local own, known = x:row(data.test.users[i]), {}
      for j = 1, #own do
        known[own[j]] = true
      end
      assert.is_true(known[data.test.positives[i]])
      local from, to = bag.offsets[i] + 1, bag.offsets[i + 1]
      assert.are.equal(math.min(8, 30 - #own), to - from + 1)
      for e = from, to do
        assert.is_nil(known[bag.ids[e]])
        assert.is_true(e == from or bag.ids[e] > bag.ids[e - 1])
      end
    end
    local again = cf.split.leave_one_out(x, { by = "random", negatives = 8, seed = 5 })
    assert.are.equal(data.test.positives, again.test.positives)
    assert.are.equal(bag.ids, again.test.negatives.ids)
  end)

  it("leaves out what is told", function()
    local data = cf.split.leave_one_out(timed(), { by = { 4, 0, 2 }, negatives = 9, least = 1 })
    assert.are.same({ 1, 3 }, data.test.users:totable())
    assert.are.same({ 4, 2 }, data.test.positives:totable())
    assert.are.same({ 1, 5, 6, 1, 3, 4, 5, 6 }, data.test.negatives.ids:totable())
    assert.are.same({ 2, 3, 1, 2 }, data.train.ids:totable())
  end)

  it("says what is wrong", function()
    local split = cf.split.leave_one_out
    check.raises_here("the interactions have no times", split, stairs())
    check.raises_here('option "by": "date" is not "time"', split, stairs(), { by = "date" })
    check.raises_here("by: 1 items for 3 users", split, timed(), { by = { 1 } })
    check.raises_here("by[1]: user 1 has no item 5", split, timed(), { by = { 5, 1, 2 } })
  end)
end)
