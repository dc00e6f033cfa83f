#!/usr/bin/python3
"""Print NDCG and DCG as the peer tools compute them, for spec/ndcg_profiles_spec.lua.

    python3 spec/golden/metrics.py > spec/golden/metrics.json

Made with Debian 12's python3-sklearn 1.2.1, python3-xgboost 1.7.4 and numpy 1.24.2. Scores and gains
are drawn in coarse steps, so that most scores tie. xgboost is asked through its own evaluation: a
booster of no trees, whose predictions are the scores given as base margin. It works in 32-bit floats
and orders equal scores by row; its labels are whole numbers.
"""

import json

import numpy
import sklearn
import xgboost
from sklearn.metrics import dcg_score, ndcg_score

rng = numpy.random.RandomState(7)
SIZES = [2, 3, 5, 8, 13, 40, 64, 65, 150, 200, 500, 2000]


def draw(n):
    """Scores with heavy ties and gains that are often nothing; quarters, exact in 32 bits."""
    steps = max(2, n // int(rng.choice([2, 5, 20])))
    scores = rng.randint(-steps, steps + 1, n) / 4.0
    gains = rng.choice([0, 0, 0, 1, 2, 3, 4], n).astype(float)
    return scores, gains


def sklearn_case(n):
    scores, gains = draw(n)
    if rng.rand() < 0.5:
        gains = numpy.round(gains * rng.rand(n), 4)
    case = {"scores": scores.tolist(), "gains": gains.tolist(), "by_k": []}
    for k in sorted({1, 2, 5, 10, n // 2 + 1, n, n + 3}) + [None]:
        y, s = [gains], [scores]
        case["by_k"].append({
            "k": 0 if k is None else int(k),
            "ndcg": ndcg_score(y, s, k=k),
            "dcg": dcg_score(y, s, k=k),
            "ndcg_ignore_ties": ndcg_score(y, s, k=k, ignore_ties=True),
        })
    return case


def toys():
    """Printed in scikit-learn's documentation and in questions about it."""
    gains = [10, 0, 0, 1, 5]
    cases = [([0.1, 0.2, 0.3, 4, 70], None), ([0.05, 1.1, 1.0, 0.5, 0.0], None),
             ([1, 0, 0, 0, 1], 1), ([1, 1, 1, 1, 1], None)]
    return [{"gains": gains, "scores": list(map(float, s)), "k": k or 0,
             "ndcg": ndcg_score([gains], [s], k=k)} for s, k in cases]


def xgboost_ndcg(scores, gains, sizes, metric):
    data = xgboost.DMatrix(numpy.zeros((len(scores), 1)), label=gains)
    data.set_group(sizes)
    data.set_base_margin(scores)
    booster = xgboost.train({"objective": "rank:pairwise", "eval_metric": [metric], "base_score": 0},
                            data, num_boost_round=0)
    shown = booster.eval_set([(data, "x")], iteration=0)
    return float(shown.split(":")[-1])


def xgboost_case(sizes):
    """Distinct scores, and tied ones, over several requests, of which some have no gain."""
    scores, gains, distinct = [], [], []
    for n in sizes:
        s, g = draw(n)
        scores.append(s)
        gains.append(g if rng.rand() < 0.6 else g * 0)
        distinct.append(rng.permutation(n) / 8.0)
    scores, gains, distinct = map(numpy.concatenate, (scores, gains, distinct))
    case = {"sizes": sizes, "gains": gains.tolist(), "scores": distinct.tolist(),
            "tied_scores": scores.tolist(), "by_k": [], "tied_by_k": []}
    for k in [1, 3, 5, 10, 50, 0]:
        metric = f"ndcg@{k}" if k else "ndcg"
        case["by_k"].append({"k": k, "ndcg": xgboost_ndcg(distinct, gains, sizes, metric),
                             "empty_is_zero": xgboost_ndcg(distinct, gains, sizes,
                                                           f"ndcg@{k}-" if k else "ndcg-")})
        case["tied_by_k"].append({"k": k, "ndcg": xgboost_ndcg(scores, gains, sizes, metric)})
    return case


print(json.dumps({
    "versions": {"sklearn": sklearn.__version__, "xgboost": xgboost.__version__,
                 "numpy": numpy.__version__},
    "toys": toys(),
    "sklearn": [sklearn_case(n) for n in SIZES],
    "xgboost": [xgboost_case(sizes) for sizes in
                ([7], [3, 10, 1, 25], [100, 60, 4, 4, 9], [400, 300, 12])],
}, separators=(",", ":")))
