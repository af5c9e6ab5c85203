// Random numbers that are the same on every machine for the same seed.

export interface Random {
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** A whole number in [from, to]. */
  integer(from: number, to: number): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
}

/** The mulberry32 generator (Tommy Ettinger, public domain): 32 bits of state, good enough to draw pictures. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    between: (from, to) => from + next() * (to - from),
    integer: (from, to) => from + Math.floor(next() * (to - from + 1)),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
