// The model catalogue, models/catalogue.json: which networks there are, where they come from, and what each expects.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const triple = z.tuple([z.number(), z.number(), z.number()]);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A file on a hub that answers `/<repository>/resolve/<revision>/<file>`. */
const remote = {
  /** Origin of the hub; always https. */
  hub: z.url({ protocol: /^https$/ }),
  repository: z.string(),
  /** Tried in order: a hub that does not know a short revision may know the next. */
  revisions: z.array(z.string()).min(1),
  file: z.string(),
  /** SHA-256 of the whole file. Where it is not known, the hub's own word is recorded and checked from then on. */
  sha256: sha256.optional(),
  /** Bytes to fetch, about; for the default stage where there are several. */
  bytes: z.int().positive(),
};

const source = z.discriminatedUnion('kind', [
  /** Beside the catalogue. */
  z.strictObject({ kind: z.literal('built-in'), file: z.string(), sha256 }),
  /** An ONNX file, fetched as it is. */
  z.strictObject({ kind: z.literal('onnx'), ...remote }),
  /** Weights, of which the wanted stages are fetched and made into an ONNX file on this machine. */
  z.strictObject({
    kind: z.literal('safetensors'),
    architecture: z.enum(['wide_resnet50_2', 'resnet50', 'resnet18']),
    ...remote,
  }),
]);

const entry = z.strictObject({
  id: z.string().regex(/^[a-z0-9_-]+$/),
  title: z.string(),
  /** One sentence: how good, how fast, for whom. */
  note: z.string(),
  licence: z.string(),
  source,
  input: z.strictObject({ width: z.int(), height: z.int(), mean: triple, deviation: triple }),
  /** Output that holds the patches: (batch, D, rows, columns), or (batch, tokens, D). */
  output: z.string(),
  patches: z.strictObject({ stride: z.number(), origin: z.number() }),
  /** For tokens: how many stand before the patches (class and register tokens). */
  prefixTokens: z.int().nonnegative().optional(),
});

/** What models/catalogue.json holds. */
export const catalogueSchema = z.strictObject({ $schema: z.string().optional(), models: z.array(entry) });

export type CatalogueEntry = z.infer<typeof entry>;
export type ModelSource = CatalogueEntry['source'];
/** Of a network that is fetched: a file on a hub. */
export type FetchedSource = Exclude<ModelSource, { kind: 'built-in' }>;
export type SafetensorsSource = Extract<ModelSource, { kind: 'safetensors' }>;

/** @param modelsFolder the folder that holds catalogue.json */
export async function readCatalogue(modelsFolder: string): Promise<CatalogueEntry[]> {
  return catalogueSchema.parse(JSON.parse(await readFile(join(modelsFolder, 'catalogue.json'), 'utf8'))).models;
}
