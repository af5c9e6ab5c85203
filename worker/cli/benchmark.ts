// `benchmark`: the paper's tables and figures on a person's own copy of the data.
import { counted } from '../base/units';
import { visible, visibleLines } from '../base/visible';
import { stderr } from 'node:process';
import { resolve } from 'node:path';
import type { Device } from '../api/settings';
import { EngineError } from '../api/errors';
import { benchmarkParts, type BenchmarkPart } from '../benchmark/tables/results';
import { runBenchmark } from '../benchmark/run/run-benchmark';
import { markdownReport } from '../benchmark/tables/markdown';
import { writeBenchmark } from '../benchmark/run/write-results';
import type { Run } from '../session/run';
import { openSession } from '../session/session';
import { joinModelName } from '../models/name';
import type { Paths } from '../terminal/with-run';

export interface BenchmarkOptions {
  table: BenchmarkPart[];
  model: string;
  output?: string;
  seed: number;
  temperature: number | 'auto';
  device: Device;
  bankShare: number;
  imagesPerClass?: number;
  normalImages?: number;
  out: string;
}

/** `1` to `5` are the tables; `all`, and the names of single parts. Several are separated by commas. */
export function parseParts(text: string): BenchmarkPart[] {
  const parts = text.split(',').flatMap((name): readonly BenchmarkPart[] => {
    const part = /^[1-5]$/.test(name) ? `table${name}` : name;
    if (part === 'all') return benchmarkParts;
    const known = benchmarkParts.find((each) => each === part);
    if (known === undefined) {
      throw new EngineError(
        { code: 'invalid-setting' },
        `There is no table "${name}". Use all, 1, 2, 3, 4, 5, ${benchmarkParts.slice(5).join(', ')}, or several with commas in between.`,
      );
    }
    return [known];
  });
  return benchmarkParts.filter((part) => parts.includes(part));
}

/** @throws EngineError when a folder cannot be benchmarked, or the results cannot be written */
export async function runBenchmarkCommand(
  run: Run,
  paths: Paths,
  folders: string[],
  { table, out, ...options }: BenchmarkOptions,
): Promise<void> {
  const session = await openSession(run, {
    model: joinModelName(options.model, options.output),
    device: options.device,
  });
  const start = performance.now();
  const results = await runBenchmark(
    session,
    { ...options, parts: table, folders: folders.map((folder) => resolve(folder)) },
    ({ name, images, normals }, index, total) => {
      stderr.write(`${name} (${index + 1} of ${total}): ${images.length} images, ${normals.length} normal images\n`);
    },
  );
  const folder = resolve(out);
  await writeBenchmark(results, paths.benchmarkPage, folder);
  console.log(visibleLines(markdownReport(results)));
  console.log(
    `${counted(results.datasets.length, 'dataset')} in ${((performance.now() - start) / 60_000).toFixed(1)} min.`,
  );
  console.log(`Tables, plots and pictures: ${visible(folder)}`);
}
