local paths = require("spec.support.paths")
local sy = require("steelyard")
local dataset, groups = sy.dataset, sy.groups

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  assert.truthy(message:find("dataset_spec.lua:%d+: "), message)
  return (message:gsub("^.-:%d+: ", ""))
end

local function file(text, suffix)
  return paths.write(paths.temporary(suffix or ".csv"), text)
end

local LOG = [[
request,user,item,p_like,p_share,like,share,country
r1,u1,i1,0.5,0.1,1,0,FR
r2,u2,i2,0.25,0.2,0,0,DE
r1,u1,i3,0.75,0.3,0,1,FR
r3,u1,i1,0.125,0.4,0,0,FR
r2,u2,i4,1,0.5,1,1,DE
]]

describe("groups", function()
  it("by ids: requests in order of first appearance, rows stable", function()
    local g = groups.of({ 7, 3, 7, 9, 3 })
    assert.equal(3, g.count)
    assert.equal(5, g.size)
    assert.equal(2, g.longest)
    assert.same({ 0, 2, 4, 5 }, g.offsets:totable())
    assert.same({ 1, 3, 2, 5, 4 }, g.order:totable())
    assert.same({ 2, 2, 1 }, g:sizes():totable())
    assert.same({ 1, 2, 4 }, g:first():totable())
    assert.same({ 10, 30, 20, 50, 40 }, g:arrange(sy.array({ 10, 20, 30, 40, 50 })):totable())
    assert.is_nil(g:arranged().order)
    assert.same({ 1, 3, 5 }, g:arranged():first():totable())
  end)

  it("leave rows alone that stand request by request", function()
    local a = sy.array({ 1, 2, 3 })
    for _, ids in ipairs({ { 5, 5, 1 }, { "b", "b", "a" }, sy.array({ 5, 5, -1 }, "i32"),
      sy.array({ 2, 2, 0 }, "f32") }) do
      local g = groups.of(ids, 3)
      assert.same({ 0, 2, 3 }, g.offsets:totable())
      assert.is_nil(g.order)
      assert.is_true(rawequal(a, g:arrange(a)))
    end
  end)

  it("of nil are one request; of groups are these", function()
    local g = groups.of(nil, 4)
    assert.same({ 0, 4 }, g.offsets:totable())
    assert.equal(4, g.longest)
    assert.equal(g, groups.of(g, 4))
    assert.equal("groups: they are of 4 rows, but there are 5", raised(groups.of, g, 5))
    assert.equal("groups: they are of 2 rows, but there are 3", raised(groups.of, { 1, 2 }, 3))
    assert.equal("groups: expected an array or a table of ids, got 3", raised(groups.of, 3, 3))
    assert.equal("ids[2]: 1.5 is not a whole number (i64)", raised(groups.of, { 1, 1.5 }))
    assert.equal("ids[2]: expected a number or a text, got true", raised(groups.of, { "a", true }))
    assert.equal(0, groups.of({}).count)
  end)

  it("from sizes and offsets", function()
    local g = groups.from_sizes({ 2, 0, 3 })
    assert.same({ 0, 2, 2, 5 }, g.offsets:totable())
    assert.equal(3, g.longest)
    assert.equal(5, g.size)
    assert.same({ 0, 2, 2, 5 }, groups.from_offsets({ 0, 2, 2, 5 }).offsets:totable())
    assert.equal("sizes[2]: a size is not below 0", raised(groups.from_sizes, { 1, -1 }))
    raised(groups.from_offsets, { 0, 3, 2 })
    raised(groups.from_offsets, { 1, 2 })
    raised(groups.from_offsets, {})
  end)

  it("by several columns", function()
    local g = groups.combine({ { 1, 1, 2, 1 }, { "a", "b", "a", "a" } }, 4)
    assert.same({ 0, 2, 3, 4 }, g.offsets:totable())
    assert.same({ 1, 4, 2, 3 }, g.order:totable())
    g = groups.combine({ { 1, 1, 1, 1 }, { 5, 5, 5, 5 }, { 2 ^ 40, 0, 2 ^ 40, -3 } }, 4)
    assert.same({ 1, 3, 2, 4 }, g.order:totable())
    assert.equal(1, groups.combine({}, 4).count)
  end)

  it("agree with a plain grouping on random ids", function()
    local random = sy.random(4)
    for _ = 1, 50 do
      local n, ids, rows, order = random:below(60), {}, {}, {}
      for i = 1, n do
        ids[i] = random:below(8) * 1000003
        if not rows[ids[i]] then
          rows[ids[i]] = {}
          order[#order + 1] = ids[i]
        end
        table.insert(rows[ids[i]], i)
      end
      local g, at = groups.of(ids), 0
      assert.equal(#order, g.count)
      for r, id in ipairs(order) do
        assert.equal(at, g.offsets[r])
        for _, row in ipairs(rows[id]) do
          at = at + 1
          assert.equal(row, g.order and g.order[at] or at)
        end
      end
      assert.equal(n, g.offsets[g.count + 1])
    end
  end)
end)

describe("dataset.read", function()
  after_each(paths.clean)

  local function log(given)
    return assert(dataset.read(file(LOG), given))
  end

  it("brings rows together request by request", function()
    local data = log({ group = "request", predictions = { "p_like", "p_share" },
      labels = { "like", "share" } })
    assert.equal(5, data.size)
    assert.equal(3, data.groups.count)
    assert.same({ 0, 2, 4, 5 }, data.groups.offsets:totable())
    assert.is_nil(data.groups.order)
    assert.same({ 1, 3, 2, 5, 4 }, data.rows:totable())
    assert.same({ "p_like", "p_share" }, data.tasks)
    assert.same({ 0.5, 0.75, 0.25, 1, 0.125 }, data:prediction("p_like"):totable())
    assert.same({ 1, 0, 0, 1, 0 }, data:label("p_like"):totable())
    assert.same({ 0, 1, 0, 1, 0 }, data:label("p_share"):totable())
    assert.equal("r2", data:group_name(2))
    assert.equal("group_name: request 0 is none of 1.." .. data.groups.count,
      raised(data.group_name, data, 0))
    assert.truthy(raised(data.group_name, data):find("request nil is none of", 1, true))
    assert.same({ 1, 1, 2, 2, 3 }, data:column("request"):totable())
    assert.same({ "r1", "r2", "r3" }, data:names("request"):totable())
    assert.is_nil(data:names("p_like"))
    assert.is_true(data:has("like"))
    assert.is_false(data:has("country"))
    assert.equal("data set: 5 rows, 3 requests, 5 columns", tostring(data))
  end)

  it("names tasks by a map", function()
    local data = log({ predictions = { like = "p_like", share = "p_share" },
      labels = { like = "like" } })
    assert.same({ "like", "share" }, data.tasks)
    assert.equal(0.25, data:prediction("like")[2])
    assert.equal(1, data:label("like")[1])
    assert.is_true(data:has_label("like"))
    assert.equal('the data set has no label of "share"', raised(data.label, data, "share"))
    assert.equal(1, data.groups.count)
    assert.is_nil(data.rows)
    assert.equal("1", data:group_name(1))
  end)

  it("takes labels alone, and single names", function()
    local data = log({ labels = "like", predictions = nil })
    assert.same({ "like" }, data.tasks)
    data = log({ predictions = "p_like", labels = "like" })
    assert.equal(1, data:label("p_like")[1])
  end)

  it("groups by several columns", function()
    local data = log({ group = { "user", "country", "item" }, predictions = "p_like" })
    assert.equal(4, data.groups.count)
    assert.equal("u1/FR/i1", data:group_name(1))
    assert.same({ 1, 4, 2, 3, 5 }, data.rows:totable())
  end)

  it("reads features and categories, and any type by itself", function()
    local data = log({ features = "p_like", categorical = { "country" },
      columns = { "share", "item" } })
    assert.same({ "p_like", "country", "share", "item" }, data:column_names())
    assert.same({ 1, 2, 1, 1, 2 }, data:column("country"):totable())
    local names = data:names("country")
    assert.equal("DE", names[2])
    assert.equal(2, #names)
    assert.equal(2, names:find("DE"))
    assert.equal(1, select("#", names:find("XX")))
    assert.is_nil(names:find("XX"))
    assert.same({ 1, 0 }, names:ranks():totable())
    assert.equal("i4", data:names("item")[4])
    assert.equal("f64", data:column("share").dtype)
    assert.equal("index 3 is out of range 1..2", raised(function()
      return names[3]
    end))
  end)

  it("reads everything where nothing is named, ids as categories to the last digit", function()
    local text = "id,x,c\n9007199254740993,1,a\n9007199254740992,2,b\n9007199254740993,3,a\n"
    local data = assert(dataset.read(file(text),
      { group = "id", item = "x" }))
    assert.equal(2, data.groups.count)
    assert.equal("9007199254740993", data:group_name(1))
    assert.same({ "id", "x", "c" }, data:column_names())
    assert.equal("3", data:names("x")[data:column("x")[2]])
    assert.same({ "a", "b" }, data:names("c"):totable())
    data = assert(dataset.read(file(LOG)))
    assert.equal(8, #data:column_names())
    assert.same({}, data.tasks)
    local none, message = dataset.read(file(LOG), { group = "requst" })
    assert.is_nil(none)
    assert.truthy(message:find('"requst" (did you mean "request"?)', 1, true), message)
  end)

  it("reads f32", function()
    local data = log({ predictions = "p_share", dtype = "f32" })
    assert.equal("f32", data:prediction("p_share").dtype)
    assert.is_true(sy.array({ 0.1, 0.2, 0.3, 0.4, 0.5 }, "f32") == data:prediction("p_share"))
  end)

  it("reads the other formats", function()
    local tsv = assert(dataset.read(file("g\tx\n1\t2\n1\t3\n", ".tsv"),
      { group = "g", features = "x" }))
    assert.same({ 2, 3 }, tsv:column("x"):totable())
    local jsonl = assert(dataset.read(file('{"g":"a","x":1}\n{"x":2,"g":"b"}\n{"g":"a","x":3}\n',
      ".jsonl"),
      { group = "g", predictions = "x" }))
    assert.same({ 1, 3, 2 }, jsonl:prediction("x"):totable())
    local letor = assert(dataset.read(file("2 qid:1 1:0.5 2:1\n0 qid:1 1:0.25\n1 qid:2 2:3 # c\n",
      ".letor"),
      { group = "qid", format = "letor" }))
    assert.equal(2, letor.groups.count)
    assert.same({ 2, 0, 1 }, letor:column("label"):totable())
    local as_told = assert(dataset.read(file("a,b\n1,2\n", ".log"),
      { format = "csv", features = "b" }))
    assert.same({ 2 }, as_told:column("b"):totable())
  end)

  it("follows the policy for missing numbers", function()
    local path = file("g,x,y\na,1,2\na,,3\nb,nan,4\n")
    local data, message = dataset.read(path, { group = "g", predictions = { "x", "y" } })
    assert.is_nil(data)
    assert.truthy(message:find(path .. ":3: column x", 1, true), message)
    data = assert(dataset.read(path, { group = "g", predictions = { "x", "y" }, missing = "drop" }))
    assert.equal(1, data.size)
    assert.equal(2, data.dropped)
    data = assert(dataset.read(path, { group = "g", predictions = { "x", "y" }, missing = -1 }))
    assert.same({ 1, -1, -1 }, data:prediction("x"):totable())
    data = assert(dataset.read(path, { group = "g", predictions = { "x", "y" }, missing = "keep" }))
    assert.is_true(data:prediction("x")[3] ~= data:prediction("x")[3])
    assert.equal('dataset.read: option "missing": "dorp" is not "error", "drop", "keep"'
      .. " or a finite number",
      raised(dataset.read, path, { missing = "dorp" }))
    assert.truthy(raised(dataset.read, path, { missing = 0 / 0 })
      :find("or a finite number", 1, true))
    data, message = dataset.read(file("x\n\"\"\nNA\n"), { predictions = "x", missing = "drop" })
    assert.is_nil(data)
    assert.truthy(message:find("no rows: all 2 have missing values", 1, true), message)
  end)

  it("gives nil and a message for files it cannot use", function()
    for text, part in pairs({
      ["x,y\n"] = "no rows",
      [""] = "",
      ["x\nabc\n"] = '"abc"',
      ["x,x\n1,2\n"] = "x",
    }) do
      local path = file(text)
      local data, message = dataset.read(path, { predictions = "x" })
      assert.is_nil(data, text)
      assert.truthy(message:find(path, 1, true), message)
      assert.truthy(message:find(part, 1, true), message)
    end
    local data, message = dataset.read("no/such.csv")
    assert.is_nil(data)
    assert.truthy(message:find("no/such.csv", 1, true), message)
    data, message = dataset.read(file(LOG), { predictions = "p_lik" })
    assert.is_nil(data)
    assert.truthy(message:find('"p_lik" (did you mean "p_like"?)', 1, true), message)
  end)

  it("raises for options that make no sense, at the caller's line", function()
    local path = file(LOG)
    local function message(given)
      return raised(dataset.read, path, given)
    end
    assert.equal('dataset.read: unknown option "gruop" (did you mean "group"?)',
      message({ gruop = "x" }))
    assert.equal('dataset.read: option "group": expected a string or a list, got 3',
      message({ group = 3 }))
    assert.equal('dataset.read: option "dtype": "f16" is not one of "f32", "f64"',
      message({ dtype = "f16" }))
    assert.equal('dataset.read: option "group": [1]: expected a column\'s name, got 3',
      message({ group = { 3 } }))
    assert.equal('dataset.read: option "labels": a: expected a column\'s name, got 3',
      message({ labels = { a = 3 } }))
    assert.truthy(message({ predictions = { "p_like", "p_share" }, labels = "like" })
      :find("2 predictions but 1 labels", 1, true))
    assert.equal("dataset.read: column p_like is both a number and a category",
      message({ predictions = "p_like", categorical = "p_like" }))
    assert.equal('dataset.read: option "predictions": p_like is there twice',
      message({ predictions = { "p_like", "p_like" } }))
    assert.equal("dataset.read: expected a path, got nil", raised(dataset.read))
    assert.equal("dataset.read: expected a table of options, got 3", message(3))
    local data = log({ predictions = "p_like" })
    assert.equal('the data set has no column "p_lik" (did you mean "p_like"?)',
      raised(data.column, data, "p_lik"))
    assert.equal('the data set has no prediction of "p_lik" (did you mean "p_like"?)',
      raised(data.prediction, data, "p_lik"))
    assert.equal('the data set has no label of "p_like" (it was made without labels)',
      raised(data.label, data, "p_like"))
  end)

  it("reads the recorded requests", function()
    local path = paths.shared("kuairand-requests/requests.csv")
    if not path then
      return pending("no shared data")
    end
    local data = assert(dataset.read(path, {
      group = "request_id",
      predictions = { "p_click", "p_long_view", "p_profile_enter", "p_comment" },
      labels = { "click", "long_view", "profile_enter", "comment" },
      categorical = "user_id",
      item = "video_id",
    }))
    assert.equal(608, data.groups.count)
    assert.equal(data.size, data.groups:sizes():sum())
    assert.equal(0.9079466, data:prediction("p_click")[1])
    local train, test = data:split(0.25, { seed = 5, by = "user_id" })
    assert.equal(608, train.groups.count + test.groups.count)
    local users, names = {}, data:names("user_id")
    for i = 1, train.size do
      users[names[train:column("user_id")[i]]] = true
    end
    for i = 1, test.size do
      assert.is_nil(users[names[test:column("user_id")[i]]])
    end
  end)
end)

describe("dataset.new", function()
  it("takes maps, in order of name, and lists, in their order", function()
    local data = dataset.new({ predictions = { b = { 1, 2 }, a = sy.array({ 3, 4 }, "f32") },
      labels = { a = { 0, 1 } } })
    assert.same({ "a", "b" }, data.tasks)
    assert.same({ 1, 2 }, data:prediction("b"):totable())
    assert.equal("f32", data:prediction("a").dtype)
    assert.same({ 0, 1 }, data:label("a"):totable())
    assert.same({ 3, 4 }, data:column("a"):totable())
    assert.same({ 0, 1 }, data:column("label:a"):totable())
    assert.equal(1, data.groups.count)
    assert.same({ "b", "a" },
      dataset.new({ predictions = { { "b", { 1 } }, { "a", { 2 } } } }).tasks)
    assert.equal("f32",
      dataset.new({ predictions = { a = { 1 } }, dtype = "f32" }):prediction("a").dtype)
  end)

  it("groups by ids of any kind and keeps their names", function()
    for _, ids in ipairs({ { "b", "a", "b" }, { 20, 10, 20 }, sy.array({ 20, 10, 20 }, "i32") }) do
      local data = dataset.new({ predictions = { p = { 1, 2, 3 } }, groups = ids })
      assert.same({ 1, 3, 2 }, data:prediction("p"):totable())
      assert.same({ 1, 3, 2 }, data.rows:totable())
      assert.equal(ids[2], tonumber(data:group_name(2)) or data:group_name(2))
      assert.equal(tostring(ids[1]):gsub("%.0$", ""), data:group_name(1))
    end
    local data = dataset.new({ predictions = { p = { 1, 2, 3 } },
      groups = groups.from_sizes({ 1, 2 }) })
    assert.same({ 0, 1, 3 }, data.groups.offsets:totable())
    assert.equal("2", data:group_name(2))
  end)

  it("takes features that are categories, and item names for ties", function()
    local data = dataset.new({
      predictions = { p = { 1, 1, 1 } },
      features = { color = { "red", "blue", "red" } },
      items = { "b", "c", "a" },
    })
    assert.same({ "red", "blue" }, data:names("color"):totable())
    assert.same({ 1, 2, 0 }, data:name_places():totable())
    local plain = dataset.new({ predictions = { p = { 1 } } })
    assert.truthy(raised(plain.name_places, plain):find("item", 1, true))
    assert.same({ 1, 0 },
      dataset.new({ features = { x = { 1, 2 } }, items = { 20, 10 } }):name_places():totable())
  end)

  it("refuses what does not fit, at the caller's line", function()
    local function message(given)
      return raised(dataset.new, given)
    end
    assert.equal("dataset.new: no columns", message({}))
    assert.equal("dataset.new: predictions.b has 1 rows, but predictions.a has 2",
      message({ predictions = { a = { 1, 2 }, b = { 1 } } }))
    assert.equal('predictions.a[2]: "x" is not a number',
      message({ predictions = { a = { 1, "x" } } }))
    assert.equal('predictions.a[2]: NaN is not a finite number (missing = "keep" admits it)',
      message({ predictions = { a = { 1, 0 / 0 } } }))
    assert.truthy(message({ labels = { a = sy.array({ 1,
      -math.huge }) } }):find("labels.a[2]: -inf", 1, true))
    assert.equal("predictions.a: expected an array or a table of numbers, got 3",
      message({ predictions = { a = 3 } }))
    assert.equal("predictions.a: expected one dimension, got two",
      message({ predictions = { a = sy.array({ { 1 } }) } }))
    assert.equal("groups: they are of 3 rows, but there are 2",
      message({ predictions = { a = { 1, 2 } }, groups = { 1, 2, 3 } }))
    assert.equal("dataset.new: predictions[1]: expected {name, array}",
      message({ predictions = { { 1 } } }))
    assert.equal('dataset.new: unknown option "prediction" (did you mean "predictions"?)',
      message({ prediction = {} }))
    assert.equal(2, dataset.new({ predictions = { a = { 1, 0 / 0 } }, missing = "keep" }).size)
  end)
end)

describe("a data set", function()
  local function sample(n, seed)
    local random, ids, p, users = sy.random(seed or 1), {}, {}, {}
    for i = 1, n do
      ids[i] = "r" .. random:below(math.ceil(n / 4))
      p[i] = i
      users[i] = "u" .. (tonumber(ids[i]:sub(2)) % 7)
    end
    return dataset.new({ predictions = { p = p }, labels = { p = p }, features = { user = users },
      groups = ids })
  end

  it("selects requests, in the order asked, with repeats", function()
    local data = dataset.new({ predictions = { p = { 1, 2, 3, 4, 5 } },
      groups = { "a", "b", "a", "c", "b" } })
    local some = data:select({ 3, 1, 3 })
    assert.same({ 4, 1, 3, 4 }, some:prediction("p"):totable())
    assert.same({ 0, 1, 3, 4 }, some.groups.offsets:totable())
    assert.same({ 4, 1, 3, 4 }, some.rows:totable())
    assert.equal("c", some:group_name(1))
    assert.equal("a", some:group_name(2))
    assert.equal(2, some.groups.longest)
    local odd = data:select(function(r)
      return r % 2 == 1
    end)
    assert.same({ 1, 3, 4 }, odd:prediction("p"):totable())
    assert.same({ 2, 5 }, data:select(sy.array({ 2 }, "i64")):prediction("p"):totable())
    assert.equal(0, data:select({}).size)
    assert.equal("requests[2]: 4 is out of range 1..3", raised(data.select, data, { 1, 4 }))
    assert.equal("select: expected request numbers or a function, got 3",
      raised(data.select, data, 3))
  end)

  it("splits by request: both sides whole, disjoint, repeatable", function()
    local data = sample(400)
    local a, b = data:split(0.3, { seed = 2 })
    assert.equal(math.floor(0.3 * data.groups.count + 0.5), b.groups.count)
    assert.equal(data.groups.count, a.groups.count + b.groups.count)
    local seen = {}
    for _, side in ipairs({ a, b }) do
      for r = 1, side.groups.count do
        local name = side:group_name(r)
        assert.is_nil(seen[name])
        seen[name] = side.groups:sizes()[r]
      end
    end
    for r = 1, data.groups.count do
      assert.equal(data.groups:sizes()[r], seen[data:group_name(r)])
    end
    local again = data:split(0.3, { seed = 2 })
    assert.is_true(again:prediction("p") == a:prediction("p"))
    assert.is_false(data:split(0.3, { seed = 3 }):prediction("p") == a:prediction("p"))
    for i = 1, a.size do
      assert.equal(a:prediction("p")[i], a.rows[i])
    end
  end)

  it("splits by the values of a column", function()
    local data = sample(400)
    local a, b = data:split(0.5, { seed = 1, by = "user" })
    local users = {}
    for i = 1, a.size do
      users[a:column("user")[i]] = "a"
    end
    for i = 1, b.size do
      assert.is_nil(users[b:column("user")[i]])
      users[b:column("user")[i]] = nil
    end
  end)

  it("refuses a split that leaves one side empty", function()
    local data = dataset.new({ predictions = { p = { 1, 2, 3 } }, groups = { 1, 2, 3 } })
    assert.equal("split: a share of 0.01 of 3 requests leaves one side empty",
      raised(data.split, data, 0.01))
    assert.equal("split: a share of 0.99 of 3 requests leaves one side empty",
      raised(data.split, data, 0.99))
    assert.equal("split: expected a share between 0 and 1, got 1", raised(data.split, data, 1))
    assert.equal("split: expected a share between 0 and 1, got nil", raised(data.split, data))
    assert.equal('split: unknown option "sed" (did you mean "seed"?)',
      raised(data.split, data, 0.5, { sed = 1 }))
    raised(data.split, data, 0.5, { by = "nothing" })
  end)

  it("joins another, categories told by name", function()
    local a = dataset.new({ predictions = { p = { 1, 2 } }, features = { c = { "x", "y" } },
      groups = { "r1", "r2" } })
    local b = dataset.new({ predictions = { p = { 3, 4 } }, features = { c = { "z", "x" } },
      groups = { "r2", "r2" } })
    local both = a:concat(b)
    assert.same({ 1, 2, 3, 4 }, both:prediction("p"):totable())
    assert.same({ 1, 2, 3, 1 }, both:column("c"):totable())
    assert.same({ "x", "y", "z" }, both:names("c"):totable())
    assert.same({ 0, 1, 2, 4 }, both.groups.offsets:totable())
    assert.equal("r2", both:group_name(2))
    assert.equal("r2", both:group_name(3))
    local narrow = dataset.new({ predictions = { p = { 3 } }, features = { c = { "x" } },
      dtype = "f32" })
    assert.equal("f64", a:concat(narrow):prediction("p").dtype)
    assert.equal("concat: the first data set has no column d (did you mean \"c\"?)",
      raised(a.concat, a,
        dataset.new({ predictions = { p = { 3 } }, features = { c = { "x" }, d = { 1 } } })))
    assert.equal("concat: column c is a category in one data set and not in the other",
      raised(a.concat, a, dataset.new({ predictions = { p = { 3 } }, features = { c = { 1 } } })))
    assert.equal("concat: the data sets differ in the prediction of task q",
      raised(a.concat, a, dataset.new({ predictions = { p = { 3 }, q = { 3 } } })))
    assert.equal("concat: expected a data set, got 3", raised(a.concat, a, 3))
  end)

  it("comes back whole from split and concat", function()
    local data = sample(300, 9)
    local a, b = data:split(0.4, { seed = 1 })
    local both = a:concat(b)
    assert.equal(data.size, both.size)
    assert.equal(data:prediction("p"):sum(), both:prediction("p"):sum())
    for i = 1, both.size do -- p is the original row's number
      local row = both:prediction("p")[i]
      local at
      for j = 1, data.size do
        at = data.rows[j] == row and j or at
      end
      assert.equal(data:names("user")[data:column("user")[at]],
        both:names("user")[both:column("user")[i]])
    end
  end)

  it("describes itself", function()
    local data = dataset.new({ predictions = { p = { 1, 2, 6 } },
      features = { c = { "x", "y", "x" } }, groups = { 1, 1, 2 } })
    assert.same({
      rows = 3,
      requests = 2,
      dropped = 0,
      sizes = { min = 1, mean = 1.5, max = 2 },
      columns = {
        { name = "p", kind = "number", min = 1, mean = 3, max = 6 },
        { name = "c", kind = "category", categories = 2 },
      },
    }, data:describe())
  end)

  it("stays whole under a busy collector", function()
    for seed = 1, 30 do
      local a, b = sample(80, seed):split(0.5, { seed = seed })
      collectgarbage("step", 200)
      local both = a:concat(b)
      collectgarbage("step", 200)
      assert.equal(80 * 81 / 2, both:prediction("p"):sum())
      assert.equal(#both:names("user"):totable(), #both:names("user"))
    end
  end)
end)

describe("rows that fulfil conditions", function()
  local data = sy.dataset.new({
    features = { day = { 1, 2, 3, 3, 1, 2 }, land = { "de", "fr", "de", "fr", "at", "de" } },
    labels = { click = { 1, 0, 1, 0, 1, 1 } },
    groups = { 1, 1, 2, 2, 3, 3 },
  })

  it("stay in their requests, and empty requests go", function()
    local some = data:where({ "day>=2", "land=de" })
    assert.are.same({ 3, 2 }, some:column("day"):totable())
    assert.are.same({ 0, 1, 2 }, some.groups.offsets:totable())
    assert.are.same({ 1, 1 }, some:label("click"):totable())
    assert.are.same({ 0, 1, 2 }, data:where({ "day<2" }).groups.offsets:totable())
    assert.are.same({ 4 }, data:where({ "day = 3", "land != de" }).rows:totable())
  end)

  it("are compared by each operator", function()
    for condition, count in pairs({
      ["day=3"] = 2, ["day!=3"] = 4, ["day<3"] = 4, ["day<=2"] = 4, ["day>2"] = 2, ["day>=1"] = 6,
      ["land=at"] = 1, ["land!=at"] = 5, [" day >= 3 "] = 2, ["day>=2.5"] = 2,
    }) do
      assert.are.equal(count, data:where({ condition }).size, condition)
    end
    assert.are.equal(data, data:where({}))
    assert.are.equal(data, data:where(nil))
  end)

  it("say what is wrong with a condition", function()
    for condition, message in pairs({
      ["day"] = 'where: expected a condition as "label=1" or "date<=20220416", got "day"',
      ["=3"] = 'where: expected a condition', ["day=="] = "where: expected a condition",
      ["day>9"] = "where: no row is left with day > 9",
      ["day>x"] = 'where: column day holds numbers, and "x" is none',
      ["land<4"] = 'column land: "de" is not a number',
      ["days=1"] = 'the data set has no column "days" (did you mean "day"?)',
    }) do
      local ok, text = pcall(data.where, data, { condition })
      assert.is_false(ok)
      assert.is_true(text:find(message, 1, true) ~= nil, condition .. ": " .. text)
    end
  end)
end)
