// The curves of a benchmark's page: purity (figure 4), temperature (figure 6), and the sweeps of the appendix.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { BenchmarkDataset, Sweep } from '../worker/benchmark/results';
import { formatValue } from '../worker/benchmark/tables';
import { h } from './dom';

/** Okabe & Ito: told apart by colour-blind people, in both themes. */
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3]];

interface Curve {
  name: string;
  points: [number, number][];
  /** An x that stands out. */
  mark?: number;
}

interface Plot {
  title: string;
  caption: string;
  x: string;
  y: string;
  isLogarithmic: boolean;
  curves: Curve[];
}

export function curveFigures({ figures }: BenchmarkDataset): HTMLElement[] {
  const { purityCurves, temperatureSweep, hardPatchesSweep, normalImagesSweep } = figures;
  const plots: Plot[] = [];
  if (purityCurves) {
    plots.push({
      title: 'Figure 4: purity',
      caption: 'Purity against the number of clusters, from one cluster to one an image.',
      x: 'clusters',
      y: 'purity',
      isLogarithmic: false,
      curves: purityCurves.map(({ method, mAUC, purity }) => ({
        name: `${method} (mAUC ${formatValue(mAUC)})`,
        points: purity.map((value, i) => [i + 1, value]),
      })),
    });
  }
  const sweeps: [Sweep | undefined, string, string][] = [
    [temperatureSweep, 'Figure 6: temperature', 'NMI against the temperature. The ring is the automatic one.'],
    [hardPatchesSweep, 'A.1: hard weights', 'NMI when only so many patches count.'],
    [normalImagesSweep, 'A.2: normal images', 'NMI with so many normal images to compare with.'],
  ];
  for (const [sweep, title, caption] of sweeps) {
    if (sweep) {
      const { parameter, isLogarithmic, series } = sweep;
      const curves = series.map(({ method, points, automatic }) => ({
        name: method,
        points,
        ...(automatic === undefined ? {} : { mark: automatic }),
      }));
      plots.push({ title, caption, x: parameter, y: 'NMI', isLogarithmic, curves });
    }
  }
  return plots.length === 0 ? [] : [h('div', { class: 'plots' }, ...plots.map(figure))];
}

function figure(plot: Plot): HTMLElement {
  const place = h('div', { class: 'plot', role: 'img', 'aria-label': `${plot.title}. The numbers are below.` });
  const element = h(
    'figure',
    {},
    h('figcaption', {}, h('strong', {}, plot.title), h('span', {}, plot.caption)),
    place,
    h('details', {}, h('summary', {}, 'Numbers'), table(plot)),
  );
  // The width is known once the figure is in the page.
  const draw = () => {
    place.replaceChildren();
    drawPlot(place, plot);
  };
  new ResizeObserver(draw).observe(element);
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  return element;
}

function drawPlot(place: HTMLElement, { x, y, isLogarithmic, curves }: Plot): void {
  const xs = [...new Set(curves.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const ys = curves.map(({ points }) => {
    const values = new Map(points);
    return xs.map((at) => values.get(at) ?? null);
  });
  const style = getComputedStyle(place);
  const ink = style.color;
  const grid = style.getPropertyValue('--vscode-widget-border');
  const axis = (label: string): uPlot.Axis => ({
    label,
    stroke: ink,
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
    labelSize: 22,
    ...(label === y ? { size: 46, values: (_, splits) => decimals(splits) } : {}),
  });
  const width = place.clientWidth;
  new uPlot(
    {
      width,
      height: Math.round(Math.min(320, width * 0.62)),
      scales: { x: { time: false, distr: isLogarithmic ? 3 : 1 }, y: { range: yRange(ys, y === 'purity') } },
      axes: [{ ...axis(x), ...(isLogarithmic ? { values: (_, splits) => splits.map(shortNumber) } : {}) }, axis(y)],
      series: [
        { label: x, value: (_, value) => (value === null ? '–' : String(Number(value.toPrecision(3)))) },
        ...curves.map(({ name, points }, i): uPlot.Series => ({
          label: name,
          stroke: colors[i % colors.length]!,
          dash: dashes[i % dashes.length]!,
          width: 2,
          spanGaps: true,
          value: (_, value) => formatValue(value),
          points: {
            show: points.length < 40,
            size: 5,
          },
        })),
      ],
      hooks: { draw: [(plot) => curves.forEach(({ points, mark }, i) => drawMark(plot, points, mark, colors[i]!))] },
    },
    [xs, ...ys],
    place,
  );
}

/** A ring around the point that is nearest to the mark. */
function drawMark(plot: uPlot, points: [number, number][], mark: number | undefined, color: string): void {
  if (mark === undefined || points.length === 0) return;
  const away = ([at]: [number, number]) => Math.abs(Math.log(at / mark));
  const [at, value] = points.reduce((a, b) => (away(b) < away(a) ? b : a));
  const { ctx } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.arc(plot.valToPos(at, 'x', true), plot.valToPos(value, 'y', true), 7 * devicePixelRatio, 0, 2 * Math.PI);
  ctx.strokeStyle = color;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.stroke();
  ctx.restore();
}

/** From 0, or a little below the lowest purity, to the next tenth above. */
function yRange(values: (number | null)[][], isPurity: boolean): [number, number] {
  const known = values.flat().filter((value) => value !== null);
  if (isPurity) return [Math.max(0, Math.floor(Math.min(...known) * 10) / 10), 1.02];
  return [Math.min(0, ...known), Math.min(1.02, Math.ceil(Math.max(0.1, ...known) * 10 + 0.3) / 10)];
}

/** With as many decimals as neighbouring labels need to differ. */
function decimals(splits: number[]): string[] {
  const step = splits.length > 1 ? splits[1]! - splits[0]! : 0.1;
  return splits.map((value) => value.toFixed(step < 0.0999 ? 2 : 1));
}

/** Only the powers of ten and their halves, so that labels do not touch; the library leaves out the others. */
function shortNumber(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(2)));
}

function table({ x, curves }: Plot): HTMLElement {
  const xs = [...new Set(curves.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const head = [x, ...curves.map(({ name }) => name)].map((name) => h('th', { scope: 'col' }, name));
  const values = curves.map(({ points }) => new Map(points));
  const rows = xs.map((at) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, String(Number(at.toPrecision(3)))),
      ...values.map((curve) => h('td', {}, formatValue(curve.get(at) ?? null))),
    ),
  );
  return h(
    'div',
    { class: 'table-scroll' },
    h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)),
  );
}
