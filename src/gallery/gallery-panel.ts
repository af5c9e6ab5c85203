// One open gallery: answers its page, and tells it when the label file or the analysis changes.
import {
  RelativePattern,
  workspace,
  type LogOutputChannel,
  type Memento,
  type TextDocument,
  type Uri,
  type WebviewPanel,
} from 'vscode';
import type { GalleryHandlers, GalleryState, HostMessage, PageMessage } from '../../webview/source/protocol';
import { Debounce } from '../base/debounce';
import { Disposable } from '../base/disposable';
import type { EngineClient } from '../engine/engine-client';
import { messageOf } from '../engine/failure-message';
import { baseName } from '../labels/label-location';
import { labelsModule } from '../labels/labels-module';
import { labelFileOfDocument } from '../labels/read-label-file';
import { answer } from './answer';
import { areaFilePattern, readAreaShape } from './area-file';
import { FolderAnalysis } from './folder-analysis';
import { packText } from './packed-text';
import { pageHandlers } from './page-handlers';
import { RegionSearch } from './region-search';

/** The person chose an image in a gallery. */
export type OnSelect = (labelFile: Uri, path: string) => void;

/** Computes what a gallery shows beside the labels, for the folder that a label file is about. */
export type ComputePictures = (folder: Uri, labelFile: Uri) => Promise<unknown>;

/** What all galleries of a window share. */
export interface GalleryServices {
  engine: EngineClient;
  log: LogOutputChannel;
  compute: ComputePictures;
  /** Asks what the images are to be compared with, and clusters the folder again. */
  compareWith: ComputePictures;
  /** Clusters the folder again by the method of its label file. */
  runAgain: ComputePictures;
  onSelect: OnSelect;
  /** Keeps how the person looks at a folder. */
  views: Memento;
}

export class GalleryPanel extends Disposable {
  private readonly analysis: FolderAnalysis;
  /** The page has this one. */
  private sentAnalysis: string | undefined;
  private readonly handlers: GalleryHandlers;
  /** Whether the page has asked for its first state. A page that was hidden is loaded anew. */
  private isListening = false;
  /** The first page's first state, which is on its way while the page loads; not for those that are loaded after it. */
  private ahead: Promise<void> | undefined;
  private stateInWork: Promise<unknown> = Promise.resolve();
  /** The last thing that the page is to hear when it listens. */
  private untold: HostMessage | undefined;
  private readonly changed = this._register(new Debounce(100, () => void this.push()));

  constructor(
    private readonly document: TextDocument,
    private readonly panel: WebviewPanel,
    private readonly services: GalleryServices,
  ) {
    super();
    const { engine, log, compute, compareWith, runAgain, onSelect, views } = services;
    const { webview } = panel;
    this.analysis = new FolderAnalysis(engine, log);
    const search = new RegionSearch(engine, ({ done, total }) =>
      this.post({ type: 'notification', name: 'searchProgress', params: { done, total } }),
    );
    this.handlers = pageHandlers({
      document,
      webview,
      engine,
      search,
      sendFirst: (hasMissed) => this.sendFirst(hasMissed),
      tellChange: () => this.changed.flush(),
      keepView: (view) => views.update(this.viewKey(), view),
      select: (path) => onSelect(document.uri, path),
      compute: (folder) => compute(folder, document.uri),
      compareWith: (folder) => compareWith(folder, document.uri),
      runAgain: (folder) => runAgain(folder, document.uri),
    });
    this._register({ dispose: () => search.cancel() });
    this._register(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.isListening = false;
      }),
    );
    this._register(webview.onDidReceiveMessage((message: PageMessage) => void this.answer(message)));
    this._register(
      workspace.onDidChangeTextDocument((event) => {
        if (event.document !== document || event.contentChanges.length === 0) return;
        // Not typed by a person but read from disk: another program, perhaps a run from a terminal, wrote the file.
        if (!document.isDirty) this.analysis.expire();
        this.changed.trigger();
      }),
    );
    void labelFileOfDocument(document).then(({ folder }) => this.watchArea(folder));
  }

  /** Reads what the page is to show first and sends it while the page loads, which takes longer. */
  sendAhead(): void {
    this.ahead = this.push();
    // Whoever asks for it is told.
    this.ahead.catch(() => undefined);
  }

  private async sendFirst(hasMissed: boolean): Promise<void> {
    this.isListening = true;
    const { ahead } = this;
    this.ahead = undefined;
    await (ahead && !hasMissed ? ahead : this.push(true));
  }

  /** Git, or a person in another editor, may change it. */
  private watchArea(folder: Uri): void {
    if (this.isDisposed) return;
    const watcher = this._register(workspace.createFileSystemWatcher(new RelativePattern(folder, areaFilePattern)));
    const changed = () => this.changed.trigger();
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) this._register(event(changed));
  }

  get labelFile(): Uri {
    return this.document.uri;
  }

  get isVisible(): boolean {
    return this.panel.visible;
  }

  /** Selects images in the page, which were chosen in the side panel. */
  select(paths: string[]): void {
    this.tell({ type: 'notification', name: 'select', params: { paths } });
  }

  /** Brings a cluster into view. */
  showCluster(cluster: number): void {
    this.tell({ type: 'notification', name: 'showCluster', params: { cluster } });
  }

  /** A page that is only now being loaded hears of it once it listens. */
  private tell(message: HostMessage): void {
    if (this.isListening) this.post(message);
    else this.untold = message;
  }

  /** Reads the analysis anew and shows it. */
  refresh(): void {
    this.analysis.expire();
    this.changed.trigger();
  }

  private async answer(request: PageMessage): Promise<void> {
    const message = await answer(this.handlers, request, messageOf);
    const isFirst = request.name === 'ready';
    if (message.type === 'error') this.services.log.error(`Gallery, ${request.name}: ${message.message}`);
    this.post(message);
    if (isFirst && this.untold) this.post(this.untold);
    if (isFirst) this.untold = undefined;
  }

  /** @param isFirst the page has nothing yet */
  private async push(isFirst = false): Promise<void> {
    this.post({ type: 'notification', name: 'stateChanged', params: await this.nextState(isFirst) });
  }

  private post(message: HostMessage): void {
    if (!this.isDisposed) void this.panel.webview.postMessage(message);
  }

  /** One after the other, so that none overtakes a newer one. */
  private nextState(isFirst: boolean): Promise<GalleryState> {
    const state = this.stateInWork.then(() => {
      if (isFirst) this.sentAnalysis = undefined;
      return this.state();
    });
    this.stateInWork = state.catch(() => undefined);
    return state;
  }

  private async state(): Promise<GalleryState> {
    const { version } = this.document;
    const file = await labelFileOfDocument(this.document);
    const title = baseName(file.folder);
    if (file.kind === 'invalid') {
      const { message, line, column } = file;
      const { splitConflict, summariseConflict } = await labelsModule();
      const conflict = splitConflict(this.document.getText());
      if (conflict) return { kind: 'conflict', title, ...summariseConflict(conflict) };
      return { kind: 'invalid', title, message, line, column };
    }
    const [labels, known, area] = await Promise.all([
      packText(this.document.getText()),
      this.analysis.current(file.folder),
      readAreaShape(file.folder),
    ]);
    // The page takes a state to hold every edit that was answered before it came.
    if (this.document.version !== version) return this.state();
    const isOther = known && known.id !== this.sentAnalysis;
    this.sentAnalysis = known?.id;
    return {
      kind: 'labels',
      title,
      labels,
      analysisId: known?.id ?? null,
      ...(isOther ? { analysis: known.analysis } : {}),
      ...(area ? { area } : {}),
      view: this.services.views.get(this.viewKey()),
    };
  }

  private viewKey(): string {
    return `galleryView ${this.document.uri.toString()}`;
  }
}
