-- The test sets of NCF (He et al., WWW 2017): of each user one item, and items to rank it among.

local core = require("steelyard.core")
local interactions = require("steelyard.collaborative.interactions")
local options = require("steelyard.options")

local allowed = { user_names = { type = "list" }, item_names = { type = "list" } }

local function places_of(names)
  local place = {}
  for i, name in ipairs(names) do
    place[name] = i
  end
  return place
end

-- The number of a name; a new one, where there is no list that tells.
local function number_of(name, names, place, given)
  if not place[name] and not given then
    names[#names + 1] = name
    place[name] = #names
  end
  return place[name]
end

-- Numbers of the names in a list, or nil and the name that has none.
local function numbers_of(list, names, place, given)
  local numbers = {}
  for i, name in ipairs(list) do
    numbers[i] = number_of(name, names, place, given)
    if not numbers[i] then
      return nil, name
    end
  end
  return numbers
end

local function pairs_of(path, list)
  local users, items = {}, {}
  for i, text in ipairs(list) do
    users[i], items[i] = text:match("^%(([^,]+),([^,]+)%)$")
    if not users[i] then
      return nil, ("%s: %q is not of the form (user,item)"):format(path, text)
    end
  end
  return users, items
end

--- Read lines "(user,item)\tnegative\tnegative ...". user_names, item_names: lists (those of the
-- interactions trained on) by which users and items are numbered; without them as they appear.
-- @return {users = numbers (i64), positives = item numbers (i32), negatives = interactions, a row
--   for each, user_names, item_names}, or nil and a message
return setmetatable({ options = { read_negatives = allowed } }, {
  __call = function(_, path, given)
    local o = options.check("read_negatives", given, allowed)
    options.need(type(path) == "string", "read_negatives: path", "a path", path)
    local read, message = core.interactions_read({ path }, { lines = "blanks" })
    if not read then
      return nil, message
    end
    local users, items = pairs_of(path, read:users())
    if not users then
      return nil, items
    end
    local user_names, item_names = o.user_names or {}, o.item_names or {}
    local user_place, item_place = places_of(user_names), places_of(item_names)
    local rows, unknown = numbers_of(users, user_names, user_place, o.user_names)
    if not rows then
      return nil, ("%s: user %q is not among user_names"):format(path, unknown)
    end
    local positives, columns
    positives, unknown = numbers_of(items, item_names, item_place, o.item_names)
    if positives then
      columns, unknown = numbers_of(read:items(), item_names, item_place, o.item_names)
    end
    if not columns then
      return nil, ("%s: item %q is not among item_names"):format(path, unknown)
    end
    local offsets, ids = read:part(1)
    local codes = core.sparse_codes({ offsets = offsets, ids = ids })
    return {
      users = core.array(rows, "i64"), positives = core.array(positives, "i32"),
      negatives = interactions({ users = codes, items = core.array(columns, "i32"):gather(ids),
        rows = #rows, columns = #item_names, item_names = item_names }),
      user_names = user_names, item_names = item_names,
    }
  end,
})
