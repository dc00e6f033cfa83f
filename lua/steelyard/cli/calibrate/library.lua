-- Calls of sy.calibrate, whose complaints are told in the command line's words.

local failure = require("steelyard.cli.failure")
local sy = require("steelyard")

local library = {}

-- What the library says of its options, and what a user of the command line calls them.
local WORDS = {
  { '^method "(%a+)" needs features', "--method %1 needs --features" },
  { '^methods%[%d+%]: "(%a+)" needs features', "--methods: %1 needs --features" },
  { '"each" needs clusters', "each needs --cluster" },
  { '"each" is for', "each is for" },
  { " %(sy%.slices%.cut%)", " (COLUMN:5,10,20)" },
  { "^feature ", "features: " },
  { "^slices: ", "by: " },
  { "^clusters: ", "cluster: " },
  { ' %(join = "items" looks', " (--item looks" },
  { "before and after", "--data and --after" },
  { "in before as in after", "in --data as in --after" },
}

local function in_our_words(message)
  for _, word in ipairs(WORDS) do
    message = message:gsub(word[1], word[2], 1)
  end
  return (message:gsub("^([%a_]+):", function(name)
    return ("--%s:"):format((name:gsub("_", "-")))
  end, 1))
end

--- sy.calibrate[name](...), or give up.
function library.call(name, ...)
  local ok, result = pcall(sy.calibrate[name], ...)
  if ok then
    return result
  end
  local words = type(result) == "string"
    and (result:match("calibrate%.%a+: (.*)$") or result:match("slices: .*$"))
  if not words then
    error(result, 0)
  end
  failure.raise("%s", in_our_words(words))
end

return library
