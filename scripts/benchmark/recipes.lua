-- recipes.lua DATA [--out FILE]: what each training recipe does to calibration, over five seeds, on
-- the data sets of the folder DATA (kuairand27k-explicit, adult-train): raw, and with calibrators
-- fitted to the rows held out. Writes docs/training.md's tables, as Markdown.
--
--   scripts/steelyard run scripts/benchmark/recipes.lua ../shared/data > docs/training-tables.md

local core = require("steelyard.core")
local inference = require("steelyard.train.inference")
local sy = require("steelyard")

local folder = ...
local SEEDS = 5

-- ---------------------------------------------------------------------------------- data sets --

local function read(path, options)
  return assert(sy.dataset.read(path, options))
end

local sets = {}

sets[1] = {
  name = "kuairand27k-explicit",
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
}

-- The file has no header, and a space behind each comma.
local ADULT = "age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,"
  .. "race,sex,gain,loss,hours,country,income"

local function adult_file()
  local pipe = assert(io.popen("gzip -dc '" .. folder .. "/adult-train/adult-train.csv.gz'"))
  local lines = { ADULT .. ",over_50k,never_married,part,group" }
  local random = sy.random(1)
  for line in pipe:lines() do
    if line:find("%S") then
      line = line:gsub(", ", ",")
      local age, sex = tonumber(line:match("^(%d+)")), line:match(",(%a*ale),")
      lines[#lines + 1] = ("%s,%d,%d,%d,%s-%d"):format(line, line:find(">50K", 1, true) and 1 or 0,
        line:find("Never-married", 1, true) and 1 or 0, random:uniform() < 0.3 and 1 or 0,
        sex, math.min(math.max(age // 10, 2), 6) * 10)
    end
  end
  pipe:close()
  local path = os.tmpname() .. ".csv"
  assert(core.file_write(path, table.concat(lines, "\n") .. "\n"))
  return path
end

sets[2] = {
  name = "adult-train",
  by = "group",
  load = function()
    local path = adult_file()
    local data = read(path, {
      labels = { over_50k = "over_50k", never_married = "never_married" },
      categorical = { "workclass", "education", "occupation", "race", "sex", "country", "group" },
      features = { "age", "gain", "loss", "hours", "part" },
    })
    os.remove(path)
    return data:where({ "part=0" }), data:where({ "part=1" })
  end,
  config = {
    user_features = { "race", "sex", "country", "age" },
    item_features = { "workclass", "occupation", "education" },
    cross_features = {
      "hours", { column = "gain", as = "log" }, { column = "loss", as = "log" },
      { column = "age", as = "cut", edges = { 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70 } },
    },
    validation = { share = 0.15 },
    learning_rate = 0.002, batch = 256, epochs = 15, early_stop = 3,
  },
}

local function recipes_of(set)
  return {
    { "plain", "plain" },
    { "platt", { name = "platt" } },
    { "buckets", { name = "buckets" } },
    { "kernel", { name = "kernel" } },
    { "feature", { name = "feature", by = set.by } },
    { "bias", { name = "bias", by = set.by } },
  }
end

-- ---------------------------------------------------------------------------------- measuring --

-- The mean over a feature's values of |mean prediction - mean label|, weighted by rows.
local function by_feature(predictions, labels, codes)
  local sums, total = {}, 0
  for i = 1, #codes do
    local one = sums[codes[i]] or { p = 0, y = 0 }
    sums[codes[i]] = one
    one.p, one.y = one.p + predictions[i], one.y + labels[i]
  end
  for _, one in pairs(sums) do
    total = total + math.abs(one.p - one.y)
  end
  return total / #codes
end

local FIELDS = { "log_loss", "auc", "ratio", "ece", "by_feature" }
local features = require("steelyard.train.features")

local function measure(predicted, test, task, codes)
  local one = inference.measure(predicted[task], test:label(task))
  one.by_feature = by_feature(predicted[task], test:label(task), codes)
  return one
end

-- {recipe = {raw | calibrated = {task = list of measures by seed}}}
local function run(set, say)
  local train, test = set.load()
  local spec = features.spec("by", set.by)
  local codes = features.codes(features.fit(train, core.array.range(train.size), spec), test)
  local results = {}
  for _, recipe in ipairs(recipes_of(set)) do
    local kept = { raw = {}, calibrated = {} }
    results[recipe[1]] = kept
    for seed = 1, SEEDS do
      local config = { recipe = recipe[2], seed = seed, calibrate = "auto" }
      for key, value in pairs(set.config) do
        config[key] = value
      end
      local model = sy.train.mtml(train, config)
      local raw = model:predict(test, { raw = true })
      local calibrated = model:predict(test)
      for _, task in ipairs(model.tasks) do
        kept.raw[task] = kept.raw[task] or {}
        kept.calibrated[task] = kept.calibrated[task] or {}
        kept.raw[task][seed] = measure(raw, test, task, codes)
        kept.calibrated[task][seed] = measure(calibrated, test, task, codes)
      end
      say(("%s %s seed %d: best epoch %d"):format(set.name, recipe[1], seed, model.best_epoch))
    end
  end
  return results, train, test
end

local function mean_sd(list, field, minus)
  local sum, squares = 0, 0
  for i, one in ipairs(list) do
    sum = sum + one[field] - (minus and minus[i][field] or 0)
  end
  local mean = sum / #list
  for i, one in ipairs(list) do
    squares = squares + (one[field] - (minus and minus[i][field] or 0) - mean) ^ 2
  end
  return mean, math.sqrt(squares / (#list - 1))
end

for _, set in ipairs(sets) do
  local results, train, test = run(set, function(text)
    io.stderr:write(text, "\n")
  end)
  print(("\n## %s\n\n%d rows to train and validate on, %d to test; means over %d seeds.\n"):format(
    set.name, train.size, test.size, SEEDS))
  for _, task in ipairs(train.tasks) do
    print(("### %s\n"):format(task))
    print("| recipe | calibrated after | log loss | to plain (± 2 se) | AUC | ratio | ECE | "
      .. "by feature |\n| --- | --- | --: | --: | --: | --: | --: | --: |")
    for _, recipe in ipairs(recipes_of(set)) do
      for _, when in ipairs({ "raw", "calibrated" }) do
        local list, plain = results[recipe[1]][when][task], results.plain.raw[task]
        local cells = {}
        for i, field in ipairs(FIELDS) do
          cells[i] = ("%.4f"):format((mean_sd(list, field)))
        end
        local difference, sd = mean_sd(list, "log_loss", plain)
        table.insert(cells, 2, list == plain and ""
          or ("%+.4f ± %.4f"):format(difference, 2 * sd / math.sqrt(SEEDS)))
        print(("| %s | %s | %s |"):format(recipe[1], when == "raw" and "" or "yes",
          table.concat(cells, " | ")))
      end
    end
    print("")
  end
end
