#!/usr/bin/env python3
"""All four linkages for test/unit/linkage.test.ts from scipy, on distances that come from vectors and on some that do not.

  /usr/bin/python3 test/unit/expected/linkages.py > test/unit/expected/linkages.json && npx prettier --write test/unit/expected/linkages.json
  (Debian: python3-scipy)
"""
import json
import numpy as np
import scipy
from scipy.cluster.hierarchy import cut_tree, is_monotonic, linkage
from scipy.spatial.distance import cdist, pdist, squareform

random = np.random.default_rng(17)
METHODS = ("ward", "complete", "average", "single")


def hausdorff(sets):
    d = np.array([[cdist(a, b).min(1).max() for b in sets] for a in sets])
    return squareform(np.maximum(d, d.T), checks=False)


def case(name, distances, methods=METHODS, ks=(1, 2, 3, 5, 9)):
    distances = np.round(np.asarray(distances, dtype=np.float64), 6)
    trees = []
    for method in methods:
        merges = linkage(distances, method)
        assert is_monotonic(merges)
        trees.append({"method": method, "merges": [[int(a), int(b), float(h), int(s)] for a, b, h, s in merges],
                      "cuts": [{"k": k, "labels": cut_tree(merges, n_clusters=k).ravel().tolist()} for k in ks]})
    return {"name": name, "count": int(squareform(distances).shape[0]), "distances": distances.tolist(), "trees": trees}


def is_metric(distances):
    d = squareform(distances)
    return all((d <= d[:, [m]] + d[[m], :] + 1e-9).all() for m in range(len(d)))


arbitrary = random.uniform(0.1, 1, 40 * 39 // 2)
assert not is_metric(arbitrary)
sets = [random.normal(random.normal(0, 1, 3), 0.7, (6, 3)) for _ in range(40)]
print(json.dumps({
    "madeBy": "/usr/bin/python3 test/unit/expected/linkages.py", "numpy": np.__version__, "scipy": scipy.__version__,
    "cases": [
        case("Euclidean", pdist(random.normal(size=(60, 5)))),
        case("Hausdorff", hausdorff(sets)),
        case("arbitrary, against the triangle inequality", arbitrary),
        # scipy finds the single linkage of equal distances in another order, by a spanning tree.
        case("whole numbers, many equal", pdist(random.integers(0, 4, (40, 2)), "cityblock"), METHODS[:3]),
    ],
}))
