// Tokens of a transformer as a map of patches: those before the patches (class and register tokens) are dropped.
import { Tensor } from 'onnxruntime-node';
import { EngineError } from '../api';
import type { Model } from '../models/model';

/** Class and register tokens: one or five in the networks there are. */
const mostPrefixTokens = 16;

/**
 * @param values (1, tokens, D)
 * @returns (1, D, rows, columns)
 * @throws EngineError `model-invalid` when the tokens make no grid
 */
export function tokensToMap(values: Float32Array, shape: readonly number[], model: Model): Tensor {
  const [, tokens, dimensions] = shape as [number, number, number];
  const { prefix, rows, columns } = gridOf(tokens, model);
  const patches = rows * columns;
  const map = new Float32Array(patches * dimensions);
  for (let patch = 0; patch < patches; patch++) {
    const from = (prefix + patch) * dimensions;
    for (let d = 0; d < dimensions; d++) map[d * patches + patch] = values[from + d]!;
  }
  return new Tensor('float32', map, [1, dimensions, rows, columns]);
}

/** The grid has the image's shape: for a square image a square. With the fewest tokens before it, unless the model says how many. */
function gridOf(
  tokens: number,
  { input, prefixTokens, file }: Model,
): { prefix: number; rows: number; columns: number } {
  const candidates =
    prefixTokens === undefined ? Array.from({ length: mostPrefixTokens + 1 }, (_, i) => i) : [prefixTokens];
  for (const prefix of candidates) {
    const patches = tokens - prefix;
    const rows = Math.round(Math.sqrt((patches * input.height) / input.width));
    const columns = Math.round((rows * input.width) / input.height);
    if (rows > 1 && columns > 1 && rows * columns === patches) return { prefix, rows, columns };
  }
  throw new EngineError(
    'model-invalid',
    `${tokens} tokens for an image of ${input.width} × ${input.height} pixels make no grid of patches (${file}). Name a tensor that holds one token a patch.`,
    file,
  );
}
