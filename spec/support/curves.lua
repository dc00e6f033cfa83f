-- Rows to measure, and slow references of what is measured on curves.
local paths = require("spec.support.paths")
local sy = require("steelyard")

local curves = {}

--- All numbers of a result as one text, to the last bit.
function curves.bits(value)
  if type(value) == "number" then
    return ("%.17g"):format(value)
  end
  if type(value) == "userdata" then
    value = value:totable()
  end
  local keys, parts = {}, {}
  for key in pairs(value) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for i, key in ipairs(keys) do
    parts[i] = tostring(key) .. "=" .. curves.bits(value[key])
  end
  return "{" .. table.concat(parts, " ") .. "}"
end

--- Everything that a curve says; `deep` with what takes longer.
function curves.everything(curve, deep)
  local all = { curve:arrays(), curve:totals(), curve:summary(0.95), curve:cumulative(),
    curve:isotonic(), { curve:corp() } }
  for _, kind in ipairs({ "mass", "width", "floor", "steps" }) do
    all[#all + 1] = { curve:buckets(kind, 10) }
  end
  if deep then
    all[#all + 1] = { curve:smooth_error() }
    all[#all + 1] = { curve:band({ 0, 0.25, 0.5, 0.75, 1 }, 0.9, 20, 7) }
  end
  return all
end

--- Rows of a kind: "ties" (ten predictions), "plain", "extreme" (0, 1 and tiny ones among others).
function curves.draw(random, n, kind, options)
  options = options or {}
  local p, y, w = {}, {}, options.weighted and {} or nil
  for i = 1, n do
    local u = random:uniform()
    if kind == "ties" then
      u = math.floor(u * 10) / 9
    elseif kind == "extreme" then
      local which = random:below(5)
      u = which == 1 and 0 or which == 2 and 1 or which == 3 and u * 1e-12 or u
    end
    p[i] = u
    y[i] = options.fractions and random:uniform() or (random:uniform() < u and 1 or 0)
    if w then
      w[i] = random:below(8) == 1 and 0 or math.exp(3 * random:normal())
    end
  end
  return p, y, w
end

function curves.permuted(random, ...)
  local columns, n, out = { ... }, #(...), {}
  local order = {}
  for i = 1, n do
    order[i] = i
  end
  for i = n, 2, -1 do
    local j = random:below(i)
    order[i], order[j] = order[j], order[i]
  end
  for c, column in ipairs(columns) do
    out[c] = {}
    for i = 1, n do
      out[c][i] = column[order[i]]
    end
  end
  return (table.unpack or unpack)(out) -- luacheck: ignore
end

--- Distinct predictions in ascending order with sums of w and w y.
function curves.atoms(p, y, w)
  local at, atoms = {}, {}
  for i = 1, #p do
    local weight = w and w[i] or 1
    local atom = at[p[i]]
    if weight > 0 then
      if not atom then
        atom = { p = p[i], n = 0, w = 0, y = 0 }
        at[p[i]] = atom
        atoms[#atoms + 1] = atom
      end
      atom.n = atom.n + 1
      atom.w = atom.w + weight
      atom.y = atom.y + weight * y[i]
    end
  end
  table.sort(atoms, function(a, b)
    return a.p < b.p
  end)
  return atoms
end

--- The isotonic regression by its formula: max over starts of min over ends of the mean between.
function curves.isotonic(atoms)
  local values = {}
  for k = 1, #atoms do
    local most = -math.huge
    for from = 1, k do
      local least, w, y = math.huge, 0, 0
      for to = from, #atoms do
        w, y = w + atoms[to].w, y + atoms[to].y
        if to >= k then
          least = math.min(least, y / w)
        end
      end
      most = math.max(most, least)
    end
    values[k] = most
  end
  return values
end

--- The value of each atom in what curve:isotonic() gives.
function curves.spread(isotonic, atoms)
  local values, b = {}, 1
  for k, atom in ipairs(atoms) do
    while atom.p > isotonic.high[b] do
      b = b + 1
    end
    assert(atom.p >= isotonic.low[b])
    values[k] = isotonic.value[b]
  end
  return values
end

--- Over all pairs of a positive and a negative.
function curves.auc(p, y, w)
  local won, pairs_seen = 0, 0
  for i = 1, #p do
    for j = 1, #p do
      local weight = (w and w[i] * w[j] or 1) * y[i] * (1 - y[j])
      pairs_seen = pairs_seen + weight
      won = won + weight * (p[i] > p[j] and 1 or p[i] == p[j] and 0.5 or 0)
    end
  end
  return won / pairs_seen
end

--- The expected numbers of a shared data set, by series; nil where the data is not here.
function curves.expected(name)
  local path = paths.shared(name .. "/EXPECTED.tsv")
  if not path then
    return nil
  end
  local heads, list = nil, {}
  for line in io.lines(path) do
    local fields = {}
    for field in line:gmatch("[^\t]+") do
      fields[#fields + 1] = field
    end
    if not heads then
      heads = fields
    else
      local row = { series = fields[1] }
      for i = 2, #fields do
        row[heads[i]] = tonumber(fields[i])
      end
      list[#list + 1] = row
    end
  end
  return list
end

--- Forecasts of a method of solar-flares-c1 and what happened; rows without a forecast left out.
function curves.solar_flares(method)
  local path = assert(paths.shared("solar-flares-c1/SF.FC.C1.csv"))
  local place, p, y
  for line in io.lines(path) do
    local fields = {}
    for field in line:gmatch("[^,]+") do
      fields[#fields + 1] = (field:gsub('"', ""))
    end
    if not place then
      place, p, y = {}, {}, {}
      for i, field in ipairs(fields) do
        place[field] = i
      end
    else
      local forecast = tonumber(fields[place[method]])
      if forecast and forecast >= 0 then
        p[#p + 1] = forecast
        y[#y + 1] = tonumber(fields[place["rlz.C1"]])
      end
    end
  end
  return p, y
end

--- A series of classifier-confidence: "file" (was the confident label right?) or "file:classK".
function curves.classifier(series)
  local file, class = series:match("^(.-):class(%d)$")
  local path = "classifier-confidence/" .. (file and file .. ".csv.gz" or series .. ".csv")
  local p = class and "p" .. class or "confidence"
  local columns = class and { p, "label" } or { p, "true_label", "pred_label" }
  local data = assert(sy.dataset.read(paths.shared(path), { predictions = columns }))
  local truth, y = data:column(class and "label" or "true_label"), {}
  local guess = not class and data:column("pred_label")
  for i = 1, #truth do
    y[i] = truth[i] == (guess and guess[i] or tonumber(class)) and 1 or 0
  end
  return data:column(p), y
end

return curves
