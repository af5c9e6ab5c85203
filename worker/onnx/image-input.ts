// What a network takes, read from its file: one image, its size, its number format.
import { EngineError } from '../api/errors';
import { elementTypes, type GraphProto } from './file';

/** The one input of a network that takes images. */
export interface ImageInput {
  name: string;
  isHalf: boolean;
  /** Undefined where the network takes any. */
  height?: number | undefined;
  width?: number | undefined;
}

/** Pixels; a network for larger images would take gigabytes for one. */
const largestSide = 8192;

/** @throws EngineError `model-invalid` that says what to export instead */
export function imageInputOf({ input, initializer, sparseInitializer }: GraphProto, file: string): ImageInput {
  const invalid = (what: string) => new EngineError({ code: 'model-invalid', file }, `${file} cannot be used: ${what}`);
  // Old files list their weights among the inputs.
  const weights = new Set([
    ...initializer.map(({ name }) => name),
    ...sparseInitializer.map((each) => each.values?.name),
  ]);
  const inputs = input.filter(({ name }) => !weights.has(name));
  const [image] = inputs;
  if (!image || inputs.length !== 1) {
    const names = inputs.map(({ name }) => name).join(', ') || 'none';
    throw invalid(
      `a network with one input, an image, is needed, and it has ${inputs.length} (${names}). Export only the part that takes the image.`,
    );
  }
  const { elemType, shape } = image.type?.tensorType ?? {};
  const sizes = shape?.dim.map(({ dimValue }) => (dimValue === undefined ? undefined : Number(dimValue) || undefined));
  if (sizes?.length !== 4) {
    throw invalid(`its input ${image.name} has not the shape (batch, 3, height, width). Export it with such an input.`);
  }
  const [batch, channels, height, width] = sizes;
  if (channels !== 3 && width === 3) {
    throw invalid(
      `its input ${image.name} has its channels last. Export it with channels first: (batch, 3, height, width).`,
    );
  }
  if (channels !== undefined && channels !== 3) {
    throw invalid(
      `its input ${image.name} has ${channels} channels. Export a network for colour images: (batch, 3, height, width).`,
    );
  }
  const isHalf = elemType === elementTypes.float16;
  if (elemType !== elementTypes.float32 && !isHalf) {
    throw invalid(`its input ${image.name} does not hold floating-point numbers. Export it with a float32 input.`);
  }
  if (batch !== undefined && batch !== 1) {
    throw invalid(`it takes ${batch} images at once. Export it for any number of images, or for one.`);
  }
  for (const side of [height, width]) {
    if (side !== undefined && !(Number.isInteger(side) && side > 0 && side <= largestSide)) {
      throw invalid(
        `its input ${image.name} has a side of ${side} pixels; 1 to ${largestSide} are possible. Export it anew.`,
      );
    }
  }
  return { name: image.name ?? '', isHalf, height, width };
}
