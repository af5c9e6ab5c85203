// What is used of WebAssembly's JavaScript interface; TypeScript declares it for browsers only.
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number });
    readonly buffer: ArrayBuffer;
    /** @param pages of 64 KiB; detaches the buffer */
    grow(pages: number): number;
  }
  function instantiate(
    code: Uint8Array,
    imports: Record<string, Record<string, Memory>>,
  ): Promise<{ instance: { exports: object } }>;
}
