// `npm run bench:many`: what a great many images take, for docs/scale.md. Prints Markdown.
//   npm run bench:many -- grouping 20000 [20] [1]  two-level grouping beside Ward, vectors drawn; of so many kinds, so far apart
//   npm run bench:many -- real 20000 FOLDER CACHE   the same of the vectors of real images, a folder for each class, made as many
//   npm run bench:many -- merge 1000000        `merge` of so many drawn images in a work folder of their full size
//   npm run bench:many -- names 1000000        `plan` over so many names of files
//   npm run bench:many -- shards 2000          8 shards one after another beside one process
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { measureMerge } from './many-merge';
import { measureNames } from './many-names';
import { realVectors } from './many-real';
import { measureShards } from './many-shards';
import { compareWithWard, drawMixture, type Labelled, type TwoLevelRow } from './two-level';

const [what = 'grouping', size = '20000', first, second] = process.argv.slice(2);
const work = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'many-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

const benches: Record<string, (count: number) => Promise<void>> = {
  grouping,
  real,
  merge: async (count) => console.log(await measureMerge(work, count)),
  shards: async (count) => console.log(await measureShards(work, count)),
  names: async (count) => console.log(await measureNames(work, count)),
};

/** Parts of a tenth, and a fiftieth of branches: as few branches as of a million. */
const optionsFor = (count: number) => ({
  ...{ largestPart: count / 10, branches: count / 50, threads: availableParallelism() },
});

const head = [
  '| Vectors | Groups | NMI of the two | of Ward, vectors moved by .01 | Ward, truth | two levels, truth | Ward | two levels |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];

async function grouping(count: number): Promise<void> {
  console.log(head.join('\n'));
  for (const apart of [1, 3]) {
    for (const kinds of [6, 20, 50]) {
      if (Number(first ?? kinds) !== kinds || Number(second ?? apart) !== apart) continue;
      const name = `${kinds} kinds, ${apart === 1 ? 'overlapping' : 'apart'}`;
      await compare(name, drawMixture(count, kinds, apart, kinds), kinds);
    }
  }
}

async function real(count: number): Promise<void> {
  const [folder, cache] = [resolve(first!), resolve(second!)];
  const vectors = await realVectors(folder, cache, work, count);
  console.log(head.join('\n'));
  await compare(basename(folder), vectors, new Set(vectors.truth).size);
}

async function compare(name: string, vectors: Labelled, kinds: number): Promise<void> {
  const ks = [kinds, Math.round(kinds / 2), 2 * kinds];
  for (const row of await compareWithWard(name, vectors, ks, optionsFor(vectors.truth.length)))
    console.log(lineOf(row));
}

function lineOf({
  what: name,
  k,
  between,
  wardMoved,
  ward,
  twoLevel,
  wardSeconds,
  twoLevelSeconds,
}: TwoLevelRow): string {
  const shares = [between, wardMoved, ward, twoLevel].map((share) => share.toFixed(3).replace(/^0/, ''));
  return `| ${[name, k, ...shares, `${wardSeconds.toFixed(1)} s`, `${twoLevelSeconds.toFixed(1)} s`].join(' | ')} |`;
}

await benches[what]!(Number(size));
