#!/usr/bin/env python3
"""Values for test/unit/evaluation.test.ts from scipy, scikit-learn and torch: purity curves, AUROC, upsampled maps, shares of masks.

  python3 test/unit/expected/evaluation.py > test/unit/expected/evaluation.json
  (Debian: python3-scipy python3-sklearn python3-torch)
"""
import json
import numpy as np
import scipy
import sklearn
import torch
from scipy.cluster.hierarchy import cut_tree, linkage
from sklearn.metrics import roc_auc_score

random = np.random.default_rng(11)


def curve_case(name, count, classes, mixed):
    """Purity over the cuts into 1..N, of the images that count. Cuts that part no counted images are passed over."""
    truth = np.array([f"class {i % classes}" for i in range(count)], dtype=object)
    vectors = random.normal(size=(count, 3)) + 1.5 * np.array([[i % classes, (i % classes) % 2, 0] for i in range(count)])
    truth[:mixed] = None
    merges = linkage(vectors, "ward")
    counted = np.array([t is not None for t in truth])
    by_k = {}
    for k in range(1, count + 1):
        labels = cut_tree(merges, n_clusters=k).ravel()[counted]
        names = truth[counted]
        right = sum(max(np.unique(names[labels == c].astype(str), return_counts=True)[1]) for c in np.unique(labels))
        by_k[len(np.unique(labels))] = right / counted.sum()
    purity = [by_k[k] for k in range(1, counted.sum() + 1)]
    recall = {str(p): 1 - (next(k for k, value in enumerate(purity, 1) if value >= p - 1e-12)) / len(purity)
              for p in (0.9, 0.95, 0.99)}
    return {"name": name, "truth": truth.tolist(), "merges": merges.tolist(), "purity": purity,
            "mAUC": sum(purity) / len(purity), "recall": recall}


def auroc_case(name, scores, masks):
    flat_scores = np.concatenate([np.asarray(s, dtype=np.float32) for s in scores])
    flat = np.concatenate([np.asarray(m) for m in masks])
    return {"name": name, "scores": [np.asarray(s, dtype=np.float32).tolist() for s in scores],
            "masks": [np.asarray(m).tolist() for m in masks], "auroc": roc_auc_score(flat, flat_scores)}


def pixel_case():
    """Maps of 4 × 4 cells over the whole input, so torch's bilinear interpolation puts every value at the same place."""
    maps = random.random((3, 4, 4)).astype(np.float32)
    sizes = [(24, 36), (17, 50), (32, 32)]
    masks, scores = [], []
    for i, (height, width) in enumerate(sizes):
        up = torch.nn.functional.interpolate(torch.from_numpy(maps[i])[None, None].double(), size=(height, width),
                                             mode="bilinear", align_corners=False)[0, 0].numpy()
        mask = np.zeros((height, width), dtype=int)
        if i < 2:
            mask[5:12, 8:20] = 1
        masks.append(mask)
        scores.append(up)
    return {"maps": [m.ravel().tolist() for m in maps], "sizes": sizes, "masks": [m.ravel().tolist() for m in masks],
            "upsampled": [s.ravel().tolist() for s in scores],
            "auroc": roc_auc_score(np.concatenate([m.ravel() for m in masks]), np.concatenate([s.ravel() for s in scores]))}


def share_case(height, width):
    """Share of the mask in each of 4 × 4 cells: every pixel repeated so often that the cells begin between whole pixels."""
    mask = (random.random((height, width)) < 0.3).astype(float)
    fine = np.kron(mask, np.ones((4, 4)))
    shares = fine.reshape(4, height, 4, width).mean(axis=(1, 3))
    return {"height": height, "width": width, "mask": mask.astype(int).ravel().tolist(), "shares": shares.ravel().tolist()}


ties = random.integers(0, 6, 300) / 5
print(json.dumps({
    "madeBy": "python3 test/unit/expected/evaluation.py",
    "scipy": scipy.__version__, "sklearn": sklearn.__version__, "torch": torch.__version__,
    "curves": [curve_case("four classes", 60, 4, 0), curve_case("with images that do not count", 50, 3, 9),
               curve_case("many images that do not count", 30, 2, 20)],
    "auroc": [
        auroc_case("noise", [random.random(200), random.random(100)],
                   [random.integers(0, 2, 200), np.zeros(100, dtype=int)]),
        auroc_case("many ties", [ties], [random.integers(0, 2, 300)]),
        auroc_case("negatives beyond both ends", [[0.5, 0.6, 0.1, 0.9, 0.55, 0.6]], [[1, 1, 0, 0, 0, 0]]),
        auroc_case("all positives equal", [[0.5, 0.5, 0.5, 0.2, 0.7]], [[1, 1, 0, 0, 0]]),
    ],
    "pixels": pixel_case(),
    "shares": [share_case(8, 12), share_case(10, 7)],
}))
