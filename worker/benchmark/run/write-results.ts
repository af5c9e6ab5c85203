// Writes what a benchmark found: a page for people, tables for papers and issues, numbers for other programs.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fillPage } from '../../analysis/write-report';
import { writeFileAtomic } from '../../store/atomic-write';
import { curvesCsv, tablesCsv } from '../tables/csv';
import { markdownReport } from '../tables/markdown';
import type { BenchmarkResults } from '../tables/results';

/**
 * @param page path of the built page
 * @param folder where the files go; older ones are replaced
 * @throws EngineError `not-writable`
 */
export async function writeBenchmark(results: BenchmarkResults, page: string, folder: string): Promise<void> {
  await writeFileAtomic(join(folder, 'results.json'), `${JSON.stringify(results)}\n`);
  await writeFileAtomic(join(folder, 'tables.md'), markdownReport(results));
  await writeFileAtomic(join(folder, 'tables.csv'), tablesCsv(results));
  await writeFileAtomic(join(folder, 'curves.csv'), curvesCsv(results));
  await writeFileAtomic(join(folder, 'index.html'), fillPage(await readFile(page, 'utf8'), results));
}
