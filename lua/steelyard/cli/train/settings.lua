-- A training run's JSON file: what sy.train.mtml takes, the tasks, and recipes in files of their
-- own.

local core = require("steelyard.core")
local failure = require("steelyard.cli.failure")
local options = require("steelyard.options")

local settings = {}

-- What is said of the run elsewhere than in the file.
local ELSEWHERE = { "checkpoint", "checkpoint_seconds", "resume", "progress" }

local function read_text(path)
  local file, message = io.open(path, "rb")
  if not file then
    failure.raise("%s", message)
  end
  local text, why = file:read("a")
  file:close()
  return failure.unless(text, ("%s: %s"):format(path, why))
end

-- A recipe from a Lua file, whose name is relative to the configuration's folder.
local function load_recipe(path, name)
  local folder = path:match("^(.*/)") or ""
  local file = name:sub(1, 1) == "/" and name or folder .. name
  local chunk, message = loadfile(file, "t")
  if not chunk then
    failure.raise("%s: recipe: %s", path, message)
  end
  local ok, recipe = pcall(chunk)
  if not ok then
    failure.raise("%s: recipe: %s", path, type(recipe) == "string" and recipe
      or ("%s raises %s"):format(file, options.show(recipe)))
  end
  if type(recipe) ~= "table" then
    failure.raise("%s: recipe: %s gives no table of functions", path, file)
  end
  return recipe
end

-- {task = column}, from a list of columns or an object.
local function tasks_of(path, given)
  if type(given) ~= "table" or next(given) == nil then
    failure.raise('%s: tasks: expected {"TASK": "COLUMN", ...}, or a list of columns', path)
  end
  local map = {}
  for key, column in pairs(given) do
    if type(column) ~= "string" then
      failure.raise("%s: tasks: expected a column's name, got %s", path, options.show(column))
    end
    local task = type(key) == "string" and key or column
    if task == "" or column == "" then
      failure.raise("%s: tasks: an empty name", path)
    elseif map[task] then
      failure.raise("%s: tasks: %s is there twice", path, task)
    end
    map[task] = column
  end
  return map
end

--- A file's JSON object, without what is said elsewhere.
function settings.object(path)
  local given, message = core.json_decode(read_text(path))
  if not given then
    failure.raise("%s: %s", path, message)
  elseif type(given) ~= "table" or #given > 0 then
    failure.raise("%s: expected a JSON object", path)
  end
  for _, key in ipairs(ELSEWHERE) do
    if given[key] ~= nil then
      failure.raise("%s: %s has no place in this file", path, key)
    end
  end
  return given
end

--- The file's content: what sy.train.mtml takes, and the tasks as {task = column}.
function settings.read(path)
  local given = settings.object(path)
  local tasks = tasks_of(path, given.tasks)
  given.tasks = nil
  local recipe = given.recipe
  if type(recipe) == "table" and recipe.file then
    if type(recipe.file) ~= "string" then
      failure.raise("%s: recipe: file: expected a file's name", path)
    end
    recipe.recipe, recipe.file = load_recipe(path, recipe.file), nil
  end
  return given, tasks
end

return settings
