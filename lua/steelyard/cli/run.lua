-- steelyard run: a Lua script with Steelyard's modules at hand.

local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local output = require("steelyard.cli.output")
local sy = require("steelyard")

local run = { summary = "run a recipe, a Lua script that uses Steelyard", takes_rest = true }

function run.parser()
  local parser = data.parser("run", {
    purpose = "Runs a Lua script that can require \"steelyard\", with the arguments after its name "
      .. "in `...` (and in the global `arg`). Where it returns a function, that is the recipe: "
      .. "it is called with a table {sy = the module, args = the arguments, out = a function that "
      .. "prints like print}; a whole number that it returns (0 to 255) is the exit status.",
    usage = "[--threads N] SCRIPT.lua [arguments]",
    examples = {
      "steelyard run examples/recipes/multiplicative.lua examples/data/value_model_example.csv",
      "steelyard run examples/recipes/anneal.lua examples/data/kuairand-requests.csv 4",
    },
  })
  data.option(parser, "--threads", "N", "Threads to use, or all. Default: all.")
  parser:argument("script", "The script. What follows is the script's own."):argname("SCRIPT.lua")
  return parser
end

-- The script's chunk, or give up.
local function load_script(path)
  local file = failure.unless(io.open(path, "rb"))
  local text, message = file:read("a")
  file:close()
  if not text then
    failure.raise("%s: %s", path, message)
  end
  if text:sub(1, 1) == "#" then
    text = "--" .. text -- a shebang line
  end
  return failure.unless(load(text, "@" .. path, "t"))
end

local function context(arguments)
  local function out(...)
    local parts = {}
    for i = 1, select("#", ...) do
      parts[i] = tostring((select(i, ...)))
    end
    output.write(table.concat(parts, "\t") .. "\n")
  end
  return { sy = sy, args = arguments, out = out }
end

-- The exit status that a script's result stands for.
local function status_of(result, path)
  if math.type(result) ~= "integer" then
    return 0
  elseif result < 0 or result > 255 then
    failure.raise("%s: it returned %d, which is no exit status (0 to 255)", path, result)
  end
  return result
end

--- given: the options before the script; rest: what follows it.
function run.run(given, rest)
  data.threads(given)
  local chunk = load_script(given.script)
  _G.arg = table.move(rest, 1, #rest, 1, { [0] = given.script })
  local recipe = chunk(table.unpack(rest))
  if type(recipe) == "function" then
    recipe = recipe(context(rest))
  end
  return status_of(recipe, given.script)
end

return run
