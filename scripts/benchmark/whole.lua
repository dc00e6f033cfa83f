-- whole.lua: times whole jobs through the Lua face: reading files, tuning runs. One JSON object a
-- line.
--
-- The CSV's reading is compared with merely passing its bytes through the processor (a line count),
-- and, where the machine has it, with a naive reader in plain Lua.

local sy = require("steelyard")
local clock = os.clock

local function best(run, rounds)
  local least = math.huge
  for _ = 1, rounds or 5 do
    collectgarbage()
    local start = clock()
    run()
    least = math.min(least, clock() - start)
  end
  return least
end

local function say(result)
  print(sy.json.encode(result))
end

local function temporary(suffix)
  local base = os.tmpname()
  os.remove(base)
  return base .. suffix
end

-- Lines of numbers as ranking logs have them: `digits` significant ones.
local function write_log(path, rows, digits, line)
  local random = sy.random(7)
  local file = assert(io.open(path, "wb"))
  file:write(line.header)
  for row = 1, rows do
    local numbers = {}
    for column = 1, 5 do
      numbers[column] = string.format("%." .. digits .. "g", random:uniform())
    end
    file:write(line.format(row, numbers))
  end
  local size = file:seek()
  file:close()
  return size
end

local csv = {
  header = "p_click,p_like,p_share,p_follow,p_report\n",
  format = function(_, numbers)
    return table.concat(numbers, ",") .. "\n"
  end,
}
local jsonl = {
  header = "",
  format = function(_, n)
    return string.format(
      '{"p_click":%s,"p_like":%s,"p_share":%s,"p_follow":%s,"p_report":%s}\n',
      n[1], n[2], n[3], n[4], n[5]
    )
  end,
}

-- The same file by string patterns into one table per column.
local function naive_csv(path)
  local columns = { {}, {}, {}, {}, {} }
  local row = 0
  for line in io.lines(path) do
    row = row + 1
    local column = 0
    for field in line:gmatch("[^,]+") do
      column = column + 1
      columns[column][row] = tonumber(field)
    end
  end
  return columns
end

local function reading(name, suffix, digits, rows, line, naive)
  local path = temporary(suffix)
  local bytes = write_log(path, rows, digits, line)
  local result = { job = name, megabytes = bytes / 1e6 }
  for _, dtype in ipairs({ "f32", "f64" }) do
    local seconds = best(function()
      assert(sy.dataset.read(path, { dtype = dtype }))
    end)
    result["megabytes_per_second_" .. dtype] = bytes / 1e6 / seconds
  end
  if naive then
    local seconds = best(function()
      naive_csv(path)
    end, 2)
    result.times_faster_than_plain_lua = seconds * result.megabytes_per_second_f64 / (bytes / 1e6)
  end
  os.remove(path)
  say(result)
end

reading("read CSV, 7 digits", ".csv", 7, 400000, csv, true)
reading("read CSV, 17 digits", ".csv", 17, 400000, csv)
reading("read JSON Lines, 7 digits", ".jsonl", 7, 200000, jsonl)

local TASKS = { "p_click", "p_like", "p_share", "p_follow", "p_comment" }
local TARGET = { p_click = 0.30, p_like = 0.50, p_share = 0.07, p_follow = 0.07, p_comment = 0.06 }

-- Predictions spread like the reference example's, in requests of n candidates.
local function synthetic(requests, n, dtype)
  local random = sy.random(42)
  local means = { 0.01, 0.02, 0.05, 0.10, 0.15 }
  local columns = {}
  for t, task in ipairs(TASKS) do
    local column = sy.array.zeros(requests * n, dtype)
    for i = 1, #column do
      column[i] = math.min(math.abs(means[t] + 0.01 * random:normal()), 0.99)
    end
    columns[t] = { task, column }
  end
  local ids = sy.array.zeros(requests * n, "i64")
  for i = 1, #ids do
    ids[i] = (i - 1) // n
  end
  return sy.dataset.new({ predictions = columns, groups = ids })
end

local function tuning(name, data, options)
  local result
  local seconds = best(function()
    result = sy.tune.ndcg_gap(data, options)
  end)
  say({
    job = name,
    milliseconds = 1000 * seconds,
    evaluations = result.evaluations,
    residual = result.residual,
    method = result.method,
  })
end

local small = synthetic(1, 100, "f64")
tuning("tune, reference update: 1 request of 100, 1,000 iterations", small, {
  target = TARGET,
  method = "multiplicative",
  tolerance = 0,
})
tuning("tune, slsqp: 1 request of 100", small, { target = TARGET, method = "slsqp" })
tuning("tune, auto: 1 request of 100", small, { target = TARGET })

local log = synthetic(5000, 100, "f32")
tuning("tune, auto: 5,000 requests of 100, NDCG@10", log, { target = TARGET, k = 10 })
