// The search for places that look like a part of an image: one at a time, a new one ends the one before.
import { CancellationTokenSource, type Uri } from 'vscode';
import type { ParamsOf, ResultOf } from '../../webview/source/protocol';
import type { Progress } from '../../worker/api/requests';
import type { EngineClient } from '../engine/engine-client';
import { readSettings } from '../engine/run-settings';

export class RegionSearch {
  private running: CancellationTokenSource | undefined;

  /** @param onProgress hears how many images are done */
  constructor(
    private readonly engine: EngineClient,
    private readonly onProgress: (progress: Progress) => void,
  ) {}

  /**
   * @param folderOf tells the clustered folder; the search can be cancelled while it does
   * @throws EngineError, `cancelled` when another search or {@link cancel} ends it
   */
  async run(
    folderOf: () => Promise<Uri>,
    { path, region, limit }: ParamsOf<'similarRegion'>,
  ): Promise<ResultOf<'similarRegion'>> {
    this.cancel();
    const search = new CancellationTokenSource();
    this.running = search;
    try {
      const folder = await folderOf();
      const params = { folder: folder.fsPath, path, region, limit, device: readSettings(folder).device };
      return await this.engine.request('similarRegion', params, { token: search.token, onProgress: this.onProgress });
    } finally {
      search.dispose();
      if (this.running === search) this.running = undefined;
    }
  }

  /** Ends the search that runs, if any. */
  cancel(): void {
    this.running?.cancel();
  }
}
