-- What a data set can do: give its columns, choose, split and join requests, describe itself.

local conditions = require("steelyard.dataset.conditions")
local core = require("steelyard.core")
local columns = require("steelyard.dataset.columns")
local groups = require("steelyard.groups")
local options = require("steelyard.options")

local methods = {}
local Data = {}
Data.__index = Data

--- A data set of parts: columns, groups (arranged), rows, dropped, ids (columns of request ids),
-- item, predictions and labels ({task = column}), tasks.
function methods.make(parts)
  return setmetatable({
    tasks = parts.tasks,
    size = parts.groups.size,
    groups = parts.groups,
    rows = parts.rows, -- the original row of each row, where they were moved
    dropped = parts.dropped or 0, -- rows left out for missing values
    _columns = parts.columns,
    _ids = parts.ids,
    _item = parts.item,
    _predictions = parts.predictions,
    _labels = parts.labels,
  }, Data)
end

--- Is the value a data set?
function methods.is(value)
  return getmetatable(value) == Data
end

Data.__len = function(self)
  return self.size
end

Data.__tostring = function(self)
  return ("data set: %d rows, %d requests, %d columns"):format(
    self.size, self.groups.count, #self._columns.order)
end

-- ---------------------------------------------------------------------------------- columns --

--- Is there a column of this name?
function Data:has(name)
  return self._columns:has(name)
end

--- The names of all columns, in order.
function Data:column_names()
  local list = {}
  for i, name in ipairs(self._columns.order) do
    list[i] = name
  end
  return list
end

local function column_of(self, name)
  local column = self._columns.by_name[name]
  if not column then
    local hint = options.hint(name, self._columns.order)
    options.fail("the data set has no column %s%s", options.show(name), hint)
  end
  return column
end

--- Any column: an array (of codes, for categories).
function Data:column(name)
  return column_of(self, name).values
end

--- What the codes of a category column stand for (names[code]), or nil for numbers.
function Data:names(name)
  return column_of(self, name).names
end

local function of_task(self, what, map, task)
  if not map[task] then
    local known = options.keys(map)
    options.fail("the data set has no %s of %s%s%s", what, options.show(task),
      options.hint(task, known), #known == 0 and (" (it was made without %ss)"):format(what) or "")
  end
  return self._columns.by_name[map[task]].values
end

--- The predictions of a task.
function Data:prediction(task)
  return of_task(self, "prediction", self._predictions, task)
end

--- The labels of a task.
function Data:label(task)
  return of_task(self, "label", self._labels, task)
end

--- The same data with other predictions of some tasks: {task = array}. They stand in columns of
-- their own, "prediction:" before the task's name.
function Data:with_predictions(given)
  if type(given) ~= "table" then
    options.fail("with_predictions: expected {task = array}, got %s", options.show(given))
  end
  local map, added, tasks, known = {}, {}, {}, {}
  for i, task in ipairs(self.tasks) do
    tasks[i], known[task] = task, true
  end
  for task, column in pairs(self._predictions) do
    map[task] = column
  end
  for i, task in ipairs(options.keys(given)) do
    local values, name = given[task], "prediction:" .. task
    options.need_numbers("with_predictions: " .. task, values)
    if #values ~= self.size then
      options.fail("with_predictions: %s: %d predictions for %d rows", task, #values, self.size)
    elseif self:has(name) and map[task] ~= name then
      options.fail("with_predictions: there is a column %q already", name)
    end
    added[i] = { name = name, values = core.array(values) }
    tasks[#tasks + 1] = not known[task] and task or nil
    map[task] = name
  end
  return methods.make({
    columns = self._columns:with(added),
    groups = self.groups,
    rows = self.rows,
    dropped = self.dropped,
    ids = self._ids,
    item = self._item,
    predictions = map,
    labels = self._labels,
    tasks = tasks,
  })
end

--- Has the task labels?
function Data:has_label(task)
  return self._labels[task] ~= nil
end

--- A task's predictions, or else the number column of that name, or nil and the names there are.
function Data:find_prediction(task)
  local column = self._columns.by_name[self._predictions[task] or task]
  if column and not column.names then
    return column.values
  end
  local known = options.keys(self._predictions)
  for _, name in ipairs(self._columns.order) do
    known[#known + 1] = name
  end
  return nil, known
end

--- For ties by name: per row, the place of its item's name among all names, in ascending order.
function Data:name_places()
  if not self._item then
    options.fail("the data set has no item names (item=), which ties by name need")
  end
  local item = self._columns.by_name[self._item]
  return item.names:ranks():gather(item.values)
end

--- The id of request r as a text (several columns are joined by "/"); its number where there is
-- none.
function Data:group_name(r)
  if type(r) ~= "number" or r % 1 ~= 0 or r < 1 or r > self.groups.count then
    options.fail("group_name: request %s is none of 1..%d", options.show(r), self.groups.count)
  end
  local row, parts = self.groups.offsets[r] + 1, {}
  for i, id in ipairs(self._ids) do
    local value = id.values[row]
    parts[i] = id.names and id.names[value] or ("%d"):format(value)
  end
  return #parts > 0 and table.concat(parts, "/") or ("%d"):format(r)
end

--- The columns {name, values, names} that tell rows apart: of request ids, and with `item` of item
-- names (nil where there are none).
function methods.keys(self, item)
  local list = {}
  for i, id in ipairs(self._ids) do
    list[i] = id
  end
  if item then
    if not self._item then
      return nil
    end
    list[#list + 1] = self._columns.by_name[self._item]
  end
  return list
end

-- --------------------------------------------------------------------------------- requests --

local function chosen_by(self, predicate)
  local list = {}
  for r = 1, self.groups.count do
    if predicate(r) then
      list[#list + 1] = r
    end
  end
  return list
end

-- Some rows, which stand in requests of their own, as a data set.
local function with_rows(self, rows, layout)
  local set, ids = self._columns:gather(rows), {}
  for i, id in ipairs(self._ids) do
    ids[i] = set.by_name[id.name] or columns.gather(id, rows)
  end
  return methods.make({
    columns = set,
    groups = layout,
    rows = self.rows and self.rows:gather(rows) or rows,
    dropped = self.dropped,
    ids = ids,
    item = self._item,
    predictions = self._predictions,
    labels = self._labels,
    tasks = self.tasks,
  })
end

-- The requests of a list, as a data set.
local function take(self, requests)
  return with_rows(self, self.groups:select(requests))
end

-- How many of the rows (ascending) each request has, of those that have any.
local function sizes_among(self, rows)
  local sizes, offsets, r, counted = {}, self.groups.offsets, 1, 0
  for i = 1, #rows do
    while rows[i] > offsets[r + 1] do
      sizes[#sizes + 1] = counted > 0 and counted or nil
      r, counted = r + 1, 0
    end
    counted = counted + 1
  end
  sizes[#sizes + 1] = counted
  return core.array(sizes, "i64")
end

--- The rows for which all conditions of a list hold, as a data set: "label=1", "date<=20220416",
-- "country!=de" (by =, !=, <, <=, >, >=; texts by the first two). Requests without such a row are
-- left out.
function Data:where(list)
  local rows = conditions.rows(self, list)
  return #rows == self.size and self or with_rows(self, rows,
    groups.from_sizes(sizes_among(self, rows)))
end

--- Some requests as a data set: an array or a table of their numbers (in that order, repeats are
-- fine) or a function(r) that says which.
function Data:select(requests)
  if type(requests) == "function" then
    requests = chosen_by(self, requests)
  elseif type(requests) ~= "table" and not core.array.is(requests) then
    options.fail("select: expected request numbers or a function, got %s", options.show(requests))
  end
  return take(self, requests)
end

-- For each request the number of its cluster, and how many clusters there are.
local function clusters_of(self, by)
  if not by then
    return core.array.range(self.groups.count), self.groups.count
  end
  local first = self.groups:first()
  return core.group_labels(column_of(self, by).values:gather(first))
end

local split_options = {
  seed = { type = "integer", default = 1 },
  by = { type = "string" },
}
methods.split_options = split_options

--- Split at random into two data sets, of which the second gets `share` of the requests (rounded),
-- or with `by`, of the clusters of requests whose first rows are equal in that column (a user stays
-- whole). Both keep the order of requests. The same seed gives the same split.
function Data:split(share, given)
  local o = options.check("split", given, split_options)
  if type(share) ~= "number" or not (share > 0 and share < 1) then
    options.fail("split: expected a share between 0 and 1, got %s", options.show(share))
  end
  local labels, count = clusters_of(self, o.by)
  local cut = math.floor(share * count + 0.5)
  if cut == 0 or cut == count then
    local what = o.by and "values of " .. o.by or "requests"
    options.fail("split: a share of %.14g of %d %s leaves one side empty", share, count, what)
  end
  local order, second = core.random(o.seed):shuffle(core.array.range(count)), {}
  for i = 1, cut do
    second[order[i]] = true
  end
  local sides = { {}, {} }
  for r = 1, self.groups.count do
    local side = sides[second[labels[r]] and 2 or 1]
    side[#side + 1] = r
  end
  return take(self, sides[1]), take(self, sides[2])
end

-- Requests' ids joined, unless one side has none or of another kind.
local function join_ids(a, b, set)
  local ids = {}
  if #a ~= #b then
    return ids
  end
  for i = 1, #a do
    ids[i] = set.by_name[a[i].name] or columns.join(a[i], b[i])
    if a[i].name ~= b[i].name or not ids[i] then
      return {}
    end
  end
  return ids
end

local function check_tasks(mine, theirs, what)
  for _, pair in ipairs({ { mine, theirs }, { theirs, mine } }) do
    for task, column in pairs(pair[1]) do
      if pair[2][task] ~= column then
        options.fail("concat: the data sets differ in the %s of task %s", what, task)
      end
    end
  end
end

--- This data set's requests and then another's, with the same columns and tasks. Categories are
-- told by name. A request id that is in both stays two requests.
function Data:concat(other)
  if not methods.is(other) then
    options.fail("concat: expected a data set, got %s", options.show(other))
  end
  check_tasks(self._predictions, other._predictions, "prediction")
  check_tasks(self._labels, other._labels, "label")
  local set = self._columns:join(other._columns)
  local sizes = core.array.concat({ self.groups:sizes(), other.groups:sizes() })
  return methods.make({
    columns = set,
    groups = groups.from_sizes(sizes),
    dropped = self.dropped + other.dropped,
    ids = join_ids(self._ids, other._ids, set),
    item = self._item,
    predictions = self._predictions,
    labels = self._labels,
    tasks = self.tasks,
  })
end

--- A small table about the data: rows, requests, sizes (min, mean, max), dropped, and columns in
-- order, each {name, kind, min, mean, max} or, for categories, {name, kind, categories}.
function Data:describe()
  local sizes = self.groups:sizes()
  local about = {
    rows = self.size,
    requests = self.groups.count,
    dropped = self.dropped,
    sizes = { min = sizes:min(), mean = sizes:mean(), max = sizes:max() },
    columns = {},
  }
  for i, name in ipairs(self._columns.order) do
    local column = self._columns.by_name[name]
    if column.names then
      about.columns[i] = { name = name, kind = "category", categories = #column.names }
    else
      local values = column.values
      local low, mean, high = values:min(), values:mean(), values:max()
      about.columns[i] = { name = name, kind = "number", min = low, mean = mean, max = high }
    end
  end
  return about
end

return methods
