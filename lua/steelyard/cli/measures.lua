-- Metric expressions on the command line, and the list of all metrics.

local core = require("steelyard.core")
local failure = require("steelyard.cli.failure")
local measure = require("steelyard.measure")
local options = require("steelyard.options")
local sy = require("steelyard")

local measures = {}

--- The kind of an expression's metric and its cutoff, or give up.
-- more: further names that might have been meant.
function measures.check(text, more)
  local parsed, message = measure.parse({ text }, {}, "nil")
  if parsed then
    local name, k = core.metric_kind(parsed, 1)
    return measure.kinds[name], k
  end
  message = message:gsub("^metric ", "--metric: ", 1)
  local unknown = message:find("no metric is called", 1, true)
  if more and unknown and not message:find("did you mean", 1, true) then
    message = message .. options.hint(text:match("^[%w_]*"), more)
  end
  failure.raise("%s (--metric help lists all)", message)
end

--- Does a measured metric count things?
function measures.counts(one)
  return measure.kinds[one.kind].count
end

--- Does an expression say this of itself, as in says("ndcg(ties=name)", "ties", "name")?
function measures.says(text, key, value)
  return text:find("[(,]%s*" .. key .. "%s*=%s*" .. value .. "%s*[,)]") ~= nil
end

--- What --metric says as a list of expressions, with the cutoff k where one has none.
-- given: a list of texts.
function measures.parse(given, k)
  local list, seen = {}, {}
  for _, text in ipairs(given) do
    for _, expression in ipairs(sy.metrics.split(text)) do
      local kind, at = measures.check(expression)
      if at == 0 and kind.cutoff and k and k > 0 then
        expression = ("%s@%d"):format(expression, k)
      end
      if seen[expression] then
        failure.raise("--metric: %s is there twice", expression)
      end
      list[#list + 1], seen[expression] = expression, true
    end
  end
  return list
end

-- ------------------------------------------------------------------------------------- help --

--- The names of all metrics, in the order of the documentation.
function measures.names()
  local names = {}
  for i, kind in ipairs(sy.metrics.list()) do
    names[i] = kind.name
  end
  return names
end

local function wrap(out, indent, text)
  local line = ""
  for word in text:gmatch("%S+") do
    if #line > 0 and #indent + #line + 1 + #word > 96 then
      out[#out + 1], line = indent .. line, ""
    end
    line = line == "" and word or line .. " " .. word
  end
  out[#out + 1] = indent .. line
end

--- A text in lines of 96 letters.
function measures.wrapped(text)
  local out = {}
  wrap(out, "", text)
  return table.concat(out, "\n")
end

-- "rbp(p=0.8)@K"
local function shape(kind)
  local parameters = {}
  for i, parameter in ipairs(kind.parameters) do
    parameters[i] = ("%s=%g"):format(parameter.name, parameter.default)
  end
  local inside = #parameters > 0 and "(" .. table.concat(parameters, ",") .. ")" or ""
  return kind.name .. inside .. (kind.cutoff and "@K" or "")
end

local function describe(out, kind)
  out[#out + 1] = shape(kind) .. (kind.alias and "  (or " .. kind.alias .. ")" or "")
  wrap(out, "    ", kind.help .. (kind.lower and " Smaller is better." or ""))
  for _, parameter in ipairs(kind.parameters) do
    wrap(out, "    ", ("%s: %s (%g to %g; default %g)"):format(parameter.name, parameter.help,
      parameter.lowest, parameter.highest, parameter.default))
  end
  wrap(out, "    ", "Source: " .. kind.source)
end

--- All metrics with their parameters, for --metric help.
function measures.help()
  local out = {
    "Metrics are written NAME, NAME@K, NAME(KEY=VALUE,..) or NAME(KEY=VALUE,..)@K, several with",
    "commas: ndcg@10,\"rbp(p=0.8)@100\". K is how many ranks count; brackets may be left out.",
    "Every metric also takes ties=, empty=, relevance=, mean= (arithmetic, geometric, sum) and",
    "weight= (equal, items, relevant); those of gains gain=, discount= and base=.",
    "",
  }
  for _, kind in ipairs(sy.metrics.list()) do
    describe(out, kind)
  end
  out[#out + 1] = ""
  return table.concat(out, "\n")
end

return measures
