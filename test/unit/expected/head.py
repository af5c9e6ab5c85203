#!/usr/bin/env python3
"""Values for test/unit/network.test.ts from torch: 3×3 average pooling and unit length of a small feature map.

  python3 test/unit/expected/head.py > test/unit/expected/head.json     (Debian: python3-torch)
"""
import json
import torch

torch.manual_seed(3)
feature_map = torch.randn(1, 6, 4, 5)
pooled = torch.nn.functional.avg_pool2d(feature_map.double(), 3, stride=1, padding=1)
patches = torch.nn.functional.normalize(pooled[0].flatten(1).T, dim=1)
flat = lambda t: [round(float(x), 9) for x in t.reshape(-1)]
print(json.dumps({
    "madeBy": "python3 test/unit/expected/head.py", "torch": torch.__version__,
    "shape": list(feature_map.shape), "map": flat(feature_map), "patches": flat(patches),
}))
