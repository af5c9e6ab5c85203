// "Open Gallery": on a label file, on a dataset of the side panel, or on the one that the person chooses.
import { commands, l10n, Uri, window } from 'vscode';
import type { GalleryProvider } from '../gallery/gallery-provider';
import type { LabelFiles } from '../labels/label-files';
import { baseName } from '../labels/label-location';
import type { ClusterNode, DatasetNode } from '../tree/nodes';

/** @param target a label file's address from an editor's title or the Explorer, a node of the side panel, or nothing */
export async function openGallery(
  target: Uri | DatasetNode | ClusterNode | undefined,
  files: LabelFiles,
  gallery: GalleryProvider,
): Promise<void> {
  const uri =
    target instanceof Uri ? target : (target ?? (await chooseDataset(files, l10n.t('Open Gallery'))))?.file.uri;
  if (uri) await gallery.open(uri);
}

/**
 * Asks for a clustered folder, where there are several.
 * @param title of the list
 */
export async function chooseDataset(files: LabelFiles, title: string): Promise<DatasetNode | undefined> {
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
  if (!second) return { kind: 'dataset', file: first };
  const items = found.map((file) => ({ label: baseName(file.folder), description: file.uri.fsPath, file }));
  const chosen = await window.showQuickPick(items, { title, matchOnDescription: true });
  return chosen && { kind: 'dataset', file: chosen.file };
}
