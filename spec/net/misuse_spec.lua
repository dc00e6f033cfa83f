-- Networks made of layers, feeds and gradients with something wrong in them, again and again. An
-- error is fine; what may never happen is a crash. Most is found under the sanitizers; for more
-- rounds, STEELYARD_MISUSE="ROUNDS [SEED]".
local nets = require "spec.support.nets"
local sy = require "steelyard"

describe("misuse of networks", function()
  if not nets.here then
    return
  end
  local learn = require "steelyard.learn"
  local rounds, seed = (os.getenv("STEELYARD_MISUSE") or ""):match("^(%d+) *(%d*)")
  rounds, seed = (tonumber(rounds) or 6000) / 10, tonumber(seed) or 1
  local random = sy.random(seed)

  local function below(n)
    return random:below(n)
  end
  local function one_of(list)
    return list[below(#list)]
  end

  local odd = {
    function() return one_of({ 0, 1, 2, 7, 64, -1, 0.5, 1e300, 2 ^ 31, 2 ^ 53, -2 ^ 63, 2 ^ 64,
      math.huge, -math.huge, 0 / 0 }) end,
    function() return one_of({ "", "x1", "id1", "dense", "sum", "mean", "a\0b", "%s", "f32" }) end,
    function() return one_of({ true, false }) end,
    function() return nil end,
    function() return {} end,
    function() return { one_of({ 1, "x1", {}, 0 / 0 }), one_of({ 2, "x2" }) } end,
    function() return nets.matrix(random, below(5) - 1, below(4), one_of({ "f32", "f64" })) end,
    function() return nets.ids(random, below(6) - 1, 9) end,
    function() return nets.bags(random, below(5) - 1, 9, below(2) == 1) end,
    function() return sy.array({ 0 / 0, 1 / 0 }) end,
    function() return sy.array({ { 1, 2 }, { 3, 4 } }, one_of({ "i32", "i64" })):column(1) end,
    function() return print end,
  }
  local function anything()
    return one_of(odd)()
  end

  local function keys_of(t)
    local keys = {}
    for key in pairs(t) do
      keys[#keys + 1] = key
    end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    return keys
  end

  -- Change some fields of a table, or of tables within.
  local function spoil(t, times)
    for _ = 1, times do
      local keys = keys_of(t)
      if #keys > 0 then
        local key = one_of(keys)
        if type(t[key]) == "table" and below(3) > 1 then
          spoil(t[key], 1)
        else
          t[key] = anything()
        end
      end
    end
    return t
  end

  local function copy(value)
    if type(value) ~= "table" then
      return value
    end
    local made = {}
    for key, each in pairs(value) do
      made[key] = copy(each)
    end
    return made
  end

  it("ends in an answer or an error", function()
    local answered, refused = 0, 0
    local function try(f, ...)
      local results = { pcall(f, ...) }
      if results[1] then
        answered = answered + 1
        return results[2]
      end
      refused = refused + 1
      assert.not_nil(results[2])
    end
    for round = 1, rounds do
      local made = nets.random(below(1000), below(12))
      local layers = spoil(copy(made.graph.layers), below(3) - 1)
      local o = { dtype = one_of({ "f32", "f64" }), batch = below(6) }
      local net = try(sy.net.build, layers, below(8) == 1 and spoil(o, 1) or o)
      for _ = 1, net and 4 or 0 do
        local feeds = spoil(made.feeds(below(6) - 1), below(2) - 1)
        local options = below(2) == 1 and { training = below(2) == 1 } or nil
        if below(3) == 1 then
          options = spoil({ training = true, rows = { below(4), below(4) } }, below(2) - 1)
        end
        try(net.forward, net, feeds, options)
        local pulls = {}
        for _ = 1, below(3) do
          local name = one_of(made.layers)
          local value = try(net.value, net, name)
          pulls[name] = value and below(5) > 1 and value:copy() or anything()
        end
        if below(4) == 1 then -- behind its back
          spoil(feeds, 1)
          for _, feed in pairs(feeds) do
            local ids = type(feed) == "table" and feed.ids
            pcall(function()
              ids[below(#ids)] = one_of({ 0, 8, 2 ^ 62, -2 ^ 63 })
            end)
          end
        end
        try(net.backward, net, pulls)
        for _, p in ipairs(net:parameters()) do
          local gradient = try(net.gradient, net, p.name)
          assert(not gradient or gradient.shape[2] == p.columns)
        end
        for _, name in ipairs(made.layers) do
          try(net.input_gradient, net, name)
        end
        try(net.set_state, net, spoil(net:state(), below(3) - 1))
        for _, method in ipairs({ "value", "parameter", "gradient", "input_gradient", "forward",
          "backward", "set_state" }) do
          if below(10) == 1 then
            try(net[method], net, anything(), anything())
          end
        end
      end
      for _, name in ipairs(keys_of(learn)) do -- below the Lua face
        if name:find("^net") and below(5) == 1 then
          local first = below(4) > 1 and net and net.raw or anything()
          try(learn[name], first, anything(), anything(), anything())
        end
      end
      if round % 50 == 0 then
        collectgarbage()
      end
    end
    assert(answered > rounds and refused > rounds)
  end)
end)
