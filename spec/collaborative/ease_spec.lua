local bags = require "spec.support.bags"
local check = require "spec.support.check"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local cf = sy.collaborative

describe("ease", function()
  after_each(function()
    paths.clean()
    sy.threads(1)
  end)

  it("has the closed form of two items", function()
    local x = bags.of(2, { { 1, 2 }, { 1 }, { 1 }, { 2 }, {} })
    local b = cf.ease(x, { l2 = 0.5 }).weights
    -- X'X + l2 I = [3.5 1; 1 2.5], and B_ij = G_ij / G_ii for two items.
    check.close(1 / 3.5, b:get(1, 2), 1e-7)
    check.close(1 / 2.5, b:get(2, 1), 1e-7)
    assert.are.equal(0, b:get(1, 1))
    assert.are.equal(0, b:get(2, 2))
  end)

  for _, dtype in ipairs({ "f64", "f32" }) do
    for _, weighted in ipairs({ false, true }) do
      local name = ("solves the normal equations in %s, %s"):format(dtype,
        weighted and "weighted" or "plain")
      it(name, function()
        local x, l2 = bags.random(60, 15, 0.3, 7, weighted), 3
        local g, b = bags.gram(x), cf.ease(x, { l2 = l2, dtype = dtype }).weights
        for j = 1, 15 do
          assert.are.equal(0, b:get(j, j))
          for i = 1, 15 do
            local sum = l2 * b:get(i, j)
            for k = 1, 15 do
              sum = sum + g[i][k] * b:get(k, j)
            end
            if i ~= j then
              check.close(g[i][j], sum, dtype == "f64" and 2e-5 or 2e-4)
            end
          end
        end
      end)
    end
  end

  it("comes near counts for a large l2", function()
    local x = bags.random(40, 9, 0.4, 3)
    local g, b = bags.gram(x), cf.ease(x, { l2 = 1e8 }).weights
    for i = 1, 9 do
      for j = 1, 9 do
        check.close(i == j and 0 or g[i][j] / 1e8, b:get(i, j), 1e-12)
      end
    end
  end)

  it("finds an item that is the sum of others for a small l2", function()
    local x = bags.of(3, { { 1, 3 }, { 2, 3 }, { 1, 3 }, {}, { 2, 3 }, { 1, 3 } })
    local b = cf.ease(x, { l2 = 1e-9 }).weights
    check.close(1, b:get(1, 3), 1e-6)
    check.close(1, b:get(2, 3), 1e-6)
  end)

  it("scores by sums of weights", function()
    local x = bags.random(50, 21, 0.3, 4)
    local one = cf.ease(x, { l2 = 2 })
    local lists = { { 1, 4, 7 }, {}, { 21 } }
    local scores = one:scores(lists)
    for r, list in ipairs(lists) do
      for j = 1, 21 do
        local sum = 0
        for _, i in ipairs(list) do
          sum = sum + one.weights:get(i, j)
        end
        check.close(sum, scores:get(r, j), 1e-6)
      end
    end
    local weighted = bags.of(21, { { 1, 4 } }, { { 2, -0.5 } })
    check.close(2 * one.weights:get(1, 3) - 0.5 * one.weights:get(4, 3),
      one:scores(weighted):get(1, 3), 1e-6)
  end)

  it("gives the same bits on any number of threads", function()
    local x = bags.random(200, 120, 0.2, 5)
    local histories = bags.random(400, 120, 0.2, 6)
    local weights, scores = {}, {}
    for threads = 1, 3 do
      sy.threads(threads)
      local one = cf.ease(x, { l2 = 10 })
      weights[threads] = one.weights:bytes()
      one.weights:fill(0.25)
      one.weights:set(3, 5, 1 / 3)
      scores[threads] = one:scores(histories):bytes()
    end
    assert.is_true(weights[1] == weights[2] and weights[1] == weights[3])
    assert.is_true(scores[1] == scores[2] and scores[1] == scores[3])
  end)

  it("is permuted with its items", function()
    local x = bags.random(60, 8, 0.35, 9)
    local order, lists = { 3, 8, 1, 2, 7, 5, 4, 6 }, {} -- the new number of each item
    for r, row in ipairs(bags.dense(x)) do
      lists[r] = {}
      for c, value in ipairs(row) do
        if value ~= 0 then
          table.insert(lists[r], order[c])
        end
      end
      table.sort(lists[r])
    end
    local a, b = cf.ease(x, { l2 = 4 }).weights, cf.ease(bags.of(8, lists), { l2 = 4 }).weights
    for i = 1, 8 do
      for j = 1, 8 do
        check.close(a:get(i, j), b:get(order[i], order[j]), 1e-7)
      end
    end
  end)

  it("learns from one item, and from nobody", function()
    local one = cf.ease(bags.of(1, { { 1 }, {} }))
    assert.are.same({ { 0 } }, one:scores({ { 1 } }):totable())
    local none = cf.ease(bags.of(3, {}))
    assert.are.same({ { 0, 0, 0 } }, none:scores({ { 1, 2, 3 } }):totable())
  end)

  it("tells how much memory it takes, and refuses more than is allowed", function()
    local events, x = {}, bags.random(30, 50, 0.2, 1)
    cf.ease(x, { progress = function(event)
      table.insert(events, event)
    end })
    assert.are.equal("start", events[1].stage)
    assert.are.equal(50, events[1].items)
    assert.is_true(events[1].bytes > 4 * 50 * 50 * 2)
    assert.are.equal("end", events[2].stage)
    assert.is_true(events[2].seconds >= 0)
    check.raises_here('but 1.0 MB are allowed by option "memory": dtype "f32" takes 24.', cf.ease,
      x, { memory = 1e6 })
    check.raises_here("keep fewer items", cf.ease, x, { memory = 1e6, dtype = "f32" })
    cf.ease(x, { memory = events[1].bytes })
  end)

  it("refuses, before it starts, more than the machine has free", function()
    local x = { ids = sy.array({ 1 }, "i32"), offsets = sy.array({ 0, 1 }, "i64"),
      columns = 20000000 }
    local ok, message = pcall(cf.ease, x)
    assert.is_false(ok)
    assert.is_truthy(tostring(message):find(
      "ease: 20000000 items take 3200.[%d.]+ TB of memory, but [%d.]+ [MG]B are free: "))
  end)

  it("says what is wrong", function()
    local x = bags.random(10, 4, 0.5, 1)
    check.raises_here("ease: expected interactions, got nil", cf.ease, nil)
    check.raises_here('option "l2": a number above 0 is needed, got 0', cf.ease, x, { l2 = 0 })
    check.raises_here('option "l2": a number above 0', cf.ease, x, { l2 = 0 / 0 })
    check.raises_here("unknown option", cf.ease, x, { lambda = 1 })
    check.raises_here("not one of", cf.ease, x, { dtype = "i32" })
    local bad = bags.of(4, { { 1, 2 } }, { { 1, 0 / 0 } })
    check.raises("nan", function()
      local ok, message = pcall(cf.ease, bad)
      error(tostring(message):lower() .. tostring(ok), 0)
    end)
    local one = cf.ease(x)
    assert.is_false(pcall(one.scores, one, { { 5 } }))
    assert.is_false(pcall(one.scores, one, { { 0, 1 } }))
  end)

  it("comes back from its file to the same bits", function()
    local x = bags.random(50, 21, 0.3, 4)
    x.item_names = {}
    for i = 1, 21 do
      x.item_names[i] = "item " .. i
    end
    local folder = paths.temporary(".model")
    local one = cf.ease(x)
    assert(one:save(folder))
    local again = assert(cf.load(folder))
    assert.are.equal("ease", again.kind)
    assert.are.equal(500, again.about.l2)
    assert.is_true(one.weights:bytes() == again.weights:bytes())
    assert.are.equal(7, again:item("item 7"))
    local text = paths.read(folder .. "/model.safetensors")
    local file = io.open(folder .. "/model.safetensors", "wb")
    file:write(text:sub(1, -10), "\1", text:sub(-8))
    file:close()
    local none, message = cf.load(folder)
    assert.is_nil(none)
    assert.is_truthy(message:find("damaged", 1, true), message)
    os.remove(folder .. "/model.safetensors")
    none, message = cf.load(folder)
    assert.is_nil(none)
    assert.is_truthy(message:find("model.safetensors", 1, true), message)
    os.remove(folder)
  end)

  it("serves without the BLAS", function()
    local path = paths.temporary(".safetensors")
    assert(cf.mix({ cf.ease(bags.random(50, 6, 0.3, 4), { l2 = 1 }),
      cf.popularity(bags.random(50, 6, 0.3, 4)) }, { weights = { 1, 0.01 } }):save(path))
    local script = paths.temporary(".lua")
    local file = io.open(script, "w")
    file:write([[
      package.preload["steelyard.learn"] = function() error("the BLAS was asked for") end
      local sy = require "steelyard"
      local model = assert(sy.collaborative.load(...))
      print(model:scores({ { 1, 3 } }).shape[2], package.loaded["steelyard.learn"])]])
    file:close()
    local command = ("LUA_PATH=%s LUA_CPATH=%s %s %s %s"):format(shell.quote(package.path),
      shell.quote(package.cpath), arg and arg[-1] or "lua5.4", shell.quote(script),
      shell.quote(path))
    local pipe = assert(io.popen(command))
    local text = pipe:read("*a")
    pipe:close()
    assert.is_truthy(text:find("^6%s+nil"), text)
  end)
end)
