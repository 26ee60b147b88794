"""Writes kolmogorov.json and chi-square.json beside this file: tail probabilities as SciPy gives them."""

import json
import os

import numpy as np
from scipy.stats import chi2, kstwo

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, rows):
    with open(os.path.join(HERE, name), "w") as file:
        json.dump(rows, file, separators=(",", ":"))
        file.write("\n")


scaled = [0.2, 0.5, 0.8, 1.0, 1.2, 1.48, 1.5, 1.9, 2.1, 3.0, 4.1]
write(
    "kolmogorov.json",
    [
        {"d": z / np.sqrt(n), "n": n, "tail": float(kstwo.sf(z / np.sqrt(n), n))}
        for n in [1, 2, 7, 50, 140, 141, 500, 2500, 10000]
        for z in scaled
        if z < np.sqrt(n)
    ],
)
write(
    "chi-square.json",
    [
        {"statistic": float(x), "degrees": k, "tail": float(chi2.sf(x, k))}
        for k in [1, 2, 3, 9, 40, 200]
        for x in [0.001, 0.5, k * 0.7, float(k), k * 1.5 + 3, k * 3.0 + 40]
    ],
)
