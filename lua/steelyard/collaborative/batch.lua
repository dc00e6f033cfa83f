-- A batch of users in training: what is masked, the actor's scores, and columns about each user
-- that objectives and critics ask for, each found once, when it is asked for.
--
-- Columns (a number for each user, but where said):
--   nll, hidden_nll      the actor's loss of the whole row; of the hidden items, seen ones left out
--   seen, unseen         how many items were shown to the actor, and hidden from it
--   target               the metric of the ranking of what is not seen, hidden items being relevant
--   log_probabilities    of each hidden item among those not seen; codes: whose it is
--   thresholds           that of the k-th best item not seen
--   full_partition, hidden_partition   log-sums of the softmax, where nll or hidden_nll was found

local core = require("steelyard.core")
local loss = require("steelyard.collaborative.loss")
local mask = require("steelyard.collaborative.mask")
local measure = require("steelyard.collaborative.measure")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

-- A log-probability below all that count.
local LOWEST = -60

local batch = {}
local Batch = {}

local function sizes(bag)
  local n = #bag.offsets - 1
  return vector.subtract(bag.offsets:slice(2, n + 1), bag.offsets:slice(1, n))
end

local find = {}

function find.full(b)
  return b.run.users:pick(b.rows):bag()
end

function find.seen(b)
  return sizes(b.seen_items)
end

function find.unseen(b)
  return sizes(b.unseen_items)
end

-- The actor's own loss of the whole row.
function find.nll(b)
  local values, _, details = loss[b.actor.loss](b.scores, b.full,
    { gradient = false, positive = b.actor.positive })
  b.full_partition = details and details.log_partition
  return values
end

local function look_at_hidden(b)
  local values, _, details = loss.multinomial(b.scores, b.unseen_items,
    { gradient = false, excluded = b.seen_items })
  b.hidden_nll = values
  b.log_probabilities, b.hidden_partition = details.log_probabilities, details.log_partition
end

function find.hidden_nll(b)
  look_at_hidden(b)
  return b.hidden_nll
end

function find.log_probabilities(b)
  look_at_hidden(b)
  return b.log_probabilities
end

function find.hidden_partition(b)
  look_at_hidden(b)
  return b.hidden_partition
end

function find.codes(b)
  return core.sparse_codes(b.unseen_items)
end

local function look_at_ranking(b)
  local metric = b.run.metric
  local found, details = measure(b.scores, b.unseen_items,
    { seen = b.seen_items, metrics = { metric }, thresholds = true })
  b.target, b.threshold_scores = found[metric], details.thresholds
end

function find.target(b)
  look_at_ranking(b)
  return b.target
end

function find.thresholds(b)
  if not b.threshold_scores then
    look_at_ranking(b)
  end
  -- Where fewer items are left than the list has places, all are in it: far above the threshold.
  return vector.clip(vector.subtract(b.threshold_scores, b.hidden_partition), LOWEST, 0)
end

function Batch.__index(self, name)
  local how = find[name]
  if batch[name] then
    return batch[name]
  end
  if not how then
    return nil
  end
  local value = how(self)
  rawset(self, name, value)
  return value
end

--- The columns of some names, and of others, as a table of arrays.
function batch.columns(b, ...)
  local list = {}
  for _, names in ipairs({ ... }) do
    for _, name in ipairs(names) do
      list[name] = b[name] or options.fail("a batch has no column %s%s", options.show(name),
        options.hint(name, options.keys(find)))
    end
  end
  return list
end

--- Mask some users' items and let the actor see the rest. rows: an i64 array; step: what the mask
-- is drawn by, beside run.seed.
function batch.new(run, actor, rows, step)
  local seen, unseen = mask(run.users:bag(),
    { rows = rows, keep = run.keep, seed = run.seed, step = step, normalize = true })
  actor.net:forward({ history = seen }, { training = true })
  return setmetatable({
    run = run, actor = actor, rows = rows, size = #rows, seen_items = seen, unseen_items = unseen,
    scores = actor.net:value("scores"),
  }, Batch)
end

return batch
