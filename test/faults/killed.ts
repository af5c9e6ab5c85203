// SIGKILL at a random moment of a run: the label file is whole, what was finished is used again, and the next run ends as if nothing was.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseLabels } from '../../worker/labels';
import type { Kind, Try } from './kind';
import { troubleIn } from './program';
import { cluster, filesBelow, layOut, lostLabels } from './scene';

export const killed: Kind = {
  title: 'SIGKILL at a random moment',
  tries: 50,
  few: 2,
  async *run(scene, count, random, work) {
    for (let i = 0; i < count; i++) {
      const dataset = layOut({ ...scene, cache: undefined }, work);
      const killAfter = random.between(0, 1.1 * scene.runMilliseconds);
      const lost: Try['lost'] = [];
      const first = await cluster(dataset, [], { killAfter });
      lost.push(...troubleIn(first), ...lostLabels(dataset.labelFile, parseLabels(scene.decided)));
      const bags = filesBelow(join(dataset.cache, 'bags'));
      const second = await cluster(dataset);
      lost.push(...troubleIn(second));
      if (second.status !== 0) lost.push({ loss: 'wrong results', because: `the next run failed: ${second.output}` });
      if (readFileSync(dataset.labelFile, 'utf8') !== scene.decided)
        lost.push({ loss: 'wrong results', because: 'the next run gave other labels' });
      const after = filesBelow(join(dataset.cache, 'bags'));
      for (const [path, { inode }] of bags)
        if (path.endsWith('.bin') && after.get(path)?.inode !== inode)
          lost.push({ loss: 'embeddings', because: `${path} was computed again` });
      const rest = existsSync(dataset.folder) ? readdirSync(dirname(dataset.labelFile)).filter(isTemporary) : [];
      if (rest.length > 0) lost.push({ loss: 'wrong results', because: `${rest.join(', ')} was left in the folder` });
      yield { what: `after ${killAfter.toFixed(0)} ms`, lost };
      rmSync(work, { recursive: true, force: true });
    }
  },
};

function isTemporary(name: string): boolean {
  return name.endsWith('.tmp');
}
