// What a click in the side panel does: it shows images where they are seen beside the others of their cluster.
import { commands } from 'vscode';
import type { GalleryProvider } from '../gallery/gallery-provider';
import { imageUri, type ClusterNode, type ImageNode } from '../tree/nodes';

/** Clicks on the same node within this time are one double click. */
const doubleClickMilliseconds = 500;

/** Opens the gallery of a node's label file and brings the node into view there. The focus stays in the side panel. */
export async function showInGallery(node: ClusterNode | ImageNode, gallery: GalleryProvider): Promise<void> {
  const { uri } = node.kind === 'cluster' ? node.file : node.parent.file;
  if (!gallery.isVisible(uri)) await gallery.open(uri, { preserveFocus: true });
  if (node.kind === 'cluster') gallery.showCluster(uri, node.cluster.id);
  else gallery.select(uri, [node.image.path]);
}

export function openImage(node: ImageNode): Thenable<unknown> {
  return commands.executeCommand('vscode.open', imageUri(node), { preview: true });
}

/** @returns to be called for every click */
export function doubleClicks<Node>(
  once: (node: Node) => Promise<unknown>,
  twice: (node: Node) => Thenable<unknown>,
): (node?: Node) => Promise<void> {
  let last: { node: Node; time: number } | undefined;
  return async (node) => {
    if (node === undefined) return;
    const now = Date.now();
    const isDouble = last?.node === node && now - last.time < doubleClickMilliseconds;
    last = isDouble ? undefined : { node, time: now };
    await (isDouble ? twice(node) : once(node));
  };
}
