// The labels as other tools read them, with the regions' outlines of the last run where this machine has it: as one text, or as files.
import { basename, relative } from 'node:path';
import { EngineError } from '../api/errors';
import type { ExportedText, FolderExport, FolderFormat, ImageFailure, Placing } from '../api/requests';
import type { ShapeName, TableFormat } from '../api/requests';
import { toCocoImages, toCocoInstances } from '../export/coco';
import { toCvat } from '../export/cvat';
import { placeInFolders } from '../export/folders';
import { instancesOf, type Instances } from '../export/instances';
import { toCsv, toFiftyOne } from '../export/label-formats';
import { toLabelStudio } from '../export/label-studio';
import { writeMasks } from '../export/masks';
import { fitsXml } from '../export/xml';
import { writeYolo } from '../export/yolo';
import { ImageError, probeImage } from '../images/decode';
import { withImageFile } from '../images/image-file';
import { fileInside, outsideReason } from '../images/inside';
import { hasRegions, type LabelDocument } from '../labels';
import { fileProblem } from '../pool/tasks/outcome';
import type { Cache } from '../store/cache';
import { readRegions } from './region-analysis';
import { loadAnalysis } from './stored';

/** Of the images, for validation. */
const validationShare = 0.2;
const controlReason = 'has a control character in its name, which XML cannot hold. Rename it';

interface Options {
  shapes?: ShapeName | undefined;
  /** Called for every image; may throw to stop. */
  onStep?: () => void;
}

/**
 * @param folder absolute path of the clustered folder
 * @throws EngineError `invalid-setting` where the format cannot hold the labels
 */
export async function exportText(
  cache: Cache,
  folder: string,
  labels: LabelDocument,
  { format, ...options }: Options & { format: TableFormat },
): Promise<ExportedText> {
  switch (format) {
    case 'csv':
      return { text: toCsv(labels, (await loadAnalysis(cache, folder)) ?? null), failures: [] };
    case 'fiftyone':
      return { text: toFiftyOne(labels), failures: [] };
    case 'coco': {
      if (!hasRegions(labels)) return { text: toCocoImages(labels), failures: [] };
      const { instances, failures } = await readInstances(cache, folder, labels, options);
      return { text: toCocoInstances(instances), failures };
    }
    case 'cvat': {
      const { instances, failures } = await readInstances(cache, folder, labels, options);
      const images = instances.images.filter(({ path }) => fitsXml(path));
      const others = instances.images.filter(({ path }) => !fitsXml(path));
      return {
        text: toCvat({ ...instances, images }),
        failures: [...failures, ...others.map(({ path }) => ({ path, reason: controlReason }))],
      };
    }
    case 'label-studio': {
      const { instances, failures } = await readInstances(cache, folder, labels, options);
      const { tasks, config } = toLabelStudio(instances, basename(folder));
      return { text: tasks, config, failures };
    }
  }
}

/** @throws EngineError `invalid-setting` where files below a folder would be taken for images by the next run */
export function requireOutside(folder: string, target: string): void {
  if (target !== folder && fileInside(folder, relative(folder, target)) === undefined) return;
  const message = `${target} is in the clustered folder, where the next run would take what is written for images. Choose another folder.`;
  throw new EngineError({ code: 'invalid-setting' }, message);
}

/**
 * Nothing that is there is overwritten.
 * @param folder absolute path of the clustered folder
 * @throws EngineError `invalid-setting` for formats of regions where the labels have none, and where {@link requireOutside} does; `not-writable`
 */
export async function exportFiles(
  cache: Cache,
  folder: string,
  labels: LabelDocument,
  { target, format, placing, onStep }: Options & { target: string; format: FolderFormat; placing: Placing },
): Promise<FolderExport> {
  requireOutside(folder, target);
  if (format === 'folders' || format === 'yolo-cls') {
    const split = format === 'yolo-cls' ? { share: validationShare } : undefined;
    return placeInFolders(labels, folder, target, placing, { split, ...(onStep ? { onStep } : {}) });
  }
  if (!hasRegions(labels)) {
    const message = `The label file has no regions, which ${format} is made of. Cluster the folder with regions (--regions), or export yolo-cls or folders.`;
    throw new EngineError({ code: 'invalid-setting' }, message);
  }
  const { instances, failures } = await readInstances(cache, folder, labels, { onStep });
  const written =
    format === 'masks'
      ? await writeMasks(instances, folder, target, onStep)
      : await writeYolo(instances, folder, target, {
          ...{ task: format, placing, share: validationShare },
          ...(onStep ? { onStep } : {}),
        });
  return { ...written, failures: [...failures, ...written.failures] };
}

/** The regions of a label file. Sizes are those of the last run; images that it does not know are looked at. */
export async function readInstances(
  cache: Cache,
  folder: string,
  labels: LabelDocument,
  { shapes = 'outlines', onStep }: Options,
): Promise<{ instances: Instances; failures: ImageFailure[] }> {
  const stored = await loadAnalysis(cache, folder);
  const sizes = new Map<string, readonly [number, number]>(
    stored?.images.flatMap(({ path }, i) => {
      const size = stored.regions?.sizes[i];
      return size ? [[path, size] as const] : [];
    }),
  );
  const failures: ImageFailure[] = [];
  for (const { path } of labels.images) {
    onStep?.();
    if (sizes.has(path)) continue;
    try {
      const file = fileInside(folder, path);
      if (file === undefined) throw new ImageError(outsideReason);
      const { width, height } = await withImageFile(file, probeImage);
      sizes.set(path, [width, height]);
    } catch (error) {
      const reason = error instanceof ImageError ? error.message : fileProblem(error);
      if (reason === undefined) throw error;
      failures.push({ path, reason });
    }
  }
  const regions = stored ? await readRegions(cache, stored) : [];
  return { instances: instancesOf(labels, { regions, sizes }, shapes), failures };
}
