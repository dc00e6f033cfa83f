-- Rows of a log as CSV: some of its columns, and new ones behind them.

local failure = require("steelyard.cli.failure")
local output = require("steelyard.cli.output")
local parse = require("steelyard.cli.parse")

local kept = {}

--- The columns to copy: those of --keep, or else of --group and --item; none of them may be called
-- as a task, whose column is new.
function kept.columns(given, is_task)
  local list = given.group and parse.list("--group", given.group) or {}
  list[#list + 1] = given.item
  if given.keep then
    list = parse.list("--keep", given.keep)
  end
  for _, name in ipairs(list) do
    if is_task[name] then
      failure.raise("--keep: %s is a task, whose predictions get a column of that name", name)
    end
  end
  return list
end

-- A function(row) that gives a column's field.
local function field_of(set, name)
  local values, names = set:column(name), set:names(name)
  if names then
    return function(row)
      return output.field(names[values[row]])
    end
  end
  local dtype = values.dtype
  return function(row)
    return output.number(values[row], dtype)
  end
end

--- The text: columns of the set by name, then for each task its predictions ({task = array}).
function kept.csv(set, names, tasks, predictions)
  local header, fields = {}, {}
  for i, name in ipairs(names) do
    header[i], fields[i] = name, field_of(set, name)
  end
  for _, task in ipairs(tasks) do
    header[#header + 1] = task
  end
  local lines = { output.record(header) }
  for row = 1, set.size do
    local line = {}
    for f, field in ipairs(fields) do
      line[f] = field(row)
    end
    for _, task in ipairs(tasks) do
      local values = predictions[task]
      line[#line + 1] = output.number(values[row], values.dtype)
    end
    lines[row + 1] = table.concat(line, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

--- Write it to --out, or to standard output.
function kept.write(given, text)
  if given.out then
    output.file(given.out, text)
  else
    output.write(text)
  end
end

return kept
