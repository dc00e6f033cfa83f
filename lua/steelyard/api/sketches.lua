-- The description of calibration sketches and of monitors.

return {
  title = "Sketches and monitors",
  text = [[What a stream of predictions and labels says about calibration, in some thousand bins
whose sums are exact: sketches of shards or days merge, in any order and grouping, to the same bytes
as one sketch of all rows. sy.calibrate.report and fit take sketches in place of rows: ratio, Brier
score and log loss lose nothing, all else little. A monitor looks at one period after another and
raises an alarm when calibration has drifted.]],
  classes = {
    {
      name = "sketch",
      title = "A sketch",
      text = "Made by sy.calibrate.sketch, merge or load; it does not change. Equal ones are ==.",
      fields = {
        { "bits", "integer", "How fine its grid is." },
        { "bins", "integer", "How many bins have rows." },
      },
    },
    {
      name = "monitor",
      title = "A monitor",
      text = "Made by sy.calibrate.monitor or load.",
      fields = {
        { "periods", "integer", "How many it has seen." },
        { "names", "string[]", "What they were called." },
        { "settings", "table", "The options it was made with." },
      },
    },
  },
  functions = {
    {
      name = "sy.calibrate.sketch",
      call = "sy.calibrate.sketch(predictions, labels [, options])",
      purpose = "A sketch of rows; of tables {task = numbers}, one for each task.",
      args = {
        { "predictions", "numbers|table<string, numbers>", "From 0 to 1." },
        { "labels", "numbers|table<string, numbers>", "From 0 to 1, as many." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.calibrate.sketch", "sketch" },
        { "weights", "numbers|table<string, numbers>",
          "How much each row counts: 0, or from 2^-20 to 2^20.", otherwise = "1 each" },
        { "bits", "integer",
          "1 to 12. A bin is at most 2^-bits of its predictions (or of their distances from 1) "
            .. "wide.",
          default = 7 },
      },
      returns = { { "sketch|table<string, sketch>", "What the rows say." } },
      errors = "Numbers out of [0, 1], NaN, weights out of bounds: the row is named. Sums beyond "
        .. "2^63.",
      complexity = "O(rows)",
      example = [[
local sketch = sy.calibrate.sketch
local day = sketch({ 0.1, 0.4, 0.8 }, { 0, 1, 1 })
print(day)                                            --> sketch: 3 rows in 3 bins
print(day == sketch({ 0.8, 0.1, 0.4 }, { 1, 0, 1 }))  --> true]],
    },
    {
      name = "sy.calibrate.merge",
      call = "sy.calibrate.merge(sketch, ...), sy.calibrate.merge(list)",
      purpose = "Sketches of one grid as one; of tables {name = sketch}, a table of all names.",
      args = {
        { "sketch", "sketch|table<string, sketch>|sketch[]", "The first, or a list of all." },
        { "...", "sketch|table<string, sketch>", "Others." },
      },
      returns = { { "sketch|table<string, sketch>", "All rows together." } },
      errors = "Sketches of unequal bits; sums beyond 2^63.",
      complexity = "O(bins) for each",
      example = [[
local a, b = sy.calibrate.sketch({ 0.1 }, { 0 }), sy.calibrate.sketch({ 0.4 }, { 1 })
print(sy.calibrate.merge(a, b) == sy.calibrate.merge(b, a))  --> true]],
    },
    {
      name = "sy.calibrate.sketch.save",
      call = "sy.calibrate.sketch.save(sketches, path [, note])",
      purpose = "Writes a table {name = sketch} to a file, whole or not at all. The same content "
        .. "has the same bytes.",
      args = {
        { "sketches", "table<string, sketch>", "By name: of a task, or of a task and a segment." },
        { "path", "string", "The file." },
        { "note?", "string", "A text that is kept in it." },
      },
      returns = { { "true|nil, string", "Or nil and a message." } },
      example = [[
local path = os.tmpname()
local click = sy.calibrate.sketch({ 0.1 }, { 0 })
print(sy.calibrate.sketch.save({ click = click }, path, "April"))  --> true
os.remove(path)]],
    },
    {
      name = "sy.calibrate.sketch.load",
      call = "sy.calibrate.sketch.load(path)",
      purpose = "Reads a file of sketches. What is truncated or damaged is refused.",
      args = { { "path", "string", "The file." } },
      returns = { { "table<string, sketch>|nil, string",
        "The sketches by name and the note, or nil and a message." } },
      example = [[
local path = os.tmpname()
local click = sy.calibrate.sketch({ 0.1 }, { 0 })
assert(sy.calibrate.sketch.save({ click = click }, path, "April"))
local sketches, note = sy.calibrate.sketch.load(path)
print(sketches.click == click, note)  --> true April
os.remove(path)]],
    },
    {
      name = "sy.calibrate.sketch.is",
      call = "sy.calibrate.sketch.is(value)",
      purpose = "Is the value a sketch?",
      args = { { "value", "any", "Anything." } },
      returns = { { "boolean", "Whether it is." } },
      example = [[
print(sy.calibrate.sketch.is({}))  --> false]],
    },
    {
      name = "sketch:add",
      call = "sketch:add(predictions, labels [, options])",
      purpose = "This sketch and more rows: a new sketch.",
      args = {
        { "predictions", "numbers", "From 0 to 1." },
        { "labels", "numbers", "From 0 to 1, as many." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.calibrate.sketch", "add" },
        { "weights", "numbers", "How much each row counts.", otherwise = "1 each" },
      },
      returns = { { "sketch", "All rows together." } },
      example = [[
local sketch = sy.calibrate.sketch({ 0.1 }, { 0 })
print(sketch:add({ 0.4, 0.8 }, { 1, 1 }))  --> sketch: 3 rows in 3 bins]],
    },
    {
      name = "sketch:merge",
      call = "sketch:merge(other, ...)",
      purpose = "This sketch and others of the same grid: a new sketch.",
      args = { { "other", "sketch", "Another." }, { "...", "sketch", "More." } },
      returns = { { "sketch", "All rows together." } },
      example = [[
local sketch = sy.calibrate.sketch({ 0.1 }, { 0 })
print(sketch:merge(sketch))  --> sketch: 2 rows in 1 bin]],
    },
    {
      name = "sketch:totals",
      call = "sketch:totals()",
      purpose = "Sums over its rows: n, w, and with weights p, y, squared errors, log ...",
      args = {},
      returns = { { "table", "The sums, exact but for one rounding." } },
      example = [[
local totals = sy.calibrate.sketch({ 0.25, 0.5 }, { 0, 1 }):totals()
print(totals.p / totals.y)  --> 0.75]],
    },
    {
      name = "sketch:curve",
      call = "sketch:curve()",
      purpose = "The raw calibration curve: what report and fit start from.",
      args = {},
      returns = { { "userdata", "The curve." } },
      example = [[
local curve = sy.calibrate.sketch({ 0.25, 0.25, 0.5 }, { 0, 1, 1 }):curve()
print(curve:size())  --> 2]],
    },
    {
      name = "sketch:bytes",
      call = "sketch:bytes()",
      purpose = "Its content as bytes: equal for equal sketches.",
      args = {},
      returns = { { "string", "The bytes of a file with this sketch alone." } },
      example = [[
print(#sy.calibrate.sketch({ 0.25 }, { 1 }):bytes())  --> 210]],
    },
    {
      name = "sketch:save",
      call = "sketch:save(path [, name])",
      purpose = "Writes this sketch alone to a file.",
      args = {
        { "path", "string", "The file." },
        { "name?", "string", 'Its name there. Default: "sketch".' },
      },
      returns = { { "true|nil, string", "Or nil and a message." } },
      example = [[
local path = os.tmpname()
print(sy.calibrate.sketch({ 0.25 }, { 1 }):save(path, "click"))  --> true
os.remove(path)]],
    },
    {
      name = "sy.calibrate.monitor",
      call = "sy.calibrate.monitor([options])",
      purpose = "A monitor of one stream of predictions, to which periods (days, hours) are added. "
        .. "Its alarm is raised when labels' means have left the band from prediction / "
        .. "(1 + tolerance) to prediction * (1 + tolerance). While each label's mean, given all "
        .. "that was before, stays in the band, the alarm is ever raised with a probability of at "
        .. "most false_alarm, however often and long one looks. Labels that come in clumps (many "
        .. "rows of one user, alike beyond what predictions say) break that promise: give one "
        .. "of each clump.",
      args = { { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.calibrate.monitor", "monitor" },
        { "tolerance", "number", "How wide the band is.", default = 0.1 },
        { "false_alarm", "number", "The probability of a false alarm, over all time.",
          default = 0.01 },
        { "window", "integer", "How many periods the ratio that is told is of.", default = 7 },
        { "confidence", "number", "Of the ratio's interval.", default = 0.95 },
        { "bits", "integer", "Of the sketches.", default = 7 },
      },
      returns = { { "monitor", "One that has seen nothing." } },
      source = "Ville 1939; Shiryaev 1963, Page 1954 (starts); the derivation stands in "
        .. "steelyard/sketches.h",
      example = [[
local monitor = sy.calibrate.monitor({ tolerance = 0 })
local told
for _ = 1, 30 do -- predictions that are twice as high as labels
  told = monitor:add({ 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5 }, { 1, 0, 0, 0, 1, 0, 0, 0 })
end
print(told.alarm, told.direction, told.since)  --> true too high 1]],
    },
    {
      name = "sy.calibrate.monitor.load",
      call = "sy.calibrate.monitor.load(path)",
      purpose = "Reads a monitor, which goes on as the saved one would have, to the bit.",
      args = { { "path", "string", "The file." } },
      returns = { { "monitor|nil, string", "Or nil and a message." } },
      example = [[
local path = os.tmpname()
local monitor = sy.calibrate.monitor()
monitor:add({ 0.1 }, { 0 })
assert(monitor:save(path))
print(sy.calibrate.monitor.load(path).periods)  --> 1
os.remove(path)]],
    },
    {
      name = "sy.calibrate.monitor.is",
      call = "sy.calibrate.monitor.is(value)",
      purpose = "Is the value a monitor?",
      args = { { "value", "any", "Anything." } },
      returns = { { "boolean", "Whether it is." } },
      example = [[
print(sy.calibrate.monitor.is(sy.calibrate.monitor()))  --> true]],
    },
    {
      name = "monitor:add",
      call = "monitor:add(predictions, labels [, options]), monitor:add(sketch [, options])",
      purpose = "Looks at one more period. What it tells: period, name, n, weight (of the period); "
        .. "ratio, ratio_low, ratio_high (predicted over observed in the window); log_evidence and "
        .. "needed (how much raises the alarm); alarm, which stays raised, and then raised, since "
        .. "(periods; raised_name, since_name) and direction, of the predictions: too high or too "
        .. "low.",
      args = {
        { "predictions", "numbers|sketch", "From 0 to 1; or the period's sketch." },
        { "labels?", "numbers", "From 0 to 1, as many." },
        { "options?", "options", "See below." },
      },
      options = {
        from = { "steelyard.calibrate.monitor", "add" },
        { "weights", "numbers", "How much each row counts (not of a sketch, which has them).",
          otherwise = "1 each" },
        { "name", "string", "What the period is called.", otherwise = "its number" },
      },
      returns = { { "table", "What is told." } },
      complexity = "O(rows + window * bins)",
      example = [[
local told = sy.calibrate.monitor():add({ 0.25, 0.5 }, { 0, 1 }, { name = "Monday" })
print(told.name, told.ratio, told.alarm)  --> Monday 0.75 false]],
    },
    {
      name = "monitor:window",
      call = "monitor:window()",
      purpose = "The last periods together.",
      args = {},
      returns = { { "sketch|nil", "nil before the first." } },
      example = [[
local monitor = sy.calibrate.monitor({ window = 1 })
monitor:add({ 0.1, 0.2 }, { 0, 1 })
monitor:add({ 0.1 }, { 0 })
print(monitor:window())  --> sketch: 1 row in 1 bin]],
    },
    {
      name = "monitor:lifetime",
      call = "monitor:lifetime()",
      purpose = "All periods together.",
      args = {},
      returns = { { "sketch|nil", "nil before the first." } },
      example = [[
local monitor = sy.calibrate.monitor({ window = 1 })
monitor:add({ 0.1, 0.2 }, { 0, 1 })
monitor:add({ 0.1 }, { 0 })
print(monitor:lifetime())  --> sketch: 3 rows in 2 bins]],
    },
    {
      name = "monitor:needed",
      call = "monitor:needed()",
      purpose = "The evidence that raises the alarm: ln(1 / false_alarm).",
      args = {},
      returns = { { "number", "The bound." } },
      example = [[
print(("%.3f"):format(sy.calibrate.monitor():needed()))  --> 4.605]],
    },
    {
      name = "monitor:save",
      call = "monitor:save(path)",
      purpose = "Writes the monitor to a file, whole or not at all.",
      args = { { "path", "string", "The file." } },
      returns = { { "true|nil, string", "Or nil and a message." } },
      example = [[
local path = os.tmpname()
print(sy.calibrate.monitor():save(path))  --> true
os.remove(path)]],
    },
  },
}
