-- Fitting calibrators: sy.calibrate.fit, and what its options mean.

local boost = require("steelyard.calibrate.fit.boost")
local calibrator = require("steelyard.calibrator")
local choose = require("steelyard.calibrate.fit.choose")
local core = require("steelyard.core")
local features = require("steelyard.calibrate.fit.features")
local methods = require("steelyard.calibrate.fit.methods")
local options = require("steelyard.options")
local rows_of = require("steelyard.calibrate.fit.rows")
local segment = require("steelyard.calibrate.fit.segment")
local slices = require("steelyard.slices")

local fit = {}

local WHERE = "calibrate.fit"

-- What auto chooses from, the plainest first; and what takes more labels to be told from noise: so
-- many of the rarer class, and where rows come in clusters, so many of these.
local PLAIN = { "shift", "temperature", "platt", "beta", "quadratic" }
local FREE = { "piecewise", "centred" }
local FREE_LABELS, FREE_CLUSTERS = 2000, 200

-- What goes by features: each makes the parts of a calibrator on top of a map.
local BY_FEATURES = { "segment", "boost" }
local by_features = { segment = segment.fit, boost = boost.fit }

local NAMES = {}
for _, names in ipairs({ { "auto" }, methods.names, BY_FEATURES }) do
  for _, name in ipairs(names) do
    NAMES[#NAMES + 1] = name
  end
end

local SCORES = { "log_loss", "brier" }

local fit_options = {
  method = { type = "string", one_of = NAMES, default = "auto" },
  weights = { type = "array" },
  labels = { type = "table" },
  rate = { type = "number", default = 1 },
  smoothing = { type = "boolean", default = true },
  prior = { type = "number" },
  buckets = { type = "integer", default = 15 },
  knots = { type = "integer", default = 10 },
  features = { type = "table" },
  base = { type = "string", one_of = methods.names, default = "platt" },
  depth = { type = "integer", default = 2 },
  rounds = { type = "integer", default = 10 },
  boost_buckets = { type = "integer", default = 3 },
  candidates = { type = "list" },
  folds = { type = "integer|string", default = 5 },
  clusters = { type = "array|string" },
  score = { type = "string", one_of = SCORES, default = "log_loss" },
  standard_errors = { type = "number", default = 1.5 },
  seed = { type = "integer", default = 1 },
  note = { type = "string" },
}

--- The options of each function, for the documentation; the names of all methods, and, as a set,
-- those that go by features.
fit.options = { fit = fit_options }
fit.names = NAMES
fit.by_features = by_features

-- ------------------------------------------------------------------------------------ checks --

local function need_range(where, name, value, low, high)
  if value and not (value >= low and value <= high) then
    options.fail("%s: %s: %s is not from %s to %s", where, name, options.show(value),
      options.show(low), options.show(high))
  end
end

--- Names of methods, each known. automatic: "auto" is one, too.
function fit.check_names(where, option, list, automatic)
  for i = 1, #list do
    local known = methods.by_name[list[i]] or by_features[list[i]]
      or automatic and list[i] == "auto"
    if not known then
      options.fail("%s: %s[%d]: %s is not one of %s%s", where, option, i, options.show(list[i]),
        table.concat(NAMES, ", ", automatic and 1 or 2), options.hint(list[i], NAMES))
    end
  end
end

local function check_folds(where, o)
  if type(o.folds) == "string" and o.folds ~= "each" then
    options.fail('%s: folds: expected a number or "each", got %s', where, options.show(o.folds))
  elseif o.folds ~= "each" then
    need_range(where, "folds", o.folds, 2, rows_of.MOST_FOLDS)
  end
end

--- Methods of a list that go by features need some.
function fit.check_features(where, option, list, o)
  for i, name in ipairs(not o.features and list or {}) do
    if by_features[name] then
      options.fail("%s: %s[%d]: %q needs features", where, option, i, name)
    end
  end
end

--- Checked options. given: as the user gave them; allowed: the table they are of.
function fit.check(where, given, allowed)
  local o = options.check(where, given, allowed)
  o.features = slices.is(o.features) and { o.features } or o.features
  need_range(where, "rate", o.rate, 1e-12, 1)
  need_range(where, "prior", o.prior, 0, 1e15)
  need_range(where, "buckets", o.buckets, 1, 10000)
  need_range(where, "knots", o.knots, 2, 256)
  need_range(where, "depth", o.depth, 1, 2)
  need_range(where, "rounds", o.rounds, 1, 100)
  need_range(where, "boost_buckets", o.boost_buckets, 1, 100)
  need_range(where, "standard_errors", o.standard_errors, 0, 100)
  need_range(where, "seed", o.seed, 0, 2 ^ 53)
  check_folds(where, o)
  if by_features[o.method] and not (o.features and #o.features > 0) then
    options.fail("%s: method %q needs features", where, o.method)
  end
  fit.check_names(where, "candidates", o.candidates or {})
  fit.check_features(where, "candidates", o.candidates or {}, o)
  return o
end

local function as_array(where, name, values, rows)
  options.need_numbers(name, values)
  values = core.array.is(values) and values or core.array(values)
  if rows and #values ~= rows then
    options.fail("%s: %s: %d numbers for %d predictions", where, name, #values, rows)
  end
  return values
end

-- Ids as numbers: texts get the place of their first appearance, which is fine for being equal or
-- not, but the order of folds would depend on it: so their place by bytes.
local function as_ids(where, ids, rows)
  if type(ids) == "string" then
    options.fail("%s: clusters: a column's name is for data sets", where)
  end
  if type(ids) == "table" and type(ids[1]) == "string" then
    local places = {}
    for place, index in ipairs(core.sort_texts(ids)) do
      local before = places[ids[index]]
      places[ids[index]] = before or place
    end
    local numbers = {}
    for i, text in ipairs(ids) do
      numbers[i] = places[text]
    end
    ids = core.array(numbers, "i64")
  end
  return as_array(where, "clusters", ids, rows)
end

-- ------------------------------------------------------------------------------------ fitting --

local function map_of(name, rows, o)
  return methods.by_name[name].fit(rows:curve(), o)
end

-- How many different numbers there are.
local function count_different(numbers)
  return (select(2, core.group_labels(numbers)))
end

-- What auto chooses from where the user does not say.
local function candidates_for(rows, o)
  if o.candidates then
    return o.candidates
  end
  local list, total = {}, rows:curve():totals()
  local rarer = math.min(total.y, total.w - total.y) * (rows.count or total.n) / total.w
  local many = rarer >= FREE_LABELS
    and (not rows.cluster or count_different(rows.cluster) >= FREE_CLUSTERS)
  for _, names in ipairs({ PLAIN, many and FREE or {}, o.features and BY_FEATURES or {} }) do
    for _, name in ipairs(names) do
      list[#list + 1] = name
    end
  end
  return list
end

-- The parts of a calibrator for rows in canonical order.
local function parts_of(name, rows, o)
  if name == "auto" then
    name = choose.pick(rows, o, candidates_for(rows, o), fit.parts_of)
  end
  if by_features[name] then
    return by_features[name](rows, map_of(o.base, rows, o), o)
  end
  return { method = name, map = map_of(name, rows, o), features = {}, tables = {} }
end
fit.parts_of = parts_of

-- The scores of rows under parts, before and after.
local function scores_of(rows, parts)
  local after = core.calibrator_new(parts):apply(rows.p, rows:codes())
  local a, b = core.proper_scores(rows.p, rows.y, rows.w), core.proper_scores(after, rows.y, rows.w)
  if a.weight == 0 then
    return {}
  end
  -- The Brier score of bins lacks what labels vary within them.
  return { log_loss = { before = a.log_loss, after = b.log_loss },
    brier = not rows.count and { before = a.brier, after = b.brier } or nil }
end

-- Features that took part in nothing are not asked for when the calibrator is applied.
local function without_features(parts)
  if #parts.tables == 0 then
    parts.features = {}
  end
  return parts
end

local function finish(parts, rows, o, about)
  about.rows, about.note = rows:size(), o.note
  local in_sample = scores_of(rows, parts)
  about.log_loss, about.brier = in_sample.log_loss, in_sample.brier
  parts.about = core.json_encode(about)
  without_features(parts)
  if o.rate < 1 then
    local map = {}
    for key, value in pairs(parts.map) do
      map[key] = value
    end
    map.rate = o.rate
    parts.map = map
  end
  return calibrator.wrap(core.calibrator_new(parts))
end

-- Why auto has nothing to choose by, or nil.
local function too_little(rows, o)
  if #rows.p < (o.folds == "each" and 2 or o.folds) then
    return "too few rows to choose by"
  end
  return rows.w and rows.w:max() == 0 and "all weights are 0" or nil
end

-- Choose by cross-validation: the name, and what it was chosen by, or the reason that there is
-- nothing to choose by.
local function choice(rows, o)
  local reason = too_little(rows, o)
  if reason then
    return "identity", nil, reason
  end
  local name, candidates = choose.pick(rows, o, candidates_for(rows, o), parts_of)
  for _, one in ipairs(candidates) do
    one.losses = nil
    if one.error ~= one.error then -- a single one tells of no other
      return "identity", nil, "one row or cluster is all that counts"
    end
  end
  return name, candidates
end

local function fit_rows(rows, o)
  local name, about = o.method, {}
  if name == "auto" then
    name, about.candidates, about.reason = choice(rows, o)
    about.chosen_by = about.candidates
      and { score = o.score, folds = o.folds, standard_errors = o.standard_errors }
  end
  return finish(parts_of(name, rows, o), rows, o, about)
end

--- One task's arrays as rows in canonical order. by: features, where they are not o.features.
function fit.rows_from(where, predictions, labels, o, by)
  local p = as_array(where, "predictions", predictions)
  local y = as_array(where, "labels", labels, #p)
  local w = o.weights and as_array(where, "weights", o.weights, #p)
  core.proper_scores(p, y, w) -- its errors name the row that was given
  if o.rate < 1 then
    p = core.undo_sampling(p, o.rate)
  end
  local cluster = o.clusters and as_ids(where, o.clusters, #p)
  if o.folds == "each" and not cluster then
    options.fail('%s: folds: "each" needs clusters', where)
  end
  local list = features.resolve(where, by or o.features, #p)
  return rows_of.new(p, y, w, list, cluster):sorted()
end

local function fit_arrays(predictions, labels, o, by)
  return fit_rows(fit.rows_from(WHERE, predictions, labels, o, by), o)
end

local function is_sketch(value)
  return type(value) == "table" and type(value.curve) == "function"
end

-- A sketch, or a list of them: of days, say, by which auto cross-validates.
local function fit_sketches(list, o)
  local curves = {}
  for i, sketch in ipairs(list) do
    options.need(is_sketch(sketch), ("sketches[%d]"):format(i), "a sketch", sketch)
    curves[i] = sketch:curve()
  end
  if o.features or o.rate < 1 or o.weights or o.clusters then
    options.fail("%s: features, rate, weights and clusters are for rows, which a sketch has not",
      WHERE)
  elseif o.method == "auto" and #list < 2 then
    options.fail("%s: method auto needs several sketches (of days, say) to cross-validate by",
      WHERE)
  end
  if o.method == "auto" and o.folds ~= "each" and #list < o.folds then
    o.folds = "each"
  end
  return fit_rows(rows_of.of_curves(curves):sorted(), o)
end

-- A data set's tasks: {task = calibrator}.
local function fit_data(data, o)
  local by = o.features and features.of_data(WHERE, data, o.features)
  if type(o.clusters) == "string" then
    local names = data:names(o.clusters)
    local column = data:column(o.clusters)
    o.clusters = names and names:ranks():gather(column) or column
  end
  local result = {}
  local tasks = o.labels and options.keys(o.labels) or data.tasks
  for _, task in ipairs(tasks) do
    local column = o.labels and data:column(o.labels[task]) or data:label(task)
    result[task] = fit_arrays(data:prediction(task), column, o, by)
  end
  return result
end

-- Maps of arrays: {task = calibrator}.
local function fit_maps(predictions, labels, o)
  local result = {}
  for _, task in ipairs(options.keys(predictions)) do
    if labels[task] == nil then
      options.fail("%s: no labels of %s%s", WHERE, options.show(task),
        options.hint(task, options.keys(labels)))
    end
    result[task] = fit_arrays(predictions[task], labels[task], o)
  end
  return result
end

--- Fit a calibrator to predictions and labels; or, of a data set or of maps {task = numbers}, one
-- for each task. A sketch, or a list of sketches, stands for predictions and labels.
function fit.fit(predictions, labels, given)
  if type(predictions) == "table" and predictions.find_prediction then
    if given ~= nil then
      options.fail("%s: of a data set: expected fit(data, options)", WHERE)
    end
    return fit_data(predictions, fit.check(WHERE, labels, fit_options))
  elseif is_sketch(predictions) then
    return fit_sketches({ predictions }, fit.check(WHERE, given or labels, fit_options))
  elseif type(predictions) == "table" and is_sketch(predictions[1]) then
    return fit_sketches(predictions, fit.check(WHERE, given or labels, fit_options))
  end
  local o = fit.check(WHERE, given, fit_options)
  if o.labels then
    options.fail("%s: the option labels is for data sets", WHERE)
  elseif type(predictions) == "table" and #predictions == 0 and next(predictions) ~= nil then
    options.need(type(labels) == "table", "labels", "a table {task = numbers}", labels)
    return fit_maps(predictions, labels, o)
  end
  return fit_arrays(predictions, labels, o)
end

fit.load = calibrator.load

return fit
