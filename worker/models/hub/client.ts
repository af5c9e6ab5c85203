// Fetches parts of files from a hub that works as Hugging Face's does: `resolve` redirects to a store that answers Range requests, and the
// redirect carries the SHA-256 of the whole file. No byte is asked for that is not wanted; drops are gone on from; nothing is believed.
import type { ProxySettings } from '../../api/requests';
import { EngineError } from '../../api/errors';
import { Agent, EnvHttpProxyAgent, request, type Dispatcher, type ProxyAgent } from 'undici';
import { isCancelled, throwIfCancelled, type CancelFlag } from '../../base/cancel';
import type { RemoteSource } from './remote-source';
import { addressOf, requireSafe } from './addresses';
import { PartFile, type PartIdentity } from './part-file';
import { TransientError, retryAfter, defaultRetryPolicy, withRetries, type RetryPolicy } from './retry';

/** End exclusive. */
export interface ByteRange {
  start: number;
  end: number;
}

/** A file of the hub, as the hub describes it. */
export interface RemoteFile {
  /** Where the hub says it is, for messages. */
  url: string;
  bytes: number;
  etag: string;
  /** SHA-256 of the whole file, when the hub gives it. */
  sha256?: string | undefined;
  /** The store's signed address, which may expire. */
  store: URL;
}

/** How much of a download is there. */
export interface DownloadProgress {
  /** Of the wanted ranges, those of earlier tries included. */
  bytes: number;
  total: number;
}

/** How the hub is reached. */
export interface HubClientOptions {
  proxy?: ProxySettings | undefined;
  flag?: CancelFlag | undefined;
  retryPolicy?: Partial<RetryPolicy>;
}

const mostRedirects = 5;
const millisecondsBetweenLooks = 100;

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Dispatcher.ResponseData['body'];
}

/** Connections to a hub and to the stores that it sends to. Transient errors are retried. */
export class HubClient {
  private readonly dispatcher: Dispatcher;
  private readonly retryPolicy: RetryPolicy;
  private readonly flag: CancelFlag | undefined;
  /** Ends a request that waits for bytes as soon as the flag is set. */
  private readonly cancelled = new AbortController();
  private readonly watch: NodeJS.Timeout | undefined;

  constructor({ proxy = {}, flag, retryPolicy }: HubClientOptions = {}) {
    this.retryPolicy = { ...defaultRetryPolicy, ...retryPolicy };
    this.flag = flag;
    this.watch = flag && setInterval(() => isCancelled(flag) && this.cancelled.abort(), millisecondsBetweenLooks);
    this.watch?.unref();
    const { connectTimeoutSeconds, idleTimeoutSeconds } = this.retryPolicy;
    const tls = proxy.strictTls === false ? { rejectUnauthorized: false } : {};
    const limits = {
      connect: { timeout: connectTimeoutSeconds * 1000, ...tls },
      headersTimeout: idleTimeoutSeconds * 1000,
      bodyTimeout: idleTimeoutSeconds * 1000,
    };
    const usesProxy = proxy.url !== undefined || Object.keys(process.env).some((name) => /^https?_proxy$/i.test(name));
    this.dispatcher = usesProxy
      ? new EnvHttpProxyAgent({
          ...limits,
          ...({ requestTls: tls } satisfies Partial<ProxyAgent.Options>),
          ...(proxy.url === undefined ? {} : { httpProxy: proxy.url, httpsProxy: proxy.url }),
          ...(proxy.noProxy === undefined || proxy.noProxy.length === 0 ? {} : { noProxy: proxy.noProxy.join(',') }),
        })
      : new Agent(limits);
  }

  /**
   * Finds a file: its size and identity, by asking for its first byte.
   * @throws EngineError `download-failed`, `download-refused`; `model-invalid` when it is not the file that the catalogue knows
   */
  async open(source: RemoteSource): Promise<RemoteFile> {
    for (const revision of source.revisions) {
      const address = addressOf(source, revision);
      const found = await this.retrying(address.host, () => this.resolve(address));
      if (found === undefined) continue;
      if (source.sha256 === undefined || found.sha256 === source.sha256) return found;
      throw new EngineError(
        { code: 'model-invalid' },
        `The file at ${found.url} is not the one that this version knows: its SHA-256 is ${found.sha256 ?? 'not given'}. Nothing was fetched. An update of the extension may help.`,
      );
    }
    const { repository, file, hub } = source;
    throw new EngineError(
      { code: 'download-failed' },
      `${new URL(hub).host} does not have ${repository}/${file} (any more). An update of the extension may help.`,
    );
  }

  /** A small range into memory. */
  async read(file: RemoteFile, range: ByteRange): Promise<Uint8Array> {
    return this.retrying(file.store.host, async () => {
      const chunks: Uint8Array[] = [];
      await this.fetchRange(file, range, (chunk) => void chunks.push(chunk));
      return Buffer.concat(chunks);
    });
  }

  /**
   * The ranges, one behind the other, into one file, which appears only when it is whole. What was fetched before, by this process or by
   * one that ended, is gone on from.
   * @throws EngineError `download-failed`, `download-refused`, `not-writable`, `cancelled`
   */
  async download(
    file: RemoteFile,
    ranges: ByteRange[],
    target: string,
    onProgress: (progress: DownloadProgress) => void = () => undefined,
  ): Promise<void> {
    const identity: PartIdentity = { etag: file.etag, sha256: file.sha256, bytes: file.bytes, ranges };
    const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
    const part = await PartFile.open(target, identity);
    try {
      onProgress({ bytes: part.bytes, total });
      await this.retrying(
        file.store.host,
        async () => {
          for (const range of rest(ranges, part.bytes)) {
            await this.fetchRange(file, range, async (chunk) => {
              await part.append(chunk);
              onProgress({ bytes: part.bytes, total });
            });
          }
        },
        () => part.bytes,
      );
      await part.finish();
    } catch (error) {
      await part.leave();
      throw error;
    }
  }

  /** Ends all connections, those in use too. */
  async close(): Promise<void> {
    clearInterval(this.watch);
    await this.dispatcher.destroy();
  }

  private retrying<T>(host: string, attempt: () => Promise<T>, progress = () => 0): Promise<T> {
    return withRetries(this.retryPolicy, this.flag, host, progress, attempt);
  }

  /** @returns undefined where the hub has no such file */
  private async resolve(address: URL): Promise<RemoteFile | undefined> {
    let url = address;
    let sha256: string | undefined;
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      const { status, headers, body } = await this.ask(url, { start: 0, end: 1 });
      const linked = /^"?([0-9a-f]{64})"?$/.exec(text(headers['x-linked-etag']) ?? '')?.[1];
      sha256 ??= linked;
      await body.dump();
      if (status === 404) return undefined;
      if (status >= 300 && status < 400) {
        const location = text(headers['location']);
        if (location === undefined || !URL.canParse(location, url.href))
          throw new TransientError('a redirect to nowhere');
        url = new URL(location, url);
        requireSafe(url);
        continue;
      }
      requireStatus(status, headers, url);
      const bytes = totalOf(headers);
      if (bytes === undefined) throw notAFile(url, headers);
      const etag = text(headers['etag']) ?? '';
      return { url: address.href, bytes, etag, sha256, store: url };
    }
    throw new EngineError(
      { code: 'download-refused' },
      `The hub ${address.host} sends us round in circles. Try again later.`,
    );
  }

  /** Streams one range, and makes sure that it is just that. */
  private async fetchRange(
    file: RemoteFile,
    range: ByteRange,
    onChunk: (chunk: Uint8Array) => void | Promise<void>,
  ): Promise<void> {
    const { status, headers, body } = await this.ask(file.store, range);
    try {
      if (status === 401 || status === 403 || status === 410) await this.renew(file);
      requireStatus(status, headers, file.store);
      const expected = `bytes ${range.start}-${range.end - 1}/${file.bytes}`;
      if (text(headers['content-range']) !== expected)
        throw new TransientError('the server sent another part of the file');
      if ((text(headers['etag']) ?? '') !== file.etag) {
        throw new EngineError(
          { code: 'download-failed' },
          `The file at ${file.url} changed while it was fetched. Try again.`,
        );
      }
      let left = range.end - range.start;
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        if (this.flag) throwIfCancelled(this.flag);
        if (chunk.length > left) throw new TransientError('the server sent more than was asked for');
        await onChunk(chunk);
        left -= chunk.length;
      }
      if (left > 0) throw new TransientError('the connection ended too early');
    } catch (error) {
      body.on('error', () => undefined).destroy();
      if (this.flag) throwIfCancelled(this.flag);
      throw asTransient(error);
    }
  }

  /** The store's address expired: the hub gives another. */
  private async renew(file: RemoteFile): Promise<void> {
    const found = await this.resolve(new URL(file.url));
    if (found?.etag !== file.etag || found.bytes !== file.bytes) {
      throw new EngineError(
        { code: 'download-failed' },
        `The file at ${file.url} changed while it was fetched. Try again.`,
      );
    }
    file.store = found.store;
    throw new TransientError('the address expired', 0);
  }

  private async ask(url: URL, { start, end }: ByteRange): Promise<Answer> {
    if (this.flag) throwIfCancelled(this.flag);
    requireSafe(url);
    try {
      const { statusCode, headers, body } = await request(url, {
        dispatcher: this.dispatcher,
        signal: this.cancelled.signal,
        // A store that packs what it sends would count other bytes.
        headers: {
          range: `bytes=${start}-${end - 1}`,
          'accept-encoding': 'identity',
          'user-agent': 'anomaly-clustering',
        },
      });
      return { status: statusCode, headers, body };
    } catch (error) {
      if (this.flag) throwIfCancelled(this.flag);
      throw asTransient(error);
    }
  }
}

/** What is still missing behind the first `done` bytes. */
function rest(ranges: ByteRange[], done: number): ByteRange[] {
  const missing: ByteRange[] = [];
  let before = 0;
  for (const { start, end } of ranges) {
    const from = start + Math.max(0, done - before);
    if (from < end) missing.push({ start: from, end });
    before += end - start;
  }
  return missing;
}

function requireStatus(status: number, headers: Answer['headers'], url: URL): void {
  if (status === 206) return;
  if (status === 429 || status >= 500) {
    throw new TransientError(`the server is busy (${status})`, retryAfter(text(headers['retry-after'])));
  }
  if (status === 200) throw notAFile(url, headers);
  throw new TransientError(`the server answered ${status}`);
}

function notAFile(url: URL, headers: Answer['headers']): TransientError {
  const type = text(headers['content-type']) ?? '';
  return new TransientError(
    type.startsWith('text/html')
      ? `${url.host} sent a web page instead of the file, as the login page of a network does`
      : `${url.host} does not send parts of files`,
  );
}

function totalOf(headers: Answer['headers']): number | undefined {
  const total = /^bytes \d+-\d+\/(\d+)$/.exec(text(headers['content-range']) ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** What the network does to a request is passing; what we found wrong ourselves stays what it is. */
function asTransient(error: unknown): unknown {
  if (error instanceof TransientError || error instanceof EngineError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOTFOUND: 'its name is not known here: is there a connection?',
    ECONNREFUSED: 'it refuses connections',
    ECONNRESET: 'the connection was cut',
    UND_ERR_SOCKET: 'the connection was cut',
    UND_ERR_CONNECT_TIMEOUT: 'it cannot be reached',
    UND_ERR_BODY_TIMEOUT: 'nothing came for a while',
    UND_ERR_HEADERS_TIMEOUT: 'it does not answer',
  };
  if (code === 'ERR_ASSERTION' || error instanceof TypeError) return error;
  if (/CERT|SIGNATURE|SELF_SIGNED/.test(code ?? '')) {
    return new EngineError(
      { code: 'download-refused' },
      `The hub's certificate is not trusted here: ${message}. Where the network opens connections to look into them, NODE_EXTRA_CA_CERTS names its certificate. Or fetch the file in another way and use: anomaly-clustering models get <id> --from <file>`,
      { cause: error },
    );
  }
  return new TransientError(known[code ?? ''] ?? message, undefined, { cause: error });
}
