-- Recommenders of each kind, learnt, mixed, saved, loaded, and asked.
local sy = require "steelyard"
local cf = sy.collaborative
sy.net.blas() -- the BLAS keeps memory of its own
local histories = { { 1, 2, 4 }, { 2, 3 }, { 1, 4 }, {}, { 1, 2, 3, 4 } }
return function()
  local users, items = {}, {}
  for user, list in ipairs(histories) do
    for _, item in ipairs(list) do
      users[#users + 1], items[#items + 1] = user, item
    end
  end
  local x = cf.interactions({ users = users, items = items, rows = 5, columns = 4,
    item_names = { "a", "b", "c", "d" } })
  local ease = cf.ease(x, { l2 = 1 })
  local slim = cf.slim(x, { l1 = 0.1, l2 = 1 })
  local als = cf.als(x, { factors = 2, iterations = 1 })
  local mix = cf.mix({ ease, slim, als, cf.popularity(x) })
  assert(mix:save("build/oom/mix.safetensors"))
  local again = assert(cf.load("build/oom/mix.safetensors"))
  assert(again:recommend(histories, { k = 2 }):get(1, 1) == 3)
  assert(again:evaluate({ { 1 } }, { { 2 } }).users == 1)
  cf.mix.tune({ ease, als }, { { 1 } }, { { 2 } }, { steps = 1, rounds = 1 })
end
