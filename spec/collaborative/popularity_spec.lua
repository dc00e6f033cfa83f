local check = require "spec.support.check"
local paths = require "spec.support.paths"
local sy = require "steelyard"

local cf = sy.collaborative

local function bag(lists, weights)
  local ids, offsets = {}, { 0 }
  for _, list in ipairs(lists) do
    for _, id in ipairs(list) do
      ids[#ids + 1] = id
    end
    offsets[#offsets + 1] = #ids
  end
  return { ids = sy.array(ids, "i32"), offsets = sy.array(offsets, "i64"),
    weights = weights and sy.array(weights, "f32"), columns = 4 }
end

describe("popularity", function()
  after_each(paths.clean)

  it("scores items by how often they were chosen", function()
    local one = cf.popularity(bag({ { 1, 2 }, { 2 }, {}, { 2, 4 } }))
    local scores = one:scores({ {}, { 3 } })
    assert.are.same({ { 1, 3, 0, 1 }, { 1, 3, 0, 1 } }, scores:totable())
    assert.are.equal("f32", scores.dtype)
    assert.are.equal(0, one:scores({}).shape[1])
  end)

  it("adds up weights", function()
    local one = cf.popularity(bag({ { 1, 2 }, { 2 } }, { 0.5, 2, 0.25 }))
    assert.are.same({ { 0.5, 2.25, 0, 0 } }, one:scores({ {} }):totable())
  end)

  it("comes back from its file", function()
    local x = bag({ { 1, 2 }, { 2 } })
    x.item_names = { "a", "ü", "c", '"' }
    local path = paths.temporary(".safetensors")
    assert(cf.popularity(x):save(path))
    local one = assert(cf.load(path))
    assert.are.equal("popularity", one.kind)
    assert.are.same(x.item_names, one.item_names)
    assert.are.equal(4, one:item('"'))
    assert.is_nil(one:item("b"))
    assert.are.same({ { 1, 2, 0, 0 } }, one:scores({ { 1 } }):totable())
  end)

  it("says what is wrong", function()
    check.raises_here("popularity: expected interactions, got 3", cf.popularity, 3)
    check.raises_here("columns: expected how many items there are, got nil", cf.popularity,
      { ids = sy.array({ 1 }, "i32"), offsets = sy.array({ 0, 1 }, "i64") })
    check.raises_here("3 names", cf.popularity, { ids = sy.array({ 1 }, "i32"), columns = 4,
      offsets = sy.array({ 0, 1 }, "i64"), item_names = { "a", "b", "c" } })
    check.raises_here("histories: expected a bag", function()
      cf.popularity(bag({ { 1 } })):scores("all")
    end)
  end)
end)
