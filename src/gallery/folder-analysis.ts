// The analysis of a folder's last run, as a gallery knows it: read when it is first needed, and again after a run.
import type { LogOutputChannel, Uri } from 'vscode';
import { analysisVersion, readOpening } from '../../worker/analysis/opening';
import type { PackedAnalysis } from '../../worker/api/analysis';
import { Cache } from '../../worker/store/cache';
import type { EngineClient } from '../engine/engine-client';

/** An analysis with a name of its own, so that it goes to the page once. */
export interface KnownAnalysis {
  id: string;
  analysis: PackedAnalysis;
}

export class FolderAnalysis {
  private known: Promise<KnownAnalysis | null> = Promise.resolve(null);
  /** A run may have replaced it. */
  private isOld = true;

  constructor(
    private readonly engine: EngineClient,
    private readonly log: LogOutputChannel,
  ) {}

  /** A run has replaced it, or may have: it is read anew when it is next asked for. */
  expire(): void {
    this.isOld = true;
  }

  /** @returns null when the last run of the folder is not in the cache, or cannot be read */
  current(folder: Uri): Promise<KnownAnalysis | null> {
    if (this.isOld) {
      this.isOld = false;
      this.known = this.known.then((known) => this.read(folder, known));
    }
    return this.known;
  }

  /** The known one, unless there is a newer one. Labels are worth showing without any. */
  private async read(folder: Uri, known: KnownAnalysis | null): Promise<KnownAnalysis | null> {
    const of = { folder: folder.fsPath };
    const cache = new Cache();
    try {
      const id = await analysisVersion(cache, folder.fsPath);
      if (id === undefined) return null;
      if (id === known?.id) return known;
      const analysis = (await readOpening(cache, folder.fsPath, id)) ?? (await this.engine.request('analysis', of));
      return analysis && { id, analysis };
    } catch (error) {
      this.log.error(`The analysis of ${folder.fsPath} could not be read: ${String(error)}`);
      this.isOld = true;
      return null;
    }
  }
}
