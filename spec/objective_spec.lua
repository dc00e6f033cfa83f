-- Training losses: values by definition, gradients by differences, reference numbers, properties.
local core = require("steelyard.core")
local objectives = require("spec.support.objectives")
local paths = require("spec.support.paths")
local reference = require("spec.support.reference")
local sy = require("steelyard")

local check = reference.check
local NAN, INF = 0 / 0, math.huge

-- Every loss with every kind of option of its own.
local VARIANTS = {
  { "bce" }, { "bce", positive_weights = { 2, 0.5, 0 } },
  { "multinomial" }, { "mse" },
  { "huber" }, { "huber", delta = 0.3 }, { "huber", delta = 2.5 },
  { "gaussian_kl" },
  { "kernel_calibration" }, { "kernel_calibration", bandwidth = 0.03 },
  { "kernel_calibration", bandwidth = 5 },
}
for _, gap in ipairs({ "mean", "log_ratio", "deviation" }) do
  for _, weighting in ipairs({ "equal", "size" }) do
    for _, prior in ipairs(gap == "mean" and { 1 } or { 1, 0.05 }) do
      for _, own in ipairs({
        { "group_calibration" }, { "bucket_calibration", buckets = 4 },
        { "bucket_calibration", buckets = 4, drop_rest = true },
        { "bucket_calibration", buckets = 1 }, { "bucket_calibration" },
      }) do
        own.gap, own.weighting, own.prior = gap, weighting, prior
        VARIANTS[#VARIANTS + 1] = own
      end
    end
  end
end

local function is_calibration(name)
  return name:find("_calibration", 1, true) ~= nil
end

local function text_of(variant, more)
  local parts = { variant[1] }
  for _, list in ipairs({ variant, more or {} }) do
    for key, value in pairs(list) do
      if type(key) == "string" and type(value) ~= "table" then
        parts[#parts + 1] = key .. "=" .. tostring(value)
      end
    end
  end
  return table.concat(parts, " ")
end

-- The options of a variant, and more of them.
local function with(variant, more)
  local o = {}
  for _, list in ipairs({ variant, more or {} }) do
    for key, value in pairs(list) do
      if type(key) == "string" then
        o[key] = value
      end
    end
  end
  return o
end

local function copy(matrix)
  local out = {}
  for r, row in ipairs(matrix) do
    out[r] = {}
    for t = 1, #row do
      out[r][t] = row[t]
    end
  end
  return out
end

local function draw(random)
  return 2 * random:normal()
end

-- A logit that none of the rows before has, nor nearly: small steps leave their order alone.
local function draw_apart(random, rows, t)
  local z, near = 0, true
  while near do
    z, near = draw(random), false
    for _, row in ipairs(rows) do
      near = near or (row[t] and math.abs(row[t] - z) < 1e-3)
    end
  end
  return z
end

-- A batch for a loss. ties: how often a logit is that of an earlier row; missing: how often there
-- is no target.
local function make(seed, name, rows, tasks, ties, missing)
  local random = sy.random(seed)
  local batch = { outputs = {}, targets = {}, groups = {} }
  for r = 1, rows do
    batch.outputs[r], batch.targets[r] = {}, {}
    for t = 1, tasks do
      local tied = r > 1 and random:uniform() < ties
      local y = random:uniform()
      if name ~= "mse" and name ~= "huber" then
        y = random:below(4) == 1 and y or y < 0.4 and 1 or 0
      end
      batch.outputs[r][t] = tied and batch.outputs[random:below(r - 1)][t]
        or (ties == 0 and draw_apart or draw)(random, batch.outputs, t)
      batch.targets[r][t] = random:uniform() < missing and NAN or y
    end
    batch.groups[r] = random:below(4) - 1
  end
  if name == "gaussian_kl" then
    batch.targets = nil
  end
  return batch
end

-- What kinds of weights and reductions there are, for a batch of rows x tasks.
local function each_weighting(name, rows, tasks, visit)
  local row_weights, task_weights = {}, {}
  for r = 1, rows do
    row_weights[r] = (r * 7 % 5) / 2
  end
  for t = 1, tasks do
    task_weights[t] = t == 2 and 0 or t / 2
  end
  for _, reduction in ipairs({ "mean", "sum" }) do
    visit({ reduction = reduction })
    visit({ reduction = reduction, row_weights = row_weights })
    if name ~= "gaussian_kl" then
      visit({ reduction = reduction, task_weights = task_weights, row_weights = row_weights })
    end
  end
end

local function fit_options(variant, more, batch, tasks)
  local o = with(variant, more)
  if variant[1] == "group_calibration" then
    o.groups = batch.groups
  end
  if o.positive_weights then
    local own = {}
    for t = 1, tasks do
      own[t] = o.positive_weights[(t - 1) % 3 + 1]
    end
    o.positive_weights = own
  end
  return o
end

local SHAPES = { { 1, 1 }, { 1, 3 }, { 2, 2 }, { 7, 1 }, { 13, 3 } }
local LONG = { { 40, 2 } }

local function each_case(ties, shapes, visit)
  local seed = 0
  for _, variant in ipairs(VARIANTS) do
    for _, shape in ipairs(shapes) do
      local rows = shape[1]
      local tasks = variant[1] == "gaussian_kl" and 2 * shape[2] or shape[2]
      each_weighting(variant[1], rows, tasks, function(more)
        seed = seed + 1
        local batch = make(seed, variant[1], rows, tasks, ties, seed % 3 == 0 and 0.3 or 0)
        local o = fit_options(variant, more, batch, tasks)
        visit(variant[1], batch, o, text_of(variant, more) .. " " .. rows .. " x " .. tasks)
      end)
    end
  end
end

-- The derivative of f by one number of a matrix, from differences of two widths (Richardson).
local function slope(f, matrix, r, t, width)
  local moved, at = copy(matrix), matrix[r][t]
  local function value(x)
    moved[r][t] = x
    return f(moved)
  end
  local function central(h)
    return (value(at + h) - value(at - h)) / (2 * h)
  end
  return (4 * central(width / 2) - central(width)) / 3
end

local function raised(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return (message:gsub("^.-:%d+: ", ""))
end

local function logit(p)
  return math.log(p / (1 - p))
end

local function logits(matrix)
  local out = copy(matrix)
  for r, row in ipairs(matrix) do
    for t, p in ipairs(row) do
      out[r][t] = logit(p)
    end
  end
  return out
end

-- log(1 + x) for x from 0 to 1
local function log1p(x)
  local sum = 0
  for k = 30, 1, -1 do
    sum = x * ((k % 2 == 1 and 1 or -1) / k + sum)
  end
  return x > 0.2 and math.log(1 + x) or sum
end

-- Every bit, as text.
local function bits(...)
  local parts = {}
  for _, value in ipairs({ ... }) do
    for _, row in ipairs(type(value) == "number" and { value } or value:totable()) do
      for _, x in ipairs(type(row) == "table" and row or { row }) do
        parts[#parts + 1] = ("%.17g"):format(x)
      end
    end
  end
  return table.concat(parts, " ")
end

describe("training losses", function()
  it("are all there, with a formula and a source each", function()
    local names, helps = core.training_loss_list()
    local seen = {}
    for i, name in ipairs(names) do
      assert.is_function(sy.loss[name])
      assert.is_table(sy.loss.options[name])
      assert.truthy(helps[i]:match("; .*%d%d%d%d"), name)
      seen[name] = true
    end
    for _, variant in ipairs(VARIANTS) do
      assert.is_true(seen[variant[1]] ~= nil, variant[1])
      seen[variant[1]] = false
    end
    for name, left in pairs(seen) do
      assert.is_false(left, name)
    end
  end)

  it("are what the definitions say, for all options, weights and shapes", function()
    local cases = 0
    local function compare(name, batch, o, what)
      local wanted = objectives.loss(name, batch.outputs, batch.targets, o)
      local value, gradient, details = sy.loss[name](batch.outputs, batch.targets, o)
      check(wanted, value, 1e-11, what)
      local sum = 0
      for _, part in ipairs(details.values) do
        sum = sum + part
      end
      assert.equal(value, sum)
      local whole = name == "multinomial" or name == "gaussian_kl"
      assert.equal(whole and 1 or #batch.outputs[1], #details.values)
      assert.same({ #batch.outputs, #batch.outputs[1] }, gradient.shape)
      o.gradient = false
      local same, none = sy.loss[name](batch.outputs, batch.targets, o)
      assert.equal(value, same)
      assert.is_nil(none)
      cases = cases + (value > 0 and 1 or 0)
    end
    each_case(0.3, SHAPES, compare)
    each_case(0.3, LONG, compare)
    assert(cases > 1500, cases)
  end)

  -- How many slopes were not flat.
  local function compare_slopes(shapes)
    local compared = 0
    each_case(0, shapes, function(name, batch, o, what)
      local _, gradient = sy.loss[name](batch.outputs, batch.targets, o)
      local function f(outputs)
        return objectives.loss(name, outputs, batch.targets, o)
      end
      for r = 1, math.min(#batch.outputs, 5) do
        for t = 1, #batch.outputs[1] do
          local wanted = slope(f, batch.outputs, r, t, 2e-4)
          check(wanted, gradient:get(r, t), 1e-8, what .. " at " .. r .. ", " .. t)
          compared = compared + (math.abs(wanted) > 1e-6 and 1 or 0)
        end
      end
    end)
    return compared
  end

  it("have the gradients that differences find", function()
    local compared = compare_slopes(SHAPES)
    assert(compared > 5000, compared)
  end)

  it("have the gradients that differences find, with many rows #slow", function()
    local compared = compare_slopes(LONG)
    assert(compared > 1500, compared)
  end)

  it("have the gradient of all that is tied moving together", function()
    for _, variant in ipairs(VARIANTS) do
      if is_calibration(variant[1]) then
        local batch = make(77, variant[1], 30, 1, 0.6, 0.1)
        local o = fit_options(variant, {}, batch, 1)
        local _, gradient = sy.loss[variant[1]](batch.outputs, batch.targets, o)
        for r = 1, 30 do
          local z, sum = batch.outputs[r][1], 0
          for i = 1, 30 do
            sum = sum + (batch.outputs[i][1] == z and gradient:get(i, 1) or 0)
          end
          local function f(step)
            local outputs = copy(batch.outputs)
            for i = 1, 30 do
              outputs[i][1] = outputs[i][1] + (outputs[i][1] == z and step[1][1] or 0)
            end
            return objectives.loss(variant[1], outputs, batch.targets, o)
          end
          check(slope(f, { { 0 } }, 1, 1, 2e-4), sum, 1e-8, text_of(variant))
        end
      end
    end
  end)
end)

describe("training losses have closed forms:", function()
  it("the log loss", function()
    local value, gradient = sy.loss.bce({ 0, 0, 2, -2 }, { 1, 0, 1, 0 })
    local apart = math.log(1 + math.exp(-2))
    check((math.log(2) + apart) / 2, value)
    local p = 1 / (1 + math.exp(2))
    check({ -0.125, 0.125, -p / 4, p / 4 }, gradient:totable())
    value, gradient = sy.loss.bce({ 0 }, { 0.5 }) -- least at 0
    check({ math.log(2), 0 }, { value, gradient[1] })
  end)

  it("the log loss of logits of any size, with all digits", function()
    for _, z in ipairs({ 0.5, 1, 20, 36, 37, 38, 60, 300, 700 }) do
      local o = { reduction = "sum" }
      local tiny = log1p(math.exp(-z))
      local value, gradient = sy.loss.bce({ z }, { 1 }, o)
      assert(math.abs(value / tiny - 1) < 1e-13, z)
      assert(math.abs(gradient[1] / -(1 / (1 + math.exp(z))) - 1) < 1e-13)
      value, gradient = sy.loss.bce({ -z }, { 0 }, o)
      assert(math.abs(value / tiny - 1) < 1e-13, z)
      assert(math.abs(gradient[1] * (1 + math.exp(z)) - 1) < 1e-13)
      value, gradient = sy.loss.bce({ z }, { 0 }, o)
      check(z + tiny, value, 1e-15)
      check(1, gradient[1] + (z < 30 and 1 / (1 + math.exp(z)) or 0), 1e-15)
    end
    for _, z in ipairs({ 1e4, 1e30, 1e300 }) do
      local value, gradient = sy.loss.bce({ z, -z, z, -z }, { 1, 0, 0, 1 }, { reduction = "sum" })
      check(2 * z, value)
      assert(math.abs(gradient[1]) < 1e-300 and math.abs(gradient[2]) < 1e-300)
      check({ 1, -1 }, { gradient[3], gradient[4] })
    end
  end)

  it("softmax, of rows that are sure too", function()
    local value, gradient = sy.loss.multinomial({ { 50, 0, 0 } }, { { 1, 0, 0 } })
    check(2 * math.exp(-50), value, 1e-14)
    assert(math.abs(value / (2 * math.exp(-50)) - 1) < 1e-12)
    check(math.exp(-50), gradient:get(1, 2), 1e-12)
    -- One column leaves nothing to say; no target, nothing to count.
    assert.equal(0, (sy.loss.multinomial({ 3, -1 }, { 1, 2 })))
    check(math.log(2), (sy.loss.multinomial({ { 1, 9, 1 }, { 4, 5, 6 } },
      { { 1, NAN, 0 }, { NAN, NAN, NAN } })))
    local far = sy.loss.multinomial({ { 1e300, -1e300 } }, { { 0, 1 } })
    assert.equal(2e300, far)
  end)

  it("divergence from the standard normal, to the last digits near it", function()
    for _, v in ipairs({ 1e-8, -1e-5, 0.1, -0.2499, 0.2501, 3, -50 }) do
      local exact = math.abs(v) < 1e-4 and v * v / 2 * (1 + v / 3) or math.exp(v) - 1 - v
      local value, gradient = sy.loss.gaussian_kl({ { 0, v } })
      assert(math.abs(value / (exact / 2) - 1) < 2e-15 / math.min(1, v * v), v)
      local expm1 = math.abs(v) < 1e-4 and v + v * v / 2 + v ^ 3 / 6 or math.exp(v) - 1
      assert(math.abs(gradient:get(1, 2) / (expm1 / 2) - 1) < 1e-11, v)
    end
    assert.equal(0, (sy.loss.gaussian_kl({ { 0, 0 }, { 0, 0 } })))
  end)

  it("the kernel's, of two rows", function()
    local p, q = 0.2, 0.7
    local k = math.exp(-0.5 / 0.2)
    check((p ^ 2 + (q - 1) ^ 2 + 2 * p * (q - 1) * k) / 4,
      (sy.loss.kernel_calibration({ logit(p), logit(q) }, { 0, 1 })))
  end)
end)

describe("training losses have the numbers of PyTorch:", function()
  local z = { { 0.5, -1.25, 3 }, { -2, 0.75, -0.125 }, { 40, -60, 1e-3 }, { 1.5, 2.5, -3.5 } }
  local y = { { 1, 0, 1 }, { 0, 1, 0.25 }, { 1, 0, 0 }, { 0.5, 0, 1 } }
  local w, c = { 1, 2, 0.5, 0.25 }, { 2, 0.5, 3 }

  local function agree(name, o, value, gradient)
    local got, by_output = sy.loss[name](z, y, o)
    check(value, got, 1e-14, name)
    for r, row in ipairs(gradient) do
      check(row, by_output:totable()[r], 1e-14, name)
    end
  end

  it("binary_cross_entropy_with_logits", function()
    agree("bce", {}, 0.80882851714017712, {
      { -0.031461722399845453, 0.018558344902109069, -0.0039521560981305532 },
      { 0.0099335768351764622, -0.026735108402050584, 0.018232552218853646 },
      { 0, 7.2970923022470997e-28, 0.041687499998263884 },
      { 0.026464539682803639, 0.077011818331563051, -0.08089064743738697 },
    })
    agree("bce", { positive_weights = c, reduction = "sum" }, 17.622765383147467, {
      { -0.75508133759629081, 0.22270013882530884, -0.1422776195326998 },
      { 0.11920292202211755, -0.16041065041230351, -0.046814060060634377 },
      { 0, 8.75651076269652e-27, 0.50024999997916664 },
      { 0.22636171429046548, 0.92414181997875655, -2.9120633077459313 },
    })
    agree("bce", { positive_weights = c, row_weights = w }, 0.708778499367135, {
      { -0.067118341119670299, 0.019795567895583011, -0.01264689951401776 },
      { 0.021191630581709787, -0.028517448962187292, -0.0083224995663350003 },
      { 0, 3.8917825611984534e-28, 0.022233333332407408 },
      { 0.0050302603175658997, 0.020536484888416813, -0.064712517949909593 },
    })
  end)

  it("huber_loss and mse_loss", function()
    agree("huber", { delta = 0.8 }, 7.2888802500000009, {
      { -0.041666666666666664, -0.066666666666666666, 0.066666666666666666 },
      { -0.066666666666666666, -0.020833333333333332, -0.03125 },
      { 0.066666666666666666, -0.066666666666666666, 8.3333333333333331e-05 },
      { 0.066666666666666666, 0.066666666666666666, -0.066666666666666666 },
    })
    agree("huber", { delta = 1.5, reduction = "sum" }, 159.757813, {
      { -0.5, -1.25, 1.5 }, { -1.5, -0.25, -0.375 }, { 1.5, -1.5, 0.001 }, { 1, 1.5, -1.5 },
    })
    agree("mse", {}, 429.87630216666668, {
      { -0.083333333333333329, -0.20833333333333331, 0.33333333333333331 },
      { -0.33333333333333331, -0.041666666666666664, -0.0625 },
      { 6.5, -10, 0.00016666666666666666 },
      { 0.16666666666666666, 0.41666666666666663, -0.75 },
    })
  end)

  it("cross_entropy of probabilities, with weights of classes", function()
    agree("multinomial", {}, 2.5915123407666698, {
      { -0.21256439271897987, 0.006505333102685063, 0.20605905961629478 },
      { 0.013491081270189118, -0.038963981970765817, 0.025472900700576673 },
      { 0, 9.3001899400520903e-45, 1.0631511836080585e-18 },
      { -0.024329393505332537, 0.27365108029440566, -0.24932168678907315 },
    })
    agree("multinomial", { task_weights = c, reduction = "sum" }, 26.867187106505714, {
      { -1.6256439271897987, 0.065053331026850625, 1.5605905961629478 },
      { 0.053964325080756471, 0.34414407211693676, -0.39810839719769331 },
      { 0, 7.4401519520416722e-44, 8.5052094688644682e-18 },
      { 0.073819802609786267, 2.9189448564736606, -2.9927646590834467 },
    })
  end)

  it("kl_divergence of normal distributions", function()
    local outputs = { { 0.5, -1.25, 0.3, -2 }, { -2, 0.75, 1.125, 0.001 } }
    local value, gradient = sy.loss.gaussian_kl(outputs)
    check(2.1288528599743386, value, 1e-14)
    gradient = gradient:totable()
    check({ 0.25, -0.625, 0.087464701894000726, -0.21616617919084682 }, gradient[1], 1e-14)
    check({ -1, 0.375, 0.52005421222950776, 0.00025012504167705002 }, gradient[2], 1e-13)
  end)
end)

describe("training losses have the numbers of the reference:", function()
  it("its tests' groups", function()
    local o = { groups = { 1, 2, 2 }, reduction = "sum" } -- of features below 0.5, and the others
    check(0.66, (sy.loss.group_calibration(logits({ { 0.1, 0.2 }, { 0.3, 0.4 }, { 0.5, 0.6 } }),
      { { 0, 1 }, { 0, 1 }, { 1, 0 } }, o)), 1e-14)
    check(0.17, (sy.loss.group_calibration(logits({ { 0.1 }, { 0.5 }, { 0.7 } }),
      { { 0 }, { 1 }, { 1 } }, o)), 1e-14)
  end)

  local function affine(x, weight, bias)
    local out = {}
    for i = 1, #weight do
      out[i] = bias[i]
      for j = 1, #x do
        out[i] = out[i] + weight[i][j] * x[j]
      end
    end
    return out
  end

  -- The logits of its network.
  local function forward(case)
    local p, batch, out = case.parameters, case.batch, {}
    for r = 1, case.sizes.batch do
      local hidden = {}
      for _, part in ipairs({
        p["user_id_embedding_arch.weight"][batch.user_id[r] + 1],
        affine(batch.user_features[r], p["user_features_layer.weight"],
          p["user_features_layer.bias"]),
        p["item_id_embedding_arch.weight"][batch.item_id[r] + 1],
        affine(batch.item_features[r], p["item_features_layer.weight"],
          p["item_features_layer.bias"]),
        affine(batch.cross_features[r], p["cross_features_layer.weight"],
          p["cross_features_layer.bias"]),
      }) do
        for _, x in ipairs(part) do
          hidden[#hidden + 1] = x
        end
      end
      out[r] = affine(hidden, p["task_arch.weight"], p["task_arch.bias"])
    end
    return out
  end

  -- It takes means of labels in f32, and the gap of means knows no more of labels than these.
  local function f32_means(labels, groups)
    local out = copy(labels)
    for r, row in ipairs(out) do
      for t = 1, #row do
        local sum, count = 0, 0
        for i = 1, #groups do
          sum = sum + (groups[i] == groups[r] and labels[i][t] or 0)
          count = count + (groups[i] == groups[r] and 1 or 0)
        end
        row[t] = sy.array({ sum / count }, "f32")[1]
      end
    end
    return out
  end

  local function check_model(model, value, gradient)
    check(model.loss, value, 1e-11)
    for t, wanted in ipairs(model.gradients["task_arch.bias"]) do
      local sum = 0
      for r = 1, gradient.shape[1] do
        sum = sum + gradient:get(r, t)
      end
      check(wanted, sum, 1e-10)
    end
  end

  for _, size in ipairs({ 16, 64 }) do
    it("its models of a batch of " .. size, function()
      local path = paths.shared(("reference/mtml_case_%d.json.gz"):format(size))
      if not path then
        return pending("the shared reference data is not here")
      end
      local pipe = assert(io.popen(("gzip -dc '%s'"):format(path)))
      local case = assert(sy.json.decode(pipe:read("*a")))
      pipe:close()
      local outputs, labels = forward(case), case.batch.labels
      local weight = case.sizes.calibration_weight
      for r, row in ipairs(case.models.plain.logits) do
        check(row, outputs[r], 1e-12)
      end

      local value, gradient = sy.loss.bce(outputs, labels, { reduction = "sum" })
      check_model(case.models.plain, value, gradient)

      local feature = {}
      for r, row in ipairs(case.batch.user_features) do
        feature[r] = row[case.sizes.calibration_feature_zero_based + 1] < 0.5 and 1 or 2
      end
      local function add(name, loss, targets, o)
        local sum = gradient:copy()
        o.factor, o.add_to = weight, sum
        local more = sy.loss[loss](outputs, targets, o)
        check_model(case.models[name], value + weight * more, sum)
      end
      add("buckets", "bucket_calibration", labels, {
        buckets = case.sizes.buckets, drop_rest = true,
      })
      add("feature", "group_calibration", f32_means(labels, feature), {
        groups = feature, reduction = "sum",
      })
    end)
  end
end)

describe("training losses", function()
  -- Options that make every loss work on a batch.
  local function each_variant(seed, rows, tasks, visit, ties)
    for i, variant in ipairs(VARIANTS) do
      local columns = variant[1] == "gaussian_kl" and 2 * tasks or tasks
      local batch = make(seed + i, variant[1], rows, columns, ties or 0.3, 0.2)
      visit(variant[1], batch, fit_options(variant, {}, batch, columns), text_of(variant))
    end
  end

  local function picked(list, order)
    local out = {}
    for i = 1, #order do
      out[i] = list[order[i]]
    end
    return out
  end

  it("do not mind in which order rows come, nor do their gradients", function()
    each_variant(100, 41, 2, function(name, batch, o, what)
      o.row_weights = {}
      for r = 1, 41 do
        o.row_weights[r] = r % 3
      end
      local value, gradient = sy.loss[name](batch.outputs, batch.targets, o)
      local order = sy.array.range(41)
      sy.random(7):shuffle(order)
      local other = with({}, o)
      other.row_weights = picked(o.row_weights, order)
      other.groups = o.groups and picked(o.groups, order)
      local same, moved = sy.loss[name](picked(batch.outputs, order),
        batch.targets and picked(batch.targets, order), other)
      check(value, same, 1e-13, what)
      for i = 1, 41 do
        check(gradient:totable()[order[i]], moved:totable()[i], 1e-13, what)
      end
    end)
  end)

  it("treat equal rows alike", function()
    local compared = 0
    each_variant(150, 30, 1, function(name, batch, o, what)
      local _, gradient = sy.loss[name](batch.outputs, batch.targets, o)
      for a = 1, 30 do
        for b = 1, a - 1 do
          if batch.targets and batch.outputs[a][1] == batch.outputs[b][1]
            and batch.targets[a][1] == batch.targets[b][1]
            and (not o.groups or o.groups[a] == o.groups[b]) then
            assert.equal(gradient:get(a, 1), gradient:get(b, 1), what)
            compared = compared + 1
          end
        end
      end
    end, 0.9)
    assert(compared > 2000, compared)
  end)

  it("count a row that weighs 2 as two rows, and one that weighs 0 as none", function()
    each_variant(200, 16, 2, function(name, batch, o, what)
      local twice = { outputs = {}, targets = batch.targets and {}, groups = o.groups and {} }
      local weights = {}
      for r = 1, 16 do
        weights[r] = name == "bucket_calibration" and 2 or r % 3
        for _ = 1, weights[r] do
          for key, list in pairs(twice) do
            list[#list + 1] = key == "groups" and o.groups[r] or batch[key][r]
          end
        end
      end
      if name == "bucket_calibration" then -- cut by rows: all twice, in buckets of a whole number
        for r = 1, 16 do
          for t = 1, 2 do
            batch.targets[r][t] = batch.targets[r][t] == 1 and 1 or 0
          end
        end
        o.buckets = 4
      end
      local value, gradient = sy.loss[name](twice.outputs, twice.targets,
        with(o, { groups = twice.groups }))
      local same, weighed = sy.loss[name](batch.outputs, batch.targets,
        with(o, { row_weights = weights }))
      check(value, same, 1e-13, what)
      local at = 0
      for r = 1, 16 do
        for t = 1, #batch.outputs[1] do
          local sum = 0
          for i = 1, weights[r] do
            sum = sum + gradient:get(at + i, t)
          end
          check(sum, weighed:get(r, t), 1e-13, what)
        end
        at = at + weights[r]
      end
    end)
  end)

  it("know means from sums by what weighs", function()
    for _, name in ipairs({ "bce", "mse", "huber", "multinomial", "gaussian_kl" }) do
      local batch = make(5, name, 12, 2, 0, 0)
      local o = { row_weights = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, reduction = "sum" }
      local total, by_sum = sy.loss[name](batch.outputs, batch.targets, o)
      o.reduction = "mean"
      local mean, by_mean = sy.loss[name](batch.outputs, batch.targets, o)
      local weights = 78 * (sy.loss.options[name].task_weights and name ~= "multinomial" and 2 or 1)
      check(total / weights, mean, 1e-14, name)
      check(by_sum:get(3, 1) / weights, by_mean:get(3, 1), 1e-14, name)
      -- All weights times 8: the mean keeps its bits.
      for r = 1, 12 do
        o.row_weights[r] = 8 * o.row_weights[r]
      end
      local same, gradient = sy.loss[name](batch.outputs, batch.targets, o)
      assert.equal(mean, same, name)
      assert.is_true(by_mean == gradient)
    end
    local batch = make(6, "bucket_calibration", 12, 3, 0, 0)
    for _, own in ipairs({ { "bucket_calibration", buckets = 4, groups = 4 },
      { "group_calibration", groups = 4 }, { "kernel_calibration", groups = 1 } }) do
      local groups = own.groups
      local o = with(own, { groups = own[1] == "group_calibration"
        and { 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4 } or nil })
      o.groups = own[1] == "group_calibration" and o.groups or nil
      local mean = sy.loss[own[1]](batch.outputs, batch.targets, o)
      o.reduction = "sum"
      check(mean * 3 * groups, (sy.loss[own[1]](batch.outputs, batch.targets, o)), 1e-14)
    end
  end)

  it("leave alone what was not observed", function()
    each_variant(300, 9, 3, function(name, batch, o, what)
      if not batch.targets or name == "multinomial" then
        return
      end
      for r = 1, 9 do
        batch.targets[r][2] = NAN
      end
      local value, gradient, details = sy.loss[name](batch.outputs, batch.targets, o)
      assert.equal(0, details.values[2])
      for r = 1, 9 do
        for t = 1, 3 do
          assert(batch.targets[r][t] == batch.targets[r][t] or gradient:get(r, t) == 0, what)
        end
      end
      -- The task might as well not be there.
      local outputs, targets = {}, {}
      for r = 1, 9 do
        outputs[r] = { batch.outputs[r][1], batch.outputs[r][3] }
        targets[r] = { batch.targets[r][1], batch.targets[r][3] }
      end
      if o.positive_weights then
        o.positive_weights = { o.positive_weights[1], o.positive_weights[3] }
      end
      check(value, (sy.loss[name](outputs, targets, o)), 1e-14, what)
    end)
  end)

  it("are 0 where nothing counts", function()
    each_variant(400, 3, 2, function(name, batch, o, what)
      local function nothing(outputs, targets, more)
        local value, gradient, details = sy.loss[name](outputs, targets, with(o, more))
        assert.equal(0, value, what)
        for _, row in ipairs(gradient:totable()) do
          for _, x in ipairs(type(row) == "table" and row or { row }) do
            assert.equal(0, x)
          end
        end
        for _, x in ipairs(details.values) do
          assert.equal(0, x)
        end
      end
      local none = o.groups and {} or nil
      local positive = o.positive_weights and { 1 } or nil
      if name ~= "gaussian_kl" then
        nothing({}, {}, { groups = none, positive_weights = positive })
        nothing(batch.outputs, { { NAN, NAN }, { NAN, NAN }, { NAN, NAN } })
        if name ~= "multinomial" then
          nothing(batch.outputs, batch.targets, { task_weights = { 0, 0 } })
        end
      end
      nothing(batch.outputs, batch.targets, { row_weights = { 0, 0, 0 } })
      nothing(sy.array.zeros(0, 4), batch.targets and sy.array.zeros(0, 4), {
        groups = none, positive_weights = positive and { 1, 1, 1, 1 },
      })
    end)
    assert.equal(0, (sy.loss.group_calibration({ 1, 2 }, { 0, 1 }, { groups = { 0, 0 } })))
    assert.equal(0, (sy.loss.bucket_calibration({ 1, 2 }, { 0, 1 },
      { buckets = 3, drop_rest = true })))
  end)

  it("see one bucket where all predictions are equal", function()
    local outputs, targets = {}, {}
    for r = 1, 50 do
      outputs[r], targets[r] = 0, r <= 10 and 1 or 0
    end
    for _, buckets in ipairs({ 1, 3, 10, 50, 70 }) do
      for _, drop_rest in ipairs({ false, true }) do
        if buckets <= 50 or not drop_rest then
          local value, gradient = sy.loss.bucket_calibration(outputs, targets,
            { buckets = buckets, drop_rest = drop_rest })
          check(0.3 ^ 2, value, 1e-14)
          for r = 1, 50 do
            local used = drop_rest and math.floor(50 / buckets) * buckets or 50
            check(2 * 0.3 * 0.25 / 50, gradient[r], 1e-14, buckets .. " " .. used)
          end
        end
      end
    end
    -- -0 and 0 are the same logit.
    local value = sy.loss.bucket_calibration({ 0, -0.0, 0, -0.0 }, { 1, 0, 0, 1 }, { buckets = 2 })
    assert.equal(0, value)
  end)

  it("order by logits what probabilities cannot tell apart", function()
    local outputs, targets = { 60, 50, 55, 45 }, { 1, 0, 0, 1 }
    local value = sy.loss.bucket_calibration(outputs, targets, { buckets = 2, drop_rest = true })
    check((0.5 ^ 2 + 0.5 ^ 2) / 2, value) -- {45, 50} and {55, 60}
  end)

  it("are of the kernel's n log n what n^2 gives, with thousands of rows #slow", function()
    for _, tie in ipairs({ 0, 0.5 }) do
      local random, outputs, targets, weights = sy.random(4), {}, {}, {}
      for r = 1, 1500 do
        outputs[r] = { random:uniform() < tie and random:below(5) or 6 * random:normal() }
        targets[r] = { random:uniform() < 0.3 and 1 or 0 }
        weights[r] = random:below(3) - 1
      end
      local o = { row_weights = weights, bandwidth = 0.01 }
      check(objectives.loss("kernel_calibration", outputs, targets, o),
        (sy.loss.kernel_calibration(outputs, targets, o)), 1e-12)
    end
  end)

  it("add factor times the gradient to what is there, and give that back", function()
    each_variant(500, 10, 2, function(name, batch, o, what)
      local value, gradient = sy.loss[name](batch.outputs, batch.targets, o)
      local sum = gradient:copy()
      for r = 1, 10 do
        sum:set(r, 1, 7)
      end
      local same, back = sy.loss[name](batch.outputs, batch.targets,
        with(o, { factor = -2, add_to = sum }))
      assert.equal(value, same)
      assert.is_true(back == sum and rawequal(back, sum))
      for r = 1, 10 do
        check(7 - 2 * gradient:get(r, 1), sum:get(r, 1), 1e-14, what)
        check(-gradient:get(r, 2), sum:get(r, 2), 1e-14, what)
      end
      local before = sum:copy()
      sy.loss[name](batch.outputs, batch.targets, with(o, { factor = 0, add_to = sum }))
      assert.is_true(before == sum)
    end)
  end)

  it("take arrays of any kind, views included", function()
    local wide, labels = sy.array.zeros(5, 6), sy.array.zeros(5, 2, "i64")
    local random = sy.random(8)
    for r = 1, 5 do
      for t = 1, 6 do
        wide:set(r, t, random:normal())
      end
      labels:set(r, 1, r % 2)
    end
    local column = wide:column(3)
    local value, gradient = sy.loss.bce(column, labels:column(1))
    local plain, same = sy.loss.bce(column:copy():totable(), { 1, 0, 1, 0, 1 })
    assert.equal(plain, value)
    assert.is_true(gradient == same)
    assert.same({ 5 }, gradient.shape)
    local into = wide:column(5)
    local before = into:copy()
    assert.is_true(rawequal(into, select(2, sy.loss.bce(column, labels:column(1),
      { add_to = into }))))
    for r = 1, 5 do
      check(before[r] + gradient[r], wide:get(r, 5), 1e-15)
    end
    -- Whole numbers are logits, too; their gradient is f64.
    local _, of_integers = sy.loss.bce(sy.array({ 1, 0 }, "i32"), { 1, 0 })
    assert.equal("f64", of_integers.dtype)
    local square = { { 1, 0 }, { 0, 1 } }
    assert.same({ 2, 2 }, select(2, sy.loss.bce(square, square)).shape)
  end)

  it("are of f32 outputs what they are of the same f64 ones, rounded", function()
    each_variant(600, 300, 2, function(name, batch, o, what)
      local outputs = sy.array(batch.outputs, "f32")
      local targets = batch.targets and sy.array(batch.targets, "f32")
      local value, gradient, details = sy.loss[name](outputs, targets, o)
      local same, wide, parts = sy.loss[name](sy.array(outputs, "f64"),
        targets and sy.array(targets, "f64"), o)
      assert.equal(same, value, what)
      assert.same(parts, details)
      assert.equal("f32", gradient.dtype)
      assert.is_true(gradient == sy.array(wide, "f32"), what)
      local mixed = sy.loss[name](outputs, targets and sy.array(targets, "f64"), o)
      assert.equal(value, mixed)
    end)
  end)

  it("do not depend on what calls came before, nor on where numbers lie", function()
    each_variant(700, 270, 1, function(name, batch, o, what)
      local first, by_output = sy.loss[name](batch.outputs, batch.targets, o)
      local wanted = bits(first, by_output)
      for shift = 1, 3 do
        local columns = #batch.outputs[1]
        local room = sy.array.zeros(270 + shift, columns)
        for r, row in ipairs(batch.outputs) do
          for t, z in ipairs(row) do
            room:set(r + shift, t, z)
          end
        end
        local outputs = room:slice(shift + 1, 270 + shift)
        local value, gradient = sy.loss[name](outputs, batch.targets, o)
        assert(wanted == bits(value, gradient), what)
      end
    end)
  end)

  it("lower when followed", function()
    each_variant(800, 60, 2, function(name, batch, o, what)
      local outputs = sy.array(batch.outputs)
      local first = sy.loss[name](outputs, batch.targets, o)
      local last = first
      local scale = 0
      local _, gradient = sy.loss[name](outputs, batch.targets, o)
      for r = 1, 60 do
        for t = 1, #batch.outputs[1] do
          scale = math.max(scale, math.abs(gradient:get(r, t)))
        end
      end
      for _ = 1, 30 do
        _, gradient = sy.loss[name](outputs, batch.targets, o)
        for r = 1, 60 do
          for t = 1, #batch.outputs[1] do
            outputs:set(r, t, outputs:get(r, t) - 0.02 / scale * gradient:get(r, t))
          end
        end
        last = sy.loss[name](outputs, batch.targets, o)
      end
      assert(last < first, what .. ": " .. first .. " to " .. last)
    end)
  end)
end)

describe("training losses refuse", function()
  local bce = sy.loss.bce

  it("outputs that are not finite, naming the place", function()
    for _, name in ipairs((core.training_loss_list())) do
      local o = name == "group_calibration" and { groups = { 1, 1 } } or {}
      local targets = name ~= "gaussian_kl" and { { 0, 1 }, { 1, 0 } } or nil
      for text, bad in pairs({ inf = INF, ["-inf"] = -INF, NaN = NAN }) do
        for _, dtype in ipairs({ "f32", "f64" }) do
          local outputs = sy.array({ { 1, 2 }, { 3, bad } }, dtype)
          assert.equal(("outputs[2][2]: %s: must be a finite number"):format(text),
            raised(sy.loss[name], outputs, targets, o))
        end
      end
    end
    assert.equal("outputs[2]: inf: must be a finite number", raised(bce, { 1, INF }, { 0, NAN }))
  end)

  it("targets out of bounds", function()
    assert.equal("targets[2][1]: 1.5: must be a number from 0 to 1",
      raised(bce, { { 1, 2 }, { 3, 4 } }, { { NAN, 0 }, { 1.5, 0 } }))
    assert.equal("targets[1]: -0.25: must be a number from 0 to 1",
      raised(sy.loss.kernel_calibration, { 1, 2 }, sy.array({ -0.25, 0 }, "f32")))
    assert.equal("targets[1][2]: -3: must be a number from 0 up",
      raised(sy.loss.multinomial, { { 1, 2 } }, { { 0, -3 } }))
    for _, dtype in ipairs({ "f32", "f64" }) do
      assert.equal("targets[2]: -inf: must be a finite number, or NaN for none",
        raised(sy.loss.mse, { 1, 2 }, sy.array({ 3, -INF }, dtype)))
    end
  end)

  it("shapes that do not fit", function()
    assert.equal("targets: 2 x 1 numbers for outputs of 3 x 1", raised(bce, { 1, 2, 3 }, { 1, 0 }))
    assert.equal("targets: 2 x 1 numbers for outputs of 1 x 2", raised(bce, { { 1, 2 } }, { 1, 0 }))
    assert.equal("targets: expected an array or a table of numbers, got nil", raised(bce, { 1 }))
    assert.equal("outputs: expected an array or a table of numbers, got 3", raised(bce, 3, { 1 }))
    assert.equal("outputs[2]: expected 2 numbers as in the first row, got 1",
      raised(bce, { { 1, 2 }, { 3 } }, { { 1, 0 }, { 1, 0 } }))
    assert.equal("targets[2][1]: a string is not a number",
      raised(bce, { { 1 }, { 2 } }, { { 1 }, { "1" } }))
    assert.equal("row_weights: 2 of them for 3 rows",
      raised(bce, { 1, 2, 3 }, { 1, 0, 0 }, { row_weights = { 1, 2 } }))
    assert.equal("task_weights: 2 of them for 1 tasks",
      raised(bce, { 1 }, { 1 }, { task_weights = { 1, 2 } }))
    assert.equal("positive_weights: 3 of them for 1 tasks",
      raised(bce, { 1 }, { 1 }, { positive_weights = { 1, 2, 3 } }))
    assert.equal("outputs: 3 columns: as many means as log variances are needed",
      raised(sy.loss.gaussian_kl, { { 1, 2, 3 } }))
    assert.equal("targets: expected nil, as gaussian_kl has none, got a table",
      raised(sy.loss.gaussian_kl, { { 1, 2 } }, { { 1, 2 } }))
  end)

  it("weights and options out of bounds", function()
    for text, bad in pairs({ ["-1"] = -1, inf = INF }) do
      for _, name in ipairs({ "row_weights", "task_weights", "positive_weights" }) do
        assert.equal(name .. "[1]: " .. text .. ": must be a number from 0 up",
          raised(bce, { 1 }, { 1 }, { [name] = { bad } }))
      end
    end
    assert.equal("the weights are too large to add up",
      raised(bce, { 1, 2 }, { 1, 0 }, { row_weights = { 1.7e308, 1.7e308 } }))
    for _, case in ipairs({
      { "huber", "delta" }, { "kernel_calibration", "bandwidth" },
      { "bucket_calibration", "prior", gap = "log_ratio" },
      { "bucket_calibration", "prior", gap = "deviation" },
    }) do
      for _, bad in ipairs({ 0, -1, INF }) do
        assert.equal(("%s: %g: must be a number above 0"):format(case[2], bad),
          raised(sy.loss[case[1]], { 1 }, { 1 }, { [case[2]] = bad, gap = case.gap }))
      end
    end
    assert.equal("buckets: 0: must be from 1 to 2147483647",
      raised(sy.loss.bucket_calibration, { 1 }, { 1 }, { buckets = 0 }))
    assert.truthy(raised(sy.loss.bucket_calibration, { 1 }, { 1 }, { buckets = -1 })
      :match("^buckets: "))
    assert.equal("factor: inf: must be a finite number",
      raised(bce, { 1 }, { 1 }, { factor = INF }))
    assert.equal('loss.bce: option "reduction": "none" is not one of "mean", "sum"',
      raised(bce, { 1 }, { 1 }, { reduction = "none" }))
    assert.equal('loss.mse: unknown option "delta"',
      raised(sy.loss.mse, { 1 }, { 1 }, { delta = 2 }))
    assert.equal('loss.bce: unknown option "row_weight" (did you mean "row_weights"?)',
      raised(bce, { 1 }, { 1 }, { row_weight = { 1 } }))
    assert.equal('no training loss is called "hinge"',
      raised(core.training_loss, "hinge", { 1 }, { 1 }, {}, true))
    assert.equal("targets: bce needs them", raised(core.training_loss, "bce", { 1 }, nil, {}, true))
    assert.equal("task_weights: gaussian_kl has no tasks",
      raised(core.training_loss, "gaussian_kl", { { 1, 2 } }, nil, { task_weights = { 1, 1 } }))
  end)

  it("groups that are none", function()
    local group = sy.loss.group_calibration
    assert.equal('loss.group_calibration: option "groups": the group of each row is needed',
      raised(group, { 1 }, { 1 }))
    assert.equal("groups: group_calibration needs the group of each row",
      raised(core.training_loss, "group_calibration", { 1 }, { 1 }, {}, true))
    assert.equal("groups: 1 of them for 2 rows",
      raised(group, { 1, 2 }, { 1, 0 }, { groups = { 1 } }))
    assert.equal("groups[2]: -1: must be from 1 up, or 0 for none",
      raised(group, { 1, 2 }, { 1, 0 }, { groups = { 1, -1 } }))
    assert.truthy(raised(group, { 1, 2 }, { 1, 0 }, { groups = { 1, 1.5 } })
      :match("^groups%[2%]: 1.5"))
  end)

  it("gradients that cannot be added to", function()
    local outputs, targets = sy.array({ 1, 2 }), sy.array({ 0.0, 1 })
    assert.equal("add_to: expected an array, got a table",
      raised(bce, outputs, targets, { add_to = { 0, 0 } }))
    assert.equal("add_to: f32 numbers for outputs of f64",
      raised(bce, outputs, targets, { add_to = sy.array.zeros(2, "f32") }))
    assert.equal("add_to: 3 x 1 numbers for outputs of 2 x 1",
      raised(bce, outputs, targets, { add_to = sy.array.zeros(3) }))
    assert.equal("add_to: shares its numbers with outputs",
      raised(bce, outputs, targets, { add_to = outputs }))
    assert.equal("add_to: shares its numbers with targets",
      raised(bce, outputs, targets, { add_to = targets }))
    assert.equal('loss.bce: option "add_to": gradient = false leaves nothing to add',
      raised(bce, outputs, targets, { add_to = sy.array.zeros(2), gradient = false }))
  end)

  it("what leaves the range of numbers", function()
    assert.equal("the loss is too large to add up (mse)",
      raised(sy.loss.mse, { 1e200 }, { -1e200 }))
    assert.equal("gradient[2]: too large",
      raised(sy.loss.mse, sy.array({ 0, 3e38 }, "f32"), { 0, -3e38 }, { reduction = "sum" }))
    assert.equal("gradient[1][2]: too large",
      raised(bce, { { 0, 1 } }, { { 0, 0 } }, { add_to = sy.array({ { 0, INF } }) }))
    assert.equal("outputs[1][2]: 701: too large for a log variance",
      raised(sy.loss.gaussian_kl, { { 0, 701 } }))
    -- What weighs nothing may be anything.
    assert.equal(0, (sy.loss.mse({ 1e200, 0 }, { -1e200, 0 }, { row_weights = { 0, 1 } })))
  end)
end)
