// Ground truth of other tools: what is read, what is refused, and which image of a label file each of theirs is.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseCoco } from '../../../../worker/truth/coco';
import { readTruth } from '../../../../worker/truth/read-truth';
import { kindOf, matchNames } from '../../../../worker/truth/truth';

const coco = (annotations: object[]) => ({
  images: [
    { id: 5, file_name: 'a.png', width: 10, height: 6 },
    { id: 7, file_name: 'b.png' },
  ],
  categories: [
    { id: 1, name: 'crack' },
    { id: 2, name: 'stain' },
  ],
  annotations: annotations.map((each, id) => ({ id, ...each })),
});

describe('COCO as ground truth', () => {
  it('has boxes, polygons, and run lengths down the columns', () => {
    const [a, b] = parseCoco(
      coco([
        { image_id: 5, category_id: 1, bbox: [1, 2, 3, 4] },
        { image_id: 5, category_id: 2, bbox: [0, 0, 9, 9], segmentation: [[1, 1, 5, 1, 5, 3, 1, 3]] },
        // Columns of six: two pixels of the second column, the whole third.
        { image_id: 5, category_id: 2, segmentation: { size: [6, 10], counts: [8, 2, 2, 6, 42] } },
        { image_id: 7, category_id: 1 },
      ]),
    );
    assert.deepEqual(a!.size, [10, 6]);
    const [box, polygon, runs] = a!.objects.map(({ shape }) => shape!);
    assert.deepEqual(box, { box: [1, 2, 3, 4] });
    assert.deepEqual(polygon, { box: [1, 1, 4, 2], polygons: [[1, 1, 5, 1, 5, 3, 1, 3]] });
    assert.deepEqual(runs!.box, [1, 0, 2, 6]);
    assert.deepEqual([...runs!.raster!.cells], [0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1]);
    assert.deepEqual(b, { name: 'b.png', objects: [{ kind: 'crack' }] });
  });

  it('makes an image what takes most of it', () => {
    const [a, b] = parseCoco(
      coco([
        { image_id: 5, category_id: 1, bbox: [0, 0, 3, 3] },
        { image_id: 5, category_id: 2, bbox: [0, 0, 2, 4] },
        { image_id: 5, category_id: 2, bbox: [5, 5, 2, 1] },
      ]),
    );
    assert.deepEqual([kindOf(a!), kindOf(b!)], ['stain', '(none)']);
  });

  it('is refused with the place of the mistake', () => {
    assert.throws(() => parseCoco([]), /is no COCO file: at its start/);
    assert.throws(() => parseCoco({ ...coco([]), images: [{ id: 1 }] }), /at images\.0\.file_name/);
    assert.throws(() => parseCoco(coco([{ image_id: 6, category_id: 1 }])), /image 6 in annotation 1/);
    assert.throws(() => parseCoco(coco([{ image_id: 5, category_id: 9 }])), /category 9 in annotation 1/);
    const runs = (counts: unknown, size = [6, 10]) =>
      coco([{ image_id: 5, category_id: 1, segmentation: { size, counts } }]);
    assert.throws(() => parseCoco(runs([1, 2])), /do not make 10×6 pixels/);
    assert.throws(() => parseCoco(runs('\u0001')), /cannot be read/);
    assert.throws(() => parseCoco(runs([1], [1e6, 1e6])), /too large/);
  });
});

describe('a YOLO dataset as ground truth', () => {
  let work = '';
  const put = (files: Record<string, string>) => {
    rmSync(work, { recursive: true, force: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      writeFileSync(join(work, path), text);
    }
  };
  before(() => (work = mkdtempSync(join(tmpdir(), 'yolo truth '))));
  after(() => rmSync(work, { recursive: true, force: true }));

  it('has boxes and polygons in parts of the image, and images of nothing', async () => {
    put({
      'data.yaml': 'names:\n  0: crack\n  1: 17\n',
      'labels/train/a b.txt': '0 0.5 0.5 0.2 0.4\r\n1 0 0 0.5 0 0.5 0.5\n\n',
      'images/train/a b.png': '',
      'images/val/sub/c.png': '',
    });
    const { images, areStems } = await readTruth(work);
    assert.ok(areStems);
    assert.deepEqual(
      images.map(({ name, objects }) => [name, objects.map(({ kind }) => kind)]),
      [
        ['a b', ['crack', '17']],
        ['sub/c', []],
      ],
    );
    const [box, polygon] = images[0]!.objects.map(({ shape }) => shape!);
    assert.deepEqual(
      box!.box.map((value) => Math.round(value * 1e9) / 1e9),
      [0.4, 0.3, 0.2, 0.4],
    );
    assert.deepEqual(polygon, { box: [0, 0, 0.5, 0.5], polygons: [[0, 0, 0.5, 0, 0.5, 0.5]] });
  });

  it('may keep images of each part beside their labels, or be labels alone', async () => {
    put({ 'train/labels/a.txt': '0 0.5 0.5 1 1', 'valid/labels/b.txt': '', 'README.txt': 'no labels' });
    assert.deepEqual((await readTruth(work)).images.map(({ name }) => name).sort(), ['a', 'b']);
    put({ 'a.txt': '3 0.5 0.5 1 1', 'classes.txt': 'x\ny\n' });
    assert.deepEqual((await readTruth(work)).images[0]!.objects[0]!.kind, '3');
  });

  it('is refused with file and line', async () => {
    put({ 'labels/a.txt': '0 0.5 0.5 1 1\n0 0.5 half 1 1\n' });
    await assert.rejects(readTruth(work), { code: 'invalid-setting', message: /a\.txt cannot be read in line 2/ });
    put({ 'data.yaml': 'names: {', 'labels/a.txt': '' });
    await assert.rejects(readTruth(work), { code: 'invalid-setting', message: /data\.yaml is no YAML/ });
    put({ 'a.png': '' });
    await assert.rejects(readTruth(work), { code: 'invalid-setting', message: /holds no YOLO labels/ });
    await assert.rejects(readTruth(join(work, 'none')), { code: 'invalid-setting', message: /is not there/ });
    put({ 'coco.json': '{' });
    await assert.rejects(readTruth(join(work, 'coco.json')), { code: 'invalid-setting', message: /is no JSON/ });
  });
});

describe('images of other tools', () => {
  const match = (names: string[], paths: string[], areStems = false) => [...matchNames(names, paths, areStems)];

  it('are known by their whole paths, or by the parts of them that both have', () => {
    assert.deepEqual(match(['a/0.png'], ['a/0.png', 'b/a/0.png']), [['a/0.png', 'a/0.png']]);
    assert.deepEqual(match(['0.png', '.\\x\\b\\1.png'], ['a/0.png', 'b/1.png']), [
      ['0.png', 'a/0.png'],
      ['.\\x\\b\\1.png', 'b/1.png'],
    ]);
  });

  it('are left out where several fit, rather than taken for another one', () => {
    assert.deepEqual(match(['0.png'], ['a/0.png', 'b/0.png']), []);
    assert.deepEqual(match(['a/0.png', 'b/0.png'], ['0.png']), []);
    assert.deepEqual(match(['c/0.png'], ['a/0.png']), []);
  });

  it('have no extension in YOLO, and __ in place of folders where this extension exported them', () => {
    assert.deepEqual(match(['a__0', 'b'], ['a/0.png', 'x/b.jpg'], true), [
      ['a__0', 'a/0.png'],
      ['b', 'x/b.jpg'],
    ]);
    assert.deepEqual(match(['c'], ['c.png', 'c.jpg'], true), []);
  });
});
