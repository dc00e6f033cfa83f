-- Named arrays in one file, in the safetensors format: PyTorch and NumPy read what is saved here,
-- and what they save is read.
--
--   assert(sy.tensors.save("model.safetensors", { weights = w, bias = b }, { epoch = "3" }))
--   local arrays, metadata = assert(sy.tensors.load("model.safetensors"))

local core = require("steelyard.core")
local options = require("steelyard.options")

local tensors = {}

local function need_path(where, path)
  options.need(type(path) == "string", where .. ": path", "a string", path)
end

--- Save {name = array} and {key = text}, whole or not at all: the old file is replaced when the
-- new one is complete. The same content gives the same bytes. Tables of numbers become f64.
-- @return true, or nil and a message
function tensors.save(path, arrays, metadata)
  need_path("tensors.save", path)
  options.need(type(arrays) == "table", "tensors.save: tensors", "a table {name = array}", arrays)
  options.need(metadata == nil or type(metadata) == "table", "tensors.save: metadata",
    "a table {key = text}", metadata)
  local ready = {}
  for name, array in pairs(arrays) do
    ready[name] = type(array) == "table" and core.array(array) or array
  end
  return core.tensors_save(path, ready, metadata or {})
end

--- Load all arrays of a file.
-- @return {name = array}, {key = text}; or nil and a message
function tensors.load(path)
  need_path("tensors.load", path)
  return core.tensors_load(path)
end

return tensors
