// What the gallery page needs of the label file: its name, its types and how clusters look. Nothing here parses or checks.
export type { LabelCluster, LabelDocument, LabelImage, LabelMethod, LabelRegion } from './document';
export { areaFileName, areaPictureName, labelFileName } from './file-name';
export { clusterColor, clusterTitle, isLateColor, paletteSize } from './palette';
export { clustersOfImage, hasRegions, isPinned, keysOf, parseRegionKey, regionDocument, regionKey } from './regions';
