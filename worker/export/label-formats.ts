// Labels of whole images as other tools read them. Pure: text in, text out.
import { stringify } from 'csv-stringify/sync';
import { EngineError } from '../api/errors';
import type { Analysis } from '../api/analysis';
import { clusterTitle, type LabelDocument } from '../labels';
import { stemOf } from './new-file';

/** What is known of the images beyond their labels. */
type Analysed = Pick<Analysis, 'images'> | null;

/** More digits than this are rounding. */
const scoreDigits = 6;

/** One line an image: path, cluster, name, pinned, anomaly score, ground truth. */
export function toCsv({ clusters, images }: LabelDocument, analysis: Analysed): string {
  const names = new Map(clusters.map(({ id, name }) => [id, name]));
  const known = new Map(analysis?.images.map((image) => [image.path, image]));
  const rows = images.map(({ path, cluster, pinned }) => {
    const { score, truth } = known.get(path) ?? {};
    const shown = score === undefined ? '' : Number(score.toPrecision(scoreDigits));
    return [path, cluster, names.get(cluster) ?? '', pinned === true ? 'true' : 'false', shown, truth ?? ''];
  });
  const columns = ['path', 'cluster', 'name', 'pinned', 'anomaly_score', 'ground_truth'];
  // A spreadsheet would run a cell that starts like a formula.
  return stringify(rows, { header: true, columns, escape_formulas: true, quoted: true });
}

/**
 * The labels of a FiftyOneImageClassificationDataset: class names, and the class of each image by its path without extension.
 * `fo.Dataset.from_dir(dataset_type=fo.types.FiftyOneImageClassificationDataset, data_path=<folder>, labels_path=<this file>)`
 * @throws EngineError `invalid-setting` where two images differ in their extensions only
 */
export function toFiftyOne({ clusters, images }: LabelDocument): string {
  const classes = clusters.map(clusterTitle);
  const index = new Map(clusters.map(({ id }, i) => [id, i]));
  const stems = new Map<string, string>();
  for (const { path } of images) {
    const stem = stemOf(path);
    const other = stems.get(stem);
    if (other !== undefined) {
      const message = `FiftyOne knows images by their names without extension, so ${other} and ${path} are one to it. Rename one of them, or export CSV or COCO.`;
      throw new EngineError({ code: 'invalid-setting' }, message);
    }
    stems.set(stem, path);
  }
  const labels = Object.fromEntries(images.map(({ path, cluster }) => [stemOf(path), index.get(cluster)!]));
  return `${JSON.stringify({ classes, labels }, null, 2)}\n`;
}
