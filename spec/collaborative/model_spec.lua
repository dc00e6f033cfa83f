local bags = require "spec.support.bags"
local check = require "spec.support.check"
local model = require "steelyard.collaborative.model"
local paths = require "spec.support.paths"
local sy = require "steelyard"

local cf = sy.collaborative

-- A model that gives each history the same scores, and counts its calls.
model.define("spec_fixed", {
  scores = function(self, histories)
    self.calls = (self.calls or 0) + 1
    local scores = model.buffer(self, #histories.offsets - 1, self.items)
    for r = 1, scores.shape[1] do
      sy.vector.assign(scores:row(r), self.values)
    end
    return scores
  end,
  tensors = function(self)
    return { values = self.values }
  end,
  rebuild = function(about, tensors, base)
    return { values = model.tensor(tensors, "values", "f32", base.items), note = about.note }
  end,
  about = function(self)
    return { note = self.note }
  end,
  cost = function(_, rows)
    return 100 * rows
  end,
})

local function fixed(values, names)
  return model.new("spec_fixed", { items = #values, item_names = names, note = "ü",
    values = sy.array(values, "f32") })
end

describe("a recommender", function()
  after_each(paths.clean)

  it("gives the best unseen items", function()
    local ids, scores = fixed({ 5, 4, 3, 2, 1 }):recommend({ {}, { 1, 3 }, { 1, 2, 3, 4, 5 } },
      { k = 3 })
    assert.are.same({ { 1, 2, 3 }, { 2, 4, 5 }, { 0, 0, 0 } }, ids:totable())
    assert.are.equal("i32", ids.dtype)
    assert.are.equal("f32", scores.dtype)
    assert.are.same({ 5, 4, 3 }, scores:row(1):totable())
    assert.are.same({ 4, 2, 1 }, scores:row(2):totable())
  end)

  it("puts equal items in order of their numbers", function()
    local ids = fixed({ 1, 2, 2, 1, 2 }):recommend({ { 3 } }, { k = 4 })
    assert.are.same({ { 2, 5, 1, 4 } }, ids:totable())
  end)

  it("takes histories in any order, with doubles, as lists", function()
    local ids = fixed({ 5, 4, 3 }):recommend({ { 2, 1, 2 } }, { k = 1 })
    assert.are.same({ { 3 } }, ids:totable())
    ids = fixed({ 5, 4, 3 }):recommend({}, { k = 2 })
    assert.are.equal(0, ids.shape[1])
  end)

  it("takes interactions and bags, whatever the batch", function()
    local one = cf.ease(bags.random(100, 30, 0.2, 1), { l2 = 3 })
    local bag = bags.random(37, 30, 0.3, 2)
    local codes = {}
    for r = 1, 37 do
      for _ = bag.offsets[r] + 1, bag.offsets[r + 1] do
        codes[#codes + 1] = r
      end
    end
    local x = cf.interactions({ users = codes, items = bag.ids, rows = 37, columns = 30 })
    local ids, scores = one:recommend(bag, { k = 7 })
    for _, batch in ipairs({ 1, 2, 36, 37 }) do
      local others, values = one:recommend(x, { k = 7, batch = batch })
      assert.are.same(ids:totable(), others:totable())
      assert.are.same(scores:totable(), values:totable())
    end
    assert.are.same(ids:slice(5, 9):totable(),
      one:recommend(model.rows(bag, 5, 9), { k = 7 }):totable())
  end)

  it("takes a bag of plain tables", function()
    local ids = fixed({ 5, 4, 3 }):recommend({ ids = { 1, 2, 3 }, offsets = { 0, 1, 3 } },
      { k = 1, batch = 1 })
    assert.are.same({ { 2 }, { 1 } }, ids:totable())
  end)

  it("bounds the work of one call, before it starts", function()
    local one = fixed({ 5, 4, 3 })
    one:recommend({ { 1 }, { 2 } }, { k = 1, most = 206 })
    check.raises_here("2 histories with 2 items, of 3, take 206 steps: option \"most\" allows 205",
      one.recommend, one, { { 1 }, { 2 } }, { k = 1, most = 205 })
    assert.are.equal(1, one.calls)
    local x = bags.random(100, 30, 0.5, 1)
    local ease = cf.ease(x, { l2 = 3 })
    local entries = #x.ids
    ease:recommend(x, { most = (entries + 100) * 30 })
    check.raises("allows", ease.recommend, ease, x, { most = (entries + 100) * 30 - 1 })
    check.raises("allows", ease.recommend, ease, x, { most = 0 / 0 })
  end)

  it("measures what it finds", function()
    local one = fixed({ 5, 4, 3, 2, 1 })
    local found = one:evaluate({ { 1 }, { 2 }, {} }, { { 2 }, { 5 }, {} },
      { metrics = { "ndcg@2", "hit@1" } })
    assert.are.equal(3, found.users)
    assert.are.same({ 1, 0, 0 }, found.values["hit@1"]:totable())
    check.close(1 / 3, found.means["ndcg@2"], 1e-15)
    -- The deviation of 1, 0, 0 is 1 / sqrt(3).
    check.close(1 / 3, found.errors["ndcg@2"], 1e-15)
    local again = one:evaluate({ { 1 }, { 2 }, {} }, { { 2 }, { 5 }, {} },
      { metrics = { "ndcg@2", "hit@1" }, batch = 1 })
    assert.are.same(found.values["ndcg@2"]:totable(), again.values["ndcg@2"]:totable())
    local none = one:evaluate({}, {})
    assert.are.equal(0, none.users)
    assert.is_true(none.means["ndcg@100"] ~= none.means["ndcg@100"])
  end)

  it("refuses histories that make no sense", function()
    local one = cf.ease(bags.random(20, 6, 0.5, 1), { l2 = 3 })
    local function refuses(wanted, histories)
      check.raises(wanted, one.recommend, one, histories)
    end
    refuses("histories.ids[2]: 7 is not from 1 to 6", { { 1 }, { 7 } })
    refuses("histories.ids[1]: 0 is not from 1 to 6", { { 0, 1 } })
    refuses("expected an item's number, got \"a\"", { { "a" } })
    refuses("histories: expected a bag", 5)
    refuses("histories: expected a bag", { 1, 2 })
    refuses("offsets", { ids = { 1 }, offsets = {} })
    local function bag(ids, offsets)
      return { ids = sy.array(ids, "i32"), offsets = sy.array(offsets, "i64") }
    end
    refuses("histories.offsets[3]: 0 is below", bag({ 1, 2 }, { 0, 1, 0, 2 }))
    refuses("histories: offsets end at 1, but there are 2 ids", bag({ 1, 2 }, { 0, 2, 1 }))
    refuses("histories.ids[2]: row 1 must ascend", bag({ 2, 1 }, { 0, 2 }))
    refuses("offsets", bag({ 2 }, { 0, 2 }))
    check.raises_here("held_out.ids[1]: 9", one.evaluate, one, { {} }, { { 9 } })
    assert.are.same({ 0, 0 }, (one:recommend({ {} }, { k = 8 })):row(1):slice(7, 8):totable())
    check.raises_here('option "k": expected 1 to 20, got 21', one.recommend, one, { {} },
      { k = 21 })
    check.raises_here('option "batch"', one.recommend, one, { {} }, { k = 1, batch = 0 })
    check.raises_here("2 histories, but hidden items of 1", one.evaluate, one, { {}, {} }, { {} })
  end)

  it("saves names and what a kind keeps, and loads them", function()
    local names = { "a\0", "b\255", "ü", '"', "" }
    local path = paths.temporary(".safetensors")
    assert(fixed({ 5, 4, 3, 2, 1 }, names):save(path))
    local again = assert(cf.load(path))
    assert.are.same(names, again.item_names)
    assert.are.equal("ü", again.note)
    assert.are.equal("model: spec_fixed, 5 items", tostring(again))
    assert.is_true(model.is(again))
    assert.is_false(model.is({}))
    assert.is_false(model.is(3))
  end)

  it("tells files that are none", function()
    local path = paths.temporary(".safetensors")
    local function refused(wanted, arrays, notes)
      if arrays then
        assert(sy.tensors.save(path, arrays, notes))
      end
      local none, message = cf.load(path)
      assert.is_nil(none)
      assert.is_truthy(message:find(wanted, 1, true), message)
      assert.is_truthy(message:find(path, 1, true), message)
    end
    local file = io.open(path, "wb")
    file:write("nonsense")
    file:close()
    refused("")
    refused("not a model of this version", { a = sy.array({ 1 }) }, {})
    refused("not a model of this version", { a = sy.array({ 1 }) },
      { format = "steelyard.collaborative", version = "2" })
    refused("checksum", { a = sy.array({ 1 }) }, { format = "steelyard.collaborative",
      version = "1", model = "{}", checksum = "12345678" })
    local digest = require "steelyard.train.digest"
    local function forged(wanted, text, arrays)
      refused(wanted, arrays, { format = "steelyard.collaborative", version = "1", model = text,
        checksum = digest.of(text, arrays) })
    end
    local values = { values = sy.array({ 1, 2 }, "f32") }
    forged("no kind of model is called \"os\"", '{"kind": "os", "items": 2}', values)
    forged("no kind of model is called nil", '{"items": 2}', values)
    forged("how many items there are: nil", '{"kind": "spec_fixed"}', values)
    forged("how many items there are: -1", '{"kind": "spec_fixed", "items": -1}', values)
    forged("how many items there are: 1.5", '{"kind": "spec_fixed", "items": 1.5}', values)
    forged("tensor values: f32 of 3 is needed", '{"kind": "spec_fixed", "items": 3}', values)
    forged("it has no tensor values", '{"kind": "spec_fixed", "items": 2}',
      { other = sy.array({ 1 }) })
    local names = { values = values.values, ["item_names/bytes"] = sy.array({ 1 }, "i32"),
      ["item_names/ends"] = sy.array({ 3, 5 }, "i64") }
    forged("the name of item 2 makes no sense", '{"kind": "spec_fixed", "items": 2}', names)
    names["item_names/ends"] = sy.array({ 3 }, "i64")
    forged("tensor item_names/ends: i64 of 2", '{"kind": "spec_fixed", "items": 2}', names)
    forged("", "[1]", values)
    forged("", "not json", values)
    forged("tensor weights: f32 of 2 x 2", '{"kind": "ease", "items": 2}',
      { weights = sy.array.zeros(2, 3, "f32") })
    forged("tensor ids: i32", '{"kind": "slim", "items": 2}', { ids = sy.array({ 1, 2 }),
      offsets = sy.array({ 0, 1, 2 }, "i64"), weights = sy.array({ 1, 2 }, "f32") })
    forged("part 1 has no weight", '{"kind": "mix", "items": 2, "about": {"parts": '
      .. '[{"kind": "spec_fixed"}]}}', { ["1/values"] = values.values })
    forged("l2: nil", '{"kind": "als", "items": 2}', { factors = sy.array.zeros(2, 3, "f32") })
  end)

  it("says where it cannot be saved", function()
    local none, message = fixed({ 1 }):save("/no/such/folder/model.safetensors")
    assert.is_nil(none)
    assert.is_truthy(message:find("/no/such/folder", 1, true), message)
    none, message = fixed({ 1 }):save("/no/such/folder")
    assert.is_nil(none)
    assert.is_truthy(message:find("/no/such/folder", 1, true), message)
    check.raises_here("save: path", fixed({ 1 }).save, fixed({ 1 }), 3)
    check.raises_here("load: path", cf.load, nil)
  end)
end)
