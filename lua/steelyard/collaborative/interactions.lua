-- Interactions: who chose what, a row of items for each user (steelyard/sparse.h).

local core = require("steelyard.core")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

local Interactions = {}
Interactions.__index = Interactions

local new_options = {
  users = { type = "array" },
  items = { type = "array" },
  values = { type = "array" },
  rows = { type = "integer" },
  columns = { type = "integer" },
  user_names = { type = "list" },
  item_names = { type = "list" },
}

local function wrap(bag, fields)
  for key, value in pairs(bag) do
    fields[key] = value
  end
  fields.rows, fields.count = #bag.offsets - 1, bag.offsets[#bag.offsets]
  return setmetatable(fields, Interactions)
end

Interactions.__tostring = function(self)
  return ("interactions: %d users, %d items, %d pairs"):format(self.rows, self.columns, self.count)
end

--- The bag {ids, offsets, weights} that networks and losses read.
function Interactions:bag()
  return { ids = self.ids, offsets = self.offsets, weights = self.weights }
end

--- How many items each user has: i64.
function Interactions:row_sizes()
  local sizes = core.array(self.rows, "i64")
  for row = 1, self.rows do
    sizes[row] = self.offsets[row + 1] - self.offsets[row]
  end
  return sizes
end

--- The user of each entry: i32.
function Interactions:codes()
  return core.sparse_codes(self:bag())
end

--- How many users each item has: i64.
function Interactions:item_counts()
  local ones = core.array(self.count):fill(1)
  return core.array(vector.group_sums(ones, self.ids, self.columns), "i64")
end

--- The items of a user: a view.
function Interactions:row(user)
  return self.ids:slice(self.offsets[user] + 1, self.offsets[user + 1])
end

local function picked(names, rows)
  local list = names and {}
  for i = 1, names and #rows or 0 do
    list[i] = names[rows[i]]
  end
  return list
end

--- The interactions of some users (numbers from 1), in that order.
function Interactions:pick(rows)
  local list = core.array.is(rows) and rows or core.array(rows, "i64")
  return wrap(core.sparse_pick(self:bag(), list), { columns = self.columns,
    user_names = picked(self.user_names, list), item_names = self.item_names })
end

--- Those of some items (their numbers, ascending), which are numbered anew.
function Interactions:keep_items(list)
  local place, codes = {}, self:codes()
  for i = 1, #list do
    place[list[i]] = i
  end
  local n = 0
  for e = 1, self.count do
    n = n + (place[self.ids[e]] and 1 or 0)
  end
  local users, items = core.array(n, "i32"), core.array(n, "i32")
  local values, at = self.weights and core.array(n, "f32"), 0
  for e = 1, self.count do
    local item = place[self.ids[e]]
    if item then
      at = at + 1
      users[at], items[at] = codes[e], item
      if values then
        values[at] = self.weights[e]
      end
    end
  end
  return wrap((core.sparse_build(users, items, values, self.rows, #list)),
    { columns = #list, user_names = self.user_names, item_names = picked(self.item_names, list) })
end

--- Interactions of pairs with the users and items of others.
function Interactions.like(users, items, x)
  return wrap((core.sparse_build(users, items, nil, x.rows, x.columns)), { columns = x.columns,
    user_names = x.user_names, item_names = x.item_names })
end

local filter_options = {
  users_at_least = { type = "integer", default = 0 },
  items_at_least = { type = "integer", default = 0 },
  order = { type = "string", one_of = { "items_first", "users_first" }, default = "items_first" },
}

local function numbers_at_least(counts, least)
  local list = {}
  for i = 1, #counts do
    if counts[i] >= least then
      list[#list + 1] = i
    end
  end
  return list
end

--- Only users and items with so many of the other: one pass each, as the papers do.
function Interactions:filter(given)
  local o = options.check("interactions:filter", given, filter_options)
  local x = self
  local function by_items()
    local list = numbers_at_least(x:item_counts(), o.items_at_least)
    x = #list < x.columns and x:keep_items(list) or x
  end
  if o.order == "items_first" then
    by_items()
  end
  local users = numbers_at_least(x:row_sizes(), o.users_at_least)
  x = #users < x.rows and x:pick(users) or x
  if o.order == "users_first" then
    by_items()
  end
  return x
end

--- Items as rows, users as columns.
function Interactions:transpose()
  return wrap((core.sparse_build(self.ids, self:codes(), self.weights, self.columns, self.rows)),
    { columns = self.rows, user_names = self.item_names, item_names = self.user_names })
end

--- Interactions of pairs: codes of users and items from 1, in any order. Pairs that are there twice
-- become one, with the larger value; `merged` says how many did.
local function new(_, given)
  local o = options.check("collaborative.interactions", given, new_options)
  for _, key in ipairs({ "users", "items" }) do
    options.need_numbers("collaborative.interactions: " .. key, o[key])
  end
  local function largest(list)
    local most = 0
    for i = 1, #list do
      most = math.max(most, list[i])
    end
    return most
  end
  local rows = o.rows or o.user_names and #o.user_names or largest(o.users)
  local columns = o.columns or o.item_names and #o.item_names or largest(o.items)
  local bag, merged = core.sparse_build(o.users, o.items, o.values, rows, columns)
  local n = bag.offsets[rows + 1]
  bag.ids = bag.ids:slice(1, n)
  bag.weights = bag.weights and bag.weights:slice(1, n)
  return wrap(bag, { columns = columns, merged = merged, user_names = o.user_names,
    item_names = o.item_names })
end

return setmetatable({ options = { new = new_options, filter = filter_options } }, { __call = new })
