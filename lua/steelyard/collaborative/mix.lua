-- Mixtures of recommenders: the weighted sum of their scores. EASE and a network together are
-- better than either where their mistakes differ.
--
--   local both = sy.collaborative.mix({ ease, network }, { weights = { 1, 0.1 } })
--   local best, report = sy.collaborative.mix.tune({ ease, network }, held.fold_in, held.held_out)

local core = require("steelyard.core")
local model = require("steelyard.collaborative.model")
local options = require("steelyard.options")
local vector = require("steelyard.vector")

-- out = the weighted sum of the parts' scores.
local function add_up(parts, weights, histories, out)
  out:fill(0)
  for i, part in ipairs(parts) do
    if weights[i] ~= 0 then
      vector.accumulate(out, part:scores(histories), weights[i])
    end
  end
  return out
end

model.define("mix", {
  scores = function(self, histories)
    local out = model.buffer(self, #histories.offsets - 1, self.items)
    return add_up(self.parts, self.weights, histories, out)
  end,
  cost = function(self, rows, entries)
    local sum = 0
    for _, part in ipairs(self.parts) do
      sum = sum + rows * self.items + model.cost(part, rows, entries)
    end
    return sum
  end,
  tensors = function(self)
    local all = {}
    for i, part in ipairs(self.parts) do
      local _, _, arrays = model.parts(part)
      for name, array in pairs(arrays) do
        all[i .. "/" .. name] = array
      end
    end
    return all
  end,
  about = function(self)
    local list = {}
    for i, part in ipairs(self.parts) do
      local kind, about = model.parts(part)
      list[i] = { kind = kind, about = about, weight = self.weights[i] }
    end
    return { parts = list }
  end,
  rebuild = function(about, tensors, base)
    local parts, weights = {}, {}
    for i, kept in ipairs(about.parts or {}) do
      local own, prefix = {}, i .. "/"
      for name, array in pairs(tensors) do
        if name:sub(1, #prefix) == prefix then
          own[name:sub(#prefix + 1)] = array
        end
      end
      parts[i] = model.rebuild(kept.kind, kept.about or {}, own, base)
      weights[i] = type(kept.weight) == "number" and kept.weight
        or options.fail("part %d has no weight", i)
    end
    return { parts = parts, weights = weights }
  end,
})

-- ---------------------------------------------------------------------------------- making --

local mix_options = { weights = { type = "list" } }

local function check_models(where, models)
  options.need(type(models) == "table" and #models > 0, where, "a list of models", models)
  for i, one in ipairs(models) do
    options.need(model.is(one), ("%s: models[%d]"):format(where, i), "a model", one)
    if one.items ~= models[1].items then
      options.fail("%s: models[%d] is of %d items, the first of %d", where, i, one.items,
        models[1].items)
    end
  end
end

local function make(models, weights)
  local parts = {}
  for i, one in ipairs(models) do
    parts[i] = one
  end
  return model.new("mix", {
    items = models[1].items, item_names = models[1].item_names, parts = parts, weights = weights,
  })
end

--- A model whose scores are the weighted sum of other models' scores.
-- @param models a list of models of the same items
-- @param given see options
-- @return a model
local function mix(models, given)
  check_models("mix", models)
  local o = options.check("mix", given, mix_options)
  local weights = {}
  if o.weights and #o.weights ~= #models then
    options.fail("mix: option \"weights\": %d numbers for %d models", #o.weights, #models)
  end
  for i = 1, #models do
    local weight = o.weights and o.weights[i] or 1
    options.need(type(weight) == "number" and weight - weight == 0,
      ("mix: weights[%d]"):format(i), "a finite number", weight)
    weights[i] = weight
  end
  return make(models, weights)
end

-- ---------------------------------------------------------------------------------- tuning --

local tune_options = {
  metric = { type = "string", default = "ndcg@100" },
  steps = { type = "integer", default = 10 },
  rounds = { type = "integer", default = 2 },
  batch = { type = "integer", default = 500 },
  progress = { type = "function" },
}

-- The deviation of a model's scores, so that shares of models mean alike.
local function scale_of(one, histories)
  local scores = one:scores(histories)
  local mean, sum, rows = 0, 0, scores.shape[1]
  for i = 1, rows do
    mean = mean + scores:row(i):mean() / rows
  end
  for i = 1, rows do
    local away = vector.subtract(scores:row(i), mean)
    sum = sum + vector.dot(away, away) / one.items / rows
  end
  return sum > 0 and math.sqrt(sum) or 1
end

-- The mean of the metric for each of many lists of weights, in one pass over the histories.
local function judge(job, candidates)
  local measure = require("steelyard.collaborative.measure")
  local totals = {}
  for from = 1, job.rows, job.batch do
    local to = math.min(from + job.batch - 1, job.rows)
    local seen, hidden = model.rows(job.seen, from, to), model.rows(job.hidden, from, to)
    local scores = {}
    for i, one in ipairs(job.models) do
      scores[i] = one:scores(seen)
    end
    local sum = core.array.zeros(to - from + 1, job.models[1].items, "f32")
    for c, shares in ipairs(candidates) do
      sum:fill(0)
      for i, share in ipairs(shares) do
        if share ~= 0 then
          vector.accumulate(sum, scores[i], share / job.scales[i])
        end
      end
      local values = measure(sum, hidden, { seen = seen, metrics = { job.metric } })
      totals[c] = (totals[c] or 0) + values[job.metric]:sum()
    end
  end
  for c in ipairs(candidates) do
    totals[c] = totals[c] / job.rows
  end
  return totals
end

-- From shares towards model i alone: (1 - t) shares + t.
local function towards(shares, i, t)
  local moved = {}
  for j, share in ipairs(shares) do
    moved[j] = (1 - t) * share + (i == j and t or 0)
  end
  return moved
end

-- Look along the line to model i, first at all of it, then around the best.
local function search_line(job, best, i)
  local low, high = 0, 1
  for _ = 1, 2 do
    local candidates, places = {}, {}
    for s = 0, job.steps do
      places[s + 1] = low + (high - low) * s / job.steps
      candidates[s + 1] = towards(best.shares, i, places[s + 1])
    end
    local values, top = judge(job, candidates), 1
    for c, value in ipairs(values) do
      if value > values[top] then
        top = c
      end
    end
    if values[top] > best.value then
      best.found, best.value = candidates[top], values[top]
    end
    low, high = places[math.max(1, top - 1)], places[math.min(#places, top + 1)]
  end
  best.shares = best.found or best.shares
  best.found = nil
end

--- Choose the weights of a mixture by what it finds of hidden items: along the line from the best
-- mixture so far to each model in turn, first at `steps` places, then closer.
-- @param models a list of models of the same items
-- @param fold_in histories; held_out: what was hidden of them
-- @param given see options
-- @return a mixture, {value = of its metric, alone = list of the models' own values, shares = list}
local function tune(models, fold_in, held_out, given)
  check_models("mix.tune", models)
  local o = options.check("mix.tune", given, tune_options)
  for _, name in ipairs({ "steps", "rounds", "batch" }) do
    if o[name] < 1 then
      options.fail("mix.tune: option %q: at least 1 is needed, got %d", name, o[name])
    end
  end
  local seen, rows = model.histories("mix.tune", fold_in)
  local hidden, others = model.histories("mix.tune", held_out)
  if rows ~= others or rows == 0 then
    options.fail("mix.tune: %d histories, and hidden items of %d", rows, others)
  end
  model.check(seen, models[1].items, "fold_in")
  model.check(hidden, models[1].items, "held_out")
  local job = { models = models, seen = seen, hidden = hidden, rows = rows, metric = o.metric,
    steps = o.steps, scales = {}, batch = model.batch("mix.tune", models[1], o.batch) }
  local first, alone = model.rows(seen, 1, math.min(rows, job.batch)), {}
  local none = {}
  for i, one in ipairs(models) do
    job.scales[i], none[i] = scale_of(one, first), 0
  end
  for i in ipairs(models) do
    alone[i] = towards(none, i, 1)
  end
  local values = judge(job, alone)
  local best = { value = values[1], shares = alone[1] }
  for i, value in ipairs(values) do
    if value > best.value then
      best.value, best.shares = value, alone[i]
    end
  end
  for round = 1, #models > 1 and o.rounds or 0 do
    local before = best.value
    for i in ipairs(models) do
      search_line(job, best, i)
    end
    if o.progress then
      o.progress({ round = round, value = best.value })
    end
    if best.value <= before then
      break
    end
  end
  local weights = {}
  for i, share in ipairs(best.shares) do
    weights[i] = share / job.scales[i]
  end
  return make(models, weights), { value = best.value, alone = values, shares = best.shares }
end

return setmetatable({ tune = tune, options = { mix = mix_options, tune = tune_options } }, {
  __call = function(_, models, given)
    return mix(models, given)
  end,
})
