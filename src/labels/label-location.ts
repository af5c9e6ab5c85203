// Where label files lie, and which folder one is about.
import { posix } from 'node:path';
import { Uri, workspace } from 'vscode';
import type { LabelDocument } from '../../worker/labels';
import { labelFileName } from '../../worker/labels/view';

/** Where the label file of a folder lies unless somebody put it elsewhere. */
export function labelFileOf(folder: Uri): Uri {
  return Uri.joinPath(folder, labelFileName);
}

/** The clustered folder, as the label file's `root` names it. */
export function clusteredFolder(labelFile: Uri, document: Pick<LabelDocument, 'root'> | undefined): Uri {
  return Uri.joinPath(labelFile, '..', document?.root ?? '.');
}

/**
 * Whether a label file may be about a folder: one that the person has opened, or the one that the file lies in, with what is below. A label file
 * that somebody sent must not lead to other places of the disk.
 */
export function isOpened(folder: Uri, labelFile: Uri): boolean {
  const opened = (workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  return [...opened, Uri.joinPath(labelFile, '..')].some((above) => isWithin(folder, above));
}

function isWithin(uri: Uri, above: Uri): boolean {
  const prefix = above.path.endsWith('/') ? above.path : `${above.path}/`;
  return uri.scheme === above.scheme && uri.authority === above.authority && `${uri.path}/`.startsWith(prefix);
}

/** The last part of a path; of the root, the path itself. */
export function baseName(uri: Uri): string {
  return posix.basename(uri.path) || uri.path;
}
