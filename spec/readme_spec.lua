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

  it("shows what its first command prints", function()
    local pattern = "%$ scripts/steelyard (.-)\n\n(.-)\n\nWith equal weights"
    local arguments, printed = readme:match(pattern)
    assert.is_string(arguments)
    arguments = arguments:gsub("\\\n%s+", "")
    printed = ("\n" .. printed):gsub("\n    ", "\n"):sub(2)
    local written = printed:match("\nwritten: ") and "" or "\n\nwritten: vm.json"
    assert.equal(settled(printed .. written), settled(command.succeed(arguments, folder)))
  end)

  it("has a first recipe that runs", function()
    local recipe = readme:match("```lua\n(.-)```")
    paths.write(folder .. "/recipe.lua", recipe)
    local out = command.succeed("run recipe.lua", folder)
    assert.truthy(out:match("^target reached\t0%.000%d+\t0%.%d+\n$"), out)
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
