// The sweeps of the paper's appendix as tables: NMI by the parameter, by dataset and on average. Pure.
import type { BenchmarkResults, Figures, Sweep } from './results';
import {
  bestOf,
  formatValue,
  meanOf,
  metricDefinitions,
  sectionsOf,
  type BenchmarkTable,
  type TableSection,
} from './tables';

interface SweepDefinition {
  part: 'a1' | 'a2';
  title: string;
  caption: string;
  figure: keyof Pick<Figures, 'hardPatchesSweep' | 'normalImagesSweep'>;
}

const sweeps: SweepDefinition[] = [
  {
    part: 'a1',
    title: 'A.1: hard weights',
    caption: 'NMI when only so many patches count, all the same. Ward.',
    figure: 'hardPatchesSweep',
  },
  {
    part: 'a2',
    title: 'A.2: normal images',
    caption: 'NMI with so many normal images to compare with. Ward.',
    figure: 'normalImagesSweep',
  },
];

/** Those that at least one dataset has; means are over the datasets that have it. */
export function sweepTables({ datasets }: BenchmarkResults): BenchmarkTable[] {
  return sweeps.flatMap(({ part, title, caption, figure }) => {
    const swept = datasets.filter(({ figures }) => figures[figure] !== undefined);
    const sections = sectionsOf(swept)
      .map((members) =>
        section(
          members.title,
          members.isMean,
          members.datasets.flatMap(({ figures }) => figures[figure] ?? []),
        ),
      )
      .filter(({ rows }) => rows.length > 0);
    return sections.length === 0 ? [] : [{ part, title, caption, sections }];
  });
}

function section(title: string, isMean: boolean, members: Sweep[]): TableSection {
  const all = members.flatMap(({ series }) => series);
  const methods = [...new Set(all.map(({ method }) => method))];
  const parameters = [...new Set(all.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const columns = methods.map((method) => {
    const curves = members.map(
      ({ series }) => new Map(series.find((each) => each.method === method)?.points.map(([at, nmi]) => [at, nmi])),
    );
    const values = parameters.map((at) => meanOf(curves.map((curve) => curve.get(at) ?? null)));
    const best = bestOf(values);
    return values.map((value) => ({ value, isBest: formatValue(value) === best }));
  });
  return {
    title,
    isMean,
    columns: methods.map((method) => ({ title: method, definition: metricDefinitions.nmi, isPaper: false })),
    rows: parameters
      .map((at, row) => ({ title: String(at), cells: columns.map((column) => column[row]!) }))
      // Where datasets have different numbers of normal images, few of them are common to all.
      .filter(({ cells }) => cells.some(({ value }) => value !== null)),
  };
}
