// What the host suites share: the extension, a small dataset in the workspace, and waiting for what VS Code does by itself.
import assert from 'node:assert/strict';
import { extensions, Uri, workspace } from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import type { Node } from '../../src/tree/nodes';

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

export async function readText(uri: Uri): Promise<string> {
  return new TextDecoder().decode(await workspace.fs.readFile(uri));
}

/** Tries until it gives a value. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  seconds = 20,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const value = await probe();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited ${seconds} s for: ${what}`);
}

/** The side panel's clusters of one dataset. */
export async function clusterNodes({ tree }: ExtensionApi, folder: Uri): Promise<Extract<Node, { kind: 'cluster' }>[]> {
  const datasets = await tree.getChildren();
  const dataset = datasets.find((node) => node.kind === 'dataset' && node.file.folder.path === folder.path);
  if (dataset === undefined) return [];
  return (await tree.getChildren(dataset)).filter((node) => node.kind === 'cluster');
}
