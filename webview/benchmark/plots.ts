// Draws the curves of a benchmark's page, again whenever the width or the theme changes, and in light for paper.
import uPlot from 'uplot';
import type { BenchmarkDataset } from '../../worker/benchmark/tables/results';
import { formatValue } from '../../worker/benchmark/tables/tables';
import { plotsOf, valuesOfX, type CurveKind, type Plot } from './curves';
import { drawMark, labelsOf, splitsOf, yRange } from './scales';
import { h, setAttributes } from '../kit/dom';

interface Theme {
  ink: string;
  grid: string;
  curves: Record<CurveKind, string>;
}

/** The curves' colours are of Okabe & Ito, told apart by colour-blind people; for dark ground, lighter ones in the same order. */
const themes: Record<'light' | 'dark', Theme> = {
  light: {
    ink: '#555555',
    grid: '#ececec',
    curves: {
      unsupervised: '#0072b2',
      'with normals': '#d55e00',
      'max-hausdorff': '#009e73',
      average: '#666666',
      level: '#666666',
      other: '#aa4499',
    },
  },
  dark: {
    ink: '#a8a8a8',
    grid: '#333333',
    curves: {
      unsupervised: '#56b4e9',
      'with normals': '#f08a3c',
      'max-hausdorff': '#2fc79a',
      average: '#a8a8a8',
      level: '#a8a8a8',
      other: '#d98cc9',
    },
  },
};

/** Not by colour alone. */
const dashes: Record<CurveKind, number[]> = {
  unsupervised: [],
  'with normals': [10, 3],
  'max-hausdorff': [2, 2],
  average: [8, 3, 2, 3],
  level: [3, 5],
  other: [5, 2],
};

/** Two plots beside each other on A4 and on letter paper. */
const paperWidth = 290;

/** The plots of a dataset in one element; none where it has nothing to plot. */
export function curveFigures(dataset: BenchmarkDataset): HTMLElement[] {
  const plots = plotsOf(dataset);
  return plots.length === 0 ? [] : [h('div', { class: 'plots' }, ...plots.map(figure))];
}

function figure(plot: Plot): HTMLElement {
  const place = h('div', { class: 'plot', role: 'img', 'aria-label': `${plot.title}. The numbers are below.` });
  const legend = new Legend(plot);
  const element = h(
    'figure',
    {},
    h('figcaption', {}, h('strong', {}, plot.title), h('span', {}, plot.caption)),
    place,
    legend.element,
    h('details', {}, h('summary', {}, 'Numbers'), numbers(plot)),
  );
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  let drawn: uPlot | undefined;
  const draw = (width: number, theme: Theme) => {
    if (width === 0) return;
    drawn?.destroy();
    drawn = drawPlot(place, plot, legend, width, theme);
    legend.paint(theme);
  };
  const drawForScreen = () => draw(place.clientWidth, themes[dark.matches ? 'dark' : 'light']);
  // The width is known once the figure is in the page.
  new ResizeObserver(() => {
    if (drawn?.width !== place.clientWidth) drawForScreen();
  }).observe(place);
  dark.addEventListener('change', drawForScreen);
  window.addEventListener('beforeprint', () => draw(paperWidth, themes.light));
  window.addEventListener('afterprint', drawForScreen);
  return element;
}

function drawPlot(place: HTMLElement, plot: Plot, legend: Legend, width: number, { ink, grid, curves }: Theme): uPlot {
  const xs = valuesOfX(plot.curves);
  const ys = plot.curves.map(({ points }) => {
    const values = new Map(points);
    return xs.map((at) => values.get(at) ?? null);
  });
  const xSplits = splitsOf(xs, plot.isLogarithmic, width);
  const first = xs[0]!;
  const last = xs[xs.length - 1]!;
  const axis: uPlot.Axis = {
    stroke: ink,
    font: '12px system-ui, sans-serif',
    labelFont: '12px system-ui, sans-serif',
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1, size: 5 },
    labelSize: 18,
  };
  return new uPlot(
    {
      width,
      height: Math.round(Math.min(300, width * 0.6)),
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 7 } },
      padding: [8, 12, 0, 0],
      scales: {
        x: {
          time: false,
          distr: plot.isLogarithmic ? 3 : 1,
          range: () => (plot.isLogarithmic ? [first / 1.08, last * 1.08] : [first, last]),
        },
        y: { range: yRange(ys.flat(), plot.y === 'purity') },
      },
      axes: [
        {
          ...axis,
          label: plot.x,
          size: 28,
          splits: () => xSplits,
          filter: (_, splits) => splits,
          values: (_, splits) => splits.map((value) => Number(value.toPrecision(3)).toLocaleString('en')),
        },
        { ...axis, label: plot.y, size: 42, values: (_, splits) => labelsOf(splits) },
      ],
      series: [
        {},
        ...plot.curves.map(({ name, kind, points }): uPlot.Series => ({
          label: name,
          stroke: curves[kind],
          dash: dashes[kind],
          width: kind === 'level' ? 1.5 : 2,
          spanGaps: true,
          points: { show: kind !== 'level' && points.length < 40, size: 6, fill: curves[kind], stroke: curves[kind] },
        })),
      ],
      hooks: {
        draw: [(drawn) => plot.curves.forEach((curve) => drawMark(drawn, curve, curves[curve.kind]))],
        setCursor: [({ cursor: { idx } }) => legend.show(xs, ys, idx)],
      },
    },
    [xs, ...ys],
    place,
  );
}

/** Which line is which, and the values under the pointer. */
class Legend {
  readonly element: HTMLElement;
  readonly #lines: { kind: CurveKind; stroke: SVGElement; value: HTMLElement }[];
  readonly #at = h('span', { class: 'legend-value' });

  constructor({ x, curves }: Plot) {
    this.#lines = curves.map(({ kind }) => ({
      kind,
      stroke: line(dashes[kind]),
      value: h('span', { class: 'legend-value' }),
    }));
    this.element = h(
      'div',
      { class: 'legend' },
      h(
        'ul',
        { role: 'list' },
        ...curves.map(({ name }, i) => h('li', {}, swatch(this.#lines[i]!.stroke), name, this.#lines[i]!.value)),
        h('li', { class: 'legend-at', 'aria-hidden': 'true' }, x, this.#at),
      ),
    );
    this.show([], [], null);
  }

  paint({ curves }: Theme): void {
    for (const { kind, stroke } of this.#lines) stroke.setAttribute('stroke', curves[kind]);
  }

  show(xs: number[], ys: (number | null)[][], index: number | null | undefined): void {
    const at = index === null || index === undefined ? undefined : xs[index];
    this.element.classList.toggle('is-live', at !== undefined);
    this.#at.textContent = at === undefined ? '' : String(Number(at.toPrecision(3)));
    for (const [i, { value }] of this.#lines.entries()) {
      const found = at === undefined ? null : (ys[i]?.[index!] ?? null);
      value.textContent = found === null ? '' : formatValue(found);
    }
  }
}

function line(dash: number[]): SVGElement {
  const stroke = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  setAttributes(stroke, { d: 'M0 5 H30', 'stroke-width': 2, 'stroke-dasharray': dash.join(' ') || 'none' });
  return stroke;
}

function swatch(stroke: SVGElement): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  setAttributes(svg, { viewBox: '0 0 30 10', width: 30, height: 10, 'aria-hidden': 'true' });
  svg.append(stroke);
  return svg;
}

/** The plot for people and programs that do not see it. */
function numbers({ title, x, curves }: Plot): HTMLElement {
  const head = [x, ...curves.map(({ name }) => name)].map((name) => h('th', { scope: 'col' }, name));
  const values = curves.map(({ points }) => new Map(points));
  const rows = valuesOfX(curves).map((at) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, String(Number(at.toPrecision(3)))),
      ...values.map((curve) => h('td', {}, formatValue(curve.get(at) ?? null))),
    ),
  );
  return h(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': `Numbers of ${title}` },
    h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)),
  );
}
