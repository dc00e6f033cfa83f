-- steelyard train: the commands that train models, each in a file of its name.

return {
  summary = "train a model whose predictions are calibrated",
  purpose = "Trains ranking models from logs: predictions of several tasks, with calibration built "
    .. "into\ntheir training.",
  commands = { "mtml" },
}
