// Where the members of a JSON object and the elements of its lists lie in the text, without a syntax tree: that of a file with a line an
// image takes many times as long.
import { createScanner } from 'jsonc-parser';

/** In UTF-16 units of the text. */
export interface Place {
  offset: number;
  length: number;
}

export interface MemberPlace extends Place {
  /** Of a list. */
  elements: Place[];
}

/**
 * Places of the values of the outermost object, by key.
 * @param text valid JSON of an object, whatever its layout
 */
export function memberPlaces(text: string): Map<string, MemberPlace> {
  const scanner = createScanner(text, true);
  const members = new Map<string, MemberPlace>();
  /** By depth: where the value began that is being read. */
  const starts: number[] = [];
  let depth = 0;
  let key: string | undefined;
  let isList = false;
  let elements: Place[] = [];
  const begin = () => (starts[depth] = scanner.getTokenOffset());
  const end = () => {
    const offset = starts[depth]!;
    const place = { offset, length: scanner.getTokenOffset() + scanner.getTokenLength() - offset };
    if (depth === 2 && isList) elements.push(place);
    if (depth !== 1 || key === undefined) return;
    members.set(key, { ...place, elements });
    elements = [];
    key = undefined;
  };
  for (;;) {
    scanner.scan();
    // A token is known by how it starts.
    const start = text[scanner.getTokenOffset()];
    if (start === undefined) return members;
    if (start === ',' || start === ':') continue;
    if (start === '{' || start === '[') {
      begin();
      if (depth === 1) isList = start === '[';
      depth++;
    } else if (start === '}' || start === ']') {
      depth--;
      end();
    } else if (depth === 1 && key === undefined && start === '"') key = scanner.getTokenValue();
    else {
      begin();
      end();
    }
  }
}
