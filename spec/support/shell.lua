-- Run shell commands from specs.
local paths = require "spec.support.paths"

local shell = {}

function shell.quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

--- Run a command in the checkout's root. Gives its output (both streams) and its exit status. The
--- sanitizers' library, preloaded for the interpreter under test, is not for compilers and shells.
function shell.run(command)
  local mark = "steelyard_status:"
  local script = ("cd %s && { %s\n} 2>&1; echo %s$?"):format(shell.quote(paths.root), command, mark)
  local pipe = assert(io.popen("env -u LD_PRELOAD sh -c " .. shell.quote(script) .. " </dev/null"))
  local output = pipe:read("*a")
  pipe:close()
  local text, status = output:match("^(.*)" .. mark .. "(%d+)%s*$")
  return text or output, tonumber(status) or -1
end

--- The same, but a status other than 0 raises an error that shows the output.
function shell.succeed(command)
  local output, status = shell.run(command)
  if status ~= 0 then
    local last = #output > 3000 and "... " .. output:sub(-3000) or output
    error(("status %d of: %s\n%s"):format(status, command, last), 2)
  end
  return output
end

function shell.has(tool)
  local _, status = shell.run("command -v " .. shell.quote(tool))
  return status == 0
end

--- A fresh folder below build/, removed by shell.clean().
local folders = {}
function shell.folder()
  local path = shell.succeed("mkdir -p build/tmp && mktemp -d $PWD/build/tmp/XXXXXX"):match("%S+")
  folders[#folders + 1] = path
  return path
end

function shell.clean()
  while #folders > 0 do
    shell.run("rm -rf " .. shell.quote(table.remove(folders)))
  end
end

return shell
