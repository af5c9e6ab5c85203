// `plan`, `shard`, `merge`: one folder on many machines. Whatever scheduler starts them: each may be run again at any time.
import { dirname, join, resolve } from 'node:path';
import { mkdir, stat } from 'node:fs/promises';
import { EngineError } from '../api/errors';
import type { ClusterResult } from '../api/requests';
import type { Device } from '../api/settings';
import { requireSetting } from '../base/require-setting';
import { counted } from '../base/units';
import { visible } from '../base/visible';
import { mergeShards } from '../fleet/merge';
import { groupMany, labelChosen } from '../fleet/many/merge-many';
import { readMergedRecord, writeMergedRecord } from '../fleet/many/merged-file';
import { placeAll } from '../fleet/many/place-all';
import { makePlan } from '../fleet/plan';
import { runShard } from '../fleet/shard';
import { readPlan, type Plan } from '../fleet/work-folder';
import { clusterTitle, labelFileName, parseLabels, type LabelDocument } from '../labels';
import { asEngineError } from '../labels/as-engine-error';
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
  /** Of more different images than this, some stand in the label file, at most about so many, and all in a table. */
  lines: number;
  json?: boolean;
}

/** Where schedulers say which part of an array a process is: Slurm, and Kubernetes' indexed jobs. */
export const indexVariables = ['SLURM_ARRAY_TASK_ID', 'JOB_COMPLETION_INDEX'] as const;

/**
 * @param source folder, or a list of what is in its folder
 * @throws EngineError; the plan that was there counts on then
 */
export async function runPlan(
  run: Run,
  source: string,
  options: PlanCommandOptions,
  given: ReadonlySet<string>,
): Promise<void> {
  const isList = (await stat(source).catch(() => undefined))?.isFile() === true;
  const request = {
    ...requestOf(isList ? dirname(resolve(source)) : source, options, given),
    ...(isList ? { list: resolve(source) } : {}),
  };
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
  const { lines } = options;
  const plan = await readPlan(work);
  const labelFile = resolve(options.out ?? join(plan.folder, labelFileName));
  if (options.out !== undefined) await mkdir(dirname(labelFile), { recursive: true });
  const request = (previousLabels: string | undefined) => ({
    ...{ labelFile, mayEndClusters: plan.run.regroup },
    ...(previousLabels === undefined ? {} : { previousLabels }),
  });
  if (plan.images > lines) {
    const grouped = await groupMany(run, work, plan);
    const result = await clusterInto(labelFile, (previous) =>
      labelChosen(run, work, plan, grouped, { ...request(previous), lines }),
    );
    await writeAll(run, { work, plan, labelFile, result }, options.json === true);
    return;
  }
  const result = await clusterInto(labelFile, (previous) => mergeShards(run, work, plan, request(previous)));
  await writeMergedRecord(work, { version: 1, labelFile, folder: plan.folder, images: result.images });
  if (options.json)
    printJson({ ...(await outputOf(run, result, { folder: plan.folder, labelFile, report: undefined })) });
  else printResult(result, labelFile);
}

/**
 * `assign --work`: what people decided on the lines of the label file goes to all images, and the tables are written anew.
 * @throws EngineError `work-invalid`, `label-file-invalid`, `not-writable`
 */
export async function runAssignAll(options: { work: string; labels?: string; json?: boolean }): Promise<void> {
  const work = resolve(options.work);
  const plan = await readPlan(work);
  const record = await readMergedRecord(work);
  const labelFile = resolve(options.labels ?? record?.labelFile ?? join(plan.folder, labelFileName));
  const labels = await readLabelFile(labelFile);
  if (labels === undefined) {
    throw new EngineError(
      { code: 'label-file-invalid', file: labelFile },
      `There is no label file ${labelFile}. Run "anomaly-clustering merge --work ${work}" first, or name the file with --labels.`,
    );
  }
  const document = parsedLabels(labelFile, labels);
  const { images, tables, counts } = await placeAll(work, plan, document);
  await writeMergedRecord(work, { version: 1, labelFile, folder: plan.folder, images, tables });
  const clusters = document.clusters.map(({ id, name }) => ({ id, name, images: counts.get(id) ?? 0 }));
  if (options.json) printJson({ labelFile, images, tables, clusters });
  else {
    for (const cluster of clusters)
      console.log(`${visible(clusterTitle(cluster))}: ${counted(cluster.images, 'image')}`);
    printTables(tables);
  }
}

function parsedLabels(file: string, text: string): LabelDocument {
  try {
    return parseLabels(text);
  } catch (error) {
    throw asEngineError(file, error, ' Nothing was written.');
  }
}

/** The tables of all images beside the label file of some, and what is to be said. */
async function writeAll(
  run: Run,
  { work, plan, labelFile, result }: { work: string; plan: Plan; labelFile: string; result: ClusterResult },
  asJson: boolean,
): Promise<void> {
  const { images, tables, counts } = await placeAll(work, plan, parseLabels(result.labels));
  await writeMergedRecord(work, { version: 1, labelFile, folder: plan.folder, images, tables });
  const whole = {
    ...{ ...result, images },
    clusters: result.clusters.map((cluster) => ({ ...cluster, images: counts.get(cluster.id) ?? 0 })),
  };
  if (asJson) {
    const output = await outputOf(run, whole, { folder: plan.folder, labelFile, report: undefined });
    printJson({ ...output, tables });
  } else {
    printResult(whole, labelFile);
    printTables(tables);
  }
}

function printTables({ parquet, csv }: { parquet: string; csv: string }): void {
  console.log(`Tables of all images: ${visible(parquet)}, ${visible(csv)}`);
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
