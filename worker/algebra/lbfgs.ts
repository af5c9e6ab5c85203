// Finds the minimum of a smooth convex function of many numbers: limited-memory BFGS (Nocedal & Wright, Numerical Optimization, algorithms
// 7.4 and 7.5) with a backtracking line search. Pure; deterministic.
import { addScaled, dot } from './vectors';

/** Pairs of steps and changes of the gradient that stand for the curvature. */
const memory = 10;
/** Share of the decrease that the slope promises which a step has to keep (Armijo). */
const sufficientDecrease = 1e-4;
const smallestStep = 1e-10;

/** @returns the value at `at` (n); its gradient goes into `gradient` (n) */
export type Objective = (at: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Ends where no part of the gradient is larger. */
  tolerance: number;
  mostIterations: number;
  /** (n): about the inverse of the second derivative along each number; the better, the fewer steps. */
  preconditioner: Float64Array;
}

/**
 * @param start (n); it is not changed
 * @returns (n)
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  { tolerance, mostIterations, preconditioner }: MinimiseOptions,
): Float64Array {
  let at: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(at.length);
  let value = objective(at, gradient);
  const history: Pair[] = [];
  for (let iteration = 0; iteration < mostIterations && largest(gradient) > tolerance; iteration++) {
    const direction = descent(gradient, history, preconditioner);
    const slope = dot(direction, gradient);
    let step = 1;
    const nextGradient = new Float64Array(at.length);
    let next = moved(at, direction, step);
    let nextValue = objective(next, nextGradient);
    while (!(nextValue <= value + sufficientDecrease * step * slope)) {
      step /= 2;
      // Rounding allows no better.
      if (step < smallestStep) return at;
      next = moved(at, direction, step);
      nextValue = objective(next, nextGradient);
    }
    remember(history, at, next, gradient, nextGradient);
    [at, gradient, value] = [next, nextGradient, nextValue];
  }
  return at;
}

interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** 1 / (step · change) */
  scale: number;
}

function remember(
  history: Pair[],
  from: Float64Array,
  to: Float64Array,
  before: Float64Array,
  after: Float64Array,
): void {
  const step = to.map((value, i) => value - from[i]!);
  const change = after.map((value, i) => value - before[i]!);
  const curvature = dot(step, change);
  if (!(curvature > 1e-12 * dot(change, change))) return;
  history.push({ step, change, scale: 1 / curvature });
  if (history.length > memory) history.shift();
}

/** Minus the gradient times the inverse Hessian as the history has it: the two-loop recursion. */
function descent(gradient: Float64Array, history: readonly Pair[], preconditioner: Float64Array): Float64Array {
  const direction = gradient.map((value) => -value);
  const shares: number[] = [];
  for (let i = history.length - 1; i >= 0; i--) {
    const { step, change, scale } = history[i]!;
    shares[i] = scale * dot(step, direction);
    addScaled(direction, change, -shares[i]!);
  }
  for (let i = 0; i < direction.length; i++) direction[i]! *= preconditioner[i]!;
  const last = history.at(-1);
  if (last) {
    // As long as the last step shows the curvature to be.
    const curvature = last.change.reduce((sum, value, i) => sum + value * value * preconditioner[i]!, 0);
    for (let i = 0; i < direction.length; i++) direction[i]! /= last.scale * curvature;
  }
  for (const [i, { step, change, scale }] of history.entries()) {
    addScaled(direction, step, shares[i]! - scale * dot(change, direction));
  }
  return direction;
}

function moved(at: Float64Array, direction: Float64Array, step: number): Float64Array {
  return at.map((value, i) => value + step * direction[i]!);
}

function largest(vector: Float64Array): number {
  return vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
