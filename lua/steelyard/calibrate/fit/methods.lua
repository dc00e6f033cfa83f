-- The maps that a calibrator may have, from the plainest to the freest: what sy.calibrate.fit calls
-- methods. Each is a name, what it does, and fit(curve, options), which returns a map.

local core = require("steelyard.core")

local methods = {}

local IDENTITY = { kind = "scale", rate = 1, factor = 1 }

local function logistic(kind)
  return function(curve, o)
    return core.fit_logistic(curve, kind, o.smoothing)
  end
end

-- Rows that say that the predictions are right, drawn into the curve.
local function with_prior(fit)
  return function(curve, o)
    if o.prior and o.prior > 0 then
      curve = core.curve_toward_identity(curve, o.prior)
    end
    return fit(curve, o)
  end
end

local function isotonic(kind)
  return with_prior(function(curve)
    return core.fit_isotonic(curve, kind)
  end)
end

methods.list = {
  { "identity", "the predictions as they are", function()
    return IDENTITY
  end },
  { "ratio", "times sum of labels / sum of predictions", with_prior(core.fit_scale) },
  { "shift", "logit + a", with_prior(logistic("shift")) },
  { "temperature", "b logit", with_prior(logistic("temperature")) },
  { "platt", "a + b logit (Platt 1999, on logits)", with_prior(logistic("platt")) },
  { "beta_a", "a ln 2p, a >= 0: the plainest of beta calibration", with_prior(logistic("beta_a")) },
  { "beta_am", "beta calibration with a = b", with_prior(logistic("beta_am")) },
  { "beta_ab", "beta calibration without offset", with_prior(logistic("beta_ab")) },
  { "beta", "c + a ln p - b ln(1 - p), a, b >= 0 (Kull et al. 2017)",
    with_prior(logistic("beta_abm")) },
  { "quadratic", "a + b logit + c logit^2, kept ascending", with_prior(logistic("quadratic")) },
  { "piecewise", "piecewise linear in the logit, ascending", function(curve, o)
    return core.fit_piecewise(curve, o.knots, o.prior or 10)
  end },
  { "centred", "isotonic regression, strictly ascending (Oron and Flournoy 2017)",
    isotonic("centred") },
  { "isotonic", "isotonic regression with smoothed ends", isotonic("plain") },
  { "histogram", "the mean label of each of `buckets` buckets", function(curve, o)
    return core.fit_histogram(curve, o.buckets, (o.prior or o.buckets) / o.buckets)
  end },
}

methods.by_name = {}
methods.names = {}
for i, entry in ipairs(methods.list) do
  methods.by_name[entry[1]] = { name = entry[1], text = entry[2], fit = entry[3], place = i }
  methods.names[i] = entry[1]
end

return methods
