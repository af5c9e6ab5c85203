// Exports of regions, read by what is not ours (readers.py): every tool finds the same classes at the same pixels.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { toCocoInstances } from '../../worker/export/coco';
import { toCvat } from '../../worker/export/cvat';
import { classesOf, instancesOf, type InstanceImage } from '../../worker/export/instances';
import { toLabelStudio } from '../../worker/export/label-studio';
import { writeMasks } from '../../worker/export/masks';
import { writeYolo } from '../../worker/export/yolo';
import { cellsOf } from '../../worker/regions/region-mask';
import { parseCoco } from '../../worker/truth/coco';
import { hostileLabels, hostilePlaces, imageHeight, imageWidth } from '../tools/hostile-labels';

const python = '/usr/bin/python3';
const script = join(import.meta.dirname, 'readers.py');

interface Read {
  classes: string[];
  images: Record<string, { label: string; box: number[]; mask: number[] }[]>;
  tags?: Record<string, string>;
}

function read(...args: string[]): Read {
  const { status, stdout, stderr } = spawnSync(python, [script, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Read;
}

function needs(context: Mocha.Context, modules: string, packages: string): void {
  if (spawnSync(python, ['-c', `import ${modules}`], { stdio: 'ignore' }).status === 0) return;
  console.log(`      skipped, needs ${packages}`);
  context.skip();
}

/** Pixels of a region by the middles of its cells, from the label file and the run alone. */
function pixelsOf({ box, mask }: InstanceImage['instances'][number]): number[] {
  const cells = mask && cellsOf(mask.raster);
  const found: number[] = [];
  for (let y = box[1]; y < box[1] + box[3]; y++) {
    for (let x = box[0]; x < box[0] + box[2]; x++) {
      if (mask) {
        const [left, top, width, height] = mask.box as [number, number, number, number];
        const row = Math.floor(((y + 0.5 - top) / height) * mask.raster.height);
        const column = Math.floor(((x + 0.5 - left) / width) * mask.raster.width);
        if (cells![row * mask.raster.width + column] === 0) continue;
      }
      found.push(y * imageWidth + x);
    }
  }
  return found;
}

function iou(a: readonly number[], b: readonly number[]): number {
  const other = new Set(b);
  const both = a.filter((each) => other.has(each)).length;
  return both / (a.length + b.length - both);
}

describe('exports of regions, read by other tools', () => {
  const names = new Map(classesOf(hostileLabels).map(({ id, name }) => [id, name]));
  const outlines = instancesOf(hostileLabels, hostilePlaces, 'outlines');
  const boxes = instancesOf(hostileLabels, hostilePlaces, 'boxes');
  const tagged = new Map([
    ['images/c.png', 'Cluster 12'],
    ['outside.png', 'scratch, "deep" & <wide>'],
  ]);
  let work = '';
  before(async () => {
    work = mkdtempSync(join(tmpdir(), 'readers-'));
    const picture = await sharp({
      create: { width: imageWidth, height: imageHeight, channels: 3, background: '#777777' },
    })
      .png()
      .toBuffer();
    for (const { path } of hostileLabels.images) {
      mkdirSync(dirname(join(work, 'photos', path)), { recursive: true });
      writeFileSync(join(work, 'photos', path), picture);
    }
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  /** @param least intersection over union @param nameOf the image in the export */
  function assertSame(
    { classes, images }: Read,
    expected: readonly InstanceImage[],
    { least = 0.99, nameOf = (path: string) => path } = {},
  ): void {
    for (const name of names.values()) assert.ok(classes.includes(name), name);
    assert.equal(Object.keys(images).length, expected.length);
    for (const image of expected) {
      const found = images[nameOf(image.path)];
      assert.ok(found, `${image.path} is missing`);
      assert.deepEqual(
        found.map(({ label }) => label),
        image.instances.map(({ cluster }) => names.get(cluster)),
      );
      for (const [i, { box, mask }] of found.entries()) {
        const instance = image.instances[i]!;
        const [left, top, width, height] = instance.box;
        assert.deepEqual(box, [left, top, left + width, top + height]);
        const overlap = iou(mask, pixelsOf(instance));
        assert.ok(overlap >= least, `${image.path}: IoU ${overlap}`);
      }
    }
  }

  it('are instances to pycocotools, with the areas of their masks', function () {
    needs(this, 'pycocotools, matplotlib', 'pycocotools, python3-matplotlib');
    const file = join(work, 'coco.json');
    writeFileSync(file, toCocoInstances(outlines));
    assertSame(read('coco', file), outlines.images);
    writeFileSync(file, toCocoInstances(boxes));
    assertSame(read('coco', file), boxes.images);
  });

  it('are the other way round: run lengths of pycocotools are read', function () {
    needs(this, 'pycocotools', 'pycocotools');
    const code = [
      'import json, numpy, pycocotools.mask as m',
      'r = numpy.random.default_rng(3)',
      'masks = [(r.random((h, w)) < p).astype(numpy.uint8) for h, w, p in [(7, 5, .5), (300, 200, .02), (64, 64, .9), (90, 400, 0.001)]]',
      'blob = numpy.zeros((500, 700), numpy.uint8); blob[100:400, 50:650] = 1; masks.append(blob)',
      'enc = [m.encode(numpy.asfortranarray(x)) for x in masks]',
      'print(json.dumps([[x.tolist(), e["size"], e["counts"].decode()] for x, e in zip(masks, enc)]))',
    ];
    const { stdout } = spawnSync(python, ['-c', code.join('\n')], { encoding: 'utf8', maxBuffer: 1 << 28 });
    for (const [rows, size, counts] of JSON.parse(stdout) as [number[][], [number, number], string][]) {
      const [image] = parseCoco({
        images: [{ id: 1, file_name: 'a.png' }],
        categories: [{ id: 1, name: 'a' }],
        annotations: [{ image_id: 1, category_id: 1, segmentation: { size, counts } }],
      });
      const { box, raster } = image!.objects[0]!.shape!;
      const found = rows.map((row) => row.map(() => 0));
      for (const [i, cell] of raster!.cells.entries())
        found[box[1] + Math.floor(i / raster!.width)]![box[0] + (i % raster!.width)] = cell;
      assert.deepEqual(found, rows);
    }
  });

  it('are polygons, boxes and tags to a reader of CVAT for images 1.1', function () {
    needs(this, 'lxml, matplotlib', 'python3-lxml, python3-matplotlib');
    const file = join(work, 'cvat.xml');
    for (const instances of [outlines, boxes]) {
      writeFileSync(file, toCvat(instances));
      const found = read('cvat', file);
      assertSame(found, instances.images);
      assert.deepEqual(new Map(Object.entries(found.tags!)), tagged);
    }
  });

  it('are predictions that fit the labelling interface of Label Studio', function () {
    needs(this, 'lxml, matplotlib', 'python3-lxml, python3-matplotlib');
    const [file, config] = [join(work, 'tasks.json'), join(work, 'tasks-config.xml')];
    for (const instances of [outlines, boxes]) {
      const written = toLabelStudio(instances, 'my photos');
      writeFileSync(file, written.tasks);
      writeFileSync(config, written.config);
      const found = read('label-studio', file, config);
      const below = (path: string) => `my photos/${path}`;
      // Parts of a region that touch nowhere are polygons of their own.
      const parts = instances.images.filter(({ path }) => !path.startsWith('odd'));
      const rest = Object.fromEntries(Object.entries(found.images).filter(([path]) => !path.includes('/odd')));
      assertSame({ ...found, images: rest }, parts, { nameOf: below });
      const odd = instances.images.find(({ path }) => path.startsWith('odd'))!;
      const all = found.images[below(odd.path)]!.flatMap(({ mask }) => mask);
      assert.ok(iou(all, odd.instances.flatMap(pixelsOf)) >= 0.99);
      assert.deepEqual(
        new Map(Object.entries(found.tags!)),
        new Map([...tagged].map(([path, name]) => [below(path), name])),
      );
    }
  });

  for (const task of ['yolo', 'yolo-seg'] as const) {
    it(`are labels by the rules of Ultralytics: ${task}`, async function () {
      needs(this, 'yaml, matplotlib', 'python3-yaml, python3-matplotlib');
      const target = join(work, task);
      const options = { task, placing: 'copy', share: 0.2 } as const;
      const { placed, failures } = await writeYolo(outlines, join(work, 'photos'), target, options);
      assert.deepEqual([placed, failures], [hostileLabels.images.length, []]);
      const renamed = new Map([
        ['b/0.png', 'b__0.png'],
        ['images/c.png', 'images__c.png'],
      ]);
      const nameOf = (path: string) => renamed.get(path) ?? path.split('/').at(-1)!;
      const found = read('yolo', target, String(imageWidth), String(imageHeight));
      // images/c.png has the stem of images/c.jpg, in its long form as well.
      assertSame(found, task === 'yolo' ? boxes.images : outlines.images, { nameOf });
    });
  }

  it('are indexed pictures to Pillow, in the colours of the clusters', async function () {
    needs(this, 'PIL, matplotlib', 'python3-pil, python3-matplotlib');
    const target = join(work, 'masks');
    const { placed, failures } = await writeMasks(outlines, join(work, 'photos'), target);
    assert.deepEqual([placed, failures], [hostileLabels.images.length, []]);
    const about = JSON.parse(readFileSync(join(target, 'classes.json'), 'utf8')) as { images: Record<string, string> };
    assert.deepEqual(
      [about.images['a/0.png'], about.images['images/c.jpg'], about.images['images/c.png']],
      ['a/0.png', 'images/c.jpg.png', 'images/c.png.png'],
    );
    const { images } = read('masks', target);
    for (const image of outlines.images) {
      const found = new Map(images[image.path]!.map(({ label, mask }) => [label, mask]));
      assert.equal(found.size, image.instances.length);
      for (const instance of image.instances)
        assert.deepEqual(found.get(names.get(instance.cluster)!), pixelsOf(instance), image.path);
    }
  });
});
