-- Calibrators of every form for specs, made of parts, not fitted.
local calibrator = require "steelyard.calibrator"
local core = require "steelyard.core"

local calibrators = {}

calibrators.maps = {
  scale = { kind = "scale", rate = 1, factor = 1 / 3 },
  platt = { kind = "logistic", rate = 0.1, c = { 0.1, 0.9, 0.9, 0 }, z_low = -9, z_high = 3 },
  quadratic = {
    kind = "logistic", rate = 1, c = { -0.3, 1.1, 1.1, 0.02 }, z_low = -7.25, z_high = 2,
  },
  beta = { kind = "logistic", rate = 0.7, c = { 0.2, 1.2, 0.4, 0 }, z_low = -9, z_high = 3 },
  isotonic = {
    kind = "knots", rate = 1, x = { 0.05, 0.2, 1 / 3, 0.9 }, y = { 0.01, 0.1, 0.5, 0.95 },
    in_logits = false, step = false,
  },
  histogram = {
    kind = "knots", rate = 1, x = { 0, 0.1, 0.5 }, y = { 0.02, 0.2, 0.7 },
    in_logits = false, step = true,
  },
  piecewise = {
    kind = "knots", rate = 0.25, x = { -40, -3, 0.5, 40 }, y = { -39, -2.5, 1 / 7, 41 },
    in_logits = true, step = false,
  },
}

--- A raw calibrator of a map's name. more: further parts.
function calibrators.raw(name, more)
  local parts = { method = name, map = calibrators.maps[name] }
  for key, value in pairs(more or {}) do
    parts[key] = value
  end
  return core.calibrator_new(parts)
end

--- The same with its Lua face.
function calibrators.new(name, more)
  return calibrator.wrap(calibrators.raw(name, more))
end

--- Parts of a calibrator by segments: country (texts), age (cut), slot (whole numbers).
calibrators.segments = {
  about = '{"rows": 10, "scores": [0.1, null, true], "name": "a\\nb"}',
  features = {
    { name = "country", values = { "de", "fr", "ünï\"cødé\"" } },
    { name = "age", edges = { 18, 30.5 } },
    { name = "slot", numbers = { 1, 2, 5 } },
  },
  tables = {
    { features = { 1, 2 }, edges = { -1 / 3 }, offsets = {
      0.1, 0.2, 0.3, -0.1, -0.2, -0.3, 1e-17, 0, -0.0,
      1 / 3, 0.5, 0.25, 0.125, 1 / 7, 1 / 9, 0.6, -0.6, 0.7,
    } },
    { features = { 3 }, edges = {}, offsets = { 0.01, -0.02, 0.03 } },
  },
}

return calibrators
