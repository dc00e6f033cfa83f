-- The floors of the house: includes and requires only go down.
--
--   base <- kernel <- learn, and base <- io <- lua bindings <- lua/steelyard <- the command line
local paths = require "spec.support.paths"

-- Which folders' headers a folder of csrc may include, itself and steelyard.h aside.
local BELOW = {
  steelyard = {}, -- the parts of the public header
  base = {},
  kernel = { base = true },
  learn = { base = true, kernel = true },
  io = { base = true },
  lua = { base = true, kernel = true, learn = true, io = true },
}

local LUA_HEADERS = {
  ["lua.h"] = true, ["lauxlib.h"] = true, ["lualib.h"] = true, ["luajit.h"] = true,
}
local OUTSIDE = { argparse = true, ffi = true }

--- What is wrong with one C file: a list of messages.
local function check_c(path, text)
  local wrong = {}
  local function blame(line, what)
    wrong[#wrong + 1] = ("%s:%d: %s"):format(path, line, what)
  end
  local floor = path:match("^csrc/([^/]+)/")
  local number = 0
  for line in (text .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    local name = line:match('^%s*#%s*include%s*"([^"]+)"')
    local system = line:match("^%s*#%s*include%s*<([^>]+)>")
    if name and floor then
      local target = name:match("^([^/]+)/")
      if not target then
        -- A bare name is a neighbour's, or the public header.
        target = name == "steelyard.h" and "steelyard.h" or floor
      end
      local public = target == "steelyard.h" or target == "steelyard"
      if not public and target ~= floor and not BELOW[floor][target] then
        blame(number, ("%s/ includes %s, which is not below it"):format(floor, name))
      end
    elseif name and not name:match("^steelyard/") then
      blame(number, "the public header includes " .. name)
    end
    if system and LUA_HEADERS[system] and floor ~= "lua" then
      blame(number, "only csrc/lua includes " .. system)
    end
    if system == "stdio.h" and floor == "kernel" then
      blame(number, "a kernel knows no files, yet includes stdio.h")
    end
  end
  if floor and not BELOW[floor] then
    blame(0, "no floor is called " .. floor)
  end
  return wrong
end

--- What is wrong with one Lua file of the library.
local function check_lua(path, text)
  local wrong = {}
  local cli = path:match("^lua/steelyard/cli[/.]") ~= nil
  local number = 0
  for line in (text .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    local code = line:gsub("^%s*%-%-.*", "")
    for name in code:gmatch("require%s*%(?%s*[\"']([^\"']+)[\"']") do
      local what
      if not cli and name:match("^steelyard%.cli") then
        what = "the library requires the command line: " .. name
      elseif not cli and name == "argparse" then
        what = "only the command line requires argparse"
      elseif not (name .. "."):match("^steelyard%.") and not OUTSIDE[name] then
        what = "requires " .. name .. ", which is no part of Steelyard"
      end
      if what then
        wrong[#wrong + 1] = ("%s:%d: %s"):format(path, number, what)
      end
    end
  end
  return wrong
end

--- The files below a folder of the checkout whose names end in one of the extensions.
local function files(folder, ...)
  local found = {}
  for _, extension in ipairs({ ... }) do
    local command = ("cd '%s' && find %s -name '*.%s' | sort"):format(paths.root, folder, extension)
    local pipe = assert(io.popen(command))
    for path in pipe:lines() do
      found[#found + 1] = path
    end
    pipe:close()
  end
  return found
end

local function check_all(list, check)
  local wrong = {}
  for _, path in ipairs(list) do
    for _, what in ipairs(check(path, paths.read(paths.root .. "/" .. path))) do
      wrong[#wrong + 1] = what
    end
  end
  return table.concat(wrong, "\n")
end

describe("the floors", function()
  it("include only what lies below, in C", function()
    local list = files("csrc", "c", "h", "inc")
    assert.is_true(#list > 10)
    assert.are.equal("", check_all(list, check_c))
  end)

  it("require only what lies below, in Lua", function()
    local list = files("lua/steelyard", "lua")
    assert.is_true(#list > 5)
    assert.are.equal("", check_all(list, check_lua))
  end)
end)

describe("the check of the floors", function()
  local function blames(check, path, text, pattern)
    local wrong = check(path, text)
    assert.are.equal(1, #wrong, text)
    assert.is_truthy(wrong[1]:find(pattern, 1, true), wrong[1])
  end

  it("sees an include that goes up or sideways", function()
    blames(check_c, "csrc/base/x.c", '#include "kernel/work.h"', "base/ includes kernel/work.h")
    blames(check_c, "csrc/kernel/x.c", '\n # include "io/json.h"', "x.c:2: kernel/ includes")
    blames(check_c, "csrc/kernel/v/x.inc", '#include "lua/lsy.h"', "kernel/ includes lua/lsy.h")
    blames(check_c, "csrc/io/x.c", '#include "kernel/work.h"', "io/ includes kernel/work.h")
    blames(check_c, "csrc/io/x.c", '#include "../kernel/work.h"', "not below it")
    blames(check_c, "csrc/learn/x.c", '#include "io/json.h"', "learn/ includes io/json.h")
    blames(check_c, "csrc/steelyard.h", '#include "base/base.h"', "public header")
  end)

  it("sees Lua's headers and stdio where they do not belong", function()
    blames(check_c, "csrc/kernel/x.c", "#include <lua.h>", "only csrc/lua includes lua.h")
    blames(check_c, "csrc/io/x.h", "#include <lauxlib.h>", "only csrc/lua includes lauxlib.h")
    blames(check_c, "csrc/kernel/x.c", "#include <stdio.h>", "stdio.h")
  end)

  it("lets through what goes down", function()
    local function passes(path, ...)
      assert.are.same({}, check_c(path, table.concat({ ... }, "\n")))
    end
    passes("csrc/kernel/x.c", "#include <math.h>", '#include "base/base.h"', '#include "work.h"')
    passes("csrc/lua/x.c", "#include <lua.h>", '#include "kernel/work.h"', '#include "lua/lsy.h"')
    passes("csrc/io/x.c", "#include <stdio.h>", '#include "steelyard.h"', '#include "io/json.h"')
  end)

  it("sees a library file that needs the command line, or anything foreign", function()
    local tune = "lua/steelyard/tune.lua"
    blames(check_lua, tune, 'local x = require "steelyard.cli.tune"', "command line")
    blames(check_lua, tune, "local x = require('argparse')", "argparse")
    blames(check_lua, tune, 'local x = require("socket")', "no part of Steelyard")
    assert.are.same({}, check_lua("lua/steelyard/cli/tune.lua", 'require "argparse"'))
    assert.are.same({}, check_lua(tune, '-- require "argparse"\nrequire "steelyard.core"'))
  end)
end)
