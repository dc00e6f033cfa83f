-- Calibrators on real predictions that they were not fitted to: `auto` does no harm, and no single
-- method does better on most sets. docs/calibrators.md has the table.
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

describe("calibrators on public data #slow", function()
  local results

  setup(function()
    local folder = paths.shared("fivethirtyeight-forecasts/LICENSE")
    if folder then
      folder = folder:gsub("/fivethirtyeight%-forecasts/LICENSE$", "")
      results = assert(sy.json.decode(shell.succeed(
        ("LUA_PATH='lua/?.lua;lua/?/init.lua' LUA_CPATH='build/lua5.4/?.so' "
          .. "lua5.4 scripts/benchmark/calibrators.lua %s --json"):format(shell.quote(folder)))))
    end
  end)

  local function auto_of(set)
    return set.methods[#set.methods]
  end

  it("auto is nowhere surely worse than leaving predictions alone", function()
    if not results then
      return pending("the data is not here")
    end
    assert.is_true(#results.sets >= 60)
    local worse = 0
    for _, set in ipairs(results.sets) do
      local auto = auto_of(set)
      assert.are.equal("auto", auto.method)
      assert.is_true(auto.difference <= 2 * auto.error + 1e-12, set.group .. " " .. set.name)
      worse = worse + (auto.difference > 1e-12 and 1 or 0)
    end
    assert.is_true(worse <= #results.sets / 8, worse)
  end)

  it("auto is at least as good as any single method on most sets, and on average", function()
    if not results then
      return pending("the data is not here")
    end
    local auto = results.methods[#results.methods]
    assert.are.equal("auto", auto.method)
    for _, row in ipairs(results.methods) do
      assert.is_true(row.no_better_than_auto > #results.sets / 2, row.method)
      assert.is_true(auto.log_loss <= row.log_loss, row.method)
      assert.is_true(auto.brier <= row.brier, row.method)
    end
  end)
end)
