// `assign`: new images of a clustered folder get the most probable of its clusters; nothing that was there changes.
import { join, resolve } from 'node:path';
import { EngineError } from '../api/errors';
import type { ClusterResult } from '../api/requests';
import { defaultSettings, type Device } from '../api/settings';
import { visible } from '../base/visible';
import { clusterTitle, labelFileName, parseLabels } from '../labels';
import { joinModelName } from '../models/name';
import { cluster } from '../pipeline/pipeline';
import type { Run } from '../session/run';
import { clusterInto } from './cluster';

export interface AssignOptions {
  labels?: string;
  model: string;
  output?: string;
  device: Device;
  json?: boolean;
}

/** @throws EngineError; nothing was written then */
export async function runAssign(run: Run, folder: string, options: AssignOptions): Promise<void> {
  const absolute = resolve(folder);
  const labelFile = resolve(options.labels ?? join(absolute, labelFileName));
  const settings = { ...defaultSettings, model: joinModelName(options.model, options.output) };
  const result = await clusterInto(labelFile, (previousLabels) => {
    if (previousLabels === undefined) {
      throw new EngineError(
        { code: 'label-file-invalid', file: labelFile },
        `There is no label file ${labelFile}, so there are no clusters to assign images to. Cluster the folder first, or name the file with --labels.`,
      );
    }
    return cluster(run, {
      ...{ folder: absolute, labelFile, previousLabels, settings, device: options.device },
      assignOnly: true,
    });
  });
  const added = assigned(result);
  if (options.json) {
    const { failures, unlike = [], changes, seconds } = result;
    const missing = changes?.missing ?? [];
    console.log(JSON.stringify({ labelFile, added, unlike, missing, failures, seconds }, null, 2));
  } else print(result, added, labelFile);
}

interface AssignedImage {
  path: string;
  /** Id of its cluster. */
  cluster: number;
  title: string;
}

function assigned({ labels, changes }: ClusterResult): AssignedImage[] {
  const { clusters, images } = parseLabels(labels);
  const titles = new Map(clusters.map((each) => [each.id, clusterTitle(each)]));
  const added = new Set(changes?.added);
  return images
    .filter(({ path }) => added.has(path))
    .map(({ path, cluster }) => ({ path, cluster, title: titles.get(cluster)! }));
}

function print({ failures, changes, unlike = [], seconds }: ClusterResult, added: AssignedImage[], file: string): void {
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
