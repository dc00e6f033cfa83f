-- steelyard: value models for recommenders, measured, tuned and served.
--
--   local sy = require "steelyard"
--
-- Loads the core alone. Parts that need more (NLopt) load when they are first used, and say which
-- package is missing where one is.

local core = require("steelyard.core")

local here = debug.getinfo(1, "S").source:match("^(@.*)init%.lua$")
if here then
  core.library(here) -- errors are reported at the line that called into the library
end

local metrics = require("steelyard.metrics")

local sy = {
  version = core.version,
  abi = core.abi,
  array = core.array,
  json = {
    decode = core.json_decode,
    encode = core.json_encode,
    null = core.json_null,
    array = core.json_array,
  },
  random = core.random,
  threads = require("steelyard.work").threads,
  metrics = metrics,
  rank = metrics.rank,
  ndcg = metrics.ndcg,
  dcg = metrics.dcg,
  regret = metrics.regret,
}

--- The instruction sets that this machine can run, best first.
function sy.cpu()
  return core.cpu_list()
end

-- Rooms that are entered by name: sy.tune loads steelyard.tune.
local rooms = {
  calibrate = true,
  collaborative = true,
  critic = true,
  dataset = true,
  groups = true,
  loss = true,
  net = true,
  optimizer = true,
  schedule = true,
  trec = true,
  significance = true,
  slices = true,
  tensors = true,
  train = true,
  tune = true,
  value_model = true,
  vector = true,
}

return setmetatable(sy, {
  __index = function(self, name)
    if not rooms[name] then
      return nil
    end
    local room = require("steelyard." .. name)
    rawset(self, name, room)
    return room
  end,
})
