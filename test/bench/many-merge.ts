// `merge` of drawn images: a work folder as the shards of so many leave it, with blocks and scores in their full size.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { createRandom } from '../../worker/base/random';
import { writeChunk, type Found } from '../../worker/fleet/chunk-file';
import { writeJsonLines } from '../../worker/fleet/json-lines';
import { chunksOf, readPlan, WorkFolder, writePlan, type PlannedImage } from '../../worker/fleet/work-folder';
import { cli } from '../tools/paths';
import { measureProgram } from './measure-program';
import { drawImages } from './scaling';
import { nmi } from './two-level';

/** Blocks of the built-in network: six of 128 numbers; scores of 32 × 32 patches. */
const [blockNumbers, patches] = [6 * 128, 32 * 32];
const kinds = 20;
/** One in so many belongs to no kind. */
const noise = 20;

/** @returns a table in Markdown */
export async function measureMerge(work: string, count: number): Promise<string> {
  const cache = join(work, 'cache');
  const shared = join(work, 'shared');
  const folder = await drawImages(join(work, 'images'), 70);
  await measureProgram([cli, 'plan', folder, '--shards', '64', '--work', shared], cache);
  const truth = await enlarge(shared, count);
  const stages = new Map<string, number>();
  const start = performance.now();
  const { seconds, cpuSeconds, peakMegabytes } = await measureProgram(
    [cli, 'merge', '--work', shared, '--out', join(work, 'labels.json')],
    cache,
    (text) => {
      for (const [, title] of text.matchAll(/^([^:\n]+): /gm))
        if (!stages.has(title!)) stages.set(title!, (performance.now() - start) / 1000);
    },
  );
  const again = await measureProgram([cli, 'assign', '--work', shared], cache);
  const rows = (await parquetReadObjects({
    file: await asyncBufferFromFile(join(shared, 'images.parquet')),
    columns: ['path', 'cluster'],
  })) as { path: string; cluster: number }[];
  const known = rows.map(({ path, cluster }) => ({ cluster, kind: truth[Number(/(\d+)\.png$/.exec(path)![1])]! }));
  const ofKind = known.filter(({ kind }) => kind < kinds);
  const size = (name: string) => `${(statSync(join(shared, name)).size / 1e6).toFixed(0)} MB`;
  const begun = [...stages].map(([title, at]) => `${title} at ${at.toFixed(0)} s`).join(', ');
  return [
    `| merge of ${count} images | |`,
    '| --- | --- |',
    `| time | ${seconds.toFixed(0)} s (${begun}) |`,
    `| work of the cores | ${cpuSeconds.toFixed(0)} s |`,
    `| peak memory | ${(peakMegabytes / 1000).toFixed(2)} GB |`,
    `| rows of the table | ${rows.length} |`,
    `| clusters, of ${kinds} kinds | ${new Set(known.map(({ cluster }) => cluster)).size} |`,
    `| NMI with the truth | ${nmi(
      ofKind.map(({ kind }) => kind),
      ofKind.map(({ cluster }) => cluster),
    ).toFixed(3)} |`,
    `| Parquet, CSV | ${size('images.parquet')}, ${size('images.csv')} |`,
    `| assign --work | ${again.seconds.toFixed(0)} s, ${(again.peakMegabytes / 1000).toFixed(2)} GB |`,
  ].join('\n');
}

/** Makes a plan one of so many images, and writes what its shards would have. @returns the kind of each image */
async function enlarge(shared: string, count: number): Promise<Int32Array> {
  const small = await readPlan(shared);
  const plan = {
    ...{ ...small, images: count, files: count, chunk: 128, unusable: [] },
    run: { ...small.run, settings: { ...small.run.settings, clusters: kinds } },
  };
  await writePlan(shared, plan);
  const folder = new WorkFolder(shared, plan.id);
  const images = function* (): Generator<PlannedImage> {
    for (let row = 0; row < count; row++) {
      const content = createHash('sha256').update(String(row)).digest('hex');
      const path = `line ${row % 7}/${String(row).padStart(9, '0')}.png`;
      yield { path, content, width: 64, height: 64, isPlain: false, row };
    }
  };
  await writeJsonLines(folder.list('images'), images());
  const random = createRandom(1);
  const centres = Float32Array.from({ length: kinds * blockNumbers }, () => random.normal());
  const shares = Float64Array.from({ length: kinds }, (_, kind) => 1 / (1 + kind));
  const truth = new Int32Array(count);
  // Drawing a number for each would take longer than what is measured.
  const drawn = Float32Array.from({ length: 2 ** 20 }, () => random.normal());
  const describe = (row: number): Found => {
    const kind = row % noise === 0 ? kinds : random.weighted(shares);
    truth[row] = kind;
    const [at, elsewhere] = [random.integer(0, 2 ** 19), random.integer(0, 2 ** 19)];
    const blocks = Float32Array.from({ length: blockNumbers }, (_, d) => {
      const place = kind === kinds ? drawn[elsewhere + d]! : centres[kind * blockNumbers + d]!;
      return place + 2 * drawn[at + d]!;
    });
    const scores = drawn.slice(elsewhere, elsewhere + patches);
    return { row, blocks, scores, range: { min: -3, max: Math.max(...scores) } };
  };
  for (let shard = 0; shard < plan.shards; shard++) {
    for (const chunk of chunksOf(plan, shard)) {
      const found = Array.from({ length: chunk.end - chunk.first }, (_, i) => describe(chunk.first + i));
      await writeChunk(folder.chunk(shard, chunk.first), plan.id, chunk, { found, failures: [] });
    }
  }
  return truth;
}
