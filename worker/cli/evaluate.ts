// `evaluate`: how well a label file agrees with the classes that the folder layout gives.
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EngineError } from '../api';
import { evaluateLabels } from '../evaluation/protocol';
import { scanFolder } from '../images/scan';
import { LabelFileError, parseLabels } from '../labels';
import { labelFileName } from './cluster';

export async function runEvaluate(folder: string, options: { labels?: string; json?: boolean }): Promise<void> {
  const absolute = resolve(folder);
  const file = resolve(options.labels ?? join(absolute, labelFileName));
  const labels = await readLabels(file);
  const evaluation = evaluateLabels(labels, (await scanFolder(absolute)).images);
  if (options.json) {
    console.log(JSON.stringify(evaluation, null, 2));
    return;
  }
  const { images, clusters, nmi, ari, f1Micro, f1Macro, purity, classes } = evaluation;
  console.log(`${images} images, ${classes.length} classes, ${clusters} clusters`);
  for (const [name, value] of Object.entries({
    NMI: nmi,
    ARI: ari,
    'F1 micro': f1Micro,
    'F1 macro': f1Macro,
    Purity: purity,
  })) {
    console.log(`${name.padEnd(10)}${value.toFixed(3)}`);
  }
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

async function readLabels(file: string) {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new EngineError(
      'label-file-invalid',
      `There is no label file ${file}. Run "anomaly-clustering cluster" first.`,
      file,
      {
        cause: error,
      },
    );
  });
  try {
    return parseLabels(text);
  } catch (error) {
    if (!(error instanceof LabelFileError)) throw error;
    throw new EngineError('label-file-invalid', `${file}:${error.line}:${error.column}: ${error.message}`, file, {
      cause: error,
    });
  }
}
