// The engine as the extension sees it: requests by name. A process is started when one is needed and ended when idle.
import type { EngineRequestName, EngineRequests } from '../../worker/api/requests';

// Knows nothing of VS Code, so that it can be tested with a plain child process.
import { Disposable } from '../base/disposable';
import { cancelledError } from './request-failures';
import type { Logger } from './logger';
import type { EngineProcess, Patience, RequestOptions } from './engine-process';

export interface EngineClientOptions {
  /** The engine's entry point, an absolute path. */
  script: string;
  logger: Logger;
  /** The process ends after this long without a request; 5 minutes unless told. */
  idleMilliseconds?: number;
  /** How long the process may take for what takes no time. */
  patience?: Partial<Patience>;
}

const fiveMinutes = 5 * 60_000;

export class EngineClient extends Disposable {
  private current: EngineProcess | undefined;
  /** The current one, and those that did not answer to a cancel and have not ended yet. */
  private readonly processes = new Set<EngineProcess>();
  private pending = 0;
  private idle: NodeJS.Timeout | undefined;

  constructor(private readonly options: EngineClientOptions) {
    super();
    this._register({ dispose: () => this.end() });
  }

  /** Process id of the running engine; undefined while none runs. */
  get pid(): number | undefined {
    return this.current?.pid;
  }

  /** Starts its process if none runs, so that it is there when it is asked. */
  start(): void {
    if (this.isDisposed) return;
    void this.running().then(
      () => this.pending === 0 && this.waitForIdle(),
      // Whoever asks is told.
      () => undefined,
    );
  }

  /**
   * Asks the engine, starting its process if none runs.
   * @throws EngineError; EngineStoppedError when the process died, after which the next request starts another
   */
  async request<N extends EngineRequestName>(
    name: N,
    params: EngineRequests[N]['params'],
    options: RequestOptions = {},
  ): Promise<EngineRequests[N]['result']> {
    if (this.isDisposed || options.token?.isCancellationRequested) throw cancelledError();
    clearTimeout(this.idle);
    this.pending++;
    try {
      return await (await this.running()).request(name, params, options);
    } finally {
      if (--this.pending === 0) this.waitForIdle();
    }
  }

  private async running(): Promise<EngineProcess> {
    // The protocol's library is loaded with the first request, not with the extension.
    const { EngineProcess, usualPatience } = await import('./engine-process');
    if (this.isDisposed) throw cancelledError();
    if (this.current?.isAlive) return this.current;
    const { script, logger, patience } = this.options;
    const started: EngineProcess = new EngineProcess(script, logger, { ...usualPatience, ...patience }, () => {
      this.processes.delete(started);
      if (this.current === started) this.current = undefined;
    });
    this.processes.add(started);
    this.current = started;
    return started;
  }

  private waitForIdle(): void {
    clearTimeout(this.idle);
    if (this.isDisposed) return;
    this.idle = setTimeout(() => this.end(), this.options.idleMilliseconds ?? fiveMinutes);
    this.idle.unref();
  }

  private end(): void {
    clearTimeout(this.idle);
    for (const process of this.processes) process.dispose();
    this.current = undefined;
  }
}
