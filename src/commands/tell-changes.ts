// What a run changed in a label file that was there, with a look at it and a way back.
import { l10n, window } from 'vscode';
import type { ClusterResult, RunChanges } from '../../worker/api/requests';

/** Long enough to be read when one looks up. */
const quietMilliseconds = 30_000;

/** Quietly, in the status bar, after a folder's first run: what was found, and what comes next. The gallery is open. */
export function tellFound({ images, clusters }: Pick<ClusterResult, 'images' | 'clusters'>): void {
  const found =
    clusters.length === 1
      ? l10n.t('{0} images in 1 cluster', images)
      : l10n.t('{0} images in {1} clusters', images, clusters.length);
  window.setStatusBarMessage(
    `$(check) ${found}. ${l10n.t('Next: name them (F2), correct what is wrong, save and commit.')}`,
    quietMilliseconds,
  );
}

/** One line: "2 new, 3 moved, 0 clusters lost". */
export function changesInWords({ added, moved, renamed, lost, missing, leftOut }: RunChanges): string {
  const clusters = lost.length === 1 ? l10n.t('1 cluster lost') : l10n.t('{0} clusters lost', lost.length);
  return [
    l10n.t('{0} new', added.length),
    l10n.t('{0} moved', moved.length),
    clusters,
    ...(renamed.length === 0 ? [] : [l10n.t('{0} renamed', renamed.length)]),
    ...(missing.length === 0 ? [] : [l10n.t('{0} not there now (their lines stay)', missing.length)]),
    ...(leftOut.length === 0 ? [] : [l10n.t('{0} not clustered any more', leftOut.length)]),
  ].join(', ');
}

/** "5 new images assigned, 2 of them unlike the others". */
function assignedInWords({ added, missing }: RunChanges, unlike: number): string {
  if (added.length === 0) return l10n.t('no new images');
  return [
    added.length === 1 ? l10n.t('1 new image assigned') : l10n.t('{0} new images assigned', added.length),
    ...(unlike === 0 ? [] : [l10n.t('{0} of them unlike the others', unlike)]),
    ...(missing.length === 0 ? [] : [l10n.t('{0} not there now (their lines stay)', missing.length)]),
  ].join(', ');
}

/** What can follow. */
export interface AfterChanges {
  /** Shows images in the gallery, by path. */
  show: (paths: string[]) => void;
  /** Clusters by the settings. */
  regroup: () => Promise<unknown>;
  /** Takes all of it back; absent where the file is as it was. */
  undo: (() => Promise<void>) | undefined;
}

/** @param folder its name */
export async function tellChanges(
  folder: string,
  { changes, unusedSettings: unused, unlike }: Pick<ClusterResult, 'changes' | 'unusedSettings' | 'unlike'>,
  { show, regroup, undo }: AfterChanges,
): Promise<void> {
  if (changes === undefined) return;
  // Whoever assigns new images asks for the label file's method.
  const unusedSettings = unlike === undefined ? unused : [];
  const paths = [...changes.added, ...changes.moved].sort();
  const actions = new Map<string, () => unknown>();
  if (paths.length > 0) actions.set(l10n.t('Show'), () => show(paths));
  if (undo !== undefined) actions.set(l10n.t('Undo'), undo);
  if (unusedSettings.length > 0) actions.set(l10n.t('Cluster Anew'), regroup);
  const settings =
    unusedSettings.length === 0
      ? ''
      : ` ${l10n.t('The method of the label file was used, not these settings: {0}.', unusedSettings.join(', '))}`;
  const what = unlike === undefined ? changesInWords(changes) : assignedInWords(changes, unlike.length);
  const choice = await window.showInformationMessage(`${folder}: ${what}.${settings}`, ...actions.keys());
  if (choice !== undefined) await actions.get(choice)?.();
}
