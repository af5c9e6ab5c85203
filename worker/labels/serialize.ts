// The label file as text: made to be committed, so one line a cluster and an image, and the same data give the same bytes.
import type { LabelDocument } from './document';

/** UTF-8 text with `\n`, two spaces of indent, images sorted by path. Keys keep their order, unknown ones included. */
export function serializeLabels(document: LabelDocument): string {
  const sorted = {
    ...document,
    images: [...document.images].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
  };
  const members = Object.entries(sorted)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${topLevel(key, value)}`);
  return `{\n${members.join(',\n')}\n}\n`;
}

function topLevel(key: string, value: unknown): string {
  if ((key === 'clusters' || key === 'images') && Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[\n${value.map((item) => `    ${onOneLine(item)}`).join(',\n')}\n  ]`;
  }
  return key === 'method' ? onOneLine(value) : JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
}

/** `{ "id": 1, "name": "scratch" }` */
export function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return '{}';
  return `{ ${members.map(([key, member]) => `${JSON.stringify(key)}: ${onOneLine(member)}`).join(', ')} }`;
}
