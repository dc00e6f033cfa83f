-- The axis of a reliability diagram: from where to where it goes, what is equally far apart on it,
-- and which numbers stand beside it.

local axis = {}
local Axis = {}
Axis.__index = Axis

local function same(p)
  return p
end

local function log_of(p)
  return p > 0 and math.log(p) or -1e9
end

local function logit_of(p)
  return p <= 0 and -1e9 or p >= 1 and 1e9 or math.log(p / (1 - p))
end

local scales = {
  linear = { to = same, back = same },
  log = { to = log_of, back = math.exp },
  logit = { to = logit_of, back = function(z)
    return 1 / (1 + math.exp(-z))
  end },
}

-- "0.5%"
local function percent(p)
  return ("%.10g%%"):format(p * 100)
end

-- -------------------------------------------------------------------------------------- limits --

-- Between which predictions all but a hundredth lies, between which mean labels of buckets above 0,
-- and whether there are others.
local function range_of(curve)
  local buckets = curve:buckets("mass", 200)
  local n = #buckets
  if n == 0 then
    return 0, 1, 0, 1, false
  end
  local low, high = buckets[1].low, buckets[n].high
  if n >= 100 then
    low, high = buckets[1].high, buckets[n].low
  end
  local least, most, none = math.huge, -math.huge, false
  for _, bucket in ipairs((curve:buckets("mass", 10))) do
    if bucket.mean_label > 0 then
      least = math.min(least, bucket.mean_label)
    end
    most = math.max(most, bucket.mean_label)
    none = none or bucket.mean_label == 0
  end
  return low, high, math.min(least, 1), most, none
end

-- So many times must predictions differ before a logarithm is better to read.
local SPREAD = 8

local function choose(low, high)
  if high <= 0.3 and low > 0 and high / low >= SPREAD then
    return "log"
  elseif low >= 0.7 and high < 1 and (1 - low) / (1 - high) >= SPREAD then
    return "logit"
  end
  return "linear"
end

-- --------------------------------------------------------------------------------------- ticks --

local function ticks_of(list)
  local ticks = {}
  for i, p in ipairs(list) do
    ticks[i] = { at = p, label = percent(p) }
  end
  return ticks
end

-- 1, 2 or 5 times a power of 10 that divides a length into some four to eight.
local function step_of(length)
  local power = 10 ^ math.floor(math.log(length / 4) / math.log(10))
  for _, factor in ipairs({ 5, 2 }) do
    if length / (power * factor) >= 4 then
      return power * factor
    end
  end
  return power
end

local function linear(low, high)
  if low < 0.25 * high then
    low = 0
  end
  high = math.min(high, 1)
  if high - low < 1e-9 then
    low, high = math.max(0, low - 0.05), math.min(1, high + 0.05)
  end
  local step = step_of(high - low)
  local from = math.floor(low / step + 1e-9)
  local to = math.min(math.ceil(high / step - 1e-9), math.floor(1 / step + 0.5))
  local list = {}
  for i = from, to do
    list[#list + 1] = tonumber(("%.10g"):format(i * step))
  end
  return list
end

-- 1, 2, 5, 10 ... from the one at or below `low` to the one at or above `high`, at most 1.
local function log(low, high)
  local list, power = {}, math.floor(math.log(low) / math.log(10)) - 1
  while power < 0 do
    for _, factor in ipairs({ 1, 2, 5 }) do
      local p = tonumber(("%de%d"):format(factor, power))
      if p <= low * (1 + 1e-9) then
        list = { p }
      elseif list[#list] < high * (1 - 1e-9) then
        list[#list + 1] = p
      end
    end
    power = power + 1
  end
  if list[#list] < high * (1 - 1e-9) then
    list[#list + 1] = 1
  end
  return list
end

local ODDS = { 1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 0.9999,
  0.99999, 0.999999 }

local function logit(low, high)
  local first, last = 1, #ODDS
  while ODDS[first + 1] <= low and first + 2 < last do
    first = first + 1
  end
  while ODDS[last - 1] >= high and last - 2 > first do
    last = last - 1
  end
  local list = {}
  for i = first, last do
    list[#list + 1] = ODDS[i]
  end
  return list
end

-- Every second one where they are too many to read, but the first and the last.
local function few(list)
  local few_, decades = {}, {}
  if #list <= 9 then
    return list
  end
  for i, p in ipairs(list) do
    if ("%.0e"):format(p):find("^1e") or p == 0.5 or i == #list then
      decades[#decades + 1] = p
    end
  end
  if list[1] ~= decades[1] then
    few_[1] = list[1]
  end
  for _, p in ipairs(decades) do
    few_[#few_ + 1] = p
  end
  return few_
end

-- ------------------------------------------------------------------------------------- the axis --

--- The axis for a curve, the same for predictions and labels. scale: "auto", "linear", "log",
-- "logit".
function axis.of(curve, scale)
  local low, high, least, most, none = range_of(curve)
  if scale == "auto" then
    scale = choose(low, high)
  end
  local list
  if scale == "linear" then
    local alone = low == high -- one place, which should not be the corner
    list = linear((none or alone) and 0 or math.min(low, least),
      math.max(high, most) * (alone and 1.25 or 1))
  elseif scale == "log" then
    low = math.max(low, 1e-6)
    list = log(math.max(math.min(low, least), low / 10), math.max(high, most, low * 2))
  else
    list = logit(math.max(math.min(low, least), low / 10, 1e-6),
      most < 1 and math.max(high, most) or high)
  end
  local self = { scale = scale, low = list[1], high = list[#list], ticks = ticks_of(few(list)) }
  return setmetatable(self, Axis)
end

--- Where a probability lies: 0 at the axis' beginning, 1 at its end, up to a little beyond.
function Axis:share(p)
  local to = scales[self.scale].to
  local low, high = to(self.low), to(self.high)
  return math.min(math.max((to(p) - low) / (high - low), -0.1), 1.1)
end

--- Does it reach to a probability?
function Axis:has(p)
  return p >= self.low * (1 - 1e-9) and p <= self.high * (1 + 1e-9)
end

--- So many ascending probabilities, equally far apart, from one to another (the axis' ends, where
-- they are not given or beyond them).
function Axis:points(count, first, last)
  first, last = math.max(first or 0, self.low), math.min(last or 1, self.high)
  local scale, list = scales[self.scale], {}
  local low, high = scale.to(first), scale.to(last)
  for i = 1, count do
    local p = scale.back(low + (high - low) * (i - 1) / (count - 1))
    list[i] = math.min(math.max(p, first), last) -- but for rounding
  end
  list[1], list[count] = first, last
  return list
end

return axis
