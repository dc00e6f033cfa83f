-- learning.lua: times an epoch of training, as learning.py does in PyTorch: the same sizes, layers,
-- batches and steps. Prints one JSON object a line.
--
--   lua5.4 scripts/benchmark/learning.lua JOB      JOB: reference | hidden

local clock = require("steelyard.core").clock
local sy = require("steelyard")

local ROWS, TASKS = 20000, 4
local USERS, ITEMS, DIM, CROSS = 466, 1853, 16, 128
local JOBS = {
  reference = { batches = { 64, 256 }, hidden = {} },
  hidden = { batches = { 256, 1024 }, hidden = { 512, 512 } },
}

local random = sy.random(1)

local function numbers(columns)
  local matrix = sy.array.zeros(ROWS, columns, "f32")
  for i = 1, ROWS do
    for j = 1, columns do
      matrix:set(i, j, random:normal())
    end
  end
  return matrix
end

local function ids(count)
  local list = sy.array(ROWS, "i32")
  for i = 1, ROWS do
    list[i] = random:below(count)
  end
  return list
end

local function labels()
  local matrix = sy.array.zeros(ROWS, TASKS, "f32")
  for i = 1, ROWS do
    for t = 1, TASKS do
      matrix:set(i, t, random:uniform() < 0.3 and 1 or 0)
    end
  end
  return matrix
end

local feeds = {
  user_id = ids(USERS), item_id = ids(ITEMS),
  user_features = numbers(8), item_features = numbers(8), cross_features = numbers(16),
}
local targets = labels()

local function build(hidden, batch)
  local g = sy.net.graph()
  local x = g:concat({
    g:embedding(g:ids("user_id"), USERS, DIM),
    g:dense(g:input("user_features", 8), DIM),
    g:embedding(g:ids("item_id"), ITEMS, DIM),
    g:dense(g:input("item_features", 8), DIM),
    g:dense(g:input("cross_features", 16), CROSS),
  })
  for _, width in ipairs(hidden) do
    x = g:relu(g:dense(x, width))
  end
  local logits = g:dense(x, TASKS, { name = "logits" })
  return g:build({ batch = batch, seed = 1 }), logits
end

-- One epoch, as a recipe would write it.
local function epoch(net, logits, optimizer, batch, seed)
  local order, total = sy.random(seed):shuffle(sy.array.range(ROWS)), 0
  for from = 1, ROWS, batch do
    local rows = order:slice(from, math.min(from + batch - 1, ROWS))
    net:forward(feeds, { rows = rows, training = true })
    local value, gradient = sy.loss.bce(net:value(logits), targets:gather(rows),
      { reduction = "sum" })
    net:backward({ [logits] = gradient })
    optimizer:step()
    total = total + value
  end
  return total / ROWS
end

local function memory_peak()
  local file = io.open("/proc/self/status")
  local text = file and file:read("a") or ""
  if file then
    file:close()
  end
  return tonumber(text:match("VmHWM:%s*(%d+)"))
end

sy.threads(2)
local name = arg[1] or "reference"
local job = assert(JOBS[name], "unknown job")
for _, batch in ipairs(job.batches) do
  for _, lazy in ipairs({ true, false }) do
    local net, logits = build(job.hidden, batch)
    local optimizer = sy.optimizer.adam(net, { learning_rate = 1e-3, lazy = lazy })
    local least, loss = math.huge, nil
    for round = 1, 6 do
      local start = clock()
      loss = epoch(net, logits, optimizer, batch, round)
      local took = clock() - start
      least = round > 1 and math.min(least, took) or least
    end
    print(sy.json.encode({
      job = name, batch = batch, tables = lazy and "sparse" or "dense", rows = ROWS,
      milliseconds = 1000 * least, loss = loss, peak_kilobytes = memory_peak(),
    }))
  end
end
