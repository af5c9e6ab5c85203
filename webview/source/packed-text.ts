// Large texts that come from the extension: see src/gallery/packed-text.ts.

/** The text that `packText` was given. */
export function unpackText(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(text).text();
}
