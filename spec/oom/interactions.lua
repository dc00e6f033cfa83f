-- Interactions: read, cut, split, masked, ranked and measured.
local sy = require "steelyard"
local cf = sy.collaborative
local path = "spec/oom/data/interactions.txt"
return function()
  local x = assert(cf.read(path, { ratings = true, times = true }))
  assert(x.rows == 12 and x.places)
  local y = x:filter({ min_rating = 2, users_at_least = 2 }):keep_items({ 3, 1, 2, 4, 5 })
  assert(y:transpose():union(y:transpose()).rows == 5)
  local data = cf.split.strong(x, { validation = 2, test = 2 })
  assert(#cf.split.leave_one_out(x).test.users == 12)
  local seen, unseen = cf.mask(data.train:bag(), { normalize = true })
  local scores = sy.array.zeros(data.train.rows, data.train.columns)
  assert(#cf.measure(scores, unseen, { seen = seen, metrics = { "ndcg@3" } })["ndcg@3"] == 8)
  assert(cf.top(scores, 2, seen).shape[1] == 8)
  assert(#assert(cf.read({ path, path }, { numbering = "appearance" })) == 2)
end
