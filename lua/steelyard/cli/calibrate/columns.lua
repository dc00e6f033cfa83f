-- Which columns a calibration command reads: predictions, labels and weights of rows, and whether
-- they can be what they say.

local core = require("steelyard.core")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local groups = require("steelyard.groups")
local parse = require("steelyard.cli.parse")
local ranges = require("steelyard.calibrate.ranges")

local columns = {}

local LABELS = "The tasks, and which column holds each one's labels (0 or 1, or fractions). "

local OPTIONS = {
  { "--weight", "COLUMN", "How much each row counts. Default: 1 each." },
  { "--skip-invalid",
    "Leave out rows whose prediction or label is not from 0 to 1; else they are errors." },
}

--- The options of all commands that read predictions with their labels. required: "Required." in
-- other words.
function columns.define(parser, required)
  data.options(parser, "Columns", {
    { "--labels", "TASK=COLUMN,..", LABELS .. (required or "Required.") },
    table.unpack(OPTIONS),
  })
end

--- The tasks of --labels in order, and {task = column}.
function columns.labels(given)
  if not given.labels then
    failure.raise("missing option --labels (TASK=COLUMN: which column holds a task's labels)")
  end
  local tasks, map = {}, {}
  for i, pair in ipairs(parse.pairs("--labels", given.labels)) do
    tasks[i], map[pair[1]] = pair[1], pair[2]
  end
  return tasks, map
end

--- What can be checked before a long read: a plan for columns.read.
-- more: what else is read: tasks (predictions without labels), features (numbers), columns (numbers
-- or words).
function columns.plan(given, more)
  more = more or {}
  local tasks, labels = columns.labels(given)
  local settings = data.settings(given, data.add(data.add({}, tasks), more.tasks))
  settings.labels = labels
  settings.features = data.add(data.add({}, more.features), { given.weight })
  settings.columns = more.columns
  return { tasks = tasks, labels = labels, settings = settings }
end

-- ------------------------------------------------------------------------- what values may be --

-- A value out of its range is an error: one line that says where it stands, and what is wrong.
local function check(set, path, column, values, range)
  local row, shown = ranges.first_outside(values, range)
  if row then
    failure.raise("%s: row %d%s: column %s: %s is %s", path, set.rows and set.rows[row] or row,
      set.dropped > 0 and " (of those that are complete)" or "", column, shown, range.why)
  end
end

--- Give up where a column of a data set, read from a file, is not from 0 to 1 throughout.
function columns.check_shares(set, path, column, values)
  check(set, path, column, values, ranges.share)
end

--- The same of predictions that calibrators are applied to: NaN remains.
function columns.check_predictions(set, path, column, values)
  check(set, path, column, values, ranges.to_calibrate)
end

-- The rows in which all columns are from 0 to 1: an i64 array, ascending.
local TINY = 2 ^ -1074
local function valid_rows(list)
  local codes
  for _, values in ipairs(list) do
    local inside = core.slice_cut(values, { -TINY, 1 }) -- 0: below, 1: within, 2: above
    codes = codes and core.segment_cross(codes, inside, 3) or inside
    if codes ~= inside then -- both within: 1 * 3 + 1
      codes = core.slice_cut(codes, { 3, 4 })
    end
  end
  local rows, offsets = core.segment_split(codes, 3)
  return rows:slice(offsets[2] + 1, offsets[3])
end

-- ------------------------------------------------------------------------------------ reading --

local Columns = {}
Columns.__index = Columns

--- A column of the rows that count, and what its codes stand for (nil for numbers).
function Columns:column(name)
  local values = self.set:column(name)
  return self.kept and values:gather(self.kept) or values, self.set:names(name)
end

--- The predictions of a task, which need not have labels, of the rows that count.
function Columns:prediction(task)
  local values = self.set:prediction(task)
  return self.kept and values:gather(self.kept) or values
end

--- Give up for a row that counts, whose value in a column is wrong.
function Columns:refuse(path, column, row, why)
  row = self.kept and self.kept[row] or row
  failure.raise("%s: row %d: column %s: %s", path, self.set.rows and self.set.rows[row] or row,
    column, why)
end

--- The requests of the rows that count.
function Columns:groups()
  if not self.kept or #self.set.group_columns == 0 then
    return self.kept and groups.of(nil, self.size) or self.set.groups
  end
  local ids = {}
  for i, name in ipairs(self.set.group_columns) do
    ids[i] = self:column(name)
  end
  return groups.combine(ids, self.size)
end

--- "4864 rows" (of how many requests, with --group), and what was left out.
function Columns:describe()
  local text = data.describe(self.set, true)
  if self.skipped > 0 then
    text = text .. (", %d skipped: not from 0 to 1"):format(self.skipped)
  end
  return text
end

local function check_all(self, given, plan)
  local set, kept = self.set, {}
  for _, task in ipairs(plan.tasks) do
    local column = plan.settings.predictions[task]
    if given.skip_invalid then
      kept[#kept + 1] = set:prediction(task)
      kept[#kept + 1] = set:label(task)
    else
      columns.check_shares(set, given.data, column, set:prediction(task))
      columns.check_shares(set, given.data, plan.labels[task], set:label(task))
    end
  end
  if given.weight then
    check(set, given.data, given.weight, set:column(given.weight), ranges.weight)
  end
  if given.skip_invalid then
    self.kept = valid_rows(kept)
    self.size = #self.kept
    self.skipped = set.size - self.size
    if self.size == 0 then
      failure.raise("%s: no row has predictions and labels from 0 to 1", given.data)
    end
  end
end

--- Read and check: {set, tasks (in order), predictions and labels ({task = array}), weights (nil: 1
-- each), size, skipped}, with the methods above.
function columns.read(given, plan)
  local set = data.read(given, plan.settings)
  local self = setmetatable({
    set = set, tasks = plan.tasks, size = set.size, skipped = 0, predictions = {}, labels = {},
  }, Columns)
  check_all(self, given, plan)
  for _, task in ipairs(plan.tasks) do
    self.predictions[task] = self:prediction(task)
    self.labels[task] = self:column(plan.labels[task])
  end
  self.weights = given.weight and self:column(given.weight) or nil
  if self.weights and self.weights:max() == 0 then
    failure.raise("%s: column %s: all weights are 0", given.data, given.weight)
  end
  return self
end

return columns
