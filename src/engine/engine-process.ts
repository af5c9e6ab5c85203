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
import type { EngineRequestName, EngineRequests, Progress } from '../../worker/api/requests';
import { Disposable } from '../base/disposable';
import { engineEnvironment, inspectorArguments } from './environment';
import { cancelledError, describeExit, EngineStoppedError } from './request-failures';
import type { Logger } from './logger';
import { toEngineError } from './response-error';

export interface RequestOptions {
  token?: CancellationToken;
  onProgress?: (progress: Progress) => void;
}

/** How long a process takes at most, in milliseconds. */
export interface Patience {
  /** From its start to its first word; then it is told of and ended. */
  start: number;
  /** To answer a request that was cancelled; then the request is over for whoever waits, and no new one goes to this process. */
  cancelled: number;
  /** To end when it was asked to, or to answer a cancelled request all the same; then it is ended. */
  grace: number;
}

export const usualPatience: Patience = { start: 60_000, cancelled: 1500, grace: 10_000 };

const progressType = new ProgressType<Progress>();

export class EngineProcess extends Disposable {
  private readonly child: ChildProcess;
  private readonly connection: MessageConnection;
  private readonly waiting = new Set<(error: Error) => void>();
  private progressTokens = 0;
  private stopped: EngineStoppedError | undefined;
  /** It did not answer to a cancel in time. */
  private isRetired = false;

  /**
   * @param script the engine's entry point, an absolute path
   * @param onStopped called once, when the process has ended for whatever reason
   */
  constructor(
    script: string,
    private readonly logger: Logger,
    private readonly patience: Patience,
    private readonly onStopped: () => void,
  ) {
    super();
    this.child = fork(script, [], {
      serialization: 'advanced',
      env: engineEnvironment(process.env),
      execArgv: inspectorArguments(process.env),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.logger.info(`Engine started (process ${this.child.pid ?? 'unknown'}).`);
    this.pipe(this.child.stdout, (line) => this.logger.info(line));
    this.pipe(this.child.stderr, (line) => this.logger.warn(line));
    this.child.on('error', (error) => this.stop(error.message));
    this.child.on('exit', (code, signal) => this.stop(describeExit(code, signal)));
    const { start } = patience;
    const silence = setTimeout(() => this.end(`no answer within ${start / 1000} s of its start`), start);
    this.child.once('message', () => clearTimeout(silence));
    this.child.once('exit', () => clearTimeout(silence));

    this.connection = createMessageConnection(new IPCMessageReader(this.child), new IPCMessageWriter(this.child));
    this._register(this.connection.onError(([error]) => this.logger.warn(`Engine connection: ${error.message}`)));
    this.connection.listen();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** True until the process has ended or was asked to. */
  get isAlive(): boolean {
    return this.stopped === undefined && !this.isDisposed && !this.isRetired && this.child.connected;
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
    let cancelling: { dispose(): void } | undefined;
    try {
      return await new Promise<EngineRequests[N]['result']>((resolve, reject) => {
        abandon = reject;
        this.waiting.add(abandon);
        const message = progressToken === undefined ? { params } : { params, progressToken };
        // An undefined token would be sent as a second parameter.
        const tail = token ? [token] : [];
        const answer = this.connection.sendRequest<EngineRequests[N]['result']>(name, message, ...tail);
        answer.then(resolve, reject);
        if (token) cancelling = this.settleWhenCancelled(token, answer, reject);
      });
    } catch (error) {
      if (error instanceof EngineStoppedError) throw error;
      if (token?.isCancellationRequested) throw cancelledError();
      // A message that could not be sent means a dying process; how it died is known a moment later.
      if (!(error instanceof ResponseError)) await this.exited(1000);
      throw this.stopped ?? toEngineError(error);
    } finally {
      this.waiting.delete(abandon);
      cancelling?.dispose();
      progress?.dispose();
    }
  }

  /** A cancelled request is over soon, whether the process answers or not; one that goes on not answering is ended. */
  private settleWhenCancelled(
    token: CancellationToken,
    answer: Promise<unknown>,
    settle: (error: Error) => void,
  ): { dispose(): void } {
    const listener = token.onCancellationRequested(() => {
      const { cancelled, grace } = this.patience;
      const soon = setTimeout(() => {
        this.isRetired = true;
        settle(cancelledError());
      }, cancelled);
      const late = setTimeout(() => this.end(`no answer to a cancel within ${grace / 1000} s`), grace);
      const isAnswered = () => {
        clearTimeout(soon);
        clearTimeout(late);
        if (this.isRetired && this.waiting.size === 0) this.dispose();
      };
      answer.then(isAnswered, isAnswered);
      this.child.once('exit', isAnswered);
    });
    return listener;
  }

  /** Asks the process to end by closing its channel; it finishes what it cannot interrupt, then exits. */
  override dispose(): void {
    if (this.isDisposed) return;
    super.dispose();
    if (this.stopped) return;
    if (this.child.connected) this.child.disconnect();
    const kill = setTimeout(() => this.child.kill('SIGKILL'), this.patience.grace);
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

  /** Ends a process that does not answer. */
  private end(reason: string): void {
    this.stop(reason);
    this.child.kill('SIGKILL');
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
