// What the gallery page needs of the label file: its types and how clusters look. Nothing here parses or checks: the host did.
export type { LabelCluster, LabelDocument, LabelImage, LabelMethod } from './document';
export { clusterColor, clusterTitle, paletteSize } from './palette';
