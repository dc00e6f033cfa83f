-- A trained multi-task estimator: predictions for other logs, and its file.
--
-- The file is safetensors, which PyTorch and NumPy read too: the network's parameters by name, and
-- in the metadata, as JSON, what else predicting takes: layers, vocabularies, means, calibrators;
-- and the checksum of all, by which damage is found. Who changes a model elsewhere leaves it out.

local architecture = require("steelyard.train.architecture")
local calibrator = require("steelyard.calibrator")
local core = require("steelyard.core")
local digest = require("steelyard.train.digest")
local features = require("steelyard.train.features")
local inference = require("steelyard.train.inference")
local methods = require("steelyard.dataset.methods")
local net = require("steelyard.net")
local options = require("steelyard.options")
local tensors = require("steelyard.tensors")

local model = {}
local Model = {}
Model.__index = Model

local FORMAT, VERSION = "steelyard.mtml", "1"

Model.__tostring = function(self)
  return ("model: %s"):format(table.concat(self.tasks, ", "))
end

--- A model of its parts: {net, encoding, served = layer, tasks, history, calibrators}.
function model.make(parts)
  parts.calibrators = parts.calibrators or {}
  return setmetatable(parts, Model)
end

--- Is the value a trained model?
function model.is(value)
  return getmetatable(value) == Model
end

--- The columns that predicting reads: those of numbers, and those of categories.
function Model:columns()
  local numbers, categories, seen = {}, {}, {}
  local function add(state)
    local list = features.is_text(state.as) and categories or numbers
    if not seen[state.column] then
      list[#list + 1] = state.column
      seen[state.column] = true
    end
  end
  for _, key in ipairs({ "user_id", "item_id" }) do
    if self.encoding[key] then
      add(self.encoding[key])
    end
  end
  for _, name in ipairs(options.keys(self.encoding.blocks)) do
    for _, state in ipairs(self.encoding.blocks[name]) do
      add(state)
    end
  end
  return numbers, categories
end

local predict_options = {
  raw = { type = "boolean", default = false },
}
model.options = { predict = predict_options }

--- Probabilities for the rows of a data set: {task = f64 array}, calibrated where the model has
-- calibrators, unless raw. The data set needs the columns that the model reads, and no others;
-- values that training did not see are unknown ones.
function Model:predict(data, given)
  options.need(methods.is(data), "predict", "a data set", data)
  local o = options.check("predict", given, predict_options)
  local columns = architecture.feeds(self.encoding, data, self.net.dtype)
  local predicted = inference.predict(self.net, inference.feeds(self.net, columns), self.served,
    core.array.range(data.size), self.tasks)
  for task, one in pairs(o.raw and {} or self.calibrators) do
    predicted[task] = one:apply(predicted[task])
  end
  return predicted
end

--- Write the model to a file, whole or not at all: true, or nil and a message.
function Model:save(path)
  options.need(type(path) == "string", "save", "a path", path)
  local calibrators = {}
  for task, one in pairs(self.calibrators) do
    calibrators[task] = core.calibrator_encode(calibrator.raw(one))
  end
  local all, text = self.net:tensors(), core.json_encode({
    layers = setmetatable(self.net.layers, core.json_array), dtype = self.net.dtype,
    encoding = self.encoding, served = self.served,
    tasks = setmetatable(self.tasks, core.json_array),
    history = setmetatable(self.history or {}, core.json_array),
    calibrators = next(calibrators) and calibrators or nil,
  })
  return tensors.save(path, all, {
    format = FORMAT, version = VERSION, model = text, checksum = digest.of(text, all),
  })
end

-- A model of a file's tensors and description.
local function rebuilt(all, about)
  if about.checksum and about.checksum ~= digest.of(about.model or "", all) then
    options.fail("the model is damaged: its checksum does not fit")
  end
  local parts = assert(core.json_decode(about.model or ""))
  local network = net.build(parts.layers, { dtype = parts.dtype, batch = inference.ROWS, seed = 1 })
  network:fill(all)
  local calibrators = {}
  for task, text in pairs(parts.calibrators or {}) do
    calibrators[task] = calibrator.wrap(assert(core.calibrator_decode(text)))
  end
  return model.make({
    net = network, encoding = parts.encoding, served = parts.served, tasks = parts.tasks,
    history = parts.history, calibrators = calibrators,
  })
end

--- A model from its file, or nil and a message.
function model.load(path)
  options.need(type(path) == "string", "load", "a path", path)
  local all, about = tensors.load(path)
  if not all then
    return nil, about
  elseif about.format ~= FORMAT or about.version ~= VERSION then
    return nil, ("%s: not a model of this version (%s %s)"):format(path, FORMAT, VERSION)
  end
  local ok, result = pcall(rebuilt, all, about)
  if not ok then
    return nil, ("%s: %s"):format(path, (tostring(result):gsub("^.-:%d+: ", "")))
  end
  return result
end

return model
