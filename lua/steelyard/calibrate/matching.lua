-- The same rows in two data sets, or in two tables of columns: which row of the one is which of the
-- other.

local columns = require("steelyard.dataset.columns")
local core = require("steelyard.core")
local dataset = require("steelyard.dataset")
local groups = require("steelyard.groups")
local methods = require("steelyard.dataset.methods")
local options = require("steelyard.options")

local matching = {}

-- The key columns of both data sets, one behind the other.
local function joined_keys(where, before, after, item)
  local first, second = methods.keys(before, item), methods.keys(after, item)
  if not first or not second then
    options.fail('%s: join = "items": %s has no item names (item=)', where,
      first and "after" or "before")
  elseif #first ~= #second then
    options.fail("%s: the requests of before and after are told by different columns", where)
  end
  local list = {}
  for i = 1, #first do
    local joined = columns.join(first[i], second[i])
    if not joined then
      options.fail("%s: column %s holds numbers in one and texts in the other", where,
        first[i].name)
    end
    list[i] = joined.values or joined
  end
  return list
end

-- Both have the same requests, row by row.
local function check_rows(where, before, after)
  for _, both in ipairs(joined_keys(where, before, after)) do
    if both:slice(1, before.size) ~= both:slice(before.size + 1, 2 * before.size) then
      options.fail('%s: before and after have other requests, or in another order (join = "items" '
        .. "looks rows up)", where)
    end
  end
  if before.groups.offsets ~= after.groups.offsets then
    options.fail("%s: before and after have requests of other sizes", where)
  end
end

-- A row as a person calls it: by the values of its key columns.
local function name_row(data, row)
  local parts = {}
  for i, key in ipairs(methods.keys(data, true)) do
    local value = key.values[row]
    parts[i] = ("%s %s"):format(key.name,
      key.names and options.show(key.names[value]) or ("%.14g"):format(value))
  end
  return table.concat(parts, ", ")
end

-- For each row of before, the one of after with its request and item (of several, in their order).
local function match_items(where, before, after)
  local n = before.size
  local layout = groups.combine(joined_keys(where, before, after, true), 2 * n)
  local rows, bad = core.match_rows(layout.offsets, layout.order, n)
  if not rows then
    local owner, row = bad <= n and before or after, bad <= n and bad or bad - n
    options.fail("%s: %s is not as often in before as in after", where, name_row(owner, row))
  end
  return rows, n - layout.count
end

local function check_sizes(where, before, after)
  if before ~= after then
    options.fail("%s: before has %d rows, but after has %d", where, before, after)
  end
end

--- The rows of after in the order of before's: an i64 array, or nil where they stand so already;
-- and how many rows have the key of one before them, so that they were matched by their order.
-- join: "rows" or "items" (data sets only).
function matching.rows(where, before, after, join)
  if not dataset.is(before) or not dataset.is(after) then
    if join == "items" then
      options.fail('%s: join = "items" needs two data sets', where)
    end
    return nil, 0
  end
  check_sizes(where, before.size, after.size)
  if join == "items" then
    return match_items(where, before, after)
  end
  if before.groups ~= after.groups then
    check_rows(where, before, after)
  end
  return nil, 0
end

return matching
