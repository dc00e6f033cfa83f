-- Who chose what: users by items, as a sparse matrix by rows, with names.
--
--   local x = cf.interactions({ users = { 1, 1, 2 }, items = { 3, 1, 3 } })
--   x.rows, x.columns, x.count      2, 3, 3
--   x.ids, x.offsets, x.weights     a bag: row i has ids[offsets[i] + 1] .. ids[offsets[i + 1]]
--   x.places                        f32, where times are known: the later entry has the larger one
--
-- Nothing changes interactions once they are made: methods give new ones.

local core = require("steelyard.core")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

local interactions = {}
local Interactions = {}
Interactions.__index = Interactions

local allowed = {
  users = { type = "array" },
  items = { type = "array" },
  values = { type = "array" },
  times = { type = "array" },
  rows = { type = "integer" },
  columns = { type = "integer" },
  user_names = { type = "list" },
  item_names = { type = "list" },
}
interactions.options = { interactions = allowed }

--- Is the value interactions?
function interactions.is(value)
  return getmetatable(value) == Interactions
end

-- Weights that are all 1 say nothing.
local function weights_or_none(weights)
  if weights and #weights > 0 and weights:min() == 1 and weights:max() == 1 then
    return nil
  end
  return weights
end

--- Interactions of a bag's fields, which fit each other, and names (lists, or nil).
function interactions.wrap(offsets, ids, weights, columns, names)
  return setmetatable({
    offsets = offsets, ids = ids, weights = weights_or_none(weights), rows = #offsets - 1,
    columns = columns, count = #ids, merged = 0, user_names = names and names.user_names,
    item_names = names and names.item_names,
  }, Interactions)
end

-- How many rows or columns there are: as told, or as many as there are names, or as codes say.
local function extent(where, told, names, codes)
  if told and names and #names ~= told then
    options.fail("interactions: %s are %d, but there are %d names", where, told, #names)
  end
  if told and told < 0 then
    options.fail("interactions: %s: expected a number from 0 up, got %s", where, told)
  end
  return told or names and #names or #codes > 0 and codes:max() or 0
end

local function codes_of(name, values)
  options.need(values ~= nil, "interactions: " .. name, "an array of numbers", values)
  options.need_numbers("interactions: " .. name, values)
  local ok, codes = pcall(core.array, values, "i32")
  if not ok then
    options.fail("interactions: %s: %s", name, (tostring(codes):gsub("^.-:%d+: ", "")))
  end
  return codes
end

local function new(_, given)
  local o = options.check("interactions", given, allowed)
  local users, items = codes_of("users", o.users), codes_of("items", o.items)
  local rows = extent("rows", o.rows, o.user_names, users)
  local columns = extent("columns", o.columns, o.item_names, items)
  local offsets, ids, weights, merged, places = core.sparse_build(users, items, o.values, rows,
    columns, o.times)
  local x = interactions.wrap(offsets, ids, weights, columns, o)
  x.merged, x.places = merged, places
  return x
end

-- What an operation on bags makes of x: its matrix, and its places, which go where weights would.
local function through(x, columns, names, operation)
  local offsets, ids, weights = operation(x)
  local made = interactions.wrap(offsets, ids, nil, columns, names)
  made.weights = weights
  if x.places then
    local _
    _, _, made.places = operation({ ids = x.ids, offsets = x.offsets, weights = x.places })
  end
  return made
end

--- The matrix alone: {ids, offsets, weights}.
function Interactions:bag()
  return { ids = self.ids, offsets = self.offsets, weights = self.weights }
end

-- The list's members at some places, or nil where there is no list.
local function names_at(names, places)
  if not names then
    return nil
  end
  local picked = {}
  for i = 1, #places do
    picked[i] = names[places[i]]
  end
  return picked
end

local function rows_of(where, rows)
  options.need_numbers(where .. ": rows", rows)
  return core.array.is(rows) and rows or core.array(rows, "i64")
end

--- Some rows, in the order given. rows: a list or an i64 array of row numbers, a row any number of
-- times. O(entries picked).
function Interactions:pick(rows)
  rows = rows_of("pick", rows)
  local names = { user_names = names_at(self.user_names, rows), item_names = self.item_names }
  return through(self, self.columns, names, function(bag)
    return core.sparse_pick(bag, rows)
  end)
end

-- The numbers of the items to keep, of a list or array of them, or of one flag an item.
local function chosen(self, items)
  if type(items) == "function" then
    local list = {}
    for i = 1, self.columns do
      if items(i) then
        list[#list + 1] = i
      end
    end
    return list
  end
  options.need(type(items) == "table" or core.array.is(items), "keep_items: items",
    "a list of item numbers, a list of booleans or a function", items)
  if type(items[1]) ~= "boolean" then
    return items
  end
  if #items ~= self.columns then
    options.fail("keep_items: %d booleans for %d items", #items, self.columns)
  end
  local list = {}
  for i, keep in ipairs(items) do
    if keep then
      list[#list + 1] = i
    end
  end
  return list
end

--- Only some items, which get the numbers of their places. items: a list or array of item numbers,
-- each once; a list with a boolean for each item; or a function of an item's number. No row goes.
function Interactions:keep_items(items)
  local kept = chosen(self, items)
  local map = core.array(self.columns, "i32")
  for place = 1, #kept do
    local item = kept[place]
    if type(item) ~= "number" or item < 1 or item > self.columns or item % 1 ~= 0 then
      options.fail("keep_items: items[%d]: %s is not from 1 to %d", place, options.show(item),
        self.columns)
    elseif map[item] ~= 0 then
      options.fail("keep_items: items[%d]: %d comes twice", place, item)
    end
    map[item] = place
  end
  local names = { user_names = self.user_names, item_names = names_at(self.item_names, kept) }
  return through(self, #kept, names, function(bag)
    return core.sparse_renumber(bag, self.columns, map, #kept)
  end)
end

local filter_options = {
  min_rating = { type = "number" },
  users_at_least = { type = "integer", default = 0 },
  items_at_least = { type = "integer", default = 0 },
  order = { type = "string", one_of = { "items_first", "users_first" }, default = "items_first" },
}
interactions.options.filter = filter_options

local function at_least(counts, least)
  local kept = {}
  for i = 1, #counts do
    if counts[i] >= least then
      kept[#kept + 1] = i
    end
  end
  return kept
end

local function enough_items(x, least)
  local kept = least > 0 and at_least(x:item_counts(), least)
  return kept and #kept < x.columns and x:keep_items(kept) or x
end

local function enough_users(x, least)
  local kept = least > 0 and at_least(x:row_sizes(), least)
  return kept and #kept < x.rows and x:pick(kept) or x
end

local function rated(x, least)
  if not x.weights then
    if least <= 1 then
      return x
    end
    options.fail("filter: min_rating is %g, but there are no ratings (read them with "
      .. "ratings = true, or with min_rating)", least)
  end
  return x:part(core.sparse_reaching(x, least))
end

--- The entries with a flag (an i32 array, one for each entry) that is not 0; or, with other, those
-- where it is 0.
function Interactions:part(flags, other)
  return through(self, self.columns, self, function(bag)
    return core.sparse_part(bag, flags, other or false)
  end)
end

--- Leave out ratings below min_rating, then items with fewer than items_at_least users and users
-- with fewer than users_at_least items (or, with order = "users_first", users before items), in one
-- pass each: items may then have fewer users again.
function Interactions:filter(given)
  local o = options.check("filter", given, filter_options)
  local x = o.min_rating and rated(self, o.min_rating) or self
  if o.order == "users_first" then
    return enough_items(enough_users(x, o.users_at_least), o.items_at_least)
  end
  return enough_users(enough_items(x, o.items_at_least), o.users_at_least)
end

--- Items by users.
function Interactions:transpose()
  local offsets, ids, weights = core.sparse_transpose(self, self.columns)
  return interactions.wrap(offsets, ids, weights, self.rows,
    { user_names = self.item_names, item_names = self.user_names })
end

--- How many items each user has: an i64 array.
function Interactions:row_sizes()
  local n = self.rows
  return core.array(vector.subtract(self.offsets:slice(2, n + 1), self.offsets:slice(1, n)), "i64")
end

--- How many users each item has: an i64 array.
function Interactions:item_counts()
  return core.sparse_counts(self, self.columns)
end

--- The row of each entry: an i32 array.
function Interactions:codes()
  return core.sparse_codes(self)
end

--- One row's items: a view of ids; and of their weights, or nil.
function Interactions:row(i)
  if type(i) ~= "number" or i < 1 or i > self.rows or i % 1 ~= 0 then
    options.fail("row: %s is not from 1 to %d", options.show(i), self.rows)
  end
  local from, to = self.offsets[i] + 1, self.offsets[i + 1]
  return self.ids:slice(from, to), self.weights and self.weights:slice(from, to)
end

local function check_alike(where, a, b)
  options.need(interactions.is(b), where, "interactions", b)
  if a.rows ~= b.rows or a.columns ~= b.columns then
    options.fail("%s: %d x %d and %d x %d interactions", where, a.rows, a.columns, b.rows,
      b.columns)
  end
end

--- What is in either: of what is in both, the larger weight.
function Interactions:union(other)
  check_alike("union", self, other)
  local offsets, ids, weights = core.sparse_merge(self, other, false)
  return interactions.wrap(offsets, ids, weights, self.columns, self)
end

--- What is in these, and not in others.
function Interactions:minus(other)
  check_alike("minus", self, other)
  return through(self, self.columns, self, function(bag)
    return core.sparse_merge(bag, other, true)
  end)
end

function Interactions:__tostring()
  return ("interactions: %d users, %d items, %d pairs"):format(self.rows, self.columns, self.count)
end

return setmetatable(interactions, { __call = new })
