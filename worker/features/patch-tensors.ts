// Which tensors of a network could be its patches: found by running a blank image and asking for the shape of everything inside.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { floatToHalf } from '../onnx/half';
import { tokenGrid } from './tokens';
import { encodeModel, type GraphProto, type ModelProto, type NodeProto } from '../onnx/file';
import type { ImageInput } from '../onnx/image-input';

/** A tensor that could be the patches. */
export interface Candidate {
  name: string;
  /** (1, D, rows, columns) or (1, tokens, D) */
  shape: number[];
}

interface Size {
  height: number;
  width: number;
}

const mostCandidates = 12;
/** Where the method works best: the paper's networks have a patch every eight pixels. */
const bestStride = 8;
/** Below it almost any number of channels could be read as a number of tokens. */
const fewestPatches = 16;
const options: InferenceSession.SessionOptions = { graphOptimizationLevel: 'disabled', logSeverityLevel: 4 };

/**
 * The last tensor of each shape, in the order of the graph, with the one to try first at the head: the last one with a patch every eight
 * pixels or, failing that, the nearest to it. Empty when the network does not run.
 */
export async function findCandidates(
  model: ModelProto & { graph: GraphProto },
  input: ImageInput,
  size: Size,
): Promise<Candidate[]> {
  try {
    return choose(await shapesOf(model, await floatTensors(model), input, size), size);
  } catch {
    return [];
  }
}

/** For a message: what could be named instead, on the command line and in a setting. @param file as a person names it */
export function describeCandidates(candidates: readonly Candidate[], file: string): string {
  const [best] = candidates;
  if (best === undefined) return '';
  const list = candidates.map(({ name, shape }) => `${name} (${shape.slice(1).join(' × ')})`).join(', ');
  return ` Tensors of it that could be taken: ${list}. Try: --output ${best.name} (in VS Code's settings: ${file}#${best.name})`;
}

/** @param tensors of the whole network with their shapes, in the order of the graph */
function choose(tensors: readonly Candidate[], size: Size): Candidate[] {
  const tokenCounts = new Set(tensors.flatMap(({ shape }) => (shape.length === 3 ? [shape[1]] : [])));
  // (1, heads, tokens, tokens): who looks at whom in a transformer.
  const isAttention = ({ shape: [, , rows, columns, ...more] }: Candidate) =>
    more.length === 0 && rows === columns && tokenCounts.has(rows);
  const last = new Map<string, Candidate & { stride: number }>();
  for (const tensor of tensors) {
    const stride = strideOf(tensor, size);
    const key = tensor.shape.join();
    if (stride === undefined || isAttention(tensor)) continue;
    last.delete(key);
    last.set(key, { ...tensor, stride });
  }
  const inOrder = [...last.values()];
  // Of two that are equally near, the one that comes later in the network: it has seen more of the image.
  const byStride = [...inOrder].reverse().sort((a, b) => distanceFromBest(a.stride) - distanceFromBest(b.stride));
  const kept = new Set(byStride.slice(0, mostCandidates));
  const [best] = byStride;
  const others = inOrder.filter((each) => kept.has(each) && each !== best);
  return (best ? [best, ...others] : []).map(({ name, shape }) => ({ name, shape }));
}

function distanceFromBest(stride: number): number {
  return Math.abs(Math.log2(stride / bestStride));
}

/** Pixels from patch to patch; undefined where the tensor has no grid of patches with the shape of the image. */
function strideOf({ shape }: Candidate, { height, width }: Size): number | undefined {
  if (shape[0] !== 1) return undefined;
  if (shape.length === 4) {
    const [, , rows, columns] = shape as [number, number, number, number];
    const isLikeImage = Math.abs(rows * width - columns * height) <= Math.max(height, width);
    return rows * columns > 1 && isLikeImage ? height / rows : undefined;
  }
  const [, tokens, dimensions] = shape as [number, number, number];
  // As many dimensions as tokens: attention of one head.
  if (shape.length !== 3 || dimensions < 2 || dimensions === tokens) return undefined;
  const grid = tokenGrid(tokens, { height, width });
  return grid && grid.rows * grid.columns >= fewestPatches ? height / grid.rows : undefined;
}

/** Names of the tensors inside that hold floating-point numbers: what the runtime says of them when all are outputs. */
async function floatTensors(model: ModelProto & { graph: GraphProto }): Promise<string[]> {
  const names = model.graph.node.flatMap(({ output }) => output.filter((name) => name !== ''));
  const output = names.map((name) => ({ name }));
  const session = await InferenceSession.create(encodeModel({ ...model, graph: { ...model.graph, output } }), options);
  const found = session.outputMetadata.filter((meta) => meta.isTensor && /^float/.test(meta.type));
  await session.release();
  return found.map(({ name }) => name);
}

/** Asks for the shapes alone: all the values of a large transformer at once would take gigabytes. */
async function shapesOf(
  model: ModelProto & { graph: GraphProto },
  names: readonly string[],
  input: ImageInput,
  { height, width }: Size,
): Promise<Candidate[]> {
  const questions = names.map((name, i): NodeProto & { output: [string] } => ({
    opType: 'Shape',
    input: [name],
    output: [`anomaly-clustering:shape:${i}`],
    attribute: [],
  }));
  const graph = {
    ...model.graph,
    node: [...model.graph.node, ...questions],
    output: questions.map(({ output: [name] }) => ({ name })),
  };
  const session = await InferenceSession.create(encodeModel({ ...model, graph }), options);
  const pixels = new Float32Array(3 * height * width);
  const shape = [1, 3, height, width];
  const image = input.isHalf ? new Tensor('float16', floatToHalf(pixels), shape) : new Tensor('float32', pixels, shape);
  const answers = await session.run({ [input.name]: image });
  await session.release();
  return names.map((name, i) => ({
    name,
    shape: Array.from(answers[questions[i]!.output[0]]!.data as BigInt64Array, Number),
  }));
}
