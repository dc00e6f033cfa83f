#!/usr/bin/python3
"""Print the tails of the tests on cumulative differences with 60 digits, for calibrate/cumulative_spec.lua.

    python3 spec/golden/calibration.py > spec/golden/calibration.json

ln P(range of Brownian motion on [0, 1] > x) and ln P(max |.| > x) by their survival series (Feller 1951), summed
until nothing is added, in decimals of 140 digits: what cancels where x is small costs none that is kept.
"""
import json
from decimal import Decimal, getcontext

getcontext().prec = 140
PI = Decimal("3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679821480865"
             "132823066470938446095505822317253594081284811")


def upper(x):
    """P(Z > x): by the series of the middle where that is quick, else by Laplace's continued fraction."""
    density = (-x * x / 2).exp() / (2 * PI).sqrt()
    if x < 6:
        term = total = x
        k = 1
        while term > total * Decimal("1e-135"):
            k += 2
            term = term * x * x / k
            total += term
        return Decimal("0.5") - density * total
    below = x
    for k in range(4000, 0, -1):
        below = x + k / below
    return density / below


def series(term):
    total, k = Decimal(0), 0
    while True:
        step = term(k)
        total += step
        k += 1
        if abs(step) < Decimal("1e-70") * abs(total):
            return total


def kuiper(x):
    return 8 * series(lambda k: (-1) ** k * (k + 1) * upper((k + 1) * x))


def ks(x):
    return 4 * series(lambda k: (-1) ** k * upper((2 * k + 1) * x))


POINTS = [0.4, 0.5, 0.6, 0.75, 0.9, 1.0, 1.1, 1.19, 1.2, 1.21, 1.3, 1.45, 1.5, 1.55, 1.59, 1.6, 1.61, 1.75, 2.0,
          2.2585549672545224, 2.5, 3.0, 4.0, 4.500374236241608, 5.0, 6.5, 8.0, 9.347180056695407, 9.604586718869454,
          12.0, 20.0, 30.0, 37.0, 40.0, 100.0, 1000.0]
print("[" + ",\n".join(json.dumps({"x": x, "kuiper": float(kuiper(Decimal(x)).ln()), "ks": float(ks(Decimal(x)).ln())})
                       for x in POINTS) + "]")
