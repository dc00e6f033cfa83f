-- What a critic sees of its examples: expressions of their columns, each with its derivatives by
-- the columns that depend on the actor. Counts depend on the mask alone, and so have none.
--
-- A feature is {name, columns = what it reads, value = function(e) -> array, slope = {column =
-- function(e) -> array or number}, sense = does the critic's value rise (1) or fall (-1) with it
-- where it is monotone; nil: free}. e: the examples, {column = array}.

local core = require("steelyard.core")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

local features = {}

-- max(count, 1), of which there are logarithms and by which one may divide.
local function at_least_one(counts)
  return vector.clip(counts, 1, math.huge)
end

local function all_of(e)
  return at_least_one(vector.add(e.seen, e.unseen))
end

local function unseen_of(e)
  return at_least_one(e.unseen)
end

-- The three forms of a likelihood: as it is, by item, and against items drawn at random.
local function add_likelihood(all, column, prefix, counts, count_of)
  local columns = { column }
  for _, name in ipairs(counts) do
    columns[#columns + 1] = name
  end
  local function mean(e)
    return vector.divide(e[column], count_of(e))
  end
  all[column] = {
    columns = { column }, sense = -1,
    value = function(e) return e[column] end,
    slope = { [column] = function() return 1 end },
  }
  all[prefix .. "mean_nll"] = {
    columns = columns, sense = -1, value = mean,
    slope = { [column] = function(e) return vector.divide(1, count_of(e)) end },
  }
  all[prefix .. "gain"] = {
    columns = columns, sense = 1,
    value = function(e) return vector.subtract(vector.log(count_of(e)), mean(e)) end,
    slope = { [column] = function(e) return vector.divide(-1, count_of(e)) end },
  }
end

local function add_counts(all, name, columns, count_of, at_least)
  all[name] = { columns = columns, value = count_of, slope = {} }
  all["log_" .. name] = {
    columns = columns, slope = {},
    value = function(e) return vector.log(at_least(e)) end,
  }
end

local known = {}
add_likelihood(known, "nll", "", { "seen", "unseen" }, all_of)
add_likelihood(known, "hidden_nll", "hidden_", { "unseen" }, unseen_of)
add_counts(known, "seen", { "seen" }, function(e) return e.seen end, function(e)
  return at_least_one(e.seen)
end)
add_counts(known, "unseen", { "unseen" }, function(e) return e.unseen end, unseen_of)
add_counts(known, "all", { "seen", "unseen" }, function(e)
  return vector.add(e.seen, e.unseen)
end, all_of)

--- The features that have a name, by it.
features.known = known

local own_options = {
  name = { type = "string" },
  value = { type = "function" },
  slope = { type = "table" },
  sense = { type = "integer", one_of = { 1, -1 } },
  moves = { type = "boolean", default = true },
}
features.options = own_options

-- A feature of one's own: without a value it is the column of its name.
local function own(where, given)
  local o = options.check(where, given, own_options)
  if not o.name or o.name == "" then
    options.fail("%s: a name is needed", where)
  end
  local made = { name = o.name, value = o.value, slope = o.slope, sense = o.sense, own = true,
    columns = {} }
  if not o.value then
    if o.slope then
      options.fail("%s: %s: slopes of no value", where, o.name)
    end
    made.own, made.moves, made.columns = false, o.moves, { o.name }
    made.value = function(e) return e[o.name] end
    made.slope = o.moves and { [o.name] = function() return 1 end } or {}
  end
  made.slope = made.slope or {}
  for column, f in pairs(made.slope) do
    if type(column) ~= "string" or type(f) ~= "function" then
      options.fail("%s: %s: slope: expected {column = function}, got %s = %s", where, o.name,
        options.show(column), options.show(f))
    end
  end
  return made
end

--- The list of features that a list of names and tables stands for.
function features.resolve(where, list)
  local resolved, seen = {}, {}
  for i, given in ipairs(list) do
    local made
    if type(given) == "table" then
      made = own(("%s: features[%d]"):format(where, i), given)
    elseif known[given] then
      local about = known[given]
      made = { name = given, columns = about.columns, value = about.value, slope = about.slope,
        sense = about.sense }
    else
      options.fail("%s: features[%d]: there is no feature %s%s; one of your own is a table", where,
        i, options.show(given), options.hint(tostring(given), options.keys(known)))
    end
    if seen[made.name] then
      options.fail("%s: features[%d]: %s stands there twice", where, i, made.name)
    end
    seen[made.name] = true
    resolved[i] = made
  end
  return resolved
end

--- The columns that features read, each once, in order.
function features.columns(list)
  local columns, seen = {}, {}
  for _, feature in ipairs(list) do
    for _, column in ipairs(feature.columns) do
      if not seen[column] then
        columns[#columns + 1], seen[column] = column, true
      end
    end
  end
  return columns
end

--- The features' values of examples that were checked: a list of arrays, one a feature.
function features.values(where, list, e, rows)
  local columns = {}
  for i, feature in ipairs(list) do
    local column = feature.value(e)
    if type(column) == "table" and not core.array.is(column) then
      column = core.array(column)
    end
    if not core.array.is(column) or #column ~= rows or column.shape[2] then
      options.fail("%s: feature %s: expected %d numbers, got %s", where, feature.name, rows,
        core.array.is(column) and #column .. (column.shape[2] and " rows" or "")
        or options.show(column))
    end
    columns[i] = column
  end
  return columns
end

--- From slopes by features (a matrix, examples x features) to those by columns: {column = array}.
-- A count that some feature reads gets zeroes: nothing that the actor does moves it.
function features.pull(list, e, slopes, rows)
  local by_column = {}
  for i, feature in ipairs(list) do
    for column, slope in pairs(feature.slope) do
      local part = vector.multiply(slopes:column(i), slope(e))
      by_column[column] = by_column[column] and vector.accumulate(by_column[column], part) or part
    end
    for _, column in ipairs(feature.columns) do
      by_column[column] = by_column[column] or core.array(rows)
    end
  end
  return by_column
end

return features
