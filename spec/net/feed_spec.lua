-- What networks are fed: every form of array, and everything that can be wrong with one.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("feeds", function()
  if not nets.here then
    it("need a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end

  local function new(dtype)
    local g = sy.net.graph()
    local ids, bag = g:ids("user"), g:ids("tags")
    local parts = {
      g:embedding(ids, 4, 2, { name = "table" }), g:embedding(bag, 5, 2, { bag = "sum" }),
      g:embedding(ids, 3, 1, { hashed = true, name = "hash" }),
      g:input("x", 2), g:input("y", 1),
    }
    g:dense(g:concat(parts, { name = "all" }), 1, { name = "out" })
    return g:build({ batch = 4, dtype = dtype or "f64" })
  end
  local x, y = { { 1, 2 }, { 3, 4 }, { 5, 6 } }, { 7, 8, 9 }

  it("come as tables, vectors and matrices of any type", function()
    local net = new()
    local wide = sy.array({ { 0, 1, 2, 7 }, { 0, 3, 4, 8 }, { 0, 5, 6, 9 } })
    local turned = sy.array({ { 1, 3, 5 }, { 2, 4, 6 } })
    assert.is_truthy(turned)
    for _, feeds in ipairs({
      { x = x, y = y },
      { x = sy.array(x, "f32"), y = sy.array(y, "f32") },
      { x = sy.array(x, "i32"), y = sy.array(y, "i64") },
      { x = x, y = { { 7 }, { 8 }, { 9 } } },
      { x = sy.array(x), y = wide:column(4) },
    }) do
      net:forward(feeds)
      assert.same(x, net:value("x"):totable())
      assert.same({ { 7 }, { 8 }, { 9 } }, net:value("y"):totable())
      net:forward(feeds, { rows = { 3, 1, 1 } })
      assert.same({ { 5, 6 }, { 1, 2 }, { 1, 2 } }, net:value("x"):totable())
      net:forward(feeds, { rows = sy.array({ 2 }, "i32") })
      assert.same({ { 8 } }, net:value("y"):totable())
    end
    for _, ids in ipairs({ { 4, 1 }, sy.array({ 4, 1 }, "i32"), sy.array({ 4, 1 }, "i64"),
      sy.array({ 4, 1 }), sy.array({ { 4, 2 }, { 1, 2 } }, "i64"):column(1) }) do
      net:forward({ user = ids })
      assert.same(net:parameter("table.weight"):row(4):totable(),
        net:value("table"):row(1):totable())
      assert.same(net:parameter("table.weight"):row(1):totable(),
        net:value("table"):row(2):totable())
    end
  end)

  it("may be left out: what needs them is not computed", function()
    local net = new()
    net:forward({ x = x })
    assert.is_truthy(net:value("x"))
    for _, name in ipairs({ "y", "table", "all", "out", "user" }) do
      assert.is_nil(net:value(name), name)
    end
    check.raises_here('the last forward pass did not compute layer "out"', function()
      net:backward({ out = { { 1 }, { 1 }, { 1 } } })
    end)
    check.raises_here("feeds: nothing is fed", function()
      net:forward({})
    end)
  end)

  it("name the source and the row of what is wrong", function()
    local net = new()
    local function refuses(message, feeds, o)
      check.raises_here(message, function()
        net:forward(feeds, o)
      end)
      assert.is_nil(net:value("x")) -- nothing counts as computed
    end
    refuses("x: row 2, number 1: NaN is not finite", { x = { { 1, 2 }, { 0 / 0, 1 } } })
    refuses("x: row 3, number 2: -inf is not finite",
      { x = { { 1, 2 }, { 1, 2 }, { 1, -1 / 0 } } }, { rows = { 1, 3 } })
    refuses("user: row 1: id 5 is not in the table of table (1 to 4)", { user = { 5 } })
    refuses("user: row 2: id 0 is not in the table of table (1 to 4)", { user = { 1, 0 }, x = x },
      { rows = { 2 } })
    refuses("user: row 1: id -9223372036854775808 is not in the table",
      { user = sy.array({ -2 ^ 63 }, "i64") })
    refuses("rows: 5 are more than the batch of 4", { x = x }, { rows = { 1, 1, 1, 1, 1 } })
    refuses("x: row 4 is not one of its 3 rows", { x = x }, { rows = { 1, 4 } })
    refuses("x: row 0 is not one of its 3 rows", { x = x }, { rows = { 0 } })
    refuses("x: row -9223372036854775808 is not one of its 3 rows", { x = x },
      { rows = sy.array({ -2 ^ 63 }, "i64") })
    refuses("rows: 5 are more than the batch of 4", { y = { 1, 2, 3, 4, 5 } })
    refuses("feeds: x has 3 rows, and y 2", { x = x, y = { 1, 2 } })
    refuses("x: it has 3 columns, and 2 are needed", { x = { { 1, 2, 3 } } })
    refuses("x: a matrix of 2 columns is needed", { x = { 1, 2 } })
    refuses("x: it has 1 columns, and 2 are needed", { x = sy.array({ 1, 2 }) })
    refuses("x: expected an array or a table, got 3", { x = 3 })
    refuses("user[2]: 1.5 is not a whole number", { user = { 1, 1.5 } })
    refuses('user[1]: ', { user = { "a" } })
    refuses("[2]: expected 2 numbers", { x = { { 1, 2 }, { 1 } } })
    refuses('net:forward: no source is called "z"', { z = x })
    refuses('net:forward: no source is called "usr" (did you mean "user"?)', { usr = x })
    refuses('net:forward: no source is called "out"', { out = x })
    refuses('net:forward: unknown option "row" (did you mean "rows"?)', { x = x }, { row = x })
    refuses("net:forward: feeds: expected a table of arrays by source, got 1", 1)
    net = new("f32")
    refuses("x: row 1, number 2: 1e+300 is too large for f32", { x = { { 1, 1e300 } } })
  end)

  it("name the row of a bad bag", function()
    local net = new()
    local function refuses(message, bag, o)
      check.raises_here(message, function()
        net:forward({ tags = bag }, o)
      end)
    end
    refuses("tags: row 2: id 6 is not in the table of embedding_1 (1 to 5)",
      { ids = { 1, 2, 6 }, offsets = { 0, 1, 3 } })
    refuses("tags: row 1: offsets 0 to 4 are not within 3 ids",
      { ids = { 1, 2, 3 }, offsets = { 0, 4 } })
    refuses("tags: row 2: offsets 2 to 1 are not within 3 ids",
      { ids = { 1, 2, 3 }, offsets = { 0, 2, 1 } })
    refuses("tags: row 1: offsets -1 to 1 are not within 3 ids",
      { ids = { 1, 2, 3 }, offsets = { -1, 1 } })
    refuses("tags: row 1: weight NaN is not finite",
      { ids = { 1 }, offsets = { 0, 1 }, weights = { 0 / 0 } })
    refuses("tags: there are 2 weights for 1 ids",
      { ids = { 1 }, offsets = { 0, 1 }, weights = { 1, 2 } })
    refuses("tags: weights are for bags, which have offsets", { ids = { 1 }, weights = { 1 } })
    refuses("tags.offsets: one number more than rows is needed", { ids = { 1 }, offsets = {} })
    refuses("tags: row 3 is not one of its 2 rows", { ids = { 1 }, offsets = { 0, 1, 1 } },
      { rows = { 3 } })
    check.raises_here("user: bags are fed, and table takes one id a row", function()
      net:forward({ user = { ids = { 1, 2 }, offsets = { 0, 2 } } })
    end)
  end)

  it("of bags are read again by backward, which sees when they have changed", function()
    local g = sy.net.graph()
    g:embedding(g:ids("tags"), 5, 2, { bag = "sum", name = "e" })
    local net = g:build({ dtype = "f64" })
    local ids = sy.array({ 1, 2, 3 }, "i64")
    net:forward({ tags = { ids = ids, offsets = { 0, 3 } } })
    collectgarbage()
    net:backward({ e = { { 1, 1 } } })
    assert.same({ { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 0, 0 } },
      net:gradient("e.weight"):totable())
    ids[2] = 77
    check.raises_here("tags: its bags have changed since the forward pass", function()
      net:backward({ e = { { 1, 1 } } })
    end)
    assert.is_nil(net:gradient("e.weight"))
    ids[2] = 5
    net:backward({ e = { { 1, 1 } } })
    assert.same({ { 1, 1 }, { 0, 0 }, { 1, 1 }, { 0, 0 }, { 1, 1 } },
      net:gradient("e.weight"):totable())
  end)

  it("leave running means and passes alone when they are refused", function()
    local g = sy.net.graph()
    g:batch_norm(g:input("x", 1), { name = "n" })
    g:embedding(g:ids("id"), 2, 1)
    local net = g:build()
    pcall(net.forward, net, { x = { 5, 6 }, id = { 1, 3 } }, { training = true })
    assert.same({ { 0 } }, net:parameter("n.mean"):totable())
    assert.same("0", net:state().passes)
  end)
end)

describe("gradients handed to backward", function()
  if not nets.here then
    return
  end

  it("come as tables and arrays, and are refused where they do not fit", function()
    local g = sy.net.graph()
    g:dense(g:input("x", 2, { wants_gradient = true }), 1, { name = "one" })
    g:dense("x", 2, { name = "two" })
    g:embedding(g:ids("id"), 2, 1, { name = "e" })
    local net = g:build({ dtype = "f64", batch = 4 })
    local function refuses(message, gradients)
      check.raises_here(message, function()
        net:backward(gradients)
      end)
    end
    refuses("backward: no forward pass went before it", { one = { 1, 2 } })
    net:forward({ x = { { 1, 2 }, { 3, 4 } }, id = { 1, 2 } })
    for _, gradient in ipairs({
      { 1, 2 }, { { 1 }, { 2 } }, sy.array({ 1, 2 }, "f32"), sy.array({ 1, 2 }, "i32"),
      sy.array({ { 1 }, { 2 } }), sy.array({ { 1, 9 }, { 2, 9 } }):column(1),
    }) do
      net:backward({ one = gradient })
      assert.same({ { 3 } }, net:gradient("one.bias"):totable())
    end
    refuses("one: a gradient of 2 x 1 is needed", { one = { 1, 2, 3 } })
    refuses("two: a gradient of 2 x 2 is needed", { two = { 1, 2 } })
    refuses("two: a gradient of 2 x 2 is needed, not 2 x 3", { two = { { 1, 2, 3 }, { 1, 2, 3 } } })
    refuses('backward: ids, such as "id", have no gradient', { id = { 1, 2 } })
    refuses('net:backward: no layer is called "tow" (did you mean "two"?)', { tow = { 1 } })
    refuses("net:backward: gradients: expected a table of arrays by layer", sy.array({ 1 }))
    refuses("net:backward: no layer is called 1", { { 1 } })
    assert.is_truthy(net:gradient("one.bias")) -- those of before stay
  end)
end)
