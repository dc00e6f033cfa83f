local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local LOG = "--data examples/data/kuairand-requests.csv --group request_id --k 10 "
local TARGET = "--target p_click=0.4,p_long_view=0.4,p_profile_enter=0.15,p_comment=0.05 "
local EXAMPLE = "--data examples/data/value_model_example.csv "
local EXAMPLE_TARGET =
  "--target "
    .. "watch_3s=0.3,watch_30s=0.5,watch_and_share=0.07,watch_and_like=0.07,watch_and_follow=0.06 "
local TASKS = { "p_click", "p_long_view", "p_profile_enter", "p_comment" }

describe("steelyard tune", function()
  local folder
  setup(function()
    folder = command.folder()
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  local function tuned(arguments, status)
    local out = command.succeed("tune --json " .. arguments, folder, status)
    return assert(sy.json.decode(out))
  end

  local function read()
    return assert(sy.dataset.read(paths.root .. "/examples/data/kuairand-requests.csv", {
      group = "request_id", predictions = TASKS, columns = "user_id",
      labels = { "click", "long_view", "profile_enter", "comment" },
    }))
  end

  local function near(expected, actual, tolerance)
    for task, value in pairs(expected) do
      assert.is_true(math.abs(value - actual[task]) <= tolerance, task)
    end
  end

  it("reaches the target on real requests, and writes the weights", function()
    local result = tuned(LOG .. TARGET .. "--out vm.json --report report.json --threads 1")
    assert.is_true(result.converged)
    near({ p_click = 0.4, p_long_view = 0.4, p_profile_enter = 0.15, p_comment = 0.05 },
      result.achieved, 0.01)
    local vm = assert(sy.value_model.load(folder .. "/vm.json"))
    assert.are.same(TASKS, vm.tasks)
    assert.are.same(result.weights, vm.weights)
    local report = assert(sy.json.decode(paths.read(folder .. "/report.json")))
    assert.are.same(result, report)
    assert.is_true(result.seconds > 0)
  end)

  it("gives what the library gives", function()
    local target = { p_click = 0.4, p_long_view = 0.4, p_profile_enter = 0.15, p_comment = 0.05 }
    local expected = sy.tune.ndcg_gap(read(), {
      target = target, k = 10, holdout = 0.2, split_by = "user_id", seed = 7, tolerance = 0.01,
    })
    local result = tuned(LOG .. TARGET
      .. "--holdout 0.2 --split-by user_id --seed 7 --tolerance 0.01")
    near(expected.weights, result.weights, 0)
    near(expected.achieved, result.achieved, 0)
    near(expected.holdout.achieved, result.holdout.achieved, 0)
    assert.are.equal(expected.residual, result.residual)
    assert.are.equal(expected.reason, result.reason)
    assert.are.equal(expected.method, result.method)
    assert.are.same(target, result.target)
    assert.are.equal(608, result.requests + result.holdout.requests)
  end)

  it("prints a table, weights in the incumbent's scale", function()
    local out = command.succeed("tune " .. LOG .. TARGET
      .. "--vm examples/data/kuairand_vm.json --holdout 0.2 --out scaled.json --tolerance 0.01",
      folder)
    assert.is_truthy(
      out:find("^608 requests, 4864 rows; 4 tasks; tuned on 486 requests, 122 held out"),
      out)
    assert.is_truthy(out:find("objective: NDCG gap, as fractions of the sum, at rank 10", 1, true))
    local target, numbers = out:match("\np_click +(%S+)([^\n]+)\n")
    assert.are.equal("0.4000", target)
    local row = {}
    for number in numbers:gmatch("%S+") do
      row[#row + 1] = tonumber(number)
    end
    assert.are.equal(6, #row)
    assert.is_true(math.abs(row[2] - 0.4) <= 0.01)
    assert.are.equal(1, row[5])
    assert.is_truthy(out:find("\ntarget reached\n", 1, true))
    assert.is_truthy(out:find("\nwritten: scaled.json\n", 1, true))
    local vm, sum = assert(sy.value_model.load(folder .. "/scaled.json")), 0
    for _, weight in pairs(vm.weights) do
      sum = sum + weight
    end
    assert.is_true(math.abs(sum - 23) < 1e-9)
    assert.is_true(math.abs(vm.weights.p_click - row[6]) < 1e-3)
  end)

  it("says so when the target is not reached, and writes all the same", function()
    local arguments = EXAMPLE .. EXAMPLE_TARGET
      .. "--method multiplicative --max-iterations 3 --out far.json"
    local out = command.succeed("tune " .. arguments, folder, 1)
    assert.is_truthy(out:find("\ntarget not reached: iteration limit reached\n", 1, true), out)
    assert.is_truthy(out:find("\nwritten: far.json (the nearest weights found)\n", 1, true), out)
    assert(sy.value_model.load(folder .. "/far.json"))
    local result = tuned(arguments, 1)
    assert.is_false(result.converged)
    assert.are.equal("iteration limit reached", result.reason)
  end)

  it("prints the result when it cannot be written", function()
    local result = command.run("tune " .. LOG .. TARGET .. "--out /dev/full", folder)
    assert.are.equal(2, result.status)
    assert.is_truthy(result.out:find("target reached", 1, true))
    assert.is_nil(result.out:find("written", 1, true))
    assert.is_truthy(result.err:find("^steelyard: /dev/full: [^\n]*No space left[^\n]*\n$"),
      result.err)
  end)

  it("notices before it starts where it could not write, and leaves files alone", function()
    for _, option in ipairs({ "--out no/vm.json", "--report no/r.json" }) do
      local line = command.refused("tune " .. LOG .. TARGET .. option, folder)
      assert.is_truthy(line:find("^no/%w+.json: cannot write: No such file"), line)
    end
    assert.are.equal("--report: one.json is the file of --out, too",
      command.refused("tune " .. LOG .. TARGET .. "--out one.json --report one.json", folder))
    paths.write(folder .. "/old.json", "old")
    command.refused("tune " .. LOG .. TARGET .. "--out old.json --split-by q --holdout 0.1", folder)
    assert.are.equal("old", paths.read(folder .. "/old.json"))
    local left = shell.succeed("ls -A " .. shell.quote(folder))
    assert.is_nil(left:find("tmp", 1, true), left)
    assert.is_nil(left:find("one.json", 1, true), left)
  end)

  it("reproduces the reference, in its arithmetic and in ours", function()
    local path = paths.shared("reference/value_model_example.json")
    if not path then
      pending("the reference data are not here")
      return
    end
    local reference = assert(sy.json.decode(paths.read(path)))
    local order = { "watch_3s", "watch_30s", "watch_and_share", "watch_and_like",
      "watch_and_follow" }
    for _, semantics in ipairs({ "standard", "seed" }) do
      local more = "--method multiplicative --semantics " .. semantics .. " "
      local gap = tuned(EXAMPLE .. EXAMPLE_TARGET .. more, 1)
      local regret = tuned(EXAMPLE .. EXAMPLE_TARGET:gsub("target", "importance")
        .. "--objective regret " .. more, 1)
      for i, task in ipairs(order) do
        local expected = reference[semantics]
        assert.is_true(math.abs(gap.weights[task] - expected.heuristic.weights[i]) < 1e-9)
        assert.is_true(math.abs(gap.last_update.values[task] - expected.heuristic.gaps[i]) < 1e-9)
        assert.is_true(
          math.abs(gap.last_update.achieved[task] - expected.heuristic.fractions[i]) < 1e-9)
        assert.is_true(math.abs(regret.weights[task] - expected.regret.weights[i]) < 1e-9)
        assert.is_true(
          math.abs(regret.last_update.values[task] - expected.regret.regrets[i]) < 1e-9)
      end
    end
  end)

  it("tunes regret by labels, with bounds, fixed weights and a pull to the incumbent", function()
    local result = tuned(LOG .. "--objective regret --importance p_click=1,p_comment=3 "
      .. "--labels p_click=click,p_comment=comment --method multiplicative --max-iterations 20 "
      .. "--regularization 0.5:kl", 1)
    local data = read()
    local expected = sy.tune.regret(data, {
      importance = { p_click = 1, p_comment = 3 }, gains = "predictions", k = 10,
      method = "multiplicative", max_iterations = 20,
    })
    assert.is_true(result.achieved.p_comment > expected.achieved.p_comment) -- labels are noisier
    result = tuned(LOG .. "--objective regret --target p_click=0.3,p_long_view=0.7 "
      .. "--vm examples/data/kuairand_vm.json --fixed p_comment "
      .. "--bounds p_click=0:3,p_long_view=1: --tolerance 0.05 --out fixed.json", nil)
    local vm = assert(sy.value_model.load(folder .. "/fixed.json"))
    assert.is_true(math.abs(vm.weights.p_comment - 12) < 1e-9)
    assert.is_true(math.abs(vm.weights.p_profile_enter - 8) < 1e-9)
    assert.is_true(vm.weights.p_click <= 3 and vm.weights.p_long_view >= 1)
    near({ p_click = 0.3, p_long_view = 0.7 }, result.achieved, 0.05)
  end)

  it("gives the same bits on any number of threads", function()
    local one = tuned(LOG .. TARGET .. "--threads 1")
    local two = tuned(LOG .. TARGET .. "--threads 2")
    one.seconds, two.seconds = nil, nil
    assert.are.same(one, two)
  end)

  it("refuses what makes no sense", function()
    local data = "--data examples/data/kuairand-requests.csv --group request_id "
    for arguments, pattern in pairs({
      [data .. "--target p_click=0.5,p_comment=0.6"] =
        "^%-%-target: the fractions sum to 1%.1, not to 1$",
      [data .. "--target p_click=0.5,p_coment=0.5"] =
        'no column "p_coment" %(did you mean "p_comment"',
      [data .. "--target p_click=x,p_comment=0.5"] = '^%-%-target: p_click: "x" is not a number$',
      [data .. "--target p_click"] = '^%-%-target: "p_click" is not NAME=VALUE$',
      [data .. "--target p_click=0.5,p_click=0.5"] = "^%-%-target: p_click is there twice$",
      [data .. "--target p_click=1"] = "^%-%-target: at least two tasks are needed$",
      [data .. "--target p_click=-0.5,p_comment=1.5"] =
        "^%-%-target: p_click: %-0%.5 is below 0$",
      [data] = "needs %-%-target",
      [data .. "--importance p_click=1,p_comment=1"] = "needs %-%-target",
      [data .. "--objective regrets " .. TARGET] =
        '^%-%-objective: "regrets".*did you mean "regret"',
      [data .. "--objective regret"] = "needs one of",
      [data .. "--objective regret --importance p_click=1 --regrets p_click=1"] = "needs one of",
      [data .. "--objective regret --gains labels " .. TARGET] =
        "^%-%-gains labels needs %-%-labels",
      [data .. "--labels p_click=click " .. TARGET] = "belong to %-%-objective regret",
      [data .. "--method exact " .. TARGET] = "^%-%-method: exact is not available yet",
      [data .. "--method sqp " .. TARGET] = '^%-%-method: "sqp" is not one of',
      [data .. "--report r.html " .. TARGET] = "html is not available yet",
      [data .. "--holdout 1 " .. TARGET] = "^%-%-holdout: 1 is not a share",
      [data .. "--split-by user_id " .. TARGET] =
        "^%-%-split%-by has no meaning without %-%-holdout$",
      [data .. "--holdout 0.2 --split-by usr_id " .. TARGET] =
        'no column "usr_id" %(did you mean "user_id"',
      [data .. "--bounds p_click=1 " .. TARGET] =
        '^%-%-bounds: p_click: "1" is not LOWEST:HIGHEST$',
      [data .. "--bounds q=0:1 " .. TARGET] = "^%-%-bounds: q has neither a target nor a weight$",
      [data .. "--bounds p_click=2:1 " .. TARGET] = "^%-%-bounds: p_click: 2 is above 1$",
      [data .. "--fixed p_click --bounds p_click=0.5:0.6 " .. TARGET] =
        "^%-%-bounds: p_click: its weight stays 0%.25, which is not from 0%.5 to 0%.6$",
      [data .. "--bounds p_click=0:0,p_long_view=0:0,p_profile_enter=0:0,p_comment=0:0 "
        .. TARGET] = "^%-%-bounds: they leave every weight at 0$",
      [data .. "--tolerance -1 " .. TARGET] = "^%-%-tolerance: a number from 0 up .* got %-1$",
      [data .. "--learning-rate -1 " .. TARGET] =
        "^%-%-learning%-rate: a number above 0 is needed, got %-1$",
      [data .. "--max-evaluations 0 " .. TARGET] = "^%-%-max%-evaluations: 0 is not",
      [data .. "--regularization -1 " .. TARGET] = "^%-%-regularization: strength: .* got %-1$",
      [data .. "--gain-function exponential " .. TARGET] = "^%-%-gain%-function: NDCG gaps",
      [data .. "--holdout 0.00001 " .. TARGET] = "^%-%-holdout: a share of 1e%-05 of 608 requests",
      [data .. "--objective regret --importance p_click=1,p_comment=1 --labels p_click=click"] =
        "^%-%-labels: task p_comment has none$",
      [data .. "--objective regret --importance p_click=1,p_comment=1 "
        .. "--labels p_click=click,p_comment=comment,p_like=click"] =
        "^%-%-labels: p_like has neither a target nor a weight$",
      [data .. "--fixed p_clik " .. TARGET] = '^%-%-fixed: p_clik .*did you mean "p_click"',
      [data .. "--regularization strong " .. TARGET] =
        '^%-%-regularization: "strong" is not a number$',
      [data .. "--regularization 1:l3 " .. TARGET] =
        '^%-%-regularization: "l3" is not one of l2, kl',
      [data .. "--learning-rate fast " .. TARGET] = '^%-%-learning%-rate: "fast"',
      [data .. "--max-iterations 0 " .. TARGET] = "^%-%-max%-iterations: 0 is not",
    }) do
      local line = command.refused("tune " .. arguments, folder)
      assert.is_truthy(line:find(pattern), line)
    end
  end)
end)
