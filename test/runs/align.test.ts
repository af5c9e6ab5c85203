// Runs over photos of parts that lie as they fell: turned alike before they are compared, shown as they are, and the same way ever after.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterRequest } from '../../worker/api/requests';
import { defaultSettings, type MethodSettings } from '../../worker/api/settings';
import { unpackAnalysis } from '../../worker/api/packed-analysis';
import { createCancelFlag } from '../../worker/base/cancel';
import { evaluate } from '../../worker/evaluation/metrics';
import { parseLabels } from '../../worker/labels';
import { writeImage } from '../../worker/sample/files';
import { handlers } from '../../worker/service';
import { openEngine, type Engine } from '../../worker/session/engine';
import { Run } from '../../worker/session/run';
import { Cache } from '../../worker/store/cache';
import { renderCategoryImage } from '../categories/categories';
import { dist, root } from '../tools/paths';

const classes = ['stain', 'crack', 'good'];
const imagesPerClass = 10;

describe('runs over parts that lie as they fell', () => {
  const work = mkdtempSync(join(tmpdir(), 'align-'));
  const [loose, still] = [join(work, 'loose'), join(work, 'still')];
  const masks = new Map<string, Float32Array>();
  const cache = new Cache(join(work, 'cache'));
  let engine: Engine;
  let first: string;
  const run = () =>
    new Run({ ...engine, cache, modelsFolder: join(root, 'models') }, createCancelFlag(), () => undefined);
  const cluster = async (settings: Partial<MethodSettings> = {}, request: Partial<ClusterRequest> = {}) => {
    const folder = request.folder ?? loose;
    return handlers.cluster(run(), {
      ...{ folder, device: 'cpu', labelFile: join(folder, 'anomaly-clusters.json') },
      settings: { ...defaultSettings, clusters: classes.length, ...settings },
      ...request,
    });
  };
  const quality = (text: string) => {
    const { images } = parseLabels(text);
    return evaluate(
      images.map(({ path }) => path.split('/')[0]!),
      images.map((image) => image.cluster),
    ).nmi;
  };

  before(async () => {
    engine = openEngine(dist);
    for (const type of classes) {
      for (let index = 0; index < imagesPerClass; index++) {
        const image = renderCategoryImage('capsule', type, index, 3);
        await writeImage(join(work, 'drawn'), { part: 'test', type, index }, image);
        masks.set(`${type}/${String(index).padStart(3, '0')}.png`, image.mask.values);
        const upright = renderCategoryImage('capsule', type, index, 3, { looseness: 0 });
        await writeImage(join(work, 'upright'), { part: 'test', type, index }, upright);
      }
    }
    cpSync(join(work, 'drawn', 'test'), loose, { recursive: true });
    cpSync(join(work, 'upright', 'test'), still, { recursive: true });
    first = (await cluster()).labels;
  });
  after(async () => {
    await engine.pool.close();
    rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  it('turn them alike, say so, and group them better than as they lie', async () => {
    const { labels, notes } = await cluster();
    assert.equal(labels, first);
    assert.equal(parseLabels(labels).method.align?.length, 5);
    assert.ok(notes.some(({ label }) => label === 'Parts'));
    const asTheyLie = await cluster({ align: 'off' });
    assert.equal(parseLabels(asTheyLie.labels).method.align, undefined);
    assert.ok(!asTheyLie.notes.some(({ label }) => label === 'Parts'));
    const [turned, lying] = [quality(first), quality(asTheyLie.labels)];
    assert.ok(turned > lying + 0.1, `NMI ${turned} turned, ${lying} as they lie`);
  });

  it('show what stands out where it is in the photo', async () => {
    await cluster();
    const { images } = unpackAnalysis((await handlers.analysis(run(), { folder: loose }))!);
    const heatMaps = await handlers.heatMaps(run(), { folder: loose, paths: images.map(({ path }) => path) });
    let [inside, outside] = [0, 0];
    for (const [i, { path }] of images.entries()) {
      const mask = masks.get(path)!;
      const side = Math.sqrt(mask.length);
      const map = heatMaps[i]!.distances;
      const cells = Math.sqrt(map.length);
      if (!mask.some(Boolean)) continue;
      const on: number[] = [];
      const off: number[] = [];
      for (const [patch, score] of map.entries()) {
        const [x, y] = [((patch % cells) + 0.5) / cells, (Math.floor(patch / cells) + 0.5) / cells];
        (mask[Math.floor(y * side) * side + Math.floor(x * side)] ? on : off).push(score);
      }
      if (on.length === 0) continue;
      inside += mean(on);
      outside += mean(off);
    }
    assert.ok(inside > 2 * outside, `${inside} on the defects, ${outside} elsewhere`);
  });

  it('leave parts that lie alike as they are, and all that the method of the paper sees', async () => {
    assert.equal(parseLabels((await cluster({}, { folder: still })).labels).method.align, undefined);
    assert.equal(parseLabels((await cluster({ method: 'paper' })).labels).method.align, undefined);
  });

  it('keep to the way of the label file: for new images, which may lie alike, and for other folders', async () => {
    const grown = join(work, 'grown');
    cpSync(loose, grown, { recursive: true });
    mkdirSync(join(grown, 'more'));
    for (let i = 0; i < 4; i++)
      cpSync(join(still, 'stain', `00${i}.png`), join(grown, 'more', `${i}.png`), { recursive: true });
    const { labels, notes } = await cluster(
      {},
      { folder: grown, previousLabels: first, assignOnly: true, labelFile: join(grown, 'anomaly-clusters.json') },
    );
    assert.deepEqual(parseLabels(labels).method.align, parseLabels(first).method.align);
    assert.ok(notes.some(({ label }) => label === 'Parts'));
    const stain = mainCluster(first, 'stain');
    const placed = parseLabels(labels).images.filter(({ path }) => path.startsWith('more/'));
    assert.equal(placed.length, 4);
    assert.ok(placed.filter((image) => image.cluster === stain).length >= 3);

    const few = join(work, 'few');
    mkdirSync(few);
    for (let i = 4; i < 8; i++) cpSync(join(still, 'stain', `00${i}.png`), join(few, `${i}.png`));
    const from = { folder: loose, labelFile: join(loose, 'anomaly-clusters.json'), labels: first };
    const elsewhere = parseLabels((await cluster({}, { folder: few, from })).labels);
    assert.deepEqual(elsewhere.method.align, parseLabels(first).method.align);
    assert.ok(elsewhere.images.filter((image) => image.cluster === stain).length >= 3);
  });

  it('begin or stop to turn parts where somebody asks for it, and only then', async () => {
    const off = (await cluster({ align: 'off' })).labels;
    // The label file of a folder that was not turned says how it is to be clustered.
    assert.equal((await cluster({}, { previousLabels: off })).labels, off);
    const again = await cluster({}, { previousLabels: off, overrides: { align: 'auto' } });
    assert.deepEqual(parseLabels(again.labels).method.align, parseLabels(first).method.align);
    const stopped = await cluster({}, { previousLabels: first, overrides: { align: 'off' } });
    assert.equal(parseLabels(stopped.labels).method.align, undefined);
  });
});

/** The cluster that most images of a class are in. */
function mainCluster(text: string, type: string): number {
  const counts = new Map<number, number>();
  for (const { path, cluster } of parseLabels(text).images)
    if (path.startsWith(`${type}/`)) counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]![0];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
