-- A recommender from its file: sy.collaborative.load(path).

return require("steelyard.collaborative.model").load
