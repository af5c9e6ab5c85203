// Waiting for what is meant, never for a time: the one place of the tests that sleeps, between two looks.
import { inspect } from 'node:util';

export interface Patience {
  /** Before giving up. Generous: other work may keep the machine busy, and a test that passes never waits for so long. */
  seconds?: number;
}

const usualSeconds = 90;
const millisecondsPerLook = 50;

/**
 * Looks until there is something.
 * @param what is waited for, as in "Waited 90 s for the gallery."
 * @param look not yet while it gives undefined, null or false, or throws
 * @returns what the last look gave
 * @throws Error that says what was waited for and what was seen last; its cause is what `look` threw
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  { seconds = usualSeconds }: Patience = {},
): Promise<Exclude<T, undefined | null | false>> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    let seen: unknown;
    let cause: unknown;
    try {
      const value = await look();
      if (value !== undefined && value !== null && value !== false) {
        return value as Exclude<T, undefined | null | false>;
      }
      seen = value;
    } catch (error) {
      seen = cause = error;
    }
    if (performance.now() > end) {
      const last = seen instanceof Error ? seen.message : inspect(seen);
      throw new Error(`Waited ${seconds} s for ${what}. Last seen: ${last}`, cause === undefined ? {} : { cause });
    }
    // eslint-disable-next-line no-restricted-globals -- between two looks
    await new Promise((resolve) => setTimeout(resolve, millisecondsPerLook));
  }
}

/**
 * Checks until the check passes.
 * @param what is waited for, as in "Waited 90 s for the new name in the label file."
 * @param check throws while it is not so, as assertions do
 * @throws Error that says what was waited for and what the check said last
 */
export async function eventuallyPasses(
  what: string,
  check: () => void | Promise<void>,
  patience?: Patience,
): Promise<void> {
  await eventually(
    what,
    async () => {
      await check();
      return true;
    },
    patience,
  );
}
