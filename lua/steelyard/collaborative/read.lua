-- Interactions from files.

local core = require("steelyard.core")
local interactions = require("steelyard.collaborative.interactions")
local options = require("steelyard.options")

local read_options = {
  format = { type = "string", default = "auto",
    one_of = { "auto", "ratings", "adjacency", "movielens", "pro_sg" } },
  min_rating = { type = "number" },
  join = { type = "boolean", default = false },
  numbering = { type = "string", one_of = { "name", "appearance" }, default = "name" },
  ratings = { type = "boolean", default = false },
  times = { type = "boolean", default = false },
}

local function check_paths(paths)
  local list = type(paths) == "table" and paths or { paths }
  for i = 1, math.max(1, #list) do
    options.need(type(list[i]) == "string", "collaborative.read: path", "a text, or a list of some",
      list[i])
  end
  return list
end

--- Interactions from a file, or from several with the same users and items: a list of interactions,
-- with join one of all. Fields of lines are parted by tabs, blanks, commas or `::`.
-- @return interactions or a list of them, or nil and a message
local function read(_, paths, given)
  local o = options.check("collaborative.read", given, read_options)
  local list = check_paths(paths)
  local found, message = core.interactions_read(list, o.format, o.numbering == "name",
    o.min_rating, o.ratings, o.times)
  if not found then
    return nil, message
  end
  local user_names, item_names = found:names()
  local function part(first, last)
    local bag, merged = found:bag(first, last)
    return interactions.wrap(bag, { columns = #item_names, merged = merged,
      user_names = user_names, item_names = item_names })
  end
  local result
  if type(paths) == "string" or o.join then
    result = part(1, #list)
  else
    result = {}
    for i = 1, #list do
      result[i] = part(i, i)
    end
  end
  found:release()
  return result
end

return setmetatable({ options = read_options }, { __call = read })
