-- trec.lua: the whole command `steelyard eval --format trec` against trec_eval itself, on a run of
-- 1,000 topics of 1,000 documents each that is made here. One JSON object a line.
--
--   trec.lua FOLDER [TREC_EVAL]
--
-- FOLDER: the checkout. TREC_EVAL: trec_eval's program, built from its own sources; without it only
-- Steelyard is timed.

local core = require("steelyard.core")
local sy = require("steelyard")

local here, peer = arg[1], arg[2] ~= "" and arg[2] or nil
local TOPICS, DOCUMENTS, JUDGED = 1000, 1000, 120

local base = os.tmpname()
os.remove(base)
local qrels, run = base .. ".qrels", base .. ".run"

-- A run with scores of 15 digits, and graded judgments of some of its documents and of others.
local function make()
  local random = sy.random(11)
  local runs, judgments = assert(io.open(run, "wb")), assert(io.open(qrels, "wb"))
  for topic = 1, TOPICS do
    for rank = 1, DOCUMENTS do
      runs:write(("%d Q0 doc-%06d %d %.15f bench\n"):format(topic, (topic * 7919 + rank * 104729)
        % 900000, rank, 10 - rank / 200 + random:uniform() / 1000))
    end
    for i = 1, JUDGED do
      judgments:write(("%d 0 doc-%06d %d\n"):format(topic, (topic * 7919 + i * 7 * 104729) % 900000,
        math.max(0, random:below(5) - 1)))
    end
  end
  runs:close()
  judgments:close()
end

local function seconds(command)
  local best = math.huge
  for _ = 1, 5 do
    local start = core.clock()
    assert(os.execute(command .. " >/dev/null"))
    best = math.min(best, core.clock() - start)
  end
  return best
end

make()
for _, measures in ipairs({ "official", "all_trec" }) do
  local ours = seconds(("%s '%s/scripts/steelyard' eval --format trec --threads 1 -m %s '%s' '%s'")
    :format("env -u LUA_PATH -u LUA_CPATH", here, measures, qrels, run))
  local theirs = peer and seconds(("'%s' -m %s '%s' '%s'"):format(peer, measures, qrels, run))
  print(sy.json.encode({
    job = "trec_eval -m " .. measures,
    seconds = ours,
    peer_seconds = theirs,
    times_faster = theirs and theirs / ours,
  }))
end
os.remove(qrels)
os.remove(run)
