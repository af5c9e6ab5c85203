// The gallery page's pure parts: what it shows, what a selection is, where tiles lie, and what lies where on the map.
import assert from 'node:assert/strict';
import type { Analysis, PatchGrid } from '../../../../worker/api/analysis';
import { linkage } from '../../../../worker/clustering/linkage';
import { buildTree } from '../../../../worker/clustering/tree';
import type { LabelDocument } from '../../../../worker/labels';
import { packAnalysis, unpackAnalysis } from '../../../../worker/api/packed-analysis';
import { dendrogramShape } from '../../../../webview/panels/dendrogram';
import { galleryModel } from '../../../../webview/model/gallery-model';
import { heatValues } from '../../../../webview/model/heat-map';
import { layoutGrid, tilePlace, tilesWithin, tileSpan } from '../../../../webview/grid/grid-layout';
import { noInteraction, reduce, sectionsOf, type InteractionChange } from '../../../../webview/model/interaction';
import { insidePolygon, nearestPoint } from '../../../../webview/panels/map-geometry';
import { nearestRows } from '../../../../webview/model/measures';
import { latest } from '../../../../webview/kit/memo';
import { partsOf } from '../../../../webview/model/parts';
import { hottestRegion, patchAt, within } from '../../../../webview/model/patch';
import { weightsOf } from '../../../../webview/model/patch-weights';
import { labelMethod } from '../../../tools/label-method';

const method = { ...labelMethod, model: 'm@12345678' };
const paths = ['x/0.png', 'x/1.png', 'x/2.png', 'y/0.png', 'y/3.png', 'y/4.png', 'y/5.png'];
const labels: LabelDocument = {
  version: 1,
  root: '.',
  method,
  clusters: [
    { id: 1, name: 'scratch' },
    { id: 2, name: '' },
  ],
  images: paths.map((path, i) => ({ path, cluster: i < 3 ? 1 : 2, ...(i === 1 ? { pinned: true } : {}) })),
};
// On a line: the first cluster at 0, 1, 2, the second at 10, 11, 12; one of the second lies at 5.5.
const places = [0, 1, 2, 10, 11, 12, 5.5];
const grid: PatchGrid = { rows: 2, columns: 2, stride: 8, origin: 4, inputWidth: 16, inputHeight: 16 };
const analysis: Analysis = {
  scale: { min: 0, max: 1, usual: 0.2, unusual: 0.8 },
  temperature: 0.1,
  images: paths.map((path, i) => ({ path, score: i / 10, truth: path.startsWith('x') || i === 4 ? 'a' : 'b' })),
  merges: [],
  coordinates: { dimensions: 2, values: Float32Array.from(places.flatMap((x) => [x, 0])) },
};
const model = galleryModel('parts', labels, analysis);
const shownBy = (...changes: InteractionChange[]) => {
  let interaction = noInteraction;
  for (const change of changes) {
    interaction = reduce(interaction, change, () => order(interaction));
  }
  return order(interaction);
};
const order = (interaction: typeof noInteraction) =>
  sectionsOf(model, interaction).flatMap(({ images }) => images.map(({ path }) => path));

describe('the gallery page', () => {
  it('names files that are there twice by their folder, too', () => {
    assert.equal(model.images.get('x/0.png')!.fileName, 'x/0.png');
    assert.equal(model.images.get('x/1.png')!.fileName, '1.png');
  });

  it('finds the typical image, doubts and what is not of the main class', () => {
    assert.deepEqual(
      model.images.all.filter(({ isMedoid }) => isMedoid).map(({ path }) => path),
      ['x/1.png', 'y/0.png'],
    );
    // Distances of y/5.png: 4.125 to its own centre at 9.625, 4.5 to the other at 1.
    assert.ok(Math.abs(model.images.get('y/5.png')!.margin! - 0.375 / 4.5) < 1e-6);
    assert.deepEqual(
      model.images.all.filter(({ isMinority }) => isMinority).map(({ path }) => path),
      ['y/3.png'],
    );
    assert.deepEqual(model.clusters[1]!.majority, { name: 'b', share: 0.75 });
    assert.deepEqual(nearestRows(analysis.coordinates!, 6).slice(0, 2), [
      { row: 6, distance: 0 },
      { row: 2, distance: 3.5 },
    ]);
  });

  it('sorts within clusters', () => {
    assert.deepEqual(shownBy().slice(0, 1), ['x/1.png']);
    assert.deepEqual(shownBy({ kind: 'sort', order: 'name' }), paths);
    assert.deepEqual(shownBy({ kind: 'sort', order: 'score' }), [
      ...paths.slice(0, 3).reverse(),
      ...paths.slice(3).reverse(),
    ]);
    assert.equal(shownBy({ kind: 'sort', order: 'doubt' })[3], 'y/5.png');
  });

  it('filters by words, class, cluster and marks', () => {
    const byName = { kind: 'sort', order: 'name' } as const;
    const filter = (each: Parameters<typeof reduce>[1] & { kind: 'filter' }) => shownBy(byName, each);
    assert.deepEqual(filter({ kind: 'filter', filter: { text: 'SCRATCH 2' } }), ['x/2.png']);
    assert.deepEqual(filter({ kind: 'filter', filter: { truth: 'a', cluster: 2 } }), ['y/3.png']);
    assert.deepEqual(filter({ kind: 'filter', filter: { only: 'pinned' } }), ['x/1.png']);
    assert.deepEqual(filter({ kind: 'filter', filter: { only: 'doubtful' } }), ['y/5.png']);
    const list = { title: 'these', paths: ['y/4.png', 'gone.png', 'x/0.png'] };
    assert.deepEqual(filter({ kind: 'filter', filter: { list } }), ['y/4.png', 'x/0.png']);
    const queue = { ...list, paths: ['x/1.png', 'y/4.png'], isQueue: true };
    assert.deepEqual(
      filter({ kind: 'filter', filter: { list: queue } }),
      ['y/4.png'],
      'a person has decided on the other',
    );
    assert.deepEqual(filter({ kind: 'filter', filter: { list: { ...list, paths: ['gone.png'] } } }), []);
    assert.deepEqual(shownBy(byName, { kind: 'filter', filter: { text: '2' } }, { kind: 'resetFilter' }), paths);
  });

  it('selects one, more, and ranges across clusters', () => {
    const select = (...changes: InteractionChange[]) => {
      let interaction = { ...noInteraction, sort: 'name' as const } as typeof noInteraction;
      for (const change of changes) interaction = reduce(interaction, change, () => paths);
      return [...interaction.selection];
    };
    const at = (i: number, how: 'only' | 'toggle' | 'range' | 'addRange') =>
      ({ kind: 'select', path: paths[i]!, how }) as const;
    assert.deepEqual(select(at(1, 'only'), at(4, 'range')), paths.slice(1, 5));
    assert.deepEqual(select(at(4, 'only'), at(2, 'range'), at(5, 'range')), paths.slice(4, 6), 'the anchor stays');
    assert.deepEqual(select(at(1, 'only'), at(3, 'toggle'), at(1, 'toggle')), [paths[3]]);
    assert.deepEqual(select(at(0, 'only'), at(3, 'toggle'), at(4, 'addRange')), [paths[0], paths[3], paths[4]]);
    assert.deepEqual(select(at(0, 'only'), { kind: 'clear' }), []);
    const left = new Set(paths.slice(1));
    assert.deepEqual(select(at(0, 'only'), at(1, 'toggle'), { kind: 'labels', paths: left }), [paths[1]]);
  });

  it('lays out every tile once and finds those of any stretch', () => {
    const open = (count: number) => ({ arrangement: 'open', count }) as const;
    const layout = layoutGrid([7, 0, 20_000].map(open), { width: 700, tileSize: 120, room: 800 });
    assert.equal(layout.sections[0]!.columns, 5);
    const { top, height } = layout.sections[2]!;
    assert.equal(top + height, layout.height);
    for (const from of [0, 300, 5000, 123_456, layout.height - 400]) {
      const to = from + 800;
      for (const section of [0, 2]) {
        const [first, end] = tilesWithin(layout.sections[section]!, from, to);
        const count = layout.sections[section]!.count;
        const touches = (index: number) => {
          const span = tileSpan(layout.sections[section]!, index);
          return span.bottom > from && span.top < to;
        };
        for (const index of [first - 1, end]) {
          if (index >= 0 && index < count) assert.ok(!touches(index), `${index} from ${from}`);
        }
        assert.ok(end - first <= 5 * 8, `${end - first} tiles`);
        for (const index of [first, end - 1]) if (first < end) assert.ok(touches(index), `${index} from ${from}`);
      }
    }
    assert.deepEqual(tilePlace(layout.sections[0]!, 6), { x: 16 + 132, y: 151 });
    assert.equal(layoutGrid([open(3)], { width: 50, tileSize: 120, room: 800 }).sections[0]!.columns, 1);
  });

  it('lays a row out beside its heading, and says how many images it has no room for', () => {
    const row = (count: number) => ({ arrangement: 'row', count }) as const;
    const sizes = { width: 1000, tileSize: 128, room: 600 };
    const { sections, height } = layoutGrid([row(3), row(40), row(0), row(6)], sizes);
    // Four rows share 600 pixels: 150 each, less 16 around the picture.
    assert.ok(sections.every(({ tileSize, hasHeadingBeside }) => tileSize === 128 && hasHeadingBeside));
    assert.ok(height <= 600);
    const [few, many] = [sections[0]!, sections[1]!];
    assert.deepEqual([few.count, few.more], [3, 0]);
    assert.equal(many.count + many.more, 40);
    assert.equal(many.count, many.columns - 1, 'the last place says how many more there are');
    const last = tilePlace(many, many.count);
    assert.ok(last.x + many.tileSize <= 1000 && last.y === 0);
    const tight = layoutGrid(
      Array.from({ length: 6 }, () => row(9)),
      sizes,
    );
    assert.ok(tight.height <= 600 && tight.sections[0]!.tileSize < 90, 'smaller, so that all are seen');
    const narrow = layoutGrid([row(9)], { ...sizes, width: 400 }).sections[0]!;
    assert.deepEqual([narrow.hasHeadingBeside, narrow.gridTop, narrow.left], [false, 40, 16]);
    const folded = layoutGrid([{ arrangement: 'folded', count: 9 }], sizes).sections[0]!;
    assert.deepEqual([folded.count, folded.height], [0, 56]);
  });

  it('shows a row of each cluster, opens one, and all of what passes a filter', () => {
    const arrangements = (...changes: InteractionChange[]) => {
      let interaction = noInteraction;
      for (const change of changes) interaction = reduce(interaction, change, () => paths);
      return sectionsOf(model, interaction).map(({ cluster, arrangement }) => [cluster.id, arrangement]);
    };
    const whole = { kind: 'overview', isOverview: false } as const;
    const open = (cluster: number, isOpen: boolean) => ({ kind: 'open', cluster, isOpen }) as const;
    assert.deepEqual(arrangements(), [
      [1, 'row'],
      [2, 'row'],
    ]);
    assert.deepEqual(arrangements(open(2, true)), [
      [1, 'row'],
      [2, 'open'],
    ]);
    assert.deepEqual(arrangements(open(2, true), open(2, false)), arrangements());
    assert.deepEqual(arrangements(whole, open(1, false)), [
      [1, 'folded'],
      [2, 'open'],
    ]);
    const search = { kind: 'filter', filter: { text: 'png' } } as const;
    assert.deepEqual(arrangements(search), [
      [1, 'open'],
      [2, 'open'],
    ]);
    assert.deepEqual(arrangements(search, { kind: 'resetFilter' }), arrangements());
  });

  it('names the clusters that have a name first', () => {
    const [first, second] = labels.clusters;
    const unnamed = {
      ...labels,
      clusters: [
        { ...first!, name: '' },
        { ...second!, name: 'dent' },
      ],
    };
    const shown = sectionsOf(galleryModel('parts', unnamed, analysis), noInteraction);
    assert.deepEqual(
      shown.map(({ cluster, digit }) => [cluster.title, digit]),
      [
        ['dent', 2],
        ['unnamed 1', 1],
      ],
    );
  });

  it('knows no class where all images are of one, which tells nothing apart', () => {
    const images = analysis.images.map((image) => ({ ...image, truth: 'parts' }));
    const found = galleryModel('parts', labels, { ...analysis, images });
    assert.deepEqual(found.classes, []);
    assert.deepEqual(
      found.clusters.map(({ majority }) => majority),
      [undefined, undefined],
    );
    assert.deepEqual(model.classes, ['a', 'b']);
  });

  it('fills a row with typical images and with those that vary most', () => {
    // On a line: 0 is the middle of most, and 9 is far away.
    const places = [0, 0.1, -0.1, 0.2, -0.2, 3, 9];
    const many = places.map((_, i) => ({ path: `${i}.png`, cluster: 1 }));
    const found = galleryModel(
      'line',
      { ...labels, clusters: [labels.clusters[0]!], images: many },
      {
        ...analysis,
        images: many.map(({ path }) => ({ path, score: 0 })),
        merges: [],
        coordinates: { dimensions: 1, values: Float32Array.from(places) },
      },
    );
    const [section] = sectionsOf(found, noInteraction);
    const row = section!.row(4).map(({ path }) => path);
    assert.equal(row.length, 4);
    assert.ok(row.includes('6.png') && row.includes('5.png'), row.join());
    assert.deepEqual(section!.row(9).length, 7);
  });

  it('says of an image in a list which cluster it is in, and how far it is', () => {
    const values = new Map([['y/4.png', '0.5']]);
    const list = { title: 'these', paths: ['y/4.png', 'x/0.png'], values };
    const [section] = sectionsOf(model, { ...noInteraction, filter: { text: '', list } });
    const [far, near] = section!.images.map((image) => section!.captionOf!(image));
    const [, second] = model.clusters;
    assert.deepEqual(far, { text: `${second!.title} · 0.5`, color: second!.color });
    assert.deepEqual(near, { text: model.clusters[0]!.title, color: model.clusters[0]!.color });
  });

  it('knows what a line around points holds, and the nearest point', () => {
    const arrow = [
      { x: 0, y: 0 },
      { x: 10, y: 5 },
      { x: 0, y: 10 },
      { x: 4, y: 5 },
    ];
    assert.ok(insidePolygon({ x: 6, y: 5 }, arrow));
    assert.ok(!insidePolygon({ x: 2, y: 5 }, arrow), 'in the notch');
    assert.ok(!insidePolygon({ x: 6, y: 9 }, arrow));
    const points = Float32Array.of(0, 0, 5, 5, 9, 9);
    assert.equal(nearestPoint(points, { x: 6, y: 5 }, 3), 1);
    assert.equal(nearestPoint(points, { x: 20, y: 5 }, 3), undefined);
  });

  it('draws the upper part of a dendrogram', () => {
    const condensed: number[] = [];
    for (let i = 0; i < places.length; i++) {
      for (let j = i + 1; j < places.length; j++) condensed.push(Math.abs(places[i]! - places[j]!));
    }
    const tree = buildTree(linkage(Float64Array.from(condensed), places.length, 'average'), places.length);
    const whole = dendrogramShape(tree, 7);
    assert.deepEqual([whole.start, whole.end, whole.size], [0, 7, 7]);
    const upper = dendrogramShape(tree, 3);
    assert.equal(upper.end, 3);
    assert.equal(upper.height, whole.height);
    assert.ok(upper.children.every(({ height }) => height < upper.height));
  });

  it('finds the patch under the pointer, and its weight', () => {
    assert.deepEqual(patchAt(grid, 0.6, 0.1), {
      row: 0,
      column: 1,
      index: 1,
      left: 0.5,
      top: 0,
      width: 0.5,
      height: 0.5,
    });
    assert.equal(patchAt(grid, 1.2, 0.1), undefined);
    const distances = Float32Array.of(0.1, 0.2, 0.3, 0.4);
    const unsupervised = weightsOf(method, 0.1)!;
    const weights = unsupervised(distances);
    assert.ok(Math.abs(weights.reduce((total, weight) => total + weight) - 1) < 1e-6);
    assert.ok(Math.abs(weights[3]! / weights[2]! - Math.E) < 1e-4);
    const by = (how: string) => weightsOf({ ...method, weights: how, hardPatches: 2 }, 0.1)?.(distances);
    assert.deepEqual(by('normal'), weights);
    assert.deepEqual(by('uniform'), Float64Array.of(0.25, 0.25, 0.25, 0.25));
    assert.deepEqual(by('hard'), Float64Array.of(0, 0, 0.5, 0.5));
    assert.deepEqual([by('mask'), by('none')], [undefined, undefined]);
    const view = { ...analysis, weightsOf: unsupervised };
    assert.deepEqual(heatValues(distances, { ...view, coloring: 'folder' }), {
      values: distances,
      scale: { min: 0.2, max: 0.8 },
    });
    // Of four patches the highest two: four fifths stay clear, and with so few that is half.
    const own = { min: distances[2]!, max: distances[3]! };
    assert.deepEqual(heatValues(distances, { ...view, coloring: 'image' }).scale, own);
    assert.deepEqual(heatValues(distances, { ...view, coloring: 'weight' }), {
      values: weights,
      scale: { min: 0, max: weights[3]! },
    });
    const without = heatValues(distances, { ...view, weightsOf: undefined, coloring: 'weight' });
    assert.deepEqual(without, { values: distances, scale: { min: 0.2, max: 0.8 } });
  });

  it('frames what stands out most, within the image', () => {
    const grid = { rows: 8, columns: 8, stride: 8, origin: 4, inputWidth: 64, inputHeight: 64 };
    const distances = new Float32Array(64);
    distances[3 * 8 + 5] = 1;
    assert.deepEqual(hottestRegion(grid, distances), { left: 3 / 8, top: 1 / 8, width: 5 / 8, height: 5 / 8 });
    distances[63] = 2;
    assert.deepEqual(hottestRegion(grid, distances), { left: 3 / 8, top: 3 / 8, width: 5 / 8, height: 5 / 8 });
    assert.deepEqual(within({ left: -1, top: 0.5, width: 0.25, height: 2 }), {
      left: 0,
      top: 0,
      width: 0.25,
      height: 1,
    });
  });

  it('splits a cluster where its highest merge is', () => {
    // 0 and 1 merge, then 3 and 4, then 2 joins the latter; the whole is merged last.
    const merges: Analysis['merges'] = [
      [0, 1, 1, 2],
      [3, 4, 2, 2],
      [2, 6, 3, 3],
      [5, 7, 9, 5],
    ];
    const tree = { ...analysis, images: analysis.images.slice(0, 5), merges };
    const [a, b, c, d, e] = paths as [string, string, string, string, string];
    assert.deepEqual(partsOf(tree, [a, b, c, d, e]), [
      [c, d, e],
      [a, b],
    ]);
    assert.deepEqual(partsOf(tree, [c, d, e]), [[d, e], [c]]);
    assert.deepEqual(partsOf(tree, [b, e]), [[b], [e]], 'images of which the others went elsewhere');
    assert.equal(partsOf(tree, [b]), undefined);
    assert.equal(partsOf(null, [a, b]), undefined);
  });

  it('gets the analysis that the engine sent', () => {
    const merges: Analysis['merges'] = [
      [0, 1, 0.1, 2],
      [2, 7, 1 / 3, 3],
    ];
    const images = [...analysis.images, { path: 'z/with "quotes"\n.png', score: 1 / 3 }];
    const whole = { ...analysis, images, merges };
    assert.deepEqual(unpackAnalysis(structuredClone(packAnalysis(whole))), whole);
  });

  it('computes again only what depends on something else', () => {
    let times = 0;
    const double = latest((value: number) => ++times && value * 2);
    assert.deepEqual([double(1), double(1), double(2), double(1)], [2, 2, 4, 2]);
    assert.equal(times, 3);
  });
});
