-- What tells segments apart, as codes: slices (sy.slices.values, sy.slices.cut) of rows.

local core = require("steelyard.core")
local options = require("steelyard.options")
local slices = require("steelyard.slices")
local slicing = require("steelyard.slicing")

local features = {}

-- No more values of one feature than that.
local MOST = slicing.MOST

-- Texts: codes by their order in bytes.
local function of_texts(slice)
  local ranks, sorted = slicing.by_bytes(slice.names, slice.values)
  local codes, present = core.slice_values(ranks, MOST)
  local values = {}
  for i = 1, codes and #present or 0 do
    values[i] = sorted[present[i] + 1]
  end
  return codes, { name = slice.name, values = values }, #values
end

local function of_numbers(slice)
  local codes, present = core.slice_values(slice.values, MOST)
  return codes, { name = slice.name, numbers = present }, present and #present
end

local function of_edges(slice)
  return core.slice_cut(slice.values, slice.edges), { name = slice.name, edges = slice.edges },
    #slice.edges + 1
end

-- One slice as {codes, size, spec}: spec is what calibrators take.
local function resolve(where, slice, rows)
  if not slices.is(slice) or not slice.values then
    options.fail("%s: features: expected slices of rows (sy.slices.values, sy.slices.cut), got %s",
      where, options.show(slice))
  end
  if #slice.values ~= rows then
    options.fail("%s: feature %s has %d rows, but there are %d predictions", where,
      options.show(slice.name), #slice.values, rows)
  end
  local get = slice.kind == "cut" and of_edges or slice.names and of_texts or of_numbers
  local codes, spec, size = get(slice)
  if not codes then
    options.fail("%s: feature %s has more than %d values%s", where, options.show(slice.name), MOST,
      slice.names and "" or "; cut it at edges (sy.slices.cut)")
  end
  return { codes = codes, size = size, spec = spec, name = slice.name }
end

--- Features as a list of {name, codes (i32 from 0, -1: none), size, spec}.
-- given: slices, or a list of them; rows: how many there must be.
function features.resolve(where, given, rows)
  local list, seen = {}, {}
  for i, slice in ipairs(slices.is(given) and { given } or given or {}) do
    list[i] = resolve(where, slice, rows)
    if seen[list[i].name] then
      options.fail("%s: features: %s is there twice", where, options.show(list[i].name))
    end
    seen[list[i].name] = true
  end
  return list
end

--- Slices of columns of a data set: words like {"country", hour = edges} as a list of names and
-- {name, edges} pairs.
function features.of_data(where, data, words)
  local list = {}
  for i, word in ipairs(words) do
    if slices.is(word) then
      list[i] = word
    elseif type(word) == "string" then
      list[i] = slices.values(data:column(word), { name = word, names = data:names(word) })
    elseif type(word) == "table" and type(word[1]) == "string" then
      list[i] = slices.cut(data:column(word[1]), word[2], { name = word[1] })
    else
      options.fail("%s: features[%d]: expected a column's name, {name, edges} or slices, got %s",
        where, i, options.show(word))
    end
  end
  return list
end

return features
