#!/usr/bin/env python3
"""What scipy, scikit-learn and a PAM of its own make of some vectors: the opponent of worker/clustering.

  clusterers.py VECTORS.npy K REGULARISATION
VECTORS.npy: float32 (N, D). REGULARISATION: what is added to the diagonal of every covariance, as in scikit-learn's reg_covar.
Prints one JSON object: linkage heights and cuts, and the best of ten runs of each clusterer.
"""
import json
import sys
import warnings
import numpy as np
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.spatial.distance import pdist, squareform
from sklearn.cluster import KMeans
from sklearn.manifold import spectral_embedding
from sklearn.mixture import GaussianMixture

warnings.filterwarnings("ignore")
X = np.load(sys.argv[1]).astype(np.float64)
k, regularisation = int(sys.argv[2]), float(sys.argv[3])
condensed = pdist(X)
D = squareform(condensed)
N = len(X)


def pam(seed):
    """Kaufman & Rousseeuw's swaps from random medoids: the best swap of all, until none lowers the cost."""
    random = np.random.default_rng(seed)
    medoids = list(random.choice(N, k, replace=False))
    cost = D[:, medoids].min(1).sum()
    while True:
        best = (cost, None, None)
        for slot in range(k):
            rest = D[:, medoids[:slot] + medoids[slot + 1:]].min(1) if k > 1 else np.full(N, np.inf)
            costs = np.minimum(rest[:, None], D).sum(0)
            candidate = int(costs.argmin())
            if costs[candidate] < best[0] - 1e-12:
                best = (costs[candidate], slot, candidate)
        if best[1] is None:
            return cost
        cost, medoids[best[1]] = best[0], best[2]


def self_tuning_affinity():
    """Zelnik-Manor & Perona: the scale of an image is the distance to its 7th neighbour."""
    scale = np.sort(D, axis=1)[:, 7]
    affinity = np.exp(-D ** 2 / np.outer(scale, scale))
    np.fill_diagonal(affinity, 0)
    return affinity


trees = {name: linkage(condensed, name) for name in ("ward", "complete", "average", "single")}
mixtures = [GaussianMixture(k, covariance_type="full", reg_covar=regularisation, random_state=s).fit(X) for s in range(10)]
affinity = self_tuning_affinity()
# SpectralClustering itself leaves out the step of Ng, Jordan & Weiss that makes the rows unit length, so its parts are put together.
rows = spectral_embedding(affinity, n_components=k, drop_first=False, random_state=0)
spectral = KMeans(k, n_init=50, random_state=0).fit_predict(rows / np.linalg.norm(rows, axis=1, keepdims=True))
print(json.dumps({
    "heights": {name: tree[:, 2].tolist() for name, tree in trees.items()},
    "cuts": {name: cut_tree(tree, n_clusters=k).ravel().tolist() for name, tree in trees.items()},
    "inertia": min(KMeans(k, n_init=1, random_state=s).fit(X).inertia_ for s in range(10)),
    "logLikelihood": max(m.score(X) * N for m in mixtures),
    "cost": min(pam(s) for s in range(10)),
    "affinity": affinity[np.triu_indices(N, 1)].tolist(),
    "spectral": spectral.tolist(),
}))
