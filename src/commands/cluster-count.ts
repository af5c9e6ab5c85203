// "Number of Clusters…": the numbers that are worth a look, each with its reason; the one that is picked becomes one edit of the label file.
import { l10n, window } from 'vscode';
import type { ClusterCountChoice } from '../../worker/api/requests';
import type { EngineClient } from '../engine/engine-client';
import { baseName } from '../labels/label-location';
import type { DatasetNode } from '../tree/nodes';
import { changeFile } from './change-clusters';
import { language } from '../base/language';

/** Above this a gap can be relied on; at 1 images without groups are. */
const clearGap = 1.1;

/** @throws EngineError `not-writable` */
export async function chooseClusterCount({ file }: DatasetNode, engine: EngineClient): Promise<void> {
  if (file.kind !== 'labels') return;
  const choices = await engine.request('clusterCounts', { folder: file.folder.fsPath });
  if (choices.length === 0) {
    const message = l10n.t(
      'What the last run of {0} found is not on this machine. Open the gallery and choose Compute, then try again.',
      baseName(file.folder),
    );
    void window.showInformationMessage(message);
    return;
  }
  const now = file.document.clusters.length;
  const picked = await window.showQuickPick(
    choices.map((choice) => ({
      label: l10n.t('{0} clusters', choice.clusters.toLocaleString(language)),
      description: reasonOf(choice),
      detail: sizesOf(choice),
      picked: choice.clusters === now,
      choice,
    })),
    {
      title: l10n.t('Number of clusters of {0}, now {1}', baseName(file.folder), now.toLocaleString(language)),
      placeHolder: l10n.t('Pinned images stay where they are. The gallery has a slider for any number.'),
    },
  );
  if (!picked) return;
  const { clusters, groups } = picked.choice;
  const lines = new Set(file.document.images.map(({ path }) => path));
  const known = groups.map((paths) => paths.filter((path) => lines.has(path))).filter(({ length }) => length > 0);
  await changeFile(file.uri, { kind: 'regroup', clusters, groups: known }, l10n.t('{0} clusters now.', clusters));
}

function reasonOf({ kind, gap }: ClusterCountChoice): string {
  const isClear = gap >= clearGap;
  switch (kind) {
    case 'fewer':
      return isClear ? l10n.t('fewer, larger groups, clearly apart') : l10n.t('fewer, larger groups');
    case 'more':
      return isClear ? l10n.t('finer groups, clearly apart') : l10n.t('finer groups');
    case 'chosen':
      return isClear ? l10n.t('chosen: clearly apart') : l10n.t('chosen: no number stands out clearly');
  }
}

/** "31, 20 and 12 images": in the person's language. */
function sizesOf({ groups }: ClusterCountChoice): string {
  const sizes = groups
    .map(({ length }) => length)
    .sort((a, b) => b - a)
    .map((size) => size.toLocaleString(language));
  return l10n.t('Images: {0}', new Intl.ListFormat(language, { type: 'conjunction' }).format(sizes));
}
