-- The one description (lua/steelyard/api.lua) agrees with the code, its examples run, and the pages
-- made of it are up to date.
local api = require "steelyard.api"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local function each_function(visit)
  for _, room in ipairs(api) do
    for _, f in ipairs(room.functions) do
      visit(f, room)
    end
  end
end

local function critic_report()
  local examples = { nll = { 1, 2 }, seen = { 1, 1 }, unseen = { 1, 1 }, target = { 0, 1 } }
  return sy.critic.new({}):report(examples)
end

-- An object of every class, to look for methods.
local function samples()
  local g = sy.net.graph()
  g:input("x", 1)
  local data = sy.dataset.new({
    predictions = { a = { 1, 2 } }, features = { c = { "x", "y" } }, groups = { 1, 2 },
  })
  return {
    array = sy.array({ 1, 2 }),
    data = data,
    groups = data.groups,
    names = data:names("c"),
    calibration_report = sy.calibrate.report({ 0.5 }, { 1 }),
    calibrator = sy.calibrate.fit({ 0.5 }, { 1 }, { method = "ratio" }),
    value_model = sy.value_model.new({ weights = { a = 1 } }),
    random = sy.random(1),
    sketch = sy.calibrate.sketch({ 0.5 }, { 1 }),
    monitor = sy.calibrate.monitor(),
    trained_model = sy.train.mtml(sy.dataset.new({
      features = { x = { 1, 2 } }, labels = { { "y", { 0, 1 } } },
    }), { cross_features = { "x" }, epochs = 1 }),
    optimizer = sy.optimizer.sgd({ w = { sy.array(1), sy.array(1) } }),
    critic = sy.critic.new({}),
    critic_report = critic_report(),
    interactions = sy.collaborative.interactions({ users = { 1 }, items = { 1 }, times = { 1 },
      values = { 2 }, user_names = { "u" }, item_names = { "i" } }),
    run = sy.collaborative.run({ train = sy.collaborative.interactions({ users = { 1 },
      items = { 1 } }) }),
    controls_report = setmetatable({}, require("steelyard.collaborative.controls").report),
    recommender = sy.collaborative.popularity(
      sy.collaborative.interactions({ users = { 1 }, items = { 1 } })),
    graph = g,
    net = g:build({ batch = 1 }),
  }
end

local function is_callable(value)
  return type(value) == "function" or (getmetatable(value) or {}).__call ~= nil
end

describe("the description", function()
  it("names only what is there", function()
    local objects, count = samples(), 0
    each_function(function(f)
      local class, method = f.name:match("^([%w_]+):([%w_]+)$")
      local value = sy
      if class then
        value = objects[class][method]
      else
        for name in f.name:gsub("^sy%.", ""):gmatch("[^.]+") do
          value = value[name]
        end
      end
      assert.is_true(is_callable(value), f.name)
      count = count + 1
    end)
    assert.is_true(count > 60)
  end)

  it("leaves nothing public out", function()
    local known = {}
    each_function(function(f)
      assert.is_nil(known[f.name], f.name)
      known[f.name] = true
    end)
    -- Said in the text, or the same function under another name.
    for _, name in ipairs({
      "sy.version", "sy.abi", "sy.json.null", "sy.json.array", "sy.metrics",
    }) do
      known[name] = true
    end
    local function check(prefix, table_)
      for name, value in pairs(table_) do
        local full = prefix .. name
        if type(value) == "table" and not known[full] then
          check(full .. ".", value)
        elseif name ~= "options" and not name:find("^_") then
          assert.is_true(known[full] == true, full .. " is not described")
        end
      end
    end
    for _, room in ipairs({ "json", "array", "critic", "dataset", "groups", "loss", "net",
      "schedule", "significance", "slices", "trec", "tune", "value_model" }) do
      for name, value in pairs(sy[room]) do
        if type(value) == "function" then
          assert.is_true(known["sy." .. room .. "." .. name] == true, room .. "." .. name)
        end
      end
    end
    for name, value in pairs(sy) do
      assert.is_true(type(value) == "table" or known["sy." .. name] == true, name)
    end
    for class, object in pairs(samples()) do
      local methods = getmetatable(object).__index
      if type(methods) == "function" then -- in C: the methods are what it keeps first
        methods = select(2, debug.getupvalue(methods, 1))
      end
      assert.is_true(methods ~= nil or _VERSION == "Lua 5.1") -- which cannot look into C
      for name in pairs(methods or {}) do
        if not name:find("^_") then
          assert.is_true(known[class .. ":" .. name] == true, class .. ":" .. name)
        end
      end
    end
    local described = {}
    for name in pairs(known) do
      local metric = name:match("^sy%.metrics%.([%w_]+)$") or name:match("^sy%.([%w_]+)$")
      described[metric and sy.metrics[metric] or false] = true
    end
    for name, metric in pairs(sy.metrics) do -- under its name or, an alias, under another
      if type(metric) == "function" then
        assert.is_true(described[metric] == true, "sy.metrics." .. name)
      end
    end
    check("sy.json.", sy.json)
  end)

  it("has the options and defaults of the code, both ways", function()
    local tables = 0
    each_function(function(f)
      if not f.options then
        return
      end
      tables = tables + 1
      local module, key = f.options.from[1], f.options.from[2]
      local code = require(module).options[key]
      assert.is_table(code, f.name)
      local described, all = {}, {}
      for _, list in ipairs({ f.options, f.options.shared or {} }) do
        for _, option in ipairs(list) do
          all[#all + 1] = option
        end
      end
      for _, option in ipairs(all) do
        local name, kind = option[1], option[2]
        local spec = code[name]
        local where = f.name .. ": " .. name
        assert.is_table(spec, where .. " is not an option")
        described[name] = true
        assert.are.equal(spec.default, option.default, where)
        if spec.one_of then
          local choices, expected = {}, {}
          for choice in kind:gmatch('"([^"]*)"') do
            choices[#choices + 1] = choice
          end
          for i, choice in ipairs(spec.one_of) do
            expected[i] = choice
          end
          table.sort(choices)
          table.sort(expected)
          assert.are.same(expected, choices, where)
        elseif spec.type == "integer" or spec.type == "number" or spec.type == "boolean" then
          assert.are.equal(spec.type, kind, where)
        end
      end
      for name in pairs(code) do
        assert.is_true(described[name] == true, f.name .. ": " .. name .. " is not described")
      end
    end)
    assert.is_true(tables >= 10)
  end)

  it("gives the fields that a result has", function()
    local data = sy.dataset.new({
      predictions = {
        a = { 0.1, 0.5, 0.2, 0.9, 0.3, 0.8, 0.4, 0.6 },
        b = { 0.8, 0.1, 0.3, 0.2, 0.7, 0.2, 0.1, 0.9 },
      },
      groups = { 1, 1, 1, 1, 2, 2, 2, 2 },
    })
    local described = {}
    for _, room in ipairs(api) do
      for _, class in ipairs(room.classes or {}) do
        described[class.name] = {}
        for _, field in ipairs(class.fields) do
          described[class.name][field[1]] = true
        end
      end
    end
    local incumbent = sy.value_model.new({
      weights = { a = 1, b = 1 },
      calibrators = { a = sy.calibrate.fit({ 0.5 }, { 1 }, { method = "ratio" }) },
    })
    local result = sy.tune.ndcg_gap(data, {
      target = { a = 0.5, b = 0.5 }, holdout = 0.5, method = "multiplicative", max_iterations = 3,
      initial = incumbent,
    })
    local seen = 0
    for name in pairs(result) do
      assert.is_true(described.tune_result[name] == true, "a result's " .. name)
      seen = seen + 1
    end
    for name in pairs(described.tune_result) do
      assert.is_true(result[name] ~= nil, "no " .. name)
    end
    assert.is_true(seen > 15)
    for class, object in pairs({ data = data, groups = data.groups,
      calibrator = sy.calibrate.fit({ 0.5 }, { 1 }, { method = "ratio" }),
      value_model = sy.value_model.new({ weights = { a = 1 } }) }) do
      for name in pairs(object) do
        assert.is_true(name:find("^_") ~= nil or described[class][name] == true,
          class .. "." .. name)
      end
    end
  end)

  -- A text's chunk with an environment, on any Lua.
  local function load_with(source, name, environment)
    if rawget(_G, "setfenv") then
      return rawget(_G, "setfenv")(assert(loadstring(source, name)), environment)
    end
    return assert(load(source, name, "t", environment))
  end

  -- What the example prints, and what it says it prints. Lua before 5.3 shows 2.0 as 2.
  local shows_floats = tostring(2 ^ 1) == "2.0"
  local function run(f)
    local printed, expected = {}, {}
    local environment = setmetatable({
      sy = sy,
      print = function(...)
        local parts = {}
        for i = 1, select("#", ...) do
          parts[i] = tostring((select(i, ...)))
        end
        printed[#printed + 1] = table.concat(parts, " ")
      end,
    }, { __index = _G })
    for text in f.example:gmatch("%-%->%s*([^\n]*)") do
      expected[#expected + 1] = shows_floats and text or text:gsub("%.0%f[%D]", "")
    end
    local source = f.example:gsub('"examples/', '"' .. paths.root .. "/examples/")
    load_with(source, "=" .. f.name, environment)()
    return printed, expected
  end

  each_function(function(f)
    it("has an example that works: " .. f.name, function()
      local printed, expected = run(f)
      assert.is_true(#expected > 0)
      assert.are.same(expected, printed)
    end)
  end)
end)

describe("scripts/document", function()
  it("finds its pages up to date", function()
    local output, status = shell.run("lua5.4 scripts/document --check")
    assert.are.equal(0, status, output)
  end)

  it("makes stubs that are Lua", function()
    assert(loadfile(paths.root .. "/docs/steelyard.d.lua"))
  end)

  it("makes a page whose links lead somewhere", function()
    local page, anchors, links = paths.read(paths.root .. "/docs/reference.md"), {}, 0
    for title in page:gmatch("\n##+ ([^\n]+)") do
      local anchor = title:lower():gsub("[^%w%s_-]", ""):gsub("%s", "-")
      assert.is_nil(anchors[anchor], title)
      anchors[anchor] = true
    end
    for anchor in page:gmatch("%]%(#([^)]+)%)") do
      assert.is_true(anchors[anchor] == true, anchor)
      links = links + 1
    end
    assert.is_true(links > 60)
  end)
end)
