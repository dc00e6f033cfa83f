-- The description of data sets and groups.

return {
  title = "Data",
  text = [[A data set is a log of requests: columns of numbers and categories, whose rows stand
request by request. Reading brings them into that order, whatever the file's; `data.rows` tells
where each row came from.]],
  classes = {
    {
      name = "data",
      title = "A data set",
      text = "Made by sy.dataset.read or sy.dataset.new. From Lua 5.2 on `#data` is its size.",
      fields = {
        { "tasks", "string[]", "The tasks, in order." },
        { "size", "integer", "How many rows." },
        { "groups", "groups", "Which rows belong to which request." },
        { "rows", "array?", "The original row of every row, where rows were moved." },
        { "dropped", "integer", "How many rows were left out for missing values." },
      },
    },
    {
      name = "groups",
      title = "Groups",
      text = "Which rows belong to one request.",
      fields = {
        { "count", "integer", "How many requests." },
        { "size", "integer", "How many rows." },
        { "offsets", "array", "i64: request r has the rows offsets[r] + 1 .. offsets[r + 1]." },
        { "order", "array?", "i64: the rows request by request, where they do not stand so." },
        { "longest", "integer", "The size of the largest request." },
      },
    },
    {
      name = "names",
      title = "Names of categories",
      text = "`names[code]` is the text that a category column's code stands for, `#names` how "
        .. "many there are.",
      fields = { { "[integer]", "string", "The texts." } },
    },
  },
  functions = {
    {
      name = "sy.dataset.read",
      call = "sy.dataset.read(path [, options])",
      purpose = "Reads CSV, TSV, JSON Lines or LETOR/SVMlight, gzipped or not, or a folder that "
        .. "holds a NAME.npy for every column (and offsets.npy, where each request begins, in "
        .. "place of ids). Only the columns that are named "
        .. "are kept; where none but group and item are named, all are.",
      args = {
        { "path", "string", 'A file or a folder; "-" is standard input.' },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.dataset", "read" },
        { "group", "string|string[]", "The column of request ids, or several.",
          otherwise = "all rows are one request" },
        { "predictions", "string|string[]|table<string, string>",
          "Columns of predictions: a list (a task is called as its column) or {task = column}." },
        { "labels", "string|string[]|table<string, string>",
          "Columns of labels: a list in the order of predictions, or {task = column}." },
        { "features", "string|string[]", "Further columns of numbers." },
        { "categorical", "string|string[]", "Further columns of categories." },
        { "columns", "string|string[]",
          "Further columns: numbers where the first value is one, else categories." },
        { "item", "string", "The column of item names." },
        { "format", '"auto"|"csv"|"tsv"|"jsonl"|"letor"', "The file's format.",
          otherwise = '"auto": by the file\'s name' },
        { "dtype", '"f32"|"f64"', "The type of number columns. NPY columns stay as they are where "
          .. "none is given.", default = "f64" },
        { "missing", '"error"|"drop"|"keep"|number',
          "Numbers that are missing, NaN or infinite: refuse the file, drop their rows, keep them "
            .. "(a missing one as NaN), or put this number there.", default = "error" },
      },
      returns = { { "data?", "The data set, or nil." }, { "string?",
        "File, line, column and value at fault." } },
      complexity = "one streaming pass; no Lua value per row",
      source = "RFC 4180 (CSV)",
      example = [[
local data = assert(sy.dataset.read("examples/data/kuairand-requests.csv", {
  group = "request_id",
  predictions = { "p_click", "p_long_view" },
  labels = { "click", "long_view" },
}))
print(data)                             --> data set: 4864 rows, 608 requests, 5 columns
print(data:label("p_click"):mean() > 0.7)  --> true]],
    },
    {
      name = "sy.dataset.new",
      call = "sy.dataset.new(options)",
      purpose = "Makes a data set of numbers in memory.",
      args = { { "options", "options", "See below." } },
      options = {
        from = { "steelyard.dataset", "new" },
        { "predictions", "table",
          "{task = numbers}, in order of name, or {{task, numbers}, ...}." },
        { "labels", "table", "The same, for labels." },
        { "features", "table", "The same, for further columns; tables of texts are categories." },
        { "groups", "numbers|string[]|groups", "A request id per row.",
          otherwise = "all rows are one request" },
        { "items", "string[]|numbers", "A name per row." },
        { "dtype", '"f32"|"f64"', "The type of numbers given as tables.", default = "f64" },
        { "missing", '"error"|"keep"', "NaN and infinities: refuse or keep them.",
          default = "error" },
      },
      returns = { { "data", "The data set." } },
      errors = "Columns of unequal length, values that are no numbers, no columns.",
      example = [[
local data = sy.dataset.new({
  predictions = { click = { 0.1, 0.4, 0.3 }, like = { 0, 0.1, 0.2 } },
  groups = { "b", "a", "b" },
})
print(data:prediction("click"))  --> array f64 [3]: 0.1 0.3 0.4
print(data:group_name(2))        --> a]],
    },
    {
      name = "sy.dataset.is",
      call = "sy.dataset.is(value)",
      purpose = "Tells whether a value is a data set.",
      args = { { "value", "any", "Anything." } },
      returns = { { "boolean", "Is it a data set?" } },
      example = "print(sy.dataset.is({}))  --> false",
    },
    {
      name = "data:has",
      call = "data:has(name)",
      purpose = "Tells whether there is a column of a name.",
      args = { { "name", "string", "The name." } },
      returns = { { "boolean", "Is there one?" } },
      example = 'print(sy.dataset.new({ predictions = { a = { 1 } } }):has("b"))  --> false',
    },
    {
      name = "data:column_names",
      call = "data:column_names()",
      purpose = "The names of all columns, in order.",
      args = {},
      returns = { { "string[]", "The names." } },
      example = [[
print(#sy.dataset.new({ predictions = { a = { 1 }, b = { 2 } } }):column_names())  --> 2]],
    },
    {
      name = "data:column",
      call = "data:column(name)",
      purpose = "A column's numbers; of a category column its codes, from 1.",
      args = { { "name", "string", "Which." } },
      returns = { { "array", "The numbers, not copied." } },
      errors = "No such column; the nearest name is suggested.",
      example = [[
local data = sy.dataset.new({ features = { city = { "Bonn", "Ulm", "Bonn" } } })
print(data:column("city"))   --> array i32 [3]: 1 2 1
print(data:names("city")[2])  --> Ulm]],
    },
    {
      name = "data:names",
      call = "data:names(name)",
      purpose = "What the codes of a category column stand for.",
      args = { { "name", "string", "Which column." } },
      returns = { { "names?", "The names; nil for a column of numbers." } },
      example = 'print(sy.dataset.new({ features = { c = { "x" } } }):names("c"):find("x"))  --> 1',
    },
    {
      name = "data:prediction",
      call = "data:prediction(task)",
      purpose = "The predictions of a task.",
      args = { { "task", "string", "Which." } },
      returns = { { "array", "The numbers." } },
      errors = "No such task.",
      example = [[
print(sy.dataset.new({ predictions = { a = { 2 } } }):prediction("a")[1])  --> 2.0]],
    },
    {
      name = "data:label",
      call = "data:label(task)",
      purpose = "The labels of a task.",
      args = { { "task", "string", "Which." } },
      returns = { { "array", "The numbers." } },
      errors = "The task has no labels.",
      example = [[
local data = sy.dataset.new({ predictions = { a = { 0.2 } }, labels = { a = { 1 } } })
print(data:label("a")[1])  --> 1.0]],
    },
    {
      name = "data:with_predictions",
      call = "data:with_predictions(predictions)",
      purpose = "The same data with other predictions of some tasks, in columns of their own "
        .. "(\"prediction:\" before the task's name).",
      args = { { "predictions", "table<string, numbers>", "{task = numbers}, one a row." } },
      returns = { { "data", "Another data set, which shares all else." } },
      errors = "Not as many numbers as there are rows.",
      example = [[
local data = sy.dataset.new({ predictions = { a = { 0.1, 0.2 } } })
local other = data:with_predictions({ a = { 0.3, 0.4 } })
print(other:prediction("a"), data:prediction("a")[1])  --> array f64 [2]: 0.3 0.4 0.1]],
    },
    {
      name = "data:has_label",
      call = "data:has_label(task)",
      purpose = "Tells whether a task has labels.",
      args = { { "task", "string", "Which." } },
      returns = { { "boolean", "Has it?" } },
      example = [[
print(sy.dataset.new({ predictions = { a = { 0.2 } } }):has_label("a"))  --> false]],
    },
    {
      name = "data:find_prediction",
      call = "data:find_prediction(task)",
      purpose = "A task's predictions, or else the number column of that name.",
      args = { { "task", "string", "Which." } },
      returns = {
        { "array?", "The numbers, or nil." },
        { "string[]?", "Where there are none: the names that there are." },
      },
      example = [[
print(sy.dataset.new({ features = { a = { 3 } } }):find_prediction("a")[1])  --> 3.0]],
    },
    {
      name = "data:name_places",
      call = "data:name_places()",
      purpose = "For ties by name: for every row the place of its item's name among all names.",
      args = {},
      returns = { { "array", "i32, growing with the name." } },
      errors = "The data set has no item names.",
      example = [[
local data = sy.dataset.new({ predictions = { a = { 1, 1 } }, items = { "x", "y" } })
local order = sy.rank(data:prediction("a"), { ties = "name", names = data:name_places() })
print(order)  --> array i64 [2]: 2 1]],
    },
    {
      name = "data:group_name",
      call = "data:group_name(r)",
      purpose = 'The id of a request as a text (several columns are joined by "/"), or its number.',
      args = { { "r", "integer", "Which request." } },
      returns = { { "string", "The id." } },
      example = [[
print(sy.dataset.new({ features = { a = { 1 } }, groups = { 77 } }):group_name(1))  --> 77]],
    },
    {
      name = "data:where",
      call = "data:where(conditions)",
      purpose = "The rows for which all conditions hold, as a data set; requests without such a "
        .. "row are left out.",
      args = {
        { "conditions", "string[]",
          '"column operator value", with =, !=, <, <=, >, >=; the last four compare numbers.' },
      },
      returns = { { "data", "The rows, in their requests." } },
      errors = "No row is left; a column that is not there.",
      complexity = "O(rows) a condition",
      example = [[
local data = sy.dataset.new({ features = { day = { 1, 2, 3 } }, groups = { 7, 7, 8 } })
print(data:where({ "day>=2", "day!=3" }).size)  --> 1]],
    },
    {
      name = "data:select",
      call = "data:select(requests)",
      purpose = "Some requests as a data set, in the order asked for; repeats are fine.",
      args = { { "requests", "numbers|fun(r: integer): boolean",
        "Their numbers, or which ones." } },
      returns = { { "data", "The requests." } },
      example = [[
local data = sy.dataset.new({ features = { a = { 1, 2, 3 } }, groups = { 1, 1, 2 } })
print(data:select({ 2 }):column("a"))  --> array f64 [1]: 3]],
    },
    {
      name = "data:split",
      call = "data:split(share [, options])",
      purpose = "Splits at random into two data sets, of which the second gets the share of the "
        .. "requests. The same "
        .. "seed gives the same split everywhere.",
      args = {
        { "share", "number", "Between 0 and 1." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.dataset", "split" },
        { "seed", "integer", "Of the random choice.", default = 1 },
        { "by", "string", "A column whose values stay whole: all requests of a user on one side." },
      },
      returns = { { "data", "The larger part, usually." }, { "data", "The share." } },
      errors = "A share that leaves one side empty.",
      example = [[
local data = sy.dataset.new({ features = { a = { 1, 2, 3, 4 } }, groups = { 1, 2, 3, 4 } })
local rest, share = data:split(0.25, { seed = 7 })
print(rest.groups.count, share.groups.count)  --> 3 1]],
    },
    {
      name = "data:concat",
      call = "data:concat(other)",
      purpose = "This data set's requests, and then another's of the same columns and tasks.",
      args = { { "other", "data", "The other." } },
      returns = { { "data", "Both." } },
      errors = "Columns or tasks that differ.",
      example = [[
local data = sy.dataset.new({ features = { a = { 1, 2 } } })
print(data:concat(data))  --> data set: 4 rows, 2 requests, 1 columns]],
    },
    {
      name = "data:describe",
      call = "data:describe()",
      purpose = "A small table about the data: rows, requests, sizes, dropped, columns.",
      args = {},
      returns = { { "table",
        "sizes: min, mean, max; columns: name, kind, and min, mean, max or categories." } },
      example = [[
local about = sy.dataset.new({ features = { a = { 1, 4 } } }):describe()
print(about.rows, about.columns[1].mean)  --> 2 2.5]],
    },
    {
      name = "names:find",
      call = "names:find(text)",
      purpose = "The code of a text.",
      args = { { "text", "string", "The text." } },
      returns = { { "integer?", "Its code, or nil." } },
      complexity = "O(number of names)",
      example = [[
print((sy.dataset.new({ features = { c = { "x" } } }):names("c"):find("q")))  --> nil]],
    },
    {
      name = "names:totable",
      call = "names:totable()",
      purpose = "All texts as a table.",
      args = {},
      returns = { { "string[]", "The texts, by code." } },
      example = [[
print(sy.dataset.new({ features = { c = { "x" } } }):names("c"):totable()[1])  --> x]],
    },
    {
      name = "names:ranks",
      call = "names:ranks()",
      purpose = "For each name its place, from 0, in ascending order of bytes.",
      args = {},
      returns = { { "array", "i32." } },
      example = [[
local names = sy.dataset.new({ features = { c = { "b", "a" } } }):names("c")
print(names:ranks())  --> array i32 [2]: 1 0]],
    },
    {
      name = "sy.groups.of",
      call = "sy.groups.of(ids, n)",
      purpose = "Groups of rows by id; requests are in order of first appearance.",
      args = {
        { "ids", "numbers|string[]|groups|nil", "One a row; nil: one request." },
        { "n?", "integer", "How many rows there must be." },
      },
      returns = { { "groups", "The groups." } },
      complexity = "O(n)",
      example = [[
local g = sy.groups.of({ 7, 9, 7 })
print(g.count, g.offsets)  --> 2 array i64 [3]: 0 2 3
print(g.order)             --> array i64 [3]: 1 3 2]],
    },
    {
      name = "sy.groups.from_sizes",
      call = "sy.groups.from_sizes(sizes)",
      purpose = "Groups of rows that stand request by request, from the requests' sizes.",
      args = { { "sizes", "numbers", "How many rows each request has." } },
      returns = { { "groups", "The groups." } },
      example = "print(sy.groups.from_sizes({ 2, 0, 3 }).size)  --> 5",
    },
    {
      name = "sy.groups.from_offsets",
      call = "sy.groups.from_offsets(offsets)",
      purpose = "Groups of rows that stand request by request, from offsets.",
      args = { { "offsets", "numbers", "From 0, never falling, to the number of rows." } },
      returns = { { "groups", "The groups." } },
      example = "print(sy.groups.from_offsets({ 0, 2, 5 }).longest)  --> 3",
    },
    {
      name = "sy.groups.combine",
      call = "sy.groups.combine(columns, n)",
      purpose = "Groups by several columns of ids: rows are together where all of them are equal.",
      args = {
        { "columns", "(numbers|string[])[]", "The columns." },
        { "n?", "integer", "How many rows there must be." },
      },
      returns = { { "groups", "The groups." } },
      example = 'print(sy.groups.combine({ { 1, 1, 2 }, { "a", "b", "a" } }).count)  --> 3',
    },
    {
      name = "sy.groups.is",
      call = "sy.groups.is(value)",
      purpose = "Tells whether a value is a groups object.",
      args = { { "value", "any", "Anything." } },
      returns = { { "boolean", "Is it?" } },
      example = "print(sy.groups.is(sy.groups.of({ 1 })))  --> true",
    },
    {
      name = "groups:sizes",
      call = "groups:sizes()",
      purpose = "How many rows each request has.",
      args = {},
      returns = { { "array", "i64." } },
      example = "print(sy.groups.of({ 7, 9, 7 }):sizes())  --> array i64 [2]: 2 1",
    },
    {
      name = "groups:first",
      call = "groups:first()",
      purpose = "The row, as rows came, with which each request begins.",
      args = {},
      returns = { { "array", "i64, from 1." } },
      example = "print(sy.groups.of({ 7, 9, 7 }):first())  --> array i64 [2]: 1 2",
    },
    {
      name = "groups:arrange",
      call = "groups:arrange(array)",
      purpose = "An array brought into the order of the requests.",
      args = { { "array", "array", "One number a row." } },
      returns = { { "array", "The same array where that is its order already." } },
      example = [[
print(sy.groups.of({ 7, 9, 7 }):arrange(sy.array({ 1, 2, 3 })))  --> array f64 [3]: 1 3 2]],
    },
    {
      name = "groups:arranged",
      call = "groups:arranged()",
      purpose = "The same requests over rows that were arranged.",
      args = {},
      returns = { { "groups", "The groups." } },
      example = "print(sy.groups.of({ 7, 9, 7 }):arranged().order)  --> nil",
    },
    {
      name = "groups:select",
      call = "groups:select(requests)",
      purpose = "Some requests, in the order asked for.",
      args = { { "requests", "numbers", "Their numbers; repeats are fine." } },
      returns = { { "array", "i64: their rows, of arranged rows." }, { "groups",
        "Groups of just them." } },
      example = [[
local rows, groups = sy.groups.from_sizes({ 2, 3 }):select({ 2 })
print(rows, groups.count)  --> array i64 [3]: 3 4 5 1]],
    },
  },
}
