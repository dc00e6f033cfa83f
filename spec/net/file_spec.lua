-- Networks in files: the same bits, and what is said of others.
local check = require "spec.support.check"
local nets = require "spec.support.nets"
local paths = require "spec.support.paths"
local sy = require "steelyard"

describe("a network's file", function()
  after_each(paths.clean)

  local function made()
    local g = sy.net.graph()
    local e = g:embedding(g:ids("id"), 5, 3, { bag = "mean" })
    local x = g:batch_norm(g:dense(g:concat({ e, g:input("x", 2) }), 4))
    g:dense(g:dropout(x, 0.5), 1, { name = "y" })
    local net = g:build({ batch = 4, seed = 3 })
    net:forward({ id = { ids = { 1, 2, 5 }, offsets = { 0, 2, 3 } },
      x = sy.array({ { 1, 2 }, { 3, 4 } }) }, { training = true })
    return net
  end

  local function output(net, training)
    net:forward({ id = { ids = { 4, 2, 1 }, offsets = { 0, 1, 3 } },
      x = sy.array({ { 0, 2 }, { 1, 4 } }) }, { training = training })
    return net:value("y"):bytes()
  end

  it("gives the same bits, dropout's draws included", function()
    local net, path = made(), paths.temporary(".safetensors")
    assert(net:save(path))
    local loaded = assert(sy.net.load(path))
    assert.are.equal(output(net), output(loaded))
    assert.are.equal(output(net), output(assert(sy.net.load(path, { batch = 3 }))))
    assert.are.equal(output(net, true), output(loaded, true))
    assert.are.equal(4, loaded.batch)
  end)

  it("is told from other files", function()
    local path = paths.temporary(".safetensors")
    local function refused(message, about)
      assert(sy.tensors.save(path, { a = sy.array(1) }, about))
      local net, why = sy.net.load(path)
      assert.is_nil(net)
      assert.is_true(why:find(message, 1, true) ~= nil, why)
    end
    refused("not a network of this version", { format = "other" })
    refused(path .. ": ", { format = "steelyard.net", version = "1" })
    refused(path .. ": ", { format = "steelyard.net", version = "1", net = "{}" })
    refused("it has no tensor y.", { format = "steelyard.net", version = "1",
      net = '{"layers": [{"kind": "input", "name": "x", "width": 1}, {"kind": "dense", '
        .. '"name": "y", "inputs": ["x"], "width": 1}], "dtype": "f32", "batch": 1}' })
  end)
end)

describe("a network's parameters", function()
  if not nets.here then
    return
  end

  local function made(seed)
    local g = sy.net.graph()
    local e = g:embedding(g:ids("id"), 5, 3, { bag = "sum", bias = true, name = "e" })
    g:batch_norm(g:dense(e, 2, { name = "d" }), { name = "n" })
    return g:build({ batch = 4, seed = seed })
  end

  local function bytes(net)
    local all = {}
    for name, array in pairs(net:tensors()) do
      all[name] = array:copy():bytes()
    end
    return all
  end

  it("are filled from another's, whatever else there is", function()
    local from, to = made(1), made(2)
    local all = from:tensors()
    all.other = sy.array({ 1 })
    to:fill(all)
    assert.same(bytes(from), bytes(to))
    local prefixed = {}
    for name, array in pairs(made(3):tensors()) do
      prefixed["net/" .. name] = array
    end
    to:fill(prefixed, { prefix = "net/" })
    assert.same(bytes(made(3)), bytes(to))
  end)

  it("are filled from other types", function()
    local from, to, all = made(1), made(2), {}
    for name, array in pairs(from:tensors()) do
      all[name] = sy.vector.add(sy.array.zeros(array.shape[1], array.shape[2]), array)
      assert.equal("f64", all[name].dtype)
    end
    to:fill(all)
    assert.same(bytes(from), bytes(to))
  end)

  it("are all left where one does not fit", function()
    local net = made(1)
    local before = bytes(net)
    local function refused(message, name, value)
      local all = made(2):tensors()
      all[name] = value
      check.raises_here(message, net.fill, net, all)
      assert.same(before, bytes(net))
    end
    refused("it has no tensor n.scale", "n.scale", nil)
    refused("tensor d.weight: a matrix of 2 x 3 is needed", "d.weight", sy.array.zeros(3, 2))
    refused("tensor e.bias: a matrix of 1 x 3 is needed", "e.bias", sy.array({ 1, 2, 3 }))
    refused("tensor e.weight: a matrix of 5 x 3 is needed", "e.weight", "text")
    check.raises_here("net:fill: tensors", net.fill, net, 3)
    check.raises_here("it has no tensor net/d.bias", net.fill, net, {}, { prefix = "net/" })
    check.raises_here("prefixes", net.fill, net, {}, { prefixes = "net/" })
  end)
end)
