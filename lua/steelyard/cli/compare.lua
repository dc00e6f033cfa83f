-- Several value models or columns in `steelyard eval`: what each gains over the first, and whether
-- that is more than chance.

local core = require("steelyard.core")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local measures = require("steelyard.cli.measures")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local sy = require("steelyard")
local tables = require("steelyard.cli.table")

local compare = {}

local TESTS = { "t", "wilcoxon", "randomisation" }
local CORRECTIONS = { "holm", "bonferroni", "hochberg", "bh", "by", "none" }

compare.options = {
  { "--cluster", "COLUMN",
    "What belongs together, such as user_id: clusters of requests are drawn and tested as a "
      .. "whole." },
  { "--tests", "NAME,..", "t, wilcoxon, randomisation, or none. Default: all three." },
  { "--correction", "NAME",
    "p-values for all rows of the table at once: holm, bonferroni, hochberg, bh, by, or none. "
      .. "Default: holm." },
  { "--confidence", "SHARE", "Of the intervals. Default: 0.95." },
  { "--resamples", "N",
    "How many samples are drawn. Default: 10000 for intervals, 100000 for randomisation." },
  { "--seed", "N", "Of the samples. Default: 1." },
}

local OPTIONS = { "cluster", "tests", "correction", "confidence", "resamples", "seed" }

local function tests_of(given)
  if given.tests == "none" then
    return {}
  end
  local list = given.tests and parse.list("--tests", given.tests) or TESTS
  for _, name in ipairs(list) do
    parse.choice("--tests", name, { "t", "wilcoxon", "randomisation", "none" })
    if name == "none" then
      failure.raise("--tests: none stands alone")
    end
  end
  return list
end

-- Numbers and names of the options, checked.
local function settings_of(given)
  local confidence = given.confidence and parse.number("--confidence", given.confidence) or 0.95
  if confidence <= 0 or confidence >= 1 then
    failure.raise("--confidence: %s is not between 0 and 1", given.confidence)
  end
  local resamples = given.resamples and parse.integer("--resamples", given.resamples, 1)
  if resamples and resamples > 10000000 then
    failure.raise("--resamples: %d is above 10000000", resamples)
  end
  return {
    tests = tests_of(given),
    correction = given.correction and parse.choice("--correction", given.correction, CORRECTIONS)
      or "holm",
    confidence = confidence,
    resamples = resamples,
    seed = given.seed and parse.integer("--seed", given.seed) or 1,
  }
end

--- Check the options of a comparison, which are for several systems.
function compare.check(given)
  for _, key in ipairs(OPTIONS) do
    if given[key] and #given.systems < 2 then
      failure.raise("--%s is for a comparison: give several of --vm and --score", key)
    end
  end
  settings_of(given)
end

--- Metrics over all rows at once say nothing about single requests, and the tests are of
-- arithmetic means.
function compare.check_metrics(texts)
  for _, text in ipairs(texts) do
    if measures.says(text, "mean", "geometric") then
      failure.raise("--metric: %s: scores are compared by arithmetic means", text)
    end
    if measures.check(text).pooled then
      failure.raise("--metric: %s is over all rows at once, so that requests cannot be compared; "
        .. "gauc goes by request", text)
    end
  end
end

--- Shorten the systems' labels: a file's name without its folder, where that is clear.
function compare.shorten(systems)
  local count = {}
  local function short(system)
    return system.model and system.label:match("[^/]+$") or system.label
  end
  for _, system in ipairs(systems) do
    count[short(system)] = (count[short(system)] or 0) + 1
  end
  for _, system in ipairs(systems) do
    system.label = count[short(system)] == 1 and short(system) or system.label
  end
end

-- --------------------------------------------------------------------------------- comparing --

-- The cluster of each request, or nil.
local function clusters_of(given, set)
  if not given.cluster then
    return nil
  end
  local column = set:column(given.cluster)
  local mixed = core.slice_mixed(column, set.groups.offsets)
  if mixed then
    failure.raise("--cluster %s: request %s has several of its values", given.cluster,
      set:group_name(mixed))
  end
  return column:gather(set.groups:first())
end

-- Weights of requests, nil where all weigh 1.
local function weights_of(one)
  local weights = one.weights
  return (weights:min() ~= 1 or weights:max() ~= 1) and weights or nil
end

-- One row: what a system gains over the first in one metric of one gain column.
local function compare_one(first, second, settings, clusters)
  local c = sy.significance.compare(first.per_request, second.per_request, {
    clusters = clusters,
    weights = weights_of(second),
    confidence = settings.confidence,
    resamples = settings.resamples,
    seed = settings.seed,
    tests = settings.tests,
  })
  if measures.check(first.name).lower then
    c.wins, c.losses = c.losses, c.wins
  end
  c.p = {}
  for _, name in ipairs(settings.tests) do
    c.p[name] = c[name].p
  end
  return c
end

-- p-values for all rows at once, test by test.
local function correct(rows, settings)
  if settings.correction == "none" then
    return
  end
  for _, name in ipairs(settings.tests) do
    local all = {}
    for i, row in ipairs(rows) do
      all[i] = row.p[name]
    end
    for i, p in ipairs(sy.significance.adjust(all, settings.correction):totable()) do
      rows[i].adjusted[name] = p
    end
  end
end

--- All rows: of every gain column, metric and further system, with gain, metric, system and what
-- sy.significance.compare gives. results: per system, per gain column, what was measured.
function compare.rows(given, set, systems, gains, results)
  local settings, clusters = settings_of(given), clusters_of(given, set)
  local rows = { settings = settings }
  for g, gain in ipairs(gains) do
    for m, first in ipairs(results[1][g]) do
      for s = 2, #systems do
        local row = compare_one(first, results[s][g][m], settings, clusters)
        row.gain, row.metric, row.system = gain, first.name, systems[s].label
        row.adjusted = settings.correction ~= "none" and {} or nil
        rows[#rows + 1] = row
      end
    end
  end
  correct(rows, settings)
  return rows
end

-- ---------------------------------------------------------------------------------- printing --

local function show_p(p)
  if p == nil or p ~= p then
    return "-"
  end
  return p < 0.00005 and "<0.0001" or ("%.4f"):format(p)
end

local function signed(value)
  return value > 0 and "+" .. tables.number(value, 6) or tables.number(value, 6)
end

local TITLES = { t = "p\nt-test", wilcoxon = "p\nWilcoxon", randomisation = "p\nrandomisation" }

local function head(settings, several)
  local header = { "gain", "metric" }
  if several then
    header[#header + 1] = "score"
  end
  for _, title in ipairs({ "baseline", "mean", "difference",
    ("%g%% interval"):format(settings.confidence * 100) }) do
    header[#header + 1] = title
  end
  for _, name in ipairs(settings.tests) do
    header[#header + 1] = TITLES[name]
  end
  header[#header + 1] = "wins/ties/\nlosses"
  return header
end

local function row_of(row, settings, several)
  local texts = { row.gain, row.metric }
  if several then
    texts[#texts + 1] = row.system
  end
  texts[#texts + 1] = tables.number(row.mean_first, 6)
  texts[#texts + 1] = tables.number(row.mean_second, 6)
  texts[#texts + 1] = signed(row.difference)
  texts[#texts + 1] = row.low ~= row.low and "-"
    or ("[%s, %s]"):format(tables.number(row.low, 6), tables.number(row.high, 6))
  for _, name in ipairs(settings.tests) do
    texts[#texts + 1] = show_p((row.adjusted or row.p)[name])
  end
  texts[#texts + 1] = ("%d/%d/%d"):format(row.wins, row.ties, row.losses)
  return texts
end

local NAMES = {
  holm = "Holm", bonferroni = "Bonferroni", hochberg = "Hochberg",
  bh = "Benjamini and Hochberg", by = "Benjamini and Yekutieli",
}

-- What the numbers are: over which requests, in which clusters, with which correction.
local function notes(rows, settings, given)
  local text = tables.span(rows, "requests", "request") .. " compared"
  local left_out = tables.span(rows, "left_out")
  if left_out ~= "0" then
    text = text .. (", %s left out as empty"):format(left_out)
  end
  if given.cluster then
    text = text .. (", in %s by %s"):format(tables.span(rows, "clusters", "cluster"),
      given.cluster)
  end
  local lines = { text }
  if #settings.tests > 0 and settings.correction ~= "none" then
    lines[2] = ("p-values: two-sided, each test adjusted by %s over %s"):format(
      NAMES[settings.correction], tables.count(#rows, "row"))
  elseif #settings.tests > 0 then
    lines[2] = "p-values: two-sided, not adjusted for several rows"
  end
  return lines
end

--- The comparison as a table.
function compare.as_text(set, systems, rows, given)
  local settings, several, texts = rows.settings, #systems > 2, {}
  for i, row in ipairs(rows) do
    texts[i] = row_of(row, settings, several)
  end
  local lines = { data.describe(set), "baseline: " .. systems[1].label }
  if not several then
    lines[3] = "against it: " .. systems[2].label
  end
  lines[#lines + 1] = ""
  for _, part in ipairs({ tables.lines(head(settings, several), texts, several and 3 or 2), { "" },
    notes(rows, settings, given) }) do
    table.move(part, 1, #part, #lines + 1, lines)
  end
  return table.concat(lines, "\n") .. "\n"
end

--- The comparison as JSON: everything that sy.significance.compare says, row by row.
function compare.as_json(set, systems, rows)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = row
  end
  return output.json({
    requests = set.groups.count,
    rows = set.size,
    dropped = set.dropped,
    baseline = systems[1].label,
    correction = rows.settings.correction,
    comparisons = setmetatable(list, sy.json.array),
  })
end

return compare
