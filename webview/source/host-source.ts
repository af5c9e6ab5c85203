// The gallery's source in VS Code: everything is asked of the extension host.
import type { Region } from '../../worker/api/requests';
import type { Analysis } from '../../worker/api/analysis';
import type { LabelChange } from '../../worker/labels/change';
import type { VersionChoice } from '../../worker/labels/conflict';
import { unpackAnalysis } from '../../worker/api/packed-analysis';
import type { AreaShape, EditorCommand, ExportFormat, GalleryState } from './protocol';
import { unpackText } from './packed-text';
import type { RpcClient } from './rpc';
import type { GallerySource, PageState, ViewStorage } from './source';

export class HostSource implements GallerySource {
  state: PageState = { kind: 'loading' };
  #analysis: Analysis | null = null;
  #ofRegions = false;
  #onFirst: (() => void) | undefined;
  #listener: (state: PageState) => void = () => undefined;

  constructor(
    readonly rpc: RpcClient,
    readonly storage: ViewStorage,
  ) {
    rpc.onNotification('stateChanged', (state) => this.#show(state));
  }

  /**
   * Tells the host that the page listens.
   * @param onFirst called once there is something to show, which the host may have sent before
   */
  async start(onFirst: () => void): Promise<void> {
    this.#onFirst = onFirst;
    try {
      await this.rpc.request('ready', { hasMissed: false });
      // It was sent before the answer, so it is there by now or never.
      if (this.#lacksFirst) await this.rpc.request('ready', { hasMissed: true });
    } catch (error) {
      this.#tell(failed(error));
    }
  }

  get #lacksFirst(): boolean {
    const { state } = this;
    return state.kind === 'loading' || (state.kind === 'labels' && state.analysisId !== null && !this.#analysis);
  }

  /** The page's own storage is there at once and lasts as long as the tab; the host's lasts longer. */
  readonly viewStorage: ViewStorage = {
    load: () => this.storage.load() ?? (this.state.kind === 'labels' ? this.state.view : undefined),
    save: (view) => {
      this.storage.save(view);
      void this.rpc.request('keepView', { view }).catch(() => undefined);
    },
  };

  subscribe(listener: (state: PageState) => void): void {
    this.#listener = listener;
  }

  onSelect(listener: (paths: string[]) => void): void {
    this.rpc.onNotification('select', ({ paths }) => listener(paths));
  }

  onShowCluster(listener: (cluster: number) => void): void {
    this.rpc.onNotification('showCluster', ({ cluster }) => listener(cluster));
  }

  showRegions(shows: boolean): void {
    this.#ofRegions = shows;
  }

  regions(paths: string[]) {
    return this.rpc.request('regions', { paths });
  }

  async analysis() {
    if (!this.#ofRegions) return this.#analysis;
    const packed = await this.rpc.request('regionAnalysis', null);
    return packed && unpackAnalysis(packed);
  }

  furtherComponents(analysisId: string) {
    return this.rpc.request('furtherComponents', { analysisId });
  }

  map() {
    return this.rpc.request('map', this.#asked);
  }

  thumbnails(paths: string[]) {
    return this.rpc.request('thumbnails', { paths, ...this.#asked });
  }

  resolveConflict(take: VersionChoice) {
    return this.rpc.request('resolveConflict', { take });
  }

  picture(path: string) {
    return this.rpc.request('picture', { path });
  }

  heatMaps(paths: string[]) {
    return this.rpc.request('heatMaps', { paths, ...this.#asked });
  }

  /** What is asked for as it is where images are shown. */
  get #asked(): { ofRegions?: true } {
    return this.#ofRegions ? { ofRegions: true } : {};
  }

  change(change: LabelChange) {
    return this.rpc.request('change', change);
  }

  export(format: ExportFormat) {
    return this.rpc.request('export', { format });
  }

  saveArea(area: AreaShape | null) {
    return this.rpc.request('saveArea', { area });
  }

  similarRegion(path: string, region: Region, limit: number) {
    return this.rpc.request('similarRegion', { path, region, limit });
  }

  cancelSearch() {
    return this.rpc.request('cancelSearch', null);
  }

  onSearchProgress(listener: (done: number, total: number) => void): void {
    this.rpc.onNotification('searchProgress', ({ done, total }) => listener(done, total));
  }

  selected(path: string) {
    return this.rpc.request('selected', { path });
  }

  copy(text: string) {
    return this.rpc.request('copy', { text });
  }

  runInEditor(command: EditorCommand) {
    return this.rpc.request('runInEditor', { command });
  }

  openImage(path: string) {
    return this.rpc.request('openImage', { path });
  }

  compute() {
    return this.rpc.request('compute', null);
  }

  compareWith() {
    return this.rpc.request('compareWith', null);
  }

  openAsText() {
    return this.rpc.request('openAsText', null);
  }

  async #show(sent: GalleryState): Promise<void> {
    this.#tell(await this.#unpacked(sent).catch(failed));
  }

  async #unpacked(sent: GalleryState): Promise<PageState> {
    if (sent.kind !== 'labels') return sent;
    const { labels, analysis, ...rest } = sent;
    const text = await unpackText(labels);
    if (analysis) this.#analysis = unpackAnalysis(analysis);
    else if (sent.analysisId === null) this.#analysis = null;
    return { ...rest, labels: text };
  }

  #tell(state: PageState): void {
    this.state = state;
    this.#onFirst?.();
    this.#onFirst = undefined;
    this.#listener(state);
  }
}

function failed(error: unknown): PageState {
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
}
