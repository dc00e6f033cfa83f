local calibrators = require "spec.support.calibrators"
local calibrator = require "steelyard.calibrator"
local core = require "steelyard.core"
local paths = require "spec.support.paths"
local sy = require "steelyard"
local value_model = sy.value_model

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  assert.truthy(message:find("value_model_spec.lua:%d+: "), message)
  return (message:gsub("^.-:%d+: ", ""))
end

local NAMES = { "scale", "platt", "quadratic", "beta", "isotonic", "histogram", "piecewise" }

-- n predictions of which some are at the ends, and outside.
local function predictions(n, seed, dtype)
  local random, list = sy.random(seed), {}
  for i = 1, n do
    list[i] = random:below(10) == 1 and random:below(3) - 1.5 or random:uniform() ^ 3
  end
  return sy.array(list, dtype or "f64")
end

local function segments(n, seed)
  local random, columns = sy.random(seed), { country = {}, age = {}, slot = {} }
  local countries = { "de", "fr", "xx", "ünï\"cødé\"" }
  for i = 1, n do
    columns.country[i] = countries[random:below(4)]
    columns.age[i] = random:below(60) + 0.5
    columns.slot[i] = random:below(6)
  end
  return columns
end

local function bits(array)
  local copy = array:copy("f64")
  local list = {}
  for i = 1, #copy do
    list[i] = ("%.17g"):format(copy[i])
  end
  return table.concat(list, " ")
end

describe("calibrators as JSON", function()
  after_each(paths.clean)

  it("come back from texts and files, every bit of them", function()
    local p, columns = predictions(500, 3), segments(500, 4)
    for _, name in ipairs(NAMES) do
      for _, more in ipairs({ {}, calibrators.segments }) do
        local one = calibrators.new(name, more)
        local text = core.calibrator_encode(calibrator.raw(one))
        assert.is_nil(text:find("\n", 1, true))
        local back = calibrator.wrap(assert(core.calibrator_decode(text)))
        assert.equal(text, core.calibrator_encode(calibrator.raw(back)))
        assert.equal(bits(one:apply(p, columns)), bits(back:apply(p, columns)))
        assert.same(one:parts().map, back:parts().map)
        local path = paths.temporary(".json")
        assert.is_true(core.calibrator_save(calibrator.raw(one), path))
        local loaded = assert(core.calibrator_load(path))
        assert.equal(text, core.calibrator_encode(loaded))
        local first = paths.read(path)
        assert.is_true(core.calibrator_save(loaded, path))
        assert.equal(first, paths.read(path))
      end
    end
  end)

  it("look like this", function()
    assert.equal('{"method": "platt", "map": {"kind": "logistic", "rate": 0.1, '
      .. '"c": [0.1, 0.9, 0.9, 0], "z_low": -9, "z_high": 3}}',
      core.calibrator_encode(calibrators.raw("platt")))
    local path = paths.temporary(".json")
    assert(core.calibrator_save(calibrators.raw("scale", {
      about = ' {"n":3 ,"by":{"x":[]}} ',
      features = { { name = "a", values = { "b" } } },
      tables = { { features = { 1 }, edges = {}, offsets = { 2 } } },
    }), path))
    assert.equal([[
{
  "format": "steelyard calibrator",
  "version": 1,
  "method": "scale",
  "fit": {"n": 3, "by": {"x": []}},
  "map": {"kind": "scale", "rate": 1, "factor": 0.3333333333333333},
  "features": [
    {"name": "a", "values": ["b"]}
  ],
  "tables": [
    {"features": ["a"], "edges": [], "offsets": [2]}
  ]
}
]], paths.read(path))
  end)

  it("may leave out what has a natural value", function()
    local one = calibrator.wrap(assert(core.calibrator_decode(
      '{"map": {"kind": "scale", "factor": 0.5}}')))
    assert.equal("scale", one.method)
    assert.equal(0.2, one:evaluate(0.4))
    one = calibrator.wrap(assert(core.calibrator_decode(
      '{"map": {"kind": "knots", "x": [0, 1], "y": [0.25, 0.75]}}')))
    assert.equal(0.5, one:evaluate(0.5))
    one = assert(core.calibrator_decode('{"map": {"kind": "logistic", "c": [0, 1, 1, 0]}}'))
    assert.equal(-40, one:parts().map.z_low)
  end)

  local function refused(text)
    local one, message = core.calibrator_decode(text, "c.json")
    assert.is_nil(one, text)
    assert.is_nil(message:find("\n", 1, true), message)
    local rest = message:match("^c%.json:%s?(.*)$")
    assert.is_truthy(rest, message)
    return rest
  end

  it("refuse what is none, naming the path", function()
    for text, message in pairs({
      ["[]"] = "$: an array is not an object",
      ["{}"] = '$: no key "map"',
      ['{"map": {}}'] = '$.map: no key "kind"',
      ['{"map": 1}'] = "$.map: a number is not an object",
      ['{"map": {"kind": 1}}'] = "$.map.kind: a number is not a string",
      ['{"map": {"kind": "plat"}}'] = '$.map.kind: "plat" is not one of scale, logistic, knots',
      ['{"map": {"kind": "scale", "factor": 1, "factr": 1}}'] =
        '$.map.factr: unknown key (did you mean "factor"?)',
      ['{"map": {"kind": "scale", "factor": 1, "c": [1, 1, 1, 1]}}'] = "$.map.c: unknown key",
      ['{"map": {"kind": "scale"}}'] = '$.map: no key "factor"',
      ['{"map": {"kind": "scale", "factor": "1"}}'] = "$.map.factor: a string is not a number",
      ['{"map": {"kind": "scale", "factor": 1, "rate": null}}'] =
        "$.map.rate: null is not a number",
      ['{"map": {"kind": "scale", "factor": 1, "factor": 1}}'] =
        "$.map.factor: the key is there twice",
      ['{"map": {"kind": "logistic", "c": [1, 1, 1]}}'] =
        "$.map.c: 3 numbers, but it must be 4",
      ['{"map": {"kind": "logistic", "c": [1, 1, 1, []]}}'] =
        "$.map.c[3]: an array is not a number",
      ['{"map": {"kind": "knots", "x": [0.2, 0.1], "y": [0, 1]}}'] =
        "$.map.x[1]: 0.10000000000000001 is not above 0.20000000000000001 before it",
      ['{"map": {"kind": "knots", "x": [0, 0], "y": [0, 1]}}'] =
        "$.map.x[1]: 0 is not above 0 before it",
      ['{"map": {"kind": "knots", "x": [0, 0.5], "y": [0]}}'] =
        "$.map.y: 1 numbers, but x has 2",
      ['{"map": {"kind": "knots", "x": [0, 0.5], "y": [0, 2]}}'] =
        "$.map.y[1]: 2 is not from 0 to 1",
      ['{"map": {"kind": "knots", "x": [0, 1], "y": [0, 1], "step": 1}}'] =
        "$.map.step: a number is not a boolean",
      ['{"method": 3, "map": {"kind": "scale", "factor": 1}}'] =
        "$.method: a number is not a string",
      ['{"fit": [], "map": {"kind": "scale", "factor": 1}}'] = "$.fit: an array is not an object",
      ['{"mehtod": "x", "map": {"kind": "scale", "factor": 1}}'] =
        '$.mehtod: unknown key (did you mean "method"?)',
      ['{"format": "steelyard value model", "map": {"kind": "scale", "factor": 1}}'] =
        '$.format: not "steelyard calibrator"',
      ['{"version": 2, "map": {"kind": "scale", "factor": 1}}'] =
        "$.version: only version 1 is known here",
    }) do
      assert.equal(message, refused(text), text)
    end
    assert.truthy(refused('{"map": {"kind": "scale", "factor": NaN}}'):find("^1:"))
    assert.truthy(refused('{"map": {"kind": "scale", "factor": 1e999}}'):find("^%$.map.factor: "))
    assert.truthy(refused('{"map": {"kind": "scale", "factor": -1}}'):find("^%$: map.factor: "))
    assert.truthy(refused('{"map": {"kind": "scale", "factor": 1, "rate": 0}}')
      :find("^%$: map.rate: "))
    assert.truthy(refused('{"map": {"kind": "knots", "x": [], "y": []}}'):find("knot", 1, true))
  end)

  it("refuse features and tables that do not fit", function()
    local function with(features, tables)
      local text = '{"map": {"kind": "scale", "factor": 1}, "features": %s, "tables": %s}'
      return refused(text:format(features, tables))
    end
    local AB = '[{"name": "a", "values": ["x", "y"]}, {"name": "b", "edges": [1]}]'
    for _, case in ipairs({
      { "{}", "[]", "$.features: an object is not an array" },
      { "[1]", "[]", "$.features[0]: a number is not an object" },
      { "[{}]", "[]", '$.features[0]: no key "name"' },
      { '[{"name": ""}]', "[]", "$.features[0]: an empty name" },
      { '[{"name": "a"}]', "[]", "$.features[0]: one of values, numbers and edges is needed" },
      { '[{"name": "a", "values": [], "edges": []}]', "[]",
        "$.features[0]: one of values, numbers and edges is needed" },
      { '[{"name": "a", "value": []}]', "[]",
        '$.features[0].value: unknown key (did you mean "values"?)' },
      { '[{"name": "a", "values": ["x", "x"]}]', "[]",
        '$.features[0].values[1]: "x" is there twice' },
      { '[{"name": "a", "values": [1]}]', "[]",
        "$.features[0].values[0]: a number is not a string" },
      { '[{"name": "a", "numbers": [2, 1]}]', "[]",
        "$.features[0].numbers[1]: 1 is not above 2 before it" },
      { '[{"name": "a", "edges": []}, {"name": "a", "edges": []}]', "[]",
        '$.features[1]: feature "a" is there twice' },
      { AB, '[{"features": ["c"], "offsets": [1, 2]}]',
        '$.tables[0].features[0]: there is no feature "c"' },
      { AB, '[{"features": [1], "offsets": [1, 2]}]',
        "$.tables[0].features[0]: a number is not a string" },
      { AB, '[{"features": ["a", "a"], "offsets": [1, 2, 3, 4]}]',
        "$.tables[0].features[1]: the feature is there twice" },
      { AB, '[{"features": ["a", "b"], "offsets": [1, 2, 3]}]',
        "$.tables[0].offsets: 3 numbers, but there are 4 cells" },
      { AB, '[{"features": ["a"], "edges": [0], "offsets": [1, 2]}]',
        "$.tables[0].offsets: 2 numbers, but there are 4 cells" },
      { AB, '[{"features": ["a"], "edges": [1, 1], "offsets": [1, 2, 3, 4, 5, 6]}]',
        "$.tables[0].edges[1]: 1 is not above 1 before it" },
      { AB, '[{"features": ["a"]}]', '$.tables[0]: no key "offsets"' },
      { AB, '[{"offsets": [1]}]', '$.tables[0]: no key "features"' },
      { AB, "[null]", "$.tables[0]: null is not an object" },
    }) do
      assert.equal(case[3], with(case[1], case[2]))
    end
    local many = {}
    for i = 1, 65 do
      many[i] = ('{"name": "f%d", "edges": []}'):format(i)
    end
    assert.equal("$.features: 65 features, but 64 are the most",
      with("[" .. table.concat(many, ",") .. "]", "[]"))
    many[65] = nil
    assert(core.calibrator_decode('{"map": {"kind": "scale", "factor": 1}, "features": ['
      .. table.concat(many, ",") .. "]}"))
  end)

  it("tell what cannot be written or read", function()
    local one = calibrators.raw("scale", { about = "[1]" })
    assert.truthy(raised(core.calibrator_encode, one):find("about: ", 1, true))
    one = calibrators.raw("scale", { about = "{" })
    assert.truthy(raised(core.calibrator_encode, one):find("^about:"))
    local done, message = core.calibrator_save(calibrators.raw("scale"), "no/such/folder/c.json")
    assert.is_nil(done)
    assert.truthy(message:find("no/such/folder/c.json", 1, true), message)
    done, message = core.calibrator_load("no/such/c.json")
    assert.is_nil(done)
    assert.truthy(message:find("no/such/c.json", 1, true), message)
  end)
end)

-- Three tasks: by segments, plain, without a calibrator.
local function model(name)
  return value_model.new({
    weights = { { "p_like", 2 }, { "p_share", -0.7 }, { "p_click", 1 / 3 } },
    calibrators = {
      p_like = calibrators.new(name or "platt", calibrators.segments),
      p_share = calibrators.new("isotonic"),
    },
  })
end

local function columns(n, dtype)
  local data = segments(n, n + 1)
  for i, task in ipairs({ "p_like", "p_share", "p_click" }) do
    data[task] = predictions(n, i, dtype)
  end
  return data
end

local function data_set(n)
  local all, groups = columns(n), {}
  for i = 1, n do
    groups[i] = math.floor(i / 7)
  end
  return sy.dataset.new({
    predictions = { p_like = all.p_like, p_share = all.p_share, p_click = all.p_click },
    features = { country = all.country, age = all.age, slot = all.slot },
    groups = groups,
  }), all
end

describe("value models with calibrators", function()
  after_each(paths.clean)

  it("save and load to the same bytes and the same bits", function()
    local data = columns(300)
    for _, name in ipairs(NAMES) do
      local vm, path = model(name), paths.temporary(".json")
      assert.is_true(vm:save(path))
      local text = paths.read(path)
      local back = assert(value_model.load(path))
      assert.same({ "p_like", "p_share", "p_click" }, back.tasks)
      assert.equal(name, back.calibrators.p_like.method)
      assert.equal("isotonic", back.calibrators.p_share.method)
      assert.is_nil(back.calibrators.p_click)
      assert.equal(bits(vm:score(data)), bits(back:score(data)))
      assert.is_true(back:save(path))
      assert.equal(text, paths.read(path))
      assert.equal(bits(vm:score(data)), bits(assert(value_model.parse(text)):score(data)))
    end
  end)

  it("print as before where there is no calibrator", function()
    local path = paths.temporary(".json")
    assert(value_model.new({ weights = { a = 1, b = -0.5 }, calibrators = {} }):save(path))
    assert.equal('{\n  "format": "steelyard value model",\n  "version": 1,\n  "weights": {\n'
      .. '    "a": 1,\n    "b": -0.5\n  }\n}\n', paths.read(path))
    assert.same({}, assert(value_model.load(path)).calibrators)
  end)

  it("score as if the columns were calibrated before", function()
    for _, dtype in ipairs({ "f64", "f32" }) do
      for _, n in ipairs({ 0, 1, 7, 255, 256, 257, 1000 }) do
        local vm, data = model("quadratic"), columns(n, dtype)
        local made, weights = {}, {}
        for i, task in ipairs(vm.tasks) do
          local one = vm.calibrators[task]
          made[i] = one and one:apply(data[task], data) or data[task]
          weights[i] = vm.weights[task]
        end
        local scores = vm:score(data)
        assert.equal(dtype, scores.dtype)
        assert.equal(bits(core.score(weights, made)), bits(scores))
        local map = vm:calibrated(data)
        local deferred = vm:deferred(data)
        for i, task in ipairs(vm.tasks) do
          assert.equal(bits(made[i]), bits(map[task]))
          assert.equal(bits(made[i]), bits(deferred.columns[i]))
        end
        assert.same(weights, deferred.weights)
      end
    end
  end)

  it("calibrate in the type in which they score", function()
    local vm, data = model(), columns(50)
    data.p_like = data.p_like:copy("f32")
    assert.equal("f64", vm:score(data).dtype)
    local wide = {}
    for key, value in pairs(data) do
      wide[key] = core.array.is(value) and value:copy("f64") or value
    end
    assert.equal(bits(vm:score(wide)), bits(vm:score(data)))
  end)

  it("do not mind the order of rows", function()
    local vm, data = model(), columns(400)
    local order = sy.random(5):shuffle(core.array.range(400))
    local moved = {}
    for key, value in pairs(data) do
      if core.array.is(value) then
        moved[key] = value:gather(order)
      else
        moved[key] = {}
        for i = 1, 400 do
          moved[key][i] = value[order[i]]
        end
      end
    end
    assert.equal(bits(vm:score(data):gather(order)), bits(vm:score(moved)))
  end)

  it("take features from a data set's columns; unknown values change nothing", function()
    local vm = model()
    local data, all = data_set(100)
    assert.equal(bits(vm:score(all)), bits(vm:score(data)))
    local numbers, texts = vm:features()
    assert.same({ "age", "slot" }, numbers)
    assert.same({ "country" }, texts)
    all.country, all.slot = {}, {}
    for i = 1, 100 do
      all.country[i], all.slot[i] = "nowhere", 77
    end
    local plain = value_model.new({
      weights = { { "p_like", 2 }, { "p_share", -0.7 }, { "p_click", 1 / 3 } },
      calibrators = { p_like = calibrators.new("platt"), p_share = calibrators.new("isotonic") },
    })
    assert.equal(bits(plain:score(all)), bits(vm:score(all)))
    assert.same({ {}, {} }, { plain:features() })
  end)

  it("name the feature that is missing, the task, and the nearest column", function()
    local vm, all = model(), columns(3)
    all.countri, all.country = all.country, nil
    assert.equal('value model: the calibrator of "p_like" goes by the feature "country", but there '
      .. 'is no such column (did you mean "countri"?)', raised(vm.score, vm, all))
    for _, method in ipairs({ "deferred", "calibrated" }) do
      assert.truthy(raised(vm[method], vm, all):find('"country"', 1, true))
    end
    all = columns(3)
    all.age = { "old", "young", "old" }
    assert.equal('value model: the calibrator of "p_like" goes by numbers of the feature "age", '
      .. "but the column holds texts", raised(vm.score, vm, all))
    all = columns(3)
    all.country = { 1, 2, 3 }
    assert.equal('value model: the calibrator of "p_like" goes by texts of the feature "country", '
      .. "but the column holds numbers", raised(vm.score, vm, all))
    all = columns(3)
    all.slot = { 1 }
    assert.truthy(raised(vm.score, vm, all):find("slot", 1, true))
    local data = data_set(20)
    vm = value_model.new({ weights = { p_like = 1 }, calibrators = {
      p_like = calibrators.new("scale", {
        features = { { name = "contry", values = { "de" } } },
        tables = { { features = { 1 }, edges = {}, offsets = { 1 } } },
      }),
    } })
    assert.truthy(raised(vm.score, vm, data):find('did you mean "country"', 1, true))
  end)

  it("are made of calibrators of their tasks", function()
    local one = calibrators.new("scale")
    assert.equal('value_model.new: calibrators: there is no weight of "p_likes" (did you mean '
      .. '"p_like"?)', raised(value_model.new, { weights = { p_like = 1 },
      calibrators = { p_likes = one } }))
    assert.equal('value_model.new: calibrator of "a": expected a calibrator, got 3',
      raised(value_model.new, { weights = { a = 1 }, calibrators = { a = 3 } }))
    assert.truthy(raised(value_model.new, { weights = { a = 1 },
      calibrators = { a = calibrator.raw(one) } }):find("expected a calibrator", 1, true))
    raised(value_model.new, { weights = { a = 1 }, calibrators = { one } })
    local vm = value_model.new({ weights = { a = 1 }, calibrators = { a = one } })
    vm.calibrators.a = nil -- a copy
    assert.equal(0.25, vm:score({ a = { 0.75 } })[1])
    assert.equal("scale", value_model.new({ weights = { a = 1 },
      calibrators = { a = one } }).calibrators.a.method)
  end)

  it("refuse calibrators of tasks without weights, and bad ones, naming the path", function()
    local function parsed(calibrated)
      local vm, message = value_model.parse('{"weights": {"p_like": 1, "odd \\"key\\"": 2}, '
        .. '"calibrators": ' .. calibrated .. "}", "vm.json")
      assert.is_nil(vm)
      assert.is_nil(message:find("\n", 1, true), message)
      return message
    end
    local SCALE = '{"map": {"kind": "scale", "factor": 1}}'
    assert.equal('vm.json: $.calibrators.p_liek: there is no weight of this task (did you mean '
      .. '"p_like"?)', parsed('{"p_liek": ' .. SCALE .. "}"))
    assert.equal("vm.json: $.calibrators: an array is not an object", parsed("[]"))
    assert.equal('vm.json: $.calibrators["odd \\"key\\""].map: no key "kind"',
      parsed('{"p_like": ' .. SCALE .. ', "odd \\"key\\"": {"map": {}}}'))
    assert.equal("vm.json: $.calibrators.p_like: the key is there twice",
      parsed('{"p_like": ' .. SCALE .. ', "p_like": ' .. SCALE .. "}"))
    local vm, message = value_model.parse('{"weights": {"a": 1}, "calibrator": {}}', "vm.json")
    assert.is_nil(vm)
    assert.equal('vm.json: $.calibrator: unknown key (did you mean "calibrators"?)', message)
    vm = assert(value_model.parse('{"calibrators": {"a": ' .. SCALE .. '}, "weights": {"a": 1}}'))
    assert.equal(0.5, vm:score({ a = { 0.5 } })[1])
    assert(value_model.parse('{"weights": {"a": 1}, "calibrators": {}}'))
  end)

  it("are refused in one line or load, however a file is damaged", function()
    local path = paths.temporary(".json")
    assert(model("piecewise"):save(path))
    local text, random = paths.read(path), sy.random(11)
    local words = { "{", "}", "[", "]", ",", ":", "0", "-", "1e999", "null", '"', "NaN", "true",
      '"map"', "\n", "\\u0000", "1e-400", '"values"', ".5" }
    local loaded = 0
    for _ = 1, 1500 do
      local at = random:below(#text)
      local size = random:below(4) - 1
      local word = words[random:below(#words)]
      local damaged = text:sub(1, at - 1) .. (random:below(2) == 1 and word or "")
        .. text:sub(at + size)
      local vm, message = value_model.parse(damaged, "vm.json")
      if vm then
        loaded = loaded + 1
        assert(vm:save(path))
        assert(value_model.load(path))
      else
        assert.is_truthy(message:find("^vm%.json:"), message)
        assert.is_nil(message:find("\n", 1, true), message)
      end
    end
    assert.is_true(loaded > 50 and loaded < 1450, loaded)
  end)

  it("check codes", function()
    local vm, all = model(), columns(2)
    local raw, list = vm._raw, { all.p_like, all.p_share, all.p_click }
    local ok = { { { 0, -1 }, { 2, 1 }, { 0, 2 } }, false, false }
    assert.equal(2, #raw:score(list, ok))
    for _, bad in ipairs({
      { { { 0, 3 }, { 2, 1 }, { 0, 2 } } }, { { { 0 }, { 2, 1 }, { 0, 2 } } }, { { { 0, 1 } } },
      { { { 0, 0.5 }, { 2, 1 }, { 0, 2 } } }, 1,
    }) do
      assert.is_false((pcall(raw.score, raw, list, bad)))
    end
  end)

  it("stay whole under a busy collector", function()
    for _ = 1, 100 do
      local vm, data = model(), columns(20)
      collectgarbage("step", 100)
      local one = vm.calibrators.p_like
      vm = nil -- luacheck: ignore
      collectgarbage()
      assert.equal(20, #one:apply(data.p_like, data))
    end
  end)
end)

describe("data sets with other predictions", function()
  it("keep all else", function()
    local data = data_set(40)
    local other = data:with_predictions({ p_like = data:prediction("p_share"), p_new = data.rows
      or core.array.range(40) })
    assert.equal(bits(data:prediction("p_share")), bits(other:prediction("p_like")))
    assert.equal(bits(data:column("p_like")), bits(other:column("p_like")))
    assert.same({ "p_click", "p_like", "p_share", "p_new" }, other.tasks)
    assert.equal(40, other.size)
    assert.equal(data.groups, other.groups)
    local again = other:with_predictions({ p_like = data:column("p_like") })
    assert.equal(bits(data:column("p_like")), bits(again:prediction("p_like")))
    assert.equal("with_predictions: p_like: 2 predictions for 40 rows",
      raised(data.with_predictions, data, { p_like = { 1, 2 } }))
    raised(data.with_predictions, data, 1)
    local named = sy.dataset.new({ predictions = { a = { 1 } }, features = {
      ["prediction:a"] = { 1 } } })
    assert.equal('with_predictions: there is a column "prediction:a" already',
      raised(named.with_predictions, named, { a = { 2 } }))
  end)
end)

describe("tuning with calibrators", function()
  it("is tuning on calibrated predictions", function()
    local vm = model()
    local data = data_set(700)
    local target = { p_like = 0.6, p_click = 0.4 }
    local _, calibrated = vm:calibrated(data)
    local expected = sy.tune.ndcg_gap(calibrated, { target = target, initial = vm.weights, k = 3 })
    local result = sy.tune.ndcg_gap(data, { target = target, initial = vm, k = 3 })
    assert.same(expected.weights, result.weights)
    assert.same(expected.achieved, result.achieved)
    assert.is_nil(expected.calibrators)
    assert.equal("platt", result.calibrators.p_like.method)
    local plain = sy.tune.ndcg_gap(data, { target = target, initial = vm.weights, k = 3 })
    assert.is_not.same(plain.before.values, result.before.values)
    -- A result with calibrators is an initial value, too.
    local again = sy.tune.regret(data, { importance = target, initial = result, k = 3 })
    assert.equal("isotonic", again.calibrators.p_share.method)
    local held = sy.tune.ndcg_gap(data, { target = target, initial = vm, k = 3, holdout = 0.3 })
    assert.is_true(held.holdout.requests > 0)
  end)
end)
