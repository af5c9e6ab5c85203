// Which folder to cluster, when the command was not called on one.
import { l10n, window, workspace, type Uri } from 'vscode';

/** @returns undefined when the person pressed Escape */
export async function chooseFolder(): Promise<Uri | undefined> {
  const first = workspace.workspaceFolders?.[0]?.uri;
  const chosen = await window.showOpenDialog({
    title: l10n.t('Choose a folder of images'),
    openLabel: l10n.t({ message: 'Cluster', comment: ['A verb, on a button'] }),
    canSelectFiles: false,
    canSelectFolders: true,
    ...(first ? { defaultUri: first } : {}),
  });
  return chosen?.[0];
}
