-- What README.md shows is what a reader gets: its command, its table, its recipe, its folders.
local command = require("spec.support.command")
local paths = require("spec.support.paths")
local shell = require("spec.support.shell")

local readme = paths.read(paths.root .. "/README.md")

-- Durations differ from run to run, files are named as the reader likes.
local function settled(text)
  return (text:gsub("[%d.]+ s\n", "? s\n"):gsub("%s+$", ""))
end

describe("README.md", function()
  local folder

  setup(function()
    folder = command.folder()
  end)

  teardown(function()
    shell.succeed("rm -rf " .. shell.quote(folder))
  end)

  -- Blocks that begin with a command: its lines, and what it prints.
  local function commands()
    local list, block = {}, nil
    for line in (readme .. "\n"):gmatch("(.-)\n") do
      local arguments = line:match("^    %$ scripts/steelyard (.*)$")
      if arguments then
        block = { arguments = arguments, printed = {}, open = true }
        list[#list + 1] = block
      elseif block and line:find("^%S") then
        block = nil
      elseif block and block.open and line:find("%S") then
        block.arguments = block.arguments .. "\n" .. line
      elseif block then
        block.open = false
        block.printed[#block.printed + 1] = line:sub(5)
      end
    end
    return list
  end

  it("shows what its commands print", function()
    local list = commands()
    assert.equal(4, #list)
    for _, block in ipairs(list) do
      local arguments = block.arguments:gsub("\\\n%s+", "")
      local printed = table.concat(block.printed, "\n"):gsub("^%s*\n", "")
      assert.equal(settled(printed), settled(command.succeed(arguments, folder)))
    end
  end)

  it("has a first recipe that runs", function()
    local recipe, measuring, calibrating =
      readme:match("```lua\n(.-)```.-```lua\n(.-)```.-```lua\n(.-)```")
    paths.write(folder .. "/recipe.lua", recipe .. measuring .. calibrating)
    local out = command.succeed("run recipe.lua", folder)
    local shown = "^target reached\t0%.000%d+\t0%.%d+\n0%.9%d+\t0%.9%d+\t0%.9%d+\n"
      .. "[01]%.[09]%d+\t0%.00%d+\t%d+\n$"
    assert.truthy(out:match(shown), out)
    assert.truthy(paths.read(folder .. "/vm.json"):find('"p_comment"', 1, true))
  end)

  it("names files that exist", function()
    for name in readme:gmatch("%]%(([%w_./-]+)%)") do
      assert.truthy(io.open(paths.root .. "/" .. name, "rb"), name)
    end
  end)

  it("refuses a bad number as it says", function()
    local text = readme:match("steelyard: (impressions[^\n]+)")
    local rows = { "request_id,p_like" }
    for row = 2, 16 do
      rows[row] = row % 4 .. ",0.5"
    end
    rows[17] = "1,abc"
    paths.write(folder .. "/impressions.csv", table.concat(rows, "\n") .. "\n")
    paths.write(folder .. "/vm.json", '{"weights": {"p_like": 1}}')
    local line = command.refused("rank --data impressions.csv --group request_id --vm vm.json",
      folder)
    assert.equal(text, line)
  end)
end)
