// `plan` over very many names: most of the files are empty, so that what is measured is the looking and not the decoding.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { cli } from '../tools/paths';
import { measureProgram } from './measure-program';
import { drawImages } from './scaling';

/** Files of one folder. */
const ofFolder = 1000;
/** Files that are images: the plan needs some. */
const real = 20;

/** @returns a table in Markdown */
export async function measureNames(work: string, count: number): Promise<string> {
  const folder = await drawImages(join(work, 'names'), real);
  for (let i = real; i < count; i++) {
    const below = join(folder, `part-${String(Math.floor(i / ofFolder)).padStart(5, '0')}`);
    if (i === real || i % ofFolder === 0) mkdirSync(below, { recursive: true });
    closeSync(openSync(join(below, `${String(i).padStart(9, '0')}.png`), 'w'));
  }
  const command = [cli, 'plan', folder, '--shards', '64', '--work', join(work, 'shared'), '--json'];
  const { seconds, cpuSeconds, peakMegabytes, output } = await measureProgram(command, join(work, 'cache'));
  const { images } = JSON.parse(output) as { images: number };
  return [
    `| plan over ${count} names, ${images} of them images | |`,
    '| --- | --- |',
    `| time | ${seconds.toFixed(0)} s |`,
    `| work of the cores | ${cpuSeconds.toFixed(0)} s |`,
    `| peak memory | ${(peakMegabytes / 1000).toFixed(2)} GB |`,
  ].join('\n');
}
