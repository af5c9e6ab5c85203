// Small replacements in the label file's text, so that undo, git diff and merging work as for any text.
/** Replaces `length` UTF-16 units at `offset`. */
export interface TextEdit {
  offset: number;
  length: number;
  text: string;
}

/** Applies edits that do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { offset, length, text: replacement } of [...edits].sort((a, b) => a.offset - b.offset)) {
    result += text.slice(at, offset) + replacement;
    at = offset + length;
  }
  return result + text.slice(at);
}
