// Gets a network onto this machine: from the hub that the catalogue names, or from a file that the person has.
import { createHash } from 'node:crypto';
import { EngineError } from '../api/errors';
import { throwIfCancelled } from '../base/cancel';
import { Network } from '../features/network';
import { readCatalogue, type CatalogueEntry, type FetchedSource, type SafetensorsSource } from './catalogue';
import type { ByteRange } from './hub/client';
import { catalogueModel, ModelLibrary, variantOf, type Manifest, type Variant } from './library';
import { parseModelName } from './name';
import { buildResnet, checkTensors, neededTensors } from './resnet';
import { headerLength, parseHeader, tensorValues, type TensorIndex } from './resnet/safetensors';
import { fileWeights, hubWeights, type Download, type WeightsSource } from './hub-weights';

/** Which network to get, from where. */
export interface GetRequest extends Download {
  /** `id` or `id#stage`. */
  name: string;
  /** A file that the person fetched in another way, instead of the hub. */
  from?: string | undefined;
}

/** A network that is on this machine now. */
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
    throw new EngineError(
      { code: 'model-not-found', network: id },
      `The network ${id} is built in: there is nothing to get.`,
    );
  }
  if (entry === undefined) {
    const ids = catalogue.filter(({ source }) => source.kind !== 'built-in').map((each) => each.id);
    throw new EngineError(
      { code: 'model-not-found', network: id },
      `There is no network "${id}" to get. There are: ${ids.join(', ')}.`,
    );
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
  source: FetchedSource,
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

/** A file that the person brought is hashed as a whole: all of it is at hand. (Of a hub's file the hub's word was compared.) */
async function requireExpected(source: FetchedSource, weights: WeightsSource): Promise<void> {
  if (source.kind !== 'safetensors' || source.sha256 === undefined || weights.sha256 !== undefined) return;
  const hash = createHash('sha256');
  const step = 16 * 2 ** 20;
  for (let start = 0; start < weights.bytes; start += step) {
    hash.update(await weights.read({ start, end: Math.min(weights.bytes, start + step) }));
  }
  if (hash.digest('hex') === source.sha256) return;
  throw new EngineError(
    { code: 'model-invalid', file: weights.from },
    `${weights.from} is not ${source.file} of ${source.repository}: its SHA-256 is another. To use weights of your own, export the network as an ONNX file.`,
  );
}

/** Reads the header, fetches the tensors that the stages need and nothing else, and makes the ONNX file. */
async function buildFrom(
  weights: WeightsSource,
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
      { code: 'model-invalid', file },
      `The network ${variant.name} gives no sensible numbers. Nothing was kept. Get it again.`,
    );
  }
}
