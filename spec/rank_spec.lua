local reference = require("spec.support.reference")
local sy = require("steelyard")

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return (message:gsub("^.-:%d+: ", ""))
end

describe("rank", function()
  it("gives rows, best first, and where each request's begin", function()
    local order, offsets = sy.rank({ 0.2, 0.9, 0.5 })
    assert.same({ 2, 3, 1 }, order:totable())
    assert.same({ 0, 3 }, offsets:totable())
    assert.equal("i64", order.dtype)
    assert.equal("i64", offsets.dtype)
  end)

  it("keeps the order of equal scores", function()
    assert.same({ 1, 2, 3, 4 }, (sy.rank({ 5, 5, 5, 5 })):totable())
    assert.same({ 2, 4, 1, 3 }, (sy.rank({ 0, 1, -0.0, 1 })):totable())
  end)

  it("ranks request by request, where the rows stand together", function()
    local order, offsets = sy.rank({ 1, 2, 3, 9, 8, 7, 5 }, { groups = { 4, 4, 4, 2, 2, 2, 9 } })
    assert.same({ 3, 2, 1, 4, 5, 6, 7 }, order:totable())
    assert.same({ 0, 3, 6, 7 }, offsets:totable())
  end)

  it("and where they do not; ids are numbers, texts or arrays", function()
    local scores = { 1, 10, 2, 20, 3 }
    for _, ids in ipairs({
      { 7, 3, 7, 3, 7 },
      { "b", "a", "b", "a", "b" },
      sy.array({ 7, 3, 7, 3, 7 }, "i64"),
      sy.array({ 7, 3, 7, 3, 7 }, "i32"),
      sy.groups.of({ 7, 3, 7, 3, 7 }),
    }) do
      local order, offsets = sy.rank(scores, { groups = ids })
      assert.same({ 5, 3, 1, 4, 2 }, order:totable())
      assert.same({ 0, 3, 5 }, offsets:totable())
      order, offsets = sy.rank(scores, { groups = ids, k = 1 })
      assert.same({ 5, 4 }, order:totable())
      assert.same({ 0, 1, 2 }, offsets:totable())
    end
  end)

  it("stops at k, which may be more than there are", function()
    assert.same({ 3 }, (sy.rank({ 1, 2, 3 }, { k = 1 })):totable())
    assert.same({ 3, 2 }, (sy.rank({ 1, 2, 3 }, { k = 2 })):totable())
    assert.same({ 3, 2, 1 }, (sy.rank({ 1, 2, 3 }, { k = 4 })):totable())
    assert.same({ 3, 2, 1 }, (sy.rank({ 1, 2, 3 }, { k = 0 })):totable())
  end)

  it("breaks ties by name, descending", function()
    local by_name = { ties = "name", names = { "b", "c", "a", "d" } }
    assert.same({ 4, 2, 1, 3 }, (sy.rank({ 1, 1, 1, 1 }, by_name)):totable())
    assert.same({ 3, 4, 2, 1 }, (sy.rank({ 1, 1, 2, 1 }, by_name)):totable())
    by_name.k = 2
    assert.same({ 4, 2 }, (sy.rank({ 1, 1, 1, 1 }, by_name)):totable())
    local mixed = { groups = { 1, 2, 1, 2 }, ties = "name", names = by_name.names }
    assert.same({ 1, 3, 4, 2 }, (sy.rank({ 1, 1, 1, 1 }, mixed)):totable())
    assert.equal("rank: ties by name need names=, the items' names",
      raised(sy.rank, { 1 }, { ties = "name" }))
  end)

  it("takes infinite scores and refuses NaN", function()
    local huge = math.huge
    assert.same({ 2, 3, 1 }, (sy.rank({ -huge, huge, 0 })):totable())
    assert.same({ 2, 4, 3, 1, 5 }, (sy.rank({ -huge, huge, 0, huge, -huge })):totable())
    assert.equal("scores[2]: NaN", raised(sy.rank, { 1, 0 / 0 }))
    assert.equal("scores[3]: NaN", raised(sy.rank, { 1, 2, 0 / 0 }, { groups = { 1, 1, 2 } }))
  end)

  it("ranks one item, and nothing", function()
    assert.same({ 1 }, (sy.rank({ 3 })):totable())
    local order, offsets = sy.rank({})
    assert.equal(0, #order)
    assert.same({ 0, 0 }, offsets:totable())
    order, offsets = sy.rank({}, { groups = {} })
    assert.equal(0, #order)
    assert.same({ 0 }, offsets:totable())
    order, offsets = sy.rank({ 1, 2 }, { groups = sy.groups.from_sizes({ 0, 2, 0 }) })
    assert.same({ 2, 1 }, order:totable())
    assert.same({ 0, 0, 2, 2 }, offsets:totable())
  end)

  it("refuses what makes no sense, naming the nearest option", function()
    assert.equal('rank: unknown option "group" (did you mean "groups"?)',
      raised(sy.rank, { 1 }, { group = { 1 } }))
    assert.equal('rank: option "ties": "average" is not one of "input", "name"',
      raised(sy.rank, { 1 }, { ties = "average" }))
    assert.equal("k: expected a whole number from 0 up, got -1", raised(sy.rank, { 1 }, { k = -1 }))
    assert.equal('rank: option "k": expected an integer, got 1.5',
      raised(sy.rank, { 1 }, { k = 1.5 }))
    assert.equal("groups: they are of 2 rows, but there are 1",
      raised(sy.rank, { 1 }, { groups = { 1, 2 } }))
  end)

  it("does as a full stable sort does, for random scores of every type", function()
    local random = sy.random(3)
    for round = 1, 120 do
      local n, steps = random:below(400) - 1, random:below(3) == 1 and 5 or 1e6
      local scores, ids = {}, {}
      for i = 1, n do
        scores[i] = (random:below(steps) - math.floor(steps / 2)) / 16
        ids[i] = random:below(3)
      end
      local k = round % 4 == 0 and 0 or random:below(n + 2)
      local wanted, offsets = {}, { 0 }
      for _, rows in ipairs(reference.requests(ids, n)) do
        local order = reference.order(reference.pick(scores, rows))
        for i = 1, (k > 0 and k < #rows) and k or #rows do
          wanted[#wanted + 1] = rows[order[i]]
        end
        offsets[#offsets + 1] = #wanted
      end
      for _, dtype in ipairs({ "f32", "f64" }) do
        local order, got = sy.rank(sy.array(scores, dtype), { groups = ids, k = k })
        assert.same(wanted, order:totable())
        assert.same(offsets, got:totable())
      end
    end
  end)

  it("gives a permutation whose scores fall, for long requests", function()
    local random, scores = sy.random(4), sy.array(60000, "f32")
    for i = 1, #scores do
      scores[i] = random:normal()
    end
    local order = sy.rank(scores)
    local seen = {}
    for r = 1, #order do
      seen[order[r]] = true
      assert(r == 1 or scores[order[r]] <= scores[order[r - 1]])
    end
    assert.equal(60000, #order)
    assert.equal(60000, #seen)
    local top = sy.rank(scores, { k = 25 })
    assert.same(order:slice(1, 25):totable(), top:totable())
  end)
end)
