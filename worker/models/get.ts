// Gets a network onto this machine: from the hub that the catalogue names, or from a file that the person has.
import { createHash } from 'node:crypto';
import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { EngineError, type ProxySettings } from '../api';
import type { CancelFlag } from '../cancel';
import { throwIfCancelled } from '../cancel';
import { Network } from '../features/network';
import type { CatalogueEntry, RemoteSource, SafetensorsSource } from './catalogue';
import { readCatalogue } from './catalogue';
import { HubClient, type ByteRange, type DownloadProgress } from './hub/client';
import { catalogueModel, ModelLibrary, variantOf, type Manifest, type Variant } from './library';
import { parseModelName } from './name';
import { buildResnet, checkTensors, neededTensors } from './resnet';
import { headerLength, parseHeader, tensorValues, type TensorIndex } from './safetensors';

export interface GetRequest {
  /** `id` or `id#stage`. */
  name: string;
  /** A file that the person fetched in another way, instead of the hub. */
  from?: string | undefined;
  proxy?: ProxySettings | undefined;
  flag: CancelFlag;
  onProgress?: (progress: DownloadProgress) => void;
}

export interface GotModel {
  name: string;
  /** Absolute path of the ONNX file. */
  file: string;
  /** Of the ONNX file. */
  bytes: number;
  sha256: string;
  /** False when it was there already, whole. */
  isNew: boolean;
}

/**
 * Fetches a catalogue network, unless it is there and whole. An interrupted download goes on where it was.
 * @throws EngineError `model-not-found`, `download-failed`, `download-refused`, `model-invalid`, `not-writable`, `cancelled`
 */
export async function getModel(
  modelsFolder: string,
  request: GetRequest,
  library = new ModelLibrary(),
): Promise<GotModel> {
  const { id, output } = parseModelName(request.name);
  const catalogue = await readCatalogue(modelsFolder);
  const entry = catalogue.find((each) => each.id === id);
  if (entry?.source.kind === 'built-in') {
    throw new EngineError('model-not-found', `The network ${id} is built in: there is nothing to get.`);
  }
  if (entry === undefined) {
    const ids = catalogue.filter(({ source }) => source.kind !== 'built-in').map((each) => each.id);
    throw new EngineError('model-not-found', `There is no network "${id}" to get. There are: ${ids.join(', ')}.`);
  }
  const variant = variantOf(entry, output);
  const file = library.path(entry, variant);
  const whole = await library.verify(entry, variant).catch(() => undefined);
  const kept = whole === undefined ? undefined : await library.manifest(entry, variant);
  const manifest = kept ?? (await fetchModel(entry, entry.source, variant, library, request));
  const { name, bytes, sha256 } = manifest;
  return { name, file, bytes, sha256, isNew: kept === undefined };
}

async function fetchModel(
  entry: CatalogueEntry,
  source: RemoteSource,
  variant: Variant,
  library: ModelLibrary,
  request: GetRequest,
): Promise<Manifest> {
  const weights = request.from === undefined ? await hubWeights(source, request) : await fileWeights(request.from);
  try {
    const { from, sha256 } = weights;
    await requireExpected(source, weights);
    const file = library.path(entry, variant);
    const onnx =
      source.kind === 'safetensors'
        ? await buildFrom(weights, source, variant, file)
        : await weights.whole(`${file}.download`, weights.sha256 ?? source.sha256);
    throwIfCancelled(request.flag);
    return await library.keep(entry, variant, onnx, { from, ...(sha256 === undefined ? {} : { sha256 }) }, (path) =>
      requireWorking(entry, variant, path),
    );
  } finally {
    await weights.close();
  }
}

/** A file somewhere, of which parts can be had. */
interface Weights {
  from: string;
  bytes: number;
  /** SHA-256 of the whole file, where it is known without reading all of it. */
  sha256?: string | undefined;
  /** A small part. */
  read(range: ByteRange): Promise<Uint8Array>;
  /** Several parts, one behind the other. @param part where a download is kept until it is whole */
  parts(ranges: ByteRange[], part: string): Promise<Uint8Array>;
  /** @throws EngineError `model-invalid` when the hash is another */
  whole(part: string, sha256: string | undefined): Promise<Uint8Array>;
  close(): Promise<void>;
}

async function hubWeights(source: RemoteSource, { proxy, flag, onProgress }: GetRequest): Promise<Weights> {
  const client = new HubClient({ flag, ...(proxy === undefined ? {} : { proxy }) });
  const remote = await client.open(source).catch(async (error: unknown) => {
    await client.close();
    throw error;
  });
  const { url: from, bytes, sha256 } = remote;
  const parts = async (ranges: ByteRange[], part: string) => {
    await client.download(remote, ranges, part, onProgress);
    const content = await readFile(part);
    await rm(part, { force: true });
    return content;
  };
  return {
    from,
    bytes,
    sha256,
    read: (range) => client.read(remote, range),
    parts,
    async whole(part, expected) {
      const content = await parts([{ start: 0, end: bytes }], part);
      requireHash(content, expected, from);
      return content;
    },
    close: () => client.close(),
  };
}

async function fileWeights(file: string): Promise<Weights> {
  const handle = await open(file).catch((error: unknown) => {
    throw new EngineError('model-not-found', `The file ${file} cannot be read. Check the path.`, file, {
      cause: error,
    });
  });
  const { size: bytes } = await handle.stat();
  const read = (range: ByteRange) => readRange(handle, range, file);
  return {
    from: file,
    bytes,
    read,
    parts: async (ranges) => Buffer.concat(await Promise.all(ranges.map(read))),
    async whole(_part, expected) {
      const content = await read({ start: 0, end: bytes });
      requireHash(content, expected, file);
      return content;
    },
    close: () => handle.close(),
  };
}

async function readRange(handle: FileHandle, { start, end }: ByteRange, file: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
  if (bytesRead === bytes.length) return bytes;
  throw new EngineError('model-invalid', `The file ${file} ends too early. Get it again.`, file);
}

function requireHash(content: Uint8Array, expected: string | undefined, from: string): void {
  if (expected === undefined || createHash('sha256').update(content).digest('hex') === expected) return;
  throw new EngineError(
    'model-invalid',
    `What came from ${from} is not the file that was expected: its SHA-256 is another. Nothing was kept. Try again, or get the file in another way and use --from.`,
  );
}

/** A file that the person brought is hashed as a whole: all of it is at hand. (Of a hub's file the hub's word was compared.) */
async function requireExpected(source: RemoteSource, weights: Weights): Promise<void> {
  if (source.kind !== 'safetensors' || source.sha256 === undefined || weights.sha256 !== undefined) return;
  const hash = createHash('sha256');
  const step = 16 * 2 ** 20;
  for (let start = 0; start < weights.bytes; start += step) {
    hash.update(await weights.read({ start, end: Math.min(weights.bytes, start + step) }));
  }
  if (hash.digest('hex') === source.sha256) return;
  throw new EngineError(
    'model-invalid',
    `${weights.from} is not ${source.file} of ${source.repository}: its SHA-256 is another. To use weights of your own, export the network as an ONNX file.`,
    weights.from,
  );
}

/** Reads the header, fetches the tensors that the stages need and nothing else, and makes the ONNX file. */
async function buildFrom(
  weights: Weights,
  { architecture }: SafetensorsSource,
  { stages }: Variant,
  file: string,
): Promise<Uint8Array> {
  const prefix = await weights.read({ start: 0, end: 8 });
  const length = headerLength(prefix, weights.bytes);
  const index = parseHeader(await weights.read({ start: 8, end: 8 + length }), weights.bytes);
  checkTensors(index, architecture, stages!);
  const names = [...neededTensors(architecture, stages!).keys()];
  const { ranges, places } = layOut(index, names);
  const bytes = await weights.parts(ranges, `${file}.download`);
  return buildResnet(architecture, stages!, (name) => {
    const { entry, offset } = places.get(name)!;
    return tensorValues(entry, bytes.subarray(offset, offset + entry.end - entry.start));
  });
}

type TensorEntry = NonNullable<ReturnType<TensorIndex['get']>>;

/** Ranges in the order of the file, neighbours joined; and where each tensor comes to lie when they stand one behind the other. */
function layOut(index: TensorIndex, names: string[]) {
  const entries = names.map((name) => ({ name, entry: index.get(name)! }));
  entries.sort((a, b) => a.entry.start - b.entry.start);
  const ranges: ByteRange[] = [];
  const places = new Map<string, { entry: TensorEntry; offset: number }>();
  let offset = 0;
  for (const { name, entry } of entries) {
    places.set(name, { entry, offset });
    offset += entry.end - entry.start;
    const last = ranges.at(-1);
    if (last?.end === entry.start) last.end = entry.end;
    else ranges.push({ start: entry.start, end: entry.end });
  }
  return { ranges, places };
}

/** Runs one picture through the network: what cannot do that must not be kept. */
async function requireWorking(entry: CatalogueEntry, variant: Variant, file: string): Promise<void> {
  const model = catalogueModel(entry, variant, file, '');
  const { width, height } = model.input;
  const picture = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 2654435761) >>> 24);
  const { embeddings } = await (await Network.open(model)).embed(picture);
  const [first] = embeddings;
  const works = embeddings.every(Number.isFinite) && embeddings.some((value) => value !== first);
  if (!works) {
    throw new EngineError(
      'model-invalid',
      `The network ${variant.name} gives no sensible numbers. Nothing was kept. Get it again.`,
    );
  }
}
