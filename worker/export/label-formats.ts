// Label files as other tools read them. Pure: text in, text out.
import { stringify } from 'csv-stringify/sync';
import { EngineError } from '../api/errors';
import type { TableFormat } from '../api/requests';
import type { Analysis } from '../api/analysis';
import { clusterTitle, type LabelDocument } from '../labels';

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

/** COCO with categories of whole images: annotations have a category and neither box nor outline. */
export function toCoco({ clusters, images }: LabelDocument): string {
  const coco = {
    info: { description: 'Clusters of anomaly types' },
    images: images.map(({ path }, i) => ({ id: i + 1, file_name: path })),
    categories: clusters.map((cluster) => ({ id: cluster.id, name: clusterTitle(cluster) })),
    annotations: images.map(({ cluster }, i) => ({ id: i + 1, image_id: i + 1, category_id: cluster })),
  };
  return `${JSON.stringify(coco, null, 2)}\n`;
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

function stemOf(path: string): string {
  return path.replace(/\.[^./]+$/, '');
}

/**
 * The label file in one of the formats: {@link toCsv}, {@link toCoco} or {@link toFiftyOne}.
 * @param analysis of the last run, where the cache still has it; scores and classes are left empty without it
 */
export function toTable(format: TableFormat, labels: LabelDocument, analysis: Analysed): string {
  switch (format) {
    case 'csv':
      return toCsv(labels, analysis);
    case 'coco':
      return toCoco(labels);
    case 'fiftyone':
      return toFiftyOne(labels);
  }
}
