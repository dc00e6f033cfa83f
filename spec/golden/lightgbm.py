#!/usr/bin/python3
"""Print NDCG@k and MAP@k as LightGBM computes them, for spec/ndcg_profiles_spec.lua.

    python3 spec/golden/lightgbm.py PATH/lib_lightgbm.so > spec/golden/lightgbm.json

Made with the shared library of LightGBM (github.com/microsoft/LightGBM) at the commit named below,
4.6.0.99, compiled without OpenMP: Debian has no package of it. It is asked through its C API: a
booster without trees, whose predictions are the initial scores of its data, evaluates these data.
Inputs are not stored, only what they are made from: a seed for the generator below, of which the
spec has the same. Label gains and scores are short binary fractions; scores are few-valued, so that
most tie, and half of the cases' are too close together for 32 bits.
"""

import ctypes
import json
import sys

COMMIT = "bae0b7ba953341a32b2a9c5c5c437a1b976f576f"
CUTS = [1, 3, 5, 10, 100000]
F32, F64, I32 = 0, 1, 2  # C_API_DTYPE_*
DATA = "max_bin=2 min_data_in_leaf=1 min_data_in_bin=1 feature_pre_filter=false verbosity=-1"
GAINS = [
    [],  # its own: 2^label - 1
    [0, 1, 2, 3, 4],
    [0, 0.5, 3, 10.25, 31],
    [0, 0, 1, 1, 5],  # labels that are worth nothing, labels that are worth the same
    [1, 2, 4, 8, 16],  # label 0 is worth something: no query is empty
    [0, 3, 1, 7, 2],  # a higher label may be worth less
]
MOST = [1, 2, 5, 20, 70, 150, 500, 500]

lib = ctypes.CDLL(sys.argv[1])
lib.LGBM_GetLastError.restype = ctypes.c_char_p


class Generator:
    """The linear congruential generator of Numerical Recipes; its upper 16 bits."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return self.state // 65536 % n


def call(name, *arguments):
    assert getattr(lib, name)(*arguments) == 0, (name, lib.LGBM_GetLastError().decode())


def vector(kind, values):
    return (kind * len(values))(*values)


def dataset(scores, labels, sizes):
    """Its one column is there only because a data set has one."""
    data, n = ctypes.c_void_p(), len(scores)
    column = vector(ctypes.c_double, range(n))
    call("LGBM_DatasetCreateFromMat", column, F64, ctypes.c_int32(n), ctypes.c_int32(1), 1,
         DATA.encode(), None, ctypes.byref(data))
    for field, kind, code, values in [("label", ctypes.c_float, F32, labels),
                                      ("group", ctypes.c_int32, I32, sizes),
                                      ("init_score", ctypes.c_double, F64, scores)]:
        call("LGBM_DatasetSetField", data, field.encode(), vector(kind, values), len(values), code)
    return data


def evaluate(scores, labels, sizes, gains):
    """{"ndcg": [at each cut], "map": ...}."""
    data, booster = dataset(scores, labels, sizes), ctypes.c_void_p()
    text = DATA + " objective=none metric=ndcg,map eval_at=" + ",".join(map(str, CUTS))
    if gains:
        text += " label_gain=" + ",".join(map(str, gains))
    call("LGBM_BoosterCreate", data, text.encode(), ctypes.byref(booster))
    count, needed = ctypes.c_int(), ctypes.c_size_t()
    names = [ctypes.create_string_buffer(64) for _ in range(2 * len(CUTS))]
    call("LGBM_BoosterGetEvalNames", booster, len(names), ctypes.byref(count), ctypes.c_size_t(64),
         ctypes.byref(needed), vector(ctypes.c_char_p, list(map(ctypes.addressof, names))))
    assert count.value == len(names)
    values = (ctypes.c_double * len(names))()
    call("LGBM_BoosterGetEval", booster, 0, ctypes.byref(count), values)
    shown = {name.value.decode(): value for name, value in zip(names, values)}
    call("LGBM_BoosterFree", booster)
    call("LGBM_DatasetFree", data)
    return {metric: [shown[f"{metric}@{k}"] for k in CUTS] for metric in ("ndcg", "map")}


def case(seed):
    """Up to 12 queries, of which every fifth has only labels of 0, like many of the small ones."""
    g = Generator(seed)
    most, gains = MOST[seed % 8], GAINS[seed // 8 % 6]
    step = 2.0 ** (-2 if seed < 48 else -40)
    scores, labels, sizes = [], [], []
    for query in range(1 + g.below(12)):
        sizes.append(1 + g.below(most))
        for _ in range(sizes[-1]):
            scores.append(1 + g.below(max(2, sizes[-1] // 3)) * step)
            drawn = max(0, g.below(8) - 3)
            labels.append(0 if query % 5 == 4 else drawn)
    return {"seed": seed, "most": most, "step": step, "gains": gains, "sizes": sizes,
            **evaluate(scores, labels, sizes, gains)}


cases = [case(seed) for seed in range(96)]
print(json.dumps({"commit": COMMIT, "k": CUTS, "cases": cases}, separators=(",", ":")))
