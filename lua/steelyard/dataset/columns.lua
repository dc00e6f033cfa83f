-- The columns of a data set: named arrays of one length, in order; categories with their names.

local core = require("steelyard.core")
local options = require("steelyard.options")

local columns = {}
local Columns = {}
Columns.__index = Columns

function columns.new()
  return setmetatable({ order = {}, by_name = {} }, Columns)
end

--- Add a column: values an array, names (categories only) what its codes stand for.
function Columns:add(name, values, names)
  if self.by_name[name] then
    options.fail("column %s is there twice", name)
  end
  self.order[#self.order + 1] = name
  self.by_name[name] = { name = name, values = values, names = names }
end

function Columns:has(name)
  return self.by_name[name] ~= nil
end

--- The columns {name, values, names} of a list of names.
function Columns:list(names)
  local list = {}
  for i, name in ipairs(names) do
    list[i] = self.by_name[name]
  end
  return list
end

--- Bring the values into the order of requests.
function Columns:arrange(layout)
  for _, column in pairs(self.by_name) do
    column.values = layout:arrange(column.values)
  end
end

--- Let the columns stand in the order of a list of all their names.
function Columns:sort_as(names)
  self.order = names
end

-- One column's values at some rows, its names unchanged.
function columns.gather(column, rows)
  return { name = column.name, values = column.values:gather(rows), names = column.names }
end

--- The same columns, with some others (a list of {name, values}) in the place of those that are
-- called so, or behind them.
function Columns:with(others)
  local set, new = columns.new(), {}
  for _, column in ipairs(others) do
    new[column.name] = column
  end
  for _, name in ipairs(self.order) do
    local column = new[name] or self.by_name[name]
    set:add(name, column.values, column.names)
    new[name] = nil
  end
  for _, column in ipairs(others) do
    if new[column.name] then
      set:add(column.name, column.values, column.names)
    end
  end
  return set
end

--- The same columns at some rows.
function Columns:gather(rows)
  local other = columns.new()
  for _, name in ipairs(self.order) do
    local column = self.by_name[name]
    other:add(name, column.values:gather(rows), column.names)
  end
  return other
end

-- The codes of b in terms of a's names, and the names of both.
local function merge_names(a, b)
  local list, code_of, codes = a.names:totable(), {}, {}
  for code, name in ipairs(list) do
    code_of[name] = code
  end
  for code, name in ipairs(b.names:totable()) do
    if not code_of[name] then
      list[#list + 1] = name
      code_of[name] = #list
    end
    codes[code] = code_of[name]
  end
  return core.array(codes, "i32"):gather(b.values), core.names(list)
end

--- Two columns one behind the other, or nil where one is a category and the other is none. Numbers
-- of two types become f64, codes of categories are told by name.
function columns.join(a, b)
  if (a.names == nil) ~= (b.names == nil) then
    return nil
  end
  local values, names = b.values, nil
  if a.names then
    values, names = merge_names(a, b)
  end
  local first = a.values
  if first.dtype ~= values.dtype then
    first, values = first:copy("f64"), values:copy("f64")
  end
  return { name = a.name, values = core.array.concat({ first, values }), names = names }
end

--- The same columns with another set's rows behind.
function Columns:join(other)
  local both = columns.new()
  for _, set in ipairs({ self, other }) do
    local missing_from = set == self and other or self
    for _, name in ipairs(set.order) do
      if not missing_from:has(name) then
        local which = set == self and "second" or "first"
        options.fail("concat: the %s data set has no column %s%s", which, name,
          options.hint(name, missing_from.order))
      end
    end
  end
  for _, name in ipairs(self.order) do
    local joined = columns.join(self.by_name[name], other.by_name[name])
    if not joined then
      options.fail("concat: column %s is a category in one data set and not in the other", name)
    end
    both:add(name, joined.values, joined.names)
  end
  return both
end

return columns
