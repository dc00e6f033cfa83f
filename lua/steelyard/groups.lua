-- Groups: which rows belong to one request.
--
--   count     how many requests
--   size      how many rows
--   offsets   i64 array of count + 1 numbers: request r has the rows offsets[r] + 1 to
--             offsets[r + 1]
--   order     nil where rows already stand request by request; else an i64 array: the rows in
--             that order (requests in order of first appearance, rows of a request as they came)
--   longest   the size of the largest request

local core = require("steelyard.core")
local options = require("steelyard.options")

local groups = {}
local Groups = {}
Groups.__index = Groups

local function new(offsets, longest, size, order, first)
  local count = #offsets - 1
  local self = { count = count, size = size, offsets = offsets, order = order, longest = longest }
  self._first = first
  return setmetatable(self, Groups)
end

--- Is the value a groups object?
function groups.is(value)
  return getmetatable(value) == Groups
end

-- A number for every text, in order of first appearance.
local function numbered(ids)
  local numbers, seen, count = {}, {}, 0
  for i = 1, #ids do
    local id = ids[i]
    if type(id) ~= "string" and type(id) ~= "number" then
      options.fail("ids[%d]: expected a number or a text, got %s", i, options.show(id))
    end
    if not seen[id] then
      count = count + 1
      seen[id] = count
    end
    numbers[i] = seen[id]
  end
  return core.array(numbers, "i64")
end

local function has_texts(ids)
  for i = 1, #ids do
    if type(ids[i]) == "string" then
      return true
    end
  end
  return false
end

local function check_size(size, n)
  if n and size ~= n then
    options.fail("groups: they are of %d rows, but there are %d", size, n)
  end
end

--- Groups of rows by id. ids: an array or a table of whole numbers, a table of texts, a groups
-- object, or nil (one request). n: how many rows there must be.
function groups.of(ids, n)
  if ids == nil then
    return new(core.array({ 0, n }, "i64"), n, n)
  end
  if groups.is(ids) then
    check_size(ids.size, n)
    return ids
  end
  if type(ids) == "table" and has_texts(ids) then
    ids = numbered(ids)
  elseif type(ids) ~= "table" and not core.array.is(ids) then
    options.fail("groups: expected an array or a table of ids, got %s", options.show(ids))
  end
  check_size(#ids, n)
  local offsets, first, order, longest = core.group_rows(ids)
  return new(offsets, longest, #ids, order, first)
end

--- Groups of rows that stand request by request, from the requests' sizes.
function groups.from_sizes(sizes)
  local offsets, longest = core.group_offsets(sizes)
  return new(offsets, longest, offsets[#offsets])
end

--- Groups of rows that stand request by request, from offsets (from 0 up to the number of rows).
function groups.from_offsets(offsets)
  local sizes, longest = core.group_sizes(offsets)
  local checked = core.group_offsets(sizes)
  if offsets[1] ~= 0 then
    options.fail("offsets[1]: expected 0, got %s", options.show(offsets[1]))
  end
  return new(checked, longest, checked[#checked])
end

--- Groups by several columns of ids at once: rows are together where all of them are equal.
function groups.combine(columns, n)
  if #columns < 2 then
    return groups.of(columns[1], n)
  end
  local labels
  for i = 1, #columns do
    local ids = columns[i]
    if type(ids) == "table" and has_texts(ids) then
      ids = numbered(ids)
    end
    check_size(#ids, n)
    local other, count = core.group_labels(ids)
    labels = labels and core.group_labels(core.group_combine(labels, other, count)) or other
  end
  return groups.of(labels, n)
end

--- How many rows each request has: an i64 array.
function Groups:sizes()
  return (core.group_sizes(self.offsets))
end

--- The row (as rows came, from 1) with which each request begins: an i64 array.
function Groups:first()
  if not self._first then
    local first = self.offsets:slice(1, self.count):copy()
    for r = 1, #first do
      first[r] = first[r] + 1
    end
    self._first = first
  end
  return self._first
end

--- An array brought into the order of the requests (the same array where that is its order
-- already).
function Groups:arrange(array)
  if #array ~= self.size then
    options.fail("groups: they are of %d rows, but the array has %d", self.size, #array)
  end
  return self.order and array:gather(self.order) or array
end

--- The same requests over rows that were arranged.
function Groups:arranged()
  return self.order and new(self.offsets, self.longest, self.size) or self
end

--- Some requests, in the order of the list (an array or a table of their numbers; repeats are
-- fine): their rows (of arranged rows) and groups of just them.
function Groups:select(requests)
  local rows, offsets, longest = core.group_select(self.offsets, requests)
  return rows, new(offsets, longest, #rows)
end

return groups
