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
  local of = {}
  for j, name in ipairs(x.item_names) do
    of[j] = place[name] or 0
  end
  local codes, ids = x:codes(), x.ids
  local n = 0
  for entry = 1, #ids do
    n = n + (of[ids[entry]] > 0 and 1 or 0)
  end
  local users, items, at = core.array(n, "i32"), core.array(n, "i32"), 0
  for entry = 1, #ids do
    local item = of[ids[entry]]
    if item > 0 then
      at = at + 1
      users[at], items[at] = codes[entry], item
    end
  end
  return interactions({ users = users, items = items, rows = x.rows, columns = #item_names,
    user_names = x.user_names, item_names = item_names }), #ids - n
end
