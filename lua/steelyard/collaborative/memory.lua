-- How much memory learning may take: said before it starts, and refused past what is there.

local core = require("steelyard.core")
local options = require("steelyard.options")

local memory = {}

--- 1234567890 as a person reads it: 1.2 GB.
function memory.show(n)
  local units, unit = { "bytes", "kB", "MB", "GB", "TB" }, 1
  while n >= 1000 and unit < #units do
    n, unit = n / 1000, unit + 1
  end
  return (unit == 1 and "%d %s" or "%.1f %s"):format(n, units[unit])
end

--- Refuse what takes more memory than is allowed, or, where nothing is said, than is free. needed:
-- in bytes; most: option "memory" or nil; other: what else could be done.
function memory.need(where, x, needed, most, other)
  local free = most or core.memory_available()
  if free and needed > free then
    options.fail("%s: %d items take %s of memory, but %s %s: %s", where, x.columns,
      memory.show(needed), memory.show(free),
      most and 'are allowed by option "memory"' or "are free", other)
  end
  return free
end

return memory
