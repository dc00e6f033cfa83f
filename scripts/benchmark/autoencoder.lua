-- autoencoder.lua: times an epoch of Mult-VAE (Liang et al. 2018), as autoencoder.py does in
-- PyTorch: the same sizes, layers, batches and steps, on made users whose items follow Zipf's law.
-- Prints one JSON object.
--
--   lua5.4 scripts/benchmark/autoencoder.lua JOB      JOB: small | large
--
-- Where an epoch has many steps, only some are timed.

local core = require("steelyard.core")
local sy = require("steelyard")

local JOBS = { -- the sizes of MovieLens 1M and 20M after the usual filters
  small = { users = 4038, items = 3575, each = 135, steps = 24 },
  large = { users = 116677, items = 20108, each = 70, steps = 16 },
}
local BATCH, HIDDEN, LATENT, KEEP, KL = 500, 600, 200, 0.5, 0.2

-- Every user has the same number of draws, some of the same item.
local function histories(job)
  local random, draws = sy.random(1), job.users * job.each
  local users, items = sy.array(draws, "i32"), sy.array(draws, "i32")
  for i = 1, draws do
    users[i] = math.floor((i - 1) / job.each) + 1
    items[i] = math.floor(job.items ^ random:uniform()) -- density as 1 / item
  end
  return sy.collaborative.interactions({ users = users, items = items, rows = job.users,
    columns = job.items }):bag()
end

local function build(items)
  local g = sy.net.graph()
  local x = g:tanh(g:embedding(g:ids("history"), items, HIDDEN, { bag = "sum", bias = true,
    start = "glorot" }))
  local code = g:dense(x, 2 * LATENT, { name = "code", start = "glorot" })
  local z = g:sample(g:slice(code, 1, LATENT), g:slice(code, LATENT + 1, LATENT))
  g:dense(g:tanh(g:dense(z, HIDDEN, { start = "glorot" })), items, { name = "scores",
    start = "glorot" })
  return g:build({ batch = BATCH, seed = 1 })
end

local function step(net, optimizer, bag, rows, number)
  local seen = sy.collaborative.mask(bag, { rows = rows, keep = KEEP, step = number,
    normalize = true })
  local targets = sy.collaborative.mask(bag, { rows = rows })
  net:forward({ history = seen }, { training = true })
  local values, gradient = sy.collaborative.loss.multinomial(net:value("scores"), targets,
    { gradient = "in_place" })
  local _, pull = sy.loss.gaussian_kl(net:value("code"), nil, { factor = KL })
  net:backward({ scores = gradient, code = pull })
  optimizer:step()
  return values:mean()
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
local name = arg[1] or "small"
local job = assert(JOBS[name], "unknown job")
local bag = histories(job)
local net = build(job.items)
local optimizer = sy.optimizer.adam(net, { learning_rate = 1e-3, lazy = false })
local order = sy.random(2):shuffle(sy.array.range(job.users))
local an_epoch = math.floor(job.users / BATCH)
local least, sum, loss = math.huge, 0, nil
local timed = math.min(8, an_epoch) -- steps in a row, of which the best time counts
for number = 1, job.steps do
  local from = (number - 1) % an_epoch * BATCH
  local start = core.clock()
  loss = step(net, optimizer, bag, order:slice(from + 1, from + BATCH), number)
  sum = sum + core.clock() - start
  if number % timed == 0 then
    least, sum = math.min(least, sum / timed), 0
  end
end
print(sy.json.encode({
  job = name, users = job.users, items = job.items, batch = BATCH, entries = #bag.ids,
  milliseconds_a_step = 1000 * least, milliseconds = 1000 * least * an_epoch, loss = loss,
  peak_kilobytes = memory_peak(),
}))
