// What the page draws, worked out from the label file and the analysis: clusters with their images, and the settings in words.
import type { Analysis, Note } from '../worker/api';
import { clusterColor, clusterTitle, type LabelDocument } from '../worker/labels';
import { distance, fileName } from './format';

export interface GalleryModel {
  title: string;
  imageCount: number;
  /** In the order of the label file. */
  clusters: ClusterModel[];
  settings: Note[];
  analysis: Analysis | null;
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
  images: ImageModel[];
}

export interface ImageModel {
  path: string;
  fileName: string;
  /** Path and what is known about the image, in words. */
  description: string;
}

export function galleryModel(title: string, labels: LabelDocument, analysis: Analysis | null): GalleryModel {
  const analysed = new Map(analysis?.images.map((image) => [image.path, image]));
  const members = new Map<number, ImageModel[]>(labels.clusters.map(({ id }) => [id, []]));
  for (const { path, cluster, pinned } of labels.images) {
    const { score, truth } = analysed.get(path) ?? {};
    const description = [
      path,
      score === undefined ? '' : `anomaly score ${distance(score)}`,
      truth === undefined ? '' : `ground truth ${truth}`,
      pinned === true ? 'pinned' : '',
    ];
    members.get(cluster)?.push({
      path,
      fileName: fileName(path),
      description: description.filter((part) => part !== '').join(', '),
    });
  }
  const imageCount = labels.images.length;
  return {
    title,
    imageCount,
    analysis,
    settings: settings(labels, analysis),
    clusters: labels.clusters.map((cluster) => {
      const images = members.get(cluster.id) ?? [];
      return {
        id: cluster.id,
        name: cluster.name,
        title: clusterTitle(cluster),
        color: clusterColor(cluster.color, cluster.id),
        share: imageCount === 0 ? 0 : images.length / imageCount,
        images: images.sort((a, b) => (a.path < b.path ? -1 : 1)),
      };
    }),
  };
}

function settings({ method }: LabelDocument, analysis: Analysis | null): Note[] {
  const { model, weights, references, clusters } = method;
  const temperature =
    analysis && method.temperature === 'auto' ? `${distance(analysis.temperature)} (auto)` : String(method.temperature);
  return [
    // The hash after @ tells files apart, not people.
    { label: 'Model', value: model.replace(/@[0-9a-f]+$/, '') },
    { label: 'Weights', value: weights },
    { label: 'References', value: String(references) },
    { label: 'Temperature', value: temperature },
    { label: 'Clusters', value: String(clusters) },
  ];
}
