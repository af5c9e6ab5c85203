// Retries of a download: which errors are transient, how often it tries again, and how long it waits in between.
import { EngineError } from '../../api/errors';
import { throwIfCancelled, type CancelFlag } from '../../base/cancel';

/** Something that may be over in a moment: a drop, a timeout, a server that is busy. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  constructor(
    message: string,
    /** What the server asked for. */
    readonly waitSeconds?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** When a request counts as failed, and how often and after which delays it is sent again. */
export interface RetryPolicy {
  /** Failures in a row, without any progress, before giving up. */
  attempts: number;
  /** Before the first retry; each delay is twice as long as the one before (exponential backoff), give or take a quarter. */
  initialDelaySeconds: number;
  maximumDelaySeconds: number;
  /** Without a byte of an answer. */
  idleTimeoutSeconds: number;
  connectTimeoutSeconds: number;
}

/** Five retries, after delays of about 16 seconds together. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 6,
  initialDelaySeconds: 0.5,
  maximumDelaySeconds: 60,
  idleTimeoutSeconds: 30,
  connectTimeoutSeconds: 15,
};

/** The header `Retry-After` (RFC 9110, 10.2.3), seconds or a date, as seconds from now; undefined when it is neither. */
export function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/**
 * Tries until it works. An attempt that made progress starts the count anew.
 * @param attempt tells of its progress by what it returns of `progress()`
 * @throws EngineError `download-failed` after too many attempts; `cancelled`; whatever else `attempt` throws
 */
export async function withRetries<T>(
  { attempts, initialDelaySeconds, maximumDelaySeconds }: RetryPolicy,
  flag: CancelFlag | undefined,
  host: string,
  progress: () => number,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failures = 0, reached = progress(); ;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      failures = progress() > reached ? 1 : failures + 1;
      reached = progress();
      if (failures >= attempts) throw gaveUp(host, error);
      const delay = error.waitSeconds ?? initialDelaySeconds * 2 ** (failures - 1) * (0.75 + Math.random() / 2);
      await wait(Math.min(delay, maximumDelaySeconds), flag);
    }
  }
}

/** In steps, so that a cancel does not wait. */
async function wait(seconds: number, flag: CancelFlag | undefined): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    if (flag) throwIfCancelled(flag);
    const left = end - performance.now();
    if (left <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, 100)));
  }
}

function gaveUp(host: string, cause: TransientError): EngineError {
  return new EngineError(
    { code: 'download-failed' },
    `The download from ${host} does not get on: ${cause.message}. What was fetched is kept; try again later. Behind a proxy, check HTTPS_PROXY or VS Code's setting http.proxy. Or fetch the file in another way and use: anomaly-clustering models get <id> --from <file>`,
    { cause },
  );
}
