-- The description of slices.

local function name_option(key, default)
  return { from = { "steelyard.slices", key },
    { "name", "string", "What the slices are of, for results.", default = default } }
end

local function values_options()
  local list = name_option("values", "value")
  list[2] = { "names", "names|string[]", "What codes stand for, as data:names gives it.",
    otherwise = "the values are numbers, or texts" }
  return list
end

local EDGES = { "edges", "numbers", "Ascending." }

return {
  title = "Slices",
  text = [[Metrics by the value of a column, by where it is cut, by the size of requests or by
rank: the option `by` of `sy.metrics.measure`. Where all rows of every request are in one slice,
*requests* are grouped, and their values are those of the same pass. Where rows of a request differ
(and by rank), each request's *items* of one slice are ranked among themselves, as a request of
their own. Rows whose value is NaN are in no slice. There are at most 1000 slices.]],
  classes = {
    {
      name = "slices",
      title = "Slices of a log",
      text = "What the functions of sy.slices give, for the option by of sy.metrics.measure.",
      fields = {},
    },
    {
      name = "slice_values",
      title = "Measured slices",
      text = "A list of slices, in ascending order, each {value = what it is called, requests = "
        .. "how many have rows of it, [expression] = {mean, counted, empty}}; and:",
      fields = {
        { "name", "string", "What the slices are of." },
        { "of", '"requests"|"items"', "What was grouped: whole requests, or items of each." },
      },
    },
  },
  functions = {
    {
      name = "sy.slices.values",
      call = "sy.slices.values(values [, options])",
      purpose = "A slice for every value of a column.",
      args = {
        { "values", "numbers|string[]", "One a row: numbers, texts, or codes with names." },
        { "options?", "options", "See below." },
      },
      options = values_options(),
      returns = { { "slices", "For the option by." } },
      errors = "More than 1000 values.",
      example = [[
local by = sy.slices.values({ "new", "new", "old", "old" }, { name = "user" })
local r = sy.metrics.measure({ 2, 1, 2, 1 }, { 1, 0, 0, 1 }, {
  metrics = "mrr", groups = { 1, 1, 2, 2 }, by = by,
})
for _, slice in ipairs(r.slices[1]) do
  print(slice.value, slice.requests, slice.mrr.mean)
end
--> new 1 1.0
--> old 1 0.5]],
    },
    {
      name = "sy.slices.cut",
      call = "sy.slices.cut(values, edges [, options])",
      purpose = "Slices of a column of numbers: up to the first edge, above it up to the second "
        .. "...",
      args = {
        { "values", "numbers", "One a row." },
        EDGES,
        { "options?", "options", "See below." },
      },
      options = name_option("cut", "value"),
      returns = { { "slices", "For the option by." } },
      example = [[
local by = sy.slices.cut({ 0.1, 0.2, 0.9, 0.8 }, { 0.5 })
local r = sy.metrics.measure({ 2, 1, 2, 1 }, { 1, 0, 0, 1 }, { metrics = "mrr", by = by })
print(r.slices[1].of, r.slices[1][2].value, r.slices[1][2].mrr.mean)  --> items above 0.5 0.5]],
    },
    {
      name = "sy.slices.size",
      call = "sy.slices.size([edges [, options]])",
      purpose = "Requests by how many items they have.",
      args = {
        { "edges?", "numbers", "Ascending; without them, a slice for every size." },
        { "options?", "options", "See below." },
      },
      options = name_option("size", "size"),
      returns = { { "slices", "For the option by." } },
      example = [[
local r = sy.metrics.measure({ 3, 2, 1, 1 }, { 0, 1, 0, 1 }, {
  metrics = "mrr", groups = { 1, 1, 1, 2 }, by = sy.slices.size({ 1, 10 }),
})
print(r.slices[1][2].value, r.slices[1][2].mrr.mean)  --> 2-10 0.5]],
    },
    {
      name = "sy.slices.rank",
      call = "sy.slices.rank(edges [, options])",
      purpose = "Items by their rank under the scores that are measured.",
      args = { EDGES, { "options?", "options", "See below." } },
      options = name_option("rank", "rank"),
      returns = { { "slices", "For the option by." } },
      example = [[
local r = sy.metrics.measure({ 4, 3, 2, 1 }, { 1, 0, 1, 1 }, {
  metrics = "precision", by = sy.slices.rank({ 2 }),
})
print(r.slices[1][1].value, r.slices[1][1].precision.mean)  --> 1-2 0.5]],
    },
    {
      name = "sy.slices.is",
      call = "sy.slices.is(value)",
      purpose = "Is the value made by a function of sy.slices?",
      args = { { "value", "any", "Any value." } },
      returns = { { "boolean", "True for slices." } },
      example = "print(sy.slices.is({}))  --> false",
    },
  },
}
