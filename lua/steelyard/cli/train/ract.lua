-- steelyard train ract: see recommender.lua.

return require("steelyard.cli.train.recommender")("ract")
