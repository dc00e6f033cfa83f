-- Losses of scores (users x items) against few positives a user, with their gradients by scores.
--
--   local values, gradient = cf.loss.multinomial(scores, bag)
--
-- values: one for each user; gradient: that of the weighted sum of values (row_weights; 1 / n each),
-- a new array, or with gradient = "in_place" the scores' own, which then hold it.

local core = require("steelyard.core")
local options = require("steelyard.options")
local work = require("steelyard.work")

local allowed = {
  excluded = { type = "table" },
  row_weights = { type = "array" },
  target_weights = { type = "array" },
  log_partition = { type = "array" },
  positive = { type = "number" },
  gradient = { type = "boolean|string", default = true },
}

local loss = { options = allowed }

for _, name in ipairs({ "multinomial", "weighted_square" }) do
  local run = core["loss_" .. name]
  loss[name] = function(scores, targets, given)
    local o = options.check("loss." .. name, given, allowed)
    if type(o.gradient) == "string" and o.gradient ~= "in_place" then
      options.fail('loss.%s: option "gradient": expected true, false or "in_place", got %s', name,
        options.show(o.gradient))
    end
    o.threads = work.threads()
    return run(scores, targets, o)
  end
end

return loss
