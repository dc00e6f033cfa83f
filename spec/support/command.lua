-- Run the command line as a process of its own.
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"

local command = {}

--- Run `steelyard` with arguments (a shell's text) in a folder (the checkout's root if nil).
-- Gives {status =, out =, err =}.
function command.run(arguments, folder, before)
  local errors = paths.temporary()
  local root = shell.succeed("pwd"):match("%S+")
  local line = ("cd %s && %s lua5.4 %s/scripts/steelyard %s 2>%s"):format(
    shell.quote(folder or root), before or "", shell.quote(root), arguments, shell.quote(errors))
  local out, status = shell.run(line)
  local err = paths.read(errors)
  return { status = status, out = out, err = err }
end

--- Run and expect status 2, nothing on standard output, and one line on standard error, which is
-- given back without "steelyard: ".
function command.refused(arguments, folder, before)
  local result = command.run(arguments, folder, before)
  if result.status ~= 2 or result.out ~= "" then
    error(("status %d of: steelyard %s\n%s%s"):format(
      result.status, arguments, result.out, result.err), 2)
  end
  local line = result.err:match("^steelyard: ([^\n]+)\n$")
  if not line then
    error(("not one line: %q"):format(result.err), 2)
  end
  if line:find("traceback") or line:find("%.lua:%d+:") then
    error(("a Lua position: %q"):format(line), 2)
  end
  return line
end

--- Run and expect a status (0 if nil) and silence on standard error. Gives standard output.
function command.succeed(arguments, folder, status)
  local result = command.run(arguments, folder)
  if result.status ~= (status or 0) or result.err ~= "" then
    error(("status %d of: steelyard %s\n%s%s"):format(
      result.status, arguments, result.out, result.err), 2)
  end
  return result.out
end

--- A fresh folder in which the examples of --help work: examples/ is there.
function command.folder()
  local folder = shell.folder()
  shell.succeed(("ln -s $PWD/examples %s/examples"):format(shell.quote(folder)))
  return folder
end

return command
