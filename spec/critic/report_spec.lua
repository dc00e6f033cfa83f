-- What a critic is worth, by hand.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("a critic's report", function()
  if not nets.here then
    it("needs a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end
  local report = require "steelyard.critic.report"

  it("has errors, buckets and quantiles", function()
    local values = sy.array({ 0.4, 0.1, 0.2, 0.3 })
    local targets = sy.array({ 0.5, 0.1, 0.4, 0.2 })
    local r = report.of(values, targets, sy.array({ 1, -3, 0, 4 }), { buckets = 2 })
    check.close((0.01 + 0 + 0.04 + 0.01) / 4, r.mse)
    check.close(0.025, r.variance)
    check.close(0.25, r.mean_prediction)
    check.close(0.3, r.mean_target)
    check.close(math.sqrt(0.5), r.correlation)
    assert.equal(2, #r.calibration)
    local first = r.calibration[1]
    check.close(0.15, first.mean_prediction)
    check.close(0.25, first.mean_target)
    check.close(0.15, first.standard_error)
    assert.equal(2, first.rows)
    assert.equal(0.2, first.high)
    check.close(0.05, r.ece)
    assert.equal(0.25, r.negative_share)
    assert.equal(0.25, r.weights.zero_share)
    check.close(3 / 8, r.weights.negative_mass)
    assert.equal(-3, r.weights.quantiles[1].value)
    assert.equal(4, r.weights.quantiles[9].value)
    local text = r:text()
    assert.is_truthy(text:find("weights      25.0 % below 0 (37.5 % of the pull), 25.0 % are 0", 1,
      true))
    assert.is_truthy(sy.json.encode(r))
  end)

  it("is there of one example, and of what does not vary", function()
    local r = report.of(sy.array({ 0.5 }), sy.array({ 0.5 }), sy.array({ 0 }))
    assert.equal(0, r.mse)
    assert.is_nil(r.correlation)
    assert.equal(1, #r.calibration)
    assert.is_truthy(r:text():find("correlation  -", 1, true))
    check.raises("no examples", report.of, sy.array(0), sy.array(0))
    check.raises("buckets: expected 1 or more", report.of, sy.array({ 1 }), sy.array({ 1 }), nil,
      { buckets = 0 })
    r = report.of(sy.array({ 0.5 }), sy.array({ 0.5 }))
    assert.is_nil(r.weights)
  end)
end)
