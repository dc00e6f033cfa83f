-- Interactions: who chose what, a row of items for each user (steelyard/sparse.h).

local core = require("steelyard.core")
local options = require("steelyard.options")

local Interactions = {}
Interactions.__index = Interactions

local new_options = {
  users = { type = "array" },
  items = { type = "array" },
  values = { type = "array" },
  times = { type = "array" },
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

-- A bag with the names and columns of other interactions.
local function like(x, bag)
  return wrap(bag, { columns = x.columns, user_names = x.user_names, item_names = x.item_names })
end

local function need(where, name, value)
  options.need(getmetatable(value) == Interactions, where .. ": " .. name, "interactions", value)
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
  return core.sparse_sizes(self)
end

--- The user of each entry: i32.
function Interactions:codes()
  return core.sparse_codes(self)
end

--- How many users each item has: i64.
function Interactions:item_counts()
  return core.sparse_counts(self, self.columns)
end

--- The items of a user: a view.
function Interactions:row(user)
  if type(user) ~= "number" or user % 1 ~= 0 or user < 1 or user > self.rows then
    options.fail("interactions:row: user %s is not from 1 to %d", options.show(user), self.rows)
  end
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
  options.need_numbers("interactions:pick: rows", rows)
  local list = core.array.is(rows) and rows or core.array(rows, "i64")
  return wrap(core.sparse_pick(self, list), { columns = self.columns,
    user_names = picked(self.user_names, list), item_names = self.item_names })
end

--- Those of some items (their numbers), which are numbered anew in that order.
function Interactions:keep_items(list)
  options.need_numbers("interactions:keep_items: items", list)
  local places, n = core.array.zeros(self.columns, "i32"), #list
  for i = 1, n do
    local item = list[i]
    if type(item) ~= "number" or item % 1 ~= 0 or item < 1 or item > self.columns then
      options.fail("interactions:keep_items: items[%d]: %s is not from 1 to %d", i,
        options.show(item), self.columns)
    elseif places[item] ~= 0 then
      options.fail("interactions:keep_items: items[%d]: %d stands twice", i, item)
    end
    places[item] = i
  end
  return wrap(core.sparse_keep(self, places, n), { columns = n, user_names = self.user_names,
    item_names = picked(self.item_names, list) })
end

--- The entries whose flag (an i32 array, a number for each entry) is `wanted` (1).
function Interactions:select(flags, wanted)
  return like(self, core.sparse_select(self, flags, wanted or 1))
end

local function same_shape(where, x, y)
  need(where, "the other", y)
  if x.rows ~= y.rows or x.columns ~= y.columns then
    options.fail("%s: %d users and %d items, and the other has %d and %d", where, x.rows, x.columns,
      y.rows, y.columns)
  end
end

--- What either has, of interactions with the same users and items: the larger value, where values
-- are (1, where only the other has some).
function Interactions:union(other)
  same_shape("interactions:union", self, other)
  local function joined(of)
    return core.array.concat({ of(self), of(other) })
  end
  local function weights(x)
    return x.weights or core.array.zeros(x.count, "f32"):fill(1)
  end
  local users, items = joined(self.codes), joined(function(x)
    return x.ids
  end)
  local times = self.times and other.times and joined(function(x)
    return x.times
  end)
  return like(self, (core.sparse_build(users, items,
    (self.weights or other.weights) and joined(weights) or nil, self.rows, self.columns, times)))
end

--- What this has and the other has not, of interactions with the same users and items.
function Interactions:minus(other)
  same_shape("interactions:minus", self, other)
  return self:select(core.sparse_within(self, other), 0)
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
  return wrap((core.sparse_build(self.ids, self:codes(), self.weights, self.columns, self.rows,
    self.times)),
    { columns = self.rows, user_names = self.item_names, item_names = self.user_names })
end

local function largest(list)
  local most = 0
  for i = 1, #list do
    most = math.max(most, list[i])
  end
  return most
end

local function size_of(key, given, names, list)
  local size = given or names and #names or largest(list)
  if size < 0 then
    options.fail("collaborative.interactions: %s: expected a whole number from 0 up, got %d", key,
      size)
  elseif names and #names ~= size then
    options.fail("collaborative.interactions: %d names for %d %s", #names, size, key)
  end
  return size
end

--- Interactions of pairs: codes of users and items from 1, in any order. Pairs that are there twice
-- become one, with the larger value and the later time; `merged` says how many did.
local function new(_, given)
  local o = options.check("collaborative.interactions", given, new_options)
  for _, key in ipairs({ "users", "items" }) do
    options.need_numbers("collaborative.interactions: " .. key, o[key])
  end
  local rows = size_of("rows", o.rows, o.user_names, o.users)
  local columns = size_of("columns", o.columns, o.item_names, o.items)
  local bag, merged = core.sparse_build(o.users, o.items, o.values, rows, columns, o.times)
  return wrap(bag, { columns = columns, merged = merged, user_names = o.user_names,
    item_names = o.item_names })
end

--- Is the value interactions?
local function is(value)
  return getmetatable(value) == Interactions
end

return setmetatable({ wrap = wrap, is = is,
  options = { new = new_options, filter = filter_options } }, { __call = new })
