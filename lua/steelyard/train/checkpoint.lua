-- Checkpoints: the whole state of a training run in one file (safetensors, as models), written
-- beside and renamed, so that a killed run finds the old one or the new one.
--
-- Tensors: net/NAME, optimizer/NAME, best/NAME (the parameters of the best epoch). Metadata:
-- format = "steelyard.checkpoint", version, state (JSON), run (what the run is made of: a
-- checkpoint continues no other), checksum (of the state and all tensors).

local core = require("steelyard.core")
local digest = require("steelyard.train.digest")
local options = require("steelyard.options")
local tensors = require("steelyard.tensors")
local vector = require("steelyard.vector")

local checkpoint = {}

local FORMAT, VERSION = "steelyard.checkpoint", "1"
local FIELDS = { "epoch", "done", "loss", "history", "finished", "best_score", "best_epoch" }

-- The learning rates at the first steps and all along, for all that a schedule says in between.
local function rates_of(session)
  local o = session.options
  local steps, rates = math.ceil(#session.trained / o.batch) * o.epochs, {}
  for i = 0, 9 do
    rates[#rates + 1] = ("%.17g"):format(o.optimizer.options.learning_rate(i))
  end
  for i = 1, 90 do
    rates[#rates + 1] = ("%.17g"):format(o.optimizer.options.learning_rate(
      math.floor(steps * i / 90)))
  end
  return digest.of(table.concat(rates, " "))
end

-- What makes a run what it is: its data and its options, as a text that differs where they do.
local function run_of(session)
  local o = session.options
  local lines = {
    ("rows %d %d of %d"):format(#session.trained, session.held and #session.held or 0,
      session.data.size),
    ("batch %d, epochs %d, early stop %d, select %s"):format(o.batch, o.epochs, o.early_stop,
      o.select),
    ("seed %d, %s, mode %s, recipe %s"):format(o.seed, o.dtype, o.mode, o.recipe.name or "own"),
    core.json_encode(session.net.layers),
    "tasks " .. core.json_encode(setmetatable(session.tasks, core.json_array)),
    "data " .. digest.of({ labels = session.labels, trained = session.trained,
      held = session.held }, session.columns),
  }
  for _, key in ipairs(o.recipe.name and {} or { "features", "build", "start", "loss" }) do
    lines[#lines + 1] = ("%s %s"):format(key, digest.code(o.recipe.parts[key]))
  end
  for _, list in ipairs({ o.recipe.options, o.optimizer.options }) do
    for _, key in ipairs(options.keys(list)) do
      local value = list[key]
      lines[#lines + 1] = type(value) ~= "function"
        and ("%s = %s"):format(key, core.json_encode(value)) or nil
    end
  end
  lines[#lines + 1] = "learning rates " .. rates_of(session)
  return table.concat(lines, "\n")
end

-- The same, found once in a run.
local function known_run_of(session)
  session.made_of = session.made_of or run_of(session)
  return session.made_of
end

local function add(all, prefix, arrays)
  for name, array in pairs(arrays or {}) do
    all[prefix .. name] = array
  end
end

--- Is there a checkpoint at the path?
function checkpoint.exists(path)
  local file = io.open(path, "rb")
  if file then
    file:close()
  end
  return file ~= nil
end

--- Why a checkpoint that is whole is refused.
checkpoint.OTHER = "%s: the checkpoint is of a run on other data or with other options"

--- The arrays and the metadata of a checkpoint of a format and version, whose checksum fits; or nil
-- and a message.
function checkpoint.open(path, format, version)
  local all, about = tensors.load(path)
  if not all then
    return nil, about
  elseif about.format ~= format or about.version ~= version then
    return nil, ("%s: not a checkpoint of this version (%s %s)"):format(path, format, version)
  elseif about.checksum ~= digest.of(about.state or "", all) then
    return nil, path .. ": the checkpoint is damaged: its checksum does not fit"
  end
  return all, about
end

--- Write a run's state to a file, or raise.
function checkpoint.save(session, path)
  local all, state = {}, {}
  add(all, "net/", session.net:tensors())
  add(all, "optimizer/", session.optimizer:tensors())
  add(all, "best/", session.best)
  for _, key in ipairs(FIELDS) do
    state[key] = session[key]
  end
  state.history = setmetatable(session.history, core.json_array)
  state.random = session.random:state()
  state.net, state.optimizer = session.net:state(), session.optimizer:state()
  local text = core.json_encode(state)
  local ok, message = tensors.save(path, all, {
    format = FORMAT, version = VERSION, state = text, run = known_run_of(session),
    checksum = digest.of(text, all),
  })
  if not ok then
    options.fail("%s", message)
  end
end

local function fill_optimizer(optimizer, all)
  for name, array in pairs(optimizer:tensors()) do
    local kept = all["optimizer/" .. name]
    if not kept then
      options.fail("checkpoint: it has no tensor optimizer/%s", name)
    end
    vector.assign(array, kept)
  end
end

--- Put a new run where a checkpoint left off: true; or nil and why not. A checkpoint of other data
-- or options is refused.
function checkpoint.restore(session, path)
  local all, about = checkpoint.open(path, FORMAT, VERSION)
  if not all then
    return nil, about
  elseif about.run ~= known_run_of(session) then
    return nil, checkpoint.OTHER:format(path)
  end
  local state, message = core.json_decode(about.state)
  if not state then
    return nil, path .. ": state: " .. message
  end
  session.net:fill(all, { prefix = "net/" })
  fill_optimizer(session.optimizer, all)
  for _, key in ipairs(FIELDS) do
    session[key] = state[key]
  end
  if state.best_epoch and session.options.select ~= "last" then
    session.best = {}
    for name in pairs(session.net:tensors()) do
      session.best[name] = all["best/" .. name]
    end
  end
  session.random:restore(state.random)
  session.net:set_state(state.net)
  session.optimizer:set_state(state.optimizer)
  return true
end

return checkpoint
