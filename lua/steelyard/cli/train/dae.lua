-- steelyard train dae: see recommender.lua.

return require("steelyard.cli.train.recommender")("dae")
