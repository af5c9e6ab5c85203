// "CVAT for images 1.1": https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/. Pure: text out.
import { outlineOf, type Instance, type InstanceImage, type Instances } from './instances';
import { attribute } from './xml';

/**
 * A polygon for each region whose outline is known, a box for each other one, and a tag with its cluster for an image without any.
 * Names of images must be such that XML holds them ({@link fitsXml}).
 */
export function toCvat({ classes, images }: Instances): string {
  const names = new Map(classes.map(({ id, name }) => [id, attribute(name)]));
  const labels = classes.flatMap(({ name, color }) => [
    '        <label>',
    `          <name>${attribute(name)}</name>`,
    `          <color>${color}</color>`,
    '          <attributes></attributes>',
    '        </label>',
  ]);
  const lines = images.flatMap((image, id) => {
    const { path, width, height, cluster, instances } = image;
    const shapes =
      instances.length === 0
        ? [`    <tag label="${names.get(cluster)!}" source="auto"></tag>`]
        : instances.map((instance) => shape(instance, image, names.get(instance.cluster)!));
    return [
      `  <image id="${id}" name="${attribute(path)}" width="${width}" height="${height}">`,
      ...shapes,
      '  </image>',
    ];
  });
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<annotations>',
    '  <version>1.1</version>',
    '  <meta>',
    '    <task>',
    '      <name>Clusters of anomaly types</name>',
    `      <size>${images.length}</size>`,
    '      <mode>annotation</mode>',
    '      <labels>',
    ...labels,
    '      </labels>',
    '    </task>',
    '  </meta>',
    ...lines,
    '</annotations>',
    '',
  ].join('\n');
}

function shape(instance: Instance, image: InstanceImage, label: string): string {
  const common = `label="${label}" source="auto" occluded="0"`;
  if (instance.mask) {
    const points = outlineOf(instance, image).map((point) => point.map((value) => value.toFixed(2)).join(','));
    return `    <polygon ${common} points="${points.join(';')}" z_order="0"></polygon>`;
  }
  const [left, top, width, height] = instance.box;
  const [xtl, ytl, xbr, ybr] = [left, top, left + width, top + height].map((value) => value.toFixed(2));
  return `    <box ${common} xtl="${xtl}" ytl="${ytl}" xbr="${xbr}" ybr="${ybr}" z_order="0"></box>`;
}
