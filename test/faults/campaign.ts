// `npm run test:faults`: every kind of fault, many times, and a table of what was tried, survived and lost.
//   npm run test:faults [-- --only NAME,NAME] [--share 0.1] [--seed 1]
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../../worker/base/random';
import { cacheEntries } from './cache-entries';
import { edits } from './edits';
import { engines } from './engines';
import { fileSystem } from './file-system';
import { fullDisk } from './full-disk';
import { images } from './images';
import { killed } from './killed';
import { losses, type Kind, type Loss } from './kind';
import { labelFiles } from './label-files';
import { models } from './models';
import { setScene, type Scene } from './scene';
import { twoProcesses } from './two-processes';

export const kinds = {
  killed,
  images,
  'label-files': labelFiles,
  models,
  'cache-entries': cacheEntries,
  engines,
  'file-system': fileSystem,
  'two-processes': twoProcesses,
  edits,
  'full-disk': fullDisk,
} satisfies Record<string, Kind>;

/** What came of one kind of fault. */
export interface Tally {
  title: string;
  tried: number;
  survived: number;
  /** Tries that lost something, by what. */
  lost: Record<Loss, number>;
  /** One line for each try that lost something. */
  reasons: string[];
  skipped?: string;
}

/** Makes the faults of one kind. @param seed the same faults for the same seed, as far as time allows */
export async function tryKind(kind: Kind, scene: Scene, count: number, seed: number, work: string): Promise<Tally> {
  const tally: Tally = {
    title: kind.title,
    tried: 0,
    survived: 0,
    lost: Object.fromEntries(losses.map((loss) => [loss, 0])) as Record<Loss, number>,
    reasons: [],
  };
  const lacks = kind.lacks?.();
  if (lacks !== undefined) return { ...tally, skipped: lacks };
  mkdirSync(work, { recursive: true });
  for await (const { what, lost } of kind.run(scene, count, createRandom(seed), join(work, 'try'))) {
    tally.tried++;
    if (lost.length === 0) tally.survived++;
    for (const loss of new Set(lost.map((each) => each.loss))) tally.lost[loss]++;
    for (const { loss, because } of lost) tally.reasons.push(`${loss}: ${what}: ${because}`);
  }
  return tally;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: Object.keys(kinds).join(',') },
      share: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
    },
  });
  const work = mkdtempSync(join(tmpdir(), 'faults-'));
  const tallies: Tally[] = [];
  try {
    const scene = await setScene(work);
    for (const name of values.only.split(',')) {
      if (!(name in kinds)) throw new Error(`There is no kind ${name}. Kinds: ${Object.keys(kinds).join(', ')}.`);
      const kind: Kind = kinds[name as keyof typeof kinds];
      const count = Math.max(1, Math.round(kind.tries * Number(values.share)));
      const start = performance.now();
      const tally = await tryKind(kind, scene, count, Number(values.seed), join(work, name));
      tallies.push(tally);
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      const { title, tried, survived, skipped, reasons } = tally;
      console.log(skipped ? `${title}: skipped, needs ${skipped}` : `${title}: ${survived} of ${tried}, ${seconds} s`);
      for (const reason of reasons.slice(0, 20)) console.log(`  ${reason}`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  console.log(`\n${table(tallies)}`);
  if (tallies.some(({ tried, survived }) => survived < tried)) process.exitCode = 1;
}

function table(tallies: readonly Tally[]): string {
  const head = [
    'Fault',
    'tried',
    'survived',
    ...losses.map((loss) => (loss === 'labels' || loss === 'embeddings' ? `lost ${loss}` : loss)),
  ];
  const rows = tallies.map(({ title, tried, survived, lost, skipped }) =>
    skipped
      ? [title, 'skipped', ...losses.map(() => ''), '']
      : [title, tried, survived, ...losses.map((loss) => lost[loss])].map(String),
  );
  const lines = [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

if (process.argv[1] === import.meta.filename) await main();
