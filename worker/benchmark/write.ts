// stub
import { join } from 'node:path';
import { writeFileAtomic } from '../store/write';
import type { BenchmarkResults } from './results';
export async function writeBenchmark(results: BenchmarkResults, _page: string, folder: string): Promise<void> {
  await writeFileAtomic(join(folder, 'results.json'), JSON.stringify(results));
}
