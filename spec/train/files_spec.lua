-- Models' files and checkpoints that are damaged, or of another run.
local core = require "steelyard.core"
local paths = require "spec.support.paths"
local sy = require "steelyard"
local training = require "spec.support.training"

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

describe("checksums", function()
  it("are those of zlib and gzip", function()
    assert.are.equal(0xcbf43926, core.checksum("123456789"))
    assert.are.equal(0xcbf43926, core.checksum("6789", core.checksum("12345")))
    assert.are.equal(0, core.checksum(""))
    for _, start in ipairs({ -1, 2 ^ 32, 0.5, 0 / 0, 1 / 0, "1" }) do
      assert.is_false((pcall(core.checksum, "1", start)))
    end
    local array = sy.array({ { 1, 2 }, { 3, 4 } }, "i32")
    assert.are.equal(core.checksum(array:bytes()), core.checksum(array))
    assert.is_false((pcall(core.checksum, array:column(1))))
  end)
end)

describe("a damaged file", function()
  local data = training.log(200)
  after_each(paths.clean)

  it("of a model is refused wherever the damage is", function()
    local path = paths.temporary(".safetensors")
    assert(sy.train.mtml(data, training.config({ calibrate = "platt",
      user_features = { { column = "user", as = "history" } } })):save(path))
    local text, random = paths.read(path), sy.random(1)
    for _ = 1, 300 do
      local place, other = random:below(#text), string.char(random:below(256) - 1)
      local bad = random:uniform() < 0.2 and text:sub(1, place - 1)
        or text:sub(1, place - 1) .. other .. text:sub(place + 1)
      write(path, bad)
      local model, message = sy.train.load(path)
      assert.is_true(bad == text or not model, ("byte %d"):format(place))
      assert.is_true(bad == text or message:find(path, 1, true) == 1, message)
      assert.is_nil((message or ""):find("\n", 1, true))
    end
  end)

  it("of a model that was changed elsewhere is read, if it fits", function()
    local path = paths.temporary(".safetensors")
    local model = sy.train.mtml(data, training.config())
    assert(model:save(path))
    local all, about = assert(sy.tensors.load(path))
    about.checksum = nil
    all["task.bias"]:row(1)[1] = all["task.bias"]:get(1, 1) + 1
    assert(sy.tensors.save(path, all, about))
    local moved = assert(sy.train.load(path)):predict(data)
    assert.is_true(moved.click[1] > model:predict(data).click[1])
    all["task.bias"] = sy.array({ 1, 2, 3 }, "f32")
    assert(sy.tensors.save(path, all, about))
    local none, message = sy.train.load(path)
    assert.is_nil(none)
    assert.is_truthy(message:find("tensor task.bias: a matrix of 1 x 2 is needed"), message)
  end)

  it("of a checkpoint is refused wherever the damage is", function()
    local path = paths.temporary(".safetensors")
    local o = training.config({ epochs = 1, checkpoint = path })
    sy.train.mtml(data, o)
    o.resume = true
    local text, random = paths.read(path), sy.random(2)
    for _ = 1, 60 do
      local place = random:below(#text)
      write(path, text:sub(1, place - 1) .. "\1" .. text:sub(place + 1))
      local told = training.message_of(sy.train.mtml, data, o)
      assert.is_truthy(told:find(path, 1, true), told)
    end
  end)
end)

describe("a checkpoint", function()
  after_each(paths.clean)

  -- Two runs that must not continue each other.
  local function differ(one, more_of_one, other, more_of_other)
    local path = paths.temporary(".safetensors")
    local o = training.config(more_of_one)
    o.checkpoint = path
    sy.train.mtml(one, o)
    o = training.config(more_of_other)
    o.checkpoint, o.resume = path, true
    local told = training.message_of(sy.train.mtml, other, o)
    assert.is_truthy(told:find("other data or with other options", 1, true), told)
  end

  it("goes by each number of the data, and its place", function()
    local function swapped(column)
      return training.log(100, function(c, labels)
        local list = c[column] or labels[column]
        for i = 1, 10 do
          list[i], list[21 - i] = list[21 - i], list[i]
        end
      end)
    end
    differ(training.log(100), {}, swapped("hour"), {})
    differ(training.log(100), {}, swapped("click"), {})
    -- Sums of what was not observed are alike.
    local function unobserved(row)
      return training.log(100, function(_, labels)
        labels.comment[row] = 0 / 0
      end)
    end
    differ(unobserved(1), {}, unobserved(2), {})
    -- As many rows are held out, but others.
    differ(training.log(100), { validation = { column = "day", from = 9 } },
      training.log(100, function(c)
        for i = 1, 100 do
          c.day[i] = 11 - c.day[i]
        end
      end), {})
  end)

  it("goes by all of a schedule, and by a recipe's functions", function()
    local function rate(of_late)
      return { learning_rate = { "piecewise", { { 0, 0.01 }, { 2, 0.01 }, { 3, of_late } } } }
    end
    differ(training.log(100), rate(0.01), training.log(100), rate(0.02))
    differ(training.log(100), { recipe = { loss = function(batch, parts)
      return batch:cross_entropy(parts.logits)
    end } }, training.log(100), { recipe = { loss = function(batch, parts)
      local value, gradients = batch:cross_entropy(parts.logits)
      return value + 1, gradients
    end } })
  end)
end)

describe("a value that training did not have", function()
  it("adds nothing to the logits", function()
    local data = training.log(200)
    local model = sy.train.mtml(data, training.config({ user_id = "user", item_id = "item",
      cross_features = { { column = "country", as = "category" } } }))
    for _, name in ipairs({ "user_id", "item_id", "cross_features/country" }) do
      for _, number in ipairs(model.net:parameter(name .. ".table.weight"):row(1):totable()) do
        assert.are.equal(0, number)
      end
    end
  end)
end)
