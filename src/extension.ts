// Entry of the extension. It only puts the parts together: no work is done and no native module is loaded before a command.
import { tasks, Uri, window, type ExtensionContext } from 'vscode';
import { ClusterCommand } from './commands/cluster-folder';
import { Commands } from './commands/commands';
import { rename } from './commands/change-clusters';
import { EngineClient } from './engine/engine-client';
import { GalleryProvider } from './gallery/gallery-provider';
import { galleryViewType } from './gallery/view-type';
import { LabelFiles } from './labels/label-files';
import { Utf8Keeper } from './labels/utf8-keeper';
import { ClusterTasks, taskType } from './tasks/cluster-tasks';
import { ClusterTree } from './tree/cluster-tree';
import { TooltipPictures } from './tree/tooltip-pictures';
import { ClusterDecorations } from './tree/decorations';
import { FolderDifferences } from './tree/folder-differences';

/** What the tests inside VS Code take hold of. */
export interface ExtensionApi {
  tree: ClusterTree;
  engine: EngineClient;
  rename: typeof rename;
}

/** Called by VS Code when one of the activation events of package.json happens. What is registered here ends with the context. */
export function activate(context: ExtensionContext): ExtensionApi {
  const log = window.createOutputChannel('Anomaly Clustering', { log: true });
  const script = Uri.joinPath(context.extensionUri, 'dist', 'main.cjs').fsPath;
  const engine = new EngineClient({ script, logger: log });
  const files = new LabelFiles();
  const differences = new FolderDifferences(engine);
  const tree = new ClusterTree(files, new TooltipPictures(engine), differences);
  const decorations = new ClusterDecorations(files);
  const gallery: GalleryProvider = new GalleryProvider(context.extensionUri, {
    engine,
    log,
    compute: (folder, labelFile) => cluster.computePictures(folder, labelFile),
    compareWith: (folder, labelFile) => cluster.compareWith(folder, labelFile),
    runAgain: (folder, labelFile) => cluster.run(folder, labelFile),
    onSelect: (labelFile, path) =>
      void tree.revealImage(labelFile, path).catch((error: unknown) => log.warn(String(error))),
    views: context.workspaceState,
  });
  const keeper = new Utf8Keeper(log);
  const shared = tree.onDidSelectImages(({ labelFile, paths }) => gallery.select(labelFile, paths));
  const cluster: ClusterCommand = new ClusterCommand(engine, tree, gallery, context.workspaceState, log);
  const commands = new Commands(engine, files, tree, cluster, gallery, log);
  const editor = window.registerCustomEditorProvider(galleryViewType, gallery, {
    supportsMultipleEditorsPerDocument: true,
  });
  context.subscriptions.push(
    log,
    engine,
    files,
    differences,
    tree,
    decorations,
    gallery,
    keeper,
    shared,
    commands,
    editor,
    tasks.registerTaskProvider(taskType, new ClusterTasks(context.extensionUri)),
  );
  return { tree, engine, rename };
}
