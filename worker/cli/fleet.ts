// `plan`, `shard`, `merge`: one folder on many machines. Whatever scheduler starts them: each may be run again at any time.
import { dirname, join, resolve } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Device } from '../api/settings';
import { requireSetting } from '../base/require-setting';
import { counted } from '../base/units';
import { visible } from '../base/visible';
import { mergeShards } from '../fleet/merge';
import { makePlan } from '../fleet/plan';
import { runShard } from '../fleet/shard';
import { readPlan } from '../fleet/work-folder';
import { labelFileName } from '../labels';
import type { Run } from '../session/run';
import { printJson } from '../terminal/json-output';
import { readLabelFile } from '../terminal/label-file';
import { clusterInto, outputOf, printResult, requestOf, type ClusterOptions } from './cluster';

export interface PlanCommandOptions extends ClusterOptions {
  shards: number;
  work: string;
}

export interface ShardCommandOptions {
  work: string;
  index?: number;
  device: Device;
  json?: boolean;
}

export interface MergeCommandOptions {
  work: string;
  out?: string;
  json?: boolean;
}

/** Where schedulers say which part of an array a process is: Slurm, and Kubernetes' indexed jobs. */
export const indexVariables = ['SLURM_ARRAY_TASK_ID', 'JOB_COMPLETION_INDEX'] as const;

/** @throws EngineError; the plan that was there counts on then */
export async function runPlan(
  run: Run,
  folder: string,
  options: PlanCommandOptions,
  given: ReadonlySet<string>,
): Promise<void> {
  const request = requestOf(folder, options, given);
  const previousLabels = await readLabelFile(request.labelFile);
  const work = resolve(options.work);
  const plan = await makePlan(
    run,
    { ...request, ...(previousLabels === undefined ? {} : { previousLabels }) },
    { work, shards: options.shards },
  );
  const { id, images, files, shards } = plan;
  if (options.json) printJson({ work, id, images, files, shards });
  else
    console.log(
      `${counted(images, 'different image')} in ${counted(shards, 'shard')}, plan ${id} in ${visible(work)}.`,
    );
}

/** @throws EngineError; what was finished is kept */
export async function runShardCommand(run: Run, options: ShardCommandOptions): Promise<void> {
  const result = await runShard(run, resolve(options.work), indexOf(options.index), options.device);
  if (options.json) {
    printJson({ ...result });
    return;
  }
  const { shard, shards, images, known, failures } = result;
  for (const { path, reason } of failures) console.log(`Left out: ${visible(path)} ${visible(reason)}.`);
  const before = known === 0 ? '' : `, ${known} of them before`;
  console.log(`Shard ${shard} of 0 to ${shards - 1}: ${counted(images, 'image')} described${before}.`);
}

/** @throws EngineError `shards-missing`; nothing was written then */
export async function runMerge(run: Run, options: MergeCommandOptions): Promise<void> {
  const work = resolve(options.work);
  const plan = await readPlan(work);
  const labelFile = resolve(options.out ?? join(plan.folder, labelFileName));
  if (options.out !== undefined) await mkdir(dirname(labelFile), { recursive: true });
  const result = await clusterInto(labelFile, (previousLabels) =>
    mergeShards(run, work, plan, {
      labelFile,
      mayEndClusters: plan.run.regroup,
      ...(previousLabels === undefined ? {} : { previousLabels }),
    }),
  );
  if (options.json)
    printJson({ ...(await outputOf(run, result, { folder: plan.folder, labelFile, report: undefined })) });
  else printResult(result, labelFile);
}

/** As it stands on the command line, or as the scheduler says. */
function indexOf(given: number | undefined): number {
  if (given !== undefined) return given;
  const text = indexVariables.map((name) => process.env[name]).find((value) => value !== undefined && value !== '');
  const index = Number(text);
  requireSetting(
    text !== undefined && Number.isInteger(index) && index >= 0,
    `Which shard? Say it with --index, or let a scheduler do it (${indexVariables.join(', ')}).`,
  );
  return index;
}
