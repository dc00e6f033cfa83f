-- Which rows of a log are held out for validation.

local conditions = require("steelyard.dataset.conditions")
local core = require("steelyard.core")
local options = require("steelyard.options")

local holdout = {}

-- Is a row held out? By chance, all rows of one value of `values` (nil: each row) together.
local function dealt(rows, values, share, seed)
  local of_unit, units = {}, {}
  for i = 1, rows do
    local unit = values and values[i] or i
    if not of_unit[unit] then
      units[#units + 1] = unit
      of_unit[unit] = true
    end
  end
  local order = core.random(seed):shuffle(core.array.range(#units))
  local count = math.floor(share * #units + 0.5)
  for i = 1, #units do
    of_unit[units[order[i]]] = i <= count and "held" or "trained"
  end
  return function(i)
    return of_unit[values and values[i] or i] == "held"
  end
end

-- The values of a column by which rows are held out, of which none is missing.
local function known(where, data, column, values_of)
  local values = values_of(data, column)
  for i = 1, #values do
    if values[i] ~= values[i] then
      options.fail("%s: validation: column %s: row %d has no number", where, column, i)
    end
  end
  return values
end

--- Rows to train on and rows to validate on (nil: none are held out), both i64 arrays.
-- validation: nil, {share =, by =} or {column =, from =}.
function holdout.split(where, data, validation, seed)
  local kept = core.array.range(data.size)
  if not validation then
    return kept, nil
  end
  local is_held
  if validation.column then
    local values = known(where, data, validation.column, conditions.numbers)
    is_held = function(i)
      return values[i] >= validation.from
    end
  else
    local values = validation.by and known(where, data, validation.by, data.column)
    is_held = dealt(data.size, values, validation.share, seed)
  end
  local trained, held = {}, {}
  for i = 1, data.size do
    local list = is_held(i) and held or trained
    list[#list + 1] = i
  end
  if #trained == 0 or #held == 0 then
    options.fail("%s: validation: %d rows to train on and %d to validate on: both need some",
      where, #trained, #held)
  end
  return core.array(trained, "i64"), core.array(held, "i64")
end

return holdout
