-- steelyard train wmf: see recommender.lua.

return require("steelyard.cli.train.recommender")("wmf")
