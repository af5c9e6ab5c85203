// `evaluate --truth`: a label file against objects that COCO or YOLO files tell of.
import { resolve } from 'node:path';
import { readInstances } from '../analysis/export-labels';
import { EngineError } from '../api/errors';
import { labelSetsOf, placementLevels, placementOf, type LabelSets } from '../evaluation/placement';
import { intersectionOverUnion, scaled, type Shape } from '../evaluation/shapes';
import type { InstanceImage } from '../export/instances';
import type { ScannedImage } from '../images/layout';
import { hasRegions, type LabelDocument } from '../labels';
import { cellsOf } from '../regions/region-mask';
import type { Cache } from '../store/cache';
import { readTruth } from '../truth/read-truth';
import { kindOf, matchNames, type TrueImage } from '../truth/truth';

/** How regions agree with objects. */
export interface RegionEvaluation {
  /** With objects or without, in the label file. */
  images: number;
  objects: number;
  regions: number;
  /** By intersection over union. */
  recall: Record<string, number>;
  precision: Record<string, number>;
  perImage: { withObjects: number; without: number | null };
  labelSets: LabelSets;
}

export interface TruthEvaluation {
  source: string;
  /** Images of the label file with the class that takes most of each. */
  scanned: ScannedImage[];
  /** Names of the truth that are no image of the label file, or fit several. */
  unmatched: string[];
  /** Where the label file has regions. */
  regions?: RegionEvaluation;
}

/**
 * @param folder absolute path of the clustered folder
 * @param truth a COCO file, or the folder of a YOLO dataset
 * @throws EngineError `invalid-setting` where it cannot be read, `too-few-images` where none of its images is in the label file
 */
export async function evaluateTruth(
  cache: Cache,
  folder: string,
  labels: LabelDocument,
  truth: string,
): Promise<TruthEvaluation> {
  const { source, images, areStems } = await readTruth(resolve(truth));
  const paths = labels.images.map(({ path }) => path);
  const names = matchNames(
    images.map(({ name }) => name),
    paths,
    areStems,
  );
  const matched = images.flatMap((image) => {
    const path = names.get(image.name);
    return path === undefined ? [] : [{ image, path }];
  });
  if (matched.length === 0) {
    const message = `No image of ${truth} is in the label file. Images are known by their paths below the clustered folder, or by the last parts of these.`;
    throw new EngineError({ code: 'too-few-images' }, message);
  }
  return {
    source,
    scanned: matched.map(({ image, path }) => ({ path, truth: kindOf(image) })),
    unmatched: images.map(({ name }) => name).filter((name) => !names.has(name)),
    ...(hasRegions(labels)
      ? { regions: evaluateRegions((await readInstances(cache, folder, labels, {})).instances.images, matched) }
      : {}),
  };
}

function evaluateRegions(
  instances: readonly InstanceImage[],
  matched: readonly { image: TrueImage; path: string }[],
): RegionEvaluation {
  const byPath = new Map(instances.map((each) => [each.path, each]));
  const pictures = matched.flatMap(({ image, path }) => {
    const own = byPath.get(path);
    if (!own) return [];
    const [width, height] = image.size ?? [own.width, own.height];
    const objects = image.objects.flatMap(({ shape }) =>
      shape ? [scaled(shape, own.width / width, own.height / height)] : [],
    );
    const found = own.instances.map(shapeOf);
    const overlaps = objects.map((object) => found.map((each) => intersectionOverUnion(object, each)));
    return [{ kinds: new Set(image.objects.map(({ kind }) => kind)), own, overlaps, found: found.length }];
  });
  const { recall, precision, regions } = placementOf(pictures);
  const byLevel = (values: readonly number[]) =>
    Object.fromEntries(placementLevels.map((level, i) => [String(level), values[i]!]));
  const kinds = [...new Set(pictures.flatMap((picture) => [...picture.kinds]))].sort();
  return {
    images: pictures.length,
    objects: pictures.reduce((sum, { overlaps }) => sum + overlaps.length, 0),
    regions: pictures.reduce((sum, { found }) => sum + found, 0),
    recall: byLevel(recall),
    precision: byLevel(precision),
    perImage: { withObjects: regions.defect, without: regions.good },
    labelSets: labelSetsOf(
      pictures.map((picture) => picture.kinds),
      pictures.flatMap(({ own }, i) => own.instances.map(({ cluster }) => [i, cluster] as const)),
      kinds,
    ),
  };
}

function shapeOf({ box, mask }: InstanceImage['instances'][number]): Shape {
  if (!mask) return { box };
  const { width, height } = mask.raster;
  return {
    box: mask.box as [number, number, number, number],
    raster: { width, height, cells: cellsOf(mask.raster) },
  };
}

/** In words, a line each. */
export function regionLines({ images, objects, regions, ...measured }: RegionEvaluation): string[] {
  const { recall, precision, perImage, labelSets } = measured;
  const number = (value: number) => value.toFixed(3);
  return [
    `\n${regions} regions and ${objects} true objects on ${images} images`,
    ...placementLevels.map((level) => {
      const [found, right] = [recall[String(level)]!, precision[String(level)]!];
      return `IoU ≥ ${level}     recall ${number(found)}, precision ${number(right)}`;
    }),
    `Regions       ${perImage.withObjects.toFixed(1)} on an image with objects${perImage.without === null ? '' : `, ${perImage.without.toFixed(1)} on one without`}`,
    `Label sets    F1 micro ${number(labelSets.micro)}, macro ${number(labelSets.macro)}`,
  ];
}
