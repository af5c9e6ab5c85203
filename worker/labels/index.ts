// The label file's public face: read, edited and aligned by this module, wherever that happens.
export { alignLabels } from './align';
export { alignRegions } from './align-regions';
export { asEngineError } from './as-engine-error';
export {
  LabelFileError,
  parseLabels,
  type LabelCluster,
  type LabelDocument,
  type LabelImage,
  type LabelMethod,
  type LabelRegion,
} from './document';
export { resolveConflict, splitConflict, summariseConflict, type VersionChoice, type VersionSummary } from './conflict';
export { changeLabels, type LabelChange } from './change';
export { editsFor } from './change-text';
export { difference } from './text/difference';
export { applyEdits, type TextEdit } from './text/edit';
export { clusterColor, clusterTitle } from './palette';
export { labelFileName } from './file-name';
export { clustersOfImage, hasRegions, isPinned, keysOf, parseRegionKey, regionDocument, regionKey } from './regions';
export { serializeLabels } from './serialize';
export { decodeLabelText } from './text-style';
