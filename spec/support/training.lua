-- Small logs and configurations for specs of training.
local sy = require "steelyard"

local training = {}

--- A log of `rows`, in which clicks go by user and length. change(columns, labels): before it
-- becomes a data set. Missing numbers are kept.
function training.log(rows, change)
  local random = sy.random(1)
  local c = { user = {}, item = {}, country = {}, length = {}, hour = {}, day = {} }
  local labels = { click = {}, comment = {} }
  local countries = { "de", "fr", "at" }
  for i = 1, rows do
    local user = random:below(12)
    c.user[i], c.item[i] = "u" .. user, random:below(40)
    c.country[i], c.hour[i] = countries[random:below(3)], random:below(24) - 1
    c.length[i], c.day[i] = 100 * random:uniform(), 1 + math.floor(10 * (i - 1) / rows)
    local logit = 0.3 * (user - 6) + 0.02 * c.length[i] - 1
    labels.click[i] = random:uniform() < 1 / (1 + math.exp(-logit)) and 1 or 0
    labels.comment[i] = random:uniform() < 0.3 and 1 or 0
  end
  if change then
    change(c, labels)
  end
  return sy.dataset.new({ features = c, missing = "keep",
    labels = { { "click", labels.click }, { "comment", labels.comment } } })
end

--- Options of sy.train.mtml for it; more: others in their place.
function training.config(more)
  local o = {
    user_id = "user", cross_features = { "country", "hour" }, user_dim = 4, item_dim = 4,
    cross_hidden = 8, batch = 50, epochs = 2, learning_rate = 0.02,
    validation = { column = "day", from = 9 },
  }
  for key, value in pairs(more or {}) do
    o[key] = value
  end
  return o
end

--- The message with which a call fails.
function training.message_of(...)
  local ok, message = pcall(...)
  assert(not ok, "it did not fail")
  return tostring(message)
end

return training
