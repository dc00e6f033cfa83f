-- steelyard train: the commands that train models, each in a file of its name.

return {
  summary = "train models: predictions of several tasks, recommenders",
  purpose = "Trains ranking models from logs: predictions of several tasks, with calibration built "
    .. "into\ntheir training; and recommenders from who chose what.",
  commands = { "mtml", "ract", "vae", "dae", "wmf", "ease" },
}
