local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"

describe("steelyard run", function()
  local folder
  setup(function()
    folder = command.folder()
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  local function script(text)
    paths.write(folder .. "/script.lua", text)
  end

  it("gives the script its arguments, whatever they look like", function()
    script("print(#{...}, ...) print(arg[0], arg[1])")
    assert.are.equal("4\t--k\t3\t--help\t-x\nscript.lua\t--k\n",
      command.succeed("run script.lua --k 3 --help -x", folder))
    assert.are.equal("0\nscript.lua\tnil\n",
      command.succeed("run --threads 1 script.lua", folder))
  end)

  it("gives it Steelyard", function()
    script("#!/usr/bin/env steelyard run\nlocal sy = require 'steelyard'\n"
      .. "print(sy.rank({1, 3, 2})[1], sy.threads())")
    assert.are.equal("2\t1\n", command.succeed("run --threads 1 script.lua", folder))
  end)

  it("calls the recipe that it returns, with a context", function()
    script("local first = ...\n"
      .. "return function(c) c.out(first, c.args[2], c.sy.version) return 1 end")
    local sy = require "steelyard"
    assert.are.equal("a\tb\t" .. sy.version .. "\n",
      command.succeed("run script.lua a b", folder, 1))
  end)

  it("tells an error in one line, at the script's line", function()
    script("local sy = require 'steelyard'\n\nsy.rank({1, 2}, {kk = 3})\n")
    local result = command.run("run script.lua", folder)
    assert.are.equal(2, result.status)
    assert.are.equal('steelyard: script.lua:3: rank: unknown option "kk" (did you mean "k"?)\n',
      result.err)
    for text, expected in pairs({
      ["\nlocal x = nil + 1"] = "script.lua:2: attempt to perform arithmetic on a nil value\n",
      ["error('no luck', 0)"] = "no luck\n",
      ["x ="] = "script.lua:1: unexpected symbol near <eof>\n",
      ["error({})"] = "the error is a table\n",
      ["error()"] = "an error without a message\n",
      ["error(setmetatable({}, {__tostring = function() return 'mine' end}))"] = "mine\n",
      ["require 'nothing'"] = "script.lua:1: module 'nothing' not found\n",
      ["return 256"] = "script.lua: it returned 256, which is no exit status (0 to 255)\n",
      ["return -1"] = "script.lua: it returned -1, which is no exit status (0 to 255)\n",
      ["return function() error('in the recipe') end"] = "script.lua:1: in the recipe\n",
    }) do
      script(text)
      result = command.run("run script.lua", folder)
      assert.are.equal(2, result.status)
      assert.are.equal("steelyard: " .. expected, result.err)
    end
    result = command.run("run script.lua", folder, "STEELYARD_DEBUG=1")
    assert.is_truthy(result.err:find("stack traceback", 1, true))
  end)

  it("needs a script that is there", function()
    assert.is_truthy(command.refused("run"):find("missing argument", 1, true))
    assert.is_truthy(command.refused("run --threads 0 nothing.txt"):find("--threads: 0", 1, true))
    assert.are.equal("nothing.txt: No such file or directory", command.refused("run nothing.txt"))
    assert.is_truthy(command.refused("run --thread 1 x.txt")
      :find('unknown option "--thread" (did you mean "--threads"?)', 1, true))
  end)
end)
