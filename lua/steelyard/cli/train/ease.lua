-- steelyard train ease: see recommender.lua.

return require("steelyard.cli.train.recommender")("ease")
