-- What a caller of a tuning recipe asks for: checked, and laid out as lists in task order.

local core = require("steelyard.core")
local dataset = require("steelyard.dataset")
local options = require("steelyard.options")

local wanted = {}

function wanted.fail(where, text, ...)
  core.fail(where .. ": " .. string.format(text, ...))
end
local fail = wanted.fail

function wanted.check_data(where, data)
  if not dataset.is(data) then
    local text = "a data set is needed (sy.dataset.read, sy.dataset.new), got %s"
    fail(where, text, options.show(data))
  end
end

-- A finite number for every task of a map, none below `lowest`.
local function check_numbers(where, name, map, data, lowest)
  local count = 0
  for task, value in pairs(map) do
    if type(task) ~= "string" then
      fail(where, "%s: keys are task names, got %s", name, tostring(task))
    end
    if type(value) ~= "number" or value ~= value or math.abs(value) == math.huge then
      fail(where, "%s.%s: a finite number is needed, got %s", name, task, options.show(value))
    end
    if lowest and value < lowest then
      fail(where, "%s.%s: %s is below %s", name, task, options.show(value), options.show(lowest))
    end
    local column, known = data:find_prediction(task)
    if not column then
      local hint = options.hint(task, known)
      fail(where, "%s.%s: the data have no such predictions%s", name, task, hint)
    end
    count = count + 1
  end
  return count
end

--- Check a goal's map: two tasks or more, nothing negative; fractions sum to 1, importances to
-- something.
function wanted.check_goal(where, name, map, data)
  if check_numbers(where, name, map, data, 0) < 2 then
    fail(where, "%s: at least two tasks are needed", name)
  end
  local sum = 0
  for _, value in pairs(map) do
    sum = sum + value
  end
  local fractions = name == "fractions" or name == "target"
  if fractions and math.abs(sum - 1) > 1e-6 then
    fail(where, "%s: the fractions sum to %.9g, not to 1", name, sum)
  elseif name == "importance" and sum == 0 then
    fail(where, "importance: at least one number must be above 0")
  end
end

-- The tasks of a map in the data's order, then those the data knows only as columns, by name.
local function ordered_tasks(data, map)
  local list, seen, rest = {}, {}, {}
  for _, task in ipairs(data.tasks) do
    if map[task] ~= nil then
      list[#list + 1] = task
      seen[task] = true
    end
  end
  for task in pairs(map) do
    if not seen[task] then
      rest[#rest + 1] = task
    end
  end
  table.sort(rest)
  for _, task in ipairs(rest) do
    list[#list + 1] = task
  end
  return list
end

-- Lower and upper bound of one weight, and whether they were given: else the weight keeps its sign.
local function bounds_of(where, o, task, start)
  local given = o.bounds and o.bounds[task]
  if not given then
    if start < 0 then
      return -math.huge, 0, false
    end
    return 0, math.huge, false
  end
  if type(given) ~= "table" then
    fail(where, "bounds.%s: {lowest, highest} is needed, got %s", task, options.show(given))
  end
  local low, high = given[1] or -math.huge, given[2] or math.huge
  local numbers = type(low) == "number" and type(high) == "number"
  if not numbers or low ~= low or high ~= high or low > high then
    local text = "bounds.%s: {lowest, highest} is needed, got {%s, %s}"
    fail(where, text, task, options.show(given[1]), options.show(given[2]))
  end
  return low, high, true
end

-- A weight that stays as it is must be one that its bounds allow.
local function check_fixed(where, task, weight, low, high)
  if weight < low or weight > high then
    fail(where, "bounds.%s: its weight stays %s, which is not from %s to %s", task,
      options.show(weight), options.show(low), options.show(high))
  end
end

-- {"a", "b"} or {a = true} as a set.
local function fixed_set(o)
  local set = {}
  for key, value in pairs(o.fixed or {}) do
    if type(key) == "number" then
      set[value] = true
    elseif value then
      set[key] = true
    end
  end
  return set
end

-- A weight of 0 could never grow by multiplication: a task that is wanted starts with a little.
local ZERO_START = 0.01

local function start_weight(initial, task, count, movable)
  if not initial then
    return 1 / count
  end
  local weight = initial[task] or 0
  if weight ~= 0 or not movable then
    return weight
  end
  local sum = 0
  for _, w in pairs(initial) do
    sum = sum + math.abs(w)
  end
  return ZERO_START * (sum > 0 and sum or 1) / count
end

-- Every task that has a target or an initial weight; what else is named must be one of them.
local function all_tasks(where, goal_map, initial, fixed, bounds)
  local all = {}
  for _, map in ipairs({ goal_map, initial or {} }) do
    for task in pairs(map) do
      all[task] = true
    end
  end
  for _, set in ipairs({ fixed, bounds or {} }) do
    for task in pairs(set) do
      if not all[task] then
        fail(where, "%s is bounded or fixed, but has neither a target nor an initial weight",
          options.show(task))
      end
    end
  end
  return all
end

local function check_regularization(where, given)
  if given then
    options.check(where .. ": regularization", given, {
      strength = { type = "number" },
      kind = { type = "string", one_of = { "l2", "kl" } },
    })
    if not given.strength or not (given.strength >= 0 and given.strength < math.huge) then
      local shown = options.show(given.strength)
      fail(where, "regularization.strength: a number from 0 up is needed, got %s", shown)
    end
  end
end

--- The lists that a problem is made of. Tasks of the initial weights that have no target keep their
-- weights.
function wanted.lists(where, data, o, goal_map)
  check_regularization(where, o.regularization)
  local initial = o.initial
  if initial and type(initial.weights) == "table" then
    initial = initial.weights -- a value model, or a result
  end
  if initial then
    check_numbers(where, "initial", initial, data)
  end
  local fixed = fixed_set(o)
  local tasks = ordered_tasks(data, all_tasks(where, goal_map, initial, fixed, o.bounds))
  local lists = {
    tasks = tasks,
    target = {},
    importance = {},
    targeted = {},
    initial = {},
    lower = {},
    upper = {},
    fixed = {},
    bounded = {},
  }
  local count, sum = 0, 0
  for i, task in ipairs(tasks) do
    local want = goal_map[task]
    lists.targeted[i] = want ~= nil
    lists.fixed[i] = fixed[task] == true or want == nil
    lists.target[i], lists.importance[i] = want or 0, want or 0
    lists.initial[i] = start_weight(initial, task, #tasks, not lists.fixed[i])
    lists.lower[i], lists.upper[i], lists.bounded[i] = bounds_of(where, o, task, lists.initial[i])
    if lists.fixed[i] then
      check_fixed(where, task, lists.initial[i], lists.lower[i], lists.upper[i])
    end
    if want then
      count, sum = count + 1, sum + want
    end
  end
  lists.target_mean = sum / count
  return lists
end

return wanted
