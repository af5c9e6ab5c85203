// One child process of the engine: starts it, speaks JSON-RPC with it, and tells every waiting request when it dies.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ProgressType,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type { EngineRequestName, EngineRequests, Progress } from '../../worker/api';
import { Disposable } from '../base/disposable';
import { engineEnvironment } from './environment';
import { cancelledError, describeExit, EngineStoppedError } from './errors';
import type { Logger } from './logger';
import { toEngineError } from './response-error';

export interface RequestOptions {
  token?: CancellationToken;
  onProgress?: (progress: Progress) => void;
}

/** How long a process that was asked to end may take before it is ended. */
const graceMilliseconds = 10_000;

const progressType = new ProgressType<Progress>();

export class EngineProcess extends Disposable {
  private readonly child: ChildProcess;
  private readonly connection: MessageConnection;
  private readonly waiting = new Set<(error: Error) => void>();
  private progressTokens = 0;
  private stopped: EngineStoppedError | undefined;

  /**
   * @param script the engine's entry point, an absolute path
   * @param onStopped called once, when the process has ended for whatever reason
   */
  constructor(
    script: string,
    private readonly logger: Logger,
    private readonly onStopped: () => void,
  ) {
    super();
    this.child = fork(script, [], {
      serialization: 'advanced',
      env: engineEnvironment(process.env),
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.logger.info(`Engine started (process ${this.child.pid ?? 'unknown'}).`);
    this.pipe(this.child.stdout, (line) => this.logger.info(line));
    this.pipe(this.child.stderr, (line) => this.logger.warn(line));
    this.child.on('error', (error) => this.stop(error.message));
    this.child.on('exit', (code, signal) => this.stop(describeExit(code, signal)));

    this.connection = createMessageConnection(new IPCMessageReader(this.child), new IPCMessageWriter(this.child));
    this._register(this.connection.onError(([error]) => this.logger.warn(`Engine connection: ${error.message}`)));
    this.connection.listen();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** True until the process has ended or was asked to. */
  get isAlive(): boolean {
    return this.stopped === undefined && !this.isDisposed && this.child.connected;
  }

  /** Sends one request. @throws EngineError, or EngineStoppedError when the process ends before it answers */
  async request<N extends EngineRequestName>(
    name: N,
    params: EngineRequests[N]['params'],
    { token, onProgress }: RequestOptions,
  ): Promise<EngineRequests[N]['result']> {
    if (this.stopped) throw this.stopped;
    if (token?.isCancellationRequested) throw cancelledError();

    const progressToken = onProgress && ++this.progressTokens;
    const progress =
      onProgress && progressToken ? this.connection.onProgress(progressType, progressToken, onProgress) : undefined;
    let abandon: (error: Error) => void = () => {};
    try {
      return await new Promise<EngineRequests[N]['result']>((resolve, reject) => {
        abandon = reject;
        this.waiting.add(abandon);
        const message = progressToken === undefined ? { params } : { params, progressToken };
        // An undefined token would be sent as a second parameter.
        const tail = token ? [token] : [];
        this.connection.sendRequest<EngineRequests[N]['result']>(name, message, ...tail).then(resolve, reject);
      });
    } catch (error) {
      if (error instanceof EngineStoppedError) throw error;
      if (token?.isCancellationRequested) throw cancelledError();
      // A message that could not be sent means a dying process; how it died is known a moment later.
      if (!(error instanceof ResponseError)) await this.exited(1000);
      throw this.stopped ?? toEngineError(error);
    } finally {
      this.waiting.delete(abandon);
      progress?.dispose();
    }
  }

  /** Asks the process to end by closing its channel; it finishes what it cannot interrupt, then exits. */
  override dispose(): void {
    if (this.isDisposed) return;
    super.dispose();
    if (this.stopped) return;
    if (this.child.connected) this.child.disconnect();
    const kill = setTimeout(() => this.child.kill('SIGKILL'), graceMilliseconds);
    kill.unref();
    this.child.once('exit', () => clearTimeout(kill));
    this.rejectWaiting(cancelledError());
  }

  /** Waits until the process has ended, but not longer than this. */
  private async exited(milliseconds: number): Promise<void> {
    if (this.stopped || this.isDisposed) return;
    await Promise.race([
      once(this.child, 'exit').catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
    ]);
  }

  private stop(reason: string): void {
    if (this.stopped) return;
    this.stopped = new EngineStoppedError(reason);
    this.logger.info(`Engine ended (${reason}).`);
    this.rejectWaiting(this.stopped);
    this.connection.dispose();
    this.onStopped();
  }

  private rejectWaiting(error: Error): void {
    for (const reject of [...this.waiting]) reject(error);
  }

  private pipe(stream: Readable | null, write: (line: string) => void): void {
    if (stream) createInterface({ input: stream }).on('line', write);
  }
}
