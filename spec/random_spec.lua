local sy = require("steelyard")

describe("random", function()
  it("gives the published numbers of xoshiro256++", function()
    -- state 1, 2, 3, 4: the generator's reference code begins 41943041, 58720359, 3588806011781223.
    -- uniform() is the upper 53 bits.
    local random = sy.random(0)
    local function word(x)
      return ("%016x"):format(x)
    end
    random:restore(word(1) .. word(2) .. word(3) .. word(4))
    assert.equal(math.floor(41943041 / 2048) / 2 ^ 53, random:uniform())
    assert.equal(math.floor(58720359 / 2048) / 2 ^ 53, random:uniform())
    assert.equal(math.floor(3588806011781223 / 2048) / 2 ^ 53, random:uniform())
  end)

  it("seeds by SplitMix64", function()
    -- the first words of SplitMix64 from 0, as its authors' code prints them
    assert.equal("e220a8397b1dcdaf6e789e6aa1b965f406c45d188009454ff88bb8a8724c81ec",
      sy.random(0):state())
  end)

  it("repeats itself for a seed, and only for that", function()
    local a, b, c = sy.random(7), sy.random(7), sy.random(8)
    local same = 0
    for _ = 1, 100 do
      local x = a:uniform()
      assert.equal(x, b:uniform())
      same = same + (x == c:uniform() and 1 or 0)
    end
    assert.equal(0, same)
    assert.are_not.equal(sy.random(-1):state(), sy.random(1):state())
  end)

  it("is uniform in [0, 1), 1..n, and normal", function()
    local random, sum, square, counts = sy.random(1), 0, 0, {}
    local n = 20000
    for _ = 1, n do
      local x = random:uniform()
      assert.is_true(x >= 0 and x < 1)
      sum = sum + x
      local die = random:below(6)
      counts[die] = (counts[die] or 0) + 1
      local z = random:normal()
      square = square + z * z
    end
    assert.is_near(0.5, sum / n, 0.01)
    assert.is_near(1, square / n, 0.05)
    assert.equal(6, #counts)
    for die = 1, 6 do
      assert.is_near(n / 6, counts[die], 250)
    end
    assert.equal(1, random:below(1))
  end)

  it("shuffles in place, every element once", function()
    local a = sy.array.range(1000)
    local result = sy.random(3):shuffle(a)
    assert.is_true(result == a)
    local moved, seen = 0, {}
    for i = 1, 1000 do
      moved = moved + (a[i] ~= i and 1 or 0)
      seen[a[i]] = true
    end
    assert.is_true(moved > 950)
    assert.equal(1000, #seen)
    assert.is_true(a == sy.random(3):shuffle(sy.array.range(1000)))
    local column = sy.array({ { 1, 9 }, { 2, 9 }, { 3, 9 } }, "i32"):column(1)
    local list = sy.random(1):shuffle(column):totable()
    table.sort(list)
    assert.same({ 1, 2, 3 }, list)
    assert.equal(0, #sy.random(1):shuffle(sy.array(0)))
  end)

  it("shuffles every order as often", function()
    local random, counts = sy.random(5), {}
    for _ = 1, 6000 do
      local key = table.concat(random:shuffle(sy.array.range(3)):totable(), "")
      counts[key] = (counts[key] or 0) + 1
    end
    for _, key in ipairs({ "123", "132", "213", "231", "312", "321" }) do
      assert.is_near(1000, counts[key] or 0, 130)
    end
  end)

  it("saves its state", function()
    local a = sy.random(9)
    a:uniform()
    local state = a:state()
    assert.equal(64, #state)
    local expected = { a:uniform(), a:normal(), a:below(100) }
    local b = sy.random(1):restore(state)
    assert.same(expected, { b:uniform(), b:normal(), b:below(100) })
    for _, bad in ipairs({ "", "x", ("0"):rep(64), ("g"):rep(64), state .. "0" }) do
      assert.is_false(pcall(a.restore, a, bad))
    end
  end)

  it("refuses what is no seed or bound", function()
    assert.is_false(pcall(sy.random, 1.5))
    assert.is_false(pcall(sy.random, "1"))
    assert.is_false(pcall(sy.random))
    local random = sy.random(1)
    assert.is_false(pcall(random.below, random, 0))
    assert.is_false(pcall(random.below, random, -1))
    assert.is_false(pcall(random.shuffle, random, { 1, 2 }))
    assert.is_false(pcall(random.uniform, {}))
  end)
end)
