-- Modules that are not everywhere: each loads when it is first used, and where it is missing the
-- message says which package it needs.

local options = require("steelyard.options")
local work = require("steelyard.work")

local needs = {}

local learn

--- steelyard.learn: networks and what trains them. Its BLAS has as many threads as sy.threads says.
function needs.learn()
  if learn then
    return learn
  end
  local ok, found = pcall(require, "steelyard.learn")
  if not ok then
    local text = tostring(found)
    if text:find("module 'steelyard.learn' not found", 1, true) then
      text = "install OpenBLAS (Debian: libopenblas-dev) and build again"
    end
    options.fail("steelyard.learn is not here: %s", text)
  end
  found.threads(work.threads())
  learn = found
  return learn
end

--- Is it in use already?
function needs.has_learn()
  return learn ~= nil
end

return needs
