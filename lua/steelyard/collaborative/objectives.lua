-- What an actor is moved by in a step: its loss of some items, weighted by user or by item. RaCT's
-- step is one of them: the critic's gradient reaches the actor through its likelihood of each user
-- alone, so that it is a likelihood step with weights.
--
-- An objective is a function of a batch that gives
--   targets         the items whose scores are to rise (a bag): b.full, b.unseen_items
--   excluded        items left out of the softmax, or nil
--   row_weights     a weight for each user (nil: all alike), or target_weights: for each target
--   log_partition   where the batch knows it already

local core = require("steelyard.core")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

local objectives = {}

-- 1 / x of whole numbers, and 0 where x is 0.
local function inverse(x)
  return vector.multiply(vector.divide(1, vector.clip(x, 1, math.huge)), vector.clip(x, 0, 1))
end

local function total(b)
  return vector.add(b.seen, b.unseen)
end

-- Weights that sum to 1: those of a mean over users.
local function as_mean(weights)
  local sum = weights:sum()
  return vector.multiply(weights, sum > 0 and 1 / sum or 0)
end

--- The likelihood of the whole row.
function objectives.likelihood(b)
  return { targets = b.full, log_partition = b.full_partition }
end

--- The same by item: users with many items count no more than others.
function objectives.per_item(b)
  return { targets = b.full, row_weights = as_mean(inverse(total(b))) }
end

function objectives.per_root_item(b)
  return { targets = b.full, row_weights = as_mean(vector.sqrt(inverse(total(b)))) }
end

--- The likelihood of hidden items alone among those not seen, as they are ranked, by item.
function objectives.hidden(b)
  return { targets = b.unseen_items, excluded = b.seen_items,
    row_weights = as_mean(inverse(b.unseen)) }
end

-- The critic's slopes by what the actor changes: by each user's likelihood, or each hidden item's.
local by = {}

function by.nll(b, slopes)
  return { targets = b.full, log_partition = b.full_partition,
    row_weights = vector.multiply(slopes, -1 / b.size) }
end

function by.hidden_nll(b, slopes)
  return { targets = b.unseen_items, excluded = b.seen_items, log_partition = b.hidden_partition,
    row_weights = vector.multiply(slopes, -1 / b.size) }
end

function by.log_probabilities(b, slopes)
  return { targets = b.unseen_items, excluded = b.seen_items, log_partition = b.hidden_partition,
    row_weights = core.array(b.size):fill(1 / b.size), target_weights = slopes }
end

--- What raises the mean of a critic's values. The thresholds of an item-level critic, which move
-- with the scores as well, are taken as given in each step.
function objectives.critic(critic)
  local columns = critic:columns()
  return function(b)
    local slopes, step = critic:slopes(b:columns(columns)), nil
    for name, how in pairs(by) do
      if slopes[name] and step then
        options.fail("objectives.critic: the critic depends on the actor by more than one of %s",
          table.concat(options.keys(by), ", "))
      elseif slopes[name] then
        step = how(b, slopes[name])
      end
    end
    return step or options.fail("objectives.critic: the critic does not depend on any of %s",
      table.concat(options.keys(by), ", "))
  end
end

return objectives
