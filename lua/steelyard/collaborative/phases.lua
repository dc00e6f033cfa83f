-- Phases of training, each a number of epochs, that can be broken off anywhere and gone on with to
-- the same bits.
--
-- What a phase moves is a table of parts {name = object}: an object has tensors(), state() and
-- set_state(state, tensors). With a folder for checkpoints, each finished phase leaves the parts as
-- it left them (phase-N.safetensors), the one that runs its state at the last epoch
-- (current.safetensors).
-- A script that runs again with resume = true skips what is finished: it need not know where it was
-- broken off.

local checkpoint = require("steelyard.train.checkpoint")
local core = require("steelyard.core")
local digest = require("steelyard.train.digest")
local options = require("steelyard.options")
local tensors = require("steelyard.tensors")

local phases = {}
phases.__index = phases

local FORMAT, VERSION = "steelyard.phase", "1"

--- made_of: a text that differs where data or options do. folder: nil for no checkpoints.
function phases.new(made_of, folder, resume)
  return setmetatable({ made_of = made_of, folder = folder, resume = resume, number = 0 }, phases)
end

local function path_of(self, number)
  return ("%s/%s.safetensors"):format(self.folder, number and "phase-" .. number or "current")
end

-- ------------------------------------------------------------------------------------- files --

local function collect(parts, best)
  local all, states = {}, {}
  for part, object in pairs(parts) do
    for name, array in pairs(object:tensors()) do
      all[part .. "/" .. name] = array
    end
    states[part] = object:state()
  end
  for name, array in pairs(best or {}) do
    all["best/" .. name] = array
  end
  return all, states
end

local function write(self, path, state, parts, best)
  local all
  all, state.parts = collect(parts, best)
  state.history = setmetatable(state.history, core.json_array)
  local text = core.json_encode(state)
  local ok, message = tensors.save(path, all, {
    format = FORMAT, version = VERSION, number = ("%d"):format(state.number), state = text,
    run = self.made_of .. "\n" .. state.made_of,
    checksum = digest.of(text, all),
  })
  if not ok then
    options.fail("%s", message)
  end
end

-- The arrays and the state of a file, or nil where it is of another phase.
local function read(self, path, made_of)
  local all, about = checkpoint.open(path, FORMAT, VERSION)
  if not all then
    options.fail("%s", about)
  elseif about.number ~= ("%d"):format(self.number) then
    return nil -- left behind by a process that died between two files
  elseif about.run ~= self.made_of .. "\n" .. made_of then
    options.fail(checkpoint.OTHER, path)
  end
  return all, assert(core.json_decode(about.state))
end

-- The arrays whose names begin with a prefix, without it.
local function under(prefix, all)
  local own = {}
  for name, array in pairs(all) do
    if name:sub(1, #prefix) == prefix then
      own[name:sub(#prefix + 1)] = array
    end
  end
  return own
end

local function restore(parts, all, state)
  for part, object in pairs(parts) do
    object:set_state(state.parts[part], under(part .. "/", all))
  end
end

local function best_of(all)
  local best = under("best/", all)
  return next(best) and best or nil
end

-- -------------------------------------------------------------------------------------- runs --

-- Is this epoch's score the best so far? Then keep the parts that are selected.
local function judge(state, parts, selected, score, epoch)
  if score and score == score and (not state.best_score or score > state.best_score) then
    state.best_score, state.best_epoch, state.best_states = score, epoch, {}
    local best = {}
    for _, part in ipairs(selected) do
      state.best_states[part] = parts[part]:state()
      for name, array in pairs(parts[part]:tensors()) do
        best[part .. "/" .. name] = array:copy()
      end
    end
    return best
  end
end

local function begin(self, name, made_of, parts)
  local state = { name = name, epoch = 0, history = {}, made_of = made_of }
  if not self.folder then
    return state
  end
  local finished, current = path_of(self, self.number), path_of(self)
  local path = checkpoint.exists(finished) and finished or checkpoint.exists(current) and current
  if not path then
    return state
  elseif not self.resume and self.number == 1 then
    options.fail("%s: there are checkpoints of a run that did not end: resume = true goes on with "
      .. "it", self.folder)
  end
  local all, kept = read(self, path, made_of)
  if not all then
    return state
  end
  restore(parts, all, kept)
  return kept, best_of(all), path == finished
end

--- Run the next phase: epoch(e) for each epoch trains and gives a table that says how it went, with
-- `score` where it was validated (larger is better). o: epochs, select ("best": the parts that
-- `selected` lists end as they were where the score was best, start_score included where it is
-- given; "last"), made_of (a text that differs where the phase does).
-- Gives {history, best_epoch, best_score}.
function phases:run(name, o, parts, epoch)
  self.number = self.number + 1
  local state, best, done = begin(self, name, o.made_of or "", parts)
  state.number = self.number
  if done then
    return state
  end
  local selected = o.select == "best" and o.selected or nil
  if selected and state.epoch == 0 and o.start_score then
    best = judge(state, parts, selected, o.start_score(), 0)
  end
  while state.epoch < o.epochs do
    local entry = epoch(state.epoch + 1)
    state.epoch = state.epoch + 1
    entry.phase, entry.epoch = name, state.epoch
    state.history[#state.history + 1] = entry
    best = selected and judge(state, parts, selected, entry.score, state.epoch) or best
    if o.progress then
      o.progress(entry, o.epochs)
    end
    if self.folder and state.epoch < o.epochs then
      write(self, path_of(self), state, parts, best)
    end
  end
  if selected and best then
    for _, part in ipairs(selected) do
      parts[part]:set_state(state.best_states[part], under(part .. "/", best))
    end
  end
  if self.folder then
    write(self, path_of(self, self.number), state, parts)
    os.remove(path_of(self))
  end
  return state
end

--- The files of a run that has ended are not needed any more.
function phases:clear()
  for number = 1, self.folder and self.number or 0 do
    os.remove(path_of(self, number))
  end
  if self.folder then
    os.remove(path_of(self))
  end
end

return phases
