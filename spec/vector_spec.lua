-- Arithmetic over whole arrays, against plain Lua.
local sy = require("steelyard")
local v = sy.vector

local INF, NAN = math.huge, 0 / 0

local function near(expected, got, tolerance)
  if expected ~= expected then
    return got ~= got
  end
  if expected == got then
    return true
  end
  return math.abs(got - expected) <= (tolerance or 4e-16) * math.abs(expected)
end

-- Numbers of all kinds in all layouts: {array, table of rows or numbers}.
local function draw(random, rows, columns, dtype)
  local list = {}
  for i = 1, rows do
    local row = {}
    for j = 1, columns or 1 do
      local x = random:normal() * 3
      row[j] = (dtype == "i32" or dtype == "i64") and math.floor(x) or x
    end
    list[i] = columns and row or row[1]
  end
  return sy.array(list, dtype)
end

local function views(random, dtype)
  local wide = draw(random, 7, 5, dtype)
  return {
    vector = draw(random, 530, nil, dtype),
    short = draw(random, 3, nil, dtype),
    column = draw(random, 9, 4, dtype):column(2),
    row = wide:row(3),
    matrix = wide,
    rows = wide:slice(2, 4),
    tall = draw(random, 173, 3, dtype),
    empty = sy.array(0, dtype),
    no_rows = sy.array.zeros(0, 3, dtype),
    no_columns = sy.array.zeros(3, 0, dtype),
  }
end

local function each(array, visit)
  for i = 1, #array do
    if array.shape[2] then
      for j = 1, array.shape[2] do
        visit(array:get(i, j), i, j)
      end
    else
      visit(array[i], i)
    end
  end
end

local function round(dtype, x)
  return sy.array({ x }, dtype)[1]
end

describe("two arrays", function()
  local plain = {
    add = function(a, b)
      return a + b
    end,
    subtract = function(a, b)
      return a - b
    end,
    multiply = function(a, b)
      return a * b
    end,
    divide = function(a, b)
      return a / b
    end,
  }

  for name, compute in pairs(plain) do
    it("are combined number by number: " .. name, function()
      local random = sy.random(7)
      for _, first in ipairs({ "f64", "f32", "i32", "i64" }) do
        for _, second in ipairs({ "f64", "f32", "i32" }) do
          local dtype = first == "f32" and second == "f32" and "f32" or "f64"
          local as, bs = views(random, first), views(random, second)
          for layout, a in pairs(as) do
            local b = bs[layout]
            local c = v[name](a, b)
            assert.equal(dtype, c.dtype)
            assert.same(a.shape, c.shape)
            each(c, function(x, i, j)
              local expected = compute(a:get(i, j) + 0.0, b:get(i, j) + 0.0)
              assert.is_true(near(round(dtype, expected), x), name)
            end)
          end
        end
      end
    end)

    it("or one is a number: " .. name, function()
      local a = sy.array({ { 1, -2, 0 }, { 4, 0.5, 3 } }, "f32")
      local left, right = v[name](2, a), v[name](a, 2)
      assert.equal("f32", left.dtype)
      each(a, function(x, i, j)
        assert.is_true(near(round("f32", compute(2, x)), left:get(i, j)))
        assert.is_true(near(round("f32", compute(x, 2)), right:get(i, j)))
      end)
      assert.equal(compute(3, 4), v[name](3, 4))
    end)

    it("or a matrix and a vector that goes with every row: " .. name, function()
      local random = sy.random(3)
      for _, columns in ipairs({ 1, 4, 513 }) do
        local m, x = draw(random, 5, columns), draw(random, columns)
        local both, other = v[name](m, x), v[name](x, m)
        assert.same({ 5, columns }, other.shape)
        each(m, function(number, i, j)
          assert.equal(compute(number, x[j]), both:get(i, j))
          assert.equal(compute(x[j], number), other:get(i, j))
        end)
      end
    end)
  end

  it("are added with a factor", function()
    assert.same({ 6, 9 }, v.add({ 1, 2 }, { 2.5, 3.5 }, 2):totable())
    assert.same({ 0, 1 }, v.add(sy.array({ 1, 2 }, "f32"), 1, -1):totable())
    assert.equal(7, v.add(1, 2, 3))
  end)

  it("have one shape, or say which they have", function()
    local function raises(message, name, ...)
      local ok, raised = pcall(v[name], ...)
      assert.is_false(ok)
      assert.truthy(raised:find(message, 1, true), raised)
    end
    local m = sy.array.zeros(4, 2)
    raises("vector.add: shapes 4 x 2 and 3 x 2 do not match", "add", m, sy.array.zeros(3, 2))
    raises("vector.subtract: shapes 4 and 3 do not match", "subtract", { 1, 2, 3, 4 }, { 1, 2, 3 })
    raises("vector.divide: shapes 4 x 2 and 4 do not match", "divide", m, { 1, 2, 3, 4 })
    raises("vector.multiply: shapes 4 and 4 x 2 do not match", "multiply", { 1, 2, 3, 4 }, m)
    raises("vector.add: shapes 4 x 1 and 4 do not match", "add", sy.array.zeros(4, 1), sy.array(4))
    raises("vector.dot: shapes 4 x 2 and 2 do not match", "dot", m, { 1, 2 })
    raises("vector.times: shapes 4 x 2 and 4 do not match", "times", m, { 1, 2, 3, 4 })
    raises("vector.times: shapes 2 and 2 do not match", "times", { 1, 2 }, { 1, 2 })
    raises("vector.outer: shapes 4 x 2 and 2 do not match", "outer", m, { 1, 2 })
    raises("vector.accumulate: shapes 2 and 4 x 2 do not match", "accumulate", sy.array(2), m)
    raises("vector.assign: shapes 4 x 2 and 2 do not match", "assign", m, { 1, 2 })
  end)
end)

describe("functions of numbers", function()
  local special = { 0, -0.0, 1, -1, 0.5, INF, -INF, NAN, 1e-320, 5e-324, 2.2250738585072014e-308,
    1.7976931348623157e308, -1e-300, 700, 701, 709.7, 709.79, 710, 1500, -700, -708, -720, -744,
    -746, -1500, 36, -36, 1e-20, 2, 10 }
  local plain = {
    exp = math.exp,
    log = function(x)
      return x < 0 and NAN or math.log(x)
    end,
    sigmoid = function(x)
      if x ~= x then
        return x
      end
      return x < 0 and math.exp(x) / (1 + math.exp(x)) or 1 / (1 + math.exp(-x))
    end,
    square = function(x)
      return x * x
    end,
    sqrt = function(x)
      return x < 0 and NAN or x ^ 0.5
    end,
    abs = math.abs,
    negate = function(x)
      return -x
    end,
  }

  for name, compute in pairs(plain) do
    it("are as IEEE 754 has them: " .. name, function()
      local got = v[name](special)
      for i, x in ipairs(special) do
        local expected = compute(x)
        -- Subnormal numbers have fewer digits.
        local small = math.abs(expected) < 2.3e-308
        local good = near(expected, got[i], name == "sqrt" and 0 or 1e-15)
          or (small and math.abs(got[i] - expected) <= 1e-323)
        assert.is_true(good, ("%s(%.17g): %.17g is not %.17g"):format(name, x, got[i], expected))
        assert.is_true(near(got[i], v[name](x), 0)) -- of a number a number
      end
    end)

    it("are near those of libm: " .. name, function()
      local random = sy.random(11)
      for _, dtype in ipairs({ "f64", "f32" }) do
        for layout, a in pairs(views(random, dtype)) do
          local got = v[name](a)
          assert.equal(dtype, got.dtype)
          assert.same(a.shape, got.shape)
          each(got, function(x, i, j)
            local expected = compute(a:get(i, j))
            assert.is_true(near(expected, x, dtype == "f32" and 6e-8 or 5e-16), layout)
          end)
        end
      end
    end)
  end

  it("clip", function()
    local got = v.clip({ -INF, -2, -1, 0.25, 3, INF, NAN }, -1, 2)
    assert.same({ -1, -1, -1, 0.25, 2, 2 }, got:slice(1, 6):totable())
    assert.is_true(got[7] ~= got[7])
    assert.equal(2, v.clip(5, 0, 2))
    assert.same({ 3, 3 }, v.clip(sy.array({ 1, 9 }, "i32"), 3, 3):totable())
    assert.same({ 1, 9 }, v.clip({ 1, 9 }, -INF, INF):totable())
    for _, bad in ipairs({ { 2, 1 }, { NAN, 1 }, { 0, NAN } }) do
      local ok, message = pcall(v.clip, { 1 }, bad[1], bad[2])
      assert.is_false(ok)
      assert.truthy(message:find("vector.clip: low is", 1, true), message)
    end
  end)
end)

describe("in place", function()
  it("numbers are added to an array, and it is returned", function()
    local y = sy.array({ 1, 2, 3 })
    assert.is_true(rawequal(y, v.accumulate(y, { 10, 20, 30 }, 0.5)))
    assert.same({ 6, 12, 18 }, y:totable())
    v.accumulate(y, 1)
    assert.same({ 7, 13, 19 }, y:totable())
    v.accumulate(y, y, -1)
    assert.same({ 0, 0, 0 }, y:totable())
    local f = sy.array({ 0.1 }, "f32")
    v.accumulate(f, { 0.2 })
    assert.equal(round("f32", round("f32", 0.1) + 0.2), f[1])
  end)

  it("views are written, and nothing beside them", function()
    local m = sy.array({ { 1, 2, 3 }, { 4, 5, 6 } }, "f32")
    v.accumulate(m:column(2), { 10, 20 })
    assert.same({ { 1, 12, 3 }, { 4, 25, 6 } }, m:totable())
    v.accumulate(m:slice(2), m:row(1))
    assert.same({ { 1, 12, 3 }, { 5, 37, 9 } }, m:totable())
    v.assign(m:row(1), { 7, 8, 9 })
    assert.same({ { 7, 8, 9 }, { 5, 37, 9 } }, m:totable())
  end)

  it("what overlaps is read before it is written", function()
    local long = sy.array.zeros(2000)
    for i = 1, 2000 do
      long[i] = i
    end
    v.accumulate(long:slice(2, 2000), long:slice(1, 1999))
    assert.equal(3, long[2])
    assert.equal(1023 + 1022, long[1023])
    assert.equal(2000 + 1999, long[2000])
    local m = sy.array({ { 1, 2 }, { 3, 4 } })
    v.accumulate(m:row(1), m:column(1))
    assert.same({ { 2, 5 }, { 3, 4 } }, m:totable())
    local line = sy.array({ 1, 2, 3, 4 })
    v.assign(line:slice(2, 4), line:slice(1, 3))
    assert.same({ 1, 1, 2, 3 }, line:totable())
  end)

  it("arrays are assigned, to the bit or not at all", function()
    local odd = sy.array.from_bytes("\1\0\0\0\0\0\248\127\0\0\0\0\0\0\0\128", "f64")
    local y = sy.array({ 1, 2 })
    assert.is_true(rawequal(y, v.assign(y, odd)))
    assert.equal(odd:bytes(), y:bytes())
    local whole = sy.array({ 1, 2 }, "i32")
    for _, bad in ipairs({ { 5, 1.5 }, { 5, 1e10 }, { 5, NAN } }) do
      assert.has_error(function()
        v.assign(whole, bad)
      end)
      assert.same({ 1, 2 }, whole:totable())
    end
    local single = sy.array({ 1, 2 }, "f32")
    assert.has_error(function()
      v.assign(single, { 5, 1e300 })
    end)
    assert.same({ 1, 2 }, single:totable())
    v.assign(single, { 5, 0.1 })
    assert.equal(round("f32", 0.1), single[2])
    v.assign(whole, { 3, 4 })
    assert.same({ 3, 4 }, whole:totable())
  end)
end)

describe("products", function()
  it("dot is the sum of products, whatever the layout", function()
    local random = sy.random(5)
    for _, n in ipairs({ 0, 1, 7, 8, 511, 512, 513, 2000 }) do
      local a, b = draw(random, n), draw(random, n)
      local expected, size = 0, 0
      for i = 1, n do
        expected = expected + a[i] * b[i]
        size = size + math.abs(a[i] * b[i])
      end
      local got = v.dot(a, b)
      assert.is_true(math.abs(got - expected) <= 1e-15 * size * 10)
      local wide = sy.array.zeros(n, 3)
      v.assign(wide:column(2), a)
      assert.equal(got, v.dot(wide:column(2), b))
      local single = a:copy("f32")
      assert.equal(v.dot(single:copy("f64"), b), v.dot(single, b))
    end
    local m = draw(random, 40, 30)
    assert.equal(v.dot(m, m), v.dot(m:copy("f64"), m))
    assert.equal(11, v.dot({ 1, 2 }, { 3, 4 }))
    assert.is_true(v.dot({ 1, NAN }, { 0, 0 }) ~= 0)
  end)

  it("times multiplies a matrix by a vector", function()
    local random = sy.random(9)
    for _, shape in ipairs({ { 3, 2 }, { 1, 600 }, { 600, 1 }, { 17, 33 }, { 0, 3 }, { 3, 0 } }) do
      local m = draw(random, shape[1], shape[2])
      if shape[1] == 0 then
        m = sy.array.zeros(0, shape[2])
      end
      local x = draw(random, shape[2])
      local got = v.times(m, x)
      assert.same({ shape[1] }, got.shape)
      for i = 1, shape[1] do
        assert.equal(v.dot(m:row(i), x), got[i])
      end
    end
    local f = sy.array({ { 1, 2 }, { 3, 4 } }, "f32")
    assert.equal("f32", v.times(f, sy.array({ 1, 1 }, "f32")).dtype)
    assert.equal("f64", v.times(f, { 1, 1 }).dtype)
    assert.same({ 3, 7 }, v.times({ { 1, 2 }, { 3, 4 } }, { 1, 1 }):totable())
  end)

  it("outer is the matrix of all products", function()
    local m = sy.array({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, "i32")
    local got = v.outer(m:column(2), { 10, 100 })
    assert.equal("f64", got.dtype)
    assert.same({ { 20, 200 }, { 40, 400 }, { 60, 600 } }, got:totable())
    assert.equal("f32", v.outer(sy.array(2, "f32"), sy.array(3, "f32")).dtype)
    assert.same({ 0, 3 }, v.outer({}, { 1, 2, 3 }).shape)
  end)
end)

describe("groups", function()
  it("are summed by code; 0 counts nowhere", function()
    local sums = v.group_sums({ 1, 2, 4, 8, 16 }, { 2, 0, 2, 1, 0 }, 3)
    assert.same({ 8, 5, 0 }, sums:totable())
    local m = sy.array({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, "f32")
    assert.same({ { 5, 6 }, { 4, 6 } }, v.group_sums(m, { 2, 2, 1 }, 2):totable())
    assert.same({ 4, 2 }, v.group_sums(m:column(2), sy.array({ 2, 1, 0 }, "i32"), 2):totable())
    assert.same({ 0, 0 }, v.group_sums({}, {}, 2):totable())
    assert.same({ 0 }, v.group_sums({ 1 }, { 0 }, 0).shape)
    assert.is_true(v.group_sums({ 1, NAN, 2 }, { 1, 2, 1 }, 2)[1] == 3)
  end)

  it("are spread over codes, the other way", function()
    assert.same({ 20, 0, 10, 20 }, v.spread({ 10, 20 }, { 2, 0, 1, 2 }):totable())
    local m = sy.array({ { 1, 2 }, { 3, 4 } }, "f32")
    local got = v.spread(m, { 2, 0, 1 })
    assert.equal("f32", got.dtype)
    assert.same({ { 3, 4 }, { 0, 0 }, { 1, 2 } }, got:totable())
    assert.same({ 4, 2 }, v.spread(m:column(2), { 2, 1 }):totable())
    assert.same({ 0, 2 }, v.spread(m, {}).shape)
  end)

  it("of many rows agree with plain sums", function()
    local random = sy.random(2)
    local n, count = 3000, 7
    local values, codes, sums = draw(random, n), sy.array(n, "i32"), {}
    for g = 0, count do
      sums[g] = 0
    end
    for i = 1, n do
      codes[i] = random:below(count + 1) - 1
      sums[codes[i]] = sums[codes[i]] + values[i]
    end
    local got = v.group_sums(values, codes, count)
    local back = v.spread(got, codes)
    for g = 1, count do
      assert.equal(sums[g], got[g])
    end
    for i = 1, n do
      assert.equal(codes[i] == 0 and 0 or sums[codes[i]], back[i])
    end
  end)

  it("with a code that there is not are an error", function()
    local function raises(message, ...)
      local ok, raised = pcall(...)
      assert.is_false(ok)
      assert.truthy(raised:find(message, 1, true), raised)
    end
    raises("vector.group_sums: codes[2]: 4 is not within 0..3", v.group_sums, { 1, 2 }, { 1, 4 }, 3)
    raises("vector.group_sums: codes[1]: -1 is not within", v.group_sums, { 1 }, { -1 }, 3)
    raises("vector.group_sums: 1 codes for 2 rows", v.group_sums, { 1, 2 }, { 1 }, 3)
    raises("vector.spread: codes[1]: 3 is not within 0..2", v.spread, { 1, 2 }, { 3 })
    raises("codes[1]: 0.5", v.spread, { 1, 2 }, { 0.5 })
    raises("count: expected a whole number", v.group_sums, { 1 }, { 1 }, 1.5)
    raises("vector.group_sums: count: expected a number, got nil", v.group_sums, { 1 }, { 1 })
  end)
end)

describe("what is no array", function()
  it("is an error at the caller's line", function()
    local function raises(message, name, ...)
      local given = { ... }
      local ok, raised = pcall(function()
        v[name](given[1], given[2], given[3])
      end)
      assert.is_false(ok)
      assert.truthy(raised:find(message, 1, true), raised)
      assert.truthy(raised:find("vector_spec.lua", 1, true), raised)
    end
    raises("vector.add: a: expected an array, a table of numbers or a number, got nil", "add")
    raises('vector.add: b: expected an array, a table of numbers or a number, got "1"', "add", 1,
      "1")
    raises("vector.add: factor: expected a number, got true", "add", 1, 1, true)
    raises("vector.exp: a: expected an array", "exp", "x")
    raises("vector.dot: b: expected an array or a table of numbers, got 3", "dot", { 1 }, 3)
    raises("vector.accumulate: y: expected an array, got a table", "accumulate", { 1 }, { 1 })
    raises("vector.accumulate: y: expected an array of f32 or f64, got one of i32", "accumulate",
      sy.array({ 1 }, "i32"), { 1 })
    raises("vector.clip: low: expected a number, got nil", "clip", { 1 })
    raises("[2]: a string is not a number", "exp", { 1, "a" })
  end)
end)
