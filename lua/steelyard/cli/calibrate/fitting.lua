-- What `calibrate fit` and `calibrate compare` share: the options that say how to fit.

local columns = require("steelyard.cli.calibrate.columns")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local library = require("steelyard.cli.calibrate.library")
local methods = require("steelyard.calibrate.fit.methods")
local parse = require("steelyard.cli.parse")
local sliced = require("steelyard.cli.sliced")
local sy = require("steelyard")
local tables = require("steelyard.cli.table")

local fitting = {}

local FIT = {
  { "--features", "COLUMN[:CUTS],..",
    "For segment and boost (and auto): what tells segments apart, the widest first: columns of "
      .. "words or of numbers, which may be cut: hour:6,12,18." },
  { "--base", "NAME", "What segment and boost start from. Default: platt." },
  { "--rate", "X",
    "The share of negatives that the model's training kept (negative downsampling): predictions "
      .. "are corrected for it first. Default: 1." },
  { "--prior", "ROWS", "Add so many rows which say that the predictions are right. Default: 0; "
    .. "piecewise 10, histogram one a bucket." },
  { "--buckets", "N", "Of histogram. Default: 15." },
  { "--knots", "N", "Of piecewise, up to 256. Default: 10." },
  { "--score", "NAME", "What auto chooses by and differences are of: log_loss or brier. "
    .. "Default: log_loss." },
  { "--folds", "N|each", "Of the cross-validation; each: one for every cluster. Default: 5." },
  { "--cluster", "COLUMN", "Rows with the same value stay in one fold (user_id). Default: none." },
  { "--seed", "N", "Of the folds. Default: 1." },
}

--- What the methods are, for people.
function fitting.methods()
  local rows = {}
  for i, entry in ipairs(methods.list) do
    rows[i] = { entry[1], entry[2] }
  end
  rows[#rows + 1] = { "segment", "an offset to --base's logit for every segment, shrunk level by "
    .. "level" }
  rows[#rows + 1] = { "boost", "offsets for the worst segments and predictions, again and again" }
  rows[#rows + 1] = { "auto", "the best by cross-validation, or the identity" }
  return table.concat(tables.lines({ "method", "what it does" }, rows, 2), "\n") .. "\n"
end

local NUMBERS = {
  rate = "number", prior = "number", buckets = "integer", knots = "integer",
}

-- The options of sy.calibrate.fit.
local function fit_options(given)
  local o = {}
  o.base = given.base and parse.choice("--base", given.base, methods.names)
  o.score = given.score and parse.choice("--score", given.score, { "log_loss", "brier" })
  for key, kind in pairs(NUMBERS) do
    if given[key] then
      o[key] = parse[kind]("--" .. key, given[key])
    end
  end
  o.seed = given.seed and parse.integer("--seed", given.seed, 0)
  if given.folds then
    o.folds = given.folds == "each" and "each" or parse.integer("--folds", given.folds, 2)
  end
  return o
end

-- Slices of the columns that --features names.
local function slices_of(rows, list)
  local result = {}
  for i, one in ipairs(list) do
    local values, names = rows:column(one.name)
    if one.kind == "cut" then
      if names then
        failure.raise("--features %s: it has words, which cannot be cut at numbers", one.name)
      end
      result[i] = sy.slices.cut(values, one.edges, { name = one.name })
    else
      result[i] = sy.slices.values(values, { name = one.name, names = names })
    end
  end
  return #result > 0 and result or nil
end

local function features_of(given)
  return given.features and sliced.parse({ given.features }, "--features", true) or {}
end

--- The options for the help of a command. more: its own, in front.
function fitting.define(parser, more)
  columns.define(parser)
  local list = table.move(FIT, 1, #FIT, #more + 1, table.move(more, 1, #more, 1, {}))
  data.options(parser, "The calibrators", list)
end

--- Read the log. Returns the rows (columns.read) and the options for the library.
function fitting.read(given)
  local o, list = fit_options(given), features_of(given)
  local cut, plain = sliced.columns(list, "cut"), sliced.columns(list, "values")
  plain[#plain + 1] = given.cluster
  local rows = columns.read(given, columns.plan(given, { features = cut, columns = plain }))
  o.weights, o.features = rows.weights, slices_of(rows, list)
  if given.cluster then
    local values, names = rows:column(given.cluster)
    o.clusters = names and names:ranks():gather(values) or values
  end
  return rows, o
end

--- Call the library with a task's predictions and labels.
function fitting.call(name, rows, task, o)
  return library.call(name, rows.predictions[task], rows.labels[task], o)
end

return fitting
