-- steelyard calibrate merge: sketches of shards or days as one.

local data = require("steelyard.cli.data")
local failure = require("steelyard.cli.failure")
local options = require("steelyard.options")
local output = require("steelyard.cli.output")
local sketches = require("steelyard.cli.calibrate.sketches")
local sy = require("steelyard")

local merge = { summary = "add sketches up, in any order to the same bytes" }

function merge.parser()
  local parser = data.parser("calibrate merge", {
    purpose = "Adds up the sketches of equal names in all files. The file that is written has the "
      .. "same bytes whatever their order, and as if some of them had been merged before.",
    usage = "FILE .. --out FILE",
    examples = {
      "steelyard calibrate sketch --data examples/data/kuairand-requests.csv \\\n"
        .. "    --labels p_click=click --out clicks.sketch",
      "steelyard calibrate sketch --data examples/data/kuairand-requests.csv \\\n"
        .. "    --labels p_comment=comment --out comments.sketch",
      "steelyard calibrate merge clicks.sketch comments.sketch --out both.sketch",
    },
  })
  parser:argument("files", "Files that `steelyard calibrate sketch` or merge wrote."):args("+")
  data.options(parser, "The result", { { "--out", "FILE", "The file to write. Required." } })
  parser:flag("--json", "One JSON object instead of the table.")
  return parser
end

-- Windows' names as texts: the first and the last of both.
local function join(a, b)
  return { first = a.first < b.first and a.first or b.first,
    last = a.last > b.last and a.last or b.last }
end

-- Two files as one, or give up.
local function add(all, map, path)
  for _, name in ipairs(options.keys(map)) do
    if all[name] and all[name].bits ~= map[name].bits then
      failure.raise("%s: sketch %q has %d bits, and %d in the files before", path, name,
        map[name].bits, all[name].bits)
    end
  end
  return sy.calibrate.merge(all, map)
end

function merge.run(given)
  if not given.out then
    failure.raise("missing option --out (the file to write)")
  end
  output.check({ ["--out"] = given.out })
  sketches.check_once(given.files)
  local all, window
  for _, path in ipairs(given.files) do
    local map, its = sketches.load(path)
    if next(map) then
      all = all and add(all, map, path) or map
      window = window and join(window, its) or its
    end
  end
  if not all then
    failure.raise("%s: no sketches", given.files[1])
  end
  sketches.save(all, given.out, window)
  output.write(sketches.describe(all, window, given))
  return 0
end

return merge
