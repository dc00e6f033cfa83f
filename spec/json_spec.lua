local sy = require("steelyard")
local json = sy.json

local function refused(value)
  local ok, message = pcall(json.encode, value)
  assert.is_false(ok)
  return (message:gsub("^.-:%d+: ", ""))
end

describe("json.decode", function()
  it("gives tables, texts, numbers, booleans, null", function()
    local v = json.decode('{"a": [1, 2.5, "x\\u00e9\\n", true, false, null], "b": {}, "c": []}')
    assert.same({ 1, 2.5, "x\195\169\n", true, false, json.null }, v.a)
    assert.same({}, v.b)
    assert.is_nil(getmetatable(v.b))
    assert.equal(json.array, getmetatable(v.c))
    assert.equal(json.null, json.decode("null"))
    assert.equal("", json.decode('""'))
    assert.equal(7, json.decode(" 7 "))
    assert.equal(9, json.decode("\239\187\1919")) -- behind a byte order mark
    assert.same({}, json.decode("\239\187\191{}"))
  end)

  it("gives whole numbers up to 2^53 as integers where Lua has them", function()
    local kind = math.type or function(x)
      local whole = x % 1 == 0 and math.abs(x) <= 2 ^ 53 and not (x == 0 and 1 / x < 0)
      return whole and "integer" or "float"
    end
    for text, expected in pairs({
      ["3"] = "integer",
      ["-3"] = "integer",
      ["9007199254740992"] = "integer",
      ["9007199254740994"] = "float",
      ["0.5"] = "float",
      ["-0.0"] = "float",
      ["1e300"] = "float",
    }) do
      assert.equal(expected, kind(json.decode(text)), text)
    end
    assert.equal(-math.huge, 1 / json.decode("-0"))
  end)

  it("says line and column of what is wrong, and gives nil", function()
    for _, text in ipairs({
      "", " ", "{", '{"a": 1', '{"a": 1}}', '{"a": 1} x', "[1, 2,]", '{"a" 1}', "[01]", "[1.]",
        "nul",
      '"\1"', '"\\u0000"', "NaN", "[Infinity]", '{"a": 1, "a": 2}', "1e999", "'a'", "\239\187\191{",
    }) do
      local value, message = json.decode(text)
      assert.is_nil(value, text)
      assert.equal("string", type(message), text)
    end
    local _, message = json.decode('{\n  "a": [1,\n  x]\n}')
    assert.truthy(message:find("line 3, column 3", 1, true), message)
    _, message = json.decode('{"weights": {"p": 1, "p": 2}}')
    assert.truthy(message:find("$.weights.p", 1, true), message)
  end)

  it("raises for what is no text", function()
    assert.is_false(pcall(json.decode))
    assert.is_false(pcall(json.decode, {}))
  end)

  it("is not drowned by deep nesting", function()
    local value, message = json.decode(("["):rep(100000) .. ("]"):rep(100000))
    assert.is_nil(value)
    assert.equal("string", type(message))
    assert.equal("table", type(json.decode(("["):rep(200) .. ("]"):rep(200))))
  end)
end)

describe("json.encode", function()
  it("writes arrays, objects with sorted keys, and marks of empty arrays", function()
    assert.equal('{"a":[1,2,3],"b":{"x":true,"y":null},"c":"q\\"\\\\\\n"}',
      json.encode({ c = 'q"\\\n', b = { y = json.null, x = true }, a = { 1, 2, 3 } }))
    assert.equal("{}", json.encode({}))
    assert.equal("[]", json.encode(setmetatable({}, json.array)))
    assert.equal('[[],{},"",0]', json.encode(json.decode('[[],{},"",0]')))
    assert.equal("[[1,2],[3,4]]", json.encode(sy.array({ { 1, 2 }, { 3, 4 } }, "i32")))
    assert.equal("[0.5]", json.encode(sy.array({ 0.5 }, "f32")))
    assert.equal("[]", json.encode(sy.array(0)))
    assert.equal('{"1":"b","10":"c","2":"d","a":1}',
      json.encode({ a = 1, ["10"] = "c", ["2"] = "d", ["1"] = "b" }))
  end)

  it("indents", function()
    assert.equal('{\n  "a": [1, 2],\n  "b": [\n    {\n      "c": 1\n    },\n    {}\n  ]\n}',
      json.encode({ a = { 1, 2 }, b = { { c = 1 }, {} } }, { indent = true }))
  end)

  it("keeps every bit of numbers", function()
    local random = sy.random(11)
    for i = 1, 3000 do
      local x = (random:uniform() - 0.5) * 10 ^ (random:below(600) - 300)
      if i % 3 == 0 then
        x = random:below(2 ^ 53) * (i % 2 == 0 and 1 or -1)
      end
      local back = json.decode(json.encode({ x }))[1]
      assert.equal(x, back)
    end
    for _, x in ipairs({ 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1 / 3,
      2 ^ 53 }) do
      assert.equal(x, json.decode(json.encode(x)))
    end
    assert.equal("0.1", json.encode(0.1))
    assert.equal("-0", json.encode(-1 / math.huge)) -- 5.1 takes the constants 0 and -0 for one
    assert.equal("100", json.encode(100))
  end)

  it("refuses what JSON cannot hold, naming the path", function()
    assert.equal("json: $.a[2]: JSON has no NaN", refused({ a = { 1, 0 / 0 } }))
    assert.equal("json: $.a: JSON has no infinity", refused({ a = -math.huge }))
    assert.equal("json: $: a function cannot be written", refused(print))
    assert.equal("json: $[1].f: a function cannot be written", refused({ { f = print } }))
    assert.equal("json: $.u: a userdata cannot be written", refused({ u = io.stdout }))
    local mixed = "a table's keys must be texts, or 1 to n without a gap"
    assert.equal("json: $: " .. mixed, refused({ 1, a = 2 }))
    assert.equal("json: $.t: " .. mixed, refused({ t = { [3] = 1 } }))
    assert.equal("json: $: " .. mixed, refused({ [1.5] = 1 }))
    assert.equal("json: $: " .. mixed, refused({ [true] = 1 }))
    assert.equal("json: $: " .. mixed, refused(setmetatable({ a = 1 }, json.array)))
    local cycle = { x = {} }
    cycle.x.y = cycle
    assert.equal("json: $.x.y: the table is inside itself", refused(cycle))
    local deep = {}
    for _ = 1, 2000 do
      deep = { deep }
    end
    assert.truthy(refused(deep):find("nested too deeply", 1, true))
    if math.type then
      assert.equal("json: $.n: an integer beyond 2^53 would lose digits",
        refused({ n = math.tointeger(2 ^ 53) + 1 }))
    end
  end)

  it("writes a table twice that is there twice, not inside itself", function()
    local t = { 1 }
    assert.equal('{"a":[1],"b":[1]}', json.encode({ a = t, b = t }))
  end)

  it("does not leak when it raises", function()
    local big = {}
    for i = 1, 20000 do
      big[i] = i
    end
    big[#big + 1] = print
    for _ = 1, 5 do
      pcall(json.encode, big)
    end
    collectgarbage()
    collectgarbage()
    local before = collectgarbage("count")
    for _ = 1, 50 do
      pcall(json.encode, big)
    end
    collectgarbage()
    collectgarbage()
    assert.is_true(collectgarbage("count") - before < 50)
  end)
end)
