// How often a download tries again, and how long it waits in between.
import { EngineError } from '../../api';
import { throwIfCancelled, type CancelFlag } from '../../cancel';

/** Something that may be over in a moment: a drop, a timeout, a server that is busy. */
export class PassingTrouble extends Error {
  override readonly name = 'PassingTrouble';
  constructor(
    message: string,
    /** What the server asked for. */
    readonly waitSeconds?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface Patience {
  /** Tries without any progress before giving up. */
  attempts: number;
  /** Of the first pause; each is twice as long as the one before. */
  firstPauseSeconds: number;
  longestPauseSeconds: number;
  /** Without a byte. */
  silenceSeconds: number;
  connectSeconds: number;
}

export const usualPatience: Patience = {
  attempts: 6,
  firstPauseSeconds: 0.5,
  longestPauseSeconds: 60,
  silenceSeconds: 30,
  connectSeconds: 15,
};

/** `Retry-After`: seconds or a date. */
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
export async function withPatience<T>(
  { attempts, firstPauseSeconds, longestPauseSeconds }: Patience,
  flag: CancelFlag | undefined,
  host: string,
  progress: () => number,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failures = 0, reached = progress(); ;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PassingTrouble)) throw error;
      failures = progress() > reached ? 1 : failures + 1;
      reached = progress();
      if (failures >= attempts) throw gaveUp(host, error);
      const pause = error.waitSeconds ?? firstPauseSeconds * 2 ** (failures - 1) * (0.75 + Math.random() / 2);
      await wait(Math.min(pause, longestPauseSeconds), flag);
    }
  }
}

/** In steps, so that a cancel does not wait. */
async function wait(seconds: number, flag: CancelFlag | undefined): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (flag) throwIfCancelled(flag);
    const left = end - Date.now();
    if (left <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, 100)));
  }
}

function gaveUp(host: string, cause: PassingTrouble): EngineError {
  return new EngineError(
    'download-failed',
    `The download from ${host} does not get on: ${cause.message}. What was fetched is kept; try again later. Behind a proxy, check HTTPS_PROXY or VS Code's setting http.proxy. Or fetch the file in another way and use: anomaly-clustering models get <id> --from <file>`,
    undefined,
    { cause },
  );
}
