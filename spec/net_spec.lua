-- Networks as a whole: written down, built, looked at, kept. Passes: see spec/net/.
local check = require "spec.support.check"
local core = require "steelyard.core"
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("a graph", function()
  it("is a list of layers that names stand for", function()
    local g = sy.net.graph()
    assert.equal("user", g:ids("user"))
    local e = g:embedding("user", 10, 4, { bag = "mean", rate = 2 })
    assert.equal("embedding_1", e)
    local x = g:input("x", 3, { wants_gradient = true })
    assert.equal("relu_1", g:relu(g:dense(g:concat({ e, x }), 8, { name = "hidden" })))
    assert.equal("relu_2", g:relu("hidden"))
    g:slice("hidden", 2, 3)
    g:dropout("hidden", 0.25)
    assert.same({
      { kind = "ids", name = "user" },
      { kind = "embedding", name = "embedding_1", inputs = { "user" }, rows = 10, width = 4,
        bag = "mean", rate = 2 },
      { kind = "input", name = "x", width = 3, wants_gradient = true },
      { kind = "concat", name = "concat_1", inputs = { "embedding_1", "x" } },
      { kind = "dense", name = "hidden", inputs = { "concat_1" }, width = 8, bias = true },
      { kind = "relu", name = "relu_1", inputs = { "hidden" } },
      { kind = "relu", name = "relu_2", inputs = { "hidden" } },
      { kind = "slice", name = "slice_1", inputs = { "hidden" }, first = 2, width = 3 },
      { kind = "dropout", name = "dropout_1", inputs = { "hidden" }, share = 0.25 },
    }, g.layers)
  end)

  it("refuses what makes no sense at the line that says it", function()
    local g = sy.net.graph()
    local x = g:input("x", 3)
    local function refuses(message, method, ...)
      local count, arguments, given = #g.layers, { ... }, select("#", ...)
      check.raises_here(message, function()
        g[method](g, (table.unpack or unpack)(arguments, 1, given)) -- luacheck: ignore
      end)
      assert.equal(count, #g.layers)
    end
    refuses('net.dense: no layer is called "y"', "dense", "y", 3)
    refuses('net.relu: no layer is called "xx" (did you mean "x"?)', "relu", "xx")
    refuses("net.relu: expected the name of a layer, got nil", "relu")
    refuses("net.dense: width: expected a whole number, got nil", "dense", x)
    refuses("net.dense: width: expected a whole number, got 1.5", "dense", x, 1.5)
    refuses("net.dropout: share: expected a number, got nil", "dropout", x)
    refuses('net.dense: unknown option "bais" (did you mean "bias"?)', "dense", x, 3, { bais = 1 })
    refuses('net.dense: option "start": "glorott" is not one of', "dense", x, 3,
      { start = "glorott" })
    refuses('net.dense: option "bias": expected a boolean, got 1', "dense", x, 3, { bias = 1 })
    refuses('net.input: name "x": another layer has it', "input", "x", 3)
    refuses('net.dense: name "": it is empty', "dense", x, 3, { name = "" })
    refuses("net.concat: expected a list of layers' names, got \"x\"", "concat", x)
    refuses("net.concat: expected a list of layers' names", "concat", {})
    refuses("net.add: expected the name of a layer, got 3", "add", { x, 3 })
    refuses("net.ids: option \"name\": expected a string", "ids", 7)
    check.raises_here("net.relu: call it with a colon on a graph", function()
      g.relu(x)
    end)
  end)
end)

describe("where there is no BLAS", function()
  it("says what to install", function()
    local cpath, kept = package.cpath, {}
    for _, name in ipairs({ "steelyard.learn", "steelyard.needs" }) do
      kept[name], package.loaded[name] = package.loaded[name], nil
    end
    package.cpath = ""
    local ok, message = pcall(function()
      require("steelyard.needs").learn()
    end)
    package.cpath = cpath
    for _, name in ipairs({ "steelyard.learn", "steelyard.needs" }) do
      package.loaded[name] = kept[name]
    end
    assert.is_false(ok)
    assert.matches("steelyard.learn is not here: install OpenBLAS %(Debian: libopenblas%-dev%)",
      message)
  end)
end)

describe("a network", function()
  if not nets.here then
    it("needs a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  local function refuses(message, layers, o)
    check.raises_here(message, function()
      sy.net.build(layers, o)
    end)
  end

  it("is the same of its list of layers, also by way of JSON", function()
    local made = nets.random(3, 14)
    local first = made.graph:build({ dtype = "f64", batch = 5, seed = 2 })
    local second = sy.net.build(core.json_decode(core.json_encode(first.layers)),
      { dtype = "f64", batch = 5, seed = 2 })
    assert.same(first.layers, second.layers)
    local feeds = made.feeds(5)
    for _, net in ipairs({ first, second }) do
      net:forward(feeds, { training = true })
    end
    for _, name in ipairs(made.layers) do
      assert.same(first:value(name):totable(), second:value(name):totable())
    end
    assert.equal("f64", second.dtype)
    assert.equal(5, second.batch)
    assert.matches("^net: %d+ layers, f64, batches of up to 5$", tostring(second))
  end)

  it("refuses lists that are none, and layers that do not fit", function()
    local x = { kind = "input", name = "x", width = 3 }
    local ids = { kind = "ids", name = "i" }
    refuses("net.build: layers: expected a list of layers, got nil", nil)
    refuses("layers: there are none", {})
    refuses("net.build: layers[1]: expected a table, got 3", { 3 })
    refuses('net.build: layers[1]: no kind of layer is called "densee" (did you mean "dense"?)',
      { { kind = "densee" } })
    refuses("net.build: layers[1]: no kind of layer is called nil", { {} })
    refuses('net.build: layers[1]: unknown option "share"',
      { { kind = "relu", name = "r", share = 1 } })
    refuses("net.build: layers[1]: width is missing", { { kind = "input", name = "x" } })
    refuses("net.build: layers[1]: name is missing", { { kind = "input", width = 1 } })
    refuses('layer "x": two layers have this name', { x, x })
    refuses('net.build: layers[2]: inputs: no layer before it is called "y"',
      { x, { kind = "relu", name = "y", inputs = { "y" } } })
    refuses("net.build: layers[2]: inputs: no layer before it is called 1",
      { x, { kind = "relu", name = "y", inputs = { 1 } } })
    refuses('layer "y": it reads 0 layers', { x, { kind = "relu", name = "y" } })
    refuses('layer "y": it reads 2 layers',
      { x, { kind = "relu", name = "y", inputs = { "x", "x" } } })
    refuses('layer "y": only embeddings read ids, such as "i"',
      { ids, { kind = "relu", name = "y", inputs = { "i" } } })
    refuses('layer "y": embeddings read ids, and "x" is none',
      { x, { kind = "embedding", name = "y", inputs = { "x" }, rows = 3, width = 1 } })
    refuses('layer "y": a table of 1 row or more is needed',
      { ids, { kind = "embedding", name = "y", inputs = { "i" }, rows = 0, width = 1 } })
    refuses('layer "y": a table of 2147483648 rows is too long',
      { ids, { kind = "embedding", name = "y", inputs = { "i" }, rows = 2 ^ 31, width = 1 } })
    refuses('layer "y": a width from 1 up is needed',
      { x, { kind = "dense", name = "y", inputs = { "x" }, width = 0 } })
    refuses("layers[2].width: expected a whole number from 0 up, got -1",
      { x, { kind = "dense", name = "y", inputs = { "x" }, width = -1 } })
    refuses('layer "y": "x" is 3 wide, but "z" is 2 wide', { x,
      { kind = "slice", name = "z", inputs = { "x" }, first = 1, width = 2 },
      { kind = "add", name = "y", inputs = { "x", "z" } } })
    refuses('layer "y": its gates "x" are 3 wide, and there are 2 experts',
      { x, { kind = "mixture", name = "y", inputs = { "x", "x", "x" } } })
    refuses('layer "z": columns 2 to 4 are not in "x", which is 3 wide',
      { x, { kind = "slice", name = "z", inputs = { "x" }, first = 3, width = 2 } })
    refuses("net.build: layers[2]: first: a column from 1 up is needed, got 0",
      { x, { kind = "slice", name = "z", inputs = { "x" }, first = 0, width = 2 } })
    for _, share in ipairs({ 1, -0.1, 0 / 0, 1 / 0 }) do
      refuses('layer "y": the share', { x,
        { kind = "dropout", name = "y", inputs = { "x" }, share = share } })
    end
    local bad = { { "epsilon", -1 }, { "momentum", 1.5 }, { "rate", -1 }, { "l2", 1 / 0 } }
    for _, o in ipairs(bad) do
      refuses(('layer "y": %s'):format(o[1]), { x,
        { kind = "batch_norm", name = "y", inputs = { "x" }, affine = true, [o[1]] = o[2] } })
    end
    refuses("net.build: layers[1]: unknown option \"rate\"",
      { { kind = "input", name = "x", width = 1, rate = 3 } })
    refuses('net.build: option "dtype": "f16" is not one of "f32", "f64"', { x }, { dtype = "f16" })
    refuses("batch: 1 row or more is needed", { x }, { batch = 0 })
    refuses("batch: expected a whole number from 0 up, got -3", { x }, { batch = -3 })
    refuses("batch: 2147483648 rows are too many", { x }, { batch = 2 ^ 31 })
    refuses('layer "x": 2000000 numbers a row are too many for a batch of 1000000',
      { { kind = "input", name = "x", width = 2e6 } }, { batch = 1e6 })
    local many = {}
    for i = 1, 2049 do
      many[i] = { kind = "ids", name = "i" .. i }
    end
    refuses("layers: 2049 are more than 2048", many)
    many[2049] = nil
    assert.is_truthy(sy.net.build(many))
  end)

  it("is refused rather than too large for memory", function()
    local g = sy.net.graph()
    g:embedding(g:ids("i"), 2 ^ 31 - 1, 2 ^ 23)
    assert.is_false((pcall(g.build, g, { batch = 1 })))
  end)

  it("starts the same for the same seed, whatever the batch and other layers", function()
    local function weights(batch, seed, more, dtype)
      local g = sy.net.graph()
      if more then
        g:dense(g:input("other", 2), 5)
      end
      g:dense(g:embedding(g:ids("i"), 20, 3, { name = "e" }), 2, { name = "d" })
      local net = g:build({ batch = batch, seed = seed, dtype = dtype or "f64" })
      local all = {}
      for i, name in ipairs({ "e.weight", "d.weight", "d.bias" }) do
        all[i] = net:parameter(name):totable()
      end
      return all
    end
    local first = weights(1, 7)
    assert.same(first, weights(100, 7))
    assert.same(first, weights(3, 7, true))
    assert.not_same(first, weights(1, 8))
    check.close(first[1][2][3], weights(1, 7, false, "f32")[1][2][3], 1e-6)
  end)

  -- Mean, deviation and the extremes of a matrix.
  local function look(matrix)
    local n, sum, squares, low, high = 0, 0, 0, math.huge, -math.huge
    for i = 1, #matrix do
      for j = 1, matrix.shape[2] do
        local v = matrix:get(i, j)
        n, sum, squares = n + 1, sum + v, squares + v * v
        low, high = math.min(low, v), math.max(high, v)
      end
    end
    return { mean = sum / n, deviation = math.sqrt(squares / n - (sum / n) ^ 2), low = low,
      high = high }
  end

  it("starts as it is told", function()
    local g = sy.net.graph()
    local x = g:input("x", 100)
    for _, start in ipairs({ "fan_in", "glorot", "normal", "truncated", "zero" }) do
      g:dense(x, 50, { start = start, name = start })
    end
    g:dense(x, 50, { name = "standard" })
    g:dense(x, 50, { start = "truncated", deviation = 3, name = "wide" })
    g:embedding(g:ids("i"), 500, 10, { name = "table" })
    g:embedding("i", 500, 10, { name = "narrow", start = "normal", deviation = 0.1 })
    local net = g:build({ dtype = "f64", batch = 1 })
    local function of(name, what)
      return look(net:parameter(name .. "." .. (what or "weight")))
    end
    for _, name in ipairs({ "fan_in", "standard" }) do
      for _, what in ipairs({ "weight", "bias" }) do
        local got = of(name, what)
        assert(got.low >= -0.1 and got.high <= 0.1 and got.high > 0.09 and got.low < -0.09)
      end
    end
    local bound = math.sqrt(6 / 150)
    local glorot = of("glorot")
    assert(glorot.high <= bound and glorot.high > 0.98 * bound)
    assert.equal(0, of("glorot", "bias").high)
    check.close(0.01, of("normal").deviation, 4e-4)
    check.close(0, of("normal").mean, 5e-4)
    assert(of("normal").high > 0.025)
    assert(of("truncated").high <= 0.02 and of("truncated").high > 0.019)
    assert(of("wide").low >= -6 and of("wide").low < -5.5)
    assert.equal(0, of("zero").high)
    check.close(1, of("table").deviation, 0.05)
    check.close(0.1, of("narrow").deviation, 0.005)
  end)

  it("gives its parameters by name, alive", function()
    local g = sy.net.graph()
    local d = g:dense(g:embedding(g:ids("i"), 3, 2, { name = "e" }), 2, { name = "d" })
    g:batch_norm(d, { name = "n" })
    local net = g:build()
    local names = {}
    for i, p in ipairs(net:parameters()) do
      names[i] = ("%s %dx%d %s"):format(p.name, p.rows, p.columns, p.kind)
    end
    assert.same({ "e.weight 3x2 table", "d.weight 2x2 weight", "d.bias 1x2 weight",
      "n.scale 1x2 weight", "n.offset 1x2 weight", "n.mean 1x2 statistic",
      "n.variance 1x2 statistic" }, names)
    local tensors = net:tensors()
    tensors["d.bias"]:set(1, 2, 5)
    assert.equal(5, net:parameter("d.bias"):get(1, 2))
    for _, what in ipairs({ "parameter", "gradient" }) do
      check.raises_here(('net:%s: no parameter is called "d.wieght" (did you mean "d.weight"?)')
        :format(what), function()
        net[what](net, "d.wieght")
      end)
    end
    check.raises_here('net:value: no layer is called "f"', function()
      net:value("f")
    end)
    check.raises_here("net:value: no layer is called nil", function()
      net:value()
    end)
    check.raises_here('net:input_gradient: no layer is called "f"', function()
      net:input_gradient("f")
    end)
    assert.is_nil(net:input_gradient("d"))
    assert.is_nil(net:gradient("d.bias"))
    assert.is_nil(net:gradient("n.mean"))
  end)

  it("lives as long as a view of it", function()
    local g = sy.net.graph()
    g:dense(g:input("x", 2), 300, { name = "d" })
    local net = g:build({ batch = 200 })
    net:forward({ x = { { 1, 2 } } })
    local value, weight = net:value("d"), net:parameter("d.weight")
    local before, kept = value:totable(), weight:totable()
    g, net = nil, nil -- luacheck: ignore
    for _ = 1, 3 do
      collectgarbage()
      sy.array.zeros(10000)
    end
    assert.same(before, value:totable())
    assert.same(kept, weight:totable())
  end)

  it("keeps a state of 64 bits", function()
    local g = sy.net.graph()
    g:dropout(g:input("x", 1), 0.5)
    local net = g:build({ seed = -1 })
    assert.same({ seed = "18446744073709551615", passes = "0" }, net:state())
    net:set_state({ seed = "12345678901234567890", passes = 3 })
    assert.same({ seed = "12345678901234567890", passes = "3" }, net:state())
    net:forward({ x = { 1 } }, { training = true })
    assert.equal("4", net:state().passes)
    for _, bad in ipairs({ "x", "", "-1", "1.5", "99999999999999999999999", 1.5, true }) do
      check.raises_here("seed: expected a whole number", function()
        net:set_state({ seed = bad, passes = 0 })
      end)
    end
    check.raises_here("passes: expected a whole number, got nil", function()
      net:set_state({ seed = 1 })
    end)
  end)

  it("gives the same bits for every instruction set, and twice", function()
    local learn = require("steelyard.learn")
    for _, dtype in ipairs({ "f32", "f64" }) do
      for seed = 1, 12 do
        local made, wanted = nets.random(seed, 14), nil
        local feeds = made.feeds(9)
        local cpus = { "baseline" }
        for _, cpu in ipairs(sy.cpu()) do
          cpus[#cpus + 1] = cpu
        end
        for _, cpu in ipairs(cpus) do
          local net = made.graph:build({ dtype = dtype, batch = 9, seed = seed })
          assert.equal(cpu, learn.net_cpu(net.raw, cpu))
          net:forward(feeds, { training = true })
          local got = {}
          for i, name in ipairs(made.layers) do
            got[i] = net:value(name):totable()
          end
          net:backward(nets.pulls(sy.random(1), net, 9, { made.layers[#made.layers] }))
          for _, p in ipairs(net:parameters()) do
            local gradient = net:gradient(p.name)
            got[#got + 1] = gradient and gradient:totable() or false
            got[#got + 1] = net:parameter(p.name):totable()
          end
          wanted = wanted or got
          assert.same(wanted, got, cpu)
        end
      end
    end
    assert.is_nil(learn.net_cpu(nets.random(1, 1).graph:build().raw, "abacus"))
  end)

  it("uses as many threads as sy.threads says", function()
    local before = sy.threads()
    local g = sy.net.graph()
    g:dense(g:input("x", 300), 200, { name = "d" })
    local net = g:build({ batch = 256 })
    local feeds = { x = nets.matrix(sy.random(1), 256, 300) }
    for _, threads in ipairs({ 1, 2 }) do
      sy.threads(threads)
      net:forward(feeds)
      assert.equal(200, net:value("d").shape[2])
    end
    sy.threads(before)
    assert.is_string(sy.net.blas())
    check.raises_here("threads: a whole number from 1 to", function()
      require("steelyard.learn").threads(0)
    end)
  end)

  it("learns what exclusive or is", function()
    local g = sy.net.graph()
    g:dense(g:tanh(g:dense(g:input("x", 2), 8)), 1, { name = "out" })
    local net = g:build({ batch = 4, seed = 3 })
    local x, y, loss = sy.array({ { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }), { 0, 1, 1, 0 }, nil
    for _ = 1, 500 do
      net:forward({ x = x }, { training = true })
      local out, slope = net:value("out"), {}
      loss = 0
      for i = 1, 4 do
        slope[i] = out:get(i, 1) - y[i]
        loss = loss + slope[i] ^ 2
      end
      net:backward({ out = slope })
      for _, p in ipairs(net:parameters()) do
        local w, d = net:parameter(p.name), net:gradient(p.name)
        for i = 1, p.rows do
          for j = 1, p.columns do
            w:set(i, j, w:get(i, j) - 0.2 * d:get(i, j))
          end
        end
      end
    end
    assert(loss < 1e-3)
  end)
end)
