#!/usr/bin/env python3
"""Networks of torchvision with random weights, what torch computes with them, and an EfficientNet as an ONNX file.

  networks.py FOLDER
Writes FOLDER/<name>.safetensors (float32; resnet18-f16 and -bf16 in 16 bits), <name>-image.f32, <name>-<stage>.f32 and shapes.json;
and efficientnet.onnx with efficientnet-image.f32 and efficientnet-features.f32, the output of features[3].
"""
import json
import struct
import sys
import warnings
from pathlib import Path
import numpy as np
import torch
import torch.nn.functional as F
import torchvision

warnings.filterwarnings("ignore")
folder = Path(sys.argv[1])
torch.manual_seed(7)
shapes = {}


def save_values(name, tensor):
    tensor.detach().float().contiguous().numpy().tofile(folder / f"{name}.f32")
    shapes[name] = list(tensor.shape)


def save_safetensors(name, state, kind="F32"):
    header, parts, at = {"__metadata__": {"format": "pt"}}, [], 0
    for key in sorted(state):
        value = state[key]
        if value.dtype == torch.int64:
            dtype, data = "I64", value.numpy().tobytes()
        elif kind == "BF16":
            dtype, data = "BF16", value.bfloat16().view(torch.int16).numpy().tobytes()
        elif kind == "F16":
            dtype, data = "F16", value.half().numpy().tobytes()
        else:
            dtype, data = "F32", value.numpy().tobytes()
        header[key] = {"dtype": dtype, "shape": list(value.shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    (folder / f"{name}.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def randomise(model):
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.3, 1.2)
            module.bias.data.normal_(0, 0.2)
    return model.eval()


@torch.no_grad()
def stages(model, image):
    x = model.maxpool(model.relu(model.bn1(model.conv1(image))))
    found = {}
    for name in ("layer1", "layer2", "layer3", "layer4"):
        found[name] = x = getattr(model, name)(x)
    # PatchCore: each stage averaged over 3x3, the coarser ones enlarged to the finest, one behind the other.
    smooth = [F.avg_pool2d(found[name], 3, 1, 1) for name in ("layer2", "layer3")]
    large = F.interpolate(smooth[1], size=smooth[0].shape[-2:], mode="bilinear", align_corners=False)
    found["layer2+layer3"] = torch.cat([smooth[0], large], 1)
    return found


for name in ("resnet18", "resnet50", "wide_resnet50_2"):
    model = randomise(getattr(torchvision.models, name)(weights=None))
    image = torch.randn(1, 3, 90, 130)
    save_values(f"{name}-image", image)
    save_safetensors(name, model.state_dict())
    for stage, value in stages(model, image).items():
        save_values(f"{name}-{stage}", value)
    if name == "resnet18":
        for kind in ("F16", "BF16"):
            dtype = torch.half if kind == "F16" else torch.bfloat16
            rounded = randomise(torchvision.models.resnet18(weights=None))
            rounded.load_state_dict({k: v.to(dtype).to(v.dtype) for k, v in model.state_dict().items()})
            save_safetensors(f"{name}-{kind}", model.state_dict(), kind)
            save_values(f"{name}-{kind}-layer2", stages(rounded, image)["layer2"])

network = randomise(torchvision.models.efficientnet_b0(weights=None))
image = torch.randn(1, 3, 128, 96)
kept = {}
network.features[3].register_forward_hook(lambda module, inputs, output: kept.update(value=output))
with torch.no_grad():
    network(image)
save_values("efficientnet-image", image)
save_values("efficientnet-features", kept["value"])
torch.onnx.export(network, image, str(folder / "efficientnet.onnx"), opset_version=14, input_names=["image"],
                  dynamic_axes={"image": {0: "batch", 2: "height", 3: "width"}})
(folder / "shapes.json").write_text(json.dumps(shapes))
print("{}")
