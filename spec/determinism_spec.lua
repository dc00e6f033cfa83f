-- The same bits for every number of threads and every instruction set.
local core = require("steelyard.core")
local paths = require("spec.support.paths")
local sy = require("steelyard")

local function make_log(dtype)
  local random = sy.random(77)
  local log = { scores = {}, gains = {}, groups = {}, predictions = { a = {}, b = {}, c = {} } }
  for request = 1, 120 do
    for _ = 1, random:below(90) - 1 do
      table.insert(log.groups, request)
      table.insert(log.scores, random:below(50) / 7)
      table.insert(log.gains, random:below(3) == 1 and random:uniform() or 0)
      for _, task in ipairs({ "a", "b", "c" }) do
        table.insert(log.predictions[task], random:uniform() ^ 2)
      end
    end
  end
  log.scores = sy.array(log.scores, dtype)
  log.data = sy.dataset.new({ predictions = log.predictions, groups = log.groups, dtype = dtype })
  return log
end

-- Every bit of a result, as text that tells any two doubles apart.
local function bits(value)
  if type(value) == "number" then
    return ("%.17g"):format(value)
  elseif core.array.is(value) then
    return bits(value:totable())
  elseif type(value) == "table" and #value > 0 then
    local parts = {}
    for i = 1, #value do
      parts[i] = bits(value[i])
    end
    return "{" .. table.concat(parts, ",") .. "}"
  elseif type(value) == "table" then
    local keys, parts = {}, {}
    for key in pairs(value) do
      keys[#keys + 1] = key
    end
    table.sort(keys)
    for i, key in ipairs(keys) do
      parts[i] = key .. "=" .. bits(value[key])
    end
    return "{" .. table.concat(parts, ",") .. "}"
  end
  return tostring(value)
end

local function all_of(log)
  local out = {}
  for _, ties in ipairs({ "input", "average", "best", "worst" }) do
    for _, k in ipairs({ 0, 10 }) do
      local o = { groups = log.groups, ties = ties, k = k }
      out[#out + 1] = { sy.ndcg(log.scores, log.gains, o) }
    end
  end
  out[#out + 1] = { sy.rank(log.scores, { groups = log.groups, k = 7 }) }
  out[#out + 1] = { sy.rank(log.scores) }
  out[#out + 1] = { sy.ndcg(log.scores, log.gains, { k = 100 }) }
  local target = { a = 0.5, b = 0.3, c = 0.2 }
  for _, method in ipairs({ "auto", "slsqp", "multiplicative" }) do
    out[#out + 1] = sy.tune.ndcg_gap(log.data, { target = target, method = method, k = 10,
      holdout = 0.2, max_iterations = 50 })
  end
  out[#out + 1] = sy.tune.regret(log.data, { importance = target, max_iterations = 50, k = 10,
    max_evaluations = 60, regularization = { strength = 0.1 } })
  return bits(out)
end

describe("the same bits", function()
  for _, dtype in ipairs({ "f32", "f64" }) do
    it("for 1, 2 and 3 threads, " .. dtype, function()
      local log, before = make_log(dtype), sy.threads()
      local wanted
      for _, threads in ipairs({ 1, 2, 3 }) do
        sy.threads(threads)
        local got = all_of(log)
        wanted = wanted or got
        assert.equal(wanted, got)
      end
      sy.threads(before)
      assert(#wanted > 10000)
    end)

    local function every_metric()
      local names = {}
      for i, kind in ipairs(core.metric_kinds()) do
        names[i] = kind.name
      end
      return names
    end

    it("for every instruction set of this machine, " .. dtype, function()
      local log, wanted, seen = make_log(dtype), {}, 0
      local groups = sy.groups.of(log.groups)
      local names = core.array.zeros(#log.scores, "i32")
      for i = 1, #names do
        names[i] = i * 7919 % 101
      end
      for _, cpu in ipairs(sy.cpu()) do
        for threads = 1, 3 do
          local work = core.work(groups.longest, threads)
          assert.equal(cpu, core.work_cpu(work, cpu))
          seen = seen + 1
          local got, columns = {}, {}
          for _, ties in ipairs({ "input", "average", "best", "worst", "name" }) do
            -- Means over orders are sampled for some metrics, which takes its time.
            local averaged = ties == "average"
            for _, k in ipairs(averaged and { 10 } or { 0, 1, 10, 40 }) do
              for _, gain in ipairs(averaged and { "linear" } or { "linear", "exponential" }) do
                local metrics = core.metric_parse(every_metric(), { k = k, gain = gain, ties = ties,
                  empty = "zero", relevance = 0.3 })
                local means, each = core.measure(log.scores, log.gains, groups.offsets, work,
                  metrics, names, nil, nil, nil, 0, false, nil, nil, true)
                for m, mean in ipairs(means) do
                  got[#got + 1] = { mean.value, each[m] }
                end
              end
            end
          end
          got[#got + 1] = { core.rank(log.scores, groups.offsets, 10, nil, work) }
          for t, task in ipairs(log.data.tasks) do
            columns[t] = log.data:prediction(task)
          end
          for _, semantics in ipairs({ "standard", "seed" }) do
            local o = core.objective(columns, nil, log.data.groups.offsets, work, semantics, 10,
              "linear", "input", "skip", nil)
            o:cache_ideals()
            local weights = { 0.2, 0.5, -0.3 }
            got[#got + 1] = { o:gaps(weights), o:regrets(weights) }
            got[#got + 1] = { { o:smooth_gaps(weights, 0.1, 0.5) },
              { o:smooth_regrets(weights, 0.1, 0.5) } }
          end
          local text = bits(got)
          wanted[1] = wanted[1] or text
          assert(wanted[1] == text, cpu .. " with " .. threads .. " threads")
        end
      end
      assert(seen >= 3 and #wanted[1] > 10000)
    end)
  end

  it("even for a weight that is infinite as f32", function()
    local scores = { columns = { sy.array({ 1, 2, 3 }, "f32") }, weights = { 1e300 } }
    for _, cpu in ipairs(sy.cpu()) do
      local work = core.work(3, 1)
      core.work_cpu(work, cpu)
      local means = core.measure(scores, sy.array({ 1, 0, 0 }), nil, work,
        core.metric_parse({ "ndcg" }, {}))
      assert.equal(1, means[1].value, cpu)
    end
  end)

  it("for the same seed, in two states of Lua", function()
    local script = [[
      local sy = require("steelyard")
      local random, p, q = sy.random(3), {}, {}
      for i = 1, 400 do p[i], q[i] = random:uniform(), random:normal() ^ 2 end
      local ids = {}
      for i = 1, 400 do ids[i] = i % 20 end
      local data = sy.dataset.new({ predictions = { p = p, q = q }, groups = ids })
      local r = sy.tune.ndcg_gap(data, { target = { p = 0.6, q = 0.4 }, holdout = 0.25, seed = 8 })
      return ("%.17g %.17g %.17g"):format(r.weights.p, r.holdout.values.p, r.residual)
    ]]
    local here = assert((loadstring or load)(script))()
    local file = paths.write(paths.temporary(".lua"), "package.path, package.cpath = ...\n"
      .. "print((function() " .. script .. " end)())")
    local interpreter = arg and arg[-1] or "lua5.4"
    local command = ("%s %s '%s' '%s'"):format(interpreter, file, package.path, package.cpath)
    local pipe = assert(io.popen(command))
    local there = pipe:read("*a")
    pipe:close()
    paths.clean()
    assert.equal(here .. "\n", there)
  end)

  it("refuses an instruction set that is not there", function()
    local ok, message = pcall(core.work_cpu, core.work(4, 1), "abacus")
    assert.is_false(ok)
    assert.truthy(message:match('cpu: this build or machine has no "abacus"'))
    assert.equal("baseline", sy.cpu()[#sy.cpu()])
  end)
end)
