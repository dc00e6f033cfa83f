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
      ["--gain-function -1,3 --discount jarvelin --k 5"] =
        { k = 5, gain = { -1, 3 }, discount = "jarvelin" },
      ["--discount 1,0.5,0.25 --k 5"] = { k = 5, discount = { 1, 0.5, 0.25 } },
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
    local refused = {
      ["--gain click --gain-function 0,x"] = '--gain-function: "x" is not a number',
      ["--gain click --gain-function liner"] =
        '--gain-function: "liner" is not one of linear, exponential (did you mean "linear"?)',
      ["--gain p_click --gain-function 0,1"] =
        "gains[1]: 0.907947 has no place in the gain table of 0 to 1",
      ["--gain click --discount half"] =
        '--discount: "half" is not one of log2, jarvelin, reciprocal, none',
    }
    for options, message in pairs(refused) do
      assert.are.equal(message,
        command.refused("eval " .. LOG .. "--score p_click " .. options, folder))
    end
  end)

  it("prints a table", function()
    local out = command.succeed("eval " .. LOG .. VM
      .. "--gain click --metric ndcg@10 --no-range", folder)
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
      [LOG .. VM] = "missing option %-%-gain",
      [LOG .. VM .. "--gain click --metric ncdg@10"] = "^%-%-metric: .*did you mean \"?ndcg",
      [LOG .. VM .. "--gain click --metric ndcg@0"] = "^%-%-metric: .*ndcg@0.*from 1 up",
      [LOG .. VM .. "--gain click --metric ndcg@x"] = "^%-%-metric: .*ndcg@x.*whole number",
      [LOG .. VM .. "--gain click --metric 'rbp(q=1)'"] = "rbp has no parameter",
      [LOG .. VM .. "--gain click --metric 'rbp(p=2)'"] = "p=.*2.*: it is from 0 to 1",
      [LOG .. VM .. "--gain click --metric 'rbp(p=0.5'"] = "the bracket is not closed",
      [LOG .. VM .. "--gain click --metric ndcg,"] = "^%-%-metric: ",
      [LOG .. VM .. "--gain click --metric ''"] = "^%-%-metric: its value is empty$",
      [LOG .. VM .. "--gain click --relevance much"] = '^%-%-relevance: "much" is not a number$',
      [LOG .. VM .. "--gain click extra.txt"] = '^"extra.txt": files without an option are for',
      [LOG .. VM .. "--gain click -q"] = "^%-%-per%-topic is for %-%-format trec$",
      [LOG .. VM .. "--gain click --k 10 --metric ndcg,ndcg@10"] =
        "^%-%-metric: ndcg@10 is there twice$",
      [LOG .. VM .. "--gain click --per-request no/file.csv"] = "^no/file.csv: cannot write: ",
      [LOG .. VM .. "--gain click --by tab"] = 'no column "tab"',
      [LOG .. VM .. "--gain click --by hour:"] = "^%-%-by hour: an empty name",
      [LOG .. VM .. "--gain click --by hour:a"] = '^%-%-by hour: "a" is not a number$',
      [LOG .. VM .. "--gain click --by hour:9,5"] = "^%-%-by hour: 5 is not above 9",
      [LOG .. VM .. "--gain click --by rank"] = "^%-%-by rank: where is it cut%?",
      [LOG .. VM .. "--gain click --by size,size"] = "^%-%-by: size is there twice$",
      [LOG .. VM .. "--gain click --by ,"] = "^%-%-by: an empty name",
      [LOG .. VM .. "--gain click --by request_id:5"] = "request_id: it has words",
      [LOG .. VM .. "--gain click --by video_id"] = "video_id has more than 1000 values",
      [LOG .. VM .. "--gain request_id"] = "^%-%-gain request_id: it has words, not numbers$",
      [LOG .. "--score request_id --gain click"] = "^%-%-score request_id: it has words",
      [LOG .. VM .. "--gain click --metric 'ndcg(gain=linear, ties=name)'"] =
        "^%-%-metric: .*: ties by name need %-%-item",
      [LOG .. VM .. "--gain clck"] = 'no column "clck" %(did you mean "click"%?%)',
      [LOG .. VM .. "--gain click --ties nme"] = '^%-%-ties: "nme".*did you mean "name"',
      [LOG .. VM .. "--gain click --profile sklern"] = '^%-%-profile: "sklern"',
    }) do
      local line = command.refused("eval " .. arguments, folder)
      assert.is_truthy(line:find(pattern), line)
    end
  end)

  it("measures every expression of the registry in one go", function()
    local names = {}
    for i, kind in ipairs(sy.metrics.list()) do
      names[i] = kind.name
    end
    local gains, o = data:column("click"), { groups = data.groups, k = 5, per_request = false }
    o.metrics = names
    local expected = sy.metrics.measure(vm:score(data), gains, o)
    local result = evaluated(LOG .. VM .. "--gain click --k 5 --metric "
      .. table.concat(names, ","))
    local count = 0
    for i, kind in ipairs(sy.metrics.list()) do
      local name = kind.cutoff and kind.name .. "@5" or kind.name
      local mean = result.metrics.click[name]
      assert.is_true(mean == expected[i].mean or mean == sy.json.null, name)
      count = count + (mean ~= sy.json.null and 1 or 0)
    end
    assert.is_true(count >= 35)
  end)

  it("parts expressions at commas outside of brackets, also from several options", function()
    local result = evaluated(LOG .. VM .. "--gain click --metric ndcg@10,precision@5 "
      .. "-m 'rbp(p=0.8,binary=1)@100, map(ties=best)'")
    local expected = sy.metrics.measure(vm:score(data), data:column("click"), {
      groups = data.groups, metrics = { "ndcg@10", "precision@5", "rbp(p=0.8,binary=1)@100",
        "map(ties=best)" },
    })
    local means = {}
    for _, one in ipairs(expected) do
      means[one.name] = one.mean
    end
    assert.are.same(means, result.metrics.click)
  end)

  it("knows relevant items by a level", function()
    paths.write(folder .. "/graded.csv", "s,g\n3,1\n2,2\n1,0\n")
    local function precision(options)
      return evaluated("--data graded.csv --score s --gain g --metric precision@2 " .. options)
        .metrics.g["precision@2"]
    end
    assert.are.equal(1, precision(""))
    assert.are.equal(0.5, precision("--relevance 2"))
    assert.are.equal(0.5, precision("-l 1.5"))
  end)

  it("tells what each metric is", function()
    local out = command.succeed("eval --metric help", folder)
    for _, kind in ipairs(sy.metrics.list()) do
      assert.is_truthy(out:find("\n" .. kind.name .. "[@(\n ]"), kind.name)
      for _, parameter in ipairs(kind.parameters) do
        assert.is_truthy(out:find("\n    " .. parameter.name .. ": ", 1, true), parameter.name)
      end
    end
    assert.is_truthy(out:find("Source: Moffat and Zobel 2008", 1, true))
    for line in out:gmatch("[^\n]+") do
      assert.is_true(#line <= 100, line)
    end
  end)

  describe("with equal scores", function()
    before_each(function()
      paths.write(folder .. "/ties.csv",
        "r,s,g\n1,1,0\n1,1,1\n2,2,1\n2,1,0\n3,5,0\n3,5,0\n4,1,1\n4,1,0\n4,1,0\n")
    end)
    local TIES = "--data ties.csv --group r --score s --gain g --metric mrr,hit_rate@2 "

    it("shows the range of their orders, and how many requests it concerns", function()
      local out = command.succeed("eval " .. TIES, folder)
      -- request 1: 1/2, from 1/2 to 1; 2: 1; 3 is empty; 4: 1, from 1/3 to 1
      assert.is_truthy(out:find("\ng     mrr         0.833333  [0.611111, 1.000000]"
        .. "        3      1\n", 1, true), out)
      assert.is_truthy(out:find("in 2 of 4 requests their order changes mrr of g", 1, true), out)
      local one = evaluated(TIES).measured.g.mrr
      assert.are.same({ 2.5 / 3, 1, (1 / 2 + 1 + 1 / 3) / 3, 2 },
        { one.mean, one.best, one.worst, one.tied })
    end)

    it("shows none where it is not wanted, or there is none", function()
      local out = command.succeed("eval --no-range " .. TIES, folder)
      assert.are.equal("4 requests, 9 rows\n\ngain       mrr  hit_rate@2  counted  empty\n"
        .. "g     0.833333    1.000000        3      1\n", out)
      assert.is_nil(evaluated("--no-range " .. TIES).measured.g.mrr.best)
      paths.write(folder .. "/none.csv", "s,g\n1,0\n2,1\n")
      out = command.succeed("eval --data none.csv --score s --gain g", folder)
      assert.is_nil(out:find("range", 1, true))
    end)
  end)

  it("measures by slices, in the same pass", function()
    local result = evaluated(LOG .. VM .. "--gain click,long_view --metric ndcg@10,map "
      .. "--by size:5,10,user_id,hour:8,16 --by rank:3")
    local slices = result.slices
    assert.are.same({ "size", "user_id", "hour", "rank" },
      { slices[1].by, slices[2].by, slices[3].by, slices[4].by })
    assert.are.same({ "requests", "requests", "items", "items" },
      { slices[1].of, slices[2].of, slices[3].of, slices[4].of })
    local labels, requests = {}, 0
    for i, slice in ipairs(slices[1].values) do
      labels[i], requests = slice.value, requests + slice.requests
    end
    assert.are.same({ "1-5", "6-10", "11 and more" }, labels)
    assert.are.equal(608, requests)
    -- against the requests of each size alone
    local sizes = data.groups:sizes()
    for i, range in ipairs({ { 1, 5 }, { 6, 10 }, { 11, 1e9 } }) do
      local part = data:select(function(r)
        return sizes[r] >= range[1] and sizes[r] <= range[2]
      end)
      for _, gain in ipairs({ "click", "long_view" }) do
        local ndcg = sy.ndcg(vm:score(part), part:column(gain), { groups = part.groups, k = 10 })
        assert.is_true(math.abs(slices[1].values[i].metrics[gain]["ndcg@10"] - ndcg) < 1e-13)
      end
    end
  end)

  it("shows counts as whole numbers, and of how many requests values are", function()
    paths.write(folder .. "/counts.csv", "r,s,g\n1,2,1\n1,1,0\n2,2,0\n2,1,0\n3,1,1\n")
    local out = command.succeed("eval --data counts.csv --group r --score s --gain g "
      .. "--metric relevant,mrr,auc --by size:1", folder)
    assert.are.equal([[
3 requests, 5 rows

gain  metric       value         range of ties  counted  empty
g     relevant         2                              3      0
g     mrr       1.000000                              2      1
g     auc       0.583333  [0.333333, 0.833333]        3      0

equal scores: their order changes auc of g; the range is that of the worst and the best order

g by size
size        requests  counted  relevant       mrr       auc
1                  1   0 to 1         1  1.000000         -
2 and more         2   1 to 2         1  1.000000  0.833333
all                3   2 to 3         2  1.000000  0.583333
]], out)
  end)

  it("names the column of a NaN that was kept", function()
    paths.write(folder .. "/nan.csv", "r,s,g,h\n1,nan,1,1\n1,1,nan,0\n")
    local log = "eval --data nan.csv --group r --missing keep "
    assert.matches("^%-%-score s: it has NaN",
      command.refused(log .. "--score s --gain h", folder))
    assert.matches("^%-%-gain g: it has NaN",
      command.refused(log .. "--score s --gain g", folder))
  end)

  it("prints a table for each of the slices, the whole in the last row", function()
    paths.write(folder .. "/slices.csv",
      "r,s,g,kind\n1,2,1,new\n1,1,0,new\n2,2,0,old\n2,1,1,old\n3,2,0,old\n3,1,1,old\n")
    local out = command.succeed(
      "eval --data slices.csv --group r --score s --gain g --metric mrr --by kind", folder)
    assert.are.equal([[
3 requests, 6 rows

gain       mrr  counted  empty
g     0.666667        3      0

g by kind
kind  requests  counted       mrr
new          1        1  1.000000
old          2        2  0.500000
all          3        3  0.666667
]], out)
    out = command.succeed(
      "eval --data slices.csv --group r --score s --gain g --metric mrr --by rank:1", folder)
    assert.is_truthy(out:find("items of a slice are ranked among themselves", 1, true))
  end)
end)
