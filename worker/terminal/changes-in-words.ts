// What a run changed in a label file that was there, in lines to print.
import { counted } from '../base/units';
import type { RunChanges } from '../api/requests';
import { visible } from '../base/visible';
import { clusterTitle } from '../labels';

/** The first line always; then one for each kind of change that people want to know of. */
export function changesInWords({ added, moved, renamed, lost, missing, leftOut }: RunChanges): string[] {
  const names = lost.length === 0 ? '' : ` (${lost.map((cluster) => visible(clusterTitle(cluster))).join(', ')})`;
  return [
    `Since the last run: ${added.length} new, ${moved.length} moved, ${counted(lost.length, 'cluster')} lost${names}.`,
    ...(renamed.length === 0
      ? []
      : [`${imagesThat(renamed.length)} under another path than before; their labels came along.`]),
    ...(missing.length === 0
      ? []
      : [
          `${imagesThat(missing.length, ' of the label file')} not there now; ${missing.length === 1 ? 'its line stays' : 'their lines stay'} (see remove-missing).`,
        ]),
    ...(leftOut.length === 0 ? [] : [`${imagesThat(leftOut.length)} not clustered any more: masks or normal images.`]),
  ];
}

function imagesThat(count: number, which = ''): string {
  return count === 1 ? `1 image${which} is` : `${count} images${which} are`;
}
