-- Networks with explicit forward and backward passes.
--
--   local g = sy.net.graph()
--   local user = g:embedding(g:ids("user_id"), 1000, 16)
--   local hidden = g:relu(g:dense(g:concat({ user, g:input("features", 5) }), 128))
--   g:dense(hidden, 3, { name = "logits" })
--   local net = g:build({ batch = 256 })
--   net:forward({ user_id = ids, features = matrix }, { rows = batch, training = true })
--   local loss, gradient = ... net:value("logits") ...
--   net:backward({ logits = gradient })

local graph = require("steelyard.net.graph")
local needs = require("steelyard.needs")
local network = require("steelyard.net.network")

local net = { options = network.options }

net.graph = graph.new
net.build = network.build

--- The row, from 1, of a table of so many rows that an id hashes to.
function net.hash(id, rows)
  return needs.learn().net_hash(id, rows)
end

--- The name of the BLAS that networks use.
function net.blas()
  return needs.learn().blas()
end

return net
