-- The calibration report as text: some lines and tables.

local text = {}

-- No table has more rows than that.
local MOST_ROWS = 20
local MOST_SEGMENTS = 10

-- -------------------------------------------------------------------------------------- numbers --

-- Decimals with which the largest of some probabilities shows four digits.
local function decimals_of(largest)
  local digits = largest > 0 and math.floor(math.log(largest) / math.log(10)) or 0
  return math.min(math.max(3 - digits, 4), 9)
end

local function number(value, decimals)
  if value == nil or value ~= value then
    return "-"
  elseif value == math.huge then
    return "inf"
  end
  return (("%." .. (decimals or 4) .. "f"):format(value):gsub("^%-(0%.?0*)$", "%1"))
end

-- A p-value from its logarithm: far below what a double holds, too.
local function p_value(log_p)
  if log_p ~= log_p then
    return "-"
  elseif log_p == -math.huge then
    return "0"
  elseif log_p > -690 then
    return ("%.2g"):format(math.exp(log_p))
  end
  local power = log_p / math.log(10)
  return ("%.1fe%d"):format(10 ^ (power - math.floor(power)), math.floor(power))
end

local function count(n, noun)
  return ("%.0f %s%s"):format(n, noun, n == 1 and "" or "s")
end

local function interval(low, high, decimals)
  return ("[%s, %s]"):format(number(low, decimals), number(high, decimals))
end

-- --------------------------------------------------------------------------------------- tables --

-- How many letters: bytes that do not continue one in UTF-8.
local function width(word)
  local _, letters = word:gsub("[^\128-\191]", "")
  return letters
end

-- Lines of a table: the first column to the left, the others to the right.
local function lines_of(header, rows)
  local widths, lines = {}, {}
  table.insert(rows, 1, header)
  for _, row in ipairs(rows) do
    for c, word in ipairs(row) do
      widths[c] = math.max(widths[c] or 0, width(word))
    end
  end
  for i, row in ipairs(rows) do
    local parts = {}
    for c, word in ipairs(row) do
      local space = (" "):rep(widths[c] - width(word))
      parts[c] = c == 1 and word .. space or space .. word
    end
    lines[i] = (table.concat(parts, "  "):gsub("%s+$", ""))
  end
  return table.concat(lines, "\n")
end

-- -------------------------------------------------------------------------------------- overall --

local function decomposition(score, mcb, dsc, unc)
  return ("%s = MCB %s - DSC %s + UNC %s"):format(number(score, 6), number(mcb, 6), number(dsc, 6),
    number(unc, 6))
end

local function ece_line(ece)
  local parts = {}
  for _, name in ipairs({ "guo15", "mcgrad40", "umc100", "mass15", "seed" }) do
    parts[#parts + 1] = ("%s %s"):format(name, number(ece[name], 6))
  end
  return table.concat(parts, "  ")
end

local function heading(r, decimals)
  local line = ("%s, mean prediction %s, mean label %s"):format(count(r.n, "row"),
    number(r.mean_prediction, decimals), number(r.mean_label, decimals))
  return r.weight ~= r.n and ("%s, weight %.10g"):format(line, r.weight) or line
end

local function overall(r)
  local decimals = decimals_of(math.max(r.mean_prediction, r.mean_label))
  local lines = {
    heading(r, decimals),
    "",
    ("ratio      %s %s  predicted over observed%s"):format(number(r.ratio, 4),
      interval(r.ratio_low, r.ratio_high, 4),
      r.clusters and "; interval of " .. count(r.clusters, "cluster") or ""),
    "Brier      " .. decomposition(r.brier, r.mcb, r.dsc, r.unc),
    "log loss   " .. decomposition(r.log_loss, r.log_loss_mcb, r.log_loss_dsc, r.log_loss_unc)
      .. (r.clipped > 0 and (" (%s at 0 or 1 and wrong)"):format(count(r.clipped, "row")) or ""),
    ("entropy    %s normalised, %s with equal means; AUC %s"):format(
      number(r.normalised_entropy, 4), number(r.free_entropy, 4), number(r.auc, 4)),
    "ECE        " .. ece_line(r.ece),
    ("smECE      %s; largest bucket error %s, debiased L2 %s"):format(number(r.sm_ece, 6),
      number(r.maximum_error, 6), number(r.debiased_l2, 6)),
    ("cumulative Kuiper %s sigma (p = %s), KS %s sigma (p = %s)"):format(number(r.kuiper, 2),
      p_value(r.kuiper_log_p), number(r.ks, 2), p_value(r.ks_log_p)),
  }
  return table.concat(lines, "\n")
end

local function largest_of(list)
  local largest = 0
  for _, one in ipairs(list) do
    largest = math.max(largest, one.mean_prediction, one.mean_label)
  end
  return largest
end

local function buckets(r)
  local rows, decimals = {}, decimals_of(largest_of(r.buckets))
  for i, b in ipairs(r.buckets) do
    rows[i] = {
      ("%d"):format(i), ("%s to %s"):format(number(b.low, decimals), number(b.high, decimals)),
      number(b.mean_prediction, decimals), number(b.mean_label, decimals),
      number(b.difference, decimals), ("%.0f"):format(b.n),
    }
  end
  return lines_of({ "bucket", "predictions", "mean prediction", "mean label", "difference",
    "rows" }, rows)
end

-- ----------------------------------------------------------------------------------- by feature --

local SEGMENT = { "rows", "mean prediction", "mean label", "ratio", "interval" }

local function header_of(first, more)
  local header = { first }
  for _, title in ipairs(SEGMENT) do
    header[#header + 1] = title
  end
  for _, title in ipairs(more) do
    header[#header + 1] = title
  end
  return header
end

local function segment_row(label, s, decimals, more)
  local row = {
    label, ("%.0f"):format(s.n), number(s.mean_prediction, decimals),
    number(s.mean_label, decimals), number(s.ratio, 3), interval(s.ratio_low, s.ratio_high, 3),
  }
  for _, word in ipairs(more) do
    row[#row + 1] = word
  end
  return row
end

-- least: of the p-values that there can be.
local function p_of(segment, least)
  local p = segment.adjusted_p
  return p and ((p <= least and "<=" or "") .. ("%.2g"):format(p)) or "-"
end

-- The least p-value that drawing labels gives; 0 for the tail of a distribution.
local function least_p(s)
  return s.method == "simulation" and (1 + 1e-9) / (1 + s.resamples) or 0
end

-- All values, or those that are furthest off.
local function values_shown(field)
  local list = {}
  for i, value in ipairs(field.values) do
    list[i] = { value = value, place = i }
  end
  if #list > MOST_ROWS then
    table.sort(list, function(a, b)
      if a.value.deviation ~= b.value.deviation then
        return a.value.deviation > b.value.deviation
      end
      return a.place < b.place
    end)
  end
  return list
end

local function by_field(field, least)
  local rows, decimals = {}, decimals_of(largest_of(field.values))
  local list = values_shown(field)
  for i = 1, math.min(#list, MOST_ROWS) do
    local value = list[i].value
    rows[i] = segment_row(value.value, value, decimals,
      { number(value.shrunk_ratio, 3), number(value.kuiper, 2), p_of(value, least) })
  end
  local title = ("by %s: field-RCE %s (smoothed %s), field-ECE %s"):format(field.name,
    number(field.field_rce, 4), number(field.field_rce_smoothed, 4),
    number(field.field_ece.umc, 6))
  if #list > MOST_ROWS then
    title = ("%s; %d of %d values, those furthest off"):format(title, MOST_ROWS, #list)
  end
  return title .. "\n"
    .. lines_of(header_of(field.name, { "shrunk", "Kuiper", "p of all" }), rows)
end

local function worst_segments(s, confidence)
  local how = s.method == "simulation"
    and ("all labels drawn %d times from the predictions"):format(s.resamples)
    or "Kuiper's tail and Holm's correction"
  local title = ("worst segments of %d looked at; p of all: %s"):format(s.looked_at, how)
  local rows, decimals = {}, decimals_of(largest_of(s.worst))
  for i = 1, math.min(#s.worst, MOST_SEGMENTS) do
    local one = s.worst[i]
    rows[i] = segment_row(one.segment, one, decimals,
      { number(one.kuiper, 2), p_of(one, least_p(s)) })
  end
  local verdict = s.worst[1] and s.worst[1].adjusted_p > 1 - confidence
    and "\nnone is further off than the worst of so many would be by chance" or ""
  return title .. "\n" .. lines_of(header_of("segment", { "Kuiper", "p of all" }), rows)
    .. verdict
end

-- ------------------------------------------------------------------------------ after selection --

local function selected_row(label, s, decimals)
  return {
    label, ("%.0f"):format(s.n), number(s.mean_prediction, decimals),
    number(s.mean_label, decimals), number(s.expected_label, decimals), number(s.ratio, 3),
    number(s.inflation, 3), interval(s.inflation_low, s.inflation_high, 3),
  }
end

local function selected_header(first)
  return { first, "rows", "mean prediction", "mean label", "expected", "ratio", "inflation",
    "interval" }
end

local function after_selection(s)
  local decimals, rows = decimals_of(largest_of(s.deciles)), {}
  for i, slot in ipairs(s.slots) do
    rows[i] = selected_row(("%d"):format(slot.slot), slot, decimals)
  end
  rows[#rows + 1] = selected_row(s.k == 1 and "1" or ("1-%d"):format(s.k), s, decimals)
  if s.k == 1 then
    table.remove(rows)
  end
  local deciles = {}
  for i, decile in ipairs(s.deciles) do
    deciles[i] = selected_row(("%.4g"):format(decile.to), decile, decimals)
  end
  return "after selection (expected: what the same predictions are worth among all rows;\n"
    .. "inflation: expected over observed; equal scores count for each rank they may have)\n"
    .. lines_of(selected_header("rank"), rows) .. "\n\n"
    .. lines_of(selected_header("score up to"), deciles)
end

-- --------------------------------------------------------------------------------------- all --

local function one_report(part)
  local r, blocks = part.report, {}
  blocks[1] = (part.task and part.task .. "\n" or "") .. overall(r)
  blocks[2] = buckets(r)
  for _, field in ipairs(r.by) do
    blocks[#blocks + 1] = by_field(field, least_p(r.segments))
  end
  if r.segments and #r.segments.worst > 0 then
    blocks[#blocks + 1] = worst_segments(r.segments, r.confidence)
  end
  if r.selection then
    blocks[#blocks + 1] = after_selection(r.selection)
  end
  return table.concat(blocks, "\n\n")
end

--- The text of some reports. parts: a list of {task (nil for the only one), report}.
function text.of(parts)
  local texts = {}
  for i, part in ipairs(parts) do
    texts[i] = one_report(part)
  end
  return table.concat(texts, "\n\n\n") .. "\n"
end

return text
