-- Small sparse matrices for specs of recommenders.
local sy = require "steelyard"

local bags = {}

--- A bag with `columns` items of lists of item numbers; weights: as many lists, or nil.
function bags.of(columns, lists, weights)
  local ids, offsets, numbers = {}, { 0 }, weights and {} or nil
  for row, list in ipairs(lists) do
    for at, id in ipairs(list) do
      ids[#ids + 1] = id
      if numbers then
        numbers[#numbers + 1] = weights[row][at]
      end
    end
    offsets[row + 1] = #ids
  end
  return { ids = sy.array(ids, "i32"), offsets = sy.array(offsets, "i64"), columns = columns,
    rows = #lists, weights = numbers and sy.array(numbers, "f32") }
end

--- A random one, in which each pair is there with a probability; weighted: weights from 1/8 to 2.
function bags.random(rows, columns, share, seed, weighted)
  local random, lists, weights = sy.random(seed), {}, weighted and {} or nil
  for r = 1, rows do
    lists[r] = {}
    if weights then
      weights[r] = {}
    end
    for c = 1, columns do
      if random:uniform() < share then
        table.insert(lists[r], c)
        if weights then
          table.insert(weights[r], random:below(16) / 8)
        end
      end
    end
  end
  return bags.of(columns, lists, weights)
end

--- Rows of numbers, zeroes too.
function bags.dense(bag)
  local rows = {}
  for r = 1, #bag.offsets - 1 do
    rows[r] = {}
    for c = 1, bag.columns do
      rows[r][c] = 0
    end
    for e = bag.offsets[r] + 1, bag.offsets[r + 1] do
      rows[r][bag.ids[e]] = bag.weights and bag.weights[e] or 1
    end
  end
  return rows
end

--- The Gram matrix of columns.
function bags.gram(bag)
  local dense, gram = bags.dense(bag), {}
  for i = 1, bag.columns do
    gram[i] = {}
    for j = 1, bag.columns do
      local sum = 0
      for _, row in ipairs(dense) do
        sum = sum + row[i] * row[j]
      end
      gram[i][j] = sum
    end
  end
  return gram
end

--- A row's items as a set, and how many there are.
function bags.row_set(bag, r)
  local set, n = {}, 0
  for e = bag.offsets[r] + 1, bag.offsets[r + 1] do
    set[bag.ids[e]], n = true, n + 1
  end
  return set, n
end

--- By a full sort: the item numbers of a row of scores, best first, without those in a set.
function bags.ranked(row, seen)
  local order = {}
  for i = 1, #row do
    order[#order + 1] = not seen[i] and i or nil
  end
  table.sort(order, function(a, b)
    if row[a] ~= row[b] then
      return row[a] > row[b]
    end
    return a < b
  end)
  return order
end

return bags
