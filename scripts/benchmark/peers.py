"""peers.py: the same jobs in NumPy and scikit-learn, where they are installed, on one thread.

Prints one JSON object a line, like the other parts of the benchmark.
"""
import json
import os
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

TASKS, CUTOFF = 5, 10
WEIGHTS = np.array([0.30, 0.25, 0.20, 0.15, 0.10], dtype=np.float32)


def best(run, rounds=5):
    least = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        least = min(least, time.perf_counter() - start)
    return least


def top_dcg(keys, gains, discounts):
    """DCG@k of all requests at once: partition, then sort the top k only."""
    top = np.argpartition(-keys, CUTOFF, axis=1)[:, :CUTOFF]
    order = np.take_along_axis(top, np.argsort(-np.take_along_axis(keys, top, 1), axis=1), 1)
    return np.take_along_axis(gains, order, 1) @ discounts


def value_ndcg(predictions, gains):
    """Score, rank and NDCG@10 of all requests, batched."""
    discounts = (1.0 / np.log2(np.arange(2, CUTOFF + 2))).astype(np.float32)
    scores = np.tensordot(WEIGHTS, predictions, axes=1)
    return (top_dcg(scores, gains, discounts) / top_dcg(gains, gains, discounts)).mean()


def main():
    random = np.random.default_rng(42)
    for n, requests in ((100, 20000), (1000, 2000)):
        predictions = random.random((TASKS, requests, n), dtype=np.float32)
        gains = random.random((requests, n), dtype=np.float32)
        seconds = best(lambda: value_ndcg(predictions, gains))
        print(json.dumps({"job": "score + rank + NDCG@10", "peer": "NumPy " + np.__version__,
                          "candidates": n, "us_per_request": 1e6 * seconds / requests}), flush=True)
    try:
        import sklearn
        from sklearn.metrics import ndcg_score
    except ImportError:
        return
    gains = random.random((10000, 100))
    scores = random.random((10000, 100))
    for job, cutoff in (("NDCG@10", CUTOFF), ("NDCG", None)):
        seconds = best(lambda: ndcg_score(gains, scores, k=cutoff), 3)
        print(json.dumps({"job": job, "peer": "scikit-learn " + sklearn.__version__,
                          "candidates": 100, "us_per_request": 1e6 * seconds / 10000}), flush=True)


main()
