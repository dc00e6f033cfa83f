-- Networks in files: the same bits, and what is said of others.
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
