-- The interval of the overall ratio where rows are not independent: those of a user go together.

local core = require("steelyard.core")
local groups = require("steelyard.groups")
local options = require("steelyard.options")

local clusters = {}

--- The option clusters as groups of rows: ids, or of a data set a column's name.
function clusters.of(given, input)
  if not input.size then
    options.fail("clusters: a sketch does not know its rows' clusters")
  elseif input.weights then
    options.fail("clusters: their interval is of rows without weights")
  end
  if type(given) == "string" then
    options.need(input.set, "clusters", "ids (a column's name is for data sets)", given)
    given = input.set:column(given)
  end
  return groups.of(given, input.size)
end

--- The ratio's interval: on the scale of logarithms by the delta method for a ratio of sums over
-- clusters (Cochran 1977, 6.4), with Student's quantile. NaN where there are fewer than two
-- clusters or no labels. Returns low, high.
function clusters.interval(rows, layout, confidence)
  local function sums(values)
    return core.request_sums(layout:arrange(values), layout.offsets)
  end
  local change = core.scale_change(sums(rows.labels), sums(rows.predictions))
  if layout.count < 2 or change.ratio == 0 or change.ratio == math.huge then
    return 0 / 0, 0 / 0
  end
  local quantile = core.student_two_sided(1 - confidence, layout.count - 1)
  local factor = math.exp(quantile * change.error / change.ratio)
  return change.ratio / factor, change.ratio * factor
end

return clusters
