-- A training run: epochs of shuffled batches, validation, the best parameters, checkpoints. All of
-- its state is what a checkpoint holds, so that a run that was killed ends in the same bits.

local architecture = require("steelyard.train.architecture")
local batch = require("steelyard.train.batch")
local checkpoint = require("steelyard.train.checkpoint")
local core = require("steelyard.core")
local features = require("steelyard.train.features")
local holdout = require("steelyard.train.holdout")
local inference = require("steelyard.train.inference")
local judging = require("steelyard.train.judging")
local net = require("steelyard.net")
local optimizer = require("steelyard.optimizer")
local options = require("steelyard.options")

local session = {}
local Session = {}
Session.__index = Session

-- What is learnt of the columns by the training rows.
local function encoding_of(data, rows, o, tasks, labels)
  local encoding = { tasks = tasks, blocks = {} }
  for _, key in ipairs({ "user_id", "item_id", "position" }) do
    encoding[key] = o[key] and features.fit(data, rows, o[key])
  end
  for name, list in pairs(o.blocks) do
    encoding.blocks[name] = {}
    for i, spec in ipairs(list) do
      encoding.blocks[name][i] = features.fit(data, rows, spec, labels)
    end
  end
  return encoding
end

local function labels_of(data, tasks, dtype)
  local columns = {}
  for i, task in ipairs(tasks) do
    columns[i] = data:label(task)
  end
  return core.array.columns(columns, dtype)
end

-- The network of an encoding with what the recipe adds.
local function build(self)
  local o, graph = self.options, net.graph()
  self.parts = architecture.build(graph, self.encoding, o)
  local recipe = o.recipe
  if recipe.parts.build then
    recipe.parts.build(graph, self.parts, recipe.options, self.encoding)
  end
  self.parts.served = self.parts.served or self.parts.logits
  self.net = graph:build({ dtype = o.dtype, seed = o.seed,
    batch = math.max(math.min(o.batch, #self.trained), inference.ROWS) })
  architecture.start(self.net, self.encoding)
  if recipe.parts.start then
    recipe.parts.start(self.net, recipe.options)
  end
  self.optimizer = optimizer[o.optimizer.name](self.net, o.optimizer.options)
end

-- The layers that a recipe changed are there, and have a number for each task.
local function check_parts(self)
  self.net:forward(self.feeds, { rows = self.trained:slice(1, 1) })
  for _, part in ipairs({ "logits", "served" }) do
    local name = self.parts[part]
    local is_layer = false
    for _, layer in ipairs(self.net.layers) do
      is_layer = is_layer or layer.name == name
    end
    local width = is_layer and (self.net:value(name).shape[2] or 1)
    if width ~= #self.tasks then
      options.fail("recipe: build: parts.%s is %s%s: it must be a layer of %d, a number for each "
        .. "task", part, options.show(name), width and " of " .. width or ", which is no layer",
        #self.tasks)
    end
  end
end

--- A run on a data set with labels, ready to start. o: as config.check gives it.
function session.new(data, o)
  local tasks = data.tasks
  local trained, held = holdout.split("train.mtml", data, o.validation, o.seed)
  judging.check(data, trained, held, o)
  local labels = labels_of(data, tasks, o.dtype)
  local self = setmetatable({
    data = data, options = o, tasks = tasks, trained = trained, held = held, labels = labels,
    encoding = encoding_of(data, trained, o, tasks, labels),
    random = core.random(o.seed + 7919),
    -- Where the run is, and what came out so far.
    epoch = 1, done = 0, loss = 0, history = {}, finished = false,
  }, Session)
  build(self)
  self.columns = architecture.feeds(self.encoding, data, o.dtype,
    { rows = trained, labels = labels })
  self.feeds = inference.feeds(self.net, self.columns)
  check_parts(self)
  return self
end

-- ----------------------------------------------------------------------------------- training --

local function diverged(self, what, value)
  options.fail("training diverged: %s in epoch %d, behind row %d, is %s (a smaller learning_rate, "
    .. "or clip_norm, may help)", what, self.epoch, self.done,
    value ~= value and "not a number" or "infinite")
end

--- The recipe's loss of some rows (an i64 array) and {layer = gradient}, behind a forward pass.
function Session:loss_of(rows)
  local o = self.options
  self.net:forward(self.feeds, { rows = rows, training = true })
  local sum = self.net:value(self.parts.logits):sum()
  if sum - sum ~= 0 then
    diverged(self, "the sum of logits", sum)
  end
  return o.recipe.parts.loss(batch.new(self, rows), self.parts, o.recipe.options)
end

-- One step on some rows; gives the loss.
local function step(self, rows)
  local value, gradients = self:loss_of(rows)
  if type(value) ~= "number" or type(gradients) ~= "table" then
    options.fail("recipe: loss must give a number and {layer = gradient}, got %s and %s",
      options.show(value), options.show(gradients))
  elseif next(gradients) == nil then
    options.fail("recipe: loss gave no gradient")
  elseif value - value ~= 0 then
    diverged(self, "the loss", value)
  end
  self.net:backward(gradients)
  self.optimizer:step()
  return value
end

local function copy_of(tensors)
  local copies = {}
  for name, array in pairs(tensors) do
    copies[name] = array:copy()
  end
  return copies
end

-- Is the last epoch the best one so far? Then keep its parameters.
local function judge(self, entry)
  local o = self.options
  local score = judging.score(entry.validation, o.select)
  if o.select == "last" or not self.best_score or score < self.best_score then
    self.best_score, self.best_epoch = score, entry.epoch
    self.best = o.select ~= "last" and copy_of(self.net:tensors()) or nil
  end
  return o.early_stop > 0 and entry.epoch - self.best_epoch >= o.early_stop
end

-- The end of an epoch: gives true where training ends, too.
local function close_epoch(self)
  local entry = { epoch = self.epoch, loss = self.loss / #self.trained }
  local stop = false
  if self.held then
    entry.validation = judging.validate(self)
    stop = judge(self, entry)
  end
  self.history[#self.history + 1] = entry
  self.epoch, self.done, self.loss = self.epoch + 1, 0, 0
  self.finished = stop or self.epoch > self.options.epochs
  if self.options.progress then
    self.options.progress(entry)
  end
end

--- Train to the end, from where the run is.
function Session:run()
  local o = self.options
  local saved_at = os.time()
  while not self.finished do
    local order = core.random(o.seed * 1000003 + self.epoch):shuffle(self.trained:copy())
    while self.done < #order do
      local last = math.min(self.done + o.batch, #order)
      local rows = order:slice(self.done + 1, last)
      self.loss = self.loss + step(self, rows) * (last - self.done)
      self.done = last
      if o.checkpoint and os.time() - saved_at >= o.checkpoint_seconds then
        checkpoint.save(self, o.checkpoint)
        saved_at = os.time()
      end
    end
    close_epoch(self)
    if o.checkpoint then
      checkpoint.save(self, o.checkpoint)
      saved_at = os.time()
    end
  end
  if self.best then
    self.net:fill(self.best)
  end
end

return session
