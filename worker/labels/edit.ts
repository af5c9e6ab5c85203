// Edits of the label file as small replacements in its text, so that undo, git diff and merging work as for any text.
import { findNodeAtLocation } from 'jsonc-parser';
import { errorAt, parseLabelTree } from './document';

/** Replaces `length` UTF-16 units at `offset`. */
export interface TextEdit {
  offset: number;
  length: number;
  text: string;
}

/**
 * Gives a cluster another name; everything else stays byte for byte.
 * @throws LabelFileError when the text cannot be read or has no such cluster
 */
export function renameCluster(text: string, id: number, name: string): TextEdit[] {
  const { document, tree } = parseLabelTree(text);
  const index = document.clusters.findIndex((cluster) => cluster.id === id);
  const node = findNodeAtLocation(tree, ['clusters', index, 'name']);
  if (index < 0 || node === undefined) throw errorAt(text, 0, `There is no cluster ${id} in the label file.`);
  const replacement = JSON.stringify(name);
  const isSame = text.slice(node.offset, node.offset + node.length) === replacement;
  return isSame ? [] : [{ offset: node.offset, length: node.length, text: replacement }];
}

/** Applies edits that do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.offset - a.offset)
    .reduce((result, { offset, length, text: replacement }) => {
      return result.slice(0, offset) + replacement + result.slice(offset + length);
    }, text);
}
