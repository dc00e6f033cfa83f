-- Every way to build and install Steelyard: each Lua version, make install, LuaRocks.
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"

local q = shell.quote

--- Run the smoke script with modules from somewhere.
local function smoke(lua, path, cpath)
  local environment = ("LUA_PATH=%s LUA_CPATH=%s"):format(q(path), q(cpath))
  return shell.succeed(("env -u LUA_INIT %s %s spec/support/smoke.lua"):format(environment, lua))
end

describe("the build #build", function()
  after_each(shell.clean)

  local versions = {
    { version = "5.4", lua = "lua5.4", says = "Lua 5.4" },
    { version = "5.3", lua = "lua5.3", says = "Lua 5.3" },
    { version = "5.1", lua = "lua5.1", says = "Lua 5.1" },
    { version = "jit", lua = "luajit", says = "LuaJIT" },
  }
  for _, v in ipairs(versions) do
    it("loads and works in " .. v.says, function()
      shell.succeed("make -s modules LUA_VERSION=" .. v.version)
      local cpath = ("./build/lua%s/?.so"):format(v.version)
      local output = smoke(v.lua, "./lua/?.lua;./lua/?/init.lua", cpath)
      assert.is_truthy(output:find("works on " .. v.says, 1, true), output)
    end)
  end

  it("does nothing the second time", function()
    shell.succeed("make -s")
    assert.are.equal("", shell.succeed("make -s"))
    local output = shell.succeed("make")
    assert.is_nil(output:find("-c -o", 1, true), output)
  end)

  it("says which header is missing", function()
    local flavor = "FLAVOR=tmp/" .. shell.folder():match("[^/]+$")
    local output, status = shell.run("make modules CC='cc -nostdinc' " .. flavor)
    assert.are_not.equal(0, status)
    assert.is_truthy(output:find("a C compiler with its headers is missing", 1, true), output)
    output, status = shell.run("make modules LUA_VERSION=5.4 LUA_INCDIR=/nonexistent " .. flavor)
    assert.are_not.equal(0, status)
    assert.is_truthy(output:find("liblua5.4-dev", 1, true), output)
  end)
end)

describe("make install #build", function()
  local prefix

  setup(function()
    prefix = shell.folder() .. "/usr"
    shell.succeed(("make install PREFIX=%s LUA_VERSION=5.4"):format(q(prefix)))
  end)
  teardown(shell.clean)

  it("installs modules that work from anywhere", function()
    local output = smoke(
      "lua5.4",
      ("%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua"):format(prefix, prefix),
      ("%s/lib/lua/5.4/?.so"):format(prefix)
    )
    assert.is_truthy(output:find("works on Lua 5.4", 1, true), output)
  end)

  it("installs a command that works from anywhere", function()
    local output = shell.succeed(("cd / && %s/bin/steelyard --help"):format(q(prefix)))
    assert.is_truthy(output:find("steelyard", 1, true), output)
    assert.is_truthy(output:find("tune", 1, true), output)
  end)

  it("installs a library that pkg-config finds", function()
    local source = prefix .. "/version.c"
    paths.write(source, [[
#include <stdio.h>
#include <steelyard.h>
int main(void) { return puts(sy_version()) < 0; }
]])
    local config = ("PKG_CONFIG_PATH=%s/lib/pkgconfig pkg-config"):format(q(prefix))
    local version = shell.succeed(config .. " --modversion steelyard"):match("%S+")
    local program = q(prefix .. "/version")
    local flags = ("$(%s --cflags --libs steelyard)"):format(config)
    shell.succeed(("cc -o %s %s %s"):format(program, q(source), flags))
    local output = shell.succeed(("LD_LIBRARY_PATH=%s/lib %s"):format(q(prefix), program))
    assert.are.equal(version, output:match("%S+"))
    shell.succeed(
      ("cc -o %s %s -I%s/include %s/lib/libsteelyard.a "):format(
        program, q(source), q(prefix), q(prefix)
      ) .. "$(pkg-config --libs --static libcjson zlib) -lm -fopenmp"
    )
    assert.are.equal(version, shell.succeed(program):match("%S+"))
  end)

  it("installs the library of networks, which pkg-config finds, too", function()
    local source = prefix .. "/blas.c"
    paths.write(source, [[
#include <stdio.h>
#include <steelyard/networks.h>
int main(void) {
  sy_layer x = {.name = "x", .kind = SY_LAYER_INPUT, .width = 3};
  sy_blas_threads(1);
  return sy_net_bytes(&x, 1, 4, SY_F32, NULL) == 0 || puts(sy_blas_name()) < 0;
}
]])
    local config = ("PKG_CONFIG_PATH=%s/lib/pkgconfig pkg-config"):format(q(prefix))
    local program = q(prefix .. "/blas")
    for _, static in ipairs({ "", "--static" }) do
      local flags = ("$(%s %s --cflags --libs steelyard_learn)"):format(config, static)
      if static ~= "" then -- the archives themselves
        flags = flags:gsub("%-%-libs steelyard_learn%)", "steelyard_learn) "
          .. ("%s/lib/libsteelyard_learn.a %s/lib/libsteelyard.a "):format(q(prefix), q(prefix))
          .. "$(pkg-config --libs openblas libcjson zlib) -lm -fopenmp")
      end
      shell.succeed(("cc -o %s %s %s"):format(program, q(source), flags))
      local output = shell.succeed(("LD_LIBRARY_PATH=%s/lib %s"):format(q(prefix), program))
      assert.is_truthy(output:find("%S"), output)
    end
  end)

  it("honours DESTDIR, and uninstall takes all away again", function()
    local root = shell.folder()
    local variables = ("DESTDIR=%s PREFIX=/opt/steelyard LUA_VERSION=5.4"):format(q(root))
    shell.succeed("make install " .. variables)
    local list = shell.succeed(("cd %s && find opt -type f | sort"):format(q(root)))
    for _, name in ipairs({
      "bin/steelyard", "include/steelyard.h", "lib/libsteelyard.a", "lib/lua/5.4/steelyard/core.so",
      "lib/pkgconfig/steelyard.pc", "lib/pkgconfig/steelyard_learn.pc",
      "lib/libsteelyard_learn.a", "lib/lua/5.4/steelyard/learn.so",
      "include/steelyard/networks.h", "share/lua/5.4/steelyard/init.lua",
    }) do
      assert.is_truthy(list:find("opt/steelyard/" .. name, 1, true), name .. " is not in\n" .. list)
    end
    shell.succeed("make uninstall " .. variables)
    assert.are.equal("", shell.succeed(("cd %s && find opt -not -type d"):format(q(root))))
  end)
end)

describe("LuaRocks #build", function()
  teardown(shell.clean)

  it("accepts the rockspec", function()
    shell.succeed("luarocks-5.4 lint steelyard-scm-1.rockspec")
  end)

  it("builds and installs it offline, the command included", function()
    local tree = shell.folder()
    -- A proxy that nobody listens on: a network access would fail.
    local offline = "https_proxy=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9"
    shell.succeed(
      ("HOME=%s MAKEFLAGS=-j2 %s "):format(q(tree), offline)
        .. ("luarocks-5.4 make --tree %s steelyard-scm-1.rockspec"):format(q(tree))
    )
    local output = smoke(
      "lua5.4",
      ("%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua"):format(tree, tree),
      ("%s/lib/lua/5.4/?.so"):format(tree)
    )
    assert.is_truthy(output:find("works on Lua 5.4", 1, true), output)
    output = shell.succeed(("cd / && %s/bin/steelyard --help"):format(q(tree)))
    assert.is_truthy(output:find("tune", 1, true), output)
  end)
end)
