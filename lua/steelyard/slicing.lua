-- Measuring by slices: what sy.metrics.measure does with the option by.

local core = require("steelyard.core")
local measure = require("steelyard.measure")
local options = require("steelyard.options")
local slices = require("steelyard.slices")
local work = require("steelyard.work")

local slicing = {}

--- No more slices than that.
slicing.MOST = 1000

-- ---------------------------------------------------------------------------------- labels --

local function show(number)
  return options.show(number % 1 == 0 and math.abs(number) < 2 ^ 53 and number
    or tonumber(("%.6g"):format(number)))
end

-- "1-5", "6-10", "11 and more" for whole numbers from 1 up.
local function whole_labels(edges)
  local labels, from = {}, 1
  for i = 1, #edges do
    local to = math.floor(edges[i])
    labels[i] = from >= to and show(to) or ("%s-%s"):format(show(from), show(to))
    from = to + 1
  end
  labels[#labels + 1] = show(from) .. " and more"
  return labels
end

-- "up to 0.5", "above 0.5 up to 2", "above 2"
local function edge_labels(edges)
  local labels = { "up to " .. show(edges[1]) }
  for i = 2, #edges do
    labels[i] = ("above %s up to %s"):format(show(edges[i - 1]), show(edges[i]))
  end
  labels[#labels + 1] = "above " .. show(edges[#edges])
  return labels
end

-- --------------------------------------------------------------------------------- resolving --

local function cut(self, column, labels)
  return core.slice_cut(column, self.edges), labels(self.edges)
end

--- A column of codes of names (a list, or core.names) as codes, from 0, of the names by ascending
-- bytes; and these.
function slicing.by_bytes(names, column)
  names = type(names) == "table" and core.names(names) or names
  local texts, sorted = names:totable(), {}
  for i, index in ipairs(core.sort_texts(texts)) do
    sorted[i] = texts[index]
  end
  return names:ranks():gather(core.array(column)), sorted
end

-- A slice for each value that is there; names in ascending order.
local function by_value(self, column)
  local names, codes, sorted = self.names, column, nil
  if names then
    codes, sorted = slicing.by_bytes(names, column)
  end
  local of_row, distinct = core.slice_values(codes, slicing.MOST)
  if not of_row then
    options.fail("slices: %s has more than %d values%s", self.name, slicing.MOST,
      names and "" or "; cut it at edges")
  end
  local labels = {}
  for i = 1, #distinct do
    labels[i] = sorted and sorted[distinct[i] + 1] or show(distinct[i])
  end
  return of_row, labels
end

local function check_size(self, log)
  if #self.values ~= log.layout.size then
    options.fail("slices: %s has %d rows, but there are %d", self.name, #self.values,
      log.layout.size)
  end
end

local resolve = {}

function resolve.values(self, log)
  check_size(self, log)
  return by_value(self, measure.arranged(log.layout, self.values))
end

function resolve.cut(self, log)
  check_size(self, log)
  return cut(self, measure.arranged(log.layout, self.values), edge_labels)
end

function resolve.size(self, log)
  local sizes = core.slice_sizes(log.layout.offsets)
  if self.edges then
    return cut(self, sizes, whole_labels)
  end
  return by_value(self, sizes)
end

-- The scores as an array: deferred ones are made.
local function scores_of(log)
  local scores, names = log.scores, {}
  if not measure.is_deferred(scores) then
    return scores
  end
  for t in ipairs(scores.columns) do
    names[t] = ("%d"):format(t)
  end
  return core.value_model_new(names, scores.weights):score(scores.columns)
end

function resolve.rank(self, log)
  local layout = log.layout
  local order = core.rank(scores_of(log), layout.offsets, 0,
    log.defaults.ties == "name" and log.names or nil, work.get(layout.longest))
  return cut(self, core.slice_ranks(order, layout.offsets), whole_labels)
end

--- The slice of each of n rows (i32, from 0; -1: in none), and what the slices are called; of
-- slices by value and cut at edges, which need no requests.
function slicing.of_rows(self, n)
  if self.kind ~= "values" and self.kind ~= "cut" then
    options.fail("slices: %s: only slices by value and cut at edges are known without requests",
      self.name)
  end
  return resolve[self.kind](self, { layout = { size = n } })
end

-- --------------------------------------------------------------------------------- measuring --

-- What one slice has: {value, requests, [expression] = {mean, counted, empty}}.
local function entries(labels)
  local list = {}
  for s, label in ipairs(labels) do
    list[s] = { value = label }
  end
  return list
end

local function fill(list, text, means)
  for s, entry in ipairs(list) do
    local mean = means[s]
    entry.requests = mean.counted + mean.empty
    entry[text] = { mean = mean.value, counted = mean.counted, empty = mean.empty }
  end
end

-- NaN for requests that are skipped are empty; what counted as 0 or 1 is known of the pass alone.
local function fill_all(list, log, of_unit, values, weights)
  for i, text in ipairs(log.texts) do
    fill(list, text, core.metric_slices(log.metrics, i, values[i], weights[i], of_unit, #list))
  end
end

-- The log's rows, cut into pieces: a log in which each piece is a request.
local function pieces_of(log, offsets, of_row, count)
  local order, ends, of_slice, of_request, longest = core.slice_split(of_row, offsets, count)
  local function moved(column)
    return column and core.array(column):gather(order)
  end
  local piece = {}
  for key, value in pairs(log) do
    piece[key] = value
  end
  for _, key in ipairs({ "gains", "names", "judged" }) do
    piece[key] = moved(log[key])
  end
  piece.scores = measure.map_scores(log.scores, moved)
  piece.layout = { offsets = ends, longest = longest, count = #ends - 1 }
  return piece, of_slice, of_request
end

-- Metrics that are over all rows at once: over all rows of a slice.
local function pool(list, log, of_row)
  local rows = core.array({ 0, log.layout.size }, "i64")
  local piece, of_slice, each
  for i, text in ipairs(log.texts) do
    if measure.kinds[core.metric_kind(log.metrics, i)].pooled then
      if not piece then
        piece, of_slice = pieces_of(log, rows, of_row, #list)
        piece.weights = nil
        each = select(2, measure.run(piece, true))
      end
      for p = 1, piece.layout.count do
        local entry = list[of_slice[p] + 1][text]
        entry.mean = each[i][p]
        entry.counted, entry.empty = measure.pooled_counts(entry, entry.mean)
      end
    end
  end
end

-- By items: the pieces of requests are ranked and measured.
local function by_items(list, log, of_row)
  if log.retrieved then
    options.fail("slices: where a request's items are parted, all must be ranked: no retrieved=")
  end
  local piece, of_slice, of_request = pieces_of(log, log.layout.offsets, of_row, #list)
  piece.weights = log.weights and core.array(log.weights):gather(of_request) or nil
  local _, values, weights = measure.run(piece, true, true)
  fill_all(list, log, of_slice, values, weights)
end

-- One by: a list of entries with name, of ("requests" or "items").
local function measure_one(self, log, values, weights)
  local of_row, labels = resolve[self.kind](self, log)
  local list = entries(labels)
  list.name, list.of = self.name, "requests"
  if self.kind == "rank" or core.slice_mixed(of_row, log.layout.offsets) then
    list.of = "items"
    by_items(list, log, of_row)
  else
    local of_request = core.slice_requests(of_row, log.layout.offsets)
    fill_all(list, log, of_request, values, weights)
  end
  pool(list, log, of_row)
  return list
end

--- The option `by` of sy.metrics.measure as a list of slices.
function slicing.check(by)
  local list = slices.is(by) and { by } or by
  for i = 1, #list do
    options.need(slices.is(list[i]), ("by[%d]"):format(i), "slices (sy.slices)", list[i])
  end
  return list
end

--- Measure a prepared log by slices. values, weights: what the pass over whole requests gave.
function slicing.measure(by, log, values, weights)
  local result = {}
  for i, one in ipairs(by) do
    result[i] = measure_one(one, log, values, weights)
  end
  return result
end

return slicing
