-- The one description of everything public. scripts/document makes the reference page and the stubs
-- for editors of it; specs check it against the code and run its examples.
--
-- A list of rooms {title, text, shared, classes, functions}.
--   shared     {name, title, text, and options}: what several functions take; their options name it
--   classes    {name, title, text, fields = {{name, type, meaning}}}: what functions give and take
--   functions  {name, call, purpose, args, options, returns, errors, complexity, source, example}
--     name        "sy.ndcg", or "array:get" for a method of the class "array"
--     args        {name, type, meaning}; a name that ends in "?" may be left out
-- options {from = {module, key}: the table in the code, then {name, type, meaning, default =,
--                 otherwise = "what holds where there is no fixed default"}}
--     returns     {type, meaning}
--     example     Lua; what print shows stands behind "-->"
--   Types are LuaCATS; "numbers" is an array or a table of numbers, a class is named by its name.

return {
  require("steelyard.api.arrays"),
  require("steelyard.api.vectors"),
  require("steelyard.api.tensors"),
  require("steelyard.api.metrics"),
  require("steelyard.api.slices"),
  require("steelyard.api.data"),
  require("steelyard.api.trec"),
  require("steelyard.api.value_models"),
  require("steelyard.api.tuning"),
  require("steelyard.api.sketches"),
  require("steelyard.api.calibration"),
  require("steelyard.api.calibrators"),
  require("steelyard.api.contract"),
  require("steelyard.api.losses"),
  require("steelyard.api.training"),
  require("steelyard.api.objectives"),
  require("steelyard.api.optimizers"),
  require("steelyard.api.significance"),
  require("steelyard.api.networks"),
  require("steelyard.api.collaborative_data"),
  require("steelyard.api.collaborative_losses"),
  require("steelyard.api.collaborative_models"),
  require("steelyard.api.collaborative_training"),
  require("steelyard.api.critic"),
  (require("steelyard.api.machine")), -- just the module, not its path too
}
