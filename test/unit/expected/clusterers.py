#!/usr/bin/env python3
"""Values for test/unit/clusterers.test.ts from scikit-learn and numpy, and from k-medoids written here from the papers.

  /usr/bin/python3 test/unit/expected/clusterers.py > test/unit/expected/clusterers.json && npx prettier --write test/unit/expected/clusterers.json
  (Debian: python3-scipy python3-sklearn)
"""
import json
import warnings
from itertools import combinations
import numpy as np
import scipy
import sklearn
from scipy.spatial.distance import pdist, squareform
from sklearn.cluster import KMeans, SpectralClustering
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

random = np.random.default_rng(23)
warnings.filterwarnings("ignore")


def points(array):
    array = np.round(np.asarray(array, dtype=np.float64), 4)
    return array, {"count": len(array), "dimensions": array.shape[1], "vectors": array.reshape(-1).tolist()}


def blobs(count, centres, spread):
    centres = np.asarray(centres, dtype=np.float64)
    return centres[np.arange(count) % len(centres)] + random.normal(0, spread, (count, centres.shape[1]))


def kmeans_case(name, array, k):
    array, fields = points(array)
    best = min((KMeans(k, n_init=1, random_state=seed).fit(array) for seed in range(10)), key=lambda m: m.inertia_)
    return {"name": name, **fields, "k": k, "inertia": float(best.inertia_), "labels": best.labels_.tolist()}


def gmm_case(name, array, k):
    """The regularisation is a tenth of the variance of a dimension, on average: the rule that gmm.ts documents."""
    array, fields = points(array)
    regularisation = 0.1 * array.var(0).mean()
    fits = [GaussianMixture(k, reg_covar=regularisation, n_init=10, tol=1e-6, max_iter=500, random_state=0, init_params=start).fit(array)
            for start in ("kmeans", "random_from_data")]
    model = max(fits, key=lambda m: m.lower_bound_)
    return {"name": name, **fields, "k": k, "regularisation": regularisation, "labels": model.predict(array).tolist(),
            "logLikelihood": float(model.score_samples(array).sum())}


def park_jun(d, k):
    """Park & Jun 2009, steps 1-1 to 3: no swaps."""
    v = (d / d.sum(1, keepdims=True)).sum(0)
    medoids = np.argsort(v, kind="stable")[:k]
    cost = np.inf
    while True:
        labels = d[:, medoids].argmin(1)
        if d[np.arange(len(d)), medoids[labels]].sum() >= cost:
            return float(cost)
        cost = d[np.arange(len(d)), medoids[labels]].sum()
        medoids = np.array([np.flatnonzero(labels == c)[d[np.ix_(labels == c, labels == c)].sum(0).argmin()] for c in range(k)])


def kmedoids_case(name, distances, k):
    distances = np.round(distances, 5)
    d = squareform(distances)
    best = min(combinations(range(len(d)), k), key=lambda m: d[:, list(m)].min(1).sum())
    return {"name": name, "count": len(d), "distances": distances.tolist(), "k": k, "medoids": list(best),
            "cost": float(d[:, list(best)].min(1).sum()), "parkJunCost": park_jun(d, k)}


def spectral_case(name, array, k):
    array, fields = points(array)
    d = squareform(pdist(array))
    scale = np.sort(d, 1)[:, 7]
    affinity = np.exp(-d ** 2 / np.outer(scale, scale))
    np.fill_diagonal(affinity, 0)
    labels = [SpectralClustering(k, affinity="precomputed", n_init=10, random_state=seed).fit_predict(affinity) for seed in range(3)]
    assert all(adjusted_rand_score(labels[0], other) == 1 for other in labels)
    root = 1 / np.sqrt(affinity.sum(1))
    values, vectors = np.linalg.eigh(root[:, None] * affinity * root)
    top = vectors[:, ::-1][:, :k]
    top = top / np.linalg.norm(top, axis=1, keepdims=True)
    some = [(i, j) for i in range(0, len(d), 17) for j in range(i + 1, len(d), 7)]
    return {"name": name, **fields, "k": k, "labels": labels[0].tolist(),
            "affinities": [[i, j, float(affinity[i, j])] for i, j in some],
            # Products of rows do not depend on the basis of the eigenvectors' span.
            "rowProducts": [[i, j, float(top[i] @ top[j])] for i, j in some]}


def matrix_case(name, values):
    basis, _ = np.linalg.qr(random.normal(size=(len(values), len(values))))
    matrix = np.round(basis @ np.diag(values) @ basis.T, 6)
    matrix = (matrix + matrix.T) / 2
    return {"name": name, "rows": matrix.tolist(), "values": np.linalg.eigvalsh(matrix)[::-1].tolist()}


def ring(count, radius):
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.c_[radius * np.cos(angle), radius * np.sin(angle)] + random.normal(0, 0.05, (count, 2))


half = np.linspace(0, np.pi, 60)
moons = np.r_[np.c_[np.cos(half), np.sin(half)], np.c_[1 - np.cos(half), 0.4 - np.sin(half)]] + random.normal(0, 0.03, (120, 2))
far = [[0, 0, 0], [9, 0, 0], [0, 9, 0], [0, 0, 9]]
print(json.dumps({
    "madeBy": "/usr/bin/python3 test/unit/expected/clusterers.py",
    "numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__,
    "kmeans": [
        kmeans_case("four groups apart", blobs(60, far, 1), 4),
        kmeans_case("five groups that overlap", blobs(120, random.normal(0, 1.2, (5, 4)), 1), 5),
        kmeans_case("no groups", random.normal(size=(100, 3)), 7),
        kmeans_case("as many groups as points", random.normal(size=(12, 2)), 12),
    ],
    "gmm": [
        gmm_case("four groups apart", blobs(60, far, 1), 4),
        gmm_case("long and thin groups, which k-means cuts", random.normal(size=(120, 2)) * [5, 0.4] + np.arange(120)[:, None] % 2 * [0, 7], 2),
        gmm_case("two groups that overlap", blobs(150, [[0] * 5, [2.2] * 5], 1), 2),
        gmm_case("more dimensions than points", blobs(27, 3 * random.normal(size=(3, 50)), 1), 3),
        gmm_case("dimensions that are no multiple of four, nor points", blobs(41, 2 * random.normal(size=(2, 7)), 1), 2),
    ],
    "kmedoids": [
        kmedoids_case("points", pdist(blobs(20, [[0, 0], [4, 0], [0, 5]], 1)), 3),
        kmedoids_case("no groups", pdist(random.normal(size=(22, 2))), 4),
        kmedoids_case("arbitrary distances", random.uniform(0.1, 1, 18 * 17 // 2), 4),
        kmedoids_case("one cluster", pdist(random.normal(size=(15, 2))), 1),
    ],
    "spectral": [
        spectral_case("two rings", np.r_[ring(60, 1), ring(80, 3)], 2),
        spectral_case("two half moons", moons, 2),
        spectral_case("four groups apart", blobs(100, far, 1.2), 4),
    ],
    "eigen": [
        matrix_case("simple", np.linspace(-1, 1, 24)),
        matrix_case("one eigenvalue five times", np.r_[np.ones(5), np.linspace(-0.9, 0.9, 25)]),
        matrix_case("larger magnitudes below zero", np.r_[np.linspace(-3, -2, 10), np.linspace(0, 1, 10)]),
        matrix_case("of rank two", np.r_[2, 1, np.zeros(18)]),
    ],
}))
