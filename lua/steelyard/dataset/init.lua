-- Data sets: columns of numbers and categories, whose rows stand request by request.
--
--   local data = assert(dataset.read("log.csv", {
--     group = "request_id", predictions = { "p_click", "p_like" }, labels = { "click", "like" },
--   }))
--   data.tasks, data.size, data.groups, data:prediction("p_click"), data:label("p_click")
--
-- A column is one array; a category column holds codes from 1 on, and names that they stand for.
-- Making data sets is here; taking them apart (select, split, concat) is in methods.lua.

local core = require("steelyard.core")
local columns = require("steelyard.dataset.columns")
local folder = require("steelyard.dataset.folder")
local groups = require("steelyard.groups")
local methods = require("steelyard.dataset.methods")
local options = require("steelyard.options")

local dataset = { is = methods.is }

-- What may be a column's name, or several: a text, a list of texts, or nil.
local function name_list(where, option, given)
  if given == nil then
    return {}
  elseif type(given) == "string" then
    return { given }
  end
  for i, name in ipairs(given) do
    if type(name) ~= "string" then
      local message = "%s: option %q: [%d]: expected a column's name, got %s"
      options.fail(message, where, option, i, options.show(name))
    end
  end
  return given
end

-- {task, column} pairs, from a list of columns (a task is called as its column) or a map.
local function task_pairs(where, option, given)
  local pairs_list = {}
  if type(given) == "table" and #given == 0 then
    for i, task in ipairs(options.keys(given)) do
      if type(given[task]) ~= "string" then
        local message = "%s: option %q: %s: expected a column's name, got %s"
        options.fail(message, where, option, task, options.show(given[task]))
      end
      pairs_list[i] = { task, given[task] }
    end
    return pairs_list
  end
  for i, name in ipairs(name_list(where, option, given)) do
    pairs_list[i] = { name, name }
  end
  return pairs_list
end

local function is_list(given)
  return type(given) == "string" or (type(given) == "table" and #given > 0)
end

-- Where predictions and labels are both lists, the n-th label belongs to the n-th prediction's
-- task.
local function pair_labels(where, o, predictions, labels)
  if not (is_list(o.predictions) and is_list(o.labels)) then
    return
  end
  if #predictions ~= #labels then
    local message = "%s: %d predictions but %d labels: lists are matched one by one"
      .. " (a map {task = column} names them)"
    options.fail(message, where, #predictions, #labels)
  end
  for i, pair in ipairs(labels) do
    pair[1] = predictions[i][1]
  end
end

-- {task = column}, and the tasks in order.
local function task_map(where, option, list)
  local map, order = {}, {}
  for i, pair in ipairs(list) do
    if map[pair[1]] then
      options.fail("%s: option %q: %s is there twice", where, option, pair[1])
    end
    map[pair[1]] = pair[2]
    order[i] = pair[1]
  end
  return map, order
end

local policies = { error = true, drop = true, keep = true }

-- The reader's own options, but for the columns.
local function reader_options(o)
  local policy, fill = o.missing, nil
  if type(policy) == "number" and policy - policy == 0 then
    policy, fill = "fill", o.missing
  elseif not policies[policy] then
    local message = 'dataset.read: option "missing": %s is not "error", "drop", "keep"'
      .. " or a finite number"
    options.fail(message, options.show(policy))
  end
  return { format = o.format, dtype = o.dtype, missing = policy, fill = fill }
end

local read_options = {
  group = { type = "string|list" },
  predictions = { type = "string|list" },
  labels = { type = "string|list" },
  features = { type = "string|list" },
  categorical = { type = "string|list" },
  columns = { type = "string|list" },
  item = { type = "string" },
  format = { type = "string", one_of = { "auto", "csv", "tsv", "jsonl", "letor" } },
  dtype = { type = "string", one_of = { "f32", "f64" }, default = "f64" },
  missing = { default = "error" },
}

-- What to read: tasks, and the columns wanted with their kinds, each once.
local function plan_of(o)
  local where = "dataset.read"
  local predictions = task_pairs(where, "predictions", o.predictions)
  local labels = task_pairs(where, "labels", o.labels)
  pair_labels(where, o, predictions, labels)
  local plan = { wanted = {}, kinds = {}, group = name_list(where, "group", o.group) }
  plan.predictions, plan.tasks = task_map(where, "predictions", predictions)
  plan.labels, plan.label_tasks = task_map(where, "labels", labels)
  local function want(name, kind)
    if not plan.kinds[name] then
      plan.wanted[#plan.wanted + 1] = name
    end
    plan.kinds[name] = (plan.kinds[name] == "category" or kind == "category") and "category"
      or (plan.kinds[name] == "number" or kind == "number") and "number"
      or kind
  end
  for _, name in ipairs(plan.group) do
    want(name, "category")
  end
  if o.item then
    want(o.item, "category")
  end
  for _, pair in ipairs(predictions) do
    want(pair[2], "number")
  end
  for _, pair in ipairs(labels) do
    want(pair[2], "number")
  end
  for _, name in ipairs(name_list(where, "features", o.features)) do
    want(name, "number")
  end
  for _, name in ipairs(name_list(where, "categorical", o.categorical)) do
    want(name, "category")
  end
  for _, name in ipairs(name_list(where, "columns", o.columns)) do
    want(name, "auto")
  end
  for _, list in ipairs({ predictions, labels }) do
    for _, pair in ipairs(list) do
      if plan.kinds[pair[2]] == "category" then
        options.fail("%s: column %s is both a number and a category", where, pair[2])
      end
    end
  end
  plan.everything = not (o.predictions or o.labels or o.features or o.categorical or o.columns)
  return plan
end

local function requests_of(names, kinds)
  local list = {}
  for i, name in ipairs(names) do
    list[i] = { name = name, kind = kinds[name] or "auto" }
  end
  return list
end

-- Read all columns. Only the file tells their names; where ids of requests or items look like
-- numbers it is read once more, with these as categories, so that no digit of an id is lost.
local function read_everything(path, reader, plan)
  local table_, message = core.table_read(path, reader)
  if not table_ then
    return nil, message
  end
  local names, again = table_:columns(), false
  for _, name in ipairs(names) do
    if plan.kinds[name] == "category" and table_:kind(name) ~= "category" then
      again = true
    end
  end
  for _, wanted in ipairs(plan.wanted) do
    local found = false
    for _, name in ipairs(names) do
      found = found or name == wanted
    end
    again = again or not found -- the reader says best what is missing
    if not found then
      names = { wanted }
      break
    end
  end
  if not again then
    return table_
  end
  table_:close()
  if path == "-" then
    return nil, "standard input: name the columns to read (predictions=, features=, columns=)"
  end
  reader.columns = requests_of(names, plan.kinds)
  return core.table_read(path, reader)
end

local function read_table(path, o, plan)
  local reader = reader_options(o)
  if plan.everything then
    return read_everything(path, reader, plan)
  end
  reader.columns = requests_of(plan.wanted, plan.kinds)
  return core.table_read(path, reader)
end

-- Groups by the columns of ids: as `groups` makes them, over the rows as they came.
local function group_by(ids, n)
  local codes = {}
  for i, column in ipairs(ids) do
    codes[i] = column.values
  end
  return groups.combine(codes, n)
end

-- The columns of a table that was read, arranged request by request, and the requests.
local function take_columns(table_, plan)
  local set, layout = columns.new(), nil
  for pass = 1, 2 do -- the ids first: they say how the other columns must be arranged
    for _, name in ipairs(table_:columns()) do
      local is_id = false
      for _, id in ipairs(plan.group) do
        is_id = is_id or id == name
      end
      if is_id == (pass == 1) then
        local values = table_:take(name)
        set:add(name, pass == 2 and layout:arrange(values) or values, table_:names(name))
      end
    end
    if pass == 1 then
      layout = group_by(set:list(plan.group), table_:rows())
      set:arrange(layout)
    end
  end
  set:sort_as(table_:columns())
  return set, layout
end

-- The columns and requests of a text file, and how many rows were left out; or nil, message.
local function read_text(path, o, plan)
  local table_, message = read_table(path, o, plan)
  if not table_ then
    return nil, message
  end
  local dropped = table_:dropped()
  if table_:rows() == 0 then
    local why = dropped > 0 and (": all " .. dropped .. " have missing values") or ""
    table_:close()
    return nil, path .. ": no rows" .. why
  end
  local set, layout = take_columns(table_, plan)
  table_:close()
  return set, layout, dropped
end

--- Read a file, or a folder of NPY columns: a data set, or nil and a message.
--
-- group        the column of request ids, or a list of such columns; none: one request
-- predictions  columns of predictions: a list (a task is called as its column) or {task = column}
-- labels       columns of labels: a list in the order of predictions, or {task = column}
-- features, categorical, columns   further columns: numbers, categories, whichever they are
-- item         the column of item names
-- format       "csv", "tsv", "jsonl", "letor"; by default as the file's name says
-- dtype        "f64" (default) or "f32"; NPY columns: as they are
-- missing      numbers that are missing, NaN or infinite: "error" (default), "drop" their rows,
--              "keep" them (a missing one as NaN), or a number to put there
-- Where no columns but group and item are named, all are read.
function dataset.read(path, given)
  if type(path) ~= "string" then
    options.fail("dataset.read: expected a path, got %s", options.show(path))
  end
  local o = options.check("dataset.read", given, read_options)
  local plan = plan_of(o)
  local set, layout, dropped
  local names = folder.names(path)
  if names then
    o.given_dtype = given and given.dtype
    set, layout = folder.read(path, names, plan, o)
  else
    set, layout, dropped = read_text(path, o, plan)
  end
  if not set then
    return nil, layout
  end
  return methods.make({
    columns = set,
    groups = layout:arranged(),
    rows = layout.order,
    dropped = dropped or 0,
    ids = set:list(plan.group),
    item = o.item,
    predictions = plan.predictions,
    labels = plan.labels,
    tasks = #plan.tasks > 0 and plan.tasks or plan.label_tasks,
  })
end

-- ------------------------------------------------------------------------------ from memory --

-- {name, numbers} pairs in order, from {{name, numbers}, ...} or {name = numbers}.
local function named_arrays(option, given)
  local list = {}
  if given == nil then
    return list
  elseif #given > 0 then
    for i, pair in ipairs(given) do
      if type(pair) ~= "table" or type(pair[1]) ~= "string" or pair[2] == nil then
        options.fail("dataset.new: %s[%d]: expected {name, array}", option, i)
      end
      list[i] = { pair[1], pair[2] }
    end
    return list
  end
  for i, name in ipairs(options.keys(given)) do
    list[i] = { name, given[name] }
  end
  return list
end

local function is_texts(values)
  return type(values) == "table" and type(values[1]) == "string"
end

-- Codes and names of a table of texts.
local function categories(where, values)
  local codes, names, seen = {}, {}, {}
  for i = 1, #values do
    local text = values[i]
    if type(text) ~= "string" then
      options.fail("%s[%d]: expected a text, got %s", where, i, options.show(text))
    end
    if not seen[text] then
      names[#names + 1] = text
      seen[text] = #names
    end
    codes[i] = seen[text]
  end
  return core.array(codes, "i32"), core.names(names)
end

-- The first element that is not finite is refused.
local function check_finite(where, values)
  local low, high = values:min(), values:max()
  if low == nil or (low > -math.huge and high < math.huge) then
    return
  end
  for i = 1, #values do
    local x = values[i]
    if not (x > -math.huge and x < math.huge) then
      options.fail('%s[%d]: %s is not a finite number (missing = "keep" admits it)', where, i,
        x ~= x and "NaN" or tostring(x))
    end
  end
end

-- Numbers (or, for features, texts) to an array of one dimension, and names.
local function to_column(where, values, o)
  if is_texts(values) then
    return categories(where, values)
  end
  if core.array.is(values) and #values.shape == 2 then
    options.fail("%s: expected one dimension, got two", where)
  elseif not core.array.is(values) then
    if type(values) ~= "table" then
      options.fail("%s: expected an array or a table of numbers, got %s", where,
        options.show(values))
    end
    for i = 1, #values do
      if type(values[i]) ~= "number" then
        options.fail("%s[%d]: %s is not a number", where, i, options.show(values[i]))
      end
    end
    values = core.array(values, o.dtype)
  end
  if o.missing == "error" then
    check_finite(where, values)
  end
  return values
end

local new_options = {
  predictions = { type = "table" },
  labels = { type = "table" },
  features = { type = "table" },
  groups = { type = "any" },
  items = { type = "array" },
  dtype = { type = "string", one_of = { "f32", "f64" }, default = "f64" },
  missing = { type = "string", one_of = { "error", "keep" }, default = "error" },
}

-- Ids as columns, so that requests keep their names: texts and whole numbers; not groups objects.
local function id_columns(ids)
  if ids == nil or groups.is(ids) then
    return {}
  elseif is_texts(ids) then
    local codes, names = categories("groups", ids)
    return { { name = "groups", values = codes, names = names } }
  end
  return { { name = "groups", values = core.array(ids, "i64") } }
end

--- A data set from memory. predictions, labels, features: {name = numbers} (taken in order of name)
-- or {{name, numbers}, ...}; numbers are arrays or tables; features may be tables of texts
-- (categories). groups: a request id per row (numbers or texts), or a groups object; none: one
-- request. items: a name per row. A label is the column of its task's name, "label:" before it
-- where that is taken.
function dataset.new(given)
  local o = options.check("dataset.new", given, new_options)
  local set, size, first = columns.new(), nil, nil
  local function add(where, name, values)
    local array, names = to_column(where, values, o)
    if size and #array ~= size then
      options.fail("dataset.new: %s has %d rows, but %s has %d", where, #array, first, size)
    end
    size, first = size or #array, first or where
    set:add(name, array, names)
  end
  local plan = { predictions = {}, labels = {}, tasks = {}, label_tasks = {} }
  for i, pair in ipairs(named_arrays("predictions", o.predictions)) do
    add("predictions." .. pair[1], pair[1], pair[2])
    plan.predictions[pair[1]], plan.tasks[i] = pair[1], pair[1]
  end
  for _, pair in ipairs(named_arrays("features", o.features)) do
    add("features." .. pair[1], pair[1], pair[2])
  end
  for i, pair in ipairs(named_arrays("labels", o.labels)) do
    local name = set:has(pair[1]) and "label:" .. pair[1] or pair[1]
    add("labels." .. pair[1], name, pair[2])
    plan.labels[pair[1]], plan.label_tasks[i] = name, pair[1]
  end
  if o.items ~= nil then
    local texts = {}
    for i = 1, #o.items do
      texts[i] = type(o.items[i]) == "number" and options.show(o.items[i]) or o.items[i]
    end
    add("items", "item", texts)
  end
  if not size then
    options.fail("dataset.new: no columns")
  end
  local layout = groups.of(o.groups, size)
  local ids = id_columns(o.groups)
  set:arrange(layout)
  for _, id in ipairs(ids) do
    id.values = layout:arrange(id.values)
  end
  return methods.make({
    columns = set,
    groups = layout:arranged(),
    rows = layout.order,
    ids = ids,
    item = o.items ~= nil and "item" or nil,
    predictions = plan.predictions,
    labels = plan.labels,
    tasks = #plan.tasks > 0 and plan.tasks or plan.label_tasks,
  })
end

--- The options of each function, for the documentation.
dataset.options = { read = read_options, new = new_options, split = methods.split_options }

return dataset
