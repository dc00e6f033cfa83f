-- Collaborative filtering: recommenders learnt from who chose what, measured and served.
--
--   local cf = sy.collaborative
--   local ratings = assert(cf.read("ratings.csv", { min_rating = 4 }))
--   local data = cf.split.strong(ratings, { validation = 50, test = 50 })
--   local model = cf.ease(data.train, { l2 = 500 })
--   print(model:evaluate(data.test.fold_in, data.test.held_out).means["ndcg@100"])

-- Each part is a file of its name, and loads when it is first used.
local parts = {
  actor = true, -- networks that give scores for a history
  controls = true,
  fine_tuning = true,
  ract = true,
  align = true,
  als = true,
  ease = true,
  interactions = true,
  load = true,
  loss = true,
  mask = true,
  measure = true,
  mix = true,
  popularity = true,
  read = true,
  read_negatives = true,
  run = true, -- training in phases
  slim = true,
  split = true,
  top = true,
}

return setmetatable({}, {
  __index = function(self, name)
    if not parts[name] then
      return nil
    end
    local part = require("steelyard.collaborative." .. name)
    rawset(self, name, part)
    return part
  end,
})
