// Makes an ONNX file of a residual network from its weights: up to the wanted stage, BatchNorm folded into the convolutions.
import { EngineError } from '../../api/errors';
import { encodeOnnx, type OnnxConstant, type OnnxNode } from '../../onnx/encode';
import type { TensorIndex } from './safetensors';
import {
  blocksOf,
  channelsOf,
  neededTensors,
  stageNames,
  stagesUpTo,
  stem,
  type Architecture,
  type Convolution,
  type Stage,
} from './architecture';

/** Torch's default. */
const epsilon = 1e-5;

/** @throws EngineError `model-invalid` naming a tensor that is missing or has another shape, before anything is fetched */
export function checkTensors(index: TensorIndex, architecture: Architecture, stages: readonly Stage[]): void {
  for (const [name, shape] of neededTensors(architecture, stages)) {
    const entry = index.get(name);
    const found = entry ? `has the shape (${entry.shape.join(', ')})` : 'is missing';
    if (entry?.shape.join() === shape.join()) continue;
    throw new EngineError(
      { code: 'model-invalid' },
      `These are not the weights of ${architecture}: the tensor ${name} ${found}, and (${shape.join(', ')}) is needed.`,
    );
  }
}

/** What a stage's patches are like; of several, those of the first. The last stage's are not averaged over 3×3 (the paper's Table 4). */
export function describeStages(
  architecture: Architecture,
  stages: readonly Stage[],
): { stride: number; origin: number; dimensions: number; skipsPooling: boolean } {
  const stride = 4 * 2 ** stageNames.indexOf(stages[0]!);
  const dimensions = stages.reduce((sum, stage) => sum + channelsOf(architecture, stage), 0);
  const skipsPooling = stages.length > 1 || stages[0] === 'layer4';
  return { stride, origin: stride / 2, dimensions, skipsPooling };
}

/**
 * Input `image`, float32 (batch, 3, H, W); output `patches`, (batch, D, rows, columns): one stage's map or, of several, all of them as
 * PatchCore (Roth et al. 2022) joins them, each averaged over 3×3 and enlarged to the first one's size.
 * @param read values of a tensor
 * @returns an ONNX file
 * @throws EngineError `model-invalid` naming a tensor whose values cannot be
 */
export function buildResnet(
  architecture: Architecture,
  stages: readonly Stage[],
  read: (name: string) => Float32Array,
): Uint8Array {
  const nodes: OnnxNode[] = [];
  const constants: OnnxConstant[] = [];
  const relu = (input: string, output: string) => nodes.push({ operator: 'Relu', inputs: [input], outputs: [output] });
  const convolve = (convolution: Convolution, input: string, output: string) => {
    const { weight, bias } = fold(convolution, read);
    const name = convolution.convolution;
    const { inputs, outputs, kernel, stride } = convolution;
    const pad = kernel >> 1;
    constants.push({ name: `${name}.weight`, shape: [outputs, inputs, kernel, kernel], values: weight });
    constants.push({ name: `${name}.bias`, shape: [outputs], values: bias });
    nodes.push({
      operator: 'Conv',
      inputs: [input, `${name}.weight`, `${name}.bias`],
      outputs: [output],
      attributes: { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad] },
    });
  };

  convolve(stem, 'image', 'stem');
  relu('stem', 'stem.relu');
  nodes.push({
    operator: 'MaxPool',
    inputs: ['stem.relu'],
    outputs: ['stem.pool'],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  });
  let input = 'stem.pool';
  for (const stage of stagesUpTo(stages)) {
    for (const { path, shortcut } of blocksOf(architecture, stage)) {
      let at = input;
      for (const [i, convolution] of path.entries()) {
        const output = `${convolution.convolution}.map`;
        convolve(convolution, at, output);
        at = output;
        if (i === path.length - 1) continue;
        relu(output, `${output}.relu`);
        at = `${output}.relu`;
      }
      const added = shortcut ? `${shortcut.convolution}.map` : input;
      if (shortcut) convolve(shortcut, input, added);
      nodes.push({ operator: 'Add', inputs: [at, added], outputs: [`${at}.sum`] });
      relu(`${at}.sum`, `${at}.block`);
      input = `${at}.block`;
    }
    nodes.push({
      operator: 'Identity',
      inputs: [input],
      outputs: [stages.length === 1 && stage === stages[0] ? 'patches' : stage],
    });
    input = nodes.at(-1)!.outputs[0]!;
  }
  if (stages.length > 1) join(stages, nodes, constants);
  const { dimensions } = describeStages(architecture, stages);
  return encodeOnnx({
    name: `${architecture}-${stages.join('+')}`,
    inputs: [{ name: 'image', type: 'float32', shape: ['batch', 3, 'height', 'width'] }],
    outputs: [{ name: 'patches', type: 'float32', shape: ['batch', dimensions, 'rows', 'columns'] }],
    nodes,
    constants,
  });
}

/** Average over 3×3 (zeros outside count, as in torch), enlarged bilinearly (align_corners=False), one behind the other. */
function join(stages: readonly Stage[], nodes: OnnxNode[], constants: OnnxConstant[]): void {
  const [first] = stages;
  for (const stage of stages) {
    nodes.push({
      operator: 'AveragePool',
      inputs: [stage],
      outputs: [`${stage}.smooth`],
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1], count_include_pad: 1 },
    });
  }
  constants.push({ name: 'batchAxes', shape: [2], values: BigInt64Array.of(0n, 1n) });
  constants.push({ name: 'from2', shape: [1], values: BigInt64Array.of(2n) });
  constants.push({ name: 'to4', shape: [1], values: BigInt64Array.of(4n) });
  nodes.push({ operator: 'Shape', inputs: [first!], outputs: ['first.shape'] });
  nodes.push({ operator: 'Slice', inputs: ['first.shape', 'from2', 'to4'], outputs: ['first.size'] });
  const joined = stages.map((stage) => {
    if (stage === first) return `${stage}.smooth`;
    nodes.push({ operator: 'Shape', inputs: [stage], outputs: [`${stage}.shape`] });
    nodes.push({ operator: 'Gather', inputs: [`${stage}.shape`, 'batchAxes'], outputs: [`${stage}.batch`] });
    nodes.push({
      operator: 'Concat',
      inputs: [`${stage}.batch`, 'first.size'],
      outputs: [`${stage}.sizes`],
      attributes: { axis: 0 },
    });
    nodes.push({
      operator: 'Resize',
      inputs: [`${stage}.smooth`, '', '', `${stage}.sizes`],
      outputs: [`${stage}.large`],
      attributes: { mode: { text: 'linear' }, coordinate_transformation_mode: { text: 'half_pixel' } },
    });
    return `${stage}.large`;
  });
  nodes.push({ operator: 'Concat', inputs: joined, outputs: ['patches'], attributes: { axis: 1 } });
}

/** w·γ/√(σ²+ε) and β − μ·γ/√(σ²+ε), in double precision. */
function fold({ convolution, norm, outputs }: Convolution, read: (name: string) => Float32Array) {
  const tensor = (name: string) => requireSensible(name, read(name));
  const weight = Float32Array.from(tensor(`${convolution}.weight`));
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) => {
    const name = `${norm}.${part}`;
    return part === 'running_var' ? tensor(name) : requireFinite(name, read(name));
  }) as [Float32Array, Float32Array, Float32Array, Float32Array];
  if (variance.some((value) => value < 0)) throw damaged(`${norm}.running_var`);
  const bias = new Float32Array(outputs);
  const size = weight.length / outputs;
  for (let channel = 0; channel < outputs; channel++) {
    const scale = gamma[channel]! / Math.sqrt(variance[channel]! + epsilon);
    for (let i = channel * size; i < (channel + 1) * size; i++) weight[i] = weight[i]! * scale;
    bias[channel] = beta[channel]! - mean[channel]! * scale;
  }
  return { weight, bias };
}

/** Convolutions and variances that are all zeros are holes in a file. */
function requireSensible(name: string, values: Float32Array): Float32Array {
  if (values.every((value) => value === 0)) throw damaged(name);
  return requireFinite(name, values);
}

function requireFinite(name: string, values: Float32Array): Float32Array {
  if (!values.every(Number.isFinite)) throw damaged(name);
  return values;
}

function damaged(name: string): EngineError {
  return new EngineError(
    { code: 'model-invalid' },
    `The weights are damaged: the tensor ${name} has values that cannot be. Get them again.`,
  );
}
