// `cluster`: runs the pipeline, writes the label file and the report, and says what was found.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { defaultSettings, type Device, type MethodSettings } from '../api/settings';
import type { ClusterRequest, ClusterResult } from '../api/requests';
import { counted } from '../base/units';
import { visible } from '../base/visible';
import type { Run } from '../session/run';
import { clusterTitle, labelFileName, parseLabels } from '../labels';
import { joinModelName } from '../models/name';
import { cluster } from '../pipeline/pipeline';
import { loadAnalysis } from '../analysis/stored';
import { writeReport } from '../analysis/write-report';
import { requireFolder } from '../store/require-folder';
import { inStyleOf } from '../labels/text-style';
import { removeAbandoned } from '../store/temporary';
import { changesInWords } from '../terminal/changes-in-words';
import { printJson, type ClusterOutput } from '../terminal/json-output';
import { readLabelFile, writeLabelFile } from '../terminal/label-file';
import type { Paths } from '../terminal/with-run';

export interface ClusterOptions extends MethodSettings {
  normal?: string;
  output?: string;
  device: Device;
  out?: string;
  report?: string;
  metadata?: string;
  area?: string;
  regroup?: boolean;
  json?: boolean;
}

/**
 * @param given names of the options that the person wrote; the others have their defaults
 * @throws EngineError; nothing was written then
 */
export async function runCluster(
  run: Run,
  paths: Paths,
  folder: string,
  options: ClusterOptions,
  given: ReadonlySet<string>,
): Promise<void> {
  const { out, report: reportFile, json } = options;
  const request = requestOf(folder, options, given);
  const { labelFile } = request;
  // Before the work, not after it.
  if (reportFile !== undefined) await requireFolder(dirname(resolve(reportFile)));
  if (out !== undefined) await mkdir(dirname(labelFile), { recursive: true });
  const result = await clusterInto(labelFile, (previousLabels) =>
    cluster(run, { ...request, ...(previousLabels === undefined ? {} : { previousLabels }) }),
  );
  const report = reportFile === undefined ? undefined : resolve(reportFile);
  if (report !== undefined)
    await writeReport(run, paths.reportPage, report, { folder: request.folder, labels: result.labels });
  if (json) printJson(await outputOf(run, result, { folder: request.folder, labelFile, report }));
  else printResult(result, labelFile, report);
}

/** @param given names of the options that the person wrote; the others have their defaults */
export function requestOf(folder: string, options: ClusterOptions, given: ReadonlySet<string>): ClusterRequest {
  const { normal, device, output, out, metadata, area, regroup = false } = options;
  const settings = settingsIn({ ...options, model: joinModelName(options.model, output) });
  const absolute = resolve(folder);
  return {
    folder: absolute,
    settings,
    overrides: overridesOf(settings, given),
    regroup,
    mayEndClusters: regroup,
    device,
    labelFile: resolve(out ?? join(absolute, labelFileName)),
    ...(normal === undefined ? {} : { normalFolder: normalFolder(absolute, normal) }),
    ...(metadata === undefined ? {} : { metadata: resolve(metadata) }),
    ...(area === undefined ? {} : { area: resolve(area) }),
  };
}

/** What belongs to the method, of all that stands on the command line. */
function settingsIn(options: MethodSettings): MethodSettings {
  const names = Object.keys(defaultSettings) as (keyof MethodSettings)[];
  return Object.fromEntries(names.map((name) => [name, options[name]])) as unknown as MethodSettings;
}

/** Runs again where somebody changed the label file meanwhile: the cache has what was found, and the labels are aligned with the change. */
export async function clusterInto(
  labelFile: string,
  work: (previousLabels: string | undefined) => Promise<ClusterResult>,
): Promise<ClusterResult> {
  await removeAbandoned(labelFile);
  for (;;) {
    const previousLabels = await readLabelFile(labelFile);
    const result = await work(previousLabels);
    if (inStyleOf(previousLabels, result.labels) === previousLabels) return result;
    if (await writeLabelFile(labelFile, result.labels, previousLabels)) return result;
    console.error(`${visible(labelFile)} was changed meanwhile. Aligning with the change …`);
  }
}

/** What {@link clusterOutputSchema} describes. */
export async function outputOf(
  run: Run,
  { labels, ...result }: ClusterResult,
  { folder, labelFile, report }: { folder: string; labelFile: string; report: string | undefined },
): Promise<Omit<ClusterOutput, 'version'>> {
  const { clusters, images } = parseLabels(labels);
  const names = new Map(clusters.map(({ id, name }) => [id, name]));
  const known = new Map((await loadAnalysis(run.cache, folder))?.images.map((image) => [image.path, image]));
  const results = images.map(({ path, cluster, pinned }) => ({
    path,
    cluster,
    name: names.get(cluster) ?? '',
    pinned: pinned === true,
    score: known.get(path)?.score ?? null,
    truth: known.get(path)?.truth ?? null,
  }));
  return { ...result, labelFile, ...(report === undefined ? {} : { report }), results };
}

/** What the person wrote on the command line: it counts whatever the label file says. */
function overridesOf(settings: MethodSettings, given: ReadonlySet<string>): Partial<MethodSettings> {
  const names = Object.keys(defaultSettings) as (keyof MethodSettings)[];
  const isGiven = (name: string) => given.has(name) || (name === 'model' && given.has('output'));
  return Object.fromEntries(names.filter(isGiven).map((name) => [name, settings[name]]));
}

/** As seen from the working directory or, failing that, from the clustered folder. */
function normalFolder(folder: string, named: string): string {
  return existsSync(resolve(named)) ? resolve(named) : resolve(folder, named);
}

/** For people. */
export function printResult(
  { clusters, images, failures, notes, changes, seconds }: ClusterResult,
  labelFile: string,
  report?: string,
): void {
  for (const { label, value } of notes) console.log(`${label}: ${visible(value)}`);
  console.log('');
  const rows = clusters.map(
    (cluster) => [visible(clusterTitle(cluster)), String(cluster.images), visible(cluster.medoid)] as const,
  );
  const width = Math.max('Cluster'.length, ...rows.map(([name]) => name.length));
  console.log(`${'Cluster'.padEnd(width)}  Images  Most typical image`);
  for (const [name, count, medoid] of rows) console.log(`${name.padEnd(width)}  ${count.padStart(6)}  ${medoid}`);
  console.log('');
  for (const { path, reason } of failures) console.log(`Left out: ${visible(path)} ${visible(reason)}.`);
  if (failures.length > 0) console.log('');
  console.log(`${counted(images, 'image')} in ${counted(clusters.length, 'cluster')}, in ${seconds.toFixed(1)} s.`);
  if (changes !== undefined) for (const line of changesInWords(changes)) console.log(line);
  console.log(`Labels: ${visible(labelFile)}`);
  if (report !== undefined) console.log(`Report: ${visible(report)}`);
}
