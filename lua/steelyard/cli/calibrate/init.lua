-- steelyard calibrate: the commands about calibration, each in a file of its name.

return {
  summary = "measure, mend and watch the calibration of predictions",
  purpose = "Predictions that a value model adds up should be probabilities: measures how far they "
    .. "are,\nmends them, and watches that they stay so.",
  commands = { "report", "fit", "apply", "compare", "contract", "sketch", "merge", "watch" },
}
