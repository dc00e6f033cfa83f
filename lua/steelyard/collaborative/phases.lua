-- Phases of training, each a number of epochs, that can be broken off anywhere and gone on with to
-- the same bits.
--
-- What a phase moves is a table of parts {name = object}: an object has tensors(), state() and
-- set_state(state, tensors). With a folder for checkpoints, each finished phase leaves the parts as
-- it left them (phase-N.safetensors), the one that runs its state at the last epoch
-- (current.safetensors).
-- A script that runs again skips what is finished: it need not know that it was broken off.

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

local function exists(path)
  local file = io.open(path, "rb")
  if file then
    file:close()
  end
  return file ~= nil
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
    format = FORMAT, version = VERSION, state = text, run = self.made_of .. "\n" .. state.made_of,
    checksum = digest.of(text, all),
  })
  if not ok then
    options.fail("%s", message)
  end
end

local function read(self, path, made_of)
  local all, about = tensors.load(path)
  if not all then
    options.fail("%s", about)
  elseif about.format ~= FORMAT or about.version ~= VERSION then
    options.fail("%s: not a checkpoint of this version (%s %s)", path, FORMAT, VERSION)
  elseif about.checksum ~= digest.of(about.state or "", all) then
    options.fail("%s: the checkpoint is damaged: its checksum does not fit", path)
  elseif about.run ~= self.made_of .. "\n" .. made_of then
    options.fail("%s: the checkpoint is of a run on other data or with other options", path)
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

local function copies(object)
  local all = {}
  for name, array in pairs(object:tensors()) do
    all[name] = array:copy()
  end
  return all
end

-- Is this epoch's score the best so far? Then keep the part that is selected.
local function judge(state, selected, score, epoch)
  if score and (not state.best_score or score > state.best_score) then
    state.best_score, state.best_epoch = score, epoch
    return copies(selected)
  end
end

local function begin(self, name, made_of, parts)
  local state = { name = name, epoch = 0, history = {}, made_of = made_of }
  if not self.folder then
    return state
  end
  local finished, current = path_of(self, self.number), path_of(self)
  if exists(finished) then
    local all, kept = read(self, finished, made_of)
    restore(parts, all, kept)
    return kept, nil, true
  elseif exists(current) then
    local all, kept = read(self, current, made_of)
    if kept.number == self.number then
      restore(parts, all, kept)
      return kept, best_of(all)
    end
  end
  return state
end

--- Run the next phase: epoch(e) for each epoch trains and gives a table that says how it went, with
-- `score` where it was validated (larger is better). o: epochs, select ("best": the part
-- `o.selected` ends where its score was best, among them start_score, where given; "last"), made_of
-- (a text that differs where the phase does).
-- Gives {history, best_epoch, best_score}.
function phases:run(name, o, parts, epoch)
  self.number = self.number + 1
  local state, best, done = begin(self, name, o.made_of or "", parts)
  state.number = self.number
  if done then
    return state
  end
  local selected = o.select == "best" and parts[o.selected]
  if selected and state.epoch == 0 and o.start_score then
    best = judge(state, selected, o.start_score(), 0)
  end
  while state.epoch < o.epochs do
    local entry = epoch(state.epoch + 1)
    state.epoch = state.epoch + 1
    entry.phase, entry.epoch = name, state.epoch
    state.history[#state.history + 1] = entry
    best = selected and judge(state, selected, entry.score, state.epoch) or best
    if o.progress then
      o.progress(entry, o.epochs)
    end
    if self.folder and state.epoch < o.epochs then
      write(self, path_of(self), state, parts, best)
    end
  end
  if selected and best then
    selected:set_state(selected:state(), best)
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
