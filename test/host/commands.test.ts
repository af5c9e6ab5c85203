// The extension inside a real VS Code: what it registers, and the whole way from a folder to a label file and the side panel.
import assert from 'node:assert/strict';
import { commands, languages, TabInputCustom, Uri, window, workspace } from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import { viewId } from '../../src/tree/cluster-tree';
import { parseLabels } from '../../worker/labels';
import { eventually } from '../tools/eventually';
import {
  activate,
  assignNew,
  clusterNodes,
  datasetFolder,
  flatFolder,
  labelFileWith,
  labelText,
  readText,
  writeText,
} from './workspace';

describe('the extension', () => {
  let api: ExtensionApi;
  before(async () => {
    api = await activate();
  });

  it('registers its commands', async () => {
    const registered = await commands.getCommands(true);
    for (const name of ['cluster', 'trySample', 'showLog', 'openGallery', 'renameCluster', 'revealCluster']) {
      assert.ok(registered.includes(`anomalyClustering.${name}`), name);
    }
  });

  it('starts without a native module and without the engine', () => {
    const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
    assert.ok(sharedObjects.length > 0);
    // The suite itself draws images with sharp, but later.
    assert.deepEqual(
      sharedObjects.filter((file) => /onnxruntime|libvips|sharp/.test(file)),
      [],
    );
    assert.equal(api.engine.pid, undefined);
  });

  it('clusters a folder into a valid label file, shows it in the side panel and opens the gallery', async () => {
    const folder = await datasetFolder('first', 4);
    await commands.executeCommand('anomalyClustering.cluster', folder);
    const labelFile = Uri.joinPath(folder, 'anomaly-clusters.json');
    const labels = parseLabels(await readText(labelFile));
    assert.equal(labels.images.length, 20);
    assert.ok(labels.images.every(({ path }) => path.startsWith('test/')));

    const nodes = await eventually('clusters in the side panel', async () => {
      const found = await clusterNodes(api, folder);
      return found.length > 0 ? found : undefined;
    });
    assert.equal(nodes.length, labels.clusters.length);
    // How many images, and which part of them is of the most frequent class.
    const sizes = nodes.map((node) => /^(\d+) · (\d+) % (\w+)$/.exec(String(api.tree.getTreeItem(node).description))!);
    assert.equal(
      sizes.reduce((sum, [, count]) => sum + Number(count), 0),
      20,
    );
    for (const [i, [, , share, name]] of sizes.entries()) {
      const own = nodes[i]!.images.filter(({ path }) => path.split('/')[1] === name);
      assert.equal(Number(share), Math.round((100 * own.length) / nodes[i]!.images.length));
    }

    await eventually('the gallery', () => {
      const input = window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof TabInputCustom && input.viewType === 'anomalyClustering.gallery' ? true : undefined;
    });
  });

  it('clusters as the settings say', async () => {
    const folder = await datasetFolder('settings', 2);
    const settings = workspace.getConfiguration('anomalyClustering');
    const changed = { clusters: 3, weights: 'uniform', clusterer: 'kmedoids', seed: 5 };
    for (const [name, value] of Object.entries(changed)) await settings.update(name, value, false);
    try {
      await commands.executeCommand('anomalyClustering.cluster', folder);
      const { clusters, method } = parseLabels(await readText(Uri.joinPath(folder, 'anomaly-clusters.json')));
      assert.equal(clusters.length, 3);
      assert.deepEqual({ ...method, ...changed }, method);
    } finally {
      for (const name of Object.keys(changed)) await settings.update(name, undefined, false);
    }
  });

  /** What stands beside a dataset's name. */
  const description = async (folder: Uri): Promise<string | undefined> => {
    const nodes = await api.tree.getChildren();
    const node = nodes.find((each) => each.kind === 'dataset' && each.file.folder.path === folder.path);
    return node && String(api.tree.getTreeItem(node).description);
  };
  const untilDescribed = async (folder: Uri, words: RegExp) =>
    eventually(`the side panel says ${words.source}`, async () => words.test((await description(folder)) ?? 'nothing'));

  it('offers to assign new images to a folder that has labels, and changes nothing where there are none', async () => {
    const folder = await flatFolder('again', 3);
    await commands.executeCommand('anomalyClustering.cluster', folder);
    const labelFile = Uri.joinPath(folder, 'anomaly-clusters.json');
    const first = await readText(labelFile);
    await assignNew(folder);
    assert.equal(await readText(labelFile), first);
    await workspace.fs.copy(Uri.joinPath(folder, 'crack-000.png'), Uri.joinPath(folder, 'crack-999.png'));
    await untilDescribed(folder, /· 1 new$/);
    await assignNew(folder);
    await untilDescribed(folder, /^(?!.*(new|missing|nothing))/);
    const added = (await readText(labelFile)).split('\n').filter((line) => !first.split('\n').includes(line));
    assert.equal(added.length, 1);
    const { images } = parseLabels(await readText(labelFile));
    const clusterOf = (name: string) => images.find(({ path }) => path === `crack-${name}.png`)?.cluster;
    assert.equal(clusterOf('999'), clusterOf('000'));
  });

  it('sees what no event told of when the side panel is looked at again', async () => {
    const labelFile = await labelFileWith('unwatched/set', labelText);
    const folder = Uri.joinPath(labelFile, '..');
    const showAgain = async () => {
      await commands.executeCommand('workbench.view.explorer');
      await commands.executeCommand(`${viewId}.focus`);
    };
    await showAgain();
    await untilDescribed(folder, /4 missing$/);
    for (const { path } of parseLabels(labelText).images) await writeText(Uri.joinPath(folder, path), 'an image');
    await writeText(labelFile, labelText.replace('"scratch"', '"crack"'));
    await showAgain();
    await untilDescribed(folder, /^(?!.*(new|missing|nothing))/);
    const [first] = await clusterNodes(api, folder);
    assert.equal(first && api.tree.getTreeItem(first).label, 'crack');
    await workspace.fs.delete(Uri.joinPath(folder, '..'), { recursive: true });
    await showAgain();
    await eventually('the folder is gone from the side panel', async () => (await description(folder)) === undefined);
  });

  it('does not overwrite a label file that does not parse', async () => {
    const folder = await datasetFolder('broken', 2);
    const labelFile = Uri.joinPath(folder, 'anomaly-clusters.json');
    await workspace.fs.writeFile(labelFile, new TextEncoder().encode('{ "version": 1,'));
    // The run ends when the message with the way out is put away.
    let isOver = false;
    void commands.executeCommand('anomalyClustering.cluster', folder).then(() => (isOver = true));
    await eventually('the end of the run', async () => {
      await commands.executeCommand('notifications.clearAll');
      return isOver;
    });
    assert.equal(await readText(labelFile), '{ "version": 1,');
    const dataset = await eventually('the broken file in the side panel', async () =>
      (await api.tree.getChildren()).find((node) => node.kind === 'dataset' && node.file.kind === 'invalid'),
    );
    assert.match(String(api.tree.getTreeItem(dataset).description), /not valid JSON/);
  });

  it('checks the label file with its JSON schema', async () => {
    const folder = await datasetFolder('schema', 2);
    await commands.executeCommand('anomalyClustering.cluster', folder);
    const labelFile = Uri.joinPath(folder, 'anomaly-clusters.json');
    const text = (await readText(labelFile)).replace('"version": 1', '"version": 7');
    await workspace.fs.writeFile(labelFile, new TextEncoder().encode(text));
    await window.showTextDocument(await workspace.openTextDocument(labelFile));
    const problem = await eventually('a problem at the wrong version', () => languages.getDiagnostics(labelFile)[0]);
    assert.equal(problem.range.start.line, 1);
  });
});
