// `assign`: new images of a clustered folder get the most probable of its clusters; nothing that was there changes.
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EngineError } from '../api/errors';
import type { CatalogueFile, ClusterResult, OtherFolder } from '../api/requests';
import { defaultSettings, type Device } from '../api/settings';
import { requireSetting } from '../base/require-setting';
import { visible } from '../base/visible';
import { clusterTitle, labelFileName, parseLabels } from '../labels';
import { asEngineError } from '../labels/as-engine-error';
import { isCatalogue } from '../learning/catalogue';
import { joinModelName } from '../models/name';
import { cluster } from '../pipeline/pipeline';
import type { Run } from '../session/run';
import { clusterInto } from './cluster';
import { runAssignAll } from './fleet';
import { readLabelFile } from '../terminal/label-file';
import { printJson } from '../terminal/json-output';

/** Where the network of a label file is, and where it runs. */
export interface NetworkOfLabels {
  model: string;
  output?: string;
  device: Device;
}

export interface AssignOptions extends NetworkOfLabels {
  labels?: string;
  from?: string;
  work?: string;
  json?: boolean;
}

/** @throws EngineError; nothing was written then */
export async function runAssign(run: Run, folder: string | undefined, options: AssignOptions): Promise<void> {
  if (options.work !== undefined) return runAssignAll({ ...options, work: options.work });
  requireSetting(
    folder !== undefined,
    'Name the clustered folder, or with --work the folder of a plan that was merged.',
  );
  const absolute = resolve(folder);
  const labelFile = resolve(options.labels ?? join(absolute, labelFileName));
  const settings = { ...defaultSettings, model: joinModelName(options.model, options.output) };
  const request = { folder: absolute, labelFile, settings, device: options.device };
  const from = options.from === undefined ? undefined : await otherClusters(resolve(options.from));
  const result = await clusterInto(labelFile, (previousLabels) => {
    if (from) return cluster(run, { ...request, from, ...(previousLabels === undefined ? {} : { previousLabels }) });
    if (previousLabels === undefined) {
      throw new EngineError(
        { code: 'label-file-invalid', file: labelFile },
        `There is no label file ${labelFile}, so there are no clusters to assign images to. Cluster the folder first, name the file with --labels, or take the clusters of another folder with --from.`,
      );
    }
    return cluster(run, { ...request, previousLabels, assignOnly: true });
  });
  const added = assigned(result, from !== undefined);
  if (options.json) {
    const { failures, unlike = [], changes, seconds } = result;
    const missing = changes?.missing ?? [];
    printJson({ labelFile, added, unlike, missing, failures, seconds });
  } else print(result, added, labelFile);
}

interface AssignedImage {
  path: string;
  /** Id of its cluster. */
  cluster: number;
  title: string;
}

/** @param file a catalogue, a label file, or the folder that holds one */
async function otherClusters(file: string): Promise<OtherFolder | CatalogueFile> {
  const isFolder = (await stat(file).catch(() => undefined))?.isDirectory() === true;
  const labelFile = isFolder ? join(file, labelFileName) : file;
  const labels = await readLabelFile(labelFile);
  if (labels === undefined)
    throw new EngineError(
      { code: 'label-file-invalid', file: labelFile },
      `There is no label file or catalogue ${labelFile}.`,
    );
  if (isCatalogue(labels)) return { file: labelFile, catalogue: labels };
  let root: string;
  try {
    ({ root } = parseLabels(labels));
  } catch (error) {
    throw asEngineError(labelFile, error, ' Nothing was written.');
  }
  return { folder: resolve(dirname(labelFile), root), labelFile, labels };
}

function assigned({ labels, changes }: ClusterResult, all: boolean): AssignedImage[] {
  const { clusters, images } = parseLabels(labels);
  const titles = new Map(clusters.map((each) => [each.id, clusterTitle(each)]));
  const added = new Set(changes?.added);
  return images
    .filter(({ path }) => all || added.has(path))
    .map(({ path, cluster }) => ({ path, cluster, title: titles.get(cluster)! }));
}

function print(
  { notes, failures, changes, unlike = [], seconds }: ClusterResult,
  added: AssignedImage[],
  file: string,
): void {
  for (const { label, value } of notes) console.log(`${label}: ${visible(value)}`);
  if (notes.length > 0 && added.length > 0) console.log('');
  for (const { path, title } of added) console.log(`${visible(path)}: ${visible(title)}`);
  if (added.length > 0) console.log('');
  for (const { path, reason } of failures) console.log(`Left out: ${visible(path)} ${visible(reason)}.`);
  const images = added.length === 1 ? '1 new image' : `${added.length} new images`;
  console.log(`${images}, ${unlike.length} of them unlike the others, in ${seconds.toFixed(1)} s.`);
  const missing = changes?.missing.length ?? 0;
  if (missing > 0)
    console.log(`${missing} images of the label file are not there now; their lines stay (see remove-missing).`);
  console.log(`Labels: ${visible(file)}`);
}
