// The label file: read, written, edited, and brought in line with the run before.
import assert from 'node:assert/strict';
import {
  alignLabels,
  applyEdits,
  changeLabels,
  clusterColor,
  clusterTitle,
  parseLabels,
  editsFor,
  serializeLabels,
  type LabelDocument,
} from '../../../../worker/labels';
import { labelFileJsonSchema } from '../../../../worker/labels/json-schema';
import { labelMethod } from '../../../tools/label-method';

const method = { ...labelMethod, model: 'patchnet-s@01234567' };

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

  it('keeps keys in the order that a person gave them, $schema first', () => {
    const ordered = text
      .replace('{\n', '{\n  "$schema": "./label-file.schema.json",\n')
      .replace('"team": { "line": 7 }', '"team": "line 7"')
      .replace('"id": 1, "name": "scratch", "color": 3', '"color": 3, "since": 2024, "id": 1, "name": "scratch"')
      .replace('{ "path": "a/001.png"', '{ "reviewer": "Bo", "path": "a/001.png"');
    assert.equal(serializeLabels(parseLabels(ordered)), ordered);
  });

  it('leaves out keys without a value', () => {
    assert.doesNotMatch(serializeLabels({ ...labels({ 1: ['a'] }), team: undefined }), /team/);
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
  const cases: [name: string, text: string, place: [line: number, column: number], message: RegExp][] = [
    ['broken JSON', text.replace('"root": ".",', '"root": "."'), [4, 3], /not valid JSON \(comma expected\)/],
    ['a comment', text.replace('"root"', '// why\n  "root"'), [3, 3], /not valid JSON/],
    ['a comma too many', text.replace('"yes" }', '"yes", }'), [11, 77], /not valid JSON \(/],
    ['an empty file', '', [1, 1], /not valid JSON/],
    [
      'a link that is text',
      '../team/anomaly-clusters.json',
      [1, 1],
      /a link to \.\.\/team\/anomaly-clusters\.json that/,
    ],
    ['a pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n', [1, 1], /"git lfs pull"/],
    ['a newer version', text.replace('"version": 1', '"version": 2'), [2, 14], /version 2.*Update the extension/],
    ['a cluster id that is a text', text.replace('"id": 2', '"id": "2"'), [7, 13], /clusters\.1\.id/],
    ['two clusters with one id', text.replace('"id": 2', '"id": 1'), [7, 13], /two clusters with the id 1/],
    ['an image twice', text.replace('a/001.png', 'a/000.png'), [11, 15], /a\/000\.png is there twice/],
    [
      'a cluster that is not there',
      text.replace('"cluster": 2', '"cluster": 9'),
      [11, 39],
      /in cluster 9, which is not/,
    ],
    ['a key that is missing', text.replace('"id": 2, ', ''), [7, 5], /clusters\.1\.id: it is missing/],
    ['no key at all', '{}', [1, 1], /at version: it is missing/],
    ['another kind of value', '[]', [1, 1], /expected object/],
    ['a key twice', text.replace('"name": ""', '"name": "", "name": "b"'), [7, 28], /The key "name" is there twice/],
    ['a git conflict', text.replace('  "root"', '<<<<<<< HEAD\n  "root"'), [3, 1], /unfinished git merge/],
    ['a git conflict in the first line', `\uFEFF<<<<<<< HEAD\n${text}`, [1, 1], /unfinished git merge/],
    ['brackets without end', '['.repeat(100_000), [1, 101], /nested too deeply/],
    [
      'brackets without end inside',
      text.replace('"."', `${'{ "]": '.repeat(50_000)}0${'}'.repeat(50_000)}`),
      [3, 704],
      /nested too deeply/,
    ],
  ];
  for (const [name, broken, [line, column], message] of cases) {
    it(name, () => {
      assert.throws(() => parseLabels(broken), { name: 'LabelFileError', line, column, message });
    });
  }

  it('counts lines in the same way when they end as on Windows', () => {
    const broken = text.replace('"cluster": 2', '"cluster": 9').replaceAll('\n', '\r\n');
    assert.throws(() => parseLabels(broken), { line: 11, column: 39 });
  });

  it('wherever the file was cut off', () => {
    for (let length = 0; length < text.length - 2; length++) {
      assert.throws(() => parseLabels(text.slice(0, length)), { name: 'LabelFileError' }, `cut at ${length}`);
    }
  });
});

describe('renaming a cluster', () => {
  it('replaces the name and nothing else', () => {
    const renamed = applyEdits(text, editsFor(text, { kind: 'rename', cluster: 2, name: 'pore "deep"' }));
    assert.equal(renamed, text.replace('"id": 2, "name": ""', '"id": 2, "name": "pore \\"deep\\""'));
  });

  it('keeps any formatting that a person or a formatter gave the file', () => {
    const compact = JSON.stringify(JSON.parse(text));
    assert.equal(
      applyEdits(compact, editsFor(compact, { kind: 'rename', cluster: 1, name: 'x' })),
      compact.replace('"scratch"', '"x"'),
    );
  });

  it('to the same name is no edit', () => {
    assert.deepEqual(editsFor(text, { kind: 'rename', cluster: 1, name: 'scratch' }), []);
  });

  it('that is not there is an error', () => {
    assert.throws(() => editsFor(text, { kind: 'rename', cluster: 5, name: 'x' }), {
      name: 'RangeError',
      message: /no cluster 5/,
    });
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
    const aligned = alignLabels(previous, labels({ 1: ['f', 'g'], 2: ['a', 'b', 'c', 'd', 'e'] }), { regroup: true });
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
    const shrunk = alignLabels(previous, labels({ 1: ['a', 'b', 'c', 'd'], 2: ['new', 'newer'] }));
    assert.deepEqual(members(shrunk), { 1: ['a', 'b', 'c', 'd'], 3: ['new', 'newer'] });
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

  it('puts new images to the pinned ones that they are like', () => {
    const previous = labels({ 1: ['a', 'b'], 2: ['p', 'q'] }, { 2: 'stain' });
    for (const image of previous.images) if (image.cluster === 2) image.pinned = true;
    const aligned = alignLabels(previous, labels({ 1: ['a', 'b'], 2: ['new', 'p', 'q'] }));
    assert.deepEqual(members(aligned), { 1: ['a', 'b'], 2: ['new', 'p', 'q'] });
  });

  it('gives the id to the images that move, not to a new cluster of pinned images only', () => {
    const previous = labels({ 1: ['p', 'q', 'r'] });
    for (const image of previous.images) image.pinned = image.path !== 'r';
    const aligned = alignLabels(previous, labels({ 1: ['p', 'q'], 2: ['r', 's'] }));
    assert.deepEqual(members(aligned), { 1: ['p', 'q', 'r', 's'] });
  });

  it('leaves old clusters as they are, without a colour too, and gives new ones a colour that nobody sees yet', () => {
    const previous = labels({ 1: ['a', 'b'], 2: ['c', 'd'], 3: ['e', 'f'] });
    previous.clusters[2]!.color = 14;
    const aligned = alignLabels(previous, labels({ 1: ['a', 'b'], 2: ['c', 'd'], 3: ['e', 'f'], 4: ['x'], 5: ['y'] }));
    assert.deepEqual(aligned.clusters.slice(0, 3), previous.clusters);
    assert.deepEqual(
      aligned.clusters.slice(3).map(({ id, color }) => [id, color]),
      // 0 and 1 are shown by the first two; 14 is shown as 2.
      [
        [4, 3],
        [5, 4],
      ],
    );
  });

  it('changes no line but those of images that moved', () => {
    const previous = labels({ 1: ['a', 'b', 'c'], 2: ['d', 'e', 'f'] });
    const before = serializeLabels(previous).split('\n');
    const after = serializeLabels(alignLabels(previous, labels({ 8: ['a', 'b'], 9: ['c', 'd', 'e', 'f'] }))).split(
      '\n',
    );
    assert.deepEqual(
      after.filter((line) => !before.includes(line)),
      ['    { "path": "c", "cluster": 2 },'],
    );
  });

  it('keeps the lines of images that are not there or could not be read this time, and their clusters', () => {
    const previous = labels({ 1: ['a', 'b'], 2: ['damaged', 'deleted'], 3: ['away'] });
    for (const regroup of [false, true]) {
      const aligned = alignLabels(previous, labels({ 1: ['a', 'b'] }), { regroup });
      assert.deepEqual(members(aligned), { 1: ['a', 'b'], 2: ['damaged', 'deleted'], 3: ['away'] });
    }
  });

  it('keeps the images of a named cluster together, wherever the method would put them', () => {
    const previous = labels({ 1: ['a', 'b', 'c'], 2: ['d', 'e'], 3: ['x'] }, { 1: 'scratch', 3: 'stain' });
    const proposed = labels({ 1: ['a', 'd', 'e'], 2: ['b', 'c', 'x'] });
    assert.deepEqual(members(alignLabels(previous, proposed)), members(previous));
    // Grouped anew, the names go where most of their images are; the one that has none left ends.
    const anew = alignLabels(previous, proposed, { regroup: true });
    assert.deepEqual(members(anew), { 1: ['b', 'c', 'x'], 2: ['a', 'd', 'e'] });
  });

  it('keeps clusters merged that the method takes for two, and puts new images of both there', () => {
    const halves = labels({ 1: ['a', 'b', 'c'], 2: ['d', 'e'], 3: ['x', 'y'] });
    const merged = changeLabels(halves, { kind: 'merge', clusters: [1, 2] });
    const aligned = alignLabels(merged, labels({ 1: ['a', 'b', 'c', 'n'], 2: ['d', 'e', 'o'], 3: ['x', 'y'] }));
    assert.deepEqual(members(aligned), { 1: ['a', 'b', 'c', 'd', 'e', 'n', 'o'], 3: ['x', 'y'] });
  });

  it('keeps clusters split that the method takes for one, and puts new images to the part that they are like', () => {
    const whole = labels({ 1: ['a', 'b', 'c', 'd'], 3: ['x', 'y'] });
    const split = changeLabels(whole, {
      kind: 'split',
      cluster: 1,
      parts: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    });
    const asked: string[] = [];
    const aligned = alignLabels(split, labels({ 1: ['a', 'b', 'c', 'd', 'like-a', 'like-d'], 2: ['x', 'y', 'new'] }), {
      mostSimilar: (path, others) => {
        asked.push(path);
        return others.find((other) => path.endsWith(`-${other}`))!;
      },
    });
    assert.deepEqual(members(aligned), { 1: ['a', 'b', 'like-a'], 3: ['new', 'x', 'y'], 4: ['c', 'd', 'like-d'] });
    assert.deepEqual(asked, ['like-a', 'like-d'], 'nobody asks where there is one cluster only');
  });

  it('keeps a name that was written down before there is an image of the kind', () => {
    const previous = labels({ 1: ['a', 'b'] });
    previous.clusters.push({ id: 9, name: 'dent' }, { id: 10, name: '' });
    const aligned = alignLabels(previous, labels({ 1: ['a', 'b'] }));
    assert.deepEqual(
      aligned.clusters.map(({ id }) => id),
      [1, 9],
    );
  });

  it('keeps keys that this version does not know, of images, clusters and the file', () => {
    const aligned = alignLabels(parseLabels(text), labels({ 1: ['a/000.png'], 2: ['a/001.png'] }));
    assert.equal(aligned['team'] !== undefined, true);
    assert.deepEqual(aligned.clusters[0]?.['note'], { by: ['Ann', 'Bo'] });
    assert.equal(aligned.images.find(({ path }) => path === 'a/001.png')?.['reviewed'], 'yes');
  });
});

const palette = Array.from({ length: 12 }, (_, index) => clusterColor(index, 1));

/** What linear RGB becomes for a person with full colour blindness. Machado, Oliveira & Fernandes 2009, severity 1. */
const sights = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

/** (3 × 3) · (3) */
function times(matrix: number[], [x, y, z]: number[]): number[] {
  return [0, 3, 6].map((row) => matrix[row]! * x! + matrix[row + 1]! * y! + matrix[row + 2]! * z!);
}

function linearRgb(hex: string): number[] {
  return [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

/** WCAG 2.2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [low, high] = [a, b].map((hex) => times([0.2126, 0.7152, 0.0722], linearRgb(hex))[0]!).sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** CIELAB (D65) of a colour as a person sees it. */
function lab(hex: string, simulation: number[]): number[] {
  const seen = times(simulation, linearRgb(hex)).map((value) => Math.min(1, Math.max(0, value)));
  const toXyz = [0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.072175, 0.0193339, 0.119192, 0.9503041];
  const white = [0.95047, 1, 1.08883];
  const [x, y, z] = times(toXyz, seen).map((value, axis) => {
    const share = value / white[axis]!;
    return share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16 / 116;
  });
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

describe('a cluster', () => {
  it('is called by its number until it has a name', () => {
    assert.equal(clusterTitle({ id: 3, name: ' ' }), 'Cluster 3');
    assert.equal(clusterTitle({ id: 3, name: 'pore' }), 'pore');
  });

  it('has a colour for any index, from the start again after twelve', () => {
    for (const index of [undefined, 0, 11, 12, 500]) assert.match(clusterColor(index, 40), /^#[0-9A-F]{6}$/);
    assert.equal(clusterColor(12, 1), clusterColor(0, 1));
    assert.equal(clusterColor(undefined, 3), clusterColor(2, 1));
  });

  it('has a colour that can be told from its background, light or dark', () => {
    for (const color of palette) {
      assert.ok(contrast(color, '#FFFFFF') >= 3, `${color} on white`);
      assert.ok(contrast(color, '#1F1F1F') >= 3, `${color} on black`);
    }
  });

  for (const [sight, simulation] of Object.entries(sights)) {
    it(`has a colour that can be told from the other eleven: ${sight}`, () => {
      for (const [i, a] of palette.entries()) {
        for (const b of palette.slice(i + 1)) {
          const difference = Math.hypot(...lab(a, simulation).map((value, axis) => value - lab(b, simulation)[axis]!));
          assert.ok(difference >= 10, `${a} and ${b}: ${difference.toFixed(1)}`);
        }
      }
    });
  }
});

describe('the JSON schema of the label file', () => {
  it('describes every key, so that VS Code can tell what it is', () => {
    interface Schema {
      title?: string;
      description?: string;
      properties?: Record<string, Schema>;
      items?: Schema;
    }
    const root = labelFileJsonSchema() as Schema;
    const check = (schema: Schema, place: string) => {
      assert.ok(schema.description, place);
      if (schema.properties) assert.ok(schema.title, place);
      for (const [key, member] of Object.entries(schema.properties ?? {})) check(member, `${place}.${key}`);
      if (schema.items) check(schema.items, `${place}[]`);
    };
    check(root, 'file');
    assert.deepEqual(Object.keys(root.properties ?? {}), ['version', 'root', 'method', 'clusters', 'images']);
  });

  it('allows keys that it does not know', () => {
    assert.doesNotMatch(JSON.stringify(labelFileJsonSchema()), /"additionalProperties":false/);
  });
});
