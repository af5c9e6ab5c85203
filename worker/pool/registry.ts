// The tasks that the pool's threads know, by name. What is not listed here cannot be called.
import { workerData } from 'node:worker_threads';
import { countAsLoaded } from '../base/count-as-loaded';
import { shareImageBudget } from '../images/budget';

export { compareTile, project } from './tasks/compare';
export { components, describe, inside, measure, neighbourhood } from './tasks/describe';
export { group, groupMany } from './tasks/group';
export {
  average,
  ensureBag,
  inspectModel,
  maskOutline,
  part,
  probe,
  quality,
  takesElongated,
  thumbnail,
} from './tasks/images';
export { imageRegions } from './tasks/image-regions';
export { layOutMap } from './tasks/lay-out-map';
export { loadBag } from './tasks/reference-distances';
export { findRegion, readRegion } from './tasks/regions';
export { viewMaps } from './tasks/view-maps';

const { imageBudget } = (workerData ?? {}) as { imageBudget?: SharedArrayBuffer };
if (imageBudget) shareImageBudget(imageBudget);
countAsLoaded();
