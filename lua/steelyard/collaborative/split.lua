-- Splits of interactions into what is learnt from and what is held out.

local core = require("steelyard.core")
local interactions = require("steelyard.collaborative.interactions")
local options = require("steelyard.options")

local split = { options = {} }

local strong_options = {
  validation = { type = "integer", default = 0 },
  test = { type = "integer", default = 0 },
  fold_in = { type = "number", default = 0.8 },
  seed = { type = "integer", default = 98765 },
  random = { type = "string", one_of = { "numpy", "numpy_continued", "steelyard" },
    default = "numpy" },
  least = { type = "integer", default = 5 },
}
split.options.strong = strong_options

-- What draws: permutation(n) of 1..n, and what begins the draws of a held-out part.
local function source_of(o)
  if o.random == "steelyard" then
    local random = core.random(o.seed)
    return function(n)
      return random:shuffle(core.array.range(n))
    end, function() end
  end
  local random = core.numpy_random(o.seed)
  return function(n)
    return random:permutation(n)
  end, function()
    random = o.random == "numpy" and core.numpy_random(o.seed) or random
  end
end

-- Hide a share of each user's items.
local function fold(x, o, permutation)
  local hidden, offsets = core.array.zeros(x.count, "i32"), x.offsets
  for row = 1, x.rows do
    local first, n = offsets[row], offsets[row + 1] - offsets[row]
    -- As floating point has it: 1 - 0.8 is a little less than 0.2.
    local count = math.floor((1 - o.fold_in) * n + 1e-9)
    if n >= o.least then
      local order = permutation(n)
      for i = 1, count do
        hidden[first + order[i]] = 1
      end
    end
  end
  return { fold_in = x:select(hidden, 0), held_out = x:select(hidden, 1) }
end

local function ascending(list)
  table.sort(list)
  return list
end

local function slice(order, first, count)
  local list = {}
  for i = 1, count do
    list[i] = order[first + i - 1]
  end
  return list
end

--- Strong generalisation (Liang et al. 2018): users are shuffled; the first are trained on, the
-- next block of users is for validation, the last one for test. Items that no training user has are
-- left out, and so numbered anew. Of a held-out user with `least` items and more, a share of 1 -
-- fold_in is hidden. random: "numpy" draws as the papers' notebook does, with NumPy's legacy
-- generator, users of a part in ascending order, the generator begun anew for each part;
-- "numpy_continued": users in the order of the shuffle, and the generator goes on; "steelyard".
-- @return {train, validation = {fold_in, held_out}, test = {fold_in, held_out}}
function split.strong(x, given)
  local o = options.check("split.strong", given, strong_options)
  options.need(type(x) == "table" and x.offsets and x.pick, "split.strong", "interactions", x)
  if o.validation < 0 or o.test < 0 or o.validation + o.test >= x.rows then
    options.fail("split.strong: %d users for validation and %d for test, of %d", o.validation,
      o.test, x.rows)
  elseif not (o.fold_in > 0 and o.fold_in < 1) then
    options.fail("split.strong: fold_in: expected a number between 0 and 1, got %s",
      options.show(o.fold_in))
  end
  local permutation, begin = source_of(o)
  local order = permutation(x.rows)
  local trained = x.rows - o.validation - o.test
  local train = x:pick(ascending(slice(order, 1, trained)))
  local kept, counts = {}, train:item_counts()
  for item = 1, x.columns do
    kept[#kept + 1] = counts[item] > 0 and item or nil
  end
  local function part(first, count)
    local users = slice(order, first, count)
    if o.random ~= "numpy_continued" then
      ascending(users)
    end
    begin()
    return fold(x:pick(users):keep_items(kept), o, permutation)
  end
  return {
    train = train:keep_items(kept),
    validation = part(trained + 1, o.validation),
    test = part(trained + o.validation + 1, o.test),
  }
end

local leave_one_out_options = {
  by = { type = "string|array", default = "time" },
  negatives = { type = "integer", default = 0 },
  seed = { type = "integer", default = 1 },
}
split.options.leave_one_out = leave_one_out_options

-- For each user the entry that is left out, or 0.
local left_out = {}

function left_out.time(x)
  if not x.times then
    options.fail('split.leave_one_out: by = "time": the interactions have no times '
      .. "(collaborative.read: times = true)")
  end
  return core.sparse_latest(x)
end

function left_out.random(x, o)
  local random, entries = core.random(o.seed), core.array.zeros(x.rows, "i64")
  for row = 1, x.rows do
    local first, n = x.offsets[row], x.offsets[row + 1] - x.offsets[row]
    local draw = random:uniform()
    entries[row] = n > 0 and first + 1 + math.min(n - 1, math.floor(draw * n)) or 0
  end
  return entries
end

local function given_items(x, list)
  if #list ~= x.rows then
    options.fail("split.leave_one_out: by: %d items for %d users", #list, x.rows)
  end
  local entries = core.array.zeros(x.rows, "i64")
  for row = 1, x.rows do
    local low, high, item = x.offsets[row] + 1, x.offsets[row + 1], list[row]
    while low < high do
      local middle = math.floor((low + high) / 2)
      if x.ids[middle] < item then
        low = middle + 1
      else
        high = middle
      end
    end
    if item ~= 0 then
      if low > high or x.ids[low] ~= item then
        options.fail("split.leave_one_out: by[%d]: user %d has no item %s", row, row,
          options.show(item))
      end
      entries[row] = low
    end
  end
  return entries
end

--- Leave one item of each user out: the latest (equal times: the smallest number), a random one,
-- or that of a list (an item for each user; 0: none). Users with one item keep it, but where a list
-- says otherwise. negatives: so many items for each test user that it does not have, drawn without
-- replacement.
-- @return {train = interactions, test = {users = i64, positives = i32, negatives = bag}}
function split.leave_one_out(x, given)
  local o = options.check("split.leave_one_out", given, leave_one_out_options)
  options.need(interactions.is(x), "split.leave_one_out", "interactions", x)
  local how = type(o.by) == "string" and (left_out[o.by]
    or options.fail('split.leave_one_out: by: expected "time", "random" or a list of items, got '
      .. "%s%s", options.show(o.by), options.hint(o.by, options.keys(left_out))))
  if o.negatives < 0 then
    options.fail("split.leave_one_out: negatives: expected a whole number from 0 up, got %d",
      o.negatives)
  end
  local entries = how and how(x, o) or given_items(x, o.by)
  local flags, sizes = core.array.zeros(x.count, "i32"), x:row_sizes()
  local users, positives = {}, {}
  for row = 1, x.rows do
    local entry = entries[row]
    if entry > 0 and (sizes[row] > 1 or not how) then
      users[#users + 1], positives[#positives + 1] = row, x.ids[entry]
      flags[entry] = 1
    end
  end
  users = core.array(users, "i64")
  local test = { users = users, positives = core.array(positives, "i32") }
  if o.negatives > 0 then
    test.negatives = core.sparse_negatives(core.sparse_pick(x, users), x.columns, o.negatives,
      o.seed)
  end
  return { train = x:select(flags, 0), test = test }
end

return split
