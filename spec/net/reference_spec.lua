-- Logits and gradients of the multi-task models that a public tool computed: two towers whose
-- embeddings and features are joined with crossed features, and a head for all tasks.
local check = require "spec.support.check"
local core = require "steelyard.core"
local nets = require "spec.support.nets"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

-- Our layer of each matrix.
local NAMES = {
  ["user_id_embedding_arch"] = "user", ["item_id_embedding_arch"] = "item",
  ["user_features_layer"] = "user_dense", ["item_features_layer"] = "item_dense",
  ["cross_features_layer"] = "cross", ["task_arch"] = "tasks", ["map_feature_bias"] = "by_feature",
}

local function graph_of(case, model)
  local sizes, g = case.sizes, sy.net.graph()
  local user = g:embedding(g:ids("user_id"), sizes.users, sizes.user_embedding, { name = "user" })
  local item = g:embedding(g:ids("item_id"), sizes.items, sizes.item_embedding, { name = "item" })
  local joined = g:concat({
    user,
    g:dense(g:input("user_features", sizes.user_features), sizes.user_embedding,
      { name = "user_dense" }),
    item,
    g:dense(g:input("item_features", sizes.item_features), sizes.item_embedding,
      { name = "item_dense" }),
    g:dense(g:input("cross_features", sizes.cross_features), sizes.cross_hidden,
      { name = "cross" }),
  })
  local logits = g:dense(joined, sizes.tasks, { name = "tasks" })
  if model == "platt" then
    logits = g:scale(g:stop_gradient(logits), { name = "platt" })
  elseif model == "bias" then
    local bias = g:dense(g:input("feature", 1), sizes.tasks, { name = "by_feature" })
    logits = g:add({ logits, bias })
  end
  return g, logits
end

-- "user_features_layer.weight" -> "user_dense.weight"; the Platt model's own are called weights and
-- bias.
local function our_name(name)
  if name == "weights" then
    return "platt.scale"
  elseif name == "bias" then
    return "platt.offset"
  end
  local layer, what = name:match("^(.*)%.(%w+)$")
  return NAMES[layer] .. "." .. what
end

local function fill(net, parameters)
  for name, rows in pairs(parameters) do
    local matrix = net:parameter(our_name(name))
    for i = 1, #matrix do
      for j = 1, matrix.shape[2] do
        local row = rows[i]
        matrix:set(i, j, type(row) == "table" and row[j] or rows[j])
      end
    end
  end
end

local function feeds_of(batch)
  local feeds = {}
  for _, name in ipairs({ "user_id", "item_id" }) do
    local ids = {}
    for i, id in ipairs(batch[name]) do
      ids[i] = id + 1
    end
    feeds[name] = sy.array(ids, "i64")
  end
  for _, name in ipairs({ "user_features", "item_features", "cross_features" }) do
    feeds[name] = sy.array(batch[name])
  end
  return feeds
end

-- The sum of binary cross-entropies, and its derivative by the logits.
local function cross_entropy(logits, labels)
  local sum, slope = 0, {}
  for i = 1, #logits do
    slope[i] = {}
    for t = 1, logits.shape[2] do
      local z, y = logits:get(i, t), labels[i][t]
      sum = sum + math.max(z, 0) - z * y + math.log(1 + math.exp(-math.abs(z)))
      slope[i][t] = 1 / (1 + math.exp(-z)) - y
    end
  end
  return sum, sy.array(slope)
end

local function same_gradient(name, wanted, net)
  local got = net:gradient(our_name(name))
  if wanted == nil or wanted == sy.json.null then
    assert.is_nil(got, name)
    return 0
  end
  for i = 1, #got do
    for j = 1, got.shape[2] do
      local row = wanted[i]
      local number = type(row) == "table" and row[j] or wanted[j]
      check.close(number, got:get(i, j), 1e-9 * math.max(1, math.abs(number)), name)
    end
  end
  return #got * got.shape[2]
end

describe("the reference models", function()
  if not nets.here then
    it("need a BLAS", function()
      pending("steelyard.learn is not here")
    end)
    return
  end
  for _, batch in ipairs({ 16, 64 }) do
    local path = paths.shared(("reference/mtml_case_%d.json.gz"):format(batch))
    for _, model in ipairs({ "plain", "platt", "bias" }) do
      it(("agree: %s, batch of %d"):format(model, batch), function()
        if not path then
          pending("the reference data is not here")
          return
        end
        local case = assert(core.json_decode(shell.succeed("gzip -dc " .. shell.quote(path))))
        local expected = case.models[model]
        local g, name = graph_of(case, model)
        local net = g:build({ dtype = "f64", batch = batch })
        fill(net, case.parameters)
        fill(net, expected.extra_parameters)
        local feeds = feeds_of(case.batch)
        if model == "bias" then
          local which = case.sizes.calibration_feature_zero_based + 1
          feeds.feature = feeds.user_features:column(which)
        end
        net:forward(feeds, { training = true })
        local logits = net:value(name)
        for i = 1, batch do
          for t = 1, case.sizes.tasks do
            check.close(expected.logits[i][t], logits:get(i, t), 1e-9, "logit")
          end
        end
        local loss, slope = cross_entropy(logits, case.batch.labels)
        check.close(expected.loss, loss, 1e-9 * expected.loss, "loss")
        net:backward({ [name] = slope })
        local checked = 0
        for parameter, wanted in pairs(expected.gradients) do
          checked = checked + same_gradient(parameter, wanted, net)
        end
        assert(checked > 0)
      end)
    end
  end
end)
