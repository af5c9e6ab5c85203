// One vector an image by the six blocks, beside the paper's rows.
import { defaultSettings, type MethodSettings } from '../../api/settings';
import { describeImages } from '../../describe/describe-images';
import type { Session } from '../../session/session';
import type { BenchmarkSet } from './datasets';
import type { Inputs } from './inputs';
import type { Vectors } from './average-vectors';

/**
 * (N, components) by row: compared among themselves, and with normal images where there are any.
 * @throws EngineError `cancelled`
 */
export async function describeByUs(
  session: Session,
  { folder, layout, images, normals }: BenchmarkSet,
  inputs: Inputs,
  seed: number,
): Promise<Vectors> {
  const about = { failures: [], datasets: [], masks: 0, passedOver: new Map<string, number>() };
  const dataset = { folder, layout, images, normals, ...about };
  const vectorsBy = async (weights: MethodSettings['weights']) => {
    const settings: MethodSettings = { ...defaultSettings, method: 'blocks', weights, seed };
    const { comparison, images: described } = await describeImages(session, dataset, settings);
    const [vectors, dimensions] = [comparison.vectors!, comparison.dimensions!];
    const rows = new Map(described.map(({ image }, row) => [image.path, row]));
    const ordered = new Float32Array(inputs.images.length * dimensions);
    for (const [i, { path }] of inputs.images.entries()) {
      const row = rows.get(path)!;
      ordered.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
    }
    return ordered;
  };
  const found: Vectors = new Map([['ours', await vectorsBy('unsupervised')]]);
  if (normals.length > 0) found.set('ours with normals', await vectorsBy('normal'));
  return found;
}
