-- Reliability diagrams as SVG: the isotonic regression of labels on predictions in the band where
-- it would lie if predictions were right, buckets, and beneath how many predictions are where.

local axis = require("steelyard.calibrate.report.axis")
local core = require("steelyard.core")
local options = require("steelyard.options")

local diagram = {}

diagram.options = {
  scale = { type = "string", one_of = { "auto", "linear", "log", "logit" }, default = "auto" },
  level = { type = "number", default = 0.9 },
  resamples = { type = "integer" },
  seed = { type = "integer", default = 1 },
  title = { type = "string" },
  columns = { type = "integer" },
}

-- A panel: a title, the plot, which is square, and the histogram.
local LEFT, RIGHT, SIDE = 62, 18, 340
local TOP, GAP, BARS, BOTTOM = 74, 10, 56, 46
local WIDTH, HEIGHT = LEFT + SIDE + RIGHT, TOP + SIDE + GAP + BARS + BOTTOM

local INK, FAINT, PAPER, FRAME, GRID = "#222", "#666", "#fbfaf7", "#d8d3c8", "#ece8df"
local BLUE, GOLD, RED, BROWN = "#2f6db5", "#c98a1b", "#b5483f", "#5b5346"

local POINTS, BINS = 61, 40
-- Atoms that the band's resamples may visit in all.
local BUDGET = 2e7

-- Beneath all panels: what is drawn how.
local LEGEND = 34

-- ----------------------------------------------------------------------------------- elements --

local function escape(word)
  return (word:gsub("[&<>\"]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;",
    ['"'] = "&quot;" }))
end

-- A coordinate: tenths of a pixel, without a sign of 0.
local function at(x)
  return (("%.1f"):format(x):gsub("^%-0%.0$", "0.0"))
end

local function label(x, y, anchor, words, more)
  return ('<text x="%s" y="%s" text-anchor="%s"%s>%s</text>'):format(at(x), at(y), anchor,
    more or ' font-size="11" fill="' .. FAINT .. '"', escape(words))
end

local function line(x1, y1, x2, y2, look)
  return ('<line x1="%s" y1="%s" x2="%s" y2="%s" %s/>'):format(at(x1), at(y1), at(x2), at(y2),
    look)
end

local function points_of(list)
  local words = {}
  for i, point in ipairs(list) do
    words[i] = at(point[1]) .. "," .. at(point[2])
  end
  return table.concat(words, " ")
end

-- Points that lie on the one before are left out.
local function thin(list)
  local kept = {}
  for i, point in ipairs(list) do
    local last = kept[#kept]
    if not last or i == #list or math.abs(point[1] - last[1]) >= 0.3
      or math.abs(point[2] - last[2]) >= 0.3 then
      kept[#kept + 1] = point
    end
  end
  return kept
end

-- -------------------------------------------------------------------------------------- a panel --

-- Where a probability lies in the plot.
local function place(panel)
  local a = panel.axis
  return function(p)
    return LEFT + a:share(p) * SIDE
  end, function(p)
    return TOP + SIDE - a:share(p) * SIDE
  end
end

-- How wide the letters of an axis are, about.
local LETTER = 6.6

-- Numbers below the histogram, but for those that have no room beside the one before.
local function numbers_below(ticks, x, y, out)
  local free = 0
  for _, tick in ipairs(ticks) do
    local half = #tick.label * LETTER / 2
    local middle = math.min(x(tick.at), WIDTH - half)
    if middle - half >= free then
      out[#out + 1] = label(middle, y, "middle", tick.label)
      free = middle + half + LETTER / 2
    end
  end
end

local function grid(panel, out)
  local x, y = place(panel)
  out[#out + 1] = ('<rect x="%d" y="%d" width="%d" height="%d" fill="#fff" stroke="%s"/>'):format(
    LEFT, TOP, SIDE, SIDE, FRAME)
  local foot = TOP + SIDE + GAP + BARS
  for _, tick in ipairs(panel.axis.ticks) do
    local look = ('stroke="%s"'):format(GRID)
    if tick.at > panel.axis.low and tick.at < panel.axis.high then
      out[#out + 1] = line(x(tick.at), TOP + 1, x(tick.at), TOP + SIDE - 1, look)
      out[#out + 1] = line(LEFT + 1, y(tick.at), LEFT + SIDE - 1, y(tick.at), look)
    end
    out[#out + 1] = label(LEFT - 7, y(tick.at) + 4, "end", tick.label)
  end
  numbers_below(panel.axis.ticks, x, foot + 15, out)
  out[#out + 1] = label(LEFT + SIDE / 2, foot + 35, "middle", "predicted",
    ' font-size="12" fill="#444"')
  out[#out + 1] = ('<text transform="translate(15 %s) rotate(-90)" text-anchor="middle" '
    .. 'font-size="12" fill="#444">observed</text>'):format(at(TOP + SIDE / 2))
end

local function diagonal(panel, out)
  local x, y = place(panel)
  local a = panel.axis
  out[#out + 1] = line(x(a.low), y(a.low), x(a.high), y(a.high),
    ('stroke="%s" stroke-width="1" stroke-dasharray="4 3"'):format(BROWN))
end

-- From the least prediction to the greatest: beyond them there is nothing to say.
local function band(panel, o, out)
  local x, y = place(panel)
  local buckets, resamples = panel.report.buckets, o.resamples
  local first, last = buckets[1], buckets[#buckets]
  if #buckets == 0 or last.high < panel.axis.low or first.low > panel.axis.high then
    return
  end
  local places = panel.axis:points(POINTS, first.low, last.high)
  if not resamples then
    local affordable = math.floor(BUDGET / math.max(panel.curve:size(), 1))
    resamples = math.min(200, math.max(40, affordable))
  end
  local low, high = panel.curve:band(places, o.level, resamples, o.seed)
  local list, back = {}, {}
  for i = 1, #places do
    list[i] = { x(places[i]), y(high[i]) }
    back[#places + 1 - i] = { x(places[i]), y(low[i]) }
  end
  for _, point in ipairs(back) do
    list[#list + 1] = point
  end
  out[#out + 1] = ('<polygon points="%s" fill="%s" fill-opacity="0.14"/>'):format(points_of(list),
    BLUE)
end

local function regression(panel, out)
  local x, y = place(panel)
  local blocks, list = panel.curve:isotonic(), {}
  for b = 1, #blocks.value do
    list[#list + 1] = { x(blocks.low[b]), y(blocks.value[b]) }
    list[#list + 1] = { x(blocks.high[b]), y(blocks.value[b]) }
  end
  out[#out + 1] = ('<polyline points="%s" fill="none" stroke="%s" stroke-width="2" '
    .. 'stroke-linejoin="round"/>'):format(points_of(thin(list)), BLUE)
end

-- Buckets, red where they are further off than chance would have two of a hundred.
local FAR = 2.33
local function dots(panel, out)
  local x, y = place(panel)
  for _, bucket in ipairs(panel.report.buckets) do
    local p = bucket.mean_prediction
    local off = math.abs(p - bucket.mean_label)
    local far = off > FAR * math.sqrt(math.max(p * (1 - p), 0) / math.max(bucket.n, 1))
    if panel.axis:has(p) and panel.axis:has(bucket.mean_label) then
      out[#out + 1] = ('<circle cx="%s" cy="%s" r="3.5" fill="%s" stroke="#fff"/>'):format(
        at(x(p)), at(y(bucket.mean_label)), far and RED or GOLD)
    end
  end
end

-- The weight of predictions in equal steps of the axis, as bars.
local function histogram(panel, out)
  local a, arrays = panel.axis, panel.curve:arrays()
  local edges, heights, highest = a:points(BINS + 1), {}, 0
  edges[1] = a.low > 0 and a.low * (1 - 1e-12) or -1 -- what lies at the axis' beginning is in
  local codes = core.slice_cut(arrays.p, edges)
  local order, offsets = core.segment_split(codes, BINS + 2)
  for b = 1, BINS do -- code 0 lies below the axis
    local rows = order:slice(offsets[b + 1] + 1, offsets[b + 2])
    heights[b] = #rows > 0 and arrays.w:gather(rows):sum() or 0
    highest = math.max(highest, heights[b])
  end
  local foot, wide = TOP + SIDE + GAP + BARS, SIDE / BINS
  for b, height in ipairs(heights) do
    local tall = highest > 0 and height / highest * BARS or 0
    if tall > 0 then
      tall = math.max(tall, 0.6)
      out[#out + 1] = ('<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>'):format(
        at(LEFT + (b - 1) * wide + 0.5), at(foot - tall), at(wide - 1), at(tall), GOLD)
    end
  end
  out[#out + 1] = line(LEFT, foot, LEFT + SIDE, foot, ('stroke="%s"'):format(FRAME))
end

local function headings(panel, out)
  local r = panel.report
  out[#out + 1] = label(LEFT, 24, "start", panel.title,
    (' font-size="14" font-weight="bold" fill="%s"'):format(INK))
  local digits = math.max(2, math.min(7, 2 - math.floor(math.log(math.max(r.ece.mass15, 1e-7))
    / math.log(10))))
  local lines = {
    ("ratio %.3f [%.3f, %.3f] \194\183 %.0f row%s"):format(r.ratio, r.ratio_low, r.ratio_high, r.n,
      r.n == 1 and "" or "s"),
    ("ECE %s \194\183 MCB %.3g \194\183 Kuiper %.1f \207\131"):format(
      ("%." .. digits .. "f"):format(r.ece.mass15), r.mcb, r.kuiper),
  }
  for i, words in ipairs(lines) do
    out[#out + 1] = label(LEFT, 25 + 17 * i, "start", words, ' font-size="12" fill="#444"')
  end
end

local function draw_panel(panel, o, index, out)
  local column, row = (index - 1) % o.columns, math.floor((index - 1) / o.columns)
  out[#out + 1] = ('<g transform="translate(%d %d)">'):format(column * WIDTH,
    o.head + row * HEIGHT)
  headings(panel, out)
  grid(panel, out)
  out[#out + 1] = ('<g clip-path="url(#plot)">')
  band(panel, o, out)
  diagonal(panel, out)
  regression(panel, out)
  out[#out + 1] = "</g>"
  dots(panel, out) -- not clipped: those on the frame are whole
  histogram(panel, out)
  out[#out + 1] = "</g>"
end

-- A sign and what it means, one beside the other.
local function legend(o, top, wide, out)
  local middle = top + LEGEND / 2 - 4
  local entries = {
    { 30, '<line x1="0" y1="0" x2="24" y2="0" stroke="' .. BLUE .. '" stroke-width="2"/>',
      "isotonic regression", 116 },
    { 30, '<rect x="0" y="-6" width="24" height="12" fill="' .. BLUE .. '" fill-opacity="0.14"/>',
      ("by chance (%.4g%%)"):format(o.level * 100), 110 },
    { 13, '<circle cx="5" cy="0" r="3.5" fill="' .. GOLD .. '"/>', "bucket", 56 },
    { 13, '<circle cx="5" cy="0" r="3.5" fill="' .. RED .. '"/>', "off by over 2.3 sigma", 0 },
  }
  local x, y = LEFT, middle
  for _, entry in ipairs(entries) do
    if x > LEFT and x + entry[1] + 120 > wide then
      x, y = LEFT, y + 16
    end
    out[#out + 1] = ('<g transform="translate(%d %d)">%s%s</g>'):format(x, y, entry[2],
      label(entry[1], 4, "start", entry[3]))
    x = x + entry[1] + entry[4]
  end
end

-- ------------------------------------------------------------------------------------------ all --

local function check(given)
  local o = options.check("report:svg", given, diagram.options)
  if not (o.level > 0 and o.level < 1) then
    options.fail("report:svg: level: expected a number between 0 and 1, got %s",
      options.show(o.level))
  elseif o.resamples and not (o.resamples >= 1 and o.resamples <= 1e5) then
    options.fail("report:svg: resamples: expected 1 to 100000, got %s", options.show(o.resamples))
  elseif o.columns and o.columns < 1 then
    options.fail("report:svg: columns: expected a whole number from 1 up, got %s",
      options.show(o.columns))
  end
  return o
end

--- The diagrams of some reports. parts: a list of {task (nil for the only one), report, curve}.
function diagram.draw(parts, given)
  local o = check(given)
  o.columns = math.min(o.columns or (#parts == 4 and 2 or 3), #parts)
  o.head = (#parts > 1 and o.title) and 34 or 0
  local wide = o.columns * WIDTH
  local bottom = o.head + math.ceil(#parts / o.columns) * HEIGHT
  local high = bottom + LEGEND + (o.columns == 1 and 16 or 0)
  local title = o.title or (#parts == 1 and parts[1].task) or "Calibration"
  local out = {
    ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" '
      .. 'font-family="Helvetica, Arial, sans-serif">'):format(wide, high, wide, high),
    ("<title>%s: reliability diagram</title>"):format(escape(title)),
    ('<defs><clipPath id="plot"><rect x="%d" y="%d" width="%d" height="%d"/></clipPath></defs>')
      :format(LEFT, TOP, SIDE, SIDE),
    ('<rect width="%d" height="%d" fill="%s"/>'):format(wide, high, PAPER),
  }
  if o.head > 0 then
    out[#out + 1] = label(LEFT, 24, "start", o.title,
      (' font-size="16" font-weight="bold" fill="%s"'):format(INK))
  end
  for i, part in ipairs(parts) do
    draw_panel({
      report = part.report, curve = part.curve, axis = axis.of(part.curve, o.scale),
      title = #parts == 1 and o.title or part.task or "Calibration",
    }, o, i, out)
  end
  legend(o, bottom, wide, out)
  out[#out + 1] = "</svg>"
  return table.concat(out, "\n") .. "\n"
end

return diagram
