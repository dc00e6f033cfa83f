-- What `steelyard tune` prints about its result.

local data = require("steelyard.cli.data")
local tables = require("steelyard.cli.table")

local report = {}

local function measured_by(result)
  local what = result.measure == "gap" and "NDCG gap" or "regret"
  if result.goal == "fractions" then
    return what .. ", as fractions of the sum"
  end
  return result.goal == "minimise" and what .. ", weighted by importance" or what
end

local function head(result, set, run)
  local o = run.options
  return {
    ("%s; %s%s"):format(
      data.describe(set), tables.count(#result.tasks, "task"),
      result.holdout
          and ("; tuned on %d requests, %d held out"):format(result.requests,
            result.holdout.requests)
        or ""),
    ("objective: %s, %s"):format(
      measured_by(result), (o.k or 0) > 0 and ("at rank %d"):format(o.k) or "over all ranks"),
    ("method: %s; %s, %.3f s"):format(
      result.method == (o.method or "auto") and result.method
        or ("%s (%s)"):format(o.method or "auto", result.method),
      tables.count(result.evaluations, "evaluation"), run.seconds),
    "",
  }
end

-- Weights before and after, in the incumbent's scale where there is one.
local function weights_of(result, incumbent)
  local before = {}
  for _, task in ipairs(result.tasks) do
    before[task] = incumbent and (incumbent.weights[task] or 0) or result.initial[task]
  end
  return before, result.scaled_weights
end

local function result_table(result, incumbent)
  local wanted = result.goal == "minimise" and "importance" or "target"
  local header = { "task", wanted, "before", "after", "weight\nbefore", "weight\nafter" }
  local held = result.holdout
  if held then
    header = { "task", wanted, "tuned on:\nbefore", "\nafter", "held out:\nbefore", "\nafter",
      "weight\nbefore", "weight\nafter" }
  end
  local before, after = weights_of(result, incumbent)
  local decimals = math.max(tables.decimals(before), tables.decimals(after))
  local rows = {}
  for i, task in ipairs(result.tasks) do
    local target = result.target[task]
    local row = {
      task,
      tables.number(target, wanted == "importance" and 2 or 4),
      tables.number(result.before.achieved[task]),
      tables.number(result.achieved[task]),
    }
    if held then
      row[5] = tables.number(held.before.achieved[task])
      row[6] = tables.number(held.achieved[task])
    end
    row[#row + 1] = tables.number(before[task], decimals)
    row[#row + 1] = tables.number(after[task], decimals)
    rows[i] = row
  end
  return tables.lines(header, rows)
end

-- Requests that took no part, since they have nothing to gain: worth a line.
local function left_out(result)
  local lines = {}
  local what = result.measure == "gap" and "no score above 0" or "nothing to gain"
  for _, task in ipairs(result.tasks) do
    local missing = result.requests - result.counted[task]
    if missing > 0 and result.target[task] then
      lines[#lines + 1] = ("%s: %d of %d requests have %s and are left out"):format(
        task, missing, result.requests, what)
    end
  end
  return lines
end

local function verdict(result)
  local lines, held = { "" }, result.holdout
  if result.goal == "minimise" then
    lines[2] = ("%s: %s"):format(result.converged and "done" or "not done", result.reason)
    lines[3] = ("importance-weighted regret: %s before, %s after"):format(
      tables.number(result.before.objective, 6), tables.number(result.objective, 6))
    if held then
      lines[3] = lines[3] .. ("; held out: %s before, %s after"):format(
        tables.number(held.before.objective, 6), tables.number(held.objective, 6))
    end
    return lines
  end
  lines[2] = result.converged and "target reached" or "target not reached: " .. result.reason
  lines[3] = ("largest difference from the target: %s%s"):format(
    tables.number(result.residual, 6),
    held and ("; held out: %s"):format(tables.number(held.residual, 6)) or "")
  return lines
end

--- A result as a text. set: the data; run: {options, incumbent, out, report, seconds}.
function report.text(result, set, run)
  local lines = {}
  local files = { "" }
  if run.out then
    local unfinished = result.goal == "minimise" and " (the best weights found)"
      or " (the nearest weights found)"
    files[#files + 1] = ("written: %s%s"):format(run.out, result.converged and "" or unfinished)
  end
  if run.report then
    files[#files + 1] = ("written: %s"):format(run.report)
  end
  for _, part in ipairs({
    head(result, set, run), result_table(result, run.incumbent), verdict(result),
    left_out(result),
    #files > 1 and files or {},
  }) do
    table.move(part, 1, #part, #lines + 1, lines)
  end
  return table.concat(lines, "\n") .. "\n"
end

return report
