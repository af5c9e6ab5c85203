// What the page draws, worked out from the label file and the analysis: clusters with their images, and the settings in words.
import type { Analysis, Note } from '../worker/api';
import { majorityOf, type Majority } from '../worker/evaluation/majority';
import { clusterColor, clusterTitle, type LabelDocument } from '../worker/labels/view';
import { distance, fileName, shortPath } from './format';
import { measureImages, type Measured } from './measures';

export interface GalleryModel {
  title: string;
  labels: LabelDocument;
  imageCount: number;
  /** In the order of the label file. */
  clusters: ClusterModel[];
  images: ReadonlyMap<string, ImageModel>;
  settings: Note[];
  analysis: Analysis | null;
  /** Ground-truth classes, sorted; empty where there is no ground truth. */
  classes: string[];
}

export interface ClusterModel {
  id: number;
  /** As in the label file; may be empty. */
  name: string;
  /** What to call it; never empty. */
  title: string;
  /** #rrggbb */
  color: string;
  /** Part of all images, 0 to 1. */
  share: number;
  /** Sorted by path. */
  images: ImageModel[];
  /** Share of its most frequent ground-truth class, where there is ground truth. */
  majority: Majority | undefined;
}

export interface ImageModel extends Measured {
  path: string;
  cluster: number;
  /** Caption: the file's name, with its folder where several files have this name. */
  fileName: string;
  /** Path and what is known about the image, in words. */
  description: string;
  /** Anomaly score: the largest patch distance. */
  score: number | undefined;
  /** Ground-truth class. */
  truth: string | undefined;
  pinned: boolean;
  /** Of another class than most images of its cluster. */
  isMinority: boolean;
}

export function galleryModel(title: string, labels: LabelDocument, analysis: Analysis | null): GalleryModel {
  const analysed = new Map(analysis?.images.map((image) => [image.path, image]));
  const measured = measureImages(labels, analysis);
  const isUnique = namesThatAreUnique(labels);
  const members = new Map<number, ImageModel[]>(labels.clusters.map(({ id }) => [id, []]));
  const images = new Map<string, ImageModel>();
  for (const { path, cluster, pinned } of labels.images) {
    const { score, truth } = analysed.get(path) ?? {};
    const image: ImageModel = {
      path,
      cluster,
      fileName: isUnique(path) ? fileName(path) : shortPath(path),
      description: '',
      score,
      truth,
      pinned: pinned === true,
      isMinority: false,
      ...(measured.get(path) ?? nothingMeasured),
    };
    images.set(path, image);
    members.get(cluster)?.push(image);
  }
  const imageCount = labels.images.length;
  const clusters = labels.clusters.map((cluster) => {
    const own = (members.get(cluster.id) ?? []).sort((a, b) => (a.path < b.path ? -1 : 1));
    const majority = majorityOf(own.map(({ truth }) => truth));
    for (const image of own) {
      image.isMinority = image.truth !== undefined && image.truth !== majority?.name;
      image.description = describe(image);
    }
    return {
      id: cluster.id,
      name: cluster.name,
      title: clusterTitle(cluster),
      color: clusterColor(cluster.color, cluster.id),
      share: imageCount === 0 ? 0 : own.length / imageCount,
      images: own,
      majority,
    };
  });
  const classes = [...new Set(analysis?.images.flatMap(({ truth }) => truth ?? []))].sort();
  return { title, labels, imageCount, analysis, settings: settings(labels, analysis), clusters, images, classes };
}

const nothingMeasured: Measured = { toMedoid: undefined, margin: undefined, isMedoid: false, isOutlier: false };

function describe(image: ImageModel): string {
  const { path, score, truth, pinned, isMedoid, isOutlier, margin } = image;
  return [
    path,
    score === undefined ? '' : `anomaly score ${distance(score)}`,
    isMedoid ? 'most typical of its cluster' : '',
    isOutlier ? 'unlike most of its cluster' : '',
    margin !== undefined && margin < 0.1 ? 'nearly as close to another cluster' : '',
    truth === undefined ? '' : `ground truth ${truth}`,
    pinned ? 'pinned' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** Whether a path's file name is that of one image only. */
function namesThatAreUnique({ images }: LabelDocument): (path: string) => boolean {
  const counts = new Map<string, number>();
  for (const { path } of images) counts.set(fileName(path), (counts.get(fileName(path)) ?? 0) + 1);
  return (path) => counts.get(fileName(path)) === 1;
}

function settings({ method }: LabelDocument, analysis: Analysis | null): Note[] {
  const { model, distance: way, weights, references, clusterer, clusters } = method;
  const temperature =
    analysis && method.temperature === 'auto' ? `${distance(analysis.temperature)} (auto)` : String(method.temperature);
  return [
    // The hash after @ tells files apart, not people.
    { label: 'Model', value: model.replace(/@[0-9a-f]+$/, '') },
    ...(way === 'weighted-average' ? [] : [{ label: 'Distance', value: way }]),
    { label: 'Weights', value: weights },
    { label: 'References', value: String(references) },
    { label: 'Temperature', value: temperature },
    ...(clusterer === 'ward' ? [] : [{ label: 'Clusterer', value: clusterer }]),
    { label: 'Clusters', value: String(clusters) },
  ];
}
