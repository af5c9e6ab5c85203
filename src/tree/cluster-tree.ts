// The side panel's tree.
import { EventEmitter, window, type TreeDataProvider, type TreeItem, type TreeView, type Uri } from 'vscode';
import { Disposable } from '../base/disposable';
import type { LabelFiles } from '../labels/label-files';
import type { LabelFile } from '../labels/read-label-file';
import { childrenOf, type ClusterNode, type DatasetNode, type ImageNode, type Node } from './nodes';
import { pictureTooltip, toTreeItem } from './tree-items';

export const viewId = 'anomalyClustering.clusters';

export class ClusterTree extends Disposable implements TreeDataProvider<Node> {
  private readonly changed = this._register(new EventEmitter<void>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly selected = this._register(new EventEmitter<{ labelFile: Uri; paths: string[] }>());
  /** Images of one label file were chosen in the tree. */
  readonly onDidSelectImages = this.selected.event;
  /** Path of the image that was selected here because a gallery selected it. */
  private revealed: string | undefined;
  private readonly view: TreeView<Node>;
  private datasets: DatasetNode[] = [];
  /** Label files that VS Code waits for. It may still wait for some that are read anew meanwhile. */
  private readonly asked = new Set<Promise<LabelFile[]>>();

  /** @param thumbnail the file of an image's thumbnail */
  constructor(
    private readonly files: LabelFiles,
    private readonly thumbnail: (folder: Uri, path: string) => Promise<string | undefined>,
  ) {
    super();
    this._register(files.onDidChange(() => this.changed.fire()));
    this.view = this._register(
      window.createTreeView<Node>(viewId, { treeDataProvider: this, showCollapseAll: true, canSelectMany: true }),
    );
    this._register(
      this.view.onDidChangeSelection(({ selection }) => {
        const images = selection.filter((node) => node.kind === 'image');
        const [first] = images;
        if (!first) return;
        const { uri } = first.parent.file;
        // What a gallery selected does not go back to it: its person may have selected more by now.
        const isEcho = images.length === 1 && first.image.path === this.revealed;
        this.revealed = undefined;
        if (isEcho) return;
        const own = images.filter(({ parent }) => parent.file.uri.toString() === uri.toString());
        this.selected.fire({ labelFile: uri, paths: own.map(({ image }) => image.path) });
      }),
    );
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node) return childrenOf(node);
    // The workspace is searched when the panel is first looked at, not when the extension starts.
    this.files.watch();
    const files = this.files.all();
    this.asked.add(files);
    try {
      this.datasets = (await files).map((file) => ({ kind: 'dataset', file }));
    } finally {
      this.asked.delete(files);
    }
    return this.datasets;
  }

  getTreeItem(node: Node): TreeItem {
    return toTreeItem(node);
  }

  getParent(node: Node): Node | undefined {
    switch (node.kind) {
      case 'dataset':
        return undefined;
      case 'cluster':
        return this.datasets.find(({ file }) => file.uri.toString() === node.file.uri.toString());
      case 'range':
      case 'image':
        return node.parent;
    }
  }

  /** The cluster that the keyboard is on; a key has no node of its own. */
  get selectedCluster(): ClusterNode | undefined {
    const [node] = this.view.selection;
    return node?.kind === 'cluster' ? node : undefined;
  }

  /** Clusters that a command is meant for: all that are selected, if the one that was clicked is among them. */
  clustersFor(clicked: ClusterNode): ClusterNode[] {
    const selected = this.view.selection.filter((node) => node.kind === 'cluster');
    return selected.includes(clicked) ? selected : [clicked];
  }

  /** Images that a command is meant for, likewise. */
  imagesFor(clicked: ImageNode): ImageNode[] {
    const selected = this.view.selection.filter((node) => node.kind === 'image');
    return selected.includes(clicked) ? selected : [clicked];
  }

  /** Selects an image that was chosen in a gallery, if the panel is open; the tree shows one at a time. */
  async revealImage(labelFile: Uri, path: string): Promise<void> {
    if (!this.view.visible) return;
    await this.atRest();
    const dataset = this.datasets.find(({ file }) => file.uri.toString() === labelFile.toString());
    if (!dataset) return;
    for (const cluster of await this.getChildren(dataset)) {
      if (cluster.kind !== 'cluster' || !cluster.images.some((image) => image.path === path)) continue;
      for (const child of await this.getChildren(cluster)) {
        const images = child.kind === 'range' ? await this.getChildren(child) : [child];
        const node = images.find((each) => each.kind === 'image' && each.image.path === path);
        if (!node || this.isSelected(node)) continue;
        this.revealed = path;
        await this.view.reveal(node, { select: true, focus: false });
      }
    }
  }

  /**
   * Waits until the label files are read. VS Code says that an element is there twice when it asks for children on its own and
   * for a reveal at the same time.
   */
  private async atRest(): Promise<void> {
    for (;;) {
      const files = this.files.all();
      await Promise.all([files, ...this.asked]);
      // What VS Code asked for meanwhile has its answer after this.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.asked.size === 0 && files === this.files.all()) return;
    }
  }

  /** Nodes are made anew whenever the tree changes; their ids stay. */
  private isSelected(node: Node): boolean {
    return this.view.selection.some((each) => toTreeItem(each).id === toTreeItem(node).id);
  }

  async resolveTreeItem(item: TreeItem, node: Node): Promise<TreeItem> {
    const path = node.kind === 'image' ? node.image.path : node.kind === 'cluster' ? node.images[0]?.path : undefined;
    if (path === undefined || (node.kind !== 'image' && node.kind !== 'cluster')) return item;
    const { folder } = node.kind === 'image' ? node.parent.file : node.file;
    const file = await this.thumbnail(folder, path).catch(() => undefined);
    if (file !== undefined) item.tooltip = pictureTooltip(file, path);
    return item;
  }

  /** Shows a dataset without taking the focus. */
  async reveal(labelFile: Uri): Promise<void> {
    this.files.add(labelFile);
    await this.atRest();
    const nodes = await this.getChildren();
    const dataset = nodes.find((node) => node.kind === 'dataset' && node.file.uri.toString() === labelFile.toString());
    if (dataset) await this.view.reveal(dataset, { focus: false, select: false, expand: true });
  }
}
