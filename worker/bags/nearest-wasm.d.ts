// The module that the build makes of simd/nearest.ts (package.json, `imports`): types are checked before anything is built.
declare module '#nearest-wasm' {
  /** The WebAssembly code, base64. */
  export const nearestWasm: string;
}
