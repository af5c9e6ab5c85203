// The module that the build makes of simd/nearest.ts (package.json, `imports`): types are checked before anything is built.
declare module '#nearest-wasm' {
  /** The WebAssembly code, base64. */
  export const nearestWasm: string;
}

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
