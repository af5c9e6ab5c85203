// What is known of the image that is shown large, in one line.
import * as l10n from '@vscode/l10n';
import { clusterDot } from '../kit/cluster-dot';
import { threeDigits } from '../kit/format';
import { language } from '../kit/l10n';
import type { GalleryModel } from '../model/gallery-model';
import type { ImageModel } from '../model/image-model';

/** @param order paths in the order in which they are shown */
export function factsOf(
  image: ImageModel,
  { clusters }: Pick<GalleryModel, 'clusters'>,
  order: readonly string[],
): (HTMLElement | string)[] {
  const cluster = clusters.find(({ id }) => id === image.cluster);
  const at = order.indexOf(image.path);
  const words = [
    cluster?.title ?? '',
    image.pinned ? l10n.t('pinned') : '',
    image.score === undefined ? '' : l10n.t('anomaly score {0}', threeDigits(image.score)),
    image.truth === undefined ? '' : l10n.t('ground truth {0}', image.truth),
    image.margin === undefined ? '' : l10n.t('margin {0}', threeDigits(image.margin)),
    at < 0 ? '' : l10n.t('{0} of {1}', (at + 1).toLocaleString(language), order.length.toLocaleString(language)),
  ]
    .filter(Boolean)
    .join(' · ');
  return cluster ? [clusterDot(cluster.color), ` ${words}`] : [words];
}
