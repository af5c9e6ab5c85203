#!/usr/bin/env python3
"""Values for test/unit/{purity,auroc,masks}.test.ts from scipy and scikit-learn, where they are awkward: dendrograms full of equal
heights, scores of very different sizes, grids whose first patch is off the middle or whose cells reach over the border.

  python3 test/unit/expected/pixels.py > test/unit/expected/pixels.json
  (Debian: python3-scipy python3-sklearn)
"""
import json
import numpy as np
import scipy
import sklearn
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.ndimage import map_coordinates
from sklearn.metrics import roc_auc_score

random = np.random.default_rng(23)


def tied_curve(name, count, levels, uncounted):
    """Purity of scipy's cuts of points on a coarse grid, by the number of clusters that hold a counted point."""
    merges = linkage(random.integers(0, levels, (count, 2)).astype(float), "ward")
    truth = np.array(["abc"[i] for i in random.integers(0, 3, count)])
    counted = random.random(count) >= uncounted
    purity = {}
    for k in range(1, count + 1):
        labels = cut_tree(merges, n_clusters=k).ravel()[counted]
        clusters = [truth[counted][labels == c] for c in np.unique(labels)]
        purity[len(clusters)] = sum(np.unique(c, return_counts=True)[1].max() for c in clusters) / counted.sum()
    return {"name": name, "merges": merges.tolist(), "truth": [str(t) if c else None for t, c in zip(truth, counted)],
            "purity": [purity[k] for k in range(1, counted.sum() + 1)]}


def score_case(name, scores, mask):
    scores = np.asarray(scores, dtype=np.float32)
    return {"name": name, "scores": scores.tolist(), "mask": mask.tolist(), "auroc": roc_auc_score(mask, scores.astype(float))}


def grid_case(name, rows, columns, stride, origin, side, width, height):
    """The map by scipy's linear interpolation; shares of the mask by differences of its integral image, linear within a pixel."""
    grid = {"rows": rows, "columns": columns, "stride": stride, "origin": origin, "inputWidth": side, "inputHeight": side}
    heat = random.random((rows, columns)).round(3)
    down, across = (np.clip(((np.arange(n) + 0.5) / n * side - origin) / stride, 0, p - 1)
                    for n, p in ((height, rows), (width, columns)))
    upsampled = map_coordinates(heat, np.meshgrid(down, across, indexing="ij"), order=1, mode="nearest")
    mask = (random.random((height, width)) < 0.3).astype(int)
    integral = np.zeros((height + 1, width + 1))
    integral[1:, 1:] = mask.cumsum(0).cumsum(1)
    tops, bottoms = (np.clip((origin + (np.arange(rows) + half) * stride) * height / side, 0, height) for half in (-.5, .5))
    lefts, rights = (np.clip((origin + (np.arange(columns) + half) * stride) * width / side, 0, width) for half in (-.5, .5))
    below = lambda y, x: map_coordinates(integral, np.meshgrid(y, x, indexing="ij"), order=1)
    sums = below(bottoms, rights) - below(tops, rights) - below(bottoms, lefts) + below(tops, lefts)
    shares = sums / np.outer(bottoms - tops, rights - lefts)
    return {"name": name, "grid": grid, "width": width, "height": height, "map": heat.ravel().tolist(),
            "upsampled": upsampled.ravel().round(9).tolist(), "mask": mask.ravel().tolist(), "shares": shares.ravel().round(12).tolist()}


few = (random.random(400) < 0.1).astype(int)
half = random.integers(0, 2, 400)
print(json.dumps({
    "madeBy": "python3 test/unit/expected/pixels.py", "scipy": scipy.__version__, "sklearn": sklearn.__version__,
    "curves": [tied_curve("4 × 4 places", 40, 4, 0), tied_curve("2 × 2 places, mostly copies", 30, 2, 0),
               tied_curve("4 × 4 places, a third not counted", 40, 4, 1 / 3)],
    "auroc": [
        score_case("an outlier that leaves one cell for all the rest", np.append(random.random(399), 1e9), half),
        score_case("weights over many powers of ten", np.exp(12 * random.normal(size=400)), few),
        score_case("differences near the precision of a float", 0.5 + 1e-7 * random.normal(size=400), half),
        score_case("negative scores", -random.random(400), few),
        score_case("all scores equal", np.full(400, 0.3), few),
    ],
    "grids": [
        grid_case("patches every 8 of 64 pixels, from the middle of the first cell", 8, 8, 8, 4, 64, 17, 25),
        grid_case("first patch near the border", 8, 8, 8, 0.5, 64, 40, 11),
        grid_case("input that is no power of two", 4, 4, 14, 7, 56, 25, 13),
        grid_case("fewer pixels than patches", 8, 8, 8, 4, 64, 5, 6),
        grid_case("a grid that leaves a margin", 3, 5, 10, 20, 64, 20, 20),
    ],
}))
