// What people and datasets call their folders: splits, good parts, images, masks.

const splits = new Set(['train', 'training', 'val', 'valid', 'validation', 'test', 'testing', 'dev']);
const trainingSplits = new Set(['train', 'training', 'val', 'valid', 'validation']);
const good =
  /^(good|ok(ay)?|normal|pass(ed)?|free|fine|flawless|(defect|fault|anomaly|error)[-_ ]?free|(no|non|without)[-_ ]?(defects?|defective|anomal(y|ies|ous)|faults?))$/i;

/** Whether a folder is named after a split: never a class. */
export function isSplit(name: string): boolean {
  return splits.has(name.toLowerCase());
}

/** Whether a folder is named after a split that a detector of anomalies learns from. */
export function isTrainingSplit(name: string): boolean {
  return trainingSplits.has(name.toLowerCase());
}

/** Whether a class is named as people name parts without a defect. */
export function isGoodName(name: string): boolean {
  return good.test(name);
}

/** Whether a folder holds photos beside a folder of masks: never a class. */
export function isImageFolder(name: string): boolean {
  return /^(images?|imgs?|photos?|pictures?)$/i.test(name);
}

/** Whether a folder holds masks, by the names that public datasets give it. Photos of labels may lie in one that is called so, too. */
export function isMaskFolder(name: string): boolean {
  return isGroundTruth(name) || /^(gt|(.*[-_ ])?masks?|annotations?|segmentations?|labels?)$/i.test(name);
}

/** Whether a folder holds masks and can hold nothing else: MVTec AD's own name for it. */
export function isGroundTruth(name: string): boolean {
  return /^ground[-_ ]?truths?$/i.test(name);
}

/** Whether a folder is what a tar file holds, by its name: how images were packed is no class. */
export function isTarFile(name: string): boolean {
  return /\.tar$/i.test(name);
}
