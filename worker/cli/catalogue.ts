// `catalogue`: what a folder's named clusters look like, as one small file that other folders are assigned by.
import { join, resolve } from 'node:path';
import { counted } from '../base/units';
import { visible } from '../base/visible';
import { labelFileName } from '../labels';
import { joinModelName } from '../models/name';
import { exportCatalogue } from '../pipeline/export-catalogue';
import type { Run } from '../session/run';
import { replaceFile } from '../store/atomic-write';
import type { NetworkOfLabels } from './assign';
import { printJson } from '../terminal/json-output';
import { requireLabelFile } from '../terminal/read-labels';

export interface CatalogueOptions extends NetworkOfLabels {
  labels?: string;
  out: string;
  json?: boolean;
}

/** @throws EngineError; nothing was written then */
export async function runCatalogue(run: Run, folder: string, options: CatalogueOptions): Promise<void> {
  const absolute = resolve(folder);
  const labelFile = resolve(options.labels ?? join(absolute, labelFileName));
  const labels = await requireLabelFile(labelFile);
  const { catalogue, clusters, examples } = await exportCatalogue(run, {
    ...{ folder: absolute, labelFile, labels, device: options.device },
    model: joinModelName(options.model, options.output),
  });
  const file = resolve(options.out);
  await replaceFile(file, catalogue);
  if (options.json === true) printJson({ file, clusters, examples });
  else {
    console.log(`${counted(clusters, 'cluster')}, known by ${counted(examples, 'image')}.`);
    console.log(`Catalogue: ${visible(file)}`);
    console.log(`Next: anomaly-clustering assign <folder> --from ${visible(options.out)}`);
  }
}
