// Datasets of Ultralytics' YOLO for detection and segmentation (https://docs.ultralytics.com/datasets/detect/): data.yaml, images, and a
// text file of labels for each. Nothing that is there is overwritten.
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import type { FolderExport, Placing } from '../api/requests';
import { ImageError } from '../images/decode';
import { pageOf } from '../images/pages';
import { validates } from './folders';
import { outlineOf, type InstanceImage, type Instances } from './instances';
import { stemOf, takeName, writeNewFile } from './new-file';
import { namesOfImage, placeImage } from './place-image';

export type YoloTask = 'yolo' | 'yolo-seg';

export interface YoloOptions {
  task: YoloTask;
  placing: Placing;
  /** Of the images, for validation: 0 to 1. */
  share: number;
  /** Called for every image; may throw to stop. */
  onStep?: () => void;
}

/** What Ultralytics looks for in a folder of images; others it would pass over without a word. */
const readable = /\.(avif|bmp|dng|hei[cf]|jpe?g|jp2|mpo|png|tiff?|webp|pfm)$/i;
const unreadableReason = 'is in a format that YOLO passes over. Convert it to PNG or JPEG';

/**
 * Classes are numbered from 0 in the order of the label file's clusters. An image that nothing stands out in has an empty file of labels.
 * @param folder absolute path of the clustered folder
 * @param target absolute path; made where it is missing
 * @throws EngineError `not-writable`
 */
export async function writeYolo(
  { classes, images }: Instances,
  folder: string,
  target: string,
  { task, placing, share, onStep }: YoloOptions,
): Promise<FolderExport> {
  const result: FolderExport = { placed: 0, failures: [] };
  const failed = (path: string, error: unknown) => {
    if (!(error instanceof ImageError)) throw error;
    result.failures.push({ path, reason: error.message });
  };
  const names = namesOf(images.map(({ path }) => path));
  const parts = partsOf(
    images.map(({ path }) => path).filter((path) => readable.test(fileOf(path))),
    share,
  );
  const numbers = new Map(classes.map(({ id }, i) => [id, i]));
  for (const image of images) {
    onStep?.();
    const part = parts.get(image.path);
    const name = names.get(image.path)!;
    if (part === undefined) {
      result.failures.push({ path: image.path, reason: unreadableReason });
      continue;
    }
    const reason = await placeImage(folder, image.path, join(target, 'images', part, name), placing);
    if (reason !== undefined) result.failures.push({ path: image.path, reason });
    else {
      const labels = yoloLabels(image, task, numbers);
      await writeNewFile(join(target, 'labels', part, `${stemOf(name)}.txt`), labels)
        .then(() => result.placed++)
        .catch((error: unknown) => failed(image.path, error));
    }
  }
  if (result.placed > 0) {
    const data = dataYaml(classes.map(({ name }) => name));
    await writeNewFile(join(target, 'data.yaml'), data).catch((error: unknown) => failed('data.yaml', error));
  }
  return result;
}

/** One line a region: class, then centre, width and height or the corners of its outline, in parts of the image's width and height. */
export function yoloLabels(image: InstanceImage, task: YoloTask, numbers: ReadonlyMap<number, number>): string {
  const { width, height, instances } = image;
  const lines = instances.map((instance) => {
    const [left, top, across, down] = instance.box;
    const points =
      task === 'yolo-seg'
        ? outlineOf(instance, image)
        : [
            [left + across / 2, top + down / 2],
            [across, down],
          ];
    const values = points.flatMap(([x, y]) => [(x / width).toFixed(6), (y / height).toFixed(6)]);
    return `${numbers.get(instance.cluster)!} ${values.join(' ')}\n`;
  });
  return lines.join('');
}

/** Without `path`, places are seen from the file itself, wherever the folder goes. */
function dataYaml(names: readonly string[]): string {
  const data = { train: 'images/train', val: 'images/val', names: [...names] };
  // Ultralytics reads YAML 1.1, where more words than these need quotes.
  return stringify(data, { version: '1.1', defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 });
}

/** Names whose stems differ: labels are found by an image's name without its extension. */
function namesOf(paths: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(paths.map((path) => [path, takeName(namesOfImage(path), taken, stemOf)]));
}

/** Train and validation: by a hash of the path, and neither empty where there are two images, since YOLO refuses that. */
function partsOf(paths: readonly string[], share: number): Map<string, 'train' | 'val'> {
  const parts = new Map(paths.map((path) => [path, validates(path, share) ? ('val' as const) : ('train' as const)]));
  for (const part of ['train', 'val'] as const) {
    if (paths.length > 1 && ![...parts.values()].includes(part)) parts.set(paths[0]!, part);
  }
  return parts;
}

function fileOf(path: string): string {
  return basename(pageOf(path)?.file ?? path);
}
