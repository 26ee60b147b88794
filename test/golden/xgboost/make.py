"""Writes trees.json, multiclass.json and held-out.json beside itself; how-made.md says what they are.

/usr/bin/python3 test/golden/xgboost/make.py
"""
import json
import os

import numpy as np
import xgboost as xgb

FOLDER = os.path.dirname(os.path.abspath(__file__))
COMMON = {"tree_method": "hist", "nthread": 1, "base_score": 0.5, "max_bin": 256, "seed": 0}


def trees_of(booster):
    """The trees of a model as its own JSON has them, only the fields that are compared."""
    model = json.loads(booster.save_raw("json").decode())["learner"]["gradient_booster"]["model"]
    fields = {
        "left": "left_children", "right": "right_children", "feature": "split_indices", "threshold": "split_conditions",
        "missing_left": "default_left", "gain": "loss_changes", "cover": "sum_hessian",
    }
    return [{ours: [round(float(x), 8) for x in tree[theirs]] for ours, theirs in fields.items()} for tree in model["trees"]]


def table(values):
    return [[None if np.isnan(x) else int(x) for x in row] for row in values]


def write(name, content):
    with open(os.path.join(FOLDER, name), "w") as file:
        json.dump(content, file, separators=(",", ":"))
        file.write("\n")


def single_trees(rng):
    n = 400
    x = rng.integers(0, 10, (n, 5)).astype(np.float32)
    x[rng.random(n) < 0.2, 1] = np.nan
    x[rng.random(n) < 0.4, 3] = np.nan
    margin = np.round(rng.normal(0, 0.7, n), 3)
    weight = np.round(rng.uniform(0.1, 3, n), 2)
    signal = 0.25 * (x[:, 0] - 4.5) - 0.2 * (np.nan_to_num(x[:, 1], nan=9) - 4.5) + 0.9 * np.isnan(x[:, 3])
    binary = (rng.random(n) < 1 / (1 + np.exp(-signal - margin))).astype(float)
    real = np.round(signal + rng.normal(0, 1, n), 3)
    log_loss, squared, absolute = "binary:logistic", "reg:squarederror", "reg:absoluteerror"
    # name, objective, settings, whether weights count
    cases = [
        ["log loss", log_loss, {}, False],
        ["squared error", squared, {}, False],
        ["absolute error", absolute, {"eta": 1}, False],
        ["absolute error with weights", absolute, {"eta": 1}, True],
        ["no penalty", log_loss, {"lambda": 0}, False],
        ["an L2 penalty", squared, {"lambda": 20}, False],
        ["an L1 penalty", log_loss, {"alpha": 4}, False],
        ["an L1 penalty on squared error", squared, {"alpha": 10, "lambda": 3}, False],
        ["a least gain", log_loss, {"gamma": 3}, False],
        ["a least weight of a child", log_loss, {"min_child_weight": 12}, False],
        ["a largest step", log_loss, {"max_delta_step": 0.2}, False],
        ["weights", log_loss, {}, True],
        ["monotone features", log_loss, {"monotone_constraints": "(1,-1,0,0,0)"}, False],
        ["monotone features against the data", squared, {"monotone_constraints": "(-1,0,1,0,-1)"}, False],
        ["monotone features and weights", squared, {"monotone_constraints": "(1,0,1,0,-1)"}, True],
        ["leaves by gain", log_loss, {"grow_policy": "lossguide", "max_leaves": 9, "max_depth": 8}, False],
    ]
    results = []
    for name, objective, settings, weighted in cases:
        label = binary if objective == log_loss else real
        matrix = xgb.DMatrix(x, label=label, base_margin=margin, nthread=1, weight=weight if weighted else None)
        params = {**COMMON, "objective": objective, "max_depth": 4, "eta": 0.3, **settings}
        booster = xgb.train(params, matrix, 1 if objective == absolute else 2)
        results.append({
            "name": name, "objective": objective, "settings": settings, "weighted": weighted, "trees": trees_of(booster),
            "margins": [round(float(m), 7) for m in booster.predict(matrix, output_margin=True)],
        })
    write("trees.json", {
        "rows": table(x), "binary": binary.tolist(), "real": real.tolist(), "margin": margin.tolist(),
        "weight": weight.tolist(), "cases": results,
    })


def multiclass(rng):
    n = 300
    x = rng.integers(0, 10, (n, 3)).astype(np.float32)
    label = np.argmax(np.stack([0.4 * x[:, 0], 0.4 * x[:, 1], 2 + 0 * x[:, 2]]) + rng.gumbel(0, 1, (3, n)), axis=0)
    margin = np.round(rng.normal(0, 0.3, (n, 3)), 3)
    matrix = xgb.DMatrix(x, label=label, base_margin=margin, nthread=1)
    params = {**COMMON, "objective": "multi:softprob", "num_class": 3, "max_depth": 3, "eta": 0.3}
    booster = xgb.train(params, matrix, 2)
    probabilities = booster.predict(matrix)
    write("multiclass.json", {
        "rows": table(x), "label": label.tolist(), "margin": margin.tolist(), "trees": trees_of(booster),
        "probabilities": [[round(float(p), 7) for p in row] for row in probabilities],
    })


def held_out(rng):
    n = 3000
    x = rng.integers(0, 60, (n, 4)).astype(np.float32)
    x[rng.random(n) < 0.15, 2] = np.nan
    z = (x - 29.5) / 17
    signal = 0.8 * z[:, 0] - 0.6 * np.nan_to_num(z[:, 2], nan=1) + 0.5 * z[:, 0] * z[:, 1]
    label = (rng.random(n) < 1 / (1 + np.exp(-signal))).astype(float)
    train, test = slice(0, 1500), slice(1500, n)
    params = {**COMMON, "objective": "binary:logistic", "max_depth": 4, "eta": 0.1}
    booster = xgb.train(params, xgb.DMatrix(x[train], label=label[train], nthread=1), 50)
    p = booster.predict(xgb.DMatrix(x[test], nthread=1)).astype(float)
    loss = -np.mean(np.where(label[test] == 1, np.log(p), np.log1p(-p)))
    write("held-out.json", {"rows": table(x), "label": [int(y) for y in label], "train_rows": 1500, "log_loss": float(loss)})


rng = np.random.default_rng(20261121)
single_trees(rng)
multiclass(rng)
held_out(rng)
