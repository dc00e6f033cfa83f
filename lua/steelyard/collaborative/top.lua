-- The best unseen items.

local core = require("steelyard.core")
local options = require("steelyard.options")
local work = require("steelyard.work")

--- The k best items of each row of scores (rows x items, f32 or f64) that are not in the same row
-- of `seen` (a bag; nil: all items count), best first, equal ones by number.
-- @return ids (i32, rows x k; 0 where fewer are left), scores (rows x k; -infinity there)
return function(scores, k, seen)
  if type(k) ~= "number" or k % 1 ~= 0 or k < 1 or k > 2 ^ 31 - 1 then
    options.fail("top: k: expected a whole number from 1 up, got %s", options.show(k))
  end
  options.need_numbers("top: scores", scores)
  local array = core.array.is(scores) and scores or core.array(scores)
  return core.sparse_top(work.get(array.shape[2] or 1), array, k, seen)
end
