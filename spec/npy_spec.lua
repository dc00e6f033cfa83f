-- NPY files against files that NumPy wrote (spec/golden/npy.py made them).
local paths = require("spec.support.paths")
local sy = require("steelyard")

local function golden(name)
  return paths.root .. "/spec/golden/npy_" .. name .. ".npy"
end

local line = { 1.5, -2.25, 1 / 3, 0.1, 1e-30 }

describe("NPY files", function()
  after_each(paths.clean)

  it("are read in each type, to the bit", function()
    local f8 = assert(sy.array.load(golden("f8")))
    assert.equal("f64", f8.dtype)
    assert.same(line, f8:totable())
    local f4 = assert(sy.array.load(golden("f4")))
    assert.equal("f32", f4.dtype)
    assert.is_true(f4 == sy.array(line, "f32"))
    local i4 = assert(sy.array.load(golden("i4")))
    assert.equal("i32", i4.dtype)
    assert.same({ 1, -2, 2147483647, -2147483648 }, i4:totable())
    local i8 = assert(sy.array.load(golden("i8")))
    assert.equal("i64", i8.dtype)
    assert.same({ 1, -2 }, i8:slice(1, 2):totable())
    -- 2^53 + 1 and -2^63, which no double could tell from their neighbours
    assert.equal("\1\0\0\0\0\0\32\0\0\0\0\0\0\0\0\128", i8:bytes():sub(17))
  end)

  it("are read in two dimensions, and empty", function()
    local a = assert(sy.array.load(golden("f8_2d")))
    assert.same({ 2, 3 }, a.shape)
    assert.same({ { 0, 0.25, 0.5 }, { 0.75, 1, 1.25 } }, a:totable())
    local empty = assert(sy.array.load(golden("f4_empty")))
    assert.same({ 0 }, empty.shape)
    assert.equal("f32", empty.dtype)
  end)

  it("are read in versions 2 and 3", function()
    assert.same(line, assert(sy.array.load(golden("f8_v2"))):totable())
    assert.same(line, assert(sy.array.load(golden("f8_v3"))):totable())
  end)

  it("keep NaN, infinities and the sign of zero", function()
    local a = assert(sy.array.load(golden("f8_special")))
    assert.is_true(a[1] ~= a[1])
    assert.equal(math.huge, a[2])
    assert.equal(-math.huge, a[3])
    assert.equal(-math.huge, 1 / a[4])
  end)

  it("are written byte for byte as NumPy writes them", function()
    for _, name in ipairs({ "f8", "f4", "i4", "i8", "f8_2d", "f4_empty", "f8_special" }) do
      local path = paths.temporary(".npy")
      local array = assert(sy.array.load(golden(name)))
      assert.is_true(array:save(path))
      assert.equal(paths.read(golden(name)), paths.read(path), name)
    end
  end)

  it("are written from views", function()
    local path = paths.temporary(".npy")
    local a = sy.array({ { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } }, "i32")
    assert.is_true(a:column(2):save(path))
    assert.same({ 2, 5, 8 }, assert(sy.array.load(path)):totable())
    assert.is_true(a:row(3):save(path))
    assert.same({ 7, 8, 9 }, assert(sy.array.load(path)):totable())
    assert.is_true(a:slice(2, 3):save(path))
    assert.same({ { 4, 5, 6 }, { 7, 8, 9 } }, assert(sy.array.load(path)):totable())
  end)

  it("that cannot be used give nil and a message that names the file", function()
    for _, name in ipairs({ "bad_fortran", "bad_endian", "bad_3d", "bad_bool" }) do
      local array, message = sy.array.load(golden(name))
      assert.is_nil(array, name)
      assert.truthy(message:find("npy_" .. name .. ".npy", 1, true), message)
    end
    local array, message = sy.array.load("no/such/file.npy")
    assert.is_nil(array)
    assert.truthy(message:find("no/such/file.npy", 1, true), message)
  end)

  it("that are cut short are refused, wherever they are cut", function()
    local whole = paths.read(golden("f8"))
    for length = 0, #whole - 1 do
      local path = paths.write(paths.temporary(), whole:sub(1, length))
      local array, message = sy.array.load(path)
      assert.is_nil(array, length)
      assert.equal("string", type(message))
      paths.clean()
    end
  end)

  it("cannot be saved where there is no folder: nil and a message", function()
    local done, message = sy.array({ 1 }):save("no/such/folder/a.npy")
    assert.is_nil(done)
    assert.truthy(message:find("no/such/folder/a.npy", 1, true), message)
  end)
end)
