#!/usr/bin/env python3
"""Values for test/unit/worker/regions and the area under the per-region overlap curve, from scipy and numpy: connected parts of smooth
random maps, how many there are at each threshold, and the curve followed by every threshold there is.

  python3 test/unit/expected/regions.py > test/unit/expected/regions.json
  (Debian: python3-scipy)
"""
import json
import numpy as np
import scipy
from scipy.ndimage import gaussian_filter, label

random = np.random.default_rng(31)
corners = np.ones((3, 3))


def parts(wanted):
    """Cells of each connected part, in the order of their first cells."""
    labels, count = label(wanted, corners)
    return [np.flatnonzero(labels.ravel() == each + 1).tolist() for each in range(count)]


def map_case(name, height, width, blur, least):
    values = gaussian_filter(random.normal(size=(height, width)), blur).round(4).astype(np.float32)
    levels = np.linspace(values.max(), np.quantile(values, 0.3), 24)[1:].round(4) + 0.00005
    return {"name": name, "width": width, "height": height, "values": values.ravel().astype(float).round(4).tolist(), "least": least,
            "levels": levels.astype(float).tolist(), "parts": parts(values >= levels[11]), "level": float(levels[11]),
            "counts": [sum(len(each) >= least for each in parts(values >= level)) for level in levels]}


def curve_case(name, images, side, strength, limit):
    """As in Bergmann et al., IJCV 2021: every threshold, false pixels against the mean share of each connected defect, by trapezia."""
    shown = []
    for i in range(images):
        mask = gaussian_filter(random.normal(size=(side, side)), 2) > 0.17 if i % 3 else np.zeros((side, side), bool)
        scores = gaussian_filter(random.normal(size=(side, side)) + strength * mask, 1).round(3).astype(np.float32)
        shown.append((scores, mask))
    negatives = np.concatenate([scores[~mask] for scores, mask in shown])
    defects = [scores.ravel()[cells] for scores, mask in shown for cells in parts(mask)]
    thresholds = np.unique(np.concatenate([scores.ravel() for scores, _ in shown]))[::-1]
    negatives.sort()
    false = 1 - np.searchsorted(negatives, thresholds, side="left") / negatives.size
    overlap = np.mean([[(each >= t).mean() for t in thresholds] for each in defects], axis=0)
    false, overlap = np.concatenate([[0], false]), np.concatenate([[0], overlap])
    inside = false <= limit
    x = np.append(false[inside], limit)
    y = np.append(overlap[inside], np.interp(limit, false, overlap))
    area = float(((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2).sum() / limit)
    return {"name": name, "limit": limit, "side": side, "defects": len(defects), "aupro": area,
            "images": [{"scores": s.ravel().astype(float).round(3).tolist(), "mask": m.ravel().astype(int).tolist()} for s, m in shown]}


print(json.dumps({
    "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
    "maps": [map_case("many small parts", 17, 23, 0.7, 1), map_case("a few large ones", 24, 19, 2.5, 4),
             map_case("one row", 1, 40, 1.5, 2), map_case("parts of at least three cells", 20, 20, 1, 3)],
    "curves": [curve_case("clear defects", 4, 28, 2, 0.3), curve_case("faint ones", 4, 28, 0.5, 0.3),
               curve_case("another limit", 4, 28, 1, 0.15)],
}))
