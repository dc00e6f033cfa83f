-- Which of users' items a model is shown, and which are hidden from it: drawn afresh in each step.

local core = require("steelyard.core")
local options = require("steelyard.options")

local allowed = {
  rows = { type = "array" },
  keep = { type = "number|array", default = 0.5 },
  seed = { type = "integer", default = 1 },
  step = { type = "integer", default = 1 },
  normalize = { type = "boolean", default = false },
}

--- Draw for each entry of some rows whether it is seen, with the probability keep (a number, or one
-- for each row). A draw depends on seed, step, row number and item alone.
-- @param bag {ids, offsets, weights} or interactions
-- @return seen {ids, offsets, weights}: weights are 1 / keep, or with normalize 1 / (keep sqrt(n)),
--   n being the entries of the whole row (of weights w: w / keep, w / (keep |w|));
--   unseen {ids, offsets, weights where the bag has some}
return setmetatable({ options = { mask = allowed } }, {
  __call = function(_, bag, given)
    local o = options.check("mask", given, allowed)
    options.need(type(bag) == "table" and bag.offsets ~= nil, "mask", "a bag {ids, offsets}", bag)
    local rows = o.rows or core.array.range(#bag.offsets - 1)
    local seen, unseen = {}, {}
    seen.ids, seen.offsets, seen.weights, unseen.ids, unseen.offsets, unseen.weights =
      core.sparse_mask(bag, rows, o.keep, o.seed, o.step, o.normalize)
    return seen, unseen
  end,
})
