-- The description of losses of scores against few positives.

local SMALL = [[
local loss = sy.collaborative.loss
local scores = sy.array({ { 2, 0, 1, -1 }, { 0, 0, 1, 2 } }, "f32")
local bag = { ids = sy.array({ 1, 3, 4 }, "i32"), offsets = sy.array({ 0, 2, 3 }, "i64") }
]]

local ERRORS = "A score that is not finite, by row and column; a target that is excluded, by row; "
  .. "bags that do not fit the scores; weights that are not finite."

-- All take the same options; `more.own` names those that this one reads besides.
local function loss(name, purpose, more)
  return {
    name = "sy.collaborative.loss." .. name,
    call = ("sy.collaborative.loss.%s(scores, targets [, options])"):format(name),
    purpose = purpose,
    args = {
      { "scores", "array", "Users x items, f32 or f64, finite; a layer's value will do." },
      { "targets", "table", "A bag {ids, offsets [, weights]}: the positives of each row." },
      { "options?", "options", "See below. All losses take all of them, so that one call fits all; "
        .. (more.reads or "of its own this one reads none.") },
    },
    options = {
      from = { "steelyard.collaborative.loss", "any" },
      { "excluded", "table", "A bag of items that are no part of a row's loss: no slope, no rank.",
        otherwise = "none" },
      { "row_weights", "numbers", "What each row's gradient is multiplied by (its value is not).",
        otherwise = "1 / rows each" },
      { "target_weights", "numbers", "What each target weighs, along targets.ids, in place of "
        .. "targets.weights; weighted_square does without.", otherwise = "those of targets, or 1" },
      { "gradient", 'boolean|"in_place"', "Give the gradient: a new array, or the scores' own, "
        .. "which then hold it.", default = true },
      { "log_partition", "numbers", "multinomial: each row's, from the details of an earlier call "
        .. "with the same scores and excluded; saves a pass.", otherwise = "computed" },
      { "positive", "number", "weighted_square: what a target weighs.", default = 5 },
      { "k", "integer", "warp, lambdarank: a cutoff, from 1.", otherwise = "none" },
    },
    returns = {
      { "array", "f64: the value of each row." },
      { "array?", "The gradient by scores of the sum of row weights times values; of the scores' "
        .. "type." },
      { "table", more.details or "Empty." },
    },
    errors = ERRORS,
    complexity = more.complexity,
    source = more.source,
    example = SMALL .. more.example,
  }
end

return {
  title = "Losses for recommenders",
  text = [[Losses of a matrix of scores (users x items) against a few positives a row, with their
gradients by scores: what moves an actor, and parts for losses of one's own. Rows are spread over
`sy.threads(n)` threads; bits are the same for any number of them and on every instruction set.
Where scores are the value of a network's dense layer, `gradient = "in_place"` makes them the
gradient, which `net:backward` takes without a copy. Losses by rank give equal scores the order of
their items; ranks count as constants in the gradient.]],
  functions = {
    loss("multinomial",
      "Minus the sum over targets of weight times log softmax(scores): the likelihood of drawing "
        .. "them.", {
        reads = "of its own this one reads log_partition.",
        details = "log_partition (f64, one a row), log_probabilities (f64, one a target, along "
          .. "targets.ids).",
        complexity = "O(rows x items); one exponential a score.",
        source = "Liang et al. 2018 (WWW)",
        example = [[
local values, gradient, details = loss.multinomial(scores, bag)
print(("%.4f %.4f"):format(values[1], values[2]))  --> 1.8804 0.4938
print(("%.4f"):format(details.log_partition[2]))  --> 2.4938
print(("%.4f"):format(gradient:get(2, 4)))  --> -0.1949]],
      }),
    loss("weighted_square",
      "The sum over items of (1 - score)^2 times `positive` for targets, score^2 for others.", {
        reads = "of its own this one reads positive.",
        complexity = "O(rows x items)",
        source = "Hu, Koren and Volinsky 2008 (ICDM)",
        example = [[
local values = loss.weighted_square(scores, bag, { positive = 2, gradient = false })
print(values[1], values[2])  --> 3.0 3.0]],
      }),
    loss("warp",
      "The sum over pairs of a target and an item ranked above it that is none: their difference "
        .. "of scores times 1 + 1/2 + .. + 1/rank of the target (its rank held at k). Of all "
        .. "items, without sampling or margin.", {
        reads = "of its own this one reads k.",
        complexity = "O(items x targets) a row, by whole vectors; above 256 targets O(items x log "
          .. "targets). No sort of items.",
        source = "Weston, Bengio and Usunier 2011 (IJCAI); Lobel et al. 2020 (ICLR)",
        example = [[
local values, gradient = loss.warp(sy.array({ { 3, 2, 1 } }, "f64"),
  { ids = sy.array({ 2 }, "i32"), offsets = sy.array({ 0, 1 }, "i64") })
print(values[1], gradient:get(1, 1), gradient:get(1, 2))  --> 1.5 1.5 -1.5]],
      }),
    loss("lambdarank",
      "The sum over pairs of a target and an item that is none: log(1 + exp(score of the item - "
        .. "score of the target)) times what swapping them would change in NDCG (at k).", {
        reads = "of its own this one reads k.",
        complexity = "O(rows x items x targets); with k only targets among the first k meet all "
          .. "items.",
        source = "Burges, Ragno and Le 2006 (NIPS); Lobel et al. 2020 (ICLR)",
        example = [[
local values, gradient = loss.lambdarank(scores, bag, { k = 2 })
print(("%.4f %.4f"):format(values[1], values[2]))  --> 0.2779 0.3695
print(gradient:get(2, 4) < 0)  --> true]],
      }),
  },
}
