// "Try with a Sample Dataset": makes it where the person chooses, and clusters it.
import { commands, l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import type { EngineClient } from '../engine/client';
import type { ClusterCommand } from './cluster';

const folderName = 'anomaly-sample';

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
  if (workspace.getWorkspaceFolder(folder) === undefined) {
    // Adding a folder to an empty window starts the extensions anew, so the run would be lost: say what to do there.
    if (workspace.workspaceFolders === undefined) {
      await commands.executeCommand('vscode.openFolder', folder);
      return;
    }
    workspace.updateWorkspaceFolders(workspace.workspaceFolders.length, 0, { uri: folder });
  }
  await cluster.run(folder);
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
