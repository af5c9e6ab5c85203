// `benchmark`: the paper's tables and figures on a person's own copy of the data.
import { stderr } from 'node:process';
import { resolve } from 'node:path';
import { EngineError, type Device } from '../api';
import { benchmarkParts, type BenchmarkPart } from '../benchmark/results';
import { runBenchmark } from '../benchmark/run';
import { markdownReport } from '../benchmark/markdown';
import { writeBenchmark } from '../benchmark/write';
import { chooseDevices } from '../devices/choose';
import type { Run } from '../engine';
import { findModel } from '../models/find';
import { joinModelName } from '../models/name';
import { requirePlatform } from '../features/platform';
import type { Paths } from './run';

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
        'invalid-setting',
        `There is no table "${name}". Use all, 1, 2, 3, 4, 5, ${benchmarkParts.slice(5).join(', ')}, or several with commas in between.`,
      );
    }
    return [known];
  });
  return benchmarkParts.filter((part) => parts.includes(part));
}

export async function runBenchmarkCommand(
  engineRun: Run,
  paths: Paths,
  folders: string[],
  { table, out, ...options }: BenchmarkOptions,
): Promise<void> {
  requirePlatform(process.platform, process.arch);
  const model = await findModel(joinModelName(options.model, options.output), engineRun);
  const run = { ...engineRun, devices: await chooseDevices(engineRun, model, options.device) };
  const start = Date.now();
  const results = await runBenchmark(
    run,
    model,
    { ...options, parts: table, folders: folders.map((folder) => resolve(folder)) },
    ({ name, images, normals }, index, total) => {
      stderr.write(`${name} (${index + 1} of ${total}): ${images.length} images, ${normals.length} normal images\n`);
    },
  );
  const folder = resolve(out);
  await writeBenchmark(results, paths.benchmarkPage, folder);
  console.log(markdownReport(results));
  console.log(`${results.datasets.length} datasets in ${((Date.now() - start) / 60_000).toFixed(1)} min.`);
  console.log(`Tables, plots and pictures: ${folder}`);
}
