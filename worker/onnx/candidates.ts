// Which tensors of a network could be its patches: found by running an image with everything inside as an output.
import { Tensor } from 'onnxruntime-node';
import { InferenceSession } from 'onnxruntime-node';
import { floatToHalf } from '../features/half';
import { encodeModel, type GraphProto, type ModelProto } from './file';
import type { ImageInput } from './image-input';

export interface Candidate {
  name: string;
  /** (1, D, rows, columns) or (1, tokens, D) */
  shape: number[];
}

const mostCandidates = 12;
/** Operators whose results are feature maps or tokens; the others reshape or shuffle. */
const makers =
  /^(Conv|Relu|LeakyRelu|Clip|HardSwish|Sigmoid|Add|Mul|Concat|MaxPool|AveragePool|BatchNormalization|LayerNormalization|InstanceNormalization|GroupNormalization|Gelu|Elu|PRelu|Silu|MatMul|FusedConv)$/;

/** The last tensor of each shape, in the order of the graph, with the one to try first at the head. Empty when the network does not run. */
export async function findCandidates(
  model: ModelProto & { graph: GraphProto },
  input: ImageInput,
  { height, width }: { height: number; width: number },
): Promise<Candidate[]> {
  const names = model.graph.node
    .filter(({ opType }) => makers.test(opType ?? ''))
    .flatMap(({ output }) => output.slice(0, 1));
  const output = names.map((name) => ({ name }));
  const pixels = new Float32Array(3 * height * width);
  try {
    const bytes = encodeModel({ ...model, graph: { ...model.graph, output } });
    const session = await InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled', logSeverityLevel: 4 });
    const image = input.isHalf
      ? new Tensor('float16', floatToHalf(pixels), [1, 3, height, width])
      : new Tensor('float32', pixels, [1, 3, height, width]);
    const results = await session.run({ [input.name]: image });
    const last = new Map<string, Candidate>();
    for (const name of names) {
      const { type, dims } = results[name]!;
      const isMap = dims.length === 4 && dims[2]! * dims[3]! > 1;
      const isTokens = dims.length === 3 && dims[1]! > 1 && dims[2]! > 1;
      if (!/^float/.test(type) || dims[0] !== 1 || !(isMap || isTokens)) continue;
      last.delete(dims.join());
      last.set(dims.join(), { name, shape: [...dims] });
    }
    const found = [...last.values()].slice(-mostCandidates);
    const distance = ({ shape }: Candidate) => (shape.length === 4 ? Math.abs(Math.log2(height / shape[2]! / 8)) : 1.5);
    const best = found.reduce<Candidate | undefined>((a, b) => (a && distance(a) < distance(b) ? a : b), undefined);
    return best ? [best, ...found.filter((each) => each !== best)] : [];
  } catch {
    return [];
  }
}

/** For a message: what could be named instead. */
export function describeCandidates(candidates: readonly Candidate[]): string {
  if (candidates.length === 0) return '';
  const list = candidates.map(({ name, shape }) => `${name} (${shape.slice(1).join(' × ')})`).join(', ');
  return ` Tensors of it that could be taken: ${list}. Try: --output ${candidates[0]!.name}`;
}
