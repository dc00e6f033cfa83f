-- NCF's test files: a positive of each user, and the negatives that it is to be ranked among.

local core = require("steelyard.core")
local options = require("steelyard.options")
local read_lists = require("steelyard.collaborative.read")

local allowed = {
  user_names = { type = "list" },
  item_names = { type = "list" },
  unknown = { type = "string", one_of = { "refuse", "leave_out" }, default = "refuse" },
}

-- Numbers of names: those of the list, or, where there is none, as they come, in a list that grows.
local function numbers_of(names)
  local numbers, fresh = {}, not names and {}
  for i, name in ipairs(names or {}) do
    numbers[name] = i
  end
  return function(name)
    if fresh and not numbers[name] then
      fresh[#fresh + 1] = name
      numbers[name] = #fresh
    end
    return numbers[name]
  end, names or fresh
end

--- Read lines of "(user,item)" and items, separated by blanks: a positive and its negatives (each
-- of them once). user_names, item_names: the names whose numbers to give, as of interactions that
-- were read before; without them, numbers are by first appearance. unknown: a name that is not
-- among them is refused, or left out: the negative, or the whole line of a user or positive.
-- @return {users = i64, positives = i32, negatives = bag, unknown = negatives left out,
--   unknown_lines, user_names, item_names}, or nil and a message
return setmetatable({ options = allowed }, {
  __call = function(_, path, given)
    local o = options.check("read_negatives", given, allowed)
    options.need(type(path) == "string", "read_negatives: path", "a path", path)
    -- As lists of items of users called "(user,item)".
    local lists, message = read_lists(path, { format = "adjacency" })
    if not lists then
      return nil, message
    end
    local user_of, user_names = numbers_of(o.user_names)
    local item_of, item_names = numbers_of(o.item_names)
    local refuse = o.unknown == "refuse"
    local rows, users, positives, wrong = {}, {}, {}, nil
    for row, line in ipairs(lists.user_names) do
      local user, item = line:match("^%((.+),([^,]+)%)$")
      if not user then
        return nil, ("%s: expected lines that begin with (user,item), got %s"):format(path,
          options.show(line))
      end
      local u, i = user_of(user), item_of(item)
      if u and i then
        rows[#rows + 1], users[#users + 1], positives[#positives + 1] = row, u, i
      else
        wrong = wrong or ("%s: line of %s: %s %s has no number among the names given"):format(path,
          line, u and "item" or "user", options.show(u and item or user))
      end
    end
    if refuse and wrong then
      return nil, wrong
    end
    local unknown_lines = lists.rows - #rows
    lists = lists:pick(rows)
    local map = core.array(lists.columns, "i32")
    for j, name in ipairs(lists.item_names) do
      map[j] = item_of(name) or 0
      if refuse and map[j] == 0 then
        return nil, ("%s: item %s has no number among the names given"):format(path,
          options.show(name))
      end
    end
    local offsets, ids = core.sparse_renumber(lists, lists.columns, map, #item_names)
    return {
      users = core.array(users, "i64"), positives = core.array(positives, "i32"),
      negatives = { offsets = offsets, ids = ids }, unknown = lists.count - #ids,
      unknown_lines = unknown_lines, user_names = user_names, item_names = item_names,
    }
  end,
})
