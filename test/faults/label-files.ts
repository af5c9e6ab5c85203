// Damaged label files: refused and left to the byte, or read with all that they still say.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseLabels, type LabelDocument } from '../../worker/labels';
import { mutateText } from '../tools/mutations';
import type { Kind, Try } from './kind';
import { troubleIn } from './program';
import { cluster, layOut, lostLabels } from './scene';

export const labelFiles: Kind = {
  title: 'Damaged label files',
  tries: 300,
  few: 6,
  async *run(scene, count, random, work) {
    const dataset = layOut(scene, work);
    for (let i = 0; i < count; i++) {
      const seed = random.integer(0, 2 ** 31);
      const bytes = mutateText(new TextEncoder().encode(scene.decided), seed);
      writeFileSync(dataset.labelFile, bytes);
      const ended = await cluster(dataset);
      const lost: Try['lost'] = troubleIn(ended);
      const now = readFileSync(dataset.labelFile);
      if (ended.status !== 0 && !now.equals(bytes))
        lost.push({ loss: 'labels', because: 'a file that was refused was changed' });
      if (ended.status !== 0 && !/^Error: .+/m.test(ended.output) && !/anomaly-clusters\.json/.test(ended.output))
        lost.push({ loss: 'wrong results', because: `no reason was given: ${ended.output}` });
      const expected = documentIn(bytes);
      // What says nothing has nothing to lose: a run fills it.
      const isBlank = !bytes.some((byte) => byte > 0x20);
      if (ended.status === 0 && expected === undefined && !isBlank)
        lost.push({ loss: 'wrong results', because: 'what is no label file was read as one' });
      if (ended.status === 0 && expected !== undefined) lost.push(...lostLabels(dataset.labelFile, expected));
      yield { what: `seed ${seed}`, lost };
    }
    rmSync(work, { recursive: true, force: true });
  },
};

function documentIn(bytes: Uint8Array): LabelDocument | undefined {
  try {
    return parseLabels(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
