-- steelyard calibrate sketch, merge, watch.
local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local LOG = "calibrate sketch --data examples/data/kuairand-requests.csv "

-- A day's log in a folder: predictions p whose labels' means are p / ratio; q is p again.
local function write_day(folder, name, seed, ratio)
  local random, lines = sy.random(seed), { "p,q,y,w,city" }
  for i = 1, 3000 do
    local p = 0.4 * random:uniform()
    local y = random:uniform() < p / ratio and 1 or 0
    lines[i + 1] = ("%.9g,%.9g,%d,%d,%s"):format(p, p, y, 1 + i % 3, i % 2 == 0 and "Ulm" or "Bonn")
  end
  paths.write(folder .. "/" .. name, table.concat(lines, "\n") .. "\n")
end

describe("steelyard calibrate", function()
  local folder
  local function read(name)
    return paths.read(folder .. "/" .. name)
  end
  setup(function()
    folder = command.folder()
    for day = 1, 6 do
      write_day(folder, ("day%d.csv"):format(day), day, day > 3 and 1.6 or 1)
      command.succeed(("calibrate sketch --data day%d.csv --labels p=y --window 2024-05-0%d "
        .. "--out day%d.sketch"):format(day, day, day), folder)
    end
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  describe("sketch", function()
    it("tells what it wrote", function()
      local out = command.succeed(LOG .. "--labels p_click=click,p_comment=comment "
        .. "--window 2022-04 --out april.sketch", folder)
      assert.is_truthy(out:find("^2022%-04\n"), out)
      assert.is_truthy(out:find("\np_click +4864 +%d+ +0.742050 +0.707442 +1.0489\n"), out)
      assert.is_truthy(out:find("\nwritten: april.sketch\n$"), out)
      local map = assert(sy.calibrate.sketch.load(folder .. "/april.sketch"))
      local data = assert(sy.dataset.read(paths.root .. "/examples/data/kuairand-requests.csv", {
        predictions = "p_click", labels = "click",
      }))
      assert.is_true(map.p_click == sy.calibrate.sketch(data:prediction("p_click"),
        data:label("p_click")))
    end)

    it("gives JSON", function()
      local told = assert(sy.json.decode(command.succeed(
        "calibrate sketch --data day1.csv --labels p=y --weight w --out w.sketch --json", folder)))
      assert.are.same({ first = "day1", last = "day1" }, told.window)
      assert.are.equal(3000, told.sketches.p.n)
      assert.are.equal(6000, told.sketches.p.weight)
      assert.is_true(told.sketches.p.ratio_low < told.sketches.p.ratio)
    end)

    it("takes columns of other names, segments, and coarser bins", function()
      command.succeed("calibrate sketch --data day1.csv --labels task=y --predictions task=q "
        .. "--by city --bits 4 --out by.sketch", folder)
      local map = assert(sy.calibrate.sketch.load(folder .. "/by.sketch"))
      assert.are.equal(1500, map["task city=Ulm"]:totals().n)
      assert.is_true(map.task == sy.calibrate.merge(map["task city=Ulm"], map["task city=Bonn"]))
      assert.are.equal(4, map.task.bits)
      local weights = command.succeed("calibrate sketch --data day1.csv --labels p=y --by w "
        .. "--out by_w.sketch", folder)
      assert.is_truthy(weights:find("\np w=2 +1000 "), weights)
    end)

    it("tells of the first twenty where there are many", function()
      local lines = { "p,y,user" }
      for i = 1, 30 do
        lines[#lines + 1] = ("0.5,%d,u%02d"):format(i % 2, i)
      end
      paths.write(folder .. "/users.csv", table.concat(lines, "\n") .. "\n")
      local out = command.succeed("calibrate sketch --data users.csv --labels p=y --by user "
        .. "--out users.sketch", folder)
      assert.is_truthy(out:find("\np user=u19 .-\n%.%.%. and 11 more\n\nwritten: users"), out)
      assert.is_nil(out:find("u20", 1, true))
    end)

    it("refuses what it cannot do, in one line", function()
      paths.write(folder .. "/bad.csv", "p,y\n2,1\n")
      paths.write(folder .. "/light.csv", "p,y,w\n0.5,1,1\n0.5,1,1e-9\n")
      local function refused(expected, arguments)
        local line = command.refused("calibrate sketch " .. arguments, folder)
        assert.is_truthy(line:find(expected, 1, true), line)
      end
      refused("missing option --out", "--data day1.csv --labels p=y")
      refused("missing option --labels", "--data day1.csv --out x.sketch")
      refused("--bits: 13 is above 12", "--data day1.csv --labels p=y --bits 13 --out x.sketch")
      refused("column p: 2 is not from 0 to 1", "--data bad.csv --labels p=y --out x.sketch")
      refused("light.csv: row 2: column w: 1e-09: a sketch's weights are 0 or from 2^-20 to 2^20",
        "--data light.csv --labels p=y --weight w --out x.sketch")
    end)
  end)

  describe("merge", function()
    it("gives the same bytes for any order and grouping", function()
      command.succeed("calibrate merge day1.sketch day2.sketch day3.sketch --out a.sketch", folder)
      command.succeed("calibrate merge day3.sketch day1.sketch --out b.sketch", folder)
      local out = command.succeed("calibrate merge day2.sketch b.sketch --out b.sketch", folder)
      assert.are.equal(read("a.sketch"), read("b.sketch"))
      assert.is_truthy(out:find("^2024%-05%-01 to 2024%-05%-03\n"), out)
      assert.is_truthy(out:find("\np +9000 "), out)
      local rows = read("day1.csv")
      for _, name in ipairs({ "day2.csv", "day3.csv" }) do
        rows = rows .. read(name):gsub("^[^\n]*\n", "")
      end
      paths.write(folder .. "/all.csv", rows)
      command.succeed("calibrate sketch --data all.csv --labels p=y --out all.sketch", folder)
      local merged = assert(sy.calibrate.sketch.load(folder .. "/a.sketch"))
      assert.is_true(merged.p == sy.calibrate.sketch.load(folder .. "/all.sketch").p)
    end)

    it("refuses what it cannot do, in one line", function()
      local function refused(expected, arguments)
        local line = command.refused("calibrate merge " .. arguments, folder)
        assert.is_truthy(line:find(expected, 1, true), line)
      end
      refused("missing option --out", "day1.sketch")
      refused("nope.sketch: cannot open: No such file", "day1.sketch nope.sketch --out x.sketch")
      refused("day1.csv: not a file of sketches", "day1.csv --out x.sketch")
      refused("day1.sketch: the file is there twice",
        "day1.sketch day2.sketch day1.sketch --out x.sketch")
      command.succeed("calibrate sketch --data day1.csv --labels p=y --bits 3 --out 3.sketch",
        folder)
      refused('3.sketch: sketch "p" has 3 bits, and 7 in the files before',
        "day1.sketch 3.sketch --out x.sketch")
    end)
  end)

  describe("watch", function()
    it("is calm about good days", function()
      local out = command.succeed("calibrate watch day1.sketch day2.sketch day3.sketch", folder)
      assert.is_truthy(out:find("\n2024%-05%-03  p +3000 +[%d.]+ +%[[%d.]+, [%d.]+%] "), out)
      assert.is_truthy(out:find("\nno alarm\n$"), out)
    end)

    it("raises an alarm when predictions have become too high", function()
      local out = command.succeed("calibrate watch day?.sketch", folder, 1)
      local since =
        out:match("\nALARM p: predictions are too high since (%S+) %(raised at %S+%)\n$")
      assert.are.equal("2024-05-04", since, out)
      local told = assert(sy.json.decode(command.succeed(
        "calibrate watch day?.sketch --tolerance 0.2 --last 2 --json", folder, 1)))
      assert.is_true(told.alarm)
      assert.are.equal(6, #told.windows)
      assert.are.equal("too high", told.alarms.p.direction)
      assert.are.equal(0.2, told.tolerance)
      local day5 = sy.calibrate.sketch.load(folder .. "/day5.sketch")
      local day6 = sy.calibrate.sketch.load(folder .. "/day6.sketch")
      local ratio = day5.p:merge(day6.p):curve():summary(0.95).ratio
      assert.are.equal(ratio, told.windows[6].ratio)
    end)

    it("tolerates what it is told to", function()
      local out = command.succeed("calibrate watch day?.sketch --tolerance 0.7", folder)
      assert.is_truthy(out:find("no alarm", 1, true), out)
    end)

    it("shares the false alarms among all sketches", function()
      command.succeed("calibrate sketch --data day1.csv --labels p=y --by city --out by.sketch",
        folder)
      local told = assert(sy.json.decode(command.succeed(
        "calibrate watch by.sketch --false-alarm 0.03 --json", folder)))
      assert.are.equal(3, #told.windows)
      assert.is_true(math.abs(told.windows[1].needed - math.log(100)) < 1e-12)
      told = assert(sy.json.decode(command.succeed(
        "calibrate watch by.sketch --tasks p --json", folder)))
      assert.are.equal(1, #told.windows)
    end)

    it("refuses what it cannot do, in one line", function()
      local function refused(expected, arguments)
        local line = command.refused("calibrate watch " .. arguments, folder)
        assert.is_truthy(line:find(expected, 1, true), line)
      end
      refused("--tolerance: -1 is below 0", "day1.sketch --tolerance -1")
      refused("--false-alarm: 1 is not between 0 and 1", "day1.sketch --false-alarm 1")
      refused("--last: 0 is not a whole number from 1 up", "day1.sketch --last 0")
      refused('--tasks: no sketch is called pp', "day1.sketch --tasks pp")
      refused("day1.sketch: the file is there twice", "day1.sketch day1.sketch")
      refused("missing argument", "")
    end)
  end)

  for _, name in ipairs({ "sketch", "merge", "watch" }) do
    it("has help for " .. name .. ", whose examples work", function()
      local help = command.succeed(("calibrate %s --help"):format(name), folder)
      local block = help:match("Examples[^\n]*\n(.-)\n\n"):gsub("%s*\\\n%s*", " ")
      local count = 0
      for line in (block .. "\n"):gmatch("%s*steelyard ([^\n]+)\n") do
        assert.is_true(#command.succeed(line, folder) > 40, line)
        count = count + 1
      end
      assert.is_true(count >= 2)
      for line in help:gmatch("[^\n]+") do
        assert.is_true(#line <= 100, line)
      end
    end)
  end
end)
