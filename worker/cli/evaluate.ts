// `evaluate`: how well a label file agrees with the classes that the folder layout gives.
import { resolve } from 'node:path';
import { counted } from '../base/units';
import { visible } from '../base/visible';
import { evaluateLastRun, type RunEvaluation } from '../analysis/last-run';
import type { Evaluation } from '../evaluation/metrics';
import { evaluateLabels } from '../evaluation/paper-protocol';
import { classesComeFromMasks, withMaskClasses } from '../images/mask-classes';
import type { ScannedImage } from '../images/layout';
import { pageOf } from '../images/pages';
import { scanFolder, type ScannedFolder } from '../images/scan';
import type { LabelDocument } from '../labels';
import { Cache } from '../store/cache';
import { printJson } from '../terminal/json-output';
import { readLabels } from '../terminal/read-labels';
import { evaluateTruth, regionLines, type TruthEvaluation } from './evaluate-truth';

export interface EvaluateOptions {
  labels?: string;
  /** A COCO file, or the folder of a YOLO dataset; the folder's layout without it. */
  truth?: string;
  json?: boolean;
}

/**
 * @throws EngineError `label-file-invalid`, `folder-not-found`, `too-few-images` where no image has a true class; `invalid-setting` where the
 * truth cannot be read
 */
export async function runEvaluate(folder: string, options: EvaluateOptions): Promise<void> {
  const absolute = resolve(folder);
  const { labels } = await readLabels(absolute, options.labels);
  const cache = new Cache();
  const { source, scanned, regions, unmatched } = await (options.truth === undefined
    ? fromLayout(absolute, labels)
    : evaluateTruth(cache, absolute, labels, options.truth));
  const evaluation = evaluateLabels(labels, scanned);
  const lastRun = await evaluateLastRun(cache, absolute, scanned);
  if (options.json) {
    printJson({
      ...evaluation,
      lastRun: lastRun ?? null,
      ...(regions ? { regions } : {}),
      ...(options.truth === undefined ? {} : { unmatched }),
    });
    return;
  }
  console.log(`Classes: ${visible(source)}.`);
  if (unmatched.length > 0)
    console.log(`Not in the label file, or not clear which: ${counted(unmatched.length, 'image')}.`);
  printMetrics(evaluation, lastRun);
  if (regions) for (const line of regionLines(regions)) console.log(line);
  const shown = shownNames(evaluation);
  printClasses(shown);
  printConfusion(shown);
}

async function fromLayout(folder: string, labels: LabelDocument): Promise<TruthEvaluation> {
  const folderScan = await withMaskClasses(await scanFolder(folder));
  return { source: classSource(folderScan), scanned: withPages(folderScan.images, labels), unmatched: [] };
}

/** Pages of a file are of its class. */
function withPages(scanned: readonly ScannedImage[], { images }: LabelDocument): ScannedImage[] {
  const byPath = new Map(scanned.map((image) => [image.path, image]));
  const pages = images.flatMap(({ path }) => {
    const page = pageOf(path);
    const file = page && !byPath.has(path) ? byPath.get(page.file) : undefined;
    return file?.truth === undefined ? [] : [{ path, truth: file.truth }];
  });
  return [...scanned, ...pages];
}

/** Where the classes come from, which is a matter of names. */
function classSource(scanned: ScannedFolder): string {
  if (classesComeFromMasks(scanned)) return 'defect where the mask of an image marks something, else good';
  if (scanned.layout === 'mvtec')
    return 'the folders below test, as in MVTec AD; images of train and validation are normal';
  if (scanned.layout === 'magnetic-tile') return 'the folders MT_…, as in Magnetic Tile';
  return 'folders (train, val and test joined)';
}

function printMetrics({ images, clusters, classes, ...metrics }: Evaluation, lastRun: RunEvaluation | undefined): void {
  console.log(`${images} images, ${classes.length} classes, ${clusters} clusters`);
  const rows: [string, number][] = [
    ['NMI', metrics.nmi],
    ['ARI', metrics.ari],
    ['F1 micro', metrics.f1Micro],
    ['F1 macro', metrics.f1Macro],
    ['Purity', metrics.purity],
  ];
  if (lastRun) {
    rows.push(['mAUC', lastRun.mAUC]);
    for (const [level, value] of Object.entries(lastRun.recall)) rows.push([`R@${level}`, value]);
    if (lastRun.auroc !== null) rows.push(['Pixel AUROC', lastRun.auroc]);
  }
  for (const [name, value] of rows) console.log(`${name.padEnd(13)}${value.toFixed(3)}`);
  if (!lastRun) console.log('mAUC, R@P and pixel AUROC: cluster the folder on this machine first.');
}

/** Classes are names of folders. */
function shownNames(evaluation: Evaluation): Evaluation {
  const { classes, confusion } = evaluation;
  return {
    ...evaluation,
    classes: classes.map((row) => ({ ...row, name: visible(row.name) })),
    confusion: { ...confusion, classes: confusion.classes.map(visible) },
  };
}

function printClasses({ classes }: Evaluation): void {
  const width = Math.max('Class'.length, ...classes.map((row) => row.name.length));
  console.log(`\n${'Class'.padEnd(width)}  Images  Cluster  Precision  Recall     F1`);
  for (const row of classes) {
    const numbers = [row.precision, row.recall, row.f1].map((value) => value.toFixed(3));
    const cluster = row.cluster === null ? '–' : String(row.cluster);
    console.log(
      `${row.name.padEnd(width)}  ${String(row.images).padStart(6)}  ${cluster.padStart(7)}  ${numbers[0]!.padStart(9)}  ${numbers[1]!.padStart(6)}  ${numbers[2]!}`,
    );
  }
}

function printConfusion({ confusion: { classes, clusters, counts } }: Evaluation): void {
  const width = Math.max(...classes.map((name) => name.length));
  const cell = (value: string | number) => String(value).padStart(5);
  console.log(`\nImages by class and cluster\n${' '.repeat(width)}${clusters.map(cell).join('')}`);
  for (const [row, name] of classes.entries()) {
    console.log(`${name.padEnd(width)}${counts[row]!.map((count) => cell(count === 0 ? '·' : count)).join('')}`);
  }
}
