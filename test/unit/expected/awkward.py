#!/usr/bin/env python3
"""Awkward cases for test/unit/linkage.test.ts and metrics.test.ts from scipy and scikit-learn: ties, duplicates, empty matches.

  python3 test/unit/expected/awkward.py > test/unit/expected/awkward.json && npx prettier --write test/unit/expected/awkward.json
  (Debian: python3-scipy python3-sklearn; f1_hungarian and purity as in the project's reference implementation)
"""
import json
import numpy as np
import scipy
import sklearn
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

random = np.random.default_rng(11)


def tree_case(name, vectors, ks=None):
    """ks: numbers of clusters to cut into; every possible one when left out."""
    vectors = np.asarray(vectors, dtype=np.float64)
    merges = linkage(vectors, "ward")
    ks = ks or range(1, len(vectors) + 1)
    return {"name": name, "count": len(vectors), "dimensions": vectors.shape[1], "vectors": vectors.reshape(-1).tolist(),
            "merges": [[int(a), int(b), float(h), int(s)] for a, b, h, s in merges],
            "cuts": [{"k": k, "labels": [int(x) for x in cut_tree(merges, n_clusters=k).ravel()]} for k in ks]}


def f1_hungarian(truth, predicted, preference=0.0):
    """preference: added weight of a pair's F1. It shows whether several matchings with the most images differ in macro F1."""
    classes, clusters = np.unique(truth), np.unique(predicted)
    n = max(len(classes), len(clusters))
    counts = np.zeros((n, n))
    for t, p in zip(np.searchsorted(classes, truth), np.searchsorted(clusters, predicted)):
        counts[t, p] += 1
    f1 = 2 * counts / np.maximum(1.0, counts.sum(1, keepdims=True) + counts.sum(0, keepdims=True))
    r, c = linear_sum_assignment(-(counts + preference * f1 / (n + 1)))
    return counts[r, c].sum() / counts.sum(), float(np.mean([f1[a, b] for a, b in zip(r, c) if a < len(classes)]))


def metric_case(name, truth, predicted):
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    micro, macro = f1_hungarian(truth, predicted)
    # Which of several equally good matchings is taken is the solver's affair, so such a case would test nothing.
    assert all(abs(f1_hungarian(truth, predicted, p)[1] - macro) < 1e-12 for p in (-0.9, 0.9)), f"{name}: not one matching"
    pure = sum(np.unique(truth[predicted == k], return_counts=True)[1].max() for k in np.unique(predicted)) / len(truth)
    return {"name": name, "truth": truth.tolist(), "predicted": predicted.tolist(),
            "nmi": normalized_mutual_info_score(truth, predicted), "ari": adjusted_rand_score(truth, predicted),
            "f1Micro": micro, "f1Macro": macro, "purity": pure}


truth = np.array([f"class {c:02}" for c in np.sort(random.integers(0, 15, 400))])
noisy = np.where(random.random(400) < 0.6, np.unique(truth, return_inverse=True)[1] * 7 % 23, random.integers(0, 23, 400))
print(json.dumps({
    "madeBy": "python3 test/unit/expected/awkward.py",
    "numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__,
    "trees": [
        tree_case("a square, all sides equal", [[0, 0], [0, 1], [1, 0], [1, 1]]),
        tree_case("a grid of 6 × 5", [[i, j] for i in range(6) for j in range(5)]),
        tree_case("17 equal steps on a line", [[i] for i in range(17)]),
        tree_case("four equal pairs", [[0], [1], [10], [11], [20], [21], [30], [31]]),
        tree_case("four copies of six points", np.repeat(random.integers(0, 3, (6, 2)), 4, axis=0)),
        tree_case("seven times one point", np.ones((7, 3))),
        tree_case("small whole numbers, many equal", random.integers(0, 3, (50, 2))),
        tree_case("300 points without structure", np.round(random.normal(size=(300, 6)), 3), [1, 2, 3, 10, 20, 150, 300]),
    ],
    "metrics": [
        metric_case("15 classes, 23 clusters", truth, noisy),
        metric_case("one image", ["a"], [7]),
        metric_case("every image its own class and cluster", ["a", "b", "c"], [3, 1, 2]),
        metric_case("one class, two clusters", ["a"] * 5, [1, 1, 1, 2, 2]),
        metric_case("worse than chance", ["a", "b", "a", "b", "a", "a", "b"], [1, 1, 2, 2, 1, 2, 1]),
        metric_case("greedy matching would take the wrong pair", ["a"] * 9 + ["b"] * 5, [1] * 5 + [2] * 4 + [1] * 5),
    ],
}))
