"""ease.py JOB FOLDER: learning EASE with NumPy and SciPy from what ease.lua wrote. Prints one JSON
object a line. JOB: cholesky64, cholesky32 (a product of dense matrices, then SciPy's LAPACK: factor
and inverse of one triangle, in place: what is best there) or inverse (a product of sparse matrices
and NumPy's inverse, as the paper's code has it).

Peak memory is the process's; base is what it held before learning (interpreter, libraries, data).
"""
import json
import sys
import time

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

job, folder = sys.argv[1:3]
ROUNDS = 3


def kilobytes(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field))


ids, offsets = np.load(f"{folder}/ids.npy") - 1, np.load(f"{folder}/offsets.npy")
items = int(np.load(f"{folder}/items.npy")[0])
dtype = np.float32 if job == "cholesky32" else np.float64
x = sparse.csr_matrix((np.ones(len(ids), dtype), ids, offsets), shape=(len(offsets) - 1, items))


def cholesky(gram):
    factor, invert = ((lapack.spotrf, lapack.spotri) if dtype == np.float32
                      else (lapack.dpotrf, lapack.dpotri))
    gram = gram.T  # columns one after the other, as LAPACK wants them
    gram, info = factor(gram, lower=1, clean=0, overwrite_a=1)
    assert info == 0
    gram, info = invert(gram, lower=1, overwrite_c=1)
    assert info == 0
    upper = np.triu_indices(items, 1)
    gram[upper] = gram.T[upper]
    return gram


def product():
    if job == "inverse":
        return (x.T @ x).toarray()
    dense = x.toarray()
    return dense.T @ dense


def learn():
    gram = product()
    gram[np.diag_indices(items)] += 500
    inverse = np.linalg.inv(gram) if job == "inverse" else cholesky(gram)
    del gram
    weights = inverse / -np.diag(inverse)
    weights[np.diag_indices(items)] = 0
    return weights.astype(np.float32)


base, best, weights = kilobytes("VmRSS"), float("inf"), None
for _ in range(ROUNDS):
    weights = None
    began = time.perf_counter()
    weights = learn()
    best = min(best, time.perf_counter() - began)
print(json.dumps({
    "job": f"EASE of {items} items, {'f32' if dtype == np.float32 else 'f64'}",
    "peer": "NumPy's inverse" if job == "inverse" else "SciPy's Cholesky",
    "milliseconds": best * 1e3, "peak_kilobytes": kilobytes("VmHWM"), "base_kilobytes": base,
    "sum": float(weights[:5].sum(dtype=np.float64)),
}))
