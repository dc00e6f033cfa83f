-- Losses of scores (users x items) against few positives a user, with their gradients by scores.
--
--   local values, gradient = cf.loss.multinomial(scores, bag)
--
-- values: one for each user; gradient: that of the weighted sum of values (row_weights; 1 / n
-- each), a new array, or with gradient = "in_place" the scores' own, which then hold it.

local core = require("steelyard.core")
local options = require("steelyard.options")
local work = require("steelyard.work")

-- All losses take all of these, so that one call fits all.
local allowed = {
  excluded = { type = "table" },
  row_weights = { type = "array" },
  target_weights = { type = "array" },
  log_partition = { type = "array" },
  positive = { type = "number", default = 5 },
  k = { type = "integer" },
  gradient = { type = "boolean|string", default = true },
}

local loss = { options = { any = allowed } }

local function add(name, ranked)
  local run, where = core["loss_" .. name], "loss." .. name
  loss[name] = function(scores, targets, given)
    local o = options.check(where, given, allowed)
    if type(o.gradient) == "string" and o.gradient ~= "in_place" then
      options.fail('%s: option "gradient": expected true, false or "in_place", got %s', where,
        options.show(o.gradient))
    elseif o.gradient == "in_place" and not core.array.is(scores) then
      options.fail('%s: gradient = "in_place" needs scores in an array', where)
    elseif o.k and o.k < 1 then
      options.fail('%s: option "k": %s is below 1', where, options.show(o.k))
    elseif not (o.positive >= 0 and o.positive < math.huge) then
      options.fail('%s: option "positive": %s is not a finite number from 0 up', where,
        options.show(o.positive))
    end
    options.need_numbers(where .. ": scores", scores)
    scores = core.array.is(scores) and scores or core.array(scores)
    o.threads = work.threads()
    return run(scores, targets, o, ranked and work.get(scores.shape[2] or 1) or nil)
  end
end

add("multinomial")
add("weighted_square")
add("warp", true)
add("lambdarank", true)

return loss
