// What the side panel shows: datasets, their clusters, and the images of each.
import { Uri } from 'vscode';
import { pageOf } from '../../worker/images/pages';
import { clustersOfImage, keysOf, type LabelCluster, type LabelImage } from '../../worker/labels/view';
import type { LabelFile } from '../labels/read-label-file';

export type ValidLabelFile = Extract<LabelFile, { kind: 'labels' }>;

export type Node = DatasetNode | ClusterNode | RangeNode | ImageNode;

export interface DatasetNode {
  kind: 'dataset';
  file: LabelFile;
}

export interface ClusterNode {
  kind: 'cluster';
  file: ValidLabelFile;
  cluster: LabelCluster;
  images: readonly LabelImage[];
}

/** Part of a cluster with more images than one looks through in a list. */
export interface RangeNode {
  kind: 'range';
  parent: ClusterNode;
  first: number;
  images: readonly LabelImage[];
}

export interface ImageNode {
  kind: 'image';
  parent: ClusterNode;
  image: LabelImage;
}

const rangeSize = 500;

/** Nodes are made anew whenever the tree changes; their ids stay. */
export function idOf(node: Node): string {
  switch (node.kind) {
    case 'dataset':
      return node.file.uri.toString();
    case 'cluster':
      return `${node.file.uri.toString()}#${node.cluster.id}`;
    case 'range':
      return `${idOf(node.parent)}:${node.first}`;
    case 'image':
      return `${idOf(node.parent)}/${node.image.path}`;
  }
}

/** What is below a node; the images of a large cluster are in ranges. */
export function childrenOf(node: Node): Node[] {
  switch (node.kind) {
    case 'dataset':
      return node.file.kind === 'labels' ? clustersOf(node.file) : [];
    case 'cluster':
      return node.images.length > rangeSize ? rangesOf(node) : imagesOf(node, node.images);
    case 'range':
      return imagesOf(node.parent, node.images);
    case 'image':
      return [];
  }
}

function clustersOf(file: ValidLabelFile): ClusterNode[] {
  const members = new Map<number, LabelImage[]>(file.document.clusters.map(({ id }) => [id, []]));
  for (const image of file.document.images) for (const id of clustersOfImage(image)) members.get(id)?.push(image);
  return file.document.clusters.map((cluster) => ({
    kind: 'cluster',
    file,
    cluster,
    images: members.get(cluster.id) ?? [],
  }));
}

function rangesOf(parent: ClusterNode): RangeNode[] {
  const count = Math.ceil(parent.images.length / rangeSize);
  return Array.from({ length: count }, (_, i) => ({
    kind: 'range',
    parent,
    first: i * rangeSize,
    images: parent.images.slice(i * rangeSize, (i + 1) * rangeSize),
  }));
}

function imagesOf(parent: ClusterNode, images: readonly LabelImage[]): ImageNode[] {
  return images.map((image) => ({ kind: 'image', parent, image }));
}

/** What a change of this line is about: the image or, where it has regions, those of them that are in this cluster. */
export function itemsOf({ image, parent }: ImageNode): readonly string[] {
  const keys = keysOf(image);
  const { regions = [] } = image;
  return regions.length === 0 ? keys : keys.filter((_key, i) => regions[i]!.cluster === parent.cluster.id);
}

/** Where the image lies. */
export function imageUri(node: ImageNode): Uri {
  const { path } = node.image;
  return Uri.joinPath(node.parent.file.folder, pageOf(path)?.file ?? path);
}
