// A model hub on this machine that behaves as huggingface.co does: `resolve` redirects to a store on another port, which answers Range
// requests. It records what is asked of it, and misbehaves on demand.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file of which only some parts are held; the rest are zeros. */
export interface VirtualFile {
  bytes: number;
  segments: { offset: number; bytes: Uint8Array }[];
  /** What the hub says in x-linked-etag; 64 hexadecimal digits. */
  sha256: string;
}

export interface AskedRange {
  start: number;
  /** Exclusive. */
  end: number;
}

/** Answers one request of the store in another way. Returns false to let the store answer as usual. */
export type Fault = (answer: {
  request: IncomingMessage;
  response: ServerResponse;
  range: AskedRange;
  file: VirtualFile;
  content: Buffer;
}) => boolean | void;

export interface Hub {
  /** For ANOMALY_CLUSTERING_HUB. */
  origin: string;
  /** Ranges that the store was asked for, in order. */
  asked: AskedRange[];
  /** Paths that the hub was asked for. */
  resolved: string[];
  /** Each takes one request of the store, the first the next one. */
  faults: Fault[];
  /** Answers the hub's next requests in another way. */
  hubFaults: ((response: ServerResponse) => void)[];
  close: () => Promise<void>;
}

/** @param files by `repository/file` */
export async function startHub(files: Record<string, VirtualFile>): Promise<Hub> {
  const asked: AskedRange[] = [];
  const resolved: string[] = [];
  const faults: Fault[] = [];
  const hubFaults: Hub['hubFaults'] = [];

  const store = createServer((request, response) => {
    const file = files[decodeURIComponent(new URL(request.url!, 'http://store').pathname.slice(1))];
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (!file || !match) {
      response.writeHead(file ? 200 : 404).end();
      return;
    }
    const range = { start: Number(match[1]), end: Number(match[2]) + 1 };
    asked.push(range);
    const content = read(file, range);
    if (faults.shift()?.({ request, response, range, file, content }) ?? false) return;
    answer(response, range, file, content);
  });
  const storeOrigin = await listen(store);

  const hub = createServer((request, response) => {
    resolved.push(request.url!);
    const fault = hubFaults.shift();
    if (fault) {
      fault(response);
      return;
    }
    const match = /^\/(.+)\/resolve\/([^/]+)\/(.+)$/.exec(request.url!);
    const name = match ? `${match[1]}/${match[3]}` : '';
    const file = files[name];
    if (!file || match![2] === 'unknown') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Entry not found');
      return;
    }
    response.writeHead(302, {
      location: `${storeOrigin}/${encodeURIComponent(name)}?signature=${resolved.length}`,
      'x-linked-etag': `"${file.sha256}"`,
      'x-linked-size': String(file.bytes),
      'x-repo-commit': '0123456789abcdef0123456789abcdef01234567',
    });
    response.end();
  });
  const origin = await listen(hub);
  return {
    origin,
    asked,
    resolved,
    faults,
    hubFaults,
    close: async () => {
      for (const server of [hub, store]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** A right answer of the store. */
export function answer(response: ServerResponse, range: AskedRange, file: VirtualFile, content: Uint8Array): void {
  response.writeHead(206, headersOf(range, file)).end(content);
}

export function headersOf({ start, end }: AskedRange, file: VirtualFile): Record<string, string> {
  return {
    'content-range': `bytes ${start}-${end - 1}/${file.bytes}`,
    'content-length': String(end - start),
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    etag: `"${file.sha256.slice(0, 32)}"`,
  };
}

function read({ segments }: VirtualFile, { start, end }: AskedRange): Buffer {
  const content = Buffer.alloc(end - start);
  for (const { offset, bytes } of segments) {
    const from = Math.max(start, offset);
    const to = Math.min(end, offset + bytes.length);
    if (from < to) content.set(bytes.subarray(from - offset, to - offset), from - start);
  }
  return content;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
