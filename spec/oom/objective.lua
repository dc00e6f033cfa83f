-- Training losses, their gradients, and what is added to.
local sy = require("steelyard")

local outputs = sy.array({ { 0.5, -1 }, { 2, 3 }, { -1, 0.25 } })
local targets = { { 1, 0 }, { 0, 1 }, { 1, 1 } }
local codes = { 1, 2, 1 }
local sum = sy.array.zeros(3, 2)
require("steelyard.loss")
return function()
  for _, name in ipairs({ "bce", "multinomial", "mse", "huber", "bucket_calibration",
    "group_calibration", "kernel_calibration" }) do
    local value, gradient, details = sy.loss[name](outputs, targets, {
      row_weights = { 1, 2, 3 }, groups = name == "group_calibration" and codes or nil,
    })
    assert(value > 0 and #gradient == 3 and #details.values > 0)
  end
  assert(sy.loss.gaussian_kl(outputs, nil, { add_to = sum }) > 0)
  assert(sy.loss.bce(outputs:column(2), { 1, 0, 1 }, { add_to = sum:column(1) }) > 0)
end
