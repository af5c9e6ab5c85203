// What holds for every label file and every series of corrections, tried on random ones: nothing is lost, moved or reformatted that
// the change does not name, and the text always says what the document says.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { findNodeAtLocation } from 'jsonc-parser';
import {
  applyEdits,
  changeLabels,
  difference,
  editsFor,
  keysOf,
  parseLabels,
  regionDocument,
  serializeLabels,
  type LabelChange,
  type LabelCluster,
  type LabelDocument,
  type LabelImage,
  type TextEdit,
} from '../../../../worker/labels';
import { parseLabelTree } from '../../../../worker/labels/document';
import { labelMethod } from '../../../tools/label-method';

/** Any text, and what parsers and diffs trip over. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '',
    ' ',
    '"',
    '\\',
    '\u2028',
    '\u2028<<<<<<< ours',
    '\r\n',
    '\uFEFF',
    '\uD83D',
    '// no comment',
    ']}',
    '𝄞é',
  ),
);
const knownKeys = new Set([
  'version',
  'root',
  'method',
  'clusters',
  'images',
  'regions',
  'box',
  'id',
  'name',
  'color',
  'path',
  'cluster',
  'pinned',
  'hardPatches',
  'normal',
  'pages',
  'kept',
]);
/** Keys of later versions and other programs. */
const unknownMembers = fc.dictionary(
  fc.oneof(fc.constantFrom('$schema', 'note', 'wer?', 'toString', '0'), anyText).filter((key) => !knownKeys.has(key)),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 2 },
);

const regions = fc.uniqueArray(
  fc.record({
    box: fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9), fc.nat(9)),
    cluster: fc.nat(),
    pinned: fc.option(fc.boolean(), { nil: undefined }),
    more: unknownMembers,
  }),
  { selector: ({ box }) => box.join(), maxLength: 3 },
);

const documents: fc.Arbitrary<LabelDocument> = fc
  .record({
    clusters: fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 1, max: 40 }),
        name: anyText,
        color: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
        more: unknownMembers,
      }),
      { selector: ({ id }) => id, maxLength: 6 },
    ),
    images: fc.uniqueArray(
      fc.record({
        path: anyText.filter((path) => path !== ''),
        cluster: fc.nat(),
        pinned: fc.option(fc.boolean(), { nil: undefined }),
        regions: fc.option(regions, { nil: undefined, freq: 2 }),
        more: unknownMembers,
      }),
      { selector: ({ path }) => path, maxLength: 12 },
    ),
    method: unknownMembers,
    more: unknownMembers,
  })
  .map(({ clusters, images, method, more }) => ({
    version: 1 as const,
    root: '.',
    method: { ...labelMethod, ...method },
    clusters: clusters.map(({ id, name, color, more }) => ({
      id,
      name,
      ...(color === undefined ? {} : { color }),
      ...more,
    })),
    images: (clusters.length === 0 ? [] : images).map(({ path, cluster, pinned, regions, more }) => ({
      path,
      cluster: clusters[cluster % clusters.length]!.id,
      ...(pinned === undefined ? {} : { pinned }),
      ...(regions === undefined
        ? {}
        : {
            regions: regions.map((region) => ({
              box: region.box,
              cluster: clusters[region.cluster % clusters.length]!.id,
              ...(region.pinned === undefined ? {} : { pinned: region.pinned }),
              ...region.more,
            })),
          }),
      ...more,
    })),
    ...more,
  }));

/** How the same document may be written. */
const layouts: Record<string, (document: LabelDocument) => string> = {
  'as we write it': serializeLabels,
  'without line breaks': (document) => JSON.stringify(document),
  'by another program': (document) => JSON.stringify(document, null, 4),
  'with tabs and Windows line ends': (document) => JSON.stringify(document, null, '\t').replaceAll('\n', '\r\n'),
  'with Windows line ends': (document) => serializeLabels(document).replaceAll('\n', '\r\n'),
  'with a byte order mark': (document) => `\uFEFF${serializeLabels(document)}`,
  'with the keys the other way round': (document) => JSON.stringify(reversed(document), null, 1),
};
const texts = fc
  .tuple(documents, fc.constantFrom(...Object.keys(layouts)))
  .map(([document, layout]) => layouts[layout]!(document));

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

/** A change of whatever document there is: numbers are taken as places in its lists. */
type AnyChange = (document: LabelDocument) => LabelChange | undefined;
const picks = fc.array(fc.nat(), { maxLength: 6 });
const pathsOf = ({ images }: LabelDocument, numbers: readonly number[]) =>
  images.length === 0 ? [] : [...new Set(numbers.map((number) => images[number % images.length]!.path))];
/** Of images, and of their regions. */
const itemsOf = ({ images }: LabelDocument, numbers: readonly number[]) => {
  const items = [...new Set(images.flatMap((image) => [image.path, ...keysOf(image)]))];
  return items.length === 0 ? [] : [...new Set(numbers.map((number) => items[number % items.length]!))];
};
const clusterOf = ({ clusters }: LabelDocument, number: number) => clusters[number % clusters.length]!.id;
const split = (paths: readonly string[], parts: number, seed: number) =>
  Array.from({ length: parts }, (_, part) => paths.filter((_, i) => ((i + 1) * (seed + 1)) % parts === part)).filter(
    ({ length }) => length > 0,
  );
const changes: fc.Arbitrary<AnyChange> = fc.oneof(
  fc.tuple(fc.nat(), anyText).map(([cluster, name]): AnyChange => (document) => ({
    kind: 'rename',
    cluster: clusterOf(document, cluster),
    name,
  })),
  fc.tuple(fc.nat(), fc.nat({ max: 30 })).map(([cluster, color]): AnyChange => (document) => ({
    kind: 'recolor',
    cluster: clusterOf(document, cluster),
    color,
  })),
  fc
    .tuple(picks, fc.boolean())
    .map(([numbers, pinned]): AnyChange => (document) => ({ kind: 'pin', paths: itemsOf(document, numbers), pinned })),
  fc.tuple(picks, fc.nat()).map(([numbers, cluster]): AnyChange => (document) => ({
    kind: 'move',
    paths: itemsOf(document, numbers),
    cluster: clusterOf(document, cluster),
  })),
  fc.tuple(picks, fc.option(anyText, { nil: undefined })).map(([numbers, name]): AnyChange => (document) => ({
    kind: 'moveToNew',
    paths: itemsOf(document, numbers),
    ...(name === undefined ? {} : { name }),
  })),
  fc.array(fc.nat(), { minLength: 2, maxLength: 3 }).map((numbers): AnyChange => (document) => ({
    kind: 'merge',
    clusters: [...new Set(numbers.map((number) => clusterOf(document, number)))],
  })),
  fc.tuple(fc.nat(), fc.integer({ min: 2, max: 3 }), fc.nat()).map(([number, parts, seed]): AnyChange => (document) => {
    const cluster = clusterOf(document, number);
    const own = document.images.filter((image) => image.cluster === cluster).map(({ path }) => path);
    return { kind: 'split', cluster, parts: split(own, parts, seed) };
  }),
  picks.map((numbers): AnyChange => (document) => ({ kind: 'remove', paths: pathsOf(document, numbers) })),
  fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.nat(), fc.nat({ max: 3 }))
    .map(([count, seed, unknown]): AnyChange => ({ images }) => {
      // Some images are not in the analysis: they came later.
      const known = images.map(({ path }) => path).filter((_, i) => i % 4 !== unknown);
      const groups = split(known, count, seed);
      return groups.length === 0 ? undefined : { kind: 'regroup', clusters: groups.length, groups };
    }),
);
/** The same change, in which an image's first region stands for it; one that is removed takes all with it. */
function ofItems({ images }: LabelDocument, change: LabelChange): LabelChange {
  const keys = new Map(images.map((image) => [image.path, keysOf(image)]));
  const first = (path: string) => keys.get(path)?.[0] ?? path;
  const some = (paths: readonly string[]) => [...new Set(paths.map(first))];
  switch (change.kind) {
    case 'pin':
    case 'move':
    case 'moveToNew':
      return { ...change, paths: some(change.paths) };
    case 'split':
      return { ...change, parts: change.parts.map(some) };
    case 'regroup':
      return { ...change, groups: change.groups.map(some) };
    case 'remove':
      return { ...change, paths: change.paths.flatMap((path) => keys.get(path) ?? []) };
    default:
      return change;
  }
}
const series = fc.array(changes, { minLength: 1, maxLength: 6 });

const runs = { numRuns: 400 };
/** What JSON can say: a member that is undefined is none. */
const plain = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;
const byPath = ({ images }: LabelDocument) => new Map(images.map((image) => [image.path, image]));
const byId = ({ clusters }: LabelDocument) => new Map(clusters.map((cluster) => [cluster.id, cluster]));

describe('any label file', () => {
  it('says the same after it was written and read, in the same bytes', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const text = serializeLabels(document);
        const read = parseLabels(text);
        const sorted = [...document.images].sort((a, b) => (a.path < b.path ? -1 : 1));
        assert.deepEqual(read, plain({ ...document, images: sorted }));
        assert.deepEqual(Object.keys(read), Object.keys(document));
        assert.equal(serializeLabels(read), text);
      }),
      runs,
    );
  });

  it('is read alike however it is laid out', () => {
    fc.assert(
      fc.property(documents, (document) => {
        for (const [layout, write] of Object.entries(layouts)) {
          const { images, ...rest } = parseLabels(write(document));
          const { images: expected, ...expectedRest } = plain(document);
          assert.deepEqual(rest, expectedRest, layout);
          assert.deepEqual(byPath({ images } as LabelDocument), byPath({ images: expected } as LabelDocument), layout);
        }
      }),
      runs,
    );
  });
});

describe('any series of changes', () => {
  it('edits the text to say what the changed document says, and only where it says something else', () => {
    assertForEach((text, change) => {
      const edits = editsFor(text, change);
      assertApart(edits, text.length);
      const changed = applyEdits(text, edits);
      assert.deepEqual(parseLabels(changed), plain(changeLabels(parseLabels(text), change)));
      // Lines of what stays as it was are the same to the byte.
      const [before, after] = [sources(text), sources(changed)];
      for (const [key, { value, source }] of before) {
        const now = after.get(key);
        if (now && JSON.stringify(now.value) === JSON.stringify(value)) assert.equal(now.source, source);
      }
      return changed;
    });
  });

  it('is undone and redone to the byte', () => {
    assertForEach((text, change) => {
      const edits = editsFor(text, change);
      const changed = applyEdits(text, edits);
      const undo = inverse(text, edits);
      assert.equal(applyEdits(changed, undo), text);
      assert.equal(applyEdits(text, inverse(changed, undo)), changed);
      // As one replacement of lines, too.
      assert.equal(applyEdits(changed, difference(changed, text)), text);
      return changed;
    });
  });

  it('keeps what it does not know, every image, and one cluster for each', () => {
    assertForEach((text, change) => {
      const changed = applyEdits(text, editsFor(text, change));
      const [before, after] = [parseLabels(text), parseLabels(changed)];
      assert.deepEqual(unknownOf(after), unknownOf(before));
      assert.deepEqual(unknownOf(after.method), unknownOf(before.method));
      const gone = new Set(change.kind === 'remove' ? change.paths : []);
      const stay = before.images.filter(({ path }) => !gone.has(path));
      assert.deepEqual(
        after.images.map(({ path }) => path),
        stay.map(({ path }) => path),
      );
      for (const [i, image] of after.images.entries()) assert.deepEqual(unknownOf(image), unknownOf(stay[i]!));
      const old = byId(before);
      for (const cluster of after.clusters) {
        const known = old.get(cluster.id);
        if (known) assert.deepEqual(unknownOf(cluster), unknownOf(known));
      }
      assert.ok(after.images.every(({ cluster }) => byId(after).has(cluster)));
      return changed;
    });
  });

  it('does what its kind promises', () => {
    assertForEach((text, change) => {
      const changed = applyEdits(text, editsFor(text, change));
      const before = parseLabels(text);
      assertPromise(regionDocument(before), regionDocument(parseLabels(changed)), ofItems(before, change));
      return changed;
    });
  });
});

/** Applies every change of a random series to a random text, each to what the one before left. */
function assertForEach(step: (text: string, change: LabelChange) => string): void {
  fc.assert(
    fc.property(texts, series, (start, all) => {
      let text = start;
      for (const next of all) {
        const document = parseLabels(text);
        const change = document.clusters.length === 0 ? undefined : next(document);
        if (change) text = step(text, change);
      }
    }),
    runs,
  );
}

function assertApart(edits: readonly TextEdit[], length: number): void {
  const sorted = [...edits].sort((a, b) => a.offset - b.offset);
  for (const [i, edit] of sorted.entries()) {
    const next = sorted[i + 1]?.offset ?? length;
    assert.ok(edit.offset >= 0 && edit.offset + edit.length <= next, JSON.stringify(sorted));
  }
}

/** The edits that take back what was done to a text. */
function inverse(text: string, edits: readonly TextEdit[]): TextEdit[] {
  let shift = 0;
  return [...edits]
    .sort((a, b) => a.offset - b.offset)
    .map((edit) => {
      const back = {
        offset: edit.offset + shift,
        length: edit.text.length,
        text: text.slice(edit.offset, edit.offset + edit.length),
      };
      shift += edit.text.length - edit.length;
      return back;
    });
}

/** Each cluster and image with the characters that say it. */
function sources(text: string): Map<string, { value: LabelCluster | LabelImage; source: string }> {
  const { document, tree } = parseLabelTree(text);
  const of = (list: 'clusters' | 'images') =>
    document[list].map((value, i) => {
      const { offset, length } = findNodeAtLocation(tree, [list, i])!;
      const key = 'path' in value ? `image ${String(value.path)}` : `cluster ${value.id}`;
      return [key, { value, source: text.slice(offset, offset + length) }] as const;
    });
  return new Map([...of('clusters'), ...of('images')]);
}

function unknownOf(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !knownKeys.has(key)));
}

/** What people are told of each change, said without the code that makes it. */
function assertPromise(before: LabelDocument, after: LabelDocument, change: LabelChange): void {
  const [old, now] = [byPath(before), byPath(after)];
  const [oldClusters, nowClusters] = [byId(before), byId(after)];
  const isSame = (path: string) => assert.deepEqual(now.get(path), old.get(path));
  const others = (named: ReadonlySet<string>) =>
    before.images.map(({ path }) => path).filter((path) => !named.has(path));
  switch (change.kind) {
    case 'rename':
      assert.deepEqual(nowClusters.get(change.cluster), { ...oldClusters.get(change.cluster), name: change.name });
      others(new Set()).forEach(isSame);
      break;
    case 'recolor':
      assert.deepEqual(nowClusters.get(change.cluster), { ...oldClusters.get(change.cluster), color: change.color });
      others(new Set()).forEach(isSame);
      break;
    case 'pin':
      for (const path of change.paths) {
        assert.equal(now.get(path)!.pinned ?? false, change.pinned);
        assert.equal(now.get(path)!.cluster, old.get(path)!.cluster);
      }
      others(new Set(change.paths)).forEach(isSame);
      break;
    case 'move':
      for (const path of change.paths) {
        assert.equal(now.get(path)!.cluster, change.cluster);
        if (old.get(path)!.cluster !== change.cluster) assert.equal(now.get(path)!.pinned, true);
      }
      others(new Set(change.paths)).forEach(isSame);
      break;
    case 'moveToNew': {
      const targets = new Set(change.paths.map((path) => now.get(path)!.cluster));
      assert.equal(targets.size, Math.min(change.paths.length, 1));
      for (const id of targets) {
        assert.ok(!oldClusters.has(id), 'a number that nobody has');
        assert.equal(nowClusters.get(id)!.name, change.name ?? '');
      }
      for (const path of change.paths) assert.equal(now.get(path)!.pinned, true);
      others(new Set(change.paths)).forEach(isSame);
      break;
    }
    case 'merge': {
      const [into] = change.clusters;
      const merged = new Set(change.clusters);
      assert.deepEqual(
        after.clusters.map(({ id }) => id),
        before.clusters.map(({ id }) => id).filter((id) => id === into || !merged.has(id)),
      );
      const names = change.clusters.map((id) => oldClusters.get(id)!.name).filter((name) => name !== '');
      assert.equal(nowClusters.get(into!)!.name, names[0] ?? '');
      assert.equal(nowClusters.get(into!)!.kept, true);
      for (const image of after.images) {
        const was = old.get(image.path)!;
        assert.equal(image.cluster, merged.has(was.cluster) ? into : was.cluster);
        assert.equal(image.pinned, was.pinned);
      }
      break;
    }
    case 'split': {
      const [first = [], ...rest] = change.parts;
      first.forEach(isSame);
      const targets = rest.map((paths) => new Set(paths.map((path) => now.get(path)!.cluster)));
      assert.ok(targets.every((each) => each.size === 1));
      const fresh = targets.flatMap((each) => [...each]);
      assert.equal(new Set(fresh).size, rest.length);
      assert.ok(fresh.every((id) => !oldClusters.has(id)));
      others(new Set(change.parts.flat())).forEach(isSame);
      break;
    }
    case 'remove': {
      const gone = new Set(change.paths);
      assert.deepEqual(
        after.images,
        before.images.filter(({ path }) => !gone.has(path)),
      );
      break;
    }
    case 'regroup': {
      assert.equal(after.method.clusters, change.clusters);
      const isFree = (path: string) => old.get(path)!.pinned !== true;
      for (const { path } of before.images) if (!isFree(path)) isSame(path);
      others(new Set(change.groups.flat())).forEach(isSame);
      // What is grouped together is together, and apart from the other groups.
      const targets = change.groups.map((paths) => new Set(paths.filter(isFree).map((path) => now.get(path)!.cluster)));
      assert.ok(targets.every((each) => each.size <= 1));
      const all = targets.flatMap((each) => [...each]);
      assert.equal(new Set(all).size, all.length);
      break;
    }
  }
}
