#!/usr/bin/env python3
"""Distances of patches and of bags in float64, written from Eq. 1–7 with torch, independently of the product.

  bags.py FEATURES.npy TEMPERATURE REFERENCE_COUNT
FEATURES.npy: float32 (N, M, D), unit length. The first REFERENCE_COUNT images are the references of Eq. 7, the last ones the normal
images of Eq. 6. Prints one JSON object.
"""
import json
import sys
import numpy as np
import torch

Z = torch.from_numpy(np.load(sys.argv[1])).double()
temperature, references = float(sys.argv[2]), int(sys.argv[3])
N = len(Z)
nearest = torch.zeros(N, N, Z.shape[1], dtype=torch.float64)
mean = torch.zeros(N, N, dtype=torch.float64)
for i in range(N):
    for j in range(N):
        if i != j:
            d = (2 - 2 * Z[i] @ Z[j].T).clamp_min(0).sqrt()
            nearest[i, j] = d.amin(1)
            mean[i, j] = d.mean()
others = lambda i: [j for j in range(N) if j != i]
eq5 = {name: torch.stack([getattr(nearest[i, others(i)], name)(0) for i in range(N)]) for name in ("mean", "amax", "amin")}
eq7 = torch.stack([nearest[i, [j for j in range(references) if j != i]].mean(0) for i in range(N)])
eq6 = torch.stack([nearest[i, list(range(N - references, N))].amin(0) for i in range(N - references)])
largest, average = nearest.amax(2), nearest.mean(2)
pair = lambda a, op: [float(op(a[i, j], a[j, i])) for i in range(N) for j in range(i + 1, N)]
low = nearest.amin(2)
middle = lambda a, b: (a + b) / 2
print(json.dumps({
    "eq5": {"mean": eq5["mean"].flatten().tolist(), "max": eq5["amax"].flatten().tolist(), "min": eq5["amin"].flatten().tolist()},
    "eq6": eq6.flatten().tolist(), "eq7": eq7.flatten().tolist(),
    "alpha": torch.softmax(eq5["mean"] / temperature, 1).flatten().tolist(),
    "hausdorff": {"max-hausdorff": pair(largest, max), "max-min-mean": pair(largest, middle), "min-min": pair(low, min),
                  "mean-min-max": pair(average, max), "mean-min-mean": pair(average, middle), "mean-mean": pair(mean, middle)},
}))
