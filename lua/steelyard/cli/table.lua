-- Tables for people: columns lined up, the first ones to the left, the others to the right.

local tables = {}

-- Letters, not bytes.
local function width(text)
  return utf8.len(text) or #text
end

--- Lines of a table. header: a list of titles, which may have several lines; rows: lists of texts.
-- left: how many columns are set to the left. Default: 1.
function tables.lines(header, rows, left)
  local columns, heads, tallest = {}, {}, 1
  for c, title in ipairs(header) do
    heads[c] = {}
    for line in (title .. "\n"):gmatch("(.-)\n") do
      table.insert(heads[c], line)
    end
    tallest = math.max(tallest, #heads[c])
  end
  local all = {}
  for l = 1, tallest do
    all[l] = {}
    for c = 1, #header do
      all[l][c] = heads[c][l - tallest + #heads[c]] or ""
    end
  end
  for _, row in ipairs(rows) do
    all[#all + 1] = row
  end
  for _, row in ipairs(all) do
    for c, text in ipairs(row) do
      columns[c] = math.max(columns[c] or 0, width(text))
    end
  end
  local lines = {}
  for i, row in ipairs(all) do
    local parts = {}
    for c, text in ipairs(row) do
      local space = (" "):rep(columns[c] - width(text))
      parts[c] = c <= (left or 1) and text .. space or space .. text
    end
    lines[i] = (table.concat(parts, "  "):gsub("%s+$", ""))
  end
  return lines
end

--- A number with so many decimals; "-" where there is none.
function tables.number(value, decimals)
  if value == nil or value ~= value then
    return "-"
  end
  local text = ("%." .. (decimals or 4) .. "f"):format(value)
  return (text:gsub("^%-(0%.?0*)$", "%1"))
end

--- "[0.9141, 1.1902]"; "-" where there is none.
function tables.interval(low, high, decimals)
  return low ~= low and "-"
    or ("[%s, %s]"):format(tables.number(low, decimals), tables.number(high, decimals))
end

--- Decimals with which the largest of some numbers shows five digits.
function tables.decimals(values)
  local largest = 0
  for _, value in pairs(values) do
    largest = math.max(largest, math.abs(value))
  end
  local digits = largest > 0 and math.floor(math.log(largest, 10)) or 0
  return math.min(math.max(4 - digits, 0), 12)
end

--- A metric's value with six decimals; whole numbers of what is counted as they are.
function tables.value(value, counts)
  if counts and value % 1 == 0 then
    return ("%d"):format(value)
  end
  return tables.number(value, 6)
end

--- "593", or "593 to 608" where rows differ in a field; with a noun, "593 requests".
function tables.span(rows, field, noun)
  local low, high = math.huge, -math.huge
  for _, row in ipairs(rows) do
    low, high = math.min(low, row[field]), math.max(high, row[field])
  end
  local text = noun and tables.count(high, noun) or ("%d"):format(high)
  return low < high and ("%d to %s"):format(low, text) or text
end

--- "1 request", "2 requests".
function tables.count(n, noun)
  return ("%d %s%s"):format(n, noun, n == 1 and "" or "s")
end

return tables
