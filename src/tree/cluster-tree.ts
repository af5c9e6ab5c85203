// The side panel's tree.
import {
  EventEmitter,
  window,
  type MarkdownString,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
  type Uri,
} from 'vscode';
import { evenly } from '../../worker/base/evenly';
import { Disposable } from '../base/disposable';
import type { LabelFiles } from '../labels/label-files';
import type { LabelFile } from '../labels/read-label-file';
import type { FolderDifferences } from './folder-differences';
import { childrenOf, idOf, type ClusterNode, type DatasetNode, type ImageNode, type Node } from './nodes';
import type { TooltipPictures } from './tooltip-pictures';
import { clusterText, pictureTooltip, toTreeItem } from './tree-items';

/** Pictures in a cluster's tooltip. */
const picturesOfCluster = 4;

export const viewId = 'anomalyClustering.clusters';

export class ClusterTree extends Disposable implements TreeDataProvider<Node> {
  private readonly changed = this._register(new EventEmitter<void>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly selected = this._register(new EventEmitter<{ labelFile: Uri; paths: string[] }>());
  /** Images of one label file were chosen in the tree. */
  readonly onDidSelectImages = this.selected.event;
  /** Paths of the images that were selected here because a gallery selected them, until VS Code tells of it. */
  private readonly revealed = new Set<string>();
  private readonly view: TreeView<Node>;
  /** Ids of what was selected when VS Code told of it last, of the nodes that it knew then. */
  private told: ReadonlySet<string> = new Set();
  /** Ids of the nodes that are unfolded: a selection elsewhere unfolds no others. */
  private readonly unfolded = new Set<string>();
  /** Undefined until the label files were read once. */
  private datasets: DatasetNode[] | undefined;
  /** The label files as they are being read; the last one counts. */
  private reading: Promise<LabelFile[]> | undefined;

  constructor(
    private readonly files: LabelFiles,
    private readonly pictures: Pick<TooltipPictures, 'of'>,
    private readonly differences: FolderDifferences,
  ) {
    super();
    const tell = () => this.changed.fire();
    this._register(differences.onDidChange(tell));
    // What nobody has asked for is read when somebody does; of what cannot be read VS Code hears when it asks.
    this._register(files.onDidChange(() => (this.reading ? void this.read().then(tell, tell) : tell())));
    this.view = this._register(
      window.createTreeView<Node>(viewId, { treeDataProvider: this, showCollapseAll: true, canSelectMany: true }),
    );
    this._register(this.view.onDidChangeVisibility(({ visible }) => visible && this.lookAgain('workspace')));
    // Whoever copied images elsewhere comes back to this window.
    this._register(
      window.onDidChangeWindowState(({ focused }) => focused && this.view.visible && this.lookAgain('listed')),
    );
    this._register(this.view.onDidExpandElement(({ element }) => this.unfolded.add(idOf(element))));
    this._register(this.view.onDidCollapseElement(({ element }) => this.unfolded.delete(idOf(element))));
    this._register(this.view.onDidChangeSelection(({ selection }) => this.onSelection(selection)));
  }

  private onSelection(selection: readonly Node[]): void {
    this.told = new Set(selection.map(idOf));
    const images = selection.filter((node) => node.kind === 'image');
    const [first] = images;
    if (!first) return;
    const { uri } = first.parent.file;
    // What a gallery selected does not go back to it: its person may have selected more by now.
    if (images.length === 1 && this.revealed.delete(first.image.path)) return;
    this.revealed.clear();
    const own = images.filter(({ parent }) => parent.file.uri.toString() === uri.toString());
    this.selected.fire({ labelFile: uri, paths: own.map(({ image }) => image.path) });
  }

  /**
   * Answers at once wherever it can. VS Code may ask for the same children twice, of its own and for a reveal, and shows an error when both
   * answers are on their way at one time (microsoft/vscode#192055).
   */
  getChildren(node?: Node): Node[] | Promise<Node[]> {
    if (node) {
      this.onAskedBelow(node);
      return childrenOf(node);
    }
    // The workspace is searched when the panel is first looked at, not when the extension starts.
    this.files.watch();
    return this.datasets ?? this.read();
  }

  /**
   * Once the tree has changed, VS Code knows no node until it has asked for it again: that one is unfolded meanwhile is not told, and of a
   * selection only what is known. What is unfolded it asks for, and what is selected it knows then.
   */
  private onAskedBelow(node: Node): void {
    this.unfolded.add(idOf(node));
    setImmediate(() => {
      if (this.isDisposed) return;
      const { selection } = this.view;
      const ids = new Set(selection.map(idOf));
      if (ids.size > this.told.size && [...this.told].every((id) => ids.has(id))) this.onSelection(selection);
    });
  }

  /** Not everything that comes or goes is told of. */
  private lookAgain(where: 'listed' | 'workspace'): void {
    if (this.datasets === undefined) return;
    // What cannot be read is told by the panel, which reads it anew.
    void this.files.lookAgain(where).catch(() => this.files.refresh());
    this.differences.lookAgain();
  }

  /** Reads the label files, again where they change meanwhile. */
  private async read(): Promise<DatasetNode[]> {
    for (;;) {
      const reading = (this.reading = this.files.all());
      const datasets = (await reading).map((file): DatasetNode => ({ kind: 'dataset', file }));
      // Who came later reads what is newer.
      if (reading === this.reading) {
        this.datasets = datasets;
        this.differences.show(datasets.map(({ file }) => file));
      }
      if (this.datasets && reading === this.files.all()) return this.datasets;
    }
  }

  getTreeItem(node: Node): TreeItem {
    return toTreeItem(node, node.kind === 'dataset' ? this.differences.of(node.file) : undefined);
  }

  getParent(node: Node): Node | undefined {
    switch (node.kind) {
      case 'dataset':
        return undefined;
      case 'cluster':
        return this.datasetOf(node.file.uri);
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
    await this.read();
    const dataset = this.datasetOf(labelFile);
    if (!dataset) return;
    for (const cluster of childrenOf(dataset)) {
      if (cluster.kind !== 'cluster' || !cluster.images.some((image) => image.path === path)) continue;
      // A long list that comes by itself is in the way.
      if (!this.unfolded.has(idOf(cluster))) {
        await this.view.reveal(cluster, { select: true, focus: false });
        // That waits until VS Code knows all nodes again, and by then what was unfolded meanwhile is known here.
        if (!this.unfolded.has(idOf(cluster))) return;
      }
      for (const child of childrenOf(cluster)) {
        const images = child.kind === 'range' ? childrenOf(child) : [child];
        const node = images.find((each) => each.kind === 'image' && each.image.path === path);
        if (!node || this.isSelected(node)) continue;
        this.revealed.add(path);
        try {
          await this.view.reveal(node, { select: true, focus: false });
        } catch (error) {
          this.revealed.delete(path);
          throw error;
        }
      }
    }
  }

  private datasetOf(labelFile: Uri): DatasetNode | undefined {
    return this.datasets?.find(({ file }) => file.uri.toString() === labelFile.toString());
  }

  private isSelected(node: Node): boolean {
    return this.view.selection.some((each) => idOf(each) === idOf(node));
  }

  async resolveTreeItem(item: TreeItem, node: Node): Promise<TreeItem> {
    if (node.kind === 'image')
      item.tooltip = await this.tooltip(node.parent.file.folder, [node.image.path], node.image.path);
    if (node.kind === 'cluster') {
      const paths = evenly(node.images, picturesOfCluster).map(({ path }) => path);
      item.tooltip = await this.tooltip(node.file.folder, paths, clusterText(node));
    }
    return item;
  }

  private async tooltip(folder: Uri, paths: string[], text: string): Promise<MarkdownString> {
    return pictureTooltip(await this.pictures.of(folder, paths).catch(() => []), text);
  }

  /** Shows a dataset without taking the focus. */
  async reveal(labelFile: Uri): Promise<void> {
    this.files.add(labelFile);
    await this.read();
    const dataset = this.datasetOf(labelFile);
    if (dataset) await this.view.reveal(dataset, { focus: false, select: false, expand: true });
  }
}
