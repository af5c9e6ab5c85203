// A user's own ONNX file as a network: as it is, or cut at a tensor inside it.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { EngineError } from '../api/errors';
import { cutModel } from '../onnx/cut';
import { decodeOnnx, encodeModel, type GraphProto } from '../onnx/file';
import { imageInputOf } from '../onnx/image-input';
import type { Cache } from '../store/cache';
import type { Model, ModelInput } from '../features/model';
import { formatModelName } from './name';

/** What ImageNet networks take: RGB in 0..1, normalised. */
const usualNormalisation = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;
/** For networks that take any size. Transformers know their positions best at the size they were trained with. */
const usualSize = { maps: 256, tokens: 224 };

/**
 * @param path as the user wrote it; relative paths are seen from the working directory
 * @param output tensor that holds the patches, which may lie inside the graph; found when absent
 * @param cache keeps what is cut out of a file
 * @throws EngineError `model-not-found`, `model-invalid`
 */
export async function ownModel(path: string, output: string | undefined, cache: Cache): Promise<Model> {
  const file = resolve(path);
  const status = await stat(file).catch(() => undefined);
  if (status && !status.isFile()) {
    throw new EngineError(
      { code: 'model-invalid', file },
      `${file} is ${status.isDirectory() ? 'a folder' : 'a pipe or a device'} and not an ONNX file. Check the path.`,
    );
  }
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new EngineError(
      { code: 'model-not-found', network: file },
      `The model file ${file} cannot be read. Check the path.`,
      {
        cause: error,
      },
    );
  });
  const decoded = decodeOnnx(bytes, file);
  const id = basename(file).replace(/\.onnx$/i, '');
  // A tensor that is not there is told of when the network is opened, which is tried with limits first.
  const cut = output === undefined ? undefined : cutModel(decoded, [output]);
  const content = cut ? encodeModel(cut) : bytes;
  const hash = createHash('sha256').update(content).digest('hex');
  return {
    reference: formatModelName(id, output, hash),
    hash,
    file: cut ? await keep(content, hash, cache) : file,
    input: inputOf((cut ?? decoded).graph, file),
    output,
  };
}

/** A cut file is written once, and again when it is gone. @returns its path */
async function keep(content: Uint8Array, hash: string, cache: Cache): Promise<string> {
  const kept = await cache.file('networks', hash, 'onnx');
  if (kept !== undefined) return kept;
  const file = await cache.putFile('networks', hash, 'onnx', content);
  // The cache goes on without what it cannot keep; here the file itself is needed.
  if ((await cache.file('networks', hash, 'onnx')) !== undefined) return file;
  throw new EngineError(
    { code: 'not-writable', file },
    `What was cut out of the network cannot be written to ${file}: ${cache.problem ?? 'it is gone again'}. Make room, or name another folder in ANOMALY_CLUSTERING_CACHE.`,
  );
}

function inputOf(graph: GraphProto, file: string): ModelInput {
  const { width, height } = imageInputOf(graph, file);
  const ranks = graph.output.map(({ type }) => type?.tensorType?.shape?.dim.length);
  const side = ranks.includes(3) && !ranks.includes(4) ? usualSize.tokens : usualSize.maps;
  return { width: width ?? side, height: height ?? side, ...usualNormalisation };
}
