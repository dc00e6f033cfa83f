local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

describe("steelyard rank", function()
  local folder
  setup(function()
    folder = command.folder()
    paths.write(folder .. "/vm.json", '{"weights": {"a": 1, "b": -2}}')
    -- Requests x (items 1, 2, 4) and y (3, 5); scores -3, -1, 1, -1, 0.5.
    paths.write(folder .. "/log.csv",
      'day,r,item,a,b\nmon,x,one,1,2\nmon,x,two,1,1\ntue,y,"th,ree",1,0\nmon,x,four,0,0.5\n'
        .. "tue,y,five,1.5,0.5\n")
    shell.succeed(("gzip -k %s/log.csv"):format(shell.quote(folder)))
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  it("orders the items of each request, earlier rows first among equals", function()
    local out = command.succeed("rank --data log.csv --group r --vm vm.json", folder)
    assert.are.equal(
      "r,rank,row,score\nx,1,2,-1\nx,2,4,-1\nx,3,1,-3\ny,1,3,1\ny,2,5,0.5\n", out)
  end)

  it("names items, quotes them, stops at k", function()
    local out = command.succeed("rank --data log.csv --group r --vm vm.json --item item --k 1",
      folder)
    assert.are.equal('r,rank,item,score\nx,1,two,-1\ny,1,"th,ree",1\n', out)
  end)

  it("breaks ties by name, descending", function()
    local out = command.succeed(
      "rank --data log.csv --group r --vm vm.json --item item --ties name --k 2", folder)
    assert.is_truthy(out:find("x,1,two,-1\nx,2,four,-1\n", 1, true), out)
  end)

  it("groups by several columns, or not at all", function()
    local out = command.succeed("rank --data log.csv --group day,r --vm vm.json --k 1", folder)
    assert.are.equal("day,r,rank,row,score\nmon,x,1,2,-1\ntue,y,1,3,1\n", out)
    out = command.succeed("rank --data log.csv --vm vm.json --k 2", folder)
    assert.are.equal("request,rank,row,score\n1,1,3,1\n1,2,5,0.5\n", out)
  end)

  it("reads standard input, gzip, and columns of other names", function()
    local expected = command.succeed("rank --data log.csv --group r --vm vm.json", folder)
    assert.are.equal(expected,
      command.succeed("rank --data - --group r --vm vm.json <log.csv", folder))
    assert.are.equal(expected,
      command.succeed("rank --data log.csv.gz --group r --vm vm.json", folder))
    local swapped = command.succeed(
      "rank --data log.csv --group r --vm vm.json --predictions a=b,b=a --k 1", folder)
    assert.are.equal("r,rank,row,score\nx,1,4,0.5\ny,1,3,-2\n", swapped)
  end)

  it("writes files whole, and JSON", function()
    assert.are.equal("", command.succeed(
      "rank --data log.csv --group r --vm vm.json --out ranks.csv", folder))
    assert.are.equal(command.succeed("rank --data log.csv --group r --vm vm.json", folder),
      paths.read(folder .. "/ranks.csv"))
    local line = command.refused("rank --data log.csv --vm vm.json --out no/such/ranks.csv", folder)
    assert.is_truthy(line:find("^no/such/ranks.csv: .*No such file"), line)
    local decoded = assert(sy.json.decode(command.succeed(
      "rank --data log.csv --group r --vm vm.json --item item --json", folder)))
    assert.are.equal(2, #decoded.requests)
    assert.are.same({ item = "two", score = -1 }, decoded.requests[1].items[1])
    assert.are.equal("y", decoded.requests[2].request)
  end)

  it("reads its scores back to the bit", function()
    local log = "--data examples/data/kuairand-requests.csv --group request_id "
    local out = command.succeed("rank " .. log .. "--vm examples/data/kuairand_vm.json", folder)
    local data = assert(sy.dataset.read(paths.root .. "/examples/data/kuairand-requests.csv", {
      group = "request_id",
    }))
    local vm = assert(sy.value_model.load(paths.root .. "/examples/data/kuairand_vm.json"))
    local scores, seen = vm:score(data), 0
    for row, score in out:gmatch("\n[^,]+,%d+,(%d+),([^\n]+)") do
      seen = seen + 1
      assert(scores[tonumber(row)] == tonumber(score), row)
    end
    assert.are.equal(4864, seen)
  end)
end)
