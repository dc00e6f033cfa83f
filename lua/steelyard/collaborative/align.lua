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
  local map = core.array(x.columns, "i32")
  for j, name in ipairs(x.item_names) do
    map[j] = place[name] or 0
  end
  local offsets, ids, weights = core.sparse_renumber(x, x.columns, map, #item_names)
  return interactions.wrap(offsets, ids, weights, #item_names,
    { user_names = x.user_names, item_names = item_names }), x.count - #ids
end
