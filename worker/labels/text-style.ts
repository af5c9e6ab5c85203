// Label files as other tools leave them: their bytes become text or are refused, and what replaces a text keeps its style. Pure.
import { LabelFileError } from './document';

const byteOrderMark = '\uFEFF';

/**
 * UTF-8 to text; a byte order mark stays in it.
 * @throws LabelFileError at the first byte that is no UTF-8, saying which encoding it looks like: names that were read wrong would be written
 * back wrong
 */
export function decodeLabelText(bytes: Uint8Array): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) throw new LabelFileError('The label file is UTF-16. Save it as UTF-8.', 1, 1);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, firstInvalidByte(bytes)));
    const lines = before.split('\n');
    throw new LabelFileError(
      'The label file is not UTF-8: it looks like Latin-1 or Windows-1252. Save it as UTF-8.',
      lines.length,
      lines[lines.length - 1]!.length + 1,
    );
  }
}

/** Offset of the first byte that is not part of a UTF-8 character. */
function firstInvalidByte(bytes: Uint8Array): number {
  // A prefix is valid as long as the fault lies behind it, so the place is found by halving.
  const isValid = (end: number) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let [valid, invalid] = [0, bytes.length];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isValid(middle)) valid = middle;
    else invalid = middle;
  }
  return valid;
}

/** New labels with the byte order mark and the line ends of the text that they replace. @param labels with `\n` */
export function inStyleOf(previous: string | undefined, labels: string): string {
  if (previous === undefined) return labels;
  const mark = previous.startsWith(byteOrderMark) ? byteOrderMark : '';
  const isWindows = /^[^\n]*\r\n/.test(previous);
  return mark + (isWindows ? labels.replaceAll('\n', '\r\n') : labels);
}
