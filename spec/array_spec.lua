local sy = require("steelyard")
local array = sy.array

-- The message that a call raises, with the position cut off; and the position.
local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  local file, line, rest = message:match("^(.-):(%d+): (.*)$")
  return rest or message, file, tonumber(line)
end

describe("array", function()
  it("is made of a size, a table, rows, another array", function()
    assert.same({ 0, 0, 0 }, array(3):totable())
    assert.same({ 1, 2.5 }, array({ 1, 2.5 }):totable())
    assert.same({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, array({ { 1, 2 }, { 3, 4 }, { 5, 6 } }):totable())
    local a = array({ 1, 2, 3 })
    local b = array(a)
    b[1] = 9
    assert.same({ 1, 2, 3 }, a:totable())
    assert.same({ 9, 2, 3 }, b:totable())
    assert.same({}, array({}):totable())
    assert.equal(0, #array(0))
  end)

  it("has a type, f64 if not told", function()
    assert.equal("f64", array({ 1 }).dtype)
    for _, dtype in ipairs({ "f32", "f64", "i32", "i64" }) do
      local a = array({ 1, -2, 3 }, dtype)
      assert.equal(dtype, a.dtype)
      assert.same({ 1, -2, 3 }, a:totable())
      assert.equal(dtype, array(a).dtype)
      assert.equal(dtype, array.zeros(2, dtype).dtype)
    end
    assert.equal('dtype: expected "f32", "f64", "i32" or "i64", got "f16"',
      (raised(array, { 1 }, "f16")))
    assert.equal('dtype: expected "f32", "f64", "i32" or "i64", got 3', (raised(array, { 1 }, 3)))
  end)

  it("rounds to f32 as IEEE does", function()
    assert.equal(0.100000001490116119384765625, array({ 0.1 }, "f32")[1])
    assert.equal("1e+300 does not fit f32", (raised(function()
      array(1, "f32")[1] = 1e300
    end)))
    assert.equal(math.huge, array({ math.huge }, "f32")[1])
  end)

  it("has shapes", function()
    assert.same({ 3 }, array(3).shape)
    assert.same({ 2, 3 }, array.zeros(2, 3).shape)
    assert.same({ 2, 3 }, array.zeros(2, 3, "i32").shape)
    assert.equal(2, #array.zeros(2, 3))
    assert.same({ 0, 3 }, array.zeros(0, 3).shape)
    assert.same({ 1, 2, 3 }, array.range(3):totable())
    assert.equal("i64", array.range(3).dtype)
  end)

  it("refuses what is no size or table", function()
    assert.equal("size: expected a whole number from 0 up, got -1", (raised(array, -1)))
    assert.equal("size: expected a whole number from 0 up, got 1.5", (raised(array, 1.5)))
    assert.equal('array: expected a size, a table or an array, got "x"', (raised(array, "x")))
    assert.equal("array: expected a size, a table or an array, got nil", (raised(array)))
    assert.equal("[2]: a string is not a number", (raised(array, { 1, "2" })))
    assert.equal("[2][1]: a boolean is not a number", (raised(array, { { 1 }, { true } })))
    assert.equal("[2]: expected 2 numbers as in the first row, got 1",
      (raised(array, { { 1, 2 }, { 3 } })))
    assert.equal("[2]: expected a row (a table of numbers), got a number",
      (raised(array, { { 1 }, 2 })))
    assert.truthy(raised(array, 2 ^ 62):find("memory", 1, true))
    assert.is_false(pcall(array.zeros, 2 ^ 40, 2 ^ 40))
  end)

  it("is read and written by index, from 1", function()
    local a = array({ 10, 20, 30 })
    assert.equal(10, a[1])
    assert.equal(30, a[3])
    a[2] = 25
    assert.equal(25, a[2])
    assert.equal(25, a:get(2))
    a:set(2, 26)
    assert.equal(26, a[2])
    local m = array({ { 1, 2 }, { 3, 4 } })
    assert.equal(3, m[2][1])
    assert.equal(4, m:get(2, 2))
    m:set(2, 2, 5)
    m[1][2] = 7
    assert.same({ { 1, 7 }, { 3, 5 } }, m:totable())
  end)

  it("refuses indices out of range, at the caller's line", function()
    local a = array(5)
    local function read(i)
      return a[i] + 0 -- line A
    end
    local here = debug.getinfo(1, "l").currentline - 2
    local message, file, line = raised(read, 7)
    assert.equal("index 7 is out of range 1..5", message)
    assert.truthy(file:find("array_spec", 1, true))
    assert.equal(here, line)
    assert.equal("index 0 is out of range 1..5", (raised(read, 0)))
    assert.equal("index -1 is out of range 1..5", (raised(read, -1)))
    assert.equal("index 1.5 is out of range 1..5", (raised(read, 1.5)))
    assert.equal("index nan is out of range 1..5", (raised(read, 0 / 0):gsub("-nan", "nan")))
    assert.equal("index 1 is out of range: the array is empty", (raised(function()
      return array(0)[1]
    end)))
    assert.equal("index 6 is out of range 1..5", (raised(function()
      a[6] = 1
    end)))
    assert.equal("index 3 is out of range 1..2", (raised(function()
      return array({ { 1, 2 } }):get(1, 3)
    end)))
    assert.equal("an array has no field shap to set", (raised(function()
      a.shap = 1
    end)))
    assert.is_nil(a.nothing)
  end)

  it("refuses numbers that do not fit", function()
    local function store(dtype, x)
      return (raised(function()
        array(1, dtype)[1] = x
      end))
    end
    assert.equal("2.5 is not a whole number (i32)", store("i32", 2.5))
    assert.equal("2147483648 does not fit i32", store("i32", 2147483648))
    assert.equal("NaN does not fit i32", store("i32", 0 / 0))
    assert.equal("NaN does not fit i64", store("i64", 0 / 0))
    assert.equal("inf does not fit i64", store("i64", math.huge))
    assert.equal("0.5 is not a whole number (i64)", store("i64", 0.5))
    assert.equal("9.2233720368548e+18 does not fit i64", store("i64", 2 ^ 63))
    assert.equal("a string is not a number", store("f64", "1"))
    assert.equal("nil is not a number", store("f64", nil))
    assert.equal("[2]: 0.5 is not a whole number (i64)", (raised(array, array({ 1, 0.5 }), "i64")))
    assert.equal(-2 ^ 63, array({ -2 ^ 63 }, "i64")[1] + 0.0)
  end)

  it("has views that share numbers", function()
    local m = array({ { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } })
    local row, column, middle = m:row(2), m:column(3), m:slice(2, 3)
    assert.same({ 4, 5, 6 }, row:totable())
    assert.same({ 3, 6, 9 }, column:totable())
    assert.same({ { 4, 5, 6 }, { 7, 8, 9 } }, middle:totable())
    row[3] = 60
    assert.equal(60, column[2])
    column[3] = 90
    assert.equal(90, middle:get(2, 3))
    assert.same({ 60, 90 }, column:slice(2):totable())
    assert.same({ 4, 60 }, array({ row[1], row:slice(3, 3)[1] }):totable())
    assert.same({}, row:slice(1, 0):totable())
    assert.same({}, row:slice(4):totable())
    assert.equal("slice 3..5 is out of range 1..3", (raised(row.slice, row, 3, 5)))
    assert.equal("slice 3..1 is out of range 1..3", (raised(row.slice, row, 3, 1)))
    assert.equal("row: expected an array of 2 dimensions, got one of 1", (raised(row.row, row, 1)))
    assert.same({ 2, 5, 8 }, m:column(2):copy():totable())
    assert.same({ 2, 5, 8 }, m:column(2):copy("i32"):totable())
  end)

  it("has views that keep their numbers alive", function()
    local views = {}
    for i = 1, 50 do
      local m = array.zeros(100, 20)
      m:fill(i)
      views[i] = m:slice(11, 90):slice(2):column(7):slice(3)
      m = nil -- luacheck: ignore
      for _ = 1, 3 do
        array(2000):fill(-1)
      end
      collectgarbage()
    end
    for i = 1, 50 do
      assert.equal(77, #views[i])
      assert.equal(77 * i, views[i]:sum())
    end
  end)

  it("does not keep a chain of views alive, only the owner", function()
    local a = array.range(1000)
    collectgarbage()
    collectgarbage()
    local before = collectgarbage("count")
    local view = a
    for _ = 1, 900 do
      view = view:slice(2)
    end
    collectgarbage()
    collectgarbage()
    assert.equal(901, view[1])
    assert.is_true(collectgarbage("count") - before < 20)
  end)

  it("does not leak", function()
    collectgarbage()
    local before = collectgarbage("count")
    for _ = 1, 200 do
      array(10000):slice(2):copy()
    end
    collectgarbage()
    collectgarbage()
    assert.is_true(collectgarbage("count") - before < 100)
  end)

  it("gathers", function()
    local a = array({ 10, 20, 30 }, "f32")
    local g = a:gather({ 3, 1, 1 })
    assert.same({ 30, 10, 10 }, g:totable())
    assert.equal("f32", g.dtype)
    assert.same({ { 3, 4 }, { 1, 2 } },
      array({ { 1, 2 }, { 3, 4 } }):gather(array({ 2, 1 }, "i32")):totable())
    assert.same({ 20 }, array({ { 10, 1 }, { 20, 2 } }):column(1):gather({ 2 }):totable())
    assert.equal("index 4 is out of range 1..3", (raised(a.gather, a, { 1, 4 })))
    assert.equal("index 0 is out of range 1..3", (raised(a.gather, a, { 0 })))
    assert.equal("rows[1]: 1.5 is not a whole number (i64)", (raised(a.gather, a, { 1.5 })))
    assert.equal("rows: expected an array or a table of numbers, got 3", (raised(a.gather, a, 3)))
  end)

  it("sums, and finds mean, least and largest", function()
    local a = array({ 3, -1, 4, 1.5 })
    assert.equal(7.5, a:sum())
    assert.equal(1.875, a:mean())
    assert.equal(-1, a:min())
    assert.equal(4, a:max())
    assert.equal(6, array({ 1, 2, 3 }, "i32"):sum())
    assert.equal("6", tostring(array({ 1, 2, 3 }, "i64"):sum()))
    assert.equal(0, array(0):sum())
    assert.is_nil(array(0):mean())
    assert.is_nil(array(0):min())
    local nan = array({ 1, 0 / 0, 3 })
    assert.is_true(nan:min() ~= nan:min() and nan:max() ~= nan:max())
    local m = array({ { 1, 2 }, { 3, 4 } })
    assert.equal(10, m:sum())
    assert.equal(6, m:column(2):sum())
    assert.equal(4, m:column(2):max())
    -- eight partial sums and a tree: exact here, where one running sum is not
    local many = array(8)
    many:fill(0.1)
    assert.equal(0.8, many:sum())
    assert.equal(500000500000, array.range(1000000):sum())
  end)

  it("goes to bytes and back", function()
    local a = array({ 1, -1 }, "i32")
    assert.equal("\1\0\0\0\255\255\255\255", a:bytes())
    assert.is_true(array.from_bytes(a:bytes(), "i32") == a)
    assert.equal("\2\0\0\0\4\0\0\0", array({ { 1, 2 }, { 3, 4 } }, "i32"):column(2):bytes())
    assert.equal("bytes: 7 bytes are not a whole number of f64",
      (raised(array.from_bytes, "1234567")))
    assert.same({}, array.from_bytes("", "f32"):totable())
  end)

  it("is concatenated", function()
    local m = array({ { 1, 2 }, { 3, 4 } })
    assert.same({ 9, 2, 4, 3, 4 }, array.concat({ array({ 9 }), m:column(2), m:row(2) }):totable())
    assert.equal("concat[2]: expected arrays of one dimension and one type",
      (raised(array.concat, { array(1), array(1, "f32") })))
  end)

  it("compares by type, shape and numbers", function()
    assert.is_true(array({ 1, 2 }) == array({ 1, 2 }))
    assert.is_false(array({ 1, 2 }) == array({ 1, 3 }))
    assert.is_false(array({ 1, 2 }) == array({ 1, 2 }, "f32"))
    assert.is_false(array({ 1, 2 }) == array({ 1, 2, 3 }))
    assert.is_false(array({ 1, 2 }) == array({ { 1, 2 } }))
    assert.is_false(array({ 0 / 0 }) == array({ 0 / 0 }))
    assert.is_true(array({ { 1, 2 }, { 1, 4 } }):column(1) == array({ 1, 1 }))
    assert.is_true(array.is(array(1)))
    assert.is_false(array.is({}))
  end)

  it("shows itself", function()
    assert.equal("array f32 [3]: 1 2 3", tostring(array({ 1, 2, 3 }, "f32")))
    assert.equal("array f64 [2x2]: 1 2; 3 4.5", tostring(array({ { 1, 2 }, { 3, 4.5 } })))
    assert.equal("array i64 [20]: 1 2 3 4 5 6 7 8 ...", tostring(array.range(20)))
    assert.equal("array f64 [0]", tostring(array(0)))
    assert.equal("array f64 [2x0]", tostring(array.zeros(2, 0)))
  end)

  it("refuses others' userdata and tables as itself", function()
    local a = array(1)
    assert.is_false(pcall(a.sum, {}))
    assert.is_false(pcall(a.sum, io.stdout))
    assert.is_false(pcall(a.get, nil, 1))
    local meta = debug.getmetatable(a)
    assert.is_false(pcall(meta.__index, io.stdout, 1))
    assert.is_false(pcall(meta.__index, {}, 1))
    assert.is_false(pcall(meta.__newindex, "x", 1, 1))
    assert.is_false(pcall(meta.__len, 7))
  end)
end)
