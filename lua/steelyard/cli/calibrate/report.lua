-- steelyard calibrate report: are predictions what happens?

local columns = require("steelyard.cli.calibrate.columns")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local library = require("steelyard.cli.calibrate.library")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local sketches = require("steelyard.cli.calibrate.sketches")
local sliced = require("steelyard.cli.sliced")
local sy = require("steelyard")

local report = { summary = "measure how far predictions are from what happened" }

local MEASURED = {
  { "--sketch", "FILE",
    "In place of --data and --labels: a file that `steelyard calibrate sketch` or merge wrote. All "
      .. "is measured but features and selection, of which sketches know nothing." },
  { "--buckets", "N", "How many buckets of predictions. Default: 10." },
  { "--bucketing", "NAME",
    "mass (buckets of equal weight; equal predictions are never split) or width (of equal width). "
      .. "Default: mass." },
  { "--cluster", "COLUMN",
    "Rows with the same value go together (user_id): the interval of the overall ratio is then of "
      .. "them. Default: each row by itself." },
  { "--confidence", "SHARE", "Of the intervals of ratios. Default: 0.95." },
}

local FEATURES = {
  { "--by", "COLUMN,..",
    "By feature, too: COLUMN (its values) or COLUMN:5,10,20 (numbers, cut there).",
    repeats = true },
  { "--depth", "1|2", "2: intersections of two features are looked at, too. Default: 2." },
  { "--least", "N", "Segments with fewer rows are not looked at for the worst. Default: 10." },
  { "--resamples", "N",
    "How often all labels are drawn, to tell what the worst segment is by chance; 0: never, but by "
      .. "Kuiper's tail with Holm's correction. Default: 99 to 999, or 0, as a second allows." },
  { "--seed", "N", "Of what is drawn. Default: 1." },
}

local SELECTION = {
  { "--vm", "FILE",
    "Calibration of what this value model puts on top of each request (--group), by rank and by "
      .. "tenths of its score." },
  { "--score", "COLUMN", "The same of what a column puts on top." },
  { "--k", "K", "How many ranks. Default: 10." },
}

local DIAGRAM = {
  { "--svg", "FILE", "Write reliability diagrams to FILE." },
  { "--scale", "NAME", "Their axes: auto, linear, log or logit. Default: auto, by predictions." },
  { "--level", "SHARE", "Of the band where the curve would lie by chance. Default: 0.9." },
}

local EXAMPLE = "steelyard calibrate report --data examples/data/kuairand-requests.csv \\\n    "

function report.parser()
  local parser = data.parser("calibrate report", {
    purpose = "Measures how far predictions are from what happened: overall, by bucket, by "
      .. "feature, and of the items that a value model put on top.",
    usage = "--data FILE --labels TASK=COLUMN,.. [--by COLUMN,..]\n"
      .. "[--vm FILE --group COLUMN[,..]] [--svg FILE] [options]\n"
      .. "or: steelyard calibrate report --sketch FILE [--svg FILE] [options]",
    examples = {
      EXAMPLE .. "--labels p_click=click,p_long_view=long_view",
      EXAMPLE .. "--labels p_click=click --by hour:6,12,18,duration_ms:10000,60000 \\\n"
        .. "    --svg p_click.svg",
      EXAMPLE .. "--labels p_click=click --group request_id \\\n"
        .. "    --vm examples/data/kuairand_vm.json --k 3 --json",
    },
  })
  columns.define(parser, "Required, unless --sketch is given.")
  data.options(parser, "What is measured", MEASURED)
  data.options(parser, "By feature", FEATURES)
  data.options(parser, "After selection", SELECTION)
  data.options(parser, "Diagram", DIAGRAM)
  parser:flag("--json", "Print one JSON object instead of text.")
  data.define(parser)
  return parser
end

-- ----------------------------------------------------------------------------------- checking --

local function share(option, text)
  local value = parse.number(option, text)
  if not (value > 0 and value < 1) then
    failure.raise("%s: %s is not between 0 and 1", option, text)
  end
  return value
end

local function whole(given, key, lowest)
  local text = given[key]
  return text and parse.integer("--" .. key, text, lowest) or nil
end

-- The options of sy.calibrate.report, but for what must be read.
local function options_of(given)
  if given.vm and given.score then
    failure.raise("--vm and --score are two ways to say what selects")
  elseif given.k and not (given.vm or given.score) then
    failure.raise("--k: how many ranks of what? It needs --vm or --score")
  end
  local depth = given.depth and parse.choice("--depth", given.depth, { "1", "2" })
  return {
    buckets = whole(given, "buckets", 1),
    bucketing = given.bucketing
      and parse.choice("--bucketing", given.bucketing, { "mass", "width" }),
    confidence = given.confidence and share("--confidence", given.confidence),
    depth = depth and tonumber(depth),
    least = whole(given, "least", 1),
    resamples = whole(given, "resamples", 0),
    seed = whole(given, "seed"),
  }
end

local function diagram_of(given)
  for _, key in ipairs({ "scale", "level" }) do
    if given[key] and not given.svg then
      failure.raise("--%s is for --svg", key)
    end
  end
  return {
    scale = given.scale
      and parse.choice("--scale", given.scale, { "auto", "linear", "log", "logit" }),
    level = given.level and share("--level", given.level),
    seed = whole(given, "seed"),
  }
end

-- ------------------------------------------------------------------------------------ reading --

-- What --by asks for: {kind, name, edges}. All are columns, also those called size and rank.
local function features_of(given)
  return sliced.parse(given.by or {}, "--by", true)
end

-- What --by asks for, of the rows that count.
local function by_of(read, list)
  local by = {}
  for i, one in ipairs(list) do
    local values, names = read:column(one.name)
    local about = { name = one.name }
    if one.kind == "values" then
      about.names = names
      by[i] = sy.slices.values(values, about)
    else
      by[i] = sy.slices.cut(values, one.edges, about)
    end
  end
  return #by > 0 and by or nil
end

local function selection_of(given, read, model)
  if not model and not given.score then
    return nil
  end
  local k = given.k and parse.integer("--k", given.k, 1)
  if not model then
    return { scores = (read:column(given.score)), groups = read:groups(), k = k }
  end
  local scores = model:score(read.set)
  scores = read.kept and scores:gather(read.kept) or scores
  return { scores = scores, groups = read:groups(), k = k }
end

-- ----------------------------------------------------------------------------------- command --

-- What selects and what cuts rows is nothing that a sketch knows.
local ROWS = { "cluster", "by", "depth", "least", "resamples", "vm", "score", "k" }

local function of_sketches(given, o)
  sketches.refuse_rows(given, ROWS)
  output.check({ ["--svg"] = given.svg }, { ["--sketch"] = given.sketch })
  local map, window = sketches.load(given.sketch)
  if next(map) == nil then
    failure.raise("%s: there are no sketches in it", given.sketch)
  end
  local reports = library.call("report", map, nil, o)
  return reports, sketches.window_name(window), { window = window }
end

local function of_rows(given, o)
  local list = features_of(given)
  local model = given.vm and data.value_model(given.vm)
  local features = sliced.columns(list, "cut")
  features[#features + 1] = given.score
  local plain = sliced.columns(list, "values")
  plain[#plain + 1] = given.cluster
  local plan = columns.plan(given, {
    tasks = model and model.tasks, features = features, columns = plain,
  })
  if model then
    data.add_features(plan.settings, model)
  end
  output.check({ ["--svg"] = given.svg }, { ["--data"] = given.data, ["--vm"] = given.vm })
  local read = columns.read(given, plan)
  o.weights, o.by = read.weights, by_of(read, list)
  o.clusters = given.cluster and read:column(given.cluster) or nil
  o.selection = selection_of(given, read, model)
  local reports = library.call("report", read.predictions, read.labels, o)
  reports.tasks = read.tasks -- as they were given, not by name
  return reports, read:describe(), {
    rows = read.size, skipped = read.skipped, dropped = read.set.dropped,
    requests = read.set.groups.count,
  }
end

function report.run(given)
  local o, diagram = options_of(given), diagram_of(given)
  local reports, title, about = (given.sketch and of_sketches or of_rows)(given, o)
  if given.svg then
    output.file(given.svg, reports:svg(diagram))
  end
  if given.json then
    about.tasks, about.reports = setmetatable(reports.tasks, sy.json.array), reports.reports
    output.write(output.json(about))
  else
    output.write(title .. "\n\n" .. reports:text())
  end
  return 0
end

return report
