// The nearest-patch search for a part of the work: candidates by a product of projected patches, of which the best four of each patch
// are compared in full. Every distance that comes out is that of a real pair of patches, so it is never too small.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { openSession } from '../features/session';
import { encodeOnnx } from '../onnx/encode';
import type { NearestPatches } from './kernel';
import { nearestWasm } from './nearest-wasm';
import type { TileSearch } from './pairs';
import type { Projection } from './projection';

/** What simd/nearest.ts exports. */
interface Simd {
  findCandidates(scores: number, patches: number, images: number, rows: number, columns: number, best: number): void;
  rerank(
    a: number,
    b: number,
    patches: number,
    dimensions: number,
    candidates: number,
    patchStride: number,
    classStride: number,
    squares: number,
    squareStride: number,
  ): void;
}

const candidates = 4;
const bytes = Float32Array.BYTES_PER_ELEMENT;
const pageBytes = 65536;

/** One image against `count` images in one product: their bags and projections, and the arrays in between, lie in one memory. */
export class CandidateSearch {
  private constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly simd: Simd,
    private readonly session: InferenceSession,
    private readonly projection: Projection,
  ) {}

  /** Of its projection. */
  get key(): string {
    return this.projection.key;
  }

  static async open(projection: Projection): Promise<CandidateSearch> {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { instance } = await WebAssembly.instantiate(Buffer.from(nearestWasm, 'base64'), { env: { memory } });
    return new CandidateSearch(memory, instance.exports as Simd, await openSession(productModel()), projection);
  }

  /**
   * Takes in the bags of a tile. They stay until the next call.
   * @param rowBags (rows, M, D)
   * @param columnBags (columns, M, D); the same array where a tile lies on the diagonal
   * @param largestCount of columns that are compared at once
   */
  async load(
    rowBags: Float32Array,
    columnBags: Float32Array,
    patches: number,
    dimensions: number,
    largestCount: number,
  ): Promise<TileSearch> {
    const { size } = this.projection;
    const isDiagonal = rowBags === columnBags;
    const bags = isDiagonal ? [rowBags] : [rowBags, columnBags];
    const images = bags.reduce((sum, bag) => sum + bag.length, 0) / (patches * dimensions);
    const most = largestCount * patches;
    const sections = {
      embeddings: images * patches * dimensions,
      projected: images * patches * size,
      scores: patches * most,
      rows: candidates * most,
      columns: candidates * most,
      best: most,
      forward: most,
      backward: most,
    };
    const at = this.layOut(sections);

    const own = (offset: number, length: number) => new Float32Array(this.memory.buffer, offset, length);
    const embeddings = own(at.embeddings, sections.embeddings);
    let filled = 0;
    for (const bag of bags) {
      embeddings.set(bag, filled);
      filled += bag.length;
    }
    for (let image = 0; image < images; image++) {
      const bag = own(at.embeddings + image * patches * dimensions * bytes, patches * dimensions);
      const target = own(at.projected + image * patches * size * bytes, patches * size);
      await this.multiply(bag, this.projection.directions, dimensions, target);
    }

    const firstColumn = isDiagonal ? 0 : rowBags.length / (patches * dimensions);
    return {
      nearest: async (row, column, count): Promise<NearestPatches> => {
        const projected = (image: number, several: number) =>
          own(at.projected + image * patches * size * bytes, several * patches * size);
        const scores = own(at.scores, patches * count * patches);
        await this.multiply(projected(row, 1), projected(firstColumn + column, count), size, scores);
        const { simd } = this;
        simd.findCandidates(at.scores, patches, count, at.rows, at.columns, at.best);
        const bag = (image: number) => at.embeddings + image * patches * dimensions * bytes;
        for (let j = 0; j < count; j++) {
          const [a, b] = [bag(row), bag(firstColumn + column + j)];
          const [there, back] = [at.rows + j * candidates * bytes, at.columns + j * patches * bytes];
          const [forward, backward] = [at.forward + j * bytes, at.backward + j * patches * bytes];
          simd.rerank(a, b, patches, dimensions, there, count * candidates, 1, forward, count);
          simd.rerank(b, a, patches, dimensions, back, 1, count * patches, backward, 1);
        }
        return {
          forward: own(at.forward, count * patches).slice(),
          backward: own(at.backward, count * patches).slice(),
          means: new Float32Array(0),
        };
      },
    };
  }

  /** Offsets of sections of so many numbers each, in a memory that is large enough for all. */
  private layOut<Name extends string>(sections: Record<Name, number>): Record<Name, number> {
    const at = {} as Record<Name, number>;
    // The first bytes are left to the compiled code.
    let offset = 1024;
    for (const name of Object.keys(sections) as Name[]) {
      at[name] = offset;
      offset = Math.ceil((offset + sections[name] * bytes) / 64) * 64;
    }
    const missing = offset - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / pageBytes));
    return at;
  }

  /** target (A, B) = a (A, width) · bᵀ (B, width), written in place. */
  private async multiply(a: Float32Array, b: Float32Array, width: number, target: Float32Array): Promise<void> {
    const [rows, columns] = [a.length / width, b.length / width];
    await this.session.run(
      { a: new Tensor('float32', a, [rows, width]), b: new Tensor('float32', b, [columns, width]) },
      { product: new Tensor('float32', target, [rows, columns]) },
    );
  }
}

function productModel(): Uint8Array {
  return encodeOnnx({
    name: 'product',
    inputs: [
      { name: 'a', type: 'float32', shape: ['A', 'width'] },
      { name: 'b', type: 'float32', shape: ['B', 'width'] },
    ],
    outputs: [{ name: 'product', type: 'float32', shape: ['A', 'B'] }],
    nodes: [{ operator: 'Gemm', inputs: ['a', 'b'], outputs: ['product'], attributes: { transB: 1 } }],
  });
}
