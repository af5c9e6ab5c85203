// The numbers of a benchmark in long form, one a row, for other programs. Quoting as in RFC 4180.
import { tables } from './methods';
import type { BenchmarkResults, Sweep } from './results';

/** dataset, group, part, method, metric, value, paper */
export function tablesCsv({ datasets }: BenchmarkResults): string {
  const rows = datasets.flatMap(({ name, group, measurements }) =>
    measurements.map(({ part, method, metric, value }) => {
      const definition = tables.find((table) => table.part === part)?.methods.find(({ id }) => id === method);
      const paper = group === undefined ? null : (definition?.paper(metric, group) ?? null);
      return [name, group ?? '', part, method, metric, value, paper];
    }),
  );
  return csv(['dataset', 'group', 'part', 'method', 'metric', 'value', 'paper'], rows);
}

/** dataset, figure, method, x, y: purity curves and sweeps */
export function curvesCsv({ datasets }: BenchmarkResults): string {
  const rows = datasets.flatMap(({ name, figures }) => {
    const sweeps: [string, Sweep | undefined][] = [
      ['figure6', figures.temperatureSweep],
      ['a1', figures.hardPatchesSweep],
      ['a2', figures.normalImagesSweep],
    ];
    return [
      ...(figures.purityCurves ?? []).flatMap(({ method, purity }) =>
        purity.map((value, i) => [name, 'figure4', method, i + 1, value]),
      ),
      ...sweeps.flatMap(([figure, sweep]) =>
        (sweep?.series ?? []).flatMap(({ method, points }) => points.map(([x, y]) => [name, figure, method, x, y])),
      ),
    ];
  });
  return csv(['dataset', 'figure', 'method', 'x', 'y'], rows);
}

function csv(header: string[], rows: (string | number | null)[][]): string {
  return [header, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | null): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
