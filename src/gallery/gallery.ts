// One open gallery: answers its page, and tells it when the label file or the analysis changes.
import {
  CancellationTokenSource,
  commands,
  env,
  Uri,
  workspace,
  type LogOutputChannel,
  type Memento,
  type TextDocument,
  type Webview,
} from 'vscode';
import type {
  GalleryHandlers,
  GalleryRequestName,
  GalleryRequests,
  GalleryState,
  HostMessage,
  PageMessage,
} from '../../webview/protocol';
import type { PackedAnalysis, Progress } from '../../worker/api';
import { Debounce } from '../base/debounce';
import { Disposable } from '../base/disposable';
import { messageOf } from '../commands/report-error';
import type { EngineClient } from '../engine/client';
import { exportLabels } from '../export';
import { changeDocument } from '../labels/edits';
import { baseName } from '../labels/location';
import { labelsModule } from '../labels/module';
import { openAsText } from '../labels/open-as-text';
import { labelFileOfDocument } from '../labels/read';
import { readSettings } from '../settings';

/** The person chose an image in a gallery. */
export type OnSelect = (labelFile: Uri, path: string) => void;

/** An analysis with a name of its own, so that it goes to the page once. */
interface KnownAnalysis {
  id: string;
  analysis: PackedAnalysis;
}

/** Clusters the folder that a label file is about. */
export type ClusterFolder = (folder: Uri, labelFile: Uri) => Promise<unknown>;

export class Gallery extends Disposable {
  private analysis: Promise<KnownAnalysis | null> = Promise.resolve(null);
  /** A run may have replaced it. */
  private isAnalysisOld = true;
  /** The page has this one. */
  private sentAnalysis: string | undefined;
  /** The search that runs. */
  private search: CancellationTokenSource | undefined;
  private readonly changed = this._register(new Debounce(100, () => void this.push()));

  constructor(
    private readonly document: TextDocument,
    private readonly webview: Webview,
    private readonly engine: EngineClient,
    private readonly log: LogOutputChannel,
    private readonly cluster: ClusterFolder,
    private readonly onSelect: OnSelect,
    private readonly views: Memento,
  ) {
    super();
    this._register({ dispose: () => this.search?.cancel() });
    this._register(webview.onDidReceiveMessage((message: PageMessage) => void this.answer(message)));
    this._register(
      workspace.onDidChangeTextDocument((event) => {
        if (event.document !== document || event.contentChanges.length === 0) return;
        // Not typed by a person but read from disk: another program, perhaps a run from a terminal, wrote the file.
        if (!document.isDirty) this.isAnalysisOld = true;
        this.changed.trigger();
      }),
    );
    // The engine starts while the page loads.
    void labelFileOfDocument(document).then(({ folder }) => this.currentAnalysis(folder));
  }

  get labelFile(): Uri {
    return this.document.uri;
  }

  /** Selects images in the page, which were chosen in the side panel. */
  select(paths: string[]): void {
    this.post({ type: 'notification', name: 'select', params: { paths } });
  }

  /** Reads the analysis anew and shows it. */
  refresh(): void {
    this.isAnalysisOld = true;
    this.changed.trigger();
  }

  private readonly handlers: GalleryHandlers = {
    ready: () => {
      this.sentAnalysis = undefined;
      return this.state();
    },
    thumbnails: async ({ paths }) => {
      const thumbnails = await this.engine.request('thumbnails', { folder: (await this.folder()).fsPath, paths });
      return thumbnails.map(({ path, file, reason }) => ({
        path,
        ...(file === undefined ? {} : { uri: this.webview.asWebviewUri(Uri.file(file)).toString() }),
        ...(reason === undefined ? {} : { reason }),
      }));
    },
    heatMaps: async ({ paths }) => this.engine.request('heatMaps', { folder: (await this.folder()).fsPath, paths }),
    map: async () => this.engine.request('map', { folder: (await this.folder()).fsPath }),
    picture: async ({ path }) => {
      const { file, mask } = await this.engine.request('picture', { folder: (await this.folder()).fsPath, path });
      const uri = (each: string) => this.webview.asWebviewUri(Uri.file(each)).toString();
      return { uri: uri(file), ...(mask === undefined ? {} : { mask: uri(mask) }) };
    },
    change: async (change) => {
      const { editsFor } = await labelsModule();
      await changeDocument(this.document, (text) => editsFor(text, change));
      // The page shows what it asked for as soon as it is so, and once.
      this.changed.flush();
      return null;
    },
    export: async ({ format }) => {
      await exportLabels(format, this.document, this.engine);
      return null;
    },
    similarRegion: async ({ path, region, limit }) => {
      this.search?.cancel();
      const search = new CancellationTokenSource();
      this.search = search;
      try {
        const folder = await this.folder();
        const params = { folder: folder.fsPath, path, region, limit, device: readSettings(folder).device };
        const onProgress = ({ done, total }: Progress) =>
          this.post({ type: 'notification', name: 'searchProgress', params: { done, total } });
        return await this.engine.request('similarRegion', params, { token: search.token, onProgress });
      } finally {
        search.dispose();
        if (this.search === search) this.search = undefined;
      }
    },
    cancelSearch: () => {
      this.search?.cancel();
      return null;
    },
    selected: ({ path }) => {
      this.onSelect(this.document.uri, path);
      return null;
    },
    keepView: async ({ view }) => {
      await this.views.update(this.viewKey(), view);
      return null;
    },
    copy: async ({ text }) => {
      await env.clipboard.writeText(text);
      return null;
    },
    runInEditor: async ({ command }) => {
      await commands.executeCommand(command === 'save' ? 'workbench.action.files.save' : command);
      return null;
    },
    openImage: async ({ path }) => {
      await commands.executeCommand('vscode.open', Uri.joinPath(await this.folder(), path), { preview: true });
      return null;
    },
    compute: async () => {
      await this.cluster(await this.folder(), this.document.uri);
      return null;
    },
    openAsText: async () => {
      const file = await labelFileOfDocument(this.document);
      await openAsText(this.document.uri, file.kind === 'invalid' ? file : undefined);
      return null;
    },
  };

  private async answer({ id, name, params }: PageMessage): Promise<void> {
    try {
      const handler = this.handlers[name] as (
        params: unknown,
      ) => Promise<GalleryRequests[GalleryRequestName]['result']>;
      this.post({ type: 'result', id, result: await handler(params) });
    } catch (error) {
      const message = messageOf(error);
      this.log.error(`Gallery, ${name}: ${message}`);
      this.post({ type: 'error', id, message });
    }
  }

  private async push(): Promise<void> {
    this.post({ type: 'notification', name: 'stateChanged', params: await this.state() });
  }

  private post(message: HostMessage): void {
    if (!this.isDisposed) void this.webview.postMessage(message);
  }

  private async state(): Promise<GalleryState> {
    const file = await labelFileOfDocument(this.document);
    const title = baseName(file.folder);
    if (file.kind === 'invalid') {
      const { message, line, column } = file;
      return { kind: 'invalid', title, message, line, column };
    }
    const known = await this.currentAnalysis(file.folder);
    const isOther = known && known.id !== this.sentAnalysis;
    this.sentAnalysis = known?.id;
    return {
      kind: 'labels',
      title,
      labels: this.document.getText(),
      analysisId: known?.id ?? null,
      ...(isOther ? { analysis: known.analysis } : {}),
      view: this.views.get(this.viewKey()),
    };
  }

  private currentAnalysis(folder: Uri): Promise<KnownAnalysis | null> {
    if (this.isAnalysisOld) {
      this.isAnalysisOld = false;
      this.analysis = this.analysis.then((known) => this.readAnalysis(folder, known));
    }
    return this.analysis;
  }

  /** The known one, unless there is a newer one. Labels are worth showing without any. */
  private async readAnalysis(folder: Uri, known: KnownAnalysis | null): Promise<KnownAnalysis | null> {
    const of = { folder: folder.fsPath };
    try {
      const id = await this.engine.request('analysisId', of);
      if (id === null || id === known?.id) return id === null ? null : known;
      const analysis = await this.engine.request('analysis', of);
      return analysis && { id, analysis };
    } catch (error) {
      this.log.error(`The analysis of ${folder.fsPath} could not be read: ${String(error)}`);
      this.isAnalysisOld = true;
      return null;
    }
  }

  private viewKey(): string {
    return `galleryView ${this.document.uri.toString()}`;
  }

  private async folder(): Promise<Uri> {
    return (await labelFileOfDocument(this.document)).folder;
  }
}
