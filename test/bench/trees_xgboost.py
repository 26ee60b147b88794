"""Trains XGBoost on a problem written by trees-data.ts and prints its figures as one line of JSON.

/usr/bin/python3 trees_xgboost.py FILE FEATURES HELD_OUT_ROWS ROUNDS

One thread, tree_method=hist, depth 6, learning rate 0.05, the other settings XGBoost's defaults. "seconds" is training
with the construction of the DMatrix, "processorSeconds" the processor time of the same; "matrixSeconds" is that construction alone. XGBoost bins within training.
"""
import json
import resource
import sys
import time

import numpy as np
import xgboost as xgb

file, features, held_out, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])

table = np.fromfile(file, dtype="<f4").reshape(features + 1, -1)
x, y = np.ascontiguousarray(table[:features].T), table[features]
train, test = slice(0, len(y) - held_out), slice(len(y) - held_out, len(y))

begin, begin_cpu = time.perf_counter(), time.process_time()
matrix = xgb.DMatrix(x[train], label=y[train], nthread=1)
built = time.perf_counter()
settings = {
    "objective": "binary:logistic", "tree_method": "hist", "max_depth": 6, "eta": 0.05, "nthread": 1, "base_score": 0.5,
}
booster = xgb.train(settings, matrix, rounds)
end, end_cpu = time.perf_counter(), time.process_time()

p = booster.predict(xgb.DMatrix(x[test], nthread=1)).astype(np.float64)
loss = -np.mean(np.where(y[test] == 1, np.log(p), np.log1p(-p)))
print(json.dumps({
    "seconds": end - begin,
    "processorSeconds": end_cpu - begin_cpu,
    "matrixSeconds": built - begin,
    "logLoss": float(loss),
    "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "version": xgb.__version__,
}))
