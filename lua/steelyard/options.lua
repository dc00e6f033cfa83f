-- Options: one table with named fields, checked once. A name that is not known is an error that
-- says which one was meant; so is a value of the wrong type.

local core = require("steelyard.core")

local options = {}

--- A value as a message shows it: 3, "abc", nil, a table.
function options.show(value)
  local kind = type(value)
  if kind == "string" then
    return string.format("%q", value)
  elseif kind == "number" then
    return string.format(value % 1 == 0 and math.abs(value) < 2 ^ 53 and "%d" or "%.14g", value)
  elseif kind == "nil" or kind == "boolean" then
    return tostring(value)
  elseif core.array.is(value) then
    return "an array"
  elseif value == core.json_null then
    return "null"
  end
  return "a " .. kind
end

--- Raise an error, formatted as string.format does, at the line of the user who called into the
-- library.
function options.fail(format, ...)
  return core.fail(string.format(format, ...))
end

-- How many letters must be changed, added, taken away or swapped with their neighbour.
local function distance(a, b)
  local before, row = {}, {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local next_row = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      local best = math.min(row[j] + 1, next_row[j - 1] + 1, row[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        best = math.min(best, before[j - 2] + 1)
      end
      next_row[j] = best
    end
    before, row = row, next_row
  end
  return row[#b]
end

--- The word of a list that is nearest to `word`, or nil where none is near. Equals: the first by
-- name.
function options.nearest(word, list)
  local best, least = nil, math.max(1, math.floor(#word / 3)) + 1
  for i = 1, #list do
    local candidate = list[i]
    if math.abs(#candidate - #word) <= least then
      local d = distance(word, candidate)
      if d < least or (best and d == least and candidate < best) then
        best, least = candidate, d
      end
    end
  end
  return best
end

--- ` (did you mean "p_like"?)`, or nothing where no word of the list is near.
function options.hint(word, list)
  local nearest = options.nearest(tostring(word), list)
  return nearest and string.format(" (did you mean %q?)", nearest) or ""
end

--- The keys of a table that are texts, sorted.
function options.keys(map)
  local list = {}
  for key in pairs(map) do
    if type(key) == "string" then
      list[#list + 1] = key
    end
  end
  table.sort(list)
  return list
end

--- A new table with the fields of all: later ones take the place of earlier ones. nil adds nothing.
function options.merge(...)
  local all = {}
  for i = 1, select("#", ...) do
    for key, value in pairs((select(i, ...)) or {}) do
      all[key] = value
    end
  end
  return all
end

--- An argument of a wrong type is an error. value: the argument, expected: "text", "array or table
-- of numbers" ... for the message.
function options.need(good, name, expected, value)
  if not good then
    core.fail(string.format("%s: expected %s, got %s", name, expected, options.show(value)))
  end
end

--- What may hold numbers: an array or a table. A table with fields alone is some other thing.
function options.need_numbers(name, value)
  local good = type(value) == "table" or core.array.is(value)
  options.need(good, name, "an array or a table of numbers", value)
  if type(value) == "table" and #value == 0 and next(value) ~= nil then
    options.fail("%s: expected an array or a table of numbers, got a table with the field %s", name,
      tostring((next(value))))
  end
end

local is = {
  integer = function(value)
    return type(value) == "number" and value % 1 == 0 and math.abs(value) <= 2 ^ 53
  end,
  array = function(value)
    return type(value) == "table" or core.array.is(value)
  end,
  list = function(value)
    return type(value) == "table"
  end,
  any = function()
    return true
  end,
}

-- "number|string": any of these.
local function has_type(value, types)
  for name in types:gmatch("[%w_]+") do
    local test = is[name]
    if (test and test(value)) or (not test and type(value) == name) then
      return true
    end
  end
  return false
end

local function article(types)
  local words = {}
  for name in types:gmatch("[%w_]+") do
    words[#words + 1] = (name:find("^[aeiou]") and "an " or "a ") .. name
  end
  return table.concat(words, " or ")
end

local function check_one(where, key, value, spec)
  if spec.type and not has_type(value, spec.type) then
    local message = "%s: option %q: expected %s, got %s"
    core.fail(message:format(where, key, article(spec.type), options.show(value)))
  end
  if spec.one_of then
    local choices = {}
    for i, choice in ipairs(spec.one_of) do
      if choice == value then
        return
      end
      choices[i] = options.show(choice)
    end
    local message = "%s: option %q: %s is not one of %s"
    core.fail(message:format(where, key, options.show(value), table.concat(choices, ", ")))
  end
end

--- Check the options that were given and fill in the defaults.
-- where: whose options they are, for messages ("tune.ndcg_gap"). allowed: a map from name to
-- {type = "number" | "integer" | "string" | "boolean" | "table" | "function" | "array" | "any",
-- alternatives joined by "|"; one_of = list; default = value}. Returns a new table.
function options.check(where, given, allowed)
  local result = {}
  if given ~= nil and type(given) ~= "table" then
    core.fail(where .. ": expected a table of options, got " .. options.show(given))
  end
  for key in pairs(given or {}) do
    if not allowed[key] then
      local known = options.keys(allowed)
      local message = "%s: unknown option %s%s"
      core.fail(message:format(where, options.show(key), options.hint(key, known)))
    end
  end
  for key, spec in pairs(allowed) do
    local value = given and given[key]
    if value == nil then
      value = spec.default
    else
      check_one(where, key, value, spec)
    end
    result[key] = value
  end
  return result
end

return options
