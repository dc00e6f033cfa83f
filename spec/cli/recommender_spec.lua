-- steelyard train ract, vae, dae, wmf, ease; recommend; eval-cf.
local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local DATA = "--data examples/data/movielens-small.csv.gz --min-rating 4 --items-at-least 40 "
  .. "--validation 40 --test 40 "
local SMALL = [[{"actor": {"hidden": 16, "latent": 6}, "batch": 50, "epochs": 3,
  "fine_tuning": {"epochs": 2, "critic_epochs": 3, "passes": 2}}]]

describe("steelyard train", function()
  local folder

  before_each(function()
    folder = command.folder()
    paths.write(folder .. "/small.json", SMALL)
    paths.write(folder .. "/plain.json", (SMALL:gsub(',%s*"fine_tuning".*', "}")))
  end)

  after_each(function()
    paths.clean()
    shell.clean()
  end)

  it("trains each kind of recommender, tells how it does, and leaves no checkpoint", function()
    for _, kind in ipairs({ "ract", "vae", "dae", "wmf", "ease" }) do
      local config = kind == "ease" and "--l2 100 "
        or kind == "ract" and "--config small.json " or "--config plain.json "
      local out = command.succeed("train " .. kind .. " " .. DATA .. config .. "--out m", folder)
      assert.is_truthy(out:find(kind .. ": %d+ users to train on, %d+ items, %d+ "), out)
      assert.is_truthy(out:find("\ntest +40  0%.%d+ %+%- 0%.%d+"), out)
      assert.is_truthy(out:find("\nwritten: m/model.safetensors\n", 1, true), out)
      assert.are.equal("history.json\nmodel.safetensors\nsettings.json\n",
        shell.succeed("ls " .. shell.quote(folder) .. "/m"))
      local model = assert(sy.collaborative.load(folder .. "/m"))
      assert.are.equal(model.items, #model.item_names)
    end
  end)

  it("writes the same bytes for the same seed, and others for another", function()
    local line = "train ract " .. DATA .. "--config small.json --out "
    for name, more in pairs({ a = "", b = "", c = " --seed 2" }) do
      command.succeed(line .. name .. more, folder)
    end
    local a = paths.read(folder .. "/a/model.safetensors")
    assert.are.equal(a, paths.read(folder .. "/b/model.safetensors"))
    assert.are_not.equal(a, paths.read(folder .. "/c/model.safetensors"))
  end)

  it("compares all ways to go on, paired, over seeds #slow", function()
    local line = "train ract " .. DATA .. "--config small.json --controls --seeds 2 --out m"
    local out = command.succeed(line, folder)
    for _, way in ipairs(sy.collaborative.fine_tuning.list) do
      assert.is_truthy(out:find("\n" .. way.title, 1, true), out)
    end
    local json = assert(sy.json.decode(command.succeed(line .. " --json", folder)))
    assert.are.equal(1 + #sy.collaborative.fine_tuning.list, #json.rows)
    assert.are.equal(40, json.users)
    for _, row in ipairs(json.rows) do
      assert.are.equal(2, #row.means)
      assert.is_near((row.means[1] + row.means[2]) / 2, row.mean, 1e-12)
    end
    assert.are.equal("controls.json\n", shell.succeed("ls " .. shell.quote(folder) .. "/m"))
  end)

  it("goes on after kill -9 to the same bits #slow", function()
    local line = "train ract " .. DATA .. "--config small.json --epochs 150 "
    command.succeed(line .. "--out whole", folder)
    local whole = paths.read(folder .. "/whole/model.safetensors")
    local start = ("cd %s && exec $STEELYARD/scripts/steelyard %s--out cut"):format(
      shell.quote(folder), (line:gsub("examples/", "$STEELYARD/examples/")))
    -- Kill it so long after its first checkpoint is there.
    local function kill(after, resume)
      shell.run(("STEELYARD=$PWD; (%s >/dev/null 2>&1) & pid=$!; while kill -0 $pid 2>/dev/null "
        .. "&& [ ! -e %s/cut/checkpoint/current.safetensors ]; do sleep 0.01; done; sleep %g; "
        .. "kill -9 $pid; wait $pid"):format(start .. resume, shell.quote(folder), after))
      return not shell.succeed("ls " .. shell.quote(folder) .. "/cut"):find("model", 1, true)
    end
    assert.is_true(kill(0, ""), "the run was not killed within its training")
    local refused = command.refused(line .. "--out cut", folder)
    assert.is_truthy(refused:find("--resume continues it", 1, true), refused)
    refused = command.refused(line .. "--seed 9 --out cut --resume", folder)
    assert.is_truthy(refused:find("other data or with other options", 1, true), refused)
    kill(0.2, " --resume") -- or it ends before
    command.succeed(line .. "--out cut --resume", folder)
    assert.are.equal(whole, paths.read(folder .. "/cut/model.safetensors"))
  end)

  it("says in one line what is wrong", function()
    paths.write(folder .. "/bad.txt", "1 2 4\n1 x\n3\n")
    paths.write(folder .. "/bad.json", '{"actor": {"hiden": 3}}')
    for arguments, told in pairs({
      ["train vae --out m"] = "missing option --data",
      ["train vae " .. DATA] = "missing option --out",
      ["train vae --data nowhere.txt --out m"] = "nowhere.txt: cannot open: No such file",
      ["train vae " .. DATA .. "--config bad.json --out m"] =
        'bad.json: collaborative.actor: unknown option "hiden" (did you mean "hidden"?)',
      ["train ract " .. DATA .. "--fine-tune ratc --out m"] = '(did you mean "ract"?)',
      ["train vae " .. DATA:gsub("%-%-test 40", "--test 5000") .. "--out m"] =
        "users are to be held out, and there are",
      ["train ease " .. DATA .. "--l2 -1 --out m"] = "l2",
      ["train vae " .. DATA .. "--config small.json --out m"] =
        "small.json: fine-tuning is what steelyard train ract does",
      ["train ract " .. DATA .. "--seeds 2 --out m"] = "--seeds: it goes with --controls",
      ["train vae " .. DATA .. "--epochs 0 --out m"] = "--epochs: 0",
    }) do
      local line = command.refused(arguments, folder)
      assert.is_truthy(line:find(told, 1, true), arguments .. ": " .. line)
    end
    local out = shell.run("ls " .. shell.quote(folder) .. "/m 2>/dev/null")
    assert.is_nil(out:find("model.safetensors", 1, true))
  end)
end)

describe("steelyard recommend", function()
  local MODEL = "--model examples/data/movielens-vae "

  after_each(function()
    paths.clean()
    shell.clean()
  end)

  it("gives the best unseen items by names", function()
    local out = command.succeed("recommend " .. MODEL
      .. "--history examples/data/movielens-histories.txt -k 4")
    local rows = {}
    for user, rank, item, score in out:gmatch("\n(%w+),(%d+),(%d+),([%d.]+)") do
      rows[#rows + 1] = { user, tonumber(rank), item, tonumber(score) }
    end
    assert.are.equal(8, #rows)
    local history = { ann = " 318 296 2571 527 ", bob = " 1 3114 588 364 " }
    for i, row in ipairs(rows) do
      assert.are.equal(i <= 4 and "ann" or "bob", row[1])
      assert.are.equal((i - 1) % 4 + 1, row[2])
      assert.is_nil(history[row[1]]:find(" " .. row[3] .. " ", 1, true))
      assert.is_true(row[2] == 1 or row[4] <= rows[i - 1][4])
    end
  end)

  it("gives each of many users his own", function()
    local folder = command.folder()
    local lines = {}
    for user = 1, 600 do
      local items = user % 2 == 0 and "318 296 2571 527" or "1 3114 588 364"
      lines[user] = ("u%d %s"):format(user, items)
    end
    paths.write(folder .. "/h.txt", table.concat(lines, "\n") .. "\n")
    local out = command.succeed("recommend " .. MODEL .. "--history h.txt -k 1", folder)
    local first, n = {}, 0
    for user, item in out:gmatch("\nu(%d+),1,(%d+),") do
      n = n + 1
      first[user % 2] = first[user % 2] or item
      assert.are.equal(first[user % 2], item)
      assert.are.equal(n, tonumber(user))
    end
    assert.are.equal(600, n)
    assert.are_not.equal(first[0], first[1])
  end)

  it("needs no BLAS", function()
    local script = [[
      package.preload["steelyard.learn"] = function() error("no BLAS here") end
      local sy = require "steelyard"
      local model = assert(sy.collaborative.load("examples/data/movielens-vae"))
      local ids = model:recommend({ { model:item("318"), model:item("296") } }, { k = 2 })
      print(model.item_names[ids:get(1, 1)])]]
    local path = paths.temporary(".lua")
    paths.write(path, script)
    assert.is_truthy(command.succeed("run " .. path):find("^%d+\n$"))
  end)

  it("tells which items it does not know, and gives up where it knows none", function()
    local folder = command.folder()
    paths.write(folder .. "/h.txt", "ann 318 nothing 296 50\n")
    local result = command.run("recommend " .. MODEL .. "--history h.txt -k 1", folder)
    assert.are.equal(0, result.status)
    assert.is_truthy(result.err:find("h.txt: 1 of 4 interactions are of items that the model does "
      .. "not know", 1, true), result.err)
    paths.write(folder .. "/h.txt", "ann some thing\n")
    assert.are.equal("h.txt: the model knows none of its items",
      command.refused("recommend " .. MODEL .. "--history h.txt", folder))
    assert.is_truthy(command.refused("recommend --model nowhere --history h.txt", folder)
      :find("nowhere", 1, true))
    paths.write(folder .. "/model.safetensors", paths.read(
      paths.root .. "/examples/data/movielens-vae/model.safetensors"):sub(1, -2) .. "\255")
    assert.is_truthy(command.refused("recommend --model . --history h.txt", folder)
      :find("damaged", 1, true))
  end)
end)

describe("steelyard eval-cf", function()
  local MODEL = "--model examples/data/movielens-vae "

  after_each(function()
    paths.clean()
    shell.clean()
  end)

  it("measures on the users that training held out, and compares with another", function()
    local folder = command.folder()
    local trained = command.succeed("train ease " .. DATA .. "--l2 100 --out m", folder)
    local out = command.succeed("eval-cf --model m --data examples/data/movielens-small.csv.gz",
      folder)
    local means = trained:match("\ntest +40 +([^\n]+)")
    assert.is_truthy(out:find(means, 1, true), out .. trained)
    command.succeed("train vae " .. DATA .. "--epochs 1 --out v", folder)
    out = command.succeed("eval-cf --model v --model m --json --metric ndcg@10,hit@10 "
      .. "--data examples/data/movielens-small.csv.gz", folder)
    local json = assert(sy.json.decode(out))
    local d = json.models[2].differences["ndcg@10"]
    assert.is_near(json.models[2].means["ndcg@10"] - json.models[1].means["ndcg@10"], d.difference,
      1e-12)
    assert.is_true(d.low < d.difference and d.difference < d.high)
    -- Whose users were others, or whose items, is not compared.
    local refused = command.refused("eval-cf --model m " .. MODEL
      .. "--data examples/data/movielens-small.csv.gz", folder)
    assert.is_truthy(refused:find("read or split otherwise than those of m", 1, true), refused)
    shell.succeed("rm " .. shell.quote(folder .. "/m/settings.json"))
    refused = command.refused("eval-cf --model m " .. MODEL
      .. "--data examples/data/movielens-small.csv.gz", folder)
    assert.is_truthy(refused:find("ranks other items", 1, true), refused)
  end)

  it("takes histories and what was hidden from files, by names", function()
    local folder = command.folder()
    paths.write(folder .. "/h.txt", "ann 318 296\nbob 1 588\neve 1\n")
    paths.write(folder .. "/held.txt", "bob 364\nann 593\n")
    local out = command.succeed("eval-cf " .. MODEL
      .. "--history h.txt --held-out held.txt --metric hit@100", folder)
    assert.is_truthy(out:find("^2 users\n"), out)
    assert.are.equal("--history and --held-out are given together",
      command.refused("eval-cf " .. MODEL .. "--history h.txt", folder))
    assert.is_truthy(command.refused("eval-cf " .. MODEL .. "--history h.txt --held-out held.txt "
      .. "--metric ndgc@10", folder):find('(did you mean "ndcg"?)', 1, true))
  end)
end)
