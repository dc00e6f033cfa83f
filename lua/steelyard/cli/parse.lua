-- Options' texts to values: lists, task=number maps, numbers. Each failure names the option.

local failure = require("steelyard.cli.failure")
local options = require("steelyard.options")

local parse = {}

--- A finite number.
function parse.number(option, text)
  local number = not text:find("^%s") and not text:find("[xX]") and tonumber(text)
  if not number or number ~= number or math.abs(number) == math.huge then
    failure.raise("%s: %q is not a number", option, text)
  end
  return number
end

-- Beyond these, doubles have gaps, and the library takes no whole numbers.
local LARGEST = 2 ^ 53

--- A whole number from `lowest` up.
function parse.integer(option, text, lowest)
  local number = math.tointeger(parse.number(option, text))
  if not number or (lowest and number < lowest) then
    local from = lowest and (" from " .. lowest .. " up") or ""
    failure.raise("%s: %s is not a whole number%s", option, text, from)
  elseif math.abs(number) > LARGEST then
    failure.raise("%s: %s is beyond 2^53", option, text)
  end
  return number
end

--- One of some words.
function parse.choice(option, text, choices)
  for _, choice in ipairs(choices) do
    if text == choice then
      return text
    end
  end
  failure.raise("%s: %q is not one of %s%s", option, text, table.concat(choices, ", "),
    options.hint(text, choices))
end

--- "a,b": a list of words, each once.
function parse.list(option, text)
  local list, seen = {}, {}
  for word in (text .. ","):gmatch("(.-),") do
    if word == "" then
      failure.raise("%s: an empty name in %q", option, text)
    elseif seen[word] then
      failure.raise("%s: %s is there twice", option, word)
    end
    list[#list + 1], seen[word] = word, true
  end
  return list
end

--- "a=x,b=y": a list of {name, text} pairs, each name once.
function parse.pairs(option, text)
  local list, seen = {}, {}
  for part in (text .. ","):gmatch("(.-),") do
    local name, value = part:match("^(.-)=(.*)$")
    if not name or name == "" or value == "" then
      failure.raise("%s: %q is not NAME=VALUE", option, part)
    elseif seen[name] then
      failure.raise("%s: %s is there twice", option, name)
    end
    list[#list + 1], seen[name] = { name, value }, true
  end
  return list
end

--- "a=0.3,b=0.7": a map of numbers, and the names in order.
function parse.numbers(option, text)
  local map, names = {}, {}
  for i, pair in ipairs(parse.pairs(option, text)) do
    map[pair[1]] = parse.number(option .. ": " .. pair[1], pair[2])
    names[i] = pair[1]
  end
  return map, names
end

--- The same, for fractions: they must sum to 1.
function parse.fractions(option, text)
  local map, names = parse.numbers(option, text)
  local sum = 0
  for _, value in pairs(map) do
    sum = sum + value
  end
  if math.abs(sum - 1) > 1e-6 then
    failure.raise("%s: the fractions sum to %.9g, not to 1", option, sum)
  end
  return map, names
end

--- "a=0:0.5,b=:2": a map of {lowest, highest}, of which either may be missing.
function parse.bounds(option, text)
  local map = {}
  for _, pair in ipairs(parse.pairs(option, text)) do
    local where = option .. ": " .. pair[1]
    local low, high = pair[2]:match("^(.-):(.*)$")
    if not low then
      failure.raise("%s: %q is not LOWEST:HIGHEST", where, pair[2])
    end
    local bound = {}
    bound[1] = low ~= "" and parse.number(where, low) or nil
    bound[2] = high ~= "" and parse.number(where, high) or nil
    if bound[1] and bound[2] and bound[1] > bound[2] then
      failure.raise("%s: %s is above %s", where, low, high)
    end
    map[pair[1]] = bound
  end
  return map
end

--- "0.01" or "0.01:kl": a table for the option regularization.
function parse.regularization(option, text)
  local strength, kind = text:match("^(.-):(.*)$")
  return {
    strength = parse.number(option, strength or text),
    kind = kind and parse.choice(option, kind, { "l2", "kl" }) or nil,
  }
end

return parse
