-- The description of arithmetic over whole arrays.

local a_or_number = "An array, a table of numbers or a number."
local result = { { "array|number", "A new array; of numbers alone a number." } }
local shapes = "Shapes that do not match; both are named."

local function combination(name, purpose, example)
  return {
    name = "sy.vector." .. name,
    call = ("sy.vector.%s(a, b)"):format(name),
    purpose = purpose,
    args = { { "a", "numbers|number", a_or_number }, { "b", "numbers|number", a_or_number } },
    returns = result,
    errors = shapes,
    example = example,
  }
end

local function map(name, purpose, example)
  return {
    name = "sy.vector." .. name,
    call = ("sy.vector.%s(a)"):format(name),
    purpose = purpose,
    args = { { "a", "numbers|number", a_or_number } },
    returns = result,
    example = example,
  }
end

return {
  title = "Arithmetic over arrays",
  text = [[For recipes that compose losses, targets and updates of their own. Results are new arrays
unless said: f64, or f32 where all arrays are. Everything is computed in doubles and rounded once,
to the same bits everywhere, in time proportional to the numbers; NaN and infinities go through as
IEEE 754 says. Two arrays have one shape, or one is a matrix and the other a vector as long as its
rows, which then goes with every row.]],
  functions = {
    {
      name = "sy.vector.add",
      call = "sy.vector.add(a, b [, factor])",
      purpose = "a + factor b, number by number.",
      args = {
        { "a", "numbers|number", a_or_number },
        { "b", "numbers|number", a_or_number },
        { "factor?", "number", "Default: 1." },
      },
      returns = result,
      errors = shapes,
      example = [[
local m = sy.array({ { 1, 2 }, { 3, 4 } })
print(sy.vector.add(m, { 10, 20 }, 0.5))  --> array f64 [2x2]: 6 12; 8 14]],
    },
    combination("subtract", "a - b, number by number.",
      "print(sy.vector.subtract({ 3, 4 }, 1))  --> array f64 [2]: 2 3"),
    combination("multiply", "a b, number by number.",
      "print(sy.vector.multiply({ 3, 4 }, { 2, 0.5 }))  --> array f64 [2]: 6 2"),
    combination("divide", "a / b, number by number.",
      "print(sy.vector.divide(1, { 2, 4 }))  --> array f64 [2]: 0.5 0.25"),
    map("exp", "e to the power of each number, to about 2 units in the last place.",
      "print(sy.vector.exp({ 0, 1 }))  --> array f64 [2]: 1 2.71828"),
    map("log", "The natural logarithm of each number: -infinity of 0, NaN below.",
      "print(sy.vector.log({ 1, 0 }))  --> array f64 [2]: 0 -inf"),
    map("sigmoid", "1 / (1 + exp(-x)) of each number, without loss near 0.",
      "print(sy.vector.sigmoid({ 0, -800 }))  --> array f64 [2]: 0.5 0"),
    map("square", "The square of each number.",
      "print(sy.vector.square({ 3, -4 }))  --> array f64 [2]: 9 16"),
    map("sqrt", "The root of each number; NaN below 0.",
      "print(sy.vector.sqrt({ 9, 16 }))  --> array f64 [2]: 3 4"),
    map("abs", "Each number without its sign.",
      "print(sy.vector.abs({ 3, -4 }))  --> array f64 [2]: 3 4"),
    map("negate", "Each number with the other sign.",
      "print(sy.vector.negate({ 3, -4 }))  --> array f64 [2]: -3 4"),
    {
      name = "sy.vector.clip",
      call = "sy.vector.clip(a, low, high)",
      purpose = "Each number, held within bounds; NaN stays.",
      args = {
        { "a", "numbers|number", a_or_number },
        { "low", "number", "The lower bound; may be -math.huge." },
        { "high", "number", "The upper bound, not below." },
      },
      returns = result,
      example = "print(sy.vector.clip({ -1, 0.5, 7 }, 0, 1))  --> array f64 [3]: 0 0.5 1",
    },
    {
      name = "sy.vector.accumulate",
      call = "sy.vector.accumulate(y, x [, factor])",
      purpose = "y += factor x, in place; y may be a view.",
      args = {
        { "y", "array", "Of f32 or f64." },
        { "x", "numbers|number", "Of y's shape, or as long as its rows, or a number." },
        { "factor?", "number", "Default: 1." },
      },
      returns = { { "array", "y." } },
      errors = shapes,
      example = [[
local weights = sy.array({ 1, 2 })
sy.vector.accumulate(weights, { 0.5, -1 }, -0.1)
print(weights)  --> array f64 [2]: 0.95 2.1]],
    },
    {
      name = "sy.vector.assign",
      call = "sy.vector.assign(y, x)",
      purpose = "y = x, in place; y may be a view. Every bit is kept where both are of one type.",
      args = { { "y", "array", "Any array." }, { "x", "numbers", "Of the same shape." } },
      returns = { { "array", "y." } },
      errors = "Shapes that do not match; a number that does not fit y's type: nothing is changed.",
      example = [[
local m = sy.array.zeros(2, 2)
sy.vector.assign(m:column(2), { 3, 4 })
print(m)  --> array f64 [2x2]: 0 3; 0 4]],
    },
    {
      name = "sy.vector.dot",
      call = "sy.vector.dot(a, b)",
      purpose = "The sum of products of two arrays of one shape, in an order that is the same "
        .. "everywhere.",
      args = { { "a", "numbers", "One." }, { "b", "numbers", "The other." } },
      returns = { { "number", "The sum." } },
      errors = shapes,
      example = "print(sy.vector.dot({ 1, 2 }, { 0.25, 0.5 }))  --> 1.25",
    },
    {
      name = "sy.vector.times",
      call = "sy.vector.times(matrix, vector)",
      purpose = "A matrix times a vector: the sum of products of each row.",
      args = {
        { "matrix", "numbers", "Rows x columns." },
        { "vector", "numbers", "As many numbers as columns." },
      },
      returns = { { "array", "A number for each row." } },
      errors = shapes,
      example = [[
print(sy.vector.times({ { 1, 2 }, { 3, 4 } }, { 1, 0.5 }))  --> array f64 [2]: 2 5]],
    },
    {
      name = "sy.vector.outer",
      call = "sy.vector.outer(a, b)",
      purpose = "The matrix of all products a[i] b[j].",
      args = {
        { "a", "numbers", "One for each row." },
        { "b", "numbers", "One for each column." },
      },
      returns = { { "array", "The matrix." } },
      example = "print(sy.vector.outer({ 1, 2 }, { 3, 4 }))  --> array f64 [2x2]: 3 4; 6 8",
    },
    {
      name = "sy.vector.group_sums",
      call = "sy.vector.group_sums(values, codes, count)",
      purpose = "Sums by groups: of numbers, or of a matrix's rows, by columns.",
      args = {
        { "values", "numbers", "A number, or a row, each." },
        { "codes", "numbers", "The group of each, from 1 to count; 0: of none." },
        { "count", "integer", "How many groups there are." },
      },
      returns = { { "array", "A sum, or a row of sums, for each group; f64." } },
      errors = "A code that there is not; its place is named.",
      example = "print(sy.vector.group_sums({ 1, 2, 4 }, { 2, 0, 2 }, 2))  --> array f64 [2]: 0 5",
    },
    {
      name = "sy.vector.spread",
      call = "sy.vector.spread(per_group, codes)",
      purpose = "What belongs to each one's group: a number, or a matrix's row.",
      args = {
        { "per_group", "numbers", "For each group." },
        { "codes", "numbers", "The group of each, from 1; 0: of none, and zeroes are given." },
      },
      returns = { { "array", "A number, or a row, for each code." } },
      errors = "A code that there is not; its place is named.",
      example = "print(sy.vector.spread({ 10, 20 }, { 2, 0, 1 }))  --> array f64 [3]: 20 0 10",
    },
  },
}
