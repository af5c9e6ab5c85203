// Opens galleries on label files, as a custom editor of the JSON text: undo, save, diff and git work as for any file.
import {
  Uri,
  type CustomTextEditorProvider,
  type LogOutputChannel,
  type Memento,
  type TextDocument,
  type WebviewPanel,
} from 'vscode';
import { thumbnailFolder } from '../../worker/store/location';
import { Disposable } from '../base/disposable';
import type { EngineClient } from '../engine/client';
import { Gallery, type ClusterFolder, type OnSelect } from './gallery';
import { galleryHtml } from './html';

export class GalleryProvider extends Disposable implements CustomTextEditorProvider {
  private readonly galleries = new Set<Gallery>();

  constructor(
    private readonly extension: Uri,
    private readonly engine: EngineClient,
    private readonly log: LogOutputChannel,
    private readonly cluster: ClusterFolder,
    private readonly onSelect: OnSelect,
    private readonly views: Memento,
  ) {
    super();
  }

  resolveCustomTextEditor(document: TextDocument, panel: WebviewPanel): void {
    const page = Uri.joinPath(this.extension, 'dist', 'webview');
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [page, Uri.file(thumbnailFolder())] };
    const gallery = new Gallery(document, webview, this.engine, this.log, this.cluster, this.onSelect, this.views);
    this.galleries.add(gallery);
    panel.onDidDispose(() => {
      this.galleries.delete(gallery);
      gallery.dispose();
    });
    // Last: the page asks for its data as soon as it runs.
    webview.html = galleryHtml(webview, Uri.joinPath(page, 'gallery.js'), Uri.joinPath(page, 'gallery.css'));
  }

  /** Images were chosen in the side panel. */
  select(labelFile: Uri, paths: string[]): void {
    for (const gallery of this.galleries) {
      if (gallery.labelFile.toString() === labelFile.toString()) gallery.select(paths);
    }
  }

  /** A folder was clustered again: what galleries know of its analysis is old. */
  forget(labelFile: Uri): void {
    for (const gallery of this.galleries) {
      if (gallery.labelFile.toString() === labelFile.toString()) gallery.refresh();
    }
  }
}
