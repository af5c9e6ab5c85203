// The gallery's source in VS Code: everything is asked of the extension host.
import type { GallerySource, PageState, ViewStorage } from './source';
import type { RpcClient } from './rpc';

export class HostSource implements GallerySource {
  state: PageState = { kind: 'loading' };
  #listener: (state: PageState) => void = () => undefined;

  constructor(
    readonly rpc: RpcClient,
    readonly viewStorage: ViewStorage,
  ) {
    rpc.onNotification('stateChanged', (state) => this.#show(state));
  }

  /** Tells the host that the page listens, and shows what it answers. */
  async start(): Promise<void> {
    try {
      this.#show(await this.rpc.request('ready', null));
    } catch (error) {
      this.#show({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  }

  subscribe(listener: (state: PageState) => void): void {
    this.#listener = listener;
  }

  thumbnails(paths: string[]) {
    return this.rpc.request('thumbnails', { paths });
  }

  heatMaps(paths: string[]) {
    return this.rpc.request('heatMaps', { paths });
  }

  renameCluster(id: number, name: string) {
    return this.rpc.request('renameCluster', { id, name });
  }

  openImage(path: string) {
    return this.rpc.request('openImage', { path });
  }

  compute() {
    return this.rpc.request('compute', null);
  }

  openAsText() {
    return this.rpc.request('openAsText', null);
  }

  #show(state: PageState): void {
    this.state = state;
    this.#listener(state);
  }
}
