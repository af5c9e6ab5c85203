// The residual networks of torchvision ("Deep Residual Learning", He et al. 2015; "Wide Residual Networks", Zagoruyko & Komodakis 2016):
import { EngineError } from '../../api/errors';

// which convolutions there are, and the names and shapes of their tensors.
export type Architecture = 'wide_resnet50_2' | 'resnet50' | 'resnet18';

/** Residual stages; their maps are 4, 8, 16 and 32 times smaller than the image. */
export const stageNames = ['layer1', 'layer2', 'layer3', 'layer4'] as const;
export type Stage = (typeof stageNames)[number];

interface Plan {
  block: 'basic' | 'bottleneck';
  /** Blocks of each stage. */
  depths: readonly [number, number, number, number];
  /** Channels inside the first stage's blocks; each stage has twice as many. */
  width: number;
}

const plans: Record<Architecture, Plan> = {
  resnet18: { block: 'basic', depths: [2, 2, 2, 2], width: 64 },
  resnet50: { block: 'bottleneck', depths: [3, 4, 6, 3], width: 64 },
  wide_resnet50_2: { block: 'bottleneck', depths: [3, 4, 6, 3], width: 128 },
};

/** A convolution without bias, and the BatchNorm behind it. */
export interface Convolution {
  /** Names of the tensors: `${convolution}.weight`, `${norm}.running_mean`, … */
  convolution: string;
  norm: string;
  inputs: number;
  outputs: number;
  kernel: number;
  stride: number;
}

/** Convolutions one after the other, ReLU between them; added to the shortcut, then ReLU. */
export interface Block {
  path: Convolution[];
  /** Absent where the input itself is added. */
  shortcut?: Convolution | undefined;
}

export const stem: Convolution = {
  convolution: 'conv1',
  norm: 'bn1',
  inputs: 3,
  outputs: 64,
  kernel: 7,
  stride: 2,
};

/** Channels of a stage's map. */
export function channelsOf(architecture: Architecture, stage: Stage): number {
  const scale = 2 ** stageNames.indexOf(stage);
  return (plans[architecture].block === 'basic' ? 64 : 256) * scale;
}

/** `layer2`, or several with `+`. @throws EngineError `model-not-found` */
export function parseStages(text: string): Stage[] {
  const wanted = text.split('+');
  const stages = stageNames.filter((stage) => wanted.includes(stage));
  if (stages.length === wanted.length) return stages;
  throw new EngineError(
    { code: 'model-not-found', network: `#${text}` },
    `There is no stage "${text}". Use ${stageNames.join(', ')}, or several as in layer2+layer3.`,
  );
}

/** The blocks of a stage. Bottlenecks have their stride at the 3×3 convolution, as torchvision's have. */
export function blocksOf(architecture: Architecture, stage: Stage): Block[] {
  const { block, depths, width } = plans[architecture];
  const number = stageNames.indexOf(stage);
  const outputs = channelsOf(architecture, stage);
  const inside = width * 2 ** number;
  const before = number === 0 ? stem.outputs : channelsOf(architecture, stageNames[number - 1]!);
  return Array.from({ length: depths[number]! }, (_, i) => {
    const inputs = i === 0 ? before : outputs;
    const stride = i === 0 && number > 0 ? 2 : 1;
    const at = `${stage}.${i}`;
    const convolution = (n: number, from: number, to: number, kernel: number, step: number): Convolution => ({
      convolution: `${at}.conv${n}`,
      norm: `${at}.bn${n}`,
      inputs: from,
      outputs: to,
      kernel,
      stride: step,
    });
    const path =
      block === 'basic'
        ? [convolution(1, inputs, outputs, 3, stride), convolution(2, outputs, outputs, 3, 1)]
        : [
            convolution(1, inputs, inside, 1, 1),
            convolution(2, inside, inside, 3, stride),
            convolution(3, inside, outputs, 1, 1),
          ];
    const shortcut: Convolution | undefined =
      stride === 1 && inputs === outputs
        ? undefined
        : { convolution: `${at}.downsample.0`, norm: `${at}.downsample.1`, inputs, outputs, kernel: 1, stride };
    return { path, shortcut };
  });
}

/** Every stage up to the last one that is wanted: each is the next one's input. */
export function stagesUpTo(stages: readonly Stage[]): Stage[] {
  return stageNames.slice(0, stageNames.indexOf(stages.at(-1)!) + 1);
}

export const normTensors = ['weight', 'bias', 'running_mean', 'running_var'] as const;

/** Names and shapes of the tensors that these stages need: no classifier, no counters, no later stage. */
export function neededTensors(architecture: Architecture, stages: readonly Stage[]): Map<string, number[]> {
  const needed = new Map<string, number[]>();
  const add = ({ convolution, norm, inputs, outputs, kernel }: Convolution) => {
    needed.set(`${convolution}.weight`, [outputs, inputs, kernel, kernel]);
    for (const tensor of normTensors) needed.set(`${norm}.${tensor}`, [outputs]);
  };
  add(stem);
  for (const stage of stagesUpTo(stages)) {
    for (const { path, shortcut } of blocksOf(architecture, stage))
      [...path, ...(shortcut ? [shortcut] : [])].forEach(add);
  }
  return needed;
}
