-- Is a critic right, and where does it pull? Its error beside that of a constant, its calibration
-- by buckets of equal mass, and its weights: their signs and how far they spread.

local core = require("steelyard.core")
local metrics = require("steelyard.metrics")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

local report = {}

local Report = {}
Report.__index = Report

local report_options = { buckets = { type = "integer", default = 10 } }
report.options = report_options

local function deviation_of(values, mean)
  return math.sqrt(vector.square(vector.subtract(values, mean)):mean())
end

local function correlation_of(a, b)
  local mean_a, mean_b = a:mean(), b:mean()
  local da, db = vector.subtract(a, mean_a), vector.subtract(b, mean_b)
  local product = math.sqrt(vector.dot(da, da) * vector.dot(db, db))
  return product > 0 and vector.dot(da, db) / product or nil -- of what does not vary there is none
end

-- The rows in order of their values, from the smallest; equal ones as they came.
local function ascending(values)
  return (metrics.rank(vector.negate(values)))
end

-- Buckets of as many examples each, by the critic's value.
local function buckets_of(values, targets, count)
  local order, buckets, n = ascending(values), {}, #values
  count = math.min(count, n)
  for b = 1, count do
    local first = math.floor((b - 1) * n / count) + 1
    local rows = order:slice(first, math.floor(b * n / count))
    local predicted, found = values:gather(rows), targets:gather(rows)
    local mean = found:mean()
    buckets[b] = {
      rows = #rows, low = predicted[1], high = predicted[#rows],
      mean_prediction = predicted:mean(), mean_target = mean,
      standard_error = #rows > 1 and deviation_of(found, mean) / math.sqrt(#rows - 1) or nil,
    }
  end
  return setmetatable(buckets, core.json_array)
end

local QUANTILES = { 0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1 }

-- The signs and the spread of weights.
local function weights_of(weights)
  local sorted, n = weights:gather(ascending(weights)), #weights
  local negative, zero = 0, 0
  for i = 1, n do
    negative = negative + (sorted[i] < 0 and 1 or 0)
    zero = zero + (sorted[i] == 0 and 1 or 0)
  end
  local quantiles = {}
  for i, q in ipairs(QUANTILES) do
    quantiles[i] = { q = q, value = sorted[math.floor(q * (n - 1) + 0.5) + 1] }
  end
  local size = vector.abs(weights):sum()
  return {
    negative_share = negative / n, zero_share = zero / n, mean = weights:mean(),
    -- How much of all that the weights pull is pulled the wrong way.
    negative_mass = size > 0 and (size - weights:sum()) / (2 * size) or 0,
    quantiles = setmetatable(quantiles, core.json_array),
  }
end

--- A report on examples with targets. values, weights (nil: there are none): the critic's.
function report.of(values, targets, weights, given)
  local o = options.check("critic:report", given, report_options)
  if #values == 0 then
    options.fail("critic:report: no examples")
  elseif o.buckets < 1 then
    options.fail("critic:report: buckets: expected 1 or more, got %d", o.buckets)
  end
  local made = {
    rows = #values,
    mse = vector.square(vector.subtract(values, targets)):mean(),
    variance = deviation_of(targets, targets:mean()) ^ 2,
    correlation = correlation_of(values, targets),
    mean_prediction = values:mean(), mean_target = targets:mean(),
    calibration = buckets_of(values, targets, o.buckets),
  }
  made.ece = 0
  for _, bucket in ipairs(made.calibration) do
    made.ece = made.ece
      + bucket.rows / made.rows * math.abs(bucket.mean_prediction - bucket.mean_target)
  end
  if weights then
    made.weights = weights_of(weights)
    made.negative_share = made.weights.negative_share
  end
  return setmetatable(made, Report)
end

--- The report for people.
function Report:text()
  local lines = {
    ("examples     %d"):format(self.rows),
    ("error        %.6f (mean squared; of a constant %.6f)"):format(self.mse, self.variance),
    "correlation  " .. (self.correlation and ("%.4f"):format(self.correlation) or "-"),
    ("mean         %.4f predicted, %.4f found; off by bucket %.4f"):format(self.mean_prediction,
      self.mean_target, self.ece),
    "",
    "bucket   examples  predicted     found    +-",
  }
  for b, bucket in ipairs(self.calibration) do
    lines[#lines + 1] = ("%6d %10d %10.4f %9.4f %s"):format(b, bucket.rows,
      bucket.mean_prediction, bucket.mean_target,
      bucket.standard_error and ("%.4f"):format(bucket.standard_error) or "-")
  end
  if self.weights then
    lines[#lines + 1] = ""
    local format = "weights      %.1f %% below 0 (%.1f %% of the pull), %.1f %% are 0"
    lines[#lines + 1] = format:format(100 * self.weights.negative_share,
      100 * self.weights.negative_mass, 100 * self.weights.zero_share)
    local shares, values = {}, {}
    for i, quantile in ipairs(self.weights.quantiles) do
      shares[i] = ("%10s"):format(("%g %%"):format(100 * quantile.q))
      values[i] = ("%10.3g"):format(quantile.value)
    end
    lines[#lines + 1] = "quantile " .. table.concat(shares)
    lines[#lines + 1] = "         " .. table.concat(values)
  end
  return table.concat(lines, "\n")
end

return report
