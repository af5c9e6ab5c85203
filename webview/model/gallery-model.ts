// What the page draws, worked out from the label file and the analysis: clusters with their images, and the settings in words.
import * as l10n from '@vscode/l10n';
import type { Note } from '../../worker/api/requests';
import type { Analysis } from '../../worker/api/analysis';
import { evenly } from '../../worker/base/evenly';
import { majorityOf, type Majority } from '../../worker/evaluation/majority';
import {
  clusterColor,
  clustersOfImage,
  hasRegions,
  isPinned,
  type LabelDocument,
  type LabelMethod,
} from '../../worker/labels/view';
import { threeDigits } from '../kit/format';
import { facetsOf, type Facet, type KnownOfImages } from './facets';
import { factsOf, ImageModel, ImageTable, type Facts } from './image-model';
import { Measures } from './measures';
import { weightsOf, type WeightsOf } from './patch-weights';

export interface GalleryModel {
  title: string;
  /** With a line for each region where regions are shown. */
  labels: LabelDocument;
  shows: ShownItems;
  imageCount: number;
  /** In the order of the label file. */
  clusters: ClusterModel[];
  images: ImageTable;
  settings: Note[];
  analysis: Analysis | null;
  /** The patches' weights; undefined where there are none to show. */
  weightsOf: WeightsOf | undefined;
  /** Ground-truth classes, sorted; empty where there is no ground truth. */
  classes: string[];
  /** What the images can be told apart by. */
  facets: readonly Facet[];
  /** So many images of a cluster: the first of them, which are typical, and then those that vary most. @param images the most typical first */
  typicalAndVaried: (images: readonly ImageModel[], count: number) => readonly ImageModel[];
}

/** What a tile is: an image; an image that has regions; or a region, which has its key in the place of a path. */
export type ShownItems = 'images' | 'images with regions' | 'regions';

export interface ClusterModel {
  id: number;
  /** As in the label file; may be empty. */
  name: string;
  /** Whether its images are good, where somebody has said so. */
  ok: boolean | undefined;
  /** What to call it; never empty. */
  title: string;
  /** #rrggbb */
  color: string;
  /** Part of all images, 0 to 1. */
  share: number;
  /** Sorted by path. */
  images: ImageModel[];
  /** Its images are regions, and images that have none. */
  areRegions: boolean;
  /** Images of other clusters that have a region in it. */
  further: readonly ImageModel[];
  /** Share of its most frequent ground-truth class, where there is ground truth. */
  majority: Majority | undefined;
}

/**
 * Works out what the page draws. What only few images are asked for is worked out when they are.
 * @param title the folder's name
 * @param analysis null where the last run is not in the cache: scores, distances and ground truth are missing then
 * @param showsRegions labels and analysis have regions in the place of images
 */
export function galleryModel(
  title: string,
  labels: LabelDocument,
  analysis: Analysis | null,
  showsRegions = false,
): GalleryModel {
  const paths = labels.images.map(({ path }) => path);
  const { facts, places, classes } = factsOf(paths, analysis, showsRegions);
  const rowsOf = new Map<number, number[]>(labels.clusters.map(({ id }) => [id, []]));
  for (const [i, { cluster }] of labels.images.entries()) {
    const { row } = facts[i]!;
    if (row !== undefined) rowsOf.get(cluster)?.push(row);
  }
  const measures = analysis?.coordinates && new Measures(analysis.coordinates, [...rowsOf.values()]);
  const further = new Map<number, ImageModel[]>(labels.clusters.map(({ id }) => [id, []]));
  const members = new Map<number, ImageModel[]>(labels.clusters.map(({ id }) => [id, []]));
  const images = labels.images.map((line, i) => {
    const image = new ImageModel(line.path, line.cluster, isPinned(line), line.regions ?? [], facts[i]!, measures);
    members.get(line.cluster)?.push(image);
    if (line.regions) for (const id of clustersOfImage(line).slice(1)) further.get(id)?.push(image);
    return image;
  });
  const imageCount = paths.length;
  const clusters = labels.clusters.map((cluster) => {
    const own = byPath(members.get(cluster.id) ?? []);
    const majority = majorityOf(own.map(({ truth }) => truth));
    // Where no class has more than half, there is none that an image could be out of.
    const main = majority && majority.share > 0.5 ? majority.name : undefined;
    for (const image of own) image.isMinority = main !== undefined && image.truth !== undefined && image.truth !== main;
    return {
      id: cluster.id,
      name: cluster.name,
      ok: cluster.ok,
      title: cluster.name.trim() === '' ? l10n.t('unnamed {0}', cluster.id) : cluster.name,
      color: clusterColor(cluster.color, cluster.id),
      share: imageCount === 0 ? 0 : own.length / imageCount,
      images: own,
      areRegions: showsRegions,
      further: further.get(cluster.id) ?? [],
      majority,
    };
  });
  return {
    title,
    labels,
    shows: showsRegions ? 'regions' : hasRegions(labels) ? 'images with regions' : 'images',
    imageCount,
    analysis,
    weightsOf: analysis ? weightsOf(labels.method, analysis.temperature) : undefined,
    settings: settings(labels, analysis),
    clusters,
    images: new ImageTable(images, places),
    classes,
    facets: facetsOfPaths(paths, facts, classes, analysis),
    typicalAndVaried: (all, count) => typicalAndVaried(all, count, measures),
  };
}

let lastFacets: { facts: readonly Facts[]; facets: Facet[] } | undefined;

/** The same gallery with other labels. */
export function withLabels({ title, analysis, shows }: GalleryModel, labels: LabelDocument): GalleryModel {
  return galleryModel(title, labels, analysis, shows === 'regions');
}

/** Kept for the next time, as the facts are. */
function facetsOfPaths(
  paths: readonly string[],
  facts: readonly Facts[],
  classes: readonly string[],
  analysis: Analysis | null,
): Facet[] {
  if (lastFacets?.facts !== facts) {
    const images = paths.map((path, i) => ({ path, truth: facts[i]!.truth }));
    lastFacets = { facts, facets: facetsOf(images, classes, knownOf(analysis)) };
  }
  return lastFacets.facets;
}

/** What a table and the files' dates say. */
function knownOf(analysis: Analysis | null): KnownOfImages {
  const { images = [], metadata, days } = analysis ?? {};
  return {
    columns: metadata?.columns ?? [],
    values: new Map(metadata?.values.map((row, i) => [images[i]!.path, row])),
    days: new Map(days?.map((day, i) => [images[i]!.path, day])),
  };
}

/** Images among which those that vary most are looked for. */
const variedAmong = 2000;

function typicalAndVaried(
  images: readonly ImageModel[],
  count: number,
  measures: Measures | undefined,
): readonly ImageModel[] {
  if (images.length <= count || !measures) return images.slice(0, count);
  const typical = images.slice(0, Math.ceil(count / 2));
  const rowsOf = (some: readonly ImageModel[]) => some.flatMap(({ row }) => row ?? []);
  const rest = evenly(images.slice(typical.length), variedAmong);
  const varied = new Set(measures.mostVaried(rowsOf(rest), rowsOf(typical), count - typical.length));
  // Still the most typical first.
  const found = [...typical, ...rest.filter(({ row }) => row !== undefined && varied.has(row))];
  if (found.length === count) return found;
  // Copies of one image vary in nothing.
  const known = new Set(found);
  for (const image of images) if (known.size < count) known.add(image);
  return images.filter((image) => known.has(image));
}

/** Label files are sorted by path, unless a person has changed that. */
function byPath(images: ImageModel[]): ImageModel[] {
  const isSorted = images.every(({ path }, i) => i === 0 || images[i - 1]!.path <= path);
  return isSorted ? images : images.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function settings({ method }: LabelDocument, analysis: Analysis | null): Note[] {
  const { model, weights, references, clusterer, clusters } = method;
  return [
    // The hash after @ tells files apart, not people.
    { label: l10n.t('Model'), value: model.replace(/@[0-9a-f]+$/, '') },
    ...(method.name === undefined ? [] : [{ label: l10n.t('Method'), value: method.name }]),
    ...(method.distance === undefined || method.distance === 'weighted-average'
      ? []
      : [{ label: l10n.t('Distance'), value: method.distance }]),
    { label: l10n.t('Weights'), value: weights },
    { label: l10n.t('References'), value: String(references) },
    ...temperatureNote(method, analysis),
    ...(clusterer === 'ward' ? [] : [{ label: l10n.t('Clusterer'), value: clusterer }]),
    { label: l10n.t('Clusters'), value: String(clusters) },
  ];
}

/** Of the paper's method. */
function temperatureNote({ temperature }: LabelMethod, analysis: Analysis | null): Note[] {
  if (temperature === undefined) return [];
  const value =
    analysis && temperature === 'auto' ? `${threeDigits(analysis.temperature)} (auto)` : String(temperature);
  return [{ label: l10n.t('Temperature'), value }];
}
