// `plan`, `shard`, `merge`: one folder on many machines. Whatever scheduler starts them: each may be run again at any time.
import { dirname, resolve } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { EngineError } from '../api/errors';
import type { ClusterResult } from '../api/requests';
import type { Device } from '../api/settings';
import { requireSetting } from '../base/require-setting';
import { counted, formatMegabytes } from '../base/units';
import { visible } from '../base/visible';
import { mergeShards } from '../fleet/merge';
import { groupMany, labelChosen } from '../fleet/many/merge-many';
import { readMergedRecord, writeMergedRecord } from '../fleet/many/merged-file';
import { placeAll } from '../fleet/many/place-all';
import { writePictures, type Pictures } from '../fleet/pictures';
import { makePlan } from '../fleet/plan';
import { planSourceOf } from '../fleet/plan-source';
import { runShard } from '../fleet/shard';
import { defaultLabelFile, labelledFolder, picturesIn, readPlan, type Plan } from '../fleet/work-folder';
import { clusterTitle, parseLabels, type LabelDocument } from '../labels';
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
  /** Images of tar files that the label file lists become files of the work folder. */
  pictures: boolean;
  json?: boolean;
}

/** Where schedulers say which part of an array a process is: Slurm, and Kubernetes' indexed jobs. */
export const indexVariables = ['SLURM_ARRAY_TASK_ID', 'JOB_COMPLETION_INDEX'] as const;

/**
 * @param source folder of images or of tar files, a tar file, or a list of either, in the folder that they are below
 * @throws EngineError; the plan that was there counts on then
 */
export async function runPlan(
  run: Run,
  source: string,
  options: PlanCommandOptions,
  given: ReadonlySet<string>,
): Promise<void> {
  const { folder, list, tars } = await planSourceOf(source);
  const work = resolve(options.work);
  const labelFile = options.out ?? defaultLabelFile(work, { folder, ...(tars ? { tars: true } : {}) });
  const request = {
    ...requestOf(folder, { ...options, out: labelFile }, given),
    ...(list === undefined ? {} : { list }),
    ...(tars ? { tars: { files: tars, pictures: picturesIn(work) } } : {}),
  };
  const previousLabels = await readLabelFile(request.labelFile);
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
  const labelFile = resolve(options.out ?? defaultLabelFile(work, plan));
  // What a run leaves for the gallery is known by this folder.
  if (plan.tars) await mkdir(picturesIn(work), { recursive: true });
  if (options.out !== undefined) await mkdir(dirname(labelFile), { recursive: true });
  const request = (previousLabels: string | undefined) => ({
    ...{ labelFile, mayEndClusters: plan.run.regroup },
    ...(previousLabels === undefined ? {} : { previousLabels }),
  });
  let pictures: Pictures | undefined;
  /** What a label file lists is there before it. */
  const withPictures = async (result: ClusterResult) => {
    if (!plan.tars || !options.pictures) return result;
    const paths = new Set(parseLabels(result.labels).images.map(({ path }) => path));
    pictures = await writePictures(run, work, plan, paths);
    return result;
  };
  if (plan.images > lines) {
    const grouped = await groupMany(run, work, plan);
    const result = await clusterInto(labelFile, async (previous) =>
      withPictures(await labelChosen(run, work, plan, grouped, { ...request(previous), lines })),
    );
    await writeAll(run, { work, plan, labelFile, result, pictures }, options.json === true);
    return;
  }
  const result = await clusterInto(labelFile, async (previous) =>
    withPictures(await mergeShards(run, work, plan, request(previous))),
  );
  const folder = labelledFolder(work, plan);
  await writeMergedRecord(work, { version: 1, labelFile, folder, images: result.images });
  if (options.json) {
    const output = await outputOf(run, result, { folder, labelFile, report: undefined });
    printJson({ ...output, ...(pictures ? { pictures } : {}) });
  } else {
    printResult(result, labelFile);
    printPictures(pictures);
  }
}

/**
 * `assign --work`: what people decided on the lines of the label file goes to all images, and the tables are written anew.
 * @throws EngineError `work-invalid`, `label-file-invalid`, `not-writable`
 */
export async function runAssignAll(options: { work: string; labels?: string; json?: boolean }): Promise<void> {
  const work = resolve(options.work);
  const plan = await readPlan(work);
  const record = await readMergedRecord(work);
  const labelFile = resolve(options.labels ?? record?.labelFile ?? defaultLabelFile(work, plan));
  const labels = await readLabelFile(labelFile);
  if (labels === undefined) {
    throw new EngineError(
      { code: 'label-file-invalid', file: labelFile },
      `There is no label file ${labelFile}. Run "anomaly-clustering merge --work ${work}" first, or name the file with --labels.`,
    );
  }
  const document = parsedLabels(labelFile, labels);
  const { images, tables, counts } = await placeAll(work, plan, document);
  await writeMergedRecord(work, { version: 1, labelFile, folder: labelledFolder(work, plan), images, tables });
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

interface MergedMany {
  work: string;
  plan: Plan;
  labelFile: string;
  result: ClusterResult;
  pictures: Pictures | undefined;
}

/** The tables of all images beside the label file of some, and what is to be said. */
async function writeAll(
  run: Run,
  { work, plan, labelFile, result, pictures }: MergedMany,
  asJson: boolean,
): Promise<void> {
  const { images, tables, counts } = await placeAll(work, plan, parseLabels(result.labels));
  const folder = labelledFolder(work, plan);
  await writeMergedRecord(work, { version: 1, labelFile, folder, images, tables });
  const whole = {
    ...{ ...result, images },
    clusters: result.clusters.map((cluster) => ({ ...cluster, images: counts.get(cluster.id) ?? 0 })),
  };
  if (asJson) {
    const output = await outputOf(run, whole, { folder, labelFile, report: undefined });
    printJson({ ...output, tables, ...(pictures ? { pictures } : {}) });
  } else {
    printResult(whole, labelFile);
    printTables(tables);
    printPictures(pictures);
  }
}

function printPictures(pictures: Pictures | undefined): void {
  if (pictures === undefined) return;
  const { folder, files, bytes } = pictures;
  console.log(`Out of the tar files: ${counted(files, 'image')}, ${formatMegabytes(bytes)}, in ${visible(folder)}`);
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
