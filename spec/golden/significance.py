#!/usr/bin/python3
"""Print tests and intervals as SciPy and slow, obvious code compute them, for significance_spec.lua.

    python3 spec/golden/significance.py > spec/golden/significance.json

Made with Debian 12's python3-scipy 1.10.1 and python3-numpy 1.24.2. Student's tails come from the
finite sum for even degrees of freedom (Abramowitz and Stegun 26.7.4) in decimals of 700 digits.
"""

import itertools
import json
import warnings
from decimal import Decimal, getcontext

import numpy
import scipy
from scipy import stats

warnings.simplefilter("ignore")
rng = numpy.random.RandomState(11)
SIDES = ["two-sided", "greater", "less"]


def student_upper(t, degrees):
    getcontext().prec = 700
    square = Decimal(t) * Decimal(t)
    cosine2 = Decimal(degrees) / (Decimal(degrees) + square)
    sine = (1 - cosine2).sqrt()
    term, total = Decimal(1), Decimal(1)
    for i in range(1, degrees // 2):
        term *= cosine2 * Decimal(2 * i - 1) / Decimal(2 * i)
        total += term
    return float((1 - sine * total) / 2)


def tails():
    cases = []
    for degrees in [2, 4, 10, 30, 100, 198, 200, 202, 1000, 5000]:
        for t in [0.0625, 0.5, 1, 1.5, 1.75, 2, 3, 8, 20, 36.5, 1000, 1e8]:
            cases.append({"t": t, "degrees": degrees, "p": student_upper(t, degrees)})
    return cases


def quantiles():
    return [{"p": p, "degrees": d, "t": stats.t.ppf(1 - p / 2, d)}
            for p in [0.5, 0.1, 0.05, 0.01, 0.001] for d in [1, 2, 3, 7, 29, 100, 12345]]


def pair(n, kind):
    first = rng.rand(n)
    if kind == "ties":
        first, second = rng.randint(0, 8, n) / 4.0, rng.randint(0, 9, n) / 4.0
    elif kind == "distinct":
        second = first + rng.normal(0.1, 0.3, n)
    else:
        second = numpy.where(rng.rand(n) < 0.4, first, first + rng.normal(0.05, 0.2, n))
    return numpy.round(first, 6), numpy.round(second, 6)


def wilcoxon(d, zeros, correction, exact):
    if not (d != 0).any():
        return None
    method = "exact" if exact else "approx"
    ps = [stats.wilcoxon(d, zero_method=zeros, correction=correction, alternative=side,
                         method=method) for side in SIDES]
    return {"statistic": ps[0].statistic, "p": [p.pvalue for p in ps]}


def pairs():
    cases = []
    for n in [2, 3, 5, 9, 12, 20, 49, 50, 51, 120, 400]:
        for kind in ["distinct", "ties", "zeros"]:
            first, second = pair(n, kind)
            d = second - first
            sizes = numpy.abs(d)
            exact = n <= 50 and (d != 0).all() and len(set(sizes.tolist())) == n
            t = [stats.ttest_rel(second, first, alternative=side) for side in SIDES]
            mean = t[0].confidence_interval(0.9)
            cases.append({
                "first": first.tolist(), "second": second.tolist(), "exact": bool(exact),
                "t": t[0].statistic, "t_p": [r.pvalue for r in t], "low": mean.low,
                "high": mean.high, "effect": d.mean() / d.std(ddof=1) if d.std() else None,
                "drop": wilcoxon(d, "wilcox", False, exact),
                "pratt": wilcoxon(d, "pratt", False, exact),
                "corrected": wilcoxon(d, "wilcox", True, exact),
            })
    return cases


def permutations():
    cases = []
    for n, kind in itertools.product([2, 5, 9, 12], ["distinct", "ties", "zeros"]):
        first, second = pair(n, kind)
        d = second - first
        ps = [stats.permutation_test((d,), numpy.mean, permutation_type="samples", axis=0,
                                     n_resamples=numpy.inf, alternative=side).pvalue
              for side in SIDES]
        cases.append({"first": first.tolist(), "second": second.tolist(), "p": ps})
    return cases


def units_of(d, weights, clusters):
    names = sorted(set(clusters))
    belongs = numpy.array([[c == name for c in clusters] for name in names], float)
    return belongs @ (weights * d), belongs @ weights


def clustered():
    """The t-test as the weighted regression on a constant with clustered residuals."""
    cases = []
    for n, count in [(12, 4), (60, 9), (200, 40)]:
        clusters = rng.randint(0, count, n)
        weights = rng.randint(1, 9, n) / 2.0
        d = rng.exponential(1, n) - 0.7 + rng.normal(0, 1, count)[clusters]
        d = numpy.round(d, 6)
        mean = (weights * d).sum() / weights.sum()
        meat = 0.0
        for name in set(clusters.tolist()):
            inside = clusters == name
            meat += (weights[inside] * (d[inside] - mean)).sum() ** 2
        used = len(set(clusters.tolist()))
        error = numpy.sqrt(meat * used / (used - 1)) / weights.sum()
        sums, totals = units_of(d, weights, clusters.tolist())

        def ratio(s, w, axis=-1):
            return s.sum(axis=axis) / w.sum(axis=axis)

        ends = {}
        for method in ["percentile", "BCa"]:
            b = stats.bootstrap((sums, totals), ratio, paired=True, vectorized=True,
                                n_resamples=200000, batch=1000, confidence_level=0.9,
                                method=method, random_state=5)
            ends[method.lower()] = list(b.confidence_interval)
        cases.append({
            "values": d.tolist(), "weights": weights.tolist(), "clusters": clusters.tolist(),
            "count": used, "mean": mean, "error": error,
            "p": 2 * stats.t.sf(abs(mean / error), used - 1), "ends": ends,
        })
    return cases


def bootstraps():
    cases = []
    for n in [8, 30, 150]:
        values = numpy.round(rng.exponential(1, n), 6)
        ends = {}
        for method in ["percentile", "BCa"]:
            b = stats.bootstrap((values,), numpy.mean, n_resamples=200000, batch=1000,
                                confidence_level=0.95, method=method, random_state=5)
            ends[method.lower()] = list(b.confidence_interval)
            error = b.standard_error
        cases.append({"values": values.tolist(), "ends": ends, "error": error})
    return cases


print(json.dumps({
    "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__},
    "tails": tails(), "quantiles": quantiles(), "pairs": pairs(),
    "permutations": permutations(), "clustered": clustered(), "bootstraps": bootstraps(),
}, indent=None, separators=(",", ":")).replace("NaN", "null"))
