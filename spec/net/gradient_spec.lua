-- Gradients of networks against central finite differences in f64.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("gradients of networks", function()
  if not nets.here then
    it("need a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  -- One layer over inputs that want their gradient; o.wide: further inputs.
  local function one(make, o)
    o = o or {}
    for seed = 1, 4 do
      local random = sy.random(seed)
      local g = sy.net.graph()
      local width, n = o.width or random:below(40), random:below(9) + 1
      local x = g:input("x", width, { wants_gradient = true })
      local y = g:input("y", width, { wants_gradient = true })
      local name = make(g, x, y, width)
      local net = g:build({ dtype = "f64", batch = 12, seed = seed })
      local feeds = {
        x = nets.matrix(random, n, width), y = nets.matrix(random, n, width),
      }
      nets.shake(random, net)
      net:forward(feeds)
      local pulls = nets.pulls(random, net, n, { name })
      assert(nets.check_gradients(net, feeds, pulls, { training = o.training, most = 20 }) > 0)
    end
  end

  local layers = {
    dense = function(g, x) return g:dense(x, 7) end,
    ["dense of many outputs"] = function(g, x) return g:dense(x, 20) end,
    ["dense without bias"] = function(g, x) return g:dense(x, 3, { bias = false }) end,
    concat = function(g, x, y) return g:concat({ x, y, x }) end,
    add = function(g, x, y) return g:add({ x, y, x }) end,
    multiply = function(g, x, y) return g:multiply({ x, y, x }) end,
    slice = function(g, x, _, width) return g:slice(x, width, 1) end,
    relu = function(g, x) return g:relu(x) end,
    tanh = function(g, x) return g:tanh(x) end,
    sigmoid = function(g, x) return g:sigmoid(x) end,
    gelu = function(g, x) return g:gelu(x) end,
    softplus = function(g, x) return g:softplus(x) end,
    batch_norm = function(g, x) return g:batch_norm(x) end,
    ["batch_norm without affine"] = function(g, x) return g:batch_norm(x, { affine = false }) end,
    layer_norm = function(g, x, y) return g:layer_norm(g:concat({ x, y })) end,
    ["layer_norm without affine"] = function(g, x, y)
      return g:layer_norm(g:concat({ x, y }), { affine = false, epsilon = 0.01 })
    end,
    dropout = function(g, x) return g:dropout(x, 0.3) end,
    sample = function(g, x, y) return g:sample(x, y) end,
    ["sample of one layer"] = function(g, x) return g:sample(x, x) end,
    ["sample within others"] = function(g, x, y)
      return g:concat({ g:sample(g:concat({ x, y }), g:concat({ y, x })), x })
    end,
    l2_normalize = function(g, x) return g:l2_normalize(x) end,
    ["l2_normalize below epsilon"] = function(g, x)
      return g:l2_normalize(x, { epsilon = 1000 })
    end,
    mixture = function(g, x, y) return g:mixture(g:dense(x, 3), { x, y, g:tanh(x) }) end,
    ["scale free"] = function(g, x) return g:scale(x) end,
    ["scale exp"] = function(g, x) return g:scale(x, { slope = "exp" }) end,
    ["scale softplus"] = function(g, x) return g:scale(x, { slope = "softplus" }) end,
  }
  for name, make in pairs(layers) do
    it("are right for " .. name, function()
      one(make)
      one(make, { training = true })
      one(make, { width = 1 })
      one(make, { width = 64, training = true })
    end)
  end

  it("are right for tables, of ids and of bags", function()
    for _, case in ipairs({
      { n = 20, rows = 5 }, { n = 3, rows = 200 }, { n = 20, rows = 5, bag = "sum" },
      { n = 9, rows = 9, bag = "mean" }, { n = 9, rows = 30, bag = "sum", weighted = true },
      { n = 30, rows = 4, bag = "mean", weighted = true }, { n = 5, rows = 10000 },
      { n = 9, rows = 5, bag = "sum", bias = true, weighted = true },
      { n = 9, rows = 5, bag = "mean", bias = true },
    }) do
      for _, width in ipairs({ 1, 3, 4, 8, 16, 32, 33 }) do
        local random, g = sy.random(width), sy.net.graph()
        local e = g:embedding(g:ids("id"), case.rows, width,
          { bag = case.bag, bias = case.bias, name = "e" })
        g:tanh(e, { name = "out" })
        local net = g:build({ dtype = "f64", batch = 30 })
        local feeds = { id = case.bag and nets.bags(random, case.n, case.rows, case.weighted)
          or nets.ids(random, case.n, case.rows) }
        net:forward(feeds)
        nets.check_gradients(net, feeds, nets.pulls(random, net, case.n, { "out" }), { most = 30 })
      end
    end
  end)

  -- Layers that are read in more than one way, with gradients at several of them.
  local function shaped(make, names, o)
    for seed = 1, 3 do
      local random, g = sy.random(seed), sy.net.graph()
      local x = g:input("x", 3, { wants_gradient = true })
      local y = g:input("y", 2, { wants_gradient = true })
      make(g, x, y)
      local net = g:build({ dtype = "f64", batch = 8, seed = seed })
      local feeds = { x = nets.matrix(random, 6, 3), y = nets.matrix(random, 6, 2) }
      net:forward(feeds)
      nets.check_gradients(net, feeds, nets.pulls(random, net, 6, names), o)
    end
  end

  it("are right for a layer that a concat and another read", function()
    shaped(function(g, x, y)
      local a = g:dense(x, 4, { name = "a" })
      local joined = g:concat({ a, y })
      g:add({ g:dense(joined, 4), g:tanh(a) }, { name = "out" })
    end, { "out" })
  end)

  it("are right for concats within concats", function()
    shaped(function(g, x, y)
      local inner = g:concat({ g:relu(g:dense(x, 4)), y }, { name = "inner" })
      g:dense(g:concat({ g:tanh(x), inner, g:slice(inner, 2, 3) }), 2, { name = "out" })
      g:dense(g:concat({ g:concat({ g:sigmoid(y) }), x }, { name = "other" }), 2, { name = "end" })
    end, { "out", "inner", "other" })
  end)

  it("are right where gradients come in below", function()
    local function make(g, x, y)
      local a = g:dense(x, 4, { name = "a" })
      local b = g:relu(a, { name = "b" })
      local c = g:tanh(b, { name = "c" })
      local joined = g:concat({ c, y }, { name = "joined" })
      g:dense(joined, 2, { name = "out" })
    end
    shaped(make, { "out", "c" })
    shaped(make, { "out", "a", "b", "c", "joined" })
    shaped(make, { "c" })
    shaped(make, { "b", "a" })
    shaped(make, { "x", "c" })
  end)

  it("are right for one layer twice in a concat, and slices that overlap", function()
    shaped(function(g, x)
      local a = g:dense(x, 3)
      local twice = g:concat({ a, a, g:slice(a, 1, 2), g:slice(a, 2, 2) })
      g:gelu(twice, { name = "out" })
    end, { "out" })
  end)

  it("are right when dropout lies within others' memory", function()
    shaped(function(g, x, y)
      local a = g:dropout(g:relu(g:dense(x, 5)), 0.5, { name = "a" })
      g:dense(g:concat({ a, g:dropout(y, 0.2), a }), 2, { name = "out" })
      g:concat({ g:dropout(g:dense(x, 2), 0.3, { name = "c" }), y }, { name = "d" })
    end, { "out", "c", "d" }, { training = true })
  end)

  it("are right for random networks", function()
    local checked = 0
    for seed = 1, 40 do
      local made = nets.random(seed, 12)
      local net = made.graph:build({ dtype = "f64", batch = 9, seed = seed })
      local n = seed % 8 + 2
      local feeds = made.feeds(n)
      nets.shake(made.random, net)
      net:forward(feeds)
      local names = { made.layers[#made.layers] }
      for _ = 1, seed % 3 do
        names[#names + 1] = made.layers[made.random:below(#made.layers)]
      end
      local ok, message = pcall(function()
        local pulls = nets.pulls(made.random, net, n, names)
        checked = checked + nets.check_gradients(net, feeds, pulls,
          { training = seed % 2 == 0, most = 3 })
      end)
      if not ok then
        error("seed " .. seed .. ": " .. tostring(message))
      end
    end
    assert(checked > 1000)
  end)

  it("stop where they are told to, and leave what they do not reach without", function()
    local random, g = sy.random(1), sy.net.graph()
    local x = g:input("x", 3, { wants_gradient = true })
    local below = g:dense(x, 4, { name = "below" })
    local out = g:dense(g:concat({ g:stop_gradient(below), g:dense(x, 2, { name = "side" }) }), 2,
      { name = "out" })
    g:scale(g:stop_gradient(out), { name = "platt" })
    local net = g:build({ dtype = "f64", batch = 5 })
    net:forward({ x = nets.matrix(random, 5, 3) })
    net:backward({ out = nets.matrix(random, 5, 2) })
    assert.is_nil(net:gradient("below.weight"))
    assert.is_nil(net:gradient("platt.scale"))
    assert.is_truthy(net:gradient("side.weight"))
    assert.is_truthy(net:input_gradient("x"))
    net:backward({ platt = nets.matrix(random, 5, 2) })
    assert.is_nil(net:gradient("below.weight"))
    assert.is_nil(net:gradient("side.weight"))
    assert.is_nil(net:gradient("out.bias"))
    assert.is_nil(net:input_gradient("x"))
    assert.is_truthy(net:gradient("platt.scale"))
    net:backward({})
    assert.is_nil(net:gradient("platt.scale"))
  end)

  it("are those of the last backward pass alone", function()
    local random, g = sy.random(1), sy.net.graph()
    g:dense(g:embedding(g:ids("id"), 50, 3, { name = "e" }), 2, { name = "out" })
    local net = g:build({ dtype = "f64", batch = 8 })
    local first, second = nets.matrix(random, 8, 2), nets.matrix(random, 8, 2)
    net:forward({ id = nets.ids(random, 8, 50) })
    net:backward({ out = first })
    local kept = net:gradient("e.weight"):copy()
    net:backward({ out = second })
    net:backward({ out = first })
    assert.same(kept:totable(), net:gradient("e.weight"):totable())
    net:forward({ id = { 7 } })
    net:backward({ out = { { 1, 1 } } })
    local gradient = net:gradient("e.weight")
    for i = 1, 50 do
      assert.equal(i == 7, gradient:get(i, 1) ~= 0)
    end
  end)

  it("are not made for what is frozen", function()
    local random, g = sy.random(1), sy.net.graph()
    local e = g:embedding(g:ids("id"), 5, 3, { name = "e", frozen = true })
    g:dense(g:dense(e, 4, { name = "a", frozen = true }), 2, { name = "out" })
    local net = g:build({ batch = 8 })
    net:forward({ id = nets.ids(random, 8, 5) })
    net:backward({ out = nets.matrix(random, 8, 2) })
    assert.is_nil(net:gradient("e.weight"))
    assert.is_nil(net:gradient("a.bias"))
    assert.is_truthy(net:gradient("out.weight"))
    assert.is_true(net:parameters()[1].frozen)
  end)

  it("of f32 are those of f64, nearly", function()
    for seed = 1, 15 do
      local made = nets.random(seed, 10)
      local feeds = made.feeds(6)
      local result = {}
      for _, dtype in ipairs({ "f32", "f64" }) do
        local net = made.graph:build({ dtype = dtype, batch = 9, seed = seed })
        local random, last = sy.random(3), made.layers[#made.layers]
        net:forward(feeds, { training = true })
        local gradients, sizes = {}, 0
        net:backward(nets.pulls(random, net, 6, { last }))
        for _, p in ipairs(net:parameters()) do
          local gradient = net:gradient(p.name)
          for i = 1, gradient and p.rows or 0 do
            for j = 1, p.columns do
              gradients[#gradients + 1] = gradient:get(i, j)
              sizes = math.max(sizes, math.abs(gradient:get(i, j)))
            end
          end
        end
        result[dtype] = { gradients = gradients, size = sizes }
      end
      assert.equal(#result.f32.gradients, #result.f64.gradients)
      for i, wanted in ipairs(result.f64.gradients) do
        check.close(wanted, result.f32.gradients[i], 2e-4 * math.max(1, result.f64.size),
          "seed " .. seed)
      end
    end
  end)
end)
