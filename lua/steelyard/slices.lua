-- Slices: metrics by the value of a column, by where it is cut, by the size of requests, by rank.
--
--   local by = sy.slices.values(segments, { name = "segment" })
--   local result = sy.metrics.measure(scores, gains, { groups = ids, by = by })
--   print(result.slices[1][1].value, result.slices[1][1].ndcg.mean)
--
-- Where every request is in one slice, requests are grouped: their values are those of the pass
-- over the whole log. Where rows of a request differ, each request's items of one slice are ranked
-- among themselves, as a request of their own.

local core = require("steelyard.core")
local options = require("steelyard.options")

local slices = {}
local Slices = {}
Slices.__index = Slices

-- So many slices are a table that somebody reads: steelyard.slicing takes no more, either.
local MOST = 1000

slices.options = {
  values = { name = { type = "string", default = "value" }, names = {} },
  cut = { name = { type = "string", default = "value" } },
  size = { name = { type = "string", default = "size" } },
  rank = { name = { type = "string", default = "rank" } },
}

local function make(kind, o, parts)
  parts.kind, parts.name = kind, o.name
  return setmetatable(parts, Slices)
end

--- Is the value made here?
function slices.is(value)
  return getmetatable(value) == Slices
end

-- Edges as an ascending array.
local function check_edges(where, edges)
  options.need_numbers(where .. ": edges", edges)
  if #edges == 0 then
    options.fail("%s: edges: none are given", where)
  elseif #edges >= MOST then
    options.fail("%s: edges: %d, of at most %d", where, #edges, MOST - 1)
  end
  for i = 1, #edges do
    local edge = edges[i]
    options.need(type(edge) == "number" and edge == edge, ("edges[%d]"):format(i), "a number", edge)
    if i > 1 and edge <= edges[i - 1] then
      options.fail("%s: edges[%d]: %s is not above %s", where, i, options.show(edge),
        options.show(edges[i - 1]))
    end
  end
  return core.array(edges, "f64")
end

-- Texts as codes from 1 up and what they stand for.
local function coded(texts)
  local codes, names, code_of = {}, {}, {}
  for i = 1, #texts do
    local text = texts[i]
    options.need(type(text) == "string", ("values[%d]"):format(i), "a text", text)
    if not code_of[text] then
      names[#names + 1] = text
      code_of[text] = #names
    end
    codes[i] = code_of[text]
  end
  return core.array(codes, "i32"), names
end

--- A slice for every value of a column: numbers, texts, or codes with names (as data:column and
-- data:names give them). At most 1000.
function slices.values(values, given)
  local o = options.check("slices.values", given, slices.options.values)
  local names = o.names
  if type(values) == "table" and type(values[1]) == "string" then
    values, names = coded(values)
  end
  options.need_numbers("values", values)
  return make("values", o, { values = values, names = names })
end

--- Slices of a column of numbers, cut at edges: up to the first, above it up to the second ...
function slices.cut(values, edges, given)
  local o = options.check("slices.cut", given, slices.options.cut)
  options.need_numbers("values", values)
  return make("cut", o, { values = values, edges = check_edges("slices.cut", edges) })
end

--- Requests by how many items they have: one slice for every size, or cut at edges.
function slices.size(edges, given)
  local o = options.check("slices.size", given, slices.options.size)
  return make("size", o, { edges = edges and check_edges("slices.size", edges) })
end

--- Items by their rank under the scores that are measured, cut at edges.
function slices.rank(edges, given)
  local o = options.check("slices.rank", given, slices.options.rank)
  return make("rank", o, { edges = check_edges("slices.rank", edges) })
end

return slices
