// Label files are UTF-8 in VS Code, whatever its setting files.encoding says: names with umlauts, pins and paths through runs and edits.
import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { commands, ConfigurationTarget, Uri, window, workspace } from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import { changeDocument } from '../../src/labels/document-edits';
import { openLabelDocument } from '../../src/labels/utf8-document';
import { editsFor, parseLabels } from '../../worker/labels';
import { eventually, eventuallyPasses } from '../tools/eventually';
import { activate, assignNew, clusterNodes, datasetFolder, labelFileWith, labelText } from './workspace';

describe('a label file where files.encoding is another one', () => {
  let api: ExtensionApi;
  const settings = workspace.getConfiguration('files');
  const strict = (uri: Uri) => new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(uri.fsPath));
  before(async () => {
    api = await activate();
  });
  afterEach(async () => {
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    for (const name of ['encoding', 'autoGuessEncoding'])
      await settings.update(name, undefined, ConfigurationTarget.Global);
  });

  for (const [title, values] of [
    ['windows1252', { encoding: 'windows1252' }],
    ['shiftjis', { encoding: 'shiftjis' }],
    ['utf16le', { encoding: 'utf16le' }],
    ['guessed', { autoGuessEncoding: true }],
  ] as const) {
    it(`is UTF-8 through runs, names and pins: ${title}`, async () => {
      for (const [name, value] of Object.entries(values))
        await settings.update(name, value, ConfigurationTarget.Global);
      const folder = await datasetFolder(`encoding-${title}`, 3);
      renameSync(join(folder.fsPath, 'test', 'crack'), join(folder.fsPath, 'test', 'Größe 日本'));
      const labelFile = Uri.joinPath(folder, 'anomaly-clusters.json');
      await commands.executeCommand('anomalyClustering.cluster', folder);
      const first = parseLabels(strict(labelFile));
      assert.ok(first.images.some(({ path }) => path === 'test/Größe 日本/000.png'));
      await commands.executeCommand('workbench.action.closeAllEditors');

      const [node] = await eventually('clusters in the side panel', async () => {
        const nodes = await clusterNodes(api, folder);
        return nodes.length > 0 ? nodes : undefined;
      });
      await api.rename(node!, 'Maßabweichung – groß');
      const named = parseLabels(strict(labelFile));
      assert.equal(named.clusters.find(({ id }) => id === node!.cluster.id)?.name, 'Maßabweichung – groß');
      assert.deepEqual(named.images, first.images);

      // As a person who looks at the text: VS Code itself opens it.
      const document = await workspace.openTextDocument(labelFile);
      await window.showTextDocument(document);
      const pin = { kind: 'pin', paths: ['test/Größe 日本/000.png'], pinned: true } as const;
      await changeDocument(document, (text) => editsFor(text, pin));
      assert.ok(await document.save());
      assert.equal(parseLabels(strict(labelFile)).images.filter(({ pinned }) => pinned).length, 1);
      await commands.executeCommand('workbench.action.closeAllEditors');

      const before = strict(labelFile);
      await assignNew(folder);
      assert.equal(strict(labelFile), before);
      await commands.executeCommand('notifications.clearAll');
    });
  }

  it('is not changed where its bytes are no UTF-8, and the place is told', async () => {
    const uri = await labelFileWith('encoding-latin1', labelText);
    const bytes = Buffer.from(labelText, 'latin1');
    await workspace.fs.writeFile(uri, bytes);
    await assert.rejects(openLabelDocument(uri), { code: 'label-file-invalid', message: /:\d+:\d+: .*not UTF-8/ });
    const document = await workspace.openTextDocument(uri);
    const rename = { kind: 'rename', cluster: 1, name: 'crack' } as const;
    await assert.rejects(
      changeDocument(document, (text) => editsFor(text, rename)),
      { code: 'label-file-invalid' },
    );
    assert.ok(!document.isDirty);
    assert.deepEqual(readFileSync(uri.fsPath), bytes);
    await eventuallyPasses('the place in the side panel', async () => {
      const dataset = (await api.tree.getChildren()).find(
        (node) => node.kind === 'dataset' && node.file.uri.path === uri.path,
      );
      assert.match(String(dataset && api.tree.getTreeItem(dataset).description), /not UTF-8/);
    });
  });
});
