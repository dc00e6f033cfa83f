#!/usr/bin/env python3
"""Writes the NPY files that spec/npy_spec.lua reads, with NumPy. Run once: python3 spec/golden/npy.py"""
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def save(name, array, version=None):
    with open(os.path.join(HERE, "npy_" + name + ".npy"), "wb") as file:
        np.lib.format.write_array(file, array, version=version)


line = np.array([1.5, -2.25, 1 / 3, 0.1, 1e-30])
save("f8", line.astype("<f8"))
save("f4", line.astype("<f4"))
save("i4", np.array([1, -2, 2**31 - 1, -(2**31)], dtype="<i4"))
save("i8", np.array([1, -2, 2**53 + 1, -(2**63)], dtype="<i8"))
save("f8_2d", np.arange(6, dtype="<f8").reshape(2, 3) / 4)
save("f4_empty", np.zeros((0,), dtype="<f4"))
save("f8_v2", line.astype("<f8"), (2, 0))
save("f8_v3", line.astype("<f8"), (3, 0))
save("f8_special", np.array([np.nan, np.inf, -np.inf, -0.0]))
save("bad_fortran", np.asfortranarray(np.arange(6.0).reshape(2, 3)))
save("bad_endian", np.array([1.0, 2.0], dtype=">f8"))
save("bad_3d", np.zeros((2, 2, 2)))
save("bad_bool", np.array([True, False]))
