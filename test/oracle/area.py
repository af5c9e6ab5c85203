"""What an area leaves, by the references of the method on the remaining patches alone, as JSON:
area.py DESCRIPTOR.py REFERENCE.py FEATURES.npy GRID_ROWS GRID_COLUMNS LEFT TOP RIGHT BOTTOM

The rectangle is ignored, in shares of the image; patches are equal cells of the image here.
"""
import importlib.util
import json
import sys

import numpy as np
import torch
from scipy.spatial.distance import pdist


def load(file):
    spec = importlib.util.spec_from_file_location(file.split("/")[-1][:-3], file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


descriptor, reference = load(sys.argv[1]), load(sys.argv[2])
rows, columns = map(int, sys.argv[4:6])
left, top, right, bottom = map(float, sys.argv[6:10])


def overlap(cells, start, end):
    edges = np.arange(cells + 1) / cells
    return (np.minimum(edges[1:], end) - np.maximum(edges[:-1], start)).clip(0) * cells


covered = np.outer(overlap(rows, top, bottom), overlap(columns, left, right))
counted = np.flatnonzero(covered.ravel() <= 0.5)
Z = torch.from_numpy(np.load(sys.argv[3])).float()[:, counted]
N, M, _ = Z.shape

# The same as descriptor.inside_distances, where not all patches of the grid are there.
y, x = np.divmod(counted, columns)
near = torch.from_numpy(np.maximum(abs(y[:, None] - y), abs(x[:, None] - x)) <= descriptor.APART)
inside = torch.empty(N, M)
for i, z in enumerate(Z):
    squared = (2 - 2 * z @ z.T).clamp_min(0)
    squared[near] = 9
    inside[i] = squared.sqrt().topk(descriptor.NEIGHBOURS, 1, largest=False)[0].mean(1)

cross = descriptor.cross_distances(Z, range(N)).numpy()
score = descriptor.standard(cross) + descriptor.standard(inside.numpy())
vectors = descriptor.descriptor(Z.numpy(), score, min(32, N))

eq5 = reference.nearest_patch_distance(Z, range(N), "mean")
tau = 0.35 * eq5.numpy().std()
paper = torch.einsum("nm,nmd->nd", torch.softmax(eq5 / tau, 1), Z).numpy()

hausdorff = []
for i in range(N):
    for j in range(i + 1, N):
        d = (2 - 2 * Z[i] @ Z[j].T).clamp_min(0).sqrt()
        hausdorff.append(float(max(d.amin(1).mean(), d.amin(0).mean())))

print(
    json.dumps(
        {
            "counted": counted.tolist(),
            "score": score.ravel().tolist(),
            "blocks": pdist(vectors).tolist(),
            "eq5": eq5.numpy().ravel().tolist(),
            "paper": pdist(paper).tolist(),
            "hausdorff": hausdorff,
        }
    )
)
