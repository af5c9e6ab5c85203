// Renames a cluster from the side panel.
import { l10n, window, workspace, type LogOutputChannel } from 'vscode';
import { clusterTitle, editsFor } from '../../worker/labels';
import { applyTextEdits, isOpenInEditor, saveDocument } from '../labels/edits';
import type { ClusterNode } from '../tree/nodes';
import { reportError } from './report-error';

/** Asks for the name. */
export async function askAndRename(node: ClusterNode, log: LogOutputChannel): Promise<void> {
  const { cluster } = node;
  const name = await window.showInputBox({
    title: l10n.t('Rename {0}', clusterTitle(cluster)),
    prompt: l10n.t('What kind of anomaly does this cluster show?'),
    value: cluster.name,
    placeHolder: l10n.t('for example scratch'),
  });
  if (name === undefined || name.trim() === cluster.name) return;
  try {
    await rename(node, name.trim());
  } catch (error) {
    await reportError(error, log);
  }
}

/**
 * One edit of the label file. Where it is open in an editor, the edit is left to be saved or undone there; otherwise it is saved,
 * and a message offers to undo it.
 */
export async function rename({ file, cluster }: ClusterNode, name: string): Promise<void> {
  const wasOpen = isOpenInEditor(file.uri);
  const document = await workspace.openTextDocument(file.uri);
  await applyTextEdits(document, editsFor(document.getText(), { kind: 'rename', cluster: cluster.id, name }));
  if (wasOpen) return;
  await saveDocument(document);
  void offerUndo(file.uri, cluster.id, clusterTitle(cluster), cluster.name, name);
}

async function offerUndo(
  uri: ClusterNode['file']['uri'],
  id: number,
  title: string,
  before: string,
  after: string,
): Promise<void> {
  const undo = l10n.t('Undo');
  const message = l10n.t('{0} is now called {1}.', title, clusterTitle({ id, name: after }));
  if ((await window.showInformationMessage(message, undo)) !== undo) return;
  try {
    const document = await workspace.openTextDocument(uri);
    const wasDirty = document.isDirty;
    await applyTextEdits(document, editsFor(document.getText(), { kind: 'rename', cluster: id, name: before }));
    if (!wasDirty) await saveDocument(document);
  } catch (error) {
    void window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}
