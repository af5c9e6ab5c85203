# What other tools read of an export: pycocotools for COCO, lxml for CVAT and Label Studio's interface, PyYAML and the rules of
# Ultralytics' loader for YOLO, Pillow for masks. Prints as JSON what each holds: images with classes, boxes and pixels of each region.
import glob
import json
import os
import sys
from urllib.parse import parse_qs, urlparse

import numpy
from matplotlib.path import Path


def pixels(points, width, height):
    """Pixels whose middles are inside, by matplotlib's rule, which a cut without width does not change."""
    x, y = numpy.meshgrid(numpy.arange(width) + 0.5, numpy.arange(height) + 0.5)
    closed = numpy.vstack([points, points[:1]])
    return Path(closed).contains_points(numpy.column_stack([x.ravel(), y.ravel()])).reshape(height, width)


def found(label, mask, box=None):
    rows, columns = numpy.nonzero(mask)
    own = [int(columns.min()), int(rows.min()), int(columns.max() + 1), int(rows.max() + 1)]
    return {"label": label, "box": box or own, "mask": numpy.flatnonzero(mask).tolist()}


def coco(file):
    from pycocotools.coco import COCO

    data = COCO(file)
    names = {each["id"]: each["name"] for each in data.loadCats(data.getCatIds())}
    images = {}
    for image in data.loadImgs(data.getImgIds()):
        regions = []
        for annotation in data.loadAnns(data.getAnnIds(imgIds=image["id"])):
            x, y, w, h = annotation["bbox"]
            mask = data.annToMask(annotation)
            assert abs(annotation["area"] - mask.sum()) <= 0.02 * mask.sum() + 1, (annotation["area"], mask.sum())
            regions.append(found(names[annotation["category_id"]], mask, [x, y, x + w, y + h]))
        images[image["file_name"]] = regions
    return {"classes": list(names.values()), "images": images}


def cvat(file):
    from lxml import etree

    root = etree.parse(file).getroot()
    assert root.tag == "annotations" and root.findtext("version") == "1.1"
    classes = [each.text for each in root.findall("meta/task/labels/label/name")]
    images, tags = {}, {}
    for image in root.findall("image"):
        width, height = int(image.get("width")), int(image.get("height"))
        regions = []
        for shape in image:
            label = shape.get("label")
            assert label in classes, label
            if shape.tag == "tag":
                tags[image.get("name")] = label
                continue
            if shape.tag == "box":
                x0, y0, x1, y1 = (float(shape.get(name)) for name in ("xtl", "ytl", "xbr", "ybr"))
                points = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
            else:
                assert shape.tag == "polygon"
                points = [tuple(map(float, pair.split(","))) for pair in shape.get("points").split(";")]
            assert shape.get("occluded") == "0" and shape.get("z_order") == "0"
            regions.append(found(label, pixels(numpy.array(points), width, height)))
        images[image.get("name")] = regions
    return {"classes": classes, "images": images, "tags": tags}


def label_studio(file, config):
    from lxml import etree

    view = etree.parse(config).getroot()
    controls = {each.get("name"): each for each in view if each.get("toName")}
    objects = {each.get("name") for each in view if each.get("value", "").startswith("$")}
    with open(file, encoding="utf-8") as stream:
        tasks = json.load(stream)
    images, tags = {}, {}
    for task in tasks:
        path = parse_qs(urlparse(task["data"]["image"]).query)["d"][0]
        regions = {}
        for item in task["predictions"][0]["result"]:
            control = controls[item["from_name"]]
            assert item["to_name"] in objects and control.tag.lower() == item["type"]
            labels = item["value"][item["type"]]
            assert labels[0] in [each.get("value") for each in control]
            if item["type"] == "choices":
                tags[path] = labels[0]
                continue
            width, height = item["original_width"], item["original_height"]
            value = item["value"]
            if item["type"] == "polygonlabels":
                points = value["points"]
            else:
                x0, y0, x1, y1 = value["x"], value["y"], value["x"] + value["width"], value["y"] + value["height"]
                points = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
            mask = pixels(numpy.array(points) * [width / 100, height / 100], width, height)
            regions.setdefault(item["id"], found(labels[0], mask))
        images[path] = list(regions.values())
    classes = [each.get("value") for control in controls.values() for each in control]
    return {"classes": classes, "images": images, "tags": tags}


# As in Ultralytics' data loader: suffixes, the way from an image to its labels, and what makes a line of labels corrupt.
SUFFIXES = {"avif", "bmp", "dng", "heic", "heif", "jp2", "jpeg", "jpg", "mpo", "png", "tif", "tiff", "pfm", "webp"}


def yolo(folder, width, height):
    import yaml

    with open(os.path.join(folder, "data.yaml"), encoding="utf-8") as stream:
        data = yaml.safe_load(stream)
    names = dict(enumerate(data["names"]))
    images = {}
    for part in ("train", "val"):
        below = os.path.join(folder, data[part])
        files = sorted(glob.glob(os.path.join(glob.escape(below), "**", "*.*"), recursive=True))
        files = [file for file in files if file.rpartition(".")[-1].lower() in SUFFIXES]
        assert files, f"no images in {below}"
        for file in files:
            sides = f"{os.sep}images{os.sep}", f"{os.sep}labels{os.sep}"
            labels = sides[1].join(file.rsplit(sides[0], 1)).rsplit(".", 1)[0] + ".txt"
            with open(labels, encoding="utf-8") as stream:
                rows = [line.split() for line in stream.read().strip().splitlines() if line]
            regions = []
            for row in rows:
                values = numpy.array(row[1:], dtype=numpy.float64)
                assert (values >= 0).all() and (values <= 1).all(), row
                assert int(row[0]) in names
                if len(row) > 6:
                    points = values.reshape(-1, 2)
                else:
                    assert len(row) == 5, row
                    x, y, w, h = values
                    points = numpy.array([(x - w / 2, y - h / 2), (x + w / 2, y - h / 2), (x + w / 2, y + h / 2), (x - w / 2, y + h / 2)])
                regions.append(found(names[int(row[0])], pixels(points * [width, height], width, height)))
            name = os.path.relpath(file, below)
            assert name not in images
            images[name] = regions
    return {"classes": list(names.values()), "images": images}


def masks(folder):
    from PIL import Image

    with open(os.path.join(folder, "classes.json"), encoding="utf-8") as stream:
        about = json.load(stream)
    names = {each["value"]: each["name"] for each in about["classes"]}
    images = {}
    for path, file in about["images"].items():
        image = Image.open(os.path.join(folder, file))
        assert image.mode == "P", image.mode
        values = numpy.array(image)
        colors = numpy.array(image.getpalette()[: 3 * (len(names) + 1)]).reshape(-1, 3)
        for each in about["classes"]:
            assert "#%02X%02X%02X" % tuple(colors[each["value"]]) == each["color"].upper()
        images[path] = [found(names[value], values == value) for value in numpy.unique(values) if value != 0]
    return {"classes": list(names.values()), "images": images}


readers = {"coco": coco, "cvat": cvat, "label-studio": label_studio, "yolo": lambda f, w, h: yolo(f, int(w), int(h)), "masks": masks}
real, sys.stdout = sys.stdout, sys.stderr
result = readers[sys.argv[1]](*sys.argv[2:])
print(json.dumps(result), file=real)
