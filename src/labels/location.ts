// Where label files lie, and which folder one is about.
import { posix } from 'node:path';
import { Uri } from 'vscode';
import type { LabelDocument } from '../../worker/labels';

export const labelFileName = 'anomaly-clusters.json';

export function labelFileOf(folder: Uri): Uri {
  return Uri.joinPath(folder, labelFileName);
}

/** The clustered folder, as the label file's `root` names it. */
export function clusteredFolder(labelFile: Uri, document: Pick<LabelDocument, 'root'> | undefined): Uri {
  return Uri.joinPath(labelFile, '..', document?.root ?? '.');
}

export function baseName(uri: Uri): string {
  return posix.basename(uri.path) || uri.path;
}
