// Tokens of a transformer as a map of patches: those before the patches (class and register tokens) are dropped.
import { Tensor } from 'onnxruntime-node';
import { EngineError } from '../api/errors';
import type { Model } from './model';

/** Class and register tokens: one or five in the networks there are. */
const mostPrefixTokens = 16;

/**
 * @param values (1, tokens, D)
 * @returns (1, D, rows, columns)
 * @throws EngineError `model-invalid` when the tokens make no grid
 */
export function tokensToMap(values: Float32Array, shape: readonly number[], model: Model): Tensor {
  const [, tokens, dimensions] = shape as [number, number, number];
  const { input, prefixTokens, file } = model;
  const grid = tokenGrid(tokens, input, prefixTokens);
  if (grid === undefined) {
    throw new EngineError(
      { code: 'model-invalid', file },
      `${tokens} tokens for an image of ${input.width} × ${input.height} pixels make no grid of patches (${file}). Name a tensor that holds one token a patch.`,
    );
  }
  const { prefix, rows, columns } = grid;
  const patches = rows * columns;
  const map = new Float32Array(patches * dimensions);
  for (let patch = 0; patch < patches; patch++) {
    const from = (prefix + patch) * dimensions;
    for (let d = 0; d < dimensions; d++) map[d * patches + patch] = values[from + d]!;
  }
  return new Tensor('float32', map, [1, dimensions, rows, columns]);
}

/** How a transformer's tokens lie in the image. */
export interface TokenGrid {
  /** Tokens before the patches. */
  prefix: number;
  rows: number;
  columns: number;
}

/**
 * The grid has the image's shape: for a square image a square. With the fewest tokens before it, unless it is known how many.
 * @returns undefined when the tokens make none
 */
export function tokenGrid(
  tokens: number,
  { width, height }: { width: number; height: number },
  prefixTokens?: number,
): TokenGrid | undefined {
  const last = prefixTokens ?? mostPrefixTokens;
  for (let prefix = prefixTokens ?? 0; prefix <= last; prefix++) {
    const patches = tokens - prefix;
    const rows = Math.round(Math.sqrt((patches * height) / width));
    const columns = Math.round((rows * width) / height);
    if (rows > 1 && columns > 1 && rows * columns === patches) return { prefix, rows, columns };
  }
  return undefined;
}
