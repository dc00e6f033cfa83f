-- Every metric in one pass, under two orders of ties; all that a log may have; and expressions.
local sy = require "steelyard"
local core = require "steelyard.core"
local scores = sy.array({ 3, 1, 2, 2, 5, 4 }, "f32")
local gains = sy.array({ 1, 0, 2, 0, 1, 1 }, "i32")
local ids = { "b", "a", "b", "a", "b", "a" }
local texts = {}
for i, kind in ipairs(core.metric_kinds()) do
  texts[2 * i - 1] = kind.name
  texts[2 * i] = kind.name .. "(ties=best)"
end
return function()
  local result = sy.metrics.measure(scores, gains, { metrics = texts, groups = ids, range = true })
  assert(#result == #texts and result.ndcg.best >= result.ndcg.mean)
  assert(sy.metrics.measure(scores, gains, {
    groups = ids, metrics = "ndcg(ties=name)@2, map, dcg(discount=table)", gain = { 0, 1, 3 },
    discount = { 1, 0.5 }, names = { "x", "y", "z", "u", "v", "w" }, weights = sy.array({ 1, 2 }),
    judged = sy.array({ 1, 1, 0, 1, -1, 1 }, "i32"), retrieved = sy.array({ 2, 3 }, "i64"),
  }))
  assert(sy.metrics.rbp(scores, gains, { p = 0.5, ties = "average" }))
  local nothing, message = core.metric_parse({ "ndgc@10" }, {}, "nil")
  assert(nothing == nil and message)
end
