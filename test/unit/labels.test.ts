// The label file: read, written, edited, and brought in line with the run before.
import assert from 'node:assert/strict';
import {
  alignLabels,
  applyEdits,
  clusterColor,
  clusterTitle,
  parseLabels,
  renameCluster,
  serializeLabels,
  type LabelDocument,
} from '../../worker/labels';

const method = {
  model: 'patchnet-s@01234567',
  distance: 'weighted-average',
  weights: 'unsupervised',
  aggregate: 'mean',
  references: 'all',
  seed: 0,
  temperature: 'auto',
  clusterer: 'ward',
  clusters: 'auto',
};

/** Clusters by id with their images: `{ 1: ['a', 'b'] }`. */
function labels(members: Record<number, string[]>, names: Record<number, string> = {}): LabelDocument {
  const ids = Object.keys(members).map(Number);
  return {
    version: 1,
    root: '.',
    method,
    clusters: ids.map((id) => ({ id, name: names[id] ?? '' })),
    images: ids.flatMap((id) => members[id]!.map((path) => ({ path, cluster: id }))),
  };
}

/** The images of each cluster, by id. */
function members({ images }: LabelDocument): Record<number, string[]> {
  const result: Record<number, string[]> = {};
  for (const { path, cluster } of images) (result[cluster] ??= []).push(path);
  for (const paths of Object.values(result)) paths.sort();
  return result;
}

const text = `{
  "version": 1,
  "root": ".",
  "method": { "model": "patchnet-s@01234567", "distance": "weighted-average", "weights": "unsupervised", "aggregate": "mean", "references": "all", "seed": 0, "temperature": "auto", "clusterer": "ward", "clusters": "auto" },
  "clusters": [
    { "id": 1, "name": "scratch", "color": 3, "note": { "by": ["Ann", "Bo"] } },
    { "id": 2, "name": "" }
  ],
  "images": [
    { "path": "a/000.png", "cluster": 1 },
    { "path": "a/001.png", "cluster": 2, "pinned": true, "reviewed": "yes" }
  ],
  "team": { "line": 7 }
}
`;

describe('the label file as text', () => {
  it('is the same bytes after reading and writing, with keys that this version does not know', () => {
    const expected = text.replace('"team": { "line": 7 }', '"team": {\n    "line": 7\n  }');
    assert.equal(serializeLabels(parseLabels(text)), expected);
    assert.equal(serializeLabels(parseLabels(expected)), expected);
  });

  it('has one line an image, sorted by code units, and no other order for any other input', () => {
    const document = labels({ 1: ['b.png', 'a/z.png', 'B.png', 'ä.png', 'a b.png'] });
    const paths = parseLabels(serializeLabels(document)).images.map(({ path }) => path);
    assert.deepEqual(paths, ['B.png', 'a b.png', 'a/z.png', 'b.png', 'ä.png']);
    const reversed = { ...document, images: [...document.images].reverse() };
    assert.equal(serializeLabels(reversed), serializeLabels(document));
  });

  it('keeps quotes, emoji and backslashes of file names', () => {
    const path = 'it\'s "one" ✂️ \\ \u2028.png';
    assert.equal(parseLabels(serializeLabels(labels({ 1: [path] }))).images[0]?.path, path);
  });

  it('may start with a byte order mark and end its lines as Windows does', () => {
    assert.equal(parseLabels(`\uFEFF${text.replaceAll('\n', '\r\n')}`).images.length, 2);
  });
});

describe('a label file that cannot be read is answered with the place and what to do', () => {
  const cases: [name: string, text: string, line: number, message: RegExp][] = [
    ['broken JSON', text.replace('"root": ".",', '"root": "."'), 4, /not valid JSON \(comma expected\)/],
    ['a comment', text.replace('"root"', '// why\n  "root"'), 3, /not valid JSON/],
    ['an empty file', '', 1, /not valid JSON/],
    ['a newer version', text.replace('"version": 1', '"version": 2'), 2, /version 2.*Update the extension/],
    ['a cluster id that is a text', text.replace('"id": 2', '"id": "2"'), 7, /clusters\.1\.id/],
    ['two clusters with one id', text.replace('"id": 2', '"id": 1'), 7, /two clusters with the id 1/],
    ['an image twice', text.replace('a/001.png', 'a/000.png'), 11, /a\/000\.png is there twice/],
    ['a cluster that is not there', text.replace('"cluster": 2', '"cluster": 9'), 11, /in cluster 9, which is not/],
    ['a git conflict', text.replace('  "root"', '<<<<<<< HEAD\n  "root"'), 3, /unfinished git merge/],
  ];
  for (const [name, broken, line, message] of cases) {
    it(name, () => {
      assert.throws(() => parseLabels(broken), { name: 'LabelFileError', line, message });
    });
  }
});

describe('renaming a cluster', () => {
  it('replaces the name and nothing else', () => {
    const renamed = applyEdits(text, renameCluster(text, 2, 'pore "deep"'));
    assert.equal(renamed, text.replace('"id": 2, "name": ""', '"id": 2, "name": "pore \\"deep\\""'));
  });

  it('keeps any formatting that a person or a formatter gave the file', () => {
    const compact = JSON.stringify(JSON.parse(text));
    assert.equal(applyEdits(compact, renameCluster(compact, 1, 'x')), compact.replace('"scratch"', '"x"'));
  });

  it('to the same name is no edit', () => {
    assert.deepEqual(renameCluster(text, 1, 'scratch'), []);
  });

  it('that is not there is an error', () => {
    assert.throws(() => renameCluster(text, 5, 'x'), { name: 'LabelFileError', message: /no cluster 5/ });
  });
});

describe('aligning with the previous run', () => {
  it('numbers clusters by size when there is none', () => {
    const aligned = alignLabels(undefined, labels({ 1: ['x'], 2: ['a', 'b', 'c'], 3: ['m', 'n'] }));
    assert.deepEqual(members(aligned), { 1: ['a', 'b', 'c'], 2: ['m', 'n'], 3: ['x'] });
    assert.deepEqual(
      aligned.clusters.map(({ color }) => color),
      [0, 1, 2],
    );
  });

  it('gives the same bytes when nothing changed, however the clusters are numbered', () => {
    const previous = alignLabels(undefined, labels({ 1: ['a', 'b'], 2: ['c', 'd'], 3: ['e'] }));
    const again = alignLabels(previous, labels({ 1: ['e'], 2: ['a', 'b'], 3: ['c', 'd'] }));
    assert.equal(serializeLabels(again), serializeLabels(previous));
  });

  it('keeps ids, names and colours of the clusters that overlap most in total, not one after the other', () => {
    const previous = parseLabels(
      serializeLabels(labels({ 4: ['a', 'b', 'c'], 7: ['d', 'e', 'f', 'g'] }, { 4: 'scratch', 7: 'pore' })),
    );
    // Cluster 2 shares three images with 4 and two with 7; cluster 1 shares only with 7.
    const aligned = alignLabels(previous, labels({ 1: ['f', 'g'], 2: ['a', 'b', 'c', 'd', 'e'] }));
    assert.deepEqual(members(aligned), { 4: ['a', 'b', 'c', 'd', 'e'], 7: ['f', 'g'] });
    assert.deepEqual(
      aligned.clusters.map(({ name }) => name),
      ['scratch', 'pore'],
    );
  });

  it('gives a new cluster an id that no old one had', () => {
    const previous = labels({ 1: ['a', 'b'], 2: ['c', 'd'] });
    const aligned = alignLabels(previous, labels({ 1: ['a', 'b'], 2: ['c', 'd'], 3: ['new'] }));
    assert.deepEqual(members(aligned), { 1: ['a', 'b'], 2: ['c', 'd'], 3: ['new'] });
    const shrunk = alignLabels(previous, labels({ 1: ['a', 'b'], 2: ['new', 'newer'] }));
    assert.deepEqual(members(shrunk), { 1: ['a', 'b'], 3: ['new', 'newer'] });
  });

  it('leaves pinned images where a person put them, even alone in their cluster', () => {
    const previous = labels({ 1: ['a', 'b', 'c'], 2: ['p'] }, { 2: 'mine' });
    previous.images.find(({ path }) => path === 'p')!.pinned = true;
    const aligned = alignLabels(previous, labels({ 1: ['a', 'b', 'c', 'p'] }));
    assert.deepEqual(members(aligned), { 1: ['a', 'b', 'c'], 2: ['p'] });
    assert.deepEqual(
      aligned.images.find(({ path }) => path === 'p'),
      { path: 'p', cluster: 2, pinned: true },
    );
    assert.equal(aligned.clusters.find(({ id }) => id === 2)?.name, 'mine');
  });

  it('keeps the line of an image that could not be read this time, and drops one that is gone', () => {
    const previous = labels({ 1: ['a', 'b'], 2: ['damaged', 'deleted'] }, { 2: 'stain' });
    const aligned = alignLabels(previous, labels({ 1: ['a', 'b'] }), new Set(['damaged']));
    assert.deepEqual(members(aligned), { 1: ['a', 'b'], 2: ['damaged'] });
  });

  it('keeps keys that this version does not know, of images, clusters and the file', () => {
    const aligned = alignLabels(parseLabels(text), labels({ 1: ['a/000.png'], 2: ['a/001.png'] }));
    assert.equal(aligned['team'] !== undefined, true);
    assert.deepEqual(aligned.clusters[0]?.['note'], { by: ['Ann', 'Bo'] });
    assert.equal(aligned.images.find(({ path }) => path === 'a/001.png')?.['reviewed'], 'yes');
  });
});

describe('a cluster', () => {
  it('is called by its number until it has a name', () => {
    assert.equal(clusterTitle({ id: 3, name: ' ' }), 'Cluster 3');
    assert.equal(clusterTitle({ id: 3, name: 'pore' }), 'pore');
  });

  it('has a colour for any index', () => {
    for (const index of [undefined, 0, 11, 12, 500]) assert.match(clusterColor(index, 40), /^#[0-9A-F]{6}$/);
  });
});
