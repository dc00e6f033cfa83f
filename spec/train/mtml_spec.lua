-- Multi-task estimators: what is learnt of columns, training, validation, checkpoints, files.
local check = require "spec.support.check"
local features = require "steelyard.train.features"
local paths = require "spec.support.paths"
local sy = require "steelyard"

local USERS, ROWS = 12, 600

-- A log in which clicks go by user, country and length, and comments by hour.
local function make_log(seed, more)
  local random = sy.random(seed or 1)
  local c = { user = {}, item = {}, country = {}, length = {}, hour = {}, position = {}, day = {} }
  local click, comment = {}, {}
  local countries = { "de", "fr", "at" }
  for i = 1, ROWS do
    local user, country = random:below(USERS), random:below(3)
    c.user[i], c.item[i] = "u" .. user, "i" .. random:below(40)
    c.country[i], c.hour[i] = countries[country], random:below(24) - 1
    c.length[i] = random:uniform() < 0.1 and 0 or 1 + 100 * random:uniform()
    c.position[i], c.day[i] = random:below(5), 1 + math.floor((i - 1) / 60)
    local logit = 0.3 * (user - USERS / 2) + (country - 2) + 0.02 * c.length[i] - 1
    click[i] = random:uniform() < 1 / (1 + math.exp(-logit)) and 1 or 0
    comment[i] = random:uniform() < 0.05 + 0.02 * c.hour[i] and 1 or 0
  end
  for name, column in pairs(more or {}) do
    c[name] = column
  end
  return sy.dataset.new({ features = c, labels = { { "click", click }, { "comment", comment } } })
end

local function near(got, expected, tolerance)
  for i = 1, math.max(#got, #expected) do
    check.close(expected[i], got[i], tolerance, ("[%d]"):format(i))
  end
end

local function config(more)
  local o = {
    user_id = "user", item_id = { column = "item", min_count = 5 },
    item_features = { { column = "length", as = "log", unknown = 0 } },
    cross_features = { "country", { column = "hour", as = "cut", edges = { 6, 12, 18 } } },
    user_dim = 4, item_dim = 4, cross_hidden = 8, batch = 50, epochs = 3, learning_rate = 0.02,
  }
  for key, value in pairs(more or {}) do
    o[key] = value
  end
  return o
end

local function same_bits(a, b)
  for _, task in ipairs({ "click", "comment" }) do
    assert.are.equal(a[task]:bytes(), b[task]:bytes())
  end
end

describe("columns as a network reads them", function()
  local data = sy.dataset.new({
    features = {
      word = { "b", "a", "b", "c", "b", "a" }, number = { 1, 3, 5, -1, -1, 7 },
    },
    labels = { { "click", { 1, 0, 1, 1, 0, 0 } } },
  })
  local rows = sy.array({ 1, 2, 3, 4, 5 }, "i64") -- the last is not of training
  local labels = sy.array.columns({ { 1, 0, 1, 1, 0, 0 } })

  local function fit(spec)
    return features.fit(data, rows, features.spec("x", spec), labels)
  end

  it("are categories by frequency among training rows", function()
    local state = fit("word")
    assert.are.same({ "b", "a", "c" }, state.values)
    assert.are.same({ 2, 3, 2, 4, 2, 3 }, features.codes(state, data):totable())
    assert.are.equal(4, features.size(state))
    assert.are.same({ "b" }, fit({ column = "word", min_count = 2 }).values)
    assert.are.same({ "b", "a" }, fit({ column = "word", most = 2 }).values)
  end)

  it("take values that training did not have for unknown", function()
    local other = sy.dataset.new({ features = { word = { "z", "a" } } })
    assert.are.same({ 1, 3 }, features.codes(fit("word"), other):totable())
    assert.are.same({ 1, 1 }, features.codes(fit({ column = "word", most = 1 }), other):totable())
  end)

  it("are numbers on one scale, with a flag for unknown ones", function()
    local m = features.matrix({ fit({ column = "number", unknown = -1 }) }, data, "f64")
    local sd = math.sqrt(8 / 3)
    near(m:column(1):totable(), { -2 / sd, 0, 2 / sd, 0, 0, 4 / sd }, 1e-12)
    assert.are.same({ 0, 0, 0, 1, 1, 0 }, m:column(2):totable())
    m = features.matrix({ fit({ column = "number", as = "raw" }) }, data, "f64")
    assert.are.same({ 1, 3, 5, -1, -1, 7 }, m:column(1):totable())
    m = features.matrix({ fit("number") }, data, "f64")
    near({ m:column(1):slice(1, 5):sum() }, { 0 }, 1e-12)
  end)

  it("are cut at edges, an edge belonging to what is above it", function()
    local state = fit({ column = "number", as = "cut", edges = { 0, 3 } })
    assert.are.same({ 3, 4, 4, 2, 2, 4 }, features.codes(state, data):totable())
    assert.are.equal(4, features.size(state))
  end)

  it("are hashed to the same rows whether they are texts or numbers", function()
    local state = fit({ column = "number", as = "hash", rows = 7 })
    local texts = sy.dataset.new({ features = { number = { "1", "3", "5", "-1", "-1", "7" } } })
    local codes = features.codes(state, data):totable()
    assert.are.same(codes, features.codes(state, texts):totable())
    for _, code in ipairs(codes) do
      assert.is_true(code >= 2 and code <= 8)
    end
    assert.are.equal(8, features.size(state))
  end)

  it("are histories that leave a training row's own label out", function()
    local state = fit({ column = "word", as = "history", prior = 2 })
    local function logit(sum, count)
      local p = (sum + 2 * state.rates[1]) / (count + 2)
      return math.log(p / (1 - p))
    end
    near(state.rates, { 3.5 / 6 }, 1e-12)
    local own = features.matrix({ state }, data, "f64", { rows = rows, labels = labels })
    local plain = features.matrix({ state }, data, "f64")
    local mean, scale = state.mean[1], state.scale[1]
    local function scaled(x)
      return (x - mean) / scale
    end
    near(plain:column(1):totable(), {
      scaled(logit(2, 3)), scaled(logit(0, 1)), scaled(logit(2, 3)), scaled(logit(1, 1)),
      scaled(logit(2, 3)), scaled(logit(0, 1)),
    }, 1e-12)
    near(own:column(1):totable(), {
      scaled(logit(1, 2)), scaled(logit(0, 0)), scaled(logit(1, 2)), scaled(logit(0, 0)),
      scaled(logit(2, 2)), scaled(logit(0, 1)),
    }, 1e-12)
    near({ own:column(1):slice(1, 5):sum() }, { 0 }, 1e-12)
  end)
end)

describe("a multi-task estimator", function()
  local data = make_log()

  it("learns what is there to learn, and predicts the same bits for the same seed", function()
    local model = sy.train.mtml(data, config({ epochs = 10,
      validation = { column = "day", from = 9 } }))
    local last = model.history[model.best_epoch].validation
    assert.is_true(last.tasks.click.auc > 0.72, "AUC " .. last.tasks.click.auc)
    assert.is_true(last.tasks.comment.auc > 0.6, "AUC " .. last.tasks.comment.auc)
    assert.is_true(model.history[2].loss < model.history[1].loss)
    local again = sy.train.mtml(data, config({ epochs = 10,
      validation = { column = "day", from = 9 } }))
    same_bits(model:predict(data), again:predict(data))
    local other = sy.train.mtml(data, config({ seed = 2 }))
    assert.are_not.equal(model:predict(data).click:bytes(), other:predict(data).click:bytes())
  end)

  it("keeps the epoch that was best on the rows held out", function()
    local held = data:where({ "day>=9" })
    local o = { epochs = 12, learning_rate = 0.05, validation = { column = "day", from = 9 } }
    local model = sy.train.mtml(data, config(o))
    local sum = 0
    local predicted = model:predict(held)
    for _, task in ipairs(model.tasks) do
      sum = sum + sy.calibrate.report(predicted[task], held:label(task)).log_loss / 2
    end
    local best, least = nil, math.huge
    for i, entry in ipairs(model.history) do
      if entry.validation.log_loss < least then
        best, least = i, entry.validation.log_loss
      end
    end
    assert.are.equal(best, model.best_epoch)
    near({ sum }, { least }, 1e-9)
    o.early_stop = 2
    local stopped = sy.train.mtml(data, config(o))
    assert.are.equal(math.min(best + 2, 12), #stopped.history)
    same_bits(model:predict(data), stopped:predict(data))
  end)

  it("holds whole users out", function()
    local seen = {}
    local session = require("steelyard.train.session")
    local checked = require("steelyard.train.config").check(config({
      validation = { share = 0.25, by = "user" },
    }))
    local run = session.new(data, checked)
    local users = data:column("user")
    for i = 1, #run.held do
      seen[users[run.held[i]]] = true
    end
    for i = 1, #run.trained do
      assert.is_nil(seen[users[run.trained[i]]])
    end
    assert.are.equal(data.size, #run.held + #run.trained)
  end)

  for name, more in pairs({
    hidden = { hidden = { 16, 8 }, activation = "gelu", dropout = 0.2 },
    experts = { experts = { count = 3, width = 8 }, hidden = { 16 } },
    position = { position = "position" },
    hashed = { user_id = { column = "user", as = "hash", rows = 64 } },
    history = { user_features = { { column = "user", as = "history" } } },
    platt = { recipe = { name = "platt", fraction = 0.3 } },
    apart = { recipe = { name = "platt", on = "rows", fraction = 0.2 } },
    buckets = { recipe = { name = "buckets", gap = "deviation" } },
    kernel = { recipe = "kernel" },
    feature = { recipe = { name = "feature", by = "country", weighting = "size" } },
    bias = { recipe = { name = "bias", by = { column = "country", as = "hash" }, l2 = 0.01 } },
    seed = { mode = "seed", recipe = { name = "buckets", buckets = 5 } },
    double = { dtype = "f64", optimizer = { name = "adagrad", initial = 0.1 } },
    scheduled = { learning_rate = { "cosine", 0.05, 0, 30 }, optimizer = "adamw" },
    features = { user_id = false, item_id = false },
  }) do
    it("is saved and loaded to the same bits: " .. name, function()
      local o = config(more)
      o.user_id, o.item_id = o.user_id or nil, o.item_id or nil
      local model = sy.train.mtml(data, o)
      local path = paths.temporary(".safetensors")
      assert(model:save(path))
      local loaded = assert(sy.train.load(path))
      same_bits(model:predict(data), loaded:predict(data))
      assert.is_true(model.history[3].loss < model.history[1].loss)
      paths.clean()
    end)
  end

  it("trains Platt's line on rows that the network does not see", function()
    local session = require("steelyard.train.session")
    local checked = require("steelyard.train.config").check(config({
      batch = 200, recipe = { name = "platt", on = "rows", fraction = 0.2 },
    }))
    local run, list = session.new(data, checked), {}
    for i = 1, 200 do
      list[i] = i
    end
    local _, gradients = run:loss_of(sy.array(list, "i64"))
    local network, line = gradients[run.parts.logits], gradients[run.parts.scaled]
    local apart = 0
    for i = 1, 200 do
      local is_apart = line:get(i, 1) ~= 0
      apart = apart + (is_apart and 1 or 0)
      assert.are.equal(is_apart, network:get(i, 1) == 0)
    end
    assert.are.equal(40, apart)
  end)

  it("leaves positions out of predictions", function()
    local o = config({ position = "position", epochs = 1 })
    local model = sy.train.mtml(data, o)
    local moved = make_log(1, { position = sy.array(ROWS):fill(3):totable() })
    same_bits(model:predict(data), model:predict(moved))
    local numbers, categories = model:columns()
    table.sort(numbers)
    assert.are.same({ "hour", "length" }, numbers)
    for _, name in ipairs(categories) do
      assert.are_not.equal("position", name)
    end
  end)

  it("holds calibrators that were fitted to the rows held out", function()
    local model = sy.train.mtml(data, config({
      validation = { column = "day", from = 8 }, calibrate = "platt",
    }))
    local held = data:where({ "day>=8" })
    local raw, calibrated = model:predict(held, { raw = true }), model:predict(held)
    local expected = sy.calibrate.fit(raw.click, held:label("click"), { method = "platt" })
    assert.are.equal(expected:apply(raw.click):bytes(), calibrated.click:bytes())
    local path = paths.temporary(".safetensors")
    assert(model:save(path))
    same_bits(calibrated, assert(sy.train.load(path)):predict(held))
    paths.clean()
  end)

  it("counts labels that were not observed nowhere", function()
    local some = make_log(3)
    local click, comment = some:label("click"):copy(), some:label("comment"):copy()
    for i = 1, ROWS, 3 do
      comment[i] = 0 / 0
    end
    local columns = {}
    for _, name in ipairs({ "length", "hour", "day" }) do
      columns[name] = some:column(name)
    end
    local partly = sy.dataset.new({ features = columns, missing = "keep",
      labels = { { "click", click }, { "comment", comment } } })
    local model = sy.train.mtml(partly, {
      cross_features = { "length", "hour" }, validation = { column = "day", from = 9 },
    })
    assert.is_true(model.history[1].loss > 0)
    assert.is_true(model.history[1].validation.tasks.comment.log_loss > 0)
  end)
end)

describe("a training run that was interrupted", function()
  it("goes on to the same bits, at the end of an epoch or within one", function()
    local data = make_log()
    for _, recipe in ipairs({ "plain", "platt" }) do
      for _, after in ipairs({ 1, 4, 12, 17, 30 }) do -- steps; 12 are an epoch
        local o = config({
          recipe = recipe, hidden = { 8 }, dropout = 0.3, checkpoint_seconds = 0,
          validation = { column = "day", from = 10 }, epochs = 3,
        })
        local whole = sy.train.mtml(data, o)
        local path = paths.temporary(".safetensors")
        o.checkpoint = path
        local loss, steps = require("steelyard.train.batch"), 0
        local entropy = loss.methods.cross_entropy
        loss.methods.cross_entropy = function(...)
          steps = steps + 1
          if steps > after then
            error("killed")
          end
          return entropy(...)
        end
        local ok, message = pcall(sy.train.mtml, data, o)
        loss.methods.cross_entropy = entropy
        assert.is_false(ok)
        assert.is_true(message:find("killed") ~= nil, message)
        local refused, why = pcall(sy.train.mtml, data, o)
        assert.is_false(refused)
        assert.is_true(why:find("resume = true continues it", 1, true) ~= nil, why)
        o.resume = true
        local resumed = sy.train.mtml(data, o)
        same_bits(whole:predict(data), resumed:predict(data))
        assert.are.same(whole.history, resumed.history)
        paths.clean()
      end
    end
  end)

  it("is not continued with other data or options", function()
    local data, path = make_log(), paths.temporary(".safetensors")
    local o = config({ checkpoint = path })
    sy.train.mtml(data, o)
    o.resume = true
    for key, value in pairs({ learning_rate = 0.5, batch = 51, seed = 4, epochs = 9,
      hidden = { 3 }, recipe = "buckets" }) do
      local kept = o[key]
      o[key] = value
      local ok, message = pcall(sy.train.mtml, data, o)
      assert.is_false(ok, key)
      assert.is_true(message:find("other data or with other options", 1, true) ~= nil, message)
      o[key] = kept
    end
    assert.is_false((pcall(sy.train.mtml, make_log(2), o)))
    assert.are.equal(3, #sy.train.mtml(data, o).history) -- it was done
    paths.clean()
  end)
end)

describe("misuse of training", function()
  local data = make_log()
  local function fails(message, o, set)
    local ok, text = pcall(sy.train.mtml, set or data, o)
    assert.is_false(ok, message)
    assert.is_true(tostring(text):find(message, 1, true) ~= nil, text)
  end

  it("is told in one line", function()
    fails("expected user_id, item_id or features", {})
    fails('unknown option "recipes" (did you mean "recipe"?)', config({ recipes = "platt" }))
    fails('recipe: "plat" is none of', config({ recipe = "plat" }))
    fails("recipe feature: by is missing", config({ recipe = "feature" }))
    fails('unknown option "weigth"', config({ recipe = { name = "buckets", weigth = 2 } }))
    fails('no column "usr"', config({ user_id = "usr" }))
    fails("batch: expected 1 or more", config({ batch = 0 }))
    fails("dropout: 1 is not from 0 to 1", config({ dropout = 1 }))
    fails("optimizer: \"adma\" is none of", config({ optimizer = "adma" }))
    fails("validation: expected {share", config({ validation = { share = 0.1, column = "day" } }))
    fails("both need some", config({ validation = { column = "day", from = 99 } }))
    fails("calibrate needs validation", config({ calibrate = "platt" }))
    fails("where: no row is left", config({ where = { "day>99" } }))
    fails("edges belong together", config({ cross_features = { { column = "hour", as = "cut" } } }))
    fails("hidden[1]: expected a width", config({ hidden = { -3 } }))
    fails("the data set has no labels", config(), sy.dataset.new({ features = { a = { 1 } } }))
    fails("expected a data set", config(), {})
    fails("training diverged", config({ learning_rate = 1e30, optimizer = "sgd" }))
  end)

  it("is told of recipes, too", function()
    fails("a function loss", config({ recipe = { recipe = {} } }))
    fails("loss must give a number and {layer = gradient}", config({
      recipe = { loss = function() end },
    }))
  end)

  it("is told of files that are no models", function()
    local path = paths.temporary(".safetensors")
    assert(sy.tensors.save(path, { a = sy.array(1) }, { format = "other" }))
    local model, message = sy.train.load(path)
    assert.is_nil(model)
    assert.is_true(message:find("not a model of this version", 1, true) ~= nil, message)
    assert(sy.tensors.save(path, { a = sy.array(1) }, { format = "steelyard.mtml", version = "1",
      model = "{}" }))
    assert.is_nil((sy.train.load(path)))
    assert.is_nil((sy.train.load(path .. ".none")))
    paths.clean()
  end)
end)
