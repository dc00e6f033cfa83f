-- A network written down, built, fed with lists, bags and matrices, and gone through both ways.
local sy = require "steelyard"
sy.net.blas() -- the BLAS keeps memory of its own
local x = { { 1, 2 }, { 3, 4 } }
return function()
  local g = sy.net.graph()
  local tags = g:embedding(g:ids("tags"), 9, 2, { bag = "mean" })
  local user = g:embedding(g:ids("user"), 4, 3, { name = "user_table" })
  local joined = g:concat({ tags, user, g:input("x", 2, { wants_gradient = true }) })
  g:dense(g:dropout(g:tanh(g:dense(joined, 12)), 0.5), 2, { name = "out" })
  local net = g:build({ dtype = "f64", batch = 4 })
  net:forward({
    tags = { ids = { 1, 9, 3 }, offsets = { 0, 2, 3 }, weights = { 1, 2, 3 } }, user = { 4, 2 },
    x = x,
  }, { training = true, rows = { 2, 1, 1 } })
  assert(#net:value("out") == 3)
  net:backward({ out = { { 1, 2 }, { 3, 4 }, { 5, 6 } } })
  assert(net:gradient("user_table.weight").shape[1] == 4)
  assert(#net:input_gradient("x") == 3)
  assert(net:tensors()["out.bias"]:get(1, 1))
  net:set_state(net:state())
end
