// COCO: https://cocodataset.org/#format-data. Pure: text out.
import { clusterTitle, type LabelDocument } from '../labels';
import { outlinesOf, type Instances } from './instances';
import { signedArea } from '../regions/trace-outline';

const info = { description: 'Clusters of anomaly types' };

/** Categories of whole images: annotations have a category and neither box nor outline. */
export function toCocoImages({ clusters, images }: LabelDocument): string {
  const coco = {
    info,
    images: images.map(({ path }, i) => ({ id: i + 1, file_name: path })),
    categories: clusters.map((cluster) => ({ id: cluster.id, name: clusterTitle(cluster) })),
    annotations: images.map(({ cluster }, i) => ({ id: i + 1, image_id: i + 1, category_id: cluster })),
  };
  return `${JSON.stringify(coco, null, 2)}\n`;
}

/**
 * An annotation for each region: box, area in pixels, and polygons. Images that nothing stands out in have none.
 * @returns one line an image, category or annotation
 */
export function toCocoInstances({ classes, images }: Instances): string {
  const annotations = images.flatMap((image, i) =>
    image.instances.map((instance) => {
      const outlines = outlinesOf(instance, image);
      return {
        image_id: i + 1,
        category_id: instance.cluster,
        bbox: instance.box,
        area: rounded(outlines.reduce((sum, outline) => sum + Math.abs(signedArea(outline)), 0)),
        segmentation: outlines.map((outline) => outline.flat()),
        iscrowd: 0,
      };
    }),
  );
  const parts: [name: string, rows: object[]][] = [
    ['images', images.map(({ path, width, height }, i) => ({ id: i + 1, file_name: path, width, height }))],
    ['categories', classes.map(({ id, name }) => ({ id, name }))],
    ['annotations', annotations.map((annotation, i) => ({ id: i + 1, ...annotation }))],
  ];
  const lists = parts.map(([name, rows]) => {
    const lines = rows.map((row) => `    ${JSON.stringify(row)}`);
    return `  "${name}": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]`;
  });
  return `{\n  "info": ${JSON.stringify(info)},\n${lists.join(',\n')}\n}\n`;
}

function rounded(area: number): number {
  return Math.round(area * 100) / 100;
}
