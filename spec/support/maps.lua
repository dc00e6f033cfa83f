-- Calibrators' maps by their definition, slow and plain: sharing no code with the library.
local maps = {}

function maps.sigmoid(z)
  if z < 0 then
    local e = math.exp(z)
    return e / (1 + e)
  end
  return 1 / (1 + math.exp(-z))
end

--- ln(p / (1 - p)) within -40 and 40.
function maps.logit(p)
  if p <= 0 or p >= 1 then
    return p <= 0 and -40 or 40
  end
  return math.max(-40, math.min(40, math.log(p) - math.log(1 - p)))
end

local function square(z, low, high)
  if z < low then
    return low * low + 2 * low * (z - low)
  elseif z > high then
    return high * high + 2 * high * (z - high)
  end
  return z * z
end

local function logistic(map, p)
  local tiny = math.exp(-40)
  p = math.max(map.p_low or 0, math.min(1 - (map.q_low or 0), p))
  local z, c = maps.logit(p), map.c
  local log_p, log_q = math.log(math.max(p, tiny)), math.log(math.max(1 - p, tiny))
  return maps.sigmoid(c[1] + c[2] * log_p - c[3] * log_q + c[4] * square(z, map.z_low, map.z_high))
end

local function knots(map, p)
  local x, y = map.in_logits and maps.logit(p) or p, map.y
  local value
  if x < map.x[1] then
    value = y[1]
  elseif x >= map.x[#map.x] then
    value = y[#map.x]
  else
    local at = 1
    while map.x[at + 1] <= x do
      at = at + 1
    end
    local share = map.step and 0 or (x - map.x[at]) / (map.x[at + 1] - map.x[at])
    value = y[at] + share * (y[at + 1] - y[at])
  end
  return map.in_logits and maps.sigmoid(value) or value
end

--- What a map makes of a prediction.
function maps.evaluate(map, p)
  p = math.max(0, math.min(1, p))
  p = p / (p + (1 - p) / map.rate)
  if map.kind == "scale" then
    return math.min(1, map.factor * p)
  end
  return map.kind == "logistic" and logistic(map, p) or knots(map, p)
end

return maps
