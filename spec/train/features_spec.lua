-- Columns of training that are missing, endless, or there twice.
local paths = require "spec.support.paths"
local sy = require "steelyard"
local training = require "spec.support.training"

local NAN = 0 / 0

local function fails(message, set, more)
  local told = training.message_of(sy.train.mtml, set, training.config(more))
  assert.is_truthy(told:find(message, 1, true), told)
end

describe("a column of training", function()
  after_each(paths.clean)

  it("may be there twice, as a number's cut and as its values", function()
    local data = training.log(300)
    local model = sy.train.mtml(data, training.config({ recipe = "plain", cross_features = {
      { column = "hour", as = "category" }, { column = "hour", as = "cut", edges = { 6, 12 } },
      { column = "hour", as = "cut", edges = { 9 } },
    } }))
    local path = paths.temporary(".safetensors")
    assert(model:save(path))
    local tensors = assert(sy.tensors.load(path))
    assert.are.equal(25, tensors["cross_features/hour.table.weight"].shape[1])
    assert.are.equal(4, tensors["cross_features/hour#2.table.weight"].shape[1])
    assert.are.equal(3, tensors["cross_features/hour#3.table.weight"].shape[1])
    assert.are.equal(model:predict(data).click:bytes(),
      assert(sy.train.load(path)):predict(data).click:bytes())
  end)

  it("that the feature recipe goes by is a category, of numbers, too", function()
    local data = training.log(300)
    local model = sy.train.mtml(data, training.config({
      recipe = { name = "feature", by = "hour" },
    }))
    local other = sy.train.mtml(data, training.config({
      recipe = { name = "feature", by = { column = "hour", as = "category" } },
    }))
    assert.are.equal(other:predict(data).click:bytes(), model:predict(data).click:bytes())
  end)

  it("may lack numbers: as a category, they are one value", function()
    local data = training.log(300, function(c)
      for i = 1, 300, 3 do
        c.item[i] = NAN
      end
    end)
    local model = sy.train.mtml(data, training.config({ item_id = "item" }))
    assert.are.equal("", model.encoding.item_id.values[1]) -- the most frequent
  end)

  it("says which row has no place in it", function()
    local function with(column, row, value)
      return training.log(300, function(c)
        c[column][row] = value
      end)
    end
    fails("column length: its numbers are infinite, or too large", with("length", 3, 1e300),
      { cross_features = { "length" } })
    fails("column length: row 299: 1e+300 is infinite, or too large", with("length", 299, 1e300),
      { cross_features = { "length" } })
    fails("column length: row 3: 1e+39 is infinite, or too large", with("length", 3, 1e39),
      { cross_features = { { column = "length", as = "raw" } } })
    fails("validation: column day: row 3 has no number", with("day", 3, NAN))
    fails("validation: column day: row 3 has no number", with("day", 3, NAN),
      { validation = { share = 0.5, by = "day" } })
    local o = training.config({ cross_features = { "length" } })
    local model = sy.train.mtml(training.log(300), o)
    local told = training.message_of(model.predict, model, with("length", 9, math.huge))
    assert.is_truthy(told:find("column length: row 9: ", 1, true), told)
  end)
end)
