local paths = require("spec.support.paths")
local sy = require("steelyard")
local value_model = sy.value_model

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  assert.truthy(message:find("value_model_spec.lua:%d+: "), message)
  return (message:gsub("^.-:%d+: ", ""))
end

local function parsed(text)
  local model, message = value_model.parse(text, "vm.json")
  assert.is_nil(model)
  return message
end

describe("value_model", function()
  after_each(paths.clean)

  it("loads the smallest file", function()
    local path = paths.write(paths.temporary(".json"), '{"weights": {"p_watch_3s": 0.1, '
      .. '"p_watch_30s": 0.3, "p_watch_and_share": 20, "p_watch_and_like": 2, '
      .. '"p_watch_and_follow": 5}}')
    local vm = assert(value_model.load(path))
    assert.same({ "p_watch_3s", "p_watch_30s", "p_watch_and_share", "p_watch_and_like",
      "p_watch_and_follow" }, vm.tasks)
    assert.same({ p_watch_3s = 0.1, p_watch_30s = 0.3, p_watch_and_share = 20, p_watch_and_like = 2,
      p_watch_and_follow = 5 }, vm.weights)
  end)

  it("loads the reference's sample", function()
    local path = paths.shared("reference/sample_vm.json")
    if not path then
      return pending("no shared data")
    end
    assert.equal(5, #assert(value_model.load(path)).tasks)
  end)

  it("refuses what is no value model, naming the path in the JSON", function()
    for text, part in pairs({
      ['{"weights": {"a": 1, "a": 2}}'] = "$.weights.a",
      ['{"weights": {"a": "1"}}'] = "$.weights.a",
      ['{"weights": {"a": null}}'] = "$.weights.a",
      ['{"weights": {}}'] = "weights",
      ["{}"] = "weights",
      ["[]"] = "vm.json",
      ['{"weights": [1]}'] = "$.weights",
      ['{"weights": {"a": 1}, "wieghts": 1}'] = "wieghts",
      ['{"weights": {"a": 1}} x'] = "vm.json",
      ['{"weights": {"a": 1e999}}'] = "vm.json",
      [""] = "vm.json",
    }) do
      local message = parsed(text)
      assert.truthy(message:find(part, 1, true), text .. ": " .. message)
      assert.truthy(message:find("vm.json", 1, true), message)
    end
    local model, message = value_model.load("no/such/vm.json")
    assert.is_nil(model)
    assert.truthy(message:find("no/such/vm.json", 1, true), message)
  end)

  it("checks the tasks that are wanted", function()
    local path = paths.write(paths.temporary(".json"), '{"weights": {"p_like": 1, "p_share": 2}}')
    assert(value_model.load(path, { tasks = { "p_share", "p_like" } }))
    local model, message = value_model.load(path, { tasks = { "p_like", "p_shares" } })
    assert.is_nil(model)
    assert.equal(path .. ': $.weights: no weight for "p_shares" (did you mean "p_share"?)', message)
    model, message = value_model.load(path, { tasks = { "p_like" } })
    assert.is_nil(model)
    assert.equal(path .. ": $.weights.p_share: unknown task", message)
  end)

  it("is made of a map, sorted by name, or of a list, in its order", function()
    assert.same({ "a", "b", "c" }, value_model.new({ weights = { c = 1, a = -2, b = 0 } }).tasks)
    local vm = value_model.new({ weights = { { "z", 1 }, { "a", -0.5 } } })
    assert.same({ "z", "a" }, vm.tasks)
    assert.same({ z = 1, a = -0.5 }, vm.weights)
    vm.weights.z = 100
    assert.equal(1, vm:score({ z = { 1 }, a = { 0 } })[1])
  end)

  it("refuses to be made of anything else", function()
    assert.equal("value_model.new: no weights", raised(value_model.new))
    assert.equal('value_model.new: weight of "a": expected a number, got "1"',
      raised(value_model.new, { weights = { a = "1" } }))
    assert.equal('value_model.new: unknown option "weigths" (did you mean "weights"?)',
      raised(value_model.new, { weigths = { a = 1 } }))
    assert.equal("value_model.new: weights[1]: expected {task, weight}",
      raised(value_model.new, { weights = { 1 } }))
    assert.truthy(raised(value_model.new, { weights = { { "a", 1 }, { "a", 2 } } }):find("a", 1,
      true))
    raised(value_model.new, { weights = { a = 0 / 0 } })
    raised(value_model.new, { weights = { a = math.huge } })
    raised(value_model.new, { weights = {} })
  end)

  it("saves so that every bit comes back, in order", function()
    local random, weights = sy.random(2), {}
    for i = 1, 200 do
      weights[i] = { "task" .. (200 - i), (random:uniform() - 0.5) * 10 ^ (random:below(40) - 20) }
    end
    weights[201] = { "names \"with\" \\ é\n", -0.0 }
    local vm, path = value_model.new({ weights = weights }), paths.temporary(".json")
    assert.is_true(vm:save(path))
    local back = assert(value_model.load(path))
    assert.same(vm.tasks, back.tasks)
    for task, weight in pairs(vm.weights) do
      assert.equal(weight, back.weights[task])
    end
    assert.equal(-math.huge, 1 / back.weights["names \"with\" \\ é\n"])
    local text = paths.read(path)
    assert.is_true(back:save(path))
    assert.equal(text, paths.read(path))
    local done, message = vm:save("no/such/folder/vm.json")
    assert.is_nil(done)
    assert.truthy(message:find("no/such/folder/vm.json", 1, true), message)
  end)

  it("scores: the weighted sum, in the predictions' type", function()
    local vm = value_model.new({ weights = { a = 2, b = -0.5 } })
    local p, q = { 1, 2, 3 }, { 10, 0, 0.25 }
    local scores = vm:score({ a = p, b = q })
    assert.same({ -3, 4, 5.875 }, scores:totable())
    assert.equal("f64", scores.dtype)
    local narrow = vm:score({ a = sy.array(p, "f32"), b = sy.array(q, "f32") })
    assert.equal("f32", narrow.dtype)
    assert.same({ -3, 4, 5.875 }, narrow:totable())
    assert.equal("f64", vm:score({ a = sy.array(p, "f32"), b = sy.array(q) }).dtype)
    assert.equal("f64", vm:score({ a = sy.array(p, "i32"), b = sy.array(q, "f32") }).dtype)
    local m = sy.array({ { 1, 10 }, { 2, 0 }, { 3, 0.25 } })
    assert.same({ -3, 4, 5.875 }, vm:score({ a = m:column(1), b = m:column(2) }):totable())
    assert.same({}, vm:score({ a = {}, b = {} }):totable())
  end)

  it("scores and ranks a data set, request by request", function()
    local data = sy.dataset.new({
      predictions = { a = { 1, 5, 3, 2, 2 }, b = { 0, 0, 0, 1, 0 } },
      groups = { "x", "y", "x", "y", "x" },
      items = { "i1", "i2", "i3", "i4", "i5" },
    })
    local vm = value_model.new({ weights = { a = 1, b = 3 } })
    assert.same({ 1, 3, 2, 5, 5 }, vm:score(data):totable())
    local order, offsets = vm:rank(data)
    assert.same({ 2, 3, 1, 4, 5 }, order:totable())
    assert.same({ 0, 3, 5 }, offsets:totable())
    order, offsets = vm:rank(data, 1)
    assert.same({ 2, 4 }, order:totable())
    assert.same({ 0, 1, 2 }, offsets:totable())
    assert.same({ 2, 3, 1, 5, 4 }, (vm:rank(data, 0, { ties = "name" })):totable())
    assert.same({ 2, 1 }, (vm:rank({ a = { 1, 2 }, b = { 0, 0 } })):totable())
  end)

  it("ranks with the threads of sy.threads, unless told otherwise", function()
    local core = require "steelyard.core"
    local make, asked = core.work, {}
    core.work = function(longest, threads)
      asked[#asked + 1] = threads
      return make(longest, threads)
    end
    local vm = value_model.new({ weights = { a = 1 } })
    local function ranked(options)
      return vm:rank({ a = { 1, 3, 2 } }, 0, options):totable()
    end
    local ok, message = pcall(function()
      sy.threads(2)
      assert.same({ 2, 3, 1 }, ranked())
      assert.same({ 2, 3, 1 }, ranked())
      assert.same({ 2 }, asked) -- the scratch memory is kept
      assert.same({ 2, 3, 1 }, ranked({ threads = 1 }))
      assert.same({ 2, 1 }, asked)
      assert.equal(2, sy.threads())
    end)
    core.work = make
    sy.threads(1)
    assert(ok, message)
  end)

  it("refuses what is no path, no text, no data set with names", function()
    assert.equal("value_model.load: expected a path, got nil", raised(value_model.load))
    assert.equal("value_model.parse: expected a text, got nil", raised(value_model.parse))
    local vm = value_model.new({ weights = { a = 1 } })
    assert.equal("save: expected a path, got nil", raised(vm.save, vm))
    assert.equal("rank: ties by name: expected a data set with item names, got a table",
      raised(vm.rank, vm, { a = { 1 } }, 0, { ties = "name" }))
  end)

  it("finds a weight's column also among features", function()
    local data = sy.dataset.new({ predictions = { a = { 1, 2 } }, features = { age = { 3, 4 } } })
    assert.same({ 4, 6 }, value_model.new({ weights = { a = 1, age = 1 } }):score(data):totable())
  end)

  it("names the column that is missing, and the nearest", function()
    local data = sy.dataset.new({ predictions = { p_like = { 1 }, p_share = { 2 } } })
    local vm = value_model.new({ weights = { p_likes = 1 } })
    assert.equal('value model: there is a weight for "p_likes", but no such column'
      .. ' (did you mean "p_like"?)',
      raised(vm.score, vm, data))
    assert.equal('value model: there is a weight for "p_likes", but no such column',
      raised(vm.score, vm, {}))
    assert.equal("value model: expected a data set or a table of columns, got 3",
      raised(vm.score, vm, 3))
    local two = value_model.new({ weights = { a = 1, b = 1 } })
    assert.equal("value model: b has 1 numbers, but a has 2",
      raised(two.score, two, { a = { 1, 2 }, b = { 1 } }))
  end)

  it("stays whole under a busy collector", function()
    for i = 1, 300 do
      local vm = value_model.new({ weights = { a = i, b = -i } })
      collectgarbage("step", 100)
      assert.equal(i, vm:score({ a = { 2 }, b = { 1 } })[1])
    end
  end)
end)
