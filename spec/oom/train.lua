-- A whole run: columns made ready, epochs, validation, a checkpoint, a file, predictions.
local sy = require "steelyard"

local user, length, click = {}, {}, {}
for i = 1, 24 do
  user[i], length[i], click[i] = "u" .. i % 3, i % 5, i % 2
end
local data = sy.dataset.new({
  features = { user = user, length = length }, labels = { { "click", click } },
})

local checkpoint = "build/oom/checkpoint.safetensors"

return function()
  os.remove(checkpoint)
  local model = sy.train.mtml(data, {
    user_id = "user", item_features = { "length" }, user_dim = 1, item_dim = 1, cross_hidden = 2,
    batch = 8, epochs = 1, validation = { share = 0.25 },
    checkpoint = checkpoint,
  })
  assert(model:save("build/oom/model.safetensors"))
  local loaded = assert(sy.train.load("build/oom/model.safetensors"))
  assert(loaded:predict(data).click:sum() > 0)
end
