-- Columns in NPY files: a folder as a data set.
local paths = require("spec.support.paths")
local sy = require("steelyard")

local made = {}

-- A folder with these columns: {name = array}.
local function folder(columns)
  local path = paths.temporary()
  os.remove(path)
  assert(os.execute("mkdir '" .. path .. "'"))
  made[#made + 1] = path
  for name, array in pairs(columns) do
    assert(array:save(path .. "/" .. name .. ".npy"))
  end
  return path
end

local function log()
  return {
    p_like = sy.array({ 0.5, 0.25, 0.75, 0.125 }, "f32"),
    like = sy.array({ 0, 1, 1, 0 }, "i32"),
    request = sy.array({ 7, 9, 7, 9 }, "i64"),
  }
end

local function refused(path, options)
  local data, message = sy.dataset.read(path, options)
  assert.is_nil(data)
  return (message:gsub("^.*/", ""))
end

describe("a folder of NPY columns", function()
  teardown(function()
    for _, path in ipairs(made) do
      os.execute("rm -r '" .. path .. "'")
    end
  end)

  it("is read as a file with the same columns is", function()
    local path = folder(log())
    local data = assert(sy.dataset.read(path, {
      group = "request", predictions = "p_like", labels = "like",
    }))
    local text = paths.temporary() .. ".csv"
    paths.write(text, "request,p_like,like\n7,0.5,0\n9,0.25,1\n7,0.75,1\n9,0.125,0\n")
    local same = assert(sy.dataset.read(text, {
      group = "request", predictions = "p_like", labels = "like",
    }))
    os.remove(text)
    assert.equal(4, data.size)
    assert.same(same.groups.offsets:totable(), data.groups.offsets:totable())
    assert.same({ 0.5, 0.75, 0.25, 0.125 }, data:prediction("p_like"):totable())
    assert.same(same:prediction("p_like"):totable(), data:prediction("p_like"):totable())
    assert.same(same:label("p_like"):totable(), data:label("p_like"):totable())
    assert.equal("f32", data:prediction("p_like").dtype)
  end)

  it("takes all columns where none is named, and the type that is asked for", function()
    local data = assert(sy.dataset.read(folder(log()), { group = "request" }))
    assert.same({ 0, 1, 1, 0 }, data:column("like"):totable())
    assert.equal("i32", data:column("like").dtype)
    local wide = assert(sy.dataset.read(folder(log()), { predictions = "p_like", dtype = "f64" }))
    assert.equal("f64", wide:prediction("p_like").dtype)
    assert.equal(1, wide.groups.count)
    local whole = assert(sy.dataset.read(folder(log()), { predictions = "like" }))
    assert.equal("f64", whole:prediction("like").dtype)
  end)

  it("takes the requests from offsets.npy", function()
    local columns = log()
    columns.offsets = sy.array({ 0, 1, 1, 4 }, "i64")
    local data = assert(sy.dataset.read(folder(columns)))
    assert.same({ 0, 1, 1, 4 }, data.groups.offsets:totable())
    assert.is_false(pcall(data.column, data, "offsets"))
    columns.offsets = sy.array({ 0, 3, 2, 4 }, "i64")
    assert.equal("offsets.npy: offsets may not fall", refused(folder(columns)))
    columns.offsets = sy.array({ 0, 3 }, "i64")
    assert.equal("offsets.npy: whole numbers from 0 to the number of rows, 4, are needed",
      refused(folder(columns)))
  end)

  it("says what is wrong with a column", function()
    local columns = log()
    columns.like = sy.array({ 0, 0 / 0, 1, 0 })
    assert.equal("like.npy: row 2: NaN is not a finite number", refused(folder(columns)))
    assert.truthy(sy.dataset.read(folder(columns), { missing = "keep" }))
    assert.matches('missing is "error" or "keep"', refused(folder(columns), { missing = "drop" }))
    columns.like = sy.array({ 0, 1 })
    assert.matches("^%a+.npy: %d rows, but %a+ has %d$", refused(folder(columns), {
      columns = { "request", "like" } }))
    columns.like = sy.array({ { 0, 0 }, { 0, 0 } })
    assert.equal("like.npy: a column has one dimension, this array has two",
      refused(folder(columns), { columns = "like" }))
    assert.matches('no column "p_lik" %(did you mean "p_like"%?%)$',
      refused(folder(log()), { predictions = "p_lik" }))
    assert.equal("p_like.npy: ids are whole numbers (i32 or i64)",
      refused(folder(log()), { group = "p_like" }))
    assert.matches("no columns %(NAME.npy%)$", refused(folder({})))
  end)

  it("is measured without a column of scores", function()
    local data = assert(sy.dataset.read(folder(log()), {
      group = "request", predictions = "p_like", labels = "like",
    }))
    local vm = sy.value_model.new({ weights = { p_like = 2 } })
    local o = { groups = data.groups, metrics = "ndcg,map,auc" }
    local made_first = sy.metrics.measure(vm:score(data), data:label("p_like"), o)
    local within = sy.metrics.measure(vm:deferred(data), data:label("p_like"), o)
    for i = 1, 3 do
      assert.equal(made_first[i].mean, within[i].mean)
      assert.same(made_first[i].per_request:totable(), within[i].per_request:totable())
    end
  end)
end)
