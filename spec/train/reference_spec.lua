-- The four architectures and the plain one against the reference's own code: loss, logits and every
-- gradient that it gives on one batch, in f64 (../shared/data/reference, made in PyTorch).
local config = require "steelyard.train.config"
local paths = require "spec.support.paths"
local session = require "steelyard.train.session"
local sy = require "steelyard"

local TOLERANCE = 1e-9

local function read_case(name)
  local path = paths.shared("reference/" .. name)
  if not path then
    return nil
  end
  local pipe = assert(io.popen("gzip -dc '" .. path .. "'"))
  local text = pipe:read("*a")
  pipe:close()
  return assert(sy.json.decode(text))
end

local function near(got, expected, what)
  local scale = math.max(1, math.abs(expected))
  assert.is_true(math.abs(got - expected) <= TOLERANCE * scale,
    ("%s: %.17g instead of %.17g"):format(what, got, expected))
end

-- A column of each number of a matrix's rows, and the names of the columns.
local function spread(columns, name, matrix)
  local names = {}
  for j = 1, #matrix[1] do
    names[j] = ("%s_%02d"):format(name, j - 1)
    local values = {}
    for i, row in ipairs(matrix) do
      values[i] = row[j]
    end
    columns[names[j]] = values
  end
  return names
end

local function as_raw(names)
  local list = {}
  for i, name in ipairs(names) do
    list[i] = { column = name, as = "raw" }
  end
  return list
end

local function texts(ids)
  local list = {}
  for i, id in ipairs(ids) do
    list[i] = ("%02d"):format(id)
  end
  return list
end

-- A run on the case's one batch, in which nothing is trained yet.
local function run_of(case, recipe)
  local columns, labels, tasks = {}, {}, {}
  local b, sizes = case.batch, case.sizes
  local o = {
    user_id = "user", item_id = "item", user_dim = sizes.user_embedding,
    item_dim = sizes.item_embedding, cross_hidden = sizes.cross_hidden,
    user_features = as_raw(spread(columns, "user_feature", b.user_features)),
    item_features = as_raw(spread(columns, "item_feature", b.item_features)),
    cross_features = as_raw(spread(columns, "cross_feature", b.cross_features)),
    mode = "seed", dtype = "f64", batch = sizes.batch, recipe = recipe,
  }
  columns.user, columns.item = texts(b.user_id), texts(b.item_id)
  for t, name in ipairs(spread(labels, "task", b.labels)) do
    tasks[t] = { name, labels[name] }
  end
  return session.new(sy.dataset.new({ features = columns, labels = tasks }), config.check(o))
end

-- Where a row of the reference's tables stands in ours: {reference row = our row}.
local function places(state)
  local map = {}
  for i, value in ipairs(state.values) do
    map[tonumber(value) + 1] = i + 1
  end
  return map
end

local DENSE = {
  user_features_layer = "user_features.linear",
  item_features_layer = "item_features.linear",
  cross_features_layer = "cross_features.linear",
  task_arch = "task",
  map_feature_bias = "recipe/by.linear",
}
local TABLES = { user_id_embedding_arch = "user_id", item_id_embedding_arch = "item_id" }
local VECTORS = { weights = "platt.scale", bias = "platt.offset" }

-- Ours of a reference parameter's name: the name, and for tables the map of rows.
local function ours(run, name)
  if VECTORS[name] then
    return VECTORS[name]
  end
  local layer, part = name:match("^(.*)%.(%a+)$")
  local id = TABLES[layer]
  if id then
    return id .. ".table.weight", places(run.encoding[id])
  end
  return DENSE[layer] .. "." .. part
end

local function as_rows(values)
  return type(values[1]) == "table" and values or { values }
end

local function set_parameters(run, parameters)
  for name, values in pairs(parameters) do
    local own, map = ours(run, name)
    local matrix = run.net:parameter(own)
    for i, row in ipairs(as_rows(values)) do
      for j, value in ipairs(row) do
        local at = i
        if map then
          at = map[i]
        end
        if at then
          matrix:set(at, j, value)
        end
      end
    end
  end
end

local function check_gradients(run, gradients)
  local checked = 0
  for name, values in pairs(gradients) do
    local own, map = ours(run, name)
    local gradient = run.net:gradient(own)
    if values == sy.json.null then
      assert.is_nil(gradient, name .. " has a gradient")
    else
      for i, row in ipairs(as_rows(values)) do
        for j, value in ipairs(row) do
          local at = i
          if map then
            at = map[i]
          end
          if at then
            near(gradient:get(at, j), value, ("%s[%d][%d]"):format(name, i, j))
          else
            assert.are.equal(0, value) -- a row that the batch does not have
          end
          checked = checked + 1
        end
      end
    end
  end
  return checked
end

local function recipes_of(case)
  local by = ("user_feature_%02d"):format(case.sizes.calibration_feature_zero_based)
  return {
    plain = "plain",
    platt = { name = "platt", fraction = 1 },
    buckets = { name = "buckets", buckets = case.sizes.buckets,
      weight = case.sizes.calibration_weight },
    feature = { name = "feature", by = { column = by, as = "cut", edges = { 0.5 } },
      weight = case.sizes.calibration_weight },
    bias = { name = "bias", by = { column = by, as = "raw" } },
  }
end

for _, file in ipairs({ "mtml_case_16.json.gz", "mtml_case_64.json.gz" }) do
  local case = read_case(file)
  describe("the reference's " .. file, function()
    if not case then
      pending("is not beside this checkout")
      return
    end
    for model, recipe in pairs(recipes_of(case)) do
      it("gives the loss, logits and gradients of " .. model, function()
        local expected, run = case.models[model], run_of(case, recipe)
        set_parameters(run, case.parameters)
        set_parameters(run, expected.extra_parameters)
        local loss, gradients = run:loss_of(sy.array.range(case.sizes.batch))
        near(loss, expected.loss, "loss")
        local logits = run.net:value(run.parts.served)
        for i, row in ipairs(expected.logits) do
          for t, value in ipairs(row) do
            near(logits:get(i, t), value, ("logits[%d][%d]"):format(i, t))
          end
        end
        run.net:backward(gradients)
        assert.is_true(check_gradients(run, expected.gradients) > 5)
      end)
    end
  end)
end
