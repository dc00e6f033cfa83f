-- Files of interactions, in the formats of the field.
local check = require "spec.support.check"
local core = require "steelyard.core"
local paths = require "spec.support.paths"
local shell = require "spec.support.shell"
local sy = require "steelyard"

local cf = sy.collaborative

local function file(text, suffix)
  return paths.write(paths.temporary(suffix or ".txt"), text)
end

-- "user:item,item ...", by names.
local function shown(x)
  local rows = {}
  for r = 1, x.rows do
    local items = {}
    local ids, weights = x:row(r)
    for i = 1, #ids do
      items[i] = x.item_names[ids[i]] .. (weights and ("=%g"):format(weights[i]) or "")
    end
    rows[r] = x.user_names[r] .. ":" .. table.concat(items, ",")
  end
  return table.concat(rows, " ")
end

local function read(text, given)
  return shown(assert(cf.read(file(text), given)))
end

local function refused(text, wanted, given)
  local path = file(text)
  local x, message = cf.read(path, given)
  assert.is_nil(x)
  assert.are.equal(path .. wanted, message)
end

describe("read", function()
  teardown(paths.clean)

  it("takes lines of a user, an item and more, however they are parted", function()
    for _, text in ipairs({ "a x\na y\nb x\n", "a\tx\na\ty\nb\tx", "a,x\r\na,y\r\nb,x\r\n",
      "a::x\na::y\nb::x\n", "a;x\na;y\nb;x\n", "a x 3\na y 4\nb x 5\n",
      "a\tx\t3\t7\na\ty\t4\t7\nb\tx\t5\t7\n",
      "a::x::3::978300760\na::y::4::978300760\nb::x::5::9\n", "\n a  x \n\na\t y\nb x\n\n",
      "a, x , 3\na ,y, 4\n b,x,5\n", "\239\187\191a,x\na,y\nb,x\n" }) do
      assert.are.equal("a:x,y b:x", read(text))
    end
  end)

  it("keeps ratings where that is asked for, and leaves out low ones", function()
    local text = "a x 3\na y 4.5\nb x 5\na x 2\n"
    assert.are.equal("a:x=3,y=4.5 b:x=5", read(text, { ratings = true }))
    assert.are.equal("a:y b:x", read(text, { min_rating = 4 }))
    local x = assert(cf.read(file(text)))
    assert.are.same({ 3, 1 }, { x.count, x.merged })
    assert.is_nil(x.weights)
    assert.is_nil(assert(cf.read(file("a x 1\nb y 1\n"), { ratings = true })).weights)
  end)

  it("takes lines of many items", function()
    assert.are.equal("0:5,6,7 1:6 2:", read("0 5 6 7\n1 6\n2\n"))
    assert.are.equal("0:5,6 1:6,7", read("0 5 6\n1 6 7\n", { format = "adjacency" }))
    assert.are.equal("0:5 1:6", read("0 5 6\n1 6 7\n"))
    assert.are.equal("a:x,y b:z", read("a x\nb z\na y x\n", { format = "adjacency" }))
  end)

  it("tells lists from pairs", function()
    local function pairs_in(text, given)
      local x = assert(cf.read(file(text), given))
      local codes, list = x:codes(), {}
      for e = 1, x.count do
        list[e] = x.user_names[codes[e]] .. ">" .. x.item_names[x.ids[e]]
      end
      return table.concat(list, " ")
    end
    assert.are.equal("0>1 0>2 0>3 0>4 1>2 2>5 2>6", pairs_in("0,1,2,3,4\n1,2,\n2,5,6\n"))
    assert.are.equal("0>1 0>2 1>2", pairs_in("0,1,2\n1,2\n", { format = "adjacency" }))
    assert.are.equal("0>1 0>2 1>2", pairs_in("0\t1 2\n1\t2\n"))
    assert.are.equal("0>1 0>2 1>2", pairs_in("0 1 2\n \t \n1 2\n"))
    -- Names with blanks between tabs; a first line of other names; columns beyond the fourth.
    assert.are.equal("a b>c d a b>e", pairs_in("a b\tc d\t3\na b\te\t4\n"))
    assert.are.equal("1>2 1>4", pairs_in("person\tthing\tgrade\n1\t2\t3\n1\t4\t5\n"))
    assert.are.equal("1>2 1>4", pairs_in("1\t2\t3\t4\tx\n1\t4\t5\t6\ty\n"))
    -- Who has two lines in a row has no list.
    refused("1\t2\t3\n1\t4\n", ":2: column 3 (rating): there is nothing", { ratings = true })
    refused("0,1,,2\n", ":1: column 3 (item): there is nothing", { format = "adjacency" })
    assert.are.equal("", pairs_in(" \n\n\t\n"))
  end)

  it("goes by the names of columns where there are some", function()
    local text = "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n1,10,4,12\n7,31,3,9\n"
    assert.are.equal("1:31,10 7:31", read(text))
    assert.are.equal("1:31,10 7:31", read(text, { format = "movielens" }))
    assert.are.equal("1:10", read(text, { min_rating = 3.5 }))
    assert.are.equal("1:10", read("rating,movie_id,user_id\n1,31,1\n4,10,1\n", { min_rating = 2 }))
    assert.are.equal("0:3 1:3", read("uid,sid\n0,3\n1,3\n", { format = "pro_sg" }))
    assert.are.equal("196:242",
      read("user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881\n"))
    assert.are.equal("a:b", read('"user_id","item_id"\n"a","b"\n'))
    assert.are.equal('a, "b":c', read('user,item\n"a, ""b""",c\n'))
  end)

  it("goes by the columns that are told", function()
    local text = "who,what,stars,when\na,x,2,100\na,y,4,50\nb,x,5,1\n"
    local by_name = { user = "who", item = "what", rating = "stars", time = "when" }
    assert.are.equal("a:y b:x", read(text, { columns = by_name, min_rating = 3 }))
    local x = assert(cf.read(file(text), { columns = by_name, times = true }))
    assert.are.same({ 2, 1, 1 }, x.places:totable())
    assert.are.equal("x:a y:a", read("a 9 x\na 8 y\n", { columns = { user = 3, item = 1 } }))
  end)

  it("numbers by appearance, or by number", function()
    local text = "10 3\n9 20\n10 100\n9 3\n"
    assert.are.equal("10:3,100 9:3,20", read(text))
    assert.are.equal("9:3,20 10:3,100", read(text, { numbering = "number" }))
    local x, message = cf.read(file("10 x\n9 y\n"), { numbering = "number" })
    assert.is_nil(x)
    assert.are.equal('item "x" is no number, to be numbered by', message)
  end)

  it("reads several files with common names, or as one", function()
    local one, two = file("a x\nb y\n"), file("c x\nb z\na x\n")
    local list = assert(cf.read({ one, two }))
    assert.are.equal("a:x b:y c:", shown(list[1]))
    assert.are.equal("a:x b:z c:x", shown(list[2]))
    assert.are.equal(3, list[1].columns)
    local x = assert(cf.read({ one, two }, { join = true }))
    assert.are.equal("a:x b:y,z c:x", shown(x))
    assert.are.equal(1, x.merged)
    assert.are.equal("a:x b:y,z c:x", shown(list[1]:union(list[2])))
  end)

  it("reads a folder of Mult-VAE's files as a split", function()
    local folder = paths.temporary(".folder")
    assert(core.folder_make(folder))
    for name, text in pairs({ train = "0,2\n0,1\n1,2\n", validation_tr = "2,1\n", validation_te =
      "2,2\n", test_tr = "3,2\n4,1\n", test_te = "3,1\n" }) do
      paths.write(folder .. "/" .. name .. ".csv", "uid,sid\n" .. text)
    end
    local data = assert(cf.read(folder, { format = "pro_sg", numbering = "number" }))
    assert.are.equal("0:1,2 1:2", shown(data.train))
    assert.are.equal("2:1 2:2", shown(data.validation.fold_in) .. " "
      .. shown(data.validation.held_out))
    assert.are.equal("3:2 4:1 3:1 4:", shown(data.test.fold_in) .. " " .. shown(data.test.held_out))
    for _, name in ipairs({ "train", "validation_tr", "validation_te", "test_tr", "test_te" }) do
      os.remove(folder .. "/" .. name .. ".csv")
    end
    os.remove(folder)
  end)

  it("reads what is compressed", function()
    local plain = file("a x\nb y\na z\n")
    shell.run(("gzip -kf '%s'"):format(plain))
    assert.are.equal("a:x,z b:y", shown(assert(cf.read(plain .. ".gz"))))
    os.remove(plain .. ".gz")
  end)

  it("takes a file with nothing in it", function()
    for _, text in ipairs({ "", "\n\n", "user,item\n" }) do
      local x = assert(cf.read(file(text)))
      assert.are.same({ 0, 0, 0 }, { x.rows, x.columns, x.count })
    end
  end)

  it("takes long lines, and any name", function()
    local words = { "u" }
    for i = 1, 30000 do
      words[i + 1] = ("i%07d"):format(i)
    end
    local x = assert(cf.read(file(table.concat(words, " ") .. "\nv 007 7 \0 \255\n")))
    assert.are.same({ 2, 30004, 30004 }, { x.rows, x.columns, x.count })
    assert.are.same({ "007", "7", "\0", "\255" }, { x.item_names[30001], x.item_names[30002],
      x.item_names[30003], x.item_names[30004] })
  end)

  it("names the file, line and column of what is wrong", function()
    refused("a,x,3\nb,,4\n", ":2: column 2 (item): there is nothing")
    refused("a,x,3\n,y,4\n", ":2: column 1 (user): there is nothing")
    refused("a,x,3\nb\n", ":2: column 2 (item): there is nothing")
    refused("a x 3\n\nb y four\n", ':3: column 3 (rating): not a finite number: "four"',
      { ratings = true })
    refused("a x nan\n", ':1: column 3 (rating): not a finite number: "nan"', { min_rating = 1 })
    refused("a x 1e300\n", ':1: column 3 (rating): too large: "1e300"', { ratings = true })
    refused("a x 1 1\nb x 1 t\n", ':2: column 4 (time): not a finite number: "t"',
      { times = true })
    refused("a x\n", ":1: there is no column of ratings", { min_rating = 2 })
    refused("a\nb\n", ":1: there is a single column, and no item", { format = "ratings" })
    refused("a x 3\n", ":1: there is no column of times", { times = true })
    refused("a x y z v\n", ": lines of many items have no ratings and no times",
      { min_rating = 3 })
    refused("1,2\n", ":1: expected names of columns, as userId and movieId or uid and sid",
      { format = "movielens" })
    refused("a,b\n1,2\n", ':1: no column is called "c" (columns.item)',
      { columns = { user = "a", item = "c" } })
    local x, message = cf.read("/nonexistent/file")
    assert.is_nil(x)
    assert.are.equal("/nonexistent/file: cannot open: No such file or directory", message)
    local _, second = cf.read({ file("a x\n"), file("b,y\nb,\n") })
    assert.truthy(second:find(":2: column 2 (item): there is nothing", 1, true))
  end)

  it("says what is asked wrongly", function()
    check.raises_here('option "format": "csv" is not one of', cf.read, "x", { format = "csv" })
    check.raises_here('unknown option "min_ratings" (did you mean "min_rating"?)', cf.read, "x",
      { min_ratings = 3 })
    check.raises_here("read: path: expected a path or a list of paths, got nil", cf.read)
    check.raises_here("read: path[2]: expected a path, got 3", cf.read, { "x", 3 })
    check.raises_here('read: columns: unknown option "users"', cf.read, "x",
      { columns = { users = 1 } })
    check.raises_here("columns.user: 0 is no column", cf.read, "x", { columns = { user = 0 } })
  end)

  it("reads MovieLens", function()
    local path = paths.shared("movielens-latest-small/ratings.csv.gz")
    if not path then
      return pending("the shared data is not here")
    end
    local x = assert(cf.read(path, { numbering = "number" }))
    assert.are.same({ 610, 9724, 100836, 0 }, { x.rows, x.columns, x.count, x.merged })
    local liked = assert(cf.read(path, { min_rating = 4 }))
    local rated = assert(cf.read(path, { ratings = true })):filter({ min_rating = 4 })
    assert.are.equal(liked.count, rated.count)
    assert.are.equal(48580, liked.count)
  end)
end)

describe("read_negatives", function()
  teardown(paths.clean)

  local TEXT = "(u1,b)\ta\tc\n(u0,a)\tc\ta\n"

  it("numbers by names that are given", function()
    local t = assert(cf.read_negatives(file(TEXT), { user_names = { "u0", "u1" },
      item_names = { "a", "b", "c" } }))
    assert.are.same({ 2, 1 }, t.users:totable())
    assert.are.same({ 2, 1 }, t.positives:totable())
    assert.are.same({ 1, 3, 1, 3 }, t.negatives.ids:totable())
    assert.are.same({ 0, 2, 4 }, t.negatives.offsets:totable())
    -- A positive among its own negatives counts once.
    local _, details = cf.measure.candidates({ { 3, 2, 1 }, { 1, 9, 0 } }, t.positives, t.negatives)
    assert.are.same({ 2, 1 }, details.ranks:totable())
  end)

  it("numbers by appearance otherwise", function()
    local t = assert(cf.read_negatives(file(TEXT)))
    assert.are.same({ "u1", "u0" }, t.user_names)
    assert.are.same({ "b", "a", "c" }, t.item_names)
    assert.are.same({ 1, 2 }, t.positives:totable())
    assert.are.equal(3, t.negatives.columns)
  end)

  it("names what is wrong", function()
    local path = file("u1,b a c\n")
    local _, message = cf.read_negatives(path)
    assert.are.equal(path .. ': "u1,b" is not of the form (user,item)', message)
    path = file(TEXT)
    _, message = cf.read_negatives(path, { item_names = { "a", "b" } })
    assert.are.equal(path .. ': item "c" is not among item_names', message)
    _, message = cf.read_negatives(path, { user_names = { "u0" } })
    assert.are.equal(path .. ': user "u1" is not among user_names', message)
    _, message = cf.read_negatives("/nonexistent")
    assert.truthy(message:find("cannot open", 1, true))
  end)
end)
