// The numbers of a benchmark in long form, one a row, for other programs. Quoting and line ends as in RFC 4180.
import { stringify } from 'csv-stringify/sync';
import { tables } from './methods';
import type { BenchmarkResults, Sweep } from './results';

/** RFC 4180 has both characters at the end of a line, and fields with either in quotes. */
const format = { record_delimiter: 'windows', quoted_match: /[\r\n]/ } as const;

/** One row a measurement: dataset, group, part, method, metric, value, paper, best epoch */
export function tablesCsv({ datasets }: BenchmarkResults): string {
  const rows = datasets.flatMap(({ name, group, measurements }) =>
    measurements.map(({ part, method, metric, value, best }) => {
      const definition = tables.find((table) => table.part === part)?.methods.find(({ id }) => id === method);
      const paper = group === undefined ? null : (definition?.paper(metric, group) ?? null);
      return [name, group ?? '', part, method, metric, value, paper, best ?? null];
    }),
  );
  return stringify(rows, {
    header: true,
    columns: ['dataset', 'group', 'part', 'method', 'metric', 'value', 'paper', 'best epoch'],
    ...format,
  });
}

/** One row a point of the purity curves and sweeps: dataset, figure, method, x, y. */
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
  return stringify(rows, { header: true, columns: ['dataset', 'figure', 'method', 'x', 'y'], ...format });
}
