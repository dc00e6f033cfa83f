-- Splits of interactions into what is learnt from and what is held out.

local core = require("steelyard.core")
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
  local codes, hidden = x:codes(), core.array.zeros(x.count, "i32")
  for row = 1, x.rows do
    local first, n = x.offsets[row], x.offsets[row + 1] - x.offsets[row]
    -- As floating point has it: 1 - 0.8 is a little less than 0.2.
    local count = math.floor((1 - o.fold_in) * n + 1e-9)
    if n >= o.least then
      local order = permutation(n)
      for i = 1, count do
        hidden[first + order[i]] = 1
      end
    end
  end
  local function part(wanted)
    local n = 0
    for e = 1, x.count do
      n = n + (hidden[e] == wanted and 1 or 0)
    end
    local users, items, at = core.array(n, "i32"), core.array(n, "i32"), 0
    for e = 1, x.count do
      if hidden[e] == wanted then
        at = at + 1
        users[at], items[at] = codes[e], x.ids[e]
      end
    end
    return x.like(users, items, x)
  end
  return { fold_in = part(0), held_out = part(1) }
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

--- Strong generalisation (Liang et al. 2018): users are shuffled; the first ones are trained on, the
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

return split
