// Opens galleries on label files, as a custom editor of the JSON text: undo, save, diff and git work as for any file.
import { commands, Uri, type CustomTextEditorProvider, type TextDocument, type WebviewPanel } from 'vscode';
import { thumbnailFolder } from '../../worker/store/location';
import { Disposable } from '../base/disposable';
import { GalleryPanel, type GalleryServices } from './gallery-panel';
import { galleryHtml } from './html';
import { galleryViewType } from './view-type';

export class GalleryProvider extends Disposable implements CustomTextEditorProvider {
  private readonly galleries = new Set<GalleryPanel>();

  /** @param extension the folder that the extension is installed in */
  constructor(
    private readonly extension: Uri,
    private readonly services: GalleryServices,
  ) {
    super();
  }

  /** Opens the gallery of a label file, in a tab that stays when another file is opened. */
  async open(labelFile: Uri, { preserveFocus = false } = {}): Promise<void> {
    // For the pictures: VS Code takes a moment to read the file, and the engine to start.
    this.services.engine.start();
    await commands.executeCommand('vscode.openWith', labelFile, galleryViewType, { preserveFocus, preview: false });
  }

  resolveCustomTextEditor(document: TextDocument, panel: WebviewPanel): void {
    const page = Uri.joinPath(this.extension, 'dist', 'webview');
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [page, Uri.file(thumbnailFolder())] };
    const gallery = new GalleryPanel(document, panel, this.services);
    this.galleries.add(gallery);
    panel.onDidDispose(() => {
      this.galleries.delete(gallery);
      gallery.dispose();
    });
    webview.html = galleryHtml(webview, Uri.joinPath(page, 'gallery.js'), Uri.joinPath(page, 'gallery.css'));
    // After that: VS Code keeps messages for the page that it loads, and drops those for the page before.
    gallery.sendAhead();
  }

  /** Images were chosen in the side panel. */
  select(labelFile: Uri, paths: string[]): void {
    for (const gallery of this.galleries) {
      if (gallery.labelFile.toString() === labelFile.toString()) gallery.select(paths);
    }
  }

  /** A cluster was chosen in the side panel. */
  showCluster(labelFile: Uri, cluster: number): void {
    for (const gallery of this.galleries) {
      if (gallery.labelFile.toString() === labelFile.toString()) gallery.showCluster(cluster);
    }
  }

  /** Whether a gallery of the label file can be seen now. */
  isVisible(labelFile: Uri): boolean {
    return [...this.galleries].some(
      (gallery) => gallery.isVisible && gallery.labelFile.toString() === labelFile.toString(),
    );
  }

  /** A folder was clustered again: its galleries read the analysis anew and show it. */
  refresh(labelFile: Uri): void {
    for (const gallery of this.galleries) {
      if (gallery.labelFile.toString() === labelFile.toString()) gallery.refresh();
    }
  }
}
