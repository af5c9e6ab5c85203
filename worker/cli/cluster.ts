// `cluster`: runs the pipeline, writes the label file and the report, and says what was found.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ClusterRequest, ClusterResult, Device, MethodSettings } from '../api';
import type { Run } from '../engine';
import { clusterTitle } from '../labels';
import { joinModelName } from '../models/name';
import { cluster } from '../pipeline';
import { writeReport } from '../report';
import { writeFileAtomic } from '../store/write';
import type { Paths } from './run';

export interface ClusterOptions extends MethodSettings {
  normal?: string;
  output?: string;
  device: Device;
  out?: string;
  report?: string;
  json?: boolean;
}

export const labelFileName = 'anomaly-clusters.json';

export async function runCluster(run: Run, paths: Paths, folder: string, options: ClusterOptions): Promise<void> {
  const { normal, device, output, out, report: reportFile, json, ...method } = options;
  const settings = { ...method, model: joinModelName(method.model, output) };
  const absolute = resolve(folder);
  const labelFile = resolve(out ?? join(absolute, labelFileName));
  const previousLabels = existsSync(labelFile) ? await readFile(labelFile, 'utf8') : undefined;
  const request: ClusterRequest = {
    folder: absolute,
    settings,
    device,
    labelFile,
    ...(normal === undefined ? {} : { normalFolder: normalFolder(absolute, normal) }),
    ...(previousLabels === undefined ? {} : { previousLabels }),
  };
  const result = await cluster(run, request);
  if (result.labels !== previousLabels) await writeFileAtomic(labelFile, result.labels);
  const report = reportFile === undefined ? undefined : resolve(reportFile);
  if (report !== undefined) await writeReport(run, paths.reportPage, report, { ...result, folder: request.folder });
  if (json) console.log(JSON.stringify({ ...result, labels: undefined, labelFile, report }, null, 2));
  else print(result, labelFile, report);
}

/** As seen from the working directory or, failing that, from the clustered folder. */
function normalFolder(folder: string, named: string): string {
  return existsSync(resolve(named)) ? resolve(named) : resolve(folder, named);
}

function print(
  { clusters, images, failures, notes, seconds }: ClusterResult,
  labelFile: string,
  report?: string,
): void {
  for (const { label, value } of notes) console.log(`${label}: ${value}`);
  console.log('');
  const rows = clusters.map((cluster) => [clusterTitle(cluster), String(cluster.images), cluster.medoid] as const);
  const width = Math.max('Cluster'.length, ...rows.map(([name]) => name.length));
  console.log(`${'Cluster'.padEnd(width)}  Images  Most typical image`);
  for (const [name, count, medoid] of rows) console.log(`${name.padEnd(width)}  ${count.padStart(6)}  ${medoid}`);
  console.log('');
  for (const { path, reason } of failures) console.log(`Left out: ${path} ${reason}.`);
  if (failures.length > 0) console.log('');
  console.log(`${images} images in ${clusters.length} clusters, in ${seconds.toFixed(1)} s.`);
  console.log(`Labels: ${labelFile}`);
  if (report !== undefined) console.log(`Report: ${report}`);
}
