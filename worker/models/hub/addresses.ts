// Which addresses may be asked: the catalogue's hub over https, and where it redirects to, over https.
import { EngineError } from '../../api/errors';
import type { RemoteSource } from './remote-source';

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * For tests only: ANOMALY_CLUSTERING_HUB may put a server of this very machine in the hub's place.
 * @throws EngineError `download-refused` when it names any other
 */
function hubOverride(): URL | undefined {
  const text = process.env['ANOMALY_CLUSTERING_HUB'];
  if (text === undefined || text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && loopback.has(url.hostname) && /^https?:$/.test(url.protocol)) return url;
  throw new EngineError(
    { code: 'download-refused' },
    `ANOMALY_CLUSTERING_HUB may only name a server on this machine, not ${text}. Unset it.`,
  );
}

/** `https://hub/repository/resolve/revision/file` */
export function addressOf({ hub, repository, file }: RemoteSource, revision: string): URL {
  return new URL(`/${repository}/resolve/${revision}/${file}`, hubOverride() ?? hub);
}

/** @throws EngineError `download-refused` for a redirect that leaves https */
export function requireSafe(url: URL): void {
  if (url.protocol === 'https:') return;
  if (url.protocol === 'http:' && loopback.has(url.hostname) && hubOverride() !== undefined) return;
  throw new EngineError(
    { code: 'download-refused' },
    `The hub sends us to ${url.origin}, which is not a safe address (https). Nothing was fetched from there. A proxy or a portal of the network may be the cause.`,
  );
}
