// What a run changed in a label file that was there, with a look at it and a way back.
import { l10n, window } from 'vscode';
import type { RunChanges } from '../../worker/api/requests';

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

/** What can follow. */
export interface AfterChanges {
  /** Shows images in the gallery, by path. */
  show: (paths: string[]) => void;
  /** Clusters by the settings. */
  regroup: () => Promise<unknown>;
  /** Takes all of it back; absent where the file is as it was. */
  undo: (() => Promise<void>) | undefined;
}

/**
 * @param folder its name
 * @param unusedSettings the person's settings that did not count, because the label file has a method of its own
 */
export async function tellChanges(
  folder: string,
  changes: RunChanges,
  unusedSettings: readonly string[],
  { show, regroup, undo }: AfterChanges,
): Promise<void> {
  const paths = [...changes.added, ...changes.moved].sort();
  const actions = new Map<string, () => unknown>();
  if (paths.length > 0) actions.set(l10n.t('Show'), () => show(paths));
  if (undo !== undefined) actions.set(l10n.t('Undo'), undo);
  if (unusedSettings.length > 0) actions.set(l10n.t('Cluster Anew'), regroup);
  const settings =
    unusedSettings.length === 0
      ? ''
      : ` ${l10n.t('The method of the label file was used, not these settings: {0}.', unusedSettings.join(', '))}`;
  const choice = await window.showInformationMessage(
    `${folder}: ${changesInWords(changes)}.${settings}`,
    ...actions.keys(),
  );
  if (choice !== undefined) await actions.get(choice)?.();
}
