-- What every recommender of sy.collaborative is: scores of all items for histories, and with them
-- the best unseen items, measures, and a file. A kind of model says how it scores, what it keeps:
--
--   model.define("popularity", {
--     scores = function(self, histories) return array end,   -- f32, a row for each history
--     tensors = function(self) return { counts = self.counts } end,
--     rebuild = function(about, tensors, base) return { counts = tensors.counts } end,
--   })
--   local one = model.new("popularity", { items = 100, counts = counts })
--
-- Histories are a bag {ids, offsets, weights} or interactions, which have the same fields, or, for
-- a few, a list of lists of item numbers.

local core = require("steelyard.core")
local digest = require("steelyard.train.digest")
local options = require("steelyard.options")
local tensors = require("steelyard.tensors")
local vector = require("steelyard.vector")

local model = {}

local FORMAT, VERSION = "steelyard.collaborative", "1"
local FILE = "model.safetensors"

-- Bytes that the scores of one batch may take.
local BATCH_BYTES = 64 * 2 ^ 20

-- The kinds of the library, which load from files of their names.
local own = { actor = true, als = true, ease = true, mix = true, popularity = true, slim = true }

local kinds = {} -- kind -> definition
local metas = {} -- metatable -> true
local Model = {}

--- Define a kind of model. definition:
--
--   scores(self, histories)   -> array f32, rows x items, valid until the next call; histories is a
--                                bag that nobody has looked into yet
--   tensors(self)             -> {name = array}: what a file keeps
--   about(self)               -> what else it keeps, as JSON can carry it; may be left out
--   rebuild(about, tensors, base)
--                             -> the fields of a model again, base = {items, item_names}; raises
--                                (options.fail) where they do not fit
--   cost(self, rows, entries) -> multiply-adds of a call of scores, at most; may be left out
--   methods                   =  {name = function}: further methods; may be left out
function model.define(kind, definition)
  local methods = {}
  for _, list in ipairs({ Model, definition.methods }) do
    for name, method in pairs(list) do
      methods[name] = method
    end
  end
  local meta = { __index = methods }
  meta.__tostring = function(self)
    return ("model: %s, %d items"):format(self.kind, self.items)
  end
  metas[meta] = true
  kinds[kind] = { definition = definition, meta = meta }
end

--- A model of a kind that was defined. fields: items (how many there are), item_names (a list, or
-- nil) and what the kind needs.
function model.new(kind, fields)
  local found = kinds[kind] or options.fail("model: no kind is called %s", options.show(kind))
  fields.kind = kind
  return setmetatable(fields, found.meta)
end

--- Is the value a model?
function model.is(value)
  return type(value) == "table" and metas[getmetatable(value) or false] == true
end

--- What recommenders are learnt from: a bag that says how many items there are, as interactions
-- do. where: who learns, for messages.
function model.examples(where, x)
  local good = type(x) == "table" and x.ids ~= nil and x.offsets ~= nil
  options.need(good, where, "interactions", x)
  if type(x.columns) ~= "number" or x.columns % 1 ~= 0 or x.columns < 1 then
    options.fail("%s: columns: expected how many items there are, got %s", where,
      options.show(x.columns))
  elseif x.item_names and #x.item_names ~= x.columns then
    options.fail("%s: %d items, but %d names", where, x.columns, #x.item_names)
  end
  core.sparse_check(x, x.columns, where)
  return x
end

-- ------------------------------------------------------------------------------- histories --

-- A list of lists of item numbers as a bag, ascending and each once.
local function bag_of_lists(where, lists)
  local ids, offsets = {}, { 0 }
  for row, list in ipairs(lists) do
    local sorted = {}
    for i, id in ipairs(list) do
      options.need(type(id) == "number", ("%s: histories[%d][%d]"):format(where, row, i),
        "an item's number", id)
      sorted[i] = id
    end
    table.sort(sorted)
    for i, id in ipairs(sorted) do
      if id ~= sorted[i - 1] then
        ids[#ids + 1] = id
      end
    end
    offsets[row + 1] = #ids
  end
  return { ids = core.array(ids, "i32"), offsets = core.array(offsets, "i64") }
end

--- Histories as a bag {ids, offsets, weights}; their number. What they hold is for C to check.
function model.histories(where, value)
  if type(value) == "table" and value.ids == nil and (value[1] == nil or type(value[1]) == "table")
    and (next(value) == nil or value[1]) then
    value = bag_of_lists(where, value)
  end
  local good = type(value) == "table" and value.ids ~= nil and value.offsets ~= nil
  options.need(good, where .. ": histories",
    "a bag {ids, offsets}, interactions or a list of lists of item numbers", value)
  options.need_numbers(where .. ": histories.offsets", value.offsets)
  if #value.offsets == 0 then
    options.fail("%s: histories.offsets: expected at least one number, got none", where)
  end
  return value, #value.offsets - 1
end

--- Raise where histories are none of so many items; row or entry are named. O(entries).
function model.check(histories, items, name)
  core.sparse_check(histories, items, name or "histories")
end

--- Rows first..last of a bag that was checked.
function model.rows(bag, first, last)
  local offsets = bag.offsets
  local from = offsets[first]
  local moved = core.array.zeros(last - first + 2, "i64")
  for i = 1, #moved do
    moved[i] = offsets[first + i - 1] - from
  end
  local to = offsets[last + 1]
  local function cut(list)
    if core.array.is(list) then
      return list:slice(from + 1, to)
    end
    local part = {}
    for i = from + 1, to do
      part[#part + 1] = list[i]
    end
    return core.array(part)
  end
  return { ids = cut(bag.ids), offsets = moved, weights = bag.weights and cut(bag.weights) }
end

--- An f32 array rows x columns that the model keeps for its scores; the one of the last call where
-- that has as many rows.
function model.buffer(self, rows, columns)
  local kept = self._buffer
  if not kept or kept.shape[1] ~= rows or kept.shape[2] ~= columns then
    kept = core.array.zeros(rows, columns, "f32")
    self._buffer = kept
  end
  return kept
end

-- --------------------------------------------------------------------------------- serving --

local function definition_of(self)
  return kinds[self.kind].definition
end

--- The scores of all items: a row for each history. The array is the model's own, until its next
-- call. Seen items have scores, too.
function Model:scores(histories)
  return definition_of(self).scores(self, (model.histories("scores", histories)))
end

local function whole(where, name, value, most)
  if value % 1 ~= 0 or value < 1 or value > most then
    options.fail("%s: option %q: expected 1 to %d, got %s", where, name, most, options.show(value))
  end
  return value
end

--- How many histories are scored at a time: as asked, but no more than fit the memory of a batch.
function model.batch(where, self, wanted)
  whole(where, "batch", wanted, 2 ^ 31)
  return math.max(1, math.min(wanted, math.floor(BATCH_BYTES / 4 / math.max(1, self.items))))
end

--- Multiply-adds of a call of a model's scores, at most.
function model.cost(self, rows, entries)
  local cost = definition_of(self).cost
  return cost and cost(self, rows, entries) or 0
end

local recommend_options = {
  k = { type = "integer", default = 20 },
  batch = { type = "integer", default = 256 },
  most = { type = "number", default = 1e11 },
}

-- Refuse a call that would cost too much, before it costs anything.
local function check_cost(self, rows, entries, most)
  local work = rows * self.items + model.cost(self, rows, entries)
  if work > most or most ~= most then
    options.fail("recommend: %d histories with %d items, of %d, take %.3g steps: option \"most\" "
      .. "allows %.3g", rows, entries, self.items, work, most)
  end
end

--- The k best unseen items of each history: ids (i32, rows x k; 0 where fewer are left) and their
-- scores (f32). At most `most` steps are done: what the kind's scores cost, and one for each score.
function Model:recommend(histories, given)
  local o = options.check("recommend", given, recommend_options)
  local bag, rows = model.histories("recommend", histories)
  local k = whole("recommend", "k", o.k, math.max(self.items, recommend_options.k.default))
  local batch = model.batch("recommend", self, o.batch)
  model.check(bag, self.items)
  local top = require("steelyard.collaborative.top")
  check_cost(self, rows, #bag.ids, o.most)
  local ids, scores = core.array.zeros(rows, k, "i32"), core.array.zeros(rows, k, "f32")
  for from = 1, rows, batch do
    local to = math.min(from + batch - 1, rows)
    local part = model.rows(bag, from, to)
    local found, values = top(definition_of(self).scores(self, part), k, part)
    vector.assign(ids:slice(from, to), found)
    vector.assign(scores:slice(from, to), values)
  end
  return ids, scores
end

--- The number of an item's name, or nil.
function Model:item(name)
  if not self._numbers then
    self._numbers = {}
    for i, text in ipairs(self.item_names or {}) do
      self._numbers[text] = i
    end
  end
  return self._numbers[name]
end

-- ------------------------------------------------------------------------------- measuring --

local evaluate_options = {
  metrics = { type = "list" },
  batch = { type = "integer", default = 500 },
}
local METRICS = { "ndcg@100", "recall@20", "recall@50" }

model.options = { recommend = recommend_options, evaluate = evaluate_options }

-- The mean, and its standard error: the deviation / sqrt(n).
local function summary(values)
  local n = #values
  local mean = n > 0 and values:mean() or 0 / 0
  local away = vector.subtract(values, mean)
  local squares = vector.dot(away, away)
  return mean, n > 1 and math.sqrt(squares / (n - 1) / n) or 0 / 0
end

--- How well hidden items are found: each row of fold_in is a history, the same row of held_out what
-- was hidden of it. Seen items are not ranked.
-- @return {means = {name = mean}, errors = {name = standard error}, values = {name = f64 array, one
-- number a user}, users = their number}
function Model:evaluate(fold_in, held_out, given)
  local o = options.check("evaluate", given, evaluate_options)
  local metrics = o.metrics or METRICS
  local seen, rows = model.histories("evaluate", fold_in)
  local hidden, others = model.histories("evaluate", held_out)
  if rows ~= others then
    options.fail("evaluate: %d histories, but hidden items of %d", rows, others)
  end
  model.check(seen, self.items, "fold_in")
  model.check(hidden, self.items, "held_out")
  local measure = require("steelyard.collaborative.measure")
  local batch = model.batch("evaluate", self, o.batch)
  local parts = {}
  for from = 1, rows, batch do
    local to = math.min(from + batch - 1, rows)
    local part = model.rows(seen, from, to)
    local values = measure(definition_of(self).scores(self, part), model.rows(hidden, from, to),
      { seen = part, metrics = metrics })
    for _, name in ipairs(metrics) do
      parts[name] = parts[name] or {}
      table.insert(parts[name], values[name])
    end
  end
  local result = { means = {}, errors = {}, values = {}, users = rows }
  for _, name in ipairs(metrics) do
    result.values[name] = parts[name] and core.array.concat(parts[name]) or core.array(0)
    result.means[name], result.errors[name] = summary(result.values[name])
  end
  return result
end

-- ----------------------------------------------------------------------------------- files --

--- What a file keeps of a model: its kind, JSON's part, arrays.
function model.parts(self)
  local definition = definition_of(self)
  return self.kind, definition.about and definition.about(self) or {}, definition.tensors(self)
end

--- A model of these again; what does not fit raises. base: {items, item_names}.
function model.rebuild(kind, about, arrays, base)
  if not kinds[kind] and own[kind] then
    require("steelyard.collaborative." .. kind)
  end
  local found = kinds[kind] or options.fail("no kind of model is called %s", options.show(kind))
  local fields = found.definition.rebuild(about, arrays, base)
  fields.items, fields.item_names = base.items, base.item_names
  return model.new(kind, fields)
end

--- One of a file's tensors, of a shape (columns nil: one dimension) and type, or an error.
function model.tensor(arrays, name, dtype, rows, columns)
  local array = arrays[name] or options.fail("it has no tensor %s", name)
  if array.dtype ~= dtype or array.shape[1] ~= rows or array.shape[2] ~= columns then
    options.fail("tensor %s: %s of %d%s is needed", name, dtype, rows,
      columns and (" x %d"):format(columns) or "")
  end
  return array
end

-- Names may be any bytes, which JSON could not carry: they stand one behind the other.
local NAMES, ENDS = "item_names/bytes", "item_names/ends"

local function with_names(arrays, names)
  local all, ends, at = {}, core.array(#names, "i64"), 0
  for name, array in pairs(arrays) do
    all[name] = array
  end
  for i, name in ipairs(names) do
    at = at + #name
    ends[i] = at
  end
  local text = table.concat(names)
  all[NAMES] = core.array.from_bytes(text .. ("\0"):rep(-#text % 4), "i32")
  all[ENDS] = ends
  return all
end

-- The names that a file has, which leave its arrays; nil where it has none.
local function take_names(arrays, items)
  if not arrays[NAMES] then
    return nil
  end
  local ends, text = model.tensor(arrays, ENDS, "i64", items), arrays[NAMES]:bytes()
  local names, from = {}, 0
  for i = 1, items do
    local to = ends[i]
    if to < from or to > #text then
      options.fail("the name of item %d makes no sense", i)
    end
    names[i], from = text:sub(from + 1, to), to
  end
  arrays[NAMES], arrays[ENDS] = nil, nil
  return names
end

local function path_of(path)
  return path:find("%.safetensors$") and path or path:gsub("/+$", "") .. "/" .. FILE
end

--- Write the model to a file *.safetensors, or to model.safetensors of a folder, which is made;
-- whole or not at all.
-- @return true, or nil and a message
function Model:save(path)
  options.need(type(path) == "string" and path ~= "", "save: path", "a path", path)
  local kind, about, arrays = model.parts(self)
  local text = core.json_encode({ kind = kind, items = self.items, about = about })
  arrays = self.item_names and with_names(arrays, self.item_names) or arrays
  local file = path_of(path)
  if file ~= path then
    local made, message = core.folder_make(path)
    if not made then
      return nil, message
    end
  end
  return tensors.save(file, arrays, {
    format = FORMAT, version = VERSION, model = text, checksum = digest.of(text, arrays),
  })
end

local function rebuilt(arrays, notes)
  local text = notes.model or ""
  if notes.checksum ~= digest.of(text, arrays) then
    options.fail("the model is damaged: its checksum does not fit")
  end
  local kept = assert(core.json_decode(text))
  if type(kept.items) ~= "number" or kept.items % 1 ~= 0 or kept.items < 0 then
    options.fail("how many items there are: %s", options.show(kept.items))
  end
  local names = take_names(arrays, kept.items)
  return model.rebuild(kept.kind, kept.about or {}, arrays,
    { items = kept.items, item_names = names })
end

--- A model from what save wrote: a file or its folder.
-- @return the model, or nil and a message
function model.load(path)
  options.need(type(path) == "string" and path ~= "", "load: path", "a path", path)
  local file = path_of(path)
  local arrays, notes = tensors.load(file)
  if not arrays then
    return nil, notes
  elseif notes.format ~= FORMAT or notes.version ~= VERSION then
    return nil, ("%s: not a model of this version (%s %s)"):format(file, FORMAT, VERSION)
  end
  local ok, result = pcall(rebuilt, arrays, notes)
  if not ok then
    return nil, ("%s: %s"):format(file, (tostring(result):gsub("^[^\n]-:%d+: ", "")))
  end
  return result
end

return model
