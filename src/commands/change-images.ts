// Changes of images from the side panel: pinning and moving.
import { l10n, window } from 'vscode';
import { language } from '../base/language';
import { titleOf } from '../labels/title-of';
import { itemsOf, type ImageNode } from '../tree/nodes';
import { changeFile } from './change-clusters';

/** Pins images to their cluster, or unpins them, as one edit of their label file. @throws EngineError `not-writable` */
export async function pinImages(nodes: readonly ImageNode[], pinned: boolean): Promise<void> {
  const { file, paths } = ofOneFile(nodes);
  const count = paths.length;
  const done = pinned
    ? count === 1
      ? l10n.t('1 image pinned.')
      : l10n.t('{0} images pinned.', count)
    : count === 1
      ? l10n.t('1 image unpinned.')
      : l10n.t('{0} images unpinned.', count);
  await changeFile(file.uri, { kind: 'pin', paths, pinned }, done);
}

/** Asks which cluster images are moved to. @throws EngineError `not-writable` */
export async function moveImages(nodes: readonly ImageNode[]): Promise<void> {
  const { file, paths } = ofOneFile(nodes);
  const sizes = new Map<number, number>();
  for (const { cluster } of file.document.images) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  const clusters = file.document.clusters.map((cluster) => ({
    label: titleOf(cluster),
    description: (sizes.get(cluster.id) ?? 0).toLocaleString(language),
    id: cluster.id,
  }));
  const choices = [...clusters, { label: l10n.t('New cluster'), description: '', id: undefined }];
  const title = paths.length === 1 ? l10n.t('Move 1 image to') : l10n.t('Move {0} images to', paths.length);
  const choice = await window.showQuickPick(choices, { title });
  if (!choice) return;
  const done =
    paths.length === 1
      ? l10n.t('1 image is in {0} now.', choice.label)
      : l10n.t('{0} images are in {1} now.', paths.length, choice.label);
  await changeFile(
    file.uri,
    choice.id === undefined ? { kind: 'moveToNew', paths } : { kind: 'move', paths, cluster: choice.id },
    done,
  );
}

/** Several label files cannot be changed in one edit: that of the first image is. */
function ofOneFile(nodes: readonly ImageNode[]) {
  const { file } = nodes[0]!.parent;
  const own = nodes.filter(({ parent }) => parent.file.uri.toString() === file.uri.toString());
  return { file, paths: own.flatMap(itemsOf) };
}
