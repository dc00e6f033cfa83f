-- The description of arrays.

return {
  title = "Arrays",
  text = [[Dense numbers of one type: f32, f64, i32 or i64, in one or two dimensions, counted from
1. All functions of Steelyard take arrays or plain tables of numbers; with arrays nothing is
copied. Rows, columns and slices are views: they share their numbers with the array they come
from.]],
  classes = {
    {
      name = "array",
      title = "An array",
      text = "`a[i]` reads, `a[i] = x` writes (of two dimensions, `a[i]` is the row, a view), `#a` "
        .. "is the "
        .. "length of the first dimension, `a == b` compares type, shape and all numbers.",
      fields = {
        { "dtype", '"f32"|"f64"|"i32"|"i64"', "The type of the numbers." },
        { "shape", "integer[]", "One or two sizes." },
        { "[integer]", "number", "The elements." },
      },
    },
  },
  functions = {
    {
      name = "sy.array",
      call = "sy.array(values [, dtype])",
      purpose = "Makes an array: of a table of numbers, of a table of rows, of a size (filled with "
        .. "zeros), "
        .. "or as a copy of another array.",
      args = {
        { "values", "integer|number[]|number[][]|array", "What to hold, or how many zeros." },
        { "dtype?", '"f32"|"f64"|"i32"|"i64"',
          'Default: "f64", or the type of the array that is copied.' },
      },
      returns = { { "array", "The new array." } },
      errors = "A value that is no number or does not fit the type, rows of unequal length.",
      complexity = "O(n)",
      example = [[
local a = sy.array({ 0.5, 0.25, 1 })
local m = sy.array({ { 1, 2 }, { 3, 4 } }, "i32")
print(a)          --> array f64 [3]: 0.5 0.25 1
print(m[2][1])    --> 3
print(#sy.array(4))  --> 4]],
    },
    {
      name = "sy.array.zeros",
      call = "sy.array.zeros(rows [, columns] [, dtype])",
      purpose = "Makes an array of zeros, of one dimension or of two.",
      args = {
        { "rows", "integer", "The first size." },
        { "columns?", 'integer|"f32"|"f64"|"i32"|"i64"', "The second size; none: one dimension." },
        { "dtype?", '"f32"|"f64"|"i32"|"i64"', 'Default: "f64".' },
      },
      returns = { { "array", "The new array." } },
      example = 'print(sy.array.zeros(2, 3, "f32"))  --> array f32 [2x3]: 0 0 0; 0 0 0',
    },
    {
      name = "sy.array.range",
      call = "sy.array.range(n)",
      purpose = "Makes the i64 array 1, 2 .. n.",
      args = { { "n", "integer", "The last number." } },
      returns = { { "array", "The new array." } },
      example = "print(sy.array.range(3))  --> array i64 [3]: 1 2 3",
    },
    {
      name = "sy.array.concat",
      call = "sy.array.concat(arrays)",
      purpose = "Makes one array of several of one dimension and one type, one behind the other.",
      args = { { "arrays", "array[]", "The parts." } },
      returns = { { "array", "The new array." } },
      example = [[
local a, b = sy.array({ 1, 2 }), sy.array({ 3 })
print(sy.array.concat({ a, b }))  --> array f64 [3]: 1 2 3]],
    },
    {
      name = "sy.array.columns",
      call = "sy.array.columns(vectors [, dtype])",
      purpose = "Makes a matrix of vectors of one length, side by side.",
      args = {
        { "vectors", "numbers[]", "The columns, at least one." },
        { "dtype?", "string", 'Of the matrix; "f64" by default.' },
      },
      returns = { { "array", "The new array, of two dimensions." } },
      example = [[
local m = sy.array.columns({ { 1, 2, 3 }, { 4, 5, 6 } })
print(#m, m:get(3, 2))  --> 3 6.0]],
    },
    {
      name = "sy.array.from_bytes",
      call = "sy.array.from_bytes(bytes [, dtype])",
      purpose = "Makes an array of the machine's own bytes, as array:bytes gives them.",
      args = {
        { "bytes", "string", "A whole number of elements." },
        { "dtype?", '"f32"|"f64"|"i32"|"i64"', 'Default: "f64".' },
      },
      returns = { { "array", "The new array." } },
      example = 'print(sy.array.from_bytes(sy.array({ 7, 8 }, "i32"):bytes(), "i32")[2])  --> 8',
    },
    {
      name = "sy.array.load",
      call = "sy.array.load(path)",
      purpose = "Loads an NPY file (NumPy's format): f4, f8, i4, i8, little-endian, one or two "
        .. "dimensions.",
      args = { { "path", "string", "The file." } },
      returns = { { "array?", "The array, or nil." }, { "string?",
        "Why it could not be loaded." } },
      source = "NumPy's format description, versions 1 to 3",
      example = [[
local path = os.tmpname()
assert(sy.array({ 1.5, 2 }):save(path))
print(assert(sy.array.load(path)))  --> array f64 [2]: 1.5 2
os.remove(path)]],
    },
    {
      name = "sy.array.is",
      call = "sy.array.is(value)",
      purpose = "Tells whether a value is an array.",
      args = { { "value", "any", "Anything." } },
      returns = { { "boolean", "Is it an array?" } },
      example = "print(sy.array.is({ 1, 2 }))  --> false",
    },
    {
      name = "array:get",
      call = "a:get(i [, j])",
      purpose = "Reads one element; j is needed for two dimensions.",
      args = { { "i", "integer", "The row." }, { "j?", "integer", "The column." } },
      returns = { { "number", "The element." } },
      errors = "An index out of range.",
      example = "print(sy.array({ { 1, 2 }, { 3, 4 } }, \"i32\"):get(2, 2))  --> 4",
    },
    {
      name = "array:set",
      call = "a:set(i [, j], x)",
      purpose = "Writes one element; j is needed for two dimensions.",
      args = {
        { "i", "integer", "The row." },
        { "j", "integer|number", "The column, or for one dimension the number." },
        { "x?", "number", "The number." },
      },
      returns = {},
      example = [[
local m = sy.array.zeros(1, 2)
m:set(1, 2, 5)
print(m)  --> array f64 [1x2]: 0 5]],
    },
    {
      name = "array:row",
      call = "a:row(i)",
      purpose = "A view of one row of two dimensions.",
      args = { { "i", "integer", "Which row." } },
      returns = { { "array", "The row; what is written to it is written to the array." } },
      complexity = "O(1)",
      example = [[
local m = sy.array.zeros(2, 2, "i32")
m:row(2)[1] = 9
print(m)  --> array i32 [2x2]: 0 0; 9 0]],
    },
    {
      name = "array:column",
      call = "a:column(j)",
      purpose = "A view of one column of two dimensions.",
      args = { { "j", "integer", "Which column." } },
      returns = { { "array", "The column." } },
      complexity = "O(1)",
      example = "print(sy.array({ { 1, 2 }, { 3, 4 } }, \"i32\"):column(2))  --> array i32 [2]: 2 "
        .. "4",
    },
    {
      name = "array:slice",
      call = "a:slice(first [, last])",
      purpose = "A view of the elements (or rows) first .. last, both included.",
      args = {
        { "first", "integer", "The first." },
        { "last?", "integer", "The last. Default: the end." },
      },
      returns = { { "array", "The slice." } },
      complexity = "O(1)",
      example = "print(sy.array.range(5):slice(4))  --> array i64 [2]: 4 5",
    },
    {
      name = "array:totable",
      call = "a:totable()",
      purpose = "The numbers as a table, of two dimensions as a table of rows.",
      args = {},
      returns = { { "table", "The table." } },
      example = 'print(table.concat(sy.array({ 3, 4 }, "i64"):totable(), " "))  --> 3 4',
    },
    {
      name = "array:copy",
      call = "a:copy([dtype])",
      purpose = "A copy, of another type where one is named.",
      args = { { "dtype?", '"f32"|"f64"|"i32"|"i64"', "Default: the array's own." } },
      returns = { { "array", "The copy." } },
      errors = "A number that does not fit an integer type.",
      example = 'print(sy.array({ 1, 2 }):copy("i32").dtype)  --> i32',
    },
    {
      name = "array:fill",
      call = "a:fill(x)",
      purpose = "Writes the same number everywhere.",
      args = { { "x", "number", "The number." } },
      returns = { { "array", "The array itself." } },
      example = 'print(sy.array.zeros(3, "i32"):fill(7))  --> array i32 [3]: 7 7 7',
    },
    {
      name = "array:gather",
      call = "a:gather(rows)",
      purpose = "A new array of some elements (or rows), in the order asked for; repeats are fine.",
      args = { { "rows", "numbers", "Which, from 1." } },
      returns = { { "array", "The new array." } },
      example = [[
print(sy.array({ 10, 20, 30 }, "i32"):gather({ 3, 1, 1 }))  --> array i32 [3]: 30 10 10]],
    },
    {
      name = "array:bytes",
      call = "a:bytes()",
      purpose = "The numbers as the machine's own bytes.",
      args = {},
      returns = { { "string", "The bytes." } },
      example = 'print(#sy.array({ 1, 2 }, "f32"):bytes())  --> 8',
    },
    {
      name = "array:sum",
      call = "a:sum()",
      purpose = "The sum of all elements, in an order that is the same everywhere.",
      args = {},
      returns = { { "number", "The sum." } },
      example = 'print(sy.array({ 1, 2, 3 }, "i32"):sum())  --> 6',
    },
    {
      name = "array:mean",
      call = "a:mean()",
      purpose = "The mean of all elements.",
      args = {},
      returns = { { "number?", "The mean; nil of an empty array." } },
      example = "print(sy.array({ 1, 2 }):mean())  --> 1.5",
    },
    {
      name = "array:min",
      call = "a:min()",
      purpose = "The smallest element; NaN where there is one.",
      args = {},
      returns = { { "number?", "The smallest; nil of an empty array." } },
      example = 'print(sy.array({ 4, -2 }, "i32"):min())  --> -2',
    },
    {
      name = "array:max",
      call = "a:max()",
      purpose = "The largest element; NaN where there is one.",
      args = {},
      returns = { { "number?", "The largest; nil of an empty array." } },
      example = 'print(sy.array({ 4, -2 }, "i32"):max())  --> 4',
    },
    {
      name = "array:save",
      call = "a:save(path)",
      purpose = "Saves an NPY file that NumPy loads; replaced whole or not at all.",
      args = { { "path", "string", "The file." } },
      returns = { { "true?", "Done, or nil." }, { "string?", "Why it could not be saved." } },
      example = [[
local ok, message = sy.array({ 1 }):save("/no/such/folder/a.npy")
print(ok)  --> nil]],
    },
  },
}
