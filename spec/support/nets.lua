-- Networks for specs: random ones, random feeds, and gradients by central finite differences.
local sy = require "steelyard"

local nets = {}

nets.here = pcall(require, "steelyard.learn")

--- A matrix of normal numbers (times scale).
function nets.matrix(random, rows, columns, dtype, scale)
  local list = {}
  for i = 1, rows do
    list[i] = {}
    for j = 1, columns do
      list[i][j] = random:normal() * (scale or 1)
    end
  end
  if rows == 0 then
    return sy.array.zeros(0, columns, dtype)
  end
  return sy.array(list, dtype)
end

--- Ids from 1 to most.
function nets.ids(random, rows, most)
  local list = {}
  for i = 1, rows do
    list[i] = random:below(most)
  end
  return sy.array(list, "i64")
end

--- Bags of 0 to 3 ids.
function nets.bags(random, rows, most, weighted)
  local ids, offsets, weights = {}, { 0 }, {}
  for i = 1, rows do
    for _ = 1, random:below(4) - 1 do
      ids[#ids + 1] = random:below(most)
      weights[#ids] = random:normal()
    end
    offsets[i + 1] = #ids
  end
  return {
    ids = sy.array(ids, "i64"),
    offsets = sy.array(offsets, "i64"),
    weights = weighted and sy.array(weights) or nil,
  }
end

--- sum over layers of sum of pull * value, for the state that dropout draws from.
function nets.loss(net, feeds, pulls, training, state)
  net:set_state(state)
  net:forward(feeds, { training = training })
  local sum = 0
  for name, pull in pairs(pulls) do
    local value = net:value(name)
    for i = 1, #value do
      for j = 1, value.shape[2] do
        sum = sum + value:get(i, j) * pull:get(i, j)
      end
    end
  end
  return sum
end

--- How a loss moves with one element of a matrix.
local function slope(matrix, i, j, loss)
  local kept, step = matrix:get(i, j), 1e-5
  matrix:set(i, j, kept + step)
  local above = loss()
  matrix:set(i, j, kept - step)
  local below = loss()
  matrix:set(i, j, kept)
  return (above - below) / (2 * step)
end

local function compare(what, matrix, gradient, most, random, loss)
  local rows, columns, checked = #matrix, matrix.shape[2], 0
  for _ = 1, math.min(most, rows * columns) do
    local i, j = random:below(rows), random:below(columns)
    local wanted = slope(matrix, i, j, loss)
    local got = gradient and gradient:get(i, j) or 0
    if math.abs(wanted - got) > 1e-6 * math.max(1, math.abs(wanted)) then
      error(("%s [%d][%d]: %.12g is not %.12g"):format(what, i, j, got, wanted), 3)
    end
    checked = checked + 1
  end
  return checked
end

--- Move parameters away from 1 and 0, where mistakes might not show and relu has no slope.
function nets.shake(random, net)
  for _, p in ipairs(net:parameters()) do
    local w = net:parameter(p.name)
    for j = 1, p.kind ~= "statistic" and p.columns or 0 do
      w:set(1, j, w:get(1, j) + 0.3 * random:normal())
    end
  end
end

--- Check the gradients of every parameter and wanted input of an f64 network. o: training, most
-- (how many elements of each matrix). Gives how many numbers were compared.
function nets.check_gradients(net, feeds, pulls, o)
  o = o or {}
  local random, checked, state = sy.random(99), 0, net:state()
  local function loss()
    return nets.loss(net, feeds, pulls, o.training, state)
  end
  loss()
  net:backward(pulls)
  local gradients = {}
  for _, p in ipairs(net:parameters()) do
    local gradient = net:gradient(p.name)
    gradients[p.name] = gradient and gradient:copy()
  end
  local inputs = {}
  for _, layer in ipairs(net.layers) do
    if layer.wants_gradient then
      local gradient = net:input_gradient(layer.name)
      inputs[layer.name] = gradient and gradient:copy() or false
    end
  end
  for _, p in ipairs(net:parameters()) do
    if p.kind ~= "statistic" and not p.frozen then
      checked = checked + compare(p.name, net:parameter(p.name), gradients[p.name], o.most or 6,
        random, loss)
    end
  end
  for name, gradient in pairs(inputs) do
    checked = checked + compare(name, feeds[name], gradient, o.most or 6, random, loss)
  end
  loss() -- the statistics and values of the parameters as they are
  return checked
end

--- The keys of a table, sorted.
function nets.names(map)
  local names = {}
  for name in pairs(map) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

--- Pulls of normal numbers at layers.
function nets.pulls(random, net, n, names)
  local pulls = {}
  for _, name in ipairs(names) do
    local width = net:value(name).shape[2]
    pulls[name] = nets.matrix(random, n, width)
  end
  return pulls
end

-- ------------------------------------------------------------------------ random networks -----

--- A graph of random layers over a few sources: {graph, feeds = function(n), layers = {names}}.
function nets.random(seed, size)
  local random = sy.random(seed)
  local g, widths, names, sources = sy.net.graph(), {}, {}, {}
  local function made(name, width)
    widths[name] = width
    names[#names + 1] = name
    return name
  end
  for i = 1, 2 do
    local name, width = "x" .. i, random:below(5)
    sources[name] = { width = width }
    made(g:input(name, width, { wants_gradient = random:below(2) == 1 }), width)
  end
  for i, bag in ipairs({ false, "sum", "mean" }) do -- a bias for every other bag
    local name, width = "id" .. i, random:below(5)
    sources[name] = { rows = 7, bag = bag, weighted = random:below(2) == 1 }
    g:ids(name)
    made(g:embedding(name, 7, width, { bag = bag or nil, bias = bag == "sum" }), width)
  end
  local function any()
    return names[random:below(#names)]
  end
  local function as_wide(width) -- some layer of that width
    local name = any()
    return widths[name] == width and name or made(g:dense(name, width), width)
  end
  local steps = {
    function(x)
      local width = random:below(5)
      made(g:dense(x, width, { bias = random:below(2) == 1 }), width)
    end,
    function(x)
      local y = random:below(4) == 1 and x or any() -- the same one twice, at times
      made(g:concat({ x, y }), widths[x] + widths[y])
    end,
    function(x)
      made(g:add({ x, as_wide(widths[x]) }), widths[x])
    end,
    function(x)
      made(g:multiply({ x, as_wide(widths[x]), x }), widths[x])
    end,
    function(x)
      local first = random:below(widths[x])
      local width = random:below(widths[x] - first + 1)
      made(g:slice(x, first, width), width)
    end,
    function(x)
      local kind = ({ "relu", "tanh", "sigmoid", "gelu", "softplus" })[random:below(5)]
      made(g[kind](g, x), widths[x])
    end,
    function(x)
      made(g:dropout(x, 0.4), widths[x])
    end,
    function(x)
      made(g:sample(x, g:tanh(as_wide(widths[x]))), widths[x])
    end,
    function(x)
      -- Joined with its square: norms of one column have no slope.
      local wide = g:concat({ g:dense(x, 3), g:multiply({ x, x }) })
      local kind = ({ "batch_norm", "layer_norm", "l2_normalize" })[random:below(3)]
      local o = kind ~= "l2_normalize" and { affine = random:below(2) == 1, epsilon = 0.1 } or nil
      made(g[kind](g, wide, o), 3 + widths[x])
    end,
    function(x)
      local width = widths[x]
      made(g:mixture(as_wide(3), { x, as_wide(width), x }), width)
    end,
    function(x)
      local slope_kind = ({ "free", "exp", "softplus" })[random:below(3)]
      made(g:scale(x, { slope = slope_kind }), widths[x])
    end,
  }
  for _ = 1, size do
    steps[random:below(#steps)](any())
  end
  local function feeds(n)
    local fed = {}
    for _, name in ipairs(nets.names(sources)) do
      local source = sources[name]
      if source.width then
        fed[name] = nets.matrix(random, n, source.width)
      elseif source.bag then
        fed[name] = nets.bags(random, n, source.rows, source.weighted)
      else
        fed[name] = nets.ids(random, n, source.rows)
      end
    end
    return fed
  end
  return { graph = g, feeds = feeds, layers = names, random = random }
end

return nets
