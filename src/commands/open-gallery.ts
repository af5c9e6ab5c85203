// "Open Gallery": on a label file, on a dataset of the side panel, or on the one that the person chooses.
import { commands, l10n, Uri, window } from 'vscode';
import { galleryViewType } from '../gallery/view-type';
import type { LabelFiles } from '../labels/files';
import { baseName } from '../labels/location';
import type { ClusterNode, DatasetNode } from '../tree/nodes';

/** @param target a label file's address from an editor's title or the Explorer, a node of the side panel, or nothing */
export async function openGallery(
  target: Uri | DatasetNode | ClusterNode | undefined,
  files: LabelFiles,
): Promise<void> {
  const uri = target instanceof Uri ? target : (target?.file.uri ?? (await chooseLabelFile(files)));
  if (uri) await commands.executeCommand('vscode.openWith', uri, galleryViewType);
}

/** Does not ask where there is only one. */
async function chooseLabelFile(files: LabelFiles): Promise<Uri | undefined> {
  files.watch();
  const found = await files.all();
  const [first, second] = found;
  if (!first) {
    const cluster = l10n.t('Cluster a Folder');
    const message = l10n.t('There is no gallery yet: no folder of this workspace has been clustered.');
    if ((await window.showInformationMessage(message, cluster)) === cluster) {
      await commands.executeCommand('anomalyClustering.cluster');
    }
    return undefined;
  }
  if (!second) return first.uri;
  const items = found.map(({ uri, folder }) => ({ label: baseName(folder), description: uri.fsPath, uri }));
  return (await window.showQuickPick(items, { title: l10n.t('Open Gallery'), matchOnDescription: true }))?.uri;
}
