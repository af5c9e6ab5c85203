// Reads the safetensors format (https://github.com/huggingface/safetensors): eight bytes of header length, a JSON header, the tensors.
// The bytes come from elsewhere, so everything is checked before anything is allocated.
import { EngineError } from '../../api/errors';
import { z } from 'zod';
import { halfToFloat } from '../../onnx/half';

/** Bytes of one value. */
const valueBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
} as const;

export type Dtype = keyof typeof valueBytes;

/** A tensor of the file. */
export interface TensorEntry {
  dtype: Dtype;
  shape: number[];
  /** Place in the file, in bytes; the end is exclusive. */
  start: number;
  end: number;
}

export type TensorIndex = ReadonlyMap<string, TensorEntry>;

const prefixBytes = 8;
/** The format's own limit. */
const largestHeader = 100_000_000;

const count = z.int().nonnegative();
const headerSchema = z.record(
  z.string(),
  z.strictObject({
    dtype: z.enum(Object.keys(valueBytes) as [Dtype, ...Dtype[]]),
    shape: z.array(count).max(16),
    data_offsets: z.tuple([count, count]),
  }),
);

/**
 * @param prefix the file's first eight bytes
 * @param fileBytes size of the whole file
 * @returns bytes of the header that follows
 * @throws EngineError `model-invalid`
 */
export function headerLength(prefix: Uint8Array, fileBytes: number): number {
  if (prefix.length < prefixBytes) throw invalid('it is too short');
  const length = new DataView(prefix.buffer, prefix.byteOffset, prefixBytes).getBigUint64(0, true);
  if (length < 2n || length > BigInt(Math.min(largestHeader, fileBytes - prefixBytes))) {
    throw invalid(`its header would have ${length} bytes`);
  }
  return Number(length);
}

/**
 * @param header the bytes behind the prefix
 * @param fileBytes size of the whole file
 * @throws EngineError `model-invalid` unless every tensor lies inside the file, has the bytes that its shape needs, and overlaps no other
 */
export function parseHeader(header: Uint8Array, fileBytes: number): TensorIndex {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header));
  } catch (error) {
    throw invalid('its header is not JSON', error);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw invalid('its header is not an object');
  const tensors = Object.entries(json).filter(([name]) => name !== '__metadata__');
  const parsed = headerSchema.safeParse(Object.fromEntries(tensors));
  if (!parsed.success) throw invalid(`its header is wrong at ${parsed.error.issues[0]!.path.join('.') || 'the top'}`);
  const first = prefixBytes + header.length;
  const index = new Map<string, TensorEntry>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(parsed.data)) {
    const [start, end] = data_offsets.map((offset) => first + offset) as [number, number];
    const bytes = shape.reduce((product, size) => product * size, valueBytes[dtype]);
    if (end > fileBytes || end - start !== bytes) throw invalid(`the tensor ${name} does not fit its place`);
    index.set(name, { dtype, shape, start, end });
  }
  const inOrder = [...index.values()].sort((a, b) => a.start - b.start);
  for (const [i, { end }] of inOrder.entries()) {
    if (end > (inOrder[i + 1]?.start ?? fileBytes)) throw invalid('its tensors overlap');
  }
  return index;
}

/**
 * @param bytes of the tensor
 * @returns its values, widened to float32
 * @throws EngineError `model-invalid` for values that are not floating-point numbers of 16 or 32 bits
 */
export function tensorValues({ dtype }: TensorEntry, bytes: Uint8Array): Float32Array {
  // A copy, so that the view is aligned (slice of a Buffer would make none). Files are little-endian, and so is every platform that ONNX Runtime runs on.
  const own = new Uint8Array(bytes);
  switch (dtype) {
    case 'F32':
      return new Float32Array(own.buffer);
    case 'F16': {
      const half = new Uint16Array(own.buffer);
      const values = new Float32Array(half.length);
      halfToFloat(half, values);
      return values;
    }
    case 'BF16': {
      const upper = new Uint16Array(own.buffer);
      return new Float32Array(Uint32Array.from(upper, (bits) => bits << 16).buffer);
    }
    default:
      throw invalid(`its numbers are ${dtype}, not F32, F16 or BF16`);
  }
}

function invalid(what: string, cause?: unknown): EngineError {
  return new EngineError(
    { code: 'model-invalid' },
    `The file is no safetensors file that can be used: ${what}. Get it again.`,
    {
      cause,
    },
  );
}
