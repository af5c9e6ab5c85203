// How much a patch stands out: among the images and inside its own, on one scale.
import { spread } from './weights';

/** Mean and standard deviation over all patches of a sample of images. */
export interface Spread {
  mean: number;
  deviation: number;
}

/** What makes scores of distances; found on a sample of images, it is for all. */
export interface ScoreScale {
  /** Of the distances to other images (Eq. 5, 7), and of those inside the image. */
  among: Spread;
  inside: Spread;
  /** Standard deviation of the scores themselves, which temperatures are in. */
  deviation: number;
}

/** Below this a spread is rounding: nothing stands out. */
const leastDeviation = 1e-9;

/**
 * Both distances standardised and added: a patch stands out when no other image has the like, and when its own image has not, either.
 * @param among (M) distances to other images
 * @param inside (M) distances inside the image
 * @returns (M) in standard deviations
 */
export function standOutScore(
  among: Float32Array,
  inside: Float32Array,
  scale: Pick<ScoreScale, 'among' | 'inside'>,
): Float32Array {
  const standard = (value: number, { mean, deviation }: Spread) => (value - mean) / Math.max(deviation, leastDeviation);
  return among.map((value, m) => standard(value, scale.among) + standard(inside[m]!, scale.inside));
}

/**
 * The scale of scores from a sample of images.
 * @param among (images) of (M)
 * @param inside (images) of (M)
 */
export function scoreScaleOf(among: readonly Float32Array[], inside: readonly Float32Array[]): ScoreScale {
  const scale = { among: spread(among), inside: spread(inside) };
  const scores = among.map((distances, i) => standOutScore(distances, inside[i]!, scale));
  return { ...scale, deviation: spread(scores).deviation };
}
