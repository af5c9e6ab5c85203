// Registers the commands that package.json names.
import { commands, env, l10n, Uri, window, type LogOutputChannel } from 'vscode';
import { fileInside } from '../../worker/images/inside';
import { Disposable } from '../base/disposable';
import type { EngineClient } from '../engine/engine-client';
import { chooseExport } from '../export/choose-export';
import type { GalleryProvider } from '../gallery/gallery-provider';
import { exportCatalogue } from '../export/catalogue';
import type { LabelFiles } from '../labels/label-files';
import { labelFileOf } from '../labels/label-location';
import { openAsText } from '../labels/open-as-text';
import { methodIn, readText } from '../labels/read-label-file';
import type { ClusterTree } from '../tree/cluster-tree';
import { imageUri, type ClusterNode, type DatasetNode, type ImageNode } from '../tree/nodes';
import { askAndRename, merge } from './change-clusters';
import { moveImages, pinImages } from './change-images';
import { chooseFolder } from './choose-folder';
import { chooseNetwork } from './choose-network';
import { chooseClusterCount } from './cluster-count';
import type { ClusterCommand } from './cluster-folder';
import { chooseDataset, openGallery } from './open-gallery';
import { openResult } from './open-result';
import { doubleClicks, openImage, showInGallery } from './show-in-gallery';
import { removeMissing } from './remove-missing';
import { runAgain } from './run-again';
import { chooseAmongDatasets } from './several-datasets';
import { reportError } from './report-error';
import { trySample } from './try-sample';
import { useClustersOf } from './use-clusters-of';

export class Commands extends Disposable {
  constructor(
    engine: EngineClient,
    files: LabelFiles,
    tree: ClusterTree,
    cluster: ClusterCommand,
    gallery: GalleryProvider,
    log: LogOutputChannel,
  ) {
    super();
    const register = <Args extends unknown[]>(name: string, run: (...args: Args) => unknown) => {
      const guarded = async (...args: Args) => {
        try {
          await run(...args);
        } catch (error) {
          await reportError(error, log);
        }
      };
      this._register(commands.registerCommand(`anomalyClustering.${name}`, guarded));
    };
    register('cluster', async (target?: unknown) => {
      // The Explorer hands over a folder; the palette and the panel's title bar do not.
      const folder = target instanceof Uri ? target : await chooseFolder();
      const dataset = folder && (await chooseAmongDatasets(folder, engine));
      if (!dataset) return;
      const labelFile = labelFileOf(dataset);
      const labels = await readText(labelFile);
      // A file that cannot be read is a mistake that the run tells of.
      if (labels === undefined || (await methodIn(labels)) === undefined) await cluster.run(dataset);
      else await runAgain(cluster, dataset, labelFile);
    });
    // VS Code hands over no node where the tree was read anew while its menu was open.
    const registerForDataset = (name: string, title: string, run: (node: DatasetNode) => unknown) =>
      register(name, async (node?: DatasetNode) => {
        const dataset = node ?? (await chooseDataset(files, title));
        if (dataset) await run(dataset);
      });
    const registerForNode = <N extends ClusterNode | ImageNode>(name: string, run: (node: N) => unknown) =>
      register(name, (node?: N) => (node ? run(node) : tellToChooseAgain()));
    registerForDataset('assignNew', l10n.t('Assign New Images'), ({ file }) =>
      cluster.assignNew(file.folder, file.uri),
    );
    registerForDataset('clusterAgain', l10n.t('Cluster Again'), ({ file }) => cluster.run(file.folder, file.uri));
    registerForDataset('clusterAnew', l10n.t('Cluster Anew'), ({ file }) => cluster.runAnew(file.folder, file.uri));
    registerForDataset('clusterCount', l10n.t('Number of Clusters'), (node) => chooseClusterCount(node, engine));
    registerForDataset('removeMissing', l10n.t('Remove Missing Images'), (node) => removeMissing(node, engine));
    registerForDataset('exportCatalogue', l10n.t('Export Catalogue of Defects'), async ({ file }) =>
      exportCatalogue({ folder: file.folder, labelFile: file.uri, labels: (await readText(file.uri)) ?? '' }, engine),
    );
    register('useClustersOf', () => useClustersOf(cluster));
    register('trySample', () => trySample(engine, cluster));
    register('openGallery', (target?: Uri | DatasetNode | ClusterNode) => openGallery(target, files, gallery));
    register('openResult', (target?: unknown) =>
      openResult(target instanceof Uri ? target : undefined, files, gallery),
    );
    register('openLabelFile', async (target?: Uri | DatasetNode) => {
      if (target instanceof Uri) return openAsText(target);
      const dataset = target ?? (await chooseDataset(files, l10n.t('Open Label File')));
      return dataset && openAsText(dataset.file.uri, dataset.file.kind === 'invalid' ? dataset.file : undefined);
    });
    register(
      'renameCluster',
      (node: ClusterNode | undefined = tree.selectedCluster) => node && askAndRename(node, log),
    );
    registerForNode('revealCluster', ({ file, images }: ClusterNode) => {
      const first = images.map(({ path }) => fileInside(file.folder.fsPath, path)).find((path) => path !== undefined);
      return first && commands.executeCommand('revealInExplorer', Uri.file(first));
    });
    registerForNode('mergeClusters', (node: ClusterNode) => merge(tree.clustersFor(node)));
    registerForNode('copyPaths', (node: ClusterNode | ImageNode) => {
      const uris =
        node.kind === 'cluster'
          ? tree
              .clustersFor(node)
              .flatMap(({ file, images }) => images.map(({ path }) => Uri.joinPath(file.folder, path)))
          : tree.imagesFor(node).map(imageUri);
      return env.clipboard.writeText(uris.map(({ fsPath }) => fsPath).join('\n'));
    });
    registerForDataset('compareWith', l10n.t('Compare with Normal Images'), ({ file }) =>
      cluster.compareWith(file.folder, file.uri),
    );
    registerForDataset('exportClusters', l10n.t('Export'), ({ file }) => chooseExport(file.uri, engine));
    const show = (node: ClusterNode | ImageNode) => showInGallery(node, gallery);
    registerForNode('showInGallery', show);
    // A tree tells of every click by itself: the second one of a double click opens the file.
    const click = doubleClicks<ClusterNode | ImageNode>(show, (node) =>
      node.kind === 'image' ? openImage(node) : show(node),
    );
    register('clickNode', click);
    registerForNode('openImage', openImage);
    registerForNode('revealImage', (node: ImageNode) => commands.executeCommand('revealInExplorer', imageUri(node)));
    registerForNode('pinImages', (node: ImageNode) => pinImages(tree.imagesFor(node), true));
    registerForNode('unpinImages', (node: ImageNode) => pinImages(tree.imagesFor(node), false));
    registerForNode('moveImages', (node: ImageNode) => moveImages(tree.imagesFor(node)));
    register('chooseNetwork', () => chooseNetwork(engine));
    register('showLog', () => log.show());
  }
}

function tellToChooseAgain(): void {
  void window.showInformationMessage(l10n.t('The clusters were just read anew. Choose the command again.'));
}
