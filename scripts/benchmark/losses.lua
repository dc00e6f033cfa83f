-- losses.lua [FOLDER]: times losses of scores against few positives, as of a batch of 500 users and
-- MovieLens 20M's 20,108 items. Prints one JSON object a line. With a folder it leaves the scores
-- and targets there, for losses.py.
--
-- Beside each time stands that of a new copy of the scores.

local sy = require("steelyard")

local folder = arg[1]
local ROWS, COLUMNS, TARGETS, ROUNDS = 500, 20108, 70, 7
local loss = sy.collaborative.loss
local random = sy.random(7)

-- Rows of scores, one shifted from the other.
local scores = sy.array.zeros(ROWS, COLUMNS, "f32")
local one = sy.array.zeros(2 * COLUMNS, "f32")
for i = 1, 2 * COLUMNS do
  one[i] = 2 * random:normal()
end
for r = 1, ROWS do
  local row, shift = scores:row(r), random:below(COLUMNS)
  for c = 1, COLUMNS do
    row[c] = one[shift + c]
  end
end

local ids, offsets = {}, { 0 }
for r = 1, ROWS do
  local own, list = {}, {}
  while #list < TARGETS do
    local id = random:below(COLUMNS)
    if not own[id] then
      own[id] = true
      list[#list + 1] = id
    end
  end
  table.sort(list)
  for _, id in ipairs(list) do
    ids[#ids + 1] = id
  end
  offsets[r + 1] = #ids
end
local bag = { ids = sy.array(ids, "i32"), offsets = sy.array(offsets, "i64") }
if folder then
  assert(scores:save(folder .. "/scores.npy"))
  assert(bag.ids:save(folder .. "/ids.npy"))
  assert(bag.offsets:save(folder .. "/offsets.npy"))
end

local function best(run, rounds)
  local least = math.huge
  for _ = 1, rounds do
    local room = scores:copy()
    local start = os.clock()
    run(room)
    least = math.min(least, os.clock() - start)
  end
  return 1000 * least
end

local copying = best(function(room)
  room:copy()
end, ROUNDS)

for _, job in ipairs({
  { "multinomial", {}, ROUNDS }, { "weighted_square", {}, ROUNDS }, { "warp", {}, ROUNDS },
  { "lambdarank", { k = 100 }, ROUNDS }, { "lambdarank", {}, 2 },
}) do
  local o = { gradient = "in_place", k = job[2].k }
  local time = best(function(room)
    loss[job[1]](room, bag, o)
  end, job[3])
  print(sy.json.encode({ job = job[1] .. (o.k and "@" .. o.k or ""), rows = ROWS,
    columns = COLUMNS, targets = TARGETS, milliseconds = time, times_copying = time / copying }))
end
