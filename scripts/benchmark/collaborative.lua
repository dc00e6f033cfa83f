-- Does the critic help? Strong generalisation on a real set, over several seeds: popularity, EASE,
-- Mult-VAE, every way to go on from it, and what beats them. Prints the tables of the README.
--
--   steelyard run scripts/benchmark/collaborative.lua [options] FILE...
--   --seeds N (5)  --held-out N (1000: for validation and test each)  --l2 A,B,.. (250,500,1000)
--   --least-items N (0)  --factors N (64)  --mixes 0: without mixtures of EASE and networks
--   --order NAME (number; drawn)
--   --checkpoint FOLDER: finished phases are kept, so that several processes may share the seeds
--   --hidden N (600)  --latent N (64)  --batch N (100)  --epochs N (60)  --kl-steps N (1000)
--   --fine-epochs N (48)  --fine-rate X (1e-5)  --ways A,B,..
--   --threads N (all)  --seed N (1): the first  --json FILE
--   FILE: what steelyard train takes as --data. scripts/benchmark/fetch_sets.sh fetches some.

local sy = require "steelyard"
local output = require "steelyard.cli.output"
local tables = require "steelyard.cli.table"
local cf = sy.collaborative

local o = { seeds = 5, held_out = 1000, l2 = "250,500,1000", hidden = 600, latent = 64, batch = 100,
  epochs = 60, kl_steps = 1000, fine_epochs = 48, fine_rate = 1e-5, kl = 1, least = 5,
  least_items = 0, order = "number",
  seed = 1, factors = 64 }
local files, arguments = {}, { ... }
do
  local i = 1
  while arguments[i] do
    local name = arguments[i]:match("^%-%-(.+)")
    if name then
      local key = name:gsub("%-", "_")
      o[key], i = tonumber(arguments[i + 1]) or arguments[i + 1], i + 2
    else
      files[#files + 1], i = arguments[i], i + 1
    end
  end
end

sy.threads(o.threads or "all")

local function list(text)
  local all = {}
  for word in tostring(text):gmatch("[^,]+") do
    all[#all + 1] = tonumber(word) or word
  end
  return all
end

local METRICS = { "ndcg@100", "recall@20", "recall@50" }
local x = assert(cf.read(files, { join = true, numbering = "number" }))
  :filter({ users_at_least = o.least, items_at_least = o.least_items })
local data = cf.split.strong(x, { validation = o.held_out, test = o.held_out,
  order = o.order })
print(("%d users to train on, %d + %d held out, %d items, %d interactions"):format(data.train.rows,
  data.validation.fold_in.rows, data.test.fold_in.rows, data.train.columns, data.train.count))

local function validated(model)
  local held = data.validation
  return model:evaluate(held.fold_in, held.held_out, { metrics = METRICS }).means["ndcg@100"]
end

local rows = {}
local function row(title, model)
  local test = model:evaluate(data.test.fold_in, data.test.held_out, { metrics = METRICS })
  rows[#rows + 1] = { title, ("%.4f"):format(validated(model)) }
  for j, metric in ipairs(METRICS) do
    rows[#rows][j + 2] = ("%.4f +- %.4f"):format(test.means[metric], test.errors[metric])
  end
end

row("popularity", cf.popularity(data.train))
local ease, best
for _, l2 in ipairs(list(o.l2)) do
  local dtype = data.train.columns > 15000 and "f32" or "f64"
  local one = cf.ease(data.train, { l2 = l2, dtype = dtype })
  local score = validated(one)
  row(("EASE, l2 %g"):format(l2), one)
  if not best or score > best then
    ease, best = one, score
  end
end
local als = (cf.als(data.train, { factors = o.factors, seed = 1 }))
row(("iALS, %d factors"):format(o.factors), als)
local held = data.validation
local linear = cf.mix.tune({ ease, als }, held.fold_in, held.held_out)
row("EASE + iALS", linear)
local header = { "closed forms", "validation", table.unpack(METRICS) }
print(table.concat(tables.lines(header, rows), "\n"))
print()

-- EASE with a network, in proportions chosen by validation.
local function mixed(name, title, network)
  local model = cf.mix.tune({ ease, network }, held.fold_in, held.held_out)
  return { name = name, title = title, model = model, score = validated(model) }
end

local began = os.time()
local fine = { epochs = o.fine_epochs, learning_rate = o.fine_rate }
local report = cf.controls(data, {
  seeds = o.seeds, seed = o.seed, checkpoint = o.checkpoint, resume = true,
  keep_checkpoints = true, batch = o.batch,
  epochs = o.epochs, kl = o.kl, kl_steps = o.kl_steps, fine_tuning = fine,
  actor = { kind = "vae", hidden = o.hidden, latent = o.latent },
  ways = o.ways and list(o.ways) or nil, baseline = "likelihood", against = "ract",
  progress = o.verbose and function(entry)
    io.stderr:write(("%s %d: %.4f %.4f %s\n"):format(entry.phase, entry.epoch, entry.loss,
      entry.score or 0, entry.critic_error or ""))
  end or nil,
  others = function(seed, tuned)
    io.stderr:write(("seed %d: %d s\n"):format(seed, os.time() - began))
    local more = { { name = "ease", title = "EASE", model = ease },
      { name = "ease+als", title = "EASE + iALS", model = linear } }
    for _, name in ipairs(o.mixes == 0 and {} or { "start", "ract", "hidden" }) do
      local title = "EASE + " .. (cf.fine_tuning.list[name] or { title = "start" }).title
      more[#more + 1] = tuned[name] and mixed("ease+" .. name, title, tuned[name]) or nil
    end
    return more
  end,
})
for _, base in ipairs({ "likelihood", "ract" }) do
  report.baseline = base
  local titles, cells = report:cells()
  print(table.concat(tables.lines(titles, cells), "\n"))
  print()
end
if o.json then
  for _, one in ipairs(report.rows) do
    one.values = nil
  end
  output.file(o.json, output.json({ rows = report.rows, closed = rows }))
end
