// The paper's protocol: which images count, and what they are compared with.
import { EngineError } from '../api/errors';
import { rankContents } from '../bags/choose-references';
import type { Layout, ScannedImage } from '../images/layout';
import type { LabelDocument } from '../labels';
import { evaluate, type Evaluation } from './metrics';

/** MVTec AD's images with several defects at once: clustered like any, but left out of k and of the metrics. */
const mixedClass = 'combined';

/** Whether images of a class count in k and in the metrics. */
export function isCounted(truth: string): boolean {
  return truth !== mixedClass;
}

/** Magnetic Tile's tiles without a defect. */
const tileNormalClass = 'Free';

/** What is clustered, and what it is compared with. */
export interface BenchmarkSplit<Image> {
  /** What is clustered and measured. */
  test: Image[];
  /** Normal images of Eq. 6, beyond those that the layout has in a place of their own. */
  bank: Image[];
}

/**
 * Which images a benchmark clusters. Magnetic Tile has no training images, so a share of its good tiles, the first in the seeded order,
 * becomes the bank; everywhere else all images are clustered.
 * @param bankShare 0..1; at least one good tile stays
 */
export function splitForBenchmark<Image extends { truth: string; content: string }>(
  images: readonly Image[],
  layout: Layout,
  { seed, bankShare }: { seed: number; bankShare: number },
): BenchmarkSplit<Image> {
  if (layout !== 'magnetic-tile') return { test: [...images], bank: [] };
  const normals = images.filter(({ truth }) => truth === tileNormalClass);
  const ranking = rankContents(
    normals.map(({ content }) => content),
    seed,
  );
  const size = Math.min(Math.round(ranking.length * bankShare), Math.max(0, ranking.length - 1));
  const chosen = new Set(ranking.slice(0, size));
  const isBank = ({ truth, content }: Image) => truth === tileNormalClass && chosen.has(content);
  return { test: images.filter((image) => !isBank(image)), bank: images.filter(isBank) };
}

/**
 * Compares labels with the ground truth of the folder layout, over the images that have both.
 * @throws EngineError `too-few-images` when the layout gives no classes
 */
export function evaluateLabels(labels: LabelDocument, images: ScannedImage[]): Evaluation {
  const truths = new Map(images.map(({ path, truth }) => [path, truth]));
  const pairs = labels.images.flatMap(({ path, cluster }) => {
    const truth = truths.get(path);
    return truth === undefined || !isCounted(truth) ? [] : [{ truth, cluster }];
  });
  if (pairs.length === 0) {
    throw new EngineError(
      { code: 'too-few-images' },
      'No labelled image has a true class. Classes come from the folder layout: a sub-folder per class, also below train and test, or masks beside every image.',
    );
  }
  return evaluate(
    pairs.map(({ truth }) => truth),
    pairs.map(({ cluster }) => cluster),
  );
}
