-- trec_eval's measures: the one place of their names and of what each is here, in the order in
-- which trec_eval prints them. Its parameters follow a dot: P.5,10 or ndcg.1=3,2=9.

local options = require("steelyard.options")

local trec_measures = {}

local CUTOFFS = { 5, 10, 15, 20, 30, 100, 200, 500, 1000 }
local LEVELS = { 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1 }
local MULTIPLES = { 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2 }

-- {name, kind, expression, standard parameters}; the kinds are below, under `expand`.
trec_measures.list = {
  { "runid", "runid" },
  { "num_q", "topics" },
  { "num_ret", "count", "retrieved" },
  { "num_rel", "count", "relevant" },
  { "num_rel_ret", "count", "relevant_retrieved" },
  { "map", "one", "map" },
  { "gm_map", "summary", "map(mean=geometric)" },
  { "Rprec", "one", "r_precision" },
  { "bpref", "one", "bpref" },
  { "recip_rank", "one", "mrr" },
  { "iprec_at_recall", "levels", "iprec(recall=%.17g)", LEVELS },
  { "P", "cutoffs", "precision@%d", CUTOFFS },
  { "relstring", "relstring", nil, { 10 } },
  { "recall", "cutoffs", "recall@%d", CUTOFFS },
  { "infAP", "one", "infap" },
  { "gm_bpref", "summary", "bpref(mean=geometric)" },
  { "Rprec_mult", "levels", "r_precision(multiple=%.17g)", MULTIPLES },
  { "utility", "utility", "utility", { 1, -1, 0, 0 } },
  { "11pt_avg", "average", "iprec(recall=%.17g)", LEVELS },
  { "binG", "one", "bin_gain" },
  { "G", "gains", "gain_cost" },
  { "dcg", "gains", "dcg" },
  { "ideal_dcg", "gains", "ideal_dcg" },
  { "ndcg", "gains", "ndcg" },
  { "ndcg_rel", "gains", "ndcg_relevant" },
  { "Rndcg", "gains", "r_ndcg" },
  { "ndcg_cut", "cutoffs", "ndcg@%d", CUTOFFS },
  { "map_cut", "cutoffs", "map@%d", CUTOFFS },
  { "relative_P", "cutoffs", "relative_precision@%d", CUTOFFS },
  { "success", "cutoffs", "hit_rate@%d", { 1, 5, 10 } },
  { "set_P", "one", "precision" },
  { "set_relative_P", "one", "relative_precision" },
  { "set_recall", "one", "recall" },
  { "set_map", "one", "set_map" },
  { "set_F", "set_f", "f1(beta=%.17g)", { 1 } },
  { "num_nonrel_judged_ret", "count", "nonrelevant_retrieved" },
  { "yaap", "one", "yaap" },
  { "rbp", "persistence", "rbp(p=%.17g)", { 0.9 } },
  { "rbp_resid", "persistence", "rbp_residual(p=%.17g,tail=0)", { 0.9 } },
  { "unj", "cutoffs", "unjudged@%d", { 5, 10, 20 } },
}

local function words(text)
  local list = {}
  for word in text:gmatch("%S+") do
    list[#list + 1] = word
  end
  return list
end

--- What trec_eval has and this does not: preferences, and judgments by several groups.
trec_measures.missing = words([[
  prefs_num_prefs_poss prefs_num_prefs_ful prefs_num_prefs_ful_ret prefs_simp prefs_pair
  prefs_avgjg prefs_avgjg_Rnonrel prefs_simp_ret prefs_pair_ret prefs_avgjg_ret
  prefs_avgjg_Rnonrel_ret prefs_simp_imp prefs_pair_imp prefs_avgjg_imp
  map_avgjg P_avgjg Rprec_mult_avgjg]])

--- Names of several measures at once.
trec_measures.nicknames = {
  official = words([[runid num_q num_ret num_rel num_rel_ret map gm_map Rprec bpref recip_rank
    iprec_at_recall P]]),
  set = words([[runid num_q num_ret num_rel num_rel_ret utility set_P set_recall set_relative_P
    set_map set_F]]),
  all_trec = words([[runid num_q num_ret num_rel num_rel_ret map gm_map Rprec bpref recip_rank
    iprec_at_recall P relstring recall unj rbp rbp_resid infAP gm_bpref utility 11pt_avg ndcg
    relative_P Rprec_mult success map_cut ndcg_cut ndcg_rel Rndcg binG G set_P set_recall
    set_relative_P set_map set_F num_nonrel_judged_ret]]),
}

local by_name, missing = {}, {}
for _, measure in ipairs(trec_measures.list) do
  by_name[measure[1]] = measure
end
for _, name in ipairs(trec_measures.missing) do
  missing[name] = true
end
for _, name in ipairs({ "all_prefs", "prefs", "qrels_jg" }) do
  missing[name] = true -- nicknames of those
end

--- All names that may be asked for, measures and nicknames.
function trec_measures.names()
  local names = options.keys(by_name)
  for _, nickname in ipairs(options.keys(trec_measures.nicknames)) do
    names[#names + 1] = nickname
  end
  return names
end

--- "P_5" as "P.5", where that is trec_eval's; nil for anything else. What it prints is not what it
-- takes.
function trec_measures.dotted(text)
  local name, parameters = text:match("^([%w_]+)_([%d.,]+)$")
  return by_name[name] and by_name[name][4] and name .. "." .. parameters or nil
end

-- ------------------------------------------------------------------------------- parameters --

-- "5,10" as numbers, or nil and which part is none.
local function numbers_of(text)
  local list = {}
  for part in (text .. ","):gmatch("(.-),") do
    local number = part:find("^[-+.%d]") and not part:find("[xX]") and tonumber(part)
    if not number then
      return nil, ("%q is not a number"):format(part)
    end
    list[#list + 1] = number
  end
  return list
end

-- Ascending, each once; or nil and why not.
local function distinct(list)
  table.sort(list)
  for i = 2, #list do
    if list[i] == list[i - 1] then
      return nil, ("%g is there twice"):format(list[i])
    end
  end
  return list
end

-- "1=3,2=9" as what each grade is worth: {[1] = 3, [2] = 9}.
local function gains_of(text)
  local gains = {}
  for part in (text .. ","):gmatch("(.-),") do
    local grade, gain = part:match("^(%d+)=(.+)$")
    gain = tonumber(gain)
    if not gain then
      return nil, ("%q is not GRADE=GAIN"):format(part)
    end
    grade = tonumber(grade)
    if grade == 0 and gain ~= 0 then
      return nil, "grade 0 is always worth 0 here"
    end
    gains[grade] = gains[grade] or gain
  end
  return gains
end

-- -------------------------------------------------------------------------------- the lines --

-- A line: {label, expressions (whose mean is printed), count (a whole number), summary (not for
-- single topics), gains (what grades are worth), shift (per document of the collection)}, or
-- {label, special = "runid" | "topics" | "relstring", length}.
local function line(label, expression, more)
  local made = more or {}
  made.label, made.expressions = label, expression and { expression }
  return made
end

-- The label of a measure with one value: its parameters belong to it.
local function labelled(name, text)
  return text and name .. "_" .. text or name
end

local expand = {}

function expand.runid(name)
  return { line(name, nil, { special = "runid", summary = true }) }
end

function expand.topics(name)
  return { line(name, nil, { special = "topics", summary = true }) }
end

function expand.one(name, expression)
  return { line(name, expression) }
end

function expand.summary(name, expression)
  return { line(name, expression, { summary = true }) }
end

function expand.count(name, expression)
  return { line(name, expression, { count = true }) }
end

local takes = {} -- kinds that have parameters: function(text) giving them, or nil and a message

function takes.cutoffs(text)
  local list, message = numbers_of(text)
  for i = 1, list and #list or 0 do
    list[i] = math.tointeger(list[i] // 1)
    if not list[i] or list[i] < 1 then
      return nil, "cutoffs are from 1 up"
    end
  end
  if not list then
    return nil, message
  end
  return distinct(list)
end

function expand.cutoffs(name, expression, cutoffs)
  local lines = {}
  for i, k in ipairs(cutoffs) do
    lines[i] = line(("%s_%d"):format(name, k), expression:format(k))
  end
  return lines
end

function takes.levels(text)
  local list, message = numbers_of(text)
  if not list then
    return nil, message
  end
  return distinct(list)
end

function expand.levels(name, expression, levels)
  local lines = {}
  for i, level in ipairs(levels) do
    lines[i] = line(("%s_%3.2f"):format(name, level), expression:format(level))
  end
  return lines
end

takes.average = numbers_of

function expand.average(name, expression, levels, text)
  local one = line(labelled(name, text))
  one.expressions = {}
  for i, level in ipairs(levels) do
    one.expressions[i] = expression:format(level)
  end
  return { one }
end

function takes.relstring(text)
  local list, message = numbers_of(text)
  if not list then
    return nil, message
  elseif #list ~= 1 or list[1] < 0 then
    return nil, "one length is needed"
  end
  return list
end

function expand.relstring(name, _, lengths, text)
  return { line(labelled(name, text), nil, { special = "relstring", length = lengths[1] // 1 }) }
end

function takes.utility(text)
  local list, message = numbers_of(text)
  if list and #list ~= 4 then
    return nil, "four numbers are needed"
  end
  return list, message
end

function expand.utility(name, expression, p, text)
  local full = ("%s(a=%.17g,b=%.17g,c=%.17g,d=%.17g)"):format(expression, p[1], p[2], p[3], p[4])
  return { line(labelled(name, text), full, { shift = p[4] }) }
end

takes.gains = gains_of

function expand.gains(name, expression, gains, text)
  return { line(labelled(name, text), expression, { gains = gains }) }
end

function takes.set_f(text)
  local list, message = numbers_of(text)
  if list and (#list ~= 1 or list[1] < 0) then
    return nil, "one number from 0 up is needed"
  end
  return list, message
end

-- trec_eval's parameter is the square of beta.
function expand.set_f(name, expression, squares, text)
  return { line(labelled(name, text), expression:format(squares[1] ^ 0.5)) }
end

function takes.persistence(text)
  local p = tonumber(text:match("^p=(.+)$"))
  if not p then
    return nil, "it takes p=NUMBER"
  end
  return { p }
end

function expand.persistence(name, expression, p, text)
  return { line(labelled(name, text), expression:format(p[1])) }
end

-- ------------------------------------------------------------------------------ what is asked --

-- A name that is trec_eval's, and its parameters; nil for anything else.
local function parse(text)
  local name, parameters = text:match("^([%w_]+)%.(.*)$")
  name = name or text:match("^[%w_]+$")
  if name and (by_name[name] or trec_measures.nicknames[name] or missing[name]) then
    return name, parameters
  end
end

-- The lines of a measure, or nil and a message.
local function lines_of(measure, text)
  local name, kind, expression, parameters = table.unpack(measure, 1, 4)
  if text then
    local message = "it takes no parameters"
    parameters = nil
    if takes[kind] then
      parameters, message = takes[kind](text)
    end
    if not parameters then
      return nil, ("%s.%s: %s"):format(name, text, message)
    end
  end
  return expand[kind](name, expression, parameters, text)
end

--- Split "P.5,10,map" into words: numbers behind a comma belong to the word before.
function trec_measures.split(text, split)
  local list = {}
  for _, word in ipairs(split(text)) do
    local more = word:find("^[-+]?%.?%d[%d.]*$") or word:find("^%d+=[-+.%d]+$")
    if more and #list > 0 then
      list[#list] = list[#list] .. "," .. word
    else
      list[#list + 1] = word
    end
  end
  return list
end

--- The lines to print for a list of words: trec_eval's in its own order, then what is none of its
-- names, each {label = word, expressions = {word}}. Or nil and a message.
function trec_measures.lines(list)
  local wanted, parameters, ours = {}, {}, {}
  for _, text in ipairs(list) do
    local name, given = parse(text)
    if missing[name] then
      return nil, name .. ": preferences and judgments by several groups are not covered"
    elseif not name then
      ours[#ours + 1] = line(text, text)
    elseif trec_measures.nicknames[name] then
      for _, member in ipairs(trec_measures.nicknames[name]) do
        wanted[member] = true
      end
    else
      wanted[name] = true
      parameters[name] = parameters[name] or given
    end
  end
  local lines = {}
  for _, measure in ipairs(trec_measures.list) do
    if wanted[measure[1]] then
      local more, message = lines_of(measure, parameters[measure[1]])
      if not more then
        return nil, message
      end
      table.move(more, 1, #more, #lines + 1, lines)
    end
  end
  return table.move(ours, 1, #ours, #lines + 1, lines)
end

return trec_measures
