-- recipes.lua DATA: what each training recipe does to calibration, over five seeds, on data sets of
-- the folder DATA (kuairand27k-explicit, adult-train): as trained, with calibrators fitted to the
-- rows held out (auto), and with an offset for each value of the feature, fitted to the same rows
-- (segment). Writes docs/training.md's tables, as Markdown; some three minutes.
--
--   scripts/steelyard run scripts/benchmark/recipes.lua ../shared/data > tables.md

local core = require("steelyard.core")
local features = require("steelyard.train.features")
local sy = require("steelyard")

local folder = ...
local SEEDS = 5

-- ---------------------------------------------------------------------------------- data sets --

local function read(path, options)
  return assert(sy.dataset.read(path, options))
end

local sets = {}

sets[1] = {
  name = "kuairand27k-explicit", users = "user_id", held = "date>=20220415",
  by = { column = "duration_ms", as = "cut", edges = { 1, 7000, 10000, 15000, 30000, 60000 } },
  load = function()
    local data = read(folder .. "/kuairand27k-explicit/log_users_dev.tsv.gz", {
      labels = { p_click = "is_click", p_long_view = "long_view",
        p_profile_enter = "is_profile_enter", p_comment = "is_comment" },
      categorical = { "user_id", "video_id", "hourmin" },
      features = { "duration_ms", "date", "label" },
    }):where({ "label=1" })
    return data:where({ "date<=20220416" }), data:where({ "date>20220416" })
  end,
  config = {
    user_id = "user_id",
    user_features = { { column = "user_id", as = "history" } },
    item_id = "video_id",
    item_features = {
      { column = "duration_ms", as = "log", unknown = 0 },
      { column = "duration_ms", as = "cut",
        edges = { 1, 5000, 7000, 9000, 12000, 15000, 20000, 30000, 45000, 60000, 120000 } },
    },
    cross_features = { "hourmin" },
    validation = { column = "date", from = 20220415 },
    optimizer = "adagrad", learning_rate = 0.01, batch = 64, epochs = 15, early_stop = 3,
  },
  harder = "Overfitted: two hidden layers of 256, Adam, 15 epochs, of which the last is kept.",
  change = {
    hidden = { 256, 256 }, optimizer = "adam", learning_rate = 0.001, batch = 256,
    early_stop = 0, select = "last",
  },
}

-- The file has no header, and a space behind each comma.
local ADULT = "age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,"
  .. "race,sex,gain,loss,hours,country,income"

-- 0: to train on, 1: to validate on, 2: to test.
local function part_of(u)
  return u < 0.3 and 2 or u < 0.42 and 1 or 0
end

local function adult_file()
  local pipe = assert(io.popen("gzip -dc '" .. folder .. "/adult-train/adult-train.csv.gz'"))
  local lines = { ADULT .. ",over_50k,never_married,part,group" }
  local random = sy.random(1)
  for line in pipe:lines() do
    if line:find("%S") then
      line = line:gsub(", ", ",")
      local age, sex = tonumber(line:match("^(%d+)")), line:match(",(%a*ale),")
      lines[#lines + 1] = ("%s,%d,%d,%d,%s-%d"):format(line, line:find(">50K", 1, true) and 1 or 0,
        line:find("Never-married", 1, true) and 1 or 0, part_of(random:uniform()),
        sex, math.min(math.max(age // 10, 2), 6) * 10)
    end
  end
  pipe:close()
  local path = os.tmpname() .. ".csv"
  assert(core.file_write(path, table.concat(lines, "\n") .. "\n"))
  return path
end

sets[2] = {
  name = "adult-train", held = "part=1",
  by = "group",
  load = function()
    local path = adult_file()
    local data = read(path, {
      labels = { over_50k = "over_50k", never_married = "never_married" },
      categorical = { "workclass", "education", "occupation", "race", "sex", "country", "group" },
      features = { "age", "gain", "loss", "hours", "part" },
    })
    os.remove(path)
    return data:where({ "part<2" }), data:where({ "part=2" })
  end,
  config = {
    user_features = { "race", "sex", "country", "age" },
    item_features = { "workclass", "occupation", "education" },
    cross_features = {
      "hours", { column = "gain", as = "log" }, { column = "loss", as = "log" },
      { column = "age", as = "cut", edges = { 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70 } },
    },
    validation = { column = "part", from = 1 },
    learning_rate = 0.002, batch = 256, epochs = 15, early_stop = 3,
  },
  harder = "Blind: the network sees neither sex nor age; recipes by feature do in training.",
  change = {
    user_features = { "race", "country" },
    cross_features = { "hours", { column = "gain", as = "log" }, { column = "loss", as = "log" } },
  },
}

-- Names and options. In the harder setting, weights that are strong instead of the kernel.
local function recipes_of(set, harder)
  return {
    { "plain", "plain" },
    { "platt", "platt" },
    { "platt, rows apart", { name = "platt", on = "rows" } },
    { "buckets", "buckets" },
    harder and { "buckets, weight 100", { name = "buckets", weight = 100 } }
      or { "kernel", "kernel" },
    { "feature", { name = "feature", by = set.by } },
    { "bias", { name = "bias", by = set.by } },
    harder and { "feature, weight 10", { name = "feature", by = set.by, weight = 10 } } or nil,
  }
end

-- ---------------------------------------------------------------------------------- measuring --

-- What is told of one task's predictions. by: the mean over the feature's values of the gap between
-- mean prediction and mean label, weighted by rows; chi2: the mean of these gaps' squares, in
-- standard deviations. *_floor: what perfectly calibrated predictions would show by chance.
local function measure(p, y, codes)
  local curve = core.curve(p, y)
  local summary = curve:summary(0.95)
  local buckets, errors = curve:buckets("mass", 15)
  local one = { auc = summary.auc, ratio = summary.ratio, ece = errors.expected,
    rms = errors.debiased_l2, chi2 = 0, by = 0, by_floor = 0, ece_floor = 0, rows = sy.array(#y) }
  for _, b in ipairs(buckets) do
    one.ece_floor = one.ece_floor
      + math.sqrt(2 / math.pi * b.n * b.mean_prediction * (1 - b.mean_prediction)) / #y
  end
  local groups, count = {}, 0
  for i = 1, #y do
    local p_i, y_i = p[i], y[i]
    local g = groups[codes[i]] or { gap = 0, variance = 0 }
    groups[codes[i]] = g
    g.gap, g.variance = g.gap + p_i - y_i, g.variance + p_i * (1 - p_i)
    one.rows[i] = -math.log(y_i > 0 and p_i or 1 - p_i)
  end
  for _, g in pairs(groups) do
    count = count + 1
    one.chi2 = one.chi2 + g.gap ^ 2 / g.variance
    one.by = one.by + math.abs(g.gap) / #y
    one.by_floor = one.by_floor + math.sqrt(2 / math.pi * g.variance) / #y
  end
  one.chi2 = one.chi2 / count
  return one
end

local MEANS = { "auc", "ratio", "ece", "rms", "chi2", "by", "by_floor", "ece_floor" }

-- Add one seed's measures to a cell of the table: {means by field, rows (their losses), seeds}.
local function add(cell, one, share, seed)
  for _, field in ipairs(MEANS) do
    cell[field] = (cell[field] or 0) + one[field] * share
  end
  cell.rows = sy.vector.accumulate(cell.rows or sy.array(#one.rows), one.rows, share)
  cell.seeds[seed] = (cell.seeds[seed] or 0) + one.rows:mean() * share * SEEDS
end

local WHEN = { "", "auto", "segment" }

local function run(set, data, harder)
  local held = data.train:where({ set.held })
  local spec = features.spec("by", set.by)
  local by = features.fit(data.train, core.array.range(data.train.size), spec)
  local codes, held_codes = features.codes(by, data.test), features.codes(by, held)
  local results = {}
  local function keep(recipe, when, seed, predicted, task, tasks)
    local one = measure(predicted, data.test:label(task), codes)
    for name, share in pairs({ [task] = 1 / SEEDS, mean = 1 / SEEDS / tasks }) do
      local at = recipe .. "/" .. when .. "/" .. name
      results[at] = results[at] or { seeds = {} }
      add(results[at], one, share, seed)
    end
  end
  for _, recipe in ipairs(recipes_of(set, harder)) do
    for seed = 1, SEEDS do
      local config = { recipe = recipe[2], seed = seed, calibrate = "auto" }
      for key, value in pairs(set.config) do
        config[key] = value
      end
      for key, value in pairs(harder and set.change or {}) do
        config[key] = value
      end
      local model = sy.train.mtml(data.train, config)
      local raw, auto = model:predict(data.test, { raw = true }), model:predict(data.test)
      local known = model:predict(held, { raw = true })
      for _, task in ipairs(model.tasks) do
        local segment = sy.calibrate.fit(known[task], held:label(task), {
          method = "segment", features = { sy.slices.values(held_codes, { name = "by" }) },
        })
        keep(recipe[1], "", seed, raw[task], task, #model.tasks)
        keep(recipe[1], "auto", seed, auto[task], task, #model.tasks)
        local moved = segment:apply(raw[task], { by = codes })
        keep(recipe[1], "segment", seed, moved, task, #model.tasks)
      end
      io.stderr:write(("%s %s seed %d\n"):format(set.name, recipe[1], seed))
    end
  end
  return results
end

-- ---------------------------------------------------------------------------------- the tables --

-- A difference in log loss, in 1e-4: 95 % by users (or rows), and two standard errors by seeds.
local function difference(plain, one, clusters)
  local c = sy.significance.compare(plain.rows, one.rows,
    { clusters = clusters, resamples = 1000, tests = "t" })
  local seeds = sy.vector.subtract(sy.array(one.seeds), sy.array(plain.seeds))
  local variance = sy.vector.square(sy.vector.subtract(seeds, seeds:mean())):sum() / (SEEDS - 1)
  return ("%+.0f [%+.0f, %+.0f] ± %.0f"):format(c.difference * 1e4, c.low * 1e4, c.high * 1e4,
    2e4 * math.sqrt(variance / SEEDS))
end

local function table_of(set, results, task, harder, clusters)
  print("| recipe | after | log loss | to plain, 1e-4 | AUC | ratio | ECE | rms | by feature "
    .. "| chi2 |\n| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |")
  local plain = results["plain//" .. task]
  for _, recipe in ipairs(recipes_of(set, harder)) do
    for _, when in ipairs(WHEN) do
      local one = results[recipe[1] .. "/" .. when .. "/" .. task]
      local raw = results[recipe[1] .. "//" .. task]
      if when ~= "auto" or sy.vector.abs(sy.vector.subtract(one.rows, raw.rows)):sum() > 0 then
        print(("| %s | %s | %.4f | %s | %.4f | %.3f | %.4f | %.4f | %.4f | %.1f |"):format(
          recipe[1], when, one.rows:mean(), one == plain and "" or difference(plain, one, clusters),
          one.auc, one.ratio, one.ece, one.rms, one.by, one.chi2))
      end
    end
  end
  print(("| *if calibrated* | | | | | 1.000 | %.4f | 0.0000 | %.4f | 1.0 |\n"):format(
    plain.ece_floor, plain.by_floor))
end

for _, set in ipairs(sets) do
  local data = {}
  data.train, data.test = set.load()
  local clusters = set.users and data.test:column(set.users)
  print(("\n### %s\n\n%d rows to train and validate on, %d to test.\n"):format(set.name,
    data.train.size, data.test.size))
  local results = run(set, data, false)
  print("Means over tasks:\n")
  table_of(set, results, "mean", false, clusters)
  for _, task in ipairs(data.train.tasks) do
    print(("`%s`:\n"):format(task))
    table_of(set, results, task, false, clusters)
  end
  print("**" .. set.harder .. "** Means over tasks:\n")
  table_of(set, run(set, data, true), "mean", true, clusters)
end
