#!/usr/bin/env python3
"""Values for test/unit/clustering.test.ts and metrics.test.ts from scipy and scikit-learn.

  python3 test/unit/expected/clustering.py > test/unit/expected/clustering.json
  (Debian: python3-scipy python3-sklearn; f1_hungarian and purity as in the project's reference implementation)
"""
import json
import numpy as np
import scipy
import sklearn
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

random = np.random.default_rng(5)


def tree_case(name, vectors, ks):
    vectors = np.asarray(vectors, dtype=np.float32).astype(np.float64)
    merges = linkage(vectors, "ward")
    return {"name": name, "count": len(vectors), "dimensions": vectors.shape[1],
            "vectors": [round(float(x), 9) for x in vectors.reshape(-1)],
            "heights": [float(h) for h in merges[:, 2]], "sizes": [int(s) for s in merges[:, 3]],
            "cuts": {str(k): [int(x) for x in cut_tree(merges, n_clusters=k).ravel()] for k in ks}}


def f1_hungarian(truth, predicted):
    classes, clusters = np.unique(truth), np.unique(predicted)
    n = max(len(classes), len(clusters))
    counts = np.zeros((n, n))
    for t, p in zip(np.searchsorted(classes, truth), np.searchsorted(clusters, predicted)):
        counts[t, p] += 1
    r, c = linear_sum_assignment(-counts)
    f = [2 * counts[a, b] / max(1.0, counts[a].sum() + counts[:, b].sum()) for a, b in zip(r, c) if a < len(classes)]
    return counts[r, c].sum() / counts.sum(), float(np.mean(f))


def metric_case(name, truth, predicted):
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    micro, macro = f1_hungarian(truth, predicted)
    pure = sum(np.unique(truth[predicted == k], return_counts=True)[1].max() for k in np.unique(predicted)) / len(truth)
    return {"name": name, "truth": truth.tolist(), "predicted": predicted.tolist(),
            "nmi": normalized_mutual_info_score(truth, predicted), "ari": adjusted_rand_score(truth, predicted),
            "f1Micro": micro, "f1Macro": macro, "purity": pure}


names = np.array(["scratch", "pore", "crack", "good"])
truth = names[random.integers(0, 4, 60)]
noisy = np.where(random.random(60) < 0.7, np.searchsorted(np.sort(names), truth), random.integers(0, 4, 60))
blobs = np.concatenate([random.normal(centre, 0.6, (30, 4)) for centre in (-2, 0, 2)])
print(json.dumps({
    "madeBy": "python3 test/unit/expected/clustering.py", "scipy": scipy.__version__, "sklearn": sklearn.__version__,
    "trees": [
        tree_case("three blobs", blobs, [1, 2, 3, 4, 7, 90]),
        tree_case("no structure", random.normal(size=(150, 8)), [2, 5, 20]),
        tree_case("two points", [[0, 0], [3, 4]], [1, 2]),
        tree_case("a line, so the chain is long", [[1.1 ** i, 0] for i in range(40)], [2, 3, 10]),
    ],
    "metrics": [
        metric_case("mostly right", truth, noisy),
        metric_case("more clusters than classes", truth, random.integers(0, 9, 60)),
        metric_case("fewer clusters than classes", truth, (noisy > 1).astype(int)),
        metric_case("one cluster", truth, np.zeros(60, int)),
        metric_case("perfect, other numbers", truth, 10 - np.searchsorted(np.sort(names), truth)),
        metric_case("one class and one cluster", ["a"] * 5, [3] * 5),
    ],
}))
