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

--- A column's numbers; of one that holds texts, the numbers that these say, or an error.
function conditions.numbers(data, name)
  local values, names = data:column(name), data:names(name)
  if not names then
    return values
  end
  local numbers = {}
  for code = 1, #names do
    numbers[code] = tonumber(names[code])
    if not numbers[code] then
      options.fail("column %s: %s is not a number", name, options.show(names[code]))
    end
  end
  return core.array(numbers):gather(values)
end

-- A column's values as they are compared, and a function that says whether one fulfils a condition.
local function test_of(data, c)
  local holds, names = OPERATORS[c.operator], data:names(c.column)
  if names and (c.operator == "=" or c.operator == "!=") then
    return data:column(c.column), function(code)
      return holds(names[code], c.value)
    end
  end
  local values, number = conditions.numbers(data, c.column), tonumber(c.value)
  if not number then
    options.fail("where: column %s holds numbers, and %s is none", c.column,
      options.show(c.value))
  end
  return values, function(value)
    return holds(value, number)
  end
end

--- The rows of a data set for which all conditions of a list hold, as an ascending i64 array.
function conditions.rows(data, list)
  local kept = core.array.range(data.size)
  for _, c in ipairs(conditions.parse(list)) do
    local values, test = test_of(data, c)
    local found = {}
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
