// Damaged networks of the person's own: refused with a reason, or used; the label file is whole in any case.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLabels } from '../../worker/labels';
import { tokenNetwork } from '../hub/token-network';
import { mutate } from '../tools/mutations';
import type { Kind, Try } from './kind';
import { troubleIn } from './program';
import { cluster, layOut, lostLabels } from './scene';

export const models: Kind = {
  title: 'Damaged networks',
  tries: 200,
  few: 4,
  async *run(scene, count, random, work) {
    const dataset = layOut(scene, work);
    const original = tokenNetwork();
    for (let i = 0; i < count; i++) {
      const seed = random.integer(0, 2 ** 31);
      const model = join(work, `damaged-${i}.onnx`);
      writeFileSync(model, mutate(original, seed));
      writeFileSync(dataset.labelFile, scene.decided);
      const ended = await cluster(dataset, ['--model', model, '--regroup']);
      const lost: Try['lost'] = troubleIn(ended);
      if (ended.status !== 0) {
        if (readFileSync(dataset.labelFile, 'utf8') !== scene.decided)
          lost.push({ loss: 'labels', because: 'the label file was changed by a run that failed' });
        if (!ended.output.includes(`damaged-${i}`))
          lost.push({ loss: 'wrong results', because: `the reason does not name the file: ${ended.output}` });
      } else {
        // Grouped anew by another network: pins and lines stay, names follow the clusters.
        lost.push(...lostLabels(dataset.labelFile, { ...parseLabels(scene.decided), clusters: [] }));
      }
      yield { what: `seed ${seed}`, lost };
      rmSync(model);
    }
    rmSync(work, { recursive: true, force: true });
  },
};
