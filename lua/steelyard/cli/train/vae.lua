-- steelyard train vae: see recommender.lua.

return require("steelyard.cli.train.recommender")("vae")
