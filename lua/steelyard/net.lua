-- Networks with explicit forward and backward passes (steelyard/networks.h).

local needs = require("steelyard.needs")

local net = {}

--- The name of the BLAS that networks use.
function net.blas()
  return needs.learn().blas()
end

return net
