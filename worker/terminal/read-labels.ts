// The label file of a folder, parsed, for commands that need one.
import { join, resolve } from 'node:path';
import { EngineError } from '../api/errors';
import { labelFileName, parseLabels, type LabelDocument } from '../labels';
import { asEngineError } from '../labels/as-engine-error';
import { readLabelFile } from './label-file';

/**
 * @param folder absolute path
 * @param named the label file, where it is elsewhere
 * @throws EngineError `label-file-invalid`
 */
export async function readLabels(folder: string, named?: string): Promise<{ labels: LabelDocument; file: string }> {
  const file = resolve(named ?? join(folder, labelFileName));
  return { labels: await parseLabelFile(file), file };
}

/** @throws EngineError `label-file-invalid` where there is no file, or it is no label file */
export async function parseLabelFile(file: string): Promise<LabelDocument> {
  const text = await requireLabelFile(file);
  try {
    return parseLabels(text);
  } catch (error) {
    throw asEngineError(file, error);
  }
}

/**
 * @returns its text, whatever is in it
 * @throws EngineError `label-file-invalid` where there is none
 */
export async function requireLabelFile(file: string): Promise<string> {
  const text = await readLabelFile(file);
  if (text !== undefined) return text;
  throw new EngineError(
    { code: 'label-file-invalid', file },
    `There is no label file ${file}. Cluster the folder first, or name the file with --labels.`,
  );
}
