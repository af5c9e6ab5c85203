// The paper's protocol: which images count, and what they are compared with.
import { EngineError } from '../api';
import type { ScannedImage } from '../images/scan';
import type { LabelDocument } from '../labels';
import { evaluate, type Evaluation } from './metrics';

/** MVTec AD's images with several defects at once: clustered like any, but left out of the metrics. */
const mixedClass = 'combined';

/**
 * Compares labels with the ground truth of the folder layout, over the images that have both.
 * @throws EngineError `too-few-images` when the layout gives no classes
 */
export function evaluateLabels(labels: LabelDocument, images: ScannedImage[]): Evaluation {
  const truths = new Map(images.map(({ path, truth }) => [path, truth]));
  const pairs = labels.images.flatMap(({ path, cluster }) => {
    const truth = truths.get(path);
    return truth === undefined || truth === mixedClass ? [] : [{ truth, cluster }];
  });
  if (pairs.length === 0) {
    throw new EngineError(
      'too-few-images',
      'No labelled image has a true class. Classes come from the folder layout: a sub-folder per class, MVTec AD or Magnetic Tile.',
    );
  }
  return evaluate(
    pairs.map(({ truth }) => truth),
    pairs.map(({ cluster }) => cluster),
  );
}
