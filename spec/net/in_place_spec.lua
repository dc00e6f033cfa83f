-- Gradients that lie where a layer's value was, or that are read where they lie.
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("gradients in place", function()
  if not nets.here then
    return
  end

  local function all(net)
    local bytes = {}
    for _, p in ipairs(net:parameters()) do
      local gradient = net:gradient(p.name)
      bytes[p.name] = gradient and gradient:bytes() or false
    end
    bytes.input = net:input_gradient("x") and net:input_gradient("x"):copy():bytes() or false
    return bytes
  end

  -- What gradients come of pulls, given as arrays of their own or put in place of values.
  local function compare(make, names, dtype, n)
    local random = sy.random(5)
    local g = sy.net.graph()
    make(g, g:input("x", 4, { wants_gradient = true }))
    local net = g:build({ dtype = dtype, batch = 9 })
    local feeds = { x = nets.matrix(random, n, 4) }
    net:forward(feeds)
    local pulls, copies = {}, {}
    for _, name in ipairs(names) do
      pulls[name] = nets.matrix(random, n, net:value(name).shape[2], dtype)
    end
    net:backward(pulls)
    local wanted = all(net)
    for _, name in ipairs(names) do
      local value = net:value(name)
      sy.vector.assign(value, pulls[name])
      copies[name] = value
    end
    for _ = 1, 2 do -- the values stay: once more gives the same
      net:backward(copies)
      assert.same(wanted, all(net))
    end
    for _, name in ipairs(names) do
      assert.equal(pulls[name]:bytes(), net:value(name):copy():bytes())
    end
  end

  it("are what they are elsewhere", function()
    for _, dtype in ipairs({ "f32", "f64" }) do
      for _, n in ipairs({ 9, 1 }) do
        compare(function(g, x)
          g:dense(g:tanh(g:dense(x, 5)), 12, { name = "wide" })
        end, { "wide" }, dtype, n)
        compare(function(g, x)
          g:dense(x, 3, { name = "narrow" })
        end, { "narrow" }, dtype, n)
        compare(function(g, x)
          local a = g:relu(g:dense(x, 5))
          g:dense(a, 12, { name = "one" })
          g:dense(a, 2, { name = "two" })
        end, { "one", "two" }, dtype, n)
        compare(function(g, x) -- not dense, and without gaps or not
          g:slice(g:dense(x, 5), 2, 3, { name = "some" })
          g:add({ x, g:dense(x, 4) }, { name = "end" })
        end, { "some", "end" }, dtype, n)
      end
    end
  end)

  it("may be the values that another layer reads, too", function() -- of sum y^2 / 2 + sum p o
    local random, g = sy.random(3), sy.net.graph()
    local y = g:dense(g:input("x", 4, { wants_gradient = true }), 6, { name = "y" })
    g:dense(y, 5, { name = "out" })
    local net = g:build({ dtype = "f64", batch = 3 })
    net:forward({ x = nets.matrix(random, 3, 4) })
    local pull = nets.matrix(random, 3, 5)
    net:backward({ y = net:value("y"):copy(), out = pull })
    local wanted = all(net)
    net:backward({ y = net:value("y"), out = pull })
    assert.same(wanted, all(net))
  end)

  it("of another type are as good", function()
    local random, g = sy.random(3), sy.net.graph()
    g:dense(g:input("x", 4), 6, { name = "y" })
    local net = g:build({ dtype = "f32", batch = 3 })
    net:forward({ x = nets.matrix(random, 3, 4) })
    local pull = nets.matrix(random, 3, 6, "f32")
    net:backward({ y = pull })
    local wanted = all(net)
    net:backward({ y = sy.vector.add(sy.array.zeros(3, 6), pull) })
    assert.same(wanted, all(net))
  end)

  it("are forgotten after the pass", function()
    local random, g = sy.random(3), sy.net.graph()
    local y = g:dense(g:input("x", 4), 6, { name = "y" })
    g:dense(y, 5, { name = "out" })
    local net = g:build({ dtype = "f64", batch = 3 })
    net:forward({ x = nets.matrix(random, 3, 4) })
    local pull, above = nets.matrix(random, 3, 6), nets.matrix(random, 3, 5)
    local kept = pull:copy()
    net:backward({ y = pull })
    net:backward({ out = above })
    local wanted = all(net)
    net:backward({ y = pull })
    assert.equal(kept:bytes(), pull:bytes())
    net:backward({ out = above })
    assert.same(wanted, all(net))
    assert.equal(kept:bytes(), pull:bytes())
  end)
end)
