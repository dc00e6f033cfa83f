-- What a multi-task estimator is trained on and how: one table, from Lua or from JSON, checked.

local conditions = require("steelyard.dataset.conditions")
local fitting = require("steelyard.calibrate.fit")
local features = require("steelyard.train.features")
local options = require("steelyard.options")
local schedule = require("steelyard.schedule")

local config = {}

local WHERE = "train.mtml"
local RECIPES = { "plain", "platt", "buckets", "kernel", "feature", "bias" }

config.recipes = RECIPES

config.options = {
  user_id = { type = "string|table" },
  item_id = { type = "string|table" },
  user_features = { type = "list" },
  item_features = { type = "list" },
  cross_features = { type = "list" },
  position = { type = "string|table" },
  user_dim = { type = "integer", default = 16 },
  item_dim = { type = "integer", default = 16 },
  cross_hidden = { type = "integer", default = 128 },
  id_l2 = { type = "number", default = 0 },
  id_deviation = { type = "number", default = 0.05 },
  position_l2 = { type = "number", default = 0 },
  hidden = { type = "list" },
  activation = {
    type = "string", one_of = { "relu", "tanh", "sigmoid", "gelu", "softplus" }, default = "relu",
  },
  dropout = { type = "number", default = 0 },
  experts = { type = "table" },
  head_l2 = { type = "number", default = 0 },
  recipe = { type = "string|table", default = "plain" },
  mode = { type = "string", one_of = { "standard", "seed" }, default = "standard" },
  optimizer = { type = "string|table", default = "adam" },
  learning_rate = { type = "number|table|function", default = 0.001 },
  batch = { type = "integer", default = 256 },
  epochs = { type = "integer", default = 10 },
  validation = { type = "table" },
  early_stop = { type = "integer", default = 0 },
  select = { type = "string", one_of = { "log_loss", "auc", "last" }, default = "log_loss" },
  seed = { type = "integer", default = 1 },
  dtype = { type = "string", one_of = { "f32", "f64" }, default = "f32" },
  where = { type = "list" },
  calibrate = { type = "string|table" },
  checkpoint = { type = "string" },
  checkpoint_seconds = { type = "number", default = 60 },
  resume = { type = "boolean", default = false },
  progress = { type = "function" },
}

local function need_from(o, key, least)
  if not (o[key] >= least and o[key] < math.huge) then
    options.fail("%s: %s: expected %d or more, got %s", WHERE, key, least, options.show(o[key]))
  end
end

local function feature_list(o, key)
  local list = {}
  for i, given in ipairs(o[key] or {}) do
    list[i] = features.spec(("%s: %s[%d]"):format(WHERE, key, i), given)
  end
  return list
end

-- An id's column: a category, unless it is hashed.
local function id_of(o, key)
  local spec = o[key] and features.spec(WHERE .. ": " .. key, o[key])
  if spec then
    spec.as = spec.as or "category"
    if not features.is_category({ as = spec.as }) then
      options.fail("%s: %s: as: %s is no category", WHERE, key, options.show(spec.as))
    end
  end
  return spec
end

-- ---------------------------------------------------------------------------------- recipes --

local recipe_parts = {
  summary = { type = "string" },
  options = { type = "table", default = {} },
  features = { type = "function" },
  categories = { type = "list" },
  build = { type = "function" },
  start = { type = "function" },
  loss = { type = "function" },
}

local function load_recipe(name)
  for _, known in ipairs(RECIPES) do
    if name == known then
      return require("steelyard.train.recipes." .. name)
    end
  end
  options.need(type(name) == "string", WHERE .. ": recipe: name",
    "one of " .. table.concat(RECIPES, ", "), name)
  options.fail("%s: recipe: %s is none of %s%s", WHERE, options.show(name),
    table.concat(RECIPES, ", "), options.hint(name, RECIPES))
end

-- An option of a recipe is there where it must be, and from spec.least to spec.most.
local function check_option(where, key, value, spec)
  if spec.required and value == nil then
    options.fail("%s: %s is missing", where, key)
  elseif type(value) == "number" and (value - value ~= 0 or spec.least and value < spec.least
    or spec.most and value > spec.most) then
    options.fail("%s: %s: expected a number%s%s, got %s", where, key,
      spec.least and " from " .. options.show(spec.least) or "",
      spec.most and " to " .. options.show(spec.most) or spec.least and " up" or "",
      options.show(value))
  end
end

-- A recipe and its options: a name; {name =, options}; {recipe = a table of functions, options}.
local function recipe_of(o)
  local given = type(o.recipe) == "string" and { name = o.recipe } or o.recipe
  local own, allowed = {}, {}
  if given.loss then
    given = { recipe = given }
  end
  local recipe = given.recipe or load_recipe(given.name)
  options.need(type(recipe) == "table", WHERE .. ": recipe", "a recipe's table", recipe)
  recipe = options.check(WHERE .. ": recipe", recipe, recipe_parts)
  options.need(recipe.loss, WHERE .. ": recipe", "a function loss(batch, parts, options)", nil)
  for key, value in pairs(given) do
    if key ~= "name" and key ~= "recipe" then
      own[key] = value
    end
  end
  for key, spec in pairs(recipe.options) do
    options.need(type(key) == "string" and type(spec) == "table",
      ("%s: recipe: options: %s"):format(WHERE, tostring(key)), 'a name with {type = "number" ...}',
      spec)
    allowed[key] = spec
  end
  local where = ("%s: recipe %s"):format(WHERE, given.name or "of your own")
  own = options.check(where, own, allowed)
  for key, spec in pairs(recipe.options) do
    check_option(where, key, own[key], spec)
  end
  own.mode = o.mode
  local wanted, given_features = {}, recipe.features and recipe.features(own) or {}
  options.need(type(given_features) == "table", where .. ": features", "a table {name = feature}",
    given_features)
  for key, spec in pairs(given_features) do
    wanted[key] = features.spec(("%s: %s"):format(where, key), spec)
  end
  for _, key in ipairs(recipe.categories or {}) do
    local spec = wanted[key]
    spec.as = spec.as or "category"
    if not features.is_category(spec) then
      options.fail("%s: %s: as: %s is no category", where, key, options.show(spec.as))
    end
  end
  return { parts = recipe, options = own, features = wanted, name = given.name }
end

-- --------------------------------------------------------------------------------- schedules --

-- A learning rate as a function of the step: a number, a function, or {schedule = name, arguments}.
local SCHEDULES = { "constant", "linear", "exponential", "cosine", "step", "piecewise" }

local function rate_of(given)
  if type(given) == "function" then
    return given
  elseif type(given) == "number" then
    return schedule.constant(given)
  end
  local make
  for _, name in ipairs(SCHEDULES) do
    make = name == given[1] and schedule[name] or make
  end
  if not make then
    options.fail('%s: learning_rate: expected a number or ["cosine", first, last, steps], got %s',
      WHERE, given[1] == nil and "a table without a name" or options.show(given[1]))
  end
  return make(given[2], given[3], given[4])
end

local OPTIMIZERS = { "sgd", "adagrad", "adam", "adamw" }

local function optimizer_of(o)
  local given = type(o.optimizer) == "string" and { name = o.optimizer } or o.optimizer
  local own = {}
  for key, value in pairs(given) do
    own[key] = value
  end
  own.name = nil
  if own.learning_rate ~= nil then
    options.fail("%s: optimizer: learning_rate is an option beside it, not in it", WHERE)
  end
  local known = false
  for _, name in ipairs(OPTIMIZERS) do
    known = known or name == given.name
  end
  options.need(type(given.name) == "string", WHERE .. ": optimizer: name",
    "one of " .. table.concat(OPTIMIZERS, ", "), given.name)
  if not known then
    options.fail("%s: optimizer: %s is none of %s", WHERE, options.show(given.name),
      table.concat(OPTIMIZERS, ", "))
  end
  own.learning_rate = rate_of(o.learning_rate)
  return { name = given.name, options = own }
end

-- ------------------------------------------------------------------------------------- all --

local function check_hidden(o)
  o.hidden = o.hidden or {}
  for i, width in ipairs(o.hidden) do
    if type(width) ~= "number" or width % 1 ~= 0 or width < 1 then
      options.fail("%s: hidden[%d]: expected a width, got %s", WHERE, i, options.show(width))
    end
  end
  if not (o.dropout >= 0 and o.dropout < 1) then
    options.fail("%s: dropout: %s is not from 0 to 1", WHERE, options.show(o.dropout))
  end
  if o.experts then
    o.experts = options.check(WHERE .. ": experts", o.experts, {
      count = { type = "integer", default = 4 }, width = { type = "integer", default = 64 },
    })
    if o.experts.count < 1 or o.experts.width < 1 then
      options.fail("%s: experts: count and width are 1 or more", WHERE)
    end
  end
end

local validation_options = {
  share = { type = "number" },
  by = { type = "string" },
  column = { type = "string" },
  from = { type = "number" },
}

local function validation_of(given)
  if not given then
    return nil
  end
  local o = options.check(WHERE .. ": validation", given, validation_options)
  if (o.share ~= nil) == (o.column ~= nil) or (o.column == nil) ~= (o.from == nil)
    or (o.by ~= nil and not o.share) then
    options.fail("%s: validation: expected {share = [, by = column]} or {column =, from = number}",
      WHERE)
  elseif o.share and not (o.share > 0 and o.share < 1) then
    options.fail("%s: validation: share: %s is not between 0 and 1", WHERE, options.show(o.share))
  end
  return o
end

-- The seed is multiplied with numbers of epochs, whose product a double holds.
local MOST_SEED = 2 ^ 32

-- Options that go by rows held out; the calibrators' own options.
local function check_held(o, given)
  if o.validation then
    o.calibrate = o.calibrate
      and (type(o.calibrate) == "string" and { method = o.calibrate } or o.calibrate)
    for _, key in ipairs({ "weights", "labels", "features", "clusters" }) do
      if o.calibrate and o.calibrate[key] ~= nil then
        options.fail("%s: calibrate: %s has no place here", WHERE, key)
      end
    end
    if o.calibrate then
      fitting.check(WHERE .. ": calibrate", o.calibrate, fitting.options.fit)
    end
  elseif o.calibrate then
    options.fail("%s: calibrate needs validation: the rows that calibrators are fitted to", WHERE)
  elseif o.early_stop > 0 then
    options.fail("%s: early_stop needs validation: the rows that epochs are judged by", WHERE)
  elseif given.select and given.select ~= "last" then
    options.fail("%s: select needs validation: the rows that epochs are judged by", WHERE)
  end
end

--- The checked configuration. Lists of features become specs (features.spec), names of recipes
-- recipes, learning rates functions.
function config.check(given)
  local o = options.check(WHERE, given, config.options)
  for key, spec in pairs(config.options) do
    local list = spec.type == "list" and o[key] or {}
    options.need(#list > 0 or next(list) == nil, ("%s: option %q"):format(WHERE, key), "a list",
      list)
  end
  for key, least in pairs({
    user_dim = 1, item_dim = 1, cross_hidden = 1, batch = 1, epochs = 1, early_stop = 0,
    id_l2 = 0, head_l2 = 0, position_l2 = 0, id_deviation = 0, checkpoint_seconds = 0,
  }) do
    need_from(o, key, least)
  end
  if math.abs(o.seed) > MOST_SEED then
    options.fail("%s: seed: %s is not from -2^32 to 2^32", WHERE, options.show(o.seed))
  end
  check_hidden(o)
  o.user_id, o.item_id, o.position = id_of(o, "user_id"), id_of(o, "item_id"), id_of(o, "position")
  o.blocks = {}
  for _, key in ipairs({ "user_features", "item_features", "cross_features" }) do
    o.blocks[key] = feature_list(o, key)
  end
  o.recipe = recipe_of(o)
  for key, spec in pairs(o.recipe.features) do
    o.blocks["recipe/" .. key] = { spec }
  end
  o.optimizer = optimizer_of(o)
  o.validation = validation_of(o.validation)
  check_held(o, given or {})
  o.where = o.where or {}
  conditions.parse(o.where)
  local some = o.user_id or o.item_id
  for _, key in ipairs({ "user_features", "item_features", "cross_features" }) do
    some = some or #o.blocks[key] > 0
  end
  options.need(some, WHERE, "user_id, item_id or features", nil)
  return o
end

--- The columns that a checked configuration reads, beside labels: lists of those of numbers, of
-- categories, and of those that may be either.
function config.columns(o)
  local numbers, categories, either = {}, {}, {}
  local function add(spec)
    local kind = spec.as
    local list = not kind and either
      or features.is_text(kind) and categories or numbers
    list[#list + 1] = spec.column
  end
  for _, key in ipairs({ "user_id", "item_id", "position" }) do
    if o[key] then
      add(o[key])
    end
  end
  for _, name in ipairs(options.keys(o.blocks)) do
    for _, spec in ipairs(o.blocks[name]) do
      add(spec)
    end
  end
  for _, condition in ipairs(conditions.parse(o.where)) do
    either[#either + 1] = condition.column
  end
  if o.validation then
    numbers[#numbers + 1] = o.validation.column
    categories[#categories + 1] = o.validation.by
  end
  return numbers, categories, either
end

return config
