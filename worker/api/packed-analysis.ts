// An analysis as it travels from the engine to the page: few large arrays in the place of many small objects, which processes and
// pages exchange many times as fast. Pure.
import type { Analysis, PackedAnalysis } from './analysis';

/** Lists become arrays, one number an image or merge; ground-truth classes become indices, −1 where there is none. */
export function packAnalysis({ images, merges, ...rest }: Omit<Analysis, 'further'>): PackedAnalysis {
  const classes = [...new Set(images.flatMap(({ truth }) => truth ?? []))];
  const indices = new Map(classes.map((name, i) => [name, i]));
  return {
    ...rest,
    paths: JSON.stringify(images.map(({ path }) => path)),
    scores: Float64Array.from(images, ({ score }) => score),
    classes,
    truths: Int32Array.from(images, ({ truth }) => (truth === undefined ? -1 : indices.get(truth)!)),
    merges: Float64Array.from(merges.flat()),
  };
}

/** The inverse of {@link packAnalysis}. */
export function unpackAnalysis({ paths, scores, classes, truths, merges, ...rest }: PackedAnalysis): Analysis {
  const images = (JSON.parse(paths) as string[]).map((path, i) => {
    const truth = classes[truths[i]!];
    return { path, score: scores[i]!, ...(truth === undefined ? {} : { truth }) };
  });
  return {
    ...rest,
    images,
    merges: Array.from({ length: merges.length / 4 }, (_, i) => [
      merges[4 * i]!,
      merges[4 * i + 1]!,
      merges[4 * i + 2]!,
      merges[4 * i + 3]!,
    ]),
  };
}
