#!/usr/bin/env python3
"""The losses of SCAN, IIC and GATCluster in torch, batch normalisation and the trunk, with their gradients: the opponent of worker/training.

  training.py NUMBERS.json
NUMBERS.json: logits and targets, and nested lists of them. Prints one JSON object: by case the loss, and the gradient of each input.
"""
import json
import sys
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
data = json.load(open(sys.argv[1]))


def leaf(name):
    return torch.tensor(data[name], requires_grad=True)


def entropy(p):
    return -(p * torch.log(p)).sum()


def scan():
    a, b = leaf("anchors"), leaf("neighbours")
    p, q = F.softmax(a, 2), F.softmax(b, 2)
    losses = []
    for h in range(p.shape[1]):
        similarity = torch.bmm(p[:, h].unsqueeze(1), q[:, h].unsqueeze(2)).squeeze()
        consistency = F.binary_cross_entropy(similarity, torch.ones_like(similarity))
        losses.append(consistency - 5 * entropy(p[:, h].mean(0)))
    return torch.stack(losses), [a, b]


def iic():
    a, b = leaf("anchors"), leaf("neighbours")
    p, q = F.softmax(a, 2), F.softmax(b, 2)
    losses = []
    for h in range(p.shape[1]):
        joint = sum(torch.outer(x, y) for x, y in zip(p[:, h], q[:, h])) / len(p)
        joint = (joint + joint.T) / 2
        rows, columns = joint.sum(1, keepdim=True), joint.sum(0, keepdim=True)
        losses.append(-(joint * torch.log(joint / (rows @ columns))).sum())
    return torch.stack(losses), [a, b]


def self_label():
    a = leaf("logits")
    labels = torch.tensor(data["labels"])
    chosen = labels >= 0
    counts = torch.bincount(labels[chosen], minlength=a.shape[1]).double()
    weight = torch.where(counts > 0, chosen.sum() / counts.clamp(min=1), torch.ones(1))
    return F.cross_entropy(a[chosen], labels[chosen], weight=weight).reshape(1), [a]


def gatcluster():
    a, b = leaf("whole"), leaf("attended")
    p, q = F.softmax(a, 1), F.softmax(b, 1)
    invariance, attention, relation = (torch.tensor(data[n], dtype=torch.float64) for n in ("invariance", "attention", "relation"))
    unit = p / (p.norm(dim=1, keepdim=True) + 1e-5)
    similarity = unit @ unit.T
    i, j = torch.tril_indices(len(p), len(p))
    loss = (
        5 * -(p * invariance).sum(1).mean()
        - 3 * (entropy(p.mean(0)) + entropy(q.mean(0)))
        + F.binary_cross_entropy(similarity[i, j].clamp(0, 1), relation[i, j])
        + 5 * F.binary_cross_entropy(q, attention)
    )
    return loss.reshape(1), [a, b]


def normalise():
    a = leaf("features")
    # Weighted, because the plain sum of what is normalised has no gradient.
    y = F.batch_norm(a, None, None, training=True)
    return (y * torch.tensor(data["weights"])).sum(1), [a]


def trunk():
    weights, bias = leaf("trunkWeights"), leaf("trunkBias")
    # A 1x1 convolution over the cells, as torch has it: (rows, channels, cells, 1).
    maps = torch.tensor(data["maps"]).permute(0, 2, 1).unsqueeze(3)
    y = F.relu(F.conv2d(maps, weights.T[:, :, None, None], bias)).mean((2, 3))
    return (y * torch.tensor(data["weights"])).sum(1), [weights, bias]


def targets():
    q = F.softmax(torch.tensor(data["whole"]), 1)
    def normal(x):
        x = x / (q.sum(0) + 1e-5)
        return x / (x.sum(1, keepdim=True) + 1e-5)
    return normal(q).tolist(), normal(q ** 2).tolist()


result = {}
for name, case in dict(scan=scan, iic=iic, selfLabel=self_label, gatcluster=gatcluster, normalise=normalise, trunk=trunk).items():
    loss, leaves = case()
    loss.sum().backward()
    result[name] = {"loss": loss.tolist(), "gradients": [x.grad.flatten().tolist() for x in leaves]}
result["invariance"], result["attention"] = targets()
print(json.dumps(result))
