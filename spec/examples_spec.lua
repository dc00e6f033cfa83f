-- Everything in examples/ runs and does what it says.
local command = require "spec.support.command"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

describe("the example", function()
  local folder
  setup(function()
    folder = command.folder()
  end)
  teardown(function()
    paths.clean()
    shell.clean()
  end)

  -- Run a recipe by the command line that stands in its head.
  local function run(path)
    local head = paths.read(paths.root .. "/" .. path):gsub("\\\n%-%- +", " ")
    return command.succeed(assert(head:match("\n%-%-   steelyard ([^\n]+)"), path), folder)
  end

  it("recipes all say how to run them", function()
    local count = 0
    for path in shell.succeed("ls examples/recipes/*.lua"):gmatch("%S+") do
      assert.is_true(#run(path) > 40, path)
      count = count + 1
    end
    assert.is_true(count >= 3)
  end)

  it("multiplicative.lua gives the reference's numbers", function()
    local out, weights, shares = run("examples/recipes/multiplicative.lua"), {}, {}
    for weight, share in out:gmatch("weight (%S+) +share (%S+)") do
      weights[#weights + 1], shares[#shares + 1] = tonumber(weight), tonumber(share)
    end
    assert.are.equal(5, #weights)
    -- What the reference computes (standard definition), and what sy.tune does.
    local expected = { 0.30340450834359783, 0.33294953441384656, 0.13731772179521187,
      0.13980993494920882, 0.08651830049813493 }
    for j, weight in ipairs(expected) do
      assert.is_true(math.abs(weights[j] - weight) < 1e-9, j)
    end
    assert.is_true(math.abs(shares[2] - 0.49998837090053744) < 1e-6)
    local path = paths.shared("reference/value_model_example.json")
    if path then
      local reference = assert(sy.json.decode(paths.read(path)))
      assert.are.same(expected, { (table.unpack or unpack)(reference.standard.heuristic.weights) })
    end
  end)

  it("multiplicative.lua is short", function()
    local text, lines = paths.read(paths.root .. "/examples/recipes/multiplicative.lua"), 0
    for line in text:gmatch("[^\n]+") do
      lines = lines + ((line:find("^%s*%-%-") or line:find("^%s*end%)?$")) and 0 or 1)
    end
    assert.is_true(lines <= 30, lines)
  end)

  it("calibrate.lua measures, mends, judges and tunes", function()
    local out = run("examples/recipes/calibrate.lua")
    local shown = 0
    for ratio, low, high in out:gmatch("platt +ratio (%S+) %[(%S+), (%S+)%]") do
      assert.is_true(tonumber(low) < tonumber(ratio) and tonumber(ratio) < tonumber(high))
      shown = shown + 1
    end
    assert.are.equal(4, shown)
    -- Other weights bring the same shares about once predictions are calibrated.
    local raw, platt = out:match("p_click +(%d%.%d+) +%d%.%d+ +(%d%.%d+)")
    assert.is_true(math.abs(tonumber(raw) - tonumber(platt)) > 0.01)
    local model = assert(sy.value_model.load(folder .. "/vm.json"))
    assert.are.equal("shift", model.calibrators.p_profile_enter.method)
  end)

  it("first.lua tunes, saves and ranks", function()
    local out = run("examples/recipes/first.lua")
    assert.is_truthy(out:find("^target reached: off by 0%.0"), out)
    local vm = assert(sy.value_model.load(folder .. "/vm.json"))
    assert.are.equal(4, #vm.tasks)
    local ranked = command.succeed("rank --data examples/data/kuairand-requests.csv --k 3 "
      .. "--group request_id --item video_id --vm vm.json", folder)
    for place, video in out:gmatch("\n(%d)\t(%d+)") do
      assert.is_truthy(ranked:find("," .. place .. "," .. video .. ",", 1, true), video)
    end
  end)

  it("anneal.lua arrives in verified steps", function()
    local out, steps = run("examples/recipes/anneal.lua"), 0
    for off in out:gmatch("step %d of 4: off by ([%d.]+)") do
      steps = steps + 1
      assert.is_true(tonumber(off) <= 0.01)
    end
    assert.are.equal(4, steps)
  end)

  it("critic_value_model.lua climbs a critic, and tells how far", function()
    local out, splits = run("examples/recipes/critic_value_model.lua"), 0
    for critic in out:gmatch("split %d: start %S+  critic (%S+)") do
      assert.is_true(math.abs(tonumber(critic)) < 0.1)
      splits = splits + 1
    end
    assert.are.equal(4, splits)
    assert.is_true(tonumber(out:match("\ncritic +(%S+) ndcg@3")) > 0)
    assert.is_truthy(out:find("p_comment +12%.0000 %-> "))
  end)

  it("embed.c, in C alone, ranks as the library does", function()
    shell.succeed("make -s examples")
    local out = shell.succeed("build/examples/serving/embed examples/data/kuairand_vm.json")
    local vm = assert(sy.value_model.load(paths.root .. "/examples/data/kuairand_vm.json"))
    local scores = vm:score({
      p_click = sy.array({ 0.91, 0.94, 0.40, 0.72, 0.55 }, "f32"),
      p_long_view = sy.array({ 0.63, 0.72, 0.35, 0.41, 0.52 }, "f32"),
      p_profile_enter = sy.array({ 0.05, 0.05, 0.21, 0.04, 0.11 }, "f32"),
      p_comment = sy.array({ 0.02, 0.05, 0.08, 0.01, 0.03 }, "f32"),
    })
    local order, lines = sy.rank(scores), {}
    for place = 1, #order do
      local row = order[place]
      lines[place] = ("%d. item %d, score %.4f\n"):format(place, row - 1, scores[row])
    end
    assert.are.equal(table.concat(lines), out)
    assert.are.equal(table.concat(lines, "", 1, 2),
      shell.succeed("build/examples/serving/embed examples/data/kuairand_vm.json 2"))
    -- With calibrators by the hour, which is 20 in the program.
    local calibrated = assert(sy.value_model.load(
      paths.root .. "/examples/data/kuairand_calibrated_vm.json"))
    assert.same({ "hour" }, (calibrated:features()))
    local request = { hour = { 20, 20, 20, 20, 20 } }
    for i, task in ipairs({ "p_click", "p_long_view", "p_profile_enter", "p_comment" }) do
      request[task] = sy.array(({
        { 0.91, 0.94, 0.40, 0.72, 0.55 }, { 0.63, 0.72, 0.35, 0.41, 0.52 },
        { 0.05, 0.05, 0.21, 0.04, 0.11 }, { 0.02, 0.05, 0.08, 0.01, 0.03 },
      })[i], "f32")
    end
    local best = calibrated:score(request)
    local first = calibrated:rank(request, 1)[1]
    out = shell.succeed("build/examples/serving/embed examples/data/kuairand_calibrated_vm.json 1")
    assert.are.equal(("1. item %d, score %.4f\n"):format(first - 1, best[first]), out)
    local _, status = shell.run("build/examples/serving/embed nothing.json")
    assert.are.equal(2, status)
  end)

  it("data have their licence beside them", function()
    local readme = paths.read(paths.root .. "/examples/data/README.md")
    for name in shell.succeed("ls examples/data"):gmatch("%S+") do
      assert.is_truthy(name == "README.md" or readme:find(name, 1, true), name)
    end
    assert.is_truthy(paths.read(paths.root .. "/examples/data/LICENSE.kuairand"):find("4.0", 1,
      true))
    assert.is_truthy(paths.read(paths.root .. "/examples/data/LICENSE.movielens"):find(
      "may redistribute the data set", 1, true))
  end)
end)
