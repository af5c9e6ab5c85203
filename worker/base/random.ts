// Random numbers that are the same on every machine for the same seed.

/** A stream of random numbers; each call draws from it. */
export interface Random {
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** A whole number in [from, to]. */
  integer(from: number, to: number): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
  /** An index, drawn in proportion to its weight; any index when all weights are zero. Weights are not negative. */
  weighted(weights: Float64Array): number;
}

/** The mulberry32 generator (Tommy Ettinger, public domain): 32 bits of state, good enough to draw pictures and to start searches. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    between: (from, to) => from + next() * (to - from),
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    weighted: (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      if (total === 0) return integer(0, weights.length - 1);
      let left = next() * total;
      // The last one that can be drawn stands in when rounding leaves a rest.
      let drawn = 0;
      for (const [i, weight] of weights.entries()) {
        if (weight === 0) continue;
        drawn = i;
        left -= weight;
        if (left < 0) break;
      }
      return drawn;
    },
  };
}
