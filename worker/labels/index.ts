// The label file's public face: read, edited and aligned by this module, wherever that happens.
export { alignLabels } from './align';
export {
  LabelFileError,
  parseLabels,
  type LabelCluster,
  type LabelDocument,
  type LabelImage,
  type LabelMethod,
} from './document';
export { changeLabels, type LabelChange } from './change';
export { editsFor } from './change-text';
export { difference } from './difference';
export { applyEdits, type TextEdit } from './edit';
export { clusterColor, clusterTitle } from './palette';
export { serializeLabels } from './serialize';
