// Names from elsewhere in a terminal: what it would obey, or not show, is shown instead.

/** Controls (C0 but for what {@link visibleLines} keeps, DEL, C1), marks that turn the direction of writing, and what takes no room. */
const hidden = /[\p{Cc}\p{Zl}\p{Zp}\u00AD\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** One line: `\n` of a name becomes `␊`, an escape `␛`, others their number, as in `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.codePointAt(0)!;
    // The pictures of control characters.
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? '\u2421' : `\\u{${code.toString(16)}}`;
  });
}

/** The same for a text of several lines. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
