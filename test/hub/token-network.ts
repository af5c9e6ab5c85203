// A network that looks like a transformer's from outside: an image in, last_hidden_state with a class token out. Inside is one convolution.
import { encodeOnnx } from '../../worker/onnx/encode';

/**
 * (batch, 3, H, W) → (batch, 1 + H/8·W/8, 4)
 * @param ballast megabytes that nothing uses, so that fetching it takes a moment
 */
export function tokenNetwork(ballast = 0): Uint8Array {
  const weight = Float32Array.from({ length: 4 * 3 * 8 * 8 }, (_, i) => Math.sin(i * 12.9898) / 10);
  return encodeOnnx({
    name: 'tokens',
    inputs: [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, 'height', 'width'] }],
    outputs: [{ name: 'last_hidden_state', type: 'float32', shape: ['batch', 'tokens', 4] }],
    constants: [
      { name: 'weight', shape: [4, 3, 8, 8], values: weight },
      { name: 'ballast', shape: [ballast * 250_000], values: new Float32Array(ballast * 250_000) },
      { name: 'flat', shape: [3], values: BigInt64Array.of(0n, 4n, -1n) },
      { name: 'class', shape: [1, 1, 4], values: Float32Array.of(1, 2, 3, 4) },
    ],
    nodes: [
      {
        operator: 'Conv',
        inputs: ['pixel_values', 'weight'],
        outputs: ['map'],
        attributes: { kernel_shape: [8, 8], strides: [8, 8] },
      },
      { operator: 'Reshape', inputs: ['map', 'flat'], outputs: ['columns'] },
      { operator: 'Transpose', inputs: ['columns'], outputs: ['patches'], attributes: { perm: [0, 2, 1] } },
      { operator: 'Concat', inputs: ['class', 'patches'], outputs: ['last_hidden_state'], attributes: { axis: 1 } },
    ],
  });
}
