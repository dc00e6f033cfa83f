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
    assert.are.equal("--labels: p_comment has no weight in the value model",
      command.refused("calibrate fit " .. LOG .. LABELS .. "--vm bad.json --out x.json", folder,
        "echo '{\"weights\": {\"p_click\": 1}}' >" .. shell.quote(folder .. "/bad.json") .. ";"))
  end)

  it("goes by features, which apply then needs", function()
    command.succeed("calibrate fit " .. LOG .. "--labels p_click=click --method segment "
      .. "--features hour:6,12,18 --out by_hour.json", folder)
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
    for arguments, expected in pairs({
      ["fit --data log.csv --out x.json"] = "missing option --labels",
      ["fit --data log.csv --labels p=y"] = "missing option --out",
      ["fit --data log.csv --labels p=y --method plat --out x.json"] = "--method: \"plat\"",
      ["fit --data log.csv --labels p=z --out x.json"] = 'log.csv:1: no column "z"',
      ["fit --data bad.csv --labels p=y --out x.json"] = "bad.csv: row 2: column p: 1.5",
      ["fit --data log.csv --labels p=y --method segment --out x.json"] = 'needs features',
      ["fit --data log.csv --labels p=y --features word:1 --out x.json"] =
        'column word: "a" is not a number',
      ["fit --data log.csv --labels p=y --features size --out x.json"] = "size is no column here",
      ["fit --data log.csv --labels p=y --rate 0 --out x.json"] = "--rate: 0",
      ["fit --data log.csv --labels p=y --folds each --out x.json"] =
        '--folds: "each" needs clusters',
      ["fit --data log.csv --labels p=y --folds 1 --out x.json"] = "--folds: 1",
      ["fit --data log.csv --labels p=y --out log.csv"] = "is the file of --data",
      ["compare --data log.csv --labels p=y --methods plat"] = '--methods: "plat"',
      ["compare --data log.csv --labels p=y"] = "2 rows are too few for 5 folds",
      ["apply --data log.csv"] = "missing option --vm",
      ["apply --data bad.csv --vm p.json"] = "a calibrator takes probabilities",
    }) do
      file("p.json", '{"weights": {"p": 1}, "calibrators": {"p": {"method": "ratio", '
        .. '"map": {"kind": "scale", "rate": 1, "factor": 0.5}}}}')
      local line = command.refused("calibrate " .. arguments, folder)
      assert.is_truthy(line:find(expected, 1, true), arguments .. "\n" .. line)
    end
    assert.are.equal("", shell.succeed("ls " .. shell.quote(folder) .. " | grep x.json || true"))
  end)
end)
