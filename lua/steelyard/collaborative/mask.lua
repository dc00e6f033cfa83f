-- Masks: which of a user's items a recommender is shown, and which are hidden from it.

local core = require("steelyard.core")
local options = require("steelyard.options")

local allowed = {
  rows = { type = "array" },
  keep = { type = "number|array", default = 1 },
  seed = { type = "integer", default = 1 },
  step = { type = "integer", default = 0 },
  normalize = { type = "boolean", default = false },
}

--- Show each item of some rows (all, where none are named) with a chance. What is shown has weights
-- 1 / keep, with normalize 1 / (sqrt(n) keep) for a row of n items: a row of length 1 is expected.
-- Draws depend on seed, step, the row's number and the item alone.
-- @return the bag of what is shown, the bag of what is hidden
local function mask(_, bag, given)
  local o = options.check("collaborative.mask", given, allowed)
  options.need(type(bag) == "table" and bag.offsets and bag.ids, "collaborative.mask: bag",
    "a bag {ids, offsets}", bag)
  return core.sparse_mask(bag, o.rows or core.array.range(#bag.offsets - 1), o.keep, o.seed, o.step,
    o.normalize)
end

return setmetatable({ options = allowed }, { __call = mask })
