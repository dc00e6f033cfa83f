-- The best items of each row of scores.

local core = require("steelyard.core")
local work = require("steelyard.work")

--- The k best items that are not in the bag `seen` (nil: of all), best first, equal scores by the
-- smaller number.
-- @return ids (i32, rows x k; 0 where fewer are left), their scores (of the scores' type)
return function(scores, k, seen)
  return core.cf_top(scores, k, seen, work.threads())
end
