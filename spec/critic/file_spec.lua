-- Critics in files and checkpoints: the same bits from there on.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local paths = require "spec.support.paths"
local sy = require "steelyard"

describe("a critic's state", function()
  if not nets.here then
    it("needs a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end
  teardown(paths.clean)

  local function users(n, seed)
    local r = sy.random(seed)
    local e = {}
    for _, column in ipairs({ "nll", "seen", "unseen", "target", "own", "thresholds" }) do
      e[column] = sy.array(n)
      for i = 1, n do
        e[column][i] = column == "target" and r:uniform() or r:below(100)
      end
    end
    e.codes, e.log_probabilities = sy.array.range(n), sy.vector.negate(e.nll)
    return e
  end

  local OWN = { name = "squared", sense = -1,
    value = function(e) return sy.vector.square(e.nll) end,
    slope = { nll = function(e) return sy.vector.multiply(e.nll, 2) end } }

  local function critics()
    return {
      { scale = "raw" }, { scale = "z", dtype = "f32", monotone = true }, { scale = "batch_norm" },
      { scale = "z", items = true, seed = 7 },
      { scale = "z", features = { OWN, { name = "own", sense = 1 }, "seen" }, monotone = true,
        hidden = { 5 }, output = "softplus" },
    }
  end

  it("is the same after the same steps, and after going on", function()
    for i, o in ipairs(critics()) do
      local e, more = users(40, i), users(30, 100 + i)
      local c, twin = sy.critic.new(o), sy.critic.new(o)
      c:fit(e, { epochs = 3 })
      twin:fit(e, { epochs = 3 })
      assert.is_true(c:value(e) == twin:value(e))
      -- A checkpoint.
      local state = assert(sy.json.decode(sy.json.encode(c:state())))
      local tensors = {}
      for name, array in pairs(c:tensors()) do
        tensors[name] = array:copy()
      end
      c:fit(more, { epochs = 2 })
      c:step(e)
      local other = sy.critic.new(o):set_state(state, tensors)
      other:fit(more, { epochs = 2 })
      other:step(e)
      assert.is_true(c:value(e):bytes() == other:value(e):bytes(), tostring(c))
      assert.is_true(c:slopes(e).nll == other:slopes(e).nll)
      assert.equal(c.steps, other.steps)
      -- A file.
      local path = paths.temporary(".critic")
      assert(c:save(path))
      local loaded = assert(sy.critic.load(path, { features = { OWN } }))
      assert.equal(tostring(c), tostring(loaded))
      assert.is_true(c:value(more) == loaded:value(more))
      c:fit(e, { epochs = 1 })
      loaded:fit(e, { epochs = 1 })
      assert.is_true(c:value(more):bytes() == loaded:value(more):bytes(), tostring(c))
    end
  end)

  it("is kept before anything was seen", function()
    local c, path = sy.critic.new({ scale = "z" }), paths.temporary(".critic")
    assert(c:save(path))
    local e = users(20, 1)
    assert.equal(c:step(e), assert(sy.critic.load(path)):step(e))
  end)

  it("is refused where it does not fit", function()
    local e, c = users(20, 1), sy.critic.new({ scale = "z" })
    c:step(e)
    local other = sy.critic.new({ scale = "z", hidden = { 3 } })
    check.raises_here("tensor net/hidden_1", other.set_state, other, c:state(), c:tensors())
    check.raises_here("there is no tensor net/", other.set_state, other, c:state(), {})
    check.raises_here("steps: expected a whole number from 0 up, got nil", c.set_state, c, {}, {})
    local _, message = sy.critic.load("none")
    assert.is_truthy(message:find("none", 1, true))
    local path = paths.temporary(".critic")
    assert(sy.tensors.save(path, { a = { 1 } }, {}))
    _, message = sy.critic.load(path)
    assert.is_truthy(message:find("not a critic of this version", 1, true))
    assert(sy.tensors.save(path, { a = { 1 } },
      { format = "steelyard.critic", version = "1", critic = "{}", checksum = "0" }))
    _, message = sy.critic.load(path)
    assert.is_truthy(message:find("damaged", 1, true))
    local own = sy.critic.new({ features = { OWN } })
    assert(own:save(path))
    _, message = sy.critic.load(path)
    assert.is_truthy(message:find('feature "squared" is of one\'s own', 1, true))
    assert.is_nil((own:save("no/such/folder/x")))
  end)
end)
