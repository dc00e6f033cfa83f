-- Checksums (CRC-32) of what a file holds, or a run is made of.

local core = require("steelyard.core")
local options = require("steelyard.options")

local digest = {}

--- Of texts and of {name = array} tables, in order: names, types, shapes and numbers count.
function digest.of(...)
  local sum = 0
  for i = 1, select("#", ...) do
    local part = select(i, ...)
    if type(part) == "string" then
      sum = core.checksum(part .. "\0", sum)
    else
      for _, name in ipairs(options.keys(part)) do
        local array = part[name]
        local head = ("%s\0%s %d %d\0"):format(name, array.dtype, #array, array.shape[2] or 1)
        sum = core.checksum(array, core.checksum(head, sum))
      end
    end
  end
  return ("%08x"):format(sum)
end

--- Of a function's code, without the values that it captured; its absence is "".
function digest.code(f)
  if not f then
    return ""
  end
  local ok, code = pcall(string.dump, f, true) -- not of one written in C
  return ok and digest.of(code) or "C"
end

return digest
