// Somebody edits the label file in the middle of a run: the edit is in the file that the run writes.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeLabels, parseLabels, serializeLabels } from '../../worker/labels';
import type { Kind, Try } from './kind';
import { troubleIn } from './program';
import { cluster, layOut, lostLabels } from './scene';

export const edits: Kind = {
  title: 'An edit in the middle of a run',
  tries: 30,
  few: 2,
  async *run(scene, count, random, work) {
    for (let i = 0; i < count; i++) {
      const dataset = layOut(scene, work);
      // A photo more, so that the run has something to write.
      copyFileSync(join(dataset.folder, 'test', 'crack', '000.png'), join(dataset.folder, 'test', 'crack', 'new.png'));
      const before = parseLabels(scene.decided);
      const image = before.images[random.integer(0, before.images.length - 1)]!;
      const edited = [
        { kind: 'rename', cluster: image.cluster, name: `edit ${i}` },
        { kind: 'pin', paths: [image.path], pinned: true },
      ] as const;
      const expected = edited.reduce(changeLabels, before);
      let isWritten = false;
      const act = () => {
        // As an editor saves: beside it, then renamed; every other time into the file itself.
        const text = serializeLabels(edited.reduce(changeLabels, parseLabels(readFileSync(dataset.labelFile, 'utf8'))));
        if (i % 2 === 0) writeFileSync(dataset.labelFile, text);
        else {
          writeFileSync(join(work, 'edited.json'), text);
          renameSync(join(work, 'edited.json'), dataset.labelFile);
        }
        isWritten = true;
      };
      const after = random.between(0, scene.runMilliseconds / 2);
      const ended = await cluster(dataset, [], { meanwhile: { after, act } });
      const lost: Try['lost'] = troubleIn(ended);
      if (ended.status !== 0) lost.push({ loss: 'wrong results', because: ended.output });
      if (isWritten) lost.push(...lostLabels(dataset.labelFile, expected));
      yield { what: `${image.path} after ${after.toFixed(0)} ms${isWritten ? '' : ' (too late)'}`, lost };
      rmSync(work, { recursive: true, force: true });
    }
  },
};
