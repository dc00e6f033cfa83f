-- NCF's protocol (He et al. 2017) on MovieLens 1M: of each user the last film is to be found among
-- 99 given others. Prints HR@10 and NDCG@10 of the last epoch, and of the best epoch on the test
-- itself, as the reference of RaCT reports them (its script selects so, for each of the two alone).
--
--   steelyard run scripts/benchmark/ncf.lua FOLDER [epochs (50)]

local sy = require "steelyard"
local tables = require "steelyard.cli.table"
local cf = sy.collaborative

local folder, epochs = ...
epochs = tonumber(epochs) or 50
sy.threads("all")

-- Some films are in the test alone: both files have the same numbers.
local files = { folder .. "/ml-1m.train.rating", folder .. "/ml-1m.test.rating" }
local x = assert(cf.read(files, { format = "ncf", numbering = "number" }))[1]
local test = assert(cf.read_negatives(folder .. "/ml-1m.test.negative",
  { user_names = x.user_names, item_names = x.item_names }))
local METRICS = { "hit@10", "ndcg@10" }

-- {hit, ndcg} over all users, in batches. test.users: the row of each test in x.
local function measured(model)
  local sums, n = { 0, 0 }, #test.users
  for from = 1, n, 500 do
    local to = math.min(from + 499, n)
    local rows = sy.array.range(n):slice(from, to)
    local scores = model:scores(x:pick(test.users:slice(from, to)):bag())
    local found = cf.measure.candidates(scores, test.positives:slice(from, to),
      test.negatives:pick(rows):bag(), METRICS)
    for i, metric in ipairs(METRICS) do
      sums[i] = sums[i] + found[metric]:sum()
    end
  end
  return { sums[1] / n, sums[2] / n }
end

local rows = {}
local function row(title, last, best)
  rows[#rows + 1] = { title, ("%.4f"):format(last[1]), ("%.4f"):format(last[2]),
    best and ("%.4f"):format(best[1]) or "", best and ("%.4f"):format(best[2]) or "" }
end

row("popularity", measured(cf.popularity(x)))
row("EASE, l2 1000", measured(cf.ease(x, { l2 = 1000 })))
row("iALS, 192 factors", measured((cf.als(x, { factors = 192, l2 = 0.007, unobserved = 0.3 }))))

-- A phase whose epochs are measured on the test, last and best; the actor ends with the last.
local function phase(run, title, actor, o)
  local best, last = { 0, 0 }, nil
  o.select = "last"
  o.progress = function()
    last = measured(actor)
    best = { math.max(best[1], last[1]), math.max(best[2], last[2]) }
  end
  run:train(actor, o)
  row(title, last, best)
end

-- The reference's actor here: one layer of 200, tanh, in batches of 151, 40 steps an epoch.
local run = cf.run({ train = x, metric = "ndcg@100", batch = 151 })
local start = cf.actor("shallow_dae", x.columns, { latent = 200, batch = 500 })
phase(run, "Mult-DAE", start, { epochs = epochs })
for _, rate in ipairs({ 2e-6, 1e-5 }) do
  local label, critic = (", rate %g"):format(rate), sy.critic.new({ scale = "z" })
  run:critic(critic, start, { epochs = 50 }) -- anew: it moves while the actor does
  phase(run, "+ RaCT" .. label, start:copy(),
    { critic = critic, epochs = epochs, learning_rate = rate, stream = 2 })
  phase(run, "+ likelihood" .. label, start:copy(),
    { epochs = epochs, learning_rate = rate, stream = 2 })
end
phase(run, "+ hidden items, rate 1e-05", start:copy(),
  { objective = "hidden", epochs = epochs, learning_rate = 1e-5, stream = 2 })
local header = { "", "HR@10,\nlast epoch", "NDCG@10,\nlast epoch", "HR@10, best\nepoch on test",
  "NDCG@10, best\nepoch on test" }
print(table.concat(tables.lines(header, rows), "\n"))
