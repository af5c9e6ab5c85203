// A pretrained network with its embedding head: an RGB image in, a bag of patch embeddings out.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { EngineError, type PatchGrid } from '../api';
import { EmbeddingHead, type Bag } from './embedding-head';
import type { Model } from '../models/model';
import { openSession } from './session';

export class Network {
  private constructor(
    private readonly model: Model,
    private readonly session: InferenceSession,
    private readonly head: EmbeddingHead,
    private readonly output: string,
  ) {}

  /** @throws EngineError `model-invalid` when the file is no ONNX model or has no feature map */
  static async open(model: Model): Promise<Network> {
    const session = await openSession(model.file).catch((error: unknown) => {
      throw new EngineError(
        'model-invalid',
        `${model.file} cannot be opened as an ONNX model: ${String(error)}`,
        model.file,
      );
    });
    const output =
      model.output ?? session.outputMetadata.find((meta) => meta.isTensor && meta.shape.length === 4)?.name;
    if (output === undefined || !session.outputNames.includes(output)) {
      const names = session.outputNames.join(', ');
      throw new EngineError(
        'model-invalid',
        `${model.file} has no output of the shape (batch, channels, rows, columns) to take patches from. Its outputs: ${names}.`,
        model.file,
      );
    }
    return new Network(model, session, await EmbeddingHead.open(), output);
  }

  /** @param rgb (height, width, 3) of the model's input size */
  async embed(rgb: Uint8Array): Promise<Bag> {
    const { width, height } = this.model.input;
    const input = new Tensor('float32', normalise(rgb, this.model.input), [1, 3, height, width]);
    const outputs = await this.session.run({ [this.session.inputNames[0]!]: input }, [this.output]);
    return this.head.run(outputs[this.output]!);
  }

  /** Where a bag's patches lie. A model that does not say is taken to have its patches in the middle of equal cells. */
  grid({ rows, columns }: { rows: number; columns: number }): PatchGrid {
    const { width, height } = this.model.input;
    const stride = this.model.patches?.stride ?? width / columns;
    return {
      rows,
      columns,
      stride,
      origin: this.model.patches?.origin ?? stride / 2,
      inputWidth: width,
      inputHeight: height,
    };
  }
}

/** (H, W, 3) bytes to (3, H, W): (value / 255 − mean) / deviation. */
function normalise(rgb: Uint8Array, { width, height, mean, deviation }: Model['input']): Float32Array {
  const pixels = width * height;
  const planes = new Float32Array(pixels * 3);
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * deviation[channel]!);
    const shift = mean[channel]! / deviation[channel]!;
    const plane = planes.subarray(channel * pixels, (channel + 1) * pixels);
    for (let i = 0; i < pixels; i++) plane[i] = rgb[i * 3 + channel]! * scale - shift;
  }
  return planes;
}
