// A catalogue of defects: what one folder's clusters look like, as one small file without a picture. Its schema, and how its text is read and
// written. Pure.
import * as z from 'zod';
import { labelDocumentSchema, type LabelCluster, type LabelMethod } from '../labels/document';

/** An image of the folder that the catalogue was made of. */
export interface CatalogueExample {
  /** Id of its cluster. */
  cluster: number;
  /** Whether a person decided that it belongs there. */
  decided: boolean;
  /** (blocks · D) */
  vector: Float32Array;
}

export interface Catalogue {
  /** SHA-256 of the network's file: vectors of another one say nothing. */
  network: string;
  /** D */
  blockSize: number;
  method: LabelMethod;
  clusters: LabelCluster[];
  examples: CatalogueExample[];
}

const { method, clusters } = labelDocumentSchema.shape;

const schema = z.looseObject({
  catalogue: z.literal(1),
  network: z.string().min(1),
  blockSize: z.int().min(1),
  method,
  clusters,
  examples: z.array(z.looseObject({ cluster: z.int(), decided: z.boolean().optional(), vector: z.base64() })).min(1),
});

/** Whether a text is meant as a catalogue, and not as a label file. */
export function isCatalogue(text: string): boolean {
  return /^\s*\{\s*"catalogue"\s*:/.test(text);
}

/** One line a cluster and an example, numbers as little-endian float32 in base64. */
export function serializeCatalogue({ network, blockSize, method, clusters, examples }: Catalogue): string {
  const list = (entries: readonly unknown[]) =>
    `[\n${entries.map((each) => `    ${JSON.stringify(each)}`).join(',\n')}\n  ]`;
  const lines = examples.map(({ cluster, decided, vector }) => ({
    cluster,
    ...(decided ? { decided } : {}),
    vector: toBase64(vector),
  }));
  return `{
  "catalogue": 1,
  "network": ${JSON.stringify(network)},
  "blockSize": ${blockSize},
  "method": ${JSON.stringify(method)},
  "clusters": ${list(clusters)},
  "examples": ${list(lines)}
}
`;
}

/** Whether clusters were made by a method whose vectors mean the same in another folder: the blocks, without normal images and masks. */
export function hasVectorsForOthers({ name, weights }: LabelMethod): boolean {
  return name === 'blocks' && weights === 'unsupervised';
}

/** @throws RangeError with sentences that say what is wrong */
export function parseCatalogue(text: string): Catalogue {
  const value = readJson(text);
  if (typeof value.catalogue === 'number' && value.catalogue > 1)
    throw new RangeError('It is a catalogue of a newer version. Update the extension.');
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new RangeError(`It is not a catalogue: ${issue.path.join('.') || 'the file'}: ${issue.message}.`);
  }
  const { network, blockSize, method, clusters } = parsed.data;
  if (!hasVectorsForOthers(method))
    throw new RangeError(
      'Its clusters were made by another method than the default one, so its vectors mean nothing here.',
    );
  const ids = new Set(clusters.map(({ id }) => id));
  if (ids.size < clusters.length) throw new RangeError('Two of its clusters have the same number.');
  const examples = parsed.data.examples.map(({ cluster, decided = false, vector: encoded }, i) => {
    const vector = fromBase64(encoded);
    if (!ids.has(cluster))
      throw new RangeError(`Its example ${i + 1} is in cluster ${cluster}, which it does not have.`);
    if (
      vector === undefined ||
      vector.length === 0 ||
      vector.length % blockSize !== 0 ||
      !vector.every(Number.isFinite)
    )
      throw new RangeError(`The vector of its example ${i + 1} is damaged.`);
    return { cluster, decided, vector };
  });
  if (examples.some(({ vector }) => vector.length !== examples[0]!.vector.length))
    throw new RangeError('Its vectors are not all of one length.');
  return { network, blockSize, method, clusters, examples };
}

function readJson(text: string): { catalogue?: unknown } {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as { catalogue?: unknown };
  } catch (error) {
    throw new RangeError(`It is damaged or was cut short (${(error as Error).message}). Export it again.`, {
      cause: error,
    });
  }
}

function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, 4 * i);
  return bytes.toString('base64');
}

function fromBase64(text: string): Float32Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0) return undefined;
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}
