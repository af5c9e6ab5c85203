// Renaming from the side panel, inside a real VS Code: saved when nobody has the file open, undoable when somebody has.
import assert from 'node:assert/strict';
import { commands, Uri, window, workspace } from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import { parseLabels } from '../../worker/labels';
import { eventually } from '../tools/eventually';
import { activate, clusterNodes, datasetFolder, readText } from './workspace';

describe('renaming a cluster', () => {
  let api: ExtensionApi;
  let folder: Uri;
  let labelFile: Uri;
  let before_: string;
  before(async () => {
    api = await activate();
    folder = await datasetFolder('rename', 3);
    labelFile = Uri.joinPath(folder, 'anomaly-clusters.json');
    await commands.executeCommand('anomalyClustering.cluster', folder);
    before_ = await readText(labelFile);
  });

  const firstCluster = () =>
    eventually('a cluster in the side panel', async () => (await clusterNodes(api, folder))[0]);

  it('changes one name and nothing else, and saves, when no editor has the file open', async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    const node = await firstCluster();
    await api.rename(node, 'scratch "deep"');
    const after = await readText(labelFile);
    const name = parseLabels(after).clusters.find(({ id }) => id === node.cluster.id)?.name;
    assert.equal(name, 'scratch "deep"');
    const changed = after.split('\n').filter((line, i) => line !== before_.split('\n')[i]);
    assert.equal(changed.length, 1);
    await commands.executeCommand('notifications.clearAll');
  });

  it('shows the new name in the side panel', async () => {
    await eventually('the new name', async () =>
      (await firstCluster()).cluster.name === 'scratch "deep"' ? true : undefined,
    );
  });

  it('is one step of undo in an open editor', async () => {
    const document = await workspace.openTextDocument(labelFile);
    await window.showTextDocument(document);
    const text = document.getText();
    await api.rename(await firstCluster(), 'crack');
    assert.ok(document.isDirty, 'left to the person to save');
    assert.equal(parseLabels(document.getText()).clusters[0]?.name, 'crack');
    await commands.executeCommand('undo');
    assert.equal(document.getText(), text);
  });
});
