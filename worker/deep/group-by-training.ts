// Who belongs together by a head that is trained for the images of a folder, where the settings ask for one.
import { EngineError } from '../api/errors';
import { isTrained, type MethodSettings } from '../api/settings';
import { renumber } from '../clustering/renumber';
import type { DescribedDataset } from '../describe/describe-images';
import { sourceOf } from '../describe/distinct-images';
import type { Grouping } from '../pool/tasks/group';
import type { Session } from '../session/session';
import { loadTensors } from '../training/library';
import { mapsForTraining, trainClusterer } from './train-clusterer';

/** Says what is missing before the long work. @throws EngineError `invalid-setting` */
export async function requireClusterer({ clusterer }: Pick<MethodSettings, 'clusterer'>): Promise<void> {
  if (isTrained(clusterer)) await loadTensors();
}

/**
 * The tree and the automatic number of clusters stay Ward's; only who belongs together is the head's.
 * @param grouping by Ward
 * @throws EngineError `invalid-setting` where what trains is not installed, or where all images are one cluster to it; `cancelled`
 */
export async function groupByTraining(
  session: Session,
  { images }: Pick<DescribedDataset, 'images'>,
  grouping: Grouping,
  { clusterer, seed }: Pick<MethodSettings, 'clusterer' | 'seed'>,
): Promise<Grouping> {
  if (!isTrained(clusterer)) return grouping;
  // Copies are trained on once, and stay together.
  const distinct = new Map(images.map(({ image }) => [image.content, image]));
  const contents = [...distinct.keys()].sort();
  const maps = await mapsForTraining(
    session,
    contents.map((content) => sourceOf(distinct.get(content)!, session.model)),
  );
  const k = Math.min(grouping.choice.k, contents.length);
  const { labels } = await trainClusterer(session.run, clusterer, maps, { k, seed });
  if (k > 1 && new Set(labels).size < 2) {
    throw new EngineError(
      { code: 'invalid-setting' },
      `The clusterer "${clusterer}" put all images into one cluster: its head learnt nothing from this folder. Use "ward", or another one. Nothing was written.`,
    );
  }
  const of = new Map(contents.map((content, i) => [content, labels[i]!]));
  return { ...grouping, assignment: renumber(Int32Array.from(images, ({ image }) => of.get(image.content)!)) };
}
