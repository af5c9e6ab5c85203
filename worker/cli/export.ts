// `export`: the labels as other tools read them, and heat maps.
import { dirname, relative, resolve } from 'node:path';
import { tableFormats, type Placing } from '../api/requests';
import { EngineError } from '../api/errors';
import { loadAnalysis } from '../analysis/stored';
import { writeHeatMaps } from '../analysis/write-heat-maps';
import { throwIfCancelled } from '../base/cancel';
import { counted } from '../base/units';
import { visible } from '../base/visible';
import { placeInFolders } from '../export/folders';
import { toTable } from '../export/label-formats';
import { fileInside } from '../images/inside';
import type { Run } from '../session/run';
import { replaceFile } from '../store/atomic-write';
import { requireFolder } from '../store/require-folder';
import { printJson } from '../terminal/json-output';
import { readLabels } from '../terminal/read-labels';

export const exportNames = ['csv', 'folders', 'coco', 'fiftyone', 'yolo-cls', 'heat-maps', 'npy'] as const;
export type ExportName = (typeof exportNames)[number];
/** Of the images, for validation. */
const validationShare = 0.2;

export interface ExportOptions {
  labels?: string;
  out?: string;
  placing: Placing;
  json?: boolean;
}

/** @throws EngineError; nothing that was there is overwritten by folders */
export async function runExport(run: Run, format: ExportName, folder: string, options: ExportOptions): Promise<void> {
  const absolute = resolve(folder);
  const { labels, file } = await readLabels(absolute, options.labels);
  const table = tableFormats.find((each) => each === format);
  if (table) {
    const text = toTable(table, labels, (await loadAnalysis(run.cache, absolute)) ?? null);
    // A pipe takes the table itself.
    if (options.out === undefined || options.out === '-') {
      if (options.json === true) {
        throw new EngineError(
          { code: 'invalid-setting' },
          'The table goes to the terminal. Name a file with --out, and --json says what was written.',
        );
      }
      process.stdout.write(text);
      return;
    }
    const target = resolve(options.out);
    await requireFolder(dirname(target));
    await replaceFile(target, text);
    if (options.json === true) printJson({ labelFile: file, file: target, images: labels.images.length });
    else console.log(`${counted(labels.images.length, 'image')}: ${visible(target)}`);
    return;
  }
  if (options.out === undefined) {
    throw new EngineError({ code: 'invalid-setting' }, 'Say where the files go: --out <folder>.');
  }
  const target = resolve(options.out);
  if (target === absolute || fileInside(absolute, relative(absolute, target)) !== undefined) {
    const message = `${target} is in the clustered folder, where the next run would take what is written for images. Choose another folder.`;
    throw new EngineError({ code: 'invalid-setting' }, message);
  }
  const split = format === 'yolo-cls' ? { share: validationShare } : undefined;
  const onStep = () => throwIfCancelled(run.flag);
  const paths = labels.images.map(({ path }) => path);
  const { placed, failures } =
    format === 'heat-maps' || format === 'npy'
      ? await writeHeatMaps(run.cache, absolute, paths, { target, format, onStep })
      : await placeInFolders(labels, absolute, target, options.placing, { split, onStep });
  if (options.json === true) printJson({ labelFile: file, folder: target, placed, failures });
  else {
    for (const { path, reason } of failures) console.log(`Left out: ${visible(path)} ${visible(reason)}.`);
    console.log(`${counted(placed, 'image')}: ${visible(target)}`);
    if (split) console.log(`Next: yolo classify train data=${visible(options.out)}`);
  }
}
