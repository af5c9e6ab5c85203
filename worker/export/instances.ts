// Regions as files of other tools want them: a class, a box inside the image, an outline where one is known. Pure.
import type { AnalysedRegion, RegionMask } from '../api/analysis';
import type { ShapeName } from '../api/requests';
import { clusterColor, clusterTitle, hasRegions, regionKey, type LabelDocument } from '../labels';
import { cellsOf } from '../regions/region-mask';
import { joinRings, traceParts, type Polygon } from '../regions/trace-outline';

export interface InstanceClass {
  /** Of the cluster. */
  id: number;
  /** Of one line, without what XML or YAML do not hold, and unlike the names of the others. */
  name: string;
  /** #rrggbb */
  color: string;
}

export interface Instance {
  /** Of the cluster. */
  cluster: number;
  /** In pixels of the upright image, inside it. */
  box: [left: number, top: number, width: number, height: number];
  /** Its cells as a raster that the box of the label file spans; absent where the last run knows no such region. */
  mask?: { box: readonly number[]; raster: RegionMask };
}

export interface InstanceImage {
  path: string;
  /** Of its label as a whole. */
  cluster: number;
  /** In pixels, upright. */
  width: number;
  height: number;
  instances: Instance[];
}

export interface Instances {
  /** Those of the label file, in its order. */
  classes: InstanceClass[];
  /** Whether the label file says where in the images something stands out. */
  hasRegions: boolean;
  images: InstanceImage[];
}

/** What the last run knows of the places, and how large images are. */
export interface KnownPlaces {
  regions: readonly AnalysedRegion[];
  /** By path; what is not there is left out. */
  sizes: ReadonlyMap<string, readonly [width: number, height: number]>;
}

/** The regions of a label file. Those whose box lies outside of their image are left out. */
export function instancesOf(labels: LabelDocument, { regions, sizes }: KnownPlaces, shapes: ShapeName): Instances {
  const known = new Map(shapes === 'boxes' ? [] : regions.map((each) => [regionKey(each.path, each.box), each.mask]));
  return {
    classes: classesOf(labels),
    hasRegions: hasRegions(labels),
    images: labels.images.flatMap(({ path, cluster, regions: own = [] }): InstanceImage[] => {
      const size = sizes.get(path);
      if (!size) return [];
      const [width, height] = size;
      const instances = own.flatMap((region): Instance[] => {
        const box = boxInside(region.box, width, height);
        const raster = known.get(regionKey(path, region.box));
        if (!box) return [];
        return [{ cluster: region.cluster, box, ...(raster ? { mask: { box: region.box, raster } } : {}) }];
      });
      return [{ path, cluster, width, height, instances }];
    }),
  };
}

/** The clusters as classes of tools that know these by their names. */
export function classesOf({ clusters }: Pick<LabelDocument, 'clusters'>): InstanceClass[] {
  const names = clusters.map((cluster) => ({ cluster, name: oneLine(clusterTitle(cluster)) }));
  const counts = new Map<string, number>();
  for (const { name } of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const taken = new Set(names.filter(({ name }) => counts.get(name) === 1).map(({ name }) => name));
  return names.map(({ cluster: { id, color }, name }) => {
    let own = name;
    if (counts.get(name) !== 1) {
      own = `${name} (${id})`;
      for (let n = 2; taken.has(own); n++) own = `${name} (${id}, ${n})`;
      taken.add(own);
    }
    return { id, name: own, color: clusterColor(color, id) };
  });
}

/** XML and YAML hold neither control characters nor halves of pairs, and readers of both fold white space. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Control}\p{Surrogate}\p{Noncharacter_Code_Point}]+/gu, ' ').trim() || '_';
}

/**
 * Polygons around a region in pixels of the upright image, one for each connected part: of its mask, or around its box. Corners are rounded
 * to hundredths.
 */
export function outlinesOf({ box, mask }: Instance, image: { width: number; height: number }): Polygon[] {
  if (!mask) {
    const [left, top, width, height] = box;
    const [right, bottom] = [left + width, top + height];
    return [
      [
        [left, top],
        [right, top],
        [right, bottom],
        [left, bottom],
      ],
    ];
  }
  const { raster } = mask;
  const [left, top, width, height] = mask.box as [number, number, number, number];
  const place = (start: number, length: number, cell: number, cells: number, most: number) =>
    Math.round(Math.min(Math.max(start + (length * cell) / cells, 0), most) * 100) / 100;
  return traceParts(cellsOf(raster), raster.width, raster.height).map((polygon) =>
    polygon.map(([x, y]) => [
      place(left, width, x, raster.width, image.width),
      place(top, height, y, raster.height, image.height),
    ]),
  );
}

/** The same as a single polygon, for formats that have one for a region: parts are joined by cuts without width. */
export function outlineOf(instance: Instance, image: { width: number; height: number }): Polygon {
  return joinRings(outlinesOf(instance, image));
}

/** The part of a box that lies in the image. */
function boxInside(box: readonly number[], width: number, height: number): Instance['box'] | undefined {
  const [left, top, right, bottom] = [
    Math.min(box[0]!, width),
    Math.min(box[1]!, height),
    Math.min(box[0]! + box[2]!, width),
    Math.min(box[1]! + box[3]!, height),
  ];
  return right > left && bottom > top ? [left, top, right - left, bottom - top] : undefined;
}
