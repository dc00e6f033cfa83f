-- Conditions on the columns of a log, as texts: which rows fulfil them.

local core = require("steelyard.core")
local options = require("steelyard.options")

local conditions = {}

local OPERATORS = {
  ["="] = function(a, b) return a == b end,
  ["!="] = function(a, b) return a ~= b end,
  ["<"] = function(a, b) return a < b end,
  ["<="] = function(a, b) return a <= b end,
  [">"] = function(a, b) return a > b end,
  [">="] = function(a, b) return a >= b end,
}

-- A condition, "label=1" or "date<=20220416", as {column, operator, value}.
local function condition(text)
  options.need(type(text) == "string", "where", 'a condition as "label=1"', text)
  local column, operator, value = text:match("^%s*([^<>=!]-)%s*([<>!]?=?)%s*([^<>=!]-)%s*$")
  if not column or column == "" or not OPERATORS[operator] or value == "" then
    options.fail('where: expected a condition as "label=1" or "date<=20220416", got %s',
      options.show(text))
  end
  return { column = column, operator = operator, value = value }
end

--- Conditions on rows, checked: of a list of texts (nil: none).
function conditions.parse(list)
  local parsed = {}
  for i, text in ipairs(list or {}) do
    parsed[i] = condition(text)
  end
  return parsed
end

-- A function that says of a row's value whether the condition holds.
local function test_of(data, c)
  local holds, names = OPERATORS[c.operator], data:names(c.column)
  if names then
    if c.operator ~= "=" and c.operator ~= "!=" then
      options.fail("where: column %s holds words, which are compared by = and != alone", c.column)
    end
    return function(code)
      return holds(names[code], c.value)
    end
  end
  local number = tonumber(c.value)
  if not number then
    options.fail("where: column %s holds numbers, and %s is none", c.column,
      options.show(c.value))
  end
  return function(value)
    return holds(value, number)
  end
end

--- The rows of a data set for which all conditions of a list hold, as an ascending i64 array.
function conditions.rows(data, list)
  local kept = core.array.range(data.size)
  for _, c in ipairs(conditions.parse(list)) do
    local values, test, found = data:column(c.column), test_of(data, c), {}
    for i = 1, #kept do
      if test(values[kept[i]]) then
        found[#found + 1] = kept[i]
      end
    end
    if #found == 0 then
      options.fail("where: no row is left with %s %s %s", c.column, c.operator, c.value)
    end
    kept = core.array(found, "i64")
  end
  return kept
end

return conditions
