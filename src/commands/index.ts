// Registers the commands that package.json names.
import { commands, env, Uri, type LogOutputChannel } from 'vscode';
import { Disposable } from '../base/disposable';
import type { EngineClient } from '../engine/client';
import type { LabelFiles } from '../labels/files';
import { openAsText } from '../labels/open-as-text';
import type { ClusterTree } from '../tree/cluster-tree';
import { imageUri, type ClusterNode, type DatasetNode, type ImageNode } from '../tree/nodes';
import { askAndRename, merge } from './change-clusters';
import { chooseFolder } from './choose-folder';
import { chooseNetwork } from './choose-network';
import type { ClusterCommand } from './cluster';
import { openGallery } from './open-gallery';
import { reportError } from './report-error';
import { trySample } from './sample';

export class Commands extends Disposable {
  constructor(
    engine: EngineClient,
    files: LabelFiles,
    tree: ClusterTree,
    cluster: ClusterCommand,
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
      if (folder) await cluster.run(folder);
    });
    register('clusterAgain', ({ file }: DatasetNode) => cluster.run(file.folder, file.uri));
    register('trySample', () => trySample(engine, cluster));
    register('openGallery', (target?: Uri | DatasetNode | ClusterNode) => openGallery(target, files));
    register('openLabelFile', (target: Uri | DatasetNode) =>
      target instanceof Uri
        ? openAsText(target)
        : openAsText(target.file.uri, target.file.kind === 'invalid' ? target.file : undefined),
    );
    register(
      'renameCluster',
      (node: ClusterNode | undefined = tree.selectedCluster) => node && askAndRename(node, log),
    );
    register('revealCluster', ({ file, images }: ClusterNode) => {
      const [first] = images;
      return first && commands.executeCommand('revealInExplorer', Uri.joinPath(file.folder, first.path));
    });
    register('mergeClusters', (node: ClusterNode) => merge(tree.clustersFor(node)));
    register('copyPaths', (node: ClusterNode | ImageNode) => {
      const uris =
        node.kind === 'cluster'
          ? tree
              .clustersFor(node)
              .flatMap(({ file, images }) => images.map(({ path }) => Uri.joinPath(file.folder, path)))
          : tree.imagesFor(node).map(imageUri);
      return env.clipboard.writeText(uris.map(({ fsPath }) => fsPath).join('\n'));
    });
    register('chooseNetwork', () => chooseNetwork(engine));
    register('showLog', () => log.show());
  }
}
