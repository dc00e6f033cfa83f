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
      assert.is_true(tonumber(two) <= 2)
    end
  end)

  it("do not change what a network predicts but for rounding", function()
    if not nets.here then
      pending("needs a BLAS")
      return
    end
    local random = sy.random(3)
    local g = sy.net.graph()
    g:dense(g:relu(g:dense(g:input("x", 70), 90)), 33, { name = "y" })
    local net = g:build({ dtype = "f64", batch = 200 })
    local x = nets.matrix(random, 200, 70)
    local before, kept = sy.threads(), {}
    for _, threads in ipairs({ 1, 2, 1, 3 }) do
      sy.threads(threads)
      for _ = 1, 2 do
        net:forward({ x = x })
        local value = net:value("y"):copy()
        kept[threads] = kept[threads] or value
        assert.equal(kept[threads]:bytes(), value:bytes()) -- of one number: the same bits
        assert.is_true(sy.vector.abs(sy.vector.subtract(value, kept[1])):max() < 1e-12)
      end
    end
    sy.threads(before)
  end)
end)
