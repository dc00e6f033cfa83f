-- Files of named arrays, against the safetensors format: its header is written by hand here, as
-- https://github.com/huggingface/safetensors describes it.
local paths = require("spec.support.paths")
local sy = require("steelyard")

-- Whole numbers of `width` bytes, the lowest first.
local function whole(number, width)
  local bytes = {}
  for i = 1, width do
    bytes[i] = string.char(number % 256)
    number = math.floor(number / 256)
  end
  return table.concat(bytes)
end

local function file_of(header, data)
  return whole(#header, 8) .. header .. (data or "")
end

local function load_text(text)
  return sy.tensors.load(paths.write(paths.temporary(), text))
end

-- Loading must fail with a single line that has these parts.
local function refused(text, ...)
  local path = paths.write(paths.temporary(".safetensors"), text)
  local tensors, message = sy.tensors.load(path)
  assert.is_nil(tensors, "it was loaded")
  for _, part in ipairs({ path:match("[^/]+$"), ... }) do
    assert.truthy(message:find(part, 1, true), message .. "\n  lacks: " .. part)
  end
  assert.is_nil(message:find("\n", 1, true))
end

local function entry(name, dtype, shape, first, last)
  return ('"%s":{"dtype":"%s","shape":[%s],"data_offsets":[%s,%s]}'):format(name, dtype, shape,
    tostring(first), tostring(last))
end

local function refused_entry(data, dtype, shape, first, last, ...)
  refused(file_of("{" .. entry("a.weight", dtype, shape, first, last) .. "}", data), '"a.weight"',
    ...)
end

describe("files of arrays", function()
  after_each(paths.clean)

  local function saved(...)
    local path = paths.temporary(".safetensors")
    assert(sy.tensors.save(path, ...))
    return paths.read(path), path
  end

  it("have the bytes of the format, wide numbers first", function()
    local text = saved({
      b = sy.array({ 1, 2, 3 }, "f32"),
      a = sy.array({ { 1, -1 } }, "i64"),
      c = sy.array({ 7 }, "i32"),
    }, { step = "12", about = 'a "note"\n' })
    local header = [[{"__metadata__":{"about":"a \"note\"\n","step":"12"},]]
      .. entry("a", "I64", "1,2", 0, 16) .. "," .. entry("b", "F32", "3", 16, 28) .. ","
      .. entry("c", "I32", "1", 28, 32) .. "}"
    header = header .. (" "):rep(-#header % 8)
    assert.equal(file_of(header, whole(1, 8) .. ("\255"):rep(8)
      .. sy.array({ 1, 2, 3 }, "f32"):bytes() .. whole(7, 4)), text)
  end)

  it("keep every bit, type and shape", function()
    local odd = sy.array.from_bytes(whole(1, 8) .. "\255\255\255\255\255\255\239\127"
      .. "\1\0\0\0\0\0\248\127" .. "\0\0\0\0\0\0\240\255" .. "\0\0\0\0\0\0\0\128", "f64")
    local integers = sy.array.from_bytes("\1\0\0\0\0\0\32\0\0\0\0\0\0\0\0\128", "i64")
    local given = {
      odd = odd, integers = integers, row = sy.array({ { 1.5, 2, 3 } }, "f32"),
      column = sy.array({ { 1 }, { 2 } }, "i32"), ["käse.weight"] = sy.array({ 0.1 }, "f32"),
      none = sy.array(0, "f32"), no_rows = sy.array.zeros(0, 4), no_columns = sy.array.zeros(3, 0),
    }
    local _, path = saved(given)
    local loaded, metadata = assert(sy.tensors.load(path))
    assert.same({}, metadata)
    local count = 0
    for name, array in pairs(loaded) do
      count = count + 1
      assert.equal(given[name].dtype, array.dtype, name)
      assert.same(given[name].shape, array.shape, name)
      assert.equal(given[name]:bytes(), array:bytes(), name)
    end
    assert.equal(8, count)
  end)

  it("take views, and tables as f64", function()
    local m = sy.array({ { 1, 2, 3 }, { 4, 5, 6 } }, "f32")
    local rows = {}
    for i = 1, 9000 do -- longer than what is written in one piece
      rows[i] = { i, -i }
    end
    local many = sy.array(rows)
    local _, path = saved({
      column = m:column(2), row = m:row(2), rows = m:slice(2), plain = { 1, 2 },
      long = many:column(2),
    })
    local loaded = assert(sy.tensors.load(path))
    assert.same({ 2, 5 }, loaded.column:totable())
    assert.same({ 4, 5, 6 }, loaded.row:totable())
    assert.same({ { 4, 5, 6 } }, loaded.rows:totable())
    assert.equal("f64", loaded.plain.dtype)
    assert.is_true(loaded.long == many:column(2):copy())
  end)

  it("have the same bytes for the same content", function()
    local one, other = {}, {}
    for i = 1, 200 do
      one["t" .. i] = sy.array({ i }, "f32")
      other["t" .. 201 - i] = sy.array({ 201 - i }, "f32")
    end
    local text, path = saved(one, { a = "1", b = "2", c = "3" })
    assert.equal(text, (saved(other, { c = "3", b = "2", a = "1" })))
    assert.equal(text, (saved(sy.tensors.load(path))))
  end)

  it("may be empty", function()
    local text, path = saved({})
    assert.equal(file_of("{}      "), text)
    local loaded, metadata = assert(sy.tensors.load(path))
    assert.is_nil(next(loaded) or next(metadata))
  end)

  it("are read whatever the order, the blanks and the escapes of the header", function()
    local data = sy.array({ 1, 2, 3, 4 }, "f32"):bytes()
    local loaded, metadata = assert(load_text(file_of([[{
      "z\u00e4hler": {"data_offsets" : [ 12 , 16 ], "shape": [], "dtype": "F32"},
      "a\"b\\": {"\u0064type": "F\u0033\u0032", "shape":	[3,1], "data_offsets":[0,12]},
      "__metadata__": {"\u20ac\ud83d\ude00": "line\nline", "": ""} }   ]], data)))
    assert.same({ 4 }, loaded["zähler"]:totable())
    assert.same({ { 1 }, { 2 }, { 3 } }, loaded['a"b\\']:totable())
    assert.same({ ["€😀"] = "line\nline", [""] = "" }, metadata)
  end)

  it("replace the old file, or leave it", function()
    local path = paths.temporary(".safetensors")
    assert(sy.tensors.save(path, { a = { 1 } }))
    local before = paths.read(path)
    assert.has_error(function()
      sy.tensors.save(path, { a = { 1 }, ["\255"] = { 2 } })
    end)
    assert.equal(before, paths.read(path))
    assert(sy.tensors.save(path, { a = { 2 } }))
    assert.same({ 2 }, sy.tensors.load(path).a:totable())
    local done, message = sy.tensors.save("no/such/folder/a.safetensors", { a = { 1 } })
    assert.is_nil(done)
    assert.truthy(message:find("no/such/folder/a.safetensors", 1, true), message)
  end)
end)

describe("a file of arrays is refused", function()
  after_each(paths.clean)

  local eight = ("\0"):rep(8)

  it("where there is none", function()
    local tensors, message = sy.tensors.load("no/such/file")
    assert.is_nil(tensors)
    assert.equal("no/such/file: cannot open: No such file or directory", message)
    tensors, message = sy.tensors.load(paths.root .. "/spec")
    assert.is_nil(tensors)
    assert.truthy(message:find("not a regular file", 1, true), message)
  end)

  it("when it is cut anywhere, or longer than it says", function()
    local path = paths.temporary()
    assert(sy.tensors.save(path, { a = { 1, 2 }, b = sy.array({ 3 }, "f32") }, { k = "v" }))
    local text = paths.read(path)
    for length = 0, #text - 1 do
      refused(text:sub(1, length))
      paths.clean()
    end
    refused(text .. "\0", "1 bytes behind the last tensor")
  end)

  it("for a header that claims what is not there", function()
    refused("", "shorter than 8 bytes")
    refused(("\255"):rep(8) .. "{}", "a header of 18446744073709551615 bytes in a file of 10")
    refused("\0\0\0\0\0\0\0\16" .. "{}", "a header of 1152921504606846976 bytes")
    refused(file_of("{}"):gsub("^.", "\3"), "a header of 3 bytes")
    refused_entry(eight, "F64", "1152921504606846976", 0, "9223372036854775808", "8 bytes follow")
    refused_entry(eight, "F64", "1152921504606846976", 0, 8, "8 bytes of data do not fit the shape")
    refused_entry(eight, "F64", "2305843009213693952", 0, 0, "0 bytes of data do not fit")
    refused_entry(eight, "F32", "2147483648,2147483648", 0, 0, "0 bytes of data do not fit")
    refused_entry("", "F32", "0,1152921504606846976", 0, 0, "do not fit the shape 0 x 115292150460")
    refused_entry(eight, "F32", "99999999999999999999", 0, 8, "shape: expected a list of whole")
  end)

  it("for JSON that is none", function()
    for _, text in ipairs({ "", " {}", "[]", "null", "\239\187\191{}", "\0" }) do
      refused(file_of(text), "the header is no JSON object")
    end
    refused(file_of('{"a":}'), "byte 6 of the header: expected a value")
    refused(file_of("{}x"), "byte 3 of the header: more text")
    refused(file_of("{}\0"), "byte 3 of the header: more text")
    refused(file_of('{"a\0b":{}}'), "control character")
    refused(file_of('{"a\\u0000":{}}'), "\\u0000 is not supported")
    refused(file_of('{"\255":{}}'), "the header is not UTF-8")
    local overlong, surrogate, beyond = "\192\128", "\237\160\128", "\244\144\128\128"
    for _, bad in ipairs({ overlong, "\224\128\128", surrogate, beyond, "\195" }) do
      refused(file_of('{"__metadata__":{"k":"' .. bad .. '"}}'), "the header is not UTF-8")
    end
  end)

  it("for an entry that is none", function()
    local list = "shape: expected a list"
    for value, part in pairs({
      ["1"] = "expected an object", ["[]"] = "expected an object",
      ["{}"] = "expected dtype, shape and data_offsets",
      ['{"dtype":"F32","shape":[1]}'] = "expected dtype, shape and data_offsets",
      ['{"dtype":"F32","dtype":"F32"}'] = 'the field "dtype" is there twice',
      ['{"dtype":"F32","scale":2}'] = 'unknown field "scale"',
      ['{"dtype":3}'] = "dtype: expected a text",
      ['{"dtype":"BF16"}'] = 'dtype "BF16"; only F32, F64, I32 and I64 can be read',
      ['{"shape":3}'] = list, ['{"shape":[-1]}'] = list,
      ['{"shape":[1.0]}'] = list, ['{"shape":[1e1]}'] = list,
      ['{"shape":[[1]]}'] = list, ['{"shape":["1"]}'] = list,
      ['{"shape":[1,null]}'] = list, ['{"shape":{}}'] = list,
      ['{"shape":[1,1,1]}'] = "3 dimensions; only 1 or 2 can be read",
      ['{"data_offsets":[0]}'] = "data_offsets: expected two",
      ['{"data_offsets":[0,4,8]}'] = "data_offsets: expected two",
      ['{"data_offsets":[0,-4]}'] = "data_offsets: expected two",
    }) do
      refused(file_of('{"a.weight":' .. value .. "}", eight), '"a.weight"', part)
    end
    refused(file_of('{"":{}}'), "a tensor without a name")
  end)

  it("for metadata that are none", function()
    refused(file_of('{"__metadata__":[]}'), "metadata: expected an object of texts")
    refused(file_of('{"__metadata__":{"epoch":3}}'), 'metadata "epoch": expected a text')
    refused(file_of('{"__metadata__":{"k":"1","a":"","k":"2"}}'), 'metadata "k": the key is there')
    refused(file_of('{"__metadata__":{},"__metadata__":{}}'), "the metadata is there twice")
  end)

  it("for numbers that do not lie as they must", function()
    refused_entry(eight, "F64", "2", 0, 8, "8 bytes of data do not fit the shape 2 x 1 of F64")
    refused_entry(eight, "F64", "1", 0, 16, "0 to 16, but 8 bytes follow the header")
    refused_entry(eight, "F64", "1", 8, 0, "data_offsets 8 to 0")
    refused_entry(eight .. eight, "F64", "1", 8, 16, "begin at 8, where those of the tensor before")
    local a = entry("a", "F32", "2", 0, 8)
    refused(file_of("{" .. a .. "," .. entry("b", "F32", "2", 4, 12) .. "}", eight .. eight), '"b"',
      "its data begin at 4")
    refused(file_of("{" .. a .. "," .. entry("b", "F32", "1", 12, 16) .. "}", eight .. eight),
      '"b"', "its data begin at 12")
    refused(file_of("{" .. a .. "," .. entry("b", "F32", "2", 0, 8) .. "}", eight), '"b"',
      "its data begin at 0")
    refused(file_of("{" .. a .. "," .. a .. "}", eight), '"a"', "the name is there twice")
    refused(file_of("{" .. a .. "}", eight .. eight), "8 bytes behind the last tensor")
  end)
end)

describe("saving arrays wrongly is an error", function()
  local function raises(message, ...)
    local given = { ... }
    local ok, raised = pcall(function()
      sy.tensors.save(given[1], given[2], given[3])
    end)
    assert.is_false(ok)
    assert.truthy(raised:find(message, 1, true), raised)
    assert.truthy(raised:find("tensors_spec.lua", 1, true), raised)
  end

  it("that names what is wrong", function()
    local a = { 1 }
    raises("tensors.save: path: expected a string, got 3", 3, {})
    raises("tensors.save: tensors: expected a table {name = array}, got nil", "x")
    raises("tensors.save: metadata: expected a table {key = text}, got 3", "x", {}, 3)
    raises("tensors: the key 1 is not a text", "x", { a })
    raises("tensors.a: a number is not an array", "x", { a = 1 })
    raises("metadata: the key true is not a text", "x", {}, { [true] = "" })
    raises("metadata.step: 3 is not a text", "x", {}, { step = 3 })
    raises("a tensor without a name", "x", { [""] = a })
    raises("that is the metadata's name", "x", { __metadata__ = a })
    raises("has a zero byte", "x", { ["a\0b"] = a })
    raises("has a zero byte", "x", {}, { k = "a\0b" })
    raises('metadata "k": not UTF-8', "x", {}, { k = "\255" })
    assert.has_error(function()
      sy.tensors.load(nil)
    end)
  end)
end)
