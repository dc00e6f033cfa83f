-- Interactions from files: lines of "user item [rating [time]]" or "user item item ...", the CSV of
-- MovieLens, the files of Mult-VAE's preprocessing (pro_sg), NCF's.

local core = require("steelyard.core")
local interactions = require("steelyard.collaborative.interactions")
local options = require("steelyard.options")

local allowed = {
  format = { type = "string", default = "auto",
    one_of = { "auto", "ratings", "adjacency", "movielens", "pro_sg", "ncf" } },
  numbering = { type = "string", one_of = { "appearance", "number" }, default = "appearance" },
  min_rating = { type = "number" },
  ratings = { type = "boolean", default = false },
  times = { type = "boolean", default = false },
  columns = { type = "table" },
  join = { type = "boolean", default = false },
}

local LINES = { auto = "auto", ratings = "ratings", adjacency = "adjacency", movielens = "named",
  pro_sg = "named", ncf = "ratings" }
local FIELDS = { user = { type = "string|integer" }, item = { type = "string|integer" },
  rating = { type = "string|integer" }, time = { type = "string|integer" } }

local function settings(o)
  local given = { lines = LINES[o.format], join = o.join, by_number = o.numbering == "number",
    ratings = o.ratings, times = o.times, least = o.min_rating }
  for field, column in pairs(options.check("read: columns", o.columns, FIELDS)) do
    given[field] = type(column) == "number" and ("%d"):format(column) or column
    if given[field] == "" or type(column) == "number" and (column < 1 or column > 9999) then
      options.fail("read: columns.%s: %s is no column", field, options.show(column))
    end
  end
  return given
end

local function part(read, i, names)
  local offsets, ids, weights, places, pairs_read = read:part(i)
  local x = interactions.wrap(offsets, ids, weights, #names.item_names, names)
  x.places, x.merged = places, pairs_read - x.count
  return x
end

-- Interactions of each file, with common names, or of all files as one; or nil and a message.
local function read_files(paths, o)
  local read, message = core.interactions_read(paths, settings(o))
  if not read then
    return nil, message
  end
  local names = { user_names = read:users(), item_names = read:items() }
  local list = {}
  for i = 1, o.join and 1 or #paths do
    list[i] = part(read, i, names)
  end
  return list
end

-- -------------------------------------------------------------------------- pro_sg's folder --

local function without_empty(x, other)
  local sizes, others, kept = x:row_sizes(), other and other:row_sizes(), {}
  for row = 1, x.rows do
    if sizes[row] > 0 or others and others[row] > 0 then
      kept[#kept + 1] = row
    end
  end
  return x:pick(kept), other and other:pick(kept)
end

local PARTS = { "train", "validation_tr", "validation_te", "test_tr", "test_te" }

-- {train, validation = {fold_in, held_out}, test}, as split.strong gives.
local function read_folder(folder, o)
  local paths = {}
  for i, name in ipairs(PARTS) do
    paths[i] = folder:gsub("/+$", "") .. "/" .. name .. ".csv"
  end
  o.join = false
  local list, message = read_files(paths, o)
  if not list then
    return nil, message
  end
  local result = { train = without_empty(list[1]), validation = {}, test = {} }
  local v, t = result.validation, result.test
  v.fold_in, v.held_out = without_empty(list[2], list[3])
  t.fold_in, t.held_out = without_empty(list[4], list[5])
  return result
end

local function is_folder(path)
  local file = io.open(path:gsub("/+$", "") .. "/train.csv")
  if file then
    file:close()
  end
  return file ~= nil
end

-- ------------------------------------------------------------------------------------ public --

--- Read a file, or several with common numbers of users and items (a list is given back) or as one
-- (join = true). format: "auto" goes by the first lines. A folder of pro_sg's train.csv,
-- validation_tr.csv ... gives {train, validation = {fold_in, held_out}, test}.
-- @return interactions, a list of them or a split; or nil and a message
local function call(_, path, given)
  local o = options.check("read", given, allowed)
  if type(path) == "string" then
    if o.format == "pro_sg" and is_folder(path) then
      return read_folder(path, o)
    end
    local list, message = read_files({ path }, o)
    return list and list[1], message
  end
  options.need(type(path) == "table" and #path > 0, "read: path", "a path or a list of paths", path)
  for i, one in ipairs(path) do
    options.need(type(one) == "string", ("read: path[%d]"):format(i), "a path", one)
  end
  local list, message = read_files(path, o)
  if list and o.join then
    return list[1]
  end
  return list, message
end

return setmetatable({ options = { read = allowed } }, { __call = call })
