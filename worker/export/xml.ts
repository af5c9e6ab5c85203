// Text inside of XML 1.0. Pure.

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** As the value of an attribute between double quotes; line ends and tabs survive, which readers would fold otherwise. */
export function attribute(value: string | number): string {
  return String(value).replaceAll(/[&<>"'\t\n\r\u0085\u2028]/g, (char) => entities[char] ?? `&#${char.charCodeAt(0)};`);
}

/** Whether XML 1.0 holds all of a text: it has no way to write most control characters, nor halves of surrogate pairs. */
export function fitsXml(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return !/[\u0000-\u0008\u000B\u000C\u000E-\u001F\p{Surrogate}\uFFFE\uFFFF]/u.test(text);
}
