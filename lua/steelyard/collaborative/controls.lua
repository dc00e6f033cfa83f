-- Does the critic help? Every way to go on training, from the same start, on the same users, over
-- several seeds: what each gains over the start and over plain likelihood, paired by user.
--
--   local report = cf.controls(data, { seeds = 5, actor = { kind = "vae" } })
--   print(report:text())

local core = require("steelyard.core")
local fine_tuning = require("steelyard.collaborative.fine_tuning")
local options = require("steelyard.options")
local ract = require("steelyard.collaborative.ract")
local significance = require("steelyard.significance")
local vector = require("steelyard.vector")

local Report = {}
Report.__index = Report

local own_options = {
  seeds = { type = "integer", default = 1 },
  ways = { type = "list" },
  others = { type = "function" },
  baseline = { type = "string", default = "likelihood" },
  against = { type = "string" },
  keep_checkpoints = { type = "boolean", default = false },
}
local allowed = options.merge(ract.options.ract, own_options)
allowed.fine_tune = nil

-- ------------------------------------------------------------------------------------- table --

local function compare(from, to)
  return significance.compare(from, to, { tests = {}, seed = 1 })
end

-- The mean over seeds of each user's values.
local function mean_of(lists)
  local mean = core.array(#lists[1])
  for _, values in ipairs(lists) do
    vector.accumulate(mean, values, 1 / #lists)
  end
  return mean
end

local function deviation(means)
  local mean, squares = 0, 0
  for _, x in ipairs(means) do
    mean = mean + x / #means
  end
  for _, x in ipairs(means) do
    squares = squares + (x - mean) ^ 2
  end
  return #means > 1 and math.sqrt(squares / (#means - 1)) or nil
end

local function row_of(name, kept, baselines)
  local values = mean_of(kept.values)
  local mean = significance.interval(values, { seed = 1 })
  local row = {
    name = name, title = kept.title, mean = mean.mean, error = mean.error, seeds = #kept.values,
    deviation = deviation(kept.means), means = kept.means, validation = kept.scores,
    negative_share = kept.negative, values = values, differences = {},
  }
  for label, baseline in pairs(baselines) do
    if label ~= name then
      local c = compare(mean_of(baseline.values), values)
      row.differences[label] = { difference = c.difference, error = c.error, low = c.low,
        high = c.high }
    end
  end
  return row
end

-- -------------------------------------------------------------------------------------- runs --

local function keep(all, name, title, model, data, metric, extra)
  local one = all[name]
  if not one then
    one = { title = title, values = {}, means = {}, scores = {} }
    all[name] = one
    all[#all + 1] = name
  end
  local test = data.test
  local found = model:evaluate(test.fold_in, test.held_out, { metrics = { metric } })
  one.values[#one.values + 1] = found.values[metric]
  one.means[#one.means + 1] = found.means[metric]
  one.scores[#one.scores + 1] = extra and extra.score or nil
  if extra and extra.negative then
    one.negative = one.negative or {}
    one.negative[#one.negative + 1] = extra.negative
  end
end

--- Train and fine-tune with each seed, and compare on the users of data.test. others: a function(
-- seed, result) that gives a list of {name, title, model} to compare as well. Gives a report with
-- rows, each {name, title, mean, error, deviation (over seeds), differences = {NAME = {difference,
-- error, low, high}}}.
local function controls(_, data, given)
  local o = options.check("collaborative.controls", given, allowed)
  local ways, all, own, runs = o.ways or fine_tuning.names, {}, {}, {}
  local known = { start = true }
  for _, name in ipairs(ways) do
    known[name] = fine_tuning.check("collaborative.controls: ways", name) ~= nil
  end
  for _, key in ipairs({ "baseline", "against" }) do
    if o[key] and not known[o[key]] and (given[key] ~= nil) then
      options.fail("collaborative.controls: %s: %s is not compared%s", key, options.show(o[key]),
        options.hint(o[key], options.keys(known)))
    end
  end
  o.baseline = known[o.baseline] and o.baseline or "start"
  if not data.test or data.test.fold_in.rows == 0 then
    options.fail("collaborative.controls: there is no user to measure on (data.test)")
  end
  for key in pairs(ract.options.ract) do
    own[key] = o[key]
  end
  local first = o.seed
  for seed = first, first + o.seeds - 1 do
    own.seed, own.fine_tune = seed, "none"
    own.checkpoint = o.checkpoint and ("%s/seed-%d"):format(o.checkpoint, seed)
    if own.checkpoint then
      assert(core.folder_make(own.checkpoint))
    end
    local begun = ract(data, own)
    runs[#runs + 1] = begun.run
    keep(all, "start", "start", begun.actor, data, o.metric, { score = begun.score })
    local tuned, further = { start = begun.actor }, options.merge({ kl = begun.kl }, o.fine_tuning)
    for _, name in ipairs(ways) do
      local one = fine_tuning.run(begun.run, begun.actor, name, further)
      tuned[name] = one.actor
      keep(all, name, one.title, one.actor, data, o.metric, one)
    end
    for _, other in ipairs(o.others and o.others(seed, tuned, begun.run) or {}) do
      keep(all, other.name, other.title, other.model, data, o.metric, other)
    end
  end
  local baselines = { start = all.start, [o.baseline] = all[o.baseline],
    [o.against or o.baseline] = all[o.against or o.baseline] }
  local report = setmetatable({ rows = {}, metric = o.metric, users = data.test.fold_in.rows,
    baseline = o.baseline }, Report)
  for i, name in ipairs(all) do
    report.rows[i] = row_of(name, all[name], baselines)
  end
  for i, run in ipairs(o.checkpoint and not o.keep_checkpoints and runs or {}) do
    run.phases:clear()
    os.remove(("%s/seed-%d"):format(o.checkpoint, first + i - 1))
  end
  return report
end

-- -------------------------------------------------------------------------------------- text --

local function signed(value)
  return ("%+.4f"):format(value)
end

local function difference(row, name)
  local d = row.differences[name]
  return d and ("%s [%s, %s]"):format(signed(d.difference), signed(d.low), signed(d.high)) or ""
end

local function mean_number(list)
  local sum = 0
  for _, x in ipairs(list) do
    sum = sum + x
  end
  return sum / #list
end

--- The report as lines of a table for people (a list of lists of texts), with its header.
function Report:cells()
  local base = self.baseline
  local header = { "fine-tuning", self.metric, "+-", "seeds' sd", "w < 0", "over start",
    "over " .. base }
  local cells = {}
  for i, row in ipairs(self.rows) do
    cells[i] = { row.title, ("%.4f"):format(row.mean), ("%.4f"):format(row.error),
      row.deviation and ("%.4f"):format(row.deviation) or "-",
      row.negative_share and ("%.0f %%"):format(100 * mean_number(row.negative_share)) or "-",
      difference(row, "start"),
      difference(row, base) }
  end
  return header, cells
end

--- The report as text: one line for each way, columns parted by two blanks.
function Report:text()
  local header, cells = self:cells()
  local lines = { table.concat(header, "  ") }
  for i, row in ipairs(cells) do
    lines[i + 1] = table.concat(row, "  ")
  end
  return table.concat(lines, "\n")
end

return setmetatable({
  options = { controls = own_options }, report = Report,
}, { __call = controls })
