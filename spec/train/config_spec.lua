-- Options of training that make no sense, told before the work.
local sy = require "steelyard"
local training = require "spec.support.training"

local data = training.log(300)

local function fails(message, more, set)
  local told = training.message_of(sy.train.mtml, set or data, training.config(more))
  assert.is_truthy(told:find(message, 1, true), told)
  assert.is_truthy(told:find("^[^\n]*%.lua:%d+: "), told) -- at the caller's line
end

describe("options of training", function()
  it("are whole, finite and within bounds", function()
    fails("id_deviation: expected 0 or more, got -1", { id_deviation = -1 })
    fails("id_l2: expected 0 or more, got", { id_l2 = math.huge })
    fails("head_l2: expected 0 or more, got", { head_l2 = 0 / 0 })
    fails("seed: 1099511627776 is not from -2^32 to 2^32", { seed = 2 ^ 40 })
    fails('option "hidden": expected a list', { hidden = { width = 3 } })
    fails('option "cross_features": expected a list', { cross_features = { a = "hour" } })
    fails("user_id: column is an empty name", { user_id = "" })
    fails("got null", { user_id = sy.json.null })
  end)

  it("of recipes are, too", function()
    fails("recipe buckets: buckets: expected a number from 1 to 2147483647, got 0",
      { recipe = { name = "buckets", buckets = 0 } })
    fails("recipe kernel: weight: expected a number from 0 up, got -1",
      { recipe = { name = "kernel", weight = -1 } })
    fails("recipe platt: fraction: expected a number from 0 to 1, got 2",
      { recipe = { name = "platt", fraction = 2 } })
    fails("recipe: name: expected one of plain, platt", { recipe = {} })
    fails('recipe feature: by: as: "log" is no category',
      { recipe = { name = "feature", by = { column = "hour", as = "log" } } })
    fails("recipe: options: weight: expected a name with", {
      recipe = { options = { weight = 3 }, loss = function() end },
    })
  end)

  it("of optimizers and calibrators are known before training", function()
    fails("optimizer: name: expected one of sgd", { optimizer = {} })
    fails("optimizer: learning_rate is an option beside it, not in it",
      { optimizer = { name = "adam", learning_rate = 0.1 } })
    fails("learning_rate: expected a number or", { learning_rate = {} })
    fails('calibrate: option "method": "plat" is not one of', { calibrate = "plat" })
    fails('calibrate: method "boost" needs features', { calibrate = "boost" })
    fails("calibrate: weights has no place here", { calibrate = { weights = { 1 } } })
  end)

  it("hold a batch of any size", function()
    local one = sy.train.mtml(data, training.config({ batch = 2 ^ 40 }))
    local other = sy.train.mtml(data, training.config({ batch = 240 }))
    assert.are.equal(other:predict(data).click:bytes(), one:predict(data).click:bytes())
  end)
end)

describe("a recipe of one's own", function()
  local function loss(batch, parts)
    return batch:cross_entropy(parts.logits)
  end

  it("gives layers with a number for each task, and gradients", function()
    fails('build: parts.served is "none", which is no layer', {
      recipe = { loss = loss, build = function(_, parts) parts.served = "none" end },
    })
    fails('build: parts.logits is "wide" of 5: it must be a layer of 2', {
      recipe = { loss = loss, build = function(graph, parts)
        parts.logits = graph:dense(parts.combined, 5, { name = "wide" })
      end },
    })
    fails("loss gave no gradient", { recipe = { loss = function() return 1, {} end } })
    fails("recipe of your own: features: expected a table", {
      recipe = { loss = loss, features = function() return 3 end },
    })
  end)
end)
