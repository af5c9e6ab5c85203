#!/usr/bin/env python3
"""Values for test/unit/bags.test.ts from torch in float64: nearest-patch distances, weights and weighted averages (Eq. 1, 5, 6, 7).

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


def mean_over(i, others):
    return torch.stack([nearest(Z[i], Z[j]) for j in others if j != i]).mean(0)


sample = [8, 1, 5]
distance5 = torch.stack([mean_over(i, range(N)) for i in range(N)])
distance7 = torch.stack([mean_over(i, sample) for i in range(N)])
distance6 = torch.stack([nearest(Z[i], R.reshape(-1, D)) for i in range(N)])
alpha = torch.softmax(distance5 / TAU, 1)
flat = lambda t: [round(float(x), 10) for x in t.reshape(-1)]
print(json.dumps({
    "madeBy": "python3 test/unit/expected/bags.py", "torch": torch.__version__, "numpy": np.__version__,
    "N": N, "M": M, "D": D, "temperature": TAU, "sample": sample,
    "embeddings": flat(Z), "normals": flat(R),
    "distances": {"eq5": flat(distance5), "eq6": flat(distance6), "eq7": flat(distance7)},
    "alpha": flat(alpha), "average": flat(torch.einsum("nm,nmd->nd", alpha, Z)),
    "deviation": float(distance5.std(unbiased=False)),
}))
