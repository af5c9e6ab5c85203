// The axes of a plot: where the labels stand, how far the values reach, and the ring around the automatic choice.
import type uPlot from 'uplot';
import type { Curve } from './curves';

/** Pixels that a label and the space beside it take. */
const labelWidth = 44;

/** Where the x axis has its labels: 1, 2, 5, 10 … on a logarithmic one, or only powers of ten where it is narrow; round steps on a linear one. */
export function splitsOf(xs: number[], isLogarithmic: boolean, width: number): number[] {
  const first = xs[0] ?? 1;
  const last = xs[xs.length - 1] ?? 1;
  const room = Math.max(2, Math.floor((width - 60) / labelWidth));
  const powers = (from: number, to: number, factors: number[]): number[] => {
    const splits: number[] = [];
    for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
      for (const factor of factors) splits.push(Number((factor * 10 ** power).toPrecision(1)));
    }
    return splits.filter((value) => value >= from && value <= to);
  };
  if (isLogarithmic) {
    const fine = powers(first / 1.08, last * 1.08, [1, 2, 5]);
    return fine.length <= room ? fine : powers(first / 1.08, last * 1.08, [1]);
  }
  const least = Math.max(1, (last - first) / Math.min(room, 8));
  const step = powers(least, least * 10, [1, 2, 5])[0] ?? least;
  const steps = Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step);
  return [first, ...steps.filter((value) => value - first >= step / 2)];
}

/** From 0, or a little below the lowest purity, to the next tenth above. */
export function yRange(values: (number | null)[], isPurity: boolean): [number, number] {
  const known = values.filter((value) => value !== null);
  if (isPurity) return [Math.max(0, Math.floor(Math.min(...known) * 10) / 10), 1.02];
  return [Math.min(0, ...known), Math.min(1.02, Math.ceil(Math.max(0.1, ...known) * 10 + 0.3) / 10)];
}

/** With as many decimals as neighbouring labels need to differ. */
export function labelsOf(splits: number[]): string[] {
  const step = splits.length > 1 ? splits[1]! - splits[0]! : 0.1;
  return splits.map((value) => value.toFixed(step < 0.0999 ? 2 : 1));
}

/** A ring around the curve's point that is nearest to its mark. */
export function drawMark(plot: uPlot, { points, mark }: Curve, color: string): void {
  if (mark === undefined || points.length === 0) return;
  const away = ([at]: [number, number]) => Math.abs(Math.log(at / mark));
  const [at, value] = points.reduce((a, b) => (away(b) < away(a) ? b : a));
  const { ctx } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.arc(plot.valToPos(at, 'x', true), plot.valToPos(value, 'y', true), 8 * devicePixelRatio, 0, 2 * Math.PI);
  ctx.setLineDash([]);
  ctx.strokeStyle = color;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.stroke();
  ctx.restore();
}
