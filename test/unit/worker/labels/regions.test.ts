// Labels of regions: the same changes, alignment and merges as those of images, and what an image's own label is then.
import assert from 'node:assert/strict';
import {
  alignRegions,
  applyEdits,
  changeLabels,
  editsFor,
  parseLabels,
  parseRegionKey,
  regionDocument,
  regionKey,
  serializeLabels,
  type LabelChange,
  type LabelDocument,
  type LabelImage,
} from '../../../../worker/labels';
import { mergeLabels } from '../../../../worker/labels/conflict';

const method = { name: 'blocks', model: 'm', weights: 'unsupervised', references: 8, seed: 0, regions: true };
const left = [0, 0, 10, 10];
const right = [50, 0, 10, 10];

function documentOf(images: LabelImage[], names: Record<number, string> = {}, regions = true): LabelDocument {
  const ids = [...new Set(images.flatMap(({ cluster, regions = [] }) => [cluster, ...regions.map((r) => r.cluster)]))];
  return {
    version: 1,
    root: '.',
    method: { ...method, regions, clusterer: 'ward', clusters: 'auto' },
    clusters: ids.sort((a, b) => a - b).map((id) => ({ id, name: names[id] ?? '', color: id - 1 })),
    images,
  };
}

const two: LabelImage = {
  path: 'a.png',
  cluster: 1,
  regions: [
    { box: left, cluster: 1 },
    { box: right, cluster: 2 },
  ],
};
const one: LabelImage = { path: 'b.png', cluster: 2, regions: [{ box: left, cluster: 2 }] };
const none: LabelImage = { path: 'c.png', cluster: 3 };
const labels = documentOf([two, one, none]);

function after(change: LabelChange, document = labels): LabelDocument {
  const text = serializeLabels(document);
  const changed = parseLabels(applyEdits(text, editsFor(text, change)));
  assert.deepEqual(changed, JSON.parse(JSON.stringify(changeLabels(document, change))));
  return changed;
}

const line = (document: LabelDocument, path: string) => document.images.find((image) => image.path === path);

describe('labels of regions', () => {
  it('have keys that say image and box, whatever the image is called', () => {
    for (const path of ['a.png', 'x@1,2,3,4/b.png', 'c@1,2,3,4', 'wei rd\n@.png', 'scan.tif#2'])
      assert.deepEqual(parseRegionKey(regionKey(path, [1, 2, 3, 4])), { path, box: [1, 2, 3, 4] });
    assert.equal(parseRegionKey('a.png'), undefined);
    assert.equal(parseRegionKey('a@1,2,3.png'), undefined);
  });

  it('stay one line an image, the same bytes after reading and writing', () => {
    const text = serializeLabels(labels);
    assert.ok(
      text.includes(
        '    { "path": "a.png", "cluster": 1, "regions": [{ "box": [0, 0, 10, 10], "cluster": 1 }, { "box": [50, 0, 10, 10], "cluster": 2 }] },\n',
      ),
      text,
    );
    assert.equal(serializeLabels(parseLabels(text)), text);
  });

  it('are refused with their place where a cluster is missing or a box is there twice', () => {
    const wrong = (regions: LabelImage['regions']) => serializeLabels(documentOf([one, { ...two, regions }]));
    const unknown = wrong([{ box: left, cluster: 2 }]).replace('"cluster": 2 }] }\n', '"cluster": 9 }] }\n');
    assert.throws(() => parseLabels(unknown), /region of b.png is in cluster 9/);
    const twice = [left, left].map((box) => ({ box, cluster: 1 }));
    assert.throws(() => parseLabels(wrong(twice)), /a.png has the region 0,0,10,10 twice/);
  });

  it('of one region move alone, and the image follows its first', () => {
    const moved = after({ kind: 'move', paths: [regionKey('a.png', right)], cluster: 3 });
    assert.deepEqual(line(moved, 'a.png'), {
      ...two,
      regions: [two.regions![0], { box: right, cluster: 3, pinned: true }],
    });
    const first = after({ kind: 'move', paths: [regionKey('a.png', left)], cluster: 2 });
    assert.equal(line(first, 'a.png')!.cluster, 2);
    assert.deepEqual(line(first, 'b.png'), one);
    // An image's own path stands for its first region.
    assert.deepEqual(after({ kind: 'move', paths: ['a.png'], cluster: 2 }), first);
  });

  it('keep the pins of the other regions where an image was pinned as a whole', () => {
    const pinned = documentOf([{ ...two, pinned: true }, one, none]);
    const freed = after({ kind: 'pin', paths: [regionKey('a.png', left)], pinned: false }, pinned);
    assert.deepEqual(line(freed, 'a.png'), {
      ...two,
      regions: [two.regions![0], { box: right, cluster: 2, pinned: true }],
    });
  });

  it('are merged, split off and removed with everything that belongs to them', () => {
    const merged = after({ kind: 'merge', clusters: [1, 2] });
    assert.deepEqual(
      merged.images.map(({ cluster, regions = [] }) => [cluster, ...regions.map((region) => region.cluster)]),
      [[1, 1, 1], [1, 1], [3]],
    );
    const fresh = after({
      kind: 'moveToNew',
      paths: [regionKey('a.png', right), regionKey('b.png', left)],
      name: 'pit',
    });
    assert.deepEqual(
      fresh.clusters.map(({ id, name }) => [id, name]),
      [
        [1, ''],
        [3, ''],
        [4, 'pit'],
      ],
    );
    assert.deepEqual(after({ kind: 'remove', paths: ['a.png'] }).images, [one, none]);
  });

  it('are the lines of the gallery of regions, beside images that have none', () => {
    assert.deepEqual(
      regionDocument(labels).images.map(({ path, cluster }) => [path, cluster]),
      [
        ['a.png@0,0,10,10', 1],
        ['a.png@50,0,10,10', 2],
        ['b.png@0,0,10,10', 2],
        ['c.png', 3],
      ],
    );
  });
});

describe('running again over regions', () => {
  const found = (images: LabelImage[]) => documentOf(images);

  it('knows a region by its place, and writes where it is now', () => {
    const previous = documentOf([two, one, none], { 1: 'scratch', 2: 'pit' });
    const moved = [1, 1, 10, 10];
    const proposed = found([
      {
        ...two,
        cluster: 2,
        regions: [
          { box: moved, cluster: 2 },
          { box: right, cluster: 1 },
        ],
      },
      { ...one, cluster: 1, regions: [{ box: left, cluster: 1 }] },
      none,
    ]);
    const aligned = alignRegions(previous, proposed);
    assert.deepEqual(line(aligned, 'a.png'), {
      ...two,
      regions: [
        { box: moved, cluster: 1 },
        { box: right, cluster: 2 },
      ],
    });
    assert.deepEqual(line(aligned, 'b.png'), one);
    assert.deepEqual(
      aligned.clusters.map(({ name }) => name),
      ['scratch', 'pit', ''],
    );
  });

  it('keeps pinned regions that are not found again, and drops others', () => {
    const previous = documentOf([
      {
        ...two,
        regions: [
          { box: left, cluster: 1 },
          { box: right, cluster: 2, pinned: true },
        ],
      },
      one,
      none,
    ]);
    const elsewhere = [0, 50, 10, 10];
    const aligned = alignRegions(previous, found([{ ...two, regions: [{ box: elsewhere, cluster: 1 }] }, one, none]));
    assert.deepEqual(
      line(aligned, 'a.png')!.regions!.map(({ box, pinned }) => [box, pinned === true]),
      [
        [elsewhere, false],
        [right, true],
      ],
    );
  });

  it('gives what was decided about an image to its first region, and back', () => {
    const images = documentOf(
      [{ path: 'a.png', cluster: 2, pinned: true }, { path: 'b.png', cluster: 1 }, none],
      {},
      false,
    );
    const aligned = alignRegions(images, found([two, one, none]));
    const own = line(aligned, 'a.png')!;
    assert.deepEqual([own.cluster, own.regions![0]!.cluster, own.regions![0]!.pinned], [2, 2, true]);
    assert.equal(own.regions![1]!.pinned, undefined);
    assert.equal(own.pinned, undefined);
    const back = alignRegions(
      aligned,
      documentOf([{ path: 'a.png', cluster: 1 }, { path: 'b.png', cluster: 1 }, none], {}, false),
    );
    assert.deepEqual(line(back, 'a.png'), { path: 'a.png', cluster: 2, pinned: true });
  });

  it('ends clusters of further regions where whole images are grouped, and no others', () => {
    const previous = documentOf([two, { ...one, cluster: 1, regions: [{ box: left, cluster: 1 }] }, none], {
      2: 'pit',
    });
    previous.clusters.push({ id: 9, name: 'expected later' });
    const images = ['a.png', 'b.png', 'c.png'].map((path) => ({ path, cluster: 1 }));
    const aligned = alignRegions(previous, documentOf(images, {}, false), { regroup: true });
    assert.deepEqual(
      aligned.clusters.map(({ name }) => name),
      ['', 'expected later'],
    );
  });

  it('leaves lines of images that are not there as they are', () => {
    const aligned = alignRegions(labels, found([one, none]));
    assert.deepEqual(line(aligned, 'a.png'), two);
  });
});

describe('two versions of regions', () => {
  it('are put together region by region', () => {
    const ours = changeLabels(labels, { kind: 'move', paths: [regionKey('a.png', left)], cluster: 2 });
    const theirs = changeLabels(labels, { kind: 'move', paths: [regionKey('a.png', right)], cluster: 3 });
    const merged = mergeLabels(ours, theirs, labels);
    assert.deepEqual(line(merged, 'a.png'), {
      path: 'a.png',
      cluster: 2,
      regions: [
        { box: left, cluster: 2, pinned: true },
        { box: right, cluster: 3, pinned: true },
      ],
    });
  });

  it('keep ours where two runs found other regions', () => {
    const theirs = documentOf([{ ...two, regions: [{ box: [0, 50, 10, 10], cluster: 1 }] }, one, none]);
    assert.deepEqual(line(mergeLabels(labels, theirs), 'a.png'), two);
  });
});
