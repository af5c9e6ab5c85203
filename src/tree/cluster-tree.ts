// The side panel's tree.
import { EventEmitter, window, type TreeDataProvider, type TreeItem, type TreeView, type Uri } from 'vscode';
import { Disposable } from '../base/disposable';
import type { LabelFiles } from '../labels/files';
import { childrenOf, toTreeItem, type ClusterNode, type DatasetNode, type Node } from './nodes';

export const viewId = 'anomalyClustering.clusters';

export class ClusterTree extends Disposable implements TreeDataProvider<Node> {
  private readonly changed = this._register(new EventEmitter<void>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: TreeView<Node>;
  private datasets: DatasetNode[] = [];
  private isWatching = false;

  constructor(private readonly files: LabelFiles) {
    super();
    this._register(files.onDidChange(() => this.changed.fire()));
    this.view = this._register(window.createTreeView<Node>(viewId, { treeDataProvider: this, showCollapseAll: true }));
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node) return childrenOf(node);
    // The workspace is searched when the panel is first looked at, not when the extension starts.
    if (!this.isWatching) {
      this.isWatching = true;
      this.files.watch();
    }
    this.datasets = (await this.files.all()).map((file) => ({ kind: 'dataset', file }));
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

  /** Shows a dataset without taking the focus. */
  async reveal(labelFile: Uri): Promise<void> {
    this.files.add(labelFile);
    const nodes = await this.getChildren();
    const dataset = nodes.find((node) => node.kind === 'dataset' && node.file.uri.toString() === labelFile.toString());
    if (dataset) await this.view.reveal(dataset, { focus: false, select: false, expand: true });
  }
}
