// Groups described images: linkage and cut, or another clusterer.
import { isTrained, type MethodSettings } from '../api/settings';
import { requireSetting } from '../base/require-setting';
import type { Comparison } from '../describe/comparison';
import type { Grouping } from '../pool/tasks/group';
import type { Run } from '../session/run';

/** @throws EngineError `invalid-setting` where more clusters are asked for than there are images (or regions, by the items' name); `cancelled` */
export async function groupImages(
  run: Run,
  comparison: Comparison,
  { clusterer, clusters, seed }: MethodSettings,
  items: 'images' | 'regions' = 'images',
): Promise<Grouping> {
  requireSetting(
    clusters === 'auto' || clusters <= comparison.count,
    `${clusters} clusters cannot be made of ${comparison.count} ${items}.`,
  );
  const progress = run.startStage('link', 1);
  const grouping = await run.task('group', {
    ...comparison,
    // A head that is trained begins where Ward's tree and number of clusters are.
    ...{ clusterer: isTrained(clusterer) ? 'ward' : clusterer, clusters, seed },
  });
  progress.step();
  return grouping;
}
