-- What autoencoders of many items need: samples of normal distributions, bags with a bias.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("a network's samples", function()
  if not nets.here then
    it("need a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  local function made(o)
    o = o or {}
    local g, width = sy.net.graph(), o.width or 50
    g:sample(g:input("mean", width), g:input("log_variance", width), { name = o.name or "z" })
    return g:build({ dtype = o.dtype or "f64", batch = 400, seed = o.seed })
  end

  local function constant(n, width, x)
    return sy.vector.add(sy.array.zeros(n, width), x)
  end

  local function drawn(net, mean, log_variance, o)
    o = o or {}
    net:forward({ mean = constant(400, 50, mean), log_variance = constant(400, 50, log_variance) },
      { training = o.training ~= false })
    return net:value(o.name or "z"):copy()
  end

  -- Mean, deviation, skew and excess of all numbers.
  local function moments(z)
    local sums, n = { 0, 0, 0, 0 }, 0
    for i = 1, #z do
      for j = 1, z.shape[2] do
        local x = z:get(i, j)
        n = n + 1
        for k = 1, 4 do
          sums[k] = sums[k] + x ^ k
        end
      end
    end
    return sums[1] / n, sums[2] / n, sums[3] / n, sums[4] / n
  end

  it("are normal", function() -- 20,000 numbers: four deviations of each estimate
    for _, dtype in ipairs({ "f32", "f64" }) do
      local first, second, third, fourth = moments(drawn(made({ dtype = dtype }), 0, 0))
      check.close(0, first, 4 / math.sqrt(20000))
      check.close(1, second, 4 * math.sqrt(2 / 20000))
      check.close(0, third, 4 * math.sqrt(15 / 20000))
      check.close(3, fourth, 4 * math.sqrt(96 / 20000))
    end
  end)

  it("fill every tenth of the distribution alike", function()
    local z, counts = drawn(made(), 0, 0), {}
    local edges = { -1.2815515655446004, -0.8416212335729143, -0.5244005127080407,
      -0.2533471031357997, 0, 0.2533471031357997, 0.5244005127080407, 0.8416212335729143,
      1.2815515655446004 }
    for i = 1, 400 do
      for j = 1, 50 do
        local tenth = 1
        for _, edge in ipairs(edges) do
          tenth = tenth + (z:get(i, j) > edge and 1 or 0)
        end
        counts[tenth] = (counts[tenth] or 0) + 1
      end
    end
    local chi = 0
    for tenth = 1, 10 do
      chi = chi + (counts[tenth] - 2000) ^ 2 / 2000
    end
    assert.is_true(chi < 33.7, tostring(chi)) -- nine degrees of freedom: one in 10,000
  end)

  it("are the mean and a normal number times the deviation", function()
    local z = drawn(made(), 0, 0)
    local moved = drawn(made(), 3, 2 * math.log(0.25))
    for i = 1, 400, 37 do
      for j = 1, 50, 7 do
        check.close(3 + z:get(i, j) / 4, moved:get(i, j), 1e-13)
      end
    end
  end)

  it("are the mean itself when not training", function()
    for _, dtype in ipairs({ "f32", "f64" }) do
      local z = drawn(made({ dtype = dtype }), 0.75, 5, { training = false })
      assert.equal(0.75, z:min())
      assert.equal(0.75, z:max())
    end
  end)

  it("are the same for a state, and others for other seeds, passes and names", function()
    local net = made({ seed = 7 })
    local state = net:state()
    local first, second = drawn(net, 0, 0), drawn(net, 0, 0)
    net:set_state(state)
    local again = drawn(net, 0, 0)
    local seeded, named = drawn(made({ seed = 8 }), 0, 0), drawn(made({ seed = 7, name = "y" }), 0,
      0, { name = "y" })
    assert.equal(first:bytes(), again:bytes())
    for _, other in ipairs({ second, seeded, named }) do
      local sum = 0
      for i = 1, 400 do
        sum = sum + sy.vector.dot(first:row(i), other:row(i))
      end
      assert.is_true(math.abs(sum / 20000) < 4 / math.sqrt(20000), tostring(sum / 20000))
    end
  end)

  it("do not depend on the batch that the network was made for", function()
    local g = sy.net.graph()
    g:sample(g:input("mean", 50), g:input("log_variance", 50), { name = "z" })
    local large = g:build({ dtype = "f64", batch = 1000 })
    assert.equal(drawn(made(), 0, 0):bytes(), drawn(large, 0, 0):bytes())
  end)

  it("have the same bits on every instruction set", function()
    for _, dtype in ipairs({ "f32", "f64" }) do
      local first
      for _, set in ipairs(sy.cpu_list and sy.cpu_list() or { "avx512", "avx2", "baseline" }) do
        local net = made({ dtype = dtype })
        if require("steelyard.learn").net_cpu(net.raw, set) then
          local bytes = drawn(net, 0.1, 0.3):bytes()
          first = first or bytes
          assert.equal(first, bytes, set)
        end
      end
    end
  end)

  it("of enormous variances are not NaN", function()
    local z = drawn(made(), 0, 1e308)
    assert.is_true(z:min() == z:min() and z:max() > 1e100)
    assert.equal(0, drawn(made(), 0, -1e308):max() > 1e-100 and 1 or 0)
  end)

  it("need inputs of one width", function()
    local g = sy.net.graph()
    g:sample(g:input("a", 2), g:input("b", 3), { name = "z" })
    check.raises_here('layer "z": "a" is 2 wide, but "b" is 3 wide', g.build, g)
    check.raises_here("net.sample: expected the name of a layer, got nil", g.sample, g, "a")
  end)
end)

describe("a bag's bias", function()
  if not nets.here then
    return
  end

  local function bag_net(o)
    local g = sy.net.graph()
    g:embedding(g:ids("id"), 6, 3, { bag = o.bag or "sum", bias = true, name = "e",
      start = o.start })
    return g:build({ dtype = o.dtype or "f64", batch = 8 })
  end

  it("is added to each row, even of none", function()
    local net = bag_net({})
    local weight, bias = net:parameter("e.weight"), net:parameter("e.bias")
    for j = 1, 3 do
      bias:set(1, j, j)
      for i = 1, 6 do
        weight:set(i, j, 10 ^ i)
      end
    end
    net:forward({ id = { ids = { 1, 3, 2 }, offsets = { 0, 2, 2, 3 } } })
    local y = net:value("e")
    assert.same({ { 1011, 1012, 1013 }, { 1, 2, 3 }, { 101, 102, 103 } }, y:totable())
    net:backward({ e = { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } } })
    assert.same({ { 12, 15, 18 } }, net:gradient("e.bias"):totable())
  end)

  it("makes a dense layer of its inputs", function()
    local random, g = sy.random(3), sy.net.graph()
    g:dense(g:input("x", 6), 3, { name = "d" })
    g:embedding(g:ids("id"), 6, 3, { bag = "sum", bias = true, name = "e" })
    local net = g:build({ dtype = "f64", batch = 8 })
    for j = 1, 3 do
      net:parameter("d.bias"):set(1, j, random:normal())
      net:parameter("e.bias"):set(1, j, net:parameter("d.bias"):get(1, j))
      for i = 1, 6 do
        net:parameter("d.weight"):set(j, i, random:normal())
        net:parameter("e.weight"):set(i, j, net:parameter("d.weight"):get(j, i))
      end
    end
    local weights = sy.array({ 0.5, -2, 3 })
    local x = sy.array({ { 0.5, 0, -2, 0, 0, 0 }, { 0, 0, 0, 0, 0, 3 } })
    net:forward({ x = x, id = { ids = { 1, 3, 6 }, offsets = { 0, 2, 3 }, weights = weights } })
    local pull = nets.matrix(random, 2, 3)
    net:backward({ d = pull, e = pull })
    for j = 1, 3 do
      for i = 1, 2 do
        check.close(net:value("d"):get(i, j), net:value("e"):get(i, j), 1e-12)
      end
      for i = 1, 6 do
        check.close(net:gradient("d.weight"):get(j, i), net:gradient("e.weight"):get(i, j), 1e-12)
      end
      check.close(net:gradient("d.bias"):get(1, j), net:gradient("e.bias"):get(1, j), 1e-12)
    end
  end)

  it("starts at 0, and the table within the bound of a dense layer", function()
    local net = bag_net({ start = "glorot" })
    local bound = math.sqrt(6 / (6 + 3))
    local weight = net:parameter("e.weight")
    assert.is_true(weight:max() < bound and weight:min() > -bound)
    assert.is_true(weight:max() - weight:min() > bound)
    assert.same({ { 0, 0, 0 } }, net:parameter("e.bias"):totable())
  end)

  it("is refused for one id a row", function()
    local g = sy.net.graph()
    g:embedding(g:ids("id"), 6, 3, { bias = true, name = "e" })
    check.raises_here('layer "e": a bias is for bags, not for one id a row', g.build, g)
  end)
end)
