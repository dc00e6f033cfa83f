-- Optimizers over matrices of one's own, against numbers that PyTorch printed. Tables and
-- parameters without gradients: spec/c/optimizer_test.c.
local paths = require("spec.support.paths")
local sy = require("steelyard")

if not pcall(require, "steelyard.learn") then
  describe("optimizers", function()
    pending("need OpenBLAS")
  end)
  return
end

--[==[ PyTorch 1.13, float64:

def gradient(p, step, shift):
    n = torch.arange(p.numel())
    return (((n * 7 + step * 5 + shift) % 11 - 5) / 8.0).reshape(p.shape)

def run(name, make, clip=None, groups=None, schedule=None):
    a = torch.tensor([[0.5, -1.0, 2.0], [0.25, 0.0, -3.0]], requires_grad=True)
    b = torch.tensor([1.0, -0.125, 0.75], requires_grad=True)
    opt = make(groups(a, b) if groups else [a, b])
    plan = torch.optim.lr_scheduler.LambdaLR(opt, schedule) if schedule else None
    for step in range(5):
        a.grad, b.grad = gradient(a, step, 0), gradient(b, step, 3)
        if clip: clip([a, b])
        opt.step()
        if plan: plan.step()
    print(name, a.detach().flatten().tolist() + b.detach().tolist())

O, U = torch.optim, torch.nn.utils
run("sgd", lambda p: O.SGD(p, lr=0.1))
run("momentum", lambda p: O.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05))
run("nesterov", lambda p: O.SGD(p, lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.05))
run("adagrad", lambda p: O.Adagrad(p, lr=0.1))
run("adagrad_initial", lambda p: O.Adagrad(p, lr=0.1, initial_accumulator_value=0.5, eps=1e-3,
                                           weight_decay=0.05))
run("adam", lambda p: O.Adam(p, lr=0.01))
run("adam_options", lambda p: O.Adam(p, lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.05))
run("adamw", lambda p: O.AdamW(p, lr=0.1))
run("adamw_options", lambda p: O.AdamW(p, lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.2))
run("clip_norm", lambda p: O.SGD(p, lr=0.1, weight_decay=0.05),
    clip=lambda p: U.clip_grad_norm_(p, 0.5))
run("clip_value", lambda p: O.Adagrad(p, lr=0.1), clip=lambda p: U.clip_grad_value_(p, 0.25))
run("clip_both", lambda p: O.SGD(p, lr=0.1),
    clip=lambda p: (U.clip_grad_value_(p, 0.25), U.clip_grad_norm_(p, 0.5)))
run("groups", lambda p: O.Adam(p), groups=lambda a, b: [
    dict(params=[a], lr=0.1, weight_decay=0.05),
    dict(params=[b], lr=0.1 * 0.5, weight_decay=0.05 + 0.25)])
run("scheduled", lambda p: O.Adam(p, lr=0.1), schedule=lambda step: 1 / (step + 1))
]==]
local printed = {
  sgd = {
    0.46249999999999997, -0.9249999999999998, 2.05, 0.1375, 0.0, -2.8875, 1.0499999999999998,
    -0.2375, 0.75,
  },
  momentum = {
    0.5236299771, -0.7807944678875, 1.946608945446875, -0.09909429900859378,
    0.056065860304687506, -2.5662769135921875, 1.0115574975750001, -0.4497385919605469,
    0.7573544462085937,
  },
  nesterov = {
    0.44600048610668797, -0.740009502446396, 1.964750893661047, -0.10117818017132475,
    0.03148977087787752, -2.511390239717585, 1.034598742543896, -0.44998523684025643,
    0.7291038842157408,
  },
  adagrad = {
    0.49442434497431065, -0.9586580918270455, 2.1032532983961856, 0.09692667303359404,
    -0.05808843165575766, -2.8320293167188835, 1.103253298396186, -0.27807332696640596,
    0.6919115683442424,
  },
  adagrad_initial = {
    0.4709649700123326, -0.9125713913678817, 1.9984393518889951, 0.13751162384747084,
    0.003956145397224279, -2.83399621629924, 1.0240498241741676, -0.230290757127422,
    0.7361743627381531,
  },
  adam = {
    0.5133783893873933, -0.9956678242179109, 2.012991947608754, 0.2188847415521706,
    -0.0011451584670098488, -2.9739189304947624, 1.0129919476087543, -0.1561152584478294,
    0.7488548415329901,
  },
  adam_options = {
    0.5832233180629679, -0.8993601996032727, 2.0146148931333347, -0.05167220557494842,
    -0.017038310896918603, -2.640756657378204, 1.0683879012127038, -0.4142800379042776,
    0.7018869727402839,
  },
  adamw = {
    0.6307046558332969, -0.9514763007424252, 2.1195651011130554, -0.06166852156788454,
    -0.0113103009174792, -2.724805451517033, 1.1245551111080563, -0.4347972678197592,
    0.73494719158627,
  },
  adamw_options = {
    0.5468869309499411, -0.8426443929233772, 1.9283340891379113, -0.058295721238772594,
    -0.015591584999625364, -2.4660249610293072, 1.0244132923379115, -0.3972660200387725,
    0.6623490126003744,
  },
  clip_norm = {
    0.47099239424690426, -0.9437492717050775, 1.9707270443255998, 0.1983714587801114,
    0.00039908397028967624, -2.8798699843113904, 0.9954782912037247, -0.1673468236405917,
    0.7318356488116959,
  },
  clip_value = {
    0.5071526355755744, -1.0071526355755747, 2.0817457083189708, 0.1350175875374673,
    -0.0456011709072135, -2.892203536040278, 1.08174570831897, -0.2399824124625327,
    0.7043988290927866,
  },
  clip_both = {
    0.48777453713062957, -0.9903884012553896, 2.019999968000051, 0.22019424062763088,
    0.002031286241637135, -2.97087133604151, 1.019999968000051, -0.15480575937236912,
    0.7520312862416372,
  },
  groups = {
    0.61131563819247, -0.9123191834231589, 2.0148701425272812, -0.06463152111293322,
    -0.010283616853727437, -2.6372746747128577, 0.8305407315119527, -0.26085834754583453,
    0.6484020489779059,
  },
  scheduled = {
    0.6257726760361794, -1.0560088366518983, 2.10188567678719, 0.0811339494571417,
    -0.058856117251935805, -2.8544948635522194, 1.1018856767871898, -0.2938660505428583,
    0.6911438827480643,
  },
}

local function set_gradient(g, step, shift)
  local flat, columns = g, 0
  if g.shape[2] then
    columns = g.shape[2]
  end
  for n = 0, (columns > 0 and g.shape[1] * columns or #g) - 1 do
    local value = ((n * 7 + step * 5 + shift) % 11 - 5) / 8
    if columns > 0 then
      flat:set(math.floor(n / columns) + 1, n % columns + 1, value)
    else
      flat[n + 1] = value
    end
  end
end

local function model(dtype)
  return {
    a = { sy.array({ { 0.5, -1, 2 }, { 0.25, 0, -3 } }, dtype), sy.array.zeros(2, 3, dtype) },
    b = { sy.array({ 1, -0.125, 0.75 }, dtype), sy.array.zeros(3, dtype) },
  }
end

local function set_gradients(m, step)
  set_gradient(m.a[2], step, 0)
  set_gradient(m.b[2], step, 3)
end

local function run(m, opt, first, last)
  for step = first or 0, last or 4 do
    set_gradients(m, step)
    opt:step()
  end
end

local function numbers(m)
  local list = {}
  for _, row in ipairs(m.a[1]:totable()) do
    for _, x in ipairs(row) do
      list[#list + 1] = x
    end
  end
  for _, x in ipairs(m.b[1]:totable()) do
    list[#list + 1] = x
  end
  return list
end

local cases = {
  { "sgd", "sgd", { learning_rate = 0.1 } },
  { "momentum", "sgd", { learning_rate = 0.1, momentum = 0.9, weight_decay = 0.05 } },
  { "nesterov", "sgd",
    { learning_rate = 0.1, momentum = 0.8, nesterov = true, weight_decay = 0.05 } },
  { "adagrad", "adagrad", { learning_rate = 0.1 } },
  { "adagrad_initial", "adagrad",
    { learning_rate = 0.1, initial = 0.5, epsilon = 1e-3, weight_decay = 0.05 } },
  { "adam", "adam", { learning_rate = 0.01 } },
  { "adam_options", "adam",
    { learning_rate = 0.1, beta1 = 0.8, beta2 = 0.95, epsilon = 1e-3, weight_decay = 0.05 } },
  { "adamw", "adamw", { learning_rate = 0.1 } },
  { "adamw_options", "adamw",
    { learning_rate = 0.1, beta1 = 0.8, beta2 = 0.95, epsilon = 1e-3, weight_decay = 0.2 } },
  { "clip_norm", "sgd", { learning_rate = 0.1, weight_decay = 0.05, clip_norm = 0.5 } },
  { "clip_value", "adagrad", { learning_rate = 0.1, clip_value = 0.25 } },
  { "clip_both", "sgd", { learning_rate = 0.1, clip_value = 0.25, clip_norm = 0.5 } },
  { "groups", "adam", { learning_rate = 0.1, weight_decay = 0.05 }, { rate = 0.5, l2 = 0.25 } },
  { "scheduled", "adam",
    { learning_rate = function(step)
      return 0.1 / (step + 1)
    end } },
}

local function make(case, dtype)
  local m = model(dtype)
  for key, value in pairs(case[4] or {}) do
    m.b[key] = value
  end
  return m, sy.optimizer[case[2]](m, case[3])
end

describe("an optimizer agrees with PyTorch:", function()
  for _, case in ipairs(cases) do
    it(case[1], function()
      local m, opt = make(case)
      run(m, opt)
      for i, x in ipairs(numbers(m)) do
        local expected = printed[case[1]][i]
        local allowed = 1e-12 * math.max(1, math.abs(expected))
        assert.is_true(math.abs(x - expected) <= allowed, ("%d: %.17g"):format(i, x))
      end
    end)

    it(case[1] .. ", in f32", function()
      local m, opt = make(case, "f32")
      run(m, opt)
      for i, x in ipairs(numbers(m)) do
        local expected = printed[case[1]][i]
        local allowed = 3e-6 * math.max(1, math.abs(expected))
        assert.is_true(math.abs(x - expected) <= allowed, ("%d: %.17g"):format(i, x))
      end
    end)
  end
end)

describe("a step", function()
  it("tells its rate and the norm of all gradients before clipping", function()
    local w, g = sy.array({ 1, 1 }), sy.array({ 3, 4 })
    local other = { sy.array({ { 1 } }), sy.array({ { 12 } }) }
    local opt = sy.optimizer.sgd({ w = { w, g }, other = other }, {
      learning_rate = sy.schedule.linear(1, 0, 2), clip_norm = 1, weight_decay = 0.5,
    })
    assert.same({ rate = 1, norm = 13 }, opt:step())
    assert.same({ rate = 0.5, norm = 13 }, opt:step())
    assert.equal(2, opt.steps)
    assert.equal("optimizer: sgd, 2 steps", tostring(opt))
    local before = w:bytes()
    assert.equal(0, opt:step().rate)
    assert.equal(before, w:bytes())
  end)

  it("moves views in place, and nothing beside them", function()
    local m = sy.array({ { 1, 1 }, { 1, 1 }, { 1, 1 } })
    local opt = sy.optimizer.sgd({ w = { m:row(2), sy.array({ 1, 2 }) } }, { learning_rate = 0.5 })
    opt:step()
    assert.same({ { 1, 1 }, { 0.5, 0 }, { 1, 1 } }, m:totable())
  end)

  it("leaves what is frozen", function()
    local w = sy.array({ 1, 2 })
    local opt = sy.optimizer.adam({ w = { w, sy.array({ 1, 1 }), frozen = true } })
    assert.equal(0, opt:step().norm)
    assert.same({ 1, 2 }, w:totable())
    assert.same({}, opt:tensors())
  end)

  it("keeps alive what it moves, and is kept alive by its states", function()
    local function collect()
      collectgarbage()
      collectgarbage()
    end
    local function make_one()
      local m = model()
      set_gradients(m, 1)
      return sy.optimizer.adam(m)
    end
    local function make_state()
      local opt = make_one()
      collect()
      for _ = 1, 10 do
        sy.array.zeros(50)
        assert.is_true(opt:step().norm > 0)
      end
      return opt:tensors()["a.second"]
    end
    local state = make_state()
    collect()
    assert.is_true(state:get(1, 2) > 0)
  end)

  it("moves nothing where a gradient is not finite", function()
    for _, dtype in ipairs({ "f32", "f64" }) do
      for value, word in pairs({ [math.huge] = "infinite", [-math.huge] = "infinite" }) do
        local m, opt = make(cases[7], dtype)
        run(m, opt, 0, 2)
        local before, states = numbers(m), opt:tensors()["a.first"]:bytes()
        set_gradients(m, 3)
        m.b[2][2] = value
        local ok, message = pcall(opt.step, opt)
        assert.is_false(ok)
        assert.truthy(message:find('parameter "b": the gradient\'s number at row 1, column 2 is '
          .. word, 1, true), message)
        assert.same(before, numbers(m))
        assert.equal(states, opt:tensors()["a.first"]:bytes())
        assert.equal(3, opt.steps)
        m.a[2]:set(2, 3, 0 / 0)
        ok, message = pcall(opt.step, opt)
        assert.is_false(ok)
        assert.truthy(message:find("the gradient's number at row 2, column 3 is NaN", 1, true),
          message)
        set_gradients(m, 3) -- and it goes on
        opt:step()
      end
    end
  end)
end)

describe("a checkpoint of an optimizer", function()
  after_each(paths.clean)

  local function through_files(m, opt)
    local path = paths.temporary(".safetensors")
    local all = opt:tensors()
    all["a.weight"], all["b.weight"] = m.a[1], m.b[1]
    assert(sy.tensors.save(path, all, { optimizer = sy.json.encode(opt:state()) }))
    local tensors, metadata = sy.tensors.load(path)
    return assert(tensors, metadata), assert(sy.json.decode(metadata.optimizer))
  end

  for _, case in ipairs(cases) do
    for _, dtype in ipairs({ "f32", "f64" }) do
      it(("goes on to the same bits: %s, %s"):format(case[1], dtype), function()
        local m, opt = make(case, dtype)
        run(m, opt, 0, 2)
        local tensors, state = through_files(m, opt)
        run(m, opt, 3, 6)
        local other = make(case, dtype)
        other.a[1], other.b[1] = tensors["a.weight"], tensors["b.weight"]
        local again = sy.optimizer[case[2]](other, case[3])
        assert.equal(again, again:set_state(state, tensors))
        run(other, again, 3, 6)
        assert.equal(m.a[1]:bytes(), other.a[1]:bytes())
        assert.equal(m.b[1]:bytes(), other.b[1]:bytes())
        assert.same(opt:state(), again:state())
      end)
    end
  end

  it("has states by name, as views", function()
    local m, opt = make(cases[2])
    run(m, opt)
    local tensors = opt:tensors()
    assert.same({ 2, 3 }, tensors["a.velocity"].shape)
    assert.same({ 1, 3 }, tensors["b.velocity"].shape)
    tensors["b.velocity"]:fill(0)
    assert.equal(0, opt:tensors()["b.velocity"]:sum())
    assert.same({ kind = "sgd", steps = 5, moves = { a = 5, b = 5 } }, opt:state())
    local _, adagrad = make(cases[5])
    assert.equal(0.5, adagrad:tensors()["a.squares"]:min())
  end)

  it("is refused whole where it does not fit", function()
    local m, opt = make(cases[6])
    run(m, opt)
    local before, state = opt:state(), opt:tensors()["a.first"]:bytes()
    local function refused(part, given, tensors)
      local ok, message = pcall(opt.set_state, opt, given, tensors)
      assert.is_false(ok)
      assert.truthy(message:find(part, 1, true), message)
      assert.same(before, opt:state())
      assert.equal(state, opt:tensors()["a.first"]:bytes())
    end
    local moves = { a = 1, b = 2 }
    refused("set_state: state: expected a table", nil)
    refused('a state of "sgd", but the optimizer is adam',
      { kind = "sgd", steps = 1, moves = moves })
    refused("set_state: steps", { kind = "adam", moves = moves })
    refused("set_state: steps", { kind = "adam", steps = -1, moves = moves })
    refused("set_state: moves", { kind = "adam", steps = 1 })
    refused('moves of "b"', { kind = "adam", steps = 1, moves = { a = 1 } })
    refused('moves of "b"', { kind = "adam", steps = 1, moves = { a = 1, b = 1.5 } })
    refused('unknown option "seed"', { kind = "adam", steps = 1, moves = moves, seed = 1 })
    local good = { kind = "adam", steps = 1, moves = moves }
    refused("set_state: tensors: expected a table", good, 3)
    local tensors = opt:tensors()
    for name, view in pairs(tensors) do
      tensors[name] = sy.array.zeros(view.shape[1], view.shape[2])
    end
    tensors["b.second"] = nil
    refused('tensor "b.second": expected an array, got a nil', good, tensors)
    tensors["b.second"] = sy.array.zeros(1, 4)
    refused('tensor "b.second": expected f64, 1 x 3', good, tensors)
    tensors["b.second"] = sy.array.zeros(1, 3, "f32")
    refused('tensor "b.second": expected f64, 1 x 3', good, tensors)
  end)
end)

describe("an optimizer of a network", function()
  after_each(paths.clean)

  -- An embedding beside numbers, a hidden layer with dropout, one output.
  local function build(dtype)
    local g = sy.net.graph()
    local e = g:embedding(g:ids("item"), 9, 3, { name = "items", rate = 2, l2 = 0.1 })
    local x = g:concat({ e, g:input("features", 2) })
    local h = g:dropout(g:relu(g:dense(x, 5, { name = "hidden", l2 = 0.2 })), 0.25)
    h = g:batch_norm(h, { name = "norm" })
    g:dense(h, 1, { name = "out" })
    g:dense(h, 1, { name = "unused" })
    g:dense(h, 1, { name = "fixed", frozen = true })
    return g:build({ dtype = dtype, batch = 4, seed = 3 })
  end

  local ids = { { 1, 4, 4, 9 }, { 2, 4, 1, 1 }, { 7, 7, 7, 7 }, { 1, 2, 3, 4 } }

  -- Squared error against fixed targets.
  local function backward(net, step)
    local random = sy.random(step)
    local features, pull = sy.array.zeros(4, 2), sy.array.zeros(4, 1)
    for i = 1, 4 do
      features:set(i, 1, random:normal())
      features:set(i, 2, random:normal())
    end
    net:forward({ item = ids[step % 4 + 1], features = features }, { training = true })
    local out = net:value("out")
    for i = 1, 4 do
      pull:set(i, 1, (out:get(i, 1) - i) / 4)
    end
    net:backward({ out = pull, fixed = pull })
  end

  local function bytes_of(tensors)
    local all = {}
    for name, array in pairs(tensors) do
      all[name] = array:copy(array.dtype):bytes()
    end
    return all
  end

  local kinds = {
    sgd = { learning_rate = 0.1, momentum = 0.9, nesterov = true, weight_decay = 0.01 },
    adagrad = { learning_rate = 0.1, clip_norm = 0.5 },
    adam = { learning_rate = 0.1, clip_value = 0.2 },
    adamw = { learning_rate = 0.1, lazy = false },
  }

  for kind, options in pairs(kinds) do
    it("moves what matrices of one's own would: " .. kind, function()
      local net = build("f64")
      local mine, before = {}, bytes_of(net:tensors())
      for _, p in ipairs(net:parameters()) do
        if p.kind ~= "statistic" and not p.frozen and not p.name:find("unused", 1, true) then
          local layer = p.name:match("^[^.]+")
          mine[p.name] = {
            net:parameter(p.name):copy("f64"), sy.array.zeros(p.rows, p.columns),
            rate = layer == "items" and 2 or 1,
            l2 = layer == "items" and 0.1 or layer == "hidden" and 0.2 or 0,
          }
        end
      end
      -- Matrices are dense: rows that are not touched would move, but for lazy = false.
      local more = {}
      for key, value in pairs(options) do
        more[key] = value
      end
      more.lazy = false
      local opt, own = sy.optimizer[kind](net, more), sy.optimizer[kind](mine, options)
      for step = 1, 5 do
        backward(net, step)
        for name, pair in pairs(mine) do
          sy.vector.assign(pair[2], net:gradient(name))
        end
        local a, b = opt:step(), own:step()
        assert.is_true(math.abs(a.norm - b.norm) <= 1e-12 * a.norm)
        for name, pair in pairs(mine) do
          local apart = sy.vector.abs(sy.vector.subtract(pair[1], net:parameter(name))):max()
          assert.is_true(apart <= 1e-12, name)
        end
      end
      local after = bytes_of(net:tensors())
      for _, name in ipairs({ "unused.weight", "unused.bias", "fixed.weight", "fixed.bias" }) do
        assert.equal(before[name], after[name], name)
      end
      assert.equal(0, opt:state().moves["unused.weight"])
      assert.is_nil(opt:tensors()["norm.mean.first"])
      assert.is_nil(opt:tensors()["fixed.weight.first"])
    end)
  end

  it("moves only the rows of a table that were touched", function()
    local net = build("f32")
    local table_ = net:parameter("items.weight")
    local opt = sy.optimizer.adam(net, { learning_rate = 0.1 })
    local before = table_:copy("f32")
    backward(net, 0)
    opt:step()
    for row = 1, 9 do
      local moved = row == 1 or row == 4 or row == 9
      assert.equal(moved, before:row(row) ~= table_:row(row), row)
    end
    assert.equal(0, opt:tensors()["items.weight.first"]:row(2):sum())
  end)

  for kind, options in pairs(kinds) do
    it("goes on from a file to the same bits: " .. kind, function()
      local net = build("f32")
      local opt = sy.optimizer[kind](net, options)
      for step = 1, 4 do
        backward(net, step)
        opt:step()
      end
      local path = paths.temporary(".safetensors")
      local all = net:tensors()
      for name, array in pairs(opt:tensors()) do
        all[name] = array
      end
      local states = { net = net:state(), optimizer = opt:state() }
      assert(sy.tensors.save(path, all, { states = sy.json.encode(states) }))
      local tensors, metadata = sy.tensors.load(path)
      states = sy.json.decode(metadata.states)
      local again = build("f32")
      for name, view in pairs(again:tensors()) do
        sy.vector.assign(view, tensors[name])
      end
      again:set_state(states.net)
      local next_opt = sy.optimizer[kind](again, options):set_state(states.optimizer, tensors)
      for step = 5, 8 do
        backward(net, step)
        backward(again, step)
        assert.same(opt:step(), next_opt:step())
      end
      assert.same(bytes_of(net:tensors()), bytes_of(again:tensors()))
      assert.same(bytes_of(opt:tensors()), bytes_of(next_opt:tensors()))
    end)
  end

  it("keeps the network alive", function()
    local opt = sy.optimizer.adam(build("f32"))
    collectgarbage()
    collectgarbage()
    assert.equal(0, opt:step().norm) -- nothing has a gradient yet
  end)
end)

describe("an optimizer that makes no sense is an error:", function()
  local function raises(part, kind, ...)
    local given = { n = select("#", ...), ... }
    local ok, message = pcall(function()
      sy.optimizer[kind](given[1], given[2])
    end)
    assert.is_false(ok)
    assert.truthy(message:find(part, 1, true), message)
    assert.truthy(message:find("optimizer_spec.lua", 1, true), message)
  end
  local x, g = sy.array({ 1, 2 }), sy.array({ 1, 2 })

  it("options", function()
    local good = { w = { x, g } }
    raises('optimizer.adam: unknown option "beta_1" (did you mean "beta1"?)', "adam", good,
      { beta_1 = 1 })
    raises('unknown option "momentum"', "adam", good, { momentum = 0.9 })
    raises('option "learning_rate": expected a number or a function', "sgd", good,
      { learning_rate = "fast" })
    raises("beta1: expected a number from 0 up, below 1, got 1", "adam", good, { beta1 = 1 })
    raises("nesterov: needs a momentum", "sgd", good, { nesterov = true })
    raises("epsilon: expected a number above 0", "adagrad", good, { epsilon = 0 })
  end)

  it("parameters", function()
    raises("optimizer.sgd: parameters: expected a network or", "sgd", nil)
    raises("optimizer.sgd: parameters: expected a network or", "sgd", {})
    raises("parameters: expected names as keys, got 1", "sgd", { { x, g } })
    raises('parameter "w": expected {parameter, gradient}, got an array', "sgd", { w = x })
    raises('parameter "w": the gradient: expected an array, got nil', "sgd", { w = { x } })
    raises('parameter "w": unknown option "decay"', "sgd", { w = { x, g, decay = 1 } })
    raises('parameter "w": its gradient has another shape', "sgd", { w = { x, sy.array(3) } })
    raises('"w": all parameters and gradients must be of one type', "sgd",
      { w = { x, sy.array(2, "f32") } })
    raises('"w": its matrix is no array of f32 or f64', "sgd", { w = { sy.array(2, "i32"), g } })
    raises('"w": its matrix is a view with gaps', "sgd",
      { w = { sy.array({ { 1, 2 }, { 3, 4 } }):column(1), g } })
    raises('"w": it cannot be its own gradient', "sgd", { w = { x, x } })
    raises('"w": l2: expected a number from 0 up', "sgd", { w = { x, g, l2 = -1 } })
  end)

  it("learning rates of a schedule", function()
    for _, rate in ipairs({ -1, 0 / 0, math.huge, "1" }) do
      local opt = sy.optimizer.sgd({ w = { x, g } }, {
        learning_rate = function()
          return rate
        end,
      })
      local ok, message = pcall(opt.step, opt)
      assert.is_false(ok)
      assert.truthy(message:find("optimizer.sgd: learning_rate of step 0", 1, true), message)
      assert.equal(0, opt.steps)
    end
  end)
end)
