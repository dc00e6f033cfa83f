-- steelyard calibrate sketch: what a log says about calibration, in a file that can be merged.

local columns = require("steelyard.cli.calibrate.columns")
local core = require("steelyard.core")
local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")
local sketches = require("steelyard.cli.calibrate.sketches")
local sy = require("steelyard")

local sketch = { summary = "reduce a log to a small file, from which calibration can be measured" }

function sketch.parser()
  local parser = data.parser("calibrate sketch", {
    purpose = "Writes what a log's predictions and labels say about calibration to a small file. "
      .. "Files of shards or days can be merged in any order, to the same bytes, and watched.",
    usage = "--data FILE --labels TASK=COLUMN,.. --out FILE\n[--by COLUMN] [options]",
    examples = {
      "steelyard calibrate sketch --data examples/data/kuairand-requests.csv \\\n"
        .. "    --labels p_click=click,p_comment=comment --window 2022-04 --out april.sketch",
      "steelyard calibrate sketch --data examples/data/kuairand-requests.csv \\\n"
        .. "    --labels p_click=click --by hour --out by_hour.sketch",
    },
  })
  columns.define(parser)
  data.options(parser, "The sketch", {
    { "--by", "COLUMN",
      "Further sketches of the rows of each value of a column, named TASK COLUMN=VALUE." },
    { "--window", "NAME",
      "What the rows are called: a day, or an hour. Default: the data's name." },
    { "--bits", "N",
      "How fine the bins are: 2^-N of the prediction (or of its distance from 1). Default: 7." },
    { "--out", "FILE", "The file to write. Required." },
  })
  parser:flag("--json", "One JSON object instead of the table.")
  data.define(parser)
  return parser
end

-- A task's sketch, or give up where a weight is none for sketches.
local function sketch_of(rows, task, o, given)
  local ok, result = pcall(sy.calibrate.sketch, rows.predictions[task], rows.labels[task],
    { bits = o.bits, weights = rows.weights })
  if ok then
    return result
  end
  local row, why = tostring(result):match("weights%[(%d+)%]: (.*)$")
  if not row then
    error(result, 0)
  end
  rows:refuse(given.data, given.weight, tonumber(row), why)
end

-- Codes of the rows' values, from 0, and what they stand for.
local function segments_of(rows, by)
  local values, names = rows:column(by)
  local codes, present = core.slice_values(values, sketches.MOST_SEGMENTS)
  if not codes then
    failure.raise("--by: column %s has more than %d values", by, sketches.MOST_SEGMENTS)
  end
  local texts = {}
  for i = 1, #present do
    texts[i] = names and names[math.tointeger(present[i])] or output.number(present[i])
  end
  return codes, texts
end

-- Add the sketches of a task's segments to a map.
local function add_segments(map, rows, task, o)
  local codes, texts = segments_of(rows, o.by)
  local order, offsets = core.segment_split(codes, #texts)
  for s, text in ipairs(texts) do
    local first, last = offsets[s] + 1, offsets[s + 1]
    if last >= first then
      local places = order:slice(first, last):copy()
      map[("%s %s=%s"):format(task, o.by, text)] = sy.calibrate.sketch(
        rows.predictions[task]:gather(places), rows.labels[task]:gather(places),
        { bits = o.bits, weights = rows.weights and rows.weights:gather(places) })
    end
  end
end

function sketch.run(given)
  if not given.out then
    failure.raise("missing option --out (the file to write)")
  end
  output.check({ ["--out"] = given.out }, given.data)
  local o = { by = given.by, bits = given.bits and parse.integer("--bits", given.bits, 1) or 7 }
  if o.bits > 12 then
    failure.raise("--bits: %d is above 12", o.bits)
  end
  local rows = columns.read(given, columns.plan(given, { columns = { given.by } }))
  local map = {}
  for _, task in ipairs(rows.tasks) do
    map[task] = sketch_of(rows, task, o, given)
    if o.by then
      add_segments(map, rows, task, o)
    end
  end
  local window = given.window or sketches.base_name(given.data)
  sketches.save(map, given.out, { first = window, last = window })
  output.write(sketches.describe(map, { first = window, last = window }, given))
  return 0
end

return sketch
