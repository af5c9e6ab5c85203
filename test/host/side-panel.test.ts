// The side panel's tree inside a real VS Code: what is unfolded and selected there.
import assert from 'node:assert/strict';
import { commands, Uri, workspace, type TreeView } from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import { viewId } from '../../src/tree/cluster-tree';
import type { Node } from '../../src/tree/nodes';
import { eventually } from '../tools/eventually';
import { activate, clusterNodes, labelFileWith, labelText, writeText } from './workspace';

describe('the side panel', () => {
  let api: ExtensionApi;
  let view: TreeView<Node>;
  before(async () => {
    api = await activate();
    ({ view } = api.tree as unknown as { view: TreeView<Node> });
    await commands.executeCommand(`${viewId}.focus`);
  });

  const selected = () => view.selection.map((node) => (node.kind === 'image' ? node.image.path : node.kind));

  it('knows what is unfolded and selected while VS Code asks for its nodes again', async () => {
    const labelFile = await labelFileWith('asked-again', labelText);
    const folder = Uri.joinPath(labelFile, '..');
    const cluster = await eventually('a cluster', async () => (await clusterNodes(api, folder))[0]);
    await view.reveal(cluster, { select: true, focus: true });
    await eventually('the selected cluster', () => api.tree.selectedCluster?.file.uri.path === labelFile.path);

    /** Changes the label file, and does something once VS Code knows no node any more. */
    const whileAskedAgain = async (name: string, command: string) => {
      await writeText(labelFile, labelText.replace('"scratch"', `"${name}"`));
      while (view.selection.length > 0) await new Promise((resolve) => setImmediate(resolve));
      await commands.executeCommand(command);
      await eventually('the new name', async () => {
        const [first] = await clusterNodes(api, folder);
        return first?.cluster.name === name && view.selection.length > 0;
      });
    };
    await whileAskedAgain('crack', 'list.toggleExpand');
    await api.tree.revealImage(labelFile, 'd.png');
    await eventually('the image, not its cluster', () => selected().join() === 'd.png');

    const told: string[][] = [];
    const listener = api.tree.onDidSelectImages(({ paths }) => told.push(paths));
    try {
      // From the cluster down to the image.
      await commands.executeCommand('list.focusDown');
      await commands.executeCommand('list.focusDown');
      await whileAskedAgain('dent', 'list.expandSelectionUp');
      await eventually('what is selected', () => told.length > 0);
      assert.deepEqual(
        told.map((paths) => [...paths].sort()),
        [['a b/größe #1.png', 'd.png']],
      );
    } finally {
      listener.dispose();
      await workspace.fs.delete(folder, { recursive: true });
    }
  });
});
