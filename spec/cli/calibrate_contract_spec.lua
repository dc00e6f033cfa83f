local calibrators = require "spec.support.calibrators"
local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local LOG = "--data examples/data/kuairand-requests.csv --group request_id "
local CONTRACT = "calibrate contract " .. LOG
local VM = "--vm examples/data/kuairand_vm.json "
local CALIBRATED = "--vm examples/data/kuairand_calibrated_vm.json "

-- The example's log as a new version of the model would have written it: every line's numbers by
-- change(row), rows in reverse.
local function write_new(path, change)
  local lines, names = {}, nil
  for line in io.lines(paths.root .. "/examples/data/kuairand-requests.csv") do
    local fields, row = {}, {}
    for field in (line .. ","):gmatch("(.-),") do
      fields[#fields + 1] = field
    end
    if names then
      for i, name in ipairs(names) do
        row[name] = fields[i]
      end
      change(row)
      for i, name in ipairs(names) do
        fields[i] = tostring(row[name])
      end
      table.insert(lines, 2, table.concat(fields, ","))
    else
      names = fields
      lines[1] = line
    end
  end
  paths.write(path, table.concat(lines, "\n") .. "\n")
end

describe("steelyard calibrate contract", function()
  local folder
  setup(function()
    folder = command.folder()
    write_new(folder .. "/new.csv", function(row)
      row.p_click = ("%.17g"):format(row.p_click * 0.98)
      row.p_comment = ("%.17g"):format(row.p_comment * 1.2)
    end)
    local count = 0
    write_new(folder .. "/bad.csv", function(row)
      count = count + 1
      row.p_click = count == 4863 and 1.5 or row.p_click -- row 2, as the order is reversed
    end)
    shell.succeed(("head -n -1 %s/new.csv >%s/short.csv"):format(folder, folder))
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  it("says which task has moved, and exits with 1", function()
    local out = command.succeed(CONTRACT .. "--after new.csv --item video_id " .. VM
      .. "--labels p_click=click,p_comment=comment", folder, 1)
    assert.is_truthy(out:find("^608 requests, 4864 rows\nbefore: examples/data/kuairand%-requests"
      .. ".csv; after: new.csv\n60 rows with the %-%-item of one before in the request"), out)
    assert.is_truthy(out:find("\np_comment +0%.039436 +0%.047323 +1%.2000 +%[1%.2000, 1%.2000%] "
      .. "+1%.%d+ +moved\n"), out)
    assert.is_truthy(out:find("\np_click +0%.742050 +0%.727209 +0%.9800 .- holds\n"), out)
    assert.is_truthy(out:find("\n%(value%) +2%.7534%d+ .- holds\n"), out)
    assert.is_truthy(out:find("p_comment %+0%.0344"), out)
    assert.is_truthy(out:find("\nmoved: p_comment\n$"), out)
    assert.is_truthy(out:find("\np_comment +1%.3049 +%[[%d., ]+%] +1%.5658 "), out)
  end)

  it("gives in JSON what the library gives", function()
    local out = command.succeed(CONTRACT .. "--after new.csv --item video_id --json " .. CALIBRATED,
      folder, 1)
    local result = assert(sy.json.decode(out))
    local vm = assert(sy.value_model.load(
      paths.root .. "/examples/data/kuairand_calibrated_vm.json"))
    local function read(path)
      return assert(sy.dataset.read(path, {
        group = "request_id", item = "video_id", predictions = vm.tasks, features = { "hour" },
      }))
    end
    local expected = sy.calibrate.contract(
      read(paths.root .. "/examples/data/kuairand-requests.csv"), read(folder .. "/new.csv"),
      { value_model = vm, join = "items" })
    assert.equal("moved", result.verdict)
    assert.same(expected.moved, result.moved)
    assert.equal(expected.value.ratio, result.value.ratio)
    assert.same(expected.value.attribution, result.value.attribution)
    assert.equal(expected.tasks.p_click.error, result.tasks.p_click.error)
    assert.equal(expected.tasks.p_comment.mend.shift, result.tasks.p_comment.mend.shift)
    assert.equal("logistic", result.tasks.p_comment.mend.calibrator.map.kind)
    -- The same file twice: nothing moves, whatever the order of rows.
    local same = command.succeed(CONTRACT .. "--after examples/data/kuairand-requests.csv "
      .. "--item video_id --json " .. CALIBRATED, folder)
    assert.equal("holds", assert(sy.json.decode(same)).verdict)
  end)

  it("takes two versions from one file", function()
    local out = command.succeed(CONTRACT .. "--after-predictions p_click=p_long_view", folder, 1)
    assert.is_truthy(out:find("\np_click +0%.742050 +0%.485854 +0%.6547 "), out)
    out = command.succeed(CONTRACT .. "--after-predictions p_click=p_click --tolerance 0.01 "
      .. "--interval bootstrap --resamples 50 --seed 3 --buckets 3 --confidence 0.9 --k 2 "
      .. VM, folder)
    assert.is_truthy(out:find("90% interval", 1, true), out)
    assert.is_truthy(out:find("within 1%;", 1, true), out)
    assert.is_truthy(out:find("\nthe scale holds\n$"), out)
    assert.is_truthy(out:find("1.0000 of the first 2 in common", 1, true), out)
    out = command.succeed(CONTRACT .. "--tasks p_click,p_comment --after "
      .. "examples/data/kuairand-requests.csv", folder)
    assert.is_truthy(out:find("the scale holds", 1, true))
  end)

  it("compares two value models", function()
    local out = command.succeed(CONTRACT .. "--after examples/data/kuairand-requests.csv "
      .. VM .. "--vm-after examples/data/kuairand_calibrated_vm.json --json --tolerance 0.04",
      folder, 1)
    local result = assert(sy.json.decode(out))
    assert.same({ "value" }, result.moved)
    assert.equal(0, result.value.attribution.p_long_view)
    assert.is_true(result.value.attribution.p_comment < 0)
  end)

  it("refuses in one line", function()
    for arguments, message in pairs({
      [CONTRACT] = "which tasks? One of --tasks, --vm, --after-predictions and --predictions is "
        .. "needed",
      [CONTRACT .. "--tasks p_click"] =
        "where is the new version? One of --after and --after-predictions is needed",
      [CONTRACT .. VM .. "--after-predictions p_clck=p_click"] =
        '--after-predictions: no task is called p_clck (did you mean "p_click"?)',
      [CONTRACT .. VM .. "--after short.csv"] =
        "examples/data/kuairand-requests.csv has 4864 rows, but short.csv has 4863",
      [CONTRACT .. VM .. "--after new.csv"] =
        "--data and --after have other requests, or in another order (--item looks rows up)",
      [CONTRACT .. "--vm-after x.json --tasks p_click --after new.csv"] =
        "x.json: cannot open: No such file or directory",
      [CONTRACT .. "--vm-after examples/data/kuairand_vm.json --tasks p_click --after new.csv"] =
        "--vm-after needs --vm, the value model before",
      [CONTRACT .. VM .. "--after new.csv --item video_id --tolerance 2"] =
        "--tolerance: expected a number between 0 and 1, got 2",
      [CONTRACT .. VM .. "--after new.csv --labels p_clik=click"] =
        '--labels: no task is called p_clik (did you mean "p_click"?)',
      [CONTRACT .. "--after-predictions p_click=duration_ms"] =
        "examples/data/kuairand-requests.csv: row 1: column duration_ms: 14733 is not from 0 to 1",
      [CONTRACT .. "--after-predictions p_click=p_long_view --labels p_click=duration_ms"] =
        "examples/data/kuairand-requests.csv: row 1: column duration_ms: 14733 is not from 0 to 1",
      [CONTRACT .. "--after bad.csv --tasks p_click"] =
        "bad.csv: row 2: column p_click: 1.5 is not from 0 to 1",
      [CONTRACT .. VM .. "--after new.csv --interval delt"] =
        '--interval: "delt" is not one of delta, bootstrap (did you mean "delta"?)',
    }) do
      assert.equal(message, command.refused(arguments, folder))
    end
  end)
end)

describe("calibrated value models on the command line", function()
  local folder
  setup(function()
    folder = command.folder()
    local vm = sy.value_model.new({
      weights = { { "p_click", 1 }, { "p_long_view", 2 }, { "p_profile_enter", 8 },
        { "p_comment", 12 } },
      calibrators = {
        p_click = calibrators.new("quadratic", {
          features = { { name = "user_id", values = { "10039", "10052" } },
            { name = "hour", edges = { 6, 12, 18 } } },
          tables = {
            { features = { 1 }, edges = {}, offsets = { 2, -2 } },
            { features = { 2 }, edges = {}, offsets = { 0.5, -0.5, 0.25, 0 } },
          },
        }),
        p_comment = calibrators.new("isotonic"),
      },
    })
    assert(vm:save(folder .. "/vm.json"))
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  local function read(vm)
    local numbers, texts = vm:features()
    return assert(sy.dataset.read(paths.root .. "/examples/data/kuairand-requests.csv", {
      group = "request_id", predictions = vm.tasks, features = numbers, categorical = texts,
      columns = "click",
    }))
  end

  it("rank, by columns of numbers and of words", function()
    local vm = assert(sy.value_model.load(folder .. "/vm.json"))
    local data = read(vm)
    local scores, order = vm:score(data), vm:rank(data, 1)
    local out = command.succeed("rank " .. LOG .. "--vm vm.json --k 1", folder)
    local r = 0
    for row, score in out:gmatch("\n[^,\n]+,1,(%d+),([^\n]+)") do
      r = r + 1
      local original = data.rows and data.rows[order[r]] or order[r]
      assert.equal(original, tonumber(row))
      assert.equal(scores[order[r]], tonumber(score))
    end
    assert.equal(608, r)
  end)

  it("are measured", function()
    local vm = assert(sy.value_model.load(folder .. "/vm.json"))
    local data = read(vm)
    local expected = sy.metrics.ndcg(vm:score(data), data:column("click"),
      { groups = data.groups, k = 3 })
    local out = command.succeed("eval " .. LOG .. "--vm vm.json --gain click --metric ndcg@3 "
      .. "--json", folder)
    assert.equal(expected, assert(sy.json.decode(out)).metrics.click["ndcg@3"])
    out = command.succeed("eval " .. LOG .. "--vm vm.json --vm examples/data/kuairand_vm.json "
      .. "--gain click --metric ndcg@3 --tests none", folder)
    assert.is_truthy(out:find(("%.6f"):format(expected), 1, true), out)
    assert.truthy(command.refused("eval --data examples/data/value_model_example.csv --vm vm.json "
      .. "--gain watch_3s", folder):find("p_click", 1, true))
  end)

  it("are tuned on calibrated predictions, and keep their calibrators", function()
    local vm = assert(sy.value_model.load(folder .. "/vm.json"))
    local target = { p_click = 0.4, p_long_view = 0.4, p_profile_enter = 0.15, p_comment = 0.05 }
    local expected = sy.tune.ndcg_gap(read(vm), { target = target, initial = vm, k = 5,
      tolerance = 0.01 })
    local out = command.succeed("tune --json " .. LOG .. "--vm vm.json --k 5 --tolerance 0.01 "
      .. "--target p_click=0.4,p_long_view=0.4,p_profile_enter=0.15,p_comment=0.05 "
      .. "--out tuned.json --report r.json", folder)
    local result = assert(sy.json.decode(out))
    for task, weight in pairs(expected.weights) do
      assert.is_true(math.abs(weight - result.weights[task]) < 1e-12, task)
    end
    assert.equal("quadratic", result.calibrators.p_click.method)
    assert.same(result.calibrators, assert(sy.json.decode(paths.read(folder .. "/r.json")))
      .calibrators)
    local tuned = assert(sy.value_model.load(folder .. "/tuned.json"))
    assert.same({ "p_click", "p_comment" }, sy.json and (function()
      local list = {}
      for task in pairs(tuned.calibrators) do
        list[#list + 1] = task
      end
      table.sort(list)
      return list
    end)())
    -- and once more, from the tuned one
    command.succeed("tune " .. LOG .. "--vm tuned.json --k 5 --tolerance 0.01 "
      .. "--target p_click=0.4,p_long_view=0.4,p_profile_enter=0.15,p_comment=0.05", folder)
  end)
end)
