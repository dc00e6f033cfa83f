local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local LOG = "calibrate report --data log.csv "
local KUAIRAND = "calibrate report --data examples/data/kuairand-requests.csv "

describe("steelyard calibrate report", function()
  local folder
  setup(function()
    folder = command.folder()
    paths.write(folder .. "/log.csv", "r,p,q,click,like,w,country,hour,rank\n"
      .. "1,0.25,0.5,0,1,1,de,1,1\n1,0.5,0.5,1,0,2,de,9,2\n2,0.75,0.25,1,0.5,1,fr,20,1\n"
      .. "2,0.25,0.125,0,0,0,fr,3,2\n")
    paths.write(folder .. "/bad.csv",
      "p,y,w,half\n0.5,1,1,0.5\n1.5,0,1,0.5\n0.25,2,1,0.5\n0.75,1,-1,0.5\n")
    paths.write(folder .. "/nan.csv", "p,y\n0.5,1\n,0\n")
    paths.write(folder .. "/light.csv", "p,y,w\n0.5,1,0\n0.25,0,0\n")
    paths.write(folder .. "/none.csv", "p,y\n2,1\n0.5,3\n")
    paths.write(folder .. "/vm.json", '{"weights": {"p": 1, "q": 1}}')
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  local function report(arguments)
    return assert(sy.json.decode(command.succeed(arguments .. " --json", folder)))
  end

  it("is what sy.calibrate.report gives, as JSON", function()
    local got = report(LOG .. "--labels p=click,q=like --weight w --by country --buckets 4 "
      .. "--bucketing width --confidence 0.9 --least 1 --depth 1 --resamples 19 --seed 7")
    assert.are.same({ "p", "q" }, got.tasks)
    assert.are.same({ 4, 0, 0, 1 }, { got.rows, got.skipped, got.dropped, got.requests })
    local expected = sy.calibrate.report({ 0.5, 0.5, 0.25, 0.125 }, { 1, 0, 0.5, 0 }, {
      weights = { 1, 2, 1, 0 }, by = { country = { "de", "de", "fr", "fr" } }, buckets = 4,
      bucketing = "width", confidence = 0.9, least = 1, depth = 1, resamples = 19, seed = 7,
    })
    local output = require "steelyard.cli.output"
    assert.are.equal(output.json(assert(sy.json.decode(output.json(expected)))),
      output.json(got.reports.q))
    assert.are.equal(3, got.reports.q.n)
    assert.are.equal(2, #got.reports.q.buckets)
  end)

  it("takes users together where it is told of them", function()
    local out = command.succeed("calibrate report --data examples/data/kuairand-requests.csv "
      .. "--labels p_click=click --cluster user_id")
    assert.is_truthy(out:find("interval of 279 clusters", 1, true), out)
  end)

  it("is a text, task by task in the order given", function()
    local out = command.succeed(LOG .. "--labels q=like,p=click --group r", folder)
    assert.is_truthy(out:find("^2 requests, 4 rows\n\nq\n4 rows, mean prediction 0.3438,"), out)
    assert.is_truthy(out:find("\n\n\np\n4 rows, mean prediction 0.4375, mean label 0.5000\n"))
  end)

  it("tells of requests only where there are some", function()
    local out = command.succeed(LOG .. "--labels p=click", folder)
    assert.is_truthy(out:find("^4 rows\n\np\n"), out)
  end)

  it("runs on the example's log, by feature and after selection, with a diagram", function()
    local out = command.succeed(KUAIRAND .. "--labels p_click=click,p_comment=comment "
      .. "--by hour:6,12,18,duration_ms:10000,60000 --group request_id "
      .. "--vm examples/data/kuairand_vm.json --k 3 --svg both.svg", folder)
    for _, part in ipairs {
      "608 requests, 4864 rows\n", "\nratio      1.0489 [1.0324, 1.0667]", "\nby hour: ",
      "\nup to 10000 ", "\nhour = above 6 up to 12, duration_ms = up to 10000 ", "\n1-3 ",
      "\nafter selection",
    } do
      assert.is_truthy(out:find(part, 1, true), part)
    end
    local svg = paths.read(folder .. "/both.svg")
    assert.is_truthy(svg:find("^<svg ") and svg:find("</svg>\n$"))
    assert.is_truthy(svg:find(">p_click<") and svg:find(">p_comment<"))
  end)

  it("does not see in which order rows stand", function()
    shell.succeed(("cd %s && (head -1 log.csv; tail -n +2 log.csv | tac) >tac.csv"):format(
      shell.quote(folder)))
    local rest = "--labels p=click,q=like --weight w --by country,hour:5 --least 1 --group r "
      .. "--vm vm.json --k 1"
    assert.are.equal(command.succeed(LOG .. rest, folder),
      command.succeed("calibrate report --data tac.csv " .. rest, folder))
  end)

  it("ranks by a column, too; a column may be called rank", function()
    local got = report(LOG .. "--labels p=click --by rank").reports.p.by[1]
    assert.are.same({ "1", "2" }, { got.values[1].value, got.values[2].value })
    got = report(LOG .. "--labels p=click --score q --group r --k 1 --by rank:1 --least 1")
    local s = got.reports.p.selection
    assert.are.same({ 1, 3 }, { s.k, s.n }) -- the first request's items are equal: half each
    assert.are.equal(2, s.weight)
    assert.are.equal("up to 1", got.reports.p.by[1].values[1].value)
    local by_model = report(LOG .. "--labels p=click --vm vm.json --group r --k 1").reports.p
    assert.are.equal(0.625, by_model.selection.mean_prediction)
  end)

  it("is of sketches, too", function()
    command.succeed("calibrate sketch --data log.csv --labels p=click,q=like --weight w "
      .. "--window today --out day.sketch", folder)
    local rows = report(LOG .. "--labels p=click,q=like --weight w").reports
    local got = report("calibrate report --sketch day.sketch")
    assert.are.same({ "p", "q" }, got.tasks)
    assert.are.same({ first = "today", last = "today" }, got.window)
    for task, expected in pairs(rows) do
      for _, key in ipairs { "n", "weight", "ratio", "brier", "mcb", "kuiper", "auc" } do
        assert.is_true(math.abs(expected[key] - got.reports[task][key]) < 1e-12, key)
      end
    end
    local out = command.succeed("calibrate report --sketch day.sketch --svg day.svg", folder)
    assert.is_truthy(out:find("^today\n\np\n3 rows, "), out)
    assert.is_truthy(paths.read(folder .. "/day.svg"):find("</svg>\n$"))
    local function refused(message, arguments)
      assert.are.equal(message, command.refused("calibrate report --sketch " .. arguments, folder))
    end
    refused("--by is for rows, not for --sketch", "day.sketch --by p")
    refused("--data is for rows, not for --sketch", "day.sketch --data log.csv")
    assert.is_truthy(command.refused("calibrate report --sketch log.csv", folder)
      :find("^log.csv: "))
  end)

  it("skips what cannot be a probability, if asked", function()
    local got = report("calibrate report --data bad.csv --labels p=y --skip-invalid")
    assert.are.same({ 2, 2 }, { got.rows, got.skipped })
    assert.are.equal(0.625, got.reports.p.mean_prediction)
    local out = command.succeed("calibrate report --data bad.csv --labels p=y --skip-invalid",
      folder)
    assert.is_truthy(out:find("^4 rows, 2 skipped: not from 0 to 1\n"), out)
  end)

  it("skips rows of requests, features and scores with them", function()
    paths.write(folder .. "/few.csv",
      "r,p,y,f,s\nb,0.5,1,x,1\na,2,1,y,9\nb,0.25,0,z,3\na,0.1,0,x,2\n")
    local got = report("calibrate report --data few.csv --labels p=y --skip-invalid --by f "
      .. "--group r --score s --k 1").reports.p
    assert.are.equal(3, got.n)
    assert.are.equal(2, #got.by[1].values)
    assert.are.equal(2, got.by[1].values[1].n)
    assert.are.equal(0.175, got.selection.mean_prediction)
  end)

  it("names the row and the column of what is wrong", function()
    local function refused(message, arguments)
      assert.are.equal(message, command.refused("calibrate report " .. arguments, folder))
    end
    refused("bad.csv: row 2: column p: 1.5 is not from 0 to 1", "--data bad.csv --labels p=y")
    refused("bad.csv: row 3: column y: 2 is not from 0 to 1",
      "--data bad.csv --labels p=y --predictions p=half")
    refused("bad.csv: row 4: column w: -1 is no weight, which is a finite number from 0 up",
      "--data bad.csv --labels p=half --predictions p=half --weight w")
    refused("nan.csv: row 2: column p: NaN is not from 0 to 1",
      "--data nan.csv --labels p=y --missing keep")
    refused("light.csv: column w: all weights are 0",
      "--data light.csv --labels p=y --weight w")
    refused("none.csv: no row has predictions and labels from 0 to 1",
      "--data none.csv --labels p=y --skip-invalid")
  end)

  it("refuses what makes no sense", function()
    local function refused(message, arguments)
      assert.are.equal(message, command.refused(LOG .. arguments, folder))
    end
    refused("missing option --labels (TASK=COLUMN: which column holds a task's labels)", "")
    refused('--labels: "p" is not NAME=VALUE', "--labels p")
    refused('--predictions: no task is called pp (did you mean "p"?)',
      "--labels p=click --predictions pp=q")
    refused("--vm and --score are two ways to say what selects",
      "--labels p=click --vm vm.json --score q")
    refused("--k: how many ranks of what? It needs --vm or --score", "--labels p=click --k 3")
    refused("--k: 0 is not a whole number from 1 up", "--labels p=click --score q --k 0")
    refused("--scale is for --svg", "--labels p=click --scale log")
    refused("--confidence: 1 is not between 0 and 1", "--labels p=click --confidence 1")
    refused('--bucketing: "with" is not one of mass, width (did you mean "width"?)',
      "--labels p=click --bucketing with")
    refused('log.csv:2: column country: "de" is not a number',
      "--labels p=click --by country:1")
    refused('log.csv:2: column country: "de" is not a number', "--labels p=click --score country")
    refused("--svg: log.csv is the file of --data, too", "--labels p=click --svg log.csv")
    refused("--svg: vm.json is the file of --vm, too",
      "--labels p=click --group r --vm vm.json --svg vm.json")
    refused("--buckets: expected 1 to 100000, got 1000000", "--labels p=click --buckets 1000000")
    refused("--resamples: expected 0 to 10000000, got 10000001",
      "--labels p=click --resamples 10000001")
  end)

  it("refuses features of too many values", function()
    local lines = { "p,y,user,number" }
    for i = 1, 1001 do
      lines[#lines + 1] = ("0.5,%d,u%d,%d"):format(i % 2, i, i)
    end
    paths.write(folder .. "/users.csv", table.concat(lines, "\n") .. "\n")
    local function refused(message, by)
      assert.are.equal(message, command.refused(
        "calibrate report --data users.csv --labels p=y --by " .. by, folder))
    end
    refused("--by: user has more than 1000 values", "user")
    refused("--by: number has more than 1000 values; cut it at edges", "number")
  end)

  it("refuses for a sketch what is for rows", function()
    command.succeed("calibrate sketch --data log.csv --labels p=click --out p.sketch", folder)
    for _, option in ipairs({ "--weight w", "--item r", "--missing drop", "--by country" }) do
      assert.are.equal(option:match("%S+") .. " is for rows, not for --sketch",
        command.refused("calibrate report --sketch p.sketch " .. option, folder))
    end
    assert.are.equal("--svg: p.sketch is the file of --sketch, too",
      command.refused("calibrate report --sketch p.sketch --svg p.sketch", folder))
  end)
end)
