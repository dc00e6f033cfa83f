-- NPY files: written and read back.
local sy = require "steelyard"
local path = "build/oom/array.npy"
local a = sy.array({ { 1.5, 2.5 }, { 3.5, 4.5 } })
return function()
  assert(a:save(path))
  local b = assert(sy.array.load(path))
  assert(b:get(2, 1) == 3.5)
end
