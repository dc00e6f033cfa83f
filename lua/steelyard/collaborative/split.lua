-- Who is trained on, who is measured on, and what is hidden of them.

local core = require("steelyard.core")
local interactions = require("steelyard.collaborative.interactions")
local options = require("steelyard.options")

local split = {}

local strong_options = {
  validation = { type = "integer", default = 1000 },
  test = { type = "integer", default = 1000 },
  fold_in = { type = "number", default = 0.8 },
  least = { type = "integer", default = 5 },
  seed = { type = "integer", default = 98765 },
  random = { type = "string", one_of = { "numpy", "steelyard" }, default = "numpy" },
  order = { type = "string", one_of = { "number", "drawn" }, default = "number" },
}
split.options = { strong = strong_options }

local function need(where, x)
  options.need(interactions.is(x), where, "interactions", x)
  return x
end

local function from_zero(where, o, ...)
  for _, key in ipairs({ ... }) do
    if o[key] < 0 then
      options.fail("%s: option %q: expected a number from 0 up, got %d", where, key, o[key])
    end
  end
end

-- Numbers of an i64 array in another order: those at some places of it.
local function part(order, from, to)
  return order:slice(from, to):copy()
end

local function sorted(rows)
  local list = rows:totable()
  table.sort(list)
  return list
end

-- Numbers of items that somebody has.
local function items_of(x)
  local counts, kept = x:item_counts(), {}
  for item = 1, x.columns do
    if counts[item] > 0 then
      kept[#kept + 1] = item
    end
  end
  return kept
end

-- Users held out, with the items of training alone: what a model sees of them, and what is hidden.
-- Draws go by user number, or as the users were drawn, behind those `before`, to which they are
-- added; the rows come in the order of `users`. Users without an item are left out.
local function hold_out(x, users, items, o, before)
  local drawn = o.order == "drawn"
  local ascending = drawn and users:totable() or sorted(users)
  local kept = x:pick(ascending):keep_items(items)
  local flags = core.draw_held_out(o.random, o.seed, kept.offsets, o.hidden, o.least,
    drawn and before or nil)
  for row = 1, kept.rows do
    local size = kept.offsets[row + 1] - kept.offsets[row]
    before[#before + 1] = size >= math.max(o.least, 1) and size or nil
  end
  local fold_in, held_out = kept:part(flags, true), kept:part(flags)
  local place = {}
  for i, user in ipairs(ascending) do
    place[user] = i
  end
  local sizes, order = kept:row_sizes(), {}
  for i = 1, #users do
    local at = place[users[i]]
    if sizes[at] > 0 then
      order[#order + 1] = at
    end
  end
  return { fold_in = fold_in:pick(order), held_out = held_out:pick(order) }
end

--- Strong generalisation (Liang et al., WWW 2018): other users are measured on than are trained on.
-- Users are shuffled; the last ones are for test, those before them for validation, the rest for
-- training, with all their items. Only items of training users are kept, and get numbers without
-- gaps. Of a user held out with n >= least items floor((1 - fold_in) n) are hidden; of others none.
-- random = "numpy" draws as NumPy's legacy generator, and order = "number" as the notebook of the
-- authors: the generator begins anew for validation and test, and users draw by number; order =
-- "drawn": it goes on, and they draw in the order of the shuffle.
-- @return {train = interactions, validation = {fold_in =, held_out =}, test = {fold_in =,
--   held_out =}, items = numbers that the items had before}
function split.strong(x, given)
  local where = "split.strong"
  need(where, x)
  local o = options.check(where, given, strong_options)
  from_zero(where, o, "validation", "test", "least")
  if not (o.fold_in > 0 and o.fold_in < 1) then
    options.fail("%s: option \"fold_in\": expected a number between 0 and 1, got %s", where,
      options.show(o.fold_in))
  elseif o.validation + o.test >= x.rows then
    options.fail("%s: %d + %d users are to be held out, and there are %d", where, o.validation,
      o.test, x.rows)
  end
  o.hidden = math.floor((1 - o.fold_in) * 1e12 + 0.5) / 1e12 -- .2, as the notebook writes it
  local order = core.draw_permutation(o.random, o.seed, x.rows)
  local trained, chosen = x.rows - o.validation - o.test, x.rows - o.test
  local train = x:pick(part(order, 1, trained))
  local items, before = items_of(train), { x.rows }
  return {
    train = train:keep_items(items),
    validation = hold_out(x, part(order, trained + 1, chosen), items, o, before),
    test = hold_out(x, part(order, chosen + 1, x.rows), items, o, before),
    items = core.array(items, "i64"),
  }
end

-- ----------------------------------------------------------------------------- leave one out --

local one_out_options = {
  by = { type = "string|array", default = "time" },
  negatives = { type = "integer", default = 99 },
  least = { type = "integer", default = 2 },
  seed = { type = "integer", default = 1 },
}
split.options.leave_one_out = one_out_options

-- Which entry of a row is left out: a function of the row, its first and its last entry.
local choose = {}

function choose.time(x)
  if not x.places then
    options.fail("split.leave_one_out: by time, but the interactions have no times (read them with "
      .. "times = true)")
  end
  return function(_, from, to)
    local latest = from
    for entry = from + 1, to do
      latest = x.places[entry] > x.places[latest] and entry or latest
    end
    return latest
  end
end

function choose.random(_, o)
  local random = core.random(o.seed)
  return function(_, from, to)
    return from + random:below(to - from + 1) - 1
  end
end

local function by_list(x, list)
  if #list ~= x.rows then
    options.fail("split.leave_one_out: by: %d items for %d users", #list, x.rows)
  end
  return function(row, from, to)
    if list[row] == 0 then
      return nil
    end
    for entry = from, to do
      if x.ids[entry] == list[row] then
        return entry
      end
    end
    options.fail("split.leave_one_out: by[%d]: user %d has no item %s", row, row,
      options.show(list[row]))
  end
end

local function chooser(x, o)
  if type(o.by) ~= "string" then
    return by_list(x, o.by)
  elseif not choose[o.by] then
    options.fail("split.leave_one_out: option \"by\": %s is not \"time\", \"random\" or a list of "
      .. "item numbers", options.show(o.by))
  end
  return choose[o.by](x, o)
end

--- One item of each user with `least` items and more is left out (He et al., WWW 2017): the latest
-- (by = "time"), any (by = "random") or a given one (by = a list of item numbers, one for each
-- user; 0: none). It is ranked among items that the user does not have.
-- @return {train = interactions, test = {users = numbers of rows (i64), positives = item numbers
--   (i32), negatives = bag}}; all the items of the users, and no user, are renumbered
function split.leave_one_out(x, given)
  local where = "split.leave_one_out"
  need(where, x)
  local o = options.check(where, given, one_out_options)
  from_zero(where, o, "negatives", "least")
  local which = chooser(x, o)
  local flags, users, positives = core.array(x.count, "i32"), {}, {}
  local offsets = x.offsets
  for row = 1, x.rows do
    local from, to = offsets[row] + 1, offsets[row + 1]
    local entry = to - from + 1 >= math.max(o.least, 1) and which(row, from, to)
    if entry then
      flags[entry] = 1
      users[#users + 1], positives[#positives + 1] = row, x.ids[entry]
    end
  end
  local rows = core.array(users, "i64")
  local negatives = {}
  negatives.offsets, negatives.ids = core.draw_negatives("steelyard", o.seed, x.columns,
    x:pick(rows), o.negatives)
  return {
    train = x:part(flags, true),
    test = { users = rows, positives = core.array(positives, "i32"), negatives = negatives },
  }
end

return split
