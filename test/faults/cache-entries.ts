// Damaged entries of the cache, of every kind: computed anew in the same run, never taken for true.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../worker/base/random';
import { mutate } from '../tools/mutations';
import type { Kind, Try } from './kind';
import { troubleIn } from './program';
import { cluster, filesBelow, layOut } from './scene';

const perRun = 10;

export const cacheEntries: Kind = {
  title: 'Damaged entries of the cache',
  tries: 100,
  few: 20,
  async *run(scene, count, random, work) {
    for (let done = 0; done < count; done += perRun) {
      const dataset = layOut(scene, work);
      const entries = new Set(filesBelow(dataset.cache).keys());
      const faults = Array.from({ length: Math.min(perRun, count - done) }, () => {
        const entry = drawn([...entries], random, done);
        // Each at most once: what became a folder cannot be damaged again.
        entries.delete(entry);
        return `${entry} ${damage(join(dataset.cache, entry), random)}`;
      });
      const lost: Try['lost'] = [];
      for (const run of ['the run', 'the next run']) {
        const ended = await cluster(dataset, ['--report', join(work, 'report.html')]);
        lost.push(...troubleIn(ended));
        if (ended.status !== 0) lost.push({ loss: 'wrong results', because: `${run} failed: ${ended.output}` });
        if (readFileSync(dataset.labelFile, 'utf8') !== scene.decided)
          lost.push({ loss: 'wrong results', because: `${run} gave other labels` });
      }
      for (const what of faults) yield { what, lost };
      rmSync(work, { recursive: true, force: true });
    }
  },
};

/** An entry of each kind in turn: most entries are of one kind. */
function drawn(entries: readonly string[], random: Random, done: number): string {
  const kinds = [...new Set(entries.map((entry) => entry.split('/')[0]!))].sort();
  const kind = kinds[(done + random.integer(0, kinds.length - 1)) % kinds.length]!;
  const own = entries.filter((entry) => entry.startsWith(`${kind}/`));
  return own[random.integer(0, own.length - 1)]!;
}

/** @returns what was done */
function damage(file: string, random: Random): string {
  const seed = random.integer(0, 2 ** 31);
  switch (random.integer(0, 4)) {
    case 0:
      rmSync(file);
      mkdirSync(file);
      return 'became a folder';
    case 1:
      writeFileSync(file, '');
      return 'was emptied';
    case 2:
      writeFileSync(file, readFileSync(file).fill(0xff));
      return 'was filled with ones';
    default:
      writeFileSync(file, mutate(readFileSync(file), seed));
      return `was changed, seed ${seed}`;
  }
}
