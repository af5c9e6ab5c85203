// Two programs cluster one folder at the same time, with one cache and one label file.
import { readFileSync, rmSync } from 'node:fs';
import type { Kind, Try } from './kind';
import { after, troubleIn } from './program';
import { cluster, layOut } from './scene';

export const twoProcesses: Kind = {
  title: 'Two processes on one folder',
  tries: 10,
  few: 1,
  async *run(scene, count, random, work) {
    for (let i = 0; i < count; i++) {
      const dataset = layOut({ ...scene, cache: undefined }, work);
      const pause = random.between(0, scene.runMilliseconds);
      const second = new Promise<void>((resolve) => after(pause, resolve)).then(() => cluster(dataset));
      const lost: Try['lost'] = [];
      for (const ended of await Promise.all([cluster(dataset), second])) {
        lost.push(...troubleIn(ended));
        if (ended.status !== 0) lost.push({ loss: 'wrong results', because: ended.output });
      }
      if (readFileSync(dataset.labelFile, 'utf8') !== scene.decided)
        lost.push({ loss: 'labels', because: 'the label file is another one than after one run' });
      yield { what: `the second after ${pause.toFixed(0)} ms`, lost };
      rmSync(work, { recursive: true, force: true });
    }
  },
};
