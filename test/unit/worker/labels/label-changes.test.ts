// What a person changes: the document that comes out, and that the text's edits give just that and nothing else.
import assert from 'node:assert/strict';
import {
  applyEdits,
  changeLabels,
  clusterColor,
  editsFor,
  parseLabels,
  serializeLabels,
  type LabelChange,
} from '../../../../worker/labels';

const text = `{
  "version": 1,
  "$schema": "./x.json",
  "root": ".",
  "method": { "model": "m", "distance": "d", "weights": "w", "aggregate": "a", "references": 2, "seed": 0, "temperature": "auto", "clusterer": "ward", "clusters": "auto" },
  "clusters": [
    { "id": 1, "name": "scratch", "color": 3 },
    { "id": 2, "name": "", "note": "mine" },
    { "name": "pore", "id": 5 }
  ],
  "images": [
    { "path": "a.png", "cluster": 1 },
    { "path": "b.png", "cluster": 1, "pinned": true },
    { "path": "c.png", "cluster": 2, "who": "eva" },
    { "path": "d.png", "cluster": 2 },
    { "path": "e.png", "cluster": 5 }
  ]
}
`;

function after(change: LabelChange, source = text): string {
  const changed = applyEdits(source, editsFor(source, change));
  // The text says what the changed document says.
  assert.deepEqual(parseLabels(changed), JSON.parse(JSON.stringify(changeLabels(parseLabels(source), change))));
  return changed;
}

/** Lines that differ, as git would show them. */
function changedLines(changed: string): string[] {
  const before = new Set(text.split('\n'));
  return changed.split('\n').filter((line) => !before.has(line));
}

describe('changes of labels', () => {
  it('rename and recolour one line', () => {
    assert.deepEqual(changedLines(after({ kind: 'rename', cluster: 5, name: 'deep "pore"' })), [
      '    { "name": "deep \\"pore\\"", "id": 5 }',
    ]);
    assert.deepEqual(changedLines(after({ kind: 'recolor', cluster: 2, color: 7 })), [
      '    { "id": 2, "name": "", "note": "mine", "color": 7 },',
    ]);
  });

  it('say of one line whether its images are good, and take it back', () => {
    const judged = after({ kind: 'judge', cluster: 1, ok: false });
    assert.deepEqual(changedLines(judged), ['    { "id": 1, "name": "scratch", "color": 3, "ok": false },']);
    assert.equal(after({ kind: 'judge', cluster: 1, ok: undefined }, judged), text);
  });

  it('let images follow without pinning them, and leave pinned ones where they are', () => {
    const moves = ['a.png', 'b.png'].map((path) => ({ path, cluster: 2 }));
    assert.deepEqual(changedLines(after({ kind: 'follow', moves })), ['    { "path": "a.png", "cluster": 2 },']);
    assert.throws(
      () => changeLabels(parseLabels(text), { kind: 'follow', moves: [{ path: 'a.png', cluster: 9 }] }),
      RangeError,
    );
  });

  it('are one edit where several are made as one', () => {
    const changed = after({
      kind: 'steps',
      changes: [
        { kind: 'moveToNew', paths: ['d.png'], name: 'dent' },
        { kind: 'follow', moves: [{ path: 'c.png', cluster: 6 }] },
      ],
    });
    const { clusters, images } = parseLabels(changed);
    // The cluster that both left is gone.
    assert.deepEqual(
      clusters.map(({ id, name }) => [id, name]),
      [
        [1, 'scratch'],
        [5, 'pore'],
        [6, 'dent'],
      ],
    );
    assert.deepEqual(
      images.filter(({ cluster }) => cluster === 6).map(({ path, pinned }) => [path, pinned === true]),
      [
        ['c.png', false],
        ['d.png', true],
      ],
    );
  });

  it('pin and unpin, and leave unknown keys', () => {
    assert.deepEqual(changedLines(after({ kind: 'pin', paths: ['c.png'], pinned: true })), [
      '    { "path": "c.png", "cluster": 2, "who": "eva", "pinned": true },',
    ]);
    assert.deepEqual(changedLines(after({ kind: 'pin', paths: ['b.png', 'a.png'], pinned: false })), [
      '    { "path": "b.png", "cluster": 1 },',
    ]);
  });

  it('move images and pin them there', () => {
    assert.deepEqual(changedLines(after({ kind: 'move', paths: ['a.png', 'd.png'], cluster: 5 })), [
      '    { "path": "a.png", "cluster": 5, "pinned": true },',
      '    { "path": "d.png", "cluster": 5, "pinned": true },',
    ]);
    assert.equal(after({ kind: 'move', paths: ['e.png'], cluster: 5 }), text, 'it is there already');
  });

  it('take a cluster away with its last image', () => {
    const moved = after({ kind: 'move', paths: ['e.png'], cluster: 1 });
    assert.deepEqual(
      parseLabels(moved).clusters.map(({ id }) => id),
      [1, 2],
    );
    assert.ok(!moved.includes('pore'));
  });

  it('make a cluster with a new number and colour', () => {
    const document = parseLabels(after({ kind: 'moveToNew', paths: ['a.png', 'c.png'] }));
    assert.deepEqual(document.clusters.at(-1), { id: 6, name: '', color: 0 });
    assert.deepEqual(
      document.images.filter(({ cluster }) => cluster === 6).map(({ path, pinned }) => [path, pinned]),
      [
        ['a.png', true],
        ['c.png', true],
      ],
    );
  });

  it('give a new cluster a colour that no other one shows, when numbers go beyond the palette', () => {
    // Clusters 13 and 14 show the first two colours: one by its id, the other by a number one round further.
    const source = text
      .replace('"id": 2, "name": ""', '"id": 13, "name": ""')
      .replace('"name": "pore", "id": 5', '"name": "pore", "id": 14, "color": 13')
      .replaceAll('"cluster": 2', '"cluster": 13')
      .replaceAll('"cluster": 5', '"cluster": 14');
    const changed = parseLabels(after({ kind: 'split', cluster: 1, parts: [['a.png'], ['b.png']] }, source));
    assert.deepEqual(changed.clusters.at(-1), { id: 15, name: '', color: 2, kept: true });
    const shown = changed.clusters.map(({ color, id }) => clusterColor(color, id));
    assert.equal(new Set(shown).size, shown.length);
  });

  it('remove images, and the cluster of the last one', () => {
    assert.deepEqual(
      parseLabels(after({ kind: 'remove', paths: ['e.png', 'nowhere.png'] })).clusters.map(({ id }) => id),
      [1, 2],
    );
    for (const paths of [['a.png'], ['a.png', 'b.png'], ['b.png', 'd.png', 'e.png'], ['c.png', 'd.png']]) {
      const left = text.split('\n').filter((line) => !paths.some((path) => line.includes(`"${path}"`)));
      const lines = after({ kind: 'remove', paths }).split('\n');
      const images = (of: string[]) =>
        of.filter((line) => line.includes('"path"')).map((line) => line.replace(/,$/, ''));
      assert.deepEqual(images(lines), images(left), 'the other lines are as they were');
    }
    assert.match(after({ kind: 'remove', paths: ['a.png', 'b.png', 'c.png', 'd.png', 'e.png'] }), /"images": \[\]\n/);
  });

  it('merge into the first, with the name that there is', () => {
    const document = parseLabels(after({ kind: 'merge', clusters: [2, 5] }));
    assert.deepEqual(
      document.clusters.map(({ id, name }) => [id, name]),
      [
        [1, 'scratch'],
        [2, 'pore'],
      ],
    );
    assert.deepEqual(
      document.images.map(({ cluster, pinned }) => [cluster, pinned]),
      [
        [1, undefined],
        [1, true],
        [2, undefined],
        [2, undefined],
        [2, undefined],
      ],
    );
  });

  it('split off all parts but the first', () => {
    const document = parseLabels(after({ kind: 'split', cluster: 2, parts: [['c.png'], ['d.png']] }));
    assert.deepEqual(
      document.images.map(({ cluster }) => cluster),
      [1, 1, 2, 6, 5],
    );
  });

  it('regroup with pinned images in their place, names where most images are, and the number that was chosen', () => {
    const groups = [
      ['a.png', 'b.png', 'c.png'],
      ['d.png', 'e.png'],
    ];
    const document = parseLabels(after({ kind: 'regroup', clusters: 2, groups }));
    assert.equal(document.method.clusters, 2);
    const of = (path: string) => document.images.find((image) => image.path === path)!.cluster;
    assert.equal(of('b.png'), 1);
    assert.equal(of('a.png'), 1);
    assert.equal(of('c.png'), 1);
    assert.equal(of('d.png'), of('e.png'));
    assert.ok(document.clusters.some(({ name }) => name === 'scratch'));
  });

  it('work on a file without line breaks, with Windows line ends, and without clusters', () => {
    const compact = JSON.stringify(JSON.parse(text));
    after({ kind: 'moveToNew', paths: ['a.png'] }, compact);
    after({ kind: 'merge', clusters: [1, 2] }, compact);
    const windows = text.replaceAll('\n', '\r\n');
    assert.ok(!/[^\r]\n/.test(after({ kind: 'moveToNew', paths: ['a.png'] }, windows)));
  });

  it('become one edit where there are very many', () => {
    const document = parseLabels(text);
    const paths = Array.from({ length: 1200 }, (_, i) => `x/${String(i).padStart(5, '0')}.png`);
    const large = serializeLabels({
      ...document,
      images: [...document.images, ...paths.map((path) => ({ path, cluster: 1 }))],
    });
    const edits = editsFor(large, { kind: 'move', paths, cluster: 2 });
    assert.equal(edits.length, 1);
    const moved = parseLabels(applyEdits(large, edits));
    assert.ok(moved.images.filter(({ path }) => path.startsWith('x/')).every(({ cluster }) => cluster === 2));
  });

  it('say when there is no such cluster, and change nothing', () => {
    assert.throws(() => editsFor(text, { kind: 'move', paths: ['a.png'], cluster: 9 }), /no cluster 9/);
    assert.throws(() => editsFor('{', { kind: 'rename', cluster: 1, name: 'x' }), { name: 'LabelFileError' });
  });
});
