// The nearest-patch search for a part of the work: candidates by a product of projected patches, of which the best four of each patch
// are compared in full. Every distance that comes out is that of a real pair of patches, so it is never too small.
import { nearestWasm } from '#nearest-wasm';
import type { NearestPatches } from './kernel';
import type { TileSearch } from './pairs';
import { Product } from '../algebra/product';
import type { Projection } from '../algebra/projection';
import { bagsView, type ReferenceBlocks, type SharedBags } from './search';

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

/** Reference images with their projections, ready to be compared with one image after the other. */
export interface ProjectedBags {
  projection: Projection;
  /** (count, M, size): the projections of the references, in their order. */
  bags: SharedBags;
}

/** Compares images on one thread. All that a comparison needs lies in one memory, which the next one uses again. */
export class CandidateSearch {
  private constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly simd: Simd,
    private readonly product: Product,
    private readonly projection: Projection,
  ) {}

  /** Of its projection. */
  get key(): string {
    return this.projection.key;
  }

  /**
   * Compiles the SIMD code with memory of its own, which grows with the tiles.
   * @param projection of the patches in which candidates are searched for
   */
  static async open(projection: Projection): Promise<CandidateSearch> {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { instance } = await WebAssembly.instantiate(Buffer.from(nearestWasm, 'base64'), { env: { memory } });
    return new CandidateSearch(memory, instance.exports as Simd, await Product.open(), projection);
  }

  /**
   * Takes in the bags of a tile. They stay until the search takes in something else.
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
    const isDiagonal = rowBags === columnBags;
    const rows = rowBags.length / (patches * dimensions);
    const images = isDiagonal ? rows : rows + columnBags.length / (patches * dimensions);
    const memory = this.layOut(images, patches, dimensions, largestCount);
    memory.bags(0, rows).set(rowBags);
    if (!isDiagonal) memory.bags(rows, images - rows).set(columnBags);
    for (let image = 0; image < images; image++) await this.project(memory, image);
    const firstColumn = isDiagonal ? 0 : rows;
    return {
      nearest: (row, column, count) => this.compare(memory, row, firstColumn + column, count),
    };
  }

  /**
   * Takes in one image that is compared with references, of which every block is copied when its turn comes.
   * @param bag (M, D)
   * @param largestCount of references that are compared at once
   */
  async loadImage(
    bag: Float32Array,
    references: SharedBags,
    projected: ProjectedBags,
    largestCount: number,
  ): Promise<ReferenceBlocks> {
    const memory = this.layOut(1 + largestCount, references.patches, references.dimensions, largestCount);
    memory.bags(0).set(bag);
    await this.project(memory, 0);
    return {
      nearest: async (first, count) => {
        memory.bags(1, count).set(bagsView(references, first, count));
        memory.projections(1, count).set(bagsView(projected.bags, first, count));
        return (await this.compare(memory, 0, 1, count, false)).forward;
      },
    };
  }

  /** Projects one bag (M, D) to (M, size). */
  async projectBag(bag: Float32Array, dimensions: number): Promise<Float32Array> {
    const memory = this.layOut(1, bag.length / dimensions, dimensions, 0);
    memory.bags(0).set(bag);
    await this.project(memory, 0);
    return memory.projections(0).slice();
  }

  private project(memory: MemoryLayout, image: number): Promise<void> {
    return this.product.multiply(
      memory.bags(image),
      this.projection.directions,
      memory.dimensions,
      memory.projections(image),
    );
  }

  /** @param both also the nearest patches of the one image, seen from the `count` others */
  private async compare(
    memory: MemoryLayout,
    row: number,
    column: number,
    count: number,
    both = true,
  ): Promise<NearestPatches> {
    const { patches, dimensions, at } = memory;
    const { simd } = this;
    const scores = memory.numbers(at.scores, patches * count * patches);
    await this.product.multiply(memory.projections(row), memory.projections(column, count), memory.size, scores);
    simd.findCandidates(at.scores, patches, count, at.rows, at.columns, at.best);
    for (let j = 0; j < count; j++) {
      const [a, b] = [memory.bagAt(row), memory.bagAt(column + j)];
      const [there, back] = [at.rows + j * candidates * bytes, at.columns + j * patches * bytes];
      const [forward, backward] = [at.forward + j * bytes, at.backward + j * patches * bytes];
      simd.rerank(a, b, patches, dimensions, there, count * candidates, 1, forward, count);
      if (both) simd.rerank(b, a, patches, dimensions, back, 1, count * patches, backward, 1);
    }
    return {
      forward: memory.numbers(at.forward, count * patches).slice(),
      backward: memory.numbers(at.backward, both ? count * patches : 0).slice(),
      means: new Float32Array(0),
    };
  }

  private layOut(images: number, patches: number, dimensions: number, largestCount: number): MemoryLayout {
    return new MemoryLayout(this.memory, images, patches, dimensions, this.projection.size, largestCount);
  }
}

/** Where things lie in a search's memory. */
class MemoryLayout {
  /** Offsets in bytes. */
  readonly at: Record<'bags' | 'projections' | 'scores' | 'rows' | 'columns' | 'best' | 'forward' | 'backward', number>;

  constructor(
    private readonly memory: WebAssembly.Memory,
    images: number,
    readonly patches: number,
    readonly dimensions: number,
    readonly size: number,
    largestCount: number,
  ) {
    const most = largestCount * patches;
    // The first bytes are left to the compiled code.
    let end = 1024;
    const section = (length: number) => {
      const start = end;
      end = Math.ceil((start + length * bytes) / 64) * 64;
      return start;
    };
    this.at = {
      bags: section(images * patches * dimensions),
      projections: section(images * patches * size),
      scores: section(patches * most),
      rows: section(candidates * most),
      columns: section(candidates * most),
      best: section(most),
      forward: section(most),
      backward: section(most),
    };
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  }

  numbers(offset: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, offset, length);
  }

  bagAt(image: number): number {
    return this.at.bags + image * this.patches * this.dimensions * bytes;
  }

  /** (count, M, D) */
  bags(image: number, count = 1): Float32Array {
    return this.numbers(this.bagAt(image), count * this.patches * this.dimensions);
  }

  /** (count, M, size) */
  projections(image: number, count = 1): Float32Array {
    const one = this.patches * this.size;
    return this.numbers(this.at.projections + image * one * bytes, count * one);
  }
}
