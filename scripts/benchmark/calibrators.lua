-- calibrators.lua FOLDER [--json]: every calibrator on real predictions that it was not fitted to.
-- FOLDER holds fivethirtyeight-forecasts, classifier-confidence, solar-flares-c1 and
-- open-bandit-men; the sets that are not there are left out. Prints a table for each group of
-- sets, and one of all, as Markdown.
--
-- FiveThirtyEight: one set for every kind of forecast (but tennis, of one season), a fold for every
-- season, differences
-- clustered by season. Open bandit: clicks by item and position, learned from one policy's log,
-- tried on the other's.

local core = require("steelyard.core")
local sy = require("steelyard")

local folder = arg[1]

local function exists(name)
  local file = io.open(folder .. "/" .. name)
  return file and file:close() and true
end

-- ---------------------------------------------------------------------------------- the sets --

local sets = {}

local function add(group, name, predictions, labels, options)
  sets[#sets + 1] = { group = group, name = name, p = predictions, y = labels, options = options }
end

local FORECASTS = {
  ["nfl_playoffs.csv.gz"] = { "make_conference_champ", "make_divisional_round", "make_playoffs",
    "make_superbowl", "seed_1", "seed_2", "seed_3", "seed_4", "seed_5", "seed_6", "win_division",
    "win_superbowl" },
  ["mlb_playoffs.csv.gz"] = { "win_division", "wildcard", "make_playoffs", "make_division_series",
    "make_league_series", "make_world_series", "win_world_series" },
  ["march_madness_men.csv"] = { "rd1_win", "rd2_win", "rd3_win", "rd4_win", "rd5_win", "rd6_win",
    "rd7_win" },
  ["world_cup_advancement_men.csv"] = { "group_1", "group_2", "group_3", "group_4", "make_final",
    "make_quarters", "make_round_of_16", "make_semis", "win_league" },
  ["nba_games.csv"] = { "prob1", "prob2" },
  ["nfl_games.csv"] = { "prob1", "prob2" },
}

local function forecasts()
  local files = {}
  for file in pairs(FORECASTS) do
    files[#files + 1] = file
  end
  table.sort(files)
  for _, file in ipairs(files) do
    for _, task in ipairs(FORECASTS[file]) do
      local path = ("fivethirtyeight-forecasts/%s"):format(file)
      if exists(path) then
        local data = assert(sy.dataset.read(folder .. "/" .. path,
          { columns = { task, task .. "_outcome", "season" }, missing = "drop" }))
        add("FiveThirtyEight", file:match("^[^.]+") .. ":" .. task, data:column(task),
          data:column(task .. "_outcome"), { clusters = data:column("season"), folds = "each" })
      end
    end
  end
end

-- Clicks by item and position, from one log, as predictions of another's.
local function clicks(from, to)
  local function read(policy)
    return assert(sy.dataset.read(("%s/open-bandit-men/%s_men.csv.gz"):format(folder, policy),
      { columns = { "item_id", "position", "click" } }))
  end
  local known, new = read(from), read(to)
  local rate = known:column("click"):mean()
  local function constant(n)
    return core.array.zeros(n):fill(rate)
  end
  local calibrator = sy.calibrate.fit(constant(known.size), known:column("click"), {
    method = "segment", base = "identity", features = {
      sy.slices.values(known:column("item_id"), { name = "item_id" }),
      sy.slices.values(known:column("position"), { name = "position" }),
    } })
  add("open bandit", from .. " to " .. to, calibrator:apply(constant(new.size), new),
    new:column("click"))
end

local CONFIDENCE = { "probs_densenet40_c100_logits", "probs_resnet110_c10_logits",
  "probs_resnet50_birds_logits" }

local function confidences()
  for _, name in ipairs(CONFIDENCE) do
    local path = ("classifier-confidence/%s.csv"):format(name)
    if exists(path) then
      local data = assert(sy.dataset.read(folder .. "/" .. path))
      local right = {}
      local truth, guess = data:column("true_label"), data:column("pred_label")
      for i = 1, data.size do
        right[i] = truth[i] == guess[i] and 1 or 0
      end
      add("classifiers", name, data:column("confidence"), core.array(right))
    end
  end
  local path = "classifier-confidence/wideresnet-16-4-cifar-10.csv.gz"
  if exists(path) then
    local data = assert(sy.dataset.read(folder .. "/" .. path))
    local truth = data:column("label")
    for class = 0, 9 do
      local is = {}
      for i = 1, data.size do
        is[i] = truth[i] == class and 1 or 0
      end
      add("classifiers", "wideresnet:" .. class, data:column("p" .. class), core.array(is))
    end
  end
end

local METHODS = { "AMOS", "ASSA", "CLIM120", "DAFFS", "GDAFFS", "MCEVOL", "MCSTAT", "NICT",
  "NJIT", "NOAA", "SIDC" }

local function flares()
  local path = "solar-flares-c1/SF.FC.C1.csv"
  for _, method in ipairs(exists(path) and METHODS or {}) do
    local data = assert(sy.dataset.read(folder .. "/" .. path,
      { columns = { method, "rlz.C1" }, missing = "drop" }))
    local p, y, rows = data:column(method), data:column("rlz.C1"), {}
    for i = 1, data.size do
      rows[#rows + 1] = p[i] >= 0 and i or nil -- -0.01 stands for a missing forecast
    end
    add("solar flares", method, p:gather(rows), y:gather(rows))
  end
end

forecasts()
if exists("open-bandit-men/bts_men.csv.gz") then
  clicks("random", "bts")
  clicks("bts", "random")
end
confidences()
flares()

-- ------------------------------------------------------------------------------- the judging --

-- {group, name, methods = what sy.calibrate.compare gives} of each set.
local function judge_all()
  local results = {}
  for i, set in ipairs(sets) do
    results[i] = { group = set.group, name = set.name,
      methods = sy.calibrate.compare(set.p, set.y, set.options) }
  end
  return results
end

-- The log loss of the best single method of a set.
local function best_of(result)
  local best = math.huge
  for _, one in ipairs(result.methods) do
    best = one.method == "auto" and best or math.min(best, one.log_loss)
  end
  return best
end

local function auto_of(result)
  return result.methods[#result.methods]
end

-- As good as another, but for rounding.
local function as_good(a, b)
  return a <= b + 1e-12
end

-- Means over sets by method, and in how many sets a method was worse than the identity, worse by
-- more than two standard errors, the best, and no better than auto.
local function summarise(results)
  local list, by_name = {}, {}
  for _, result in ipairs(results) do
    local best = best_of(result)
    for _, one in ipairs(result.methods) do
      local row = by_name[one.method]
      if not row then
        row = { method = one.method, sets = 0, log_loss = 0, brier = 0, mcb = 0, worse = 0,
          surely_worse = 0, best = 0, no_better_than_auto = 0 }
        by_name[one.method], list[#list + 1] = row, row
      end
      local worse = one.difference > 1e-12
      row.sets = row.sets + 1
      row.log_loss, row.brier = row.log_loss + one.log_loss, row.brier + one.brier
      row.mcb = row.mcb + one.mcb
      row.worse = row.worse + (worse and 1 or 0)
      row.surely_worse = row.surely_worse + (worse and one.difference > 2 * one.error and 1 or 0)
      row.best = row.best + (as_good(one.log_loss, best) and 1 or 0)
      row.no_better_than_auto = row.no_better_than_auto
        + (as_good(auto_of(result).log_loss, one.log_loss) and 1 or 0)
    end
  end
  for _, row in ipairs(list) do
    row.log_loss, row.brier = row.log_loss / row.sets, row.brier / row.sets
    row.mcb = row.mcb / row.sets
  end
  return list
end

local function print_table(title, results)
  print(("\n### %s: %d sets\n"):format(title, #results))
  print("| method | log loss | Brier | MCB | worse | surely worse | best | auto as good |")
  print("| --- | --- | --- | --- | --- | --- | --- | --- |")
  for _, row in ipairs(summarise(results)) do
    print(("| %s | %.5f | %.5f | %.5f | %d | %d | %d | %s |"):format(row.method, row.log_loss,
      row.brier, row.mcb, row.worse, row.surely_worse, row.best,
      row.method == "auto" and "" or row.no_better_than_auto))
  end
end

sy.threads(1)
local results = judge_all()
if arg[2] == "--json" then
  print(sy.json.encode({ sets = results, methods = summarise(results) }))
  os.exit(0)
end
local groups, names = {}, {}
for _, result in ipairs(results) do
  if not groups[result.group] then
    groups[result.group], names[#names + 1] = {}, result.group
  end
  table.insert(groups[result.group], result)
end
for _, name in ipairs(names) do
  print_table(name, groups[name])
end
print_table("all", results)
