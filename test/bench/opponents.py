#!/usr/bin/env python3
"""What the benchmark measures beside: scipy's Ward, and torch running ResNet-50 up to its second stage on image files.

  opponents.py ward VECTORS.npy
  opponents.py extract IMAGES.txt      one path a line
Prints one JSON object with the seconds.
"""
import json
import sys
import time
import numpy as np

if sys.argv[1] == "ward":
    from scipy.cluster.hierarchy import linkage
    vectors = np.load(sys.argv[2]).astype(np.float64)
    start = time.time()
    tree = linkage(vectors, "ward")
    print(json.dumps({"seconds": time.time() - start, "heights": tree[:, 2].tolist()}))
else:
    import torch
    import torchvision
    from PIL import Image
    torch.set_num_threads(2)
    network = torchvision.models.resnet50(weights=None).eval()
    head = torch.nn.Sequential(network.conv1, network.bn1, network.relu, network.maxpool, network.layer1, network.layer2)
    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)

    def embed(path):
        image = Image.open(path).convert("RGB").resize((256, 256), Image.BICUBIC)
        pixels = (torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255 - mean) / deviation
        patches = torch.nn.functional.avg_pool2d(head(pixels[None]), 3, 1, 1)[0].flatten(1).T
        return torch.nn.functional.normalize(patches, dim=1)

    paths = open(sys.argv[2]).read().split("\n")[:-1]
    with torch.no_grad():
        embed(paths[0])
        start = time.time()
        for path in paths:
            embed(path)
    print(json.dumps({"seconds": time.time() - start}))
