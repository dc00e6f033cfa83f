-- Networks and optimizers give the same bits for the same batch: again, on every instruction set
-- (the BLAS chooses its own), beside other layers, and whatever was computed before.
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("networks give the same bits", function()
  if not nets.here then
    it("need a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  local learn = nets.here and require "steelyard.learn"

  -- Train for some steps on one instruction set: all values, gradients, parameters and states.
  local function train(seed, dtype, cpu)
    local made = nets.random(seed, 14)
    local net = made.graph:build({ dtype = dtype, batch = 33, seed = seed })
    local opt = sy.optimizer[({ "adam", "adamw", "adagrad", "sgd" })[seed % 4 + 1]](net,
      { learning_rate = 1e-3, clip_norm = 1, clip_value = 10, lazy = seed % 2 == 0 })
    if cpu then
      assert.equal(cpu, learn.net_cpu(net.raw, cpu))
      opt.raw:cpu(cpu)
    end
    local n, bits = seed % 33 + 1, {}
    local feeds = made.feeds(n)
    for _ = 1, 3 do
      net:forward(feeds, { training = true })
      for _, name in ipairs(made.layers) do
        bits[#bits + 1] = net:value(name):bytes()
      end
      net:backward(nets.pulls(made.random, net, n, { made.layers[#made.layers] }))
      for _, p in ipairs(net:parameters()) do
        local gradient = net:gradient(p.name)
        bits[#bits + 1] = gradient and gradient:bytes() or ""
      end
      opt:step()
      for _, tensors in ipairs({ net:tensors(), opt:tensors() }) do
        for _, name in ipairs(nets.names(tensors)) do
          bits[#bits + 1] = tensors[name]:bytes()
        end
      end
    end
    return bits
  end

  it("on every instruction set", function()
    for seed = 1, 12 do
      for _, dtype in ipairs({ "f32", "f64" }) do
        local wanted = train(seed, dtype)
        for _, cpu in ipairs(sy.cpu()) do
          assert.same(wanted, train(seed, dtype, cpu), ("seed %d, %s, %s"):format(seed, dtype, cpu))
        end
      end
    end
  end)

  it("for the same batch, whatever came before", function()
    for seed = 1, 10 do
      local made = nets.random(seed, 14)
      local net = made.graph:build({ batch = 40, seed = seed })
      local feeds, other = made.feeds(13), made.feeds(40)
      local function predict()
        net:forward(feeds)
        local bits = {}
        for _, name in ipairs(made.layers) do
          bits[#bits + 1] = net:value(name):bytes()
        end
        return bits
      end
      local wanted = predict()
      net:forward(other)
      net:backward(nets.pulls(made.random, net, 40, { made.layers[#made.layers] }))
      assert.same(wanted, predict())
      pcall(net.forward, net, feeds, { rows = { 99 } })
      assert.same(wanted, predict())
      local larger = made.graph:build({ batch = 100, seed = seed }) -- room for more
      net = larger
      assert.same(wanted, predict())
    end
  end)
end)
