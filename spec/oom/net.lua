-- Networks: built, fed by arrays, lists and bags, run both ways, stepped, looked at.
local sy = require "steelyard"

local g = sy.net.graph()
local x = g:input("x", 2, { wants_gradient = true })
local e = g:embedding(g:ids("id"), 5, 3, { name = "e", bag = "mean" })
local h = g:batch_norm(g:relu(g:dense(g:concat({ x, e }), 4)))
g:scale(g:mixture(g:dense(h, 2), { g:dropout(h, 0.1), g:layer_norm(h) }), { name = "out" })
local layers = g.layers

return function()
  local net = sy.net.build(layers, { batch = 3 })
  local opt = sy.optimizer.adam(net)
  for _, fed in ipairs({ sy.array({ { 1, 2 }, { 3, 4 } }), { { 1, 2 }, { 3, 4 } } }) do
    local bags = { ids = { 1, 5 }, offsets = { 0, 1, 2 }, weights = { 1, 2 } }
    net:forward({ x = fed, id = bags }, { training = true, rows = { 2, 1 } })
    net:backward({ out = { { 1, 2, 3, 4 }, { 1, 1, 1, 1 } } })
    assert(opt:step().norm > 0)
    assert(net:gradient("e.weight"):get(5, 1) and net:input_gradient("x") and net:value("out"))
  end
  local again = sy.net.build(net.layers, { batch = 3 })
  for name, tensor in pairs(net:tensors()) do
    sy.vector.assign(again:parameter(name), tensor)
  end
  again:set_state(net:state())
end
