-- The command line: which command, its options, and the one line that an error becomes.

local core = require("steelyard.core")
local failure = require("steelyard.cli.failure")
local options = require("steelyard.options")
local output = require("steelyard.cli.output")

local cli = {}

local COMMANDS = {
  "eval", "tune", "rank", "calibrate", "train", "predict", "recommend", "eval-cf", "run",
}

local function command_of(name)
  for _, known in ipairs(COMMANDS) do
    if name == known then
      return require("steelyard.cli." .. (name:gsub("-", "_")))
    end
  end
  failure.raise("unknown command %q%s; there are %s (steelyard --help tells more)", name,
    options.hint(name, COMMANDS), table.concat(COMMANDS, ", "))
end

local function help()
  local lines = {
    "usage: steelyard COMMAND [options]",
    "",
    "Steelyard tunes, measures and applies value models: the weights by which a recommender turns",
    "many predictions for an item into the one score that it sorts by.",
    "",
    "Commands:",
  }
  for _, name in ipairs(COMMANDS) do
    lines[#lines + 1] = ("  %-9s %s"):format(name, command_of(name).summary)
  end
  for _, line in ipairs({
    "",
    "Options:",
    "  -h, --help   this text; after a command, that command's",
    "  --version    the version",
    "",
    "Examples (from the folder of the checkout):",
    "  steelyard tune --data examples/data/kuairand-requests.csv --group request_id --k 10 \\",
    "    --target p_click=0.4,p_long_view=0.4,p_profile_enter=0.15,p_comment=0.05 --out vm.json",
    "  steelyard tune --help",
    "",
    "Exit status: 0 done, 1 the result falls short, 2 bad usage or bad input.",
    "",
  }) do
    lines[#lines + 1] = line
  end
  return table.concat(lines, "\n")
end

-- argparse takes a word that begins with "-" for an option, but -1 is a number.
local function join_negatives(arguments)
  local list = {}
  for _, word in ipairs(arguments) do
    local last = list[#list]
    if word:find("^%-[%d.]") and last and last:find("^%-%-[%w-]+$") then
      list[#list] = last .. "=" .. word
    elseif word:find("^%-[%d.]") and last and last:find("^%-%a$") then
      list[#list] = last .. word
    else
      list[#list + 1] = word
    end
  end
  return list
end

-- A command that takes the rest: its own options and the first other word; what follows is not its
-- own.
local function split_rest(arguments)
  local own, i = {}, 1
  while arguments[i] do
    local word = arguments[i]
    own[#own + 1] = word
    i = i + 1
    if word:sub(1, 1) ~= "-" then
      break
    elseif word:find("^%-%-[%w-]+$") and word ~= "--help" and arguments[i] then
      own[#own + 1] = arguments[i]
      i = i + 1
    end
  end
  return own, table.move(arguments, i, #arguments, 1, {})
end

local function wants_help(arguments)
  for _, word in ipairs(arguments) do
    if word == "--help" or word == "-h" then
      return true
    end
  end
  return false
end

-- No option's value is empty: a variable of the calling script may be.
local function refuse_empty(given)
  for _, key in ipairs(options.keys(given)) do
    local value = given[key]
    for _, one in ipairs(type(value) == "table" and value or { value }) do
      if one == "" then
        failure.raise("--%s: its value is empty", (key:gsub("_", "-")))
      end
    end
  end
end

-- A command with commands of its own: help on them, or which one of them to run.
local function subcommand(name, command, arguments)
  local first = arguments[1]
  if first == nil then
    failure.raise("%s: which? There are %s (steelyard %s --help tells more)", name,
      table.concat(command.commands, ", "), name)
  end
  for _, known in ipairs(command.commands) do
    if first == known then
      return require(("steelyard.cli.%s.%s"):format(name, known))
    end
  end
  failure.raise("%s: unknown command %q%s; there are %s (steelyard %s --help tells more)", name,
    first, options.hint(first, command.commands), table.concat(command.commands, ", "), name)
end

local function subcommand_help(name, command)
  local lines = { ("usage: steelyard %s COMMAND [options]"):format(name), "", command.purpose, "",
    "Commands:" }
  for _, known in ipairs(command.commands) do
    local part = require(("steelyard.cli.%s.%s"):format(name, known))
    lines[#lines + 1] = ("  %-9s %s"):format(known, part.summary)
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = ("steelyard %s COMMAND --help tells a command's options."):format(name)
  return table.concat(lines, "\n") .. "\n"
end

local function run_command(name, arguments)
  local command = command_of(name)
  if command.commands then
    local first = arguments[1]
    if first == "--help" or first == "-h" then
      output.write(subcommand_help(name, command))
      return 0
    end
    command = subcommand(name, command, arguments)
    name = name .. " " .. first
    arguments = table.move(arguments, 2, #arguments, 1, {})
  end
  local own, rest = arguments, nil
  if command.takes_rest then
    own, rest = split_rest(arguments)
  end
  local parser = command.parser()
  if wants_help(own) then
    output.write(parser:get_help() .. "\n")
    return 0
  end
  local ok, given = parser:pparse(join_negatives(own))
  if not ok then
    local message = given:gsub("\nDid you mean (.*)%?$", " (did you mean %1?)")
    message = message:gsub("\n", " "):gsub("'(%-*[%w_-]+)'", '"%1"')
    failure.raise("%s: %s (steelyard %s --help tells more)", name, message, name)
  end
  refuse_empty(given)
  return command.run(given, rest)
end

local function dispatch(arguments)
  local first = arguments[1]
  if first == nil then
    failure.raise("no command; there are %s (steelyard --help tells more)",
      table.concat(COMMANDS, ", "))
  elseif first == "--help" or first == "-h" or first == "help" then
    if first == "help" and arguments[2] then
      return run_command(arguments[2], { arguments[3] or "--help", arguments[3] and "--help" })
    end
    output.write(help())
    return 0
  elseif first == "--version" then
    output.write("steelyard " .. core.version .. "\n")
    return 0
  elseif first:sub(1, 1) == "-" then
    failure.raise("unknown option %q (steelyard --help tells more)", first)
  end
  return run_command(first, table.move(arguments, 2, #arguments, 1, {}))
end

--- Run the command line. arguments: as Lua's `arg`. Returns the exit status.
function cli.main(arguments)
  local status, message, trace = failure.guard(arguments[0], dispatch, arguments)
  if message then
    io.stderr:write("steelyard: ", message, "\n")
    if os.getenv("STEELYARD_DEBUG") and trace then
      io.stderr:write(trace, "\n")
    end
  end
  return status
end

return cli
