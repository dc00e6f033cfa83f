-- Misuse: the functions of the module and of the core below it, called again and again with
-- arguments that they did not expect, on objects that were changed behind their backs. An error is
-- fine, a wrong answer is another spec's matter; what may never happen is a crash. Most is found
-- under the sanitizers (scripts/test --long); for more rounds, STEELYARD_MISUSE="ROUNDS [SEED]".

local sy = require "steelyard"
local core = require "steelyard.core"
local paths = require "spec.support.paths"

local has_nlopt, nlopt = pcall(require, "steelyard.nlopt")
local huge, nan = math.huge, 0 / 0
local unpack = table.unpack or unpack -- luacheck: ignore

local rounds, seed = (os.getenv("STEELYARD_MISUSE") or ""):match("^(%d+) *(%d*)")
rounds, seed = tonumber(rounds) or 6000, tonumber(seed) or 1

local random = core.random(seed)
local function below(n)
  return random:below(n)
end
local function one_of(list)
  return list[below(#list)]
end

-- --------------------------------------------------------------------------------- arguments --

-- Sizes are small or too large for any machine: those between would be made, and take their time.
local numbers = {
  0, 1, 2, 3, 4, 5, 7, 8, 10, 40, 64, 100, -1, -2, 0.5, -0.0, 1e-310, 1e300, -1e300, 3.5e38,
  2 ^ 53, 2 ^ 62, -2 ^ 63,
  2 ^ 63, 2 ^ 64, huge, -huge, nan, math.maxinteger or 2 ^ 63, math.mininteger or 0,
}
local texts = {
  "", "f32", "f64", "i32", "i64", "linear", "exponential", "input", "average", "best", "worst",
  "name", "skip", "zero", "one", "standard", "seed", "avx2", "avx512", "baseline", "all", "csv",
  "jsonl",
  "p_like", "a\0b", "{\"weights\": {\"a\": 1, \"b\": -2}}", "[1, [2, {}], null]", ("x"):rep(300),
  ("["):rep(600), "%s%n%d", "\255\254", ("0"):rep(64), "2", "nan", "1e400",
}
local dtypes = { "f32", "f64", "i32", "i64" }

local pool -- objects made so far, by kind; filled below, changed by the calls
local anything

local function number()
  return below(3) == 1 and one_of(numbers) or below(12) - 1
end

local function keep(kind, value)
  local list = pool[kind]
  if #list < 24 then
    list[#list + 1] = value
  else
    list[below(24)] = value
  end
  return value
end

local function list_of(make, most)
  local list = {}
  for i = 1, below((most or 6) + 1) - 1 do
    list[i] = make()
  end
  return list
end

-- Most arguments of one call are of this many rows: other lengths are seen through at once.
local lengths, rows = { 0, 1, 2, 3, 5, 8, 40, 65, 200 }, 0
local function length()
  return below(12) == 1 and one_of(lengths) or rows
end

local function new_array(dtype)
  local n, kind = length(), below(3)
  local made = core.array(n, dtype or one_of(dtypes))
  local real = made.dtype == "f32" or made.dtype == "f64"
  for i = 1, n do
    made[i] = kind == 1 and i - 1 or kind == 2 and below(5) or real and random:normal() or 0
  end
  return keep("array", made)
end

local function array(dtype)
  local found = below(3) == 1 and one_of(pool.array) or new_array(dtype)
  if below(8) == 1 then -- change some behind the backs of those who hold them
    pcall(found.set, found, number(), number(), number())
    local other = one_of(pool.array)
    pcall(other.set, other, number(), number())
  end
  return found
end

local function matrix()
  local made = core.array.zeros(below(5) - 1, below(5) - 1, one_of(dtypes))
  local ok, view = pcall(made.column, made, below(3))
  if ok and below(2) == 1 then
    made = view
  end
  return keep("array", made)
end

local function text()
  return one_of(texts)
end
local function numbers_list()
  return list_of(number, 8)
end
local function texts_list()
  return list_of(text)
end
local function of_kind(kind)
  return function()
    return one_of(pool[kind])
  end
end

local function vector()
  return below(8) == 1 and numbers_list() or array()
end
local function columns()
  local dtype, list = below(6) == 1 and one_of(dtypes) or dtypes[below(2)], {}
  for i = 1, below(4) do
    list[i] = array(below(9) > 1 and dtype or nil)
  end
  return list
end
local function offsets()
  if below(6) == 1 then
    return vector()
  end
  local list, last = { 0 }, length()
  while list[#list] < last do
    list[#list + 1] = math.min(last, list[#list] + below(last + 1) - 1)
  end
  return keep("array", core.array(list, "i64"))
end

local option_names = {
  "k", "gain", "ties", "empty", "names", "groups", "profile", "dtype", "format", "missing", "fill",
  "columns", "name", "kind", "indent", "initial", "lower", "upper", "linear", "total", "objective",
  "algorithm", "weights", "threads", "predictions", "labels", "group", "rows", "target", "method",
}
local function options()
  local made = {}
  for _ = 1, below(4) - 1 do
    made[one_of(option_names)] = anything()
  end
  if below(6) == 1 then -- values made up as they are asked for, and not held by anybody
    setmetatable(made, {
      __index = function(_, key)
        collectgarbage("step", 100)
        return (key == "name" and "label" or tostring(key)) .. below(3)
      end,
    })
  end
  return made
end

-- Not "cobyla": NLopt's never comes back from some of these numbers.
local algorithms = { "slsqp", "lbfgs", "mma", "bobyqa", "nelder-mead", "subplex", "isres" }
local function problem()
  local n = below(4)
  local function some_numbers()
    local list = {}
    for i = 1, below(20) > 1 and n or below(6) do
      list[i] = below(4) == 1 and number() or random:normal()
    end
    return list
  end
  return {
    algorithm = one_of(algorithms),
    initial = some_numbers(),
    lower = below(2) == 1 and some_numbers() or nil,
    upper = below(2) == 1 and some_numbers() or nil,
    linear = below(3) == 1 and some_numbers() or nil,
    total = below(3) == 1 and number() or nil,
    max_evaluations = below(8) == 1 and number() or below(30),
    seed = below(8) == 1 and number() or nil,
    objective = function(x)
      local value = below(40) == 1 and anything() or below(9) == 1 and number() or random:normal()
      return value, below(40) == 1 and anything() or x
    end,
  }
end

local function column_name()
  return one_of({ "name", "label0", "label1", "label2" })
end

local function a_path()
  return below(2) == 1 and one_of(pool.files) or one_of({ "/nowhere/at.all", "/", "", "." })
end

local makers = {
  number, number, text, array, array, vector, numbers_list, texts_list, columns, offsets, matrix,
  options, a_path, of_kind("model"), of_kind("table"), of_kind("work"), of_kind("objective"),
  of_kind("names"), of_kind("data"), of_kind("groups"), of_kind("random"),
  function() return nil end,
  function() return below(2) == 1 end,
  function() return one_of({ type, error, coroutine.yield, core.array, io.stdout }) end,
  function() return one_of({ core.json_null, core.json_array }) end,
  function() return list_of(anything, 3) end,
}
function anything()
  return one_of(makers)()
end

-- ----------------------------------------------------------------------------------- targets --

local gains_or_nil = function()
  return below(2) == 1 and columns() or nil
end
local some = function(...)
  local choices = { ... }
  return function()
    return one_of(choices)
  end
end
local rule = {
  some(0, 1, 2, 10, huge, 2 ^ 53), some("linear", "exponential"),
  some("input", "average", "best", "worst", "name"), some("skip", "zero", "one"), array,
}

local function trec_rows()
  local made = { topics = texts_list(), documents = texts_list() }
  made[one_of({ "scores", "grades" })] = numbers_list()
  made.groups = below(3) == 1 and anything() or nil
  return made
end

local expressions = some("ndcg@3", "map(ties=average)", "rbp(p=0.5)@2", "infap(ties=worst)", "err",
  "rbo(ties=average)", "kendall_tau", "dcg(gain=table)", "auc", "r_ndcg(ties=best)", "ndgc")
local function expression_list()
  return list_of(expressions, 8)
end
local function numbers_of(dtype)
  return function()
    return below(3) > 1 and array(dtype) or nil
  end
end
-- Of a log: offsets for the core, options for the module.
local function shape()
  return below(2) == 1 and offsets() or {
    metrics = expression_list(), judged = numbers_of("i32")(), retrieved = numbers_of("i64")(),
    weights = numbers_of("f64")(), k = number(), range = below(2) == 1,
    [one_of(option_names)] = text(),
  }
end

-- What the functions with many arguments expect, so that calls get past the first check.
local expected = {
  rank = { vector, offsets, number, array, of_kind("work") },
  ndcg = { vector, vector, offsets, of_kind("work"), unpack(rule) },
  measure = {
    vector, vector, shape, of_kind("work"), of_kind("metrics"), numbers_of("i32"),
    numbers_of("i64"), numbers_of("i32"), numbers_of("f64"), some(0, 0, 1, 3), some(false, true),
    numbers_of("f64"), numbers_of("f64"), some(true, false), some(true, false),
  },
  metric_parse = { expression_list, function() return {} end, some("nil", nil) },
  metric_kind = { of_kind("metrics"), number },
  metric_set_ties = { of_kind("metrics"), text },
  metric_slices = {
    of_kind("metrics"), some(1, 2, 3), array, numbers_of("f64"), numbers_of("i32"), number,
  },
  objective = {
    columns, gains_or_nil, offsets, of_kind("work"), some("standard", "seed"), unpack(rule),
  },
  gaps = { numbers_list, numbers_list },
  regrets = { numbers_list, numbers_list },
  counted = { numbers_list, some(true, false) },
  smooth_gaps = { numbers_list, number, number },
  smooth_regrets = { numbers_list, number, number },
  table_read = { a_path, options },
  file_write = { a_path, text },
  save = { a_path },
  load = { a_path },
  value_model_load = { a_path },
  score = { vector, columns },
  work = { number, number },
  work_cpu = { of_kind("work"), text },
  random = { number },
  group_rows = { vector }, group_labels = { vector }, group_combine = { vector, vector, number },
  group_offsets = { vector }, group_sizes = { offsets }, group_select = { offsets, vector },
  from_bytes = { text, some("f32", "f64", "i32", "i64") },
  value_model_new = { texts_list, numbers_list },
  names = { texts_list }, sort_texts = { texts_list },
  pair_units = { vector, vector, vector, offsets }, t_test = { vector, vector },
  wilcoxon = { vector, vector, some("drop", "pratt"), some(true, false) },
  randomisation = { vector, vector, some(1, 64, 100), number },
  bootstrap = { vector, vector, some("bca", "percentile"), some(0.5, 0.9), some(1, 50), number },
  adjust = { vector, some("bonferroni", "holm", "hochberg", "bh", "by") },
  minimize = { problem },
  kind = { column_name }, take = { column_name },
  trec_read = { a_path, a_path, some(true, false) },
  trec_write_run = { a_path, of_kind("names"), offsets, of_kind("names"), vector, text },
  trec_write_qrels = { a_path, of_kind("names"), offsets, of_kind("names"), vector },
  write_run = { a_path, trec_rows }, write_qrels = { a_path, trec_rows },
}
-- These get no path but ours.
local writes = {
  file_write = true, save = true, write_run = true, write_qrels = true,
  trec_write_run = true, trec_write_qrels = true,
}
local passed_over = { library = true } -- where errors are reported: for the whole state

local targets = {} -- { name, call, self }: self is what kind of object comes first

local function add(name, call, self)
  if not passed_over[name] then
    targets[#targets + 1] = { name = name, call = call, self = self }
  end
end

-- In the order of their names, as a seed's run must have one; pairs has none.
local function add_functions(functions, self)
  local names = {}
  for name, value in pairs(functions) do
    if type(value) == "function" then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    add(name, functions[name], self)
  end
end

local function add_type(object, kind, methods)
  for _, name in ipairs(methods or {}) do
    add(name, object[name], kind)
  end
  add_functions(getmetatable(object), kind)
  local index = getmetatable(object).__index
  if type(index) == "table" then
    add_functions(index, kind)
  end
end

local function new_objective()
  rows = one_of(lengths)
  return pcall(core.objective, columns(), gains_or_nil(), offsets(), one_of(pool.work),
    below(4) == 1 and "seed" or "standard", below(12) - 1)
end

local function fill_pool()
  pool = { array = { core.array(3) }, work = {}, objective = {} }
  local model = assert(core.value_model_parse('{"weights": {"a": 1, "b": -2}}'))
  local csv = paths.write(paths.temporary(".csv"), "name,label0,label1\nx,1,2\ny,3,4\nx,,5\n")
  local npy = paths.temporary(".npy")
  local read = assert(core.table_read(csv, { missing = "keep" }))
  local names = read:names("name")
  local data = assert(sy.dataset.read(paths.root .. "/spec/oom/data/requests.csv", {
    group = "request_id", predictions = { "p_click", "p_like" },
  }))
  assert(core.array({ 1, 2, 3 }):save(npy))
  pool.files = { csv, npy, paths.temporary(".json") }
  pool.model, pool.table, pool.names = { model }, { read }, { names }
  pool.metrics = { core.metric_parse({ "ndcg@3", "map(ties=best)", "rbo(ties=average)" }, {}) }
  pool.data, pool.groups, pool.random = { data }, { data.groups }, { core.random(1) }
  pool.value_model = { assert(sy.value_model.parse('{"weights": {"p_click": 1, "p_like": 2}}')) }
  for i = 1, 4 do
    pool.work[i] = core.work(200, i)
  end
  while #pool.objective < 4 do
    local ok, objective = new_objective()
    if ok then
      keep("objective", objective)
    end
  end

  targets = {}
  add_functions(core)
  add_functions(core.array)
  add("array", core.array)
  local parts = {
    sy.metrics, sy.groups, sy.schedule, sy.dataset, sy.value_model, sy.json, sy.trec,
  }
  for _, part in ipairs(parts) do
    add_functions(part)
  end
  if has_nlopt then
    add_functions(nlopt)
  end
  add_type(pool.array[1], "array", { "get", "set", "row", "column", "slice", "totable", "copy",
    "fill", "gather", "bytes", "sum", "mean", "min", "max", "save" })
  add_type(names, "names", { "find", "totable", "ranks" })
  for _, kind in ipairs({ "model", "table", "data", "groups", "random", "work", "objective",
    "value_model" }) do
    add_type(pool[kind][1], kind)
  end
end

-- ------------------------------------------------------------------------------------- calls --

local function arguments(target)
  local list, n = {}, below(7) - 1
  rows = one_of(lengths)
  local wanted = below(4) > 1 and expected[target.name]
  local first = 0
  if target.self and below(10) > 1 then
    first = 1
    list[1] = one_of(pool[target.self])
  end
  for i = first + 1, math.max(first + n, wanted and first + #wanted or 0) do
    local make = wanted and wanted[i - first]
    list[i] = make and below(20) > 1 and make() or anything()
    n = i
  end
  if writes[target.name] then
    for i = 1, n do
      list[i] = type(list[i]) == "string" and pool.files[3] or list[i]
    end
  end
  return list, math.max(n, first)
end

-- Some answers are worth more calls.
local made_by = {
  objective = "objective", work = "work", table_read = "table", random = "random",
  value_model_parse = "model", value_model_load = "model", value_model_new = "model",
  metric_parse = "metrics",
  names = "names", read = "data", of = "groups", from_sizes = "groups", parse = "value_model",
}
local function take(target, value)
  local kind = made_by[target.name]
  if core.array.is(value) then
    keep("array", value)
  elseif kind and (type(value) == "userdata" or type(value) == "table") then
    keep(kind, value)
  end
end

-- Loops over absurd sizes end here; the hook does not reach C code, which must not have any.
local function within_time(f, ...)
  debug.sethook(function()
    error("it takes too long")
  end, "", 1000000)
  local results = { pcall(f, ...) }
  debug.sethook()
  return results
end

describe("misuse", function()
  setup(fill_pool)
  teardown(function()
    pool, targets = nil, nil
    paths.clean()
    collectgarbage()
  end)

  it("ends in an answer or an error, never in a crash", function()
    local answered, refused = 0, 0
    for _ = 1, rounds do
      local target = one_of(targets)
      local list, n = arguments(target)
      local results = within_time(target.call, unpack(list, 1, n))
      if results[1] then
        answered = answered + 1
        for i = 2, 5 do
          take(target, results[i])
        end
      else
        refused = refused + 1
        assert.not_nil(results[2])
      end
      if below(50) == 1 then
        collectgarbage()
      end
    end
    assert.is_true(answered > rounds / 20 and refused > rounds / 20,
      answered .. " answered, " .. refused .. " refused")
  end)

  it("keeps what an objective was made of from changing", function()
    local column, offsets_given = core.array({ 3, 1, 2, 5 }), core.array({ 0, 2, 4 }, "i64")
    local objective = core.objective({ column, column }, nil, offsets_given, core.work(4), nil, 0)
    objective:remember()
    objective:cache_ideals()
    local before = objective:regrets({ 1, 1 })
    offsets_given[2], offsets_given[3] = 4, 2 ^ 40
    column, offsets_given = nil, nil -- luacheck: ignore
    collectgarbage()
    assert.same(before, objective:regrets({ 1, 1 }))
    assert.has_error(function()
      objective:regrets({ 1 })
    end)
    assert.same(before, objective:regrets({ 1, 1 }, {}))
  end)

  it("refuses results that are no numbers", function()
    local large = core.array({ 1e308, 1e308, 1e308 })
    local objective = core.objective({ large, large }, nil, nil, core.work(3))
    local function fails(method, ...)
      local ok, message = pcall(objective[method], objective, ...)
      assert.is_false(ok)
      assert.matches("too large", message)
    end
    fails("gaps", { 1, 1 })
    fails("regrets", { 1, 1 })
    fails("cache_ideals")
    fails("smooth_gaps", { 1, 1 }, 1, 1)
    assert.has_error(function()
      objective:gaps({ 1, nan })
    end)
  end)

  it("does not overflow", function()
    local ends = core.array({ 0, 1 }, "i64")
    ends[2] = math.maxinteger or 2 ^ 62
    for _, call in ipairs({
      function() return core.group_sizes({ -2 ^ 63, 9 }) end,
      function() return core.group_select(ends, { 1, 1, 1 }) end,
      function() return core.group_offsets({ 2 ^ 62, 2 ^ 62 }) end,
      function() return core.work(2 ^ 31 - 1, 4096) end,
      function() return core.work(2 ^ 31) end,
      function() return core.work(2 ^ 62, 4096) end,
      function() return core.array.zeros(2 ^ 40, 2 ^ 40) end,
    }) do
      assert.is_false((pcall(call)))
    end
  end)

  it("holds on to names that are made up on the way", function()
    local function made_up(letter)
      return setmetatable({}, {
        __index = function(_, key)
          collectgarbage()
          return key == "name" and letter:rep(100) or nil
        end,
      })
    end
    local path = paths.temporary(".csv")
    paths.write(path, ("a"):rep(100) .. "," .. ("b"):rep(100) .. "\n1,2\n")
    local read = assert(core.table_read(path, { columns = { made_up("b"), made_up("a") } }))
    assert.same({ ("b"):rep(100), ("a"):rep(100) }, read:columns())
  end)

  it("takes no name with a zero byte for another", function()
    assert.has_error(function()
      core.value_model_new({ "a\0b" }, { 1 })
    end)
  end)

  if has_nlopt then
    it("gives NLopt numbers alone", function()
      local bad = { initial = { nan }, lower = { nan }, max_evaluations = 0, seed = 0.5 }
      for field, value in pairs(bad) do
        local made = { initial = { 1 }, objective = function(x) return 1, x end }
        made[field] = value
        assert.is_false((pcall(nlopt.minimize, made)))
        made[field] = field == "initial" and { 1 } or nil
        assert.is_true((pcall(nlopt.minimize, made)))
        made.objective = function(x) return nan, x end
        assert.is_false((pcall(nlopt.minimize, made)))
      end
    end)
  end
end)
