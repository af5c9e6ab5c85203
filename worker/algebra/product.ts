// Products of matrices of numbers, by ONNX Runtime.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { openSession } from '../onnx/inference-session';
import { encodeOnnx } from '../onnx/encode';

/** a · bᵀ of any sizes. */
export class Product {
  private constructor(private readonly session: InferenceSession) {}

  /** Opens a session on the CPU. @throws what ONNX Runtime throws */
  static async open(): Promise<Product> {
    return new Product(await openSession(productModel(false)));
  }

  /**
   * @param a (A, width)
   * @param b (B, width)
   * @param target (A, B), written in place
   */
  async multiply(a: Float32Array, b: Float32Array, width: number, target: Float32Array): Promise<void> {
    const [rows, columns] = [a.length / width, b.length / width];
    await this.session.run(
      { a: new Tensor('float32', a, [rows, width]), b: new Tensor('float32', b, [columns, width]) },
      { product: new Tensor('float32', target, [rows, columns]) },
    );
  }
}

/** aᵀ · a of one matrix. @param a (A, width) @returns (width, width) */
export async function secondMoments(a: Float32Array, width: number): Promise<Float32Array> {
  const session = await openSession(productModel(true));
  const tensor = new Tensor('float32', a, [a.length / width, width]);
  const { product } = await session.run({ a: tensor, b: tensor });
  return product!.data as Float32Array;
}

function productModel(overRows: boolean): Uint8Array {
  return encodeOnnx({
    name: 'product',
    inputs: [
      { name: 'a', type: 'float32', shape: ['A', 'a'] },
      { name: 'b', type: 'float32', shape: ['B', 'b'] },
    ],
    outputs: [{ name: 'product', type: 'float32', shape: ['rows', 'columns'] }],
    nodes: [
      {
        operator: 'Gemm',
        inputs: ['a', 'b'],
        outputs: ['product'],
        attributes: overRows ? { transA: 1 } : { transB: 1 },
      },
    ],
  });
}
