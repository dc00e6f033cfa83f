-- steelyard eval with several --vm or --score: the comparison table.
local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local LOG = "--data examples/data/kuairand-requests.csv --group request_id "
local PAIR = LOG .. "--score p_click --vm examples/data/kuairand_vm.json --gain click,long_view "

describe("steelyard eval of several scores", function()
  local folder, data, scores
  setup(function()
    folder = command.folder()
    data = assert(sy.dataset.read(paths.root .. "/examples/data/kuairand-requests.csv", {
      group = "request_id",
    }))
    local vm = assert(sy.value_model.load(paths.root .. "/examples/data/kuairand_vm.json"))
    scores = { p_click = data:column("p_click"), p_long_view = data:column("p_long_view"),
      vm = vm:score(data) }
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  local function compared(arguments)
    return assert(sy.json.decode(command.succeed("eval --json " .. arguments, folder)))
  end

  local function values(system, gain, expression)
    return sy.metrics.measure(scores[system], data:column(gain), {
      groups = data.groups, metrics = { expression },
    })[1].per_request
  end

  it("is what the library says, the first one being the baseline", function()
    local result = compared(PAIR .. "--metric ndcg@10,mrr --seed 7 --resamples 2000")
    assert.are.equal("p_click", result.baseline)
    assert.are.equal("holm", result.correction)
    local rows, p = result.comparisons, {}
    assert.are.equal(4, #rows)
    for i, row in ipairs(rows) do
      local c = sy.significance.compare(values("p_click", row.gain, row.metric),
        values("vm", row.gain, row.metric), { seed = 7, resamples = 2000 })
      assert.are.equal("kuairand_vm.json", row.system)
      for _, key in ipairs({ "mean_first", "mean_second", "difference", "low", "high", "wins",
        "ties", "losses", "requests", "left_out" }) do
        assert.are.equal(c[key], row[key], key)
      end
      assert.are.same({ c.t.p, c.wilcoxon.p, c.randomisation.p },
        { row.p.t, row.p.wilcoxon, row.p.randomisation })
      p[i] = row.p.wilcoxon
    end
    local adjusted = sy.significance.adjust(p, "holm")
    for i, row in ipairs(rows) do
      assert.are.equal(adjusted[i], row.adjusted.wilcoxon)
    end
    assert.are.same({ "click", "click", "long_view", "long_view" },
      { rows[1].gain, rows[2].gain, rows[3].gain, rows[4].gain })
  end)

  it("tests clusters as a whole", function()
    local result = compared(PAIR .. "--metric ndcg --cluster user_id --tests t --confidence 0.9")
    local clusters = data:column("user_id"):gather(data.groups:first())
    local c = sy.significance.compare(values("p_click", "click", "ndcg"),
      values("vm", "click", "ndcg"), { clusters = clusters, tests = "t", confidence = 0.9 })
    local row = result.comparisons[1]
    assert.is_true(row.clusters < row.requests)
    assert.are.same({ c.clusters, c.low, c.high, c.t.p },
      { row.clusters, row.low, row.high, row.p.t })
    assert.is_nil(row.wilcoxon)
  end)

  it("compares three with the first, in the order of the command line", function()
    local result = compared(LOG .. "--score p_click --vm examples/data/kuairand_vm.json "
      .. "--score p_long_view --gain click --metric ndcg@3 --correction none")
    local row = result.comparisons
    assert.are.same({ "kuairand_vm.json", "p_long_view" }, { row[1].system, row[2].system })
    assert.is_nil(row[1].adjusted)
    assert.are.equal("none", result.correction)
    local out = command.succeed("eval " .. LOG .. "--score p_click --score p_long_view "
      .. "--vm examples/data/kuairand_vm.json --gain click --metric ndcg@3", folder)
    assert.is_truthy(out:find("\nclick  ndcg@3  p_long_view       ", 1, true), out)
    assert.is_truthy(out:find("adjusted by Holm over 2 rows", 1, true), out)
  end)

  it("prints a table", function()
    paths.write(folder .. "/log.csv", "r,a,b,g\n1,2,1,0\n1,1,2,1\n2,2,1,0\n2,1,2,1\n3,2,1,1\n"
      .. "3,1,2,0\n4,1,2,0\n4,2,1,0\n5,2,1,0\n5,1,2,1\n")
    local out = command.succeed("eval --data log.csv --group r --score a --score b --gain g "
      .. "--metric mrr,regret --tests randomisation", folder)
    local lines = {}
    for line in out:gmatch("[^\n]+") do
      lines[#lines + 1] = line
    end
    assert.are.equal("5 requests, 10 rows", lines[1])
    assert.are.equal("baseline: a", lines[2])
    assert.are.equal("against it: b", lines[3])
    -- b gains 0.5 in three requests and loses 0.5 in one: 10 of 16 signs are as far from 0
    assert.is_truthy(lines[6]:find("^g     mrr     0.625000  0.875000   %+0.250000  %[.*%]"
      .. " +1.0000 +3/0/1$"), lines[6])
    -- less regret is a win
    assert.is_truthy(lines[7]:find("^g     regret .* 3/0/1$"), lines[7])
    assert.are.equal("4 requests compared, 1 left out as empty", lines[8])
  end)

  it("refuses what makes no sense", function()
    paths.write(folder .. "/mixed.csv", "r,u,a,b,g\nx,1,1,2,1\nx,2,2,1,0\n")
    local MIXED = "--data mixed.csv --group r --score a --score b --gain g "
    for arguments, pattern in pairs({
      [MIXED .. "--cluster u"] = "^%-%-cluster u: request x has several of its values$",
      [MIXED .. "--cluster w"] = 'no column "w"',
      [MIXED .. "--score a"] = "^%-%-score a is there twice$",
      [MIXED .. "--tests t,z"] = '^%-%-tests: "z" is not one of',
      [MIXED .. "--tests t,none"] = "^%-%-tests: none stands alone$",
      [MIXED .. "--correction hulm"] = 'did you mean "holm"',
      [MIXED .. "--confidence 1"] = "^%-%-confidence: 1 is not between 0 and 1$",
      [MIXED .. "--confidence x"] = '^%-%-confidence: "x" is not a number$',
      [MIXED .. "--resamples 0"] = "^%-%-resamples: 0 is not a whole number from 1 up$",
      [MIXED .. "--seed 0.5"] = "^%-%-seed: 0.5 is not a whole number$",
      [MIXED .. "--metric 'ndcg(mean=geometric)'"] = "are compared by arithmetic means$",
      [MIXED .. "--metric auc"] = "^%-%-metric: auc is over all rows at once",
      [MIXED .. "--by size"] = "^%-%-by is for a single",
      [MIXED .. "--per-request each.csv"] = "^%-%-per%-request is for a single",
      ["--data mixed.csv --group r --score a --gain g --cluster u"] =
        "^%-%-cluster is for a comparison",
      ["--data mixed.csv --group r --score a --gain g --seed 3"] = "^%-%-seed is for a comparison",
    }) do
      local line = command.refused("eval " .. arguments, folder)
      assert.is_truthy(line:find(pattern), arguments .. ": " .. line)
    end
  end)

  it("tells where no test can be made", function()
    paths.write(folder .. "/one.csv", "a,b,g\n1,2,1\n2,1,0\n")
    local out = command.succeed("eval --data one.csv --score a --score b --gain g", folder)
    assert.is_truthy(out:find("1 request compared", 1, true), out)
    paths.write(folder .. "/none.csv", "a,b,g\n1,2,0\n2,1,0\n")
    out = command.succeed("eval --data none.csv --score a --score b --gain g", folder)
    assert.is_truthy(out:find("0 requests compared", 1, true), out)
  end)
end)
