-- steelyard train mtml and predict, as a user types them.
local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local LOG = "--data examples/data/kuairand-log.tsv.gz"
local TRAIN = "train mtml " .. LOG .. " --config examples/data/mtml.json "

-- file:write gives no file on Lua 5.1.
local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

describe("steelyard train mtml", function()
  local folder
  before_each(function()
    folder = command.folder()
  end)
  after_each(function()
    paths.clean()
    shell.clean()
  end)

  it("trains, tells how good the model is, and leaves no checkpoint behind", function()
    local out = command.succeed(TRAIN .. "--out m", folder)
    assert.is_truthy(out:find("12563 rows to train on, 4533 held out; ", 1, true), out)
    assert.is_truthy(out:find("\np_click +0%.44%d+ +0%.8%d+ "), out)
    assert.is_truthy(out:find("\nwritten: m/model.safetensors\n", 1, true), out)
    local names = shell.succeed("ls " .. shell.quote(folder) .. "/m")
    assert.are.equal("history.json\nmodel.safetensors\n", names)
    local history = assert(sy.json.decode(paths.read(folder .. "/m/history.json")))
    assert.are.equal("p_click", history.tasks[1])
    assert.is_true(history.history[1].validation.tasks.p_comment.auc > 0.5)
  end)

  it("gives JSON, and the same bits for the same seed", function()
    local one = command.succeed(TRAIN .. "--out a --json --epochs 2", folder)
    local two = command.succeed(TRAIN .. "--out b --json --epochs 2", folder)
    assert.are.equal(one, two)
    assert.are.equal(2, #assert(sy.json.decode(one)).history)
    assert.are.equal(paths.read(folder .. "/a/model.safetensors"),
      paths.read(folder .. "/b/model.safetensors"))
    command.succeed(TRAIN .. "--out c --epochs 2 --seed 7", folder)
    assert.are_not.equal(paths.read(folder .. "/a/model.safetensors"),
      paths.read(folder .. "/c/model.safetensors"))
  end)

  it("goes on after kill -9 to the same bits #slow", function()
    local options = "--recipe platt --checkpoint-every 0 --epochs 3 "
    command.succeed(TRAIN .. options .. "--out whole", folder)
    local whole = paths.read(folder .. "/whole/model.safetensors")
    local line = ("cd %s && exec $STEELYARD/scripts/steelyard %s%s--out cut"):format(
      shell.quote(folder), TRAIN:gsub("examples/", "$STEELYARD/examples/"), options)
    local checkpoint = shell.quote(folder .. "/cut/checkpoint.safetensors")
    local killed = 0
    for _, wait in ipairs({ 0, 0.1, 0.3 }) do -- after the first checkpoint, whenever it comes
      shell.run(("STEELYARD=$PWD; (%s >/dev/null 2>&1) & pid=$!; "
        .. "while kill -0 $pid 2>/dev/null && [ ! -e %s ]; do sleep 0.02; done; "
        .. "sleep %g; kill -9 $pid; wait $pid"):format(
        line .. (killed > 0 and " --resume" or ""), checkpoint, wait))
      local names = shell.succeed("ls " .. shell.quote(folder) .. "/cut")
      killed = killed + (names:find("checkpoint", 1, true) and 1 or 0)
      if killed > 0 and names:find("model", 1, true) then
        break
      end
    end
    assert.is_true(killed > 0, "no run was killed within its training")
    local refused = command.refused(TRAIN .. options .. "--out cut", folder)
    assert.is_truthy(refused:find("--resume continues it", 1, true), refused)
    command.succeed(TRAIN .. options .. "--out cut --resume", folder)
    assert.are.equal(whole, paths.read(folder .. "/cut/model.safetensors"))
  end)

  it("predicts for rows that fulfil conditions, and keeps columns", function()
    command.succeed(TRAIN .. "--out m --epochs 1", folder)
    local out = command.succeed("predict --model m " .. LOG .. " --where label=1 "
      .. "--where 'date>20220420' --keep user_id,date,is_click", folder)
    assert.is_truthy(out:find(
      "^user_id,date,is_click,p_click,p_comment,p_long_view,p_profile_enter\n"), out:sub(1, 200))
    local rows = 0
    for date, p in out:gmatch("\n%d+,(%d+),[01],([%d.e-]+),") do
      assert.is_true(date == "20220421" and tonumber(p) > 0 and tonumber(p) < 1)
      rows = rows + 1
    end
    local data = assert(sy.dataset.read(paths.root .. "/examples/data/kuairand-log.tsv.gz",
      { features = { "label", "date" } }))
    assert.are.equal(data:where({ "label=1", "date>20220420" }).size, rows)
    local file = command.succeed("predict --model m/model.safetensors " .. LOG
      .. " --where label=1 --where 'date>20220420' --keep user_id,date,is_click --out p.csv",
      folder)
    assert.are.equal("", file)
    assert.are.equal(out, paths.read(folder .. "/p.csv"))
  end)

  it("tells what is wrong in one line", function()
    local function refused(message, line)
      local told = command.refused(line, folder)
      assert.is_truthy(told:find(message, 1, true), told)
    end
    local function config(text)
      local path = folder .. "/c.json"
      write(path, text)
      return "train mtml " .. LOG .. " --config c.json --out m"
    end
    refused("missing option --config", "train mtml " .. LOG .. " --out m")
    refused("missing option --out", "train mtml " .. LOG .. " --config examples/data/mtml.json")
    refused("missing option --data", "train mtml --config examples/data/mtml.json --out m")
    refused("none.json: No such file", "train mtml " .. LOG .. " --config none.json --out m")
    refused("c.json: ", config("{"))
    refused('c.json: tasks: expected {"TASK": "COLUMN", ...}', config("{}"))
    refused('c.json: unknown option "epoch" (did you mean "epochs"?)',
      config('{"tasks": ["is_click"], "user_id": "user_id", "epoch": 3}'))
    refused('no column "hour"',
      config('{"tasks": ["is_click"], "cross_features": ["hour"]}'))
    refused("c.json: resume has no place in this file",
      config('{"tasks": ["is_click"], "user_id": "user_id", "resume": true}'))
    refused("c.json: recipe: ", config('{"tasks": ["is_click"], "user_id": "user_id", '
      .. '"recipe": {"file": "none.lua"}}'))
    refused("--recipe: ", TRAIN .. "--out m --recipe plato")
    refused("m/model.safetensors: cannot open", "predict --model m " .. LOG)
    refused("missing option --model", "predict " .. LOG)
    local function with(text)
      return config('{"tasks": ["is_click"], "user_id": "user_id", ' .. text .. "}")
    end
    refused("c.json: calibrate: unknown option 1", with('"validation": {"share": 0.1}, '
      .. '"calibrate": [1]'))
    refused('c.json: layer "user_id.table": 1000000000 numbers', with('"user_dim": 1e9'))
    refused("c.json: optimizer.adam: learning_rate of step 0: ", with('"learning_rate": -1'))
    refused("c.json: beta1: ", with('"optimizer": {"name": "adam", "beta1": 2}'))
    refused('c.json: option "position": expected a string or a table, got null',
      with('"position": null'))
    refused("c.json: tasks: is_click is there twice",
      config('{"tasks": ["is_click", "is_click"], "user_id": "user_id"}'))
    refused("c.json: tasks: an empty name", config('{"tasks": {"": "is_click"}}'))
    refused("--checkpoint-every: -1 is below 0", TRAIN .. "--out m --checkpoint-every -1")
    write(folder .. "/r.lua", "error({})")
    refused("c.json: recipe: r.lua raises a table", with('"recipe": {"file": "r.lua"}'))
    refused("c.json: where: expected a condition",
      config('{"tasks": ["is_click"], "user_id": "user_id", "where": ["label"]}'))
  end)
end)

describe("the whole way from a log to ranked requests", function()
  after_each(function()
    paths.clean()
    shell.clean()
  end)

  it("is a shell script of five commands", function()
    local folder = command.folder()
    local text = paths.read(paths.root .. "/examples/recipes/whole.sh")
    assert.are.equal(5, select(2, text:gsub("\n\"$here/scripts/steelyard\" ", "")))
    local out = shell.succeed("examples/recipes/whole.sh " .. shell.quote(folder))
    assert.is_truthy(out:find("target reached", 1, true), out)
    local ranked = paths.read(folder .. "/ranked.csv")
    assert.is_truthy(ranked:find("^user_id,date,rank,row,score\n"))
    local model = assert(sy.value_model.load(folder .. "/vm.json"))
    assert.are.equal(4, #model.tasks)
  end)
end)
