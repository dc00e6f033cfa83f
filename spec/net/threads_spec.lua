-- Threads that loading starts: none of the library's own; OpenBLAS's where the environment lets it.
local nets = require "spec.support.nets"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local script = [[
local function count()
  local stat = io.open("/proc/self/status"):read("*a")
  return stat:match("Threads:%s*(%d+)")
end
require "steelyard.core"
local sy = require "steelyard"
local loaded = count()
local g = sy.net.graph()
g:dense(g:input("x", 300), 300, { name = "y" })
local net = g:build({ batch = 300 })
net:forward({ x = sy.array.zeros(300, 300) })
local one = count()
sy.threads(2)
net:forward({ x = sy.array.zeros(300, 300) })
print(loaded, one, count())]]

describe("threads", function()
  it("are none but the caller's, with OPENBLAS_NUM_THREADS=1, until asked for", function()
    if not nets.here or not io.open("/proc/self/status") or not shell.has("lua5.4") then
      pending("needs a BLAS, /proc and lua5.4")
      return
    end
    local output = shell.succeed(("OPENBLAS_NUM_THREADS=1 LUA_PATH=%s LUA_CPATH=%s lua5.4 -e %s")
      :format(shell.quote("./lua/?.lua;./lua/?/init.lua"), shell.quote("./build/lua5.4/?.so"),
        shell.quote(script)))
    local loaded, one, two = output:match("(%d+)%s+(%d+)%s+(%d+)")
    assert.equal("1 1", loaded .. " " .. one)
    if sy.net.blas():find("OpenBLAS") then
      assert.is_true(tonumber(two) <= 3) -- with one of OpenBLAS, asleep while a network runs
    end
  end)

  -- A few steps of an autoencoder with blocks of all kinds, with sizes that no block divides.
  local function train(dtype, threads, kind, lazy)
    sy.threads(threads)
    local random, g = sy.random(3), sy.net.graph()
    local items, n = 2051, 103
    local x = g:tanh(g:embedding(g:ids("id"), items, 331, { bag = "sum", bias = true }))
    local code = g:dense(x, 640, { name = "code" })
    local z = g:sample(g:slice(code, 1, 320), g:slice(code, 321, 320), { name = "z" })
    g:dense(g:relu(g:dense(z, 517)), items, { name = "scores" })
    local net = g:build({ dtype = dtype, batch = n })
    local optimizer = sy.optimizer[kind](net, { learning_rate = 1e-3, lazy = lazy,
      clip_norm = 0.5 })
    local feeds = { id = nets.bags(random, n, items, true) }
    local pull, bytes = sy.array.zeros(n, items, dtype), {}
    for i = 1, n do
      for j = i, items, 7 do
        pull:set(i, j, math.sin(i + j))
      end
    end
    for _ = 1, 2 do
      net:forward(feeds, { training = true })
      net:backward({ scores = pull, code = net:value("code"):copy() })
      bytes[#bytes + 1] = net:gradient("embedding_1.weight"):bytes()
      bytes[#bytes + 1] = ("%.17g"):format(optimizer:step().norm)
    end
    for _, name in ipairs(nets.names(net:tensors())) do
      bytes[#bytes + 1] = net:parameter(name):copy():bytes()
    end
    bytes[#bytes + 1] = net:value("scores"):copy():bytes()
    return bytes
  end

  it("of any number give the same bits", function()
    if not nets.here then
      pending("needs a BLAS")
      return
    end
    local before = sy.threads()
    for _, case in ipairs({ { "f32", "adam", false }, { "f32", "adagrad", true },
      { "f64", "sgd", false }, { "f64", "adamw", true } }) do
      local wanted = train(case[1], 1, case[2], case[3])
      for _, threads in ipairs({ 2, 3 }) do
        local got = train(case[1], threads, case[2], case[3])
        for i = 1, #wanted do
          assert.is_true(wanted[i] == got[i], ("%s %s, %d threads: %d"):format(case[1], case[2],
            threads, i))
        end
      end
    end
    sy.threads(before)
  end)

  it("do not change what a network predicts", function()
    if not nets.here then
      pending("needs a BLAS")
      return
    end
    local random = sy.random(3)
    local g = sy.net.graph()
    g:dense(g:relu(g:dense(g:input("x", 70), 90)), 33, { name = "y" })
    local net = g:build({ dtype = "f64", batch = 200 })
    local x = nets.matrix(random, 200, 70)
    local before, kept = sy.threads(), nil
    for _, threads in ipairs({ 1, 2, 1, 3 }) do
      sy.threads(threads)
      for _ = 1, 2 do
        net:forward({ x = x })
        local value = net:value("y"):copy()
        kept = kept or value
        assert.equal(kept:bytes(), value:bytes())
      end
    end
    sy.threads(before)
  end)
end)
