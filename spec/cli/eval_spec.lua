local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local LOG = "--data examples/data/kuairand-requests.csv --group request_id "
local VM = "--vm examples/data/kuairand_vm.json "

describe("steelyard eval", function()
  local folder, data, vm
  setup(function()
    folder = command.folder()
    data = assert(sy.dataset.read(paths.root .. "/examples/data/kuairand-requests.csv", {
      group = "request_id",
    }))
    vm = assert(sy.value_model.load(paths.root .. "/examples/data/kuairand_vm.json"))
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  local function evaluated(arguments)
    return assert(sy.json.decode(command.succeed("eval --json " .. arguments, folder)))
  end

  it("gives what the library gives, to the bit", function()
    local result = evaluated(LOG .. VM
      .. "--gain click,long_view --metric ndcg@10,dcg@10,regret@3,ndcg")
    for _, gain in ipairs({ "click", "long_view" }) do
      local scores, gains = vm:score(data), data:column(gain)
      local at10, _, details = sy.ndcg(scores, gains, { groups = data.groups, k = 10 })
      assert.are.same({
        ["ndcg@10"] = at10,
        ["dcg@10"] = details.dcg,
        ["regret@3"] = (sy.regret(scores, gains, { groups = data.groups, k = 3 })),
        ndcg = (sy.ndcg(scores, gains, { groups = data.groups })),
      }, result.metrics[gain])
      assert.are.equal(details.counted, result.counted[gain])
      assert.are.equal(details.empty, result.empty[gain])
      assert.are.equal(608, details.counted + details.empty)
    end
    assert.are.equal(608, result.requests)
  end)

  it("takes the score from a column, and conventions by option or profile", function()
    local scores, gains = data:column("p_click"), data:column("click")
    for options, expected in pairs({
      ["--k 5"] = { k = 5 },
      ["--profile sklearn --k 5"] = { k = 5, profile = "sklearn" },
      ["--profile xgboost --empty zero --k 5"] = { k = 5, profile = "xgboost", empty = "zero" },
      ["--gain-function exponential --ties worst --k 5"] =
        { k = 5, gain = "exponential", ties = "worst" },
    }) do
      local result = evaluated(LOG .. "--score p_click --gain click " .. options)
      expected.groups = data.groups
      local ndcg = sy.ndcg(scores, gains, expected)
      assert.are.equal(ndcg, result.metrics.click["ndcg@5"], options)
    end
    local named = evaluated(LOG .. "--score p_click --gain click --profile trec --item video_id")
    assert.is_true(named.metrics.click.ndcg > 0.5)
    local line = command.refused(
      "eval " .. LOG .. "--score p_click --gain click --profile trec", folder)
    assert.is_truthy(line:find("%-%-item"), line)
  end)

  it("prints a table", function()
    local out = command.succeed("eval " .. LOG .. VM .. "--gain click --metric ndcg@10", folder)
    local ndcg, _, details = sy.ndcg(vm:score(data), data:column("click"),
      { groups = data.groups, k = 10 })
    assert.are.equal(("608 requests, 4864 rows\n\ngain    ndcg@10  counted  empty\n"
      .. "click  %.6f      %d     %d\n"):format(ndcg, details.counted, details.empty), out)
  end)

  it("writes every request's values", function()
    command.succeed("eval " .. LOG .. VM
      .. "--gain click --metric ndcg@10,dcg --per-request each.csv", folder)
    local text = paths.read(folder .. "/each.csv")
    assert.are.equal("request_id,items,click:ndcg@10,click:dcg", text:match("^[^\n]+"))
    local _, each = sy.ndcg(vm:score(data), data:column("click"), { groups = data.groups, k = 10 })
    local r, empty = 0, 0
    for ndcg in text:gmatch("\n[^,\n]+,%d+,([^,\n]*),[^,\n]*") do
      r = r + 1
      if ndcg == "" then
        empty = empty + 1
        assert.is_true(each[r] ~= each[r])
      else
        assert(tonumber(ndcg) == each[r], r)
      end
    end
    assert.are.equal(608, r)
    assert.is_true(empty > 0)
  end)

  it("has no mean where no request counts", function()
    paths.write(folder .. "/none.csv", "s,g\n1,0\n2,0\n")
    local result = evaluated("--data none.csv --score s --gain g")
    assert.are.equal(sy.json.null, result.metrics.g.ndcg)
    assert.are.equal(1, result.empty.g)
    local out = command.succeed("eval --data none.csv --score s --gain g --metric ndcg", folder)
    assert.is_truthy(out:find("\ng        -        0      1\n", 1, true), out)
  end)

  it("reads LETOR, whose requests are its qids", function()
    paths.write(folder .. "/log.letor", "1 qid:a 1:0.1 2:0.5\n0 qid:a 1:0.9 2:0.4\n2 qid:b 1:1\n")
    local result = evaluated("--data log.letor --score 1 --gain label --metric ndcg")
    assert.are.equal(2, result.requests)
    assert.is_true(math.abs(result.metrics.label.ndcg - (1 / (math.log(3) / math.log(2)) + 1) / 2)
      < 1e-15)
  end)

  it("knows LETOR by the names by which the reader does", function()
    local text = "1 qid:1 1:0.5\n0 qid:1 1:0.9\n1 qid:2 1:0.5\n0 qid:2 1:0.1\n"
    for _, name in ipairs({ "log.txt", "log.SVM", "log.svmlight", "plain" }) do
      paths.write(folder .. "/" .. name, text)
      local format = name == "plain" and "--format letor " or ""
      local result = evaluated(format .. "--score 1 --gain label --data " .. name)
      assert.are.equal(2, result.requests, name)
    end
  end)

  it("refuses what makes no sense", function()
    for arguments, pattern in pairs({
      [LOG .. "--gain click"] = "^one of %-%-vm FILE and %-%-score COLUMN is needed$",
      [LOG .. VM .. "--score p_click --gain click"] = "not both",
      [LOG .. VM] = "missing option %-%-gain",
      [LOG .. VM .. "--gain click --metric ncdg@10"] = 'no metric is called ncdg %(did you mean',
      [LOG .. VM .. "--gain click --metric ndcg@0"] = "^%-%-metric: ndcg@0: 0 is not",
      [LOG .. VM .. "--gain click --metric ndcg@x"] = '"x" is not a number',
      [LOG .. VM .. "--gain click --k 10 --metric ndcg,ndcg@10"] =
        "^%-%-metric: ndcg@10 is there twice$",
      [LOG .. VM .. "--gain click --per-request no/file.csv"] = "^no/file.csv: cannot write: ",
      [LOG .. VM .. "--gain clck"] = 'no column "clck" %(did you mean "click"%?%)',
      [LOG .. VM .. "--gain click --ties nme"] = '^%-%-ties: "nme".*did you mean "name"',
      [LOG .. VM .. "--gain click --profile sklern"] = '^%-%-profile: "sklern"',
    }) do
      local line = command.refused("eval " .. arguments, folder)
      assert.is_truthy(line:find(pattern), line)
    end
  end)
end)
