// `remove-missing`: takes the lines of images that are not there out of a label file, and says how many.
import { visible } from '../base/visible';
import { join, resolve } from 'node:path';
import { applyEdits, editsFor, labelFileName } from '../labels';
import { asEngineError } from '../labels/as-engine-error';
import { missingImages } from '../pipeline/missing-images';
import { writeLabelFile } from '../terminal/label-file';
import { printJson } from '../terminal/json-output';
import { requireLabelFile } from '../terminal/read-labels';

/** @throws EngineError `label-file-invalid`, `not-writable` */
export async function runRemoveMissing(folder: string, options: { labels?: string; json?: boolean }): Promise<void> {
  const file = resolve(options.labels ?? join(folder, labelFileName));
  for (;;) {
    const text = await requireLabelFile(file);
    const removed = await missingIn(file, resolve(folder), text);
    const fresh = applyEdits(text, editsFor(text, { kind: 'remove', paths: removed }));
    if (fresh !== text && !(await writeLabelFile(file, fresh, text))) continue;
    if (options.json === true) printJson({ labelFile: file, removed });
    else print(removed);
    return;
  }
}

async function missingIn(file: string, folder: string, text: string): Promise<string[]> {
  try {
    return await missingImages(folder, text);
  } catch (error) {
    throw asEngineError(file, error, ' Nothing was overwritten.');
  }
}

function print(removed: readonly string[]): void {
  for (const path of removed) console.log(`Removed: ${visible(path)}`);
  const images = removed.length === 1 ? '1 image is' : `${removed.length} images are`;
  console.log(
    removed.length === 0 ? 'All images of the label file are there.' : `${images} not there. Removed from the labels.`,
  );
}
