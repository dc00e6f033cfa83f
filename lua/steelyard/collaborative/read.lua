-- Interactions from files.

local dataset = require("steelyard.dataset")
local interactions = require("steelyard.collaborative.interactions")
local options = require("steelyard.options")

local read_options = {
  format = { type = "string", default = "auto",
    one_of = { "auto", "ratings", "adjacency", "movielens", "pro_sg" } },
  min_rating = { type = "number" },
  join = { type = "boolean", default = false },
}

local function number_names(list)
  table.sort(list, function(a, b)
    local x, y = tonumber(a), tonumber(b)
    if x and y and x ~= y then
      return x < y
    end
    return a < b
  end)
end

-- Pairs by names to interactions whose users and items are in order of their names.
local function of_pairs(pairs_)
  local function numbered(key)
    local seen, names, place = {}, {}, {}
    for _, pair in ipairs(pairs_) do
      if not seen[pair[key]] then
        seen[pair[key]] = true
        names[#names + 1] = pair[key]
      end
    end
    number_names(names)
    for i, name in ipairs(names) do
      place[name] = i
    end
    return names, place
  end
  local user_names, user_of = numbered(1)
  local item_names, item_of = numbered(2)
  local users, items = {}, {}
  for i, pair in ipairs(pairs_) do
    users[i], items[i] = user_of[pair[1]], item_of[pair[2]]
  end
  return interactions({ users = users, items = items, user_names = user_names,
    item_names = item_names })
end

local function of_csv(path, o, pairs_)
  local data, message = dataset.read(path, { categorical = { "userId", "movieId" },
    columns = { "userId", "movieId", "rating" } })
  if not data then
    return nil, message
  end
  local users, items, ratings = data:column("userId"), data:column("movieId"), data:column("rating")
  local user_names, item_names = data:names("userId"), data:names("movieId")
  for i = 1, data.size do
    if not o.min_rating or ratings[i] >= o.min_rating then
      pairs_[#pairs_ + 1] = { user_names[users[i]], item_names[items[i]] }
    end
  end
  return true
end

local function of_lines(path, o, pairs_)
  local file, message = io.open(path, "rb")
  if not file then
    return nil, message
  end
  for line in file:lines() do
    local user
    for word in line:gmatch("%S+") do
      if user then
        pairs_[#pairs_ + 1] = { user, word }
      end
      user = user or word
    end
  end
  file:close()
  return true
end

--- Interactions from a file, or several with the same names.
local function read(_, paths, given)
  local o = options.check("collaborative.read", given, read_options)
  local pairs_ = {}
  for _, path in ipairs(type(paths) == "string" and { paths } or paths) do
    local ok, message = (path:find("%.csv") and of_csv or of_lines)(path, o, pairs_)
    if not ok then
      return nil, message
    end
  end
  return of_pairs(pairs_)
end

return setmetatable({ options = read_options }, { __call = read })
