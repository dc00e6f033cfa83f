-- Where a model lives on disk: a folder with the model, and with a checkpoint while it trains.

local core = require("steelyard.core")
local failure = require("steelyard.cli.failure")

local files = {}

local function join(folder, name)
  return (folder:gsub("/+$", "")) .. "/" .. name
end

--- The files of a model's folder.
function files.of(folder)
  return {
    model = join(folder, "model.safetensors"),
    checkpoint = join(folder, "checkpoint.safetensors"),
    history = join(folder, "history.json"),
    settings = join(folder, "settings.json"),
    controls = join(folder, "controls.json"),
  }
end

--- Make the folder, or give up.
function files.make(folder)
  failure.unless(core.folder_make(folder))
  failure.unless(core.file_check(files.of(folder).model))
  return files.of(folder)
end

--- The folder in which the phases of a run leave their checkpoints, made; a checkpoint that is
-- there is of a run that did not end.
function files.phases(folder, resume)
  local path = join(folder, "checkpoint")
  os.remove(path) -- where it is empty
  if core.folder(path) and not resume then
    failure.raise("%s is of a run that did not end: --resume continues it; remove it to begin anew",
      path)
  end
  failure.unless(core.folder_make(path))
  return path
end

--- The model's file: the path itself, or in the folder that it names.
function files.model(path)
  return core.folder(path) and files.of(path).model or path
end

return files
