// One vector an image and weighting. Every bag is read once, however many weightings there are.
import { EngineError } from '../../api/errors';
import type { Session } from '../../session/session';
import type { Inputs } from './inputs';
import type { Weightings } from './plan';

/** (N, D) by weighting, and the pooled vectors under `holistic`. */
export type Vectors = Map<string, Float32Array>;

/**
 * Eq. 1 for every image and weighting: Σ alpha_m z_m; and the mean over the whole image for `holistic`.
 * @throws EngineError `cancelled`; `internal` when an image is no longer what it was
 */
export async function averageAll(session: Session, inputs: Inputs, weightings: Weightings): Promise<Vectors> {
  const { images, sources } = inputs;
  const { shape } = session;
  const names = [...weightings.keys(), 'holistic'];
  const vectors: Vectors = new Map(names.map((name) => [name, new Float32Array(images.length * shape.dimensions)]));
  const progress = session.startStage('evaluate', sources.length);
  const indices = sources.map((_, i) => i);
  for await (const [i, averages] of session.tasks('average', indices, (i) => ({
    image: sources[i]!,
    weights: [...weightings.values()].map((weights) => weights(i)),
  }))) {
    if (averages.length !== names.length)
      throw new EngineError({ code: 'internal' }, `${sources[i]!.file} changed. Run again.`);
    for (const [row, name] of names.entries()) vectors.get(name)!.set(averages[row]!, i * shape.dimensions);
    progress.step();
  }
  return vectors;
}
