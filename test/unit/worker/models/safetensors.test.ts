// The safetensors reader on bytes that somebody may have made to do harm.
import assert from 'node:assert/strict';
import { headerLength, parseHeader, tensorValues } from '../../../../worker/models/resnet/safetensors';

const invalid = (message: RegExp) => ({ code: 'model-invalid', message });
const header = (content: unknown) => Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
const tensor = (shape: number[], start: number, end: number, dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

describe('safetensors', () => {
  it('gives each tensor its place in the file', () => {
    const bytes = header({ __metadata__: { format: 'pt' }, b: tensor([2, 3], 4, 28), a: tensor([], 0, 4) });
    const index = parseHeader(bytes, 8 + bytes.length + 28);
    const first = 8 + bytes.length;
    assert.deepEqual(index.get('a'), { dtype: 'F32', shape: [], start: first, end: first + 4 });
    assert.deepEqual(index.get('b'), { dtype: 'F32', shape: [2, 3], start: first + 4, end: first + 28 });
    assert.equal(index.size, 2);
  });

  it('believes no length beyond the file, or beyond reason', () => {
    const prefix = (length: bigint) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(length);
      return bytes;
    };
    assert.equal(headerLength(prefix(100n), 108), 100);
    for (const [length, fileBytes] of [
      [2n ** 64n - 1n, 1e9],
      [2n ** 63n, 1e9],
      [101n, 108],
      [200_000_000n, 1e12],
      [0n, 108],
      [1n, 108],
    ] as const) {
      assert.throws(
        () => headerLength(prefix(length), fileBytes),
        invalid(/header would have \d+ bytes.*Get it again/),
      );
    }
    assert.throws(() => headerLength(Buffer.alloc(7), 7), invalid(/too short/));
  });

  const hostile: Record<string, [unknown, RegExp]> = {
    'text that is no JSON': ['{"a":', /not JSON/],
    'bytes that are no text': ['\xff\xfe'.repeat(3), /not JSON/],
    'a list': [[], /not an object/],
    nothing: ['null', /not an object/],
    'a tensor that ends behind the file': [{ a: tensor([10], 60, 100) }, /a does not fit its place/],
    'a tensor that is shorter than its shape': [{ a: tensor([4], 0, 12) }, /a does not fit/],
    'a tensor that ends before it starts': [{ a: tensor([1], 8, 4) }, /a does not fit/],
    'tensors that overlap': [{ a: tensor([4], 0, 16), b: tensor([4], 8, 24) }, /overlap/],
    'a shape whose product is beyond all numbers': [
      { a: tensor([2 ** 40, 2 ** 40, 2 ** 40], 0, 64) },
      /a does not fit/,
    ],
    'a size below zero': [{ a: tensor([-4], 0, 16) }, /wrong at a\.shape/],
    'a size that is no whole number': [{ a: tensor([1.5], 0, 6) }, /wrong at a\.shape/],
    'an offset below zero': [{ a: tensor([4], -8, 8) }, /wrong at a\.data_offsets/],
    'an unknown type of numbers': [{ a: tensor([4], 0, 16, 'F33') }, /wrong at a\.dtype/],
    'a hundred dimensions': [
      {
        a: tensor(
          Array.from({ length: 100 }, () => 1),
          0,
          4,
        ),
      },
      /wrong at a\.shape/,
    ],
    'a key too many': [{ a: { ...tensor([1], 0, 4), more: 1 } }, /wrong at a/],
  };
  for (const [name, [content, message]] of Object.entries(hostile)) {
    it(`refuses ${name}`, () => {
      const bytes = name === 'bytes that are no text' ? Buffer.from(content as string, 'latin1') : header(content);
      assert.throws(() => parseHeader(bytes, 8 + bytes.length + 64), invalid(message));
    });
  }

  it('takes names that mean something to JavaScript for names', () => {
    const bytes = Buffer.from(
      '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"constructor":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
    );
    const index = parseHeader(bytes, 8 + bytes.length + 8);
    assert.ok(index.has('constructor'));
    assert.equal(({} as { dtype?: string }).dtype, undefined);
  });

  it('widens 16-bit numbers and refuses others', () => {
    const entry = (dtype: 'F16' | 'BF16' | 'I64') => ({ dtype, shape: [2], start: 0, end: 4 });
    assert.deepEqual([...tensorValues(entry('F16'), Uint8Array.of(0x00, 0x3c, 0x00, 0xc0))], [1, -2]);
    assert.deepEqual([...tensorValues(entry('BF16'), Uint8Array.of(0x80, 0x3f, 0x00, 0xc0))], [1, -2]);
    assert.throws(() => tensorValues(entry('I64'), new Uint8Array(16)), invalid(/I64, not F32, F16 or BF16/));
  });
});
