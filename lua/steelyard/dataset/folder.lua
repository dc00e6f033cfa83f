-- A folder of NPY files, one a column, as a data set's columns: nothing is parsed, nothing copied.
--
--   log/p_click.npy  log/p_like.npy  log/click.npy  log/offsets.npy
--
-- offsets.npy, where it is there, says where each request begins (i64: 0, then each one's end), and
-- then no ids are needed.

local core = require("steelyard.core")
local columns = require("steelyard.dataset.columns")
local groups = require("steelyard.groups")
local options = require("steelyard.options")

local folder = {}

local OFFSETS = "offsets"

--- The names of a folder's columns, sorted; nil where the path is no folder.
function folder.names(path)
  local files = core.folder(path)
  if not files then
    return nil
  end
  local names = {}
  for i = 1, #files do
    names[#names + 1] = files[i]:match("^(.+)%.npy$")
  end
  table.sort(names)
  return names
end

local function file_of(path, name)
  return (path:gsub("/+$", "")) .. "/" .. name .. ".npy"
end

-- The place of the first number that is not finite.
local function first_not_finite(values)
  local low, high = values:min(), values:max()
  if low == nil or (low > -math.huge and high < math.huge) then
    return nil
  end
  for i = 1, #values do
    local x = values[i]
    if not (x > -math.huge and x < math.huge) then
      return i, x
    end
  end
end

local function is_whole(array)
  return array.dtype == "i64" or array.dtype == "i32"
end

-- One column: an array of one dimension, with finite numbers unless they are to be kept.
local function load(path, name, o)
  local array, message = core.array.load(file_of(path, name))
  if not array then
    return nil, message
  elseif #array.shape ~= 1 then
    return nil, ("%s: a column has one dimension, this array has two"):format(file_of(path, name))
  end
  local row, value = nil, nil
  if o.missing == "error" then
    row, value = first_not_finite(array)
  end
  if row then
    return nil, ("%s: row %d: %s is not a finite number"):format(file_of(path, name), row,
      value ~= value and "NaN" or tostring(value))
  end
  return array
end

-- Predictions are scored as f32 or f64, all of one type.
local function as_reals(array, dtype)
  if array.dtype == "f32" or array.dtype == "f64" then
    return dtype and array.dtype ~= dtype and array:copy(dtype) or array
  end
  return array:copy(dtype or "f64")
end

local function offsets_of(path, n)
  local offsets, message = core.array.load(file_of(path, OFFSETS))
  if not offsets then
    return nil, message
  end
  local file = file_of(path, OFFSETS)
  if not is_whole(offsets) or #offsets == 0 or offsets[1] ~= 0 or offsets[#offsets] ~= n then
    return nil, ("%s: whole numbers from 0 to the number of rows, %d, are needed"):format(file, n)
  end
  local ok, layout = pcall(groups.from_offsets, offsets)
  if not ok then
    return nil, file .. ": offsets may not fall"
  end
  return layout
end

-- Which columns to read: those wanted, or all.
local function wanted_of(path, names, plan)
  local there, list, seen = {}, {}, {}
  for _, name in ipairs(names) do
    there[name] = true
  end
  for _, name in ipairs(plan.wanted) do
    if not there[name] then
      return nil, ("%s: no column %q%s"):format(path, name, options.hint(name, names))
    end
    list[#list + 1], seen[name] = name, true
  end
  for _, name in ipairs(plan.everything and names or {}) do
    if not seen[name] and name ~= OFFSETS then
      list[#list + 1] = name
    end
  end
  return list, there
end

--- The columns and the requests of a folder: columns, layout; or nil and a message.
-- names: folder.names(path). plan: what dataset.read wants; o: its options, as given.
function folder.read(path, names, plan, o)
  if o.missing ~= "error" and o.missing ~= "keep" then
    return nil, path .. ': columns in NPY files: missing is "error" or "keep"'
  end
  local list, there = wanted_of(path, names, plan)
  if not list then
    return nil, there
  end
  local set, size, first = columns.new(), nil, nil
  for _, name in ipairs(list) do
    local array, message = load(path, name, o)
    if not array then
      return nil, message
    elseif size and #array ~= size then
      return nil, ("%s: %d rows, but %s has %d"):format(file_of(path, name), #array, first, size)
    end
    size, first = #array, first or name
    set:add(name, plan.kinds[name] == "number" and as_reals(array, o.given_dtype) or array)
  end
  if not size or size == 0 then
    return nil, path .. (size and ": no rows" or ": no columns (NAME.npy)")
  end
  if there[OFFSETS] and #plan.group == 0 then
    local layout, message = offsets_of(path, size)
    return layout and set, layout or message
  end
  local ids = {}
  for i, column in ipairs(set:list(plan.group)) do
    if not is_whole(column.values) then
      return nil, ("%s: ids are whole numbers (i32 or i64)"):format(file_of(path, column.name))
    end
    ids[i] = column.values
  end
  local layout = groups.combine(ids, size)
  set:arrange(layout)
  return set, layout
end

return folder
