"""calibration.py FOLDER: the jobs of calibration.c in scikit-learn, on the same rows, on one thread.

Prints one JSON object a line.
"""
import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import sklearn
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import log_loss


def best(run, rounds=5):
    least = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        least = min(least, time.perf_counter() - start)
    return least


def main():
    p, y = (np.load(os.path.join(sys.argv[1], name + ".npy")) for name in ("p", "y"))
    logits = np.log(p / (1 - p))
    jobs = {
        "log loss": lambda: log_loss(y, p),
        "isotonic": lambda: IsotonicRegression(out_of_bounds="clip").fit(p, y),
        "platt": lambda: _SigmoidCalibration().fit(logits, y),
    }
    for job, run in jobs.items():
        print(json.dumps({"job": job, "peer": "scikit-learn " + sklearn.__version__,
                          "rows": len(p), "milliseconds": 1e3 * best(run)}), flush=True)


main()
