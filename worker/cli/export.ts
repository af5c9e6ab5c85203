// `export`: the labels as other tools read them, and heat maps.
import { dirname, extname, resolve } from 'node:path';
import { folderFormats, tableFormats } from '../api/requests';
import type { ExportedText, FolderExport, ImageFailure, Placing, ShapeName, TableFormat } from '../api/requests';
import { EngineError } from '../api/errors';
import { exportFiles, exportText, requireOutside } from '../analysis/export-labels';
import { writeHeatMaps } from '../analysis/write-heat-maps';
import { throwIfCancelled } from '../base/cancel';
import { counted } from '../base/units';
import { visible } from '../base/visible';
import type { LabelDocument } from '../labels';
import type { Run } from '../session/run';
import { replaceFile } from '../store/atomic-write';
import { requireFolder } from '../store/require-folder';
import { printJson } from '../terminal/json-output';
import { readLabels } from '../terminal/read-labels';

export const exportNames = [...tableFormats, ...folderFormats, 'heat-maps', 'npy'] as const;
export type ExportName = (typeof exportNames)[number];

/** What is done next with what was written. */
const nextSteps: Partial<Record<ExportName, (out: string) => string>> = {
  'yolo-cls': (out) => `yolo classify train data=${out}`,
  yolo: (out) => `yolo detect train data=${out}/data.yaml`,
  'yolo-seg': (out) => `yolo segment train data=${out}/data.yaml`,
};

export interface ExportOptions {
  labels?: string;
  out?: string;
  placing: Placing;
  shapes?: ShapeName;
  json?: boolean;
}

/** @throws EngineError; nothing that was there is overwritten by files below a folder */
export async function runExport(run: Run, format: ExportName, folder: string, options: ExportOptions): Promise<void> {
  const absolute = resolve(folder);
  const { labels, file } = await readLabels(absolute, options.labels);
  const table = tableFormats.find((each) => each === format);
  const onStep = () => throwIfCancelled(run.flag);
  if (table) {
    const { shapes } = options;
    const exported = () => exportText(run.cache, absolute, labels, { format: table, shapes, onStep });
    const { out, json } = options;
    return writeText(table, exported, { labels, file, out, json });
  }
  if (options.out === undefined) throw noPlace('--out <folder>');
  const target = resolve(options.out);
  requireOutside(absolute, target);
  const { placed, failures } = await filesOf(format);
  if (options.json === true) printJson({ labelFile: file, folder: target, placed, failures });
  else {
    for (const line of leftOut(failures)) console.log(line);
    console.log(`${counted(placed, 'image')}: ${visible(target)}`);
    const next = nextSteps[format];
    if (next) console.log(`Next: ${next(visible(options.out))}`);
  }

  function filesOf(name: ExportName): Promise<FolderExport> {
    const files = folderFormats.find((each) => each === name);
    if (files) {
      const { placing } = options;
      return exportFiles(run.cache, absolute, labels, { target, format: files, placing, onStep });
    }
    const paths = labels.images.map(({ path }) => path);
    return writeHeatMaps(run.cache, absolute, paths, { target, format: name === 'npy' ? name : 'heat-maps', onStep });
  }
}

async function writeText(
  format: TableFormat,
  exported: () => Promise<ExportedText>,
  {
    labels,
    file,
    out,
    json,
  }: { labels: LabelDocument; file: string } & { [Key in 'out' | 'json']: ExportOptions[Key] },
): Promise<void> {
  // A pipe takes the table itself.
  if (out === undefined || out === '-') {
    if (format === 'label-studio') throw noPlace('--out tasks.json, with tasks-config.xml beside it');
    if (json === true) {
      throw new EngineError(
        { code: 'invalid-setting' },
        'The table goes to the terminal. Name a file with --out, and --json says what was written.',
      );
    }
    const { text, failures } = await exported();
    for (const line of leftOut(failures)) console.error(line);
    process.stdout.write(text);
    return;
  }
  const target = resolve(out);
  await requireFolder(dirname(target));
  const { text, config, failures } = await exported();
  await replaceFile(target, text);
  const configFile = `${target.slice(0, target.length - extname(target).length)}-config.xml`;
  if (config !== undefined) await replaceFile(configFile, config);
  const images = labels.images.length - failures.length;
  if (json === true) {
    const beside = config === undefined ? {} : { config: configFile };
    printJson({ labelFile: file, file: target, ...beside, images, failures });
    return;
  }
  for (const line of leftOut(failures)) console.log(line);
  console.log(`${counted(images, 'image')}: ${visible(target)}`);
  if (config !== undefined) console.log(`Labelling interface: ${visible(configFile)}`);
}

function noPlace(how: string): EngineError {
  return new EngineError({ code: 'invalid-setting' }, `Say where the files go: ${how}.`);
}

function leftOut(failures: readonly ImageFailure[]): string[] {
  return failures.map(({ path, reason }) => `Left out: ${visible(path)} ${visible(reason)}.`);
}
