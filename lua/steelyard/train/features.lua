-- Columns of a log as a network reads them: numbers to one scale, categories to rows of a table.
-- What was learnt of the training rows (means, vocabularies) is plain data, which the model's file
-- holds, so that other logs are read in the same way.

local conditions = require("steelyard.dataset.conditions")
local core = require("steelyard.core")
local history = require("steelyard.train.history")
local options = require("steelyard.options")

local features = {}

local KINDS = { "number", "log", "raw", "category", "cut", "hash", "history" }

local spec_options = {
  column = { type = "string" },
  as = { type = "string", one_of = KINDS },
  unknown = { type = "number" },
  most = { type = "integer", default = 100000 },
  min_count = { type = "integer", default = 1 },
  edges = { type = "list" },
  rows = { type = "integer", default = 1024 },
  prior = { type = "number", default = 20 },
}
features.options = spec_options

--- A feature as it is asked for: a column's name, or a table with it.
function features.spec(where, given)
  if type(given) == "string" then
    given = { column = given }
  end
  options.need(type(given) == "table", where, "a column's name, or {column =, as = ...}", given)
  local o = options.check(where, given, spec_options)
  if not o.column or o.column == "" then
    options.fail("%s: column is %s", where, o.column and "an empty name" or "missing")
  elseif o.most < 1 or o.min_count < 1 then
    options.fail("%s: most and min_count are 1 or more", where)
  elseif o.rows < 1 then
    options.fail("%s: rows: 1 or more, got %d", where, o.rows)
  elseif not (o.prior >= 1e-9 and o.prior <= 1e15) then
    options.fail("%s: prior: %s is not from 1e-9 to 1e15", where, options.show(o.prior))
  elseif (o.as == "cut") ~= (o.edges ~= nil) then
    options.fail('%s: as = "cut" and edges belong together', where)
  end
  for i, edge in ipairs(o.edges or {}) do
    if type(edge) ~= "number" or edge ~= edge or (i > 1 and edge <= o.edges[i - 1]) then
      options.fail("%s: edges[%d]: expected a number above the one before, got %s", where, i,
        options.show(edge))
    end
  end
  return o
end

-- ------------------------------------------------------------------------------- categories --

-- What a value of a column is called: its text, or the number.
local function name_of(value)
  return string.format(value % 1 == 0 and math.abs(value) < 2 ^ 53 and "%d" or "%.17g", value)
end

-- A column as codes from 1 on, and what they stand for: "", as an empty field of a file, where a
-- number is missing.
local function coded(data, column)
  local values, names = data:column(column), data:names(column)
  if names then
    return values, names
  end
  local codes, code_of, texts = {}, {}, {}
  for i = 1, #values do
    local value = values[i]
    local key = value == value and value or ""
    local code = code_of[key]
    if not code then
      code = #texts + 1
      code_of[key], texts[code] = code, key == "" and "" or name_of(value)
    end
    codes[i] = code
  end
  return core.array(codes, "i32"), texts
end

-- The values that training rows have, the most frequent first (equals: by name).
local function fit_category(data, rows, o)
  local codes, names = coded(data, o.column)
  local counts, found = {}, {}
  local picked = codes:gather(rows)
  for i = 1, #picked do
    local code = picked[i]
    counts[code] = (counts[code] or 0) + 1
  end
  for code, count in pairs(counts) do
    if count >= o.min_count then
      found[#found + 1] = { name = names[code], count = count }
    end
  end
  table.sort(found, function(a, b)
    if a.count ~= b.count then
      return a.count > b.count
    end
    return a.name < b.name
  end)
  local values = {}
  for i = 1, math.min(#found, o.most) do
    values[i] = found[i].name
  end
  return { column = o.column, as = "category", values = values }
end

-- A text as a number below 2^32 (a polynomial in its bytes, modulo a prime): files depend on it.
local function hash_of(text)
  local h = 5381
  for i = 1, #text do
    h = (h * 131 + text:byte(i)) % 4294967291
  end
  return h
end

-- How a kind of category gives a value its code.
local code_of = {}

function code_of.category(state)
  local place = {}
  for i, value in ipairs(state.values) do
    place[value] = i + 1
  end
  return function(name)
    return place[name] or 1
  end
end

function code_of.hash(state)
  return function(name)
    return hash_of(name) % state.rows + 2
  end
end

--- Are a feature's values categories?
function features.is_category(state)
  return code_of[state.as] ~= nil or state.as == "cut"
end

--- Does a kind of feature go by texts?
function features.is_text(kind)
  return code_of[kind] ~= nil or kind == "history"
end

-- Up to the first edge, from it on up to the second ...; not a number is unknown.
local function cut_codes(state, data)
  local values, codes = conditions.numbers(data, state.column), {}
  for i = 1, #values do
    local value = values[i]
    local code = value == value and 2 or 1
    for _, edge in ipairs(state.edges) do
      code = value >= edge and code + 1 or code
    end
    codes[i] = code
  end
  return core.array(codes, "i32")
end

--- Codes of a column's values: 1 for what is unknown (a category: not in the training rows), then
-- from 2 on.
function features.codes(state, data)
  if state.as == "cut" then
    return cut_codes(state, data)
  end
  local codes, names = coded(data, state.column)
  local code, map = code_of[state.as](state), {}
  for i = 1, #names do
    map[i] = code(names[i])
  end
  return core.array(map, "i32"):gather(codes)
end

--- The codes of n rows with no known value.
function features.unseen(n)
  return core.array(n, "i32"):fill(1)
end

--- How many rows a table of a category has.
function features.size(state)
  if state.as == "cut" then
    return #state.edges + 2
  end
  return 1 + (state.as == "hash" and state.rows or #state.values)
end

-- ---------------------------------------------------------------------------------- numbers --

-- log(1 + x), odd: amounts below zero keep their sign.
local function log_of(value)
  return value < 0 and -math.log(1 - value) or math.log(1 + value)
end

local function same(value)
  return value
end

-- The numbers of a column as a list, with false where they are unknown.
local function known_numbers(values, state)
  local list, map, unknown = {}, state.as == "log" and log_of or same, state.unknown
  for i = 1, #values do
    local value = values[i]
    list[i] = value == value and value ~= unknown and map(value)
  end
  return list
end

local function fit_number(data, rows, o)
  local state = { column = o.column, as = o.as, unknown = o.unknown, mean = 0, scale = 1 }
  local list = known_numbers(conditions.numbers(data, o.column):gather(rows), state)
  local count, sum, squares = 0, 0, 0
  for i = 1, #list do
    if list[i] then
      count, sum = count + 1, sum + list[i]
    end
  end
  state.flag = count < #list
  if o.as == "raw" or count == 0 then
    return state
  end
  state.mean = sum / count
  for i = 1, #list do
    squares = squares + (list[i] and (list[i] - state.mean) ^ 2 or 0)
  end
  state.scale = squares > 0 and math.sqrt(squares / count) or 1
  if state.mean - state.mean ~= 0 or state.scale - state.scale ~= 0 then
    options.fail("column %s: its numbers are infinite, or too large", o.column)
  end
  return state
end

local LARGEST = { f32 = 3.4028234663852886e38, f64 = 1.7976931348623157e308 }

-- The column in units of the training rows' deviation from their mean, 0 where it is unknown; where
-- some of them were unknown, also a column that says so.
local function encode_number(state, data, dtype)
  local values = conditions.numbers(data, state.column)
  local list, flags, most = known_numbers(values, state), {}, LARGEST[dtype]
  for i = 1, #list do
    local value = list[i]
    local encoded = value and (value - state.mean) / state.scale or 0
    if not (encoded >= -most and encoded <= most) then
      options.fail("column %s: row %d: %s is infinite, or too large", state.column, i,
        options.show(values[i]))
    end
    flags[i], list[i] = value and 0 or 1, encoded
  end
  return list, state.flag and flags or nil
end

-- ----------------------------------------------------------------------------------- blocks --

--- What is learnt of a column's training rows (an i64 array of them). labels: a matrix, of all
-- rows.
function features.fit(data, rows, o, labels)
  local as = o.as or (data:names(o.column) and "category" or "number")
  if as == "category" then
    return fit_category(data, rows, o)
  elseif as == "history" then
    local codes, names = coded(data, o.column)
    return history.fit(o, codes, names, rows, labels)
  elseif as == "hash" then
    return { column = o.column, as = as, rows = o.rows }
  end
  if as == "cut" then
    return { column = o.column, as = as, edges = o.edges }
  end
  return fit_number(data, rows, { column = o.column, as = as, unknown = o.unknown })
end

--- How many numbers a list of features has, and which tables: {source = the name of a network's
-- ids, state}. name: the list's.
function features.shape(name, block)
  local width, tables, taken = 0, {}, {}
  for _, state in ipairs(block) do
    if features.is_category(state) then
      -- A column may be there twice, as the cut of a number and as its values.
      local source, n = name .. "/" .. state.column, 1
      while taken[source] do
        n = n + 1
        source = ("%s/%s#%d"):format(name, state.column, n)
      end
      taken[source] = true
      tables[#tables + 1] = { source = source, state = state }
    elseif state.as == "history" then
      width = width + #state.rates
    else
      width = width + (state.flag and 2 or 1)
    end
  end
  return width, tables
end

-- The columns of numbers of a feature.
local function encode(state, data, dtype, own)
  if state.as == "history" then
    local codes, names = coded(data, state.column)
    return history.encode(state, codes, names, own)
  end
  return { encode_number(state, data, dtype) }
end

--- The numbers of a list of features as a matrix (nil: there are none), a row for each of the data.
-- own: nil, or {rows =, labels =}: training rows, whose histories are without them.
function features.matrix(block, data, dtype, own)
  local columns = {}
  for _, state in ipairs(block) do
    local list = not features.is_category(state) and encode(state, data, dtype, own) or {}
    for _, numbers in ipairs(list) do
      columns[#columns + 1] = numbers
    end
  end
  return #columns > 0 and core.array.columns(columns, dtype) or nil
end

return features
