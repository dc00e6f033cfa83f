-- Interactions with the items of a model: columns renumbered by names, unknown items left out.

local core = require("steelyard.core")
local interactions = require("steelyard.collaborative.interactions")
local options = require("steelyard.options")

--- x with the columns of item_names (a list), and how many entries are of items not among them.
return function(x, item_names)
  options.need(type(x) == "table" and x.item_names, "collaborative.align",
    "interactions with names of items", x)
  local place = {}
  for i, name in ipairs(item_names) do
    place[name] = i
  end
  local places = core.array.zeros(x.columns, "i32")
  for j, name in ipairs(x.item_names) do
    places[j] = place[name] or 0
  end
  local bag = core.sparse_keep(x, places, #item_names)
  local known = interactions.wrap(bag, { columns = #item_names, user_names = x.user_names,
    item_names = item_names })
  return known, x.count - known.count
end
