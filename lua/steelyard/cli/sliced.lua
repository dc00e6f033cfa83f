-- The option --by of `steelyard eval`: which slices, and their tables.

local failure = require("steelyard.cli.failure")
local measures = require("steelyard.cli.measures")
local parse = require("steelyard.cli.parse")
local sy = require("steelyard")
local tables = require("steelyard.cli.table")

local sliced = {}

sliced.options = {
  { "--by", "SLICES,..",
    "Measure by slices, too: COLUMN (its values), COLUMN:5,10,20 (numbers, cut there), size or "
      .. "size:10,50 (how many items a request has), rank:5,10 (items by their rank). Where a "
      .. "request's items are in different slices, those of one slice are ranked among "
      .. "themselves.", repeats = true },
}

-- "position:5,10,size" as words: numbers behind a comma belong to the word before.
local function words_of(text)
  local words = {}
  for word in (text .. ","):gmatch("(.-),") do
    if tonumber(word) and #words > 0 and words[#words]:find(":", 1, true) then
      words[#words] = words[#words] .. "," .. word
    else
      words[#words + 1] = word
    end
  end
  return words
end

local function edges_of(where, text)
  local edges = {}
  for i, word in ipairs(parse.list(where, text)) do
    edges[i] = parse.number(where, word)
    if i > 1 and edges[i] <= edges[i - 1] then
      failure.raise("%s: %s is not above %s: edges ascend", where, word, edges[i - 1])
    end
  end
  return edges
end

-- "position:5,10" as {kind, name, edges}. plain: size and rank are columns like any other.
local function parse_one(word, option, plain)
  local name, text = word:match("^(.-):(.*)$")
  name = name or word
  if name == "" then
    failure.raise("%s: an empty name in %q", option, word)
  end
  local edges = text and edges_of(option .. " " .. name, text)
  local kind = edges and "cut" or "values"
  if not plain and (name == "size" or name == "rank") then
    kind = name
  end
  if kind == "rank" and not edges then
    failure.raise("--by rank: where is it cut? (--by rank:5,10)")
  end
  return { kind = kind, name = name, edges = edges }
end

--- What --by (a list of texts) asks for: a list of {kind, name, edges}. option: where it is not
-- called --by. plain: size and rank are columns like any other.
function sliced.parse(given, option, plain)
  option = option or "--by"
  local list, seen = {}, {}
  for _, text in ipairs(given) do
    for _, word in ipairs(words_of(text)) do
      if seen[word] then
        failure.raise("%s: %s is there twice", option, word)
      end
      seen[word] = true
      list[#list + 1] = parse_one(word, option, plain)
    end
  end
  return list
end

--- The columns they need, of a kind: "values" (numbers or words) or "cut" (numbers).
function sliced.columns(list, kind)
  local columns = {}
  for _, one in ipairs(list) do
    if one.kind == kind then
      columns[#columns + 1] = one.name
    end
  end
  return columns
end

local function make(set, one)
  local name = { name = one.name }
  if one.kind == "size" or one.kind == "rank" then
    return sy.slices[one.kind](one.edges, name)
  end
  local values, names = set:column(one.name), set:names(one.name)
  if one.kind == "values" then
    name.names = names
    return sy.slices.values(values, name)
  elseif names then
    failure.raise("--by %s: it has words, which cannot be cut at numbers", one.name)
  end
  return sy.slices.cut(values, one.edges, name)
end

--- Slices of a data set for sy.metrics.measure; nil where none are asked for.
function sliced.of(set, list)
  local by = {}
  for i, one in ipairs(list) do
    by[i] = make(set, one)
  end
  return #by > 0 and by or nil
end

-- ---------------------------------------------------------------------------------- printing --

--- For JSON: a list of {by, of, values}, or nil. results: per gain column, a result of measure.
function sliced.as_json(gains, results)
  if not results[1].slices then
    return nil
  end
  local list = {}
  for b, by in ipairs(results[1].slices) do
    local values = {}
    for s, slice in ipairs(by) do
      values[s] = { value = slice.value, requests = slice.requests, metrics = {}, counted = {} }
      for g, gain in ipairs(gains) do
        local means, counted = {}, {}
        for _, one in ipairs(results[g]) do
          local here = results[g].slices[b][s][one.name]
          means[one.name], counted[one.name] = here.mean, here.counted
        end
        values[s].metrics[gain], values[s].counted[gain] = means, counted
      end
    end
    list[b] = { by = by.name, of = by.of, values = setmetatable(values, sy.json.array) }
  end
  return setmetatable(list, sy.json.array)
end

-- A row: what is sliced, how many requests, and every metric of a gain column.
local function row_of(label, requests, result, get)
  local row, means = { label, ("%d"):format(requests), "" }, {}
  for i, one in ipairs(result) do
    means[i] = get(one)
    row[#row + 1] = tables.value(means[i].mean, measures.counts(one))
  end
  row[3] = tables.span(means, "counted")
  return row
end

local function rows_of(result, b)
  local rows = {}
  for _, slice in ipairs(result.slices[b]) do
    rows[#rows + 1] = row_of(slice.value, slice.requests, result, function(one)
      return slice[one.name]
    end)
  end
  rows[#rows + 1] = row_of("all", result.groups.count, result, function(one)
    return one
  end)
  return rows
end

local function title_of(by, gain)
  local text = ("%s by %s"):format(gain, by.name)
  if by.of == "items" then
    text = text .. " (the items of a slice are ranked among themselves, request by request)"
  end
  return text
end

--- Tables, one for each of the slices and each gain column; "" where there are none.
function sliced.as_text(gains, results)
  local out = {}
  for b, by in ipairs(results[1].slices or {}) do
    local header = { by.name, "requests", "counted" }
    for _, one in ipairs(results[1]) do
      header[#header + 1] = one.name
    end
    for g, gain in ipairs(gains) do
      out[#out + 1] = "\n" .. title_of(by, gain)
      out[#out + 1] = table.concat(tables.lines(header, rows_of(results[g], b)), "\n")
    end
  end
  return #out > 0 and table.concat(out, "\n") .. "\n" or ""
end

return sliced
