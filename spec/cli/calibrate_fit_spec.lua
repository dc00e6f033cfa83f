-- steelyard calibrate fit, compare and apply.
local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local LOG = "--data examples/data/kuairand-requests.csv "
local LABELS = "--labels p_click=click,p_comment=comment "

describe("steelyard calibrate fit", function()
  local folder
  setup(function()
    folder = command.folder()
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  local function file(name, text)
    paths.write(folder .. "/" .. name, text)
    return name
  end

  local function data()
    return assert(sy.dataset.read(folder .. "/examples/data/kuairand-requests.csv", {
      predictions = { "p_click", "p_comment" }, labels = { "click", "comment" },
      columns = { "hour", "user_id" },
    }))
  end

  it("writes the value model that the library makes", function()
    local out = command.succeed("calibrate fit " .. LOG .. LABELS
      .. "--method platt --note April --out vm.json", folder)
    assert.is_truthy(out:find("4864 rows", 1, true))
    assert.is_truthy(out:find("p_comment  platt", 1, true), out)
    local model = assert(sy.value_model.load(folder .. "/vm.json"))
    local set = data()
    for _, task in ipairs({ "p_click", "p_comment" }) do
      local expected = sy.calibrate.fit(set:prediction(task), set:label(task),
        { method = "platt", note = "April" })
      assert.are.equal(1, model.weights[task])
      assert.are.same(expected:parts().map, model.calibrators[task]:parts().map)
      assert.are.equal("April", model.calibrators[task].fit.note)
    end
  end)

  it("keeps the weights and the other calibrators of a value model", function()
    file("old.json", '{"weights": {"p_click": 2, "p_comment": 30, "p_long_view": -1}}')
    command.succeed("calibrate fit " .. LOG
      .. "--labels p_click=click --method shift --vm old.json --out one.json", folder)
    command.succeed("calibrate fit " .. LOG
      .. "--labels p_comment=comment --method ratio --vm one.json --out two.json", folder)
    local model = assert(sy.value_model.load(folder .. "/two.json"))
    assert.are.same({ p_click = 2, p_comment = 30, p_long_view = -1 }, model.weights)
    assert.are.equal("shift", model.calibrators.p_click.method)
    assert.are.equal("ratio", model.calibrators.p_comment.method)
    assert.is_nil(model.calibrators.p_long_view)
    assert.are.equal("--labels: p_comment has no weight in bad.json",
      command.refused("calibrate fit " .. LOG .. LABELS .. "--vm bad.json --out x.json", folder,
        "echo '{\"weights\": {\"p_click\": 1}}' >" .. shell.quote(folder .. "/bad.json") .. ";"))
  end)

  it("goes by features, which apply then needs", function()
    command.succeed("calibrate fit " .. LOG
      .. "--labels p_click=click --method segment --features hour:6,12,18 --out by_hour.json",
      folder)
    command.succeed("calibrate apply " .. LOG
      .. "--vm by_hour.json --keep request_id,click --out out.csv", folder)
    local set = data()
    local model = assert(sy.value_model.load(folder .. "/by_hour.json"))
    local expected = model.calibrators.p_click:apply(set:prediction("p_click"), set)
    local got = assert(sy.dataset.read(folder .. "/out.csv"))
    assert.are.same({ "request_id", "click", "p_click" }, got:column_names())
    assert.are.equal(expected, got:column("p_click"))
    assert.are.equal(set:label("p_click"), got:column("click"))
  end)

  it("chooses by clusters, and tells it as JSON", function()
    local out = command.succeed("calibrate fit " .. LOG .. LABELS
      .. "--cluster user_id --folds 4 --score brier --seed 3 --out auto.json --json", folder)
    local told = assert(sy.json.decode(out))
    local set = data()
    local expected = sy.calibrate.fit(set:prediction("p_click"), set:label("p_click"),
      { clusters = set:column("user_id"), folds = 4, score = "brier", seed = 3 })
    assert.are.equal(expected.method, told.calibrators.p_click.method)
    assert.are.equal(expected.fit.candidates[3].difference,
      told.calibrators.p_click.fit.candidates[3].difference)
  end)

  it("tells how sure the choice was", function()
    local out = command.succeed("calibrate fit " .. LOG
      .. "--labels p_profile_enter=profile_enter,p_comment=comment --cluster user_id "
      .. "--out sure.json", folder)
    local fits = {}
    local model = assert(sy.value_model.load(folder .. "/sure.json"))
    for task, calibrator in pairs(model.calibrators) do
      for _, one in ipairs(calibrator.fit.candidates) do
        fits[task .. " " .. one.method] = ("%.6f"):format(one.difference):gsub("%p", "%%%0")
          .. ".-" .. ("%.6f"):format(one.error):gsub("%p", "%%%0")
      end
    end
    local chosen = model.calibrators.p_profile_enter.method
    assert.are_not.equal("identity", chosen)
    assert.is_truthy(out:find("\np_profile_enter +" .. chosen .. " [^\n]- "
      .. fits["p_profile_enter " .. chosen] .. "\n"), out)
    assert.is_truthy(out:find("\np_comment stays as it is: beta, the best held out, is at "
      .. fits["p_comment beta"] .. "%)%.\n"), out)
  end)

  it("tells why it leaves predictions as they are", function()
    file("few.csv", "p,y\n0.5,1\n0.25,0\n")
    local out = command.succeed("calibrate fit --data few.csv --labels p=y --out few.json", folder)
    assert.is_truthy(out:find("\np stays as it is: too few rows to choose by.\n", 1, true), out)
    out = command.succeed("calibrate fit --data few.csv --labels p=y --method identity "
      .. "--out few.json", folder)
    assert.is_nil(out:find("stays as it is", 1, true), out)
  end)

  it("writes a file that people can read: a candidate a line", function()
    command.succeed("calibrate fit " .. LOG .. LABELS .. "--out lines.json", folder)
    local text = paths.read(folder .. "/lines.json")
    assert.is_truthy(text:find('\n      "fit": {\n        "brier": {"after": ', 1, true), text)
    assert.is_truthy(text:find('\n          {"brier": [^\n]*"method": "platt"},\n'), text)
    local model = assert(sy.value_model.load(folder .. "/lines.json"))
    assert(model:save(folder .. "/again.json"))
    assert.are.equal(text, paths.read(folder .. "/again.json"))
  end)

  it("does not write over what it reads, nor a column twice", function()
    file("log.csv", "p,y\n0.5,1\n0.25,0\n")
    file("one.json", '{"weights": {"p": 1}}')
    assert.are.equal("--out: one.json is the file of --vm, too",
      command.refused("calibrate apply --data log.csv --vm one.json --out one.json", folder))
    assert.are.equal("--out: one.json is the file of --vm, too",
      command.refused("rank --data log.csv --vm one.json --out one.json", folder))
    assert.are.equal("--keep: p is a task, whose predictions get a column of that name",
      command.refused("calibrate apply --data log.csv --vm one.json --keep y,p", folder))
  end)

  it("applies by words that look like numbers as by any others", function()
    local lines = { "p,y,kind" }
    for i = 1, 200 do
      lines[#lines + 1] = ("%.3f,%d,%s"):format(i / 201, (i % 3 == 0 or i % 4 == 1) and 1 or 0,
        i % 4 == 0 and "x" or i % 4)
    end
    file("kinds.csv", table.concat(lines, "\n") .. "\n")
    file("ones.csv", "p,kind\n0.5,1\n0.25,1\n")
    command.succeed("calibrate fit --data kinds.csv --labels p=y --method segment "
      .. "--features kind --out kinds.json", folder)
    local calibrator = assert(sy.value_model.load(folder .. "/kinds.json")).calibrators.p
    local out = command.succeed("calibrate apply --data ones.csv --vm kinds.json --keep kind",
      folder)
    local first = tonumber(out:match("^kind,p\n1,([%d.]+)\n"))
    assert.are.equal(calibrator:evaluate(0.5, { kind = "1" }), first)
    assert.are_not.equal(calibrator:evaluate(0.5), first)
  end)

  it("compares methods", function()
    local out = command.succeed("calibrate compare " .. LOG
      .. "--labels p_click=click --methods platt,histogram --cluster user_id --json", folder)
    local told = assert(sy.json.decode(out)).tasks.p_click
    local set = data()
    local expected = sy.calibrate.compare(set:prediction("p_click"), set:label("p_click"),
      { methods = { "platt", "histogram" }, clusters = set:column("user_id") })
    assert.are.equal(3, #told)
    for i, one in ipairs(expected) do
      assert.are.equal(one.method, told[i].method)
      assert.are.equal(one.log_loss, told[i].log_loss)
      assert.are.equal(one.error, told[i].error)
    end
    local text = command.succeed("calibrate compare " .. LOG
      .. "--labels p_click=click --methods platt --cluster user_id", folder)
    assert.is_truthy(text:find("identity", 1, true) and text:find("platt", 1, true))
    text = command.succeed("calibrate compare " .. LOG
      .. "--labels p_click=click --methods identity,platt", folder)
    assert.are.equal(1, select(2, text:gsub("\nidentity ", "")))
  end)

  it("fits to sketches of days", function()
    local days = {}
    local text = paths.read(folder .. "/examples/data/kuairand-requests.csv")
    local head = text:match("^[^\n]+\n")
    for day = 17, 21 do
      local lines = { head }
      for line in text:gmatch(("%%d+%%-202204%d,[^\n]*\n"):format(day)) do
        lines[#lines + 1] = line
      end
      assert.is_true(#lines > 100)
      file("day.csv", table.concat(lines))
      command.succeed(("calibrate sketch --data day.csv --labels p_click=click --out d%d.sketch")
        :format(day), folder)
      days[#days + 1] = ("d%d.sketch"):format(day)
    end
    local out = command.succeed("calibrate fit --sketch " .. table.concat(days, ",")
      .. " --method beta --out days.json", folder)
    assert.is_truthy(out:find("sketches of 5 files, up to 4864 rows a task", 1, true), out)
    local model = assert(sy.value_model.load(folder .. "/days.json"))
    local set = data()
    local rows = sy.calibrate.fit(set:prediction("p_click"), set:label("p_click"),
      { method = "beta" })
    for _, p in ipairs({ 0.2, 0.5, 0.8, 0.95 }) do
      assert.is_true(math.abs(model.calibrators.p_click:evaluate(p) - rows:evaluate(p)) < 1e-3)
    end
    out = command.succeed("calibrate fit --json --sketch " .. table.concat(days, ",")
      .. " --out days.json", folder)
    assert.are.equal(4864, assert(sy.json.decode(out)).rows)
    for arguments, expected in pairs({
      ["d17.sketch"] = "method auto needs several sketches",
      ["d17.sketch,d17.sketch"] = "d17.sketch is there twice",
      ["d17.sketch --labels p_click=click"] = "--labels is for rows, not for --sketch",
      ["d17.sketch --features hour"] = "--features is for rows, not for --sketch",
      ["day.csv"] = "day.csv: ",
    }) do
      local line = command.refused("calibrate fit --out x.json --sketch " .. arguments, folder)
      assert.is_truthy(line:find(expected, 1, true), line)
    end
  end)

  it("tells its methods", function()
    for _, call in ipairs({ "fit --method", "compare --methods" }) do
      local help = command.succeed("calibrate " .. call .. " help")
      for _, name in ipairs(require("steelyard.calibrate.fit").names) do
        assert.is_truthy(("\n" .. help):find("\n" .. name .. " ", 1, true), name)
      end
    end
  end)

  it("refuses what makes no sense, in one line", function()
    file("log.csv", "p,y,w,word\n0.5,1,1,a\n0.25,0,1,b\n")
    file("bad.csv", "p,y\n0.5,1\n1.5,0\n")
    file("light.csv", "p,y,w\n0.5,1,0\n0.25,0,0\n")
    local users = { "p,y,n" }
    for i = 1, 1001 do
      users[#users + 1] = ("0.5,%d,%d"):format(i % 2, i)
    end
    file("users.csv", table.concat(users, "\n") .. "\n")
    for arguments, expected in pairs({
      ["fit --data log.csv --out x.json"] = "missing option --labels",
      ["fit --data log.csv --labels p=y"] = "missing option --out",
      ["fit --data log.csv --labels p=y --method plat --out x.json"] = "--method: \"plat\"",
      ["fit --data log.csv --labels p=z --out x.json"] = 'log.csv:1: no column "z"',
      ["fit --data bad.csv --labels p=y --out x.json"] = "bad.csv: row 2: column p: 1.5",
      ["fit --data log.csv --labels p=y --method segment --out x.json"] =
        '--method segment needs --features',
      ["fit --data log.csv --labels p=y --features word:1 --out x.json"] =
        'column word: "a" is not a number',
      ["fit --data log.csv --labels p=y --features size --out x.json"] =
        'log.csv:1: no column "size"',
      ["fit --data log.csv --labels p=y --rate 0 --out x.json"] = "--rate: 0",
      ["fit --data log.csv --labels p=y --folds each --out x.json"] =
        '--folds: each needs --cluster',
      ["fit --data log.csv --labels p=y --folds 1 --out x.json"] = "--folds: 1",
      ["fit --data log.csv --labels p=y --seed -1 --out x.json"] = "--seed: -1",
      ["fit --data log.csv --labels p=y --method platt --features w --out x.json"] =
        "--features: --method platt goes by none; segment, boost and auto do",
      ["compare --data log.csv --labels p=y --methods boost"] = "--methods: boost needs --features",
      ["fit --data light.csv --labels p=y --weight w --out x.json"] =
        "light.csv: column w: all weights are 0",
      ["fit --data users.csv --labels p=y --cluster n --folds each --out x.json"] =
        "--folds: each is for up to 1000 clusters, and there are more",
      ["fit --data users.csv --labels p=y --method segment --features n --out x.json"] =
        '--features: "n" has more than 1000 values; cut it at edges (COLUMN:5,10,20)',
      ["fit --data log.csv --labels p=y --out log.csv"] = "is the file of --data",
      ["compare --data log.csv --labels p=y --methods plat"] = '--methods: "plat"',
      ["compare --data log.csv --labels p=y"] = "--folds: 5 are too many for 2 rows",
      ["apply --data log.csv"] = "missing option --vm",
      ["apply --data bad.csv --vm p.json"] =
        "bad.csv: row 2: column p: 1.5 is not from 0 to 1, and a calibrator takes probabilities",
    }) do
      file("p.json", '{"weights": {"p": 1}, "calibrators": {"p": {"method": "ratio", '
        .. '"map": {"kind": "scale", "rate": 1, "factor": 0.5}}}}')
      local line = command.refused("calibrate " .. arguments, folder)
      assert.is_truthy(line:find(expected, 1, true), arguments .. "\n" .. line)
    end
    assert.are.equal("", shell.succeed("ls " .. shell.quote(folder) .. " | grep x.json || true"))
  end)
end)
