// What the host suites share: the extension, and small datasets in the workspace.
import assert from 'node:assert/strict';
import { commands, extensions, RelativePattern, Uri, workspace } from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import type { Node } from '../../src/tree/nodes';
import { serializeLabels } from '../../worker/labels';
import { eventually } from '../tools/eventually';
import { labelMethod } from '../tools/label-method';

export const extensionId = 'anomaly-clustering.anomaly-clustering';

export async function activate(): Promise<ExtensionApi> {
  const extension = extensions.getExtension<ExtensionApi>(extensionId);
  assert.ok(extension, `${extensionId} is installed`);
  return extension.activate();
}

/** A folder of the workspace with a few sample images. */
export async function datasetFolder(name: string, imagesPerClass = 3): Promise<Uri> {
  const root = workspace.workspaceFolders?.[0];
  assert.ok(root, 'a folder is open');
  const folder = Uri.joinPath(root.uri, name);
  // Only now: drawing loads sharp, and one suite asserts that activation has loaded nothing native.
  const { makeSample } = await import('../../worker/sample');
  await makeSample(folder.fsPath, { imagesPerClass });
  return folder;
}

/** A folder of the workspace with the same images and no folders in it: VS Code may not watch those that came a moment before. */
export async function flatFolder(name: string, imagesPerClass: number): Promise<Uri> {
  const sample = await datasetFolder(`${name}-sample`, imagesPerClass);
  const folder = Uri.joinPath(sample, '..', name);
  await workspace.fs.createDirectory(folder);
  const images = await workspace.findFiles(new RelativePattern(sample, 'test/*/*.png'), null);
  assert.equal(images.length, 5 * imagesPerClass);
  for (const image of images) {
    const [file, kind] = image.path.split('/').reverse();
    await workspace.fs.copy(image, Uri.joinPath(folder, `${kind}-${file}`));
  }
  await workspace.fs.delete(sample, { recursive: true });
  return folder;
}

/** Clusters a folder that has labels: the person takes the first of what is offered, which is to assign new images. */
export async function assignNew(folder: Uri): Promise<void> {
  let isOver = false;
  void commands.executeCommand('anomalyClustering.cluster', folder).then(() => (isOver = true));
  await eventually('the end of the run', async () => {
    await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return isOver;
  });
}

export async function readText(uri: Uri): Promise<string> {
  // With the byte order mark, where there is one.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await workspace.fs.readFile(uri));
}

/** A label file of this text in a folder of its own, without images. */
export async function labelFileWith(name: string, text: string): Promise<Uri> {
  const root = workspace.workspaceFolders?.[0];
  assert.ok(root, 'a folder is open');
  const labelFile = Uri.joinPath(root.uri, name, 'anomaly-clusters.json');
  await writeText(labelFile, text);
  return labelFile;
}

/** Labels as a run writes them: two clusters, the first with a name, and two images in each. */
export const labelText = serializeLabels({
  version: 1,
  root: '.',
  method: labelMethod,
  clusters: [
    { id: 1, name: 'scratch', color: 3 },
    { id: 207, name: '' },
  ],
  images: [
    { path: 'a b/größe #1.png', cluster: 1 },
    { path: 'c.png', cluster: 207 },
    { path: 'd.png', cluster: 1, pinned: true },
    { path: 'e.png', cluster: 207 },
  ],
});

export async function writeText(uri: Uri, text: string): Promise<void> {
  await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
}

/** The side panel's clusters of one dataset. */
export async function clusterNodes({ tree }: ExtensionApi, folder: Uri): Promise<Extract<Node, { kind: 'cluster' }>[]> {
  const datasets = await tree.getChildren();
  const dataset = datasets.find((node) => node.kind === 'dataset' && node.file.folder.path === folder.path);
  if (dataset === undefined) return [];
  return (await tree.getChildren(dataset)).filter((node) => node.kind === 'cluster');
}
