-- What a critic is given: {column = one number an example}, checked once.

local core = require("steelyard.core")
local options = require("steelyard.options")

local examples = {}

local COUNTS = { seen = true, unseen = true }

local function name_bad(where, column, values, is_bad, what)
  for i = 1, #values do
    if is_bad(values[i]) then
      options.fail("%s: %s: row %d is %s%s", where, column, i,
        values[i] ~= values[i] and "not a number" or ("%.14g"):format(values[i]), what or "")
    end
  end
end

--- An array of finite numbers.
function examples.numbers(where, column, value)
  options.need_numbers(where .. ": " .. column, value)
  local array = core.array.is(value) and value or core.array(value)
  if array.shape[2] then
    options.fail("%s: %s: expected one number an example, got a matrix", where, column)
  end
  local sum = array:sum()
  if sum - sum ~= 0 then
    name_bad(where, column, array, function(x) return x - x ~= 0 end)
  end
  return array
end

--- The examples as arrays, of which the wanted columns are there, of one length, and finite; counts
-- are not negative. Gives them and how many there are. Others stay as they came.
function examples.check(where, given, wanted)
  options.need(type(given) == "table" and not core.array.is(given), where .. ": examples",
    "a table of columns", given)
  local e, rows, first = {}, nil, nil
  for column, value in pairs(given) do
    e[column] = value
  end
  for _, column in ipairs(wanted) do
    if given[column] == nil then
      options.fail("%s: the examples have no %s%s", where, column,
        options.hint(column, options.keys(given)))
    end
    local array = examples.numbers(where, column, given[column])
    if rows and #array ~= rows then
      options.fail("%s: %s: %d numbers, but %s has %d", where, column, #array, first, rows)
    end
    if COUNTS[column] and #array > 0 and array:min() < 0 then
      name_bad(where, column, array, function(x) return x < 0 end, ": a count")
    end
    e[column], rows, first = array, #array, first or column
  end
  return e, rows
end

--- The targets lie where the critic's output can: low, high of it.
function examples.check_targets(where, targets, low, high, output)
  if #targets > 0 and (targets:min() < low or targets:max() > high) then
    name_bad(where, "target", targets, function(x) return x < low or x > high end,
      (": output = %q gives %s"):format(output, high == 1 and "0 to 1" or "0 and more"))
  end
end

return examples
