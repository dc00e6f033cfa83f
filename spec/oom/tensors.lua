-- Files of named arrays: written and read back, with an escape in a name.
local sy = require "steelyard"
local path = "build/oom/tensors.safetensors"
local arrays = { ['a "b"'] = { 1, 2 }, c = sy.array({ { 3, 4 } }, "f32") }
return function()
  assert(sy.tensors.save(path, arrays, { k = "v\n" }))
  local loaded, metadata = sy.tensors.load(path)
  assert(loaded, metadata)
  assert(loaded['a "b"'][2] == 2 and loaded.c:get(1, 2) == 4 and metadata.k == "v\n")
end
