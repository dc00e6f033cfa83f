-- Networks against callers who mean no good, or make mistakes: lying feeds, arrays that change or
-- vanish, passes within passes, lists of layers from anywhere.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("networks hold", function()
  if not nets.here then
    it("need a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  local learn = nets.here and require "steelyard.learn"
  local X = sy.array({ { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } })

  local function graph(bag)
    local g = sy.net.graph()
    local x = g:input("x", 3, { wants_gradient = true })
    local table_ = g:embedding(g:ids("id"), 10, 4, { name = "table", bag = bag })
    local hidden = g:dense(g:concat({ x, table_ }), 5, { name = "hidden" })
    g:dense(g:relu(hidden), 1, { name = "out" })
    return g
  end

  local function build(bag)
    return graph(bag):build({ batch = 4, dtype = "f64" })
  end

  local function bag(ids, offsets, weights)
    return { ids = sy.array(ids, "i64"), offsets = sy.array(offsets, "i64"), weights = weights }
  end

  local function numbers(array)
    local list = {}
    for i = 1, #array do
      for j = 1, array.shape[2] do
        list[#list + 1] = array:get(i, j)
      end
    end
    return list
  end

  it("layers' names to the last byte", function()
    local net = build()
    net:forward({ x = X, id = { 1, 2, 3 } })
    local pulls = { out = { 1, 2, 3 } }
    for i = 1, 200 do -- each would be another gradient at the same layer
      pulls["out\0" .. i] = { 1, 2, 3 }
    end
    check.raises("no layer is called", learn.net_backward, net.raw, pulls)
    check.raises("no layer is called", learn.net_value, net.raw, "out\0")
    check.raises("no parameter is called", learn.net_parameter, net.raw, "out.weight\0x")
    net:backward({ out = { 1, 2, 3 } })
  end)

  it("values of the wrong kind", function()
    local net = build()
    for _, wrong in ipairs({ X, io.stdout, {}, 1, "x" }) do
      assert(not pcall(learn.net_forward, wrong, {}))
      assert(not pcall(learn.net_backward, wrong, {}))
      assert(not pcall(learn.net_parameters, wrong))
      assert(not pcall(learn.optimizer, "sgd", {}, wrong == X and X or io.stdout))
    end
    check.raises_here("x: expected an array or a table of numbers, got a table with the field",
      net.forward, net, { x = net })
    check.raises_here("id: expected an array or a table of numbers, got a table with the field id",
      net.forward, net, { x = X, id = { id = { 1, 2, 3 } } })
    check.raises_here('id: a bag has ids, offsets and weights, and no "weight"', net.forward, net,
      { x = X, id = { ids = { 1 }, offsets = { 0, 1 }, weight = { 1 } } })
    check.raises_here("x[2]: expected 3 numbers as in the first row, got 2", net.forward, net,
      { x = { { 1, 2, 3 }, { 1, 2 } }, id = { 1, 1 } })
    check.raises_here("x: a matrix of 3 columns is needed", net.forward, net,
      { x = { 1, 2, 3 } })
    net:forward({ x = X, id = { 1, 2, 3 } })
    check.raises_here("out: expected an array or a table of numbers", net.backward, net,
      { out = { value = 1 } })
    check.raises_here("out: a gradient of 3 x 1 is needed, not 2 x 1", net.backward, net,
      { out = { 1, 2 } })
    check.raises_here("hidden[2]: expected 5 numbers", net.backward, net,
      { hidden = { { 1, 2, 3, 4, 5 }, { 1 }, { 1 } } })
    net:backward({ out = { { 1 }, { 2 }, { 3 } } })
  end)

  it("a pass that went wrong: nothing counts as computed", function()
    local net = build()
    check.raises("no forward pass", net.backward, net, { out = { 1, 2, 3 } })
    net:forward({ x = X, id = { 1, 2, 3 } })
    for _, wrong in ipairs({ { 0 }, { 4 }, { -1 }, { 2 ^ 53 }, { -2 ^ 53 }, { -9.2e18 } }) do
      net:forward({ x = X, id = { 1, 2, 3 } })
      check.raises("is not one of its 3 rows", net.forward, net, { x = X, id = { 1, 2, 3 } },
        { rows = wrong })
      assert(net:value("out") == nil and net:input_gradient("x") == nil)
      check.raises("no forward pass", net.backward, net, { out = { 1, 2, 3 } })
    end
    check.raises("rows: 5 are more than the batch of 4", net.forward, net,
      { x = X, id = { 1, 2, 3 } }, { rows = { 1, 1, 1, 1, 1 } })
  end)

  it("batches of no rows", function()
    local net = build("sum")
    for _, o in ipairs({ { rows = {} }, { rows = sy.array({}, "i64"), training = true } }) do
      net:forward({ x = X, id = bag({ 1 }, { 0, 1, 1, 1 }) }, o)
      assert(#net:value("out") == 0)
      net:backward({ out = {} })
      for _, p in ipairs(net:parameters()) do
        for _, slope in ipairs(numbers(net:gradient(p.name))) do
          assert(slope == 0)
        end
      end
    end
    net:forward({ x = sy.array.zeros(0, 3), id = { ids = {}, offsets = { 0 } } })
    assert(#net:value("hidden") == 0)
  end)

  it("offsets and ids that lie", function()
    local net = build("mean")
    for _, offsets in ipairs({ { 0, 5, 1, 3 }, { 0, -1, 2, 3 }, { -2, -1, 0, 1 }, { 3, 2, 1, 0 },
      { 0, 1, 2, 2 ^ 53 }, { 2 ^ 53, 2 ^ 53, 2 ^ 53, 2 ^ 53 } }) do
      local fed = bag({ 1, 2, 3 }, offsets)
      check.raises("are not within 3 ids", net.forward, net, { x = X, id = fed })
    end
    for _, id in ipairs({ 0, -1, 11, 2 ^ 53, -2 ^ 53, -2 ^ 63 }) do
      check.raises("is not in the table of table (1 to 10)", net.forward, net,
        { x = X, id = { 1, id, 1 } })
    end
  end)

  it("bags that change between the passes", function()
    local net = build("mean")
    local fed = bag({ 1, 2, 3 }, { 0, 1, 1, 3 }, sy.array({ 1, 2, 3 }))
    local function refused()
      check.raises("its bags have changed since the forward pass", net.backward, net,
        { out = { 1, 2, 3 } })
      assert(net:gradient("out.weight") == nil and net:gradient("table.weight") == nil)
    end
    net:forward({ x = X, id = fed })
    for _, wrong in ipairs({ 4, -1, 2 ^ 53 }) do
      fed.offsets:set(2, wrong)
      refused()
    end
    fed.offsets:set(2, 1)
    for _, wrong in ipairs({ 0, 11, -5, 2 ^ 53 }) do
      fed.ids:set(3, wrong)
      refused()
    end
    fed.ids:set(3, 10)
    net:backward({ out = { 1, 2, 3 } })
    assert(net:gradient("table.weight"):get(10, 1) ~= 0)
  end)

  it("arrays that nobody else keeps", function()
    local net = build("sum")
    local function feed()
      net:forward({
        x = { { 1, 2, 3 }, { 4, 5, 6 } },
        id = { ids = { 1, 2, 9 }, offsets = { 0, 1, 3 }, weights = { 1, 2, 3 } },
      })
    end
    feed()
    collectgarbage()
    collectgarbage()
    local others = {}
    for i = 1, 500 do
      others[i] = sy.array.zeros(3) -- where they were
    end
    net:backward({ out = { 1, 2 } })
    assert(#others == 500)
    local value, table_ = net:value("out"), net:parameter("table.weight")
    local gradient = net:gradient("hidden.weight")
    net = nil
    collectgarbage()
    collectgarbage()
    assert(value:get(1, 1) == value:get(1, 1) and table_:get(10, 4) and gradient:get(5, 7))
  end)

  it("passes that begin while another one's arguments are read", function()
    local net = build("sum")
    local fed = bag({ 1, 2, 3 }, { 0, 1, 2, 3 })
    local sly = setmetatable({ x = X }, {
      __index = function()
        net:forward({ x = { { 1, 1, 1 } }, id = { ids = { 3 }, offsets = { 0, 1 } } })
        collectgarbage()
        return fed
      end,
    })
    check.raises("used while the arguments of a pass were read", net.forward, net, sly)
    net:forward({ x = X, id = fed })
    net:backward({ out = { 1, 2, 3 } })
  end)

  it("what is fed from the network's own values", function()
    local g = sy.net.graph()
    local x = g:input("x", 2, { wants_gradient = true })
    local t = g:tanh(x, { name = "t" })
    g:dense(t, 2, { name = "y" })
    local net = g:build({ dtype = "f64", batch = 3 })
    net:forward({ x = { { 1, 2 }, { 3, 4 }, { 5, 6 } } })
    net:forward({ x = net:value("x") }, { rows = { 3, 1, 2 } })
    assert.same({ 5, 6, 1, 2, 3, 4 }, numbers(net:value("x")))
    -- A gradient that lies where the next pass writes others.
    local pull = sy.array({ { 1, -2 }, { 3, 1 }, { 0.5, 0 } })
    net:backward({ y = pull })
    local first = net:input_gradient("x"):copy()
    net:backward({ y = pull, t = first })
    local wanted = numbers(net:input_gradient("x"))
    net:backward({ y = pull })
    net:backward({ y = pull, t = net:input_gradient("x") })
    assert.same(wanted, numbers(net:input_gradient("x")))
  end)

  it("an input's gradient for its own pass alone", function()
    local net = build()
    net:forward({ x = X, id = { 1, 2, 3 } })
    net:backward({ out = { 1, 2, 3 } })
    assert(#net:input_gradient("x") == 3)
    net:forward({ x = X, id = { 1, 2, 3 } }, { rows = { 1 } })
    assert(net:input_gradient("x") == nil)
  end)

  it("weights whose sum has no inverse", function()
    local g = sy.net.graph()
    g:embedding(g:ids("id"), 3, 2, { name = "e", bag = "mean" })
    local net = g:build({ dtype = "f64", batch = 3 })
    local function row(i)
      return net:parameter("e.weight"):get(i, 1)
    end
    net:forward({ id = bag({ 1, 2, 2, 3 }, { 0, 1, 3, 4 }, { 1e-320, 1, -1, 5e-324 }) })
    assert.same({ row(1), 0, row(3) },
      { net:value("e"):get(1, 1), net:value("e"):get(2, 1), net:value("e"):get(3, 1) })
    net:backward({ e = { { 1, 1 }, { 1, 1 }, { 1, 1 } } })
    local slopes = net:gradient("e.weight")
    assert.same({ 1, 0, 1 }, { slopes:get(1, 1), slopes:get(2, 1), slopes:get(3, 1) })
  end)

  it("parameters that are not numbers: they come out, and no step is made", function()
    local net = build()
    local opt = sy.optimizer.adam(net)
    net:parameter("hidden.weight"):set(1, 1, 0 / 0)
    net:forward({ x = X, id = { 1, 2, 3 } })
    net:backward({ out = sy.array({ 0 / 0, 1, 1 }) })
    local before = numbers(net:parameter("out.bias"))
    check.raises("NaN", opt.step, opt)
    assert.same(before, numbers(net:parameter("out.bias")))
    assert(opt.steps == 0)
  end)

  it("arrays of any type and layout", function()
    local net, wanted = build(), nil
    local wide = sy.array({ { 1, 0, 2, 3 }, { 4, 0, 5, 6 }, { 7, 0, 8, 9 } })
    for _, x in ipairs({
      X, sy.array(X:totable(), "f32"), sy.array(X:totable(), "i32"), sy.array(X:totable(), "i64"),
      X:totable(),
    }) do
      for _, dtype in ipairs({ "i32", "i64", "f64" }) do
        local ids = sy.array({ 1, 2, 3 }, dtype)
        net:forward({ x = x, id = ids })
        wanted = wanted or numbers(net:value("out"))
        assert.same(wanted, numbers(net:value("out")))
        for _, pull in ipairs({
          { 1, 1, 1 }, sy.array({ 1, 1, 1 }, dtype), wide:column(2),
          sy.array({ { 1 }, { 1 }, { 1 } }, "f32"),
        }) do
          net:backward({ out = pull })
        end
      end
    end
    net:forward({ x = X, id = wide:column(1) }) -- a column of a matrix, as ids
    assert(#net:value("out") == 3)
  end)

  it("lists of layers from anywhere", function()
    local x = { kind = "input", name = "a", width = 2 }
    local function refused(wanted, layers, o)
      check.raises(wanted, sy.net.build, layers, o)
    end
    local function second(layer)
      layer.name, layer.inputs = layer.name or "b", layer.inputs or { "a" }
      return { x, layer }
    end
    local many = {}
    for i = 1, 100000 do
      many[i] = { kind = "ids", name = "n" .. i }
    end
    refused("100000 are more than 2048", many)
    refused("expected a list of layers", 3)
    refused("expected a list of layers", X)
    refused("there are none", {})
    refused("no kind of layer is called nil", { {} })
    refused("zero byte", { { kind = "input", name = "a\0b", width = 2 } })
    refused("a name is needed", { { kind = "input", name = "", width = 2 } })
    refused("two layers have this name", { x, x })
    refused('no layer before it is called "a"', { { kind = "relu", name = "a", inputs = { "a" } } })
    refused("no layer before it is called", second({ kind = "relu", inputs = { 0 / 0 } }))
    refused("it reads 2 layers", second({ kind = "relu", inputs = { "a", "a" } }))
    refused("it reads 0 layers", { x, { kind = "relu", name = "b" } })
    for _, width in ipairs({ 0, -1, 1.5, 0 / 0, 1 / 0, 2 ^ 31, 2 ^ 53, "2" }) do
      assert(not pcall(sy.net.build, second({ kind = "dense", width = width })))
      assert(not pcall(sy.net.build, second({ kind = "slice", first = 1, width = width })))
      assert(not pcall(sy.net.build, second({ kind = "slice", first = width, width = 3 })))
      assert(not pcall(sy.net.build, { { kind = "ids", name = "i" },
        { kind = "embedding", name = "e", inputs = { "i" }, rows = width, width = 1 } }))
      assert(not pcall(sy.net.build, { x }, { batch = width }))
    end
    for _, share in ipairs({ -1, 1, 0 / 0, 1 / 0 }) do
      refused("the share", second({ kind = "dropout", share = share }))
    end
    for _, field in ipairs({ "rate", "l2", "deviation" }) do
      for _, number in ipairs({ -1, 0 / 0, 1 / 0 }) do
        refused(field, second({ kind = "dense", width = 1, [field] = number }))
      end
    end
    refused("larger than any memory", {
      { kind = "input", name = "a", width = 2 ^ 31 - 1 },
      { kind = "dense", name = "b", width = 2 ^ 31 - 1, inputs = { "a" } },
    }, { batch = 1 })
  end)
end)
