-- Scratch memory for rankings, one for the whole Lua state, grown when a longer request comes, and
-- the number of threads that it serves.

local core = require("steelyard.core")
local options = require("steelyard.options")

local work = {}

local threads = 1
local current, longest = nil, -1

--- The state's scratch memory, fit for requests of up to `needed` items.
function work.get(needed)
  if not current or needed > longest then
    longest = math.max(needed, 2 * longest, 256)
    current = core.work(longest, threads)
  end
  return current
end

--- sy.threads(n): use n threads from now on ("all": as many as the machine has); sy.threads() tells
-- how many. One until a program asks for more: a serving host never starts threads (but OpenBLAS
-- does when steelyard.learn loads, which then sleep: OPENBLAS_NUM_THREADS=1 keeps it from that).
function work.threads(n)
  if n == nil then
    return threads
  end
  if n == "all" then
    n = core.thread_limit()
  end
  if type(n) ~= "number" or n < 1 or n > 1024 or n % 1 ~= 0 then
    local text = 'threads: a whole number from 1 to 1024 or "all" is needed, got %s'
    options.fail(text, options.show(n))
  end
  if n ~= threads then
    threads, current, longest = math.floor(n), nil, -1
    local learn = package.loaded["steelyard.learn"]
    if learn then
      learn.threads(threads) -- the BLAS has threads of its own
    end
  end
  return threads
end

return work
