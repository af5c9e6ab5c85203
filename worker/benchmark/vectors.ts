// One vector an image and weighting. Every bag is read once, however many weightings there are.
import { EngineError } from '../api';
import { startStage, taskContext, type Run } from '../engine';
import type { Model } from '../models/model';
import type { Inputs } from './inputs';
import type { Weightings } from './plan';

/** (N, D) by weighting, and the pooled vectors under `holistic`. */
export type Vectors = Map<string, Float32Array>;

export async function averageAll(run: Run, model: Model, inputs: Inputs, weightings: Weightings): Promise<Vectors> {
  const { images, sources, shape } = inputs;
  const names = [...weightings.keys(), 'holistic'];
  const vectors: Vectors = new Map(names.map((name) => [name, new Float32Array(images.length * shape.dimensions)]));
  const progress = startStage(run, 'evaluate', sources.length);
  const indices = sources.map((_, i) => i);
  for await (const [i, averages] of run.pool.runInOrder('average', indices, (i) => ({
    image: sources[i]!,
    model,
    weights: [...weightings.values()].map((weights) => weights(i)),
    ...taskContext(run),
  }))) {
    if (averages.length !== names.length) throw new EngineError('internal', `${sources[i]!.file} changed. Run again.`);
    for (const [row, name] of names.entries()) vectors.get(name)!.set(averages[row]!, i * shape.dimensions);
    progress.step();
  }
  return vectors;
}
