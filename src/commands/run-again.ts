// What a run is to do with a folder that has labels already: the person is asked, and what changes least comes first.
import { l10n, window, type Uri } from 'vscode';
import { baseName } from '../labels/label-location';
import type { ClusterCommand } from './cluster-folder';

/** @returns whether the folder was worked on; false after Escape */
export async function runAgain(cluster: ClusterCommand, folder: Uri, labelFile: Uri): Promise<boolean> {
  const choices = [
    {
      label: l10n.t('Assign New Images'),
      detail: l10n.t('New images get the most probable cluster. Nothing that is there changes.'),
      run: () => cluster.assignNew(folder, labelFile),
    },
    {
      label: l10n.t('Cluster Again'),
      detail: l10n.t(
        'By the method of the label file. Clusters that you named or made stay whole, pinned images stay.',
      ),
      run: () => cluster.run(folder, labelFile),
    },
    {
      label: l10n.t('Cluster Anew'),
      detail: l10n.t('By your settings. Only pinned images stay where they are.'),
      run: () => cluster.runAnew(folder, labelFile),
    },
  ];
  const title = l10n.t('{0} has clusters already', baseName(folder));
  const choice = await window.showQuickPick(choices, { title });
  return choice === undefined ? false : choice.run();
}
