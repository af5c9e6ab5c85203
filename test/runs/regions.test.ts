// Runs that group regions: several labels an image, decisions that stay with their place, new images, and what a gallery of regions is shown.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ClusterRequest } from '../../worker/api/requests';
import { defaultSettings, type MethodSettings } from '../../worker/api/settings';
import { unpackAnalysis } from '../../worker/api/packed-analysis';
import { createCancelFlag } from '../../worker/base/cancel';
import { labelSetsOf } from '../../worker/evaluation/placement';
import { upsample } from '../../worker/evaluation/upsample';
import {
  changeLabels,
  clustersOfImage,
  keysOf,
  parseLabels,
  parseRegionKey,
  serializeLabels,
  type LabelDocument,
} from '../../worker/labels';
import { defects } from '../../worker/sample/defects';
import { handlers } from '../../worker/service';
import { openEngine, type Engine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { Cache } from '../../worker/store/cache';
import { dist, root } from '../tools/paths';
import { makeTwoDefects, type TwoDefects } from '../tools/two-defects';

const kinds = Object.keys(defects);

describe('runs that group regions', () => {
  const work = mkdtempSync(join(tmpdir(), 'regions-'));
  const folder = join(work, 'parts');
  const cache = new Cache(join(work, 'cache'));
  let engine: Engine;
  let made: TwoDefects[];
  let first: string;
  const run = () =>
    new Run({ ...engine, cache, modelsFolder: join(root, 'models') }, createCancelFlag(), () => undefined);
  const cluster = async (settings: Partial<MethodSettings>, request: Partial<ClusterRequest> = {}) =>
    handlers.cluster(run(), {
      ...{ folder, device: 'cpu', labelFile: join(folder, 'anomaly-clusters.json') },
      settings: { ...defaultSettings, ...settings },
      ...request,
    });
  const line = (labels: LabelDocument, path: string) => labels.images.find((image) => image.path === path)!;

  before(async () => {
    engine = openEngine(dist);
    made = await makeTwoDefects(folder, { images: 36 });
    first = (await cluster({ regions: true, clusters: kinds.length })).labels;
  });
  after(async () => {
    await engine.pool.close();
    rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  it('give an image the labels of both its defects, the same bytes every time', async () => {
    const labels = parseLabels(first);
    assert.equal(labels.method.regions, true);
    const { micro } = labelSetsOf(
      made.map((image) => new Set(image.kinds)),
      made.flatMap(({ path }, i) => clustersOfImage(line(labels, path)).map((cluster) => [i, cluster] as const)),
      kinds,
    );
    assert.ok(micro >= 0.85, `micro F1 ${micro}`);
    for (const { cluster, regions } of labels.images) assert.equal(cluster, regions?.[0]?.cluster ?? cluster);
    assert.equal((await cluster({ regions: true, clusters: kinds.length })).labels, first);
  });

  it('keep what was decided about a region, by the method of the label file', async () => {
    const labels = parseLabels(first);
    const image = labels.images.find(
      ({ regions = [] }) => regions.length > 1 && regions[0]!.cluster !== regions[1]!.cluster,
    )!;
    const [main, second] = keysOf(image) as [string, string];
    const decided = changeLabels(changeLabels(labels, { kind: 'moveToNew', paths: [second], name: 'odd' }), {
      ...{ kind: 'rename', cluster: image.regions![0]!.cluster, name: 'known' },
    });
    const { labels: text, changes } = await cluster({}, { previousLabels: serializeLabels(decided) });
    assert.equal(text, serializeLabels(decided), main);
    assert.deepEqual([changes!.added, changes!.moved, changes!.lost], [[], [], []]);
    // A named cluster that only a further region is in is not ended without a question.
    const regroup = cluster({}, { previousLabels: text, overrides: { regions: false }, regroup: true });
    await assert.rejects(regroup, /would end a cluster that has a name: "odd"/);
    const images = await cluster({}, { previousLabels: text, overrides: { regions: false }, mayEndClusters: true });
    assert.ok(!images.labels.includes('"regions"'));
  });

  it('assign the regions of new images, and leave every old line as it was', async () => {
    const grown = join(work, 'grown');
    cpSync(folder, grown, { recursive: true });
    const more = await makeTwoDefects(join(work, 'more'), { images: 6, seed: 5 });
    const added = more.map(({ path, kinds }, i) => ({ from: path, kinds, path: `test/parts/new ${i}.png` }));
    for (const { from, path } of added) cpSync(join(work, 'more', from), join(grown, path));
    const { labels: text, changes } = await cluster(
      {},
      { folder: grown, labelFile: join(grown, 'anomaly-clusters.json'), previousLabels: first, assignOnly: true },
    );
    assert.deepEqual(
      changes!.added,
      added.map(({ path }) => path),
    );
    const now = parseLabels(text);
    for (const image of parseLabels(first).images) assert.deepEqual(line(now, image.path), image);
    // By the kinds that the known images of a cluster show, most of what is new is where it belongs.
    const old = parseLabels(first);
    const kindsOf = new Map(old.clusters.map(({ id }) => [id, new Map<string, number>()]));
    for (const { path, kinds } of made)
      for (const id of clustersOfImage(line(old, path)))
        for (const kind of kinds) kindsOf.get(id)!.set(kind, (kindsOf.get(id)!.get(kind) ?? 0) + 1);
    const kindOf = (id: number) => [...(kindsOf.get(id) ?? [])].sort(([, a], [, b]) => b - a)[0]?.[0];
    const placed = added.flatMap(({ path, kinds }) =>
      clustersOfImage(line(now, path)).map((id) => (kinds as readonly string[]).includes(kindOf(id) ?? '')),
    );
    const right = placed.filter(Boolean).length;
    assert.ok(placed.length > added.length && right / placed.length >= 0.8, `${right} of ${placed.length}`);
  });

  it('show each region as the part of its image that it lies in, with the heat that is there', async () => {
    await cluster({ regions: true, clusters: kinds.length });
    const { images } = unpackAnalysis((await handlers.analysis(run(), { folder, ofRegions: true }))!);
    const keys = images.map(({ path }) => path);
    assert.deepEqual(
      [...keys].sort(),
      parseLabels(first)
        .images.flatMap((image) => (image.regions ? keysOf(image) : []))
        .sort(),
    );
    const thumbnails = await handlers.thumbnails(run(), { folder, paths: keys, ofRegions: true });
    const maps = await handlers.heatMaps(run(), { folder, paths: keys, ofRegions: true });
    const wholes = await handlers.heatMaps(run(), { folder, paths: made.map(({ path }) => path) });
    const found = await handlers.regions(run(), { folder, paths: made.map(({ path }) => path) });
    assert.equal(found.length, keys.length);
    for (const key of keys.slice(0, 8)) {
      const { path, box } = parseRegionKey(key)!;
      const [left, top, width, height] = box;
      const file = thumbnails.find((each) => each.path === key)!.file!;
      const shown = await sharp(file).metadata();
      assert.equal(shown.width, shown.height);
      // The hottest place of the whole map inside the box is as hot in the region's own.
      const whole = wholes.find((each) => each.path === path)!;
      const fine = upsample(whole.distances, whole.grid, 384, 384);
      let hottest = 0;
      for (let y = top; y < top + height; y++)
        for (let x = left; x < left + width; x++) hottest = Math.max(hottest, fine[y * 384 + x]!);
      const own = maps.find((each) => each.path === key)!;
      const inOwn = own.distances.reduce((a, b) => Math.max(a, b));
      assert.ok(inOwn >= 0.97 * hottest, `${key}: ${inOwn} for ${hottest}`);
      // The photo's own pixels: the picture is found where it was cut out.
      const { data: part, info } = await sharp(file).greyscale().raw().toBuffer({ resolveWithObject: true });
      const photo = await sharp(join(folder, path)).greyscale().raw().toBuffer();
      const difference = (dx: number, dy: number) => {
        let sum = 0;
        for (let y = 0; y < info.height; y++)
          for (let x = 0; x < info.width; x++)
            sum += Math.abs(part[y * info.width + x]! - photo[(y + dy) * 384 + x + dx]!);
        return sum / part.length;
      };
      const wanted = [left + width / 2 - info.width / 2, top + height / 2 - info.height / 2].map((at, axis) =>
        Math.round(Math.min(Math.max(at, 0), 384 - (axis === 0 ? info.width : info.height))),
      ) as [number, number];
      const here = Math.min(...[-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => near(dx, dy))));
      assert.ok(here < 3, `${key}: ${here}`);

      function near(dx: number, dy: number): number {
        const [x, y] = [wanted[0] + dx, wanted[1] + dy];
        return x < 0 || y < 0 || x + info.width > 384 || y + info.height > 384 ? Infinity : difference(x, y);
      }
    }
  });

  it('offer numbers of clusters by the regions’ own dendrogram', async () => {
    const [choice] = await handlers.clusterCounts(run(), { folder });
    assert.ok(choice!.groups.flat().every((key) => parseRegionKey(key) !== undefined));
    const regrouped = changeLabels(parseLabels(first), {
      kind: 'regroup',
      clusters: choice!.clusters,
      groups: choice!.groups,
    });
    const used = new Set(regrouped.images.flatMap((image) => (image.regions ? clustersOfImage(image) : [])));
    assert.equal(used.size, choice!.clusters);
  });

  it('are refused with the method of the paper, and with clusters that there are too few regions for', async () => {
    await assert.rejects(cluster({ regions: true, method: 'paper' }), /Regions are described by the blocks/);
    await assert.rejects(
      cluster({ regions: true, clusters: 5000 }),
      /5000 clusters cannot be made of \d+ (images|regions)/,
    );
  });
});
