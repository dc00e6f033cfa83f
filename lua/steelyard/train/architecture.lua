-- The multi-task estimator's network: embeddings and features side by side, then one logit a task.
--
--   user id -> table, user features -> linear, item id -> table, item features -> linear,
--   cross features -> linear of 128; all side by side [-> shared hidden layers] [-> experts]
--   -> linear -> logits [+ offsets by position]
--
-- Without hidden layers and experts it is the reference estimator
-- (gauravchak/calibration_arch_in_ranking_mtml); experts are MMoE (Ma et al., KDD 2018); the
-- position's shallow tower is that of Zhao et al. (RecSys 2019). A linear layer over the ones and
-- zeroes of a category is the sum of a table's rows, so that is what categories are here.

local features = require("steelyard.train.features")

local architecture = {}

--- A linear layer over a list of features, numbers and categories; nil where there are none.
-- of_table: options of categories' tables.
function architecture.linear(graph, name, block, width, of_table)
  local numbers, tables = features.shape(name, block)
  local parts = {}
  if numbers > 0 then
    parts[1] = graph:dense(graph:input(name, numbers), width, { name = name .. ".linear" })
  end
  for _, one in ipairs(tables) do
    local source, state = one.source, one.state
    local o = { name = source .. ".table", deviation = 0.05 }
    for key, value in pairs(of_table or {}) do
      o[key] = value
    end
    parts[#parts + 1] = graph:embedding(graph:ids(source), features.size(state), width, o)
  end
  return #parts > 1 and graph:add(parts) or parts[1]
end

local function table_of(graph, source, id, o)
  return graph:embedding(graph:ids(source), features.size(id), o.width,
    { name = source .. ".table", deviation = o.deviation, l2 = o.l2 })
end

local function hidden_layers(graph, name, x, o)
  for i, width in ipairs(o.hidden) do
    x = graph:dense(x, width, { name = name .. i, start = "glorot" })
    x = graph[o.activation](graph, x, { name = name .. i .. "." .. o.activation })
    if o.dropout > 0 then
      x = graph:dropout(x, o.dropout, { name = name .. i .. ".dropout" })
    end
  end
  return x
end

-- Experts shared by all tasks, mixed by a gate for each task.
local function mixtures(graph, x, tasks, o)
  local experts, outputs = {}, {}
  for e = 1, o.experts.count do
    local name = "expert" .. e
    experts[e] = graph:relu(graph:dense(x, o.experts.width, { name = name, start = "glorot" }),
      { name = name .. ".relu" })
  end
  for t, task in ipairs(tasks) do
    local gates = graph:dense(x, o.experts.count, { name = "gate/" .. task, start = "glorot" })
    local mixed = graph:mixture(gates, experts, { name = "mixture/" .. task })
    outputs[t] = graph:dense(mixed, 1, { name = "task/" .. task })
  end
  return #outputs > 1 and graph:concat(outputs, { name = "task" }) or outputs[1]
end

--- Add the network to a graph. encoding: what features.fit learnt, {tasks = names, user_id,
-- item_id, position = category or nil, blocks = {user_features, item_features, cross_features =
-- lists}}. o: {user_dim, item_dim, cross_hidden, hidden, activation, dropout, experts, id_l2,
-- id_deviation}. Returns the names of layers: combined (all inputs side by side) and logits.
function architecture.build(graph, encoding, o)
  local parts = {}
  local function add(part)
    parts[#parts + 1] = part
  end
  local ids = { deviation = o.id_deviation, l2 = o.id_l2 }
  if encoding.user_id then
    ids.width = o.user_dim
    add(table_of(graph, "user_id", encoding.user_id, ids))
  end
  add(architecture.linear(graph, "user_features", encoding.blocks.user_features, o.user_dim))
  if encoding.item_id then
    ids.width = o.item_dim
    add(table_of(graph, "item_id", encoding.item_id, ids))
  end
  add(architecture.linear(graph, "item_features", encoding.blocks.item_features, o.item_dim))
  add(architecture.linear(graph, "cross_features", encoding.blocks.cross_features, o.cross_hidden))
  local combined = #parts > 1 and graph:concat(parts, { name = "combined" }) or parts[1]
  local x = hidden_layers(graph, "hidden", combined, o)
  local logits
  if o.experts then
    logits = mixtures(graph, x, encoding.tasks, o)
  else
    logits = graph:dense(x, #encoding.tasks, { name = "task", l2 = o.head_l2 })
  end
  if encoding.position then
    -- Served items have no position yet: that is row 1, which no training row has.
    logits = graph:add({ logits, graph:embedding(graph:ids("position"),
      features.size(encoding.position), #encoding.tasks,
      { name = "position.table", start = "zero", l2 = o.position_l2 }) }, { name = "positioned" })
  end
  return { combined = combined, logits = logits }
end

--- Values that training does not have add nothing: row 1 of each table starts at zero, not at
-- random.
function architecture.start(net, encoding)
  local tables = { encoding.user_id and "user_id", encoding.item_id and "item_id" }
  for name, block in pairs(encoding.blocks) do
    for _, one in ipairs(select(2, features.shape(name, block))) do
      tables[#tables + 1] = one.source
    end
  end
  for _, layer in ipairs(net.layers) do
    for _, source in pairs(tables) do
      if layer.name == source .. ".table" then
        net:parameter(layer.name .. ".weight"):row(1):fill(0)
      end
    end
  end
end

--- What the network's sources read of a data set, and recipes beside them. own: {rows =, labels =}
-- where it is that of training; nil in serving: nothing was shown yet, so positions are unknown.
function architecture.feeds(encoding, data, dtype, own)
  local feeds = {}
  for _, name in ipairs({ "user_id", "item_id" }) do
    feeds[name] = encoding[name] and features.codes(encoding[name], data)
  end
  if encoding.position then
    feeds.position = own and features.codes(encoding.position, data)
      or features.unseen(data.size)
  end
  for name, block in pairs(encoding.blocks) do
    feeds[name] = features.matrix(block, data, dtype, own)
    for _, one in ipairs(select(2, features.shape(name, block))) do
      feeds[one.source] = features.codes(one.state, data)
    end
  end
  return feeds
end

return architecture
