-- What layers compute: closed forms, statistics, and what can be read off.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("layers", function()
  if not nets.here then
    it("need a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  -- The values of one layer over an input, f64 or, to a looser tolerance, f32.
  local function built(make, rows, o)
    o = o or {}
    local g = sy.net.graph()
    local name = make(g, g:input("x", #rows[1]))
    local net = g:build({ dtype = o.dtype or "f64", batch = #rows })
    if o.prepare then
      o.prepare(net)
    end
    net:forward({ x = sy.array(rows) }, { training = o.training })
    return net:value(name), net
  end

  local function values(...)
    return (built(...))
  end

  local function same(wanted, got, tolerance)
    assert.equal(#wanted, #got)
    for i, row in ipairs(wanted) do
      assert.equal(#row, got.shape[2])
      for j, x in ipairs(row) do
        check.close(x, got:get(i, j), (tolerance or 1e-14) * math.max(1, math.abs(x)),
          ("[%d][%d]"):format(i, j))
      end
    end
  end

  -- A function by each number of a row, for which it is known.
  local function is_function(kind, known, tolerance)
    local row, wanted = {}, {}
    for i, pair in ipairs(known) do
      row[i], wanted[i] = pair[1], pair[2]
    end
    local function make(g, x)
      return g[kind](g, x)
    end
    same({ wanted }, values(make, { row }), tolerance or 1e-15)
    same({ wanted }, values(make, { row }, { dtype = "f32" }), 1e-6)
  end

  it("are the functions that they are called by", function()
    is_function("relu", { { -2, 0 }, { 0, 0 }, { 3.5, 3.5 } })
    -- Numbers of an arithmetic with 40 digits.
    is_function("tanh", {
      { 0, 0 }, { 1, 0.76159415595576488812 }, { -0.1, -0.099667994624955817118 },
      { 1e-8, 1e-8 }, { 3, 0.99505475368673045134 }, { 25, 1 }, { -800, -1 },
    })
    is_function("sigmoid", {
      { 0, 0.5 }, { 2, 0.88079707797788244406 }, { -3, 0.047425873177566781142 }, { 50, 1 },
    })
    is_function("softplus", {
      { 0, 0.69314718055994530942 }, { 1, 1.3132616875182228341 }, { -1, 0.31326168751822283405 },
      { -30, 9.35762296883973677414e-14 }, { 100, 100 }, { 0.5, 0.97407698418010668088 },
    })
    is_function("gelu", {
      { 0, 0 }, { 1, 0.84134474606854294859 }, { -1, -0.15865525393145705141 },
      { 2.5, 2.48447583668555966208 }, { -3, -0.00404969409489028357996 }, { 10, 10 },
      { 0.3, 0.185373426656685791192 },
    })
  end)

  it("keep their relative precision in the tail", function()
    local y = values(function(g, x) return g:gelu(x) end, { { -10, -20, -36 } })
    check.close(1, y:get(1, 1) / (-10 * 7.6198530241605260660e-24), 1e-13)
    check.close(1, y:get(1, 2) / (-20 * 2.7536241186062336951e-89), 1e-13)
    check.close(1, y:get(1, 3) / (-36 * 4.18262406579728333174e-284), 1e-12)
    local s = values(function(g, x) return g:softplus(x) end, { { -20, -40, -100 } })
    check.close(1, s:get(1, 1) / 2.06115362031438070324e-9, 1e-14)
    check.close(1, s:get(1, 2) / 4.24835425529156112854e-18, 1e-14)
    local t = values(function(g, x) return g:tanh(x) end, { { 1e-5, 1e-300, -0.01 } })
    check.close(1, t:get(1, 1) / 9.9999999996666666667e-6, 1e-15)
    assert.equal(1e-300, t:get(1, 2))
  end)

  it("let what is not a number through", function()
    for _, kind in ipairs({ "relu", "tanh", "sigmoid", "gelu", "softplus" }) do
      local y = values(function(g, x)
        return g[kind](g, g:dense(x, 1, { name = "d" }))
      end, { { 1 } }, { prepare = function(net)
        net:parameter("d.weight"):set(1, 1, 0 / 0)
      end })
      assert.is_true(y:get(1, 1) ~= y:get(1, 1), kind)
    end
  end)

  it("multiply, add, join and cut", function()
    local function pair(make, rows)
      return values(make, rows)
    end
    same({ { 5, 7, 11 } }, values(function(g, x)
      local d = g:dense(x, 3, { name = "d" })
      return d
    end, { { 1, 2 } }, { prepare = function(net)
      local w, b = net:parameter("d.weight"), net:parameter("d.bias")
      for t, row in ipairs({ { 1, 2, 0 }, { 3, 1, 2 }, { -1, 5, 2 } }) do
        w:set(t, 1, row[1])
        w:set(t, 2, row[2])
        b:set(1, t, row[3])
      end
    end }))
    local rows = { { 1, 2, 3 }, { 4, 5, 6 } }
    same({ { 1, 2, 3, 2, 3 }, { 4, 5, 6, 5, 6 } }, pair(function(g, x)
      return g:concat({ x, g:slice(x, 2, 2) })
    end, rows))
    same({ { 2, 4, 6 }, { 8, 10, 12 } }, pair(function(g, x) return g:add({ x, x }) end, rows))
    same({ { 1, 8, 27 }, { 64, 125, 216 } }, pair(function(g, x)
      return g:multiply({ x, x, g:stop_gradient(x) })
    end, rows))
  end)

  it("normalize rows", function()
    local y = values(function(g, x) return g:layer_norm(x, { epsilon = 1e-300 }) end,
      { { 1, 2, 3 }, { -4, 0, 4 } })
    local a = math.sqrt(1.5)
    same({ { -a, 0, a }, { -a, 0, a } }, y)
    -- With a scale and an offset, and the epsilon that is usual.
    y = values(function(g, x) return g:layer_norm(x, { name = "n" }) end, { { 0, 2 } }, {
      prepare = function(net)
        net:parameter("n.scale"):set(1, 1, 3)
        net:parameter("n.offset"):set(1, 2, -1)
      end,
    })
    local r = 1 / math.sqrt(1 + 1e-5)
    same({ { -3 * r, r - 1 } }, y)
    same({ { 0.6, 0.8 }, { 0, 0 }, { -1, 0 } },
      values(function(g, x) return g:l2_normalize(x) end, { { 3, 4 }, { 0, 0 }, { -1e-3, 0 } }))
    same({ { 0.3, 0.4 } },
      values(function(g, x) return g:l2_normalize(x, { epsilon = 10 }) end, { { 3, 4 } }))
  end)

  it("normalize columns, and keep running means", function()
    local function make(g, x)
      return g:batch_norm(x, { name = "n", momentum = 0.25, epsilon = 1e-300 })
    end
    local y, net = built(make, { { 1, 10 }, { 3, 10 }, { 5, 40 } }, { training = true })
    local a, b = math.sqrt(1.5), math.sqrt(0.5)
    same({ { -a, -b }, { 0, -b }, { a, 2 * b } }, y)
    same({ { 0.25 * 3, 0.25 * 20 } }, net:parameter("n.mean"))
    same({ { 0.75 + 0.25 * 4, 0.75 + 0.25 * 300 } }, net:parameter("n.variance")) -- unbiased
    net:forward({ x = { { 0.75, 5 + math.sqrt(75.75) } } }) -- by the running ones, which stay
    same({ { 0, 1 } }, net:value("n"))
    same({ { 0.75, 5 } }, net:parameter("n.mean"))
    -- Of one row: 0 and offset; the variance is not known.
    net:forward({ x = { { 7, 7 } } }, { training = true })
    same({ { 0, 0 } }, net:value("n"))
    same({ { 0.75 * 0.75 + 1.75, 0.75 * 5 + 1.75 } }, net:parameter("n.mean"))
    same({ { 1.75, 75.75 } }, net:parameter("n.variance"))
    for _, p in ipairs(net:parameters()) do
      local statistic = p.name == "n.mean" or p.name == "n.variance"
      assert.equal(statistic and "statistic" or "weight", p.kind)
    end
  end)

  it("mix experts by the softmax of gates", function()
    local g = sy.net.graph()
    local gates = g:input("gates", 2)
    g:mixture(gates, { g:input("a", 2), g:input("b", 2) }, { name = "m" })
    local net = g:build({ dtype = "f64", batch = 3 })
    net:forward({
      gates = { { 0, 0 }, { math.log(3), 0 }, { 1000, -1000 } },
      a = { { 1, 2 }, { 4, 8 }, { 5, 6 } }, b = { { 3, 4 }, { 0, 4 }, { 7, 8 } },
    })
    same({ { 2, 3 }, { 3, 7 }, { 5, 6 } }, net:value("m"))
  end)

  it("scale columns, from slope 1 on", function()
    for _, slope in ipairs({ "free", "exp", "softplus" }) do
      local y, net = built(function(g, x) return g:scale(x, { name = "s", slope = slope }) end,
        { { 1.5, -2 } })
      same({ { 1.5, -2 } }, y)
      net:parameter("s.scale"):set(1, 1, 0.5)
      net:parameter("s.offset"):set(1, 1, 10)
      net:forward({ x = { { 2, -2 } } })
      local wanted = slope == "free" and 0.5 or slope == "exp" and math.exp(0.5)
        or math.log(1 + math.exp(0.5))
      same({ { 10 + 2 * wanted, -2 } }, net:value("s"))
    end
  end)

  it("take rows of tables, of bags sums and means", function()
    local g = sy.net.graph()
    local ids = g:ids("id")
    g:embedding(ids, 3, 2, { name = "sum", bag = "sum" })
    g:embedding(ids, 3, 2, { name = "mean", bag = "mean" })
    g:embedding(g:ids("one"), 3, 2, { name = "row" })
    local net = g:build({ dtype = "f64", batch = 4 })
    for _, name in ipairs({ "sum", "mean", "row" }) do
      for i = 1, 3 do
        net:parameter(name .. ".weight"):set(i, 1, i)
        net:parameter(name .. ".weight"):set(i, 2, 10 * i)
      end
    end
    local bags = { ids = { 1, 2, 3, 3 }, offsets = { 0, 2, 2, 3, 4 } }
    net:forward({ id = bags, one = sy.array({ 3, 1, 2, 3 }, "i32") })
    same({ { 3, 30 }, { 0, 0 }, { 3, 30 }, { 3, 30 } }, net:value("sum"))
    same({ { 1.5, 15 }, { 0, 0 }, { 3, 30 }, { 3, 30 } }, net:value("mean"))
    same({ { 3, 30 }, { 1, 10 }, { 2, 20 }, { 3, 30 } }, net:value("row"))
    bags.weights = { 0.5, 2, -1, 0 }
    net:forward({ id = bags })
    same({ { 4.5, 45 }, { 0, 0 }, { -3, -30 }, { 0, 0 } }, net:value("sum"))
    same({ { 1.8, 18 }, { 0, 0 }, { 3, 30 }, { 0, 0 } }, net:value("mean"))
    assert.is_nil(net:value("row"))
    -- Rows of the log in any order; one id a row is a bag of one.
    net:forward({ id = { ids = { 1, 2, 3, 3 }, offsets = { 0, 2, 2, 3, 4 } } },
      { rows = { 3, 1, 1 } })
    same({ { 3, 30 }, { 3, 30 }, { 3, 30 } }, net:value("sum"))
    net:forward({ id = { 2, 1 } })
    same({ { 2, 20 }, { 1, 10 } }, net:value("mean"))
  end)

  it("hash ids of any size", function()
    -- SplitMix64's published first numbers from the seeds 0 and 1234567.
    assert.equal(math.floor(0xe220a839 * 1000 / 2 ^ 32) + 1, sy.net.hash(0, 1000))
    local seen, g = {}, sy.net.graph()
    g:embedding(g:ids("id"), 97, 1, { name = "e", hashed = true })
    local net = g:build({ dtype = "f64", batch = 1000 })
    for i = 1, 97 do
      net:parameter("e.weight"):set(i, 1, i)
    end
    local ids = {}
    for i = 1, 1000 do
      ids[i] = (i - 500) * 1234567891
    end
    net:forward({ id = ids })
    for i = 1, 1000 do
      local row = net:value("e"):get(i, 1)
      assert.equal(sy.net.hash(ids[i], 97), row)
      seen[row] = (seen[row] or 0) + 1
    end
    for i = 1, 97 do
      assert(seen[i] and seen[i] < 30)
    end
    assert.equal(1, sy.net.hash(-5, 1))
  end)

  it("drop their share, anew in each pass, the same for the same state", function()
    local rows = {}
    for i = 1, 200 do
      rows[i] = {}
      for j = 1, 50 do
        rows[i][j] = 1
      end
    end
    local g = sy.net.graph()
    local x = g:input("x", 50)
    g:dropout(x, 0.3, { name = "a" })
    g:dropout(x, 0.3, { name = "b" })
    local net = g:build({ dtype = "f64", batch = 200, seed = 5 })
    local feeds = { x = sy.array(rows) }
    local function draw(name, training)
      net:forward(feeds, { training = training ~= false })
      return net:value(name):copy()
    end
    local function count(a, b)
      local dropped, together = 0, 0
      for i = 1, 200 do
        for j = 1, 50 do
          local v = a:get(i, j)
          assert(v == 0 or math.abs(v - 1 / 0.7) < 1e-15)
          dropped = dropped + (v == 0 and 1 or 0)
          together = together + (v == 0 and b and b:get(i, j) == 0 and 1 or 0)
        end
      end
      return dropped, together
    end
    local first_state = net:state()
    assert.same({ seed = "5", passes = "0" }, first_state)
    local a = draw("a")
    local b = net:value("b"):copy()
    local again = draw("a")
    local dropped, with_b = count(a, b)
    local _, with_next = count(a, again)
    assert(math.abs(dropped - 3000) < 200)
    assert(math.abs(with_b - 900) < 150)
    assert(math.abs(with_next - 900) < 150)
    assert.same({ seed = "5", passes = "2" }, net:state())
    net:set_state(first_state)
    assert.same(a:totable(), draw("a"):totable())
    same(rows, draw("a", false)) -- not when not training, which does not count as a pass
    assert.same({ seed = "5", passes = "1" }, net:state())
    -- Other layers do not matter.
    local other = sy.net.graph()
    other:dropout(other:relu(other:input("x", 50)), 0.3, { name = "a" })
    net = other:build({ dtype = "f64", batch = 300, seed = 5 })
    assert.same(a:totable(), draw("a"):totable())
  end)

  it("give all of nothing", function()
    local made = nets.random(7, 12)
    local net = made.graph:build({ dtype = "f64", batch = 4 })
    net:forward(made.feeds(3), { rows = {}, training = true })
    local pulls = {}
    for _, name in ipairs(made.layers) do
      assert.equal(0, #net:value(name))
      pulls[name] = sy.array.zeros(0, net:value(name).shape[2])
    end
    net:backward(pulls)
    for _, p in ipairs(net:parameters()) do
      local gradient = net:gradient(p.name)
      for j = 1, gradient and p.columns or 0 do
        assert.equal(0, gradient:get(p.rows, j), p.name)
      end
    end
  end)
end)
