-- Loaded by every Lua that Steelyard is built for: the core works, in this interpreter.
local sy = require "steelyard"

local function near(a, b)
  assert(math.abs(a - b) < 1e-12, a .. " is not " .. b)
end

local a = sy.array({ 0.25, 0.5, 0.125 })
assert(#a == 3 and a[2] == 0.5 and a.dtype == "f64")
assert(not pcall(function()
  return sy.array("three")
end))

local order = sy.rank({ 0.2, 0.9, 0.5 })
assert(order[1] == 2 and order[2] == 3 and order[3] == 1)

-- By hand: gains 0, 1 in score order, the ideal is 1, 0.
near(sy.ndcg({ 2, 1 }, { 0, 1 }), 1 / (math.log(3) / math.log(2)))
near(sy.regret({ 2, 1 }, { 1, 0 }), 0)

assert(sy.json.decode("[1, 2.5, true]")[2] == 2.5)
-- Networks, where there is a BLAS.
if pcall(require, "steelyard.learn") then
  local g = sy.net.graph()
  g:dense(g:input("x", 1), 1, { name = "y" })
  local net = g:build({ dtype = "f64", batch = 1 })
  net:forward({ x = { 2 } })
  net:backward({ y = { 1 } })
  near(net:gradient("y.weight"):get(1, 1), 2)
end
print("works on " .. (jit and jit.version or _VERSION))
