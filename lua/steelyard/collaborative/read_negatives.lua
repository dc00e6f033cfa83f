-- NCF's test files: for each user a positive and the negatives that it is to be ranked among.

local core = require("steelyard.core")
local options = require("steelyard.options")

local allowed = {
  user_names = { type = "list" },
  item_names = { type = "list" },
  unknown = { type = "string", one_of = { "refuse", "leave_out" }, default = "refuse" },
}

-- The number that each name of a file has among the names given; 0: none.
local function places_of(names, given)
  local numbers, places = {}, core.array.zeros(#names, "i32")
  for i = 1, given and #given or 0 do
    numbers[given[i]] = i
  end
  for i, name in ipairs(names) do
    places[i] = given and (numbers[name] or 0) or i
  end
  return places
end

--- Lines of "(user,item)" and items: a positive, and negatives, by the names of other interactions
-- (none given: numbered as they come). unknown: a name that is not among those is refused, or its
-- negative, or the line of its user or positive, is left out.
-- @return {users = i64, positives = i32, negatives = bag, unknown, unknown_lines, user_names,
-- item_names}, or nil and a message
local function read(_, path, given)
  local o = options.check("collaborative.read_negatives", given, allowed)
  options.need(type(path) == "string", "collaborative.read_negatives: path", "a text", path)
  local found, message = core.interactions_read({ path }, "negatives", false, nil, false, false)
  if not found then
    return nil, message
  end
  local user_names, item_names = found:names()
  local users, items, starts, numbers = found:lines()
  found:release()
  local user_of, item_of = places_of(user_names, o.user_names), places_of(item_names, o.item_names)
  local test_users, positives, rows, ids = {}, {}, {}, {}
  local unknown, unknown_lines, lines = 0, 0, #starts
  local function refused(line, what, name)
    return nil, ("%s:%d: column %s: %s is not among the names given"):format(path, numbers[line],
      what, options.show(name))
  end
  for line = 1, lines do
    local first, last = starts[line] + 1, line < lines and starts[line + 1] or #items
    local user, positive = user_of[users[first]], item_of[items[first]]
    if o.unknown == "refuse" and user == 0 then
      return refused(line, "user", user_names[users[first]])
    elseif o.unknown == "refuse" and positive == 0 then
      return refused(line, "item", item_names[items[first]])
    elseif user == 0 or positive == 0 then
      unknown_lines = unknown_lines + 1
    else
      test_users[#test_users + 1], positives[#positives + 1] = user, positive
      for entry = first + 1, last do
        local item = item_of[items[entry]]
        if item > 0 then
          rows[#rows + 1], ids[#ids + 1] = #test_users, item
        elseif o.unknown == "refuse" then
          return refused(line, "item", item_names[items[entry]])
        else
          unknown = unknown + 1
        end
      end
    end
  end
  item_names = o.item_names or item_names
  return {
    users = core.array(test_users, "i64"), positives = core.array(positives, "i32"),
    negatives = (core.sparse_build(rows, ids, nil, #test_users, #item_names)),
    unknown = unknown, unknown_lines = unknown_lines,
    user_names = o.user_names or user_names, item_names = item_names,
  }
end

return setmetatable({ options = allowed }, { __call = read })
