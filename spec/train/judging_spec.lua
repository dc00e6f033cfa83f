-- What rows held out say where labels are all alike, or were not observed.
local paths = require "spec.support.paths"
local sy = require "steelyard"
local training = require "spec.support.training"

local NAN = 0 / 0

-- From row `first` on, comments are all `value`.
local function comments(value, first)
  return training.log(300, function(_, labels)
    for i = first, 300 do
      labels.comment[i] = value
    end
  end)
end

local function fails(message, data, more)
  local told = training.message_of(sy.train.mtml, data, training.config(more))
  assert.is_truthy(told:find(message, 1, true), told)
end

describe("a task whose labels held out", function()
  after_each(paths.clean)

  it("are all alike has no AUC, and is saved, and checkpointed, all the same", function()
    local data = comments(0, 200)
    local o = training.config({ select = "auc", epochs = 4, checkpoint_seconds = 0,
      checkpoint = paths.temporary(".safetensors") })
    local model = sy.train.mtml(data, o)
    local best, most = nil, 0
    for i, entry in ipairs(model.history) do
      local one = entry.validation
      assert.is_nil(one.tasks.comment.auc)
      assert.is_nil(one.tasks.comment.ratio) -- there were none: it is infinite
      assert.is_true(one.tasks.comment.log_loss > 0)
      assert.are.equal(one.tasks.click.auc, one.auc)
      if one.auc > most then
        best, most = i, one.auc
      end
    end
    assert.are.equal(best, model.best_epoch)
    local path = paths.temporary(".safetensors")
    assert(model:save(path))
    local loaded = assert(sy.train.load(path))
    assert.are.same(model.history, loaded.history)
    o.resume = true
    assert.are.same(model.history, sy.train.mtml(data, o).history)
  end)

  it("were not observed counts in no mean", function()
    local model = sy.train.mtml(comments(NAN, 200), training.config())
    local one = model.history[2].validation
    assert.are.same({}, one.tasks.comment)
    assert.are.equal(one.tasks.click.log_loss, one.log_loss)
    assert.is_true(one.log_loss > 0)
  end)

  it("are observed here and there has a calibrator by those", function()
    local data = training.log(300, function(_, labels)
      for i = 1, 300, 2 do
        labels.comment[i] = NAN
      end
    end)
    local model = sy.train.mtml(data, training.config({ calibrate = "platt" }))
    local p, y = {}, {}
    local held = data:where({ "day>=9" })
    local raw = model:predict(held, { raw = true }).comment
    for i = 1, held.size do
      local label = held:label("comment")[i]
      if label == label then
        p[#p + 1], y[#y + 1] = raw[i], label
      end
    end
    local expected = sy.calibrate.fit(p, y, { method = "platt" })
    assert.are.equal(expected:apply(raw):bytes(), model:predict(held).comment:bytes())
  end)
end)

describe("labels that nothing can be learnt or told from", function()
  it("are refused before training", function()
    fails("labels of comment: none of the 240 rows to train on has one", comments(NAN, 1))
    fails("calibrate: none of the 60 rows held out has a label of comment", comments(NAN, 200),
      { calibrate = "platt" })
    fails("select: no task has labels of both kinds among the 60 rows held out",
      training.log(300, function(_, labels)
        for i = 200, 300 do
          labels.click[i], labels.comment[i] = 1, 0
        end
      end), { select = "auc" })
    fails("validation: none of the 60 rows held out has a label",
      training.log(300, function(_, labels)
        for i = 200, 300 do
          labels.click[i], labels.comment[i] = NAN, NAN
        end
      end))
    fails("labels of comment: row 7: 2 is not from 0 to 1", training.log(300, function(_, labels)
      labels.comment[7] = 2
    end))
    fails("row 7 of those that where leaves: -1 is not", training.log(300, function(_, labels)
      labels.comment[7] = -1
    end), { where = { "day<99" } })
  end)

  it("are not asked of rows that where leaves out", function()
    local data = training.log(300, function(c, labels)
      c.hour[7], labels.comment[7] = 99, -1
    end)
    assert.are.equal(2, #sy.train.mtml(data, training.config({ where = { "hour<24" } })).history)
  end)

  it("need rows held out to be judged by", function()
    for key, value in pairs({ early_stop = 1, select = "auc", calibrate = "platt" }) do
      local o = training.config({ [key] = value })
      o.validation = nil
      local told = training.message_of(sy.train.mtml, training.log(50), o)
      assert.is_truthy(told:find(key .. " needs validation", 1, true), told)
    end
  end)
end)
