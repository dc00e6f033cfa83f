-- What an item-level critic sees of the hidden items: how far the log-probability of each stands
-- above the threshold of its user's list (that of the last item that is still recommended), as a
-- soft histogram: for each centre, the mean over the user's items of sigmoid((margin - centre) /
-- width). All of these grow with every log-probability.

local core = require("steelyard.core")
local examples = require("steelyard.critic.examples")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

local items = {}

local allowed = {
  centres = { type = "list" },
  width = { type = "number", default = 0.5 },
}
items.options = allowed
items.columns = { "thresholds", "log_probabilities", "codes" }

local CENTRES = { -2, -1, -0.5, 0, 0.5, 1, 2, 3 }

--- The option `items`: true, or {centres =, width =}; gives it checked, nil where there is none.
function items.check(given)
  if given == nil or given == false then
    return nil
  end
  local o = options.check("critic.new: items", given ~= true and given or {}, allowed)
  local centres = {}
  for i, centre in ipairs(o.centres or CENTRES) do
    options.need(type(centre) == "number" and centre - centre == 0,
      ("critic.new: items: centres[%d]"):format(i), "a number", centre)
    centres[i] = centre
  end
  if #centres == 0 then
    options.fail("critic.new: items: no centres")
  elseif not (o.width > 0 and o.width < math.huge) then
    options.fail("critic.new: items: width: expected a number above 0, got %s",
      options.show(o.width))
  end
  return { centres = centres, width = o.width }
end

--- The pooled features of examples: {pooled = examples x centres, and what pull needs}.
function items.pool(where, o, e, rows)
  for _, column in ipairs({ "log_probabilities", "codes" }) do
    if e[column] == nil then
      options.fail("%s: the examples have no %s, which items need", where, column)
    end
  end
  local logs = examples.numbers(where, "log_probabilities", e.log_probabilities)
  options.need_numbers(where .. ": codes", e.codes)
  local codes = core.array.is(e.codes) and e.codes or core.array(e.codes)
  if #codes ~= #logs then
    options.fail("%s: codes: %d numbers, but log_probabilities has %d", where, #codes, #logs)
  end
  local ones = core.array(#o.centres):fill(1)
  if #logs == 0 then
    return { pooled = core.array.zeros(rows, #o.centres), codes = codes, count = 0, rows = rows }
  end
  local margins = vector.subtract(logs, vector.spread(e.thresholds, codes))
  local places = vector.subtract(vector.outer(margins, ones), o.centres)
  local soft = vector.sigmoid(vector.multiply(places, 1 / o.width))
  local counts = vector.group_sums(core.array(#logs):fill(1), codes, rows)
  local shares = vector.divide(1, vector.clip(counts, 1, math.huge))
  return {
    pooled = vector.multiply(vector.group_sums(soft, codes, rows), vector.outer(shares, ones)),
    soft = soft, shares = shares, codes = codes, ones = ones, count = #logs, rows = rows,
  }
end

--- From slopes by features, of which those behind the first `before` are the pooled ones, to
-- slopes.log_probabilities, one for each item, and slopes.thresholds, one for each example.
function items.pull(o, ready, slopes, before, into)
  if ready.count == 0 then
    into.log_probabilities, into.thresholds = core.array(0), core.array(ready.rows)
    return
  end
  local columns = {}
  for k = 1, #o.centres do
    columns[k] = slopes:column(before + k)
  end
  local per_item = vector.multiply(core.array.columns(columns, "f64"),
    vector.outer(vector.multiply(ready.shares, 1 / o.width), ready.ones))
  local steep = vector.multiply(ready.soft, vector.subtract(1, ready.soft))
  local by_item = vector.times(vector.multiply(steep, vector.spread(per_item, ready.codes)),
    ready.ones)
  into.log_probabilities = by_item
  into.thresholds = vector.negate(vector.group_sums(by_item, ready.codes, ready.rows))
end

return items
