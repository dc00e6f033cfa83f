#!/usr/bin/python3
"""Print ranking metrics as the peer tools compute them, for spec/metrics/peers_spec.lua.

    python3 spec/golden/peers.py > spec/golden/peers.json

Made with Debian 12's python3-sklearn 1.2.1, python3-scipy 1.10.1, python3-xgboost 1.7.4 and numpy
1.24.2. Inputs are not stored, only what they are made from: a seed for the generator below, of which
the spec has the same. Scores are few-valued, so that most of them tie; all numbers are exact in 32
bits, in which xgboost works.
"""

import json
import math
import warnings

import numpy
import scipy
import scipy.stats
import sklearn
import xgboost
from sklearn.metrics import (average_precision_score, dcg_score, label_ranking_average_precision_score,
                             ndcg_score, roc_auc_score)
from sklearn.metrics._ranking import _dcg_sample_scores, _ndcg_sample_scores

warnings.simplefilter("ignore")
xgboost.set_config(verbosity=0)  # it would write to standard output
SIZES = [1, 2, 3, 7, 50, 500, 5000]


class Generator:
    """The linear congruential generator of Numerical Recipes; its upper 16 bits."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return self.state // 65536 % n

    def scores(self, n, steps):
        return [self.below(steps) / 4 - 1 for _ in range(n)]

    def distinct(self, n):
        places = []
        for i in range(n):
            j = self.below(i + 1)
            places.append(i)
            places[i], places[j] = places[j], i
        return [place / 8 for place in places]

    def labels(self, n, kind):
        if kind == "binary":
            return [float(self.below(3) == 0) for _ in range(n)]
        if kind == "graded":
            return [float(max(0, self.below(8) - 3)) for _ in range(n)]
        return [max(0, self.below(16) - 6) / 8 for _ in range(n)]


def number(x):
    return None if x is None or math.isnan(x) else float(x)


def steps_of(n, seed):
    return [1 + seed % 3, 2, max(2, n // 20), max(2, n // 2)][seed % 4]


def gains_case(n, seed):
    """ndcg_score and dcg_score. They refuse one item; what they call for each request does not."""
    g = Generator(seed)
    scores, kind = g.scores(n, steps_of(n, seed)), ["graded", "fractional"][seed % 2]
    labels = g.labels(n, kind)
    y, s = numpy.array([labels]), numpy.array([scores])
    ndcg = ndcg_score if n > 1 else lambda y, s, k: _ndcg_sample_scores(y, s, k=k)[0]
    dcg = dcg_score if n > 1 else lambda y, s, k: _dcg_sample_scores(y, s, k=k)[0]
    cuts = [None, 1, 5, 10, n // 2 + 1, n, n + 3]
    return {"n": n, "seed": seed, "steps": steps_of(n, seed), "kind": kind, "k": [k or 0 for k in cuts],
            "ndcg": [float(ndcg(y, s, k=k)) for k in cuts], "dcg": [float(dcg(y, s, k=k)) for k in cuts]}


def binary_case(n, seed):
    """AUC with ties; average precision with and without, of which only the latter is ours."""
    g = Generator(seed)
    scores, labels, distinct = g.scores(n, steps_of(n, seed)), g.labels(n, "binary"), g.distinct(n)
    both = 0 < sum(labels) < n
    return {"n": n, "seed": seed, "steps": steps_of(n, seed),
            "auc": number(roc_auc_score(labels, scores)) if both else None,
            "auc_distinct": number(roc_auc_score(labels, distinct)) if both else None,
            "tied_ap": number(average_precision_score(labels, scores)) if sum(labels) else None,
            "ap": number(average_precision_score(labels, distinct)) if sum(labels) else None,
            "lrap": number(label_ranking_average_precision_score([labels], [distinct])) if both else None}


def correlation_case(n, seed):
    g = Generator(seed)
    scores, labels = g.scores(n, steps_of(n, seed)), g.labels(n, "graded")
    distinct = g.distinct(n)
    return {"n": n, "seed": seed, "steps": steps_of(n, seed),
            "tau": number(scipy.stats.kendalltau(scores, labels)[0]),
            "rho": number(scipy.stats.spearmanr(scores, labels)[0]),
            "tau_distinct": number(scipy.stats.kendalltau(distinct, labels)[0]),
            "rho_distinct": number(scipy.stats.spearmanr(distinct, labels)[0])}


def evaluate(data, scores, metrics, objective):
    """A booster of no trees predicts the base margin; each metric by itself."""
    data.set_base_margin(numpy.array(scores))
    values = []
    for metric in metrics:
        booster = xgboost.Booster({"objective": objective, "base_score": 0.5, "eval_metric": metric},
                                  [data])
        name, value = booster.eval_set([(data, "x")]).split("\t")[1].rsplit(":", 1)
        assert name == "x-" + metric, (name, metric)
        values.append(float(value))
    return values


def xgboost_case(sizes, seed):
    """Several requests, every fifth of them without a gain."""
    g = Generator(seed)
    scores, labels = [], []
    for i, n in enumerate(sizes):
        scores += g.scores(n, max(2, n // 3))
        drawn = g.labels(n, "graded")
        labels += drawn if i % 5 != 4 else [0.0] * n
    data = xgboost.DMatrix(numpy.zeros((len(scores), 1)), label=numpy.array(labels))
    data.set_group(sizes)
    cuts = [1, 3, 10, 100]
    names = ["ndcg", "map"] + [f"{m}@{k}" for m in ("ndcg", "map", "pre") for k in cuts]
    names += [f"{m}@{k}-" for m in ("ndcg", "map") for k in cuts]
    shown = evaluate(data, scores, names, "rank:pairwise")
    assert len(shown) == len(names)
    return {"sizes": sizes, "seed": seed, "values": dict(zip(names, shown))}


def xgboost_auc(n, seed):
    g = Generator(seed)
    scores, labels = g.scores(n, steps_of(n, seed)), g.labels(n, "binary")
    data = xgboost.DMatrix(numpy.zeros((n, 1)), label=numpy.array(labels))
    return {"n": n, "seed": seed, "steps": steps_of(n, seed),
            "auc": number(evaluate(data, scores, ["auc"], "binary:logitraw")[0])}


print(json.dumps({
    "versions": {"sklearn": sklearn.__version__, "scipy": scipy.__version__,
                 "xgboost": xgboost.__version__, "numpy": numpy.__version__},
    "gains": [gains_case(n, seed) for n in SIZES for seed in range(1, 9)],
    "binary": [binary_case(n, seed) for n in SIZES for seed in range(1, 7)],
    "correlation": [correlation_case(n, seed) for n in SIZES[1:] for seed in range(1, 7)],
    "xgboost": [xgboost_case(sizes, seed) for seed, sizes in enumerate([
        [1], [2, 1, 3], [7] * 10, [50, 3, 1, 1, 20, 50], [500, 40, 100, 3, 9, 8, 300],
        [5000], [9, 5000, 5000, 30, 700, 2, 1]])],
    "xgboost_auc": [xgboost_auc(n, seed) for n in SIZES[2:] for seed in range(1, 5)],
}, separators=(",", ":")))
