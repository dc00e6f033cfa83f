-- big.lua: a log of many requests of 100 candidates in NPY columns, scored, ranked and measured
-- with hardly more memory than the columns take.
--
--   big.lua make FOLDER REQUESTS       write the columns
--   big.lua measure FOLDER REQUESTS    measure them, in a process of its own: one JSON object

local sy = require("steelyard")

local what, folder, requests = arg[1], arg[2], math.tointeger(arg[3])
local BLOCK = 1000000 -- rows that are drawn; the log repeats them

local function save(name, next_number)
  local part, parts = sy.array.zeros(BLOCK, "f32"), {}
  for i = 1, BLOCK do
    part[i] = next_number()
  end
  for i = 1, requests * 100 // BLOCK do
    parts[i] = part
  end
  assert(sy.array.concat(parts):save(folder .. "/" .. name .. ".npy"))
end

local function make()
  local random = sy.random(3)
  for _, name in ipairs({ "p_click", "p_like" }) do
    save(name, function()
      return random:uniform()
    end)
  end
  save("click", function()
    return random:uniform() > 0.9 and 1 or 0
  end)
  local offsets = sy.array.zeros(requests + 1, "i64")
  for r = 1, requests do
    offsets[r + 1] = 100 * r
  end
  assert(offsets:save(folder .. "/offsets.npy"))
end

-- The most memory that this process ever had, in megabytes.
local function peak()
  for line in io.lines("/proc/self/status") do
    local kilobytes = line:match("^VmHWM:%s*(%d+) kB")
    if kilobytes then
      return tonumber(kilobytes) * 1024 / 1e6
    end
  end
end

local function measure()
  local before = peak()
  local data = assert(sy.dataset.read(folder, {
    predictions = { "p_click", "p_like" }, labels = { click = "click" },
  }))
  local vm = sy.value_model.new({ weights = { p_click = 0.7, p_like = 0.3 } })
  local start = os.clock()
  sy.metrics.measure(vm:deferred(data), data:column("click"), {
    groups = data.groups, metrics = "ndcg@10,precision@5,mrr", per_request = false,
  })
  print(sy.json.encode({
    job = ("score, rank and measure %d requests of 100"):format(requests),
    seconds = os.clock() - start,
    column_megabytes = (3 * 400 + 8) * requests / 1e6,
    peak_megabytes = before and peak() - before,
  }))
end

if what == "make" then
  make()
else
  measure()
end
