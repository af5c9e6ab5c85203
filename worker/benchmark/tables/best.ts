// What a benchmark says about the data at hand, before its tables: which methods are best on it. Pure.
import type { BenchmarkTable } from './tables';

export interface RankedMethod {
  /** As the tables call it. */
  title: string;
  /** Title of its table. */
  table: string;
  nmi: number;
}

/** Methods that need what people do not have: their masks. */
const upperBound = /mask/i;

/** Methods by their NMI on the datasets together (the mean, where there are several), the best first; none without any number of ours. */
export function rankedMethods(tables: readonly BenchmarkTable[]): RankedMethod[] {
  const found = new Map<string, RankedMethod>();
  for (const { title: table, sections } of tables) {
    const overall = sections.filter(({ isMean }) => isMean);
    const section = overall.at(-1) ?? sections[0];
    const column = section?.columns.findIndex(({ title, isPaper }) => !isPaper && title.startsWith('NMI')) ?? -1;
    if (!section || column < 0) continue;
    for (const { title, cells } of section.rows) {
      const nmi = cells[column]?.value;
      if (nmi === null || nmi === undefined || upperBound.test(title)) continue;
      const known = found.get(title);
      if (!known || known.nmi < nmi) found.set(title, { title, table, nmi });
    }
  }
  return [...found.values()].sort((a, b) => b.nmi - a.nmi);
}
