// Label Studio: tasks with predictions (https://labelstud.io/guide/predictions), and the labelling interface that they fit. Pure: text out.
import { outlinesOf, type Instance, type InstanceImage, type Instances } from './instances';
import { attribute } from './xml';

/** Names of the parts of the labelling interface. */
const [imageName, kindName, boxName, outlineName] = ['image', 'kind', 'box', 'outline'];

export interface LabelStudioFiles {
  /** JSON to import. */
  tasks: string;
  /** XML to paste as the labelling interface. */
  config: string;
}

/**
 * A polygon for each connected part of a region whose outline is known, a rectangle for each other one, and the choice of its cluster for an
 * image without any. Places are in percent of the image.
 * @param root what the paths stand below, as seen from where Label Studio serves local files from
 */
export function toLabelStudio({ classes, images }: Instances, root: string): LabelStudioFiles {
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  const tasks = images.map((image) => {
    const { path, cluster, instances } = image;
    const result =
      instances.length === 0
        ? [item(image, 0, kindName, 'choices', { choices: [names.get(cluster)!] })]
        : instances
            .flatMap((instance) => shapes(instance, image, names.get(instance.cluster)!))
            .map(([from, type, value], i) => item(image, i, from, type, value));
    return {
      data: { image: `/data/local-files/?d=${encodeURIComponent(`${root}/${path}`).replaceAll('%2F', '/')}`, path },
      predictions: [{ model_version: 'anomaly-clustering', result }],
    };
  });
  return { tasks: `[\n${tasks.map((task) => `  ${JSON.stringify(task)}`).join(',\n')}\n]\n`, config: config() };

  function config(): string {
    const whole = images.some(({ instances }) => instances.length === 0);
    const places = images.some(({ instances }) => instances.length > 0);
    const labels = classes.map(({ name, color }) => `    <Label value="${attribute(name)}" background="${color}"/>`);
    const choices = classes.map(({ name }) => `    <Choice value="${attribute(name)}"/>`);
    const control = (tag: string, name: string, lines: readonly string[]) => [
      `  <${tag} name="${name}" toName="${imageName}">`,
      ...lines,
      `  </${tag}>`,
    ];
    return [
      '<View>',
      `  <Image name="${imageName}" value="$image" zoom="true"/>`,
      ...(places ? control('PolygonLabels', outlineName, labels) : []),
      ...(places ? control('RectangleLabels', boxName, labels) : []),
      ...(whole ? control('Choices', kindName, choices) : []),
      '</View>',
      '',
    ].join('\n');
  }
}

type Shape = [from: string, type: string, value: object];

function shapes(instance: Instance, image: InstanceImage, name: string): Shape[] {
  const percent = (value: number, whole: number) => Math.round((value / whole) * 1e6) / 1e4;
  if (instance.mask) {
    return outlinesOf(instance, image).map((outline) => [
      outlineName,
      'polygonlabels',
      {
        points: outline.map(([x, y]) => [percent(x, image.width), percent(y, image.height)]),
        closed: true,
        polygonlabels: [name],
      },
    ]);
  }
  const [left, top, width, height] = instance.box;
  const value = {
    ...{ x: percent(left, image.width), y: percent(top, image.height) },
    ...{ width: percent(width, image.width), height: percent(height, image.height), rotation: 0 },
    rectanglelabels: [name],
  };
  return [[boxName, 'rectanglelabels', value]];
}

function item({ width, height }: InstanceImage, index: number, from: string, type: string, value: object): object {
  const size = type === 'choices' ? {} : { original_width: width, original_height: height, image_rotation: 0 };
  return { id: `r${index + 1}`, from_name: from, to_name: imageName, type, ...size, value };
}
