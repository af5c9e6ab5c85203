#!/usr/bin/env python3
"""Trains patchnet-s: a small network that gives the patches of a large one's second stage.

  train.py --photographs FOLDER --teacher TEACHER.onnx --out STUDENT.onnx [--start STUDENT.onnx] [--blocks 4]
           [--crops 12000] [--steps 12000] [--minutes M] [--cache FOLDER] [--threads 2]

TEACHER.onnx  gives `patches` (batch, D, H/8, W/8) of `image` (batch, 3, H, W), as every network of the catalogue does.
--start       goes on from the weights of an earlier student; blocks that it lacks are added so that they change nothing at first.
--minutes     ends the schedule (cosine) by the clock instead of after --steps, so only without it are two runs the same.

What is learnt: the teacher's patches, averaged over 3×3 and of unit length as the product does, projected on their first 128 uncentred singular
directions, and made unit length. Of crops of photographs and of drawn textures, with and without drawn defects, at many scales. Prints the mean
squared error of held-out crops. Needs Debian's python3-torch, python3-onnx, python3-pil.
"""
import argparse, math, os, time
import numpy as np, onnx, torch
import torch.nn.functional as F
from onnx import numpy_helper
from PIL import Image, ImageDraw, ImageFilter

SIDE = 224
MEAN = torch.tensor([.485, .456, .406]).view(1, 3, 1, 1)
DEVIATION = torch.tensor([.229, .224, .225]).view(1, 3, 1, 1)
DIMENSIONS = 128
HELD_OUT = 300


class Graph:
    """A network of convolutions, rectifiers, sums and one pooling, as the file has it."""

    def __init__(self, path):
        self.graph = onnx.load(path).graph
        self.weights = {w.name: torch.from_numpy(numpy_helper.to_array(w).copy()) for w in self.graph.initializer}

    @torch.no_grad()
    def __call__(self, image):
        at = dict(self.weights, image=image)
        for node in self.graph.node:
            if node.op_type not in ('Conv', 'Relu', 'Add', 'Pad', 'MaxPool'):
                continue  # what computes the width of the border, which is 1
            x = at[node.input[0]]
            of = {a.name: list(a.ints) for a in node.attribute}
            if node.op_type == 'Conv':
                pads = of.get('pads', [0, 0])
                y = F.conv2d(x, at[node.input[1]], at[node.input[2]], of.get('strides', [1, 1]), pads[:2])
            elif node.op_type == 'Relu':
                y = x.relu()
            elif node.op_type == 'Add':
                y = x + at[node.input[1]]
            elif node.op_type == 'Pad':
                y = F.pad(x, (1, 1, 1, 1))
            else:
                y = F.max_pool2d(x, of['kernel_shape'], of['strides'])
            at[node.output[0]] = y
        return at[self.graph.output[0].name]


def convolution(inputs, outputs, size, stride=1):
    return torch.nn.Conv2d(inputs, outputs, size, stride, size // 2)


class Residual(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a, self.b = convolution(width, width, 3), convolution(width, width, 3)

    def forward(self, x):
        return (x + self.b(self.a(x).relu())).relu()


class Student(torch.nn.Module):
    def __init__(self, blocks):
        super().__init__()
        rectifier = torch.nn.ReLU()
        self.net = torch.nn.Sequential(
            convolution(3, 32, 5, 2), rectifier, convolution(32, 48, 3, 2), rectifier, Residual(48), Residual(48),
            convolution(48, 96, 3, 2), rectifier, *[Residual(96) for _ in range(blocks)], convolution(96, DIMENSIONS, 1))

    def forward(self, image):
        return self.net(image)

    def start_from(self, path):
        """Convolutions in their order; those of blocks that the file lacks stand before the last and begin as nothing."""
        graph = Graph(path)
        found = [(graph.weights[n.input[1]], graph.weights[n.input[2]]) for n in graph.graph.node if n.op_type == 'Conv']
        own = [m for m in self.modules() if isinstance(m, torch.nn.Conv2d)]
        for module, (weight, bias) in zip(own[:len(found) - 1] + own[-1:], found):
            module.weight.data.copy_(weight); module.bias.data.copy_(bias)
        for module in own[len(found) - 1:-1][1::2]:
            module.weight.data.zero_(); module.bias.data.zero_()


def unit(x):
    return F.normalize(x, dim=1)


def pooled(x):
    """As worker/features/embedding-head.ts: 3×3 means, fewer at the border, of unit length."""
    return unit(F.avg_pool2d(x, 3, 1, 1, count_include_pad=False))


def photograph(path, random):
    with Image.open(path) as file:
        image = file.convert('RGB')
    # From a part seen large to the whole seen small: patches are 8 pixels wide, whatever they show.
    share = random.uniform(.35, 1)
    side = max(32, int(share * min(image.size)))
    x, y = (int(random.integers(0, n - side + 1)) for n in image.size)
    return image.crop((x, y, x + side, y + side)).resize((SIDE, SIDE), Image.BILINEAR)


def texture(random):
    """Noise of several sizes, stretched to fibres now and then, on a flat or shaded ground: surfaces as they come off a line."""
    ground = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(int(random.integers(1, 4))):
        width, height = (int(random.choice([4, 8, 16, 32, 64, 128, 224])) for _ in range(2))
        noise = Image.fromarray(random.normal(size=(height, width)).astype(np.float32))
        ground += np.asarray(noise.resize((SIDE, SIDE), Image.BICUBIC)) * random.uniform(.1, 1)
    ground = ground / (ground.std() + 1e-6) * random.uniform(4, 35)
    ground += np.linspace(-1, 1, SIDE)[:, None] * random.uniform(-30, 30) + random.uniform(50, 200)
    tint = random.uniform(.8, 1.2, 3) if random.random() < .5 else np.ones(3)
    return Image.fromarray((ground[..., None] * tint).clip(0, 255).astype(np.uint8))


def with_defects(image, random):
    """Scratches, spots, stains and missing corners."""
    for _ in range(int(random.integers(1, 4))):
        layer = Image.new('L', image.size)
        draw = ImageDraw.Draw(layer)
        x, y = random.uniform(0, SIDE, 2)
        kind = random.integers(0, 4)
        if kind == 0:
            points = np.cumsum(np.vstack([[x, y], random.normal(size=(6, 2)) * random.uniform(3, 20)]), 0)
            draw.line([tuple(p) for p in points], fill=255, width=int(random.integers(1, 5)))
        elif kind == 1:
            r = random.uniform(2, 10); draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
        elif kind == 2:
            r, s = random.uniform(8, 50, 2); draw.ellipse((x - r, y - s, x + r, y + s), fill=int(random.integers(60, 200)))
        else:
            points = random.normal(size=(5, 2)) * random.uniform(5, 25) + (x, y); draw.polygon([tuple(p) for p in points], fill=255)
        if random.random() < .6:
            layer = layer.filter(ImageFilter.GaussianBlur(random.uniform(.3, 3)))
        colour = tuple(int(c) for c in (random.integers(0, 256, 3) if random.random() < .4 else [random.integers(0, 256)] * 3))
        image.paste(Image.new('RGB', image.size, colour), mask=layer)
    return image


def crop(paths, random):
    """One picture, uint8 (3, SIDE, SIDE)."""
    image = texture(random) if random.random() < .3 else photograph(paths[int(random.integers(len(paths)))], random)
    if random.random() < .4:
        image = with_defects(image, random)
    if random.random() < .3:
        image = image.convert('L').convert('RGB')
    if random.random() < .3:
        image = image.filter(ImageFilter.GaussianBlur(random.uniform(.3, 1.5)))
    pixels = np.asarray(image, np.float32)
    if random.random() < .5:
        pixels = (pixels - 128) * random.uniform(.4, 1.3) + 128 + random.uniform(-40, 40)
    if random.random() < .3:
        pixels = pixels + random.normal(size=pixels.shape[:2] + (1,)) * random.uniform(1, 10)
    for flip in (0, 1):
        if random.random() < .5:
            pixels = np.flip(pixels, flip)
    return np.ascontiguousarray(pixels.clip(0, 255).astype(np.uint8).transpose(2, 0, 1))


def as_input(pixels):
    return (torch.from_numpy(pixels).float() / 255 - MEAN) / DEVIATION


def targets(teacher, crops, started):
    """(N, 128, 28, 28) as half floats, and the directions (D, 128), which are found on the first 400 crops."""
    out, directions = [], None
    first = torch.cat([pooled(teacher(as_input(crops[i:i + 20]))) for i in range(0, 400, 20)])
    flat = first.permute(0, 2, 3, 1).reshape(-1, first.shape[1])
    _, vectors = torch.linalg.eigh(flat.T @ flat)
    directions = vectors[:, -DIMENSIONS:].flip(1)
    kept = ((flat @ directions) ** 2).sum() / (flat ** 2).sum()
    print(f'{DIMENSIONS} directions keep {kept:.4f} of the energy', flush=True)
    for i in range(0, len(crops), 20):
        patches = pooled(teacher(as_input(crops[i:i + 20])))
        out.append(unit(torch.einsum('ndhw,dk->nkhw', patches, directions)).half().numpy())
        if i % 2000 == 0:
            print(f'teacher: {i} of {len(crops)}, {time.time() - started:.0f} s', flush=True)
    return np.concatenate(out)


def aligned(student, crops, wanted):
    """The rotation that turns new directions into those of an earlier student: nothing that it knows is lost to a change of basis."""
    with torch.no_grad():
        own = torch.cat([pooled(student(as_input(crops[i:i + 20]))) for i in range(0, 300, 20)])
    own, other = (x.permute(0, 2, 3, 1).reshape(-1, DIMENSIONS) for x in (own, torch.from_numpy(wanted[:300]).float()))
    u, _, v = torch.linalg.svd(other.T @ own)
    return u @ v


def main():
    p = argparse.ArgumentParser()
    for name in ('photographs', 'teacher', 'out'): p.add_argument('--' + name, required=True)
    p.add_argument('--start'); p.add_argument('--cache')
    p.add_argument('--blocks', type=int, default=4); p.add_argument('--crops', type=int, default=12000); p.add_argument('--steps', type=int, default=12000)
    p.add_argument('--minutes', type=float); p.add_argument('--threads', type=int, default=2); p.add_argument('--rate', type=float, default=1e-3); p.add_argument('--batch', type=int, default=12)
    a = p.parse_args()
    torch.manual_seed(0); torch.set_num_threads(a.threads); random = np.random.default_rng(0); started = time.time()
    paths = sorted(os.path.join(a.photographs, name) for name in os.listdir(a.photographs))
    cached = a.cache and os.path.join(a.cache, f'{a.crops}.npz')
    if cached and os.path.exists(cached):
        stored = np.load(cached); crops, wanted = stored['crops'], stored['wanted']
    else:
        crops = np.stack([crop(paths, random) for _ in range(a.crops)]); print(f'{a.crops} crops, {time.time() - started:.0f} s', flush=True)
        wanted = targets(Graph(a.teacher), crops, started)
        if cached:
            os.makedirs(a.cache, exist_ok=True); np.savez(cached, crops=crops, wanted=wanted)
    student = Student(a.blocks)
    rotation = torch.eye(DIMENSIONS)
    if a.start:
        student.start_from(a.start); rotation = aligned(student, crops, wanted)
    as_target = lambda i: torch.einsum('nkhw,kl->nlhw', torch.from_numpy(wanted[i]).float(), rotation)
    optimiser = torch.optim.AdamW(student.parameters(), lr=a.rate, weight_decay=1e-4)

    @torch.no_grad()
    def held_out():
        errors = [((pooled(student(as_input(crops[i:i + 20]))) - as_target(slice(i, i + 20))) ** 2).sum(1).mean() for i in range(0, HELD_OUT, 20)]
        return float(torch.stack(errors).mean())

    print(f'held out, before: {held_out():.4f}', flush=True)
    begun = time.time(); step = 0
    while True:
        done = (time.time() - begun) / (a.minutes * 60) if a.minutes else step / a.steps
        if done >= 1: break
        for group in optimiser.param_groups: group['lr'] = a.rate * min(1, (step + 1) / 200) * (.5 + .5 * math.cos(math.pi * done))
        i = HELD_OUT + np.sort(random.permutation(len(crops) - HELD_OUT)[:a.batch])
        loss = ((pooled(student(as_input(crops[i]))) - as_target(i)) ** 2).sum(1).mean()
        optimiser.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(student.parameters(), 1.); optimiser.step(); step += 1
        if step % 500 == 0:
            print(f'step {step}, {time.time() - begun:.0f} s: {float(loss):.4f}, held out {held_out():.4f}', flush=True); export(student, a.out)
    print(f'held out: {held_out():.4f} after {step} steps', flush=True)
    export(student, a.out)


def export(student, path):
    torch.onnx.export(student, torch.zeros(1, 3, 256, 256), path + '.part', opset_version=17, input_names=['image'], output_names=['patches'],
                      dynamic_axes={'image': {0: 'batch', 2: 'height', 3: 'width'}, 'patches': {0: 'batch', 2: 'rows', 3: 'columns'}})
    os.replace(path + '.part', path)


if __name__ == '__main__':
    main()
