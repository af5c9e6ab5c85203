#!/usr/bin/env python3
"""Values for test/unit/bags.test.ts from torch in float64: nearest-patch distances, weights and weighted averages (Eq. 1, 5, 6, 7), the
Hausdorff family (Eq. 2 and 3 with the operators of Table 5), hard weights, and a greedy k-centre coreset.

  python3 test/unit/expected/bags.py > test/unit/expected/bags.json     (Debian: python3-torch)
"""
import json
import numpy as np
import torch

torch.manual_seed(7)
N, M, D, TAU = 11, 9, 5, 0.13
Z = torch.nn.functional.normalize(torch.randn(N, M, D, dtype=torch.float64), dim=2)
R = torch.nn.functional.normalize(torch.randn(4, M, D, dtype=torch.float64), dim=2)
# The product gets float32, so the oracle starts from the same rounded numbers.
Z, R = Z.float().double(), R.float().double()


def nearest(a, b):
    """(Ma, Mb) distances, smallest over the second; by differences, not by dot products."""
    return torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist").amin(1)


def to_others(i, others):
    return torch.stack([nearest(Z[i], Z[j]) for j in others if j != i])


def mean_over(i, others):
    return to_others(i, others).mean(0)


def pairwise(i, j):
    return torch.cdist(Z[i], Z[j], compute_mode="donot_use_mm_for_euclid_dist")


def hausdorff(name, i, j):
    d = pairwise(i, j)
    there, back = d.amin(1), d.amin(0)
    if name == "mean-mean":
        return d.mean()
    if name == "min-min":
        return d.min()
    of_direction, of_both = {"max-hausdorff": ("max", "max"), "max-min-mean": ("max", "mean"),
                             "mean-min-max": ("mean", "max"), "mean-min-mean": ("mean", "mean")}[name]
    values = torch.stack([getattr(there, of_direction)(), getattr(back, of_direction)()])
    return getattr(values, of_both)()


def choices(i):
    """Share of the other images for which each patch of i is the one with the largest nearest-patch distance."""
    picked = to_others(i, range(N)).argmax(1)
    return torch.bincount(picked, minlength=M).double() / (N - 1)


def coreset(vectors, size):
    chosen = [0]
    while len(chosen) < size:
        gaps = torch.cdist(vectors, vectors[chosen]).amin(1)
        gaps[chosen] = -1
        chosen.append(int(gaps.argmax()))
    return chosen


def hard(distances, k):
    weights = torch.zeros_like(distances)
    weights[distances.topk(k).indices] = 1 / k
    return weights


sample = [8, 1, 5]
distance5 = torch.stack([mean_over(i, range(N)) for i in range(N)])
distance7 = torch.stack([mean_over(i, sample) for i in range(N)])
distance6 = torch.stack([nearest(Z[i], R.reshape(-1, D)) for i in range(N)])
pairs = [(i, j) for i in range(N) for j in range(i + 1, N)]
names = ["max-hausdorff", "max-min-mean", "min-min", "mean-min-max", "mean-min-mean", "mean-mean"]
alpha = torch.softmax(distance5 / TAU, 1)
flat = lambda t: [round(float(x), 10) for x in t.reshape(-1)]
print(json.dumps({
    "madeBy": "python3 test/unit/expected/bags.py", "torch": torch.__version__, "numpy": np.__version__,
    "N": N, "M": M, "D": D, "temperature": TAU, "sample": sample,
    "embeddings": flat(Z), "normals": flat(R),
    "distances": {"eq5": flat(distance5), "eq6": flat(distance6), "eq7": flat(distance7),
                  "max": flat(torch.stack([to_others(i, range(N)).amax(0) for i in range(N)])),
                  "min": flat(torch.stack([to_others(i, range(N)).amin(0) for i in range(N)]))},
    "hausdorff": {name: [round(float(hausdorff(name, i, j)), 10) for i, j in pairs] for name in names},
    "choices": flat(torch.stack([choices(i) for i in range(N)])),
    "hard": flat(torch.stack([hard(distance5[i], 4) for i in range(N)])),
    "coreset": coreset(Z.mean(1), 6),
    "alpha": flat(alpha), "average": flat(torch.einsum("nm,nmd->nd", alpha, Z)),
    "deviation": float(distance5.std(unbiased=False)),
}))
