-- What the rows held out say of a run, and whether the labels allow it to be told.

local inference = require("steelyard.train.inference")
local options = require("steelyard.options")

local judging = {}

-- Observed labels of some rows (an i64 array): how many there are, and their sum.
local function count(labels, rows)
  local picked, sum, number = labels:gather(rows), 0, 0
  for i = 1, #picked do
    local label = picked[i]
    if label == label then
      number, sum = number + 1, sum + label
    end
  end
  return number, sum
end

local function check_range(task, labels, o)
  for i = 1, #labels do
    local label = labels[i]
    if label < 0 or label > 1 then
      options.fail("train.mtml: labels of %s: row %d%s: %s is not from 0 to 1", task, i,
        #o.where > 0 and " of those that where leaves" or "", options.show(label))
    end
  end
end

--- Are there labels to train on, and to judge by? Else an error. trained, held (nil: none): rows;
-- o: the checked configuration.
function judging.check(data, trained, held, o)
  local some, both = false, false
  for _, task in ipairs(data.tasks) do
    local labels = data:label(task)
    check_range(task, labels, o)
    if count(labels, trained) == 0 then
      options.fail("train.mtml: labels of %s: none of the %d rows to train on has one", task,
        #trained)
    end
    local number, sum = count(labels, held or trained)
    some, both = some or number > 0, both or (sum > 0 and sum < number)
    if held and o.calibrate and number == 0 then
      options.fail("train.mtml: calibrate: none of the %d rows held out has a label of %s", #held,
        task)
    end
  end
  if held and not some then
    options.fail("train.mtml: validation: none of the %d rows held out has a label", #held)
  elseif held and o.select == "auc" and not both then
    options.fail("train.mtml: select: no task has labels of both kinds among the %d rows held out, "
      .. "so there is no AUC", #held)
  end
end

-- The mean of what tasks have of a measure; nil: none has it.
local function mean_of(tasks, key)
  local sum, number = 0, 0
  for _, task in ipairs(options.keys(tasks)) do
    local one = tasks[task][key]
    if one then
      sum, number = sum + one, number + 1
    end
  end
  return number > 0 and sum / number or nil
end

--- How good the served predictions of the rows held out are: the means over the tasks for which
-- they are defined, and by task.
function judging.validate(session)
  local predicted = inference.predict(session.net, session.feeds, session.parts.served,
    session.held, session.tasks)
  local result = { tasks = {} }
  for _, task in ipairs(session.tasks) do
    result.tasks[task] = inference.measure(predicted[task],
      session.data:label(task):gather(session.held))
  end
  result.log_loss = mean_of(result.tasks, "log_loss")
  result.auc = mean_of(result.tasks, "auc")
  return result
end

--- The number that the best epoch has least of.
function judging.score(validation, select)
  if select == "auc" then
    return -validation.auc
  end
  return validation.log_loss
end

return judging
