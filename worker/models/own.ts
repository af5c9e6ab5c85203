// A user's own ONNX file as a network.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { EngineError } from '../api';
import type { Cache } from '../store/cache';
import type { Model, ModelInput } from './model';
import { formatModelName } from './name';

/** What a user's own file is taken for: RGB in 0..1, normalised as ImageNet networks are, 256×256. */
const usualInput: ModelInput = {
  width: 256,
  height: 256,
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

/**
 * @param path as the user wrote it; relative paths are seen from the working directory
 * @param output tensor that holds the patches, which may lie inside the graph; found when absent
 * @throws EngineError `model-not-found`, `model-invalid`
 */
export async function ownModel(path: string, output: string | undefined, _cache: Cache): Promise<Model> {
  const file = resolve(path);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new EngineError('model-not-found', `The model file ${file} cannot be read. Check the path.`, file, {
      cause: error,
    });
  });
  const hash = createHash('sha256').update(bytes).digest('hex');
  const id = basename(file).replace(/\.onnx$/i, '');
  return { reference: formatModelName(id, output, hash), hash, file, input: usualInput, output };
}
