// A disk that is full: the labels stay as they were, with a message; a cache that cannot grow costs time only.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind, Try } from './kind';
import { troubleIn } from './program';
import { cluster, layOut, type Dataset } from './scene';

export const fullDisk: Kind = {
  title: 'A full disk',
  tries: 6,
  few: 2,
  lacks: () =>
    process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('mount', ['--version']).status === 0
      ? undefined
      : 'root on Linux, to mount a small disk',
  async *run(scene, count, random, work) {
    for (let i = 0; i < count; i++) {
      const kilobytes = random.integer(64, 2000);
      const disk = join(work, 'disk');
      mkdirSync(disk, { recursive: true });
      const what = i % 2 === 0 ? 'of the cache' : 'of the label file';
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk], {
        encoding: 'utf8',
      });
      if (mounted.status !== 0) throw new Error(mounted.stderr);
      try {
        const dataset = layOut({ ...scene, cache: undefined }, work);
        yield {
          what: `${kilobytes} kB, ${what}`,
          lost: await (i % 2 === 0 ? fullCache : fullFolder)(dataset, disk, scene.decided),
        };
      } finally {
        spawnSync('umount', [disk]);
      }
      rmSync(work, { recursive: true, force: true });
    }
  },
};

async function fullCache(dataset: Dataset, disk: string, decided: string): Promise<Try['lost']> {
  const ended = await cluster({ ...dataset, cache: join(disk, 'cache') });
  const lost = troubleIn(ended);
  if (ended.status !== 0) lost.push({ loss: 'wrong results', because: `a full cache ended the run: ${ended.output}` });
  if (readFileSync(dataset.labelFile, 'utf8') !== decided)
    lost.push({ loss: 'wrong results', because: 'a run without a cache gave other labels' });
  return lost;
}

async function fullFolder(dataset: Dataset, disk: string, decided: string): Promise<Try['lost']> {
  const labelFile = join(disk, 'labels.json');
  // Another name, so that there is something to write.
  writeFileSync(labelFile, decided);
  cpSync(join(dataset.folder, 'test', 'crack', '000.png'), join(dataset.folder, 'test', 'crack', 'new.png'));
  try {
    writeFileSync(join(disk, 'ballast'), new Uint8Array(4_000_000));
  } catch {
    // That was the point.
  }
  const ended = await cluster(dataset, ['--out', labelFile]);
  const lost = troubleIn(ended);
  if (readFileSync(labelFile, 'utf8') !== decided) lost.push({ loss: 'labels', because: 'the label file is damaged' });
  if (ended.status === 0 || !ended.output.includes('the disk is full'))
    lost.push({ loss: 'wrong results', because: `the full disk was not named: ${ended.output}` });
  return lost;
}
