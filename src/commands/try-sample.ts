// "Try with a Sample Dataset": makes it where the person chooses, and clusters it.
import { commands, l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import type { EngineClient } from '../engine/engine-client';
import type { ClusterCommand } from './cluster-folder';

const folderName = 'anomaly-sample';

/** Asks for a place, draws the images there, clusters them, and offers to open the folder. @throws EngineError when they cannot be drawn */
export async function trySample(engine: EngineClient, cluster: ClusterCommand): Promise<void> {
  const first = workspace.workspaceFolders?.[0]?.uri;
  const [parent] =
    (await window.showOpenDialog({
      title: l10n.t('Where should the folder "{0}" be made?', folderName),
      openLabel: l10n.t('Make It Here'),
      canSelectFiles: false,
      canSelectFolders: true,
      ...(first ? { defaultUri: first } : {}),
    })) ?? [];
  if (parent === undefined) return;
  const folder = await freeFolder(parent);
  await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Drawing the sample dataset') },
    () => engine.request('sample', { folder: folder.fsPath }),
  );
  // First the run: opening a folder starts the extensions anew, and so does adding a second one.
  if ((await cluster.run(folder)) && workspace.getWorkspaceFolder(folder) === undefined) await offerToOpen(folder);
}

async function offerToOpen(folder: Uri): Promise<void> {
  const folders = workspace.workspaceFolders ?? [];
  const action = folders.length === 0 ? l10n.t('Open Folder') : l10n.t('Add to Workspace');
  const message = l10n.t('The sample dataset is in {0}, outside what is open here.', folder.fsPath);
  if ((await window.showInformationMessage(message, action)) !== action) return;
  if (folders.length === 0) await commands.executeCommand('vscode.openFolder', folder);
  else workspace.updateWorkspaceFolders(folders.length, 0, { uri: folder });
}

/** anomaly-sample, anomaly-sample-2, … */
async function freeFolder(parent: Uri): Promise<Uri> {
  for (let number = 1; ; number++) {
    const candidate = Uri.joinPath(parent, number === 1 ? folderName : `${folderName}-${number}`);
    const isThere = await workspace.fs.stat(candidate).then(
      () => true,
      () => false,
    );
    if (!isThere) return candidate;
  }
}
