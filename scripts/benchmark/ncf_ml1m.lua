-- ncf_ml1m.lua FOLDER OUT: the training file of the "neural collaborative filtering" comparison on
-- MovieLens 1M, worked out from files that can still be fetched, and checked.
--
--   scripts/benchmark/fetch_sets.sh SETS ml-1m ncf
--   scripts/steelyard run scripts/benchmark/ncf_ml1m.lua SETS SETS/ncf-ml-1m
--
-- Reads, as fetch_sets.sh lays them out:
--   FOLDER/ml-1m/{train,test}.txt           all that each user rated, at random 80 to 20, from
--                                           github.com/NoConst/MulSetRank, data/ml-1m
--   FOLDER/ncf/ml-1m.test.{rating,negative} from Data of
--                                           github.com/hexiangnan/neural_collaborative_filtering
-- Writes:
--   OUT/ml-1m.train.rating                  "user item 1 0", tabs; by user, then by item
--   OUT/ml-1m.test.{rating,negative}        as they were
--
-- The training file itself is in that repository (Data/ml-1m.train.rating, 21 MB), but not in
-- every copy of it. What others lack is its numbering of the films: user n here is user n there,
-- and films are numbered as the list of ratings, sorted by user, first names them. So the films
-- that nobody before user u rated have a known run of numbers, and inside a run three things narrow
-- them down: who has number j as the test film rated it; who has j among the 99 films not seen did
-- not; and a row of train.txt is in the order of the list of ratings. What remains open
-- are films with very few ratings; for them the first consistent numbering is taken, the same on
-- every run. Ratings and times are not recovered.
--
-- Licence: MovieLens 1M may be used for research, with acknowledgement (Harper and Konstan 2015,
-- doi.org/10.1145/2827872), not commercially, and not be passed on without GroupLens's permission:
-- keep OUT to yourself. The code of the second repository is Apache-2.0, the first has no licence.

local folder, out = arg[1], arg[2]
if not out or arg[3] then
  error("usage: ncf_ml1m.lua FOLDER OUT", 0)
end

local USERS, ITEMS, RATINGS = 6040, 3706, 1000209

local function check(fine, message, ...)
  if not fine then
    error(message:format(...), 0)
  end
end

local function lines(path)
  local file, reason = io.open(path)
  check(file, "%s", reason)
  return file:lines()
end

-- ------------------------------------------------------------------------------- what is given --

-- "user item item ...": items of each user, 1-based users, in the file's order.
local function read_rows(path)
  local rows = {}
  for line in lines(path) do
    local user, row = nil, {}
    for number in line:gmatch("%d+") do
      if user then
        row[#row + 1] = tonumber(number)
      else
        user = tonumber(number) + 1
      end
    end
    rows[user] = row
  end
  return rows
end

local train = read_rows(folder .. "/ml-1m/train.txt")
local test = read_rows(folder .. "/ml-1m/test.txt")

local owns, total = {}, 0 -- owns[user][film]
for user = 1, USERS do
  local set = {}
  for _, rows in ipairs({ train, test }) do
    for _, film in ipairs(rows[user] or {}) do
      check(not set[film], "user %d has film %d twice", user - 1, film)
      set[film], total = true, total + 1
    end
  end
  owns[user] = set
end
check(total == RATINGS, "%d ratings in ml-1m, not %d", total, RATINGS)

local positive = {} -- the test film of a user, as NCF numbers it, from 0
local fans, strangers = {}, {} -- users that own number j, users that do not
for j = 0, ITEMS - 1 do
  fans[j], strangers[j] = {}, {}
end
for line in lines(folder .. "/ncf/ml-1m.test.rating") do
  local user, j = line:match("^(%d+)\t(%d+)\t")
  positive[user + 1] = tonumber(j)
  table.insert(fans[tonumber(j)], user + 1)
end
check(#positive == USERS, "%d test films, not %d", #positive, USERS)

local negatives, own_negatives = {}, 0
for line in lines(folder .. "/ncf/ml-1m.test.negative") do
  local user, j, rest = line:match("^%((%d+),(%d+)%)\t(.*)$")
  user = user + 1
  check(positive[user] == tonumber(j), "user %d has two test films", user - 1)
  local list = {}
  for number in rest:gmatch("%d+") do
    number = tonumber(number)
    list[#list + 1] = number
    if number == positive[user] then
      own_negatives = own_negatives + 1 -- they were drawn from what the training file does not have
    else
      table.insert(strangers[number], user)
    end
  end
  check(#list == 99, "user %d has %d films not seen, not 99", user - 1, #list)
  negatives[user] = list
end

-- --------------------------------------------------------------- one run of numbers, one puzzle --

-- A puzzle: n films, n places. may[i][p]: film i can be at place p. The first `ordered` films keep
-- their order. Takes away what cannot be, until nothing changes; false where nothing is left.
local function narrow(puzzle)
  local n, may = puzzle.n, puzzle.may
  local changed

  local function strike(i, p)
    if may[i][p] then
      may[i][p], changed = false, true
    end
  end

  -- The one film that can be at a place, or the one place of a film: nil where there are more.
  local function single(get)
    local found
    for k = 1, n do
      if get(k) then
        if found then
          return nil
        end
        found = k
      end
    end
    return found or 0
  end

  repeat
    changed = false
    local first = 0
    for i = 1, puzzle.ordered do -- each later than the one before it
      for p = 1, math.min(first, n) do
        strike(i, p)
      end
      repeat
        first = first + 1
      until first > n or may[i][first]
    end
    local last = n + 1
    for i = puzzle.ordered, 1, -1 do
      for p = math.max(last, 1), n do
        strike(i, p)
      end
      repeat
        last = last - 1
      until last < 1 or may[i][last]
    end
    for k = 1, n do
      local place = single(function(p) return may[k][p] end)
      local film = single(function(i) return may[i][k] end)
      if place == 0 or film == 0 then
        return false
      end
      for other = 1, n do
        if place and other ~= k then
          strike(other, place)
        end
        if film and other ~= k then
          strike(film, other)
        end
      end
    end
  until not changed
  return true
end

local function copied(puzzle)
  local copy = { n = puzzle.n, ordered = puzzle.ordered, may = {} }
  for i = 1, puzzle.n do
    copy.may[i] = {}
    for p = 1, puzzle.n do
      copy.may[i][p] = puzzle.may[i][p]
    end
  end
  return copy
end

local function film_at(puzzle, place, from)
  for i = from, puzzle.n do
    if puzzle.may[i][place] then
      return i
    end
  end
end

-- The first numbering that fits, place by place and film by film; nil where none does.
local function solve(puzzle, place)
  if not narrow(puzzle) then
    return nil
  end
  while place <= puzzle.n and not film_at(puzzle, place, film_at(puzzle, place, 1) + 1) do
    place = place + 1
  end
  if place > puzzle.n then
    return puzzle
  end
  local film = film_at(puzzle, place, 1)
  while film do
    local guess = copied(puzzle)
    for i = 1, puzzle.n do
      guess.may[i][place] = i == film
    end
    local solved = solve(guess, place + 1)
    if solved then
      return solved
    end
    film = film_at(puzzle, place, film + 1)
  end
end

local function possible(film, j)
  for _, user in ipairs(fans[j]) do
    if not owns[user][film] then
      return false
    end
  end
  for _, user in ipairs(strangers[j]) do
    if owns[user][film] then
      return false
    end
  end
  return true
end

local number_of, numbered = {}, 0 -- number_of[film] = j
local certain, unsure = 0, {} -- numbers with one film, numbers with several

for user = 1, USERS do
  local films = {}
  for _, row in ipairs({ train[user] or {}, test[user] or {} }) do
    for _, film in ipairs(row) do
      if not number_of[film] then
        films[#films + 1] = film
      end
    end
    films.ordered = films.ordered or #films
  end
  local puzzle = { n = #films, ordered = films.ordered, may = {} }
  for i, film in ipairs(films) do
    puzzle.may[i] = {}
    for p = 1, #films do
      puzzle.may[i][p] = possible(film, numbered + p - 1)
    end
  end
  check(narrow(puzzle), "nothing fits the films that user %d is the first to rate", user - 1)
  for p = 1, #films do
    if not film_at(puzzle, p, film_at(puzzle, p, 1) + 1) then
      certain = certain + 1
    else
      unsure[#unsure + 1] = numbered + p - 1
    end
  end
  local solved = solve(puzzle, 1)
  check(solved, "nothing fits the films that user %d is the first to rate", user - 1)
  for p = 1, #films do
    number_of[films[film_at(solved, p, 1)]] = numbered + p - 1
  end
  numbered = numbered + #films
end
check(numbered == ITEMS, "%d films, not %d", numbered, ITEMS)

-- ------------------------------------------------------------------------- written, and checked --

local function write(name, text)
  local file, reason = io.open(out .. "/" .. name, "w")
  check(file, "%s", reason)
  check(file:write(text) and file:close(), "cannot write %s/%s", out, name)
end

local parts, rows, count = {}, 0, {}
for j = 0, ITEMS - 1 do
  count[j] = 0
end
for user = 1, USERS do
  local row, has_test = {}, false
  for film in pairs(owns[user]) do
    local j = number_of[film]
    if j == positive[user] then
      has_test = true
    else
      row[#row + 1], count[j] = j, count[j] + 1
    end
  end
  check(has_test, "user %d never rated the test film %d", user - 1, positive[user])
  table.sort(row)
  rows = rows + #row
  for _, j in ipairs(row) do
    parts[#parts + 1] = ("%d\t%d\t1\t0\n"):format(user - 1, j)
  end
end
check(rows == RATINGS - USERS, "%d rows, not %d", rows, RATINGS - USERS)
write("ml-1m.train.rating", table.concat(parts))
for _, name in ipairs({ "ml-1m.test.rating", "ml-1m.test.negative" }) do
  local text = {}
  for line in lines(folder .. "/ncf/" .. name) do
    text[#text + 1] = line .. "\n"
  end
  write(name, table.concat(text))
end

-- How well the number of ratings ranks the test film among the films not seen, the last of those
-- with as many. Published of the file itself: .4535 and .2543, with another order of equals.
local hits, gain = 0, 0
for user = 1, USERS do
  local own, rank = positive[user], 1
  for _, j in ipairs(negatives[user]) do
    if j ~= own and count[j] >= count[own] then
      rank = rank + 1
    end
  end
  if rank <= 10 then
    hits, gain = hits + 1, gain + math.log(2) / math.log(rank + 1)
  end
end
local open_ratings = 0
for _, j in ipairs(unsure) do
  open_ratings = open_ratings + count[j]
end
local hit_rate, ndcg = ("%.4f"):format(hits / USERS), ("%.4f"):format(gain / USERS)

print(("%d users, %d films, %d rows in %s/ml-1m.train.rating"):format(USERS, ITEMS, rows, out))
print(("%d films have the only number that fits; %d, with %d ratings, one of several"):format(
  certain, ITEMS - certain, open_ratings))
print(("%d users have their test film among their films not seen"):format(own_negatives))
print(("popularity: HR@10 %s, NDCG@10 %s"):format(hit_rate, ndcg))
check(hit_rate == "0.4531" and ndcg == "0.2541", "popularity should give 0.4531 and 0.2541")
