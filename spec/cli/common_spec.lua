-- What all commands share: help, versions, mistakes.
local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"

local COMMANDS = { "eval", "tune", "rank", "calibrate", "train", "predict", "recommend", "eval-cf",
  "run" }
local PARTS = { "report", "fit", "apply", "compare", "contract", "sketch", "merge", "watch" }
local LOG = "--data examples/data/kuairand-requests.csv --group request_id"

local function clean()
  paths.clean()
  shell.clean()
end

-- The commands that a --help shows as examples, each on one line.
local function examples_of(help)
  local block = help:match("Examples[^\n]*\n(.-)\n\n")
  local list = {}
  for line in (block:gsub("%s*\\\n%s*", " ") .. "\n"):gmatch("%s*steelyard ([^\n]+)\n") do
    list[#list + 1] = line
  end
  return list
end

describe("steelyard", function()
  after_each(clean)

  it("tells what it can do, and that a command is missing", function()
    local told = "no command; there are eval, tune, rank, calibrate, train, predict, recommend, "
      .. "eval-cf, run (steelyard --help tells more)"
    assert.are.equal(told, command.refused(""))
    local help = command.succeed("--help")
    assert.is_truthy(help:find("usage: steelyard COMMAND", 1, true))
    assert.are.equal(help, command.succeed("help"))
    for _, name in ipairs(COMMANDS) do
      assert.is_truthy(help:find("\n  " .. name .. " ", 1, true), name)
    end
  end)

  it("tells its version", function()
    local sy = require "steelyard"
    assert.are.equal("steelyard " .. sy.version .. "\n", command.succeed("--version"))
  end)

  it("suggests what may have been meant", function()
    local line = command.refused("tnue")
    assert.is_truthy(line:find('unknown command "tnue" (did you mean "tune"?)', 1, true), line)
    line = command.refused("rank --grup request_id")
    assert.is_truthy(line:find('rank: unknown option "--grup" (did you mean "--group"?)', 1, true),
      line)
    line = command.refused("--verbose")
    assert.is_truthy(line:find('unknown option "--verbose"', 1, true), line)
  end)

  it("tells the commands about calibration", function()
    local help = command.succeed("calibrate --help")
    assert.are.equal(help, command.succeed("help calibrate"))
    for _, name in ipairs(PARTS) do
      assert.is_truthy(help:find("\n  " .. name .. " ", 1, true), name)
    end
    assert.are.equal("calibrate: which? There are " .. table.concat(PARTS, ", ")
      .. " (steelyard calibrate --help tells more)", command.refused("calibrate"))
    local line = command.refused("calibrate reprot")
    assert.is_truthy(line:find('unknown command "reprot" (did you mean "report"?)', 1, true), line)
  end)

  local documented = {}
  for _, name in ipairs(COMMANDS) do
    documented[#documented + 1] = name ~= "calibrate" and name ~= "train" and name or nil
  end
  for _, name in ipairs(PARTS) do
    documented[#documented + 1] = "calibrate " .. name
  end
  for _, name in ipairs({ "mtml", "ract", "vae", "dae", "wmf", "ease" }) do
    documented[#documented + 1] = "train " .. name
  end
  for _, name in ipairs(documented) do
    it("has help for " .. name .. ", whose examples work", function()
      local help = command.succeed(name .. " --help")
      assert.is_truthy(help:find("usage: steelyard " .. name, 1, true))
      assert.is_truthy(help:find("Exit status:", 1, true))
      assert.are.equal(help, command.succeed("help " .. name))
      for line in help:gmatch("[^\n]+") do
        assert.is_true(#line <= 100, line)
      end
      local list = examples_of(help)
      assert.is_true(#list >= 2)
      local folder = command.folder()
      for _, example in ipairs(list) do
        local result = command.run(example, folder)
        assert.are.equal("", result.err, example)
        -- One contract shows what it says where the scale has moved.
        assert.is_true(result.status == 0 or name == "calibrate contract" and result.status == 1,
          example)
        local file = example:match("%-%-out (%S+)")
        file = file and file:gsub("/$", "/model.safetensors")
        assert.is_true(#result.out > 40 or file ~= nil, example)
        assert.is_true(not file or #paths.read(folder .. "/" .. file) > 40)
      end
    end)
  end

  it("has a first example that works", function()
    local folder = command.folder()
    local list = examples_of(command.succeed("--help"))
    assert.are.equal(2, #list)
    for _, example in ipairs(list) do
      command.succeed(example, folder)
    end
    assert.is_truthy(paths.read(folder .. "/vm.json"):find("p_long_view", 1, true))
  end)

  it("works through a link, from any folder", function()
    local folder = command.folder()
    shell.succeed(("ln -s $PWD/scripts/steelyard %s/sy"):format(shell.quote(folder)))
    local out = shell.succeed(("cd %s && ./sy rank %s --vm examples/data/kuairand_vm.json --k 1")
      :format(shell.quote(folder), LOG))
    assert.is_truthy(out:find("^request_id,rank,row,score\n"), out)
  end)

  it("says when it is not built", function()
    local folder = shell.folder()
    shell.succeed(("cp -r scripts lua %s/"):format(shell.quote(folder)))
    local out, status = shell.run(
      ("cd / && LUA_PATH= LUA_CPATH= lua5.4 %s/scripts/steelyard --help"):format(
        shell.quote(folder)))
    assert.are.equal(2, status)
    assert.is_truthy(out:find("^steelyard: not built yet[^\n]+\n$"), out)
  end)

  it("says when it is a copy that finds no modules", function()
    local folder = shell.folder()
    shell.succeed(("cp scripts/steelyard %s/"):format(shell.quote(folder)))
    local out, status = shell.run(
      ("cd %s && LUA_PATH= LUA_CPATH= lua5.4 ./steelyard --help"):format(shell.quote(folder)))
    assert.are.equal(2, status)
    assert.is_truthy(out:find("^steelyard: its modules are not found: [^\n]+\n$"), out)
  end)

  it("says that argparse is missing, and can do without where it need not", function()
    local nowhere = "LUA_PATH=/nowhere/?.lua"
    local line = command.refused("rank --help", nil, nowhere)
    assert.is_truthy(line:find("argparse is missing: install lua-argparse", 1, true), line)
    local result = command.run("--help", nil, nowhere)
    assert.are.equal(0, result.status)
    assert.is_truthy(result.out:find("usage: steelyard COMMAND", 1, true))
  end)

  it("notices a full disk and a closed reader", function()
    for _, arguments in ipairs({ "--help", "rank --help", "--version",
      "rank " .. LOG .. " --vm examples/data/kuairand_vm.json" }) do
      assert.are.equal("standard output: No space left on device",
        command.refused(arguments .. " >/dev/full"), arguments)
    end
    local out = shell.succeed("lua5.4 scripts/steelyard rank " .. LOG
      .. " --vm examples/data/kuairand_vm.json | head -n 1")
    assert.are.equal("request_id,rank,row,score\n", out)
  end)

  -- In the foreground, timeout signals its child alone. A second signal, to the whole group, would
  -- find Lua's handler used up and end the process without a word.
  local ONE_INTERRUPT = "timeout --foreground --preserve-status -s INT 2"

  it("is interrupted in one line, and leaves no file", function()
    local folder = command.folder()
    local result = command.run("tune " .. LOG .. " --target p_click=0.4,p_comment=0.6 --tolerance 0"
      .. " --method multiplicative --max-iterations 1000000 --learning-rate 1e-7 --out vm.json",
      folder, ONE_INTERRUPT)
    assert.are.equal(130, result.status)
    assert.are.equal("", result.out)
    assert.are.equal("steelyard: interrupted\n", result.err)
    assert.are.equal("examples\n", shell.succeed("ls -A " .. shell.quote(folder)))
  end)
end)

describe("bad input", function()
  local folder
  setup(function()
    folder = command.folder()
  end)
  teardown(clean)

  local function file(name, text)
    paths.write(folder .. "/" .. name, text)
    return name
  end

  local VM = '{"weights": {"a": 1, "b": 2}}'

  local function ranked(csv, more)
    file("vm.json", VM)
    file("log.csv", csv)
    return command.refused("rank --data log.csv --vm vm.json " .. (more or ""), folder)
  end

  it("is refused in one line that names file, line, column and value", function()
    assert.are.equal('log.csv:3: column b: "abc" is not a number', ranked("a,b\n1,2\n3,abc\n"))
    assert.is_truthy(ranked("a,b\n1,nan\n"):find("^log.csv:2: column b: "))
    assert.is_truthy(ranked("a,b\n1,inf\n"):find("^log.csv:2: column b: "))
    assert.is_truthy(ranked("a,b\n1,\n"):find("^log.csv:2: column b: "))
    assert.is_truthy(ranked("a,bb\n1,2\n"):find('^log.csv:1: no column "b"'))
    assert.is_truthy(ranked(""):find("^log.csv: "))
    assert.is_truthy(ranked("a,b\n"):find("^log.csv: no rows"))
    assert.is_truthy(ranked("a,b\n1,2\n", "--group c"):find('^log.csv:1: no column "c"'))
    file("vm.json", VM)
    assert.is_truthy(command.refused("rank --data no.csv --vm vm.json", folder)
      :find("^no.csv: .*No such file"))
    assert.is_truthy(command.refused("rank --data examples --vm vm.json", folder):find("^examples"))
  end)

  it("names the option for a format that the name does not tell", function()
    file("vm.json", VM)
    file("log.dat", "a,b\n1,2\n")
    assert.is_truthy(command.refused("rank --data log.dat --vm vm.json", folder)
      :find("say which it is with --format", 1, true))
    assert.are.equal("request,rank,row,score\n1,1,1,5\n",
      command.succeed("rank --data log.dat --vm vm.json --format csv", folder))
  end)

  it("names the place in a broken value model", function()
    file("log.csv", "a,b\n1,2\n")
    local function loaded(text)
      file("bad.json", text)
      return command.refused("rank --data log.csv --vm bad.json", folder)
    end
    for text, pattern in pairs({
      ['{"weights": {"a": 1, "b": }}'] = "^bad%.json",
      ['{"weights": {"a": 1, "a": 2}}'] = "%$%.weights",
      ['{"weights": {"a": "x"}}'] = "%$%.weights%.a",
      ['{"weights": {}}'] = "weights",
      ['{"wights": {"a": 1}}'] = "wights",
      ['{"weights": {"a": 1}} x'] = "^bad%.json",
      [""] = "^bad%.json",
    }) do
      local line = loaded(text)
      assert.is_truthy(line:find("^bad%.json") and line:find(pattern), line)
    end
    assert.is_truthy(loaded('{"weights": {"q": 1}}'):find('no column "q"', 1, true))
    assert.is_truthy(command.refused("rank --data log.csv --vm none.json", folder)
      :find("^none.json: .*No such file"))
  end)

  it("in options names the option", function()
    file("log.csv", "a,b\n1,2\n")
    file("vm.json", VM)
    for more, pattern in pairs({
      ["--missing maybe"] = "^%-%-missing: \"maybe\"",
      ["--format exel"] = "^%-%-format: \"exel\"",
      ["--dtype f16"] = "^%-%-dtype: \"f16\"",
      ["--threads none"] = "^%-%-threads: \"none\"",
      ["--threads 0"] = "^%-%-threads: 0",
      ["--k -1"] = "^%-%-k: %-1",
      ["--k 1.5"] = "^%-%-k: 1.5",
      ["--ties name"] = "need %-%-item",
      ["--group a,,b"] = "^%-%-group: an empty name",
      ["--group a,a"] = "^%-%-group: a is there twice",
      ["--predictions c=b"] = "^%-%-predictions: no task is called c",
      ["stray"] = "too many arguments",
      ["--data log.csv"] = '"%-%-data" must be used at most 1 time',
      ["--k 1e18"] = "^%-%-k: 1e18 is beyond 2%^53$",
      ["--group ''"] = "^%-%-group: its value is empty$",
      ["--out ''"] = "^%-%-out: its value is empty$",
      ["--out log.csv"] = "^%-%-out: log.csv is the file of %-%-data, too$",
      ["--out -"] = "^%-%-out: %- is no file's name$",
      ["--out ."] = "^%.: cannot write: Is a directory$",
      ["--out no/file"] = "^no/file: cannot write: No such file or directory$",
    }) do
      local line = command.refused("rank --data log.csv --vm vm.json " .. more, folder)
      assert.is_truthy(line:find(pattern), line)
    end
    assert.is_truthy(command.refused("rank --vm vm.json", folder):find("missing option %-%-data"))
    assert.is_truthy(command.refused("rank --data log.csv", folder):find("missing option %-%-vm"))
  end)

  it("may be kept, dropped or filled where that is asked for", function()
    file("vm.json", VM)
    file("gaps.csv", "a,b\n1,2\n1,\n3,4\n")
    local out = command.succeed("rank --data gaps.csv --vm vm.json --missing drop", folder)
    assert.are.equal("request,rank,row,score\n1,1,2,11\n1,2,1,5\n", out)
    out = command.succeed("rank --data gaps.csv --vm vm.json --missing -10", folder)
    assert.are.equal("request,rank,row,score\n1,1,3,11\n1,2,1,5\n1,3,2,-19\n", out)
    assert.is_truthy(command.refused("rank --data gaps.csv --vm vm.json --missing keep", folder)
      :find("NaN", 1, true))
  end)

  it("shows where it came from on demand only", function()
    local result = command.run("rank --data no.csv --vm no.json", folder, "STEELYARD_DEBUG=1")
    assert.are.equal(2, result.status)
    assert.is_truthy(result.err:find("stack traceback", 1, true))
  end)
end)
