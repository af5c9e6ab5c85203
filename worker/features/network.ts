// A pretrained network with its embedding head: an RGB image in, a bag of patch embeddings out.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { PatchGrid } from '../api/analysis';
import { elongatedSize, type Elongation } from './elongation';
import type { DeviceName } from '../api/settings';
import { EngineError } from '../api/errors';
import type { Model, ModelInput } from './model';
import { EmbeddingHead, type Bag } from './embedding-head';
import { floatToHalf, halfToFloat } from '../onnx/half';
import { explainMissingOutput } from './missing-output';
import { openSession } from '../onnx/inference-session';
import { tokensToMap } from './tokens';

/** A network and its embedding head, open on one device. */
export class Network {
  private constructor(
    private readonly model: Model,
    private readonly session: InferenceSession,
    private readonly head: EmbeddingHead,
    private readonly output: string,
    private readonly device: DeviceName,
  ) {}

  /** @throws EngineError `model-invalid` when the file is no ONNX model or has no patches to give */
  static async open(model: Model, device: DeviceName = 'cpu', threads = 1): Promise<Network> {
    const session = await openSession(model.file, device, threads).catch((error: unknown) => {
      // What a device cannot do is no fault of the file.
      if (device !== 'cpu') throw error;
      throw cannotOpen(model, error);
    });
    const output = model.output ?? patchOutputOf(session);
    if (output === undefined || !session.outputNames.includes(output)) throw await explainMissingOutput(model);
    return new Network(model, session, await EmbeddingHead.open(model.skipsPooling), output, device);
  }

  /** @param rgb (height, width, 3) of the model's input size, elongated */
  async embed(rgb: Uint8Array, elongation: Elongation = 1): Promise<Bag> {
    const [bag] = await this.embedAll([rgb], elongation);
    return bag!;
  }

  /** Several images in one run where the network takes them, which pays on a graphics card. */
  async embedAll(images: readonly Uint8Array[], elongation: Elongation = 1): Promise<Bag[]> {
    const [declared] = this.session.inputMetadata;
    const takesOne = declared?.isTensor === true && declared.shape[0] === 1;
    const input = elongatedSize(this.model.input, elongation);
    const bags: Bag[] = [];
    for (const group of takesOne ? images.map((image) => [image]) : [images]) {
      for (const map of await this.run(group, input)) bags.push(await this.head.run(map));
    }
    return bags;
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

  /** @returns one map (1, D, rows, columns) an image */
  private async run(images: readonly Uint8Array[], input: ModelInput): Promise<Tensor[]> {
    const outputs = await this.session
      .run({ [this.session.inputNames[0]!]: this.pixels(images, input) }, [this.output])
      .catch((error: unknown) => {
        if (this.device !== 'cpu') throw error;
        const { width, height } = input;
        throw new EngineError(
          { code: 'model-invalid', file: this.model.file },
          `${this.model.file} does not run on an image of ${width} × ${height} pixels: ${essence(error)}. Export it with an input of any height and width.`,
          { cause: error },
        );
      });
    const { data, dims } = outputs[this.output]!;
    const values = floatsOf(data);
    const isMap = dims.length === 4 && dims[2]! * dims[3]! > 1;
    if (values === undefined || dims[0] !== images.length || !(isMap || dims.length === 3)) {
      throw new EngineError(
        { code: 'model-invalid', file: this.model.file },
        `The tensor ${this.output} of ${this.model.file} has the shape (${dims.join(', ')}) for ${images.length} image${images.length === 1 ? '' : 's'}. Patches are (batch, D, rows, columns) or (batch, tokens, D), floating-point numbers, more than one an image.`,
      );
    }
    const size = values.length / images.length;
    return images.map((_, i) => {
      const own = images.length === 1 ? values : values.slice(i * size, (i + 1) * size);
      const shape = [1, ...dims.slice(1)];
      return dims.length === 4 ? new Tensor('float32', own, shape) : tokensToMap(own, shape, { ...this.model, input });
    });
  }

  private pixels(images: readonly Uint8Array[], input: ModelInput): Tensor {
    const { width, height } = input;
    const planes = width * height * 3;
    const pixels = new Float32Array(images.length * planes);
    for (const [i, rgb] of images.entries()) {
      normalise(rgb, input, pixels.subarray(i * planes, (i + 1) * planes));
    }
    const shape = [images.length, 3, height, width];
    const [declared] = this.session.inputMetadata;
    const isHalf = declared?.isTensor === true && declared.type === 'float16';
    return isHalf ? new Tensor('float16', floatToHalf(pixels), shape) : new Tensor('float32', pixels, shape);
  }
}

/** A map with more than one position or, failing that, tokens. Sizes that depend on the image are names here. */
function patchOutputOf({ outputMetadata }: InferenceSession): string | undefined {
  const tensors = outputMetadata.flatMap((meta) => (meta.isTensor && /^float/.test(meta.type) ? [meta] : []));
  const map = tensors.find(({ shape }) => shape.length === 4 && !(shape[2] === 1 && shape[3] === 1));
  const tokens = tensors.find(({ shape }) => shape.length === 3 && shape[1] !== 1);
  return (map ?? tokens)?.name;
}

/** As float32; undefined for whole numbers and strings. Half-precision values come as bits, or as numbers where the platform has them. */
function floatsOf(data: Tensor.DataType | ArrayLike<number>): Float32Array | undefined {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array) {
    const values = new Float32Array(data.length);
    halfToFloat(data, values);
    return values;
  }
  const isHalf = (data as object).constructor.name === 'Float16Array';
  return isHalf || data instanceof Float64Array ? Float32Array.from(data as ArrayLike<number>) : undefined;
}

/** (H, W, 3) bytes to (3, H, W): (value / 255 − mean) / deviation. */
function normalise(rgb: Uint8Array, { width, height, mean, deviation }: ModelInput, planes: Float32Array): void {
  const pixels = width * height;
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * deviation[channel]!);
    const shift = mean[channel]! / deviation[channel]!;
    const plane = planes.subarray(channel * pixels, (channel + 1) * pixels);
    for (let i = 0; i < pixels; i++) plane[i] = rgb[i * 3 + channel]! * scale - shift;
  }
}

function cannotOpen({ file }: Model, error: unknown): EngineError {
  const message = essence(error);
  const operator = /(?:implementation for |error: |No Op registered for )([\w.:]+)(?:\(-?\d+\)| with)/i.exec(
    message,
  )?.[1];
  return new EngineError(
    { code: 'model-invalid', file },
    operator === undefined
      ? `${file} cannot be opened as an ONNX model: ${message}`
      : `${file} needs the operator ${operator}, which the runtime does not have. Export it with standard operators (a lower opset may help).`,
    { cause: error },
  );
}

/** The runtime's message without the path that it repeats and without its own source lines. */
function essence(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error))
    .replace(/\s+/g, ' ')
    .replace(/^Load model from .*? failed: ?/, '')
    .replace(/\S+\.(?:cc|h):\d+ [^)]*\) /, '');
  return message.length > 300 ? `${message.slice(0, 300)}…` : message;
}
