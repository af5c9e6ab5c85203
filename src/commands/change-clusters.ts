// Changes of clusters from the side panel: renaming and merging.
import { l10n, window, type LogOutputChannel, type Uri } from 'vscode';
import type { LabelChange } from '../../worker/labels';
import { changeDocument, isOpenInEditor, saveDocument } from '../labels/document-edits';
import { labelsModule } from '../labels/labels-module';
import { knownLabels } from '../labels/read-label-file';
import { titleOf } from '../labels/title-of';
import { undoChange } from '../labels/undo-change';
import { openLabelDocument } from '../labels/utf8-document';
import type { ClusterNode } from '../tree/nodes';
import { reportError } from './report-error';

/** Asks for the name. */
export async function askAndRename(node: ClusterNode, log: LogOutputChannel): Promise<void> {
  const { cluster } = node;
  const name = await window.showInputBox({
    title: l10n.t('Rename {0}', titleOf(cluster)),
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

/** Gives a cluster another name, as one edit of its label file. @throws EngineError `not-writable` */
export async function rename({ file, cluster }: ClusterNode, name: string): Promise<void> {
  const done = l10n.t('{0} is now called {1}.', titleOf(cluster), titleOf({ id: cluster.id, name }));
  await changeFile(file.uri, { kind: 'rename', cluster: cluster.id, name }, done);
}

/** Merges several clusters, or asks which one a single cluster is merged into. */
export async function merge(nodes: readonly ClusterNode[]): Promise<void> {
  const [first] = nodes;
  if (!first) return;
  const { uri, document } = first.file;
  const own = nodes.filter(({ file }) => file.uri.toString() === uri.toString()).map(({ cluster }) => cluster.id);
  let clusters = own;
  if (own.length === 1) {
    const others = document.clusters.filter(({ id }) => id !== first.cluster.id);
    const choice = await window.showQuickPick(
      others.map((cluster) => ({ label: titleOf(cluster), id: cluster.id })),
      { title: l10n.t('Merge {0} into', titleOf(first.cluster)) },
    );
    if (!choice) return;
    clusters = [choice.id, first.cluster.id];
  }
  await changeFile(uri, { kind: 'merge', clusters }, l10n.t('{0} clusters are one now.', clusters.length));
}

/**
 * One edit of the label file. Where it is open in an editor, the edit is left to be saved or undone there; otherwise it is saved,
 * and a message offers to undo it.
 * @param done what the message says
 * @throws EngineError `not-writable`
 */
export async function changeFile(uri: Uri, change: LabelChange, done: string): Promise<void> {
  const wasOpen = isOpenInEditor(uri);
  const document = await openLabelDocument(uri);
  const { editsFor } = await labelsModule();
  let before = '';
  await changeDocument(document, (text) => {
    before = text;
    return editsFor(text, change, knownLabels(uri, text));
  });
  if (wasOpen) return;
  await saveDocument(document);
  void offerUndo(uri, before, document.getText(), done);
}

async function offerUndo(uri: Uri, before: string, after: string, message: string): Promise<void> {
  const undo = l10n.t('Undo');
  if ((await window.showInformationMessage(message, undo)) === undo) await undoChange(uri, before, after);
}
