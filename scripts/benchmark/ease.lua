-- ease.lua: time and memory of learning EASE, as ease.py does it with SciPy and NumPy on the same
-- BLAS. Prints one JSON object a line.
--
--   lua5.4 scripts/benchmark/ease.lua make FOLDER ITEMS       writes interactions for both
--   lua5.4 scripts/benchmark/ease.lua f64|f32 FOLDER          learns from them, on all threads
--
-- The interactions are drawn: users with as many items as those of MovieLens-1M, on average, and
-- items as unequally popular.

local sy = require("steelyard")
local clock = require("steelyard.core").clock

local job, folder, items = ...
local USERS, MEAN, ROUNDS = 4038, 138, 3

-- One user's items: u^2.2 falls on the first of them most often.
local function draw_row(random, count)
  local seen, row = {}, {}
  while #row < count do
    local id = 1 + math.floor(items * random:uniform() ^ 2.2)
    if not seen[id] then
      seen[id] = true
      row[#row + 1] = id
    end
  end
  table.sort(row)
  return row
end

if job == "make" then
  items = math.tointeger(tonumber(items))
  local random, ids, offsets = sy.random(1), {}, { 0 }
  for _ = 1, USERS do
    local count = math.floor(0.6 * MEAN * math.exp(random:normal()))
    for _, id in ipairs(draw_row(random, math.max(5, math.min(count, items // 4)))) do
      ids[#ids + 1] = id
    end
    offsets[#offsets + 1] = #ids
  end
  assert(sy.array(ids, "i32"):save(folder .. "/ids.npy"))
  assert(sy.array(offsets, "i64"):save(folder .. "/offsets.npy"))
  assert(sy.array({ items }, "i64"):save(folder .. "/items.npy"))
  return
end

local function kilobytes(field)
  for line in io.lines("/proc/self/status") do
    local found = line:match("^" .. field .. ":%s*(%d+)")
    if found then
      return tonumber(found)
    end
  end
end

sy.threads("all")
local x = {
  ids = assert(sy.array.load(folder .. "/ids.npy")),
  offsets = assert(sy.array.load(folder .. "/offsets.npy")),
  columns = assert(sy.array.load(folder .. "/items.npy"))[1],
}
require("steelyard.needs").learn()
local base, best, model, stated = kilobytes("VmRSS"), math.huge, nil, nil
for _ = 1, ROUNDS do
  model = nil -- luacheck: ignore
  collectgarbage()
  local began = clock()
  model = sy.collaborative.ease(x, { l2 = 500, dtype = job, progress = function(event)
    stated = event.bytes or stated
  end })
  best = math.min(best, clock() - began)
end
local sum = 0
for i = 1, 5 do
  sum = sum + model.weights:row(i):sum()
end
print(sy.json.encode({
  job = ("EASE of %d items, %s"):format(x.columns, job), milliseconds = best * 1e3,
  peak_kilobytes = kilobytes("VmHWM"), base_kilobytes = base, stated_kilobytes = stated / 1024,
  sum = sum,
}))
