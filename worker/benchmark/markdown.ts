// stub
import type { BenchmarkResults } from './results';
export function markdownReport(results: BenchmarkResults): string {
  return results.datasets.map((d) => `${d.name} ${d.images} k=${d.k} ${JSON.stringify(d.temperatures)}\n` + d.measurements.map((m) => `${m.part} | ${m.method} | ${m.metric} | ${m.value?.toFixed(3)}`).join('\n')).join('\n\n');
}
