-- Reliability diagrams.
local sy = require "steelyard"

-- Is every element closed, in order, and every attribute quoted? Returns how many there are.
local function check_svg(text)
  local open, count = {}, 0
  local rest = text:gsub("<([^>]*)>", function(tag)
    count = count + 1
    if tag:sub(1, 1) == "/" then
      assert.are.equal(table.remove(open), tag:sub(2))
    else
      local name, attributes, close = tag:match("^(%a+)(.-)(/?)$")
      assert.is_string(name, tag)
      local left = attributes:gsub('%s+[%w:-]+="[^"<&]*"', "")
      assert.are.equal("", (left:gsub("%s+$", "")), tag)
      if close == "" then
        open[#open + 1] = name
      end
    end
    return ""
  end)
  assert.are.equal(0, #open)
  assert.is_nil(rest:find("[<>]"))
  assert.is_nil(rest:gsub("&%a+;", ""):find("&"))
  for number in text:gmatch('="(%-?[%w.]+)"') do
    assert.is_nil(number:find("nan") or number:find("inf"), number)
  end
  return count
end

local function clicks(n, rate)
  local random, p, y = sy.random(4), {}, {}
  for i = 1, n do
    p[i] = rate * math.exp(random:normal())
    p[i] = math.min(p[i], 1)
    y[i] = random:uniform() < p[i] and 1 or 0
  end
  return p, y
end

describe("a reliability diagram", function()
  it("is SVG whose elements are closed, and always the same", function()
    local p, y = clicks(500, 0.2)
    local r = sy.calibrate.report(p, y)
    local svg = r:svg()
    assert.is_truthy(svg:find('^<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 '))
    assert.is_true(check_svg(svg) > 100)
    assert.are.equal(svg, r:svg())
    assert.are.equal(svg, sy.calibrate.report(p, y):svg())
    assert.are_not.equal(svg, r:svg({ seed = 2 }))
    assert.are_not.equal(svg, r:svg({ level = 0.5 }))
    assert.is_truthy(svg:find(("ratio %.3f"):format(r.ratio), 1, true))
  end)

  it("does not see the order of rows", function()
    local p, y = clicks(300, 0.3)
    local order, q, z = sy.random(1):shuffle(sy.array.range(300)), {}, {}
    for i = 1, 300 do
      q[i], z[i] = p[order[i]], y[order[i]]
    end
    assert.are.equal(sy.calibrate.report(p, y):svg(), sy.calibrate.report(q, z):svg())
  end)

  it("has an axis on which small predictions can be read", function()
    local p, y = clicks(3000, 0.005)
    local r = sy.calibrate.report(p, y)
    local svg = r:svg()
    for _, label in ipairs { ">0.1%<", ">0.5%<", ">1%<", ">5%<" } do
      assert.is_truthy(svg:find(label, 1, true), label)
    end
    assert.is_nil(svg:find(">100%<", 1, true))
    local linear = r:svg({ scale = "linear" })
    assert.is_truthy(linear:find(">0%<", 1, true))
    assert.is_truthy(linear:find(">2%<", 1, true))
    check_svg(linear)
    assert.is_truthy(r:svg({ scale = "logit" }):find(">0.1%<", 1, true))
  end)

  it("has a probability where it belongs", function()
    -- One bucket at (0.5, 0.25), in a plot from 0 to 1 that lies between 62 and 402, 74 and 414.
    local svg = sy.calibrate.report({ 0, 0.5, 0.5, 0.5, 0.5, 1 }, { 0, 1, 0, 0, 0, 1 }):svg()
    assert.is_truthy(svg:find('<circle cx="232.0" cy="329.0"', 1, true), svg)
    assert.is_truthy(svg:find('<circle cx="62.0" cy="414.0"', 1, true))
    assert.is_truthy(svg:find('<circle cx="402.0" cy="74.0"', 1, true))
  end)

  it("has the only prediction within its axes, not in a corner", function()
    local svg = sy.calibrate.report({ 0.25, 0.25 }, { 1, 0 }):svg()
    assert.is_truthy(svg:find('<circle cx="183.4" cy="171.1"', 1, true), svg) -- of 70 %
    assert.is_truthy(svg:find("2 rows", 1, true))
    svg = sy.calibrate.report({ 0.1 }, { 0 }):svg()
    assert.is_truthy(svg:find('<circle cx="%d+%.%d" cy="414.0"'), svg)
    assert.is_truthy(svg:find("1 row<", 1, true))
  end)

  it("draws buckets on the frame whole, and none beyond it", function()
    local svg = sy.calibrate.report({ 0, 0.5, 0.5, 1 }, { 0, 1, 0, 1 }):svg()
    assert.is_truthy(svg:find('</g>\n<circle cx="62.0" cy="414.0"', 1, true), svg)
    svg = sy.calibrate.report({ 0, 1, 1 }, { 0, 1, 1 }):svg({ scale = "log" })
    for cy in svg:gmatch('<circle cx="[%d.]+" cy="([%d.]+)" r="3.5" fill="#%x+" stroke') do
      assert.is_true(tonumber(cy) <= 414, svg)
    end
  end)

  it("has numbers that do not run into one another, nor off the picture", function()
    local p, y = { 1e-7, 0.5, 1 - 1e-7 }, { 0, 1, 1 }
    local svg, last = sy.calibrate.report(p, y):svg({ scale = "logit" }), -math.huge
    local label = '<text x="([%d.]+)" y="495.0" text%-anchor="middle"[^>]*>([^<]+)<'
    for x, words in svg:gmatch(label) do
      local half = #words * 3.3
      assert.is_true(tonumber(x) - half >= last and tonumber(x) + half <= 420, words)
      last = tonumber(x) + half
    end
    assert.is_true(last > 0, svg)
  end)

  it("is not stretched by buckets whose labels are all 1", function()
    local p, y = {}, {}
    for i = 1, 200 do
      p[i], y[i] = 1 - 0.1 / i, i > 20 and 1 or i % 2
    end
    local svg = sy.calibrate.report(p, y):svg()
    assert.is_truthy(svg:find(">99.99%<", 1, true), svg)
    assert.is_nil(svg:find(">99.9999%<", 1, true))
  end)

  it("draws several tasks side by side, under names that are escaped", function()
    local p, y = clicks(100, 0.2)
    local names = { 'a<b & "c"', "d", "e", "f", "g" }
    local predictions, labels = {}, {}
    for _, name in ipairs(names) do
      predictions[name], labels[name] = p, y
    end
    local r = sy.calibrate.report(predictions, labels)
    local svg = r:svg({ title = "All > one" })
    check_svg(svg)
    assert.is_truthy(svg:find("a&lt;b &amp; &quot;c&quot;", 1, true))
    assert.is_truthy(svg:find("All &gt; one", 1, true))
    assert.is_truthy(svg:find('viewBox="0 0 1260 ', 1, true))
    assert.is_truthy(r:svg({ columns = 1 }):find('viewBox="0 0 420 ', 1, true))
  end)

  it("draws what there is of degenerate data, on any scale", function()
    for _, rows in ipairs {
      { {}, {} }, { { 0.5 }, { 1 } }, { { 0, 0, 0 }, { 0, 0, 0 } }, { { 1, 1 }, { 1, 1 } },
      { { 1, 0 }, { 0, 1 } }, { { 0.1, 0.2 }, { 0, 0 } }, { { 1e-12, 2e-12, 1e-7 }, { 0, 0, 1 } },
      { { 1e-300, 1 }, { 0, 1 } }, { { 0.3, 0.3 }, { 0, 1 } }, { { 0.999999, 0.9999 }, { 0, 1 } },
    } do
      local r = sy.calibrate.report(rows[1], rows[2])
      for _, scale in ipairs { "auto", "linear", "log", "logit" } do
        check_svg(r:svg({ scale = scale, resamples = 5 }))
      end
    end
  end)

  it("tells which option is wrong", function()
    local r = sy.calibrate.report({ 0.5 }, { 1 })
    assert.has_error(function() r:svg({ level = 1 }) end,
      "report:svg: level: expected a number between 0 and 1, got 1")
    assert.has_error(function() r:svg({ resamples = 0 }) end,
      "report:svg: resamples: expected 1 to 100000, got 0")
    assert.has_error(function() r:svg({ scale = "lin" }) end,
      'report:svg: option "scale": "lin" is not one of "auto", "linear", "log", "logit"')
    assert.has_error(function() r:svg({ columns = 0 }) end,
      "report:svg: columns: expected a whole number from 1 up, got 0")
  end)
end)
